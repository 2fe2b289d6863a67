"""The residue: what the standard side has no place for, keyed by row, and only where there is something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import polars as pl

from stdconv.findings.rows import ROW, only
from stdconv.mapping.route import legacy_column, written_column

BEFORE, RAW, REFUSED, DIGEST = "_before", "_raw", "_refused", "_digest"

SIZE = 8
"""How many bytes stand for a record's standard values."""


def schema(columns: Sequence[str]) -> pl.Schema:
    """Return the residue's columns for a legacy layout of ``columns``."""
    own = {ROW: pl.Int64(), BEFORE: pl.Binary(), RAW: pl.Binary(), REFUSED: pl.Int64(), DIGEST: pl.Binary()}
    return pl.Schema(own | {name: pl.String() for name in columns})


def otherwise(name: str) -> pl.Expr:
    """Return whether a legacy value is spelled otherwise than it would be written back."""
    return pl.col(legacy_column(name)) != pl.col(written_column(name)).fill_null("")


def differing(written: Iterable[str], unwritten: Iterable[str], defaults: Mapping[str, str]) -> dict[str, pl.Expr]:
    """Return by legacy column which values going back does not give; an unwritten column gets its default, if any."""
    kept = {name: pl.col(legacy_column(name)) != defaults.get(name, "") for name in unwritten}
    return kept | {name: otherwise(name) for name in written}


def spelled(work: pl.DataFrame, columns: Sequence[str], differs: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return the legacy texts of ``work`` (working columns) that going back does not give, else null.

    ``differs`` says by column which ones; the result has ``_row`` and ``columns``, and keeps rows with at least one.
    """
    kept = work.filter(pl.any_horizontal([pl.lit(value=False), *differs.values()])) if differs else work.clear()
    nothing = pl.lit(None, dtype=pl.String)
    texts = {name: pl.when(mark).then(pl.col(legacy_column(name))) for name, mark in differs.items()}
    return kept.select(pl.col(ROW), *(texts.get(name, nothing).alias(name) for name in columns))


def assemble(
    columns: Sequence[str],
    spelled: pl.DataFrame,
    standard: pl.DataFrame,
    *,
    before: Mapping[int, bytes],
    raw: Mapping[int, bytes],
    refused: Mapping[int, int],
) -> pl.DataFrame:
    """Return the residue, sorted by row: spellings, the bytes before records, raw records, lengths of refused ones.

    What is kept of an accepted record comes with a digest of its values in ``standard`` (``_row`` and the carried
    columns).
    """
    own, parts = schema(columns), {BEFORE: before, RAW: raw, REFUSED: refused}
    frame = spelled.with_columns(pl.lit(None, dtype=own[name]).alias(name) for name in parts if not parts[name])
    for name, values in parts.items():
        if values:
            data = {ROW: list(values), name: list(values.values())}
            kept = pl.DataFrame(data, schema={ROW: pl.Int64, name: own[name]})
            frame = frame.join(kept, on=ROW, how="full", coalesce=True)
    return _digested(frame.sort(ROW), standard).select(own.names())


def _digested(frame: pl.DataFrame, standard: pl.DataFrame) -> pl.DataFrame:
    """Return the residue ``frame`` with digests of the records of ``standard`` that something is kept of."""
    if frame.is_empty():
        return frame.with_columns(pl.lit(None, dtype=pl.Binary).alias(DIGEST))
    names = [name for name in standard.columns if name != ROW]
    rows = _kept(frame)[ROW]
    kept = standard if rows.equals(standard[ROW]) else only(standard, rows)
    if len(kept) == len(frame):
        return frame.with_columns(digests(kept, names))
    return frame.join(kept.select(ROW, digests(kept, names)), on=ROW, how="left", maintain_order="left")


def _kept(remains: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that keep something of a record: a value or its bytes, not only what is in front of it."""
    values = [pl.col(name) for name in remains.columns if name not in (ROW, BEFORE, REFUSED, DIGEST)]
    return remains.filter(pl.any_horizontal([value.is_not_null() for value in values]))


def digests(standard: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return for each record what stands for its values in the columns ``names``, absent or not there being the same.

    It is the same on every machine and in every version: BLAKE2b over the values in UTF-8, each behind a NUL, which no
    value from a file has.
    """
    there = set(standard.columns)
    values = [pl.col(name).cast(pl.String).fill_null("") if name in there else pl.lit("") for name in names]
    texts = standard.with_columns(pl.concat_str([pl.lit(""), *values], separator="\0").cast(pl.Binary).alias(DIGEST))
    data = [blake2b(text, digest_size=SIZE).digest() for text in texts[DIGEST].to_list()]
    return pl.Series(DIGEST, data, dtype=pl.Binary)


def misplaced(remains: pl.DataFrame, standard: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return the rows of ``standard`` whose values are not the ones that what ``remains`` keeps was written for.

    ``names`` are the columns that the digests are of, in order. What has no digest was written for no values.
    """
    kept = _kept(remains)
    today = only(standard, kept[ROW])
    written_for = today.select(ROW).join(kept.select(ROW, DIGEST), on=ROW, how="left", maintain_order="left")
    return today[ROW].filter(digests(today, names).ne_missing(written_for[DIGEST]))
