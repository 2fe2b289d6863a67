"""Chains of lenses as expressions: what each step is given, what is written back, which step refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from stdconv.lenses.base import Lens, Values


def between(steps: Sequence[Lens], values: Sequence[pl.Expr]) -> list[Values]:
    """Return the values before each step and after the last; without steps, empty becomes absent."""
    if not steps:
        return [tuple(values), tuple(pl.when(value != "").then(value) for value in values)]
    seams: list[Values] = [tuple(values)]
    for lens in steps:
        seams.append(lens.read(seams[-1]))
    return seams


def written(steps: Sequence[Lens], values: Sequence[pl.Expr]) -> Values:
    """Return what a chain writes back."""
    found = tuple(values)
    for lens in reversed(steps):
        found = lens.write(found)
    return found


def spelled(steps: Sequence[Lens], values: Sequence[pl.Expr]) -> Values:
    """Return how a chain spells what it is given; what the steps of a longer one refuse is for ``admits``."""
    return steps[0].spell(tuple(values)) if len(steps) == 1 else written(steps, between(steps, values)[-1])


def failures(steps: Sequence[Lens], seams: Sequence[Values]) -> Iterator[tuple[int, pl.Expr]]:
    """Yield for each step whether it refuses what it is given."""
    for number, lens in enumerate(steps):
        given, result = seams[number], seams[number + 1]
        yield number, ~lens.accept(given, result, lens.write(result))
