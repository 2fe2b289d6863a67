"""Delimited bytes written: a header, and records that were found writable before."""

from __future__ import annotations

import polars as pl

from stdconv.layouts import encoding, records
from stdconv.layouts.dialect import Dialect


def header(dialect: Dialect) -> bytes:
    """Return the header as ``dialect`` writes it, without the mark; nothing where it has none."""
    return _certain(encoding.encode(records.header_line(dialect), dialect))


def body(frame: pl.DataFrame, dialect: Dialect) -> bytes:
    """Return the records of ``frame`` (the dialect's columns, null is empty) as ``dialect`` writes them."""
    return _certain(encoding.of_utf8(records.block(frame, dialect), dialect))


def _certain(data: bytes | None) -> bytes:
    """Return what was found writable before; if it is not, that is a bug, and must not become a silent loss."""
    if data is None:
        raise RuntimeError("a text that was found writable is not")
    return data
