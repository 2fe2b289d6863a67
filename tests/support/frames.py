"""Frames of records as stdconv takes them: a column of texts for each name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

import stdconv


def frame(records: Iterable[Mapping[str, str | None]], columns: Iterable[str]) -> pl.DataFrame:
    """Return ``records`` with these ``columns``, null where a record does not have one."""
    some = list(records)
    return pl.DataFrame({name: pl.Series([record.get(name) for record in some], dtype=pl.String) for name in columns})


def record_findings(records: pl.DataFrame, schema: str) -> pl.DataFrame:
    """Return what stdconv finds in each of ``records`` by itself, without the findings of dataset rules."""
    return stdconv.validate(records, schema).findings.filter(~pl.col("code").str.starts_with("D"))
