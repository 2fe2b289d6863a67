"""Columns of other types as the texts and whole numbers that records hold, where each value has one spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

import polars as pl

from stdconv.errors import DefinitionError, Fault
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault

Wanted: TypeAlias = type[pl.DataType] | pl.DataType
Way: TypeAlias = Literal["whole", "date", "midnight"]
"""How values are cast: whole numbers as their digits or in 64 bits, dates as ISO, times at midnight as their date."""


def way(dtype: pl.DataType, wanted: Wanted) -> Way | None:
    """Return how values of ``dtype`` become texts or whole numbers; ``None`` where some have no one spelling."""
    if dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale == 0):
        return "whole"
    if wanted != pl.String:
        return None
    if dtype == pl.Date:
        return "date"
    return "midnight" if isinstance(dtype, pl.Datetime) and dtype.time_zone is None else None


def remedy(side: str, dtype: pl.DataType, wanted: Wanted, *, is_cast: bool) -> str:
    """Return what there is to do about a column of ``dtype``: which part of the phrases says it."""
    found = None if side == "residue" else way(dtype, wanted)
    if found in ("date", "midnight") and side != "standard":
        return "date"
    if found == "whole" and wanted == pl.String and not is_cast:
        return "whole"
    return "residue" if side == "residue" else "cast" if found is not None and not is_cast else "other"


def cast(frame: pl.DataFrame, kinds: Mapping[str, Wanted], side: str) -> pl.DataFrame:
    """Return ``frame`` with its columns cast to ``kinds``, those that can be; the others are left as they are.

    A layout writes dates in a spelling of its own, so only those of a ``standard`` frame are cast. Raises
    ``DefinitionError`` where a value cannot be cast without loss.
    """
    faults, columns = list[Fault](), list[pl.Series]()
    for name, wanted in kinds.items():
        column = frame[name]
        how = way(column.dtype, wanted)
        if column.dtype == wanted or how is None or (how != "whole" and side != "standard"):
            continue
        columns.append(_cast(column, how, wanted))
        faults += _losses(column, columns[-1], how, side)
    if faults:
        raise DefinitionError(faults)
    return frame.with_columns(columns)


def _cast(column: pl.Series, how: Way, wanted: Wanted) -> pl.Series:
    """Cast a column; what would be another value is null."""
    if how == "whole":
        return column.cast(wanted, strict=False)
    date = column.cast(pl.Date)
    is_exact = date.dt.year().is_between(0, 9999) & (date.cast(column.dtype) == column)
    return pl.select(pl.when(is_exact).then(date.cast(pl.String)).alias(column.name)).to_series()


def _losses(column: pl.Series, done: pl.Series, how: Way, side: str) -> Iterator[Fault]:
    rows = (done.is_null() & column.is_not_null()).arg_true()
    if len(rows):
        why, first = phrase("uncast", how), rows.item(0) + 1
        yield fault("C0092", side=side, column=column.name, records=len(rows), row=first, problem=why)
