"""A route: a field of a mapping made ready, and the names of the working columns that it reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from stdconv.lenses.base import Branch, Lens


def legacy_column(name: str) -> str:
    """Return the working column of a legacy or looked-up value."""
    return f"l:{name}"


def standard_column(name: str) -> str:
    """Return the working column of a standard value."""
    return f"s:{name}"


def written_column(name: str) -> str:
    """Return the working column of what a legacy value would be written back as."""
    return f"w:{name}"


def verdict_column(route: Route) -> str:
    """Return the working column that says whether a route accepted a record's values."""
    return f"ok:{route.index}"


@dataclass(frozen=True)
class Route:
    """One field made ready: ``legacy`` names (``lookup.column`` for looked-up ones), ``standard`` names, ``steps``.

    A number is a column next to the legacy ones, and is not written back (``NumberField.column``).

    ``constant`` is the value of an assumption, which holds only where the columns of ``where`` are present.
    ``beside`` are standard columns of other fields that the one step of this one takes after its own, both ways.
    """

    index: int
    legacy: tuple[str, ...]
    standard: tuple[str, ...]
    steps: tuple[Lens, ...] = ()
    constant: str | None = None
    where: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def back(self, standard: tuple[pl.Expr, ...]) -> tuple[pl.Expr, ...]:
        """Return what the steps write for values of the standard columns: those of the legacy columns."""
        for lens in reversed(self.steps):
            standard = lens.write(standard)
        return standard

    def entries(self) -> Iterator[tuple[int, Branch]]:
        """Yield what tables of the steps say, and what they refuse by name, each with the number of its step."""
        for step, lens in enumerate(self.steps):
            given = tuple(map(pl.col, self.between(step)))
            yield from ((step, branch) for branch in lens.branches(*given) if branch.says)
            yield from ((step, branch) for branch in lens.refused(*given))

    def between(self, step: int) -> tuple[str, ...]:
        """Return the working columns that hold what step ``step`` is given; those after the last are the standard's."""
        beside = tuple(map(standard_column, self.beside))
        if step == 0:
            return tuple(map(legacy_column, self.legacy)) + beside
        if step >= len(self.steps):
            return tuple(map(standard_column, self.standard)) + beside
        return tuple(f"c:{self.index}.{step}.{k}" for k in range(self.steps[step].takes))

    def written(self, step: int) -> tuple[str, ...]:
        """Return the working columns that hold what is written back as input of step ``step``."""
        if step == 0:
            return (*map(written_column, self.legacy), *map(standard_column, self.beside))
        if step >= len(self.steps):
            return self.between(step)
        return tuple(f"w:{self.index}.{step}.{k}" for k in range(self.steps[step].takes))
