"""What was proven once for a standard value on its way into a layout: what it is written as, and that it comes back.

As in ``conversion.known``, the other way round. Each route that can be asked value by value has a table: for every
standard value that was met, the legacy values that it is written as, whether it comes back, and whether a file can hold
them. Records of which all that is known are put together from the tables; all others are left to the ordinary code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import polars as pl

from stdconv.conversion.program import Program
from stdconv.conversion.restore import legacy_of
from stdconv.conversion.translate import back, forward, guarded
from stdconv.conversion.valuetables import LEAST, LIMIT, Asked, Asking, HeldTables, Memory
from stdconv.conversion.work import Work
from stdconv.domains.check import Columns
from stdconv.findings.frames import about_rows, joined
from stdconv.findings.rows import ROW
from stdconv.findings.shown import Counted
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.writable import harmless, is_heading
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column, written_column
from stdconv.standard.checks import present_checks


class Mark(NamedTuple):
    """Where values do not come back: the columns that a finding is about, where it applies, its code."""

    column: str
    applies: pl.Expr
    code: str = "T0030"


class Back(Asking):
    """What is asked of the values of standard records that have ``columns``."""

    def __init__(self, plan: Plan, held: Collection[int], columns: Collection[str]) -> None:
        super().__init__(plan.routes, held)
        self.plan = plan
        self.columns = columns

    def _with(self, held: Collection[int]) -> Back:
        return Back(self.plan, held, self.columns)

    @cached_property
    def checks(self) -> tuple[Asked, ...]:
        """The schema's checks."""
        columns: Columns = {name: pl.col(standard_column(name)) for name in self.plan.carried}
        return tuple(Asked.of(each.domain, columns) for each in present_checks(self.plan.checks, self.columns))

    @cached_property
    def across(self) -> list[pl.Expr]:
        """The checks that no table answers for."""
        return [each.passes for each in self.checks if not any(map(each.is_about, self.held.routes))]

    @cached_property
    def awaited(self) -> list[str]:
        """The standard columns that routes without a table are given besides their own."""
        own = {name for route in self.plain.routes for name in route.standard}
        awaited = dict.fromkeys(name for route in self.plain.routes for name in (*route.beside, *route.where))
        return [name for name in awaited if name not in own]

    @cached_property
    def marks(self) -> dict[str, Mark]:
        """Where a value does not come back, by the name of the mark."""
        return {name: mark for route in self.plan.routes for name, mark in _marks(route)}

    def keys(self, route: Route) -> list[str]:
        """Return the working columns of the standard values."""
        return [standard_column(name) for name in route.standard]

    def proven(self, program: Program, frame: pl.DataFrame) -> pl.DataFrame:
        """Write standard values, and read them again."""
        keys = (key for route in program.routes for key in self.keys(route))
        return self.returned(
            program, frame.with_columns(pl.when(pl.col(k) != "").then(pl.col(k)).alias(k) for k in keys)
        )

    def returned(self, program: Program, frame: pl.DataFrame) -> pl.DataFrame:
        """Add what standard values are written as, what is read of that, and whether a file can hold it."""
        frame = back(program, frame)
        names = dict.fromkeys(name for route in program.routes for name in route.legacy)
        given = [name for route in program.routes for name in route.standard]
        awaited = [standard_column(name) for name in self.awaited] if program is self.plain else []
        again = _read_again(program, frame.select(ROW, *awaited, *map(written_column, names)), names)
        frame = frame.with_columns(pl.col(written_column(name)).fill_null("") for name in names)
        read = [pl.col(standard_column(name)).alias(_again(name)) for name in given]
        verdicts = [verdict_column(route) for route in program.routes]
        held = [self._is_harmless(name, frame[written_column(name)]) for name in names]
        return frame.hstack([*again.select(*read, *verdicts), *held])

    def _is_harmless(self, name: str, values: pl.Series) -> pl.Series:
        is_harmless = pl.Series([True]).new_from_index(0, len(values))
        for dialect in dialects_of(self.plan, name):
            is_harmless &= harmless(values, dialect, name)
        return is_harmless.alias(_harmless(name))

    def _entry(self, route: Route) -> Iterator[pl.Expr]:
        yield from (pl.col(written_column(name)) for name in route.legacy)
        yield from (mark.applies.alias(name) for name, mark in _marks(route))
        passed = [each.passes for each in self.checks if each.is_about(route)]
        held = [pl.col(_harmless(name)) for name in route.legacy]
        yield pl.all_horizontal([pl.lit(value=True), *passed, *held]).alias(verdict_column(route))


@dataclass(frozen=True, repr=False)
class BackTables(HeldTables):
    """All tables at one time."""

    split: Back

    def given(self, frame: pl.DataFrame, numbers: Mapping[int, pl.Series]) -> pl.DataFrame:
        """Return ``frame`` with written values and marks, from the tables by ``numbers``, and all others."""
        return self.split.returned(self.split.plain, frame.hstack(self.gathered(numbers)))

    def is_known(self, frame: pl.DataFrame, legacy: pl.DataFrame) -> pl.Series:
        """Return of which records all is known that is to be said, if only that values do not come back."""
        there, plain = set(frame.columns), self.split.plain.routes
        verdicts = [name for table in self.held if (name := verdict_column(table.route)) in there]
        held = [_harmless(name) for route in plain for name in route.legacy]
        same = [~pl.col(mark) for name in self.split.awaited if (mark := _differs(name)) in there]
        asked = [pl.col(ROW).is_not_null(), *map(pl.col, (*verdicts, *held)), *same, *self.split.across]
        known = frame.select(pl.all_horizontal(asked)).to_series()
        headings = legacy.select(pl.any_horizontal(_headings(self.split.plan))).to_series()
        return known & ~headings

    def differences(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield the findings about values of known records that do not come back."""
        plain = {name for route in self.split.plain.routes for name, _ in _marks(route)}
        asked = {n: mark.applies for n, mark in self.split.marks.items() if n in plain}
        asked = {n: asked.get(n, pl.col(n)) for n in self.split.marks if n in plain or n in frame.columns}
        for mark in frame.select(expr.alias(name) for name, expr in asked.items()):
            if mark.any():
                column, _, code = self.split.marks[mark.name]
                yield about_rows(frame[ROW].filter(mark), code, side="standard", column=column)


@dataclass(frozen=True, repr=False)
class Returned(Counted):
    """The records of which all is known: what they are written as (``legacy``), and where that does not come back.

    ``others`` are the standard records that the ordinary code must look at, ``None`` where there are none.
    """

    legacy: pl.DataFrame
    differences: list[pl.DataFrame]
    others: pl.DataFrame | None


class KnownBack(Memory[BackTables]):
    """What is known of standard values on their way into the layout of one plan; several threads may ask at once.

    The records have ``columns``, and null, not an empty text, where a value is absent.
    """

    def __init__(self, plan: Plan, columns: Collection[str], *, limit: int = LIMIT, least: int = LEAST) -> None:
        self._plan = plan
        is_sure = all(each.all() for each in _defaults(plan))
        routes = list(_with_tables(plan)) if limit and is_sure else []
        super().__init__(BackTables(Back(plan, routes, columns), ()), limit=limit, least=least)

    def answer(self, standard: pl.DataFrame) -> Returned | None:
        """Return what the values of ``standard`` say; ``None`` where it is not worth it."""
        asked = self._asked(work := Work.of_standard(standard, self._plan.carried).frame)
        if asked is None:
            return None
        tables, numbers = asked
        frame, others = tables.given(work, numbers), None
        legacy = legacy_of(self._plan, Work(frame))
        is_known = tables.is_known(frame, legacy)
        if not is_known.all():
            frame, legacy, others = frame.filter(is_known), legacy.filter(is_known), standard.filter(~is_known)
        return Returned(legacy, list(tables.differences(frame)), others)


def _read_again(program: Program, written: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Return what is read of the legacy values ``names`` that are ``written``, and whether it is accepted.

    The same standard values are written the same again. What is accepted is asked of those alone, so without chains
    nothing need be written a second time.
    """
    legacy = written.with_columns(pl.col(written_column(n)).fill_null("").alias(legacy_column(n)) for n in names)
    if program.chains.routes:
        return guarded(program, legacy.drop(map(written_column, names)))
    return forward(program, legacy).with_columns(program.verdicts)


def dialects_of(plan: Plan, name: str) -> Iterator[Dialect]:
    """Yield how the files are written that have the legacy or looked-up column ``name``."""
    if name in plan.mapping.legacy.columns:
        yield plan.dialect
    for each, lookup in plan.mapping.lookups.items():
        if name in (*lookup.key, *(f"{each}.{column}" for column in lookup.columns)):
            yield plan.lookup_dialect(each)


def _with_tables(plan: Plan) -> Iterator[int]:
    """Yield the routes that do something to values, need nothing else for it, and share no legacy column."""
    often = Counter(name for route in plan.routes for name in route.legacy)
    for route in plan.routes:
        if route.steps and not route.beside and all(often[name] == 1 for name in route.legacy):
            yield route.index


def _defaults(plan: Plan) -> Iterator[pl.Series]:
    """Yield whether files can hold what columns have that no field writes."""
    for name in plan.unwritten:
        value = pl.Series([plan.mapping.defaults.get(name, "")])
        yield from (harmless(value, dialect, name) for dialect in dialects_of(plan, name))


def _headings(plan: Plan) -> Iterable[pl.Expr]:
    """Yield whether a record, or what it needs of a lookup, says what the header says."""
    yield is_heading(plan.dialect)
    for each, lookup in plan.mapping.lookups.items():
        yield is_heading(plan.lookup_dialect(each), {column: f"{each}.{column}" for column in lookup.columns})


def _marks(route: Route) -> Iterator[tuple[str, Mark]]:
    """Yield where values of a route do not come back: all at once, by column, and where all do but are not accepted."""
    others = []
    unsayable = Program([route]).unsayable.get(route.index)
    for name in route.standard:
        differs = pl.col(standard_column(name)).ne_missing(pl.col(_again(name)))
        others.append(differs & ~unsayable[1] if unsayable else differs)
        yield _differs(name), Mark(name, others[-1])
    if unsayable:
        code, applies = unsayable
        others.append(applies)
        yield f"n:{route.index}", Mark(joined(route.standard), applies, code)
    refused = ~pl.col(verdict_column(route)) & ~pl.any_horizontal(others)
    yield f"u:{route.index}", Mark(joined(route.standard), refused)


def _again(name: str) -> str:
    return f"a:{name}"


def _differs(name: str) -> str:
    return f"d:{name}"


def _harmless(name: str) -> str:
    return f"h:{name}"
