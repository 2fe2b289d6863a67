"""Standard files read batch by batch: CSV as strictly as legacy files, Parquet and NDJSON by polars."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import ClassVar

import polars as pl

from stdconv.definitions.regular import open_regular
from stdconv.errors import DefinitionError, Place, UnprovenError, UnreadableError
from stdconv.findings.frames import about_file, about_rows
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, numbers
from stdconv.layouts import balanced, records
from stdconv.layouts.batches import BATCH
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.files import DelimitedFile, ensure_regular
from stdconv.layouts.lines import FirstLines, Lines
from stdconv.layouts.parts import Extent, Header
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.standard import ndjson
from stdconv.standard.batch import Batch, Unread, csv_batch, ensure_fit, ensure_known, unlike_its_form
from stdconv.standard.fronts import form_of
from stdconv.standard.schema import Schema
from stdconv.standard.writers import Format

DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What polars raises for a Parquet file that is damaged."""
CHUNK = 100_000
"""How many records of a Parquet or NDJSON file are read at once."""
SIZE = 2 * BATCH
"""How many bytes of a CSV file are read at once: nothing comes of its records but findings and the records again."""


class StandardFile(ABC):
    """A standard file whose columns its schema knows: ``columns`` in the order of the file, and its records.

    Parquet and NDJSON may number their records in ``_row``, which is none of ``columns``; rows count through the file.
    The constructors look at the file. They raise ``UnreadableError`` for what is not such a file, for columns that the
    schema does not know or knows with another type, and where a column of its key is missing.
    """

    format: ClassVar[Format]
    beside: ClassVar[tuple[str, ...]] = ()
    """What a file may have besides the schema's columns."""

    def __init__(self, path: Path, schema: Schema, *, watch: Watch = UNWATCHED) -> None:
        self.path = path
        self.schema = schema
        self.place = Place(str(path))
        self._watch = watch
        ensure_regular(path)
        if self._is_empty():
            raise UnreadableError([fault("C0005", file=path)])
        headings = self._columns()
        ensure_known(headings, schema, path, self.place, beside=self.beside)
        self.columns = tuple(name for name in headings if name not in self.beside)
        ensure_fit(self.columns, self._of_another_type(), schema, path, self.place)

    def _is_empty(self) -> bool:
        """Return whether the file holds nothing, not even the names of its columns."""
        return self.path.stat().st_size == 0

    @abstractmethod
    def _columns(self) -> tuple[str, ...]:
        """Return the names of all the file's columns, in its order."""

    @abstractmethod
    def _of_another_type(self) -> Iterable[str]:
        """Yield the columns of another type than the schema's."""

    @abstractmethod
    def _unread(self, watch: Watch) -> Iterator[Unread]:
        """Yield the records in order, still to be read."""

    def unread(self, *, is_again: bool = False) -> Iterator[Unread]:
        """Yield the records in order, still to be read and looked at; ``is_again`` says that they were read before."""
        for unread in self._unread(self._watch.at("again") if is_again else self._watch):
            yield partial(_looked_at, unread)

    @property
    def dialect(self) -> Dialect:
        """How its records are written as CSV."""
        return self.schema.dialect(self.columns)

    def lines(self, _extents: Iterable[Extent | None]) -> Lines | None:
        """Return what gives records their lines, from the extents of all batches; ``None`` for a file without lines."""
        return None

    @property
    def findings(self) -> list[pl.DataFrame]:
        """One warning for each column that the schema requires and the file does not have."""
        return [about_file("S0010", side="standard", column=n) for n in self.schema.lacking(self.columns)]

    def batches(self, *, is_trusted: bool = False, is_again: bool = False) -> Iterator[Batch]:
        """Yield the records in order, numbered from 1; where they are trusted, nobody looks at their characters."""
        offset, watch = 0, self._watch.at("again") if is_again else self._watch
        for unread in self._unread(watch) if is_trusted else self.unread(is_again=is_again):
            batch = unread().shifted(offset)
            offset += batch.read
            yield batch


class CsvFile(StandardFile):
    """A CSV file: UTF-8, with a header."""

    format = "csv"

    def _columns(self) -> tuple[str, ...]:
        with DelimitedFile(self.path, is_hashed=False) as file:
            self.place = file.place(Dialect(()))
            self._front = file.found(Dialect(()))
            return tuple(file.names(Dialect(())))

    def _of_another_type(self) -> Iterator[str]:
        return (name for name in self.columns if name in self.schema.numbers)

    @property
    def dialect(self) -> Dialect:
        """How the file is written."""
        return self.schema.dialect(self.columns, form=form_of(self._front))

    @property
    def findings(self) -> list[pl.DataFrame]:
        """The same, and what is in front of the records that its form does not have there."""
        return [*super().findings, *unlike_its_form(self._front, self.columns, self.schema)]

    def _unread(self, watch: Watch) -> Iterator[Unread]:
        """Yield the records in order, still to be read."""
        with DelimitedFile(self.path, watch=watch, is_hashed=False) as file:
            file.header(self.dialect)
            for data in file.batches(self.dialect, size=SIZE):
                yield partial(csv_batch, data, self.dialect)

    def lines(self, extents: Iterable[Extent | None]) -> Lines:
        """Return what gives records their lines: where they span several, the file is looked at again."""
        lines = Lines(self.path, self._header(), self.dialect, first_lines=self._first_lines())
        for extent in extents:
            if extent is not None:
                lines.add(extent)
        return lines

    def _first_lines(self) -> FirstLines | None:
        """Return what finds the lines of a batch, where that is not how files of others are read."""
        return None

    def _header(self) -> Header:
        with DelimitedFile(self.path, is_hashed=False) as file:
            return file.header(self.dialect)


class OwnCsvFile(CsvFile):
    """A CSV file that stdconv wrote and nobody changed, read by its full grammar."""

    def _first_lines(self) -> FirstLines:
        return balanced.first_lines

    def _unread(self, watch: Watch) -> Iterator[Unread]:
        """Yield the records in order, still to be read."""
        start = len(self._front.before) + len(self._front.raw)
        with open_regular(self.path) as file:
            file.seek(start)
            done, total = start, self.path.stat().st_size
            for data in balanced.batches(file, size=SIZE):
                yield partial(self._batch, data)
                watch.tell(done := done + len(data), total, "bytes")

    def _batch(self, data: bytes) -> Batch:
        try:
            return _own_batch(data, self.dialect)
        except pl.exceptions.PolarsError as error:  # what nobody changed can be read, so its manifest was
            raise UnprovenError([fault("C0058", file=self.path, problem=type(error).__name__)]) from None


class ParquetFile(StandardFile):
    """A Parquet file: columns of texts or whole numbers."""

    format = "parquet"
    beside = (ROW,)

    def _columns(self) -> tuple[str, ...]:
        try:
            self._types = dict(pl.scan_parquet(self.path, glob=False).collect_schema())
        except (*DAMAGED, OSError) as error:
            raise self._damaged(error) from None
        return tuple(self._types)

    def _of_another_type(self) -> Iterator[str]:
        if ROW in self._types and not self._types[ROW].is_integer():
            yield ROW
        yield from (name for name in self.columns if not self.schema.is_of_kind(name, self._types[name]))

    def _unread(self, watch: Watch) -> Iterator[Unread]:
        """Yield the records in order, still to be read."""
        types = {name: pl.Int64 if name in self.schema.numbers else pl.String for name in self.columns}
        own = [pl.col(ROW).cast(pl.Int64, strict=False)] if ROW in self._types else []
        values = (pl.col(name).cast(dtype) for name, dtype in types.items())
        scan = pl.scan_parquet(self.path, glob=False)
        try:
            done, total = 0, scan.select(pl.len()).collect().item()
            for frame in scan.select(*own, *values).collect_batches(chunk_size=CHUNK, maintain_order=True):
                yield partial(_parquet_batch, frame)
                watch.tell(done := done + len(frame), total, "records")
        except DAMAGED as error:
            raise self._damaged(error) from None

    def _damaged(self, error: BaseException) -> UnreadableError:
        problem = phrase("standard-file", "not-parquet", kind=type(error).__name__)
        return UnreadableError([fault("C0003", file=self.path, problem=problem)])


class NdjsonFile(StandardFile):
    """An NDJSON file: an object a line, which says which columns it has, so that the file has all of the schema's."""

    format = "ndjson"
    beside = (ROW,)

    def _columns(self) -> tuple[str, ...]:
        return self.schema.names

    def _of_another_type(self) -> Iterator[str]:
        return iter(())  # each record says its values' types

    def _is_empty(self) -> bool:
        with open_regular(self.path) as file:
            return all(block.isspace() for block in iter(partial(file.read, BATCH), b""))

    def lines(self, extents: Iterable[Extent | None]) -> Lines:
        """Return what gives records their lines: where some are blank, the file is looked at again."""
        lines = Lines(self.path, Header(b"", b"", []), Dialect(()), first_lines=ndjson.first_lines)
        for extent in extents:
            if extent is not None:
                lines.add(extent)
        return lines

    def _unread(self, watch: Watch) -> Iterator[Unread]:
        """Yield the records in order, still to be read."""
        done, before, total = 0, 0, self.path.stat().st_size
        with open_regular(self.path) as file:
            while lines := list(islice(file, CHUNK)):
                yield partial(self._batch, lines, before)
                before += len(lines)
                watch.tell(done := done + sum(map(len, lines)), total, "bytes")

    def _batch(self, lines: list[bytes], before: int) -> Batch:
        filled = [(number, line) for number, line in enumerate(lines, before + 1) if not line.isspace()]
        numbered = [(row, ndjson.record(line)) for row, (_, line) in enumerate(filled, 1)]
        objects = [(row, record) for row, record in numbered if record is not None]
        known = {ROW, *self.columns}
        for row, record in objects:
            if not record.keys() <= known:
                place = Place(str(self.path), filled[row - 1][0])
                ensure_known(tuple(record), self.schema, self.path, place, beside=self.beside)
        rows = pl.Series(ROW, [row for row, _ in objects], dtype=pl.Int64)
        bad = pl.Series([row for row, record in numbered if record is None], dtype=pl.Int64)
        findings = [about_rows(bad, "R0006", side="standard", column="")] if len(bad) else []
        series, untyped = [rows], {}
        numbers = {ROW, *self.schema.numbers}
        for name in (ROW, *self.columns):
            values = [record.get(name) for _, record in objects]
            read, others = (ndjson.whole_numbers if name in numbers else ndjson.texts)(values)
            if others:
                untyped[name] = rows.gather(list(others))
                kinds = pl.Series(others.values(), dtype=pl.String)
                findings.append(about_rows(untyped[name], "S0028", side="standard", column=name, detail=kinds))
            series.append(read.alias(name))
        own = series.pop(1)
        frame = records.absent(pl.DataFrame(series))
        extent = Extent(sum(map(len, lines)), len(filled), len(lines), is_even=len(filled) == len(lines))
        bytes_of = partial(_lines_at, [line for _, line in filled])
        given = None if own.is_null().all() else own
        return Batch(frame, len(filled), findings, bytes_of, untyped=untyped, extent=extent, numbers=given)


class OwnNdjsonFile(NdjsonFile):
    """An NDJSON file that stdconv wrote and nobody changed: empty where no record was accepted."""

    def _is_empty(self) -> bool:
        return False


SUFFIXES: dict[str, type[StandardFile]] = {
    ".csv": CsvFile,
    ".parquet": ParquetFile,
    ".ndjson": NdjsonFile,
    ".jsonl": NdjsonFile,
}
OWN: dict[type[StandardFile], type[StandardFile]] = {CsvFile: OwnCsvFile, NdjsonFile: OwnNdjsonFile}
"""How files are read that stdconv wrote, where that is not how those of others are."""


def open_standard(path: Path, schema: Schema, *, is_own: bool = False, watch: Watch = UNWATCHED) -> StandardFile:
    """Return the standard file at ``path``, of the format that its suffix names.

    ``watch`` is told of bytes, or of records of Parquet. Raises ``DefinitionError`` for any other suffix and for a
    folder, and ``UnreadableError`` (see ``StandardFile``).
    """
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        if path.is_dir():
            raise DefinitionError([fault("C0118", file=path)])
        raise DefinitionError([fault("C0011", file=path, known=list(SUFFIXES))])
    if is_own:
        kind = OWN.get(kind, kind)
    return kind(path, schema, watch=watch)


def _own_batch(data: bytes, dialect: Dialect) -> Batch:
    frame = balanced.parse(data, dialect)
    extent = balanced.extent(data, frame)
    return Batch(frame, len(frame), bytes_of=partial(_records_at, data), extent=extent)


def _records_at(data: bytes, rows: pl.Series) -> list[bytes]:
    return balanced.records_at(data, rows.to_list()) if len(rows) else []


def _looked_at(unread: Unread) -> Batch:
    return unread().looked_at()


def _parquet_batch(frame: pl.DataFrame) -> Batch:
    own = frame.drop_in_place(ROW) if ROW in frame.columns else None
    return Batch(records.absent(frame.insert_column(0, numbers(len(frame)))), len(frame), numbers=own)


def _lines_at(lines: list[bytes], rows: pl.Series) -> list[bytes]:
    return [lines[row - 1] for row in rows]
