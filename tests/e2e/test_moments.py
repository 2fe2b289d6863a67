"""A ``--force`` run that is stopped at any moment: the old or the new one stands at its name, whole.

All moments are tried in ``make nightly``, some of them in ``make test``.
"""

from __future__ import annotations

import random
import shutil
import signal
from pathlib import Path
from typing import TypeAlias

import pytest

from stdconv.cli.entry import run
from stdconv.runs.manifest import verify
from support.commandline import command, ran, stdconv
from support.links import RIGHT_IN_A, a_file, standard_file
from support.moments import watched
from support.nightly import IS_NIGHTLY
from support.paths import EXAMPLES

pytestmark = pytest.mark.e2e

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
CONVERT = ("convert", "new.csv", "-m", A, "-o", "run", "--force")
RELAY = ("restore", "new-standard.csv", "-m", B, "-o", "out.csv", "--force")
MOMENTS = 30
Case: TypeAlias = tuple[str, int, bool]
"""The signal, which one of ``MOMENTS``, and whether the system can exchange names in one step."""

CASES: list[Case] = [
    (name, moment, has_exchange)
    for has_exchange in (True, False)
    for name in ("SIGKILL", "SIGTERM", "SIGHUP")
    for moment in range(MOMENTS)
]


def some(count: int) -> list[Case]:
    return CASES if IS_NIGHTLY else random.Random(20261130).sample(CASES, count)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what is to be replaced, and what a new run is made from."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "old.csv").write_bytes(a_file(RIGHT_IN_A))
    (folder / "new.csv").write_bytes((EXAMPLES / "vendor_a.csv").read_bytes())
    (folder / "new-standard.csv").write_bytes((EXAMPLES / "standard.csv").read_bytes())
    (folder / "old-standard.csv").write_bytes(standard_file())
    for words in (
        ("convert", folder / "old.csv", "-m", A, "-o", folder / "run"),
        ("convert", folder / "new.csv", "-m", A, "-o", folder / "as-new"),
        ("restore", folder / "old-standard.csv", "-m", B, "-o", folder / "out.csv"),
    ):
        assert run([str(word) for word in words]) == 0
    return folder


@pytest.fixture(scope="module")
def counts(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, bool], int]:
    """Return how many moments a run has that nothing disturbs, by command and by what the system can do."""
    found = {}
    for words, start in ((CONVERT, ".run.stdconv-"), (RELAY, ".out.csv")):
        for has_exchange in (True, False):
            folder = tmp_path_factory.mktemp("counted") / "copy"
            shutil.copytree(made, folder)
            done = watched(folder, words, start, has_exchange=has_exchange)
            assert done.returncode == 0, done.stderr
            found[words[0], has_exchange] = done.stdout.count(".")
    return found


def at(moment: int, count: int) -> int:
    """Return where one of ``MOMENTS`` is among ``count``: half of them in the last third, where names change."""
    half = MOMENTS // 2
    first, last = (1, count * 2 // 3) if moment < half else (count * 2 // 3, count)
    return first + (last - first) * (moment % half) // half


def whole(folder: Path) -> str:
    """Return which run folder this is; fails where it is not whole."""
    counts = verify(folder / "run").counts
    standard = (folder / "run" / "standard.csv").read_bytes()
    assert counts.refused == 0
    return "new" if standard == (folder / "as-new" / "standard.csv").read_bytes() else "old"


def beside(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.startswith(".")}


@pytest.mark.parametrize("case", some(9), ids=str)
def test_a_run_folder_is_the_old_or_the_new_one_whenever_a_signal_comes(
    case: Case, made: Path, counts: dict[tuple[str, bool], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, moment, has_exchange = case
    folder, number = tmp_path / "copy", getattr(signal, name)
    shutil.copytree(made, folder)
    moment = at(moment, counts["convert", has_exchange])
    done = watched(folder, CONVERT, ".run.stdconv-", at=moment, sent=number, has_exchange=has_exchange)
    assert "Traceback" not in done.stderr
    if name == "SIGKILL":
        assert done.returncode == -number
        if not has_exchange:  # the next run, which replaces nothing, puts back what was aside
            assert "C0002" in stdconv("convert", folder / "new.csv", "-m", A, "-o", folder / "run").stderr
    else:
        assert (done.returncode, "C0020" in done.stderr) == (4, True), done.stderr
        assert beside(folder) == set()
    assert whole(folder) in ("old", "new")
    monkeypatch.chdir(folder)
    assert run(list(CONVERT)) == 0
    assert (whole(folder), beside(folder)) == ("new", set())


@pytest.mark.parametrize("case", some(6), ids=str)
def test_files_that_belong_together_are_all_old_or_all_new_whenever_a_signal_comes(
    case: Case, made: Path, counts: dict[tuple[str, bool], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, moment, has_exchange = case
    folder, number = tmp_path / "copy", getattr(signal, name)
    shutil.copytree(made, folder)
    names = [path.name for path in folder.glob("out.csv*")]
    old = {name: (folder / name).read_bytes() for name in names}
    moment = at(moment, counts["restore", has_exchange])
    done = watched(folder, RELAY, ".out.csv", at=moment, sent=number, has_exchange=has_exchange)
    assert "Traceback" not in done.stderr
    if name == "SIGKILL" and not has_exchange:
        assert "C0002" in ran(*command(*RELAY[:-1]), folder=folder).stderr
    after = {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
    monkeypatch.chdir(folder)
    assert run(list(RELAY)) == 0
    assert beside(folder) == set()
    new = {name: (folder / name).read_bytes() for name in names}
    if name == "SIGKILL":  # each is whole; that they change together is more than any system gives
        assert done.returncode == -number
        assert all(after[name] in (old[name], new[name]) for name in after)
        assert after.keys() == old.keys() or not has_exchange
    else:
        assert (done.returncode, "C0020" in done.stderr) == (4, True), done.stderr
        assert after in (old, new)
