"""The main job: a legacy file to a run folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import polars as pl

from stdconv.conversion.convert import outcomes
from stdconv.conversion.lookups import ensure_lookups
from stdconv.conversion.outcome import Outcome
from stdconv.engines.threads import default_jobs, in_threads
from stdconv.findings.registry import Threshold
from stdconv.layouts.batches import is_wide, usual
from stdconv.layouts.files import DelimitedFile
from stdconv.layouts.lines import Lines
from stdconv.layouts.parts import Part
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.mapping.plan import Plan, in_order
from stdconv.reports.model import Report
from stdconv.reports.site import Site
from stdconv.runs.account import Account
from stdconv.runs.apart import ensure_apart
from stdconv.runs.asked import NOTHING_ASKED, Asked
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.control import Beside, control_paths, lines_behind
from stdconv.runs.folder import RunWriter
from stdconv.runs.listing import Listing
from stdconv.runs.lookupfiles import load_tables
from stdconv.runs.manifest import EXPECTED_KEYS, Original, is_ours
from stdconv.runs.moment import Moment
from stdconv.runs.proofs import GivenProof, load_proof
from stdconv.runs.sites import site_of
from stdconv.standard.forms import FileForm
from stdconv.standard.writers import Format


def convert_file(
    plan: Plan,
    file: Path,
    folder: Path,
    *,
    lookups: Mapping[str, Path] | None = None,
    format: Format = "csv",  # noqa: A002 -- the option's name
    form: FileForm = "plain",
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    batch_size: int | None = None,
    asked: Asked = NOTHING_ASKED,
    command: Sequence[str] = (),
    watch: Watch = UNWATCHED,
    early: Callable[[pl.DataFrame], None] | None = None,
) -> Report:
    """Convert the legacy ``file`` into the new run folder ``folder`` and return the report that is in it.

    A CSV is written in ``form``. ``asked`` is what else is given; ``early`` is told before the file is read that its
    control file says another size. ``batch_size`` is in bytes, ``command`` are the words that ``run.json`` gives.
    Raises ``DefinitionError`` (a folder that exists, what is asked) and ``UnreadableError`` (header, control file).
    """
    ensure_apart([file, *control_paths(file), *(lookups or {}).values(), *asked.files, *plan.files], [folder])
    moment, given = _begun(plan, command, asked)
    with DelimitedFile(file, plan.dialect.encoding, watch=watch) as legacy:
        beside = Beside.of(file, is_needed=plan.mapping.legacy.control is not None, is_asked=asked.hed)
        _tell(early, beside.of_size(legacy.size_at_first))
        plan = in_order(plan, legacy.header)
        header = legacy.header(plan.dialect)
        ensure_lookups(plan, lookups or {})
        tables, findings = load_tables(plan, lookups or {}, watch)
        with (
            AtomicOutput(folder, is_folder=True, force=force, is_ours=is_ours) as output,
            RunWriter(output.work, plan, format=format, form=form, suffix=file.suffix, header=header) as writer,
            Listing(output.work, plan.schema, plan.carried, asked) as listing,
        ):
            listing.lines = (lines := Lines(file, header, plan.dialect)).column
            account = Account(plan, tables, asked, watch=watch, site=given[1])
            run = _Run(account, writer, listing, lines, watch)
            run.take_all(findings, legacy.batches(plan.dialect, size=batch_size or usual(plan.dialect)), jobs)
            original, report = run.listed(_on_proof(run.report(file.name, fail_on, beside, legacy), given[0]), legacy)
            writer.finish(report, original, tuple(tables), moment, watch, kept=(beside.control, *given), hed=asked.hed)
            watch.ask()
            output.commit()
    return report


def _begun(plan: Plan, command: Sequence[str], asked: Asked) -> tuple[Moment, tuple[GivenProof | None, Site]]:
    """Return the moment of a run that begins now, and what is given that is read before its file."""
    moment = Moment.begun(command, asked.operator)
    proof = None if asked.proof is None else load_proof(asked.proof, plan)
    return moment, (proof, site_of(asked.site, plan.schema, as_of=asked.as_of))


def _on_proof(report: Report, proof: GivenProof | None) -> Report:
    """Return the report with the proof that stands behind its mapping."""
    if proof is None or report.mapping_used is None:
        return report
    used = report.mapping_used.model_copy(update={"proof": proof.use, "lint": proof.lint})
    return report.model_copy(update={"mapping_used": used})


def _tell(early: Callable[[pl.DataFrame], None] | None, found: pl.DataFrame) -> None:
    if early is not None and len(found):
        early(found)


class _Run:
    """What a run has seen so far, its lines, and the folder that it is written into."""

    def __init__(self, account: Account, writer: RunWriter, listing: Listing, lines: Lines, watch: Watch) -> None:
        self.account = account
        self.writer = writer
        self.listing = listing
        self.lines = lines
        self.watch = watch

    def add_rows_of_lookups(self, found: Iterable[pl.DataFrame]) -> None:
        """Take findings about other files' rows."""
        for findings in found:
            self.writer.add(findings)
            self.account.add(findings, elsewhere=True)

    def take_all(self, found: Iterable[pl.DataFrame], batches: Iterator[Part], jobs: int | None) -> None:
        """Take what was found in lookups; convert every batch, several at once, and take them in their order."""
        self.add_rows_of_lookups(found)
        plan, jobs = self.account.plan, jobs or default_jobs(spare=int(not is_wide(self.account.plan.dialect)))
        engine = partial(in_threads, jobs=jobs, watch=self.watch)
        judge = self.account.site.judge
        with closing(outcomes(plan, self.account.tables, batches, engine=engine, judge=judge)) as each:
            for outcome in each:
                self.take(outcome)

    def take(self, outcome: Outcome) -> None:
        """Take the next batch's outcome, its rows counted through the file."""
        self.writer.write(outcome)
        self.account.take(outcome)
        self.listing.take(outcome.standard, outcome.refused_keys)
        if outcome.extent is not None:
            self.lines.add(outcome.extent)

    def listed(self, report: Report, legacy: DelimitedFile) -> tuple[Original, Report]:
        """Write the lists of issues, which are all findings; returns the report with what became of them."""
        original = Original(name=report.file, bytes=legacy.size, sha256=legacy.sha256)
        self.writer.close_findings()
        return original, self.listing.finish(report, original.sha256)

    def report(self, name: str, fail_on: Threshold, beside: Beside, legacy: DelimitedFile) -> Report:
        """Ask what no record can answer for by itself, hold it against the control file, and sum everything up."""
        self.writer.close_records()
        dialect = self.account.plan.dialect
        records = self.account.read
        counted = legacy.size, records, lines_behind(self.lines.ended, legacy.last, records, dialect)
        found = beside.found(dialect, *counted)
        self.writer.add(found)
        self.account.add(found)
        for findings in self.watch.asked(self.account.of_all(lambda: self.writer.accepted(self.watch))):
            self.writer.add(findings)
        self.account.expected.write(self.writer.folder / EXPECTED_KEYS, lambda: self.writer.accepted(self.watch))
        report = self.account.report(name, fail_on, self.lines.of)
        return report.model_copy(update={"control": beside.use(*counted)})
