"""Lenses for times of day: six digits, and times after midnight that are counted on from the day before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.check import check_value
from stdconv.domains.sets import Date, Record, Text, one
from stdconv.japan.nights import CLOCK, HOURS, PAST_MIDNIGHT
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Texts, Values, look_up
from stdconv.lenses.base_dates import FULL_WIDTH, compact_time, iso_time, why
from stdconv.lenses.dates import CompactDate

DATES = "docs/domain.md, Dates"
TYPE = "docs/domain.md, The standard's data types: TIME `HH:MM:SS`"
NIGHT = "docs/domain.md, Times past midnight"
TIMES = Text(CLOCK)
ISO = "%Y-%m-%d"


class CompactTime(Lens):
    """Six digits HHMMSS, a time of day, to HH:MM:SS.

    Times from 24 to 47 o'clock are refused under a code of their own: they belong to the next day (``past_midnight``).
    """

    op: Literal["compact_time"] = "compact_time"

    def forward(self, *legacy: pl.Expr) -> Values:
        """093005 → 09:30:05."""
        return (iso_time(legacy[0]),)

    def back(self, *standard: pl.Expr) -> Values:
        """09:30:05 → 093005."""
        return (compact_time(standard[0]),)

    @property
    def codomain(self) -> Record:
        """Every time of day."""
        return one(TIMES)

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish full-width digits, times past midnight, and what is no time at all."""
        return _time_why(legacy[0], iso_time(legacy[0]))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a time, the first of a day and the last."""
        digits = "assumed: six digits, as dates are eight"
        return (
            Example(cls(), ("093005",), ("09:30:05",), f"{TYPE}; {digits}"),
            Example(cls(), ("000000",), ("00:00:00",), f"{TYPE}; {digits}"),
            Example(cls(), ("235959",), ("23:59:59",), f"{TYPE}; {digits}"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return other shapes, what no clock shows, and a time past midnight."""
        return (
            Refusal(cls(), ("93005",), "T0050", "assumed: five digits are another form"),
            Refusal(cls(), ("09:30:05",), "T0050", "assumed: separators are another form"),
            Refusal(cls(), ("096000",), "T0050", "an hour has sixty minutes"),
            Refusal(cls(), ("480000",), "T0050", f"{NIGHT}: up to 47:59:59"),
            Refusal(cls(), ("250000",), "T0049", f"{NIGHT}: 24:00:00–47:59:59"),
            Refusal(cls(), ("０９３００５",), "T0019", "official: TIME is half-width"),
        )


class PastMidnight(Lens):
    """A day and a time, where work after midnight is counted on: 2024-12-31 and 25:00:00 → 2025-01-01 and 01:00:00.

    Takes (date, time), as the standard writes them, or as ``date`` and ``time`` read them. Times from 24 to 47 o'clock
    go to the next day, the other ones stay. Which way it was is spelling and goes to the residue; without it, day and
    time are written back in the plain way. There is no day after 9999-12-31, nor after none.
    """

    arity = (2, 2)
    op: Literal["past_midnight"] = "past_midnight"
    date: CompactDate | None = Field(
        default=None,
        description="The lens for the date, where the file does not write it as the standard does: compact_date.",
        examples=[{"op": "compact_date"}, {"op": "compact_date", "none": "00000000"}],
    )
    time: CompactTime | None = Field(
        default=None,
        description="The lens for the time, where the file does not write it as the standard does: compact_time.",
        examples=[{"op": "compact_time"}],
    )

    @property
    def absent(self) -> Texts | None:
        """The date's sentinel, and no time."""
        texts = self.date and self.date.absent
        return None if texts is None else (*texts, None)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether there is neither a date nor a time."""
        date, time = legacy
        return (self.date.is_absent((date,)) if self.date else _is_empty(date)) & _is_empty(time)

    def forward(self, *legacy: pl.Expr) -> Values:
        """20241231, 250000 → 2025-01-01, 01:00:00."""
        date, time = self._read(legacy)
        late = _is_late(time)
        early = pl.concat_str(look_up(time.str.slice(0, 2), HOURS), time.str.slice(2))
        return pl.when(late).then(_day_after(date, late)).otherwise(date), pl.when(late).then(early).otherwise(time)

    def back(self, *standard: pl.Expr) -> Values:
        """2025-01-01, 01:00:00 → 20250101, 010000."""
        return _written(self.date, standard[0]), _written(self.time, standard[1])

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The day and time of the plain way; a date as its lens spells it."""
        late = _is_late(self._read(legacy)[1])
        plain = self.back(*self.forward(*legacy))
        given = _spelled(self.date, legacy[0]), _spelled(self.time, legacy[1])
        return tuple(pl.when(late).then(p).otherwise(g) for p, g in zip(plain, given, strict=True))

    def admits(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Whether a time past midnight and its day are written as their lenses write them; others come back as such."""
        date, time = self._read(legacy)
        late = _is_late(time)
        is_day = _days(date, late).dt.to_string(ISO) == date
        again = self.back(date, time)
        is_written_so = pl.all_horizontal([is_day, *(a == given for a, given in zip(again, legacy, strict=True))])
        return ~late | is_written_so.fill_null(value=False)

    @property
    def codomain(self) -> Record:
        """A date, a time of day, or both."""
        days = self.date.days if self.date else Date()
        return Record(columns=((0, days), (1, TIMES)))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """What the date's lens says, what is wrong with the time, or that there is no next day."""
        date, time = legacy
        is_shaped = date.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        written = pl.when(is_shaped).then(pl.lit("T0004")).otherwise(pl.lit("T0003"))
        no_date = self.date.explain(date) if self.date else written
        read = _read(self.time, time)
        is_time = _accepted(self.time, time, TIMES) | (_is_late(read) & (_written(self.time, read) == time))
        others = pl.when(~is_time).then(_time_why(time, read)).otherwise(pl.lit("T0051"))
        return pl.when(~_accepted(self.date, date, Date())).then(no_date).otherwise(others)

    def _read(self, legacy: Values) -> Values:
        return _read(self.date, legacy[0]), _read(self.time, legacy[1])

    def mistakes(self) -> Iterator[Mistake]:
        """Yield the mistakes of the date's lens."""
        for code, path, words in self.date.mistakes() if self.date else ():
            yield code, ("date", *path), words

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The ways of the date's lens, a time past midnight, and one before."""
        for branch in self.date.branches(legacy[0]) if self.date else ():
            yield replace(branch, path=("date", *branch.path), says=())
        late = _is_late(self._read(legacy)[1])
        yield Branch(("op",), late, "", by=("a time from 24 to 47 o'clock", "24～47 時の時刻"))
        yield Branch(("op",), ~late & ~_is_empty(legacy[1]), "", by=("a time before 24 o'clock", "24 時より前の時刻"))

    def spelled_out(self) -> Iterator[str]:
        """What the date's lens spells out."""
        yield from self.date.spelled_out() if self.date else ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return ends of months and years, 29 February, and times that stay."""
        plain, digits = cls(), cls(date=CompactDate(none="00000000"), time=CompactTime())
        calendar = f"{NIGHT}: the next day and the time less 24 hours; Gregorian calendar"
        one, other = ("20250101", "010000"), ("99991231", "000000")
        rows: tuple[tuple[PastMidnight, Texts, Texts, str, Texts | None], ...] = (
            (plain, ("2024-03-01", "09:30:05"), ("2024-03-01", "09:30:05"), TYPE, None),
            (plain, ("2024-03-01", "24:00:00"), (first := ("2024-03-02", "00:00:00")), calendar, first),
            (plain, ("2024-02-28", "25:00:00"), (leap := ("2024-02-29", "01:00:00")), calendar, leap),
            (plain, ("2023-02-28", "25:00:00"), (common := ("2023-03-01", "01:00:00")), calendar, common),
            (plain, ("2024-02-29", "47:59:59"), (last := ("2024-03-01", "23:59:59")), calendar, last),
            (digits, ("20241231", "250000"), ("2025-01-01", "01:00:00"), calendar, one),
            (digits, ("99991230", "240000"), ("9999-12-31", "00:00:00"), calendar, other),
            (digits, ("99991231", "235959"), ("9999-12-31", "23:59:59"), TYPE, None),
            (digits, ("00000000", ""), (None, None), f"{DATES}: 00000000 = no date", ("00000000", None)),
            (digits, ("20240301", ""), ("2024-03-01", None), "assumed: a day without a time", ("20240301", None)),
        )
        return tuple(Example(*row) for row in rows)

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return times that no clock and no night has, days that do not exist, and nights without a next day."""
        plain, digits = cls(), cls(date=CompactDate(none="00000000"), time=CompactTime())
        leap = cls(date=CompactDate(open_end="99999999", common_leap_day=True))
        return (
            Refusal(plain, ("2024-03-01", "48:00:00"), "T0050", f"{NIGHT}: up to 47:59:59"),
            Refusal(plain, ("2024-03-01", "250000"), "T0050", "assumed: digits alone are another form"),
            Refusal(plain, ("2024-02-30", "09:30:05"), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(plain, ("20240301", "09:30:05"), "T0003", "assumed: digits alone are another form"),
            Refusal(plain, ("9999-12-31", "24:00:00"), "T0051", "docs/domain.md: 9999-12-31 is the end of open ranges"),
            Refusal(plain, ("", "24:00:00"), "T0051", "assumed: a night without a day says nothing"),
            Refusal(digits, ("00000000", "240000"), "T0051", "assumed: a night without a day says nothing"),
            Refusal(digits, ("20241231", "２５００００"), "T0019", "official: TIME is half-width"),
            Refusal(digits, ("20241331", "250000"), "T0004", "Gregorian calendar: a year has twelve months"),
            Refusal(leap, ("19850229", "24:00:00"), "T0051", "assumed: nobody knows which day came after"),
            Refusal(leap, ("99999999", "24:00:00"), "T0051", "docs/domain.md: 9999-12-31 is the end of open ranges"),
        )


def _is_empty(value: pl.Expr) -> pl.Expr:
    return value.is_null() | (value == "")


def _is_late(time: pl.Expr) -> pl.Expr:
    return time.str.contains(PAST_MIDNIGHT).fill_null(value=False)


def _days(date: pl.Expr, late: pl.Expr) -> pl.Expr:
    """Return the days of ISO dates where it is ``late``, for few are; null for what is no day."""
    return pl.when(late).then(date).str.to_date(ISO, strict=False)


def _day_after(date: pl.Expr, late: pl.Expr) -> pl.Expr:
    """Return the ISO date after one where it is ``late``; what is no date for the last one."""
    return _days(date, late).dt.offset_by("1d").dt.to_string(ISO)


def _read(lens: Lens | None, value: pl.Expr) -> pl.Expr:
    return lens.read((value,))[0] if lens else pl.when(value != "").then(value)


def _written(lens: Lens | None, value: pl.Expr) -> pl.Expr:
    return lens.write((value,))[0] if lens else value


def _spelled(lens: Lens | None, value: pl.Expr) -> pl.Expr:
    return lens.spell((value,))[0] if lens else pl.when(value != "").then(value)


def _accepted(lens: Lens | None, value: pl.Expr, domain: Date | Text) -> pl.Expr:
    if lens is None:
        return _is_empty(value) | check_value(domain, value)
    read = lens.read((value,))
    return lens.accept((value,), read, lens.write(read))


def _time_why(value: pl.Expr, read: pl.Expr) -> pl.Expr:
    """Distinguish full-width digits, times past midnight, and what is no time at all; ``read`` is as HH:MM:SS."""
    is_late = _is_late(read) & (compact_time(read) == value)
    return why([(value.str.contains(FULL_WIDTH), "T0019"), (is_late, "T0049")], "T0050")
