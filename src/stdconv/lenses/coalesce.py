"""Lenses that choose: one value out of several columns that may hold it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from stdconv.definitions.model import TupleOf
from stdconv.domains.patterns import ANY
from stdconv.domains.sets import AllOf, Choice, Not, Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Said, Values

SPEC = "docs/domain.md, Codes: traps; What migration teams must deliver"

Texts = Annotated[TupleOf[Said], Field(min_length=1)]


class Coalesce(Lens):
    """The first filled one of several legacy columns that say the same thing.

    Another column that is filled too and says something else is warned of (T0024): this is how a 届出日 was lost once.
    Which column held what is kept in the residue; without it the value is written into the first column.
    """

    is_total = True
    op: Literal["coalesce"] = "coalesce"
    columns: Annotated[int, Field(ge=2, le=20)] = Field(
        description="How many legacy columns may hold the value; they count in the order in which the field names them."
    )
    nothing: Texts = Field(
        default=(),
        description="Texts that count as empty, each just as it is written: 00000000 for dates, one full-width blank.",
        examples=[["00000000"], ["　", "00000000"]],
    )

    @property
    def takes(self) -> int:
        """As many columns as may hold the value."""
        return self.columns

    def forward(self, *legacy: pl.Expr) -> Values:
        """Take the first that is filled."""
        return (pl.coalesce([self._filled(value) for value in legacy]),)

    def _filled(self, value: pl.Expr) -> pl.Expr:
        """Return the value, or null where it counts as empty."""
        return pl.when(~value.is_in(["", *self.nothing])).then(value)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether every column is empty or one of the texts that count as empty."""
        return pl.all_horizontal([self._filled(value).is_null() for value in legacy])

    def back(self, *standard: pl.Expr) -> Values:
        """Write the value into the first column."""
        nothing = pl.lit(None, dtype=pl.String)
        return standard[0], *(nothing for _ in range(self.columns - 1))

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value in the first column, nothing in the others."""
        return self.back(*self.forward(*legacy))

    @property
    def codomain(self) -> Record:
        """Every text but those that count as empty."""
        filled = Text(f"^{ANY}{{1,}}$")
        return one(AllOf((filled, Not(Choice(self.nothing)))) if self.nothing else filled)

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """Doubt that a filled column which says something else may be left unused."""
        others = [(self._filled(value) != standard[0]).fill_null(value=False) for value in legacy]
        yield "T0024", pl.any_horizontal(others)

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Each column as the first that is filled, and each text that counts as empty."""
        for number, value in enumerate(legacy, start=1):
            before = [self._filled(other).is_null() for other in legacy[: number - 1]]
            taken = pl.all_horizontal([self._filled(value).is_not_null(), *before])
            words = f"a value in column {number} and none before it", f"{number} 番目の項目が最初の値となるもの"
            yield Branch(("columns",), taken, str(number), by=words)
        for text in self.nothing:
            yield Branch(("nothing",), pl.any_horizontal([value == text for value in legacy]), text)

    def orders(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Neighbours that are both filled, differently, where no column before them is."""
        filled = [self._filled(value) for value in legacy]
        for number, (first, other) in enumerate(pairwise(filled), start=1):
            before = [value.is_null() for value in filled[: number - 1]]
            words = (
                f"different values in columns {number} and {number + 1} and none before them",
                f"{number} 番目と {number + 1} 番目の項目が異なる値を持ち、それより前の項目が空のもの",
            )
            yield Branch(("columns",), pl.all_horizontal([first != other, *before]), str(number), by=words)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return addresses: 転出確定 if present, else 転出予定, else the current one; and two dates of 届出."""
        lens, dates = cls(columns=3), cls(columns=2, nothing=("00000000",))
        alone, sentinel = ("東京都", None, None), "docs/domain.md, Dates: 00000000 = no date"
        return (
            Example(lens, ("東京都", "", ""), ("東京都",), SPEC, alone),
            Example(lens, ("", "", "東京都"), ("東京都",), SPEC, alone),
            Example(lens, ("東京都", "大阪府", ""), ("東京都",), SPEC, alone, "T0024"),
            Example(lens, ("東京都", "東京都", ""), ("東京都",), SPEC, alone),
            Example(dates, ("20240301", "00000000"), ("20240301",), sentinel, ("20240301", None)),
            Example(dates, ("00000000", "20240301"), ("20240301",), sentinel, ("20240301", None)),
            Example(dates, ("20240301", "20240229"), ("20240301",), SPEC, ("20240301", None), "T0024"),
            Example(dates, ("00000000", ""), (None,), sentinel, (None, None)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return nothing: every value is one."""
        return ()
