"""What a run that was killed left is told to whoever runs to that place, or asks for what is there, next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import stdconv
from stdconv.runs import atomic
from stdconv.runs.atomic import AtomicOutput
from support.commandline import said
from support.paths import EXAMPLES
from support.processes import caught

A = ("-m", "vendor-a/resident-link")
MARK = "0123abcd"
DAY = 1_780_000_000  # date -u -d @1780000000: 2026-05-28 20:26:40
TOLD = "(last written 2026-05-28 20:26:40 UTC)"


def left(path: Path) -> Path:
    """Make what a killed run would have left."""
    path.mkdir()
    (path / "standard.csv").write_text("x", encoding="utf-8")
    os.utime(path / "standard.csv", (DAY, DAY))
    os.utime(path, (DAY - 60, DAY - 60))
    return path


def test_every_run_to_a_place_says_what_was_left_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run, standard = tmp_path / "run", EXAMPLES / "standard.csv"
    stdconv.convert_file(EXAMPLES / "vendor_a.csv", A[1], tmp_path / "made")
    commands = {
        "run": ("convert", EXAMPLES / "vendor_a.csv", *A, "-o", run),
        "checked": ("validate", standard, "-s", "resident-link/1.0", "-o", tmp_path / "checked"),
        "again.csv": ("restore", tmp_path / "made", "-o", tmp_path / "again.csv"),
        "other.csv": ("restore", standard, *A, "-o", tmp_path / "other.csv"),
    }
    for name, command in commands.items():
        remains = left(tmp_path / f".{name}.stdconv-{MARK}")
        _, _, err = said(capfd, *command)
        words = f"an earlier run to {tmp_path / name} did not end; what it left, {remains} {TOLD}, was removed"
        assert words in err.splitlines()
        assert not remains.exists()
        assert (tmp_path / name).exists()
    remains = left(tmp_path / f".other.csv.refused.csv.stdconv-{MARK}")
    assert f"{remains} {TOLD}, was removed" in said(capfd, *commands["other.csv"], "--force")[2]
    assert "did not end" not in said(capfd, *commands["other.csv"], "--force")[2]


def test_what_stays_is_said_to_be_there_yet(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    remains = left(tmp_path / f".run.stdconv-{MARK}")
    code, _, err = said(capfd, "convert", tmp_path / "none.csv", *A, "-o", run)
    assert code == 3
    assert f"{remains} {TOLD}, is still there" in err
    code, _, err = said(capfd, "convert", tmp_path / "none.csv", *A, "-o", run, "--lang", "ja")
    assert f"{remains}（最終書込みは協定世界時で 2026-05-28 20:26:40）が残っています" in err


def test_what_stood_there_before_is_put_back_and_that_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run, command = tmp_path / "run", ("convert", EXAMPLES / "vendor_a.csv", *A, "-o", tmp_path / "run")
    aside = left(AtomicOutput(run, is_folder=True)._sibling(atomic.ASIDE))
    code, _, err = said(capfd, *command)
    assert code == 2
    assert "C0002" in err
    assert f"{aside} {TOLD}, which had stood there before it, was put back" in err
    assert (run / "standard.csv").read_text(encoding="utf-8") == "x"


def test_what_a_run_is_working_on_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with AtomicOutput(tmp_path / "run", is_folder=True):
        code, _, err = said(capfd, "verify", tmp_path / "run")
        assert (code, "C0008" in err, "C0136" in err) == (2, True, False)


@pytest.mark.e2e
@pytest.mark.slow
def test_a_run_that_was_killed_is_told_by_verify_and_by_the_next_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    head, *lines = (EXAMPLES / "vendor_a.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "in.csv").write_bytes(head + b"".join(lines) * 5000)
    run = tmp_path / "out" / "run"
    run.parent.mkdir()
    command = ("convert", tmp_path / "in.csv", *A, "-o", run)
    process = caught(".run.stdconv-*/*", run, *command)
    process.kill()
    process.communicate()
    (remains,) = run.parent.iterdir()
    for words in (("verify", run), ("restore", run, "-o", tmp_path / "again.csv")):
        code, _, err = said(capfd, *words)
        assert code == 2
        assert "C0136" in err
        assert str(remains) in err
    _, _, err = said(capfd, *command)
    assert f"an earlier run to {run} did not end; what it left, {remains} (last written 2" in err
    assert [path.name for path in run.parent.iterdir()] == ["run"]
    assert said(capfd, "verify", run)[0] == 0
