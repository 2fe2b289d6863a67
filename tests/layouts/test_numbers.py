"""Packed, zoned and binary numbers, held against arithmetic in plain Python, wherever a file is cut."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stdconv.errors import DefinitionError
from stdconv.findings.rows import ROW
from stdconv.layouts import numbers, pieces, writer
from stdconv.layouts.batches import Cutter
from stdconv.layouts.dialect import BETWEEN, Dialect, Newline, Position
from stdconv.layouts.kinds import Kinds
from stdconv.layouts.numbers import Kind, Number, Order, Zones
from stdconv.layouts.reader import read_batch
from stdconv.layouts.writable import not_writable
from stdconv.mapping.plan import read_plan
from support.batches import accepted, again, read
from support.paths import CASES

pytestmark = pytest.mark.slow

ENDS = {"crlf": b"\r\n", "lf": b"\n", "cr": b"\r", "none": b""}
SMALL = [
    Number("packed", 1, 1),
    Number("packed", 2, 3, is_signed=True),
    Number("packed", 2, 2, empty=b"  "),
    Number("zoned", 1, 1, is_signed=True),
    Number("zoned", 2, 2, is_signed=True, zones="45", empty=b"\0\0"),
    Number("zoned", 2, 2),
    Number("binary", 2, 4, empty=b"\xff\xff"),
    Number("binary", 2, 5, is_signed=True),
    Number("binary", 2, 4, is_signed=True, order="little"),
]
"""Numbers of which nearly all bytes can be looked at."""
FIRST = bytes.fromhex("00010d0a1f1a20303940455d7f8099ff")
"""What the first of two bytes may be: digits, zones, controls, signs, blanks."""


def of_bytes(data: bytes, number: Number) -> int | None:
    """Return the number that ``data`` is, or none."""
    if number.kind == "binary":
        found = int.from_bytes(data, number.order, signed=number.is_signed)
        return found if abs(found) < 10**number.digits else None
    if number.kind == "packed":
        halves = [half for byte in data for half in divmod(byte, 16)]
        digits, sign = halves[:-1], halves[-1]
        is_plus, is_minus = sign in (0xA, 0xC, 0xE, 0xF), sign in (0xB, 0xD)
    else:
        digits = [byte % 16 for byte in data]
        zones = [byte // 16 for byte in data]
        is_plus = zones[-1] in (3, {"37": 3, "45": 4}[number.zones])
        is_minus = zones[-1] == {"37": 7, "45": 5}[number.zones]
        if any(zone != 3 for zone in zones[:-1]):
            return None
    if max(digits) > 9 or not (is_plus or (is_minus and number.is_signed)):
        return None
    found = sum(digit * 10**place for place, digit in enumerate(reversed(digits)))
    return None if found >= 10**number.digits else found if is_plus else -found


def text_of(data: bytes, number: Number) -> str | None:
    """Return how the value of ``data`` is written, or nothing where it is none."""
    if number.empty and data == number.empty:
        return ""
    found = of_bytes(data, number)
    return None if found is None else f"{'-' * (found < 0)}{abs(found):0{number.digits}}"


@pytest.mark.parametrize("number", SMALL, ids=str)
def test_all_bytes_are_read_as_arithmetic_says_and_written_values_come_back(number: Number) -> None:
    every = [bytes(data) for data in product(*[FIRST] * (number.length - 1), range(256))]
    frame = pl.DataFrame({"shown": [number.shown(data) for data in every]})
    frame = frame.with_columns(value=numbers.value(pl.col("shown"), number))
    frame = frame.with_columns(again=numbers.written(pl.col("value"), number))
    frame = frame.with_columns(usual=numbers.is_usual(pl.col("shown"), pl.col("value"), number))
    assert frame["value"].to_list() == [text_of(data, number) for data in every]
    read_ = frame.drop_nulls("value")
    assert (read_["usual"] == (read_["again"] == read_["shown"])).all()
    rewritten = [number.data(shown) for shown in read_["again"]]
    assert [text_of(data, number) for data in rewritten] == read_["value"].to_list()
    assert len(set(rewritten)) == len(set(read_["value"]))
    assert {numbers.wrong(data, number).at < number.length for data in every} == {True}


def kind(draw: st.DrawFn) -> Number:
    of, length = draw(st.sampled_from(["packed", "zoned", "binary"])), draw(st.integers(1, 8))
    kinds: dict[str, Kind] = {"packed": "packed", "zoned": "zoned", "binary": "binary"}
    most = {"packed": 2 * length - 1, "zoned": length, "binary": len(str(256**length // 2 - 1))}[of]
    digits = max(1, most - draw(st.integers(0, 1))) if of != "zoned" else most
    zones: list[Zones] = ["37", "45"]
    orders: list[Order] = ["big", "little"]
    return Number(
        kinds[of],
        length,
        digits,
        draw(st.booleans()),
        draw(st.sampled_from([b"", b"\x40" * length])) if of == "packed" else b"",
        draw(st.sampled_from(zones)),
        draw(st.sampled_from(orders)) if of == "binary" else "big",
    )


kinds = st.composite(kind)


@given(kinds(), st.lists(st.integers(-(10**19), 10**19) | st.integers(-99, 99), max_size=20))
def test_a_number_is_written_where_it_fits_and_as_digits_say(number: Number, wholes: list[int]) -> None:
    assert number.is_possible
    texts = [f"{'-' * (whole < 0)}{abs(whole) % 10**number.digits:0{number.digits}}" for whole in wholes]
    texts += ["", "-", "12x", "１", " 1", "1\n", "-" + "0" * number.digits, "0" * number.digits, *map(str, wholes)]
    written = pl.select(numbers.written(pl.lit(pl.Series(texts, dtype=pl.String)), number)).to_series()
    for text, shown in zip(texts, written, strict=True):
        assert (shown is not None) == fits(text, number), text
        assert shown is None or text_of(number.data(shown), number) == text


def fits(text: str, number: Number) -> bool:
    """Return whether a text is a number of the declared digits, with a sign that it may have, in range."""
    if text == "" or not re.fullmatch(rf"-?[0-9]{{{number.digits}}}", text):
        return text == "" and bool(number.empty)
    whole, least = int(text), -(2 ** (8 * number.length - 1)) if number.is_signed else 0
    is_sign = text[0] != "-" or (number.is_signed and whole < 0)
    return is_sign and (number.kind != "binary" or least <= whole < 2 ** (8 * number.length) + least)


LINK = Dialect(
    columns=("番号", "人員", "氏名", "税額", "連番", "符号"),
    encoding="cp932",
    delimiter=BETWEEN,
    header=False,
    length=20,
    positions=(
        Position(1, 3, " ", "left"),
        Position(4, 2, number=Number("packed", 2, 3, empty=b"  ")),
        Position(6, 6, "\u3000"),
        Position(12, 3, number=Number("zoned", 3, 3, is_signed=True)),
        Position(15, 4, "\0"),
        Position(19, 2, number=Number("binary", 2, 5)),
    ),
)
KINDS = replace(
    LINK,
    length=21,
    positions=tuple(replace(place, at=place.at + 1) for place in LINK.positions),
    kinds=Kinds(1, 1, ("D",), ("H",), ("T",)),
)


def cut(data: bytes, dialect: Dialect) -> list[bytes]:
    """Cut a file one record after the other: by its length, or else at the next end of a line."""
    end = ENDS[dialect.newline]
    if not end:
        return [data[at : at + dialect.length] for at in range(0, len(data), dialect.length)]
    found, rest = list[bytes](), data
    while rest.strip(b"\x1a"):
        body, tail = rest[: dialect.length], rest[dialect.length :]
        is_text = has_text_end(body, dialect)
        if tail.startswith(end) and not is_text:
            size = dialect.length + len(end)
        elif len(body) == dialect.length and not tail.strip(b"\x1a") and not is_text and body[-1:] != end[-1:]:
            size = dialect.length
        elif end[-1:] in rest:
            size = rest.index(end[-1:]) + 1
        else:
            size = len(rest.rstrip(b"\x1a"))
        found.append(rest[:size])
        rest = rest[size:]
    return found


def has_text_end(body: bytes, dialect: Dialect) -> bool:
    in_numbers = {at - 1 for place in dialect.positions if place.number for at in range(place.at, place.stop + 1)}
    is_data = dialect.kinds is None or body[:1] not in (b"H", b"T")
    return any(byte == ENDS[dialect.newline][-1] for at, byte in enumerate(body) if not (is_data and at in in_numbers))


def body_of(line: bytes, dialect: Dialect) -> bytes:
    end = ENDS[dialect.newline]
    if not end or not line.endswith(end[-1:]):
        return line
    if len(line) == dialect.length + len(end) and line.endswith(end):
        return line[: dialect.length]
    return line[:-1].removesuffix(b"\r") if end[-1:] == b"\n" else line[:-1]


def values(body: bytes, dialect: Dialect) -> tuple[str, ...] | None:
    if len(body) != dialect.length or (dialect.kinds is not None and body[:1] != b"D"):
        return None
    texts: list[str | None] = []
    for place in dialect.positions:
        data = body[place.at - 1 : place.stop]
        if place.number is not None:
            texts.append(text_of(data, place.number))
            continue
        try:
            text = data.decode("cp932")
        except UnicodeDecodeError:
            return None
        text = text.lstrip(place.pad) if place.side == "left" else text.rstrip(place.pad)
        texts.append(None if "\0" in text else text)
    return None if None in texts else tuple(text or "" for text in texts)


def reference(data: bytes, dialect: Dialect) -> dict[int, tuple[str, ...]]:
    """Return the values of the records that are read, by their number from 1."""
    bodies = [body_of(line, dialect) for line in cut(data, dialect)]
    if not ENDS[dialect.newline] and bodies and len(bodies[-1]) < dialect.length and not bodies[-1].strip(b"\x1a"):
        bodies.pop()
    records = [body for body in bodies if body and not (dialect.kinds and len(body) == 21 and body[:1] in (b"H", b"T"))]
    found = {row: values(body, dialect) for row, body in enumerate(records, start=1)}
    return {row: texts for row, texts in found.items() if texts is not None}


odd_bytes = st.sampled_from([b"\r", b"\n", b"\r\n", b"\0", b"\x1f", b"\x1a", b"\x80", b"\xff", b" ", b"9", b"\x0c"])


def field(draw: st.DrawFn, place: Position) -> bytes:
    """Draw the bytes of a column: of a number, now and then any."""
    if place.number is None:
        text = draw(st.sampled_from(["", "花", "髙", "1", "12", "a b"])).encode("cp932")[: place.length]
        filling = ((place.pad or " ").encode("cp932") * place.length)[: place.length - len(text)]
        return text + filling if place.side == "right" else filling + text
    if draw(st.integers(0, 3)) == 0:
        return draw(st.lists(odd_bytes, min_size=3, max_size=3).map(b"".join))[: place.length]
    if place.number.kind == "binary":
        return draw(st.sampled_from([b"\r\n", b"\n\n", b"\0\x1a", b"\x0b\r", b"\0\0"]))
    if place.number.kind == "packed":
        return draw(st.sampled_from([b"\x00\x0f", b"\x12\x3f", b"\x01\x0c", b"\x12\x0d", b"  ", b"\x0a\x1f"]))
    return draw(st.sampled_from([b"000", b"01r", b"12p", b"123", b"1p3", b"00q"]))


@st.composite
def record(draw: st.DrawFn, dialect: Dialect) -> bytes:
    body = b"".join(field(draw, place) for place in dialect.positions)
    body = draw(st.sampled_from("DDDDHT?")).encode() * (dialect.kinds is not None) + body
    at = draw(st.integers(0, len(body) - 1))
    match draw(st.sampled_from(["", "", "", "byte", "short", "long", "end"])):
        case "byte":
            return body[:at] + draw(odd_bytes) + body[at + 1 :] + ENDS[dialect.newline]
        case "short":
            return body[:at] + body[at + 1 :] + ENDS[dialect.newline]
        case "long":
            return body[:at] + draw(odd_bytes) + body[at:] + ENDS[dialect.newline]
        case "end":
            return body + draw(st.sampled_from(list(ENDS.values())))
    return body + ENDS[dialect.newline]


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, Dialect]:
    newlines: list[Newline] = ["crlf", "crlf", "lf", "cr", "none"]
    dialect = replace(draw(st.sampled_from([LINK, KINDS])), newline=draw(st.sampled_from(newlines)))
    parts = st.lists(record(dialect) | record(dialect) | st.sampled_from([b"", b"\r\n", b"\n", b"\x1a"]), max_size=7)
    return b"".join(draw(parts)), dialect


SOUND = b" 12\x12\x3f" + "花子".encode("cp932") + b"\x81\x4001rA\0\0\0\r\n"


def test_a_fixture_is_what_it_looks_like() -> None:
    assert reference(SOUND + b"\r\n", LINK) == {1: ("12", "123", "花子", "-012", "A", "03338")}


@given(files(), st.sampled_from([1, 7, 22, 23, 50, 100]))
@example((SOUND + b"\r\n" + SOUND, LINK), 7)
@example((SOUND[:-1] + b"\r\n" + (SOUND + b"\r\n") * 2, LINK), 1)
@example((SOUND[:5] + b"\n" + SOUND[6:] + b"\r\n" + (SOUND + b"\r\n") * 2, LINK), 22)
@example(((SOUND + b"\r\n") * 9 + SOUND[:-2] + b"\r\n" + (SOUND + b"\r\n") * 20 + b"\x1a\x1a", LINK), 100)
@example((SOUND + b"\r\n" + SOUND[:-1] + b"\x1a\x1a", LINK), 7)
def test_a_file_is_read_as_the_reference_reads_it_and_comes_back(file: tuple[bytes, Dialect], size: int) -> None:
    data, dialect = file
    assert accepted(data, dialect, size) == reference(data, dialect)
    assert again(data, dialect, size) == data


@given(files(), st.integers(1, 70))
def test_what_is_handed_in_piece_by_piece_is_read_as_the_whole_file_is(file: tuple[bytes, Dialect], size: int) -> None:
    data, dialect = file
    cutter = Cutter(dialect)
    parts = [part for at in range(0, len(data), size) for part in cutter.feed(data[at : at + size])]
    found, before = dict[int, tuple[str, ...]](), 0
    for part in [*parts, *cutter.end()]:
        batch = read_batch(part, dialect)
        found |= {row + before: tuple(texts) for row, *texts in batch.frame.rows()}
        before += batch.pieces.count
    assert found == reference(data, dialect)


def test_lines_are_those_of_the_file_and_not_of_records() -> None:
    """The binary number of the fixture is CR and LF: it is two lines, as whoever opens the file sees it."""
    data = (SOUND + b"\r\n") * 3 + SOUND[:-1] + b"\r\n" + SOUND + b"\r\n"
    ((batch, _),) = read(data, LINK, 1 << 20)
    extent = batch.pieces.extent(b"\n")
    assert (extent.records, extent.lines, extent.is_even, extent.joined) == (5, 9, False, 0)
    assert list(batch.pieces.first_lines(range(1, 6), b"\n")) == [(1, 0), (2, 2), (3, 4), (4, 6), (5, 7)]
    assert data.count(b"\n") == 9


@pytest.mark.parametrize("newline", ENDS)
def test_sound_records_are_plain_whatever_their_numbers_hold(newline: Newline) -> None:
    """What is looked at record by record costs much more."""
    dialect = replace(LINK, newline=newline)
    record = SOUND[:-2]
    data = b"".join(record + number + ENDS[newline] for number in (b"\r\n", b"\0\x1f", b"\x1a\x1a", b"\n\r"))
    cut = pieces.split(data, dialect)
    assert (cut.plain, cut.plain_rows, cut.odd, cut.gaps) == (data, range(1, 5), [], {})


def test_a_key_is_read_of_a_record_whose_number_is_none() -> None:
    """It is counted all the same; one with NUL, or of another length, has no values at all."""
    bad = [SOUND[:3] + b"\xff\xff" + SOUND[5:], SOUND.replace(b"A\0", b"\0A"), SOUND[1:-2] + b"\0\1", SOUND]
    ((batch, _),) = read(b"".join(each + b"\r\n" for each in bad), LINK, 1 << 20)
    assert batch.keys(["番号", "氏名"]).rows() == [(1, "12", "花子"), (4, "12", "花子")]
    found = [row for each in batch.findings for row in each.select(ROW, "code", "column", "detail").rows()]
    assert sorted(found) == [
        (1, "R0021", "人員", "at=4 wrong=digit"),
        (2, "R0004", "", ""),
        (3, "R0015", "", "bytes=19 expected=20"),
    ]


def test_a_text_that_cannot_be_read_and_a_number_that_is_none_are_both_told() -> None:
    body = SOUND[:3] + b"\xff\xff\x85\x40" + SOUND[7:]
    ((batch, _),) = read(body + b"\r\n", LINK, 1 << 20)
    found = [row for each in batch.findings for row in each.select("code", "column").rows()]
    assert sorted(found) == [("E0001", "氏名"), ("R0021", "人員")]


def test_nul_fills_a_layout_without_numbers_too_and_leaves_its_records_plain() -> None:
    dialect = replace(
        LINK, columns=("a", "b"), length=6, positions=(Position(1, 4, "\0"), Position(5, 2, "\0", "left"))
    )
    data = b"ab\0\0\0c\r\n\0\0\0\0\0\0\r\n\0a\0\0bc\r\n"
    assert pieces.split(data, dialect).plain_rows == range(1, 4)
    for size in (1, 100):
        assert accepted(data, dialect, size) == {1: ("ab", "c"), 2: ("", "")}
        assert again(data, dialect, size) == data
    assert accepted(data.replace(b"\r\n", b"\n"), dialect, 100) == {1: ("ab", "c"), 2: ("", "")}


def test_a_value_that_is_no_number_of_its_column_is_told_with_it() -> None:
    names = LINK.columns
    rows = [
        ("1", "123", "花子", "-012", "A", "03338"),
        ("2", "12", "花子", "-012", "A", "03338"),
        ("3", "", "花子", "", "A", "65536"),
    ]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_row_index(ROW, offset=1).cast({ROW: pl.Int64})
    found = [
        row for each in not_writable(frame, LINK, side="legacy") for row in each.select(ROW, "code", "column").rows()
    ]
    assert sorted(found) == [(2, "R0022", "人員"), (3, "R0022", "税額"), (3, "R0022", "符号")]
    assert writer.rows(frame, LINK)[1:] == [None, None]
    assert writer.block(frame, LINK) is None
    assert writer.body(frame[:1], LINK) == b"  1\x12\x3f" + SOUND[5:] + b"\r\n"


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("encoding: cp932", "encoding: utf-16le", "M0109", "`as: packed` has no meaning with `encoding: utf-16le`"),
        ("length: 39", "length: 39\n  positions: units", "M0109", "`as: zoned` has no meaning with `positions: units`"),
        ("digits: 9}", "digits: 9, zones: '45'}", "M0109", "`zones` has no meaning with `as: binary`"),
        ("digits: 9}", "digits: 11}", "M0108", "cannot have 11 digits in 4 bytes"),
        ("format: fixed", "format: csv", "M0099", "`as` has no meaning under `format: csv`"),
        ("format: fixed", "format: csv", "M0099", "`signed` has no meaning under `format: csv`"),
        ('line: "44', 'line: "4', "M0111", "not in hexadecimal"),
    ],
)
def test_numbers_that_cannot_be_so_are_faults(old: str, new: str, code: str, told: str) -> None:
    path = CASES / "golden-fixed-numbers" / "mapping.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(DefinitionError) as raised:
        read_plan(text.replace(old, new, 1), str(path))
    assert [fault for fault in raised.value.faults if fault.code == code and told in fault.text("en")]
