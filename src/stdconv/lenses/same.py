"""A lens for columns that must say the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.sets import Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Values, different

DISAGREE = "T0040"
TWICE = "assumed: a layout repeats the number of the resident at the end of the record"


class Same(Lens):
    """One value that several legacy columns must all have: it is written back into each.

    Columns that differ are refused, also where one is empty and another is not. Values that are only spelled otherwise
    are made alike by a step before it: ``each``.
    """

    passes_on = True
    op: Literal["same"] = "same"
    columns: int = Field(ge=2, le=20, description="How many legacy columns must have the value.", examples=[2, 3])

    @property
    def takes(self) -> int:
        """As many columns as must agree."""
        return self.columns

    def forward(self, *legacy: pl.Expr) -> Values:
        """12, 12 → 12; what differs is read as no value."""
        alike = [one.eq_missing(other) for one, other in pairwise(legacy)]
        return (pl.when(pl.all_horizontal(alike)).then(legacy[0]),)

    def back(self, *standard: pl.Expr) -> Values:
        """12 → 12, 12."""
        return standard * self.columns

    @property
    def codomain(self) -> Record:
        """Any text that is not empty."""
        return one(Text(least=1))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The columns differ."""
        return pl.lit(DISAGREE)

    def refused(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Neighbours that differ: without an example a mapping that never compares them would look as true."""
        for branch in different(*legacy):
            yield Branch(("columns",), branch.taken, branch.legacy, by=branch.by, refused_as=DISAGREE)

    def orders(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Nothing: in whichever order the columns stand, they say the same."""
        yield from ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a number that stands in two columns and in three, and no number at all."""
        return (
            Example(cls(columns=2), ("1234567890", "1234567890"), ("1234567890",), TWICE),
            Example(cls(columns=3), ("12", "12", "12"), ("12",), TWICE),
            Example(cls(columns=2), ("", ""), (None,), "design: empty is absent", (None, None)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return columns that differ, and one that is empty."""
        return (
            Refusal(cls(columns=2), ("1234567890", "1234567891"), DISAGREE, "assumed: neither column is the true one"),
            Refusal(cls(columns=2), ("1234567890", ""), DISAGREE, "assumed: an empty column does not say the same"),
            Refusal(cls(columns=3), ("12", "12", "13"), DISAGREE, "assumed: neither column is the true one"),
        )
