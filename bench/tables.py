"""What was measured as figures, and the figures as Markdown: medians, rates, and ratios."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from cases import BARE, BASE, BESIDE, Case
from measure import Measured

NOTE = """\
Medians of whole processes, imports included; memory is the highest of all runs, of all processes together. The ratio
of a start-up is to the bare interpreter's; the other ratios are seconds for each record, against polars' pass-through
of the same file. jsonschema is slow and was given the first records only, as the table says, so that its start-up
weighs more: the second column of "beside" takes each one's start-up off.
"""


@dataclass(frozen=True)
class Figures:
    """One line: what the runs took, and what follows from it."""

    name: str
    what: str
    count: int
    unit: str
    runs: Measured
    median: float
    per_second: float | None
    ratio: float | None

    @property
    def memory(self) -> float:
        return max(self.runs.memory)


@dataclass(frozen=True)
class Beside:
    """How many times as many records per second ours handles, as whole processes and without their start-up."""

    ours: str
    theirs: str
    whole: float
    without_startup: float | None


def figures(measured: dict[Case, Measured]) -> list[Figures]:
    """Return the figures of all cases."""
    bare = next(runs.median for case, runs in measured.items() if case.name == BARE)
    base = next(runs.median / case.count for case, runs in measured.items() if case.name == BASE)
    return [_figures(case, runs, bare, base) for case, runs in measured.items()]


def _figures(case: Case, runs: Measured, bare: float, base: float) -> Figures:
    per_second = ratio = None
    if case.is_startup:
        ratio = runs.median / bare
    else:
        per_second = case.count / runs.median
        ratio = runs.median / case.count / base if case.unit == "records" else None
    return Figures(case.name, case.what, case.count, case.unit, runs, runs.median, per_second, ratio)


def beside(found: Iterable[Figures]) -> Iterator[Beside]:
    """Yield ours against theirs; without start-up where the runs are long enough to tell."""
    at = {(each.name, each.count > 0): each for each in found}
    for ours, theirs in BESIDE:
        whole = [(at[name, True].count, at[name, True].median) for name in (ours, theirs)]
        working = [(at[name, True].count, at[name, True].median - at[name, False].median) for name in (ours, theirs)]
        clear = all(seconds > 0 for _, seconds in working)
        yield Beside(ours, theirs, _times(whole), _times(working) if clear else None)


def _times(pair: list[tuple[int, float]]) -> float:
    (our_count, our_seconds), (their_count, their_seconds) = pair
    return (our_count / our_seconds) / (their_count / their_seconds)


def markdown(found: list[Figures], about: dict[str, object], agreed: dict[str, dict[str, int]]) -> str:
    """Return the tables, with what was measured where."""
    startup = [_startup(each) for each in found if not each.count]
    through = [_through(each) for each in found if each.count]
    ratios = [[f"{e.ours} / {e.theirs}", f"{e.whole:.2f}", _or_dash(e.without_startup)] for e in beside(found)]
    refused = "; ".join(f"{name} {n['refused']:,} of {n['records']:,} ({n['ways']} ways)" for name, n in agreed.items())
    parts = (
        table(["", "of", "seconds", "ratio", "processor s", "per second", "MiB", "what"], through),
        table(["records per second, beside", "whole processes", "start-up taken off"], ratios),
        table(["start-up", "seconds", "ratio", "MiB", "what"], startup),
        NOTE,
        f"The csv module and pandas gave the same standard.csv. Of a damaged copy each refused exactly the damaged "
        f"records: {refused}.\n",
        ", ".join(f"{key} {said(value)}" for key, value in about.items()) + "\n",
    )
    return "\n".join(parts)


def document(found: list[Figures], about: dict[str, object], agreed: dict[str, dict[str, int]]) -> dict[str, object]:
    """Return everything as plain values."""
    return {
        "about": about,
        "cases": [asdict(each) | {"memory": each.memory} for each in found],
        "beside": [asdict(each) for each in beside(found)],
        "refused": agreed,
    }


def _startup(each: Figures) -> list[str]:
    is_alone = each.name in (BARE, "--help")
    name, what = (each.name, each.what) if is_alone else (f"{each.name}, no record", "of a file with a header only")
    return [name, f"{each.median:.3f}", f"{each.ratio:.1f}", f"{each.memory:.0f}", what]


def _through(each: Figures) -> list[str]:
    return [
        each.name,
        f"{each.count:,} {each.unit}",
        f"{each.median:.2f}",
        _or_dash(each.ratio),
        f"{statistics.median(each.runs.processor):.2f}",
        f"{each.per_second:,.0f}",
        f"{each.memory:.0f}",
        each.what,
    ]


def _or_dash(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f}"


def said(value: object) -> str:
    """Return a fact as text."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(head: list[str], body: list[list[str]]) -> str:
    """Return a Markdown table; numbers stand to the right."""
    ruler = ["---" if name in (head[0], "what") else "---:" for name in head]
    return "".join("| " + " | ".join(line) + " |\n" for line in (head, ruler, *body))
