"""A standard file against its schema: record checks batch by batch, dataset rules at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from stdconv.dataset import Dataset
from stdconv.engine import default_jobs, in_order
from stdconv.findings import SCHEMA as FINDINGS
from stdconv.findings import Threshold
from stdconv.manifest import Counts
from stdconv.reports import Report, Totals, exit_code
from stdconv.source import Progress, quiet
from stdconv.stages.sinks import ParquetSink
from stdconv.stages.validate import present_checks, validate
from stdconv.standard.recordrules import Check
from stdconv.standard.schema import Standard
from stdconv.standardfile import ROW, Batch, Part, StandardFile
from stdconv.target import Target


def validate_file(
    standard: Standard,
    file: Path,
    *,
    folder: Path | None = None,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Check a standard CSV, Parquet or NDJSON file; with ``folder``, put report and findings there.

    ``refused`` counts the records with at least one refusing finding.
    """
    if folder is None:
        return _checked(standard, file, None, fail_on, progress)
    with Target(folder, is_folder=True, force=force) as target:
        sink = ParquetSink(target.work / "findings.parquet", FINDINGS)
        report = _checked(standard, file, sink, fail_on, progress)
        sink.close()
        report.write(target.work / "report.json")
        target.commit()
    return report


def _checked(
    standard: Standard, file: Path, sink: ParquetSink | None, fail_on: Threshold, progress: Progress
) -> Report:
    source = StandardFile(file, standard, progress=progress)
    totals, dataset = Totals(), Dataset(standard, source.columns)
    checks = present_checks(standard.checks, source.columns)
    read = refused = 0

    def tell(findings: pl.DataFrame) -> None:
        totals.add(findings)
        if sink is not None:
            sink.write(findings)

    for findings in source.findings:
        tell(findings)
    for judged in in_order(partial(_judge, checks), source.parts(), jobs=default_jobs()):
        tell(judged.findings.with_columns(pl.col("row") + read))
        dataset.add(judged.frame.with_columns(pl.col(ROW) + read))
        refused += judged.refused
        read += judged.read
    for findings in dataset.findings(lambda: _frames(source.batches())):
        tell(findings)
    counts = Counts(read=read, accepted=read - refused, refused=refused)
    return Report(
        command="validate",
        standard=standard.name,
        file=file.name,
        counts=counts,
        tallies=dataset.tallies,
        labels=dataset.labels,
        findings=tuple(totals.totals()),
        exit_code=exit_code(counts, totals, fail_on),
    )


@dataclass(frozen=True)
class _Judged:
    """A batch with all findings about its records, rows counting from 1, and how many records these refuse."""

    frame: pl.DataFrame
    findings: pl.DataFrame
    read: int
    refused: int


def _judge(checks: Sequence[Check], part: Part) -> _Judged:
    batch = part()
    _, broken = validate(checks, batch.frame)
    findings = pl.concat([FINDINGS.to_frame(), *batch.findings, *broken]).sort("row", maintain_order=True)
    refused = findings.filter(pl.col("severity") == "refuse")["row"].n_unique()
    return _Judged(batch.frame, findings, batch.read, refused)


def _frames(batches: Iterator[Batch]) -> Iterator[pl.DataFrame]:
    return (batch.frame for batch in batches)
