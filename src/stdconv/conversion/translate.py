"""Translate and guard: legacy frames to standard ones, and the proof, value by value, that they come back.

Forward and guard are two selects, never one nested one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from stdconv.conversion.work import Work
from stdconv.findings.frames import about_rows, joined
from stdconv.findings.rows import ROW
from stdconv.findings.shapes import shape
from stdconv.lenses.base import Values
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column, written_column


def translate(routes: Sequence[Route], work: Work) -> Work:
    """Translate the legacy values of ``work`` and guard every one: standard values, verdicts and findings come with it.

    Standard columns that routes wait for and that none of ``routes`` gives are taken from ``work``.
    """
    frame = back(routes, forward(routes, work.frame))
    verdicts = [_verdict(route) for route in routes]
    frame = frame.with_columns(
        verdict.alias(verdict_column(route)) for route, verdict in zip(routes, verdicts, strict=True)
    )
    frame = _hold_chains(routes, frame)
    return work.with_frame(frame).with_findings([*_refusals(routes, frame), *_doubts(routes, frame)])


def _hold_chains(routes: Sequence[Route], work: pl.DataFrame) -> pl.DataFrame:
    """Accept what a chain of lenses was given only if what it writes back reads as the same standard values."""
    chains = [route for route in routes if len(route.steps) > 1 or route.beside]
    if not chains:
        return work
    names = dict.fromkeys(name for route in chains for name in route.legacy)
    beside = dict.fromkeys(standard_column(name) for route in chains for name in route.beside)
    written = [pl.col(written_column(name)).fill_null("").alias(legacy_column(name)) for name in names]
    again = forward(chains, work.select(ROW, *beside, *written))
    produced = dict.fromkeys(standard_column(name) for route in chains for name in route.standard)
    same = again.select(pl.col(name).alias(f"again {name}") for name in produced)
    held = [
        pl.all_horizontal([pl.col(verdict_column(route)), *_comes_again(route)]).alias(verdict_column(route))
        for route in chains
    ]
    return work.hstack(same).with_columns(held).drop(same.columns)


def _comes_again(route: Route) -> Iterator[pl.Expr]:
    for name in map(standard_column, route.standard):
        yield pl.col(name).eq_missing(pl.col(f"again {name}"))


def forward(routes: Sequence[Route], work: pl.DataFrame) -> pl.DataFrame:
    """Add the standard columns, step by step for all routes at once that wait for no other.

    A column that a route waits for and that none of ``routes`` gives is taken from ``work``.
    """
    for group in _in_turn(routes):
        for step in range(max(max(len(route.steps), 1) for route in group)):
            work = work.with_columns(
                value.alias(name)
                for route in group
                if step < max(len(route.steps), 1)
                for name, value in _own(route, route.between(step + 1), _forward(route, step))
            )
    return work.with_columns(
        pl.when(_supported(route))
        .then(pl.col(standard_column(route.standard[0])))
        .alias(standard_column(route.standard[0]))
        for route in routes
        if route.where
    )


def _in_turn(routes: Sequence[Route]) -> Iterator[list[Route]]:
    """Yield the routes in groups, each behind the routes whose standard columns it is given."""
    waiting = list(routes)
    while waiting:
        ahead = {name for route in waiting for name in route.standard}
        ready = [route for route in waiting if not ahead.intersection(route.beside)] or waiting
        yield ready
        waiting = [route for route in waiting if route not in ready]


def _own(route: Route, names: Sequence[str], values: Values) -> Iterator[tuple[str, pl.Expr]]:
    """Yield the columns that the route itself is about, with their values; those that it only reads are left out."""
    beside = {standard_column(name) for name in route.beside}
    yield from ((name, value) for name, value in zip(names, values, strict=True) if name not in beside)


def back(routes: Sequence[Route], work: pl.DataFrame) -> pl.DataFrame:
    """Add what the standard columns are written back as; null where that is nothing at all."""
    for step in reversed(range(max(max(len(route.steps), 1) for route in routes))):
        work = work.with_columns(
            value.alias(name)
            for route in routes
            if step < max(len(route.steps), 1)
            for name, value in _own(route, route.written(step), _back(route, step))
        )
    return work


def _cols(names: Sequence[str]) -> Values:
    return tuple(pl.col(name) for name in names)


def _forward(route: Route, step: int) -> Values:
    if route.constant is not None:
        return (pl.lit(route.constant),)
    given = _cols(route.between(step))
    if route.steps:
        return route.steps[step].read(given)
    return tuple(pl.when(value != "").then(value) for value in given)


def _back(route: Route, step: int) -> Values:
    given = (
        _cols(route.written(step + 1)) if step + 1 < len(route.steps) else _cols(route.between(len(route.steps) or 1))
    )
    if route.constant is not None:
        return ()
    return route.steps[step].write(given) if route.steps else given


def _verdict(route: Route) -> pl.Expr:
    """Return whether a route's values were accepted, each step by its own canonical on what it was given."""
    if route.constant is not None:
        return pl.col(standard_column(route.standard[0])).is_not_null()
    return pl.all_horizontal([pl.lit(value=True), *(_step_verdict(route, step) for step in range(len(route.steps)))])


def _step_verdict(route: Route, step: int) -> pl.Expr:
    lens = route.steps[step]
    given, result = _cols(route.between(step)), _cols(route.between(step + 1))
    is_last = step == len(route.steps) - 1
    again = _cols(route.written(step)) if is_last else lens.write(result)
    return lens.accept(given, result, again)


def _supported(route: Route) -> pl.Expr:
    return pl.all_horizontal([pl.col(standard_column(name)).is_not_null() for name in route.where])


def _refusals(routes: Sequence[Route], work: pl.DataFrame) -> Iterator[pl.DataFrame]:
    verdicts = work.select(pl.col(verdict_column(route)).all() for route in routes).row(0)
    for route in (route for route, is_accepted in zip(routes, verdicts, strict=True) if not is_accepted):
        failed = work.filter(~pl.col(verdict_column(route))).rechunk()
        if route.constant is not None:
            read = [pl.col(verdict_column(other)) for other in routes if set(other.standard) & set(route.where)]
            alone = failed.filter(pl.all_horizontal([pl.lit(value=True), *read]))
            yield about_rows(alone[ROW], "T0017", side="standard", column=route.standard[0])
            continue
        yield from _explained(route, failed)


def _explained(route: Route, failed: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Name the first step that refused each record, with the code that its lens gives."""
    for step, lens in enumerate(route.steps):
        wrong = failed.filter(~_step_verdict(route, step))
        failed = failed.filter(_step_verdict(route, step))
        given = _cols(route.between(step))
        reasons = wrong.select(
            pl.col(ROW),
            code=lens.explain(*given),
            detail=pl.concat_str([shape(value.fill_null("")) for value in given], separator="; "),
        )
        for (code,), rows in reasons.group_by("code", maintain_order=True):
            yield about_rows(rows[ROW], str(code), side="legacy", column=joined(route.legacy), detail=rows["detail"])


def _doubts(routes: Sequence[Route], work: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Collect the warnings about accepted records."""
    asked = {
        (route.index, code, step): applies & pl.col(verdict_column(route)) & ~lens.is_absent(_cols(route.between(step)))
        for route in routes
        for step, lens in enumerate(route.steps)
        for code, applies in lens.doubts(_cols(route.between(step)), _cols(route.between(step + 1)))
    }
    if not asked:
        return
    marks = work.select(pl.col(ROW), *(mark.alias(str(key)) for key, mark in asked.items()))
    by_index = {route.index: route for route in routes}
    for key in asked:
        rows = marks.filter(pl.col(str(key)))[ROW]
        if len(rows):
            yield about_rows(rows, key[1], side="legacy", column=joined(by_index[key[0]].legacy))
