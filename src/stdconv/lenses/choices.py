"""Lenses that choose: one value out of several columns that may hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from stdconv.domains import Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Values
from stdconv.patterns import ANY

SPEC = "docs/domain.md, Codes: traps; What migration teams must deliver"


class Coalesce(Lens):
    """The first filled one of several legacy columns that say the same thing.

    ``columns`` says how many; the order of the field's legacy columns is the order in which they count. Another column
    that is filled too and says something else is warned of (T0024): this is how a 届出日 was lost once. What stood
    where is kept in the residue; without it the value is written into the first column.
    """

    op: Literal["coalesce"] = "coalesce"
    columns: Annotated[int, Field(ge=2, le=20)]

    @property
    def takes(self) -> int:  # type: ignore[override]
        """As many columns as may hold the value."""
        return self.columns

    def forward(self, *legacy: pl.Expr) -> Values:
        """Take the first that is filled."""
        return (pl.coalesce([_filled(value) for value in legacy]),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the value into the first column."""
        nothing = pl.lit(None, dtype=pl.String)
        return standard[0], *(nothing for _ in range(self.columns - 1))

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value in the first column, nothing in the others."""
        return self.back(*self.forward(*legacy))

    @property
    def codomain(self) -> Record:
        """Every text but the empty one."""
        return one(Text(f"^{ANY}{{1,}}$"))

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """Doubt that a filled column which says something else may be left unused."""
        others = [(_filled(value) != standard[0]).fill_null(value=False) for value in legacy]
        yield "T0024", pl.any_horizontal(others)

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Each column as the first that is filled."""
        for number, value in enumerate(legacy, start=1):
            before = [_filled(other).is_null() for other in legacy[: number - 1]]
            taken = pl.all_horizontal([_filled(value).is_not_null(), *before])
            yield Branch(("columns",), taken, str(number))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return addresses: 転出確定 if present, else 転出予定, else the current one."""
        lens = cls(columns=3)
        alone = ("東京都", None, None)
        return (
            Example(lens, ("東京都", "", ""), ("東京都",), SPEC, alone),
            Example(lens, ("", "", "東京都"), ("東京都",), SPEC, alone),
            Example(lens, ("東京都", "大阪府", ""), ("東京都",), SPEC, alone, "T0024"),
            Example(lens, ("東京都", "東京都", ""), ("東京都",), SPEC, alone),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return nothing: every value is one."""
        return ()


def _filled(value: pl.Expr) -> pl.Expr:
    return pl.when(value != "").then(value)
