"""Sinks: frames written to files batch by batch, in flat memory, as CSV, Parquet or NDJSON."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Literal, Self, TypeAlias, get_args

import polars as pl
from polars.io.plugins import register_io_source

from stdconv.findings.rows import ROW
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.records import csv_bytes, header_line, unquoted

Format: TypeAlias = Literal["csv", "parquet", "ndjson"]
"""What standard files are written as."""
FORMATS: tuple[Format, ...] = get_args(Format)
ROW_GROUP = 200_000
"""How many rows a row group of a Parquet file has."""


class Sink(ABC):
    """What takes frames, one after the other, and is closed once. A context: whatever happens, nothing stays open."""

    sha256: str | None = None
    """The SHA-256 of a finished file, where it was taken on the way."""

    def __enter__(self) -> Self:
        """Return the sink itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the file as it is, unless it is finished."""
        self.abandon()

    @abstractmethod
    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file."""

    @abstractmethod
    def abandon(self) -> None:
        """Leave the file as it is, with nothing open; nothing happens to one that is finished."""


class _Hashed:
    """A file being written whose SHA-256 is known with its last byte."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)

    def close(self) -> str:
        self._file.close()
        return self._hash.hexdigest()


class CsvSink(Sink):
    """CSV in one of the file forms; null is a bare empty, or `""` where every value is quoted or is all there is."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._file = _Hashed(path)
        self._file.write(dialect.mark + header_line(dialect).encode())
        self._columns = dialect.columns
        self._is_quoted = dialect.quote == "all"
        self._null = '""' if len(dialect.columns) == 1 else None  # a blank line would be no record

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``, which hold no empty strings: the file's columns, absent where it lacks one."""
        if len(frame):
            self._file.write(self._bytes_of(frame))

    def _bytes_of(self, frame: pl.DataFrame) -> bytes:
        there, nothing = set(frame.columns), pl.lit(None, dtype=pl.String)
        values = frame.select(pl.col(name) if name in there else nothing.alias(name) for name in self._columns)
        if self._is_quoted:
            return csv_bytes(values, "always")
        plain = unquoted(values, null=self._null)
        return csv_bytes(values, "necessary", null=self._null) if plain is None else plain

    def close(self) -> None:
        """Finish the file."""
        self.sha256 = self._file.close()

    def abandon(self) -> None:
        """Leave the file as it is."""
        self._file.close()


class NdjsonSink(Sink):
    """One JSON object a line, LF, absent values omitted."""

    def __init__(self, path: Path) -> None:
        self._file = _Hashed(path)

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``."""
        members = [
            pl.when(pl.col(name).is_not_null()).then(
                pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
            )
            for name in frame.columns
        ]
        lines = frame.select("{" + pl.concat_str(members, separator=",", ignore_nulls=True) + "}\n").to_series()
        self._file.write("".join(lines).encode())

    def close(self) -> None:
        """Finish the file."""
        self.sha256 = self._file.close()

    def abandon(self) -> None:
        """Leave the file as it is."""
        self._file.close()


class ParquetSink(Sink):
    """Parquet, written by a thread of its own while frames come: at most two wait for it."""

    def __init__(self, path: Path, schema: pl.Schema) -> None:
        self._path = path
        self._schema = schema
        self._waiting = Queue[pl.DataFrame | None](maxsize=2)
        self._error: BaseException | None = None
        self._is_ended = False
        self._thread = Thread(target=self._sink, name=path.name, daemon=True)
        self._thread.start()

    def _sink(self) -> None:
        try:
            frames = register_io_source(lambda *_: self._given(), schema=self._schema)
            frames.sink_parquet(self._path, row_group_size=ROW_GROUP)
        except BaseException as error:
            self._error = error
            for _ in self._given():
                pass

    def _given(self) -> Iterator[pl.DataFrame]:
        """Yield the frames that are waiting until the end was told, which is told once."""
        while not self._is_ended:
            frame = self._waiting.get()
            if frame is None:
                self._is_ended = True
            else:
                yield frame

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``."""
        if self._error is not None:
            raise self._error
        if len(frame):
            self._waiting.put(frame)

    def close(self) -> None:
        """Finish the file."""
        self.abandon()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Leave the file as it is."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()


def open_sink(path: Path, kind: Format, dialect: Dialect) -> Sink:
    """Return the sink that writes standard records, ``_row`` and the text columns of ``dialect``, to ``path``.

    A CSV, which ``dialect`` is about, is without ``_row``: its columns are the record's, as other systems read it.
    """
    match kind:
        case "csv":
            return CsvSink(path, dialect)
        case "parquet":
            return ParquetSink(path, pl.Schema({ROW: pl.Int64(), **dict.fromkeys(dialect.columns, pl.String())}))
        case "ndjson":
            return NdjsonSink(path)
