"""Records cut by their length before anything else: the bytes that end them may be inside their numbers.

Where the terminator is at the end of a record, the same bytes inside numbers are data. Inside a text they show that it
is none: it ends there, as does what has no terminator at its end, at the next end of a line. That is told from a
record's first byte on, so every end is a safe place to cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stdconv.layouts import fixed
from stdconv.layouts.dialect import RECORD_LIMIT, Dialect
from stdconv.layouts.parts import END_OF_FILE
from stdconv.layouts.terminators import body_of

BLANK = -1
"""How many records many blank lines are said to be."""
_BLANK = {b"\n": re.compile(rb"(?:\r?\n)+"), b"\r": re.compile(rb"\r+")}
"""Blank lines, by what ends one."""


class Stretch(NamedTuple):
    """From where to where: ``records`` of data with nothing odd, one line of any other kind (0), or ``BLANK`` lines."""

    start: int
    stop: int
    records: int


def stretches(data: bytes, dialect: Dialect, *, is_all: bool) -> Iterator[Stretch]:
    """Yield what ``data``, which begins between records, is made of, without the bytes 0x1A behind everything.

    Unless that is all there is, it ends where what follows could change it. As many records are looked at at once as
    were in order together before.
    """
    step = dialect.length + len(dialect.terminator)
    at, count = 0, len(data) // step
    while at < len(data):
        count = min(count, (len(data) - at) // step)
        if (stop := _behind_blank(data, at, dialect)) > at:
            yield Stretch(at, stop, BLANK)
            at = stop
        elif count and fixed.even(data[at : at + count * step], dialect):
            yield Stretch(at, at + count * step, count)
            at, count = at + count * step, 2 * count
        elif count > 1:
            count //= 2
        else:
            stop = _end(data, at, dialect, is_all=is_all)
            if stop <= at:
                return
            yield Stretch(at, stop, 0)
            at, count = stop, 1


def last_end(data: bytes, dialect: Dialect) -> int:
    """Return the end of the last record in ``data`` that is certain and not passed over; 0 for none."""
    end = gap = 0
    for start, stop, records in stretches(data, dialect, is_all=False):
        body = b"" if records else body_of(data[start:stop], dialect)
        if records > 0 or (body and not fixed.is_between(body, dialect, gap)):
            end, gap = stop, 0
        else:
            gap += stop - start
    return end


def blank(data: bytes, dialect: Dialect, *, is_all: bool) -> int:
    """Return how many bytes of blank lines are at the front of ``data``, which may be all there is, for certain."""
    at = _behind_blank(data, 0, dialect)
    while (stop := _end(data, at, dialect, is_all=is_all)) > at and not body_of(data[at:stop], dialect):
        at = stop
    return at


def _end(data: bytes, at: int, dialect: Dialect, *, is_all: bool) -> int:
    """Return where the record ends that begins at ``at``; 0 where what follows can change that."""
    stop, end = at + dialect.length, dialect.terminator.encode()
    if data.startswith(end, stop) and not fixed.is_divided(data[at:stop], dialect):
        return stop + len(end)
    if not is_all and stop + len(end) > len(data):
        return 0
    if is_all and _is_last(data, at, dialect):
        return stop
    if (found := data.find(dialect.end, at)) >= 0:
        return found + 1
    if not is_all:
        return 0
    rest = data[at:]
    return at + len(rest.rstrip(END_OF_FILE) if len(rest) <= RECORD_LIMIT else rest)


def _behind_blank(data: bytes, at: int, dialect: Dialect) -> int:
    """Return where blank lines end that begin at ``at``, as far as no record can begin among them.

    So many that they fill a text of a record are none; this is what makes millions of them bearable.
    """
    if not any(text.stop - text.start > 1 for text in dialect.texts):
        return at
    found = _BLANK[dialect.end].match(data, at)
    least = dialect.length + len(dialect.terminator)
    if found is None or found.end() - at <= least:
        return at
    return data.rfind(dialect.end, at, found.end() - least) + 1 or at


def _is_last(data: bytes, at: int, dialect: Dialect) -> bool:
    """Return whether a whole record that nothing ends begins at ``at``, with nothing but 0x1A behind it."""
    stop = at + dialect.length
    body, next_ = data[at:stop], data[stop : stop + 1]
    if len(body) < dialect.length or next_ not in (b"", END_OF_FILE) or data[stop:].strip(END_OF_FILE):
        return False
    return bool(body.strip(END_OF_FILE)) and not body.endswith(dialect.end) and not fixed.is_divided(body, dialect)
