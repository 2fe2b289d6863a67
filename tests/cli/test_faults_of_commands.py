"""Every fault of a command, a run or a call (the C codes) is provoked somewhere, and said in both languages."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from stdconv.findings.registry import codes
from support.documents import yaml_of
from support.paths import CASES, EXAMPLES, TOP

CONVERT = "convert in.csv -m vendor-a/resident-link -o {}"


def site(decisions: str) -> Callable[[], object]:
    """Return what writes a site file with ``decisions``."""
    return lambda: Path("site.yaml").write_text(f"site: 甲市\ndecisions:\n{decisions}", encoding="utf-8")


def decision(code: str) -> str:
    return f'  - {{code: {code}, severity: mute, because: 試験, decided: "2026-01-15"}}\n'


def manifest(change: Callable[[dict[str, object]], object]) -> Callable[[], None]:
    """Return what changes the manifest of ``run``."""

    def changed() -> None:
        path = Path("run/manifest.json")
        document = json.loads(path.read_bytes())
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")

    return changed


def damage() -> None:
    """Write a mapping that is none into ``run``, and its hash into the manifest."""
    data = b"a: [1\n"
    Path("run/mapping.yaml").write_bytes(data)
    listed = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest(lambda document: document["files"].update({"mapping.yaml": listed}))()  # type: ignore[attr-defined]


def validated() -> None:
    """Put a validation in the place of ``run``."""
    assert run("validate standard.csv -s resident-link/1.0 -o run --force".split()) == 0


def nothing() -> None:
    """Leave the files as they are."""


PROVOKED: dict[str, tuple[int, Callable[[], object], str, str]] = {
    "C0008": (2, nothing, "verify nowhere", "does not exist"),
    "C0021": (
        4,
        lambda: Path("run/findings.parquet").write_bytes(b"x"),
        "verify run",
        "run/findings.parquet is not as",
    ),
    "C0022": (4, manifest(lambda found: found["counts"].update(read=9)), "verify run", "9 read"),  # type: ignore[attr-defined]
    "C0025": (4, lambda: Path("run/refused.csv").unlink(), "verify run", "refused.csv"),
    "C0026": (4, lambda: Path("run/notes.txt").touch(), "verify run", "notes.txt"),
    "C0029": (4, manifest(lambda found: found.update(format=99)), "verify run", "version 99"),
    "C0030": (2, nothing, "validate standard.csv standard.csv -s resident-link/1.0 -o new", "2 files"),
    "C0041": (
        2,
        site("  - {code: S0004}\n"),
        "validate standard.csv -s resident-link/1.0 --site site.yaml",
        "decisions.0.severity",
    ),
    "C0042": (
        2,
        site(decision("S0005, column: 性別")),
        "validate standard.csv -s resident-link/1.0 --site site.yaml",
        "(生年月日, 異動年月日)",
    ),
    "C0043": (
        2,
        site(decision("S0004") * 2),
        "validate standard.csv -s resident-link/1.0 --site site.yaml",
        "more than one decision about S0004",
    ),
    "C0044": (2, site(decision("R0001")), "validate standard.csv -s resident-link/1.0 --site site.yaml", "R0001"),
    "C0137": (2, site(decision("T0005")), "convert in.csv -m vendor-a/resident-link -o new --site site.yaml", "T0005"),
    "C0138": (
        2,
        site(decision("S0001, column: 宛名番号")),
        "validate standard.csv -s resident-link/1.0 --site site.yaml",
        "宛名番号",
    ),
    "C0139": (
        2,
        site(decision("S0001, pattern: p0123456789")),
        "validate standard.csv -s resident-link/1.0 --site site.yaml",
        "both or neither",
    ),
    "C0045": (2, nothing, f"{CONVERT.format('new')} --report json=new", "json"),
    "C0046": (2, nothing, "restore run -o new.csv --fail-on warn", "--fail-on"),
    "C0048": (2, nothing, CONVERT.format("in.csv"), "in.csv is in the way"),
    "C0050": (2, nothing, "show mapping-schema A", '"A"'),
    "C0051": (2, nothing, f"{CONVERT.format('new')} --report text=standard.csv", "standard.csv"),
    "C0056": (2, nothing, CONVERT.format("run/new"), "run is a run folder"),
    "C0058": (4, damage, "restore run -o new.csv", "mapping.yaml"),
    "C0135": (2, validated, "restore run -o new.csv", "run was written by `validate -o`"),
    "C0081": (2, nothing, f"{CONVERT.format('new')} --report json=a --report json=b", "for json"),
    "C0118": (2, nothing, "validate run -s resident-link/1.0", "run is a folder"),
    "C0119": (2, nothing, "verify in.csv", "restore in.csv -m"),
}
"""By code: the exit code, what is done to a folder with ``in.csv``, ``standard.csv`` and ``run``, the command, and
what its message must name."""

ELSEWHERE = {
    "C0013": "tests/test_api.py",  # only the library takes frames
    "C0020": "tests/e2e/test_moments.py",  # a signal
    "C0024": "tests/runs/test_run_folder.py",  # a standard file with a hash that fits
    "C0027": "tests/conversion/test_residue.py",  # residues of other runs
    "C0028": "tests/runs/test_sample.py",  # a schema that nothing satisfies
    "C0031": "tests/test_pytest_plugin.py",  # only the plugin takes patterns
    "C0047": "tests/test_api.py",
    "C0049": "tests/runs/test_atomic.py",  # a disk that fails
    "C0052": "tests/e2e/test_real_faults.py",  # a full disk
    "C0053": "tests/e2e/test_real_faults.py",
    "C0054": "tests/e2e/test_real_faults.py",
    "C0055": "tests/runs/test_atomic.py",
    "C0057": "tests/e2e/test_real_faults.py",  # a memory limit
    "C0059": "tests/test_api.py",
    "C0060": "tests/test_arguments.py",
    "C0086": "tests/api/test_wrong_calls.py",
    "C0087": "tests/api/test_wrong_calls.py",
    "C0061": "tests/test_arguments.py",
    "C0080": "tests/conversion/test_residue.py",
    "C0082": "tests/api/test_sessions.py",
    "C0083": "tests/api/test_sessions.py",
    "C0084": "tests/api/test_octets.py",
    "C0085": "tests/api/test_octets.py",
    "C0088": "tests/runs/test_cancelling.py",  # only the library is asked
    "C0089": "tests/runs/test_sweeping.py",
    "C0136": "tests/runs/test_remains.py",  # a run that was killed
    "C0090": "tests/e2e/test_processes.py",  # only the library is used in other processes
    "C0091": "tests/test_api.py",
    "C0092": "tests/api/test_casting.py",
    "C0093": "tests/api/test_foreign_frames.py",
    "C0094": "tests/api/test_foreign_frames.py",
    "C0095": "tests/api/test_casting.py",  # a finding
    "C0099": "tests/cli/test_exit_codes.py",  # a bug, planted
    **dict.fromkeys(("C0115", "C0116"), "tests/test_testing.py"),  # only the library plants damage
    **dict.fromkeys((f"C01{at}" for at in range(45, 53)), "tests/runs/test_issues.py"),
    **dict.fromkeys(("C0130", "C0131", "C0132", "C0133", "C0134"), "tests/runs/test_proofs.py"),  # many ways each
    # what control files say of a file is found in data: tests/cases/control-…
    **dict.fromkeys(("C0102", "C0103", "C0104", "C0105", "C0106"), "tests/runs/test_control.py"),
    **dict.fromkeys((f"C01{number}" for number in range(20, 28)), "tests/runs/test_expected.py"),  # found in data too
}
"""What no command line alone brings about: the test that does."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Path:
    """A folder with a legacy file, a standard file and a run folder, as the current one."""
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_bytes((EXAMPLES / "vendor_a.csv").read_bytes())
    Path("standard.csv").write_bytes((EXAMPLES / "standard.csv").read_bytes())
    assert run(CONVERT.format("run").split()) == 0
    capfd.readouterr()
    return tmp_path


@pytest.mark.parametrize("code", PROVOKED)
def test_a_fault_of_a_command_names_what_it_is_about(
    code: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    exit_code, prepare, command, named = PROVOKED[code]
    prepare()
    said = {}
    for lang in ("en", "ja"):
        assert run([*command.split(), "--lang", lang]) == exit_code
        out, err = capfd.readouterr()
        assert re.search(rf"(?m)^(?:\S+: )?{code} ", out + err), out + err
        said[lang] = out + err
    assert named in said["en"]
    assert re.search(rf"(?m){code} [a-z-]+: .*[ぁ-ん]", said["ja"])
    assert sorted(path.name for path in folder.iterdir() if path.name != "site.yaml") == [
        "in.csv",
        "run",
        "standard.csv",
    ]


def test_every_fault_of_a_command_is_provoked() -> None:
    cases = {
        word for path in CASES.glob("*/expect.yaml") for word in yaml_of(path).get("stderr", ()) if word in codes()
    }
    assert PROVOKED.keys().isdisjoint(ELSEWHERE)
    assert {code for code in codes() if code[0] == "C"} == (
        {code for code in cases if code[0] == "C"} | PROVOKED.keys() | ELSEWHERE.keys()
    )
    for code, path in ELSEWHERE.items():
        assert code in (TOP / path).read_text(encoding="utf-8"), (code, path)
