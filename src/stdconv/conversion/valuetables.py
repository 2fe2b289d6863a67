"""What is known of the values of routes, by value: a table for each, all at one time, and what grows from file to file.

What is asked of the values, and in which direction, is for others to say (``Asking``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Generic, NamedTuple, Self, TypeVar

import polars as pl

from stdconv.conversion.program import Program
from stdconv.domains.check import Columns, check
from stdconv.domains.sets import Domain
from stdconv.findings.rows import ROW
from stdconv.findings.shown import Counted
from stdconv.mapping.route import Route, standard_column, verdict_column

LIMIT = 1_000_000
"""How many values all tables together hold at most."""
FEW = 256
"""How many new values of a route are few."""
LEAST = 1_000
"""From how many records in a batch on tables are worth their cost."""
SLACK = 32_768
"""By how many the values that were new may outnumber those that were known before a table is given up."""
SEPARATOR = "\0"
"""What stands between the values of several columns: no value that a file can hold has it."""


class Asked(NamedTuple):
    """A check of the schema over working columns, and which ones it looks at."""

    passes: pl.Expr
    columns: frozenset[str]

    @classmethod
    def of(cls, domain: Domain, columns: Columns) -> Self:
        """Return the check of ``domain``."""
        passes = check(domain, columns)
        return cls(passes, frozenset(passes.meta.root_names()))

    def is_about(self, route: Route) -> bool:
        """Return whether it looks at standard values of ``route`` alone."""
        return bool(self.columns) and self.columns <= set(map(standard_column, route.standard))


@dataclass(frozen=True, repr=False)
class ValueTable(Counted):
    """What is known of the values of ``route``: a row of ``values`` for each, by the number that it has in ``texts``.

    ``keys`` are the working columns that are looked up; null is the same as empty. ``texts`` is an empty series: a text
    keeps its number as long as there is one of that type. ``balance`` is by how much the values that were known
    outnumber those that were new.
    """

    route: Route
    keys: list[str]
    texts: pl.Series
    values: pl.DataFrame
    balance: int = 0

    @classmethod
    def of(cls, route: Route, keys: list[str]) -> Self:
        """Return an empty table."""
        return cls(route, keys, pl.Series(dtype=pl.Categorical(pl.Categories.random())), pl.DataFrame())

    def numbers(self, frame: pl.DataFrame) -> pl.Series:
        """Return the number of each record's value."""
        texts = pl.col(self.keys).fill_null("")
        key = frame.select(texts if len(self.keys) == 1 else pl.concat_str(texts, separator=SEPARATOR))
        return key.to_series().cast(self.texts.dtype).to_physical()

    def texts_of(self, numbers: pl.Series) -> pl.Series:
        """Return the values with these numbers, those of several columns as one text."""
        return pl.select(pl.lit(numbers).cat.to(self.texts.dtype).cast(pl.String)).to_series()

    def unknown(self, stop: int) -> pl.DataFrame:
        """Return the values with the numbers from the table's end to ``stop``, by working column."""
        numbers = pl.int_range(len(self.values), stop, dtype=pl.UInt32, eager=True)
        texts = self.texts_of(numbers)
        if len(self.keys) == 1:
            return pl.DataFrame({self.keys[0]: texts})
        return texts.str.split_exact(SEPARATOR, len(self.keys) - 1).struct.rename_fields(self.keys).struct.unnest()

    def new(self, stop: int) -> int:
        """Return how many values with numbers below ``stop`` are not known."""
        return max(0, stop - len(self.values))

    def is_worth(self, stop: int, count: int) -> bool:
        """Return whether looking up ``count`` records, with numbers below ``stop``, is less work than proving them."""
        return self.balance + count - 2 * self.new(stop) >= -SLACK

    def extended(self, values: pl.DataFrame, count: int) -> Self:
        """Return the table with more ``values``, which were new among those of ``count`` records."""
        held = pl.concat([self.values, values]) if len(self.values) else values
        return replace(self, values=held.rechunk(), balance=self.balance + count - 2 * len(values))

    @cached_property
    def gives(self) -> list[str]:
        """The columns that records are given: the standard values, and each mark that is not the same for all."""
        verdict = verdict_column(self.route)
        marks = {name for name, dtype in self.values.schema.items() if dtype == pl.Boolean}
        idle = {name for name in marks if self.values[name].all() if name == verdict}
        idle |= {name for name in marks if name != verdict and not self.values[name].any()}
        return [name for name in self.values.columns if name not in idle]

    def gathered(self, numbers: pl.Series) -> list[pl.Series]:
        """Return what records are given whose values have these ``numbers``."""
        return [self.values[name].gather(numbers) for name in self.gives]


class Asking(ABC):
    """Routes, those ``held`` in tables and the others, with what is asked of values, made when needed."""

    def __init__(self, routes: Sequence[Route], held: Collection[int]) -> None:
        self.held = Program(route for route in routes if route.index in held)
        self.plain = Program(route for route in routes if route.index not in held)
        self._shares: tuple[Program, ...] | None = None

    @abstractmethod
    def keys(self, route: Route) -> list[str]:
        """Return the working columns that are looked up."""

    @abstractmethod
    def proven(self, program: Program, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` (``_row`` and the keys of the program's routes) with what the entries are made of."""

    @abstractmethod
    def _entry(self, route: Route) -> Iterator[pl.Expr]:
        """Yield what is held of each value of ``route``, its verdict under the name of that."""

    @abstractmethod
    def _with(self, held: Collection[int]) -> Self:
        """Return the same with other routes held."""

    @cached_property
    def entries(self) -> dict[int, list[pl.Expr]]:
        """What is held of each value, by route, in a frame that the program of those held has been run for."""
        return {route.index: list(self._entry(route)) for route in self.held.routes}

    def shares(self, new: Mapping[int, int]) -> tuple[Program, ...]:
        """Return the routes held as two programs, of those with few new values and those with many: decided once.

        Columns in one program are as long as the longest.
        """
        if self._shares is None:
            many = {index for index, count in new.items() if count > FEW}
            parts = ([route for route in self.held.routes if (route.index in many) is part] for part in (False, True))
            self._shares = tuple(Program(part) for part in parts if part)
        return self._shares

    def only(self, held: Collection[int]) -> Self:
        """Return the same with tables for the routes with the indices ``held`` alone."""
        return self if len(held) == len(self.held.routes) else self._with(held)


@dataclass(frozen=True, repr=False)
class HeldTables(Counted):
    """All tables at one time."""

    split: Asking
    held: tuple[ValueTable, ...]

    def know(self, stops: Mapping[int, int]) -> bool:
        """Return whether all values with numbers below ``stops``, by route, are known."""
        return not any(table.new(stops[table.route.index]) for table in self.held)

    def worth_it(self, stops: Mapping[int, int], count: int, limit: int) -> Self:
        """Return the tables that are worth extending for ``count`` records; together they hold at most ``limit``."""
        held = [table for table in self.held if table.is_worth(stops[table.route.index], count)]
        while sum(len(table.values) + table.new(stops[table.route.index]) for table in held) > limit:
            held.remove(max(held, key=lambda table: stops[table.route.index]))
        return replace(self, split=self.split.only({table.route.index for table in held}), held=tuple(held))

    def learned(self, stops: Mapping[int, int], count: int) -> Self:
        """Return tables that know all values with numbers below ``stops``, by route, of ``count`` records."""
        unknown = {table.route.index: table.unknown(stops[table.route.index]) for table in self.held}
        if not any(map(len, unknown.values())):
            return self
        entries: dict[int, pl.DataFrame] = {}
        for share in self.split.shares({index: len(new) for index, new in unknown.items()}):
            fresh = {route.index: new for route in share.routes if len(new := unknown[route.index])}
            texts = pl.concat([unknown[route.index] for route in share.routes], how="horizontal_extend")
            filled = texts.with_columns(pl.all().fill_null("")).with_row_index(ROW)
            frame = self.split.proven(share, filled) if fresh else texts
            entries |= {i: frame.head(len(new)).select(self.split.entries[i]) for i, new in fresh.items()}
        held = (
            table.extended(entries[table.route.index], count) if table.route.index in entries else table
            for table in self.held
        )
        return replace(self, held=tuple(held))

    def gathered(self, numbers: Mapping[int, pl.Series]) -> list[pl.Series]:
        """Return what records are given whose values have these ``numbers``, by route."""
        return [column for table in self.held for column in table.gathered(numbers[table.route.index])]


AllTables = TypeVar("AllTables", bound=HeldTables)


class Memory(Generic[AllTables]):
    """What is known of values, from batch to batch; several threads may ask at once.

    ``limit`` is how many values are held at most; batches of fewer than ``least`` records are not answered.
    """

    def __init__(self, tables: AllTables, *, limit: int = LIMIT, least: int = LEAST) -> None:
        self._limit = limit
        self._least = max(1, least)
        self._lock = Lock()
        self._empty = tables
        self.forget()

    def forget(self) -> None:
        """Know nothing any more."""
        split = self._empty.split
        held = tuple(ValueTable.of(route, split.keys(route)) for route in split.held.routes)
        self._tables = replace(self._empty, held=held)

    @property
    def sizes(self) -> dict[tuple[str, ...], int]:
        """How many values are known, by the legacy columns that each table is about."""
        return {table.route.legacy: len(table.values) for table in self._tables.held}

    def _asked(self, frame: pl.DataFrame) -> tuple[AllTables, Mapping[int, pl.Series]] | None:
        """Return tables that know the values of ``frame``, and those by number; ``None`` where it is not worth it."""
        if len(frame) < self._least:
            return None
        numbers = {table.route.index: table.numbers(frame) for table in self._tables.held}
        tables = self._learned(numbers, len(frame))
        return (tables, numbers) if tables.held else None

    def _learned(self, numbers: Mapping[int, pl.Series], count: int) -> AllTables:
        """Return tables that know the values with these numbers, by route, of ``count`` records."""
        stops = {index: 1 + each.to_frame().select(pl.first().max()).item() for index, each in numbers.items()}
        tables = self._tables
        if tables.know(stops):
            return tables
        with self._lock:
            self._tables = self._tables.worth_it(stops, count, self._limit).learned(stops, count)
            return self._tables
