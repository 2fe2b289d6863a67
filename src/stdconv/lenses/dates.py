"""Lenses for Western dates: eight digits alone, or next to an era in a separate column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, StringConstraints

from stdconv.domains.check import check_value
from stdconv.domains.sets import Choice, EraAgrees, Record, Span, one
from stdconv.japan.eras import BY_CODE, BY_NAME, OPEN_END
from stdconv.lenses.base import Branch, Example, Mistake, Refusal, Values, look_up
from stdconv.lenses.base_dates import (
    LEAP,
    LINK,
    SPEC,
    Dated,
    EraName,
    compact,
    crossed_eras,
    iso,
    said_again,
    western_why,
)

_NAMES: dict[str, EraName] = {"明治": "明治", "大正": "大正", "昭和": "昭和", "平成": "平成", "令和": "令和"}


class CompactDate(Dated):
    """Eight digits YYYYMMDD, a day of the Gregorian calendar, to the ISO date.

    What is not a day is refused, except the two texts that the options name.
    """

    op: Literal["compact_date"] = "compact_date"
    none: str | None = Field(
        default=None,
        min_length=1,
        description='The spelling of "no date", often 00000000. An empty value then also means no date.',
    )
    open_end: str | None = Field(
        default=None,
        min_length=1,
        description="The spelling of an open end, often 99999999; it is 9999-12-31 in the standard.",
    )

    @property
    def absent(self) -> tuple[str, ...] | None:
        """The sentinel."""
        return None if self.none is None else (self.none,)

    def forward(self, *legacy: pl.Expr) -> Values:
        """20240301 → 2024-03-01."""
        if self.open_end is None:
            return (iso(legacy[0]),)
        return (pl.when(legacy[0] == self.open_end).then(pl.lit(OPEN_END)).otherwise(iso(legacy[0])),)

    def back(self, *standard: pl.Expr) -> Values:
        """2024-03-01 → 20240301."""
        if self.open_end is None:
            return (compact(standard[0]),)
        return (pl.when(standard[0] == OPEN_END).then(pl.lit(self.open_end)).otherwise(compact(standard[0])),)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value itself; 99991231 is the open end where that has a separate spelling."""
        if self.open_end is None:
            return legacy
        last = OPEN_END.replace("-", "")
        return (pl.when(legacy[0] == last).then(pl.lit(self.open_end)).otherwise(legacy[0]),)

    @property
    def codomain(self) -> Record:
        """Every date, except one that a sentinel is spelled like."""
        return one(self.days)

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish full-width digits, other shapes and days that do not exist."""
        return western_why(legacy[0])

    def mistakes(self) -> Iterator[Mistake]:
        """Yield a sentinel that is the spelling of a real day."""
        if self.none is not None and self._is_day(self.none):
            yield "M0014", ("none",), {"none": self.none}
        if self.open_end is not None and (self.open_end == self.none or self._is_day(self.open_end)):
            yield "M0014", ("open_end",), {"none": self.open_end}

    def _is_day(self, text: str) -> bool:
        return bool(pl.select(check_value(self.days, iso(pl.lit(text)))).item())

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The sentinels, and leap days of common years."""
        if self.none is not None:
            yield Branch(("none",), legacy[0] == self.none, self.none)
        if self.open_end is not None:
            yield Branch(("open_end",), legacy[0] == self.open_end, self.open_end)
        yield from self.leap_days(self.forward(*legacy)[0], "0229")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example's date, the sentinel and a leap day."""
        plain, sentinel, ended = cls(), cls(none="00000000"), cls(none="00000000", open_end="99999999")
        return (
            Example(plain, ("20240301",), ("2024-03-01",), LINK),
            Example(plain, ("20000229",), ("2000-02-29",), "Gregorian calendar: 2000 is a leap year"),
            Example(plain, ("99991231",), ("9999-12-31",), f"{SPEC}: open ranges end so"),
            Example(sentinel, ("00000000",), (None,), f"{SPEC}: 00000000 = no date"),
            Example(sentinel, ("",), (None,), "design: empty is an equivalent spelling of absent", ("00000000",)),
            Example(ended, ("99999999",), (OPEN_END,), f"{SPEC}: 99999999 = open end"),
            Example(ended, ("99991231",), (OPEN_END,), f"{SPEC}: open ranges end so", ("99999999",)),
            Example(cls(common_leap_day=True), ("19850229",), ("1985-02-29",), LEAP),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return spellings that are not a day."""
        plain = cls()
        return (
            Refusal(plain, ("20240230",), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(plain, ("19000229",), "T0004", "Gregorian calendar: 1900 is a common year"),
            Refusal(plain, ("2024031",), "T0003", "assumed: seven digits are another form"),
            Refusal(plain, ("2024-3-1",), "T0003", "assumed: separators are another form"),
            Refusal(plain, ("２０２４０３０１",), "T0019", "official: DATE is half-width"),
            Refusal(plain, ("00000000",), "T0004", "no sentinel is declared"),
            Refusal(cls(common_leap_day=True), ("19850230",), "T0004", "Gregorian calendar: February has no 30th"),
        )


class EraColumn(Dated):
    """An era name in one column, with a Western date YYYYMMDD in another, to the 元号 code and the ISO date.

    Takes (era, date). The label must agree with the date; on the two days that belong to two eras both labels are
    accepted. A date with an empty label carries no 元号 (foreign residents).
    """

    arity = (2, 2)
    op: Literal["era_column"] = "era_column"
    eras: Mapping[Annotated[str, StringConstraints(min_length=1)], EraName] = Field(
        min_length=1, description="Which label of the legacy column means which era."
    )

    @cached_property
    def labels(self) -> dict[str, str]:
        """Legacy label → 元号 code."""
        return {label: BY_NAME[name].code for label, name in self.eras.items()}

    def forward(self, *legacy: pl.Expr) -> Values:
        """昭和, 19850707 → 3, 1985-07-07; a label that the table does not know reads as no date at all."""
        label, digits = legacy
        era = look_up(label, self.labels)
        known = era.is_not_null() | _is_empty(label)
        return era, pl.when(known).then(iso(digits))

    def back(self, *standard: pl.Expr) -> Values:
        """3, 1985-07-07 → 昭和, 19850707."""
        era, date = standard
        names = {code: label for label, code in self.labels.items()}
        return look_up(era, names), compact(date)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """An empty label means that there is no label."""
        label, digits = legacy
        return pl.when(~_is_empty(label)).then(label), digits

    @property
    def codomain(self) -> Record:
        """The 元号 codes of the table with the dates of their eras, and no 元号 with any date."""
        spans = tuple(Span(c, BY_CODE[c].first, BY_CODE[c].last) for c in self.labels.values())
        rule = EraAgrees(0, 1, spans)
        return Record(columns=((0, Choice(tuple(self.labels.values()))), (1, self.days)), required=(1,), rules=(rule,))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish an unknown label, a label without a date, what is wrong with the date, disagreement."""
        label, digits = legacy
        return (
            pl.when(~_is_empty(label) & ~label.is_in(list(self.eras)))
            .then(pl.lit("T0008"))
            .when(_is_empty(digits))
            .then(pl.lit("T0010"))
            .when(~check_value(self.days, iso(digits)))
            .then(western_why(digits))
            .otherwise(pl.lit("T0009"))
        )

    def mistakes(self) -> Iterator[Mistake]:
        """Yield eras with two labels."""
        yield from said_again("eras", self.eras)

    def oddities(self) -> Iterator[Mistake]:
        """Yield labels that are those of another era."""
        yield from crossed_eras(self.eras)

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every label, and leap days of common years."""
        for label, code in self.labels.items():
            yield Branch(("eras", label), legacy[0] == label, label, ((0, code),))
        yield from self.leap_days(self.forward(*legacy)[1], "0229")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example, both labels on a shared day, and a foreign resident."""
        lens = cls(eras=_NAMES)
        return (
            Example(lens, ("昭和", "19850707"), ("3", "1985-07-07"), LINK),
            Example(lens, ("大正", "19261225"), ("2", "1926-12-25"), f"{SPEC}: the day belongs to both eras"),
            Example(lens, ("昭和", "19261225"), ("3", "1926-12-25"), f"{SPEC}: the day belongs to both eras"),
            Example(
                lens,
                ("", "19850707"),
                (None, "1985-07-07"),
                f"{SPEC}: foreign residents have no 元号",
                (None, "19850707"),
            ),
            Example(lens, ("", ""), (None, None), "design: all empty is absent", (None, None)),
            Example(cls(eras=_NAMES, common_leap_day=True), ("昭和", "19850229"), ("3", "1985-02-29"), LEAP),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return labels and dates that do not go together."""
        lens, leap = cls(eras=_NAMES), cls(eras=_NAMES, common_leap_day=True)
        return (
            Refusal(lens, ("昭和", "19890108"), "T0009", f"{SPEC}: 1989-01-07 is the last 昭和 day"),
            Refusal(lens, ("慶応", "18670101"), "T0008", f"{SPEC}: eras 1–5 only"),
            Refusal(lens, ("昭和", ""), "T0010", "a label without a date says nothing that can be written"),
            Refusal(lens, ("昭和", "19850230"), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(lens, ("昭和", "600707"), "T0003", "six digits are another form"),
            Refusal(leap, ("昭和", "19850230"), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(leap, ("大正", "19270229"), "T0009", f"{SPEC}: 昭和 begins 1926-12-25"),
        )


def _is_empty(value: pl.Expr) -> pl.Expr:
    return (value == "").fill_null(value=True)
