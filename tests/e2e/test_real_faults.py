"""What really goes wrong on machines: full and read-only disks, limits, other runs at the same time."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from stdconv.runs.manifest import verify
from support.commandline import Ended, command, ran, stdconv, surroundings
from support.links import RIGHT_IN_A, a_file
from support.paths import EXAMPLES

pytestmark = pytest.mark.e2e

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
STANDARD = EXAMPLES / "standard.csv"
RECORD = a_file(RIGHT_IN_A).split(b"\r\n")[1] + b"\r\n"


def mounted(folder: Path, *options: str) -> Callable[[], object]:
    """Mount a small disk at ``folder``; returns what takes it away. Skips where this user may not."""
    folder.mkdir(exist_ok=True)
    if shutil.which("mount") is None:
        pytest.skip("this system has no mount")
    if ran("mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder, folder=None).returncode:
        pytest.skip("this user may not mount disks")
    return lambda: ran("umount", "-l", folder, folder=None)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Return a disk with room for 256 KiB."""
    unmount = mounted(tmp_path / "small", "size=256k")
    yield tmp_path / "small"
    unmount()


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a disk that cannot be written to, with a run folder, a file and a report on it."""
    folder = tmp_path_factory.mktemp("sealed") / "disk"
    unmount = mounted(folder, "size=1m")
    (folder / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    stdconv_here("convert", folder / "in.csv", "-m", A, "-o", folder / "run")
    (folder / "r.json").write_bytes((folder / "run" / "report.json").read_bytes())
    assert ran("mount", "-o", "remount,ro", folder, folder=None).returncode == 0
    yield folder
    unmount()


def stdconv_here(*words: object, code: int = 0) -> None:
    """Run stdconv in this process, where it is not what is tested."""
    assert run([str(word) for word in words]) == code


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def told(done: Ended, code: int, *words: object) -> None:
    """Fail unless a command ended with ``code``, in coded words, with all of ``words`` in them."""
    assert done.returncode == code, done.stderr
    assert all(str(word) in done.stderr for word in words), done.stderr
    for line in ("Traceback", "C0099", "panicked"):
        assert line not in done.stderr


@pytest.mark.parametrize("format_", ["csv", "parquet", "ndjson"])
def test_a_full_disk_is_named_with_the_target_and_nothing_is_left(format_: str, small: Path, tmp_path: Path) -> None:
    lines = (RIGHT_IN_A.replace("1000000001", f"{number * 48_271 % 2**31:010}") for number in range(1, 60_000))
    (tmp_path / "in.csv").write_bytes(a_file(*lines))
    words = ("convert", tmp_path / "in.csv", "-m", A, "-o", small / "run", "--format", format_)
    told(stdconv(*words), 3, f"C0009 cannot-write: {small / 'run'} ", "No space left on device")
    assert names(small) == []


def test_a_full_disk_leaves_what_was_to_be_replaced(small: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    stdconv_here("convert", tmp_path / "in.csv", "-m", A, "-o", small / "run")
    before = (small / "run" / "manifest.json").read_bytes()
    (tmp_path / "in.csv").write_bytes(a_file() + RECORD * 20_000)
    done = stdconv("convert", tmp_path / "in.csv", "-m", A, "-o", small / "run", "--force")
    told(done, 3, f"C0009 cannot-write: {small / 'run'} ")
    assert names(small) == ["run"]
    assert (small / "run" / "manifest.json").read_bytes() == before
    verify(small / "run")


def test_a_full_disk_keeps_files_that_belong_together_away(small: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file() + RECORD * 20_000)
    stdconv_here("convert", tmp_path / "in.csv", "-m", A, "-o", tmp_path / "run", code=1)
    for words in (
        ("restore", tmp_path / "run", "-o", small / "x.csv", "--lookups"),
        ("restore", tmp_path / "run" / "standard.csv", "-m", B, "-o", small / "x.csv"),
        ("sample", "-m", A, "--rows", "20000", "--seed", "1", "-o", small / "x.csv"),
    ):
        told(stdconv(*words), 3, f"C0009 cannot-write: {small / 'x.csv'}", "No space left on device")
        assert names(small) == []


def test_a_report_that_finds_no_room_leaves_the_earlier_one_and_the_result(small: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    words = ("convert", tmp_path / "in.csv", "-m", A, "--report", f"sarif={small / 'r'}", "-o")
    stdconv_here(*words, tmp_path / "one")
    before = (small / "r").read_bytes()
    with (small / "full").open("wb") as file, pytest.raises(OSError, match="No space"):
        file.write(bytes(1 << 20))
    told(stdconv(*words, tmp_path / "two"), 3, f"C0052 report-not-written: The report {small / 'r'} ", "accepted 1")
    assert (small / "r").read_bytes() == before
    assert names(small) == ["full", "r"]
    verify(tmp_path / "two")


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (f"convert in.csv -m {A} -o new", "new"),
        (f"convert in.csv -m {A} -o run --force", "run"),
        ("restore run -o x.csv", "x.csv"),
        (f"restore run/standard.csv -m {B} -o x.csv", "x.csv"),
        (f"sample -m {A} --rows 1 --seed 1 -o x.csv", "x.csv"),
        ("validate run/standard.csv -s resident-link/1.0 -o new", "new"),
        ("validate run/standard.csv -s resident-link/1.0 --report json=r.json", "r.json"),
        ("validate run/standard.csv -s resident-link/1.0 --report json=new.json", "new.json"),
    ],
)
def test_what_cannot_be_written_to_is_said_before_anything_is_done(line: str, target: str, sealed: Path) -> None:
    done = ran(*command(*line.split()), folder=sealed)
    told(done, 3, sealed / target, "Read-only file system")
    assert "C0053" not in done.stderr
    assert names(sealed) == ["in.csv", "r.json", "run"]


def test_a_disk_that_becomes_read_only_leaves_what_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    unmount = mounted(folder, "size=1m")
    program = f"""
import subprocess, sys
from pathlib import Path
from stdconv.errors import StdconvError
from stdconv.runs.atomic import AtomicOutput
try:
    with AtomicOutput(Path({str(folder / "run")!r}), is_folder=True) as output:
        (output.work / "who").write_text("new")
        subprocess.run(["mount", "-o", "remount,ro", {str(folder)!r}], check=True)
        output.commit()
except StdconvError as error:
    print([fault.code for fault in error.faults], str(error))
"""
    done = ran(sys.executable, "-c", program, folder=None)
    try:
        (left,) = names(folder)
    finally:
        unmount()
    assert done.stderr == ""
    assert done.stdout.startswith("['C0009', 'C0053']")
    assert str(folder / left) in done.stdout


def limited(limit: int, value: int, *words: object) -> Ended:
    """Run stdconv where the system grants it no more than ``value`` of something."""
    return subprocess.run(
        command(*words),
        env=surroundings(STDCONV_LANG="en"),
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=lambda: resource.setrlimit(limit, (value, value)),
    )


@pytest.mark.parametrize("files", [6, 7, 8, 9, 10, 11])
def test_few_open_files_are_no_bug_and_leave_nothing(files: int, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    done = limited(resource.RLIMIT_NOFILE, files, "convert", tmp_path / "in.csv", "-m", A, "-o", tmp_path / "run")
    told(done, 0 if (tmp_path / "run").exists() else 3)
    assert done.returncode == 0 or "C0054" in done.stderr
    assert set(names(tmp_path)) <= {"in.csv", "run"}


def test_little_memory_is_said_before_anything_is_begun(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    words = ("convert", tmp_path / "in.csv", "-m", A, "-o", tmp_path / "run")
    told(limited(resource.RLIMIT_AS, 600 << 20, *words), 3, "C0057", "600 MiB")
    assert names(tmp_path) == ["in.csv"]


def test_a_file_may_not_grow_beyond_a_limit(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file() + RECORD * 20_000)
    words = ("convert", tmp_path / "in.csv", "-m", A, "-o", tmp_path / "run")
    told(limited(resource.RLIMIT_FSIZE, 1 << 18, *words), 3, f"C0009 cannot-write: {tmp_path / 'run'} ", "too large")
    assert names(tmp_path) == ["in.csv"]


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_runs_to_one_target_at_the_same_time_leave_one_whole_result(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    words = ("convert", tmp_path / "in.csv", "-m", A, "-o", tmp_path / "run", *options)
    if options:
        stdconv_here(*words)
    processes = [
        subprocess.Popen(command(*words), env=surroundings(), stderr=subprocess.PIPE, encoding="utf-8")
        for _ in range(4)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in processes]
    assert sorted(code for _, code in ended) == ([0] * 4 if options else [0, 2, 2, 2]), ended
    assert all("C0002" in err for err, code in ended if code == 2)
    assert names(tmp_path) == ["in.csv", "run"]
    verify(tmp_path / "run")


IMPORTED = """
import os, signal, sys
count = 0


def hook(event, arguments):
    global count
    if event == "import" and ("stdconv.cli.entry" in sys.modules and hasattr(sys.modules["stdconv.cli.entry"], "main")):
        count += 1
        if count == int(os.environ["MOMENT_AT"]):
            os.kill(os.getpid(), signal.SIGINT)


sys.addaudithook(hook)
"""


@pytest.mark.parametrize("at", [1, 2, 5, 20, 100, 200, 300])
def test_a_signal_while_modules_are_imported_shows_no_traceback(at: int, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file(RIGHT_IN_A))
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(IMPORTED, encoding="utf-8")
    done = subprocess.run(
        command("convert", tmp_path / "in.csv", "-m", A, "-o", tmp_path / "run"),
        env=surroundings(PYTHONPATH=str(tmp_path / "hook"), MOMENT_AT=str(at), STDCONV_LANG="en"),
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.startswith("C0020 interrupted: ")
    assert done.stderr.count("\n") == 1
    assert names(tmp_path) == ["hook", "in.csv"]


def test_hardly_anything_is_imported_before_signals_are_taken() -> None:
    """Until then an interruption shows Python's traceback; what starts the command has imported `re` already."""
    program = (
        "import re, signal, sys; known = {*sys.modules}; import stdconv.cli; print(*sorted({*sys.modules} - known))"
    )
    imported = set(ran(sys.executable, "-I", "-c", program, folder=None).stdout.split())
    assert imported - {"__future__", "errno"} == {"stdconv", "stdconv.cli", "stdconv.cli.entry", "stdconv.version"}


def test_an_output_of_stdout_that_has_no_room_is_no_bug() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("show", "code", "E0001"),
            env=surroundings(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    told(done, 3, "C0054", os.strerror(28))
