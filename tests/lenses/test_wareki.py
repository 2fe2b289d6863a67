"""Every era-encoded date there is, against a calendar made here from the first and last days that the source gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from stdconv.lenses.base import Lens
from stdconv.lenses.dates import EraColumn
from stdconv.lenses.wareki import Wareki, WarekiText
from stdconv.mapping.plan import load_plan

DAY = dt.timedelta(days=1)
# Shared spec, section Dates: 元号 code, the Gregorian year of year 1, first day, last day. 令和 is not over.
ERAS = {
    "明治": ("1", 1868, dt.date(1873, 1, 1), dt.date(1912, 7, 30)),
    "大正": ("2", 1912, dt.date(1912, 7, 30), dt.date(1926, 12, 25)),
    "昭和": ("3", 1926, dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    "平成": ("4", 1989, dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    "令和": ("5", 2019, dt.date(2019, 5, 1), dt.date(9999, 12, 31)),
}
NAMES: dict[str, Any] = {name: name for name in ERAS}
# Shared spec, section Dates: first digit 8, 9 or 0 = Western 18yy, 19yy, 20yy.
WESTERN = {"8": 1800, "9": 1900, "0": 2000}


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + DAY * n for n in range((last - first).days + 1))


def seven_digits() -> Iterator[tuple[str, str | None, str]]:
    """Every seven-digit spelling of a day, with its 元号 and ISO date; the year has two digits, so an era has 99 years."""
    for code, year_one, first, last in ERAS.values():
        for day in days(first, min(last, dt.date(year_one + 98, 12, 31))):
            yield f"{code}{day.year - year_one + 1:02}{day:%m%d}", code, day.isoformat()
    for digit, century in WESTERN.items():
        for day in days(dt.date(century, 1, 1), dt.date(century + 99, 12, 31)):
            yield f"{digit}{day.year - century:02}{day:%m%d}", None, day.isoformat()


@pytest.fixture(scope="module")
def calendar() -> pl.DataFrame:
    return pl.DataFrame(list(seven_digits()), schema=dict.fromkeys(("v", "era", "date"), pl.String), orient="row")


@pytest.fixture(scope="module")
def wareki() -> Wareki:
    steps = [step for route in load_plan("vendor-a/resident-link").routes for step in route.steps]
    (lens,) = (step for step in steps if isinstance(step, Wareki))
    return lens


def guarded(lens: Lens, values: pl.DataFrame) -> pl.DataFrame:
    """Add ``era``, ``date`` and ``accepted`` to a frame of legacy values: forward, back and guard, each a select."""
    legacy = tuple(pl.col(name) for name in values.columns)
    standard = (pl.col("era"), pl.col("date"))
    again = tuple(pl.col(f"again{i}") for i in range(len(legacy)))
    era, date = lens.read(legacy)
    work = values.with_columns(era=era, date=date)
    work = work.with_columns(value.alias(f"again{i}") for i, value in enumerate(lens.write(standard)))
    return work.select(*values.columns, "era", "date", accepted=lens.accept(legacy, standard, again))


def test_the_calendar_made_here_has_as_many_days_as_the_eras_and_centuries(calendar: pl.DataFrame) -> None:
    reiwa = (dt.date(2117, 12, 31) - dt.date(2019, 5, 1)).days + 1
    eras = sum((last - first).days + 1 for name, (_, _, first, last) in ERAS.items() if name != "令和") + reiwa
    assert len(calendar) == calendar["v"].n_unique() == eras + 36_524 + 36_524 + 36_525


@pytest.mark.slow
@pytest.mark.parametrize("millions", range(10))
def test_every_seven_digit_string_is_accepted_exactly_where_the_calendar_has_it(
    wareki: Wareki, calendar: pl.DataFrame, millions: int
) -> None:
    numbers = pl.int_range(millions * 1_000_000, (millions + 1) * 1_000_000, eager=True)
    strings = numbers.cast(pl.String).str.zfill(7).alias("v").to_frame()
    work = guarded(wareki, strings)
    assert work["accepted"].null_count() == 0
    accepted = work.filter(pl.col("accepted")).select("v", "era", "date")
    expected = calendar.filter(pl.col("v").str.starts_with(str(millions))).sort("v")
    assert accepted.sort("v").equals(expected)


@pytest.mark.parametrize(
    ("value", "era", "date"),
    [
        ("1450730", "1", "1912-07-30"),
        ("2010730", "2", "1912-07-30"),
        ("2151225", "2", "1926-12-25"),
        ("3011225", "3", "1926-12-25"),
    ],
)
def test_the_two_days_that_two_eras_own_are_read_under_both_labels(
    wareki: Wareki, value: str, era: str, date: str
) -> None:
    assert guarded(wareki, pl.DataFrame({"v": [value]})).rows() == [(value, era, date, True)]


@pytest.mark.parametrize(
    "value", ["1450731", "2010729", "2151226", "3011224", "3640108", "3650101", "4010107", "4310501", "5010430"]
)
def test_the_days_beside_the_ends_of_an_era_are_not_its_own(wareki: Wareki, value: str) -> None:
    assert guarded(wareki, pl.DataFrame({"v": [value]}))["accepted"].to_list() == [False]


@pytest.mark.parametrize(
    ("value", "date"), [("9121000", None), ("8000229", None), ("9000229", None), ("0000229", "2000-02-29")]
)
def test_western_dates_follow_the_gregorian_leap_years(wareki: Wareki, value: str, date: str | None) -> None:
    (row,) = guarded(wareki, pl.DataFrame({"v": [value]})).rows()
    assert row[3] is (date is not None)
    assert date is None or row[1:3] == (None, date)


def test_29_february_is_a_day_of_every_year_of_an_era_and_of_no_other_where_that_is_declared() -> None:
    codes: dict[str, Any] = {code: name for name, (code, *_) in ERAS.items()}
    lens = Wareki(form="gyymmdd", eras=codes, common_leap_day=True)
    years = [(code, year) for code in codes for year in range(100)]
    work = guarded(lens, pl.DataFrame({"v": [f"{code}{year:02}0229" for code, year in years]}))
    expected = []
    for code, year in years:
        _, year_one, first, last = ERAS[codes[code]]
        day = f"{year_one + year - 1:04}-02-29"
        expected.append((code, day) if year and first.isoformat() <= day <= last.isoformat() else None)
    accepted = [(era, date) if ok else None for _, era, date, ok in work.rows()]
    assert accepted == expected
    assert ("3", "1985-02-29") in accepted
    assert None not in accepted[6:46]  # 明治6 to 明治45: 1912-02-29 lies before 明治 ends


@pytest.mark.parametrize("label", ["", *ERAS, "慶応"])
def test_every_label_beside_every_day_is_accepted_exactly_where_they_agree(label: str) -> None:
    lens = EraColumn(eras=NAMES)
    every_day = list(days(dt.date(1860, 1, 1), dt.date(2030, 12, 31)))
    values = pl.DataFrame({"label": label, "day": [f"{day:%Y%m%d}" for day in every_day]})
    work = guarded(lens, values)
    code, _, first, last = ERAS.get(label, ("", 0, dt.date.max, dt.date.min))
    expected = [label == "" or first <= day <= last for day in every_day]
    assert work["accepted"].to_list() == expected
    kept = work.filter(pl.col("accepted"))
    assert kept["date"].to_list() == [day.isoformat() for day, ok in zip(every_day, expected, strict=True) if ok]
    assert set(kept["era"]) <= {code or None}


@pytest.mark.parametrize(
    ("label", "day"), [("明治", "19120730"), ("大正", "19120730"), ("大正", "19261225"), ("昭和", "19261225")]
)
def test_both_labels_stand_beside_a_day_that_two_eras_own(label: str, day: str) -> None:
    lens = EraColumn(eras=NAMES)
    (row,) = guarded(lens, pl.DataFrame({"label": [label], "day": [day]})).rows()
    assert row[2:] == (ERAS[label][0], f"{day[:4]}-{day[4:6]}-{day[6:]}", True)


def test_labels_that_begin_alike_are_read_and_shown_each_for_its_own_era() -> None:
    lens = WarekiText(eras={"昭": "昭和", "昭和": "平成"})
    values = pl.DataFrame({"v": ["昭元年12月25日", "昭60年7月7日", "昭和9年7月7日"]})
    assert guarded(lens, values).select("era", "date", "accepted").rows() == [
        ("3", "1926-12-25", True),
        ("3", "1985-07-07", True),
        ("4", "1997-07-07", True),
    ]
    shown = [values.select(taken=branch.taken)["taken"].to_list() for branch in lens.branches(pl.col("v"))]
    assert shown == [[True, True, False], [False, False, True]]
