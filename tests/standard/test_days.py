"""Dates later than the day of a file: the day that is given, or the newest that the file has, wherever it is cut."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stdconv
from stdconv.errors import DefinitionError
from stdconv.findings.rows import ROW
from stdconv.standard.datasetrules import Ahead, NotLaterRule
from stdconv.standard.days import ExtractDay, NotLater
from support.frames import frame
from support.laterresidents import FOREIGN, JAPANESE

LATER = "resident-basic/0.2"
COLUMNS = ("事由", "異動", "届出", "操作")
RULE = NotLaterRule(
    rule="not_later",
    title="t",
    source="s",
    columns=("異動", "届出", "操作"),
    than=("異動", "操作"),
    ahead=Ahead(columns=("異動",), where={"事由": ("21", "22")}),
)
Record = dict[str, str | None]

TEXTS = st.none() | st.sampled_from(
    [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
        "2023-02-29",
        "2099-12-31",
        "0001-01-01",
        "99999999",
        "９９９",
        "-",
        "2024-3-1",
    ]
)
RECORDS = st.lists(
    st.fixed_dictionaries({"事由": st.sampled_from([None, "01", "21"]), "異動": TEXTS, "届出": TEXTS, "操作": TEXTS}),
    max_size=12,
)


def dates(record: Record, name: str) -> list[str]:
    """The date in a column that is asked, if there is one: ten characters; those of a 転出 may lie ahead."""
    text = record[name] or ""
    is_ahead = name == "異動" and record["事由"] in ("21", "22")
    return [text] if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and not is_ahead else []


def expected(records: Sequence[Record], given: str | None) -> tuple[str | None, set[tuple[int, str]]]:
    """The day, and the rows and columns with a later date, by the rule read anew."""
    newest = max((date for r in records for name in ("異動", "操作") for date in dates(r, name)), default=None)
    day = given or newest
    later = {
        (row, name)
        for row, record in enumerate(records, 1)
        for name in RULE.columns
        for date in dates(record, name)
        if day is not None and date > day
    }
    return day, later


def found(
    records: Sequence[Record], sizes: Sequence[int], given: str | None
) -> tuple[ExtractDay | None, set[tuple[int, str]]]:
    whole = pl.DataFrame(records, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").with_row_index(ROW, offset=1)
    whole = whole.with_columns(pl.col(ROW).cast(pl.Int64))
    check, at = NotLater(RULE, COLUMNS, given), 0
    for size in (*sizes, len(whole)):
        check.add(whole.slice(at, size))
        at += size
    told = [pair for findings in check.findings() for pair in findings.select("_row", "column").rows()]
    assert len(told) == len(set(told))
    return check.day, set(told) if check.is_checked else set()


@given(RECORDS, st.lists(st.integers(0, 5), max_size=4), st.sampled_from([None, "2024-02-29", "2030-01-01"]))
def test_the_same_dates_are_told_wherever_a_file_is_cut(
    records: list[Record], sizes: list[int], given: str | None
) -> None:
    day, later = found(records, sizes, given)
    assert (None if day is None else day.day, later) == expected(records, given)
    assert day is None or (day.column is None) == (given is not None)


def test_what_is_not_later_than_the_day_is_not_held() -> None:
    check = NotLater(RULE, COLUMNS, None)
    rows = pl.DataFrame(
        {ROW: range(1, 1001), "事由": "01", "異動": "2024-01-01", "届出": "2024-01-05", "操作": "2024-01-01"}
    )
    check.add(rows.with_columns(pl.col(ROW).cast(pl.Int64)))
    assert sum(len(part) for parts in check._held.values() for part in parts) == 1000
    check.add(rows.with_columns(pl.col(ROW).cast(pl.Int64) + 1000, pl.lit("2024-01-31").alias("操作")))
    assert sum(len(part) for parts in check._held.values() for part in parts) == 0
    assert check.day == ExtractDay(day="2024-01-31", column="操作")


# The full record.

TWO = [JAPANESE, FOREIGN | {"宛名番号": "99"}]
"""The newest day is 2024-03-06, of 処理 and 操作."""


def told(some: Sequence[dict[str, str]], as_of: str | dt.date | None = None) -> tuple[object, set[tuple[int, str]]]:
    result = stdconv.validate(frame(some, stdconv.load_schema(LATER).names), LATER, as_of=as_of)
    later = result.findings.filter(code="D0013")
    assert set(later["severity"]) <= {"warn"}
    assert result.report.as_of is not None
    return (result.report.as_of.day, result.report.as_of.column), set(later.select("_row", "column").rows())


def test_the_newest_day_of_the_file_is_taken_where_none_is_given() -> None:
    assert told(TWO) == (("2024-03-06", "処理年月日"), set())
    birth = TWO[1] | {"生年月日": "2024-03-07", "外国人住民となった年月日": "2024-03-06"}
    assert told([JAPANESE, birth]) == (("2024-03-06", "処理年月日"), {(2, "生年月日")})


def test_one_wrong_day_moves_the_newest_one_and_the_report_shows_it() -> None:
    assert told([JAPANESE | {"異動年月日": "2099-01-01", "生年月日": "2050-01-01"}])[0] == ("2099-01-01", "異動年月日")


@pytest.mark.parametrize("day", ["2024-03-05", dt.date(2024, 3, 5)])
def test_the_day_that_is_given_is_the_one_that_counts(day: str | dt.date) -> None:
    later = {(1, "戸籍届出・通知日"), (1, "処理年月日"), (1, "操作年月日")}
    assert told(TWO, day) == (("2024-03-05", None), later)
    wrong = [JAPANESE | {"異動年月日": "2099-01-01"}, TWO[1]]
    assert told(wrong, day) == (("2024-03-05", None), later | {(1, "異動年月日")})


def test_what_lies_ahead_may_do_so() -> None:
    ahead = {
        "転出予定年月日": "2030-01-01",
        "在留期間の満了の日": "2030-01-01",
        "特別永住者証明書有効期限": "2030-01-01",
    }
    assert told([FOREIGN | ahead])[1] == set()
    leaving = {"異動事由": "21", "異動年月日": "2024-04-01", "消除の異動年月日": "2024-04-01"}
    assert told([JAPANESE | leaving]) == (("2024-03-06", "処理年月日"), set())
    assert told([JAPANESE | leaving], "2024-03-06")[1] == set()
    assert told([JAPANESE | leaving | {"異動事由": "41"}], "2024-03-06")[1] == {
        (1, "異動年月日"),
        (1, "消除の異動年月日"),
    }


def test_a_session_tells_what_the_whole_tells() -> None:
    whole = frame(TWO, stdconv.load_schema(LATER).names)
    session = stdconv.Validator(LATER, as_of="2024-03-05")
    for row in range(2):
        session.feed(whole.slice(row, 1))
    assert session.finish().as_of == stdconv.validate(whole, LATER, as_of="2024-03-05").report.as_of
    rows = session.findings.filter(code="D0013").select("_row", "column").rows()
    assert set(rows) == told(TWO, "2024-03-05")[1]


@pytest.mark.parametrize("day", ["2024-3-5", "20240305", "2024-02-30", "", 5, dt.datetime(2024, 3, 5, 1), True])
def test_what_is_no_day_is_a_fault(day: object) -> None:
    with pytest.raises(DefinitionError) as caught:
        stdconv.Validator(LATER, as_of=day)  # type: ignore[arg-type]
    assert [fault.code for fault in caught.value.faults] == ["C0111"]


@pytest.mark.parametrize("schema", ["resident-link/1.0", "resident-basic/0.1"])
def test_a_day_that_no_rule_asks_for_is_a_fault(schema: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        stdconv.Validator(schema, as_of="2024-03-05")
    assert [fault.code for fault in caught.value.faults] == ["C0112"]
