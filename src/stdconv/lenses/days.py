"""What lenses for dates share: digits to ISO dates and back, and what is wrong with digits."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import StringConstraints

LINK = "審議項目1関係資料"
SPEC = "docs/domain.md, Dates"
Sign = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]$")]
EraName = Literal["明治", "大正", "昭和", "平成", "令和"]

FULL_WIDTH = "[０-９]"


def iso(digits: pl.Expr) -> pl.Expr:
    """YYYYMMDD → YYYY-MM-DD; anything else becomes what no calendar has."""
    return pl.concat_str(digits.str.slice(0, 4), month_and_day(digits.str.slice(4)))


def month_and_day(digits: pl.Expr) -> pl.Expr:
    """MMDD → -MM-DD."""
    return pl.concat_str(pl.lit("-"), digits.str.slice(0, 2), pl.lit("-"), digits.str.slice(2))


def compact(iso: pl.Expr) -> pl.Expr:
    """YYYY-MM-DD → YYYYMMDD."""
    return iso.str.replace_all("-", "", literal=True)


def why(cases: list[tuple[pl.Expr, str]], otherwise: str) -> pl.Expr:
    """Return the code of the first case that applies."""
    answer = pl.lit(otherwise)
    for applies, code in reversed(cases):
        answer = pl.when(applies.fill_null(value=False)).then(pl.lit(code)).otherwise(answer)
    return answer


def western_why(value: pl.Expr) -> pl.Expr:
    """Tell full-width digits, other shapes and days that do not exist apart."""
    return why(
        [
            (value.str.contains(FULL_WIDTH), "T0019"),
            (~value.str.contains("^[0-9]{8}$"), "T0003"),
        ],
        "T0004",
    )
