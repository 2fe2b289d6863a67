"""A standard file against its schema, code lists and dataset rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import polars as pl

from stdconv.conversion.outcome import Judged
from stdconv.engines.threads import in_threads
from stdconv.errors import DefinitionError, UnreadableError
from stdconv.findings.frames import FINDINGS
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import Threshold, fault
from stdconv.findings.rows import ROW, only, refused_rows, without
from stdconv.layouts.files import sha256_of
from stdconv.layouts.lines import LineOf, Lines
from stdconv.layouts.parts import Extent, joined
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.reports.counts import Counts
from stdconv.reports.decided import SiteUse
from stdconv.reports.expected import ExpectedUse
from stdconv.reports.model import Report, by_code, exit_code, held
from stdconv.reports.patterns import PatternsUse
from stdconv.reports.people import PeopleUse
from stdconv.reports.site import NOBODY, Site
from stdconv.reports.totals import Totals
from stdconv.runs.apart import ensure_apart
from stdconv.runs.asked import NOTHING_EXPECTED, Asked, Expect
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.expected import Counted, Expected
from stdconv.runs.listing import Listing
from stdconv.runs.manifest import (
    EXPECTED_KEYS,
    FINDINGS_FILE,
    REPORT,
    Original,
    ValidationManifest,
    describe,
    is_ours,
    is_own,
)
from stdconv.standard.batch import Unread
from stdconv.standard.checking import validate
from stdconv.standard.checks import Check, present_checks
from stdconv.standard.dataset import Dataset
from stdconv.standard.files import StandardFile, open_standard
from stdconv.standard.people import People
from stdconv.standard.placeholders import doubtful, open_columns
from stdconv.standard.schema import Schema
from stdconv.standard.writers import ParquetSink

Kept: TypeAlias = tuple[ParquetSink | None, Listing | None]
"""What takes the findings and the keys of a file, where they are kept."""


def validate_file(
    schema: Schema,
    file: Path,
    *,
    folder: Path | None = None,
    site: Site = NOBODY,
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    watch: Watch = UNWATCHED,
    as_of: str | None = None,
    expect: Expect = NOTHING_EXPECTED,
    issues: bool = False,
    decisions: Path | None = None,
    with_keys: bool = False,
) -> Report:
    """Check a standard CSV, Parquet or NDJSON file; with ``folder``, put report, findings and issues there.

    ``refused`` counts the records with at least one refusing finding, after the decisions of ``site``. ``as_of`` is the
    day of the extract; what was read is held against what is to ``expect``. ``issues``, ``decisions`` and ``with_keys``
    are as for ``convert_file``, and need the folder. Raises ``UnreadableError`` for a file that cannot be read to its
    end, and ``DefinitionError`` for an existing folder.
    """
    asked = Asked(as_of=as_of, expect=expect, issues=issues, decisions=decisions, with_keys=with_keys)
    checked = partial(_checked, schema, file, site=site, fail_on=fail_on, jobs=jobs, watch=watch, as_of=as_of)
    checked = partial(checked, expect=expect)
    if folder is None:
        if asked.is_listed:
            raise DefinitionError([fault("C0146")])
        with _told(file):
            return checked(None)
    ensure_apart([file, *asked.files, *schema.files], [folder])
    return _into(folder, schema, file, asked, checked, site=site.name, force=force, watch=watch)


def _into(
    folder: Path,
    schema: Schema,
    file: Path,
    asked: Asked,
    checked: Callable[..., Report],
    *,
    site: str,
    force: bool,
    watch: Watch,
) -> Report:
    """Put what is ``checked`` of the file into ``folder``."""
    with (
        AtomicOutput(folder, is_folder=True, force=force, is_ours=is_ours) as output,
        ParquetSink(output.work / FINDINGS_FILE, FINDINGS) as sink,
    ):
        before, original = _state(file), _hashed(file, watch)
        with Listing(output.work, schema, open_standard(file, schema).columns, asked) as listing:
            report = checked(sink, listed=output.work / EXPECTED_KEYS, listing=listing)
            sink.close()
            report = listing.finish(report, original.sha256)
        report.write(output.work / REPORT)
        _ensure_same(file, before, original, watch)
        ValidationManifest(
            standard=schema.name,
            schema_sha256=schema.digest,
            checked=original,
            site=site or None,
            counts=report.counts,
            files=describe(output.work, {}, watch),
        ).write(output.work)
        watch.ask()
        output.commit()
    return report


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Raise what the system says about ``file`` as a fault."""
    try:
        yield
    except OSError as error:
        raise UnreadableError([fault("C0003", file=file, problem=error.strerror)]) from None


def _ensure_same(file: Path, before: tuple[int, ...], original: Original, watch: Watch) -> None:
    """Raise ``UnreadableError`` where the file is not what it was while it was read."""
    if _state(file) != before and _hashed(file, watch) != original:
        raise UnreadableError([fault("C0003", file=file, problem=phrase("of-a-file", "changed"))])


def _state(file: Path) -> tuple[int, ...]:
    """Return what is another one where a file was written to, or replaced."""
    with _told(file):
        found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _hashed(file: Path, watch: Watch) -> Original:
    """Return name, size and hash of the file."""
    sizes: list[int] = []

    def moved(size: int) -> None:
        sizes.append(size)
        watch.ask()

    sha256 = sha256_of(file, moved)
    return Original(name=file.name, bytes=sum(sizes), sha256=sha256)


def _checked(
    schema: Schema,
    path: Path,
    sink: ParquetSink | None,
    *,
    site: Site,
    fail_on: Threshold,
    jobs: int | None,
    watch: Watch,
    as_of: str | None,
    expect: Expect,
    listed: Path | None = None,
    listing: Listing | None = None,
) -> Report:
    file = open_standard(path, schema, is_own=is_own(path, watch), watch=watch)
    checks = present_checks(schema.checks, file.columns)
    taking = open_columns((name, schema.column(name).domain) for name in file.columns)
    run = _Run(file, site, (sink, listing), as_of, Expected(expect, schema, file.columns, watch))
    for findings in file.findings:
        run.add(site.judge(findings))
    work = partial(_judge, checks, taking, site)
    with closing(in_threads(work, file.unread(), jobs=jobs, watch=watch)) as each:
        for judged in each:
            run.take(judged)
    run.take_whole(lambda: (batch.typed for batch in file.batches(is_again=True)), watch, listed)
    counts = Counts(read=run.read, accepted=run.read - run.refused, refused=run.refused)
    lines = run.lines(file)
    report = report_of(
        run.dataset,
        run.people,
        checks,
        counts,
        run.totals,
        site=site,
        file=path.name,
        fail_on=fail_on,
        lines=lines.of if lines is not None else None,
        expected=run.expected.uses,
    )
    return report.model_copy(update={"joined_records": joined(run.extents)})


def report_of(
    dataset: Dataset,
    people: People | None,
    checks: Sequence[Check],
    counts: Counts,
    totals: Totals,
    *,
    site: Site,
    file: str = "",
    fail_on: Threshold = "refuse",
    lines: LineOf | None = None,
    expected: tuple[ExpectedUse, ...] = (),
) -> Report:
    """Return the report of records that ``checks`` and ``dataset`` were asked about; of a frame, of no ``file``.

    ``people`` are those whose records they are, where these are all.
    """
    found = totals.totals(lines)
    return Report(
        command="validate",
        standard=dataset.schema.name,
        file=file,
        fail_on=fail_on,
        counts=counts,
        people=PeopleUse.of(people, counts.read) if people is not None else None,
        expected=expected,
        tallies=dataset.tallies,
        labels=dataset.labels,
        as_of=dataset.day,
        checked=by_code((*held(checks, dataset.columns), *dataset.checked)),
        site=SiteUse.of(site, found, totals.patterns),
        findings=found,
        patterns=PatternsUse.of(totals.patterns, dataset.schema.key, lines),
        exit_code=exit_code(counts, totals, fail_on),
    )


class _Run:
    """What was seen so far: counts, totals, how much of the file each batch is, what the dataset rules need."""

    def __init__(self, file: StandardFile, site: Site, kept: Kept, as_of: str | None, expected: Expected) -> None:
        self.site = site
        self.sink, self.listing = kept
        self.totals = Totals(site.patterns)
        self.dataset = Dataset(file.schema, file.columns, as_of=as_of)
        self.people = People(file.schema, file.columns)
        self.expected = expected
        self.extents: list[Extent | None] = []
        self.read = self.refused = 0

    def add(self, findings: pl.DataFrame) -> None:
        """Take findings, their rows counted through the file."""
        self.totals.add(findings)
        if self.sink is not None:
            self.sink.write(findings)

    def lines(self, file: StandardFile) -> Lines | None:
        """Return the lines of all records, and tell those who list issues."""
        lines = file.lines(self.extents)
        if self.listing is not None and lines is not None:
            self.listing.lines = lines.column
        return lines

    def take(self, judged: Judged) -> None:
        """Take the next batch."""
        judged = judged.shifted(self.read)
        self.add(judged.findings)
        if self.listing is not None:
            self.listing.take(judged.standard)
        self.dataset.add(judged.standard)
        self.people.add(without(judged.standard, judged.refused_rows))
        self.people.add_refused(only(judged.standard, judged.refused_rows))
        self.extents.append(judged.extent)
        self.refused += judged.refused
        self.read += judged.read

    def take_whole(self, again: Callable[[], Iterator[pl.DataFrame]], watch: Watch, listed: Path | None) -> None:
        """Take what only the whole can tell; ``listed`` is where the keys go that are missing or too many."""
        for findings in watch.asked(self.dataset.findings(again)):
            self.add(self.site.judge(findings))
        self.add(self.expected.found(Counted(self.read, self.people)))
        if listed is not None:
            self.expected.write(listed, again)


def _judge(checks: Sequence[Check], taking: Mapping[str, str], site: Site, unread: Unread) -> Judged:
    batch = unread()
    _, broken = validate(checks, batch.frame, batch.untyped)
    doubts = doubtful(batch.frame, taking, "standard")
    found = [*batch.findings, *doubts, *broken]
    findings = site.judge(pl.concat(found).sort(ROW, maintain_order=True)) if found else FINDINGS.to_frame()
    return Judged(
        read=batch.read,
        standard=batch.typed,
        refused_rows=refused_rows(findings),
        findings=findings,
        extent=batch.extent,
    )
