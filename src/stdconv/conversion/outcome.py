"""What became of some records: one result for a frame, a batch of a file, or all batches together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from stdconv.findings.rows import shifted
from stdconv.layouts.pieces import Extent


@dataclass(frozen=True)
class Outcome:
    """What became of ``read`` records; rows count from 1 among them until ``shifted``.

    ``standard`` holds the accepted records (``_row``, carried columns, null for absent), ``refused_rows`` the numbers
    of the others, in order; ``residue`` and ``findings`` are about all of them, and ``used`` says by lookup which of
    its rows were asked for. Where the records were bytes, ``refused_bytes`` are those of the refused ones, ``extent``
    is how much of the file was read, and ``raw_records`` counts accepted ones that the dialect would write with other
    bytes.
    """

    read: int
    standard: pl.DataFrame
    refused_rows: pl.Series
    residue: pl.DataFrame
    findings: pl.DataFrame
    used: Mapping[str, pl.Series] = field(default_factory=dict)
    refused_bytes: tuple[bytes, ...] = ()
    extent: Extent | None = None
    raw_records: int = 0

    @property
    def accepted(self) -> int:
        """How many records were accepted."""
        return len(self.standard)

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return len(self.refused_rows)

    def shifted(self, offset: int) -> Outcome:
        """Return the outcome with its rows counted from ``offset`` + 1."""
        return replace(
            self,
            standard=shifted(self.standard, offset),
            refused_rows=self.refused_rows + offset,
            residue=shifted(self.residue, offset),
            findings=shifted(self.findings, offset),
        )


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Return several outcomes, at least one, as one; their rows must count through already."""
    every = list(outcomes)
    used: dict[str, pl.Series] = {}
    for outcome in every:
        for name, rows in outcome.used.items():
            used[name] = united(used.get(name), rows)
    return Outcome(
        read=sum(outcome.read for outcome in every),
        standard=pl.concat([outcome.standard for outcome in every]),
        refused_rows=pl.concat([outcome.refused_rows for outcome in every]),
        residue=pl.concat([outcome.residue for outcome in every]),
        findings=pl.concat([outcome.findings for outcome in every]),
        used=used,
        refused_bytes=tuple(data for outcome in every for data in outcome.refused_bytes),
        raw_records=sum(outcome.raw_records for outcome in every),
    )


def united(known: pl.Series | None, rows: pl.Series) -> pl.Series:
    """Return rows of a lookup, each once."""
    return rows if known is None else pl.concat([known, rows]).unique()
