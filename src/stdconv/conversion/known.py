"""What was proven once for a value: kept by value, so that nothing is proven again for the records that share it.

Each route that can be asked value by value has a table: for every legacy value that was met, its standard values,
whether it is accepted and the schema takes them, whether it is spelled otherwise, and which doubts there are. Records
whose values are all in order are put together from the tables; all others are left to the ordinary code. No lens knows
of it, and what comes out is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.program import Doubt, Program, cols
from stdconv.conversion.translate import guarded, told
from stdconv.conversion.valuetables import LEAST, LIMIT, Asked, Asking, HeldTables, Memory, ValueTable
from stdconv.conversion.work import Work
from stdconv.domains.check import Columns
from stdconv.findings.frames import empty
from stdconv.findings.rows import ROW, only, refused_rows, without
from stdconv.findings.shown import Counted
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column
from stdconv.standard.placeholders import EITHER


class Split(Asking):
    """What is asked of legacy values."""

    def __init__(self, plan: Plan, held: Collection[int]) -> None:
        super().__init__(plan.routes, held)
        self.plan = plan

    def keys(self, route: Route) -> list[str]:
        """Return the working columns of the legacy values."""
        return [legacy_column(name) for name in route.legacy]

    def proven(self, program: Program, frame: pl.DataFrame) -> pl.DataFrame:
        """Translate legacy values and guard them."""
        return guarded(program, frame)

    def _with(self, held: Collection[int]) -> Split:
        return Split(self.plan, held)

    @cached_property
    def checks(self) -> tuple[Asked, ...]:
        """The schema's checks."""
        columns: Columns = {name: pl.col(standard_column(name)) for name in self.plan.carried}
        return tuple(Asked.of(each.domain, columns) for each in self.plan.checks)

    @cached_property
    def across(self) -> list[pl.Expr]:
        """What no table answers for: the verdicts of the other routes, the checks of several routes' columns."""
        across = [each.passes for each in self.checks if not any(map(each.is_about, self.held.routes))]
        return [*cols([verdict_column(route) for route in self.plain.routes]), *across]

    def _entry(self, route: Route) -> Iterator[pl.Expr]:
        yield from cols([standard_column(name) for name in route.standard])
        passed = [each.passes for each in self.checks if each.is_about(route)]
        yield pl.all_horizontal([pl.col(verdict_column(route)), *passed]).alias(verdict_column(route))
        for name in route.legacy:
            yield residue.otherwise(name).alias(_otherwise(name))
            if legacy_column(name) in self.plan.doubtful:
                yield pl.col(legacy_column(name)).str.contains(EITHER).alias(_nothing(name))
        yield from (mark.alias(_doubt(each)) for each, mark in self.held.doubts.items() if each.route == route.index)


@dataclass(frozen=True, repr=False)
class ValueTables(HeldTables):
    """All tables at one time."""

    split: Split

    def given(self, frame: pl.DataFrame, numbers: Mapping[int, pl.Series]) -> pl.DataFrame:
        """Return ``frame`` with standard values, verdicts and marks, from the tables by ``numbers``, and all others."""
        return guarded(self.split.plain, frame.hstack(self.gathered(numbers)))

    def counts(self, numbers: Mapping[int, pl.Series]) -> tuple[tuple[Route, pl.DataFrame], ...]:
        """Return how many records have each value, by route, where tables are about the values."""
        counted = {route.index for route in self.split.plan.tabled}
        asked = (table for table in self.held if table.route.index in counted)
        return tuple((table.route, _counted(table, numbers[table.route.index])) for table in asked)

    def in_order(self, frame: pl.DataFrame) -> pl.Series:
        """Return which records of a frame that was ``given`` its columns are in order."""
        verdicts = [verdict_column(table.route) for table in self.held]
        asked = [pl.col(name) for name in verdicts if name in frame.columns]
        return frame.select(pl.all_horizontal([pl.col(ROW).is_not_null(), *asked, *self.split.across])).to_series()

    def told(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the warnings about records that are in order."""
        marks = {each: pl.col(_doubt(each)) for each in self.split.held.doubts if _doubt(each) in frame.columns}
        marks |= self.split.plain.doubts
        ordered = sorted(marks, key=lambda each: (each.route, each.step))
        if ordered:
            applies = frame.select(marks[each].alias(_doubt(each)) for each in ordered)
            yield from told(self.split.plan.routes, frame[ROW], dict(zip(ordered, applies, strict=True)))

    def spelled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the residue of records that are in order."""
        plan, columns = self.split.plan, self.split.plan.mapping.legacy.columns
        plain = [name for route in self.split.plain.routes for name in route.legacy if route.steps and name in columns]
        differs = residue.differing(plain, plan.unwritten, plan.mapping.defaults)
        differs |= {name: pl.col(_otherwise(name)) for name in columns if _otherwise(name) in frame.columns}
        return residue.spelled(frame, columns, differs)

    def suspects(self, frame: pl.DataFrame) -> dict[str, str]:
        """Return the columns of ``Plan.doubtful`` in which a value of ``frame`` may be one that stands for nothing."""
        known = {name for table in self.held for name in table.route.legacy}
        doubtful = self.split.plan.doubtful.items()
        return {column: name for column, name in doubtful if name not in known or _nothing(name) in frame.columns}


@dataclass(frozen=True, repr=False)
class Proven(Counted):
    """The records whose values are all in order, as ``work``, and their residue ``spelled``.

    ``suspects`` are the columns, as in ``Plan.doubtful``, that may hold what stands for nothing. ``others`` are the
    records that the ordinary code must look at, ``None`` where there are none. ``counts`` are the values (``text``) of
    all records where tables are about them, and how many have each (``len``), by route, but for the ``uncounted``.
    """

    work: Work
    spelled: pl.DataFrame
    suspects: Mapping[str, str]
    others: Work | None
    counts: tuple[tuple[Route, pl.DataFrame], ...] = ()
    uncounted: tuple[Route, ...] = ()


class Known(Memory[ValueTables]):
    """What is known of the values of a file, or of several, with one plan; several threads may ask at once."""

    def __init__(self, plan: Plan, *, limit: int = LIMIT, least: int = LEAST) -> None:
        routes = [route.index for route in plan.routes if _has_table(plan, route)] if limit else []
        super().__init__(ValueTables(Split(plan, routes), ()), limit=limit, least=least)

    def answer(self, work: Work) -> Proven | None:
        """Return what the values of ``work`` (legacy and looked-up columns) say; ``None`` where it is not worth it."""
        asked = self._asked(work.frame)
        if asked is None:
            return None
        tables, numbers = asked
        frame, found, others = tables.given(work.frame, numbers), pl.concat([empty(), *work.findings]), None
        is_in_order = tables.in_order(frame)
        if len(refused := refused_rows(found)):
            is_in_order &= ~frame[ROW].is_in(refused.implode())
        if not is_in_order.all():
            rest = work.frame.filter(~is_in_order)
            others = Work(rest, (only(found, rest[ROW]),))
            frame, found = frame.filter(is_in_order), without(found, rest[ROW])
        proven = Work(frame, (found, *tables.told(frame)))
        counts = tables.counts(numbers)
        counted = {route.index for route, _ in counts}
        uncounted = tuple(route for route in tables.split.plan.tabled if route.index not in counted)
        return Proven(proven, tables.spelled(frame), tables.suspects(frame), others, counts, uncounted)


def _has_table(plan: Plan, route: Route) -> bool:
    """Return whether a route does something to values of the layout's own columns, and needs nothing else for it."""
    return bool(route.steps) and not route.beside and set(route.legacy) <= set(plan.mapping.legacy.columns)


def _counted(table: ValueTable, numbers: pl.Series) -> pl.DataFrame:
    each = numbers.alias("number").to_frame().group_by("number").len()
    return each.select(table.texts_of(each["number"]).alias("text"), "len")


def _otherwise(name: str) -> str:
    return f"x:{name}"


def _nothing(name: str) -> str:
    return f"n:{name}"


def _doubt(doubt: Doubt) -> str:
    return f"d:{doubt.route}.{doubt.step}.{doubt.code}"
