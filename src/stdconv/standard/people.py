"""Whose records were accepted, and who has none: the unit that is signed for is the person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import polars as pl

from stdconv.findings.frames import about_rows, joined
from stdconv.findings.rows import ROW
from stdconv.standard.datasetrules import AtMostOneRule, CountedRule, LatestRule
from stdconv.standard.groups import has
from stdconv.standard.hashes import HASH, Hashes, fingerprint
from stdconv.standard.schema import Schema

LOST = "D0021"
SETS = ("people", "households", "current")
SLICE = 100_000
"""How many findings one frame has."""


class Number(NamedTuple):
    """How many persons, households and current persons there are; ``None`` where no column says it."""

    people: int
    households: int | None
    current: int | None


class People:
    """The people of a file with ``columns``: ``add`` accepted records, ``add_refused`` what is known of the others.

    A person of whom nothing was accepted is lost. Keys are compared as standard values, by hashes of 64 bits: two
    persons may count as one once in three million files of a million.
    """

    def __init__(self, schema: Schema, columns: Collection[str]) -> None:
        there = {*columns}
        self.person = list(schema.person) if schema.person and there.issuperset(schema.person) else []
        self.household = list(schema.household) if schema.household and there.issuperset(schema.household) else []
        current = dict(schema.current)
        self._is_current = has(current) if current and there.issuperset(current) else None
        self._accepted, self._refused = _Side(), _Side(first=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are looked at."""
        current = self._is_current.meta.root_names() if self._is_current is not None else ()
        return tuple(dict.fromkeys((*self.person, *self.household, *current)))

    @property
    def is_counted(self) -> bool:
        """Whether the columns say whose record it is."""
        return bool(self.person)

    @property
    def checked(self) -> list[tuple[str, str]]:
        """The code and the columns of what is found."""
        return [(LOST, joined(self.person))] if self.is_counted else []

    def add(self, standard: pl.DataFrame) -> None:
        """Take accepted records (``_row`` and columns by name, null for absent)."""
        self._add(self._accepted, standard)

    def add_refused(self, keys: pl.DataFrame) -> None:
        """Take what was read of refused records (``_row`` and columns, null for what was not read)."""
        self._add(self._refused, keys)

    def _add(self, side: _Side, records: pl.DataFrame) -> None:
        if not self.is_counted or records.is_empty():
            return
        persons = _hashed(records, self.person)
        side.records += len(persons)
        side.people.add(persons)
        if self.household:
            side.households.add(_hashed(records, self.household))
        if self._is_current is not None:
            side.current.add(_hashed(records.filter(self._is_current), self.person))

    @property
    def known(self) -> int:
        """How many records say whose they are."""
        return self._accepted.records + self._refused.records

    @property
    def accepted(self) -> Number:
        """The people with an accepted record."""
        side = self._accepted
        return self._number(len(side.people), len(side.households), len(side.current))

    @property
    def read(self) -> Number:
        """The people with any record that says whose it is."""
        sides = self._accepted, self._refused
        people, households, current = ([getattr(side, name) for side in sides] for name in SETS)
        return self._number(_of_both(*people), _of_both(*households), _of_both(*current))

    def _number(self, people: int, households: int, current: int) -> Number:
        is_current = self._is_current is not None
        return Number(people, households if self.household else None, current if is_current else None)

    @property
    def hashes(self) -> tuple[Hashes, Hashes]:
        """The people with an accepted record, and those with a refused one, by their hashes."""
        return self._accepted.people, self._refused.people

    @property
    def lost(self) -> pl.Series:
        """The first row of each person without an accepted record, in order."""
        if not self._refused.people.is_any:
            return pl.Series(ROW, dtype=pl.UInt32)
        refused = self._refused.people.rows
        return refused.filter(~self._accepted.people.has(refused[HASH]))[ROW].sort()

    def findings(self) -> Iterator[pl.DataFrame]:
        """Yield who is lost."""
        rows = self.lost
        for first in range(0, len(rows), SLICE):
            yield about_rows(rows.slice(first, SLICE), LOST, side="standard", column=joined(self.person))


class _Side:
    """What was seen of accepted records, or of refused ones, of which the rows are held with ``first``."""

    def __init__(self, *, first: bool = False) -> None:
        self.records = 0
        self.people = Hashes(first=first)
        self.households, self.current = Hashes(), Hashes()


def _hashed(records: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the hash of each record that has all of ``columns``, with its row."""
    is_told = pl.all_horizontal(pl.col(columns).is_not_null())
    return records.select(ROW, *columns).filter(is_told).select(ROW, fingerprint(columns).alias(HASH))


def _of_both(accepted: Hashes, refused: Hashes) -> int:
    """Return how many different hashes two sets have."""
    return len(accepted) + (int((~accepted.has(refused.rows[HASH])).sum()) if refused.is_any else 0)


def keys(schema: Schema) -> tuple[str, ...]:
    """Return the columns that are to be known of refused records: those by which people and histories are told."""
    rules = (rule for rule in schema.dataset if isinstance(rule, CountedRule | LatestRule | AtMostOneRule))
    by = (name for rule in rules for name in rule.by)
    return tuple(dict.fromkeys((*schema.person, *schema.household, *dict(schema.current), *by)))
