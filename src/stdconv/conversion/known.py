"""What was proven once for a value: kept by value, so that nothing is proven again for the records that share it.

Each route that can be asked value by value has a table: for every legacy value that was met, its standard values,
whether it is accepted and the schema takes them, whether it is spelled otherwise, and which doubts there are. Records
whose values are all in order are put together from the tables; all others are left to the ordinary code. No lens knows
of it, and what comes out is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.program import Doubt, Program, cols
from stdconv.conversion.translate import guarded, told
from stdconv.conversion.valuetables import Asked, ValueTable
from stdconv.conversion.work import Work
from stdconv.domains.check import Columns
from stdconv.findings.frames import empty
from stdconv.findings.rows import ROW, only, refused_rows, without
from stdconv.findings.shown import Counted
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column, written_column
from stdconv.standard.placeholders import EITHER

LIMIT = 1_000_000
"""How many values all tables together hold at most."""
FEW = 256
"""How many new values of a route are few."""
LEAST = 1_000
"""From how many records in a batch on tables are worth their cost."""


class Split:
    """The routes of a plan, those ``held`` in tables and the others, with what follows from it, made when needed."""

    def __init__(self, plan: Plan, held: Collection[int]) -> None:
        self.plan = plan
        self.held = Program(route for route in plan.routes if route.index in held)
        self.plain = Program(route for route in plan.routes if route.index not in held)
        self._shares: tuple[Program, ...] | None = None

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

    @cached_property
    def entries(self) -> dict[int, list[pl.Expr]]:
        """What is held of each value, by route, in a frame that the program of those held has been run for."""
        return {route.index: list(self._entry(route)) for route in self.held.routes}

    def _entry(self, route: Route) -> Iterator[pl.Expr]:
        yield from cols([standard_column(name) for name in route.standard])
        passed = [each.passes for each in self.checks if each.is_about(route)]
        yield pl.all_horizontal([pl.col(verdict_column(route)), *passed]).alias(verdict_column(route))
        for name in route.legacy:
            yield _differs(name).alias(_otherwise(name))
            if legacy_column(name) in self.plan.doubtful:
                yield pl.col(legacy_column(name)).str.contains(EITHER).alias(_nothing(name))
        yield from (told.alias(_doubt(each)) for each, told in self.held.doubts.items() if each.route == route.index)

    def shares(self, new: Mapping[int, int]) -> tuple[Program, ...]:
        """Return the routes held as two programs, of those with few new values and those with many: decided once.

        Columns in one program are as long as the longest.
        """
        if self._shares is None:
            many = {index for index, count in new.items() if count > FEW}
            parts = ([route for route in self.held.routes if (route.index in many) is part] for part in (False, True))
            self._shares = tuple(Program(part) for part in parts if part)
        return self._shares

    def only(self, held: Collection[int]) -> Split:
        """Return the split with tables for the routes with the indices ``held`` alone."""
        return self if len(held) == len(self.held.routes) else Split(self.plan, held)


@dataclass(frozen=True, repr=False)
class ValueTables(Counted):
    """All tables at one time."""

    split: Split
    held: tuple[ValueTable, ...]

    def know(self, stops: Mapping[int, int]) -> bool:
        """Return whether all values with numbers below ``stops``, by route, are known."""
        return not any(table.new(stops[table.route.index]) for table in self.held)

    def worth_it(self, stops: Mapping[int, int], count: int, limit: int) -> ValueTables:
        """Return the tables that are worth extending for ``count`` records; together they hold at most ``limit``."""
        held = [table for table in self.held if table.is_worth(stops[table.route.index], count)]
        while sum(len(table.values) + table.new(stops[table.route.index]) for table in held) > limit:
            held.remove(max(held, key=lambda table: stops[table.route.index]))
        return ValueTables(self.split.only({table.route.index for table in held}), tuple(held))

    def learned(self, stops: Mapping[int, int], count: int) -> ValueTables:
        """Return tables that know all values with numbers below ``stops``, by route, of ``count`` records."""
        unknown = {table.route.index: table.unknown(stops[table.route.index]) for table in self.held}
        if not any(map(len, unknown.values())):
            return self
        entries: dict[int, pl.DataFrame] = {}
        for share in self.split.shares({index: len(new) for index, new in unknown.items()}):
            fresh = {route.index: new for route in share.routes if len(new := unknown[route.index])}
            texts = pl.concat([unknown[route.index] for route in share.routes], how="horizontal_extend")
            frame = guarded(share, texts.with_columns(pl.all().fill_null("")).with_row_index(ROW)) if fresh else texts
            entries |= {i: frame.head(len(new)).select(self.split.entries[i]) for i, new in fresh.items()}
        held = (
            table.extended(entries[table.route.index], count) if table.route.index in entries else table
            for table in self.held
        )
        return replace(self, held=tuple(held))

    def given(self, frame: pl.DataFrame, numbers: Mapping[int, pl.Series]) -> pl.DataFrame:
        """Return ``frame`` with standard values, verdicts and marks, from the tables by ``numbers``, and all others."""
        gathered = [column for table in self.held for column in table.gathered(numbers[table.route.index])]
        return guarded(self.split.plain, frame.hstack(gathered))

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
        mapping = self.split.plan.mapping
        plain = {name for route in self.split.plain.routes for name in route.legacy if route.steps}
        differs = {n: pl.col(legacy_column(n)) != mapping.defaults.get(n, "") for n in self.split.plan.unwritten}
        differs |= {name: _differs(name) for name in mapping.legacy.columns if name in plain}
        differs |= {n: pl.col(_otherwise(n)) for n in mapping.legacy.columns if _otherwise(n) in frame.columns}
        return residue.spelled(frame, mapping.legacy.columns, differs)

    def suspects(self, frame: pl.DataFrame) -> dict[str, str]:
        """Return the columns of ``Plan.doubtful`` in which a value of ``frame`` may be one that stands for nothing."""
        known = {name for table in self.held for name in table.route.legacy}
        doubtful = self.split.plan.doubtful.items()
        return {column: name for column, name in doubtful if name not in known or _nothing(name) in frame.columns}


@dataclass(frozen=True, repr=False)
class Proven(Counted):
    """The records whose values are all in order, as ``work``, and their residue ``spelled``.

    ``suspects`` are the columns, as in ``Plan.doubtful``, that may hold what stands for nothing. ``others`` are the
    records that the ordinary code must look at, ``None`` where there are none.
    """

    work: Work
    spelled: pl.DataFrame
    suspects: Mapping[str, str]
    others: Work | None


class Known:
    """What is known of the values of a file, or of several, with one plan; several threads may ask at once.

    ``limit`` is how many values are held at most; batches of fewer than ``least`` records are not answered.
    """

    def __init__(self, plan: Plan, *, limit: int = LIMIT, least: int = LEAST) -> None:
        self._limit = limit
        self._least = max(1, least)
        self._lock = Lock()
        routes = [route.index for route in plan.routes if _has_table(plan, route)] if limit else []
        self._split = Split(plan, routes)
        self.forget()

    def forget(self) -> None:
        """Know nothing any more."""
        self._tables = ValueTables(self._split, tuple(map(ValueTable.of, self._split.held.routes)))

    @property
    def sizes(self) -> dict[tuple[str, ...], int]:
        """How many values are known, by the legacy columns that each table is about."""
        return {table.route.legacy: len(table.values) for table in self._tables.held}

    def answer(self, work: Work) -> Proven | None:
        """Return what the values of ``work`` (legacy and looked-up columns) say; ``None`` where it is not worth it."""
        if len(work.frame) < self._least:
            return None
        numbers = {table.route.index: table.numbers(work.frame) for table in self._tables.held}
        tables = self._learned(numbers, len(work.frame))
        if not tables.held:
            return None
        frame, found, others = tables.given(work.frame, numbers), pl.concat([empty(), *work.findings]), None
        is_in_order = tables.in_order(frame)
        if len(refused := refused_rows(found)):
            is_in_order &= ~frame[ROW].is_in(refused.implode())
        if not is_in_order.all():
            rest = work.frame.filter(~is_in_order)
            others = Work(rest, (only(found, rest[ROW]),))
            frame, found = frame.filter(is_in_order), without(found, rest[ROW])
        proven = Work(frame, (found, *tables.told(frame)))
        return Proven(proven, tables.spelled(frame), tables.suspects(frame), others)

    def _learned(self, numbers: Mapping[int, pl.Series], count: int) -> ValueTables:
        """Return tables that know the values with these numbers, by route, of ``count`` records."""
        stops = {index: 1 + each.to_frame().select(pl.first().max()).item() for index, each in numbers.items()}
        tables = self._tables
        if tables.know(stops):
            return tables
        with self._lock:
            self._tables = self._tables.worth_it(stops, count, self._limit).learned(stops, count)
            return self._tables


def _has_table(plan: Plan, route: Route) -> bool:
    """Return whether a route does something to values of the layout's own columns, and needs nothing else for it."""
    return bool(route.steps) and not route.beside and set(route.legacy) <= set(plan.mapping.legacy.columns)


def _differs(name: str) -> pl.Expr:
    """Return whether a legacy value is spelled otherwise than it would be written back."""
    return pl.col(legacy_column(name)) != pl.col(written_column(name)).fill_null("")


def _otherwise(name: str) -> str:
    return f"x:{name}"


def _nothing(name: str) -> str:
    return f"n:{name}"


def _doubt(doubt: Doubt) -> str:
    return f"d:{doubt.route}.{doubt.step}.{doubt.code}"
