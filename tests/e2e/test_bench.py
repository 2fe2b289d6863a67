"""The bench runs: its files are made, and what it compares is equal. What its times are is nobody's business here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.paths import TOP

ROWS = 250


@pytest.mark.slow
@pytest.mark.e2e
def test_the_bench_measures_and_finds_equal_what_must_be_equal(tmp_path: Path) -> None:
    options = ("--rows", str(ROWS), "--runs", "1", "--cases", "unique,refused,twenty", "--keep", str(tmp_path / "work"))
    subprocess.run((sys.executable, TOP / "bench" / "run.py", *options), check=True, capture_output=True)
    found = json.loads((tmp_path / "work" / "small.json").read_text(encoding="utf-8"))
    conversions = {case["file"]: case["count"] for case in found["cases"] if case["name"] == "convert"}
    assert conversions == {
        "nearly all unique": ROWS,
        "1 % refused": ROWS,
        "100 % refused": ROWS,
        "20 columns": ROWS // 2,
    }
    legacy = (tmp_path / "work" / "unique" / "a.csv").read_text(encoding="cp932").splitlines()[1:]
    assert len({line.split(",")[2] for line in legacy}) == ROWS
    refused = (tmp_path / "work" / "some-refused" / "refused.csv").read_text(encoding="cp932").splitlines()[1:]
    assert 2 <= len(refused) <= 3
