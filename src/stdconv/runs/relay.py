"""A standard file restored into another vendor's layout: what converts back to the same record, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import polars as pl

from stdconv.conversion.knownback import KnownBack
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.relay import Relayed, joined_keys, left_empty, refuse_misnumbered, relay_frame, settle
from stdconv.engines.threads import in_threads
from stdconv.findings.frames import empty
from stdconv.findings.registry import Threshold
from stdconv.findings.rows import ROW, only, refused_rows, remaining, without
from stdconv.layouts import writer
from stdconv.layouts.lines import LineOf
from stdconv.layouts.parts import Extent, joined
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.mapping.plan import Plan
from stdconv.reports import MappingUse, Report, Totals, by_code, exit_code, held
from stdconv.reports.counts import Counts
from stdconv.reports.patterns import PatternsUse
from stdconv.reports.people import PeopleUse
from stdconv.reports.ruled import ruled
from stdconv.reports.totals import LOST
from stdconv.runs.apart import ensure_apart
from stdconv.runs.atomic import AtomicOutput, commit
from stdconv.runs.controlfile import ControlFile
from stdconv.runs.lookupfiles import LookupFiles
from stdconv.runs.manifest import REFUSALS, is_own
from stdconv.runs.refusals import RefusalsFile
from stdconv.standard.batch import Batch, Unread
from stdconv.standard.checks import present_checks
from stdconv.standard.dataset import Dataset
from stdconv.standard.files import StandardFile, open_standard
from stdconv.standard.people import People

CAUSES = f".{REFUSALS}"
"""What the list of refusals is called, behind the name of the file."""


def relay_file(
    plan: Plan,
    standard_file: Path,
    file: Path,
    *,
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    watch: Watch = UNWATCHED,
) -> Report:
    """Restore ``standard_file`` into the layout of ``plan`` as the new ``file`` and return the report.

    Next to it are ``FILE.<lookup>.csv``, ``FILE.refused.csv`` (standard records), ``FILE.refused-causes.csv`` and
    ``FILE.report.json``, and a control file where the layout comes with one; ``file`` comes last.
    """
    ensure_apart([standard_file, *plan.files], written_files(plan, file))
    standard = open_standard(standard_file, plan.schema, is_own=is_own(standard_file, watch), watch=watch)
    with ExitStack() as stack:
        lookup_files = stack.enter_context(LookupFiles(plan, file, plan.mapping.lookups, force=force))
        controls = stack.enter_context(ControlFile(plan, file, force=force))
        outputs = {
            suffix: stack.enter_context(AtomicOutput(file.with_name(file.name + suffix), is_folder=False, force=force))
            for suffix in (".refused.csv", CAUSES, ".report.json", "")
        }
        run = _Run(plan, standard, lookup_files, outputs[CAUSES].work, jobs=jobs, watch=watch)
        with outputs[""].work.open("wb") as out, outputs[".refused.csv"].work.open("wb") as refused:
            report = run.write(out, refused, standard_file.name, fail_on)
        with outputs[".report.json"].told():
            report.write(outputs[".report.json"].work)
        controls.write(outputs[""].work, plan.dialect, report.counts.accepted)
        watch.ask()
        commit([*lookup_files.written(), *controls.outputs, *outputs.values()])
    return report


def written_files(plan: Plan, file: Path) -> list[Path]:
    """Return ``file`` and what ``relay_file`` writes next to it."""
    names = (*(f"{name}.csv" for name in plan.mapping.lookups), "refused.csv", CAUSES[1:], "report.json")
    return [file, *(file.with_name(f"{file.name}.{name}") for name in names), *ControlFile(plan, file).paths]


def report_of_restored(
    plan: Plan,
    columns: Sequence[str],
    counts: Counts,
    totals: Totals,
    fail_on: Threshold,
    *,
    dataset: Dataset | None = None,
    people: People | None = None,
    file: str = "",
    lines: LineOf | None = None,
) -> Report:
    """Return the report of standard records with ``columns`` that were restored; of frames, of no ``file``.

    ``dataset`` is what the rules of the dataset were asked about, where they were; ``people`` are those whose records
    they are.
    """
    found = totals.totals(lines)
    asked = () if dataset is None else dataset.checked
    of_people = () if people is None else people.checked
    return Report(
        command="restore",
        mapping=plan.mapping.id,
        mapping_used=MappingUse(origin=plan.origin, sha256=plan.sha256),
        standard=plan.schema.name,
        file=file,
        fail_on=fail_on,
        counts=counts,
        lost_values=totals.count(LOST),
        lost_records=totals.lost_records,
        people=None if people is None else PeopleUse.of(people, counts.read),
        tallies={} if dataset is None else dataset.tallies,
        labels={} if dataset is None else dataset.labels,
        as_of=None if dataset is None else dataset.day,
        checked=by_code((*held(present_checks(plan.checks, columns), columns), *asked, *of_people)),
        severities=ruled(plan.decided, found),
        findings=found,
        patterns=PatternsUse.of(totals.patterns, plan.schema.key, lines),
        exit_code=exit_code(counts, totals, fail_on),
    )


class _Run:
    """One relay: written in one pass, and in another one as long as lookup keys turn out to need several rows."""

    def __init__(
        self,
        plan: Plan,
        standard: StandardFile,
        lookup_files: LookupFiles,
        causes: Path,
        *,
        jobs: int | None,
        watch: Watch,
    ) -> None:
        self.plan = plan
        self.standard = standard
        self.lookup_files = lookup_files
        self.causes = causes
        self.jobs = jobs
        self.watch = watch
        self.passes = 0
        self.known = KnownBack(plan, standard.columns)
        self.dataset = Dataset(plan.schema, standard.columns)
        self.people = People(plan.schema, standard.columns)

    def write(self, out: BinaryIO, refused: BinaryIO, name: str, fail_on: Threshold) -> Report:
        keys: dict[str, pl.DataFrame] = {}
        while True:
            with RefusalsFile(self.causes) as causes:
                counts, totals, extents = self._pass(out, refused, causes, keys)
            more = self.lookup_files.contradictory()
            if not any(len(found) for found in more.values()):
                break
            for file in (out, refused):
                file.seek(0)
                file.truncate()
            self.lookup_files.clear()
            keys = joined_keys(keys, more)
        for findings in self.watch.asked(chain(self.dataset.findings(self._again), self.people.findings())):
            totals.add(findings)
        lines = self.standard.lines(extents)
        report = report_of_restored(
            self.plan,
            self.standard.columns,
            counts,
            totals,
            fail_on,
            dataset=self.dataset,
            people=self.people,
            file=name,
            lines=lines.of if lines is not None else None,
        )
        return report.model_copy(update={"joined_records": joined(extents)})

    def _pass(
        self, out: BinaryIO, refused: BinaryIO, causes: RefusalsFile, keys: Mapping[str, pl.DataFrame]
    ) -> tuple[Counts, Totals, list[Extent | None]]:
        dialect, standard = self.plan.dialect, self.standard.dialect
        out.write(writer.beginning(dialect))
        refused.write(writer.front(standard) + writer.header(standard))
        totals, numbering, extents = Totals(), Numbering(self.plan), list[Extent | None]()
        for findings in (*self.standard.findings, *left_empty(self.plan)):
            totals.add(findings)
        self.people = People(self.plan.schema, self.standard.columns)
        read = accepted = turned_back = 0
        is_again = self.passes > 0
        batches = self.standard.unread(is_again=is_again)
        self.passes += 1
        with closing(in_threads(self._relayed, batches, jobs=self.jobs, watch=self.watch)) as each:
            for unshifted, restored in each:
                batch = unshifted.shifted(read)
                extents.append(batch.extent)
                if not is_again:
                    self.dataset.add(batch.typed)
                unread = refused_rows(pl.concat([empty(), *batch.findings]))
                relayed = settle(self.plan, restored.shifted(read), keys)
                relayed = refuse_misnumbered(relayed, numbering, outside=unread)
                found = pl.concat([*batch.findings, relayed.findings])
                totals.add(found)
                refusing = found.filter(pl.col("severity") == "refuse")
                causes.write(refusing.sort(ROW, nulls_last=True, maintain_order=True))
                bad = pl.concat([unread, relayed.refused_rows]).unique().sort()
                legacy = without(relayed.legacy, bad)
                self.people.add(without(batch.typed, bad))
                self.people.add_refused(only(batch.typed, bad))
                self.lookup_files.add(legacy)
                out.write(writer.body(legacy, dialect))
                refused.writelines(self._originals(batch, bad))
                read, accepted, turned_back = read + batch.read, accepted + len(legacy), turned_back + len(bad)
        out.write(writer.ending(dialect, accepted))
        return Counts(read=read, accepted=accepted, refused=turned_back), totals, extents

    def _again(self) -> Iterator[pl.DataFrame]:
        return (batch.typed for batch in self.standard.batches(is_again=True))

    def _relayed(self, unread: Unread) -> tuple[Batch, Relayed]:
        """Read a batch, whose rows count from 1, and restore it into the layout."""
        batch = unread()
        return batch, relay_frame(self.plan, batch.frame, known=self.known)

    def _originals(self, batch: Batch, rows: pl.Series) -> list[bytes]:
        """Return refused records as they were in a CSV file; those of other files as standard CSV where readable."""
        if self.standard.format == "csv" and batch.bytes_of is not None:
            return [batch.begun, *batch.bytes_of(rows - batch.offset)]
        dialect = self.standard.dialect
        kept = only(batch.typed, rows)
        unread = remaining(rows, kept[ROW])
        return [writer.body(kept, dialect), *(batch.bytes_of(unread - batch.offset) if batch.bytes_of else [])]
