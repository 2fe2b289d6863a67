"""件数突合: counts by table are those that plain Python counts, and no value is shown that may be a resident's."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.conversion import counting, tallies
from stdconv.reports.tables import TableUse
from support.links import A_COLUMNS, RIGHT_IN_A, a_file
from support.paths import MAPPINGS

pytestmark = pytest.mark.slow

MAPPING = "vendor-a/resident-link"
SEX, STATE, BIRTH = A_COLUMNS.index("性別"), A_COLUMNS.index("住民区分"), A_COLUMNS.index("生年月日")
RIGHT = RIGHT_IN_A.split(",")


def record(person: int, **cells: str) -> str:
    """Return a record of a person of A社 with other values in some columns."""
    values = dict(zip(A_COLUMNS, RIGHT, strict=True)) | {"住民番号": str(person)} | cells
    return ",".join(values.values())


def households(persons: Iterable[int], size: int = 1) -> bytes:
    """Return the file of households, so many persons in each."""
    lines = [f"{person},{7_000_000 + number // size}" for number, person in enumerate(persons)]
    return "".join(f"{line}\r\n" for line in ("住民番号,世帯番号", *lines)).encode("cp932")


def tables_of(
    folder: Path,
    lines: list[str],
    *,
    mapping: str | Path = MAPPING,
    lookup: bytes | None = None,
    size: int | None = None,
) -> dict[str, TableUse]:
    """Convert lines of A社 and return the tables by their first legacy column."""
    (folder / "in.csv").write_bytes(a_file(*lines))
    lookups = {}
    if lookup is not None:
        (folder / "households.csv").write_bytes(lookup)
        lookups = {"households": folder / "households.csv"}
    report = stdconv.convert_file(folder / "in.csv", mapping, folder / "run", lookups=lookups, force=True, issues=True)
    return {table.legacy[0]: table for table in report.tables}


def counts(table: TableUse) -> dict[str, tuple[int, int, int]]:
    return {row.legacy: (row.read, row.accepted, row.refused) for row in table.rows if row.read}


@pytest.mark.parametrize("pending", [1, 500_000])
@pytest.mark.parametrize("many", [40, 2_500])
def test_counts_are_those_of_the_records(tmp_path: Path, many: int, pending: int) -> None:
    """By few and by many records, some of them with values that no table has, summed up at once and on the way."""
    dice = random.Random(many)
    rows = [
        {
            "性別": dice.choice(["男", "女", "女", "不明", "女性"]),
            "住民区分": dice.choice(["住登者", "住登者", "転出者", "他"]),
            "生年月日": dice.choice(["3600707", "4010203", "5010501", "7990101"]),
        }
        for _ in range(many)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallies, "PENDING", pending)
        found = tables_of(tmp_path, [record(number, **row) for number, row in enumerate(rows)])
    wrong = {"性別": {"女性"}, "住民区分": {"他"}, "生年月日": {"7990101"}}
    is_refused = [any(row[name] in values for name, values in wrong.items()) for row in rows]
    for name, key in (("性別", str), ("住民区分", str), ("生年月日", lambda text: text[0])):
        read = Counter(key(row[name]) for row in rows if row[name] not in wrong[name])
        refused = Counter(
            key(r[name]) for r, bad in zip(rows, is_refused, strict=True) if bad and r[name] not in wrong[name]
        )
        assert counts(found[name]) == {each: (n, n - refused[each], refused[each]) for each, n in read.items()}, name
        strange = sum(row[name] in wrong[name] for row in rows)
        of_dates = (0, strange)  # what is wrong with a date is told by its findings
        assert (found[name].unlisted_records, found[name].other_records) == (
            of_dates if name == "生年月日" else (strange, 0)
        )


def test_sessions_count_as_files_do(tmp_path: Path) -> None:
    lines = [record(n, 性別=sex) for n, sex in enumerate(["男", "女", "女性", "女"] * 5)]
    of_file = tables_of(tmp_path, lines)
    session = stdconv.Converter(MAPPING)
    data = a_file(*lines)
    for first in range(0, len(data), 100):
        session.feed(data[first : first + 100])
    assert {table.legacy[0]: table for table in session.finish().tables} == of_file


# Wrong copies of a mapping


def said(table: TableUse) -> set[tuple[str, str]]:
    """Return what stands on both sides of a table where there are records: legacy value, the standard's label."""
    return {(row.legacy, code.label) for row in table.rows if row.read for code in row.codes}


WRONG: dict[str, tuple[Callable[[str], str], str, set[tuple[str, str]]]] = {
    "two codes swapped": (
        lambda text: text.replace('住登者: "1"', '住登者: "3"').replace('死亡者: "3"', '死亡者: "1"'),
        "住民区分",
        {("住登者", "死亡者"), ("死亡者", "住登者")},
    ),
    "an era shifted by an era": (
        lambda text: text.replace('"3": 昭和', '"3": 平成').replace('"4": 平成', '"4": 昭和'),
        "生年月日",
        {("3", "平成"), ("4", "昭和")},
    ),
    "the sexes exchanged, with their examples": (
        lambda text: text.replace('男: "1", 女: "2"', '男: "2", 女: "1"'),
        "性別",
        {("男", "女"), ("女", "男")},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_copy_of_a_mapping_is_seen_in_the_tables_and_never_calls_itself_shipped(
    name: str, tmp_path: Path
) -> None:
    change, column, expected = WRONG[name]
    text = (MAPPINGS / "vendor-a" / "resident-link.yaml").read_text(encoding="utf-8")
    assert change(text) != text
    (tmp_path / "copy.yaml").write_text(change(text), encoding="utf-8")
    lines = [record(1, 住民区分="死亡者", 性別="男", 生年月日="4010203"), record(2, 生年月日="3600707")]
    right, wrong = (said(tables_of(tmp_path, lines, mapping=m)[column]) for m in (MAPPING, tmp_path / "copy.yaml"))
    assert expected <= wrong
    assert not expected & right
    report = stdconv.convert_file(tmp_path / "in.csv", tmp_path / "copy.yaml", tmp_path / "run", force=True)
    assert report.mapping_used is not None
    assert report.mapping_used.origin == "altered"
    cells = (tmp_path / "run" / "tables.csv").read_text(encoding="utf-8-sig")
    assert all(f",{legacy}," in cells and f",{label}," in cells for legacy, label in expected)


# What may be shown


def unlisted(table: TableUse) -> list[tuple[str | None, int]]:
    return [(each.value, each.read) for each in table.unlisted]


def shown(folder: Path, odd: list[str], *, others: int = 200, size: int = 1) -> list[tuple[str | None, int]]:
    """Convert records of which the last ones are ``odd``; each person has a household of so many."""
    lines = [record(n) for n in range(others)] + [
        line.replace("1000000001", str(others + k)) for k, line in enumerate(odd)
    ]
    lookup = households(range(others + len(odd)), size)
    return unlisted(tables_of(folder, lines, lookup=lookup)["性別"])


OWN = ("standard.csv", "refused.csv", "residue.parquet", "mapping.yaml")
"""Files that have values: the records themselves; and the mapping, whose examples are nobody's."""
ODD = record(1000000001, 性別="その他")


@pytest.mark.parametrize(
    ("odd", "size", "others", "value"),
    [
        pytest.param([ODD] * 5, 1, 200, "その他", id="five people of five households"),
        pytest.param([ODD] * 4, 1, 200, None, id="four people"),
        pytest.param([ODD] * 8, 2, 200, None, id="eight people of four households"),
        pytest.param([record(1000000001, 性別="九文字の値です以上")] * 5, 1, 200, None, id="nine characters"),
        pytest.param([ODD] * 30, 1, 200, None, id="more than one in ten"),
        pytest.param(
            [record(1000000001, 性別="その他", 異動日="20231301")] * 5, 1, 200, None, id="another column is wrong"
        ),
    ],
)
def test_a_value_is_shown_where_everything_speaks_for_a_code(
    odd: list[str], size: int, others: int, value: str | None, tmp_path: Path
) -> None:
    assert shown(tmp_path, odd, others=others, size=size) == [(value, len(odd))]


def test_without_a_household_no_value_is_shown(tmp_path: Path) -> None:
    lines = [record(n) for n in range(100)] + [record(100 + n, 性別="その他") for n in range(9)]
    assert unlisted(tables_of(tmp_path, lines)["性別"]) == [(None, 9)]


def test_shifted_and_exchanged_columns_are_never_shown(tmp_path: Path) -> None:
    """Six people of one name, whose values are one column further on, or name and sex exchanged."""
    orders = ([0, 7, 1, 2, 3, 4, 5, 6], [0, 1, SEX, 3, 2, 5, 6, 7])
    for number, order in enumerate(orders):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = [record(100 + n, 氏名="行政　花子").split(",") for n in range(6)]
        lines = [record(n) for n in range(30)] + [",".join(cells[at] for at in order) for cells in names]
        lookup = households([*range(30), *range(100, 106)])
        found = tables_of(folder, lines, lookup=lookup)
        assert all(value is None for table in found.values() for value, _ in unlisted(table))
        told = {*(folder / "run").iterdir()} - {folder / "run" / name for name in OWN}
        assert {"report.json", "tables.csv", "issues.csv", "refused-causes.csv", "findings.parquet"} <= {
            p.name for p in told
        }
        for path in told:
            is_frame = path.suffix == ".parquet"
            text = repr(pl.read_parquet(path).rows()) if is_frame else path.read_text(encoding="utf-8")
            assert "行政" not in text, path.name


def test_every_table_of_a_mapping_is_there_and_adds_up(tmp_path: Path) -> None:
    plan = stdconv.load_mapping("vendor-a/resident-basic")
    report = stdconv.Converter(plan)
    report.feed(stdconv.sample(plan, 300, 3))
    tables = report.finish().tables
    assert [table.legacy for table in tables] == [route.legacy for route in plan.tabled]
    for table in tables:
        if len(table.legacy) == 1 and all(len(row.legacy) > 1 for row in table.rows):
            assert sum(row.read for row in table.rows) + table.unlisted_records + table.other_records >= 300
    assert counting.LEAST_BESIDE == 2
