"""Records of a fixed width: cut up by their length, told apart by place, filled up again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count as count_from

import polars as pl

from stdconv.layouts import encoding, numbers, positions
from stdconv.layouts.dialect import BETWEEN, JOIN_LIMIT, Dialect, Position
from stdconv.layouts.kinds import Said
from stdconv.layouts.parts import END_OF_FILE, Odd, Pieces

CACHED = 128 * 1024
"""How many bytes are copied place by place at once: what a processor holds beside it."""
_MEANINGLESS = bytes(set(range(256)) - set(b"\r\n\0" + BETWEEN.encode()))
"""The bytes that are only ever part of a value."""
_NUL, _BETWEEN, _HALVES = b"\0", BETWEEN.encode(), b"0123456789abcdef"
_FIRST, _SECOND = (bytes(f"{byte:02x}".encode()[half] for byte in range(256)) for half in (0, 1))
"""What becomes of every byte where its first half is shown, or its second."""
_ONE_BYTE = r"[\x00-\x80\u{A0}\u{F8F0}-\u{F8F3}\u{FF61}-\u{FF9F}]"
"""The characters that are one byte in CP932: ASCII, half-width kana, and what single bytes that mean nothing become."""


def by_length(batch: bytes, dialect: Dialect) -> Pieces:
    """Cut records apart that nothing ends but their length; what is left behind the last one is refused."""
    pieces, plain = Pieces(), list[bytes]()
    rows: list[int] = []
    for record in positions.cut(batch, dialect):
        gap = pieces.gaps.get(pieces.count + 1, b"")
        if not record.strip(END_OF_FILE) and positions.size(record, dialect) < dialect.length:
            pieces.gaps[pieces.count + 1] = gap + record
            break
        if is_between(record, dialect, len(gap)):
            pieces.gaps[pieces.count + 1] = gap + record
            pieces.others.append((pieces.count + 1, record))
            continue
        pieces.count += 1
        if even(record, dialect):
            plain.append(record)
            rows.append(pieces.count)
        else:
            pieces.odd.append(odd(pieces.count, record, record, dialect))
    pieces.plain, pieces.plain_rows = b"".join(plain), rows
    return pieces


def last_end(data: bytes, dialect: Dialect) -> int:
    """Return the end of the last record in ``data`` that nothing but its length ends, and that is not passed over."""
    if dialect.form is not None:
        return _last_end_in_form(data, dialect)
    step = dialect.length
    stop = len(data) // step * step
    if dialect.kinds is None or (stop and not is_between(data[stop - step : stop], dialect)):
        return stop
    end = gap = 0
    for at in range(0, stop, step):
        if is_between(data[at : at + step], dialect, gap):
            gap += step
        else:
            end, gap = at + step, 0
    return end


def _last_end_in_form(data: bytes, dialect: Dialect) -> int:
    last = positions.size(data, dialect) // dialect.length
    if dialect.kinds is not None:
        records, last, gap = positions.cut(data, dialect)[:last], 0, 0
        for number, record in enumerate(records, start=1):
            if is_between(record, dialect, gap):
                gap += len(record)
            else:
                last, gap = number, 0
    return positions.behind(last, data, dialect)


def is_between(body: bytes, dialect: Dialect, gap: int = 0) -> bool:
    """Return whether a record is a header or a trailer, which are passed over: it has the length and one of the codes.

    Behind a ``gap`` of more than the limit for joining without a record of data, it is not: what is passed over is in
    memory at once.
    """
    kinds = dialect.kinds
    if kinds is None or gap > JOIN_LIMIT or positions.size(body, dialect) != dialect.length:
        return False
    return positions.code(body, kinds, dialect) in kinds.of_others


def front(batch: bytes, dialect: Dialect) -> list[bytes]:
    """Return the headers and trailers at the front of ``batch`` that end as declared, with their ends."""
    end, gap = dialect.terminator.encode(), 0
    found: list[bytes] = []
    for record in _records(batch, dialect) if dialect.kinds is not None else ():
        body = record.removesuffix(end)
        is_plain = record.endswith(end) and not (end and (b"\r" in body or b"\n" in body))
        if not is_plain or not is_between(body, dialect, gap):
            break
        found.append(record)
        gap += len(record)
    return found


def _records(batch: bytes, dialect: Dialect) -> Iterator[bytes]:
    """Yield the records of ``batch`` with their ends, as long as they are as declared."""
    step = dialect.length + len(dialect.terminator)
    if dialect.form is None:
        yield from (batch[at : at + step] for at in range(0, len(batch), step))
    elif not dialect.terminator:
        yield from positions.cut(batch, dialect)
    else:
        at = 0
        while at < len(batch):
            stop = batch.find(dialect.end, at) + 1 or len(batch)
            yield batch[at:stop]
            at = stop


def said(pieces: Pieces, dialect: Dialect) -> tuple[Said, ...]:
    """Return what the trailers of a batch say of how many records there are."""
    kinds = dialect.kinds
    if kinds is None or not kinds.counts:
        return ()
    of_trailers = kinds.of_trailers
    trailers = ((row, each) for row, each in pieces.others if positions.code(each, kinds, dialect) in of_trailers)
    return tuple((row - 1, tuple(positions.number(each, n, dialect) for n in kinds.counts)) for row, each in trailers)


def odd(row: int, raw: bytes, body: bytes, dialect: Dialect) -> Odd:
    """Return a record that needs a closer look: R0004 where a text holds a NUL.

    R0015 where it has another length, or R0030 where nothing but that ends records; R0018 where it is not of data, nor
    passed over. Of one that cannot be decoded nobody can count the characters.
    """
    if (found := positions.size(body, dialect)) != dialect.length:
        if dialect.form is not None and dialect.coding.unit == 1 and (byte := encoding.undecodable(body, dialect)):
            return Odd(row, raw, None, "E0001", byte)
        code = "R0015" if dialect.terminator else "R0030"
        return Odd(row, raw, None, code, f"{dialect.counted}={found} expected={dialect.length}")
    if dialect.kinds is not None and positions.code(body, dialect.kinds, dialect) not in dialect.kinds.of_data:
        return Odd(row, raw, None, "R0018")
    fields = positions.fields(body, dialect)
    return Odd(row, raw, None, "R0004") if any(_NUL in each for each in fields) else Odd(row, raw, fields)


def even(batch: bytes, dialect: Dialect) -> int:
    """Return of how many records ``batch`` is, all of data, of the declared length and end, with nothing odd."""
    end = dialect.terminator.encode()
    if dialect.form is not None:
        if _BETWEEN in batch or (_NUL in batch and not dialect.with_nul):
            return 0
        count = positions.count_even(batch, dialect)
        return count if sum(batch.count(each) for each in (b"\r", b"\n")) == len(end) * count else 0
    count, rest = divmod(len(batch), dialect.length + len(end))
    if rest or not count:
        return 0
    step = dialect.length + len(end)
    in_numbers, with_nul = (_copied(batch, places, step) for places in (dialect.numbers, dialect.with_nul))
    meant = batch.translate(None, _MEANINGLESS)
    if meant.count(_NUL) > with_nul.count(_NUL) or meant.count(_BETWEEN) > in_numbers.count(_BETWEEN):
        return 0
    is_ended = all(batch[dialect.length + at :: step] == end[at : at + 1] * count for at in range(len(end)))
    inside = sum(meant.count(each) - in_numbers.count(each) for each in (b"\r", b"\n")) - len(end) * count
    is_even = is_ended and not inside and (dialect.kinds is None or dialect.kinds.are_data(batch, step))
    return count if is_even else 0


def _copied(batch: bytes, places: Sequence[Position], step: int) -> bytes:
    """Return the bytes at ``places`` of all records of a batch, one every ``step`` bytes."""
    return b"".join(batch[at::step] for place in places for at in range(place.at - 1, place.stop))


def is_divided(body: bytes, dialect: Dialect) -> bool:
    """Return whether a line ends inside a text of a record: in headers and trailers, nothing is a number."""
    kinds = dialect.kinds
    if kinds is not None and kinds.code(body) in kinds.of_others:
        return dialect.end in body
    return any(dialect.end in body[text] for text in dialect.texts)


def delimited(plain: bytes, dialect: Dialect) -> bytes:
    """Return records of the declared length with ``BETWEEN`` between their columns, each on a line of its own."""
    step = dialect.length + len(dialect.terminator)
    block = max(1, CACHED // step) * step
    return b"".join(_delimited(plain[at : at + block], dialect, step) for at in range(0, len(plain), block))


def _without_common_filling(plain: bytes, place: Position, dialect: Dialect, step: int) -> range:
    """Return the bytes of a place, of which those are left out that are filling in every record.

    The innermost character of filling stays: in CP932 its first byte may be the second one of another character. What
    is behind it begins with it or with the next one, as its last byte is never a first one.
    """
    every = range(place.at - 1, place.stop)
    pad = place.pad.encode(dialect.codec) if place.pad and place.number is None else b""
    count, found = len(plain) // step, 0
    while pad and found + len(pad) <= place.length:
        start = place.stop - found - len(pad) if place.side == "right" else place.at - 1 + found
        if any(plain[start + at :: step] != pad[at : at + 1] * count for at in range(len(pad))):
            break
        found += len(pad)
    spare = max(0, found - len(pad))
    return every[: len(every) - spare] if place.side == "right" else every[spare:]


def _delimited(plain: bytes, dialect: Dialect, step: int) -> bytearray:
    """Do so with some of them, as many as a processor holds beside it.

    Every place in the record is copied for all records at once, so that nothing is done for a single one.
    """
    end, count = dialect.terminator.encode(), len(plain) // step
    texts = [_without_common_filling(plain, place, dialect, step) for place in dialect.positions]
    shown = [place.shown if place.number else len(text) for place, text in zip(dialect.positions, texts, strict=True)]
    wide = sum(shown) + len(dialect.positions) - 1 + len(end or b"\n")
    out = bytearray(wide * count)
    at = 0
    for number, (place, text) in enumerate(zip(dialect.positions, texts, strict=True)):
        if number:
            out[at::wide] = BETWEEN.encode() * count
            at += 1
        for half in place.number.halves if place.number is not None else ():
            out[at::wide] = plain[place.at - 1 + half // 2 :: step].translate(_SECOND if half % 2 else _FIRST)
            at += 1
        for byte in text if place.number is None else ():
            out[at::wide] = plain[byte::step]
            at += 1
    for byte in end or b"\n":
        out[at::wide] = bytes((byte,)) * count
        at += 1
    return out


def width(dialect: Dialect) -> int:
    """Return how many bytes a record has in which numbers are shown, its end included."""
    return dialect.length + sum(place.length for place in dialect.numbers) + len(dialect.terminator)


def narrowed(data: bytes | None, dialect: Dialect) -> bytes | None:
    """Return records in which numbers are shown with their bytes instead; ``None`` where one is none.

    This is done for all records at once too.
    """
    if data is None or not dialect.numbers:
        return data
    step, wide = dialect.length + len(dialect.terminator), width(dialect)
    count, rest = divmod(len(data), wide)
    if rest:
        return None
    out = bytearray(step * count)
    at = done = 0
    for place in (*dialect.numbers, Position(step + 1, 0)):
        for byte in range(done, place.at - 1):
            out[byte::step] = data[at::wide]
            at += 1
        done = place.stop
        halves = dict(zip(place.number.halves if place.number is not None else (), count_from(at), strict=False))
        at += len(halves)
        for byte in range(place.length):
            both = bytearray(2 * count)
            both[::2], both[1::2] = (data[halves[2 * byte + half] :: wide] for half in (0, 1))
            if both.strip(_HALVES):
                return None
            out[place.at - 1 + byte :: step] = bytes.fromhex(both.decode())
    return bytes(out)


def filled(dialect: Dialect) -> Iterator[pl.Expr]:
    """Yield the value of every column with the filling that its place needs, and the code where no column has it."""
    kinds = dialect.kinds
    alone = kinds is not None and all(place.at != kinds.at for place in dialect.positions)
    for name, place in zip(dialect.columns, dialect.positions, strict=True):
        if kinds is not None and alone and kinds.at < place.at:
            yield pl.lit(kinds.data[0])
            alone = False
        yield _filled(pl.col(name).fill_null(""), place, dialect)
    if kinds is not None and alone:
        yield pl.lit(kinds.data[0])


def _filled(value: pl.Expr, place: Position, dialect: Dialect) -> pl.Expr:
    if place.number is not None:
        return numbers.written(value, place.number).fill_null(numbers.NONE * place.shown)
    if place.pad is None:
        return value
    room = (place.length - size(value, dialect)) // positions.of_pad(place, dialect)
    filling = pl.lit(place.pad * place.length).str.slice(0, room.clip(0))
    return pl.concat_str(value, filling) if place.side == "right" else pl.concat_str(filling, value)


def bare(frame: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Return records without what fills their places, numbers as their digits; null for what is none."""
    pairs = zip(dialect.columns, dialect.positions, strict=True)
    changed = (_bare(pl.col(name), place).alias(name) for name, place in pairs if place.pad or place.number)
    return frame.with_columns(changed)


def _bare(value: pl.Expr, place: Position) -> pl.Expr:
    if place.number is not None:
        return numbers.value(value, place.number)
    return value.str.strip_chars_end(place.pad) if place.side == "right" else value.str.strip_chars_start(place.pad)


def size(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return how many positions a value takes that the encoding can write."""
    if dialect.form is not None:
        return positions.of_value(value, dialect)
    if dialect.codec == "utf-8":
        return value.str.len_bytes().cast(pl.Int64)
    return 2 * value.str.len_chars().cast(pl.Int64) - value.str.count_matches(_ONE_BYTE).cast(pl.Int64)


def comes_back(value: pl.Expr, place: Position, dialect: Dialect) -> pl.Expr:
    """Return whether a value, filled up, is read again as itself, and its record as one of data."""
    if place.number is not None:
        return numbers.written(value, place.number).is_not_null()
    filled_up = _filled(value, place, dialect)
    same = filled_up if place.pad is None else _bare(filled_up, place)
    comes = (size(filled_up, dialect) == place.length) & (same == value)
    is_code = dialect.kinds is not None and dialect.kinds.at == place.at
    return comes & filled_up.is_in(dialect.kinds.data) if is_code and dialect.kinds is not None else comes
