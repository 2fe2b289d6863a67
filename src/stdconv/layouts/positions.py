"""Records of a fixed width whose positions are not the bytes that are worked on: put into a form of equal items.

What follows is asked of `layouts.fixed`, and answered here for every layout: how long a record is, what is at a place,
where records end that nothing else ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import accumulate
from operator import or_

import polars as pl

from stdconv.layouts import transcoding
from stdconv.layouts.dialect import BETWEEN, Dialect, Form, Position
from stdconv.layouts.kinds import Count, Kinds


def size(body: bytes, dialect: Dialect) -> int:
    """Return how many positions a record has; one that is not all there counts."""
    if (form := dialect.form) is None:
        return len(body)
    return -(-len(_formed(body, dialect)) * form.each // form.item)


def code(body: bytes, kinds: Kinds, dialect: Dialect) -> bytes:
    """Return what a record has at the place of the code, as UTF-8 where that is not the bytes themselves."""
    return kinds.code(body) if dialect.form is None else _part(body, kinds.at, kinds.length, dialect, dialect.form)


def number(body: bytes, count: Count, dialect: Dialect) -> int | None:
    """Return the number that a trailer has at a place; ``None`` where there is none."""
    if dialect.form is None:
        return count.of(body)
    digits = _part(body, count.at, count.length, dialect, dialect.form)
    return Count(1, len(digits)).of(digits)


def _part(body: bytes, at: int, length: int, dialect: Dialect, form: Form) -> bytes:
    found = _formed(body, dialect)[_place(at - 1, form) : _place(at - 1 + length, form)]
    return _unformed(found, form)


def fields(body: bytes, dialect: Dialect) -> list[bytes]:
    """Return the bytes of every column of a record of the declared length, filling included unless it is NUL.

    A character that the edge of a column cuts in two has its bytes in both: neither can be decoded. Numbers are shown.
    """
    return [_field(data, at, dialect) for data, at in zip(_fields(body, dialect), dialect.positions, strict=True)]


def _field(data: bytes, place: Position, dialect: Dialect) -> bytes:
    if place.number is not None:
        return place.number.shown(data).encode(dialect.codec)
    if place.pad != "\0":
        return data
    return data.rstrip(b"\0") if place.side == "right" else data.lstrip(b"\0")


def _fields(body: bytes, dialect: Dialect) -> list[bytes]:
    if (form := dialect.form) is None:
        return [body[each.at - 1 : each.stop] for each in dialect.positions]
    if dialect.coding.unit > 1:
        given = _formed(body, dialect)
        spans = [(_place(each.at - 1, form), _place(each.stop, form)) for each in dialect.positions]
        last = len(given) if dialect.positions[-1].stop == dialect.length else spans[-1][1]
        spans[-1] = (spans[-1][0], last)  # half a unit may be left
        return [_unformed(given[start:stop], form) for start, stop in spans]
    places = list(accumulate(_sizes(body, dialect, form), initial=0))
    return [body[places[each.at - 1] : places[each.stop]] for each in dialect.positions]


def _place(position: int, form: Form) -> int:
    """Return the byte of the form that is behind a position."""
    return position // form.each * form.item


def _sizes(body: bytes, dialect: Dialect, form: Form) -> Iterator[int]:
    """Yield how many bytes each position has: a byte that cannot be decoded is one."""
    for character in body.decode(dialect.codec, "surrogateescape"):
        count = len(character.encode(dialect.codec, "surrogateescape"))
        if form.item == 2 and ord(character) > 0xFFFF:
            yield from (count // 2, count // 2)
        else:
            yield count


def cut(batch: bytes, dialect: Dialect) -> list[bytes]:
    """Return records apart that nothing but their length ends; the last one may not be all there."""
    if (form := dialect.form) is None:
        return [batch[at : at + dialect.length] for at in range(0, len(batch), dialect.length)]
    given, step = _formed(batch, dialect), _place(dialect.length, form)
    return [_unformed(given[at : at + step], form) for at in range(0, len(given), step)]


def behind(records: int, data: bytes, dialect: Dialect) -> int:
    """Return where so many ``records`` of ``data`` end that nothing else ends; fewer, where that is in a character."""
    if (form := dialect.form) is None:
        return records * dialect.length
    given, step = _formed(data, dialect), _place(dialect.length, form)
    while records and _is_inside(given, records * step, form):
        records -= 1
    return len(_unformed(given[: records * step], form))


def _is_inside(given: bytes, stop: int, form: Form) -> bool:
    """Return whether a character goes on behind ``stop``: the item before it is the first half of a pair."""
    both = given[stop - form.item : stop + form.item]
    text = both[: len(both) // form.item * form.item].decode(form.codec, "surrogatepass")
    return len(text) == 1 and ord(text) > 0xFFFF


def formed(batch: bytes, dialect: Dialect) -> bytes | None:
    """Return plain records in the form; ``None`` where a byte of them cannot be decoded."""
    if dialect.form is None:
        return batch
    data = dialect.coding.as_utf8(batch)
    return None if data is None else data.decode().encode(dialect.form.codec)


def delimited(plain: bytes, dialect: Dialect) -> bytes | None:
    """Return plain records as UTF-8, with ``BETWEEN`` between their columns, each on a line of its own.

    ``None`` where the edge of a column cuts a character in two. Every place is copied for all records at once.
    """
    form, given = dialect.form, formed(plain, dialect)
    if form is None or given is None:
        return None
    end = dialect.terminator
    items = memoryview(given).cast(form.format)
    step = dialect.length // form.each + len(end)
    count = len(items) // step
    places = [(each.at - 1) // form.each for each in dialect.positions]
    stops = [each.stop // form.each for each in dialect.positions]
    wide = sum(stops) - sum(places) + len(places) - 1 + len(end or "\n")
    out = bytearray(form.item * wide * count)
    copied = memoryview(out).cast(form.format)
    at = 0
    for start, stop in zip(places, stops, strict=True):
        if at:
            copied[at::wide] = _same(BETWEEN, count, form)
            at += 1
        for place in range(start, stop):
            copied[at::wide] = items[place::step]
            at += 1
    for sign in end or "\n":
        copied[at::wide] = _same(sign, count, form)
        at += 1
    try:
        return bytes(out).decode(form.codec).encode()
    except UnicodeDecodeError:
        return None


def _same(sign: str, count: int, form: Form) -> memoryview:
    return memoryview(sign.encode(form.codec) * count).cast(form.format)


def count_even(batch: bytes, dialect: Dialect) -> int:
    """Return of how many records of the declared length and end ``batch`` is, all of data; 0 where one is not."""
    form, given, end = dialect.form, formed(batch, dialect), dialect.terminator
    if form is None or given is None:
        return 0
    step = dialect.length // form.each + len(end)
    count, rest = divmod(len(given), step * form.item)
    if rest or not count:
        return 0
    items = memoryview(given).cast(form.format)
    first = step - len(end)
    if not all(items[first + at :: step] == _same(sign, count, form) for at, sign in enumerate(end)):
        return 0
    if nuls := batch.count(b"\0"):
        filled = (at for each in dialect.with_nul for at in range(_item(each.at - 1, form), _item(each.stop, form)))
        if nuls > sum(_zeros(items[at::step].tobytes(), form) for at in filled):
            return 0
    return count if dialect.kinds is None or _are_data(items, step, dialect.kinds, form) else 0


def _item(position: int, form: Form) -> int:
    return position // form.each


def _zeros(items: bytes, form: Form) -> int:
    """Return how many items are NUL: all their bytes are 0."""
    whole = reduce(or_, (int.from_bytes(items[byte :: form.item]) for byte in range(form.item)))
    return whole.to_bytes(len(items) // form.item).count(0)


def _are_data(items: memoryview, step: int, kinds: Kinds, form: Form) -> bool:
    """Return whether all records are of data: every item of the code is looked at in all of them at once."""
    start, length = (kinds.at - 1) // form.each, kinds.length // form.each
    columns = [items[start + at :: step].tobytes() for at in range(length)]
    if any(column[more :: form.item].strip(b"\0") for column in columns for more in range(1, form.item)):
        return False
    return kinds.are_codes([column[:: form.item] for column in columns])


def of_value(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return how many positions a value has in a form."""
    characters = value.str.len_chars().cast(pl.Int64)
    if (form := dialect.form) is None or form.item > 2:
        return characters
    return (characters + value.str.count_matches(r"[\u{10000}-\u{10FFFF}]").cast(pl.Int64)) * form.each


def of_pad(place: Position, dialect: Dialect) -> int:
    """Return how many positions what fills a place has."""
    pad = place.pad or " "
    return len(pad.encode(dialect.codec)) if dialect.form is None else dialect.each


def filled_up(body: bytes, dialect: Dialect) -> bytes:
    """Return a header or a trailer with blanks up to the length of a record."""
    return body + b" " * ((dialect.length - size(body, dialect)) // dialect.each)


def _formed(data: bytes, dialect: Dialect) -> bytes:
    """Return bytes in the form, whatever they are: one that cannot be decoded is an item of its own."""
    form = dialect.form or Form("utf-16-le", 2)
    if dialect.coding.unit == 1:
        return data.decode(dialect.codec, "surrogateescape").encode(form.codec, "surrogatepass")
    text, _, half = data.partition(transcoding.HALF)
    return text.decode("utf-8", "surrogatepass").encode(form.codec, "surrogatepass") + transcoding.last(half)


def _unformed(data: bytes, form: Form) -> bytes:
    """Return UTF-16 that was put into the form as it is worked on."""
    stop = len(data) // form.item * form.item
    text = data[:stop].decode(form.codec, "surrogatepass").encode("utf-8", "surrogatepass")
    return text + transcoding.halves(data[stop:])
