"""Translate and guard: legacy frames to standard ones, and the proof, value by value, that they come back.

Forward and guard are two selects, never one nested one. Working columns: ``l:`` legacy and looked-up values,
``s:`` standard values, ``c:`` between steps, ``w:`` what would be written back, ``ok:`` verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW
from stdconv.findings.shapes import shape
from stdconv.lenses import base
from stdconv.lenses.base import Values
from stdconv.mapping.route import Route


@dataclass(frozen=True)
class Translation:
    """What became of a legacy frame: the working frame with both sides, and the findings.

    ``work`` has ``_row``, ``l:``, ``s:`` and ``w:`` columns and ``accepted``, one row per record given.
    """

    work: pl.DataFrame
    findings: list[pl.DataFrame] = field(default_factory=list)


def translate(routes: Sequence[Route], legacy: pl.DataFrame) -> Translation:
    """Translate ``legacy`` (``_row`` and text columns named as the routes name them) and guard every value."""
    return guarded(routes, legacy.rename({name: f"l:{name}" for name in legacy.columns if name != ROW}))


def guarded(routes: Sequence[Route], work: pl.DataFrame) -> Translation:
    """Translate and guard a working frame: ``l:`` columns, and the ``s:`` ones that routes wait for and none gives."""
    work = back(routes, forward(routes, work))
    verdicts = [_verdict(route) for route in routes]
    work = work.with_columns(verdict.alias(f"ok:{r.index}") for r, verdict in zip(routes, verdicts, strict=True))
    work = _hold_chains(routes, work)
    accepted = pl.all_horizontal([pl.col(f"ok:{route.index}") for route in routes])
    work = work.with_columns(accepted.alias("accepted"))
    return Translation(work, [*_refusals(routes, work), *_doubts(routes, work)])


def _hold_chains(routes: Sequence[Route], work: pl.DataFrame) -> pl.DataFrame:
    """Accept what a chain of lenses was given only if what it writes back reads as the same standard values."""
    chains = [route for route in routes if len(route.steps) > 1 or route.beside]
    if not chains:
        return work
    names = dict.fromkeys(name for route in chains for name in route.legacy)
    beside = dict.fromkeys(f"s:{name}" for route in chains for name in route.beside)
    written = [pl.col(f"w:{name}").fill_null("").alias(f"l:{name}") for name in names]
    again = forward(chains, work.select(ROW, *beside, *written))
    same = again.select(pl.col(f"s:{name}").alias(f"_{name}") for route in chains for name in route.standard)
    held = [
        pl.all_horizontal(
            [pl.col(f"ok:{route.index}"), *(pl.col(f"s:{n}").eq_missing(pl.col(f"_{n}")) for n in route.standard)]
        ).alias(f"ok:{route.index}")
        for route in chains
    ]
    return work.hstack(same).with_columns(held).drop(same.columns)


def forward(routes: Sequence[Route], work: pl.DataFrame) -> pl.DataFrame:
    """Add the standard columns (``s:``), step by step for all routes at once that wait for no other.

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
        pl.when(_supported(route)).then(pl.col(f"s:{route.standard[0]}")).alias(f"s:{route.standard[0]}")
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
    """Yield the columns that are the route's own, with their values: not those that it is given beside."""
    beside = {f"s:{name}" for name in route.beside}
    yield from ((name, value) for name, value in zip(names, values, strict=True) if name not in beside)


def back(routes: Sequence[Route], work: pl.DataFrame) -> pl.DataFrame:
    """Add what the standard columns are written back as (``w:``); null where that is nothing at all."""
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
        return base.read(route.steps[step], given)
    return tuple(pl.when(value != "").then(value) for value in given)


def _back(route: Route, step: int) -> Values:
    given = (
        _cols(route.written(step + 1)) if step + 1 < len(route.steps) else _cols(route.between(len(route.steps) or 1))
    )
    if route.constant is not None:
        return ()
    return base.write(route.steps[step], given) if route.steps else given


def _verdict(route: Route) -> pl.Expr:
    """Return whether a route's values were accepted, each step by its own canonical on what it was given."""
    if route.constant is not None:
        return pl.col(f"s:{route.standard[0]}").is_not_null()
    return pl.all_horizontal([pl.lit(value=True), *(_step_verdict(route, step) for step in range(len(route.steps)))])


def _step_verdict(route: Route, step: int) -> pl.Expr:
    lens = route.steps[step]
    given, result = _cols(route.between(step)), _cols(route.between(step + 1))
    is_last = step == len(route.steps) - 1
    again = _cols(route.written(step)) if is_last else base.write(lens, result)
    return base.accept(lens, given, result, again)


def _supported(route: Route) -> pl.Expr:
    return pl.all_horizontal([pl.col(f"s:{name}").is_not_null() for name in route.where])


def _refusals(routes: Sequence[Route], work: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for route in routes:
        failed = work.filter(~pl.col(f"ok:{route.index}")).rechunk()
        if failed.is_empty():
            continue
        if route.constant is not None:
            read = [pl.col(f"ok:{other.index}") for other in routes if set(other.standard) & set(route.where)]
            alone = failed.filter(pl.all_horizontal([pl.lit(value=True), *read]))
            yield about_rows(alone[ROW], "T0017", side="standard", column=route.standard[0])
            continue
        yield from _explained(route, failed)


def _explained(route: Route, failed: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Name the first step that refused each record, in the lens's own words."""
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
            yield about_rows(rows[ROW], str(code), side="legacy", column="+".join(route.legacy), detail=rows["detail"])


def _doubts(routes: Sequence[Route], work: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Collect the warnings about accepted records."""
    asked = {
        (route.index, code, step): applies
        & pl.col(f"ok:{route.index}")
        & ~base.is_absent(lens, _cols(route.between(step)))
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
            yield about_rows(rows, key[1], side="legacy", column="+".join(by_index[key[0]].legacy))
