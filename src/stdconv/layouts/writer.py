"""Legacy bytes written: what is around records, and records that were found writable before."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from stdconv.errors import DefinitionError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts import encoding, fixed, pieces, positions, records
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
    for text in dialect.kinds.last:
        body = filled_up(filled_in(text, count), dialect)
        said = [positions.number(body, place, dialect) for place in dialect.kinds.counts]
        if positions.size(body, dialect) != dialect.length or any(number != count for number in said):
            problem = phrase("other-records", "number", count=count)
            raise DefinitionError([fault("M0104", written=text, problem=problem)])
    return b"".join(other(filled_in(text, count), dialect) for text in dialect.kinds.last)


def other(text: str, dialect: Dialect) -> bytes:
    """Return a header or a trailer of a file of a fixed width, with blanks up to its length."""
    return dialect.coding.outside(filled_up(text, dialect) + dialect.terminator.encode())


def filled_up(text: str, dialect: Dialect) -> bytes:
    """Return a header or a trailer without its end, as the bytes that are worked on."""
    return positions.filled_up(_certain(encoding.encode(text, dialect)), dialect)


def header(dialect: Dialect) -> bytes:
    """Return the header as ``dialect`` writes it, without the mark; nothing where it has none."""
    return _certain(encoding.for_file(records.header_line(dialect), dialect))


def is_header_read_back(dialect: Dialect) -> bool:
    """Return whether the header that ``dialect`` writes is read as its headings, all of which it can encode."""
    line, alone = dialect.coding.inside(header(dialect)), replace(dialect, before=0)
    found = pieces.read_header(line, alone)
    fields = [encoding.encode(heading, dialect) for heading in dialect.headings] if dialect.header else []
    return found is not None and (found.before, found.raw, found.fields) == (b"", line, fields)


def body(frame: pl.DataFrame, dialect: Dialect) -> bytes:
    """Return the records of ``frame`` (the dialect's columns, null is empty) as ``dialect`` writes them."""
    return _certain(block(frame, dialect))


def block(frame: pl.DataFrame, dialect: Dialect) -> bytes | None:
    """Return the same, or ``None`` where a value cannot be written."""
    return fixed.narrowed(encoding.of_utf8(records.block(frame, dialect), dialect), dialect)


def rows(frame: pl.DataFrame, dialect: Dialect) -> list[bytes | None]:
    """Return each record of ``frame`` as it is worked on; ``None`` for one with a value that cannot be written."""
    written = encoding.encode_rows(records.lines(frame, dialect), dialect)
    if not dialect.numbers:
        return written
    step, wide = dialect.length + len(dialect.terminator), fixed.width(dialect)
    if all(each is not None and len(each) == wide for each in written):
        whole = fixed.narrowed(b"".join(each or b"" for each in written), dialect)
        if whole is not None:
            return [whole[at : at + step] for at in range(0, len(whole), step)]
    return [fixed.narrowed(each, dialect) for each in written]


def of_lines(lines: str, dialect: Dialect) -> bytes | None:
    """Return ``lines`` of records, one after the other, as bytes; ``None`` where a value cannot be written."""
    return fixed.narrowed(encoding.for_file(lines, dialect), dialect)


def _certain(data: bytes | None) -> bytes:
    """Return what was found writable before; if it is not, that is a bug, and must not become a silent loss."""
    if data is None:
        raise RuntimeError("a text that was found writable is not")
    return data
