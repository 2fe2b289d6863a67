"""The lens for the flag of a date that the layout always knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.sets import AnyOf, Choice, Date, Domain, Nothing, Record, Text
from stdconv.japan.eras import BY_CODE
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Values

SPEC = "docs/domain.md, Dates"
FOREIGN = f"{SPEC}: foreign residents have no 元号"
FLAGGED = f"{SPEC}: Unknown (不詳): the date and its 不詳フラグ 0/1 travel together"
DAYS = AnyOf((Date(), Text("^[0-9]{4}-02-29$")))
"""All that a lens for dates may give: whether 29 February is a day of every year is for that lens to say."""


class KnownDate(Lens):
    """A date of a layout that knows all its dates, to the same date and …_不詳フラグ: 0 where there is a date.

    It is the last step, behind the one that reads the date; the flag is a standard column more. No date at all has no
    flag. A standard record with a date that is not known is refused on the way back: the layout has no place for it.
    """

    passes_on = True
    op: Literal["known_date"] = "known_date"
    era: bool = Field(
        default=False,
        description="Whether the date has its 元号 in front of it, as `wareki` gives it.",
        examples=[True],
    )
    wording: bool = Field(
        default=False,
        description="Whether …_不詳表記 is among the standard columns too, after the flag; it is always absent.",
        examples=[True],
    )

    @property
    def takes(self) -> int:
        """The date, and its 元号 where it has one."""
        return 1 + self.era

    @property
    def gives(self) -> int:
        """The date's columns, the flag, and the wording where it is asked for."""
        return self.takes + 1 + self.wording

    def forward(self, *legacy: pl.Expr) -> Values:
        """2024-03-01 → 2024-03-01, 0."""
        flag = pl.when(legacy[-1].is_not_null()).then(pl.lit("0"))
        return (*legacy, flag, *[pl.lit(None, dtype=pl.String)] * self.wording)

    def back(self, *standard: pl.Expr) -> Values:
        """2024-03-01, 0 → 2024-03-01."""
        return standard[: self.takes]

    @property
    def codomain(self) -> Record:
        """Any date with the flag 0 and without a wording."""
        domains: tuple[Domain, ...] = (Choice(tuple(BY_CODE)), DAYS, Choice(("0",)), Nothing())
        mine = domains[2 - self.takes : 3 + self.wording]
        return Record(columns=tuple(enumerate(mine)), required=(self.takes - 1, self.takes))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """There is a 元号 and no date."""
        return pl.lit("T0010")

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """A date, which has the flag."""
        words = "a value that is a date", "日付のある値"
        yield Branch(("op",), legacy[-1].is_not_null(), "", ((self.takes, "0"),), by=words)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a date alone, with a wording's column, and with its 元号."""
        plain, era = cls(), cls(era=True, wording=True)
        return (
            Example(plain, ("2024-03-01",), ("2024-03-01", "0"), FLAGGED),
            Example(plain, (None,), (None, None), "design: no date at all has no flag"),
            Example(era, ("3", "1985-07-07"), ("3", "1985-07-07", "0", None), FLAGGED),
            Example(era, (None, "1985-07-07"), (None, "1985-07-07", "0", None), FOREIGN),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return a 元号 without a date."""
        era = cls(era=True, wording=True)
        return (Refusal(era, ("3", None), "T0010", "a label without a date says nothing that can be written"),)
