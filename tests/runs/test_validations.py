"""The folder of a validation says which file was checked, against what; and it is none of a run."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.reports.model import Report
from stdconv.runs import validate
from support.commandline import said
from support.paths import EXAMPLES

pytestmark = pytest.mark.slow

SCHEMA = "resident-link/1.0"
FILE = EXAMPLES / "standard.csv"
SITE = """site: 甲市
decisions:
  - {code: S0004, severity: note, because: 試験, decided: "2026-01-15"}
"""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def validation(tmp_path: Path) -> Path:
    """The folder of a validation by a site."""
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    folder = tmp_path / "checked"
    stdconv.validate_file(FILE, SCHEMA, folder=folder, site=tmp_path / "site.yaml")
    return folder


def test_a_validation_has_a_manifest_of_what_it_checked(validation: Path) -> None:
    document = json.loads((validation / "manifest.json").read_bytes())
    records = len(FILE.read_text(encoding="utf-8").splitlines()) - 1
    assert document["kind"] == "validation"
    assert document["checked"] == {"bytes": FILE.stat().st_size, "sha256": sha256(FILE), "name": "standard.csv"}
    assert document["counts"] == {"read": records, "accepted": records, "refused": 0}
    assert document["schema_sha256"] == stdconv.load_schema(SCHEMA).digest
    assert (document["standard"], document["site"]) == (SCHEMA, "甲市")
    for name in ("report.json", "findings.parquet"):
        path = validation / name
        assert document["files"].pop(name) == {"bytes": path.stat().st_size, "sha256": sha256(path)}
    assert document["files"] == {}
    manifest = stdconv.verify(validation)
    assert isinstance(manifest, stdconv.ValidationManifest)
    assert manifest.checked.sha256 == sha256(FILE)


def test_verify_says_what_was_checked_against_what(validation: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capfd, "verify", validation, "--lang", "ja")
    assert code == 0
    assert out.startswith("一致: ")
    assert f"\n標準側のファイル standard.csv: {FILE.stat().st_size} バイト、検査時の SHA-256 {sha256(FILE)}\n" in out
    assert f"\nスキーマ {SCHEMA}: " in out
    assert "\nサイト 甲市\n" in out
    assert f"\n{sha256(validation / 'report.json')}  report.json\n" in out


@pytest.mark.parametrize("change", ["a finding more", "a file more", "a file less", "other counts", "no kind"])
def test_what_was_changed_is_told(change: str, validation: Path) -> None:
    manifest = validation / "manifest.json"
    document = json.loads(manifest.read_bytes())
    expected = "C0021"
    match change:
        case "a finding more":
            pl.DataFrame({"x": [1]}).write_parquet(validation / "findings.parquet")
        case "a file more":
            (validation / "notes.txt").touch()
            expected = "C0026"
        case "a file less":
            (validation / "findings.parquet").unlink()
            expected = "C0025"
        case "other counts":
            document["counts"]["accepted"] += 1
            expected = "C0022"
        case _:
            del document["kind"]
    manifest.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(stdconv.UnprovenError, match=expected):
        stdconv.verify(validation)


def test_neither_kind_passes_for_the_other(validation: Path, tmp_path: Path) -> None:
    with pytest.raises(stdconv.DefinitionError, match="C0135"):
        stdconv.restore_file(validation, tmp_path / "again.csv")
    run = tmp_path / "run"
    stdconv.convert_file(EXAMPLES / "vendor_a.csv", "vendor-a/resident-link", run)
    document = json.loads((run / "manifest.json").read_bytes())
    (run / "manifest.json").write_text(json.dumps(document | {"kind": "validation"}), encoding="utf-8")
    with pytest.raises(stdconv.UnprovenError, match="C0021"):
        stdconv.verify(run)
    with pytest.raises(stdconv.UnprovenError, match="C0021"):
        stdconv.restore_file(run, tmp_path / "again.csv")
    assert not (tmp_path / "again.csv").exists()


def test_a_validation_is_replaced_with_force_and_only_if_it_is_one(validation: Path) -> None:
    again = partial(stdconv.validate_file, FILE, SCHEMA, folder=validation, force=True)
    first = sha256(validation / "manifest.json")
    again()
    assert sha256(validation / "manifest.json") != first  # without the site
    (validation / "manifest.json").unlink()  # as before there were manifests
    again()
    (validation / "notes.txt").touch()
    with pytest.raises(stdconv.DefinitionError, match="C0012"):
        again()


def test_nothing_is_written_into_a_validation(validation: Path) -> None:
    with pytest.raises(stdconv.DefinitionError, match="C0056"):
        stdconv.convert_file(EXAMPLES / "vendor_a.csv", "vendor-a/resident-link", validation / "run")


def test_a_file_that_changes_meanwhile_is_not_said_to_be_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, checked = tmp_path / "standard.csv", validate._checked
    file.write_bytes(FILE.read_bytes())

    def appended(*given: object, **more: object) -> Report:
        report = checked(*given, **more)  # type: ignore[arg-type]
        with file.open("ab") as grown:
            grown.write(b"x\n")
        return report

    monkeypatch.setattr(validate, "_checked", appended)
    with pytest.raises(stdconv.UnreadableError, match="changed while it was read"):
        stdconv.validate_file(file, SCHEMA, folder=tmp_path / "checked")
    assert [path.name for path in tmp_path.iterdir()] == ["standard.csv"]
