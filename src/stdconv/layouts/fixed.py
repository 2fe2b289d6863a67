"""Records of a fixed width: cut up by their length, told apart by place, filled up again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from stdconv.layouts.dialect import BETWEEN, Dialect, Position
from stdconv.layouts.parts import END_OF_FILE, Odd, Pieces

_ONE_BYTE = r"[\x00-\x80\u{A0}\u{F8F0}-\u{F8F3}\u{FF61}-\u{FF9F}]"
"""The characters that are one byte in CP932: ASCII, half-width kana, and what single bytes that mean nothing become."""


def by_length(batch: bytes, dialect: Dialect) -> Pieces:
    """Cut records apart that nothing ends but their length; what is left behind the last one is refused."""
    pieces, step, plain = Pieces(), dialect.length, list[bytes]()
    rows: list[int] = []
    for at in range(0, len(batch), step):
        record = batch[at : at + step]
        if len(record) < step and not record.strip(END_OF_FILE):
            pieces.gaps[pieces.count + 1] = record
            break
        pieces.count += 1
        if even(record, dialect):
            plain.append(record)
            rows.append(pieces.count)
        else:
            pieces.odd.append(odd(pieces.count, record, record, dialect))
    pieces.plain, pieces.plain_rows = b"".join(plain), rows
    return pieces


def odd(row: int, raw: bytes, body: bytes, dialect: Dialect) -> Odd:
    """Return a record that needs a closer look: R0015 where it has another length, R0004 where it holds a NUL."""
    if len(body) != dialect.length:
        return Odd(row, raw, None, "R0015", f"bytes={len(body)} expected={dialect.length}")
    return Odd(row, raw, None, "R0004") if b"\0" in body else Odd(row, raw, fields(body, dialect))


def even(batch: bytes, dialect: Dialect) -> int:
    """Return of how many records ``batch`` is, all of the declared length and end, with nothing odd; else 0."""
    end = dialect.terminator.encode()
    count, rest = divmod(len(batch), dialect.length + len(end))
    if rest or not count or b"\0" in batch or BETWEEN.encode() in batch:
        return 0
    step = dialect.length + len(end)
    is_ended = all(batch[dialect.length + at :: step] == end[at : at + 1] * count for at in range(len(end)))
    inside = sum(batch.count(each) for each in (b"\r", b"\n")) - len(end) * count
    return count if is_ended and not inside else 0


def fields(body: bytes, dialect: Dialect) -> list[bytes]:
    """Return the bytes of every column of a record, filling included."""
    return [body[each.at - 1 : each.stop] for each in dialect.positions]


def delimited(plain: bytes, dialect: Dialect) -> bytes:
    """Return records of the declared length with ``BETWEEN`` between their columns, each on a line of its own.

    Every place in the record is copied for all records at once, so that nothing is done for a single one.
    """
    end = dialect.terminator.encode()
    step = dialect.length + len(end)
    count = len(plain) // step
    wide = step + len(dialect.positions) - 1 + (not end)
    out = bytearray(wide * count)
    at = 0
    for number, place in enumerate(dialect.positions):
        if number:
            out[at::wide] = BETWEEN.encode() * count
            at += 1
        for byte in range(place.at - 1, place.stop):
            out[at::wide] = plain[byte::step]
            at += 1
    for byte in end or b"\n":
        out[at::wide] = bytes((byte,)) * count
        at += 1
    return bytes(out)


def filled(dialect: Dialect) -> Iterator[pl.Expr]:
    """Yield the value of every column with the filling that its place needs."""
    for name, place in zip(dialect.columns, dialect.positions, strict=True):
        yield _filled(pl.col(name).fill_null(""), place, dialect)


def _filled(value: pl.Expr, place: Position, dialect: Dialect) -> pl.Expr:
    if place.pad is None:
        return value
    room = (place.length - size(value, dialect)) // len(place.pad.encode(dialect.codec))
    filling = pl.lit(place.pad * place.length).str.slice(0, room.clip(0))
    return pl.concat_str(value, filling) if place.side == "right" else pl.concat_str(filling, value)


def bare(frame: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Return records without what fills their places."""
    pairs = zip(dialect.columns, dialect.positions, strict=True)
    return frame.with_columns(_bare(pl.col(name), place) for name, place in pairs if place.pad is not None)


def _bare(value: pl.Expr, place: Position) -> pl.Expr:
    return value.str.strip_chars_end(place.pad) if place.side == "right" else value.str.strip_chars_start(place.pad)


def size(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return how many bytes a value has that the encoding can write."""
    if dialect.codec == "utf-8":
        return value.str.len_bytes().cast(pl.Int64)
    return 2 * value.str.len_chars().cast(pl.Int64) - value.str.count_matches(_ONE_BYTE).cast(pl.Int64)


def comes_back(value: pl.Expr, place: Position, dialect: Dialect) -> pl.Expr:
    """Return whether a value, filled up, is read again as itself."""
    filled_up = _filled(value, place, dialect)
    same = filled_up if place.pad is None else _bare(filled_up, place)
    return (size(filled_up, dialect) == place.length) & (same == value)


@cache
def place_of(dialect: Dialect, column: str) -> Position:
    """Return the place of a column."""
    return dialect.positions[dialect.columns.index(column)]
