"""Records and frames: plain lines of text into columns, and columns into lines of the declared dialect."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Literal

import polars as pl

from stdconv.findings.rows import ROW
from stdconv.layouts import fixed
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.fields import all_but


def parse(data: bytes, rows: range | list[int], dialect: Dialect) -> pl.DataFrame | None:
    """Return lines of the declared number of columns, UTF-8 without quotes, as a frame: ``_row`` and text, empty as "".

    ``None`` where anything got lost on the way: the values, delimiters and terminators must add up to ``data``.
    """
    schema = dict.fromkeys(dialect.columns, pl.String)
    numbers = pl.Series(ROW, rows, dtype=pl.Int64)
    if not rows:
        return pl.DataFrame(schema={ROW: pl.Int64, **schema})
    frame = pl.read_csv(
        data,
        has_header=False,
        schema=schema,
        separator=dialect.delimiter,
        eol_char=(dialect.terminator or "\n")[-1],
        quote_char=None,
        empty_string_is_null=False,
    )
    around = len(rows) * (len(dialect.columns) - 1 + len(dialect.terminator or "\n"))
    inside = frame.select(pl.sum_horizontal(pl.all().str.len_bytes().sum())).item()
    return frame.insert_column(0, numbers) if len(frame) == len(rows) and inside + around == len(data) else None


def from_fields(rows: Sequence[int], columns: Iterable[Sequence[str | None]], dialect: Dialect) -> pl.DataFrame:
    """Return records that were read one by one as a frame of the same form as ``parse`` gives: ``columns`` of texts."""
    texts = (pl.Series(name, each, dtype=pl.String) for name, each in zip(dialect.columns, columns, strict=True))
    return pl.DataFrame([pl.Series(ROW, rows, dtype=pl.Int64), *texts])


def no_records(dialect: Dialect) -> pl.DataFrame:
    """Return a frame of the same form without a record."""
    return from_fields([], [[]] * len(dialect.columns), dialect)


def lines(frame: pl.DataFrame, dialect: Dialect) -> pl.Series:
    """Return every record of ``frame`` as the declared dialect writes it, terminator included; null is empty."""
    return _lines(filled(frame, dialect), dialect)


def filled(frame: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Return delimited records with what fills those of their columns that have a fixed width."""
    if (of_rooms := dialect.of_rooms) is None:
        return frame
    values = zip(of_rooms.columns, fixed.filled(of_rooms), strict=True)
    return frame.with_columns(value.alias(name) for name, value in values)


def _lines(frame: pl.DataFrame, dialect: Dialect) -> pl.Series:
    line = _fixed_line(dialect) if dialect.is_fixed else _delimited_line(dialect)
    return frame.select(line.alias("line")).to_series() if len(frame) else pl.Series("line", [], dtype=pl.String)


def _fixed_line(dialect: Dialect) -> pl.Expr:
    return pl.concat_str(*fixed.filled(dialect), pl.lit(dialect.terminator))


def _delimited_line(dialect: Dialect) -> pl.Expr:
    quoted = [_quoted(pl.col(column), dialect) for column in dialect.columns]
    return pl.concat_str(quoted, separator=dialect.delimiter) + dialect.terminator


def block(frame: pl.DataFrame, dialect: Dialect) -> bytes:
    """Return the same as all ``lines`` together, in UTF-8."""
    values = filled(frame.select(dialect.columns), dialect)
    if dialect.quote == "all" and (quoted := _all_quoted(values, dialect)) is not None:
        return quoted
    if not dialect.has_quotes and len(dialect.columns) > 1:
        return csv_bytes(values, "never", dialect.delimiter, dialect.terminator)
    is_delimited = len(dialect.columns) > 1 and dialect.is_joined and dialect.quote != "all"
    escape = "\\" if dialect.is_escaped else ""
    plain = unquoted(values, dialect.delimiter, dialect.terminator, also=escape) if is_delimited else None
    return str(_lines(values, dialect).str.join("").item() or "").encode() if plain is None else plain


def _all_quoted(values: pl.DataFrame, dialect: Dialect) -> bytes | None:
    """Return the same with quotes around every value; ``None`` where one holds what polars does not escape."""
    data = csv_bytes(values, "always", dialect.delimiter, dialect.terminator)
    if not dialect.is_escaped:
        return data
    around = 2 * len(values) * len(dialect.columns)
    return data if data.count(b'"') == around and b"\\" not in data else None


def unquoted(
    frame: pl.DataFrame,
    delimiter: str = ",",
    terminator: str = "\r\n",
    *,
    null: str | None = None,
    also: str = "",
) -> bytes | None:
    """Return the rows of ``frame``, all text, as CSV without quotes; ``None`` where a value needs them.

    That is seen from the bytes: of those that have a meaning, ``also`` another sign, there are just as many as stand
    between values.
    """
    data = csv_bytes(frame, "never", delimiter, terminator, null=null)
    meaning = f'"\r\n{delimiter}{also}'.encode()
    around = len(frame) * (len(delimiter) * (len(frame.columns) - 1) + len(terminator))
    return data if len(data.translate(None, all_but(meaning))) == around else None


def csv_bytes(
    frame: pl.DataFrame,
    style: Literal["never", "necessary", "always"],
    delimiter: str = ",",
    terminator: str = "\r\n",
    *,
    null: str | None = None,
) -> bytes:
    """Return the rows of ``frame`` as polars writes CSV, in quotes by ``style``, ``null`` for an absent value."""
    file = io.BytesIO()
    frame.write_csv(
        file,
        include_header=False,
        separator=delimiter,
        line_terminator=terminator,
        quote_style=style,
        null_value=null,
    )
    return file.getvalue()


def is_text(dtype: pl.DataType | None) -> bool:
    """Return whether a column holds texts, or nothing; categories are texts that are kept once each."""
    return dtype in (pl.String, pl.Null, pl.Categorical, pl.Enum)


def absent(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with null for empty texts: the standard frame has no empty ones, the legacy frame no nulls."""
    names = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)


def header_line(dialect: Dialect) -> str:
    """Return the header as the declared dialect writes it: nothing where it has none."""
    if not dialect.header:
        return ""
    pairs = zip(dialect.columns, dialect.headings, strict=True)
    headings = pl.DataFrame({name: [heading] for name, heading in pairs})
    return str(_lines(headings, dialect).item())


def _quoted(value: pl.Expr, dialect: Dialect) -> pl.Expr:
    text = value.fill_null("")
    if not dialect.has_quotes:
        return text
    quoted = pl.concat_str(pl.lit('"'), _escaped(text, dialect), pl.lit('"'))
    if dialect.quote == "all":
        return quoted
    escape = r"\\" if dialect.is_escaped else ""
    needed = text.str.contains(f'["\r\n{escape}\\x{{{ord(dialect.delimiter):x}}}]')
    if len(dialect.columns) == 1:
        needed = needed | (text == "")
    return pl.when(needed).then(quoted).otherwise(text)


def _escaped(text: pl.Expr, dialect: Dialect) -> pl.Expr:
    """Return what stands between quotes for a value."""
    if not dialect.is_escaped:
        return text.str.replace_all('"', '""', literal=True)
    return text.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
