"""A disk that fails while results are written or synced: refused in coded words, and everything is as it was."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from stdconv.runs.atomic import AtomicOutput
from support.paths import EXAMPLES

pytestmark = pytest.mark.slow

A, B, LINK = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"
COMMANDS = {
    "convert": ("convert", "in.csv", "-m", A, "-o", "out/run"),
    "restore": ("restore", "run", "-o", "out/x.csv", "--lookups"),
    "relay": ("restore", "standard.csv", "-m", B, "-o", "out/x.csv"),
    "sample": ("sample", "-m", A, "--rows", "3", "--seed", "1", "-o", "out/x.csv", "--lookup", "households=out/h.csv"),
    "validate": ("validate", "standard.csv", "-s", LINK, "-o", "out/run"),
    "report": ("validate", "standard.csv", "-s", LINK, "--report", "json=out/r", "--report", "csv=out/s"),
}
OLDER = {"in.csv": "none.csv", "standard.csv": "no-standard.csv", "run": "empty", "3": "1"}
"""What to write in a command for another result than its own."""
STREAMED = ("x.csv.refused.csv", "x.csv.refused-causes.csv")
"""What is written while ``x.csv`` is, beside it: the refusal names that one."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what commands read; and of each command the results, and those to be replaced by them."""
    folder = tmp_path_factory.mktemp("made")
    for name, source in (("in.csv", "vendor_a.csv"), ("standard.csv", "standard.csv")):
        data = (EXAMPLES / source).read_bytes()
        (folder / name).write_bytes(data)
        (folder / OLDER[name]).write_bytes(data[: data.index(b"\n") + 1])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for file, result in (("in.csv", "run"), ("none.csv", "empty")):
            done(["convert", file, "-m", A, "-o", result])
        for name, words in COMMANDS.items():
            for kind, line in (("old", [OLDER.get(word, word) for word in words]), ("new", [*words])):
                (folder / "out").mkdir()
                done(line)
                (folder / "out").rename(folder / f"{name}-{kind}")
    return folder


def done(line: list[str]) -> None:
    assert run(line) in (0, 1), line


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files in a folder with what is in them; not what depends on the moment."""
    files = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name != "run.json"}


def before(name: str, made: Path, *, is_there: bool) -> tuple[list[str], dict[str, bytes]]:
    """Make ``out`` what it is before a command; returns its line and what is in ``out``."""
    out = made / "out"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(made / f"{name}-old", out) if is_there else out.mkdir()
    return [*COMMANDS[name], *(["--force"] if is_there and name != "report" else [])], contents(out)


def failing_at(number: int, synced: list[Path]) -> Callable[[int], None]:
    """Return an fsync that fails at the call ``number`` and lists what it was asked for."""

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        if len(synced) == number:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    return fsync


def target(working: Path, out: Path) -> Path:
    """Return what was being made at ``working``, or with it."""
    return out / working.relative_to(out).parts[0][1:].rpartition(".stdconv-")[0]


def refusal(name: str, output: Path) -> str:
    return f"C0052 report-not-written: The report {output} " if name == "report" else f"C0009 cannot-write: {output} "


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what is synced is seen in /proc")
@pytest.mark.parametrize("is_there", [False, True], ids=["anew", "replacing"])
@pytest.mark.parametrize("name", COMMANDS)
def test_where_a_sync_fails_the_old_ones_stand_or_the_new_ones_are_said_to(
    name: str, is_there: bool, made: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(made)
    monkeypatch.setenv("STDCONV_LANG", "en")
    out, new, synced = made / "out", contents(made / f"{name}-new"), [Path()]
    number = 0
    while number <= len(synced):
        number, synced = number + 1, list[Path]()
        line, old = before(name, made, is_there=is_there)
        monkeypatch.setattr(os, "fsync", failing_at(number, synced))
        capfd.readouterr()
        code, said = run(line), capfd.readouterr().err
        if len(synced) < number:
            assert (code, contents(out)) == (code & 1, new)
        elif synced[-1] == out:
            assert (code, "C0049 " in said) == (4, True), said
            assert contents(out) == new
        else:
            assert (code, refusal(name, target(synced[-1], out)) in said) == (3, True), said
            assert os.strerror(errno.EIO) in said
            assert contents(out) == old
    assert number > 2, "files and the folder that they are in are synced"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("is_there", [False, True], ids=["anew", "replacing"])
@pytest.mark.parametrize("name", COMMANDS)
def test_where_a_file_finds_no_room_everything_is_as_it_was(
    name: str, is_there: bool, made: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each file in turn is one to which nothing can be written: the system says so when it is closed, or before."""
    monkeypatch.chdir(made)
    monkeypatch.setenv("STDCONV_LANG", "en")
    make = AtomicOutput._make
    out = made / "out"
    new = made / f"{name}-new"
    for full in (path.relative_to(new) for path in sorted(new.rglob("*")) if not path.is_dir()):
        output = out / full.parts[0]

        def made_full(self: AtomicOutput, full: Path = full, output: Path = output) -> bool:
            is_made = make(self)
            if self.path == output:
                file = self.work.joinpath(*full.parts[1:])
                file.unlink(missing_ok=True)
                file.symlink_to("/dev/full")
            return is_made

        line, old = before(name, made, is_there=is_there)
        monkeypatch.setattr(AtomicOutput, "_make", made_full)
        capfd.readouterr()
        code, said = run(line), capfd.readouterr().err
        written = out / "x.csv" if full.name in STREAMED else output
        assert (code, refusal(name, written) in said) == (3, True), (full, said)
        assert os.strerror(errno.ENOSPC) in said
        assert contents(out) == old
