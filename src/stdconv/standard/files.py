"""Standard files read batch by batch: CSV as strictly as legacy files, Parquet and NDJSON by polars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from stdconv.errors import DefinitionError, Place, UnreadableError
from stdconv.findings.frames import about_file, about_rows
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, numbers, shifted, without
from stdconv.layouts import records
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.files import DelimitedFile, Progress, ensure_regular, quiet
from stdconv.layouts.headings import joined_texts, unknown_headings
from stdconv.layouts.lines import LineOf, Lines, same
from stdconv.layouts.pieces import BATCH, Extent
from stdconv.layouts.reader import read_batch
from stdconv.standard import ndjson
from stdconv.standard.schema import Schema
from stdconv.standard.writers import Format

SUFFIXES: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What polars raises for a Parquet file that is damaged."""
CHUNK = 100_000
SIZE = 2 * BATCH
"""How much of a CSV file is read at once: nothing comes of its records but findings and the records again."""


@dataclass(frozen=True)
class Batch:
    """Some records of a standard file: ``frame`` has ``_row`` and the file's columns, null for absent.

    ``read`` counts also those that could not be read, which have refusing ``findings``. ``bytes_of`` gives the
    original bytes of rows (from 1 in the batch) where the file has them; ``offset`` is the row before the first.
    ``untyped`` says by column in which rows its value, null here, is of another type: they have findings too.
    ``extent`` is how much of a CSV file it is.
    """

    frame: pl.DataFrame
    read: int
    findings: list[pl.DataFrame] = field(default_factory=list)
    bytes_of: Callable[[pl.Series], list[bytes]] | None = None
    offset: int = 0
    untyped: Mapping[str, pl.Series] = field(default_factory=dict)
    extent: Extent | None = None

    @property
    def typed(self) -> pl.DataFrame:
        """The records whose values are all of their type: of the others a null may have been something."""
        rows = [found for found in self.untyped.values() if len(found)]
        return without(self.frame, pl.concat(rows).unique()) if rows else self.frame

    def shifted(self, offset: int) -> Batch:
        """Return the batch with ``offset`` records before it."""
        frame = shifted(self.frame, offset)
        findings = [shifted(each, offset) for each in self.findings]
        untyped = {name: rows + offset for name, rows in self.untyped.items()}
        return replace(self, frame=frame, findings=findings, untyped=untyped, offset=self.offset + offset)


Unread = Callable[[], Batch]
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

    def __init__(self, path: Path, schema: Schema, *, progress: Progress = quiet) -> None:
        self.path = path
        self.format = format_of(path)
        self.schema = schema
        self._progress = progress
        self._read: Lines | None = None
        self._header = Place(str(path))
        ensure_regular(path)
        self.columns = self._columns()
        self._ensure_columns(self.columns, self._header)
        lacking = [name for name in schema.key if name not in self.columns]
        if lacking:
            raise UnreadableError([fault("S0011", self._header, file=path, columns=", ".join(lacking))])
        if self.format == "csv":
            self._ensure_types(name for name in self.columns if name in schema.numbers)

    def _columns(self) -> tuple[str, ...]:
        match self.format:
            case "csv":
                with DelimitedFile(self.path, is_hashed=False) as source:
                    self._header = source.place(Dialect(()))
                    return tuple(source.names(Dialect(())))
            case "parquet":
                return self._parquet_columns()
            case "ndjson":
                return self.schema.names

    def _parquet_columns(self) -> tuple[str, ...]:
        try:
            schema = pl.read_parquet_schema(self.path)
        except (*DAMAGED, OSError) as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None
        known = {name: dtype for name, dtype in schema.items() if name in self.schema.names}
        self._ensure_types(name for name, dtype in known.items() if not self.schema.is_of_kind(name, dtype))
        return tuple(schema)

    def _ensure_types(self, others: Iterable[str]) -> None:
        """Raise where there are columns of another type than the schema's."""
        if columns := ", ".join(others):
            raise UnreadableError([fault("S0029", self._header, file=self.path, columns=columns)])

    def _ensure_columns(self, columns: Sequence[str], place: Place) -> None:
        if problems := unknown_headings(columns, self.schema.names):
            known = ", ".join(self.schema.names)
            raise UnreadableError(
                [
                    fault(
                        "S0009",
                        place,
                        file=self.path,
                        columns=len(problems),
                        headings=joined_texts(problems),
                        known=known,
                    )
                ]
            )

    def took(self, extent: Extent | None) -> None:
        """Take into account how much of the file the next part was, part by part in order: lines are known then."""
        if extent is not None and self._read is not None:
            self._read.add(extent)

    @property
    def lines(self) -> LineOf | None:
        """What gives records their lines in the file, once all batches were read; none where it has no lines."""
        return self._read.of if self._read is not None else same if self.format == "ndjson" else None

    @property
    def findings(self) -> list[pl.DataFrame]:
        """One warning for each column that the schema requires and the file lacks."""
        return [about_file("S0010", side="standard", column=n) for n in self.schema.lacking(self.columns)]

    def batches(self) -> Iterator[Batch]:
        """Yield the records in order, numbered from 1."""
        offset = 0
        for unread in self.unread():
            batch = unread().shifted(offset)
            offset += batch.read
            self.took(batch.extent)
            yield batch

    def unread(self) -> Iterator[Unread]:
        """Yield the records in order, still to be read."""
        readers = {"csv": self._csv_unread, "parquet": self._parquet_unread, "ndjson": self._ndjson_unread}
        return readers[self.format]()

    def _csv_unread(self) -> Iterator[Unread]:
        dialect = self.schema.dialect(self.columns)
        with DelimitedFile(self.path, progress=self._progress, is_hashed=False) as source:
            header = source.header(dialect)
            self._read = Lines(self.path, header, dialect)
            for data in source.batches(header, dialect, size=SIZE):
                yield partial(_csv_batch, data, dialect)

    def _parquet_unread(self) -> Iterator[Unread]:
        types = {name: pl.Int64 if name in self.schema.numbers else pl.String for name in self.columns}
        scan = pl.scan_parquet(self.path).select(pl.col(name).cast(dtype) for name, dtype in types.items())
        done = 0
        try:
            for frame in scan.collect_batches(chunk_size=CHUNK, maintain_order=True):
                yield partial(_parquet_batch, frame)
                self._progress(done := done + len(frame), 0)
        except DAMAGED as error:
            raise UnreadableError([fault("C0003", file=self.path, problem=type(error).__name__)]) from None

    def _ndjson_unread(self) -> Iterator[Unread]:
        done = 0
        with self.path.open("rb") as file:
            while lines := list(islice(file, CHUNK)):
                yield partial(self._ndjson_batch, lines, done)
                self._progress(done := done + len(lines), 0)

    def _ndjson_batch(self, lines: list[bytes], before: int) -> Batch:
        numbered = [(row, ndjson.record(line)) for row, line in enumerate(lines, 1)]
        objects = [(row, record) for row, record in numbered if record is not None]
        known = set(self.columns)
        for row, record in objects:
            if not record.keys() <= known:
                self._ensure_columns(tuple(record), Place(str(self.path), before + row))
        rows = pl.Series(ROW, [row for row, _ in objects], dtype=pl.Int64)
        bad = pl.Series([row for row, record in numbered if record is None], dtype=pl.Int64)
        findings = [about_rows(bad, "R0006", side="standard", column="")] if len(bad) else []
        series, untyped = [rows], {}
        for name in self.columns:
            values = [record.get(name) for _, record in objects]
            read, others = (ndjson.whole_numbers if name in self.schema.numbers else ndjson.texts)(values)
            if others:
                untyped[name] = rows.gather(list(others))
                kinds = pl.Series(others.values(), dtype=pl.String)
                findings.append(about_rows(untyped[name], "S0028", side="standard", column=name, detail=kinds))
            series.append(read.alias(name))
        frame = records.absent(pl.DataFrame(series))
        return Batch(frame, len(lines), findings, partial(_lines_at, lines), untyped=untyped)


def _csv_batch(data: bytes, dialect: Dialect) -> Batch:
    parsed = read_batch(data, dialect, side="standard")
    extent = parsed.pieces.extent(dialect.end)
    return Batch(
        records.absent(parsed.frame), parsed.pieces.count, list(parsed.findings), parsed.bytes_of, extent=extent
    )


def _parquet_batch(frame: pl.DataFrame) -> Batch:
    return Batch(records.absent(frame.insert_column(0, numbers(len(frame)))), len(frame))


def _lines_at(lines: list[bytes], rows: pl.Series) -> list[bytes]:
    return [lines[row - 1] for row in rows]
