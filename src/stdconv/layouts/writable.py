"""What a layout can hold: records whose bytes are read back as that one record, wherever in a file they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import polars as pl

from stdconv.errors import DefinitionError, Fault
from stdconv.findings.frames import about_rows, empty
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, numbers, refused_rows, without
from stdconv.findings.shapes import shape
from stdconv.japan.visible import code_point
from stdconv.layouts import encoding, fixed, pieces, writer
from stdconv.layouts.characters import lost_signs
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import MARK
from stdconv.layouts.reader import read_batch

FIRST = MARK.decode()
"""What is taken for a byte order mark at the very beginning of a file."""


def not_writable(frame: pl.DataFrame, dialect: Dialect, *, side: str) -> Iterator[pl.DataFrame]:
    """Find the records of ``frame`` (``_row`` and the dialect's columns, null is empty) that the layout cannot hold.

    E0006 for characters that its encoding cannot write, T0038 for those that it takes for lost ones (which may be no
    more than a warning), R0016, R0017 and R0022 for values that do not fit their place, R0011 for records whose bytes
    would be read differently.
    """
    frame = frame.select(ROW, *(pl.col(name).fill_null("") for name in dialect.columns))
    bad = [pl.Series(dtype=pl.Int64)]
    for name in () if dialect.coding.is_unicode else dialect.columns:
        if encoding.encode_block(frame[name], dialect) is None:
            unwritten = pl.Series([text is None for text in encoding.encode_rows(frame[name], dialect)])
            found = frame.filter(unwritten)
            bad.append(found[ROW])
            shown = pl.Series("detail", [encoding.unencodable(text, dialect) for text in found[name]])
            yield about_rows(bad[-1], "E0006", side=side, column=name, detail=shown)
    for found in _unassigned(frame, dialect, side):
        bad.append(found[ROW])
        yield found
    for found in lost_signs(dialect.lost, frame, dialect.columns, side=side, code="T0038") if dialect.lost else ():
        bad.append(refused_rows(found))
        yield found
    kept = without(frame, pl.concat(bad).unique())
    for name in dialect.columns:
        for found in _not_in(name, kept, dialect, side):
            bad.append(found[ROW])
            yield found
    yield from _changed(without(kept, pl.concat(bad).unique()), dialect, side)


def _unassigned(frame: pl.DataFrame, dialect: Dialect, side: str) -> Iterator[pl.DataFrame]:
    """Find characters that stand for bytes which mean none: they can be written, and are refused when they are read."""
    odd = f"([{dialect.coding.unassigned}])"
    for name in dialect.columns if dialect.coding.unassigned else ():
        found = frame.select(ROW, c=pl.col(name).str.extract(odd)).drop_nulls()
        if len(found):
            detail = pl.Series([code_point(c) for c in found["c"]])
            yield about_rows(found[ROW], "E0006", side=side, column=name, detail=detail)


def file_of(frame: pl.DataFrame, dialect: Dialect, *, side: str) -> bytes:
    """Return the bytes of a file of all records of ``frame``, header and mark included.

    Raises ``DefinitionError`` with every reason for which it cannot hold some of them.
    """
    found = pl.concat([empty(), *not_writable(frame, dialect, side=side)]).filter(severity="refuse")
    if len(found):
        told = found.group_by("code", "column", maintain_order=True).agg(
            pl.len(), pl.col(ROW).first(), pl.col("detail").first()
        )
        raise DefinitionError([_unwritten(side, each) for each in told.iter_rows(named=True)])
    return writer.beginning(dialect) + writer.body(frame, dialect) + writer.ending(dialect, len(frame))


def _unwritten(side: str, found: Mapping[str, Any]) -> Fault:
    problem = phrase("unwritable", found["code"], detail=found["detail"] or "–")
    column = found["column"] or phrase("unwritable", "record")
    return fault("C0085", side=side, column=column, records=found["len"], row=found[ROW], problem=problem)


def _not_in(name: str, frame: pl.DataFrame, dialect: Dialect, side: str) -> Iterator[pl.DataFrame]:
    """Find the values of a column that are no number of it, longer than it, or not read from it as they are."""
    if (room := dialect.room_of(name)) is None:
        return
    place, value = room[0], pl.col(name)
    unfit = frame.filter(~fits(value, name, dialect))
    if place.number is not None:
        if len(unfit):
            shapes = unfit.select(shape(value)).to_series()
            yield about_rows(unfit[ROW], "R0022", side=side, column=name, detail=shapes)
        return
    sized = unfit.select(ROW, size=fixed.size(value, room[1]))
    for code, found in (
        ("R0016", sized.filter(pl.col("size") > place.length)),
        ("R0017", sized.filter(pl.col("size") <= place.length)),
    ):
        if len(found):
            detail = found.select(pl.format(dialect.counted + "={} room={}", "size", place.length)).to_series()
            yield about_rows(found[ROW], code, side=side, column=name, detail=detail)


def at_risk(dialect: Dialect) -> str:
    """Return what finds something in each value that may be read as anything else; nobody looks at the others.

    Where there are no quotes, nothing may divide a value, and a line with one that is empty alone is blank.
    """
    if dialect.has_quotes:
        return r'["\r\n\x00\\]' if dialect.is_escaped else '["\r\n\0]'
    divides = rf"[\r\n\x00\x{{{ord(dialect.delimiter):x}}}]"
    return divides if len(dialect.columns) > 1 else f"^$|{divides}"


def harmless(values: pl.Series, dialect: Dialect, column: str) -> pl.Series:
    """Return which ``values`` of a column every record can have, unless it says what the header says."""
    is_harmless = ~(values.str.contains(at_risk(dialect)) | values.str.starts_with(FIRST))
    if not dialect.coding.is_unicode and encoding.encode_block(values, dialect) is None:
        is_harmless &= pl.Series([text is not None for text in encoding.encode_rows(values, dialect)])
    if dialect.coding.unassigned:
        is_harmless &= ~values.str.contains(f"[{dialect.coding.unassigned}]")
    if dialect.lost is not None:
        is_harmless &= ~pl.select(dialect.lost.are_in(pl.lit(values))).to_series()
    if dialect.room_of(column) is not None:
        is_harmless &= pl.select(fits(pl.lit(values), column, dialect)).to_series()
    return is_harmless


def fits(value: pl.Expr, column: str, dialect: Dialect) -> pl.Expr:
    """Return whether a value, filled up, is read from its column as itself.

    Between delimiters a width is that of a value: where nothing fills it, none need be there.
    """
    if (room := dialect.room_of(column)) is None:
        return pl.lit(value=True)
    comes = fixed.comes_back(value, *room)
    return comes | (value == "") if room[0].pad is None and not dialect.is_fixed else comes


def is_heading(dialect: Dialect, names: Mapping[str, str] = MappingProxyType({})) -> pl.Expr:
    """Return whether a record says what the header says; ``names`` are those of columns that have others in frames."""
    pairs = zip(dialect.columns, dialect.headings, strict=True)
    return pl.all_horizontal([pl.col(names.get(name, name)) == heading for name, heading in pairs])


def _changed(frame: pl.DataFrame, dialect: Dialect, side: str) -> Iterator[pl.DataFrame]:
    """Find the records that would be read differently, by the columns that make them so."""
    values = pl.col(dialect.columns)
    is_first = pl.col(dialect.columns[0]).str.starts_with(FIRST)
    suspects = frame.filter(pl.any_horizontal(values.str.contains(at_risk(dialect))) | is_heading(dialect) | is_first)
    first = suspects.filter(is_first)
    for block in (suspects.filter(~is_first), *first.iter_slices(1)):
        for record in _broken(block, dialect):
            names = [name for name in dialect.columns if _is_at_fault(record, name, dialect)]
            for name in names or [""]:
                detail = _characters(record, name, dialect)
                yield about_rows(record[ROW], "R0011", side=side, column=name, detail=detail)


def _broken(block: pl.DataFrame, dialect: Dialect) -> Iterator[pl.DataFrame]:
    """Yield the records of ``block`` that do not come back, each as a frame; the others cost one look together."""
    if block.is_empty() or _comes_back(block, dialect):
        return
    if len(block) == 1:
        yield block
        return
    half = len(block) // 2
    yield from _broken(block[:half], dialect)
    yield from _broken(block[half:], dialect)


def _comes_back(block: pl.DataFrame, dialect: Dialect) -> bool:
    """Return whether a file of ``block`` alone is read as its records."""
    file = dialect.coding.inside(writer.beginning(dialect) + writer.body(block, dialect))
    header = pieces.read_header(file, dialect)
    if header is None:
        return False
    read = read_batch(file[len(header.before) + len(header.raw) :], dialect).frame
    return read.equals(block.with_columns(numbers(len(block))))


def _is_at_fault(record: pl.DataFrame, name: str, dialect: Dialect) -> bool:
    """Return whether the value of one column makes a record that does not come back."""
    if dialect.is_fixed:  # without their values, not all columns can be written
        return bool(_characters(record, name, dialect))
    return not _comes_back(_only(record, name), dialect)


def _only(record: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return ``record`` with nothing in the other columns."""
    others = [each for each in record.columns if each not in (ROW, name)]
    return record.with_columns(pl.lit("").alias(each) for each in others)


def _characters(record: pl.DataFrame, name: str, dialect: Dialect) -> str:
    """Return which characters of a value are at fault, as a finding's detail."""
    odd = f"\r\n\0{FIRST}" + ("" if dialect.has_quotes else dialect.delimiter)
    found = {c for c in record[name].item() if c in odd} if name else set()
    return " ".join(code_point(c) for c in sorted(found))
