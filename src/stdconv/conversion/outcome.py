"""What became of some records: one result for a frame, a batch of a file, or all batches together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import polars as pl

from stdconv.findings.rows import shifted
from stdconv.findings.shown import Counted
from stdconv.layouts.kinds import Said
from stdconv.layouts.parts import Extent


@dataclass(frozen=True, kw_only=True, repr=False)
class Judged(Counted):
    """What became of ``read`` standard records; rows count from 1 among them until ``shifted``.

    ``standard`` holds records (``_row`` and columns, null for absent), ``refused_rows`` the numbers of those with a
    refusing finding, in order; ``findings`` are about all of them. ``extent`` is how much of a file was read.
    """

    read: int
    standard: pl.DataFrame
    refused_rows: pl.Series
    findings: pl.DataFrame
    extent: Extent | None = None

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return len(self.refused_rows)

    def shifted(self, offset: int) -> Self:
        """Return the same with rows counted from ``offset`` + 1."""
        return replace(
            self,
            standard=shifted(self.standard, offset),
            refused_rows=self.refused_rows + offset,
            findings=shifted(self.findings, offset),
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class Outcome(Judged):
    """What became of legacy records: ``standard`` holds the accepted ones (carried columns), ``residue`` is theirs.

    ``refused_keys`` has what was read of refused records in the columns that tell whose they are (``Plan.keys``; null
    for what was not read), as far as they are records. ``values`` are those that tables are about, with how many
    records were read and refused with each; ``strange`` those that no table has and that may be shown.
    ``used`` says by lookup which of its rows were asked for. Where the records were bytes, ``refused_bytes`` are those
    of the refused ones, and ``raw_records`` counts accepted ones that the dialect would write with other bytes;
    ``raw_ways`` says in which ways, of which a record may have several; ``said`` what trailers say of their number.
    """

    residue: pl.DataFrame
    refused_keys: pl.DataFrame
    values: pl.DataFrame
    strange: pl.DataFrame
    used: Mapping[str, pl.Series] = field(default_factory=dict)
    refused_bytes: tuple[bytes, ...] = ()
    raw_records: int = 0
    raw_ways: Mapping[str, int] = field(default_factory=dict)
    said: tuple[Said, ...] = ()

    @property
    def accepted(self) -> int:
        """How many records were accepted."""
        return len(self.standard)

    def shifted(self, offset: int) -> Self:
        """Return the same with rows counted from ``offset`` + 1."""
        said = tuple((before + offset, numbers) for before, numbers in self.said)
        residue, keys = shifted(self.residue, offset), shifted(self.refused_keys, offset)
        return replace(super().shifted(offset), residue=residue, refused_keys=keys, said=said)


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
        refused_keys=pl.concat([outcome.refused_keys for outcome in every]),
        values=pl.concat([outcome.values for outcome in every]),
        strange=pl.concat([outcome.strange for outcome in every]),
        findings=pl.concat([outcome.findings for outcome in every]),
        used=used,
        refused_bytes=tuple(data for outcome in every for data in outcome.refused_bytes),
        raw_records=sum(outcome.raw_records for outcome in every),
        raw_ways=sum((Counter(outcome.raw_ways) for outcome in every), Counter()),
        said=tuple(each for outcome in every for each in outcome.said),
    )


def united(known: pl.Series | None, rows: pl.Series) -> pl.Series:
    """Return rows of a lookup, each once."""
    return rows if known is None else pl.concat([known, rows]).unique()
