"""Findings as frames: what is said about data, one row each, never a resident's value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

from stdconv.findings.registry import Severity, codes
from stdconv.findings.rows import ROW

SEVERAL = "+"
"""The separator between the columns of a finding about several."""

FINDINGS = pl.Schema(
    {
        ROW: pl.Int64,
        "side": pl.String,
        "column": pl.String,
        "code": pl.String,
        "severity": pl.String,
        "detail": pl.String,
    }
)
"""The columns of every frame of findings; ``_row`` counts records from 1, null speaks of the whole file."""


def empty() -> pl.DataFrame:
    """Return a frame of no findings."""
    return FINDINGS.to_frame()


def about_rows(
    rows: pl.Series,
    code: str,
    *,
    side: str,
    column: str,
    severity: Severity | None = None,
    detail: pl.Series | str = "",
) -> pl.DataFrame:
    """Return one finding for each of ``rows`` (record numbers), all of one code, side and column."""
    texts = pl.lit(detail) if isinstance(detail, str) else detail.cast(pl.String)
    return pl.select(
        rows.cast(pl.Int64).alias(ROW),
        side=pl.lit(side),
        column=pl.lit(column),
        code=pl.lit(code),
        severity=pl.lit(severity or codes()[code].severity),
        detail=texts,
    )


class Kind(NamedTuple):
    """What findings of a kind have in common; ``detail`` is that of those without one of their own."""

    code: str
    column: str
    detail: str = ""
    severity: Severity | None = None


def about_kinds(
    rows: pl.Series, kinds: Sequence[Kind], counts: Sequence[int], *, side: str, detail: pl.Series
) -> pl.DataFrame:
    """Return one finding for each of ``rows``: as many as ``counts`` says of each of the kinds, in their order."""
    words = pl.DataFrame(
        {
            "column": [kind.column for kind in kinds],
            "code": [kind.code for kind in kinds],
            "severity": [kind.severity or codes()[kind.code].severity for kind in kinds],
            "otherwise": [kind.detail for kind in kinds],
        }
    )
    said = words[pl.select(pl.int_range(len(kinds)).repeat_by(pl.lit(pl.Series(counts))).explode()).to_series()]
    columns = (
        pl.lit(side).alias("side"),
        *said.drop("otherwise"),
        pl.coalesce(detail, said["otherwise"]).alias("detail"),
    )
    return pl.select(rows.cast(pl.Int64).alias(ROW), *columns)


def about_file(
    code: str, *, side: str, column: str = "", severity: Severity | None = None, detail: str = ""
) -> pl.DataFrame:
    """Return one finding that speaks of a whole file."""
    row = (None, side, column, code, severity or codes()[code].severity, detail)
    return pl.DataFrame([row], schema=FINDINGS, orient="row")


def joined(columns: Iterable[str]) -> str:
    """Return what a finding about several columns has in its ``column``; no column's name holds a ``+``."""
    return SEVERAL.join(columns)


def divided(column: str) -> tuple[str, ...]:
    """Return the columns that a finding is about, none where it is about the whole record.

    >>> divided(joined(["氏名", "氏名_フリガナ"])), divided("")
    (('氏名', '氏名_フリガナ'), ())
    """
    return tuple(column.split(SEVERAL)) if column else ()
