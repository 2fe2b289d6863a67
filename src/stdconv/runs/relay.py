"""A standard file restored into another vendor's layout: what converts back to the same record, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import polars as pl

from stdconv.conversion.numbering import Numbering
from stdconv.conversion.relay import joined_keys, refuse_misnumbered, relay_frame, settle
from stdconv.findings.frames import about_file
from stdconv.findings.registry import Threshold
from stdconv.findings.rows import ROW
from stdconv.layouts import encoding, records
from stdconv.layouts.files import Progress, quiet
from stdconv.mapping.plan import Plan
from stdconv.reports import Report, Totals, by_code, exit_code, held
from stdconv.reports.counts import Counts
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.lookupfiles import LookupFiles
from stdconv.standard.checks import present_checks
from stdconv.standard.files import Batch, StandardFile


def relay_file(
    plan: Plan,
    standard_file: Path,
    file: Path,
    *,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Restore ``standard_file`` into the layout of ``plan`` as the new ``file`` and return the report.

    Beside it stand ``FILE.<lookup>.csv``, ``FILE.refused.csv`` (standard records) and ``FILE.report.json``.
    """
    source = StandardFile(standard_file, plan.schema, progress=progress)
    with ExitStack() as stack:
        targets = {
            suffix: stack.enter_context(AtomicOutput(file.with_name(file.name + suffix), is_folder=False, force=force))
            for suffix in (".refused.csv", ".report.json", "")
        }
        beside = stack.enter_context(LookupFiles(plan, file, plan.mapping.lookups, force=force))
        run = _Run(plan, source, beside)
        with targets[""].work.open("wb") as out, targets[".refused.csv"].work.open("wb") as refused:
            report = run.write(out, refused, standard_file.name, fail_on)
        report.write(targets[".report.json"].work)
        beside.commit()
        for target in targets.values():
            target.commit()
    return report


class _Run:
    """One relay: written in one pass, and in another one as long as lookup keys turn out to need several rows."""

    def __init__(self, plan: Plan, source: StandardFile, beside: LookupFiles) -> None:
        self.plan = plan
        self.source = source
        self.beside = beside

    def write(self, out: BinaryIO, refused: BinaryIO, name: str, fail_on: Threshold) -> Report:
        keys: dict[str, pl.DataFrame] = {}
        while True:
            counts, totals = self._pass(out, refused, keys)
            more = self.beside.contradictory()
            if not any(len(found) for found in more.values()):
                break
            for file in (out, refused):
                file.seek(0)
                file.truncate()
            self.beside.clear()
            keys = joined_keys(keys, more)
        return Report(
            command="restore",
            mapping=self.plan.mapping.id,
            standard=self.plan.schema.name,
            file=name,
            fail_on=fail_on,
            counts=counts,
            lost_values=totals.count("T0031"),
            checked=by_code(held(present_checks(self.plan.checks, self.source.columns), self.source.columns)),
            findings=totals.totals(self.source.lines),
            exit_code=exit_code(counts, totals, fail_on),
        )

    def _pass(self, out: BinaryIO, refused: BinaryIO, keys: Mapping[str, pl.DataFrame]) -> tuple[Counts, Totals]:
        dialect, standard = self.plan.dialect, self.source.schema.dialect(self.source.columns)
        out.write(dialect.mark + encoding.certain(encoding.encode(records.header_line(dialect), dialect)))
        refused.write(encoding.certain(encoding.encode(records.header_line(standard), standard)))
        totals, numbering = Totals(), Numbering(self.plan)
        for findings in (*self.source.findings, *self._left_empty()):
            totals.add(findings)
        read = accepted = turned_back = 0
        for batch in self.source.batches():
            unread = {row for frame in batch.findings for row in frame.filter(pl.col("severity") == "refuse")[ROW]}
            relayed = settle(self.plan, relay_frame(self.plan, batch.frame), keys)
            relayed = refuse_misnumbered(relayed, numbering, outside=unread)
            for findings in (*batch.findings, relayed.findings):
                totals.add(findings)
            bad = pl.Series(ROW, sorted(unread | set(relayed.refused)), dtype=pl.Int64)
            legacy = relayed.legacy.filter(~pl.col(ROW).is_in(bad.implode()))
            self.beside.add(legacy)
            out.write(encoding.certain(encoding.encode_block(records.lines(legacy, dialect), dialect)))
            refused.writelines(self._originals(batch, bad))
            read, accepted, turned_back = read + batch.read, accepted + len(legacy), turned_back + len(bad)
        return Counts(read=read, accepted=accepted, refused=turned_back), totals

    def _left_empty(self) -> list[pl.DataFrame]:
        given = {*self.plan.written, *self.plan.mapping.defaults}
        idle = [name for name in self.plan.mapping.legacy.columns if name not in given]
        return [about_file("T0033", side="legacy", column=name) for name in idle]

    def _originals(self, batch: Batch, rows: pl.Series) -> list[bytes]:
        """Return refused records as they stood, or, where the file is no CSV, as standard CSV if they can be read."""
        if self.source.format == "csv" and batch.bytes_of is not None:
            return batch.bytes_of(rows - batch.offset)
        dialect = self.source.schema.dialect(self.source.columns)
        kept = batch.typed.filter(pl.col(ROW).is_in(rows.implode()))
        unread = rows.filter(~rows.is_in(kept[ROW].implode()))
        lines = encoding.certain(encoding.encode_block(records.lines(kept, dialect), dialect))
        return [lines, *(batch.bytes_of(unread - batch.offset) if batch.bytes_of else [])]
