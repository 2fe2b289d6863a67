"""Lenses for what surrounds a value: filling up to a fixed width, blanks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.patterns import ANY, any_but, just
from stdconv.domains.sets import AllOf, Domain, Not, Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Sign, Values, Width

_BLANKS_AROUND = ("a value with blanks around it", "前後に空白のある値")


class Unfill(Lens):
    """A value filled up to a fixed width in legacy, without the filling in the standard: 0000001234 → 1234.

    A value of another width is refused, and so is one of nothing but filling, unless it is what ``none`` names.
    """

    op: Literal["unfill"] = "unfill"
    width: Width = Field(description="How many characters every value has in the file, filling included.")
    fill: Sign = Field(default="0", description="The one character that fills a value up in the file.")
    side: Literal["left", "right"] = Field(
        default="left", description="Where the filling is: on the left of numbers, on the right of text."
    )
    none: str | None = Field(
        default=None, min_length=1, description='The spelling of "no value", often nothing but filling.'
    )

    @property
    def absent(self) -> tuple[str, ...] | None:
        """The sentinel."""
        return None if self.none is None else (self.none,)

    def forward(self, *legacy: pl.Expr) -> Values:
        """0000001234 → 1234."""
        strip = legacy[0].str.strip_chars_start if self.side == "left" else legacy[0].str.strip_chars_end
        return (strip(self.fill),)

    def back(self, *standard: pl.Expr) -> Values:
        """1234 → 0000001234."""
        pad = standard[0].str.pad_start if self.side == "left" else standard[0].str.pad_end
        return (pad(self.width, self.fill),)

    @property
    def codomain(self) -> Record:
        """Up to ``width`` characters that do not begin (end) with the filling."""
        edge, rest = any_but(self.fill), f"{ANY}{{0,{self.width - 1}}}"
        return one(Text(f"^{edge}{rest}$" if self.side == "left" else f"^{rest}{edge}$"))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value is not filled up as declared."""
        return pl.lit("T0022")

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The sentinel."""
        if self.none is not None:
            yield Branch(("none",), legacy[0] == self.none, self.none)

    def mistakes(self) -> Iterator[Mistake]:
        """Yield a sentinel that is a value filled up."""
        if self.none is not None and len(self.none) == self.width and self.none.strip(self.fill):
            kept = self.none.lstrip(self.fill) if self.side == "left" else self.none.rstrip(self.fill)
            if kept:
                yield "M0058", ("none",), {"none": self.none, "value": kept}

    def spelled_out(self) -> Iterator[str]:
        """The filling, and the sentinel."""
        yield self.fill
        yield from super().spelled_out()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a number filled with zeros, text filled with blanks, and the sentinel."""
        number, text = cls(width=10, none="0000000000"), cls(width=6, fill="　", side="right")
        return (
            Example(number, ("0000001234",), ("1234",), "assumed: numbers in fixed columns are zero-filled"),
            Example(number, ("0000000000",), (None,), "assumed: nothing but zeros is no number"),
            Example(text, ("行政花子　　",), ("行政花子",), "assumed: text in fixed columns is filled with blanks"),
            Example(cls(width=4), ("1234",), ("1234",), "assumed: a full column has no filling"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values of other widths, and nothing but filling without a sentinel."""
        number = cls(width=5)
        return tuple(
            Refusal(number, (value,), "T0022", "assumed: the column has a fixed width")
            for value in ("1234", "001234", "00000", "1234 x")
        )


class Fill(Lens):
    """A value without filling in legacy, filled up to a fixed width in the standard: 1234 → 0000001234.

    What ``unfill`` does, the other way round: a value that is filled up already is refused, and one that is longer.
    """

    op: Literal["fill"] = "fill"
    width: Width = Field(description="How many characters every value has in the standard, filling included.")
    fill: Sign = Field(default="0", description="The one character that the standard fills a value up with.")
    side: Literal["left", "right"] = Field(
        default="left", description="On which side of the value the standard has its filling."
    )

    def forward(self, *legacy: pl.Expr) -> Values:
        """1234 → 0000001234."""
        pad = legacy[0].str.pad_start if self.side == "left" else legacy[0].str.pad_end
        return (pad(self.width, self.fill),)

    def back(self, *standard: pl.Expr) -> Values:
        """0000001234 → 1234."""
        strip = standard[0].str.strip_chars_start if self.side == "left" else standard[0].str.strip_chars_end
        return (strip(self.fill),)

    @property
    def codomain(self) -> Record:
        """Exactly ``width`` characters that are not all filling."""
        whole: Domain = Text(f"^{ANY}{{{self.width}}}$")
        return one(AllOf((whole, Not(Text(f"^{just(self.fill)}{{{self.width}}}$")))))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value is filled up already, or longer than the column."""
        return pl.lit("T0022")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a number to be filled with zeros."""
        return (
            Example(cls(width=6), ("16373",), ("016373",), "docs/domain.md: 市区町村コード has six digits"),
            Example(cls(width=4), ("1234",), ("1234",), "assumed: a full column has no filling"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values that would not come back, and one that is too long."""
        return tuple(
            Refusal(cls(width=6), (value,), "T0022", "assumed: it would come back without its zeros, or not at all")
            for value in ("016373", "1637300", "0")
        )


class Trim(Lens):
    """A value with blanks around it in legacy, without them in the standard.

    The blanks, half-width and full-width, are spelling and go to the residue; restoring into the layout writes none.
    Blanks alone mean that there is no value.
    """

    is_total = True
    op: Literal["trim"] = "trim"

    def forward(self, *legacy: pl.Expr) -> Values:
        """Leave the blanks around the value out."""
        return (legacy[0].str.strip_chars(" \u3000"),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the value as it is."""
        return (standard[0],)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value without blanks around it."""
        return self.forward(*legacy)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether there are only blanks."""
        return legacy[0].str.strip_chars(" \u3000") == ""

    @property
    def codomain(self) -> Record:
        """Texts without blanks around them."""
        edge = any_but(" \u3000")
        return one(Text(f"^{edge}({ANY}{{0,}}{edge}){{0,1}}$"))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Blanks around the value, without which the lens would not be needed."""
        yield Branch(("op",), legacy[0] != legacy[0].str.strip_chars(" \u3000"), self.op, by=_BLANKS_AROUND)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a value with blanks behind it, and one of blanks alone."""
        source = "assumed: text in fixed columns is filled with blanks"
        return (
            Example(cls(), ("行政　花子　　",), ("行政　花子",), source, ("行政　花子",)),
            Example(cls(), (" 1 ",), ("1",), source, ("1",)),
            Example(cls(), ("　　",), (None,), source, (None,)),
        )
