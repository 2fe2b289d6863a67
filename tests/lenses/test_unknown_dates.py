"""Dates that are not fully known, against the source's own list of wordings and a calendar made here."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from stdconv.cli.entry import run
from stdconv.cli.mappingpage import mapping_page
from stdconv.japan.unknowndates import PATTERN, WORDINGS
from stdconv.lenses.dates import CompactDate, EraColumn
from stdconv.lenses.unknowndate import UnknownDate
from stdconv.lenses.wareki import Wareki, WarekiText
from stdconv.linting.lint import lint, lint_yaml
from stdconv.mapping.plan import load_plan
from support.mappings import changed
from support.paths import CASES, DOCS

DAY = dt.timedelta(days=1)
# Shared spec, section Dates: code, Gregorian year of year 1, first and last day. 令和 is not over; here its 99th year is.
ERAS = {
    "明治": ("1", 1868, dt.date(1873, 1, 1), dt.date(1912, 7, 30)),
    "大正": ("2", 1912, dt.date(1912, 7, 30), dt.date(1926, 12, 25)),
    "昭和": ("3", 1926, dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    "平成": ("4", 1989, dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    "令和": ("5", 2019, dt.date(2019, 5, 1), dt.date(2117, 12, 31)),
}
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
SIGNS: dict[Any, Any] = {code: name for name, (code, *_) in ERAS.items()}
NAMES: dict[Any, Any] = {name: name for name in ERAS}


def permitted() -> list[str]:
    """The fourteen wordings as docs/domain.md lists them."""
    text = (DOCS / "domain.md").read_text(encoding="utf-8")
    listed = re.search(r"Fourteen wordings are\s+permitted, ([^.]+)\.", text)
    assert listed
    return [" ".join(each.split()) for each in listed[1].split("·")]


def filled(form: str, era: str, year: str, month: str, day: str) -> str:
    """One of the listed wordings with an era and numbers in the place of its circles."""
    numbers = {"年": year, "月": month, "日": day}
    return re.sub("○+(?=([年月日]))", lambda found: numbers[found[1]], form.replace("令和", era))


def test_the_source_lists_fourteen_wordings_and_so_does_the_pattern() -> None:
    assert len(permitted()) == len(set(permitted())) == len(WORDINGS) == 14


@pytest.mark.parametrize("number", range(14))
def test_each_wording_of_the_source_is_permitted_with_any_era_and_number_and_by_one_form_alone(number: int) -> None:
    form = permitted()[number]
    for era in ERAS:
        for year, month, day in (
            ("６０", "７", "７"),
            ("元", "１０", "３１"),
            ("９９", "１２", "２９"),
            ("１", "１", "１"),
        ):
            text = filled(form, era, year, month, day)
            assert [at for at, one in enumerate(WORDINGS) if re.fullmatch(one, text)] == [number], text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "昭和60年頃",
            "昭和６０年ころ",
            "昭和６０年",
            "昭和６０年７月",
            "昭和６０年７月７日",
            "昭和０年頃",
            "昭和１００年頃",
        ),
        *(
            "昭和０６年頃",
            "昭和６０年０７月頃",
            "昭和６０年１３月頃",
            "昭和６０年７月３２日頃",
            "昭和６０年０月頃",
            "慶応３年頃",
        ),
        *(
            "１９８５年頃",
            "令和○○年頃",
            "昭和６０年夏",
            "昭和６０年７月中旬",
            "昭和６０年７月下旬",
            "不詳",
            "日不詳",
            "月日不詳",
        ),
        *(
            "推定昭和６０年",
            "推定昭和６０年頃",
            " 昭和６０年頃",
            "昭和６０年頃\n",
            "昭和６０年７月７日から８月８日までの間",
            "",
        ),
        *("昭和元元年頃", "昭和６０年７月推定７日から推定１０日までの間", "昭和６０年頃昭和６１年頃", "昭和年月日不詳"),
    ],
)
def test_what_the_source_does_not_list_is_no_wording(text: str) -> None:
    assert not re.search(PATTERN.removesuffix("$") + r"\Z", text)


def accepted(lens: UnknownDate, values: list[tuple[str, ...]]) -> list[tuple[str | None, ...] | None]:
    """What a lens makes of legacy values; ``None`` where it refuses them."""
    frame = pl.DataFrame(values, schema=[f"v{i}" for i in range(lens.takes)], orient="row")
    legacy = tuple(pl.col(f"v{i}") for i in range(lens.takes))
    standard, again = (
        tuple(pl.col(f"{s}{i}") for i in range(width)) for s, width in (("s", lens.gives), ("w", lens.takes))
    )
    work = frame.with_columns(value.alias(f"s{i}") for i, value in enumerate(lens.read(legacy)))
    work = work.with_columns(value.alias(f"w{i}") for i, value in enumerate(lens.write(standard)))
    verdicts = work.select(ok=lens.accept(legacy, standard, again))["ok"].to_list()
    return [row if ok else None for row, ok in zip(work.select(standard).rows(), verdicts, strict=True)]


def last_day(year: int, month: int) -> dt.date:
    return (dt.date(year + month // 12, month % 12 + 1, 1)) - DAY


def eras_of(year: int, month: int) -> set[str]:
    """The eras that have a day of the month."""
    return {
        n
        for n, (_, _, first, last) in ERAS.items()
        if first <= last_day(year, month) and dt.date(year, month, 1) <= last
    }


def worded(era: str, year: int, month: int) -> str:
    number = "元" if year == 1 else str(year).translate(FULL)
    return f"{era}{number}年{f'{month}月日不詳'.translate(FULL) if month else '月日不詳'}"


def test_zeros_of_an_era_mean_its_years_and_months_and_nothing_else() -> None:
    lens = UnknownDate(known=Wareki(form="gyymmdd", eras=SIGNS), zeros=True)
    tried = [(era, year, month, day) for era in ERAS for year in range(100) for month in range(100) for day in (0, 1)]
    found = accepted(lens, [(f"{ERAS[era][0]}{year:02}{month:02}{day:02}",) for era, year, month, day in tried])
    expected = set()
    for era, (_, year_one, _, _) in ERAS.items():
        for year in range(1, 100):
            lunisolar = era == "明治" and year <= 5
            months = [m for m in range(1, 13) if lunisolar or era in eras_of(year_one + year - 1, m)]
            expected |= {(era, year, month) for month in (months and [0, *months])}
    assert ("明治", 3, 12) in expected
    assert ("昭和", 64, 1) in expected
    assert not {("昭和", 64, 2), ("昭和", 65, 0), ("大正", 1, 6), ("令和", 1, 4)} & expected
    for (era, year, month, day), row in zip(tried, found, strict=True):
        if day == 0 and (era, year, month) in expected:
            assert row == (None, None, "1", worded(era, year, month))
        elif row is not None:
            assert (day, row[2:]) == (1, ("0", None))


def test_zeros_of_a_western_date_mean_years_and_months_that_lie_in_one_era_alone() -> None:
    lens = UnknownDate(known=CompactDate(), zeros=True)
    tried = [(year, month) for year in range(1850, 2130) for month in range(14)]
    found = accepted(lens, [(f"{year:04}{month:02}00",) for year, month in tried])
    expected: dict[tuple[int, int], str] = {}
    for year in range(1873, 2118):
        months = {month: eras_of(year, month) for month in range(1, 13)}
        for month, eras in {**months, 0: set().union(*months.values())}.items():
            if len(eras) == 1:
                (era,) = eras
                expected[year, month] = worded(era, year - ERAS[era][1] + 1, month)
    assert [(None, "1", expected[each]) if each in expected else None for each in tried] == found
    ambiguous = {(year, 0) for year in (1912, 1926, 1989, 2019)} | {(1912, 7), (1926, 12), (1989, 1)}
    assert {(y, m) for y in range(1873, 2118) for m in range(13)} - set(expected) == ambiguous


def test_a_wording_beside_a_date_is_refused_with_every_known_lens_and_the_date_is_never_dropped() -> None:
    beside: list[tuple[UnknownDate, tuple[str, ...]]] = [
        (UnknownDate(known=Wareki(form="gyymmdd", eras=SIGNS), wordings="beside"), ("3600707",)),
        (UnknownDate(known=WarekiText(eras=NAMES), wordings="beside"), ("昭和60年7月7日",)),
        (UnknownDate(known=CompactDate(none="00000000"), wordings="beside"), ("19850707",)),
        (UnknownDate(known=EraColumn(eras=NAMES), wordings="beside"), ("昭和", "19850707")),
    ]
    for lens, date in beside:
        wording = "昭和６０年７月頃"
        with_date, alone, empty = accepted(lens, [(*date, wording), (*date, ""), (*[""] * len(date), wording)])
        assert with_date is None
        assert alone is not None
        assert alone[-3:] == ("1985-07-07", "0", None)
        assert empty == (*[None] * (lens.gives - 2), "1", wording)


# Mappings: what lint says, what editors see, what is restored.

GOLDEN = CASES / "golden-unknown-dates"
ZEROS = CASES / "golden-unknown-dates-zeros"
KNOWN = '{op: wareki, form: gyymmdd, eras: {"3": 昭和, "4": 平成, "5": 令和}, western: {"9": "19"}}'
ALL = 'all: "9999999"'


def lines_of_lint(*changes: tuple[str, str]) -> list[str]:
    """What lint says of a golden mapping with some of its text changed."""
    text = (GOLDEN / "mapping.yaml").read_text(encoding="utf-8")
    linted = lint_yaml(changed(text, *changes), str(GOLDEN / "mapping.yaml"))
    return [each.text("en").removeprefix(f"{GOLDEN}/mapping.yaml:") for each in (*linted.faults, *linted.warnings)]


@pytest.mark.parametrize(
    ("changes", "place", "code", "said"),
    [
        ([(KNOWN, KNOWN.replace("western", "westen"))], "17:", "M0006", '"westen"'),
        ([(KNOWN, KNOWN.replace("op: wareki,", "op: recode,"))], "17:9:", "M0008", "wareki_text"),
        ([(KNOWN, KNOWN.replace("op: wareki, ", ""))], "17:9:", "M0009", "(known: wareki, wareki_text, compact_date, era_column)"),
        ([(KNOWN, KNOWN.replace("form: gyymmdd, ", ""))], "17:9:", "M0007", '"form"'),
        ([(KNOWN, KNOWN.replace("令和", "平成"))], "17:", "M0016", '"平成"'),
        ([(ALL, 'all: "3600000"')], "19:9:", "M0073", '"3600000"'),
        ([(ALL, 'all: "3600707"')], "19:9:", "M0073", '"3600707"'),
        ([(KNOWN, '{op: compact_date, none: "00000000"}'), (ALL, 'all: "00000000"')], "19:9:", "M0073", '"00000000"'),
        ([(KNOWN, '{op: compact_date, open_end: "99999999"}'), (ALL, 'all: "99999999"')], "19:9:", "M0073", "`all`"),
        ([(KNOWN, '{op: compact_date, none: "19850200"}')], "17:", "M0073", "`none`"),
        ([(KNOWN, "{op: compact_date, common_leap_day: true}"), (ALL, 'all: "19850229"')], "19:9:", "M0073", "`all`"),
        ([(ALL, "all: 昭和60年頃"), ("wordings: beside", "wordings: inside")], "19:9:", "M0073", '"昭和60年頃"'),
        ([(KNOWN, "{op: compact_date, none: 年月日不詳}"), ("wordings: beside", "wordings: inside")], "17:", "M0073", "`none`"),
        ([(KNOWN, "{op: wareki_text, eras: {推定昭和: 昭和}}"), ("wordings: beside", "wordings: inside")], "17:", "M0073", '"推定昭和"'),
    ],
)  # fmt: skip
def test_lint_says_where_a_wrapped_lens_or_a_spelling_is_wrong(
    changes: list[tuple[str, str]], place: str, code: str, said: str
) -> None:
    matching = [each for each in lines_of_lint(*changes) if f": {code} " in each]
    assert len(matching) == 1, lines_of_lint(*changes)
    assert matching[0].startswith(place)
    assert said in matching[0]


def test_a_spelling_of_unknown_dates_does_not_show_that_an_era_is_right() -> None:
    known = '{宛名番号: "6", 生年月日_元号: "4", 生年月日: "2019-04-30", 生年月日_不詳フラグ: "0"}'
    assert lines_of_lint() == []
    without = lines_of_lint(
        ('legacy: {住民番号: "6", 生年月日和暦: "4310430"}', 'legacy: {住民番号: "6", 生年月日和暦: "4310400"}'),
        (known, '{宛名番号: "6", 生年月日_不詳フラグ: "1", 生年月日_不詳表記: 平成３１年４月日不詳}'),
    )
    assert [each.split()[1] for each in without if '"4"' in each] == ["M0054"]


@pytest.mark.parametrize("folder", [GOLDEN, ZEROS], ids=lambda folder: folder.name)
def test_everything_that_the_lens_can_give_fits_columns_that_permit_the_fourteen_wordings(folder: Path) -> None:
    fits = lint(folder / "mapping.yaml").fits
    assert {column: verdict for column, verdict in fits.items() if column != "宛名番号" and verdict != "yes"} == {}


def test_the_page_of_a_mapping_shows_the_wrapped_lens_with_its_options() -> None:
    page = mapping_page(load_plan(GOLDEN / "mapping.yaml"))
    assert (
        "unknown_date (known: wareki (form: gyymmdd, eras: 3=昭和 4=平成 5=令和, western: 9=19), zeros: yes, all: 9999999, "
        in page
    )


@pytest.mark.slow
@pytest.mark.parametrize("folder", [GOLDEN, ZEROS], ids=lambda folder: folder.name)
def test_a_sample_holds_known_and_unknown_dates_and_all_of_it_converts(folder: Path) -> None:
    plan = load_plan(folder / "mapping.yaml")
    legacy = stdconv.sample(plan, rows=200, seed=3)
    result = stdconv.convert(legacy.drop("_row"), plan)
    assert len(result.standard) == 200
    flags = result.standard["生年月日_不詳フラグ"].value_counts(sort=True)
    assert flags["生年月日_不詳フラグ"].to_list()[:2] == ["0", "1"]
    wordings = result.standard["生年月日_不詳表記"].drop_nulls().to_list()
    assert len(set(wordings)) > len(wordings) / 2
    again = stdconv.restore(result.standard, plan, residue=result.residue)
    assert again.legacy.drop("_row", strict=False).equals(legacy.drop("_row"))


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    encoding = "cp932" if path.suffix == ".csv" and "refused" not in path.name else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file)


def test_a_wording_that_the_layout_cannot_spell_is_refused_on_the_way_back(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run(["restore", str(ZEROS / "elsewhere.csv"), "-m", str(ZEROS / "mapping.yaml"), "-o", str(out)]) == 1
    assert [tuple(row.values()) for row in rows_of(out)] == [("5", "4010108", "99999999"), ("6", "3600700", "19261100")]
    refused = [row["宛名番号"] for row in rows_of(tmp_path / "out.csv.refused.csv")]
    assert refused == ["1", "2", "3", "4"]
