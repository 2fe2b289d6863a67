"""Measures stdconv on a synthetic A社 file, as whole processes, beside what else there is on the same file.

    python bench/run.py [--profile small|large] [--rows N] [--runs N] [--keep DIR]

Prints medians and ratios, and writes bench/results/<profile>.json and .md. Times are wall-clock, imports included; the
cases of one round run one after the other, so that a busy machine is busy for all of them. Nothing here passes or fails
by a time: machines differ. What must be equal is compared, and a difference ends the bench.
"""

from __future__ import annotations

import argparse
import filecmp
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
STDCONV = (sys.executable, "-m", "stdconv")
RIVALS = (sys.executable, str(HERE / "rivals.py"))
MAPPING = "vendor-a/resident-link"
SCHEMA = "resident-link/1.0"
PROFILES = {"small": (200_000, 3), "large": (1_000_000, 3)}
BASE = "pass-through"
EVERY = 0.03
"""Seconds between two looks at the memory of a process tree."""


@dataclass(frozen=True)
class Case:
    """One thing measured: ``makes`` is removed before each run, ``same_as`` must equal the last of it afterwards."""

    name: str
    what: str
    command: tuple[str, ...]
    makes: tuple[Path, ...] = ()
    same_as: Path | None = None
    is_startup: bool = False


@dataclass
class Measured:
    """What the runs of a case took: seconds of wall clock and of processor, peak memory of the process tree in MiB."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def cases(folder: Path, rows: int) -> Iterator[Case]:
    """Yield what is measured, in an order in which each finds its input."""
    legacy, utf8, run = folder / "a.csv", folder / "a.utf8.csv", folder / "run"
    again, other, standard = folder / "again.csv", folder / "other.csv", run / "standard.csv"
    passed, plain, frame = folder / "passed.csv", folder / "plain.csv", folder / "frame.csv"
    sample = ("sample", "-m", MAPPING, "--rows", str(rows), "--seed", "1", "-o", str(other))
    relay = (
        "restore",
        str(standard),
        "-m",
        "vendor-b/resident-link",
        "-o",
        str(folder / "b.csv"),
        "--fail-on",
        "never",
    )
    beside = tuple(folder / f"b.csv{suffix}" for suffix in ("", ".names.csv", ".refused.csv", ".report.json"))
    yield Case("bare interpreter", "python -c pass", (sys.executable, "-c", "pass"), is_startup=True)
    yield Case("--help", "stdconv --help", (*STDCONV, "--help"), is_startup=True)
    yield Case(BASE, "polars, the CP932 file as lossy UTF-8", (*RIVALS, "pass", str(legacy), str(passed)), (passed,))
    yield Case("pass-through, UTF-8", "polars", (*RIVALS, "pass", str(utf8), str(passed)), (passed,))
    convert = (*STDCONV, "convert", str(legacy), "-m", MAPPING, "-o", str(run))
    yield Case("convert", "guard, schema, residue, findings, hashes", convert, (run,))
    yield Case("restore", "hashes checked", (*STDCONV, "restore", str(run), "-o", str(again)), (again,), legacy)
    yield Case("restore -m", "into B社's layout, which refuses foreigners", (*STDCONV, *relay), beside)
    yield Case("validate", "checks and unique keys", (*STDCONV, "validate", str(standard), "-s", SCHEMA))
    yield Case("sample", "as many records again", (*STDCONV, *sample), (other,), legacy)
    yield Case("csv module", "translations only", (*RIVALS, "csv", str(legacy), str(plain)), (plain,), standard)
    if importlib.util.find_spec("pandas"):
        yield Case("pandas", "translations only", (*RIVALS, "pandas", str(legacy), str(frame)), (frame,), standard)


def measure(case: Case, measured: Measured) -> None:
    """Run ``case`` once in processes of its own."""
    for path in case.makes:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    start = time.perf_counter()
    process = subprocess.Popen(case.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = _Peak(process.pid)
    peak.start()
    assert process.stderr is not None
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    peak.stop()
    if process.returncode:
        sys.exit(f"bench: {case.name} ended with {process.returncode}: {message.decode(errors='replace')[-2000:]}")
    if case.same_as and not filecmp.cmp(case.makes[-1], case.same_as, shallow=False):
        sys.exit(f"bench: {case.name} did not give {case.same_as.name}")
    measured.seconds.append(seconds)
    measured.processor.append(usage.ru_utime + usage.ru_stime)
    measured.memory.append((peak.bytes or usage.ru_maxrss * 1024) / 2**20)


class _Peak(threading.Thread):
    """Looks now and then at how much memory a process and all that come from it hold together, and held at most alone.

    Pages that they share count once for each. Without /proc nothing is seen.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.bytes = 0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            held = [_held(pid) for pid in tree(self.pid)]
            self.bytes = max(self.bytes, sum(now for now, _ in held), *(most for _, most in held))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def tree(pid: int) -> list[int]:
    """Return ``pid`` and all processes that come from it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(stat.parent.name))
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += parents.get(found[-1], [])
    return found


def _held(pid: int) -> tuple[int, int]:
    """Return how many bytes of memory a process holds, and held at most so far."""
    try:
        lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines())
        found = {words[0]: int(words[1]) * 1024 for words in lines if words and words[0] in ("VmRSS:", "VmHWM:")}
    except OSError:
        return 0, 0
    return found.get("VmRSS:", 0), found.get("VmHWM:", 0)


def table(measured: dict[Case, Measured], rows: int) -> Iterator[list[str]]:
    """Yield the printed table, line by line; ratios are to the pass-through, those of start-up to the interpreter."""
    yield ["", "seconds", "ratio", "processor s", "records/s", "MiB", "what"]
    medians = {case: statistics.median(found.seconds) for case, found in measured.items()}
    bare, base = (next(s for c, s in medians.items() if c.name == name) for name in ("bare interpreter", BASE))
    for case, found in measured.items():
        yield [
            case.name,
            f"{medians[case]:.3f}" if case.is_startup else f"{medians[case]:.2f}",
            f"{medians[case] / (bare if case.is_startup else base):.2f}",
            f"{statistics.median(found.processor):.2f}",
            "" if case.is_startup else f"{rows / medians[case]:,.0f}",
            "" if case.is_startup else f"{max(found.memory):.0f}",
            case.what,
        ]


def markdown(lines: list[list[str]], about: dict[str, object]) -> str:
    """Return the table with what was measured where."""
    head, *body = lines
    shown = [head, ["---", *["---:"] * 5, "---"], *body]
    machine = ", ".join(f"{key} {value}" for key, value in about.items())
    note = (
        "Medians of whole processes, imports included; memory is the highest of all runs. Ratios are to polars' "
        "pass-through of the same file, those of the first two lines to the bare interpreter. The csv module and "
        "pandas translate only: no guard, no schema, no residue, no findings."
    )
    return "\n".join(["| " + " | ".join(line) + " |" for line in shown] + ["", f"{note}", "", machine, ""])


def about(rows: int, runs: int, legacy: Path) -> dict[str, object]:
    """Return what the figures depend on."""
    versions = {name: importlib.metadata.version(name) for name in ("stdconv", "polars")}
    return {
        "date": time.strftime("%Y-%m-%d"),
        "records": f"{rows:,}",
        "bytes": f"{legacy.stat().st_size:,}",
        "runs": runs,
        "cores": os.cpu_count(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        **versions,
    }


def bench(folder: Path, rows: int, runs: int, say: Callable[[str], None]) -> dict[Case, Measured]:
    """Make the files and measure every case ``runs`` times, round by round."""
    legacy = folder / "a.csv"
    say(f"sampling {rows:,} records")
    sample = (*STDCONV, "sample", "-m", MAPPING, "--rows", str(rows), "--seed", "1", "-o", str(legacy))
    subprocess.run(sample, check=True, stderr=subprocess.DEVNULL)
    (folder / "a.utf8.csv").write_text(legacy.read_text("cp932"), "utf-8", newline="")
    measured = {case: Measured() for case in cases(folder, rows)}
    for number in range(runs):
        for case, found in measured.items():
            measure(case, found)
            say(f"run {number + 1} of {runs}: {case.name} {found.seconds[-1]:.2f} s")
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure stdconv beside what else there is.")
    parser.add_argument("--profile", choices=PROFILES, default="small")
    parser.add_argument("--rows", type=int, help="records, instead of the profile's")
    parser.add_argument("--runs", type=int, help="runs of each case, instead of the profile's")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it (default: a temporary one)")
    options = parser.parse_args()
    rows, runs = options.rows or PROFILES[options.profile][0], options.runs or PROFILES[options.profile][1]
    folder = options.keep or Path(tempfile.mkdtemp(prefix="stdconv-bench-"))
    if options.keep:
        folder.mkdir(parents=True)
    try:
        measured = bench(folder, rows, runs, lambda text: print(text, file=sys.stderr))
        facts = about(rows, runs, folder / "a.csv")
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    text = markdown(list(table(measured, rows)), facts)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / f"{options.profile}.md").write_text(text, encoding="utf-8")
    figures = {case.name: asdict(found) for case, found in measured.items()}
    document = json.dumps({"about": facts, "cases": figures}, ensure_ascii=False, indent=2)
    (results / f"{options.profile}.json").write_text(document + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
