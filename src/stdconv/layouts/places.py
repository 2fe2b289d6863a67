"""What records hold in columns of a fixed width: texts without filling, numbers as digits, and what is neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW, without
from stdconv.layouts import fixed, numbers
from stdconv.layouts.dialect import Dialect, Position


class Held(NamedTuple):
    """The values of records, null for what is no number; the rows in which one is spelled unusually; what is wrong."""

    frame: pl.DataFrame
    unusual: pl.Series
    findings: list[pl.DataFrame]


def held(shown: pl.DataFrame, dialect: Dialect, side: str) -> Held:
    """Return what records hold whose places are ``shown``: filling is taken off, numbers are read.

    What is no number refuses its record (R0021), and so does a text with NUL behind its filling (R0004): that is left
    out, as a record by itself with NUL has no values at all.
    """
    if not dialect.is_fixed:
        return _between_delimiters(shown, dialect.of_rooms)
    frame = fixed.bare(shown, dialect)
    if not dialect.with_nul:
        return Held(frame, frame[ROW].clear(), [])
    has_nul = [pl.col(name).str.contains("\0", literal=True) for name, place in _places(dialect) if place.pad == "\0"]
    with_nul = frame.filter(pl.any_horizontal(has_nul))[ROW] if has_nul else frame[ROW].clear()
    frame, shown = without(frame, with_nul), without(shown, with_nul)
    found = [about_rows(with_nul, "R0004", side=side, column="")] if len(with_nul) else []
    unusual = [frame[ROW].clear()]
    for name, place in _places(dialect):
        if place.number is not None:
            both = frame.select(ROW, name, shown[name].alias("shown"))
            is_usual = numbers.is_usual(pl.col("shown"), pl.col(name), place.number)
            unusual.append(both.filter(~is_usual)[ROW])
            found += _no_numbers(both, name, place, place.number, side)
    return Held(frame, pl.concat(unusual), found)


def _between_delimiters(shown: pl.DataFrame, of_rooms: Dialect | None) -> Held:
    """Return the same of delimited records, in some of whose columns values have a fixed width: unusual is another."""
    if of_rooms is None:
        return Held(shown, shown[ROW].clear(), [])
    others = [fixed.size(pl.col(name), of_rooms) != room.length for name, room in _places(of_rooms)]
    return Held(fixed.bare(shown, of_rooms), shown.filter(pl.any_horizontal(others))[ROW], [])


def _places(dialect: Dialect) -> Iterator[tuple[str, Position]]:
    return zip(dialect.columns, dialect.positions, strict=True)


def _no_numbers(
    both: pl.DataFrame, name: str, place: Position, number: numbers.Number, side: str
) -> Iterator[pl.DataFrame]:
    """Yield that the bytes of a column are no number; where and why, but not what they are."""
    if both[name].null_count():
        refused = both.filter(pl.col(name).is_null())
        causes = [numbers.wrong(number.data(shown), number) for shown in refused["shown"]]
        detail = pl.Series([f"at={place.at + cause.at} wrong={cause.kind}" for cause in causes], dtype=pl.String)
        yield about_rows(refused[ROW], "R0021", side=side, column=name, detail=detail)
