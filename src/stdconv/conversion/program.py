"""Routes compiled: the expressions of both directions, the verdicts and the doubts, made once for all batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

import polars as pl

from stdconv.lenses.base import Values
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column, written_column

Selects: TypeAlias = tuple[tuple[pl.Expr, ...], ...]
"""Columns to add, select by select: each is given what those before it have added."""


class Doubt(NamedTuple):
    """A warning that a route may give: its code, the step that gives it, how often that gives the code before."""

    route: int
    code: str
    step: int


class Program:
    """Routes compiled. Expressions are made when they are first asked for."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)

    @cached_property
    def forward(self) -> Selects:
        """The standard columns, step by step for all routes at once that wait for no other."""
        selects = [select for group in _in_turn(self.routes) for select in _forward_of(group)]
        supported = tuple(_where_supported(route) for route in self.routes if route.where)
        return (*selects, supported) if supported else tuple(selects)

    @cached_property
    def back(self) -> Selects:
        """What the standard columns are written back as, step by step; null where that is nothing at all."""
        return tuple(
            tuple(
                value.alias(name)
                for route in self.routes
                if step < max(len(route.steps), 1)
                for name, value in _own(route, route.written(step), _back(route, step))
            )
            for step in reversed(range(max((max(len(route.steps), 1) for route in self.routes), default=0)))
        )

    @cached_property
    def verdicts(self) -> tuple[pl.Expr, ...]:
        """Whether each route's values were accepted, each step by its own canonical on what it was given."""
        return tuple(_verdict(route).alias(verdict_column(route)) for route in self.routes)

    @cached_property
    def chains(self) -> Program:
        """The routes whose written values must read as the same standard values again."""
        return Program(
            route for route in self.routes if len(route.steps) > 1 or any(s.holds_chains for s in route.steps)
        )

    @cached_property
    def again(self) -> tuple[tuple[pl.Expr, ...], tuple[pl.Expr, ...], tuple[pl.Expr, ...]]:
        """For chains: what is read again, what that gives under other names, and the verdicts it leaves."""
        names = dict.fromkeys(name for route in self.routes for name in route.legacy)
        beside = dict.fromkeys(standard_column(name) for route in self.routes for name in route.beside)
        written = (pl.col(written_column(name)).fill_null("").alias(legacy_column(name)) for name in names)
        produced = dict.fromkeys(standard_column(name) for route in self.routes for name in route.standard)
        held = (
            pl.all_horizontal([pl.col(verdict_column(route)), *_comes_again(route)]).alias(verdict_column(route))
            for route in self.routes
        )
        return (
            (*map(pl.col, beside), *written),
            tuple(pl.col(name).alias(_again(name)) for name in produced),
            tuple(held),
        )

    @cached_property
    def unsayable(self) -> dict[int, tuple[str, pl.Expr]]:
        """Where no legacy values say the standard values of a route, by its index, with the code that says why."""
        asked = {
            route.index: route.steps[-1].unsayable(*cols(tuple(map(standard_column, route.standard))))
            for route in self.routes
            if route.steps and not route.beside
        }
        return {index: said for index, said in asked.items() if said is not None}

    @cached_property
    def steps(self) -> dict[tuple[int, int], pl.Expr]:
        """The verdict of each step of each route, by the route's index and the step."""
        return {
            (route.index, step): _step_verdict(route, step) for route in self.routes for step in range(len(route.steps))
        }

    @cached_property
    def doubts(self) -> dict[Doubt, pl.Expr]:
        """Where the warnings about accepted records apply, in the order in which they are told."""
        return {
            Doubt(route.index, code, step): applies
            & pl.col(verdict_column(route))
            & (pl.lit(value=True) if lens.tells_nothing else ~lens.is_absent(cols(route.between(step))))
            for route in self.routes
            for step, lens in enumerate(route.steps)
            for code, applies in lens.doubts(cols(route.between(step)), cols(route.between(step + 1)))
        }


class _Same:
    """The routes of a plan as a key: the very ones, since what is in them has no hash."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self.routes = routes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.routes is self.routes

    def __hash__(self) -> int:
        return id(self.routes)


def program_of(routes: tuple[Route, ...]) -> Program:
    """Return the program of a plan's ``routes``, the same one as long as it is among those last asked for."""
    return _program_of(_Same(routes))


@lru_cache(maxsize=8)
def _program_of(same: _Same) -> Program:
    return Program(same.routes)


def cols(names: Sequence[str]) -> Values:
    """Return working columns as what a lens is given."""
    return tuple(pl.col(name) for name in names)


def _in_turn(routes: Sequence[Route]) -> Iterator[list[Route]]:
    """Yield the routes in groups, each behind the routes whose standard columns it is given."""
    waiting = list(routes)
    while waiting:
        ahead = {name for route in waiting for name in route.standard}
        ready = [route for route in waiting if not ahead.intersection(route.beside)] or waiting
        yield ready
        waiting = [route for route in waiting if route not in ready]


def _forward_of(group: Sequence[Route]) -> Iterator[tuple[pl.Expr, ...]]:
    for step in range(max(max(len(route.steps), 1) for route in group)):
        yield tuple(
            value.alias(name)
            for route in group
            if step < max(len(route.steps), 1)
            for name, value in _own(route, route.between(step + 1), _forward(route, step))
        )


def _where_supported(route: Route) -> pl.Expr:
    column = standard_column(route.standard[0])
    supported = pl.all_horizontal([pl.col(standard_column(name)).is_not_null() for name in route.where])
    return pl.when(supported).then(pl.col(column)).alias(column)


def _own(route: Route, names: Sequence[str], values: Values) -> Iterator[tuple[str, pl.Expr]]:
    """Yield the columns that the route itself is about, with their values; those that it only reads are left out."""
    beside = {standard_column(name) for name in route.beside}
    yield from ((name, value) for name, value in zip(names, values, strict=True) if name not in beside)


def _forward(route: Route, step: int) -> Values:
    if route.constant is not None:
        return (pl.lit(route.constant),)
    given = cols(route.between(step))
    if route.steps:
        return route.steps[step].read(given)
    return tuple(pl.when(value != "").then(value) for value in given)


def _back(route: Route, step: int) -> Values:
    given = cols(route.written(step + 1)) if step + 1 < len(route.steps) else cols(route.between(len(route.steps) or 1))
    if route.constant is not None:
        return ()
    return route.steps[step].write(given) if route.steps else given


def _verdict(route: Route) -> pl.Expr:
    if route.constant is not None:
        return pl.col(standard_column(route.standard[0])).is_not_null()
    return pl.all_horizontal([pl.lit(value=True), *(_step_verdict(route, step) for step in range(len(route.steps)))])


def _step_verdict(route: Route, step: int) -> pl.Expr:
    lens = route.steps[step]
    given, result = cols(route.between(step)), cols(route.between(step + 1))
    is_last = step == len(route.steps) - 1
    again = cols(route.written(step)) if is_last else lens.write(result)
    return lens.accept(given, result, again)


def _comes_again(route: Route) -> Iterator[pl.Expr]:
    for name in map(standard_column, route.standard):
        yield pl.col(name).eq_missing(pl.col(_again(name)))


def _again(name: str) -> str:
    return f"again {name}"
