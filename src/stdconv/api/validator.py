"""The session that checks standard records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import polars as pl

from stdconv import arguments
from stdconv.api.given import lacking, load_site, looked_at, numbered
from stdconv.api.results import Validation
from stdconv.api.sessions import Octets, Rows, Session
from stdconv.arguments import Day, File, Frame
from stdconv.findings.frames import empty
from stdconv.findings.registry import Threshold
from stdconv.findings.rows import ROW, only, refused_rows, without
from stdconv.layouts.beginnings import Beginning
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Part, joined
from stdconv.layouts.streams import Stream
from stdconv.reports.counts import Counts
from stdconv.reports.model import Report
from stdconv.reports.totals import Totals
from stdconv.runs.expected import Counted, Expected
from stdconv.runs.validate import report_of
from stdconv.standard import checking
from stdconv.standard.batch import csv_batch, csv_columns, unlike_its_form
from stdconv.standard.checks import Check, present_checks
from stdconv.standard.dataset import ALL, Dataset
from stdconv.standard.people import People
from stdconv.standard.placeholders import doubtful, open_columns
from stdconv.standard.schema import Schema


class Validator(Session):
    """Checks standard records chunk by chunk: what the chunks give is what all of them give at once.

    ``feed`` takes frames as ``validate`` does, all with the same columns (``cast`` is as there), or the bytes of a
    standard CSV file, cut anywhere, not both; ``name`` is what faults and the report call these. After ``finish``,
    ``findings`` has what was found in records that were not all there before the end, and what only the whole can tell,
    by dataset rules. A few bytes are held of each record for that. ``as_of`` is the day of the extract; ``expect`` and
    ``expect_keys`` are as for ``validate_file``, but that keys are counted and not told. A session is for one thread;
    its schema may be shared by several. Raises ``DefinitionError`` as ``validate`` does, once it is finished or has
    failed (C0082), and for a chunk of another kind or with other columns (C0083); ``UnreadableError`` for bytes whose
    header does not fit.

    >>> session = Validator("resident-link/1.0")
    >>> chunk = pl.DataFrame({"宛名番号": ["1"], "履歴番号": ["1"]})
    >>> first, second = session.feed(chunk), session.feed(chunk)
    >>> session.finish().counts.read, session.findings.filter(code="D0001")["_row"].to_list()
    (2, [1, 2])
    """

    def __init__(
        self,
        schema: Schema | File,
        *,
        site: File | None = None,
        cast: bool = False,
        name: str | None = None,
        fail_on: Threshold = "refuse",
        as_of: Day | None = None,
        expect: Mapping[str, int] | None = None,
        expect_keys: File | None = None,
    ) -> None:
        super().__init__()
        self._is_cast = arguments.flag(cast, "cast")
        self.schema = arguments.schema(schema)
        self._fail_on = arguments.choice(fail_on, "fail_on", Threshold)
        self._expect = arguments.expected(expect, expect_keys)
        self._as_of = arguments.as_of(as_of, "as_of", self.schema)
        self._site = load_site(site, self.schema, self._as_of)
        self._name = "" if name is None else arguments.text(name, "name")
        self._stream = Stream(Dialect(()), self._name or "standard", self._known)
        self._rows = Rows()
        self._joined = 0
        self._refused: list[pl.Series] = []
        self._totals = Totals(self._site.patterns)
        self._columns: tuple[str, ...] = self.schema.names
        self._front: list[pl.DataFrame] = []
        self._findings = empty()

    def feed(self, standard: Frame | Octets) -> Validation:
        """Check a chunk; its report is about its records alone, and of no dataset rule. Bytes may wait for more."""
        if isinstance(standard, Octets):
            with self._at_work("bytes"):
                return self._of_parts(self._stream.feed(bytes(standard)))
        frame = arguments.frame(standard, "standard", or_bytes=True)
        given = numbered(frame, self.schema, read=len(self._rows), is_cast=self._is_cast)
        self._rows.ensure_new(given[ROW])
        with self._at_work(frozenset(given.columns)):
            if not self._chunks:
                self._columns = tuple(name for name in given.columns if name != ROW)
            result = self._of_frame(given)
            self._rows.take(given[ROW])
        return result

    def finish(self) -> Report:
        """End the session and return the report of all records."""
        with self._at_work(last=True):
            rest = self._of_parts(self._stream.end()).findings if self._kind == "bytes" else empty()
            about = [*lacking(self.schema, self._columns), *self._front] if self._chunks else []
            found = self._site.judge(pl.concat([empty(), *about, *self._dataset.findings(lambda: iter(()))]))
            expected = Expected(self._expect, self.schema, self._columns)
            found = pl.concat([found, expected.found(Counted(len(self._rows), self._people))])
            self._totals.add(found)
            self._findings = pl.concat([rest, found])
            refused = pl.concat([*self._refused, refused_rows(self._findings)]).n_unique()
        report = self._report(self._dataset, self._people, len(self._rows), refused, self._totals)
        return report.model_copy(update={"joined_records": self._joined, "expected": expected.uses})

    @property
    def findings(self) -> pl.DataFrame:
        """What only the whole can tell. Raises ``DefinitionError`` (C0082) before ``finish``."""
        self._ensure_finished()
        return self._findings

    def _known(self, beginning: Beginning) -> Dialect:
        """Return how the bytes are written that begin so, or raise as for a file."""
        place = beginning.place(Dialect(()))
        header, names = beginning.found(Dialect(())), beginning.names(Dialect(()))
        dialect = csv_columns(header, names, self.schema, self._name or "standard", place)
        self._columns = dialect.columns
        self._front = unlike_its_form(header, dialect.columns, self.schema)
        return dialect

    def _of_parts(self, parts: Iterator[Part]) -> Validation:
        found, read, refused = [empty()], 0, 0
        for part in parts:
            batch = csv_batch(part, self._stream.dialect).shifted(len(self._rows))
            found.append(self._judged(batch.frame, batch.findings))
            read, refused = read + batch.read, refused + len(self._refused[-1])
            self._rows.count(batch.read)
            self._joined += joined([batch.extent])
        return self._told(pl.concat(found), read, refused)

    def _of_frame(self, given: pl.DataFrame) -> Validation:
        readable, odd = looked_at(given)
        findings = self._judged(readable, odd)
        return self._told(findings, len(given), len(self._refused[-1]))

    def _judged(self, readable: pl.DataFrame, odd: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Check records that can be read, and take what is found in them, with what was found before."""
        doubts = doubtful(readable, self._taking, "standard")
        found = pl.concat([empty(), *odd, *doubts, *checking.validate(self._checks, readable)[1]])
        findings = self._site.judge(found.sort(ROW, maintain_order=True))
        self._dataset.add(readable)
        self._totals.add(findings)
        self._refused.append(refused_rows(findings))
        self._people.add(without(readable, self._refused[-1]))
        self._people.add_refused(only(readable, self._refused[-1]))
        return findings

    def _told(self, findings: pl.DataFrame, read: int, refused: int) -> Validation:
        totals = Totals(self._site.patterns)
        totals.add(findings)
        return Validation(findings=findings, report=self._report(self._asked, None, read, refused, totals))

    def _report(self, dataset: Dataset, people: People | None, read: int, refused: int, totals: Totals) -> Report:
        counts = Counts(read=read, accepted=read - refused, refused=refused)
        fail_on, name = self._fail_on, self._name
        return report_of(dataset, people, self._checks, counts, totals, site=self._site, file=name, fail_on=fail_on)

    @cached_property
    def _checks(self) -> tuple[Check, ...]:
        return present_checks(self.schema.checks, self._columns)

    @cached_property
    def _taking(self) -> dict[str, str]:
        return open_columns((name, self.schema.column(name).domain) for name in self._columns)

    @cached_property
    def _dataset(self) -> Dataset:
        return Dataset(self.schema, self._columns, keep=ALL, as_of=self._as_of)

    @cached_property
    def _people(self) -> People:
        return People(self.schema, self._columns)

    @cached_property
    def _asked(self) -> Dataset:
        """What a chunk is asked by dataset rules: nothing."""
        return Dataset(self.schema, self._columns)
