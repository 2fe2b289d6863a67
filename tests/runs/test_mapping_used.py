"""Report and manifest say what the mapping is: shipped, an altered copy of a shipped one, or one's own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import stdconv
from support.commandline import said
from support.mappings import changed
from support.paths import EXAMPLES, MAPPINGS

A = "vendor-a/resident-link"
TEXT = (MAPPINGS / f"{A}.yaml").read_text(encoding="utf-8")
EXCHANGED = changed(TEXT, ('男: "1", 女: "2"', '男: "2", 女: "1"'))
COPIES = {
    "as it is": (TEXT, "shipped"),
    "男 and 女 exchanged": (EXCHANGED, "altered"),
    "with another comment": (f"{TEXT}# 例\n", "altered"),
    "under an id of one's own": (changed(TEXT, (f"id: {A}\n", "id: city/resident-link\n")), "own"),
    "extended": (f"extends: {A}\nid: city/resident-link\n", "own"),
}


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_told_from_the_shipped_mapping(copy: str, tmp_path: Path) -> None:
    text, origin = COPIES[copy]
    assert text
    (tmp_path / "copy.yaml").write_text(text, encoding="utf-8")
    report = stdconv.convert_file(EXAMPLES / "vendor_a.csv", tmp_path / "copy.yaml", tmp_path / "run")
    used = json.loads((tmp_path / "run" / "manifest.json").read_bytes())["mapping_used"]
    sha256 = hashlib.sha256((tmp_path / "run" / "mapping.yaml").read_bytes()).hexdigest()
    assert used == {"origin": origin, "sha256": sha256, "lint": None, "proof": None}
    assert report.mapping_used is not None
    assert report.mapping_used.model_dump() == used


def test_the_shipped_mapping_is_reported_as_that_by_name_and_when_relayed(tmp_path: Path) -> None:
    report = stdconv.convert_file(EXAMPLES / "vendor_a.csv", A, tmp_path / "run")
    relayed = stdconv.relay_file(tmp_path / "run" / "standard.csv", A, tmp_path / "again.csv")
    assert report.mapping_used is not None
    assert report.mapping_used == relayed.mapping_used
    assert report.mapping_used.origin == "shipped"
    assert report.mapping_used.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


def test_an_altered_copy_is_told_on_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copy.yaml").write_text(EXCHANGED, encoding="utf-8")
    words = ("convert", EXAMPLES / "vendor_a.csv", "-m", tmp_path / "copy.yaml", "-o", tmp_path / "run")
    _, out, err = said(capfd, *words)
    assert f"the mapping is an altered copy of the shipped one: {A} (SHA-256 " in out + err
    _, out, _ = said(capfd, "verify", tmp_path / "run")
    sha256 = hashlib.sha256(EXCHANGED.encode()).hexdigest()
    assert f"\nmapping {A}: an altered copy of the shipped one, SHA-256 {sha256}\n" in out
    legacy = EXAMPLES / "vendor_a.csv"
    size, sha256 = legacy.stat().st_size, hashlib.sha256(legacy.read_bytes()).hexdigest()
    assert f"\nlegacy file vendor_a.csv: {size} bytes, SHA-256 {sha256} when it was converted\n" in out
