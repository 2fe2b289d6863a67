"""The beginning of bytes: what the header is, is the same as soon as it can be told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdconv.layouts.beginnings import ENOUGH, is_enough
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import MARK
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
