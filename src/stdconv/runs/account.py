"""The account of a conversion: what was seen of it so far, and the report that this makes in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

import polars as pl

from stdconv.conversion.lookups import Tables
from stdconv.conversion.outcome import Outcome
from stdconv.conversion.whole import Whole
from stdconv.findings.frames import about_file
from stdconv.findings.registry import Threshold
from stdconv.layouts.kinds import Said, disagreeing
from stdconv.layouts.lines import LineOf
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.layouts.reader import WAYS
from stdconv.mapping.plan import Plan
from stdconv.reports.counts import Counts
from stdconv.reports.decided import SiteUse
from stdconv.reports.evidence import MappingUse
from stdconv.reports.model import LookupUse, Report, by_code, exit_code, held
from stdconv.reports.patterns import PatternsUse
from stdconv.reports.people import PeopleUse
from stdconv.reports.ruled import ruled
from stdconv.reports.site import NOBODY, Site
from stdconv.reports.totals import Totals, Unit
from stdconv.runs.asked import NOTHING_ASKED, Asked
from stdconv.runs.expected import Counted, Expected
from stdconv.runs.tables import table_uses
from stdconv.standard.dataset import KEPT

TOGETHER = 20_000
"""Outcomes of fewer records are summed up together: what each of them costs is much more than its records."""


class Account:
    """Counts, totals, what dataset rules need, which rows of lookups were used.

    Of small files, ``keep`` values at most, dataset rules keep what they look at; else it is asked for once more.
    """

    def __init__(
        self,
        plan: Plan,
        tables: Tables,
        asked: Asked = NOTHING_ASKED,
        *,
        keep: int = KEPT,
        watch: Watch = UNWATCHED,
        site: Site = NOBODY,
    ) -> None:
        self.plan = plan
        self.site = site
        self.tables = tables
        self.read = self.accepted = self.refused = self.raw_records = self.joined = 0
        self.raw_ways = Counter[str]()
        self.totals = Totals(site.patterns)
        self.said: list[Said] = []
        self.is_of_bytes = False
        self.whole = Whole(plan, tables, keep=keep, as_of=asked.as_of)
        self.expected = Expected(asked.expect, plan.schema, plan.carried, watch)
        self._waiting: list[Outcome] = []
        self._waiting_records = 0

    def add(self, findings: pl.DataFrame, *, elsewhere: bool = False) -> None:
        """Take findings that refuse no record; ``elsewhere`` says that they are about another file's rows."""
        self.totals.add(findings, elsewhere=elsewhere)

    def take(self, outcome: Outcome) -> None:
        """Take the next outcome, its rows counted through."""
        self._waiting.append(outcome)
        self._waiting_records += outcome.read
        if self._waiting_records >= TOGETHER:
            self._sum_up()
        self.joined += outcome.extent.joined if outcome.extent is not None else 0
        self.said += outcome.said
        self.is_of_bytes |= outcome.extent is not None
        self.read += outcome.read
        self.accepted += outcome.accepted
        self.refused += outcome.refused
        self.raw_records += outcome.raw_records
        self.raw_ways.update(outcome.raw_ways)

    def _sum_up(self) -> None:
        """Add up the outcomes that wait for that."""
        if self._waiting:
            self.totals.add(pl.concat([outcome.findings for outcome in self._waiting]))
            self.whole.take(self._waiting)
            self.expected.add_refused(pl.concat([outcome.refused_keys for outcome in self._waiting]))
        self._waiting, self._waiting_records = [], 0

    def of_all(self, accepted: Callable[[], Iterator[pl.DataFrame]]) -> Iterator[pl.DataFrame]:
        """Yield the findings that no record can answer for by itself, and take them; as ``Whole.findings``."""
        self._sum_up()
        found = chain(self._of_trailers(), self.whole.findings(accepted), self._of_expected())
        for findings in map(self.site.judge, found):
            self.add(findings)
            yield findings

    def _of_trailers(self) -> Iterator[pl.DataFrame]:
        """Yield findings about trailers that do not say how many records the bytes before them have."""
        kinds = self.plan.dialect.kinds
        if kinds is not None and kinds.counts and self.is_of_bytes:
            for detail in disagreeing(self.said, self.read):
                yield about_file("R0019", side="legacy", detail=detail)

    def _of_expected(self) -> Iterator[pl.DataFrame]:
        """Yield where what was said from outside is another than what was counted."""
        if len(found := self.expected.found(Counted(self.read, self.whole.people))):
            yield found

    def report(self, name: str, fail_on: Threshold, line_of: LineOf | None = None) -> Report:
        """Sum everything up, once all findings were taken."""
        used, dataset = self.whole.used, self.whole.dataset
        counts = Counts(read=self.read, accepted=self.accepted, refused=self.refused)
        unit: Unit = "lines" if self.plan.dialect.terminator else "offsets"
        found = self.totals.totals(line_of, unit=unit)
        return Report(
            command="convert",
            mapping=self.plan.mapping.id,
            mapping_used=MappingUse(origin=self.plan.origin, sha256=self.plan.sha256),
            standard=self.plan.schema.name,
            file=name,
            fail_on=fail_on,
            counts=counts,
            joined_records=self.joined,
            raw_records=self.raw_records,
            raw_ways={way: self.raw_ways[way] for way in WAYS if self.raw_ways[way]},
            raw_share=self.raw_records / counts.accepted if counts.accepted else 0.0,
            lookups={n: LookupUse(rows=len(table.frame), used=len(used[n])) for n, table in self.tables.items()},
            people=PeopleUse.of(self.whole.people, self.read),
            tables=table_uses(self.whole.values.tables(), self.plan.schema),
            expected=self.expected.uses,
            tallies=dataset.tallies,
            labels=dataset.labels,
            as_of=dataset.day,
            checked=by_code((*held(self.plan.checks, self.plan.carried), *dataset.checked, *self.whole.people.checked)),
            site=SiteUse.of(self.site, found, self.totals.patterns),
            severities=ruled(self.plan.decided, found),
            findings=found,
            patterns=PatternsUse.of(self.totals.patterns, self.plan.schema.key, line_of, unit=unit),
            exit_code=exit_code(counts, self.totals, fail_on),
        )
