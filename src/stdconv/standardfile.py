"""Standard files read batch by batch: CSV as strictly as legacy files, Parquet and NDJSON by polars."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from stdconv.dialect import Dialect
from stdconv.errors import DefinitionError, UnreadableError
from stdconv.findings import about_file, about_rows, fault
from stdconv.intake import read_batch
from stdconv.source import Progress, Source, check_regular, quiet
from stdconv.stages.pieces import BATCH
from stdconv.stages.sinks import Format
from stdconv.standard.schema import Standard

ROW = "_row"
SUFFIXES: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
CHUNK = 100_000
SIZE = 2 * BATCH
"""How much of a CSV file is read at once: nothing comes of its records but findings and the records again."""


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

    def shifted(self, offset: int) -> Batch:
        """Return the batch with ``offset`` records before it."""
        frame = self.frame.with_columns(pl.col(ROW) + offset)
        findings = [each.with_columns(pl.col("row") + offset) for each in self.findings]
        return replace(self, frame=frame, findings=findings, offset=self.offset + offset)


Part = Callable[[], Batch]
"""Some records still to be read, by any thread; their rows count from 1."""


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
        check_regular(path)
        self.columns = self._columns()
        self._check_columns(self.columns)
        lacking = [name for name in standard.key if name not in self.columns]
        if lacking:
            raise UnreadableError([fault("S0011", file=path, columns=", ".join(lacking))])

    def _columns(self) -> tuple[str, ...]:
        match self.format:
            case "csv":
                with Source(self.path, is_hashed=False) as source:
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

    def _check_columns(self, columns: Collection[str]) -> None:
        unknown = len(columns) - len(set(columns) & set(self.standard.names))
        if unknown:
            known = ", ".join(self.standard.names)
            raise UnreadableError([fault("S0009", file=self.path, columns=unknown, known=known)])

    @property
    def findings(self) -> list[pl.DataFrame]:
        """One warning for each column that the schema requires and the file lacks."""
        return [about_file("S0010", side="standard", column=n) for n in self.standard.lacking(self.columns)]

    def batches(self) -> Iterator[Batch]:
        """Yield the records in order, numbered from 1."""
        offset = 0
        for part in self.parts():
            batch = part().shifted(offset)
            offset += batch.read
            yield batch

    def parts(self) -> Iterator[Part]:
        """Yield the records in order, still to be read."""
        readers = {"csv": self._csv_parts, "parquet": self._parquet_parts, "ndjson": self._ndjson_parts}
        return readers[self.format]()

    def _csv_parts(self) -> Iterator[Part]:
        dialect = self.standard.dialect(self.columns)
        with Source(self.path, progress=self._progress, is_hashed=False) as source:
            for data in source.batches(source.header(dialect), dialect, size=SIZE):
                yield partial(_csv_batch, data, dialect)

    def _parquet_parts(self) -> Iterator[Part]:
        scan = pl.scan_parquet(self.path).select(pl.col(self.columns).cast(pl.String))
        done = 0
        try:
            for frame in scan.collect_batches(chunk_size=CHUNK, maintain_order=True):
                yield partial(_parquet_batch, frame)
                self._progress(done := done + len(frame), 0)
        except pl.exceptions.PolarsError as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None

    def _ndjson_parts(self) -> Iterator[Part]:
        done = 0
        with self.path.open("rb") as file:
            while lines := list(islice(file, CHUNK)):
                yield partial(self._ndjson_batch, lines)
                self._progress(done := done + len(lines), 0)

    def _ndjson_batch(self, lines: list[bytes]) -> Batch:
        numbered = [(row, _json_record(line)) for row, line in enumerate(lines, 1)]
        records = [(row, record) for row, record in numbered if record is not None]
        self._check_columns({name for _, record in records for name in record} | set(self.columns))
        data = {name: [record.get(name) for _, record in records] for name in self.columns}
        rows = pl.Series(ROW, [row for row, _ in records], dtype=pl.Int64)
        frame = pl.DataFrame(data, schema=dict.fromkeys(self.columns, pl.String)).insert_column(0, rows)
        bad = pl.Series([row for row, record in numbered if record is None], dtype=pl.Int64)
        findings = [about_rows(bad, "R0006", side="standard", column="")] if len(bad) else []
        return Batch(_absent(frame), len(lines), findings, partial(_lines_at, lines))


def _csv_batch(data: bytes, dialect: Dialect) -> Batch:
    intake = read_batch(data, dialect, side="standard")
    return Batch(_absent(intake.frame), intake.pieces.count, intake.findings, intake.bytes_of)


def _parquet_batch(frame: pl.DataFrame) -> Batch:
    rows = pl.int_range(1, len(frame) + 1, dtype=pl.Int64, eager=True)
    return Batch(_absent(frame.insert_column(0, rows.alias(ROW))), len(frame))


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
