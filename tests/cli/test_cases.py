"""Cases: folders of real bytes, each with the outcome that its sources say (``expect.yaml``).

``command``, ``exit``, ``why``; where they apply ``counts``, ``findings`` (all of them), ``stderr`` and ``stdout`` (parts
of them), ``header`` (false where the file has none), ``titles`` (how many lines are in front of it), ``refused_rows``,
``refused_lines`` (their lines in the file, where not one after the header each), ``refused_spans`` (instead, of a file
without lines: from which byte to which, from 1), ``unit`` (how many bytes a code unit has, little-endian or ``big``),
``raw_records``, ``raw_ways``, ``faults`` (how many are said; at least, or, where ``stdout`` says which, exactly),
``out_exists`` (an empty folder stands there), ``unreadable`` (a file nobody may read).
A ``standard.csv`` in a case that converts is what the standard file must be. A ``relayed.csv`` beside it is what that
becomes in the layout of the mapping without the residue; ``relayed.<lookup>.csv`` the lookups that are written with it;
``relayed.hed`` its control file; ``relayed_refused_rows`` the records of it that the layout cannot take. In a case that restores, ``restored.csv`` and
``refused.csv`` are what ``standard.csv`` must become.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pytest

from stdconv.cli.entry import run
from stdconv.findings.details import fits
from stdconv.findings.registry import codes
from support.documents import yaml_of
from support.paths import CASES

TOLD = re.compile(r"(?m)^(?:.*: )?[A-Z][0-9]{4} [a-z0-9-]+(?: \(warn\))?: ")
NAMES = sorted(path.parent.name for path in CASES.glob("*/expect.yaml"))


SLOW = ("golden-", "accepted-b-resident-basic", "prove-")
"""How cases begin that take longer: those that go all ways or are of the full record, and proofs."""


def marked(name: str) -> Any:
    return pytest.param(name, marks=pytest.mark.slow) if name.startswith(SLOW) else name


def snapshot(folder: Path) -> dict[Path, str]:
    """Return every file below ``folder`` with its hash, and every folder and link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[path] = f"-> {path.readlink()}"
        else:
            found[path] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found


def finding_keys(rows: Iterable[dict[str, Any]]) -> Counter[tuple[str, int, str, str]]:
    return Counter((row["code"], row["_row"], row["column"], row["severity"]) for row in rows)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


CaseOutcome: TypeAlias = tuple[dict[str, Any], Path, Path, int, str, str, bool]
"""What is expected, the copy of the case, the target, exit code, both outputs, and whether the copy is as it was."""


@pytest.fixture
def outcome(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> CaseOutcome:
    """Run a case on a copy of its folder; yields what is expected, the copy, the target, exit code and output."""
    monkeypatch.setenv("STDCONV_LANG", "en")
    expect = yaml_of(CASES / request.param / "expect.yaml")
    case, out = tmp_path / "case", tmp_path / "out"
    shutil.copytree(CASES / request.param, case, symlinks=True)
    if "unreadable" in expect:
        if os.geteuid() == 0:
            pytest.skip("no mode stops root from reading")
        (case / expect["unreadable"]).chmod(0)
    if expect.get("out_exists"):
        out.mkdir()
    before = {} if "unreadable" in expect else snapshot(case)
    code = run([word.format(case=case, out=out) for word in expect["command"]])
    stdout, stderr = capfd.readouterr()
    after = {} if "unreadable" in expect else snapshot(case)
    return expect, case, out, code, stdout, stderr, before == after


@pytest.mark.parametrize("outcome", [marked(name) for name in NAMES], indirect=True)
def test_a_case_ends_as_its_sources_say(
    outcome: CaseOutcome, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    expect, case, out, code, stdout, stderr, unchanged = outcome
    assert "Traceback" not in stdout + stderr
    assert "C0099" not in stderr
    assert code == expect["exit"], stderr
    for part in expect.get("stderr", ()):
        assert part in stderr, stderr
    for part in expect.get("stdout", ()):
        assert part in stdout, stdout
    if "faults" in expect:
        seen = len(TOLD.findall(stdout + stderr))
        assert seen == expect["faults"] if "stdout" in expect else seen >= expect["faults"], stdout + stderr
    assert unchanged, "a case's own files are never touched"
    assert not list(tmp_path.rglob(".*.stdconv-*"))
    if expect.get("out_exists"):
        assert not list(out.iterdir())
    elif code in (2, 3):
        assert not out.exists()
    elif expect["command"][0] == "convert":
        check_run_folder(expect, case, out, capfd)
    elif expect["command"][0] == "validate":
        check_findings(expect, out)
    elif expect["command"][0] == "restore":
        check_restored(expect, case, out)


def check_findings(expect: dict[str, Any], folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Hold counts and findings of a run or validation against what is expected."""
    report = json.loads((folder / "report.json").read_bytes())
    counts, findings = report["counts"], pl.read_parquet(folder / "findings.parquet").to_dicts()
    assert counts == expect["counts"]
    assert counts["read"] == counts["accepted"] + counts["refused"]
    assert finding_keys(findings) == finding_keys(expect["findings"])
    assert [row for row in findings if not fits(row["detail"], codes()[row["code"]])] == []
    details = {(row["code"], row["_row"], row["column"]): row["detail"] for row in findings}
    for row in expect["findings"]:
        if "detail" in row:
            assert details[row["code"], row["_row"], row["column"]] == row["detail"]
    assert sum(total["count"] for total in report["findings"]) == len(findings)
    assert report["exit_code"] == expect["exit"]
    refusing = {row["_row"] for row in findings if row["severity"] == "refuse"}
    assert sorted(refusing) == expect.get("refused_rows", sorted(refusing))
    assert len(refusing) == counts["refused"]
    return report, findings


def check_restored(expect: dict[str, Any], case: Path, out: Path) -> None:
    """Hold a standard file restored into a layout against the case: report, refused records and their causes."""
    report = json.loads(out.with_name("out.report.json").read_bytes())
    assert report["counts"] == expect["counts"]
    totals = Counter({(t["code"], t["column"], t["severity"]): t["count"] for t in report["findings"]})
    assert totals == Counter((row["code"], row["column"], row["severity"]) for row in expect["findings"])
    assert [
        (total["code"], detail)
        for total in report["findings"]
        for detail in [each["detail"] for each in total["details"]] or [""]
        if not fits(detail, codes()[total["code"]])
    ] == []
    causes = [tuple(line[:6]) for line in read_csv(out.with_name("out.refused-causes.csv").read_bytes())[1:]]
    refusing = [row for row in expect["findings"] if row["severity"] == "refuse"]
    assert Counter((line[0], line[2], line[3], line[5]) for line in causes) == Counter(
        (str(row["_row"]), row["column"], row["code"], row.get("detail", "")) for row in refusing
    )
    assert out.with_name("out.refused.csv").read_bytes() == (case / "refused.csv").read_bytes()
    assert out.read_bytes() == (case / "restored.csv").read_bytes()


def check_run_folder(expect: dict[str, Any], case: Path, out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Hold a run folder against the case, and restore it."""
    report, findings = check_findings(expect, out)
    original = (case / "legacy.csv").read_bytes()
    assert len(read_csv((out / "standard.csv").read_bytes())) == report["counts"]["accepted"] + 1
    if (case / "standard.csv").exists():
        assert (out / "standard.csv").read_bytes() == (case / "standard.csv").read_bytes()
    assert (out / "refused.csv").read_bytes() == refused_bytes(expect, original)
    causes = read_csv((out / "refused-causes.csv").read_bytes())[1:]
    seen = [(row["_row"], row["code"]) for row in findings if row["severity"] == "refuse"]
    assert Counter((int(line[0]), line[3]) for line in causes) == Counter(seen)
    assert report["raw_records"] == expect.get("raw_records", report["raw_records"])
    assert report["raw_ways"] == expect.get("raw_ways", report["raw_ways"])
    assert [out.stat().st_mode & 0o777, *{path.stat().st_mode & 0o777 for path in out.iterdir()}] == [0o700, 0o600]
    assert run(["verify", str(out)]) == 0
    again = out.with_name("again.csv")
    assert run(["restore", str(out), "-o", str(again)]) == 0, capfd.readouterr().err
    assert again.read_bytes() == original
    if report["control"] is not None:
        whole = again.with_name("again" + report["control"]["name"].removeprefix("legacy"))
        assert whole.read_bytes() == (case / report["control"]["name"]).read_bytes()
    if (case / "relayed.csv").exists():
        check_relayed(expect, case, out, capfd)
    assert not list(out.parent.rglob(".*.stdconv-*"))


def check_relayed(expect: dict[str, Any], case: Path, out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Hold the case's standard file, restored without residue, against the case, and convert it again."""
    lines = (case / "standard.csv").read_bytes().splitlines(keepends=True)
    turned_back = expect.get("relayed_refused_rows", [])
    mapping = expect["command"][expect["command"].index("-m") + 1].format(case=case)
    relayed, again = out.with_name("relayed.csv"), out.with_name("relayed")
    code = run(["restore", str(case / "standard.csv"), "-m", mapping, "-o", str(relayed)])
    assert code == int(bool(turned_back)), capfd.readouterr().err
    assert (out.parent / "relayed.csv.refused.csv").read_bytes() == b"".join(lines[row] for row in (0, *turned_back))
    assert relayed.read_bytes() == (case / "relayed.csv").read_bytes()
    if (case / "relayed.hed").exists():
        assert relayed.with_suffix(".hed").read_bytes() == (case / "relayed.hed").read_bytes()
    for beside in case.glob("relayed.*.csv"):
        assert (out.parent / beside.name.replace("relayed.", "relayed.csv.")).read_bytes() == beside.read_bytes()
    names = {
        path.name.split(".")[2]: path for path in out.parent.glob("relayed.csv.*.csv") if "refused" not in path.name
    }
    lookups = [word for name, path in names.items() for word in ("--lookup", f"{name}={path}")]
    assert run(["convert", str(relayed), "-m", mapping, "-o", str(again), *lookups]) == 0, capfd.readouterr().err
    kept = [line for row, line in enumerate(lines) if row not in turned_back]
    assert (again / "standard.csv").read_bytes() == b"".join(kept)


def refused_bytes(expect: dict[str, Any], original: bytes) -> bytes:
    """Return the header and the refused records as they stand, by lines; a mark stands before the header.

    Where there are title lines, all that is in front of the header stands before them.
    """
    if "refused_spans" in expect:
        return b"".join(original[first - 1 : last] for first, last in expect["refused_spans"])
    titles, wide = expect.get("titles", 0), expect.get("unit", 1)
    feed = b"\n".rjust(wide, b"\0") if expect.get("big") else b"\n".ljust(wide, b"\0")
    units = [original[at : at + wide] for at in range(0, len(original), wide)]
    ends = [0, *(at for at, unit in enumerate(units, start=1) if unit == feed), len(units)]
    lines = [b"".join(units[start:stop]) for start, stop in pairwise(ends)]
    header = next(at for at, line in enumerate(lines) if at >= titles and line.strip(b"\r\n\0"))
    wanted = expect.get("refused_lines", [row + header + 1 for row in expect.get("refused_rows", ())])
    first = lines[header].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe") if expect.get("header", True) else b""
    first = b"".join(lines[:header]) + first if titles else first
    return first + b"".join(lines[number - 1] for number in wanted)


@pytest.mark.parametrize("kind", ["csv", "parquet", "ndjson"])
@pytest.mark.parametrize("name", ["file-all-refused", "file-header-alone", "accepted-worked-example-a"])
def test_a_run_folder_of_any_format_restores_however_few_records_were_accepted(
    name: str, kind: str, tmp_path: Path
) -> None:
    legacy, out = CASES / name / "legacy.csv", tmp_path / "out"
    run(["convert", str(legacy), "-m", "vendor-a/resident-link", "-o", str(out), "--format", kind])
    assert run(["restore", str(out), "-o", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_bytes() == legacy.read_bytes()
    assert run(["validate", str(out / f"standard.{kind}"), "-s", "resident-link/1.0", "--fail-on", "never"]) == 0


def test_every_case_says_where_its_expectation_comes_from() -> None:
    for name in NAMES:
        expect = yaml_of(CASES / name / "expect.yaml")
        assert expect["why"].strip(), name


def test_every_folder_of_cases_has_an_expectation() -> None:
    assert [path.name for path in sorted(CASES.iterdir()) if path.is_dir()] == NAMES


def test_every_code_that_speaks_of_legacy_data_has_a_case() -> None:
    seen = set()
    for name in NAMES:
        expect = yaml_of(CASES / name / "expect.yaml")
        seen |= {row["code"] for row in expect.get("findings", ())}
        seen |= {word.rpartition(" ")[2] for word in (*expect.get("stderr", ()), *expect.get("stdout", ()))}
    long = {"R0013", "R0014"}  # no case has files of that size: test_long_lines.py
    frames = {"T0037"}  # only the library takes a residue: test_residue.py
    unprovoked = {"T0001"}  # no lens of the shipped ones leaves a value unexplained
    laws = {
        "P0005",
        "P0006",
        "P0007",
        "P0008",
        "P0009",
        "P0011",
        "P0012",
    }  # only a defect of the code breaks them: test_prove.py
    wanted = {id_ for id_ in codes() if id_[0] in "ERTSDMP"} - unprovoked - laws - long - frames
    assert sorted(wanted - seen) == []
