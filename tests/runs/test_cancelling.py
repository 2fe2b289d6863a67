"""Runs that are ended from outside: nothing at the target and beside it, nothing open, and how far they say they are."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from stdconv.errors import DefinitionError
from stdconv.runs.account import Account
from stdconv.runs.sample import sample_file
from stdconv.standard.dataset import Dataset
from support.links import STANDARD_COLUMNS
from support.nightly import by_day

pytestmark = pytest.mark.slow

A, B, LINK = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"
MOMENTS = 20
"""At how many moments a run is ended by night; by day at a third of them, with each function at others."""
RECORDS = 250


@pytest.fixture(scope="module", autouse=True)
def _small_portions() -> Iterator[None]:
    """Have files read in many small portions, so that small files have many moments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stdconv.runs.convert.usual", lambda _: 2000)
        patch.setattr("stdconv.layouts.files.BATCH", 4000)
        for module in ("files", "beginnings"):
            patch.setattr(f"stdconv.layouts.{module}.ENOUGH", 1000)
        patch.setattr("stdconv.standard.files.SIZE", 1500)
        patch.setattr("stdconv.standard.files.CHUNK", 15)
        for keeping in (Account, Dataset):
            patch.setitem(keeping.__init__.__kwdefaults__ or {}, "keep", 0)
        for name in ("RANGE", "LEAST"):
            patch.setattr(f"stdconv.runs.folder.{name}", 15)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, _small_portions: None) -> Path:
    """Return a folder with what the functions read: a legacy file, run folders of it, and standard files."""
    folder = tmp_path_factory.mktemp("made")
    households = folder / "households.csv"
    sample_file(stdconv.load_mapping(A), RECORDS, 3, folder / "in.csv", lookups={"households": households})
    for kind in ("csv", "parquet", "ndjson"):
        stdconv.convert_file(
            folder / "in.csv", A, folder / kind, lookups={"households": households}, format=kind, force=True
        )
        frame = pl.read_parquet(folder / "parquet" / "standard.parquet") if (folder / "parquet").exists() else None
    assert frame is not None
    twice = pl.concat([frame, frame.head(20)]).drop("_row")
    twice.write_csv(folder / "standard.csv")
    twice.write_parquet(folder / "standard.parquet")
    twice.write_ndjson(folder / "standard.ndjson")
    return folder


def converted(made: Path, out: Path, **given: Any) -> object:
    return stdconv.convert_file(
        made / "in.csv", A, out / "run", lookups={"households": made / "households.csv"}, **given
    )


FUNCTIONS: dict[str, Callable[..., object]] = {
    "convert": converted,
    "convert to parquet": lambda made, out, **given: converted(made, out, format="parquet", **given),
    "convert one by one": lambda made, out, **given: converted(made, out, jobs=1, **given),
    "restore": lambda made, out, **given: stdconv.restore_file(made / "csv", out / "x.csv", lookups=True, **given),
    "restore parquet": lambda made, out, **given: stdconv.restore_file(made / "parquet", out / "x.csv", **given),
    "relay": lambda made, out, **given: stdconv.relay_file(made / "standard.csv", B, out / "x.csv", **given),
    "relay own": lambda made, out, **given: stdconv.relay_file(
        made / "ndjson/standard.ndjson", A, out / "x.csv", **given
    ),
    "relay parquet": lambda made, out, **given: stdconv.relay_file(
        made / "standard.parquet", B, out / "x.csv", **given
    ),
    "validate": lambda made, out, **given: stdconv.validate_file(
        made / "standard.csv", LINK, folder=out / "run", **given
    ),
    "validate ndjson": lambda made, out, **given: stdconv.validate_file(
        made / "standard.ndjson", LINK, folder=out / "run", **given
    ),
    "validate parquet": lambda made, out, **given: stdconv.validate_file(
        made / "standard.parquet", LINK, folder=out / "run", jobs=3, **given
    ),
}


SUFFIXES = (".csv", ".parquet", ".ndjson")


class Asked:
    """A function that counts how often it is asked, and says at one of these times that the run is to end."""

    def __init__(self, moment: int | None = None) -> None:
        self.moment = moment
        self.count = 0
        self.threads: set[int] = set()

    def __call__(self) -> bool:
        self.count += 1
        self.threads.add(threading.get_ident())
        return self.count == self.moment


def evenly(count: int) -> list[int]:
    """Return so many moments as are tried, from the first of ``count`` to the last."""
    assert count >= MOMENTS, "too few moments to choose from"
    return [1 + (count - 1) * number // (MOMENTS - 1) for number in range(MOMENTS)]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_open() -> tuple[set[threading.Thread], list[str]]:
    """Return the threads of this process, polars' own left out, and the files that it has open for themselves."""
    targets = [link.readlink().name for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return set(threading.enumerate()), sorted(name for name in targets if name.endswith(SUFFIXES))


REPLACING = ("convert", "restore", "relay", "validate")
CASES = [*((name, False) for name in FUNCTIONS), *((name, True) for name in REPLACING)]


@pytest.mark.parametrize(("name", "is_there"), CASES)
def test_cancelled_at_any_moment_a_run_leaves_nothing(name: str, is_there: bool, made: Path, tmp_path: Path) -> None:
    function, asked = FUNCTIONS[name], Asked()
    function(made, tmp_path, cancel=asked)
    if not is_there:
        for path in sorted(tmp_path.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
    before = contents(tmp_path)
    assert asked.threads == {threading.get_ident()}
    running = is_open()
    for moment in by_day(evenly(asked.count), 3, first=CASES.index((name, is_there))):
        ending = Asked(moment)
        with pytest.raises(stdconv.Cancelled, match="C0088"):
            function(made, tmp_path, cancel=ending, force=is_there)
        assert ending.count == moment, "it is not asked again"
        assert contents(tmp_path) == before, moment
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted({Path(name).parts[0] for name in before})
        assert is_open() == running, moment


def test_verifying_can_be_cancelled(made: Path) -> None:
    asked = Asked()
    stdconv.verify(made / "csv", cancel=asked)
    for moment in (1, asked.count):
        with pytest.raises(stdconv.Cancelled):
            stdconv.verify(made / "csv", cancel=Asked(moment))


ERRORS = [OSError(28, "no space"), pl.exceptions.ComputeError("x"), ValueError("x"), DefinitionError([]), LookupError()]


RAISED = [
    pytest.param(name, argument, error, id=f"{name}-{argument}-{type(error).__name__}")
    for number, (name, argument) in enumerate(
        (name, argument) for name in FUNCTIONS for argument in ("progress", "cancel")
    )
    for error in by_day(ERRORS, 3, first=number)
]
"""Every function from each side, with another part of the errors."""


@pytest.mark.parametrize(("name", "argument", "error"), RAISED)
def test_what_a_function_raises_comes_out_as_it_is(
    name: str, argument: str, error: Exception, made: Path, tmp_path: Path
) -> None:
    calls = 0

    def fails(*_: object) -> bool:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise error
        return False

    with pytest.raises(type(error)) as caught:
        FUNCTIONS[name](made, tmp_path, **{argument: fails})
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_the_cause_of_what_a_function_raises_stays(made: Path, tmp_path: Path) -> None:
    def fails(_: stdconv.Progress) -> None:
        raise RuntimeError("outer") from KeyError("inner")

    with pytest.raises(RuntimeError) as caught:
        stdconv.relay_file(made / "standard.csv", B, tmp_path / "x.csv", progress=fails)
    assert isinstance(caught.value.__cause__, KeyError)


STAGES = {
    "convert": [("read", "bytes"), ("again", "bytes")],
    "convert to parquet": [("read", "bytes"), ("again", "records")],
    "restore": [("check", "bytes"), ("read", "records")],
    "relay": [("read", "bytes"), ("again", "bytes")],
    "validate": [("read", "bytes"), ("again", "bytes")],
    "validate parquet": [("read", "records"), ("again", "records")],
    "validate ndjson": [("read", "bytes"), ("again", "bytes")],
}


@pytest.mark.parametrize("name", STAGES)
def test_progress_grows_to_the_total_in_each_stage(name: str, made: Path, tmp_path: Path) -> None:
    if name.startswith("convert"):  # so that a rule about many records finds something
        data = (made / "in.csv").read_bytes()
        twice = tmp_path / "twice"
        twice.mkdir()
        (twice / "in.csv").write_bytes(data + b"".join(data.splitlines(keepends=True)[1:20]))
        (twice / "households.csv").write_bytes((made / "households.csv").read_bytes())
        made = twice
    told: list[stdconv.Progress] = []
    FUNCTIONS[name](made, tmp_path, progress=told.append)
    stages = [(stage, list(several)) for stage, several in groupby(told, key=lambda now: (now.stage, now.unit))]
    assert [stage for stage, _ in stages] == STAGES[name]
    for _, several in stages:
        assert len({now.total for now in several}) == 1
        assert [now.done for now in several] == sorted(now.done for now in several)
        assert 0 < several[0].done < several[-1].done == several[-1].total


def test_a_second_pass_of_a_relay_is_told_and_can_be_cancelled(made: Path, tmp_path: Path) -> None:
    """One resident with two family names needs two rows of vendor B's table of names for one key."""
    header, line = ",".join(STANDARD_COLUMNS), "1234567890,{},9876543,1,1,2024-03-01,{}　花子,2,3,1985-07-07"
    lines = [header, *(line.format(number, ("行政", "総務")[number % 2]) for number in range(1, 61)), ""]
    (tmp_path / "standard.csv").write_bytes("\r\n".join(lines).encode())
    told: list[stdconv.Progress] = []
    asked = Asked()
    report = stdconv.relay_file(tmp_path / "standard.csv", B, tmp_path / "x.csv", progress=told.append, cancel=asked)
    assert {total.code for total in report.findings} >= {"T0032"}
    assert [stage for stage, _ in groupby(now.stage for now in told)] == ["read", "again"]
    assert told[-1].done == told[-1].total
    for path in tmp_path.glob("x.csv*"):
        path.unlink()
    for moment in range(asked.count // 2, asked.count + 1):
        with pytest.raises(stdconv.Cancelled):
            stdconv.relay_file(tmp_path / "standard.csv", B, tmp_path / "x.csv", cancel=Asked(moment))
        assert [path.name for path in tmp_path.iterdir()] == ["standard.csv"]


def moments(name: str, made: Path, folder: Path) -> list[int]:
    """Return moments of a run, evenly from the first to the last, in no order."""
    asked = Asked()
    FUNCTIONS[name](made, folder, cancel=asked)
    return sorted(by_day(evenly(asked.count), 2, first=REPLACING.index(name)), key=lambda n: n % 7)


@pytest.mark.parametrize("name", REPLACING)
def test_cancelled_in_one_of_several_threads_a_run_leaves_nothing(name: str, made: Path, tmp_path: Path) -> None:
    """Every fourth run is not cancelled, and none of the others disturbs it."""
    function = FUNCTIONS[name]
    (whole := tmp_path / "whole").mkdir()
    every = moments(name, made, whole)
    folders = [tmp_path / f"{number}" for number in range(len(every) * 5 // 4 + 1)]
    for folder in folders:
        folder.mkdir()

    def work(number: int) -> str:
        is_whole = number % 5 == 0
        ending = Asked(None if is_whole else every[number - number // 5 - 1])
        try:
            function(made, folders[number], cancel=ending)
        except stdconv.Cancelled as error:
            return error.faults[0].code
        return "done"

    running = is_open()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(len(folders))))
    assert is_open() == running
    assert results == ["C0088" if number % 5 else "done" for number in range(len(folders))]
    for number, folder in enumerate(folders):
        names = {path.name for path in folder.rglob("*")}
        assert names == (set() if number % 5 else {path.name for path in whole.rglob("*")})


@pytest.mark.parametrize("name", REPLACING)
def test_cancelled_by_an_event_under_asyncio_a_run_leaves_nothing(name: str, made: Path, tmp_path: Path) -> None:
    """Events are set in the threads of the runs, so that the moment does not depend on the machine."""
    function = FUNCTIONS[name]
    told: list[stdconv.Progress] = []
    (whole := tmp_path / "whole").mkdir()
    function(made, whole, progress=told.append)
    assert len(told) >= MOMENTS // 2
    every = by_day([1 + (len(told) - 1) * number // (MOMENTS - 1) for number in range(MOMENTS)], 2)
    folders = [tmp_path / f"{number}" for number in range(len(every))]
    for folder in folders:
        folder.mkdir()

    async def run(number: int) -> object:
        event, left = threading.Event(), every[number]

        def progress(_: stdconv.Progress) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                event.set()

        return await asyncio.to_thread(function, made, folders[number], progress=progress, cancel=event.is_set)

    async def main() -> list[object]:
        return list(await asyncio.gather(*(run(number) for number in range(len(every))), return_exceptions=True))

    running = is_open()[1]
    results = asyncio.run(main())
    assert [type(result) for result in results] == [stdconv.Cancelled] * len(every)
    assert is_open()[1] == running, "errors that are kept keep no file open"
    assert [path for folder in folders for path in folder.iterdir()] == []


def test_several_threads_with_one_plan_do_not_disturb_each_other(made: Path, tmp_path: Path) -> None:
    plan = stdconv.load_mapping(A)

    def work(number: int) -> object:
        ending = Asked(15 if number % 2 else None)
        try:
            lookups = {"households": made / "households.csv"}
            return stdconv.convert_file(made / "in.csv", plan, tmp_path / f"{number}", lookups=lookups, cancel=ending)
        except stdconv.Cancelled as error:
            return error.faults[0].code

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(work, range(6)))
    assert [result for result in results if isinstance(result, str)] == ["C0088"] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "2", "4"]
    for name in ("0", "2", "4"):
        assert stdconv.verify(tmp_path / name).files == stdconv.verify(made / "csv").files


def test_a_task_of_asyncio_is_cancelled_by_an_event(made: Path, tmp_path: Path) -> None:
    event = threading.Event()
    told = 0

    def progress(_: stdconv.Progress) -> None:
        nonlocal told
        told += 1
        if told == 4:
            event.set()

    async def main() -> list[object]:
        stopped = asyncio.to_thread(converted, made, tmp_path, progress=progress, cancel=event.is_set)
        other = asyncio.to_thread(stdconv.restore_file, made / "csv", tmp_path / "x.csv")
        return list(await asyncio.gather(stopped, other, return_exceptions=True))

    stopped, other = asyncio.run(main())
    assert isinstance(stopped, stdconv.Cancelled)
    assert isinstance(other, stdconv.Manifest)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert told == 4
