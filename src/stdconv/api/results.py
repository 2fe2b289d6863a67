"""What the library's functions for frames return."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stdconv.findings.shown import Counted


@dataclass(frozen=True, repr=False)
class Conversion(Counted):
    """What became of a legacy frame. Every frame has ``_row``, the record's number from 1.

    ``standard``: the accepted records, columns in schema order, null for absent. ``refused``: the others, as they were.
    ``residue``: what the standard has no place for. ``findings``: one row each (row, side, column, code, severity,
    detail), never a value.
    """

    standard: pl.DataFrame
    refused: pl.DataFrame
    residue: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True, repr=False)
class Restoration(Counted):
    """Standard records in a legacy layout. ``legacy`` has ``_row`` and the layout's columns, all text, none null.

    ``lookups`` holds one frame per lookup of the mapping, one row per key; ``refused`` the standard records that the
    layout cannot carry without change.
    """

    legacy: pl.DataFrame
    lookups: dict[str, pl.DataFrame]
    refused: pl.DataFrame
    findings: pl.DataFrame
