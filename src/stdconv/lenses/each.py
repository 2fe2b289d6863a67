"""One lens for each of several columns: what a packed code needs once it is taken apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

import polars as pl
from pydantic import Field

from stdconv.domains.sets import InOrder, Record
from stdconv.lenses.base import Branch, Example, LeftOut, Lens, Mistake, Refusal, Values
from stdconv.lenses.codes import Recode
from stdconv.lenses.dates import CompactDate
from stdconv.lenses.padding import Fill, Trim, Unfill
from stdconv.lenses.spellings import Unify, Uppercase
from stdconv.lenses.widths import Narrow, Widen

Step: TypeAlias = Annotated[
    Recode | CompactDate | Widen | Narrow | Unfill | Fill | Trim | Unify | Uppercase, Field(discriminator="op")
]
SOURCE = "docs/domain.md, Codes: traps: 4×2 digits packed into eight"


class Each(Lens):
    """One step for every one of several columns, each by itself: vendor-specific codes, packed and taken apart.

    The columns are those that the step before gives, a ``split`` say. They are filled from the left; a value behind an
    absent one is refused.
    """

    op: Literal["each"] = "each"
    columns: int = Field(ge=2, le=100, description="How many columns there are.", examples=[4, 2])
    step: Step = Field(
        description="The step, one of those that take one column and give one.",
        examples=[{"op": "recode", "table": {"01": "02", "02": "12"}}, {"op": "widen", "of": ["digits"]}],
    )

    @property
    def takes(self) -> int:
        """As many as there are columns."""
        return self.columns

    @property
    def gives(self) -> int:
        """As many as there are columns."""
        return self.columns

    @property
    def absent(self) -> tuple[str | None, ...] | None:
        """The sentinel of the step, in every column."""
        return None if self.step.absent is None else self.step.absent * self.columns

    @property
    def names_empty(self) -> bool:
        """Whether the step gives a meaning to the empty value."""
        return self.step.names_empty

    def forward(self, *legacy: pl.Expr) -> Values:
        """By the step."""
        return tuple(self.step.read((value,))[0] for value in legacy)

    def back(self, *standard: pl.Expr) -> Values:
        """By the step."""
        return tuple(self.step.write((value,))[0] for value in standard)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """How the step spells each value."""
        return tuple(self.step.spell((value,))[0] for value in legacy)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Whether every column says that there is no value, each in its own spelling."""
        if self.names_empty:
            return pl.lit(value=False)
        return pl.all_horizontal([self.step.is_absent((value,)) for value in legacy])

    def admits(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Whether the step accepts every value."""
        return pl.all_horizontal([_accepts(self.step, value) for value in legacy])

    @property
    def codomain(self) -> Record:
        """What the step gives, from the first column on."""
        domain = self.step.codomain.columns[0][1]
        positions = tuple(range(self.columns))
        return Record(tuple((at, domain) for at in positions), required=(0,), rules=(InOrder(positions),))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """What the step says of the first value that it refuses; a gap in front of a value."""
        codes = [pl.when(~_accepts(self.step, value)).then(self.step.explain(value)) for value in legacy]
        return pl.coalesce(*codes, pl.lit("T0023"))

    def reason(self, *legacy: pl.Expr) -> pl.Expr | None:
        """What the step gives as the reason for the first value that it refuses."""
        reasons = [(value, self.step.reason(value)) for value in legacy]
        refused = [(~_accepts(self.step, value), reason) for value, reason in reasons if reason is not None]
        if not refused:
            return None
        first = pl.lit(None, dtype=pl.String)
        for fails, reason in reversed(refused):
            first = pl.when(fails).then(reason).otherwise(first)
        return first

    def mistakes(self) -> Iterator[Mistake]:
        """Yield the mistakes of the step."""
        for code, path, words in self.step.mistakes():
            yield code, ("step", *path), words

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The ways through the step, in whichever column a value goes them."""
        yield from self._in_any(self.step.branches, legacy)

    def refused(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The values that the step refuses by name, in whichever column."""
        yield from self._in_any(self.step.refused, legacy)

    def _in_any(self, ways: Callable[[pl.Expr], Iterable[Branch]], legacy: Values) -> Iterator[Branch]:
        for each in zip(*map(ways, legacy), strict=True):
            taken = pl.any_horizontal([way.taken.fill_null(value=False) for way in each])
            says = tuple((at, text) for at in range(self.columns) for _, text in each[0].says)
            yield replace(each[0], path=("step", *each[0].path), taken=taken, says=says)

    def reasons(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the reasons of the step."""
        for path, reason in self.step.reasons():
            yield ("step", *path), reason

    def left_out(self) -> LeftOut | None:
        """Return the codes that the step's table leaves out, for every column."""
        table = self.step.left_out()
        return table and tuple(
            {code: ("step", *path) for code, path in (table[0] or {}).items()} for _ in range(self.columns)
        )

    def spelled_out(self) -> Iterator[str]:
        """What the step spells out."""
        yield from self.step.spelled_out()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return vendor-specific 続柄 codes."""
        lens = cls(columns=3, step=Recode(table={"01": "02", "02": "12", "03": "20"}))
        texts = cls(columns=2, step=Widen.model_validate({"op": "widen", "of": ["digits"]}))
        return (
            Example(lens, ("03", "03", None), ("20", "20", None), f"{SOURCE}; assumed: the vendor numbers from 01"),
            Example(lens, ("01", None, None), ("02", None, None), f"{SOURCE}; assumed: the vendor numbers from 01"),
            Example(texts, ("1", "2"), ("１", "２"), "docs/domain.md: address numbers are full-width"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return a code that the table does not know, in the second place, and a gap."""
        lens = cls.examples()[0].lens
        some = cls(columns=2, step=Recode(table={"01": "02", "03": "20"}, refuses={"99": "同居人でない"}))
        return (
            Refusal(some, ("03", "99"), "T0039", "assumed: a generation that the standard does not manage"),
            Refusal(lens, ("01", "20", None), "T0002", "docs/domain.md: same-looking codes are never copied"),
            Refusal(lens, ("03", None, "03"), "T0023", "assumed: generations are filled from the left"),
        )


def _accepts(step: Lens, value: pl.Expr) -> pl.Expr:
    standard = step.read((value,))
    return step.accept((value,), standard, step.write(standard))
