"""Lenses for the width of characters: half-width and full-width kana, digits, letters and signs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

import polars as pl
from pydantic import Field

from stdconv.definitions.model import TupleOf
from stdconv.domains.patterns import ANY, any_but
from stdconv.domains.sets import AllOf, Domain, Not, Record, Text, one
from stdconv.japan.charsets import VOICED, half_to_full
from stdconv.lenses.base import Example, Lens, Refusal, Values

SPEC = "docs/domain.md, The standard's data types: X is half-width, Ｎ full-width"
UNICODE = "Unicode, Halfwidth and Fullwidth Forms"


Kind: TypeAlias = Literal["kana", "digits", "letters", "signs", "blank"]
Kinds = Annotated[TupleOf[Kind], Field(min_length=1)]


class _Width(Lens):
    """What both directions share: which characters are written how."""

    of: Kinds
    equivalent: bool = False

    @cached_property
    def pairs(self) -> Mapping[str, str]:
        """Half-width → full-width; two half-width characters for a kana with its sound mark."""
        return {half: full for kind in self.of for half, full in half_to_full(kind).items()}

    @cached_property
    @abstractmethod
    def table(self) -> Mapping[str, str]:
        """Legacy spelling → standard spelling."""

    def forward(self, *legacy: pl.Expr) -> Values:
        """Write every character of the table as the standard does."""
        return (_replace(legacy[0], self.table),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write every character of the table as the layout does."""
        return (_replace(standard[0], {theirs: ours for ours, theirs in self.table.items()}),)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value itself; with ``equivalent``, what the other width of the same characters would be here."""
        return self.back(*self.forward(*legacy)) if self.equivalent else legacy

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value is not written in the declared width."""
        return pl.lit("T0021")


def _replace(value: pl.Expr, table: Mapping[str, str]) -> pl.Expr:
    """Replace from left to right, the longest first."""
    ordered = sorted(table, key=len, reverse=True)
    return value.str.replace_many(ordered, [table[each] for each in ordered], leftmost=True)


class Widen(_Width):
    """Half-width characters in legacy, full-width ones in the standard.

    What ``of`` does not name passes as it is, and so do ヰヱヮヵヶ, which have no half-width form. A value that holds a
    full-width form already is refused, since it would come back half-width, unless it is ``equivalent``.
    """

    op: Literal["widen"] = "widen"
    of: Kinds = Field(
        description="What is widened: kana (with their sound marks: ｷﾞ → ギ), digits, letters, signs (every other sign "
        "of ASCII), blank."
    )
    equivalent: bool = Field(
        default=False,
        description="Whether a full-width character in the file is another spelling, kept in the residue, instead of "
        "being refused.",
    )

    @cached_property
    def table(self) -> Mapping[str, str]:
        """Half-width → full-width."""
        return self.pairs

    @property
    def codomain(self) -> Record:
        """Texts without the half-width characters, and without a sound mark that is separate from its kana."""
        wide: Domain = Text(f"^{any_but(c for half in self.pairs for c in half)}{{1,}}$")
        if "kana" not in self.of:
            return one(wide)
        anything = f"{ANY}{{0,}}"
        apart = [Not(Text(f"^{anything}[{kana}]{mark}{anything}$")) for mark, kana in VOICED.items()]
        return one(AllOf((wide, *apart)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return kana with sound marks, digits and hyphens, and both spellings side by side."""
        kana, number = cls(of=("kana", "blank")), cls(of=("digits", "signs"))
        both = cls(of=("digits",), equivalent=True)
        return (
            Example(kana, ("ｷﾞｮｳｾｲ ﾊﾅｺ",), ("ギョウセイ　ハナコ",), UNICODE),
            Example(kana, ("ﾊﾟｳﾞｪﾙ･ｰ",), ("パヴェル・ー",), UNICODE),
            Example(kana, ("ヰヱヮヵヶ",), ("ヰヱヮヵヶ",), "assumed: what has no half-width form passes as it is"),
            Example(number, ("1-2-3",), ("１－２－３",), SPEC),
            Example(both, ("1008番地",), ("１００８番地",), SPEC),
            Example(both, ("１００８番地",), ("１００８番地",), SPEC, ("1008番地",)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values that are full-width already, and a sound mark apart."""
        kana = cls(of=("kana",))
        return (
            Refusal(kana, ("ギョウセイ",), "T0021", "assumed: it would come back half-width"),
            Refusal(kana, ("カﾞ",), "T0021", "assumed: the mark would join the kana"),
            Refusal(cls(of=("digits",)), ("１-2",), "T0021", "assumed: it would come back half-width"),
        )


class Narrow(_Width):
    """Full-width characters in legacy, half-width ones in the standard: １２３ → 123.

    What ``widen`` does, the other way round: a value that holds a half-width form already is refused, unless it is
    ``equivalent``.
    """

    op: Literal["narrow"] = "narrow"
    of: Kinds = Field(description="What is narrowed: kana, digits, letters, signs (every other sign of ASCII), blank.")
    equivalent: bool = Field(
        default=False,
        description="Whether a half-width character in the file is another spelling, kept in the residue, instead of "
        "being refused.",
    )

    @cached_property
    def table(self) -> Mapping[str, str]:
        """Full-width → half-width."""
        return {full: half for half, full in self.pairs.items()}

    @property
    def codomain(self) -> Record:
        """Texts without the full-width characters."""
        return one(Text(f"^{any_but(self.table)}{{1,}}$"))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return digits, kana, and both spellings side by side."""
        digits, both = cls(of=("digits",)), cls(of=("digits",), equivalent=True)
        return (
            Example(digits, ("１２３４５６７",), ("1234567",), SPEC),
            Example(cls(of=("kana",)), ("ギンコウ",), ("ｷﾞﾝｺｳ",), UNICODE),
            Example(both, ("1234567",), ("1234567",), SPEC, ("１２３４５６７",)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values that are half-width already, and a sound mark apart."""
        return (
            Refusal(cls(of=("digits",)), ("1234567",), "T0021", "assumed: it would come back full-width"),
            Refusal(cls(of=("kana",)), ("カ゛",), "T0021", "assumed: it would come back as one character"),
        )
