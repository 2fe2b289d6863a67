"""Translate and guard: legacy frames to standard ones, and the proof, value by value, that they come back.

Forward and guard are two selects, never one nested one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from stdconv.conversion.program import Doubt, Program, Selects, cols
from stdconv.conversion.work import Work
from stdconv.findings.frames import about_rows, joined
from stdconv.findings.rows import ROW
from stdconv.findings.shapes import shape
from stdconv.mapping.route import Route, verdict_column


def translate(program: Program, work: Work) -> Work:
    """Translate the legacy values of ``work`` and guard every one: standard values, verdicts and findings come with it.

    Standard columns that routes wait for and that none of the program's gives are taken from ``work``.
    """
    work = translated(program, work)
    return work.with_findings([*_refusals(program, work.frame), *_doubts(program, work.frame)])


def translated(program: Program, work: Work) -> Work:
    """Do the same for whoever asks what comes of the values, and whether they are accepted, but not why."""
    return work.with_frame(guarded(program, work.frame))


def guarded(program: Program, frame: pl.DataFrame) -> pl.DataFrame:
    """Add standard values, what they are written back as, and whether each route accepts what it was given."""
    work = back(program, forward(program, frame)).with_columns(program.verdicts)
    return _hold_chains(program.chains, work) if program.chains.routes else work


def _hold_chains(chains: Program, work: pl.DataFrame) -> pl.DataFrame:
    """Accept what a chain of lenses was given only if what it writes back reads as the same standard values."""
    written, read, held = chains.again
    same = forward(chains, work.select(ROW, *written)).select(read)
    return work.hstack(same).with_columns(held).drop(same.columns)


def forward(program: Program, work: pl.DataFrame) -> pl.DataFrame:
    """Add the standard columns; those that a route waits for and that no other gives are taken from ``work``."""
    return _added(program.forward, work)


def back(program: Program, work: pl.DataFrame) -> pl.DataFrame:
    """Add what the standard columns are written back as; null where that is nothing at all."""
    return _added(program.back, work)


def _added(selects: Selects, work: pl.DataFrame) -> pl.DataFrame:
    for select in selects:
        work = work.with_columns(select)
    return work


def _refusals(program: Program, work: pl.DataFrame) -> Iterator[pl.DataFrame]:
    routes = program.routes
    verdicts = work.select(pl.col(verdict_column(route)).all() for route in routes).row(0)
    for route in (route for route, is_accepted in zip(routes, verdicts, strict=True) if not is_accepted):
        failed = work.filter(~pl.col(verdict_column(route))).rechunk()
        if route.constant is not None:
            read = [pl.col(verdict_column(other)) for other in routes if set(other.standard) & set(route.where)]
            alone = failed.filter(pl.all_horizontal([pl.lit(value=True), *read]))
            yield about_rows(alone[ROW], "T0017", side="standard", column=route.standard[0])
            continue
        yield from _explained(program, route, failed)


def _explained(program: Program, route: Route, failed: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Name the first step that refused each record, with the code that its lens gives."""
    for step, lens in enumerate(route.steps):
        accepted = program.steps[route.index, step]
        wrong, failed = failed.filter(~accepted), failed.filter(accepted)
        given = cols(route.between(step))
        detail, reason = (
            pl.concat_str([shape(value.fill_null("")) for value in given], separator="; "),
            lens.reason(*given),
        )
        reasons = wrong.select(
            pl.col(ROW),
            code=lens.explain(*given),
            detail=detail if reason is None else pl.coalesce(reason, detail),
        )
        for (code,), rows in reasons.group_by("code", maintain_order=True):
            yield about_rows(rows[ROW], str(code), side="legacy", column=joined(route.legacy), detail=rows["detail"])


def _doubts(program: Program, work: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Collect the warnings about accepted records."""
    if program.doubts:
        marks = work.select(applies.alias(str(number)) for number, applies in enumerate(program.doubts.values()))
        yield from told(program.routes, work[ROW], dict(zip(program.doubts, marks, strict=True)))


def told(routes: Sequence[Route], rows: pl.Series, marks: Mapping[Doubt, pl.Series]) -> Iterator[pl.DataFrame]:
    """Yield the warnings of ``routes`` about those of ``rows`` that ``marks`` has."""
    by_index = {route.index: route for route in routes}
    for doubt, mark in marks.items():
        if mark.any():
            column = joined(by_index[doubt.route].legacy)
            yield about_rows(rows.filter(mark), doubt.code, side="legacy", column=column)
