"""CSV of our own, read by its full grammar: quotes are balanced, so a quoted line break is found wherever it is.

Files of others are read with damage containment instead (`layouts.pieces`): there one stray quote must cost one record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import polars as pl

from stdconv.findings.rows import numbers
from stdconv.layouts import records
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import MARK
from stdconv.layouts.fields import QUOTE
from stdconv.layouts.parts import Extent

LINE_END = b"\n"


def batches(file: BinaryIO, *, size: int) -> Iterator[bytes]:
    """Yield the rest of ``file`` in pieces of about ``size`` bytes, each of whole records."""
    rest = b""
    while data := file.read(size):
        rest += data
        if end := _last_end(rest):
            yield rest[:end]
            rest = rest[end:]
    if rest:
        yield rest


def _last_end(data: bytes) -> int:
    """Return where the last whole record in ``data`` ends, which begins with one; 0 where none does."""
    quotes, end = data.count(QUOTE), len(data)
    while at := data.rfind(LINE_END, 0, end) + 1:
        quotes -= data.count(QUOTE, at, end)
        if quotes % 2 == 0:
            return at
        end = at - 1
    return 0


def split(data: bytes) -> Iterator[bytes]:
    r"""Yield the records of a batch, terminators included.

    >>> list(split(b'1,"a\r\nb"\r\n\r\n2,c\r\n'))
    [b'1,"a\r\nb"\r\n', b'\r\n', b'2,c\r\n']
    """
    record: list[bytes] = []
    is_open = False
    for line in _lines(data):
        if not record and QUOTE not in line:
            yield line
            continue
        record.append(line)
        is_open ^= line.count(QUOTE) % 2 == 1
        if not is_open and line.endswith(LINE_END):
            yield b"".join(record)
            record = []
    if record:
        yield b"".join(record)


def records_at(data: bytes, rows: Iterable[int]) -> list[bytes]:
    r"""Return the records of a batch that have the numbers ``rows``, from 1.

    >>> records_at(b"1,a\r\n2,b\r\n3,c\r\n", [1, 3])
    [b'1,a\r\n', b'3,c\r\n']
    """
    if QUOTE in data or not data.endswith(LINE_END):
        records = list(split(data))
        return [records[row - 1] for row in rows]
    lines = data.split(LINE_END)
    return [lines[row - 1] + LINE_END for row in rows]


def _lines(data: bytes) -> list[bytes]:
    *lines, last = data.split(LINE_END)
    return [*(line + LINE_END for line in lines), *([last] if last else [])]


def parse(data: bytes, dialect: Dialect) -> pl.DataFrame:
    """Return the records of a batch as a frame: ``_row`` from 1 and texts, null for absent."""
    frame = pl.read_csv(
        MARK + data if data.startswith(MARK) else data,  # polars takes the first one away
        has_header=False,
        schema=dict.fromkeys(dialect.columns, pl.String),
        separator=dialect.delimiter,
        eol_char="\n",
        quote_char='"',
        empty_string_is_null=True,
    )
    if len(dialect.columns) == 1 or dialect.quote == "all":  # nothing is written as "", which polars reads as a text
        frame = records.absent(frame)
    return frame.insert_column(0, numbers(len(frame)))


def extent(data: bytes, frame: pl.DataFrame) -> Extent:
    """Return how much of a file a batch is."""
    lines = data.count(LINE_END)
    return Extent(len(data), len(frame), lines, is_even=lines == len(frame))


def first_lines(data: bytes, rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield ``rows`` of a batch, from 1, each with the number of lines before it in the batch."""
    wanted, before = set(rows), 0
    for row, record in enumerate(split(data), start=1):
        if row in wanted:
            yield row, before
        before += record.count(LINE_END)
