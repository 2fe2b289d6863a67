"""The fields of one record: where they begin and end, by delimiters and quotes."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from stdconv.layouts import positions
from stdconv.layouts.dialect import BETWEEN, Dialect

QUOTE = b'"'
ESCAPE = b"\\"
"""What stands before a quote, itself or the end of a line inside quotes, where the dialect says so."""
OPEN, STRAY = -1, -2
"""Why a quoted field closes nowhere: its quote is open, or an escape is none."""


@cache
def all_but(meaning: bytes) -> bytes:
    """Return every byte that is not in ``meaning``: what ``translate`` takes away to leave the skeleton of a file."""
    return bytes(set(range(256)) - set(meaning))


def guarded(data: bytes, dialect: Dialect) -> bytes:
    r"""Return ``data``, in which each byte that looks like the delimiter, or like what escapes, is one.

    Where it is the second byte of a character, ``BETWEEN`` takes its place: behind an odd number of bytes that can be
    first ones.

    >>> guarded("ポ|表".encode("cp932"), Dialect(("a", "b"), "cp932", delimiter="|"))
    b'\x83\x1f|\x95\\'
    """
    if not dialect.is_cut_by_characters:
        return data
    return _behind_first(dialect.look_alikes).sub(_without_second, data)


@cache
def _behind_first(signs: bytes) -> re.Pattern[bytes]:
    first = rb"[\x81-\x9f\xe0-\xfc]"
    return re.compile(rb"(?<!%b)(%b+)[%b]" % (first, first, re.escape(signs)))


def _without_second(found: re.Match[bytes]) -> bytes:
    return found[1] + BETWEEN.encode() if len(found[1]) % 2 else found[0]


def divided(body: bytes, dialect: Dialect) -> list[bytes]:
    """Return what is between the delimiters of ``body``, whatever quotes say."""
    return _split(body, guarded(body, dialect), dialect.delimiter.encode())


def _split(body: bytes, seen: bytes, between: bytes) -> list[bytes]:
    """Split ``body`` where ``seen`` has ``between``."""
    parts = seen.split(between)
    if seen is body:
        return parts
    starts = accumulate((len(part) + len(between) for part in parts), initial=0)
    return [body[start : start + len(part)] for start, part in zip(starts, parts, strict=False)]


def fields_of(body: bytes, dialect: Dialect) -> tuple[list[bytes] | None, str | None]:
    """Split the body of one record. Returns its fields and no code, or none and why.

    R0002: a stray quote; R0003: an open one; R0028: a backslash that escapes nothing.
    """
    fields, code = scan(body, dialect)
    return (fields, None) if code is None else (None, code)


def scan(body: bytes, dialect: Dialect) -> tuple[list[bytes], str | None]:
    """Return the fields of ``body`` as far as they can be told, an open one included, and the code of what is wrong."""
    if not dialect.has_quotes:
        return divided(body, dialect), None
    delimiter, seen = dialect.delimiter.encode(), guarded(body, dialect)
    is_escaped = dialect.is_escaped and ESCAPE in seen
    if not is_escaped and (simple := _simple(body, seen, delimiter)) is not None:
        return simple, None
    fields: list[bytes] = []
    at, size = 0, len(body)
    while True:
        if body[at : at + 1] != QUOTE:
            stop = seen.find(delimiter, at)
            value = body[at:] if stop < 0 else body[at:stop]
            if QUOTE in value or (is_escaped and ESCAPE in seen[at : at + len(value)]):
                return fields, _first_stray(value, seen[at : at + len(value)], is_escaped=is_escaped)
            fields.append(value)
            if stop < 0:
                return fields, None
            at = stop + 1
            continue
        value, close = _unescaped(body, seen, at + 1) if dialect.is_escaped else _undoubled(body, at + 1)
        if close < 0:
            return ([*fields, value], "R0003") if close == OPEN else (fields, "R0028")
        fields.append(value)
        at = close + 1
        if at == size:
            return fields, None
        if seen[at : at + 1] != delimiter:
            return fields, "R0002"
        at += 1


def _simple(body: bytes, seen: bytes, delimiter: bytes) -> list[bytes] | None:
    """Return the fields where none of them is quoted, or all are and none holds a quote."""
    if QUOTE not in body:
        return _split(body, seen, delimiter)
    if len(body) == 1 or not (body.startswith(QUOTE) and body.endswith(QUOTE)):
        return None
    inside = body[1:-1]
    fields = _split(inside, inside if seen is body else seen[1:-1], QUOTE + delimiter + QUOTE)
    return fields if body.count(QUOTE) == 2 * len(fields) else None


def _first_stray(value: bytes, seen: bytes, *, is_escaped: bool) -> str:
    """Return the code of the first sign in a value without quotes that stands only in one with quotes."""
    quote, escape = value.find(QUOTE), seen.find(ESCAPE) if is_escaped else -1
    return "R0028" if escape >= 0 and (quote < 0 or escape < quote) else "R0002"


def _undoubled(body: bytes, at: int) -> tuple[bytes, int]:
    """Return the value of the quoted field that begins at ``at``, and where it closes: its first undoubled quote.

    ``OPEN`` where it does not.
    """
    start = at
    while (found := body.find(QUOTE, at)) >= 0:
        if body[found + 1 : found + 2] != QUOTE:
            return body[start:found].replace(QUOTE * 2, QUOTE), found
        at = found + 2
    return body[start:], OPEN


def _unescaped(body: bytes, seen: bytes, at: int) -> tuple[bytes, int]:
    """Return the value of the quoted field that begins at ``at``, and where it closes: its first quote not escaped.

    ``OPEN`` where it does not, ``STRAY`` where a backslash stands before what it does not escape. At the end of a line
    it escapes that.
    """
    parts = list[bytes]()
    start = at
    while True:
        quote = body.find(QUOTE, at)
        escape = seen.find(ESCAPE, at, quote if quote >= 0 else len(body))
        if escape < 0:
            stop = quote if quote >= 0 else len(body)
            return b"".join([*parts, body[start:stop]]), quote if quote >= 0 else OPEN
        escaped = body[escape + 1 : escape + 2]
        if escaped not in (QUOTE, ESCAPE, b"\r", b"\n", b""):
            return b"", STRAY
        parts.append(body[start:escape])
        start, at = escape + 1, escape + 2


def is_well_formed(body: bytes, dialect: Dialect) -> bool:
    """Return whether a line's body is a record by itself."""
    if dialect.is_fixed:
        return positions.size(body, dialect) == dialect.length
    fields, _ = fields_of(body, dialect) if body else (None, None)
    return fields is not None and len(fields) == len(dialect.columns)
