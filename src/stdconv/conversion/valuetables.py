"""What is known of the values of one route, by value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Self

import polars as pl

from stdconv.domains.check import Columns, check
from stdconv.domains.sets import Domain
from stdconv.findings.shown import Counted
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column

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

    ``texts`` is an empty series: a text keeps its number as long as there is one of that type. ``balance`` is by how
    much the values that were known outnumber those that were new.
    """

    route: Route
    texts: pl.Series
    values: pl.DataFrame
    balance: int = 0

    @classmethod
    def of(cls, route: Route) -> Self:
        """Return an empty table."""
        return cls(route, pl.Series(dtype=pl.Categorical(pl.Categories.random())), pl.DataFrame())

    @property
    def keys(self) -> list[str]:
        """The working columns that hold the values."""
        return [legacy_column(name) for name in self.route.legacy]

    def numbers(self, frame: pl.DataFrame) -> pl.Series:
        """Return the number of each record's value."""
        key = frame.select(pl.concat_str(self.keys, separator=SEPARATOR)) if len(self.keys) > 1 else frame[self.keys]
        return key.to_series().cast(self.texts.dtype).to_physical()

    def unknown(self, stop: int) -> pl.DataFrame:
        """Return the values with the numbers from the table's end to ``stop``, by working column."""
        numbers = pl.int_range(len(self.values), stop, dtype=pl.UInt32, eager=True)
        texts = pl.select(pl.lit(numbers).cat.to(self.texts.dtype).cast(pl.String)).to_series()
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
