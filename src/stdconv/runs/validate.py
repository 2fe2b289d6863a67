"""A standard file against its schema: record checks batch by batch, dataset rules at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from stdconv.engines.threads import default_jobs, in_threads
from stdconv.errors import StdconvError, UnreadableError
from stdconv.findings.frames import FINDINGS
from stdconv.findings.registry import Threshold, codes, fault
from stdconv.findings.rows import ROW
from stdconv.layouts.files import Progress, quiet
from stdconv.layouts.pieces import Extent
from stdconv.reports import Report, SiteUse, Totals, by_code, exit_code, held
from stdconv.reports.counts import Counts
from stdconv.reports.site import NOBODY, UNREADABLE, Site, load_site
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.folder import FINDINGS_FILE, is_ours
from stdconv.runs.manifest import REPORT
from stdconv.standard.checking import validate
from stdconv.standard.checks import Check, present_checks
from stdconv.standard.dataset import Dataset
from stdconv.standard.files import Batch, StandardFile, Unread
from stdconv.standard.schema import Schema
from stdconv.standard.writers import ParquetSink


def validate_file(
    schema: Schema,
    file: Path,
    *,
    folder: Path | None = None,
    site: Site = NOBODY,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Check a standard CSV, Parquet or NDJSON file; with ``folder``, put report and findings there.

    ``refused`` counts the records with at least one refusing finding, once ``site`` has had its say.
    """
    if folder is None:
        return _checked(schema, file, None, site=site, fail_on=fail_on, progress=progress)
    with AtomicOutput(folder, is_folder=True, force=force, is_ours=is_ours) as target:
        sink = ParquetSink(target.work / FINDINGS_FILE, FINDINGS)
        report = _checked(schema, file, sink, site=site, fail_on=fail_on, progress=progress)
        sink.close()
        report.write(target.work / REPORT)
        target.commit()
    return report


def site_of(path: Path | None, schema: Schema) -> Site:
    """Return what the site file at ``path`` decides about findings of ``schema``. Raises ``DefinitionError``."""
    if path is None:
        return NOBODY
    known: dict[str, set[str]] = {"S0010": {*schema.needed}, "D0012": set()}
    for code, column in (*(each.reported_as for each in schema.checks), *Dataset(schema, schema.names).reportable):
        known.setdefault(code, set()).add(column)
    for entry in codes().values():
        if entry.id[0] in UNREADABLE and entry.severity in ("note", "warn"):
            known[entry.id] = {*schema.names}
    return load_site(path, known)


def report_on(
    schema: Schema,
    file: Path,
    *,
    folder: Path | None = None,
    site: Site = NOBODY,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Return what ``validate_file`` returns; where the file cannot be read, or not to its end, a report of that."""
    try:
        return validate_file(schema, file, folder=folder, site=site, fail_on=fail_on, force=force, progress=progress)
    except StdconvError as error:
        return Report.unread("validate", schema.name, file, error)
    except OSError as error:
        if folder is not None:
            raise
        broken = UnreadableError([fault("C0003", file=file, problem=error.strerror)])
        return Report.unread("validate", schema.name, file, broken)


def _checked(
    schema: Schema, file: Path, sink: ParquetSink | None, *, site: Site, fail_on: Threshold, progress: Progress
) -> Report:
    source = StandardFile(file, schema, progress=progress)
    totals, dataset = Totals(), Dataset(schema, source.columns)
    checks = present_checks(schema.checks, source.columns)
    read = refused = 0

    def add(findings: pl.DataFrame) -> None:
        totals.add(findings)
        if sink is not None:
            sink.write(findings)

    for findings in source.findings:
        add(site.judge(findings))
    for judged in in_threads(partial(_judge, checks, site), source.unread(), jobs=default_jobs()):
        source.took(judged.extent)
        add(judged.findings.with_columns(pl.col(ROW) + read))
        dataset.add(judged.typed.with_columns(pl.col(ROW) + read))
        refused += judged.refused
        read += judged.read
    for findings in dataset.findings(lambda: _frames(source.batches())):
        add(site.judge(findings))
    counts = Counts(read=read, accepted=read - refused, refused=refused)
    found = totals.totals(source.lines)
    return Report(
        command="validate",
        standard=schema.name,
        file=file.name,
        fail_on=fail_on,
        counts=counts,
        tallies=dataset.tallies,
        labels=dataset.labels,
        checked=by_code((*held(checks, source.columns), *dataset.checked)),
        site=SiteUse.of(site, found),
        findings=found,
        exit_code=exit_code(counts, totals, fail_on),
    )


@dataclass(frozen=True)
class _Judged:
    """A batch with all findings about its records, rows counting from 1, and how many records these refuse."""

    typed: pl.DataFrame
    findings: pl.DataFrame
    read: int
    refused: int
    extent: Extent | None


def _judge(checks: Sequence[Check], site: Site, unread: Unread) -> _Judged:
    batch = unread()
    _, broken = validate(checks, batch.frame, batch.untyped)
    findings = site.judge(pl.concat([FINDINGS.to_frame(), *batch.findings, *broken]))
    refused = findings.filter(pl.col("severity") == "refuse")[ROW].n_unique()
    return _Judged(batch.typed, findings.sort(ROW, maintain_order=True), batch.read, refused, batch.extent)


def _frames(batches: Iterator[Batch]) -> Iterator[pl.DataFrame]:
    return (batch.typed for batch in batches)
