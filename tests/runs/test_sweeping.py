"""What killed runs leave is removed where it is asked for; never what a run is working on, and never the only copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import stdconv
from stdconv.runs import atomic
from stdconv.runs.atomic import AtomicOutput
from support.paths import EXAMPLES
from support.processes import caught

MARK = "0123abcd"


def left(folder: Path, name: str) -> Path:
    """Make what a killed run would have left in ``folder``."""
    path = folder / name
    path.mkdir()
    (path / "standard.csv").write_text("x", encoding="utf-8")
    return path


def test_what_killed_runs_left_is_removed_and_returned(tmp_path: Path) -> None:
    file = tmp_path / f".x.csv.stdconv-{MARK}"
    file.write_text("x", encoding="utf-8")
    swept = [left(tmp_path, f".a.stdconv-{MARK}"), left(tmp_path, f".行政.stdconv-{MARK}"), file]
    (tmp_path / "a").mkdir()
    assert sorted(stdconv.sweep(tmp_path)) == sorted(swept)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert stdconv.sweep(str(tmp_path)) == []


@pytest.mark.parametrize(
    "name",
    [
        "a.stdconv-0123abcd",  # not hidden
        ".a.stdconv-0123abc",
        ".a.stdconv-0123abcd0",
        ".a.stdconv-0123ABCD",
        ".a.stdconv-01234567.bak",
        ".stdconv-0123abcd",
        ".a.stdconv-notes",
    ],
)
def test_what_only_looks_like_it_stays(name: str, tmp_path: Path) -> None:
    left(tmp_path, name)
    assert stdconv.sweep(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["run", "長い名前" * 20, "x.stdconv-aside-0123abcd"])
def test_an_old_one_aside_goes_only_where_a_new_one_is(name: str, tmp_path: Path) -> None:
    aside = AtomicOutput(tmp_path / name, is_folder=True)._sibling(atomic.ASIDE)
    aside.mkdir()
    assert stdconv.sweep(tmp_path) == []
    assert aside.exists()
    (tmp_path / name).mkdir()
    assert stdconv.sweep(tmp_path) == [aside]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_a_run_is_working_on_stays(tmp_path: Path) -> None:
    with AtomicOutput(tmp_path / "run", is_folder=True) as output:
        assert stdconv.sweep(tmp_path) == []
        (output.work / "who").write_text("new", encoding="utf-8")
        output.commit()
    assert (tmp_path / "run" / "who").exists()


def test_a_pipe_under_such_a_name_is_nothing_of_ours(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f".a.stdconv-{MARK}")
    assert stdconv.sweep(tmp_path) == []


def test_what_cannot_be_removed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = left(tmp_path, f".a.stdconv-{MARK}")
    monkeypatch.setattr(atomic, "_remove", lambda path: None)
    with pytest.raises(stdconv.UnreadableError, match="C0089") as caught_:
        stdconv.sweep(tmp_path)
    assert stuck.name in str(caught_.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(stdconv.UnreadableError, match="C0003"):
        stdconv.sweep(tmp_path / "none")


@pytest.mark.e2e
@pytest.mark.slow
def test_a_run_killed_in_the_middle_is_swept(tmp_path: Path) -> None:
    data = (EXAMPLES / "vendor_a.csv").read_bytes()
    head, *lines = data.splitlines(keepends=True)
    (tmp_path / "in.csv").write_bytes(head + b"".join(lines) * 5000)
    out = tmp_path / "out"
    out.mkdir()
    process = caught(
        ".run.stdconv-*/*",
        out / "run",
        "convert",
        tmp_path / "in.csv",
        "-m",
        "vendor-a/resident-link",
        "-o",
        out / "run",
    )
    assert stdconv.sweep(out) == []
    process.kill()
    process.communicate()
    assert len(stdconv.sweep(out)) == 1
    assert list(out.iterdir()) == []
