"""Dataset rules: what no record can answer for by itself, checked after all batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from stdconv.findings import about_rows
from stdconv.standard.schema import UniqueRule

ROW = "_row"
Batches = Callable[[], Iterator[pl.DataFrame]]


class Unique:
    """Whether some columns' values are unique. Holds eight bytes a record, looks twice only where hashes agree."""

    def __init__(self, rule: UniqueRule) -> None:
        self.rule = rule
        self._hashes: list[pl.Series] = []

    def add(self, standard: pl.DataFrame) -> None:
        """Take the records of one batch into account."""
        if set(self.rule.columns) <= set(standard.columns):
            self._hashes.append(standard.select(self._hash()).to_series())

    def _hash(self) -> pl.Expr:
        return pl.struct(self.rule.columns).hash(seed=0)

    def findings(self, again: Batches) -> list[pl.DataFrame]:
        """Return a finding per record that shares its values; ``again`` yields the same batches (with ``_row``)."""
        if not self._hashes:
            return []
        hashes = pl.concat(self._hashes)
        if hashes.n_unique() == len(hashes):
            return []
        repeated = hashes.filter(hashes.is_duplicated()).unique()
        suspects = pl.concat(
            batch.filter(self._hash().is_in(repeated.implode())).select(ROW, *self.rule.columns) for batch in again()
        )
        rows = suspects.filter(pl.struct(self.rule.columns).is_duplicated())[ROW].sort()
        if rows.is_empty():
            return []
        return [about_rows(rows, "D0001", side="standard", column="+".join(self.rule.columns))]
