"""Measures `stdconv validate` beside other validators, as whole processes, on the same records with the same rules.

    python bench/validators.py [--rows N] [--runs N] [--only NAME,NAME] [--keep DIR] [--publish]

The records are sampled ones of resident-link/1.0: all right, one in a hundred damaged, and all damaged. Each validator
is given the rules that it can say, in its own way (bench/by_*.py, bench/rivals.py), and must refuse exactly the rows
that these rules forbid: a difference ends the bench. Prints records per second, memory and ratios, and writes
bench/results/validators.md and .json. Nothing passes or fails by a time.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from agreement import refused_by_findings
from cases import Case
from contenders import OURS, PACKAGES, VALIDATORS, WRITING, Validator
from damage import EVERY, WAYS, damage, prepare, refused
from facts import about, installed, load
from files import MAPPING, SCHEMA, STDCONV, say, stdconv
from measure import Measured, measure
from publish import publish
from rules import ALL
from validatortables import document, markdown

HERE = Path(__file__).resolve().parent
LEVELS = {"0": 0, "1": EVERY, "100": 1}
"""How many percent of the records are damaged, and of how many records one is."""
COLUMNS = (
    *("宛名番号", "履歴番号", "世帯番号", "住民種別", "住民状態"),
    *("異動年月日", "氏名", "性別", "生年月日_元号", "生年月日"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure stdconv validate beside other validators.")
    parser.add_argument("--rows", type=int, default=100_000, help="records (default: 100000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, but one of the slow ones (default: 3)")
    parser.add_argument("--only", help="validators, parted by commas (default: all)")
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it (default: a temporary one)")
    parser.add_argument("--publish", action="store_true", help="write the figures to docs/benchmarks.md")
    options = parser.parse_args()
    if options.rows < (least := EVERY * len(WAYS)):
        parser.error(f"fewer than {least:,} --rows are not damaged in every way")
    names = options.only.split(",") if options.only else [each.name for each in VALIDATORS]
    chosen = [each for each in VALIDATORS if each.name in names or each.name == OURS]
    versions = installed(("polars", *PACKAGES))
    folder = options.keep or Path(tempfile.mkdtemp(prefix="stdconv-bench-"))
    if options.keep:
        folder.mkdir(parents=True)
    try:
        began, before = time.perf_counter(), load()
        expected = make(folder, options.rows)
        measured = bench(folder, options.rows, options.runs, chosen, expected)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    facts = about(options.rows, options.runs, time.perf_counter() - began, before) | versions
    told = document(chosen, measured, facts)
    text = markdown(options.rows, chosen, measured, facts)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "validators.md").write_text(text, encoding="utf-8")
    plain = json.dumps(told, ensure_ascii=False, indent=2)
    (results / "validators.json").write_text(plain + "\n", encoding="utf-8")
    if options.publish:
        publish("validators", told)
    print(text)


def make(folder: Path, rows: int) -> dict[str, dict[int, str]]:
    """Write the three files into ``folder``, and return by level which rows are damaged, and how."""
    say(f"making files of {rows:,} records")
    legacy, run = folder / "a.csv", folder / "run"
    stdconv("sample", "-m", MAPPING, "--rows", str(rows), "--seed", "1", "-o", str(legacy))
    stdconv("convert", str(legacy), "-m", MAPPING, "-o", str(run))
    prepare(run / "standard.csv", folder / "0.csv")
    return {
        level: damage(folder / "0.csv", folder / f"{level}.csv", seed=1, every=every) if every else {}
        for level, every in LEVELS.items()
    }


def bench(
    folder: Path, rows: int, runs: int, chosen: list[Validator], expected: dict[str, dict[int, str]]
) -> dict[tuple[str, str], Measured]:
    """Measure ``chosen`` at every level, round by round; what each writes must be what is expected of it."""
    cases = {
        (each.name, level): _case(folder, rows, each, level, expected[level]) for each in chosen for level in LEVELS
    }
    slow = {each.name for each in chosen if each.is_slow}
    measured = {key: Measured() for key in cases}
    for number in range(runs):
        for (name, level), case in cases.items():
            if number and name in slow:
                continue
            measure(case, measured[name, level])
            say(f"run {number + 1} of {runs}: {name}, {level} % damaged: {measured[name, level].seconds[-1]:.2f} s")
            if name == WRITING and not number:
                _check(case.makes[0], refused(expected[level], ALL), level)
    return measured


def _case(folder: Path, rows: int, each: Validator, level: str, damages: dict[int, str]) -> Case:
    file, ends = folder / f"{level}.csv", int(bool(damages))
    if not each.command:
        out = folder / f"validated-{level}"
        more = ("-o", str(out)) if each.name == WRITING else ()
        command = (*STDCONV, "validate", str(file), "-s", SCHEMA, *more)
        return Case(each.name, each.tells, command, (out,) if each.name == WRITING else (), (), rows, ends=ends)
    told = sorted(COLUMNS) if each.name == "patito" and damages else refused(damages, each.rules)
    made, wanted = folder / f"{each.name}-{level}.txt", folder / f"{each.name}-{level}.wanted.txt"
    wanted.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    return Case(
        each.name, each.tells, (*each.command, str(file), str(made)), (made,), ((made, wanted),), rows, ends=ends
    )


def _check(run: Path, wanted: list[int], level: str) -> None:
    """End the bench if the findings of a run do not speak of exactly the rows that are wanted."""
    if differing := refused_by_findings(run) ^ set(wanted):
        sys.exit(f"bench: stdconv at {level} %: {len(differing)} rows differ, the first is {min(differing)}")


if __name__ == "__main__":
    main()
