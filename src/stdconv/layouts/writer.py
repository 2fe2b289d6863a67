"""Legacy bytes written: what is around records, and records that were found writable before."""

from __future__ import annotations

import polars as pl

from stdconv.errors import DefinitionError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts import encoding, records
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.kinds import filled_in


def beginning(dialect: Dialect) -> bytes:
    """Return all that is in front of the records: mark, title lines, header, and records of that kind."""
    first = dialect.kinds.first if dialect.kinds is not None else ()
    return front(dialect) + header(dialect) + b"".join(other(text, dialect) for text in first)


def front(dialect: Dialect) -> bytes:
    """Return what is in front of the header as ``dialect`` writes it: mark and title lines."""
    titles = "".join(title + dialect.terminator for title in dialect.titles)
    return dialect.mark + _certain(encoding.for_file(titles, dialect))


def ending(dialect: Dialect, count: int) -> bytes:
    """Return all that is behind ``count`` records: trailers.

    Raises ``DefinitionError`` where one has no room for the number, or it is not read from it again.
    """
    if dialect.kinds is None:
        return b""
    written = [(text, other(filled_in(text, count), dialect)) for text in dialect.kinds.last]
    step = dialect.length + len(dialect.terminator)
    for text, record in written:
        if len(record) != step or any(place.of(record) != count for place in dialect.kinds.counts):
            problem = phrase("other-records", "number", count=count)
            raise DefinitionError([fault("M0104", written=text, problem=problem)])
    return b"".join(record for _, record in written)


def other(text: str, dialect: Dialect) -> bytes:
    """Return a header or a trailer of a file of a fixed width, with blanks up to its length."""
    body = _certain(encoding.encode(text, dialect))
    return dialect.coding.outside(body.ljust(dialect.length) + dialect.terminator.encode())


def header(dialect: Dialect) -> bytes:
    """Return the header as ``dialect`` writes it, without the mark; nothing where it has none."""
    return _certain(encoding.for_file(records.header_line(dialect), dialect))


def body(frame: pl.DataFrame, dialect: Dialect) -> bytes:
    """Return the records of ``frame`` (the dialect's columns, null is empty) as ``dialect`` writes them."""
    return _certain(encoding.of_utf8(records.block(frame, dialect), dialect))


def _certain(data: bytes | None) -> bytes:
    """Return what was found writable before; if it is not, that is a bug, and must not become a silent loss."""
    if data is None:
        raise RuntimeError("a text that was found writable is not")
    return data
