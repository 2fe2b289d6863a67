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
    """A set of hashes; with ``first`` each has the first row that it was added with."""

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
        """Every hash once, with the first of its rows where these are held."""
        if len(self._held) != 1 or self._fresh:
            self._settle()
        return self._held[0]

    @property
    def values(self) -> pl.Series:
        """Every hash once."""
        return self.rows[HASH]

    def _settle(self) -> None:
        rows = {ROW: pl.UInt32} if self._first else {}
        held = pl.concat(self._held or [pl.DataFrame(schema={HASH: pl.UInt64, **rows})])
        self._held = [held.group_by(HASH).agg(pl.col(ROW).min()) if self._first else held.unique()]
        self._settled, self._fresh = len(self._held[0]), 0
