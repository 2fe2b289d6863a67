"""Measures stdconv on a synthetic A社 file, as whole processes, beside what else there is on the same file.

    python bench/run.py [--profile small|large] [--rows N] [--runs N] [--keep DIR]

Prints medians and ratios, and writes bench/results/<profile>.json and .md. Times are wall-clock, imports included; the
cases of one round run one after the other, so that a busy machine is busy for all of them. Nothing here passes or fails
by a time: machines differ. What must be equal is compared, and a difference ends the bench.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agreement import check_agreement
from cases import cases
from files import make
from measure import Measured, measure
from tables import document, figures, markdown

HERE = Path(__file__).resolve().parent
COMPARED = ("polars", "pandas", "pydantic", "jsonschema")


@dataclass(frozen=True)
class Profile:
    """How much is measured: what is slow is given ``part`` of the ``rows``, `prove` generates ``examples``."""

    rows: int
    runs: int
    part: int
    examples: int


PROFILES = {"small": Profile(200_000, 3, 5_000, 100), "large": Profile(1_000_000, 3, 20_000, 2_000)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure stdconv beside what else there is.")
    parser.add_argument("--profile", choices=PROFILES, default="small")
    parser.add_argument("--rows", type=int, help="records, instead of the profile's")
    parser.add_argument("--runs", type=int, help="runs of each case, instead of the profile's")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it (default: a temporary one)")
    options = parser.parse_args()
    profile = PROFILES[options.profile]
    rows, runs = options.rows or profile.rows, options.runs or profile.runs
    used = Profile(rows, runs, min(profile.part, rows), profile.examples)
    versions = installed(COMPARED)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="stdconv-bench-"))
    if options.keep:
        folder.mkdir(parents=True)
    try:
        text, document = bench(folder, used, versions)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / f"{options.profile}.md").write_text(text, encoding="utf-8")
    plain = json.dumps(document, ensure_ascii=False, indent=2)
    (results / f"{options.profile}.json").write_text(plain + "\n", encoding="utf-8")
    print(text)


def installed(compared: Iterable[str]) -> dict[str, str]:
    """Return the versions of stdconv and of what is ``compared``; ends the bench if one of them is not installed."""
    try:
        return {name: importlib.metadata.version(name) for name in ("stdconv", *compared)}
    except importlib.metadata.PackageNotFoundError as error:
        sys.exit(f"bench: {error.name} is not installed: use 'make bench', or pip install -r bench/requirements.txt")


def bench(folder: Path, profile: Profile, versions: dict[str, str]) -> tuple[str, dict[str, object]]:
    """Make the files, compare who refuses what, and measure every case, round by round; return Markdown and figures."""
    began = time.perf_counter()
    say(f"making files of {profile.rows:,} records")
    files = make(folder, profile.rows, profile.part)
    say("comparing who refuses what")
    agreed = check_agreement(files)
    measured = {case: Measured() for case in cases(files, profile.examples)}
    for number in range(profile.runs):
        for case, found in measured.items():
            measure(case, found)
            of = f"{case.count:,} {case.unit}" if case.count else "start-up"
            say(f"run {number + 1} of {profile.runs}: {case.name}, {of}: {found.seconds[-1]:.2f} s")
    size, seconds = files.whole.legacy.stat().st_size, time.perf_counter() - began
    facts = about(profile.rows, profile.runs, size, seconds) | versions
    lines = figures(measured)
    return markdown(lines, facts, agreed), document(lines, facts, agreed)


def about(rows: int, runs: int, size: int, seconds: float) -> dict[str, object]:
    """Return what the figures depend on."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "records": rows,
        "bytes": size,
        "runs": runs,
        "whole bench": f"{seconds:.0f} s",
        "cores": os.cpu_count(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
    }


def say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
