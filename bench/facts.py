"""What figures depend on: when, with what, and on which machine they were measured."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Iterable
from pathlib import Path


def about(rows: int, runs: int, seconds: float, before: float) -> dict[str, object]:
    """Return what the figures depend on; ``before`` was the load when the bench began."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "command": " ".join(("python", f"bench/{Path(sys.argv[0]).name}", *sys.argv[1:])),
        "records": rows,
        "runs": runs,
        "whole bench": f"{seconds:.0f} s",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "load before": f"{before:.1f}",
        "load at the end": f"{load():.1f}",
        "python": platform.python_version(),
    }


def load() -> float:
    """Return how many processes wanted a processor in the last minute."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def installed(compared: Iterable[str]) -> dict[str, str]:
    """Return the versions of stdconv and of what is ``compared``; ends the bench if one of them is not installed."""
    try:
        return {name: importlib.metadata.version(name) for name in ("stdconv", *compared)}
    except importlib.metadata.PackageNotFoundError as error:
        sys.exit(f"bench: {error.name} is not installed: use 'make bench', or pip install -r bench/requirements.txt")
