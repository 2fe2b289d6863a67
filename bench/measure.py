"""Runs a case once in processes of its own, and takes its time and the memory of all its processes together."""

from __future__ import annotations

import filecmp
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from cases import Case

FIRST, EVERY = 0.001, 0.03
"""Seconds until the first look at the memory of a process tree, and between two later ones."""


@dataclass
class Measured:
    """What the runs of a case took: seconds of wall clock and of processor, peak memory of the process tree in MiB."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def measure(case: Case, measured: Measured) -> None:
    """Run ``case`` once; ends the bench if it fails, or does not give what it must."""
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
    if process.returncode != case.ends:
        sys.exit(f"bench: {case.name} ended with {process.returncode}: {message.decode(errors='replace')[-2000:]}")
    for made, wanted in case.same:
        if not filecmp.cmp(made, wanted, shallow=False):
            sys.exit(f"bench: {case.name} ({case.file}) did not give {wanted}")
    measured.seconds.append(seconds)
    measured.processor.append(usage.ru_utime + usage.ru_stime)
    measured.memory.append((peak.bytes or usage.ru_maxrss * 1024) / 2**20)


class _Peak(threading.Thread):
    """Looks now and then at how much memory a process and all that come from it hold together, and held at most alone.

    Looks come sooner at first, for what ends soon. Pages that they share count once for each. Without /proc nothing is
    seen; what the system says at the end may be the memory of the bench itself, from before the command replaced it.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.bytes = 0
        self._ended = threading.Event()

    def run(self) -> None:
        pause = FIRST
        while not self._ended.wait(pause):
            pause = min(2 * pause, EVERY)
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
