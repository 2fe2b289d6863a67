"""What the rivals that check polars frames share: the file as a frame of texts, and rules as polars expressions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl
from rules import LONGEST_NAME, SPANS, VARIATION

ROW = "row"
KIND, NAME, MOVED, ERA, BORN = "住民種別", "氏名", "異動年月日", "生年月日_元号", "生年月日"
KEY = ("宛名番号", "履歴番号")


def read(standard: str) -> pl.DataFrame:
    """Return the records as texts, null for absent, with their numbers from 1 as ``row``."""
    return pl.read_csv(standard, infer_schema=False, row_index_name=ROW, row_index_offset=1)


def write(rows: pl.Series, result: str) -> bool:
    """Write the numbers of the refused rows, and return whether there are any."""
    rows.unique().sort().to_frame().write_csv(result, include_header=False)
    return len(rows) > 0


def write_lines(lines: Iterable[str], result: str) -> bool:
    """Write what a rival that does not tell rows tells, and return whether that is anything."""
    told = sorted(lines)
    Path(result).write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    return bool(told)


def is_day(value: pl.Expr) -> pl.Expr:
    """Return whether a text is a day of the calendar; null where absent."""
    return value.str.to_date("%Y-%m-%d", strict=False).is_not_null() | value.is_null()


def is_short(name: pl.Expr) -> pl.Expr:
    """Return whether a name has at most as many characters as it may have."""
    length = name.str.len_chars()
    return (length <= LONGEST_NAME) | (length - name.str.count_matches(VARIATION) <= LONGEST_NAME)


def era_by_kind() -> pl.Expr:
    """Return whether a Japanese resident's birth date has an era, and a foreigner's has none."""
    kind, era = pl.col(KIND), pl.col(ERA)
    return pl.col(BORN).is_null() | ~((kind == "1") & era.is_null() | (kind == "2") & era.is_not_null()).fill_null(
        False
    )


def era_of_date() -> pl.Expr:
    """Return whether the era is one that the birth date lies in."""
    era, born = pl.col(ERA), pl.col(BORN)
    inside = [(era == code) & born.is_between(pl.lit(first), pl.lit(last)) for code, (first, last) in SPANS.items()]
    return era.is_null() | born.is_null() | pl.any_horizontal(inside)
