"""A lens that leaves out values which the standard column has no place for, where the record counts for more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.check import check_value
from stdconv.domains.patterns import PatternError, parse
from stdconv.domains.sets import Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Values

ISSUE = "assumed: a refused record is a resident lost to the other edition; a value left out is counted"


class Admit(Lens):
    """Values of one form as they are; any other value is left out, told, and kept in the residue.

    For values that the other side cannot have, where a record must not be refused for them: codes of an older edition,
    notes in a column of numbers. Each is a warning (T0047), so that the report counts them.
    """

    is_total = True
    tells_nothing = True
    op: Literal["admit"] = "admit"
    pattern: str = Field(
        description="The form of the values that are admitted, as a pattern of JSON Schema.",
        examples=["^[0-9]{3}$", "^[0-9]{4}-(0[1-9]|1[0-2])$"],
    )

    def forward(self, *legacy: pl.Expr) -> Values:
        """The value itself: one that is left out counts as nothing."""
        return (legacy[0],)

    def back(self, *standard: pl.Expr) -> Values:
        """The value itself."""
        return (standard[0],)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether the value has another form."""
        return ~check_value(self._form, legacy[0])

    @property
    def codomain(self) -> Record:
        """Every text of the form."""
        return one(self._form)

    @property
    def _form(self) -> Text:
        return Text(self.pattern if self._is_readable else None)

    @property
    def _is_readable(self) -> bool:
        try:
            parse(self.pattern)
        except PatternError:
            return False
        return True

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """Tell each value that is left out."""
        yield "T0047", (legacy[0] != "").fill_null(value=False) & standard[0].is_null()

    def mistakes(self) -> Iterator[Mistake]:
        """A pattern that cannot be read."""
        if not self._is_readable:
            yield "M0160", ("pattern",), {"pattern": self.pattern}

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """A value that is left out, without which the lens would not be needed."""
        if not self._is_readable:
            return
        words = "a value that is left out", "除外される値"
        yield Branch(("pattern",), (legacy[0] != "") & self.is_nothing(*legacy), "", by=words)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a country's code, a note in its place, and a month."""
        code, month = cls(pattern="^[0-9]{3}$"), cls(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")
        observed = "resident-basic/0.2: 国名コード has three digits (039)"
        return (
            Example(code, ("039",), ("039",), observed),
            Example(code, ("39",), (None,), ISSUE, (None,), "T0047"),
            Example(month, ("2024-03",), ("2024-03",), "resident-basic/0.2: 児童手当受給開始年月 is YYYY-MM"),
            Example(month, ("令和6年3月",), (None,), ISSUE, (None,), "T0047"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return nothing: what is not admitted is left out."""
        return ()
