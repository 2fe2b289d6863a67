"""What follows from what was measured: medians, rates, ratios and exponents."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cases import BARE, BASE, BESIDE, OF_STANDARD, Case
from measure import Measured

Document = dict[str, Any]
"""A whole bench as plain values, as it is written to a JSON file."""


def document(measured: dict[Case, Measured], about: dict[str, object], agreed: dict[str, dict[str, int]]) -> Document:
    """Return everything that was measured as plain values; what follows from it is worked out from these alone."""
    lines = [
        {
            "name": case.name,
            "file": case.file,
            "what": case.what,
            "count": case.count,
            "unit": case.unit,
            "seconds": [round(value, 4) for value in runs.seconds],
            "processor": [round(value, 4) for value in runs.processor],
            "memory": [round(value, 1) for value in runs.memory],
        }
        for case, runs in measured.items()
    ]
    return {"about": about, "cases": lines, "refused": agreed}


@dataclass(frozen=True)
class Figures:
    """One line: medians of seconds of wall clock and of processor, the highest memory in MiB.

    The ratios are to the pass-through of the same file, record by record, or those of a start-up to the interpreter's.
    """

    name: str
    file: str
    what: str
    count: int
    unit: str
    seconds: float
    processor: float
    memory: float
    ratio: float | None = None
    processor_ratio: float | None = None

    @property
    def of(self) -> str:
        """The file, or what its standard file was made from."""
        return self.file.removesuffix(OF_STANDARD)


def figures(found: Document) -> list[Figures]:
    """Return the figures of all cases."""
    lines = [
        Figures(
            **{name: each[name] for name in ("name", "file", "what", "count", "unit")},
            seconds=statistics.median(each["seconds"]),
            processor=statistics.median(each["processor"]),
            memory=max(each["memory"]),
        )
        for each in found["cases"]
    ]
    return [_compared(each, lines) for each in lines]


def _compared(each: Figures, lines: list[Figures]) -> Figures:
    """Return ``each`` with its ratios: to the interpreter's start, or to a pass-through, best of as many records."""
    if each.count:
        bases = sorted(
            (base for base in lines if base.name == BASE and base.file == each.file),
            key=lambda base: base.count != each.count,
        )
    else:
        bases = [base for base in lines if base.name == BARE]
    if not bases:
        return each
    base = bases[0]
    share = base.count / each.count if each.count else 1
    ratio, processor = each.seconds / base.seconds * share, each.processor / base.processor * share
    return replace(each, ratio=ratio, processor_ratio=processor)


def by_file(lines: list[Figures]) -> list[Figures]:
    """Return what works through records, file by file; what reads none comes last."""
    files = [*dict.fromkeys(each.of for each in lines if each.of), ""]
    return sorted((each for each in lines if each.count), key=lambda each: files.index(each.of))


@dataclass(frozen=True)
class Beside:
    """How many times as many records per second ours handles, as whole processes and without their start-up."""

    ours: str
    theirs: str
    whole: float
    without_startup: float | None


def beside(found: Iterable[Figures]) -> Iterator[Beside]:
    """Yield ours against theirs, if both were measured; without start-up where the runs are long enough to tell."""
    plain = [each for each in found if each.file.startswith(("sampled", "header only"))]
    at = {(each.name, each.count > 0): each for each in plain}
    for ours, theirs in BESIDE:
        if (theirs, True) not in at:
            continue
        whole = [(at[name, True].count, at[name, True].seconds) for name in (ours, theirs)]
        working = [(at[name, True].count, at[name, True].seconds - at[name, False].seconds) for name in (ours, theirs)]
        clear = all(seconds > 0 for _, seconds in working)
        yield Beside(ours, theirs, _times(whole), _times(working) if clear else None)


def _times(pair: list[tuple[int, float]]) -> float:
    (our_count, our_seconds), (their_count, their_seconds) = pair
    return (our_count / our_seconds) / (their_count / their_seconds)


@dataclass(frozen=True)
class Growth:
    """With which power of the number of records something grows: from the last but one to the last, and over all."""

    last: float
    all: float


def growth(points: list[tuple[int, float]]) -> Growth:
    """Return the slopes of ``points``, numbers of records in order with what they took, in a log–log picture."""
    logs = [(math.log(count), math.log(took)) for count, took in points]
    (before, less), (after, more) = logs[-2:]
    line = statistics.linear_regression(*zip(*logs, strict=True))
    return Growth((more - less) / (after - before), line.slope)
