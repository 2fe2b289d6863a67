"""Which values there were, by their hashes: eight bytes for each that is different, and four for the first row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import polars as pl

from stdconv.findings.rows import ROW

HASH, PLACE = "_hash", "_place"
FRESH = 500_000
"""How many records are held, and half as many again as were there before, before what is held is made less."""
AT_ONCE = 1_000_000
"""How many hashes are looked for at once."""
Fingerprint: TypeAlias = Callable[[Sequence[str]], pl.Expr]


def fingerprint(columns: Sequence[str]) -> pl.Expr:
    """Return 64 bits for the values of ``columns``: the same for the same values, and hardly ever for others."""
    return pl.col(columns[0]).hash(seed=0) if len(columns) == 1 else pl.struct(columns).hash(seed=0)


class Hashes:
    """A set of hashes, held in order; with ``first`` each has the first row that it was added with."""

    def __init__(self, *, first: bool = False) -> None:
        self._first = first
        self._held: list[pl.DataFrame] = []
        self._settled = self._fresh = 0

    def add(self, hashes: pl.DataFrame) -> None:
        """Add the hashes (``HASH``) of records (``_row``, counted through)."""
        if hashes.is_empty():
            return
        self._held.append(hashes.select(HASH, *([pl.col(ROW).cast(pl.UInt32)] if self._first else [])))
        self._fresh += len(hashes)
        if self._fresh > max(FRESH, self._settled // 2):
            self._settle()

    @property
    def rows(self) -> pl.DataFrame:
        """Every hash once, in order, with the first of its rows where these are held."""
        if len(self._held) != 1 or self._fresh:
            self._settle()
        return self._held[0]

    @property
    def is_any(self) -> bool:
        """Whether there is any hash."""
        return bool(self._held)

    def __len__(self) -> int:
        """Return how many different hashes there are."""
        return len(self.rows) if self._held else 0

    @property
    def values(self) -> pl.Series:
        """Every hash once, in order."""
        return self.rows[HASH]

    def has(self, hashes: pl.Series) -> pl.Series:
        """Return which of ``hashes`` are among these."""
        return places(self.values, hashes).is_not_null()

    def lacking(self, hashes: pl.Series) -> pl.Series:
        """Return those of ``hashes`` that are not among these, in their order, for little more than they take."""
        slices = (hashes.slice(first, AT_ONCE) for first in range(0, len(hashes), AT_ONCE))
        return pl.concat([hashes.clear(), *(each.filter(~self.has(each)) for each in slices)])

    def _settle(self) -> None:
        rows = {ROW: pl.UInt32} if self._first else {}
        held = pl.concat(self._held or [pl.DataFrame(schema={HASH: pl.UInt64, **rows})]).sort(HASH, *rows)
        self._held = [held.filter(pl.col(HASH).ne_missing(pl.col(HASH).shift()))]
        self._settled, self._fresh = len(self._held[0]), 0


def places(among: pl.Series, hashes: pl.Series) -> pl.Series:
    """Return which of those ``among`` each of ``hashes`` is, null for none; those are different, and in order."""
    if among.is_empty():
        return pl.repeat(None, len(hashes), dtype=pl.UInt32, eager=True).alias(PLACE)
    at = among.search_sorted(hashes).clip(upper_bound=len(among) - 1)
    return pl.select(pl.when(among.gather(at) == hashes).then(at)).to_series().alias(PLACE)


class Once:
    """Takes records whose hashes are ``among`` some, each of these once; these are different, and in order."""

    def __init__(self, among: pl.Series) -> None:
        self._among = among
        self._is_left = pl.repeat(value=True, n=len(among), dtype=pl.Boolean, eager=True)
        self.left = len(among)

    def take(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the records (``HASH``) of hashes that were not met before, in their order."""
        placed = records.with_columns(places(self._among, records[HASH])).filter(pl.col(PLACE).is_not_null())
        each = placed.unique(PLACE, keep="first", maintain_order=True)
        fresh = each.filter(self._is_left.gather(each[PLACE]))
        self._is_left = self._is_left.scatter(fresh[PLACE], values=False)
        self.left -= len(fresh)
        return fresh.drop(PLACE)
