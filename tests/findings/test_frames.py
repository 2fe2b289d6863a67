"""Findings as frames."""

from __future__ import annotations

import polars as pl

from stdconv.findings.frames import FINDINGS, Kind, about_kinds


def test_findings_of_several_kinds_follow_one_another_and_a_kind_may_have_none() -> None:
    kinds = [Kind("S0001", "a"), Kind("S0002", "b"), Kind("S0007", "a+b", "title")]
    detail = pl.Series([None, None, "own"], dtype=pl.String)
    found = about_kinds(pl.Series([5, 9, 2]), kinds, [1, 0, 2], side="standard", detail=detail)
    assert found.schema == FINDINGS
    assert found.rows() == [
        (5, "standard", "a", "S0001", "refuse", ""),
        (9, "standard", "a+b", "S0007", "refuse", "title"),
        (2, "standard", "a+b", "S0007", "refuse", "own"),
    ]
