"""The beginning of bytes: what the header is, is the same as soon as it can be told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdconv.errors import UnreadableError
from stdconv.layouts.beginnings import ENOUGH, Beginning, is_enough
from stdconv.layouts.dialect import Dialect, Position
from stdconv.layouts.encodings import MARK, Encoding
from stdconv.layouts.numbers import Number
from stdconv.layouts.pieces import read_header

TOKENS = st.sampled_from([b"a", b",", b'"', b"\r\n", b"\n", b"\r", MARK, MARK[:2], b"b" * 70_000, b"\n" * 140_000])
dialects = st.builds(
    Dialect,
    st.just(("a", "b")),
    encoding=st.sampled_from(["cp932", "utf-8", "utf-8-sig"]),
    newline=st.sampled_from(["crlf", "lf", "cr"]),
    header=st.booleans(),
    before=st.sampled_from([0, 0, 1, 2]),
)


@given(st.lists(TOKENS, max_size=8).map(b"".join), dialects, st.data())
def test_once_there_is_enough_nothing_that_follows_changes_the_header(data: bytes, dialect: Dialect, draw: Any) -> None:
    whole = read_header(data[:ENOUGH], dialect)
    for stop in draw.draw(st.lists(st.integers(0, min(len(data), 12)), max_size=5)):
        if is_enough(data[:stop], dialect):
            assert read_header(data[:stop], dialect) == whole


@pytest.mark.parametrize(
    ("data", "is_told"),
    [(b"", False), (b"a,b", False), (b"a,b\r", False), (b"a,b\r\n", True), (b"\r\n", False), (b"x" * ENOUGH, True)],
)
def test_a_header_is_told_by_its_end_or_by_as_many_bytes_as_it_may_have(data: bytes, is_told: bool) -> None:
    assert is_enough(data, Dialect(("a", "b"))) is is_told


@pytest.mark.parametrize(("data", "is_told"), [(b"", False), (MARK[:2], False), (MARK, True), (b"a", True)])
def test_without_a_header_the_mark_is_enough(data: bytes, is_told: bool) -> None:
    assert is_enough(data, Dialect(("a", "b"), header=False)) is is_told


@pytest.mark.parametrize(
    ("encoding", "data", "code"),
    [
        ("cp932", MARK + b"1", "E0007"),
        ("cp932", b"\xff\xfe1\0", "E0007"),
        ("utf-8", b"\xfe\xff\0001", "E0007"),
        ("utf-16le", b"\xfe\xff\0001", "E0007"),
        ("utf-16be", MARK + b"1", "E0007"),
        ("cp932", b"\x1f\x8b\x08\0", "R0025"),
        ("utf-8", MARK + b"1", None),
        ("utf-16le", b"\xff\xfe1\0", None),
        ("cp932", b"1234", None),
    ],
)
def test_the_first_bytes_say_what_a_file_is_unless_they_are_a_number(
    encoding: Encoding, data: bytes, code: str | None
) -> None:
    of_text = Dialect(("a",), encoding, header=False, length=4, positions=(Position(1, 4),))
    coding = of_text.coding
    beginning = Beginning(coding.inside(data), "x", data)
    if code is None:
        assert beginning.header(of_text).before == coding.own_mark[: len(data)] * data.startswith(coding.own_mark)
    else:
        with pytest.raises(UnreadableError) as raised:
            beginning.header(of_text)
        assert [fault.code for fault in raised.value.faults] == [code]
    of_numbers = Dialect(
        ("a",), "cp932", header=False, length=4, positions=(Position(1, 4, number=Number("binary", 4, 9)),)
    )
    assert Beginning(data, "x").header(of_numbers).before == b""
