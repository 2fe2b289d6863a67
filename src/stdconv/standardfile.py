"""Standard files read batch by batch: CSV as strictly as legacy files, Parquet and NDJSON by polars."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from stdconv.dialect import Dialect
from stdconv.errors import DefinitionError, Place, UnreadableError
from stdconv.findings import about_file, about_rows, fault
from stdconv.headings import misfits, together
from stdconv.intake import read_batch
from stdconv.lines import LineOf, Lines, same
from stdconv.source import Progress, Source, check_regular, quiet
from stdconv.stages.pieces import BATCH
from stdconv.stages.sinks import Format
from stdconv.standard.schema import Standard

ROW = "_row"
SUFFIXES: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
CHUNK = 100_000


@dataclass(frozen=True)
class Batch:
    """Some records of a standard file: ``frame`` has ``_row`` and the file's columns, null for absent.

    ``read`` counts also those that could not be read, which have refusing ``findings``. ``bytes_of`` gives the
    original bytes of rows (from 1 in the batch) where the file has them; ``offset`` is the row before the first.
    """

    frame: pl.DataFrame
    read: int
    findings: list[pl.DataFrame] = field(default_factory=list)
    bytes_of: Callable[[pl.Series], list[bytes]] | None = None
    offset: int = 0


def format_of(path: Path) -> Format:
    """Return the format that a file's suffix stands for. Raises ``DefinitionError`` for any other suffix."""
    if path.suffix.lower() not in SUFFIXES:
        raise DefinitionError([fault("C0011", file=path, known=", ".join(SUFFIXES))])
    return SUFFIXES[path.suffix.lower()]


class StandardFile:
    """A standard file: ``columns`` it has, ``findings`` about columns it lacks, and its batches.

    NDJSON says of each record which columns it has, so that its file has them all.
    """

    def __init__(self, path: Path, standard: Standard, *, progress: Progress = quiet) -> None:
        self.path = path
        self.format = format_of(path)
        self.standard = standard
        self._progress = progress
        self._lines: LineOf | None = same if self.format == "ndjson" else None
        self._header = Place(str(path))
        check_regular(path)
        self.columns = self._columns()
        self._check_columns(self.columns, self._header)
        lacking = [name for name in standard.key if name not in self.columns]
        if lacking:
            raise UnreadableError([fault("S0011", self._header, file=path, columns=", ".join(lacking))])

    def _columns(self) -> tuple[str, ...]:
        match self.format:
            case "csv":
                with Source(self.path) as source:
                    self._header = source.place(Dialect(()))
                    return tuple(source.names(Dialect(())))
            case "parquet":
                return self._parquet_columns()
            case "ndjson":
                return self.standard.names

    def _parquet_columns(self) -> tuple[str, ...]:
        try:
            schema = pl.read_parquet_schema(self.path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None
        if not all(dtype in (pl.String, pl.Null) for dtype in schema.values()):
            raise UnreadableError([fault("C0003", file=self.path, problem="columns that are not text")])
        return tuple(schema)

    def _check_columns(self, columns: Sequence[str], place: Place) -> None:
        if told := misfits(columns, self.standard.names):
            known = ", ".join(self.standard.names)
            raise UnreadableError(
                [fault("S0009", place, file=self.path, columns=len(told), headings=together(told), known=known)]
            )

    @property
    def lines(self) -> LineOf | None:
        """What gives records their lines in the file, once all batches were read; none where it has no lines."""
        return self._lines

    @property
    def findings(self) -> list[pl.DataFrame]:
        """One warning for each column that the schema requires and the file lacks."""
        return [about_file("S0010", side="standard", column=n) for n in self.standard.lacking(self.columns)]

    def batches(self) -> Iterator[Batch]:
        """Yield the records in order, numbered from 1."""
        readers = {"csv": self._csv_batches, "parquet": self._parquet_batches, "ndjson": self._ndjson_batches}
        return readers[self.format]()

    def _csv_batches(self) -> Iterator[Batch]:
        dialect = self.standard.dialect(self.columns)
        offset = 0
        with Source(self.path, progress=self._progress) as source:
            header = source.header(dialect)
            lines = Lines(self.path, header, dialect)
            self._lines = lines.of
            for data in source.batches(header, dialect, size=BATCH):
                intake = read_batch(data, dialect, side="standard")
                lines.add(intake.pieces.extent(dialect.end))
                frame = _absent(intake.frame).with_columns(pl.col(ROW) + offset)
                findings = [each.with_columns(pl.col("row") + offset) for each in intake.findings]
                yield Batch(frame, intake.pieces.count, findings, intake.bytes_of, offset)
                offset += intake.pieces.count

    def _parquet_batches(self) -> Iterator[Batch]:
        scan = pl.scan_parquet(self.path).select(pl.col(self.columns).cast(pl.String))
        offset = 0
        try:
            for frame in scan.collect_batches(chunk_size=CHUNK, maintain_order=True):
                rows = pl.int_range(offset + 1, offset + len(frame) + 1, dtype=pl.Int64, eager=True)
                yield Batch(_absent(frame.insert_column(0, rows.alias(ROW))), len(frame), offset=offset)
                offset += len(frame)
                self._progress(offset, 0)
        except pl.exceptions.PolarsError as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None

    def _ndjson_batches(self) -> Iterator[Batch]:
        offset = 0
        with self.path.open("rb") as file:
            while lines := list(islice(file, CHUNK)):
                yield self._ndjson_batch(lines, offset)
                offset += len(lines)
                self._progress(offset, 0)

    def _ndjson_batch(self, lines: list[bytes], offset: int) -> Batch:
        numbered = [(row, _json_record(line)) for row, line in enumerate(lines, offset + 1)]
        records = [(row, record) for row, record in numbered if record is not None]
        known = set(self.columns)
        for row, record in records:
            if not record.keys() <= known:
                self._check_columns(tuple(record), Place(str(self.path), row))
        data = {name: [record.get(name) for _, record in records] for name in self.columns}
        rows = pl.Series(ROW, [row for row, _ in records], dtype=pl.Int64)
        frame = pl.DataFrame(data, schema=dict.fromkeys(self.columns, pl.String)).insert_column(0, rows)
        bad = pl.Series([row for row, record in numbered if record is None], dtype=pl.Int64)
        findings = [about_rows(bad, "R0006", side="standard", column="")] if len(bad) else []
        return Batch(_absent(frame), len(lines), findings, partial(_lines_at, lines), offset)


def _json_record(line: bytes) -> dict[str, str | None] | None:
    """Return one line of NDJSON, or ``None`` where it is no object of texts; a null is an absent value."""
    try:
        record = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not all(value is None or isinstance(value, str) for value in record.values()):
        return None
    return record if _is_encodable(record) else None


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object's members; raises ``ValueError`` where one stands twice."""
    if len(dict(members)) != len(members):
        raise ValueError("a member stands twice")
    return dict(members)


def _is_encodable(record: dict[str, str | None]) -> bool:
    """Tell whether every text is one: a lone surrogate, which JSON can spell, is none."""
    try:
        "".join(value or "" for value in record.values()).encode()
    except UnicodeEncodeError:
        return False
    return True


def _lines_at(lines: list[bytes], rows: pl.Series) -> list[bytes]:
    return [lines[row - 1] for row in rows]


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
        whole = pl.concat(self._held, rechunk=True) if self._held else None
        if whole is None:
            return pl.DataFrame()
        self._held = [whole.slice(count)]
        return whole.slice(0, count)
