"""The session that converts legacy records, from frames or from bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain

import polars as pl

from stdconv import arguments
from stdconv.api.given import further, load_site, of_edition, texts
from stdconv.api.results import Conversion
from stdconv.api.sessions import Octets, Session
from stdconv.arguments import Day, File, Frame
from stdconv.conversion import residue as residues
from stdconv.conversion.convert import convert_frame, outcomes
from stdconv.conversion.known import Known
from stdconv.conversion.lookups import Table, ensure_lookups, read_table, table_of
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.outcome import Outcome, together
from stdconv.conversion.valuetables import LEAST
from stdconv.engines.threads import default_jobs, in_threads
from stdconv.findings.frames import empty
from stdconv.findings.registry import Threshold
from stdconv.findings.rows import ROW, numbers, only, shifted
from stdconv.layouts.batches import usual
from stdconv.layouts.beginnings import Beginning
from stdconv.layouts.characters import look_at
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Part
from stdconv.layouts.streams import Stream
from stdconv.mapping.plan import Plan, in_order
from stdconv.reports.model import Report
from stdconv.runs.account import Account
from stdconv.runs.asked import Asked
from stdconv.standard.dataset import ALL

RAW = residues.RAW
TOGETHER = 10_000
"""From how many records on chunks are not worked on together."""


class Converter(Session):
    """Converts legacy records chunk by chunk: what the chunks give is what all of them give at once.

    ``feed`` takes frames (as ``convert``) or bytes (as a file has them, header and mark included, cut anywhere), not
    both. Records are counted through all chunks, ``number`` fields and proven values too. After ``finish``, ``rest``
    has the records that were not all there before the end, and the findings that only the whole can tell, about lookups
    and by dataset rules: what ``feed`` gave and ``rest``, one after the other, are what ``convert`` gives of the whole.

    ``lookups`` are frames or bytes; ``cast`` is as for ``convert``. ``name`` is what faults and the report call the
    bytes; findings from ``fail_on`` on make the report a failure. A few bytes are held of each record, for the dataset
    rules. ``as_of`` is the day of the extract, ``site`` a file of what a site has decided; ``expect`` and
    ``expect_keys`` are as for ``convert_file``, but that keys are counted and not told. A session is for one thread;
    its plan may be shared by several. Raises
    ``DefinitionError`` as ``convert`` does, once it is finished or has failed (C0082), and for frames among bytes
    (C0083); ``UnreadableError`` for bytes with a header that does not fit.

    >>> from stdconv import load_mapping
    >>> plan = load_mapping("vendor-a/resident-link")
    >>> session = Converter(plan)
    >>> chunk = pl.DataFrame([dict(plan.mapping.examples[0].legacy)])
    >>> session.feed(chunk).standard["_row"].item(), session.feed(chunk).standard["_row"].item()
    (1, 2)
    >>> session.finish().counts.read, "D0001" in session.findings["code"]
    (2, True)
    """

    def __init__(
        self,
        mapping: Plan | File,
        *,
        lookups: Mapping[str, Frame | Octets] | None = None,
        name: str | None = None,
        cast: bool = False,
        fail_on: Threshold = "refuse",
        as_of: Day | None = None,
        expect: Mapping[str, int] | None = None,
        expect_keys: File | None = None,
        site: File | None = None,
    ) -> None:
        super().__init__()
        self.plan = arguments.plan(mapping)
        self._is_cast = arguments.flag(cast, "cast")
        self._further: dict[int, pl.DataFrame] = {}
        given = arguments.frames_or_bytes(lookups, "lookups", self.plan)
        self._name = "" if name is None else arguments.text(name, "name")
        self._fail_on = arguments.choice(fail_on, "fail_on", Threshold)
        ensure_lookups(self.plan, given)
        self._tables = {
            lookup: _table(self.plan, lookup, rows, is_cast=self._is_cast) for lookup, rows in given.items()
        }
        day, expected = arguments.as_of(as_of, "as_of", self.plan.schema), arguments.expected(expect, expect_keys)
        self._site = load_site(site, self.plan.schema, day)
        asked = Asked(as_of=day, expect=expected)
        self._account = Account(self.plan, self._tables, asked, keep=ALL, site=self._site)
        self._numbering = Numbering(self.plan)
        self._originals = Originals()
        self._shape: Conversion | None = None
        self._read = self.plan
        self._stream = Stream(self.plan.dialect, self._name or "legacy", self._ordered)

    def feed(self, legacy: Frame | Octets) -> Conversion:
        """Convert a chunk. Of bytes ``refused`` has ``_row`` and ``_raw``, the record's own; it may wait for more."""
        if isinstance(legacy, Octets):
            with self._at_work("bytes"):
                data = bytes(legacy)
                return self._of_parts(self._stream.feed(data), is_long=len(data) > usual(self.plan.dialect))
        columns = self.plan.mapping.legacy.columns
        frame = of_edition(arguments.frame(legacy, "legacy", or_bytes=True), self.plan)
        given = texts(frame, columns, "legacy", is_cast=self._is_cast)
        with self._at_work("frame"):
            self._further |= further(frame, columns, "legacy")
            return self._of_frame(given)

    def feed_each(self, chunks: Iterable[Frame]) -> Iterator[Conversion]:
        """Convert many small chunks, each as ``feed`` does, for next to no more than all of them cost as one.

        Chunks are taken until there are 10,000 records, or none left, and worked on together, so that the first result
        comes behind the last of them; a frame that does not fit is refused with those that it would be worked on with.
        """
        waiting, records = list[pl.DataFrame](), 0
        for chunk in chunks:
            waiting.append(of_edition(arguments.frame(chunk, "legacy"), self.plan))
            records += len(waiting[-1])
            if records >= TOGETHER:
                yield from self._fed_together(waiting)
                waiting, records = [], 0
        if waiting:
            yield from self._fed_together(waiting)

    def finish(self) -> Report:
        """End the session and return the report of all records, as ``convert_file`` does; it names no lines."""
        with self._at_work(last=True):
            rest = self._of_parts(self._stream.end()) if self._kind == "bytes" else self._nothing
            of_lookups = [found for table in self._tables.values() for found in table.findings]
            for found in of_lookups:
                self._account.add(found, elsewhere=True)
            for found in self._further.values():
                self._account.add(found)
            findings = [rest.findings, *of_lookups, *self._further.values(), *self._account.of_all(lambda: iter(()))]
            self._rest = replace(rest, findings=pl.concat(findings))
            return self._account.report(self._name, self._fail_on)

    @property
    def rest(self) -> Conversion:
        """What the end gave: see above. Raises ``DefinitionError`` (C0082) before ``finish``."""
        self._ensure_finished()
        return self._rest

    @property
    def findings(self) -> pl.DataFrame:
        """The findings of ``rest``."""
        return self.rest.findings

    def _fed_together(self, chunks: Sequence[pl.DataFrame]) -> Iterator[Conversion]:
        """Convert chunks as one, and part what comes of them again: every frame is in the order of the records."""
        columns, first = self.plan.mapping.legacy.columns, self._account.read
        is_alike = all(chunk.schema == chunks[0].schema for chunk in chunks)
        apart = [pl.concat(chunks)] if is_alike else chunks
        given = pl.concat([texts(each, columns, "legacy", is_cast=self._is_cast) for each in apart])
        with self._at_work("frame"):
            for each in apart:
                self._further |= further(each, columns, "legacy")
            whole = self._of_frame(given if is_alike else given.with_columns(numbers(len(given))))
        ends = pl.Series([0, *map(len, chunks)], dtype=pl.Int64).cum_sum() + first
        frames = {name: getattr(whole, name) for name in ("standard", "refused", "residue", "findings")}
        places = {name: frame[ROW].search_sorted(ends, side="right").to_list() for name, frame in frames.items()}
        for at in range(len(chunks)):
            parts = {n: frame[places[n][at] : places[n][at + 1]] for n, frame in frames.items()}
            yield Conversion(**parts)

    def _of_frame(self, given: pl.DataFrame) -> Conversion:
        plan, read = self.plan, self._account.read
        readable, odd = look_at(given, plan.dialect, "legacy")
        known = self._known if len(given) >= LEAST else None
        legacy = self._numbering.number(readable)
        outcome = convert_frame(plan, self._tables, legacy, odd, known=known, judge=self._site.judge)
        columns = plan.mapping.legacy.columns
        remains = residues.assemble(columns, outcome.residue, outcome.standard, before={}, raw={}, refused={})
        refused = shifted(only(given, outcome.refused_rows), read)
        outcome = replace(outcome, read=len(given), residue=remains).shifted(read)
        self._account.take(outcome)
        return self._given(outcome.standard, refused, outcome.residue, outcome.findings)

    def _ordered(self, beginning: Beginning) -> Dialect:
        """Take the order of the columns from a header by whose names they are found."""
        self._read = in_order(self.plan, beginning.header)
        return self._read.dialect

    def _of_parts(self, batches: Iterator[Part], *, is_long: bool = False) -> Conversion:
        first = next(batches, None)  # behind the header
        if first is None:
            return self._nothing
        engine = partial(in_threads, jobs=default_jobs()) if is_long else map
        every = list[Outcome]()
        found = outcomes(
            self._read,
            self._tables,
            chain([first], batches),
            engine=engine,
            known=self._known,
            numbering=self._numbering,
            read=self._account.read,
            judge=self._site.judge,
        )
        with closing(found):
            for outcome in found:
                self._account.take(outcome)
                every.append(outcome)
                self._originals.take(outcome.refused_rows, outcome.refused_bytes)
        if not every:
            return self._nothing
        whole = together(every)
        refused = self._originals.taken()
        columns = residues.schema(self.plan.mapping.legacy.columns).names()
        return self._given(whole.standard, refused, whole.residue.select(columns), whole.findings)

    @cached_property
    def _known(self) -> Known:
        return Known(self._read)

    @property
    def _nothing(self) -> Conversion:
        """What no records give."""
        if self._shape is None:
            (outcome,) = outcomes(self.plan, self._tables, [b""], known=Known(self.plan))
            columns = self.plan.mapping.legacy.columns
            own = {RAW: pl.Binary} if self._kind == "bytes" else dict.fromkeys(columns, pl.String)
            refused = pl.DataFrame(schema={ROW: pl.Int64, **own})
            self._shape = Conversion(
                standard=outcome.standard, refused=refused, residue=outcome.residue, findings=empty()
            )
        return self._shape

    def _given(
        self, standard: pl.DataFrame, refused: pl.DataFrame, residue: pl.DataFrame, found: pl.DataFrame
    ) -> Conversion:
        if self._shape is None:
            self._shape = Conversion(
                standard=standard.clear(), refused=refused.clear(), residue=residue.clear(), findings=empty()
            )
        return Conversion(standard=standard, refused=refused, residue=residue, findings=found)


class Originals:
    """Refused records as their own bytes; one that is longer than a record may be is held until it ends."""

    def __init__(self) -> None:
        self._begun: list[bytes] = []
        self._whole: list[tuple[int, bytes]] = []

    def take(self, rows: pl.Series, originals: Sequence[bytes]) -> None:
        """Take the bytes of refused ``rows``; without rows, they are of a record that goes on."""
        if rows.is_empty():
            self._begun += originals
            return
        first, *others = originals
        self._whole += zip(rows.to_list(), (b"".join([*self._begun, first]), *others), strict=True)
        self._begun.clear()

    def taken(self) -> pl.DataFrame:
        """Return the records that are whole: ``_row`` and ``_raw``; the next frame has those after them."""
        records, self._whole = self._whole, []
        return pl.DataFrame(records, schema={ROW: pl.Int64, RAW: pl.Binary}, orient="row")


def _table(plan: Plan, name: str, rows: pl.DataFrame | bytes, *, is_cast: bool) -> Table:
    """Make the table of a lookup out of a frame or of a file's bytes; the findings about it come with it."""
    lookup = plan.mapping.lookups[name]
    if isinstance(rows, pl.DataFrame):
        columns, side = (*lookup.key, *lookup.columns), f"lookup:{name}"
        made = table_of(plan, name, texts(rows, columns, side, is_cast=is_cast))
        return replace(made, findings=[*made.findings, *further(rows, columns, side).values()])
    stream = Stream(plan.lookup_dialect(name), name, lambda beginning: beginning.in_order(plan.lookup_dialect(name)))
    batches = [*stream.feed(rows), *stream.end()]
    table, findings = read_table(plan, name, batches, stream.dialect)
    return replace(table, findings=findings)
