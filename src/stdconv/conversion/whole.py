"""What no record can answer for by itself: the rules of the dataset, and whether a lookup fits the records at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from stdconv.conversion import lookups
from stdconv.conversion.lookups import unused
from stdconv.conversion.outcome import Outcome, united
from stdconv.conversion.tallies import Tables
from stdconv.mapping.plan import Plan
from stdconv.standard.dataset import KEPT, Dataset
from stdconv.standard.people import People


class Whole:
    """All records of a file or a frame: ``take`` all outcomes in order, then ask for the ``findings``."""

    def __init__(self, plan: Plan, tables: lookups.Tables, *, keep: int = KEPT, as_of: str | None = None) -> None:
        self.dataset = Dataset(plan.schema, list(plan.carried), keep=keep, as_of=as_of)
        self.people = People(plan.schema, plan.carried)
        self.values = Tables(plan)
        self.read = 0
        self.used = {name: pl.Series(dtype=pl.Int64) for name in tables}
        self._tables = tables

    def take(self, outcomes: Sequence[Outcome]) -> None:
        """Take the next outcomes, at least one."""
        standard = pl.concat([outcome.standard for outcome in outcomes])
        refused = pl.concat([outcome.refused_keys for outcome in outcomes])
        self.dataset.add(standard)
        self.dataset.add_refused(refused)
        self.people.add(standard)
        self.people.add_refused(refused)
        self.values.add(
            pl.concat([outcome.values for outcome in outcomes]), pl.concat([outcome.strange for outcome in outcomes])
        )
        for outcome in outcomes:
            self.read += outcome.read
            for name, rows in outcome.used.items():
                self.used[name] = united(self.used[name], rows)

    def findings(self, accepted: Callable[[], Iterator[pl.DataFrame]]) -> Iterator[pl.DataFrame]:
        """Yield findings about all records; ``accepted`` gives them once more, where that is needed."""
        yield from self.dataset.findings(accepted)
        yield from self.people.findings()
        for name, table in self._tables.items():
            if (left := unused(table, self.used[name], self.read)) is not None:
                yield left
