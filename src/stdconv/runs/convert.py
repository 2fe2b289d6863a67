"""The main job: a legacy file to a run folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.batches import Outcome, convert_batch
from stdconv.conversion.lookups import Table, Tables, make_table, unused
from stdconv.conversion.numbering import numbered
from stdconv.engines.threads import default_jobs, in_threads
from stdconv.errors import DefinitionError
from stdconv.findings.frames import FINDINGS
from stdconv.findings.registry import Threshold, fault
from stdconv.findings.rows import ROW
from stdconv.layouts import encoding, records
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.files import DelimitedFile, Progress, quiet
from stdconv.layouts.lines import Lines
from stdconv.layouts.pieces import BATCH, Header
from stdconv.layouts.reader import read_batch
from stdconv.mapping.plan import Plan
from stdconv.reports import LookupUse, Report, Totals, by_code, exit_code, held
from stdconv.reports.counts import Counts
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.manifest import NAME, Manifest, Original, describe
from stdconv.runs.refusals import RefusalsFile
from stdconv.standard.dataset import Dataset
from stdconv.standard.files import StandardFile
from stdconv.standard.writers import Format, ParquetSink, open_sink


def convert_file(
    plan: Plan,
    file: Path,
    folder: Path,
    *,
    lookups: Mapping[str, Path] | None = None,
    format: Format = "csv",  # noqa: A002 -- the option's name
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    batch_size: int = BATCH,
    progress: Progress = quiet,
) -> Report:
    """Convert the legacy ``file`` into the new run folder ``folder`` and return the report that lies in it.

    Raises ``DefinitionError`` (an existing target, a lookup that the mapping needs or does not know),
    ``UnreadableError`` (a header that does not fit). Findings do not raise.
    """
    with DelimitedFile(file, progress=progress) as source:
        header = source.header(plan.dialect)
        ensure_lookups(plan, lookups or {})
        tables, read = load_tables(plan, lookups or {})
        with AtomicOutput(folder, is_folder=True, force=force) as target:
            run = _Run(plan, tables, target.work, format, file.suffix, header, Lines(file, header, plan.dialect))
            for findings in read:
                run.add(findings, elsewhere=True)
            work = partial(convert_batch, plan, tables)
            batches = source.batches(header, plan.dialect, size=batch_size)
            for outcome in in_threads(work, numbered(plan, batches), jobs=jobs or default_jobs()):
                run.merge(outcome)
            report = run.finish(file.name, source, fail_on)
            target.commit()
    return report


def ensure_lookup_names(plan: Plan, lookups: Mapping[str, Path]) -> None:
    """Raise ``DefinitionError`` for lookups that the mapping does not know."""
    known = ", ".join(plan.mapping.lookups) or "–"
    if faults := [fault("C0006", lookup=name, known=known) for name in lookups if name not in plan.mapping.lookups]:
        raise DefinitionError(faults)


def ensure_lookups(plan: Plan, lookups: Mapping[str, Path]) -> None:
    """Raise ``DefinitionError`` for lookups that the mapping does not know, and for needed ones that are not given."""
    ensure_lookup_names(plan, lookups)
    faults = [
        fault("C0007", lookup=name, column=", ".join(form.standard))
        for name in plan.mapping.lookups
        for form in plan.lookup_fields(name)
        if name not in lookups and form.missing is None
    ]
    if faults:
        raise DefinitionError(faults)


def load_tables(plan: Plan, lookups: Mapping[str, Path]) -> tuple[Tables, list[pl.DataFrame]]:
    """Read the lookup files; returns them ready to join, and the findings about their rows."""
    tables: dict[str, Table] = {}
    findings: list[pl.DataFrame] = []
    for name, path in lookups.items():
        dialect = plan.lookup_dialect(name)
        with DelimitedFile(path) as source:
            header = source.header(dialect)
            frames = list(_lookup_rows(source, header, dialect, f"lookup:{name}", findings))
        rows = pl.concat([records.from_fields([], [], dialect), *frames])
        tables[name] = make_table(plan, name, rows)
        findings += tables[name].findings
    return tables, findings


def _lookup_rows(
    source: DelimitedFile, header: Header, dialect: Dialect, side: str, findings: list[pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a lookup file; one that cannot be read is a warning, since its records will miss it."""
    offset = 0
    for batch in source.batches(header, dialect):
        parsed = read_batch(batch, dialect, side=side)
        for frame in parsed.findings:
            findings.append(_as_warnings(frame).with_columns(pl.col(ROW) + offset))
        bad = {row for frame in parsed.findings for row in frame.filter(pl.col("severity") == "refuse")[ROW]}
        yield parsed.frame.filter(~pl.col(ROW).is_in(bad)).with_columns(pl.col(ROW) + offset)
        offset += parsed.pieces.count


def _as_warnings(frame: pl.DataFrame) -> pl.DataFrame:
    """Return findings that would refuse a record as warnings about a row of a lookup, which is then not used."""
    refuses = pl.col("severity") == "refuse"
    why = pl.concat_str("code", "detail", separator=" ").str.strip_chars()
    return frame.with_columns(
        code=pl.when(refuses).then(pl.lit("D0004")).otherwise("code"),
        severity=pl.when(refuses).then(pl.lit("warn")).otherwise("severity"),
        detail=pl.when(refuses).then(why).otherwise("detail"),
    )


@dataclass
class _Run:
    """A run folder being filled, outcome by outcome."""

    plan: Plan
    tables: Tables
    folder: Path
    format: Format
    suffix: str
    header: Header
    lines: Lines
    read: int = 0
    accepted: int = 0
    refused: int = 0
    raw: int = 0
    totals: Totals = field(default_factory=Totals)
    used: dict[str, pl.Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = list(self.plan.carried)
        self.standard_path = self.folder / f"standard.{self.format}"
        self.standard = open_sink(self.standard_path, self.format, columns)
        self.refused_file = (self.folder / f"refused{self.suffix}").open("wb")
        self.refused_file.write(self.header.raw)
        self.causes = RefusalsFile(self.folder / "refused-causes.csv")
        self.residue = ParquetSink(self.folder / "residue.parquet", residue.schema(self.plan.mapping.legacy.columns))
        self.findings = ParquetSink(self.folder / "findings.parquet", FINDINGS)
        self.dataset = Dataset(self.plan.schema, columns)
        self.residue.write(self._beginning())

    def _beginning(self) -> pl.DataFrame:
        """Return the residue of row 0: a header or a mark that the dialect would write otherwise."""
        dialect = self.plan.dialect
        before = {} if self.header.before == dialect.mark else {0: self.header.before}
        declared = encoding.encode(records.header_line(dialect), dialect)
        raw = {} if self.header.raw == declared else {0: self.header.raw}
        names = self.plan.mapping.legacy.columns
        nothing = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(names, pl.String)})
        return residue.assemble(names, nothing, before=before, raw=raw, refused={})

    def add(self, findings: pl.DataFrame, *, elsewhere: bool = False) -> None:
        self.findings.write(findings)
        self.totals.add(findings, elsewhere=elsewhere)

    def merge(self, outcome: Outcome) -> None:
        """Take over the next batch's outcome."""
        outcome = outcome.shifted(self.read)
        self.lines.add(outcome.extent)
        self.read += outcome.read
        self.accepted += outcome.accepted
        self.refused += len(outcome.refused)
        self.raw += outcome.raw
        self.standard.write(outcome.standard.drop(ROW))
        self.refused_file.writelines(outcome.refused)
        self.residue.write(outcome.residue)
        self.causes.write(outcome.findings)
        self.add(outcome.findings)
        self.dataset.add(outcome.standard)
        for name, rows in outcome.used.items():
            self.used[name] = pl.concat([self.used[name], rows]).unique() if name in self.used else rows

    def finish(self, name: str, source: DelimitedFile, fail_on: Threshold) -> Report:
        """Check the dataset rules, close everything, write report and manifest."""
        self.standard.close()
        self.residue.close()
        for findings in self.dataset.findings(self.standard_again):
            self.add(findings)
        for lookup, table in self.tables.items():
            if (left := unused(table, self.used.get(lookup, pl.Series(dtype=pl.Int64)), self.read)) is not None:
                self.add(left)
        self.findings.close()
        self.refused_file.close()
        self.causes.close()
        counts = Counts(read=self.read, accepted=self.accepted, refused=self.refused)
        report = self.report(name, counts, fail_on)
        report.write(self.folder / "report.json")
        (self.folder / "mapping.yaml").write_text(self.plan.text, encoding="utf-8")
        for path in self.plan.schema.files:
            (self.folder / path.name).write_bytes(path.read_bytes())
        manifest = Manifest(
            mapping=self.plan.mapping.id,
            standard=self.plan.schema.name,
            standard_format=self.format,
            original=Original(name=name, bytes=source.size, sha256=source.sha256),
            counts=counts,
            lookups=tuple(self.tables),
            files=describe(self.folder),
        )
        (self.folder / NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return report

    def report(self, name: str, counts: Counts, fail_on: Threshold) -> Report:
        lookups = {
            lookup: LookupUse(rows=len(table.frame), used=len(self.used.get(lookup, ())))
            for lookup, table in self.tables.items()
        }
        return Report(
            command="convert",
            mapping=self.plan.mapping.id,
            standard=self.plan.schema.name,
            file=name,
            fail_on=fail_on,
            counts=counts,
            raw_records=self.raw,
            raw_share=self.raw / counts.accepted if counts.accepted else 0.0,
            lookups=lookups,
            tallies=self.dataset.tallies,
            labels=self.dataset.labels,
            checked=by_code((*held(self.plan.checks, self.plan.carried), *self.dataset.checked)),
            findings=self.totals.totals(self.lines.of),
            exit_code=exit_code(counts, self.totals, fail_on),
        )

    def standard_again(self) -> Iterator[pl.DataFrame]:
        """Yield the accepted records once more, with their rows."""
        lengths = pl.scan_parquet(self.folder / "residue.parquet").select(ROW, residue.REFUSED)
        refused = lengths.filter(pl.col(residue.REFUSED).is_not_null()).collect()[ROW]
        rows = pl.int_range(1, self.read + 1, dtype=pl.Int64, eager=True)
        rows = rows.filter(~rows.is_in(refused.implode()))
        offset = 0
        for batch in StandardFile(self.standard_path, self.plan.schema).batches():
            yield batch.frame.with_columns(rows.slice(offset, len(batch.frame)).alias(ROW))
            offset += len(batch.frame)
