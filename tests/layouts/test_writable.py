"""Which records a layout can hold; in what files others would write them is written out here by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from stdconv.layouts.dialect import Dialect
from stdconv.layouts.writable import harmless, not_writable

THREE, ONE = ("番号", "区分", "備考"), ("備考",)

HELD = [
    (THREE, {}, ("1", "a", 'x"y')),
    (THREE, {}, ("1", "a", '"')),
    (THREE, {}, ("1", "x\r\ny", "z")),
    (THREE, {}, ("1", "x\ny", "甲\n乙")),
    (THREE, {}, ("1", "a", "甲\r\n乙")),
    (THREE, {"newline": "cr"}, ("1", "a", "x\ry")),
    (ONE, {}, ("甲\n乙",)),
    (THREE, {}, ("1", "a,b", "c")),
    (THREE, {"delimiter": "|", "encoding": "cp932"}, ("1", "ポ|表\\", "c")),
    (THREE, {"delimiter": "\\", "encoding": "cp932"}, ("1", "ポ|表\\", "\x1f")),
    (THREE, {}, ("\ufeff1", "a", "c")),
    (THREE, {"header": False}, ("番号", "区分", "備考")),
    (THREE, {"header": False, "quote": "all"}, ("\ufeff1", "a", "c")),
    (THREE, {"header": False, "encoding": "utf-8-sig"}, ("\ufeff1", "a", "c")),
    (THREE, {}, ("番号", "区分", "別")),
    (THREE, {"newline": "cr"}, ("1", "a", "x\ny")),
    (THREE, {}, ("1", "a", "\x1a")),
    (ONE, {}, ("",)),
    (THREE, {"quote": "none"}, ("1", '"a', 'x"y"')),
    (THREE, {"quote": "none", "newline": "lf"}, ("1", "a\rb", '"')),
    (THREE, {"quote": "none"}, ("", "", "")),
    (ONE, {"quote": "none"}, ('""',)),
    (ONE, {"header": False}, ("備考",)),
]

CHANGED = [
    (THREE, {}, ("1", "a", "甲\r\n9,y,z\r\n乙"), {"備考": "U+000A U+000D"}),
    (THREE, {}, ("1", "a", "甲\n2,y,\n乙"), {"備考": "U+000A"}),
    (THREE, {}, ("1\n2", "", ""), {"番号": "U+000A"}),
    (THREE, {}, ("1", "甲\n9,y,z\n乙", "a"), {"区分": "U+000A"}),
    (THREE, {}, ("1", "a\0", "b"), {"区分": "U+0000"}),
    (THREE, {}, ("番号", "区分", "備考"), {"": ""}),
    (THREE, {"header": False}, ("\ufeff1", "a", "c"), {"番号": "U+FEFF"}),
    (ONE, {}, ("備考",), {"備考": ""}),
    (THREE, {"quote": "none"}, ("1", "a,b", '"c"'), {"区分": "U+002C"}),
    (THREE, {"quote": "none", "delimiter": "|"}, ("1", "a,b", "甲\n|"), {"備考": "U+000A U+007C"}),
    (THREE, {"quote": "none", "newline": "lf"}, ("1", "a", "b\r"), {"備考": "U+000D"}),
    (THREE, {"quote": "none"}, ("1", "甲\0", ""), {"区分": "U+0000"}),
    (ONE, {"quote": "none"}, ("",), {"備考": ""}),
    (ONE, {"quote": "none"}, ("a,b",), {"備考": "U+002C"}),
    (ONE, {}, (f"甲\n{'乙' * 30_000}",), {"備考": "U+000A"}),
]


def found(names: tuple[str, ...], how: dict[str, Any], *rows: tuple[str, ...]) -> list[dict[str, Any]]:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    frame = frame.insert_column(0, pl.Series("_row", [7 * at for at in range(1, len(rows) + 1)], dtype=pl.Int64))
    return [row for each in not_writable(frame, Dialect(names, **how), side="legacy") for row in each.to_dicts()]


@pytest.mark.parametrize(("names", "how", "row"), HELD)
def test_what_is_read_back_is_writable(names: tuple[str, ...], how: dict[str, Any], row: tuple[str, ...]) -> None:
    assert found(names, how, row) == []


@pytest.mark.parametrize(("names", "how", "row", "columns"), CHANGED)
def test_what_is_read_back_otherwise_is_refused_with_the_column(
    names: tuple[str, ...], how: dict[str, Any], row: tuple[str, ...], columns: dict[str, str]
) -> None:
    findings = found(names, how, row)
    assert {each["column"]: each["detail"] for each in findings} == columns
    assert {(each["_row"], each["code"], each["severity"]) for each in findings} == {(7, "R0011", "refuse")}


def test_of_many_records_only_those_that_change_are_refused() -> None:
    held, changed = ("1", "x\r\ny", "z"), ("1", "a", "甲\r\n2,y,z")
    rows = [changed if at in (3, 40) else held for at in range(50)]
    assert [each["_row"] for each in found(THREE, {}, *rows)] == [28, 287]


def test_what_the_encoding_cannot_write_is_refused_once() -> None:
    findings = found(THREE, {"encoding": "cp932"}, ("1", "a", "\U0001f600\n甲"))
    assert [(each["code"], each["column"], each["detail"]) for each in findings] == [("E0006", "備考", "U+1F600")]


@pytest.mark.parametrize("character", ["\x80", "\uf8f0", "\uf8f1", "\uf8f2", "\uf8f3"])
def test_what_cp932_writes_as_bytes_that_mean_nothing_is_refused(character: str) -> None:
    """Reading them is refused (E0002), so they are not written: the code chart of Microsoft has no character there."""
    how = {"encoding": "cp932"}
    told = found(THREE, how, ("1", "a", f"甲{character}"), ("2", "b", "乙"))
    assert [(row["code"], row["column"], row["detail"]) for row in told] == [
        ("E0006", "備考", f"U+{ord(character):04X}")
    ]
    dialect = Dialect(THREE, encoding="cp932")
    assert harmless(pl.Series(["甲", f"甲{character}"]), dialect, "備考").to_list() == [True, False]
    assert found(THREE, {}, ("1", "a", f"甲{character}")) == []
