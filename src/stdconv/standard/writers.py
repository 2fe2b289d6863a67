"""Sinks: frames written to files batch by batch, in flat memory, as CSV, Parquet or NDJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol, TypeAlias, get_args

import polars as pl

from stdconv.findings.rows import ROW

Format: TypeAlias = Literal["csv", "parquet", "ndjson"]
FORMATS: tuple[Format, ...] = get_args(Format)
SPILL = 200_000
"""How many rows are held in memory before they are spilled; row groups of a spilled file have as many."""


class Sink(Protocol):
    """What takes frames, one after the other, and is closed once; or abandoned, whatever happened."""

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``."""

    def close(self) -> None:
        """Finish the file."""

    def abandon(self) -> None:
        """Leave the file as it is, with nothing open; nothing happens to one that is finished."""


class CsvSink:
    """UTF-8 without mark, CRLF, header, minimal quotes, null as a bare empty (`""` where that is all)."""

    def __init__(self, path: Path, schema: pl.Schema) -> None:
        self._file = path.open("wb")
        self._file.write(schema.to_frame().write_csv(line_terminator="\r\n").encode())
        self._columns = schema.names()
        self._null = '""' if len(schema) == 1 else None  # a blank line would be no record

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``, which hold no empty strings; other columns than the file's are left out."""
        if len(frame):
            frame.select(self._columns).write_csv(
                self._file,
                include_header=False,
                line_terminator="\r\n",
                quote_style="necessary",
                null_value=self._null,
            )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def abandon(self) -> None:
        """Leave the file as it is."""
        self._file.close()


class NdjsonSink:
    """One JSON object a line, LF, absent values omitted."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``."""
        members = [
            pl.when(pl.col(name).is_not_null()).then(
                pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
            )
            for name in frame.columns
        ]
        lines = frame.select("{" + pl.concat_str(members, separator=",", ignore_nulls=True) + "}\n").to_series()
        self._file.writelines(line.encode() for line in lines)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def abandon(self) -> None:
        """Leave the file as it is."""
        self._file.close()


class ParquetSink:
    """Parquet; what does not fit in memory is spilled to ``<name>.part-N`` next to it and joined at the end."""

    def __init__(self, path: Path, schema: pl.Schema) -> None:
        self._path = path
        self._held: list[pl.DataFrame] = [schema.to_frame()]
        self._parts: list[Path] = []

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of ``frame``."""
        if len(frame):
            self._held.append(frame)
        if sum(map(len, self._held)) >= SPILL:
            self._spill()

    def _spill(self) -> None:
        part = self._path.with_name(f"{self._path.name}.part-{len(self._parts)}")
        pl.concat(self._held).write_ipc(part)
        self._parts.append(part)
        self._held = [self._held[0]]

    def close(self) -> None:
        """Finish the file and remove the parts."""
        if not self._parts:
            pl.concat(self._held).write_parquet(self._path)
            return
        self._spill()
        pl.scan_ipc(self._parts, glob=False).sink_parquet(self._path, row_group_size=SPILL)
        for part in self._parts:
            part.unlink()

    def abandon(self) -> None:
        """Do nothing: between writes no file is open."""


def open_sink(path: Path, kind: Format, columns: list[str]) -> Sink:
    """Return the sink that writes standard records, ``_row`` and text ``columns``, to ``path`` as ``kind``.

    A CSV is without ``_row``: its columns are the record's, as other systems read it.
    """
    texts = dict.fromkeys(columns, pl.String())
    match kind:
        case "csv":
            return CsvSink(path, pl.Schema(texts))
        case "parquet":
            return ParquetSink(path, pl.Schema({ROW: pl.Int64(), **texts}))
        case "ndjson":
            return NdjsonSink(path)
