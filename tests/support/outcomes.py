"""What became of records, compared."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal, assert_series_equal

from stdconv.conversion.outcome import Outcome
from stdconv.conversion.relay import Relayed


def assert_same_outcome(one: Outcome, other: Outcome) -> None:
    """Hold two outcomes of the same records against each other, their findings in order."""
    assert (one.refused_bytes, one.read, one.raw_records) == (other.refused_bytes, other.read, other.raw_records)
    assert_frame_equal(one.standard, other.standard)
    assert_frame_equal(one.residue, other.residue)
    assert_frame_equal(one.findings, other.findings)
    assert one.used.keys() == other.used.keys()
    for name, rows in one.used.items():
        assert_series_equal(rows, other.used[name], check_order=False)


def assert_same_relayed(one: Relayed, other: Relayed) -> None:
    """Hold what became of the same standard records against each other, their findings as files have them."""
    assert_frame_equal(one.legacy, other.legacy)
    assert_series_equal(one.refused_rows, other.refused_rows)
    assert_frame_equal(_by_record(one.findings), _by_record(other.findings))


def _by_record(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.sort("_row", nulls_last=True, maintain_order=True)
