"""Rules about records that share values: checked by hashes of these, and by value where hashes say something is wrong.

So nothing is found only because two values have the same hash. Two such values can hide a fault; with 64 bits there are
any among ten million values in three of a million files.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, TypeAlias

import polars as pl

from stdconv.findings import about_rows
from stdconv.standard.rules import UniqueRule

ROW = "_row"
GROUP, CODE, CONCERNED = "_group", "_code", "_concerned"
PART = 500_000
"""How many records are judged at once."""
SLICE = 100_000
"""How many findings stand in one frame."""

GroupRule: TypeAlias = UniqueRule
Fingerprint: TypeAlias = Callable[[Sequence[str]], pl.Expr]


def fingerprint(columns: Sequence[str]) -> pl.Expr:
    """Return 64 bits for the values of ``columns``: the same for the same values, and hardly ever for others."""
    return pl.struct(columns).hash(seed=0)


class Group(ABC):
    """A rule about records that share ``by``; findings name ``columns``. Holds a hash and ``facts`` of each record."""

    once: ClassVar[frozenset[str]] = frozenset()
    """The codes that are told of the first record of a group alone."""

    def __init__(self, rule: GroupRule, by: Sequence[str], columns: Sequence[str], fingerprint: Fingerprint) -> None:
        self.rule = rule
        self.by = list(dict.fromkeys(by))
        self.columns = columns
        self._hash = fingerprint(self.by).alias(GROUP)
        self._held: list[pl.DataFrame] = []
        self._rows: dict[str, list[pl.Series]] = {code: [] for code in rule.codes}

    @property
    def concerned(self) -> pl.Expr:
        """Which records the rule is about: those that have all of ``by``."""
        return pl.all_horizontal(pl.col(self.by).is_not_null())

    @property
    @abstractmethod
    def facts(self) -> list[pl.Expr]:
        """What the rule must know of a record, in as few bytes as will do."""

    @abstractmethod
    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records to be told of, with the ``CODE`` of each; ``by`` are the columns that make a group."""

    def add(self, standard: pl.DataFrame) -> None:
        """Take the records of a batch into account."""
        held = standard.select(self._hash, *self.facts, self.concerned.alias(CONCERNED))
        self._held.append(held.filter(CONCERNED).drop(CONCERNED))

    @property
    def is_idle(self) -> bool:
        """Whether the rule is about none of the records."""
        return not any(map(len, self._held))

    def suspects(self) -> pl.Series:
        """Return the hashes of the groups in which something is wrong, if they are groups; gives up what was held."""
        if self.is_idle:
            return pl.Series(dtype=pl.UInt64)
        held, self._held = pl.concat(self._held), []
        parts = 1 + len(held) // PART
        each = (held.filter(pl.col(GROUP) % parts == part) for part in range(parts))
        return pl.concat(self.broken(records, [GROUP])[GROUP].unique() for records in each).sort()

    def records(self, standard: pl.DataFrame, suspects: pl.Series) -> pl.DataFrame:
        """Return the records of a batch that are in the groups ``suspects``, with their rows and values."""
        suspected = (self.concerned & self._hash.is_in(suspects.implode())).alias(CONCERNED)
        return standard.select(ROW, *self.by, *self.facts, suspected).filter(CONCERNED).drop(CONCERNED)

    def judge(self, records: pl.DataFrame) -> None:
        """Look at all records of some groups by value, and keep the rows in which something is wrong."""
        broken = self.broken(records, self.by)
        for code, rows in self._rows.items():
            told = broken.filter(pl.col(CODE) == code)
            rows.append(told.group_by(self.by).agg(pl.col(ROW).min())[ROW] if code in self.once else told[ROW])

    def told(self) -> Iterator[pl.DataFrame]:
        """Yield the findings about the rows that were kept, in order."""
        for code, kept in self._rows.items():
            rows = pl.concat(kept).sort() if kept else pl.Series(dtype=pl.Int64)
            for first in range(0, len(rows), SLICE):
                part = rows.slice(first, SLICE)
                yield about_rows(part, code, side="standard", column="+".join(self.columns))


class Unique(Group):
    """Whether no two records share their values. Each one that does is told of."""

    def __init__(self, rule: UniqueRule, fingerprint: Fingerprint) -> None:
        super().__init__(rule, rule.columns, rule.columns, fingerprint)

    @property
    def concerned(self) -> pl.Expr:
        """All records: absent is a value as any other."""
        return pl.lit(True)

    @property
    def facts(self) -> list[pl.Expr]:
        """The values are enough."""
        return []

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records that share ``by`` with another one."""
        return records.filter(pl.struct(by).is_duplicated()).with_columns(pl.lit("D0001").alias(CODE))


def group_of(rule: GroupRule, fingerprint: Fingerprint) -> Group:
    """Return what checks ``rule``."""
    return Unique(rule, fingerprint)
