"""Files read batch by batch, wherever they are cut, and put together again."""

from __future__ import annotations

import io

import polars as pl

from stdconv.findings.rows import ROW
from stdconv.layouts import writer
from stdconv.layouts.batches import batches
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.reader import ParsedBatch, read_batch


def read(data: bytes, dialect: Dialect, size: int) -> list[tuple[ParsedBatch, int]]:
    """Return the batches of ``data``, each with how many records are before it."""
    found, before = [], 0
    for part in batches(io.BytesIO(data), b"", dialect, size=size):
        found.append((read_batch(part, dialect), before))
        before += found[-1][0].pieces.count
    return found


def accepted(data: bytes, dialect: Dialect, size: int) -> dict[int, tuple[str, ...]]:
    """Return the values of the records that are read, by their number from 1."""
    return {
        row + before: tuple(texts)
        for batch, before in read(data, dialect, size)
        for row, *texts in batch.frame.select(ROW, *dialect.columns).rows()
    }


def again(data: bytes, dialect: Dialect, size: int) -> bytes:
    """Return the bytes of a file put together again from values, raw records and what is between them."""
    out = []
    for batch, _ in read(data, dialect, size):
        written = writer.rows(batch.frame, dialect)
        of_values = dict(zip(batch.frame[ROW], written, strict=True))
        for row in range(1, batch.pieces.count + 2):
            out.append(batch.pieces.gaps.get(row, b""))
            if row <= batch.pieces.count:
                known = batch.raw.get(row) or of_values.get(row)
                out.append(known if known is not None else batch.bytes_of(pl.Series([row]))[0])
    return b"".join(out)
