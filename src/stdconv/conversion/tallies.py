"""Counts by table: what a vendor's values became, how many records were read with each, and how many refused."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import polars as pl

from stdconv.conversion.counting import (
    COUNTS,
    HOUSEHOLD,
    KEY,
    PERSON,
    READ,
    REFUSED,
    ROUTE,
    STRANGE,
    VALUES,
    WRONG,
    is_dated,
    key_columns,
)
from stdconv.conversion.program import Program
from stdconv.conversion.translate import forward
from stdconv.conversion.valuetables import SEPARATOR
from stdconv.findings.rows import ROW
from stdconv.findings.shapes import shape
from stdconv.lenses.base import Branch, carried
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route, legacy_column

SUMMED = (READ, REFUSED)
PENDING = 500_000
"""How many counts of values are held before they are summed up."""
KEPT = 10_000
"""How many values of a column that no table has are told apart."""
LISTED = 20
"""How many of them are listed."""
LONGEST = 8
"""How many characters a value may have that is shown."""
OFTEN = 5
"""In the records of how many people, and of how many households, a value must be that is shown."""


class Row(NamedTuple):
    """An entry of a table: the legacy value, what the vendor calls it, and the codes that it becomes, by column.

    An entry without codes is refused by name.
    """

    legacy: str
    label: str
    codes: tuple[tuple[str, str], ...]
    read: int
    refused: int


class Unknown(NamedTuple):
    """Values that no table has: one that may be shown, or the shape of some, with how many records have it."""

    text: str
    is_value: bool
    read: int


class Table(NamedTuple):
    """The counts of one field: its entries, the values that none of them has, and how many records those have.

    ``unknown`` are the commonest; ``strangers`` counts the records with any of them, ``others`` those whose values need
    no entry: empty ones, and dates.
    """

    legacy: tuple[str, ...]
    standard: tuple[str, ...]
    rows: tuple[Row, ...]
    unknown: tuple[Unknown, ...]
    strangers: int
    others: int


class Tables:
    """The counts of all tables of a plan: ``add`` what was counted in every batch, then take the ``tables``."""

    def __init__(self, plan: Plan) -> None:
        self._counting = [_Counting(tabled) for tabled in _tabled(plan)]
        self._pending: list[pl.DataFrame] = []
        self._strange: list[pl.DataFrame] = [STRANGE.to_frame()]
        self._waiting = 0

    def add(self, values: pl.DataFrame, strange: pl.DataFrame) -> None:
        """Take values that were counted (``VALUES``), and those that may perhaps be shown (``STRANGE``)."""
        self._pending.append(values)
        self._waiting += len(values)
        if self._waiting > PENDING:
            self._settle()
        if len(strange):
            self._strange = [_fewer(pl.concat([*self._strange, strange]))]

    def tables(self) -> tuple[Table, ...]:
        """Return the counts of every table."""
        self._settle()
        often = _often(self._strange[0])
        return tuple(each.table(often.get(each.tabled.route.index, frozenset())) for each in self._counting)

    def _settle(self) -> None:
        summed = pl.concat([VALUES.to_frame(), *self._pending]).group_by(ROUTE, KEY).agg(pl.col(COUNTS).sum())
        by_route = summed.partition_by(ROUTE, as_dict=True)
        for each in self._counting:
            if (values := by_route.get((each.tabled.route.index,))) is not None:
                each.add(values)
        self._pending, self._waiting = [], 0


class _Tabled:
    """What a route's tables say, made once for a plan: its entries, and the codes that each of them becomes."""

    def __init__(self, route: Route, *, is_dated: bool) -> None:
        self.route = route
        self.is_dated = is_dated
        self.program = Program([route])
        entries = list(route.entries())
        self.branches = [branch for _, branch in entries]
        self.codes = [self._codes(*entry) for entry in entries]
        self.taken = [branch.taken.fill_null(value=False).alias(str(n)) for n, branch in enumerate(self.branches)]
        self.sums = [
            pl.col(each).filter(str(n)).sum().alias(f"{each}{n}") for n in range(len(entries)) for each in SUMMED
        ]

    def _codes(self, step: int, branch: Branch) -> tuple[tuple[str, str], ...]:
        says = carried(branch, self.route.steps[step], self.route.steps[step + 1 :])
        return tuple((self.route.standard[at], code) for at, code in says if at < len(self.route.standard))


@lru_cache(maxsize=16)
def _tabled(plan: Plan) -> tuple[_Tabled, ...]:
    return tuple(_Tabled(route, is_dated=is_dated(plan, route)) for route in plan.tabled)


class _Counting:
    """The counts of one route. Of dates, which are wrong in many ways, no values are told that no entry has."""

    def __init__(self, tabled: _Tabled) -> None:
        self.tabled = tabled
        self._sums = [(0, 0)] * len(tabled.branches)
        self._in_table = self._present = self._others = 0
        self._rest = pl.DataFrame(schema={KEY: pl.String, **dict.fromkeys(COUNTS, pl.Int64)})

    def add(self, values: pl.DataFrame) -> None:
        """Take some values, each once, with how many records were read and refused."""
        counts = values.select(KEY, pl.col(COUNTS).cast(pl.Int64))
        frame = forward(self.tabled.program, self._taken_apart(values[KEY]))
        marked = counts.hstack(frame.select(self.tabled.taken))
        listed = pl.any_horizontal(map(str, range(len(self._sums))))
        there = pl.col(KEY).str.strip_chars(SEPARATOR) != ""
        present, in_table = pl.col(READ).filter(there).sum(), pl.col(READ).filter(there & listed).sum()
        *sums, here, known = marked.select(*self.tabled.sums, present.alias("p"), in_table.alias("t")).row(0)
        added = zip(sums[::2], sums[1::2], strict=True)
        self._sums = [(a + c, b + d) for (a, b), (c, d) in zip(self._sums, added, strict=True)]
        self._present, self._in_table = self._present + here, self._in_table + known
        rest = marked.filter(~listed).select(KEY, *COUNTS)
        if len(rest):
            rest = pl.concat([self._rest, rest]).group_by(KEY).agg(pl.col(COUNTS).sum())
            self._rest = rest.sort(WRONG, READ, KEY, descending=[True, True, False]).head(KEPT)
            self._others += int(rest[READ].sum()) - int(self._rest[READ].sum())

    def _taken_apart(self, keys: pl.Series) -> pl.DataFrame:
        """Return the working columns that keys are made of; what was null there is null again, and not empty."""
        names = key_columns(self.tabled.route)
        if len(names) == 1:
            parts = keys.alias(names[0]).to_frame()
        else:
            parts = keys.str.split_exact(SEPARATOR, len(names) - 1).struct.rename_fields(names).struct.unnest()
        own = {legacy_column(name) for name in self.tabled.route.legacy if "." not in name}
        absent = (pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names if name not in own)
        return parts.with_columns(absent).with_row_index(ROW)

    def table(self, often: frozenset[str]) -> Table:
        """Return what was counted; values that occur ``often`` are shown where nearly all others are in the table."""
        route = self.tabled.route
        strangers = self._rest.filter(pl.lit(not self.tabled.is_dated) & (pl.col(WRONG) > 0))
        count = int(strangers[READ].sum())
        rows = zip(self.tabled.branches, self.tabled.codes, self._sums, strict=True)
        return Table(
            legacy=route.legacy,
            standard=route.standard,
            rows=tuple(Row(branch.legacy, branch.label, codes, *sums) for branch, codes, sums in rows),
            unknown=self._unknown(strangers, often) if count else (),
            strangers=count,
            others=self._others + int(self._rest[READ].sum()) - count,
        )

    def _unknown(self, strangers: pl.DataFrame, often: frozenset[str]) -> tuple[Unknown, ...]:
        """Return the commonest values that no entry has, as they may be shown."""
        parts = [pl.col(KEY).str.split(SEPARATOR).list.get(at) for at in range(len(key_columns(self.tabled.route)))]
        text = pl.concat_str([shape(part) for part in parts], separator="; ")
        is_shown = pl.col(KEY).is_in(list(often)) & pl.col(KEY).str.len_chars().is_between(1, LONGEST)
        is_shown &= pl.lit(self._in_table * 10 >= self._present * 9)
        named = strangers.select(
            text=pl.when(is_shown).then(pl.col(KEY)).otherwise(text), is_value=is_shown, read=pl.col(READ)
        )
        unknown = named.group_by("text", "is_value").agg(pl.col("read").sum())
        unknown = unknown.sort("read", "text", descending=[True, False]).head(LISTED)
        return tuple(Unknown(*row) for row in unknown.iter_rows())


def _fewer(strange: pl.DataFrame) -> pl.DataFrame:
    """Return as many of the records of each value as are needed to know whether it occurs often."""
    of = [ROUTE, KEY]
    unlike = [
        strange.unique([*of, name], maintain_order=True).group_by(of, maintain_order=True).head(OFTEN)
        for name in (PERSON, HOUSEHOLD)
    ]
    return pl.concat(unlike).unique(maintain_order=True).head(KEPT * 2 * OFTEN)


def _often(strange: pl.DataFrame) -> dict[int, frozenset[str]]:
    """Return the values, by route, that are in the records of several people and households."""
    counts = strange.group_by(ROUTE, KEY).agg(pl.col(PERSON, HOUSEHOLD).n_unique())
    enough = counts.filter((pl.col(PERSON) >= OFTEN) & (pl.col(HOUSEHOLD) >= OFTEN))
    found: dict[int, set[str]] = {}
    for route, key in enough.select(ROUTE, KEY).iter_rows():
        found.setdefault(route, set()).add(key)
    return {route: frozenset(keys) for route, keys in found.items()}
