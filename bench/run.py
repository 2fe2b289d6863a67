"""Measures stdconv on synthetic A社 files, as whole processes, beside what else there is on the same files.

    python bench/run.py [--profile small|large|series] [--rows N] [--runs N] [--cases GROUP,GROUP]
                        [--keep DIR] [--publish]

Prints medians and ratios, and writes bench/results/<profile>.json and .md; with --publish also docs/benchmarks.md.
Times are wall clock and processor, imports included; the cases of one round run one after the other, so that a busy
machine is busy for all of them. Nothing here passes or fails by a time: machines differ. What must be equal is
compared, and a difference ends the bench.
"""

from __future__ import annotations

import argparse
import compileall
import json
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import publish
import series
from agreement import check_agreement
from cases import GROUPS, OTHERS, cases
from facts import about, installed, load
from figures import Document, document
from files import Files, say
from measure import Measured, measure
from tables import markdown

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Profile:
    """How much is measured: what is slow is given ``part`` of the ``rows``, `prove` generates ``examples``.

    A series has ``counts`` of records instead.
    """

    rows: int
    runs: int
    part: int = 0
    examples: int = 0
    groups: tuple[str, ...] = tuple(GROUPS)
    counts: tuple[int, ...] = ()


PROFILES = {
    "small": Profile(200_000, 3, 5_000, 100),
    "large": Profile(1_000_000, 3, 20_000, 2_000),
    "series": Profile(max(series.COUNTS), 1, groups=(), counts=series.COUNTS),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure stdconv beside what else there is.")
    parser.add_argument("--profile", choices=PROFILES, default="small")
    parser.add_argument("--rows", type=int, help="records, instead of the profile's; of a series the largest number")
    parser.add_argument("--runs", type=int, help="runs of each case, instead of the profile's")
    parser.add_argument("--cases", type=groups, help=f"only these, parted by commas: {', '.join(GROUPS)}")
    parser.add_argument("--keep", type=Path, help="work in this new folder, and leave it with the results")
    parser.add_argument("--publish", action="store_true", help="write the figures to docs/benchmarks.md")
    options = parser.parse_args()
    used = profile(options)
    compileall.compile_dir(
        HERE.parent / "src", quiet=2
    )  # as pip does: what is compiled anew in each run is not measured
    others = sorted({name for group in used.groups for name in OTHERS.get(group, ())})
    versions = installed(("polars", *others, *(publish.DRAWN_BY if options.publish else ())))
    folder = options.keep or Path(tempfile.mkdtemp(prefix="stdconv-bench-"))
    if options.keep:
        folder.mkdir(parents=True)
    try:
        found = bench(folder, used, versions)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    keep(options.keep or HERE / "results", options.profile, found)
    if options.publish:
        publish.publish("series" if used.counts else "main", found)
    print(markdown(found))


def groups(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - GROUPS.keys():
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: there are {', '.join(GROUPS)}")
    return names


def profile(options: argparse.Namespace) -> Profile:
    """Return the profile with what the options change in it."""
    chosen = PROFILES[options.profile]
    rows = options.rows or chosen.rows
    counts = tuple(series.up_to(rows)) if chosen.counts else ()
    given = options.cases if options.cases and not counts else chosen.groups
    part = min(chosen.part, rows)
    return replace(chosen, rows=rows, runs=options.runs or chosen.runs, part=part, groups=given, counts=counts)


def bench(folder: Path, profile: Profile, versions: dict[str, str]) -> Document:
    """Make the files, compare who refuses what, and measure every case, round by round."""
    began, before = time.perf_counter(), load()
    files = Files(folder, profile.rows, profile.part)
    if profile.counts:
        chosen = list(series.cases(folder, profile.counts))
    else:
        chosen = cases(files, profile.examples, profile.groups)
    agreed = {}
    if "beside" in profile.groups:
        say("comparing who refuses what")
        agreed = check_agreement(files)
    measured = {case: Measured() for case in chosen}
    for number in range(profile.runs):
        for case, found in measured.items():
            measure(case, found)
            of = f"{case.file}, {case.count:,} {case.unit}" if case.count else case.file or "start-up"
            say(f"run {number + 1} of {profile.runs}: {case.name}, {of}: {found.seconds[-1]:.2f} s")
    seconds = time.perf_counter() - began
    facts = about(profile.rows, profile.runs, seconds, before) | versions
    return document(measured, facts, agreed)


def keep(results: Path, name: str, found: Document) -> None:
    """Write the results into a folder."""
    results.mkdir(exist_ok=True)
    (results / f"{name}.md").write_text(markdown(found), encoding="utf-8")
    plain = json.dumps(found, ensure_ascii=False, indent=2)
    (results / f"{name}.json").write_text(plain + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
