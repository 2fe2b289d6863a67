"""The worked example, end to end through the real command line: both vendors to the standard record and back."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from stdconv.cli.entry import run as run_command_line
from support.commandline import Ended, stdconv
from support.paths import EXAMPLES

pytestmark = pytest.mark.e2e

STANDARD = (
    "宛名番号,履歴番号,世帯番号,住民種別,住民状態,異動年月日,氏名,性別,生年月日_元号,生年月日\r\n"
    "1234567890,1,9876543,1,1,2024-03-01,行政\u3000花子,2,3,1985-07-07\r\n"
).encode()
STANDARD_WITHOUT_HOUSEHOLD = STANDARD.replace(b",9876543,", b",,")
STANDARD_WITHOUT_PARTS = STANDARD.replace("行政\u3000花子".encode(), "行政花子".encode())

# sha256sum examples/*
SHA256 = {
    "standard.csv": "47e5f3e78b2ceaefd517b8eac92ecfbc9ff9b9aeea5236f04e0dc888e4fa7ee1",
    "vendor_a.csv": "53957729ca482dd166ad859e85dfab8136e1479628b3a5501d480885811168ab",
    "vendor_a_households.csv": "8452576148bf718b5bb558c6d45032096b13da3e308adb56d0781aeb5f88f495",
    "vendor_b.csv": "73ecddccdbbec5daf210a194395e7c9e726cd5d89697e534d6951a5099bbbde8",
    "vendor_b_names.csv": "7731398da808f209ce2f9d53d8dc13cc5cf2a5bc29f611295c308d747dff1606",
}

VENDORS = {
    "a": ("vendor-a/resident-link", "vendor_a.csv", "households", "vendor_a_households.csv"),
    "b": ("vendor-b/resident-link", "vendor_b.csv", "names", "vendor_b_names.csv"),
}


def words(vendor: str, folder: Path, *, with_lookup: bool, file_format: str = "csv") -> list[str]:
    """Return the command that converts a vendor's example."""
    mapping, legacy, lookup, lookup_file = VENDORS[vendor]
    lookups = ["--lookup", f"{lookup}={EXAMPLES / lookup_file}"] if with_lookup else []
    return ["convert", str(EXAMPLES / legacy), "-m", mapping, "-o", str(folder), "--format", file_format, *lookups]


def convert(vendor: str, folder: Path, *, with_lookup: bool) -> Ended:
    return stdconv(*words(vendor, folder, with_lookup=with_lookup))


def convert_here(vendor: str, folder: Path, *, with_lookup: bool, file_format: str) -> None:
    """Convert in this process: what becomes of the other formats does not depend on it."""
    assert run_command_line(words(vendor, folder, with_lookup=with_lookup, file_format=file_format)) == 0


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def findings(folder: Path) -> list[tuple[str, str]]:
    return pl.read_parquet(folder / "findings.parquet").select("code", "severity").rows()


@pytest.mark.parametrize("name", SHA256)
def test_the_examples_carried_into_the_project_are_the_issues_own_bytes(name: str) -> None:
    assert sha256(EXAMPLES / name) == SHA256[name]


def test_the_standard_example_is_the_record_that_the_issue_spells_out() -> None:
    assert (EXAMPLES / "standard.csv").read_bytes() == STANDARD


@pytest.mark.parametrize("vendor", VENDORS)
def test_with_its_lookup_a_vendors_example_becomes_the_standard_example_and_is_restored_to_the_byte(
    vendor: str, tmp_path: Path
) -> None:
    _, legacy, lookup, lookup_file = VENDORS[vendor]
    run, again = tmp_path / "run", tmp_path / "again.csv"

    converted = convert(vendor, run, with_lookup=True)
    assert (converted.returncode, converted.stdout) == (0, "")
    assert (run / "standard.csv").read_bytes() == STANDARD
    assert findings(run) == []
    report = json.loads((run / "report.json").read_text(encoding="utf-8"))
    assert report["counts"] == {"read": 1, "accepted": 1, "refused": 0}
    assert report["lookups"] == {lookup: {"rows": 1, "used": 1}}
    assert report["raw_records"] == 0

    restored = stdconv("restore", run, "-o", again, "--lookups")
    assert restored.returncode == 0, restored.stderr
    assert sha256(again) == SHA256[legacy]
    assert SHA256[legacy] in restored.stderr
    assert sha256(tmp_path / f"again.csv.{lookup}.csv") == SHA256[lookup_file]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.csv", f"again.csv.{lookup}.csv", "run"]


@pytest.mark.parametrize(("vendor", "other"), [("a", "b"), ("b", "a")])
def test_one_vendors_standard_file_restores_to_exactly_the_other_vendors_files(
    vendor: str, other: str, tmp_path: Path
) -> None:
    mapping, legacy, lookup, lookup_file = VENDORS[other]
    run, out = tmp_path / "run", tmp_path / "out.csv"
    assert convert(vendor, run, with_lookup=True).returncode == 0

    relayed = stdconv("restore", run / "standard.csv", "-m", mapping, "-o", out)

    assert relayed.returncode == 0, relayed.stderr
    assert out.read_bytes() == (EXAMPLES / legacy).read_bytes()
    assert (tmp_path / f"out.csv.{lookup}.csv").read_bytes() == (EXAMPLES / lookup_file).read_bytes()
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == STANDARD.splitlines(keepends=True)[0]
    report = json.loads((tmp_path / "out.csv.report.json").read_text(encoding="utf-8"))
    assert report["counts"] == {"read": 1, "accepted": 1, "refused": 0}
    assert (report["lost_values"], report["findings"]) == (0, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [
            "run",
            "out.csv",
            f"out.csv.{lookup}.csv",
            "out.csv.refused.csv",
            "out.csv.refused-causes.csv",
            "out.csv.report.json",
        ]
    )


def test_without_its_lookup_vendor_a_passes_with_one_warning_a_record(tmp_path: Path) -> None:
    run = tmp_path / "run"

    converted = convert("a", run, with_lookup=False)

    assert converted.returncode == 0
    assert "T0015" in converted.stderr
    assert findings(run) == [("T0015", "warn")]
    assert (run / "standard.csv").read_bytes() == STANDARD_WITHOUT_HOUSEHOLD


def test_without_its_lookup_vendor_b_passes_with_a_warning_for_the_unseparated_name(tmp_path: Path) -> None:
    run = tmp_path / "run"

    converted = convert("b", run, with_lookup=False)

    assert converted.returncode == 0
    assert "T0012" in converted.stderr
    found = findings(run)
    assert [code for code, severity in found if severity == "warn"] == ["T0012"]
    assert [code for code, severity in found if severity != "warn"] in ([], ["T0015"])
    assert {severity for _, severity in found} <= {"warn", "note"}
    assert (run / "standard.csv").read_bytes() == STANDARD_WITHOUT_PARTS


@pytest.mark.parametrize("vendor", VENDORS)
def test_without_its_lookup_a_vendors_example_is_restored_to_the_byte_too(vendor: str, tmp_path: Path) -> None:
    run, again = tmp_path / "run", tmp_path / "again.csv"
    assert convert(vendor, run, with_lookup=False).returncode == 0

    assert stdconv("restore", run, "-o", again).returncode == 0
    assert sha256(again) == SHA256[VENDORS[vendor][1]]


COLUMNS = STANDARD.decode().splitlines()[0].split(",")
WHOLE = dict(zip(COLUMNS, STANDARD.decode().splitlines()[1].split(","), strict=True))


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("with_lookup", [True, False], ids=["with lookup", "without"])
def test_parquet_holds_the_same_record_with_null_for_absent(vendor: str, with_lookup: bool, tmp_path: Path) -> None:
    run, again = tmp_path / "run", tmp_path / "again.csv"
    expected: dict[str, str | None] = dict(WHOLE)
    if not with_lookup:
        expected |= {"世帯番号": None} if vendor == "a" else {"氏名": "行政花子"}

    convert_here(vendor, run, with_lookup=with_lookup, file_format="parquet")

    assert not (run / "standard.csv").exists()
    standard = pl.read_parquet(run / "standard.parquet")
    assert standard.schema == pl.Schema({"_row": pl.Int64(), **dict.fromkeys(COLUMNS, pl.String())})
    assert standard.rows(named=True) == [{"_row": 1, **expected}]
    assert run_command_line(["restore", str(run), "-o", str(again)]) == 0
    assert sha256(again) == SHA256[VENDORS[vendor][1]]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("with_lookup", [True, False], ids=["with lookup", "without"])
def test_ndjson_holds_the_same_record_and_omits_what_is_absent(vendor: str, with_lookup: bool, tmp_path: Path) -> None:
    run, again = tmp_path / "run", tmp_path / "again.csv"
    expected = dict(WHOLE)
    if not with_lookup and vendor == "a":
        del expected["世帯番号"]
    if not with_lookup and vendor == "b":
        expected["氏名"] = "行政花子"

    convert_here(vendor, run, with_lookup=with_lookup, file_format="ndjson")

    assert not (run / "standard.csv").exists()
    lines = (run / "standard.ndjson").read_bytes().split(b"\n")
    assert lines[1:] == [b""]
    assert list(json.loads(lines[0]).items()) == [("_row", 1), *expected.items()]
    assert run_command_line(["restore", str(run), "-o", str(again)]) == 0
    assert sha256(again) == SHA256[VENDORS[vendor][1]]


@pytest.mark.parametrize("file_format", ["parquet", "ndjson"])
def test_the_other_layout_is_the_same_from_every_standard_format(file_format: str, tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "out.csv"
    convert_here("a", run, with_lookup=True, file_format=file_format)

    standard = run / f"standard.{file_format}"
    assert run_command_line(["restore", str(standard), "-m", "vendor-b/resident-link", "-o", str(out)]) == 0
    assert out.read_bytes() == (EXAMPLES / "vendor_b.csv").read_bytes()
    assert (tmp_path / "out.csv.names.csv").read_bytes() == (EXAMPLES / "vendor_b_names.csv").read_bytes()
