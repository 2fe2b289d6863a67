"""The residue: what the standard side has no place for, keyed by row, and only where there is something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from stdconv.findings.rows import ROW

BEFORE, RAW, REFUSED = "_before", "_raw", "_refused"


def schema(columns: Sequence[str]) -> pl.Schema:
    """Return the residue's columns for a legacy layout of ``columns``."""
    own = {ROW: pl.Int64(), BEFORE: pl.Binary(), RAW: pl.Binary(), REFUSED: pl.Int64()}
    return pl.Schema(own | {name: pl.String() for name in columns})


def spellings(legacy: pl.DataFrame, written: pl.DataFrame) -> pl.DataFrame:
    """Return the legacy texts that ``written`` (same rows, what going back gives) does not give, else null.

    Shapes: both frames have ``_row`` and the legacy columns; the result keeps rows with at least one text.
    """
    names = [name for name in legacy.columns if name != ROW]
    beside = legacy.hstack(written.select(pl.col(name).alias(f"_w:{name}") for name in names))
    kept = beside.select(
        pl.col(ROW), *(pl.when(pl.col(name).ne_missing(pl.col(f"_w:{name}"))).then(pl.col(name)) for name in names)
    )
    return kept.filter(pl.any_horizontal([pl.col(name).is_not_null() for name in names]))


def assemble(
    columns: Sequence[str],
    spelled: pl.DataFrame,
    *,
    before: Mapping[int, bytes],
    raw: Mapping[int, bytes],
    refused: Mapping[int, int],
) -> pl.DataFrame:
    """Return the residue, sorted by row: spellings, the bytes before records, raw records, lengths of refused ones."""
    frame = spelled
    for name, dtype, values in ((BEFORE, pl.Binary, before), (RAW, pl.Binary, raw), (REFUSED, pl.Int64, refused)):
        data = {ROW: pl.Series(list(values), dtype=pl.Int64), name: pl.Series(list(values.values()), dtype=dtype)}
        frame = frame.join(pl.DataFrame(data), on=ROW, how="full", coalesce=True)
    return frame.select(schema(columns).names()).sort(ROW)
