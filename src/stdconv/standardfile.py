"""Standard files read batch by batch: CSV as strictly as legacy files, Parquet and NDJSON by polars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from stdconv.dialect import Dialect
from stdconv.errors import DefinitionError, UnreadableError
from stdconv.findings import about_file, fault
from stdconv.intake import Intake, read_batch
from stdconv.source import Progress, Source, quiet
from stdconv.stages.pieces import BATCH
from stdconv.stages.sinks import Format
from stdconv.standard.schema import Standard

ROW = "_row"
SUFFIXES: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
CHUNK = 100_000


@dataclass(frozen=True)
class Batch:
    """Some records of a standard file: ``frame`` has ``_row`` and the file's columns, null for absent.

    ``read`` counts also those that could not be read, which have refusing ``findings``; ``intake`` is there for CSV.
    """

    frame: pl.DataFrame
    read: int
    findings: list[pl.DataFrame] = field(default_factory=list)
    intake: Intake | None = None
    first: int = 1


def format_of(path: Path) -> Format:
    """Return the format that a file's suffix stands for. Raises ``DefinitionError`` for any other suffix."""
    if path.suffix.lower() not in SUFFIXES:
        raise DefinitionError([fault("C0011", file=path, known=", ".join(SUFFIXES))])
    return SUFFIXES[path.suffix.lower()]


class StandardFile:
    """A standard file: ``columns`` it has, ``findings`` about columns it lacks, and its batches."""

    def __init__(self, path: Path, standard: Standard, *, progress: Progress = quiet) -> None:
        self.path = path
        self.format = format_of(path)
        self.standard = standard
        self._progress = progress
        with Source(path) as source:
            self.columns = tuple(source.names(Dialect(())) if self.format == "csv" else self._frame_columns())
        unknown = [name for name in self.columns if name not in standard.names or self.columns.count(name) > 1]
        if unknown:
            known = ", ".join(standard.names)
            raise UnreadableError([fault("S0009", file=path, columns=len(unknown), known=known)])
        lacking = [name for name in standard.key if name not in self.columns]
        if lacking:
            raise UnreadableError([fault("S0011", file=path, columns=", ".join(lacking))])

    def _frame_columns(self) -> list[str]:
        try:
            if self.format == "parquet":
                schema = pl.read_parquet_schema(self.path)
                if not all(dtype in (pl.String, pl.Null) for dtype in schema.values()):
                    raise UnreadableError([fault("C0003", file=self.path, problem="columns that are not text")])
                return list(schema)
            return list(self._ndjson().collect_schema())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None

    def _ndjson(self) -> pl.LazyFrame:
        return pl.scan_ndjson(self.path, infer_schema_length=None)

    @property
    def findings(self) -> list[pl.DataFrame]:
        """One warning for each column that the schema requires and the file lacks."""
        return [about_file("S0010", side="standard", column=n) for n in self.standard.lacking(self.columns)]

    def batches(self) -> Iterator[Batch]:
        """Yield the records in order, numbered from 1."""
        return self._csv_batches() if self.format == "csv" else self._frame_batches()

    def _csv_batches(self) -> Iterator[Batch]:
        dialect = self.standard.dialect(self.columns)
        offset = 0
        with Source(self.path, progress=self._progress) as source:
            for data in source.batches(source.header(dialect), dialect, size=BATCH):
                intake = read_batch(data, dialect, side="standard")
                frame = _absent(intake.frame).with_columns(pl.col(ROW) + offset)
                findings = [each.with_columns(pl.col("row") + offset) for each in intake.findings]
                yield Batch(frame, intake.pieces.count, findings, intake, offset + 1)
                offset += intake.pieces.count

    def _frame_batches(self) -> Iterator[Batch]:
        scan = pl.scan_parquet(self.path) if self.format == "parquet" else self._ndjson()
        scan = scan.select(pl.col(self.columns).cast(pl.String))
        offset = 0
        try:
            for frame in scan.collect_batches(chunk_size=CHUNK, maintain_order=True):
                numbered = frame.with_row_index(ROW, offset=offset + 1).with_columns(pl.col(ROW).cast(pl.Int64))
                yield Batch(_absent(numbered), len(frame), first=offset + 1)
                offset += len(frame)
                self._progress(offset, 0)
        except pl.exceptions.PolarsError as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None


def _absent(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with null for empty texts."""
    names = [name for name in frame.columns if name != ROW]
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)


class Taker:
    """Takes any number of records at a time from batches, in order."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._held: list[pl.DataFrame] = []

    def take(self, count: int) -> pl.DataFrame | None:
        """Return the next ``count`` records, or ``None`` where there are not so many."""
        while sum(map(len, self._held)) < count:
            batch = next(self._batches, None)
            if batch is None:
                return None
            self._held.append(batch.frame)
        whole = pl.concat(self._held) if self._held else None
        if whole is None:
            return pl.DataFrame()
        self._held = [whole.slice(count)]
        return whole.slice(0, count)
