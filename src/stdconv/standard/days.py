"""Dates that are later than the day of a file: the day that is given, or else the newest that the file itself has.

The newest day is known only in the end. Until then a date is held if it is later than all days so far: the day only
grows, so that every other one is settled when it is seen. What is held is a row and a number for each such date.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import polars as pl

from stdconv.definitions.model import Data, Readable
from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW
from stdconv.standard.datasetrules import NotLaterRule

CODE = "D0013"
DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SLICE = 100_000
"""How many findings one frame has."""


class ExtractDay(Data):
    """The day that dates of events were held against: it was given, or is the newest in a ``column`` of the file."""

    day: str
    column: Readable | None = None


class NotLater:
    """The dates in those ``columns`` of a file that ``rule`` speaks of: ``add`` every batch, then take ``findings``.

    A text that is no date is passed over. ``day`` is the one that was given, or the newest so far; there is none while
    no record has one.
    """

    def __init__(self, rule: NotLaterRule, columns: Collection[str], given: str | None) -> None:
        self.rule = rule
        self.day = ExtractDay(day=given) if given is not None else None
        self._is_given = given is not None
        self._than = [self._dates(name, columns) for name in rule.than if name in columns and not self._is_given]
        self._dates_of = {name: self._dates(name, columns) for name in rule.columns if name in columns}
        self._held: dict[str, list[pl.DataFrame]] = {name: [] for name in self._dates_of}

    def _dates(self, name: str, columns: Collection[str]) -> pl.Expr:
        """Return the dates of a column, null where they may lie ahead."""
        date, ahead = pl.col(name), self.rule.ahead
        if ahead is None or name not in ahead.columns:
            return date
        told = [pl.col(other).is_in(values) for other, values in ahead.where.items() if other in columns]
        return pl.when(~pl.all_horizontal(told).fill_null(value=False)).then(date).alias(name) if told else date

    @property
    def is_checked(self) -> bool:
        """Whether there is a day, and a column to hold against it."""
        return self.day is not None and bool(self._dates_of)

    @property
    def tellable(self) -> list[tuple[str, str]]:
        """The code and the column of every finding that there may be."""
        return [(CODE, name) for name in self._dates_of]

    def add(self, standard: pl.DataFrame) -> None:
        """Take the records of a batch into account."""
        if self._than:
            self._grow(standard)
        day = "" if self.day is None else self.day.day
        is_later = {name: dates > day for name, dates in self._dates_of.items()}
        some = standard.filter(pl.any_horizontal(is_later.values())) if is_later else standard.clear()
        for name, dates in self._dates_of.items() if len(some) else ():
            later = some.filter(is_later[name]).select(ROW, dates.alias("date"))
            self._held[name].append(_numbered(later))
        self._settle()

    def _grow(self, standard: pl.DataFrame) -> None:
        newest = standard.select(dates.max() for dates in self._than).row(0)
        if any(text is not None and not re.fullmatch(DATE, text) for text in newest):
            real = (dates.filter(dates.str.contains(DATE)).max() for dates in self._than)
            newest = standard.select(real).row(0)
        for name, text in zip((dates.meta.output_name() for dates in self._than), newest, strict=True):
            if text is not None and (self.day is None or text > self.day.day):
                self.day = ExtractDay(day=text, column=name)

    def _settle(self) -> None:
        """Give up what is not later than the day any more."""
        if self.day is None:
            return
        day = _number(self.day.day)
        for name, held in self._held.items():
            if held:
                left = pl.concat(held).filter(pl.col("date") > day)
                self._held[name] = [left] if len(left) else []

    def findings(self) -> Iterator[pl.DataFrame]:
        """Yield a finding for each date that is later, by column; gives up what was held."""
        for name, held in self._held.items():
            rows = pl.concat(held)[ROW].sort() if held else pl.Series(dtype=pl.Int64)
            held.clear()
            for first in range(0, len(rows), SLICE):
                yield about_rows(rows.slice(first, SLICE), CODE, side="standard", column=name)


def _numbered(later: pl.DataFrame) -> pl.DataFrame:
    """Return rows and dates as numbers, texts that are no dates left out."""
    dates = later.filter(pl.col("date").str.contains(DATE))
    return dates.with_columns(pl.col("date").str.replace_all("-", "", literal=True).cast(pl.Int32))


def _number(day: str) -> int:
    return int(day.replace("-", ""))
