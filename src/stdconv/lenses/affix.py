"""A lens for a constant before or after a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.patterns import ANY
from stdconv.domains.sets import Record, Text, one
from stdconv.lenses.base import Example, Lens, Refusal, Said, Values

MARK = "assumed: vendors mark numbers with a constant that says what they are"
OTHER = "assumed: a value without the declared constant is not of this layout"


class Affix(Lens):
    """A constant before or after every value in legacy, without it in the standard: 世帯9876543 → 9876543.

    A value without the constant is refused, and so is one of nothing but the constant.
    """

    op: Literal["affix"] = "affix"
    text: Said = Field(description="What is before or after every value in the file.", examples=["世帯", "-A"])
    side: Literal["before", "after"] = Field(default="before", description="Where it is: before the value or after it.")

    def forward(self, *legacy: pl.Expr) -> Values:
        """世帯9876543 → 9876543; a value without the constant is read as none."""
        value = legacy[0]
        if self.side == "before":
            return (pl.when(value.str.starts_with(self.text)).then(value.str.strip_prefix(self.text)),)
        return (pl.when(value.str.ends_with(self.text)).then(value.str.strip_suffix(self.text)),)

    def back(self, *standard: pl.Expr) -> Values:
        """9876543 → 世帯9876543."""
        parts = (pl.lit(self.text), standard[0])
        return (pl.concat_str(parts if self.side == "before" else parts[::-1]),)

    @property
    def codomain(self) -> Record:
        """Any text that is not empty."""
        return one(Text(f"^{ANY}+$"))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The constant is missing, or nothing but the constant is there."""
        return pl.lit("T0022")

    def spelled_out(self) -> Iterator[str]:
        """The constant."""
        yield self.text

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a prefix, a suffix, and a value that begins with the constant itself."""
        before, after = cls(text="世帯"), cls(text="-A", side="after")
        return (
            Example(before, ("世帯9876543",), ("9876543",), MARK),
            Example(before, ("世帯世帯1",), ("世帯1",), "assumed: the constant is taken off once"),
            Example(after, ("123-A",), ("123",), MARK),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values without the constant, and one of nothing else."""
        before, after = cls(text="世帯"), cls(text="-A", side="after")
        return (
            Refusal(before, ("9876543",), "T0022", OTHER),
            Refusal(before, ("世帯",), "T0022", "assumed: a constant alone names nobody"),
            Refusal(after, ("123-B",), "T0022", OTHER),
        )
