"""Measure what finds wrong mappings: the mutants of every shipped mapping against lint, examples, laws and tests.

    python tools/mutants.py [--records N] [--most N] [--jobs N] [--only MAPPING] [--write FILE]

Of a mapping with very many, ``--most`` are drawn.

Found by lint: any fault or warning, since shipped mappings have none. By examples: a mapping's own do not come true.
By prove: these, or a law on generated records. With wrong examples: by lint or prove, where the examples are wrong in
the same way as the mapping. By tests: tried only for what nothing else found, on a copy of the project with the mutant
in the mapping's place; not with ``--no-tests``.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from mapping_mutants import Mutant, misread, mutants

from stdconv.definitions import catalog
from stdconv.errors import StdconvError
from stdconv.linting.lint import lint_yaml
from stdconv.mapping.plan import load_plan
from stdconv.proving.prove import prove_yaml

TOP = Path(__file__).resolve().parents[1]
TESTS = ("tests/e2e/test_worked_example.py", "tests/mapping/test_mappings.py", "tests/conversion/test_reference.py")
WRONG = "with wrong examples"
WAYS = ("lint", "examples", "prove", "lint or prove", WRONG)
INTRODUCTION = (
    "# Mutants",
    "",
    "How much of what is wrong is found: copies of the shipped mappings and of the lenses' code, each with one",
    "mistake, against lint, the mappings' own examples, the laws that `prove` holds, and the tests. Written by",
    "`make mutants`; nothing checks that it is up to date, so it says when it was measured.",
    "`tools/mapping_mutants.py` makes the mutants of any mapping: one that nothing finds names what an example should",
    "show.",
    "",
    "**With wrong examples** is the harder measure: the examples are wrong in the same way as the mapping, as somebody",
    "who misread the layout would have written them. The legacy records stay, and what the wrong mapping makes of them",
    "is written as what they must become; what it refuses is written as refused. They come true, so only what lint",
    "knows besides can tell: code lists, wordings, names, and that no example is accepted. The order of the layout's",
    "columns is left out there: the file's own header shows it. Copied codes are counted apart: a table that gives",
    "each code for itself, or the codes of the list one after the other.",
    "",
)

UNSEEN = "dialect changed"
"""What no example can show and the vendor's own file does; counted apart."""

BY_HEADER = "column order"
"""What the header of the vendor's file shows, where no example does; not tried with wrong examples."""


COPIED = ("table replaced by a copy", "codes copied by position")
"""Codes that are taken over as they look; counted apart too, since a mapping and its examples agree about them."""


@dataclass(frozen=True)
class Verdict:
    """Who found a mutant."""

    mutant: Mutant
    by: frozenset[str]


def judge(given: tuple[Mutant, int, str]) -> Verdict:
    """Return who finds a mutant in the place of ``file``; ``records`` are generated where the examples come true."""
    mutant, records, file = given
    by = _found_by(mutant, records, file)
    if mutant.kind not in (UNSEEN, BY_HEADER) and "lint or prove" in _found_by(misread(mutant, file), records, file):
        by.add(WRONG)
    return Verdict(mutant, frozenset(by))


def _found_by(mutant: Mutant, records: int, file: str) -> set[str]:
    by = set() if lint_yaml(mutant.text, file).is_clean else {"lint"}
    try:
        if not prove_yaml(mutant.text, file, records=0).holds:
            by |= {"examples", "prove"}
        elif records and not prove_yaml(mutant.text, file, records=records).holds:
            by.add("prove")
    except StdconvError:
        by |= {"lint", "prove"}
    if by:
        by.add("lint or prove")
    return by


def tested(name: str, mutant: Mutant) -> bool:
    """Tell whether the tests find ``mutant`` in the place of the mapping ``name``."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "main"
        shutil.copytree(TOP, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache", "results"))
        (copy / "mappings" / f"{name}.yaml").write_text(mutant.text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS]
        environment = os.environ | {"PYTHONPATH": str(copy / "src"), "CI": "true"}
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode != 0


def table(verdicts: list[Verdict]) -> Iterator[str]:
    """Yield the Markdown table of one mapping: how many mutants of each kind, and who found how many."""
    yield "| kind | mutants | " + " | ".join(WAYS) + " |"
    yield "|---|---:" * 1 + "|---:" * len(WAYS) + "|"
    totals = Counter(each.mutant.kind for each in verdicts)
    for kind, count in totals.items():
        yield _row(kind, count, [each for each in verdicts if each.mutant.kind == kind])
    seen = [each for each in verdicts if each.mutant.kind != UNSEEN]
    yield _row(f"**all but {UNSEEN}**", len(seen), seen)
    misreadable = [each for each in seen if each.mutant.kind != BY_HEADER]
    copied = [each for each in misreadable if each.mutant.kind in COPIED]
    others = [each for each in misreadable if each.mutant.kind not in COPIED]
    yield _row("of these: copied codes", len(copied), copied)
    yield ""
    yield f"Found by lint or prove: {_share(seen, 'lint or prove')}, of copied codes {_share(copied, 'lint or prove')}."
    yield f"Wrong in mapping and examples alike: {_share(others, WRONG)}, of copied codes {_share(copied, WRONG)}."


def _share(verdicts: list[Verdict], way: str) -> str:
    return f"{sum(way in each.by for each in verdicts) / max(len(verdicts), 1):.1%} of {len(verdicts)}"


def _row(kind: str, count: int, verdicts: Iterable[Verdict]) -> str:
    found = Counter(way for each in verdicts for way in each.by)
    return f"| {kind} | {count} | " + " | ".join(str(found[way]) for way in WAYS) + " |"


def page(options: argparse.Namespace) -> Iterator[str]:
    """Yield the page, mapping by mapping."""
    yield from (*INTRODUCTION, "## Mutants of the shipped mappings", "")
    versions = ", ".join(f"{name} {version(name)}" for name in ("stdconv", "polars", "hypothesis"))
    yield f"{time.strftime('%Y-%m-%d')}, {options.records} generated records each, {versions}."
    with ProcessPoolExecutor(max_workers=options.jobs, mp_context=get_context("spawn")) as pool:
        for name in options.only or catalog.names("mapping"):
            plan = load_plan(name)
            every = list(mutants(plan.text, plan.schema))
            few = min(options.most, len(every))
            numbers = random.Random(name).sample(range(len(every)), few)  # noqa: S311 - no secret
            drawn = [every[number] for number in sorted(numbers)]
            file = str(Path(name).with_name("mutant")) if Path(name).is_file() else "mutant"
            work = [(mutant, options.records, file) for mutant in drawn]
            verdicts = list(pool.map(judge, work, chunksize=4))
            yield from ("", f"### {name}", "")
            if len(drawn) < len(every):
                yield from (f"{len(drawn)} of its {len(every)} mutants, drawn by chance.", "")
            yield from table(verdicts)
            survivors = [each.mutant for each in verdicts if not each.by]
            yield from ("", "Survivors:" if survivors else "No survivors.", "")
            for mutant in survivors:
                yield f"* {mutant.kind}: {mutant.what}" + (_by_tests(name, mutant) if options.tests else "")


def _by_tests(name: str, mutant: Mutant) -> str:
    return "; found by the tests" if tested(name, mutant) else "; not found by the tests either"


def main() -> None:
    """Print the page, and write it where asked."""
    parser = argparse.ArgumentParser(description="Measure what finds wrong mappings.")
    parser.add_argument("--records", type=int, default=100, help="records to generate where the examples come true")
    parser.add_argument("--most", type=int, default=300, help="how many mutants of a mapping are tried at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--tests", action=argparse.BooleanOptionalAction, default=True, help="try survivors on the tests"
    )
    parser.add_argument("--only", action="append", metavar="MAPPING")
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    lines = []
    for line in page(options):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        options.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
