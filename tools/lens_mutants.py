"""Measures the tests: changes the lenses' code in one place at a time and counts the changes that are found.

A mutant is found by lint and prove of the shipped mappings, by the tests, by both or by neither: a survivor, which is
either equivalent (the change cannot show) or a hole in the tests. The mutants are cosmic-ray's; they are run in copies
of the checkout, never in place. Kept of its operators are those of ``KEPT``. Left out, and why:

* other replacements of binary operators (``+`` by ``//``, ``&`` by ``<<``): texts and expressions of polars do not have
  them, so anything that imports the module finds them, and they would only make the figures look better;
* of the comparisons, all but the negation and the boundary: the rest differ from these on few values, or on none;
* ``~`` replaced by ``+``, ``-`` or ``not``: polars raises at once;
* removed decorators: nothing works without ``@property`` and ``@classmethod``, all does without ``@abstractmethod``;
* replaced and inserted variables: they need names as options, and draw at random what they write.

Left out as well is what means the same at run time: annotations of functions, ``|`` between types, aliases of types,
``if TYPE_CHECKING``, ``slots`` of dataclasses, ``strict`` of ``zip`` (it asserts), and ``[-1]`` for ``[0]``: the
same where there is one value, and where there are several, ``[1]`` is tried. The options' annotations stay, since
pydantic runs them. Docstrings and other texts are not changed, cosmic-ray having no operator for them; so the patterns
and the codes that ``explain`` returns are not measured.
"""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import TypeAlias

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parents[1]
LENSES = Path("src/stdconv/lenses")
MODULES = tuple(sorted(path.stem for path in LENSES.glob("[a-z]*.py")))
COPIED = ("src", "tests", "docs", "mappings", "schemas", "examples", "pyproject.toml")
CACHES = shutil.ignore_patterns("__pycache__", ".hypothesis")
TESTS = (
    *("mapping/test_mappings", "conversion/test_chains", "lenses/test_unknown_dates", "lenses/test_wareki"),
    *("lenses/test_lens_laws", "conversion/test_reference", "test_testing", "cli/test_cases"),
)
"""Quick ones first: the first failure ends the run."""

KEPT = (
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Add", "BitOr_BitAnd", "BitAnd_BitOr")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt")),
    *(f"ReplaceUnaryOperator_{what}" for what in ("Delete_Invert", "Delete_Not", "Delete_USub")),
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer"),
    *("NumberReplacer", "ZeroIterationForLoop"),
)

PROOF = """
import sys
from stdconv import catalog
from stdconv.linting.lint import lint
from stdconv.proving.prove import prove
names = catalog.names("mapping")
if not all(lint(name).is_clean for name in names):
    sys.exit("lint")
if not all(prove(name, records=60).holds for name in names):
    sys.exit("prove")
"""
WHERE = "import stdconv; print(stdconv.__file__)"
Meaning: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class Mutant:
    """A module with one change: where, by which operator, the line before and after, and the whole text."""

    module: str
    line: int
    operator: str
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        """Return where the change is and what it is."""
        return f"`{self.module}.py:{self.line}` {self.operator}: `{self.before}` → `{self.after}`"


@dataclass(frozen=True)
class Verdict:
    """What found a mutant: ``lint``, ``prove``, a test, ``an exception`` or ``time``; ``None`` where nothing did."""

    mutant: Mutant
    proof: str | None
    tests: str | None

    @property
    def is_survivor(self) -> bool:
        """Whether nothing found the mutant."""
        return self.proof is None and self.tests is None


def mutants(module: str, text: str) -> list[Mutant]:
    """Return every mutant of ``text`` that differs at run time, each once, in the order of the lines."""
    seen = {meaning(text)}
    found = []
    for name in KEPT:
        for number, line in enumerate(_positions(name, text)):
            changed = mutate_code(text, get_operator(f"core/{name}")(), number)
            if (meant := meaning(changed)) not in seen:
                seen.add(meant)
                found.append(_mutant(module, line, name, text, changed))
    return sorted(found, key=lambda each: each.line)


def _positions(name: str, text: str) -> Iterator[int]:
    """Yield the line of every place that the operator can change, in the order of its occurrences."""
    operator = get_operator(f"core/{name}")()
    for node in ast_nodes(get_ast(text)):
        for (line, _), _ in operator.mutation_positions(node):
            yield line


def _mutant(module: str, line: int, operator: str, text: str, changed: str) -> Mutant:
    pairs = zip(text.splitlines(), changed.splitlines(), strict=False)
    before, after = next((old.strip(), new.strip()) for old, new in pairs if old != new)
    shown = re.sub(r"(?<=[(\[]) (?=-?\d)", "", after)  # cosmic-ray writes a blank before its numbers
    return Mutant(module, line, operator, before, shown, changed)


def meaning(text: str) -> Meaning:
    """Return what is run of ``text``, without the names of its lines: equal where two texts do the same."""
    return _meaning(compile(_Bare().visit(ast.parse(text)), "", "exec"))


def _meaning(code: CodeType) -> Meaning:
    constants = (_meaning(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts)
    return (code.co_code, code.co_names, code.co_varnames, code.co_freevars, *constants)


class _Bare(ast.NodeTransformer):
    """Takes out what is not run or only asserts."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for each in ast.walk(node.args):
            if isinstance(each, ast.arg):
                each.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if ast.unparse(node.annotation) == "TypeAlias":
            return ast.copy_location(ast.Pass(), node)
        for each in ast.walk(node.annotation):
            if isinstance(each, ast.BinOp):
                each.op = ast.BitOr()
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        ignored = {"zip": "strict", "dataclass": "slots"}.get(ast.unparse(node.func))
        node.keywords = [each for each in node.keywords if each.arg != ignored]
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if ast.unparse(node.slice) == "-1":
            node.slice = ast.copy_location(ast.Constant(0), node.slice)
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        is_for_types = "TYPE_CHECKING" in ast.unparse(node.test)
        return ast.copy_location(ast.Pass(), node) if is_for_types else self.generic_visit(node)


class Workspace:
    """A copy of a checkout in which one module at a time is changed."""

    def __init__(self, checkout: Path, top: Path) -> None:
        self.top = top
        self.writes = 0
        self.limits = (600.0, 1_800.0)
        top.mkdir()
        for name in COPIED:
            source, copy = checkout / name, top / name
            shutil.copytree(source, copy, symlinks=True, ignore=CACHES) if source.is_dir() else shutil.copy(
                source, copy
            )
        self.texts = {name: (top / LENSES / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}
        package = self.run(60, "-c", WHERE).stdout.strip()
        if not Path(package).resolve().is_relative_to(top.resolve()):
            raise SystemExit(f"lens_mutants: the copy's stdconv is not the one that is imported, but {package}")
        print(f"lens_mutants: the stdconv that is changed is {package}", file=sys.stderr)

    def write(self, module: str, text: str) -> None:
        """Write a module, at a time of its own: compiled files are told apart by time and size."""
        self.writes += 1
        path = self.top / LENSES / f"{module}.py"
        path.write_text(text, encoding="utf-8")
        os.utime(path, (self.writes, self.writes))

    def judge(self, mutant: Mutant) -> Verdict:
        """Run lint and prove, then the tests, on the copy with ``mutant``."""
        self.write(mutant.module, mutant.text)
        try:
            return Verdict(mutant, self.proof(), self.tests())
        finally:
            self.write(mutant.module, self.texts[mutant.module])

    def proof(self) -> str | None:
        """Return what lint and prove say: ``lint``, ``prove``, ``an exception``, ``time`` or nothing."""
        try:
            done = self.run(self.limits[0], "-c", PROOF)
        except subprocess.TimeoutExpired:
            return "time"
        said = done.stderr.strip()
        return None if done.returncode == 0 else said if said in ("lint", "prove") else "an exception"

    def tests(self) -> str | None:
        """Return the first test that fails, ``an exception`` while tests were collected, ``time`` or nothing."""
        files = [f"tests/{name}.py" for name in TESTS]
        options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=tests"]
        try:
            done = self.run(self.limits[1], "-m", "pytest", *files, *options)
        except subprocess.TimeoutExpired:
            return "time"
        if done.returncode == 0:
            return None
        failed = (line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAILED tests/"))
        return next(failed, "an exception")

    def run(self, limit: float, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with the copy's stdconv and one thread, for at most ``limit`` seconds."""
        own = {"PYTHONPATH": str(self.top / "src"), "CI": "true", "POLARS_MAX_THREADS": "1"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.top,
            env=os.environ | own,
            timeout=limit,
            capture_output=True,
            text=True,
            check=False,
        )

    def calibrate(self) -> tuple[float, float]:
        """Return the limits of time: what the unchanged copy takes, with room. Raises where it does not pass."""
        start = time.monotonic()
        proof, middle = self.proof(), time.monotonic()
        tests, end = self.tests(), time.monotonic()
        if proof or tests:
            raise SystemExit(f"lens_mutants: the unchanged code is found wrong: lint+prove: {proof}; tests: {tests}")
        return 60 + 4 * (middle - start), 60 + 4 * (end - middle)


def sample(module: str, text: str, *, count: int | None, seed: int) -> list[Mutant]:
    """Return ``count`` mutants of ``module``, the same for the same seed; all where ``count`` is ``None``."""
    found = mutants(module, text)
    if count is None or count >= len(found):
        return found
    chosen = random.Random(f"{seed} {module}").sample(range(len(found)), count)  # noqa: S311 - no secret
    return [found[number] for number in sorted(chosen)]


def measured(*, count: int | None, seed: int, jobs: int) -> list[Verdict]:
    """Return the verdict on every mutant of the sample, in the order of the code; tells standard error how it goes."""
    with tempfile.TemporaryDirectory(prefix="lens-mutants-") as folder:
        first = Workspace(ROOT, Path(folder) / "1")
        others = [Workspace(first.top, Path(folder) / str(number)) for number in range(2, jobs + 1)]
        limits = first.calibrate()
        print(f"lens_mutants: unchanged, all passes; limits {limits[0]:.0f} s, {limits[1]:.0f} s", file=sys.stderr)
        free: queue.SimpleQueue[Workspace] = queue.SimpleQueue()
        for space in (first, *others):
            space.limits = limits
            free.put(space)

        def judge(mutant: Mutant) -> Verdict:
            space = free.get()
            try:
                return space.judge(mutant)
            finally:
                free.put(space)

        chosen = [each for name, text in first.texts.items() for each in sample(name, text, count=count, seed=seed)]
        with ThreadPoolExecutor(jobs) as pool:
            waiting = [pool.submit(judge, mutant) for mutant in chosen]
            for number, done in enumerate(as_completed(waiting), start=1):
                _tell(number, len(chosen), done.result())
            return [each.result() for each in waiting]


def _tell(number: int, total: int, verdict: Verdict) -> None:
    found = f"lint+prove: {verdict.proof or 'nothing'}; tests: {verdict.tests or 'nothing'}"
    print(f"{number}/{total} {verdict.mutant}: {found}", file=sys.stderr, flush=True)


def report(verdicts: Sequence[Verdict], how: str) -> str:
    """Return the figures for each module and the mutants that nothing, or only one of the two, found, as Markdown."""
    lines = [
        "",
        "## Mutants of the lenses' code",
        "",
        how,
        "",
        "| Module | Mutants | Found by lint+prove | Found by the tests | Found by either | Survivors |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for module in MODULES:
        lines.append(_row(f"`{module}.py`", [each for each in verdicts if each.mutant.module == module]))
    lines += [_row("all", verdicts), "", *_kinds(verdicts)]
    survivors = [each for each in verdicts if each.is_survivor]
    lines += _listed("Survivors", survivors)
    lines += _listed("Found by lint+prove only", [v for v in verdicts if v.tests is None and not v.is_survivor])
    return "\n".join(lines) + "\n"


def _row(name: str, verdicts: Sequence[Verdict]) -> str:
    proof, tests = (sum(bool(found) for found in column) for column in _columns(verdicts))
    survivors = sum(each.is_survivor for each in verdicts)
    return f"| {name} | {len(verdicts)} | {proof} | {tests} | {len(verdicts) - survivors} | {survivors} |"


def _columns(verdicts: Sequence[Verdict]) -> tuple[list[str | None], list[str | None]]:
    return [each.proof for each in verdicts], [each.tests for each in verdicts]


def _kinds(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Say how many were found only because something raised, or because time ran out."""
    for name, column in zip(("lint+prove", "the tests"), _columns(verdicts), strict=True):
        raised, late = column.count("an exception"), column.count("time")
        yield f"Of those found by {name}, {raised} were found because something raised, {late} because time ran out."
        yield ""


def _listed(title: str, verdicts: Sequence[Verdict]) -> list[str]:
    return [f"### {title}", "", *(f"* {each.mutant}" for each in verdicts), ""] if verdicts else []


def main() -> int:
    """Measure, print the report, and write it where ``--write`` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=15, help="mutants of each module (15)")
    parser.add_argument("--all", action="store_true", help="every mutant")
    parser.add_argument("--seed", type=int, default=0, help="another sample (0)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (2)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="a file for the report")
    asked = parser.parse_args()
    start = time.monotonic()
    verdicts = measured(count=None if asked.all else asked.count, seed=asked.seed, jobs=asked.jobs)
    minutes = (time.monotonic() - start) / 60
    drawn = "every mutant" if asked.all else f"at most {asked.count} mutants of each module, seed {asked.seed}"
    how = f"{dt.date.today()}, cosmic-ray {version('cosmic-ray')}: {drawn}; {minutes:.0f} minutes."
    text = report(verdicts, how)
    print(text, end="")
    if asked.write:
        asked.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
