"""Records by their numbers: the column that every frame has them in, and frames cut down to some of them."""

from __future__ import annotations

import polars as pl

ROW = "_row"
"""The column of a record's number, from 1, in every frame; in findings null means the whole file."""


def refused_rows(findings: pl.DataFrame) -> pl.Series:
    """Return the rows with at least one refusing finding, each once, in order."""
    refuses = findings["severity"] == "refuse"
    return findings[ROW].filter(refuses).drop_nulls().unique().sort() if refuses.any() else findings[ROW].clear()


def only(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Return the records of ``frame`` with the numbers ``rows``, in the order of ``frame``."""
    if rows.is_empty():
        return frame.clear()
    return frame.join(rows.alias(ROW).to_frame(), on=ROW, how="semi", maintain_order="left")


def without(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Return the records of ``frame`` without those with the numbers ``rows``."""
    if rows.is_empty():
        return frame
    return frame.join(rows.alias(ROW).to_frame(), on=ROW, how="anti", maintain_order="left")


def numbers(count: int) -> pl.Series:
    """Return the numbers of ``count`` records."""
    return pl.int_range(1, count + 1, dtype=pl.Int64, eager=True).alias(ROW)


def shifted(frame: pl.DataFrame, offset: int) -> pl.DataFrame:
    """Return ``frame`` with its records counted from ``offset`` + 1."""
    return frame.with_columns(pl.col(ROW) + offset) if offset else frame


def remaining(rows: pl.Series, taken: pl.Series) -> pl.Series:
    """Return those of the numbers ``rows`` that are not ``taken``."""
    return rows if taken.is_empty() else rows.filter(~rows.is_in(taken.implode()))
