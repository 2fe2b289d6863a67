"""Which values there were, by their hashes: eight bytes for each that is different, and four for the first row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import polars as pl

from stdconv.findings.rows import ROW

HASH = "_hash"
FRESH = 500_000
"""How many records are held, and half as many again as were there before, before what is held is made less."""
Fingerprint: TypeAlias = Callable[[Sequence[str]], pl.Expr]


def fingerprint(columns: Sequence[str]) -> pl.Expr:
    """Return 64 bits for the values of ``columns``: the same for the same values, and hardly ever for others."""
    return pl.struct(columns).hash(seed=0)


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

    def __len__(self) -> int:
        """Return how many different hashes there are."""
        return len(self.rows)

    def has(self, hashes: pl.Series) -> pl.Series:
        """Return which of ``hashes`` are among these."""
        held = self.rows[HASH]
        if held.is_empty():
            return pl.repeat(value=False, n=len(hashes), dtype=pl.Boolean, eager=True)
        places = held.search_sorted(hashes).clip(upper_bound=len(held) - 1)
        return held.gather(places) == hashes

    def _settle(self) -> None:
        rows = {ROW: pl.UInt32} if self._first else {}
        held = pl.concat(self._held or [pl.DataFrame(schema={HASH: pl.UInt64, **rows})]).sort(HASH, *rows)
        self._held = [held.filter(pl.col(HASH).ne_missing(pl.col(HASH).shift()))]
        self._settled, self._fresh = len(self._held[0]), 0
