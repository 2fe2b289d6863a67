"""Defects planted in tables of values, whatever their values are asked for."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from stdconv.conversion.valuetables import ValueTable
from stdconv.mapping.route import Route

GATHERED, EXTENDED = ValueTable.gathered, ValueTable.extended


def exchanged(names: Callable[[Route], tuple[str, ...]]) -> Callable[[ValueTable, pl.Series], list[pl.Series]]:
    """Return what gives the columns ``names`` of a route, which are the first ones, to each other."""

    def gathered(self: ValueTable, numbers: pl.Series) -> list[pl.Series]:
        columns, many = GATHERED(self, numbers), len(names(self.route))
        pairs = zip(columns[:many], reversed(columns[:many]), strict=True)
        return [*(one.alias(other.name) for one, other in pairs), *columns[many:]]

    return gathered


def stale(self: ValueTable, numbers: pl.Series) -> list[pl.Series]:
    """Give what the value has that was met before."""
    return GATHERED(self, (numbers.cast(pl.Int64) - 1).clip(0))


def forgetful(self: ValueTable, values: pl.DataFrame, count: int) -> ValueTable:
    """Take the new values for those that were there."""
    if len(self.values) < len(values):
        return EXTENDED(self, values, count)
    return EXTENDED(self, pl.concat([self.values.tail(len(values)), values]), count)
