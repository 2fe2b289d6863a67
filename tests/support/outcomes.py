"""What became of records, compared."""

from __future__ import annotations

from polars.testing import assert_frame_equal, assert_series_equal

from stdconv.conversion.outcome import Outcome


def assert_same_outcome(one: Outcome, other: Outcome) -> None:
    """Hold two outcomes of the same records against each other, their findings in order."""
    assert (one.refused_bytes, one.read, one.raw_records) == (other.refused_bytes, other.read, other.raw_records)
    assert_frame_equal(one.standard, other.standard)
    assert_frame_equal(one.residue, other.residue)
    assert_frame_equal(one.findings, other.findings)
    assert one.used.keys() == other.used.keys()
    for name, rows in one.used.items():
        assert_series_equal(rows, other.used[name], check_order=False)
