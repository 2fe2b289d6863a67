"""On which lines of a file its records begin, or at which bytes, where nothing but their length ends them.

A record is not a line where newlines are quoted or lines are blank.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

import polars as pl

from stdconv.definitions.regular import open_regular
from stdconv.errors import UnreadableError
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Extent, Header
from stdconv.layouts.pieces import split

LineOf: TypeAlias = Callable[[Iterable[int]], Mapping[int, int]]
"""What gives records, by their rows from 1, the lines (or bytes) at which they begin, from 1; those that it knows."""


UNEVEN = 1 << 25
"""How many bytes of batches with records of several lines are looked at again for the lines of all findings."""
FirstLines: TypeAlias = Callable[[bytes, Iterable[int]], Iterator[tuple[int, int]]]
"""What gives rows of a batch of bytes, from 1 and ascending, each with the number of lines before it in the batch."""


class Lines:
    """The lines of a file, from how much of it each batch is; looks again only at batches that are not even.

    ``add`` every batch in order; then ``of`` gives the lines of any records, or first bytes in a file without lines.
    """

    def __init__(self, path: Path, header: Header, dialect: Dialect, *, first_lines: FirstLines | None = None) -> None:
        self._path = path
        self._first_lines = first_lines or partial(_first_lines, dialect)
        self._step = dialect.step
        start = header.before + header.raw
        self._first = 1 + dialect.coding.inside(start).count(dialect.end)
        self._inside = dialect.coding.inside
        self._next = (1, self._first, len(start))
        self._batches: list[tuple[int, int, int, Extent]] = []
        self._looked = 0

    def add(self, extent: Extent) -> None:
        """Take the next batch into account."""
        row, line, offset = self._next
        self._batches.append((row, line, offset, extent))
        self._next = (row + extent.records, line + extent.lines, offset + extent.size)

    @property
    def ended(self) -> int:
        """How often a line ends behind the header, in the batches so far."""
        return self._next[1] - self._first

    def of(self, rows: Iterable[int]) -> Mapping[int, int]:
        """Return the lines on which ``rows`` begin; without those that can no longer be looked at."""
        firsts = [row for row, *_ in self._batches]
        inside = sorted({row for row in rows if 1 <= row < self._next[0]})
        found: dict[int, int] = {}
        for at, group in groupby(inside, lambda row: bisect_right(firsts, row) - 1):
            found |= self._of_batch(at, group)
        return found

    def column(self, rows: pl.Series) -> pl.Series:
        """Return the lines on which ``rows``, in order, begin; null for those of batches that are not even.

        Only the first such batches are looked at again, ``UNEVEN`` bytes altogether.
        """
        if self._step or not self._batches:
            return pl.Series([None], dtype=pl.Int64).extend_constant(None, len(rows)).head(len(rows))
        starts = pl.DataFrame(
            [(row, line, extent.is_even) for row, line, _, extent in self._batches],
            schema={"first": pl.Int64, "line": pl.Int64, "is_even": pl.Boolean},
            orient="row",
        )
        given = rows.alias("row").to_frame().set_sorted("row")
        found = given.join_asof(starts.set_sorted("first"), left_on="row", right_on="first", strategy="backward")
        line = pl.when("is_even").then(pl.col("line") + pl.col("row") - pl.col("first"))
        lines = found.select(line.alias("line"))["line"]
        odd = rows.filter(~found["is_even"].fill_null(value=True)).unique(maintain_order=True)
        if odd.is_empty():
            return lines
        known = self._of_some(odd)
        return pl.select(
            pl.coalesce(lines, rows.replace_strict(known, default=None, return_dtype=pl.Int64))
        ).to_series()

    def _of_some(self, rows: pl.Series) -> Mapping[int, int]:
        """Return the lines of ``rows`` in uneven batches, as far as these may still be looked at."""
        firsts = [row for row, *_ in self._batches]
        found: dict[int, int] = {}
        for at, group in groupby(rows, lambda row: bisect_right(firsts, row) - 1):
            self._looked += self._batches[at][-1].size
            if self._looked > UNEVEN:
                break
            found |= self._of_batch(at, group)
        return found

    def _of_batch(self, at: int, rows: Iterator[int]) -> dict[int, int]:
        first, line, offset, extent = self._batches[at]
        if extent.is_even:
            return {row: 1 + offset + self._step * (row - first) if self._step else line + row - first for row in rows}
        try:
            with open_regular(self._path) as file:
                file.seek(offset)
                data = self._inside(file.read(extent.size))
        except UnreadableError:
            return {}
        numbered = self._first_lines(data, (row - first + 1 for row in rows))
        return {first + row - 1: (1 + offset if self._step else line) + before for row, before in numbered}


def _first_lines(dialect: Dialect, data: bytes, rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    pieces = split(data, dialect)
    if dialect.step:
        yield from pieces.first_bytes(rows, dialect.step, dialect.coding.size)
    else:
        yield from pieces.first_lines(rows, dialect.end)
