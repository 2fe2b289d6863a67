"""Fields of a fixed width between delimiters: what fills them is told by hand here, character by character."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdconv.layouts import encoding, records, writer
from stdconv.layouts.dialect import Dialect, Position
from stdconv.layouts.reader import read_batch, values_of
from stdconv.layouts.writable import harmless, not_writable

NAMES = ("a", "b", "c")
LINK = Dialect(
    NAMES, "cp932", rooms=(Position(1, 4, " "), Position(1, 6, "\u3000"), None), header=False, escape="double"
)
dialects = st.builds(
    replace,
    st.just(LINK),
    encoding=st.sampled_from(["cp932", "cp932", "utf-8", "utf-16le"]),
    newline=st.sampled_from(["crlf", "lf", "cr"]),
    quote=st.sampled_from(["minimal", "all", "none"]),
    delimiter=st.sampled_from([",", "\t", "|"]),
    escape=st.sampled_from(["double", "backslash"]),
    rooms=st.tuples(
        *(
            st.none()
            | st.builds(
                Position,
                st.just(1),
                st.integers(1, 6),
                st.sampled_from([" ", "\u3000", None]),
                st.sampled_from(["left", "right"]),
            )
            for _ in NAMES
        )
    ),
)
texts = st.text('a1 \u3000表ｶ|,\\"\r\n', max_size=6)
rows = st.lists(st.tuples(texts, texts, texts), max_size=6)


def size(text: str, dialect: Dialect) -> int:
    return len(text.encode({"utf-16le": "utf-16-le"}.get(dialect.encoding, dialect.encoding)))


def bare(text: str, room: Position | None) -> str:
    """Take signs off the declared side, one by one."""
    while room is not None and room.pad and text:
        if room.side == "right" and text[-1] == room.pad:
            text = text[:-1]
        elif room.side == "left" and text[0] == room.pad:
            text = text[1:]
        else:
            break
    return text


def drawn(rows_: list[tuple[str, ...]], dialect: Dialect) -> list[tuple[str, ...]]:
    """Put a character of two units of UTF-16 where it can be written."""
    if dialect.encoding == "cp932":
        return rows_
    return [tuple(text.replace("a", "𠮷") for text in row) for row in rows_]


def numbered(rows_: list[tuple[str, ...]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows_, schema=dict.fromkeys(NAMES, pl.String), orient="row")
    return frame.insert_column(0, pl.Series("_row", range(1, len(rows_) + 1), dtype=pl.Int64))


def rooms_of(dialect: Dialect) -> tuple[Position | None, ...]:
    return dialect.rooms or (None,) * len(NAMES)


@given(rows, dialects)
def test_filling_is_taken_off_and_what_is_read_is_written_again_or_kept(
    rows_: list[tuple[str, ...]], dialect: Dialect
) -> None:
    rows_, anyhow = drawn(rows_, dialect), replace(dialect, rooms=())
    refused = {row for found in not_writable(numbered(rows_), anyhow, side="legacy") for row in found["_row"]}
    kept = numbered(rows_).filter(~pl.col("_row").is_in(refused))
    body = dialect.coding.inside(writer.body(kept, anyhow))
    read = read_batch(body, dialect)
    given_ = kept.drop("_row").rows()
    assert read.frame.drop("_row").rows() == [
        tuple(bare(text, room) for text, room in zip(row, rooms_of(dialect), strict=True)) for row in given_
    ]
    lines = encoding.encode_rows(records.lines(read.frame, dialect), dialect)
    raw = {row: dialect.coding.inside(data) for row, data in read.raw.items()}
    assert b"".join(raw.get(row, line or b"") for row, line in enumerate(lines, start=1)) == body
    for row, data in raw.items():
        assert values_of(data, dialect) == list(read.frame.drop("_row").row(row - 1))
        assert read.ways[row] == ("filling",)
    for row, record in enumerate(given_, start=1):
        pairs = list(zip(record, rooms_of(dialect), strict=True))
        if all(room is None or size(text, dialect) == room.length for text, room in pairs):
            assert row not in read.raw, "of the declared width nothing is written otherwise"


@given(rows, dialects)
def test_what_fits_a_column_comes_back_and_nothing_is_cut(rows_: list[tuple[str, ...]], dialect: Dialect) -> None:
    rows_ = drawn(rows_, dialect)
    found = list(not_writable(numbered(rows_), dialect, side="legacy"))
    refused = {row for each in found for row in each["_row"]}
    kept = numbered(rows_).filter(~pl.col("_row").is_in(refused))
    read = read_batch(dialect.coding.inside(writer.body(kept, dialect)), dialect)
    assert read.frame.drop("_row").rows() == kept.drop("_row").rows()
    assert not read.raw
    told = {(row, each["column"][0], each["code"][0]) for each in found for row in each["_row"]}
    for row, record in enumerate(rows_, start=1):
        for name, text, room in zip(NAMES, record, rooms_of(dialect), strict=True):
            wide = room is not None and size(text, dialect) > room.length
            assert ((row, name, "R0016") in told) is wide
            if room is not None and (wide or (row, name, "R0017") in told):
                assert not harmless(pl.Series([text]), dialect, name).item()
            if room is not None and not wide and (row, name, "R0017") not in told and (text or room.pad):
                unfilled = room.length - size(text, dialect)
                assert unfilled % (size(room.pad, dialect) if room.pad else 1) == 0
                assert unfilled == 0 or room.pad
                assert bare(text, room) == text


@pytest.mark.parametrize(
    ("line", "values", "ways"),
    [
        (b"1   ,\x89\xd4\x81\x40\x81\x40,x\r\n", ("1", "花", "x"), None),
        (b'"1   ",\x89\xd4\x81\x40\x81\x40,x\r\n', ("1", "花", "x"), ("quotes",)),
        (b"1,\x89\xd4,x\r\n", ("1", "花", "x"), ("filling",)),
        (b'"1",\x89\xd4,x\n', ("1", "花", "x"), ("line-end", "quotes", "filling")),
        (b"12345,\x89\xd4\x81\x40\x81\x40,x\r\n", ("12345", "花", "x"), None),
        (b",,\r\n", ("", "", ""), ("filling",)),
        (b"    ,\x81\x40\x81\x40\x81\x40,\r\n", ("", "", ""), None),
        (b"   1,\x89\xd4    ,\r\n", ("   1", "花    ", ""), None),
    ],
)
def test_a_record_of_another_width_is_kept_as_it_is(line: bytes, values: tuple[str, ...], ways: Any) -> None:
    read = read_batch(line, LINK)
    assert read.frame.drop("_row").rows() == [values]
    assert (read.raw, read.ways) == (({1: line}, {1: ways}) if ways else ({}, {}))


def test_a_header_is_not_filled() -> None:
    assert writer.header(replace(LINK, header=True)) == b"a,b,c\r\n"
