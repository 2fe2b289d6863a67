"""Records written as one block are the lines that are written one by one, whatever the dialect."""

from __future__ import annotations

import csv
import io
from typing import get_args

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stdconv.layouts import records
from stdconv.layouts.dialect import DELIMITERS, Dialect, Newline, Quote

TEXT = st.text(',;|^]\\-\t"\r\n\0\ufeff 花a', max_size=3) | st.none()
DIALECTS = st.builds(
    Dialect,
    columns=st.sampled_from([("氏名",), ("氏名", "備考"), ("氏名", "備考", "区分")]),
    newline=st.sampled_from(get_args(Newline)),
    quote=st.sampled_from(get_args(Quote)),
    delimiter=st.sampled_from(DELIMITERS),
)


@given(DIALECTS, st.data())
def test_a_block_is_its_lines(dialect: Dialect, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*[TEXT for _ in dialect.columns]), max_size=4))
    frame = pl.DataFrame(rows, schema=dict.fromkeys(dialect.columns, pl.String), orient="row")
    assert records.block(frame, dialect) == "".join(records.lines(frame, dialect)).encode()


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4), st.sampled_from(DELIMITERS))
@example(rows=[(None, "\0")], delimiter=",")
def test_what_is_written_without_quotes_is_read_without_quotes(
    rows: list[tuple[str | None, str | None]], delimiter: str
) -> None:
    """Python's own reader, told that quotes mean nothing, gives the values, or some value needs quotes."""
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    data = records.unquoted(frame, delimiter)
    values = [[text or "" for text in row] for row in rows]
    needs_quotes = any(set(text) & {'"', "\r", "\n", delimiter} for row in values for text in row)
    assert (data is None) == needs_quotes
    if data is not None:
        file = io.StringIO(data.decode(), newline="")
        assert list(csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE)) == values


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ({}, b'1,"a,b"\r\n2,\r\n'),
        ({"delimiter": ";"}, b"1;a,b\r\n2;\r\n"),
        ({"delimiter": "|"}, b"1|a,b\r\n2|\r\n"),
        ({"quote": "none"}, b"1,a,b\r\n2,\r\n"),
        ({"quote": "all", "newline": "cr"}, b'"1","a,b"\r"2",""\r'),
    ],
)
def test_blocks_as_they_are_written(how: dict[str, str], written: bytes) -> None:
    dialect = Dialect(("番号", "備考"), **how)  # type: ignore[arg-type]
    assert records.block(pl.DataFrame({"_row": [1, 2], "番号": ["1", "2"], "備考": ["a,b", None]}), dialect) == written


def test_a_column_alone_is_written_so_that_no_line_is_blank() -> None:
    assert records.block(pl.DataFrame({"番号": ["1", "", None]}), Dialect(("番号",))) == b'1\r\n""\r\n""\r\n'
