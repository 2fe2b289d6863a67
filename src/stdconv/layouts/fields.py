"""The fields of one record: where they begin and end, by delimiters and quotes."""

from __future__ import annotations

from functools import cache

from stdconv.layouts.dialect import Dialect

QUOTE = b'"'


@cache
def all_but(meaning: bytes) -> bytes:
    """Return every byte that is not in ``meaning``: what ``translate`` takes away to leave the skeleton of a file."""
    return bytes(set(range(256)) - set(meaning))


def fields_of(body: bytes, delimiter: bytes) -> tuple[list[bytes] | None, str | None]:
    """Split the body of one record. Returns its fields and no code, or none and why: R0002 stray, R0003 open quote."""
    fields, code = scan(body, delimiter)
    return (fields, None) if code is None else (None, code)


def scan(body: bytes, delimiter: bytes) -> tuple[list[bytes], str | None]:
    """Return the fields of ``body`` as far as they can be told, an open one included, and the code of what is wrong."""
    if (simple := _simple(body, delimiter)) is not None:
        return simple, None
    fields: list[bytes] = []
    at, size = 0, len(body)
    while True:
        if body[at : at + 1] != QUOTE:
            stop = body.find(delimiter, at)
            value = body[at:] if stop < 0 else body[at:stop]
            if QUOTE in value:
                return fields, "R0002"
            fields.append(value)
            if stop < 0:
                return fields, None
            at = stop + 1
            continue
        close = _closing(body, at + 1)
        if close < 0:
            return [*fields, body[at + 1 :]], "R0003"
        fields.append(body[at + 1 : close].replace(QUOTE * 2, QUOTE))
        at = close + 1
        if at == size:
            return fields, None
        if body[at : at + 1] != delimiter:
            return fields, "R0002"
        at += 1


def _simple(body: bytes, delimiter: bytes) -> list[bytes] | None:
    """Return the fields where none of them is quoted, or all are and none holds a quote."""
    if QUOTE not in body:
        return body.split(delimiter)
    if len(body) == 1 or not (body.startswith(QUOTE) and body.endswith(QUOTE)):
        return None
    fields = body[1:-1].split(QUOTE + delimiter + QUOTE)
    return fields if body.count(QUOTE) == 2 * len(fields) else None


def _closing(body: bytes, at: int) -> int:
    """Return where the quoted field that begins at ``at`` closes: its first undoubled quote, or -1."""
    while (found := body.find(QUOTE, at)) >= 0:
        if body[found + 1 : found + 2] != QUOTE:
            return found
        at = found + 2
    return -1


def is_well_formed(body: bytes, dialect: Dialect) -> bool:
    """Return whether a line's body is a record by itself."""
    if dialect.is_fixed:
        return len(body) == dialect.length
    fields, _ = fields_of(body, dialect.delimiter.encode()) if body else (None, None)
    return fields is not None and len(fields) == len(dialect.columns)
