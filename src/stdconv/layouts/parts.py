"""What files are cut into: header, batches, records and gaps, whose concatenation is the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from stdconv.findings.shown import Counted

END_OF_FILE = b"\x1a"
"""What DOS and CP/M put behind everything."""


@dataclass(frozen=True, slots=True, repr=False)
class Odd(Counted):
    """A record that polars must not judge: ``row`` in its batch, its bytes with terminator, its fields or why none.

    ``code`` is the R code that refuses it, ``detail`` says how far off it is (never what it says).
    """

    row: int
    raw: bytes
    fields: list[bytes] | None = None
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a file a batch is; ``is_even`` says that each record is one line and nothing is between them.

    ``joined`` counts the records that were put together from several lines.
    """

    size: int
    records: int
    lines: int
    is_even: bool
    joined: int = 0


def joined(extents: Iterable[Extent | None]) -> int:
    """Return how many records were put together from several lines."""
    return sum(extent.joined for extent in extents if extent is not None)


@dataclass(frozen=True, slots=True, repr=False)
class Overlong(Counted):
    """Some bytes of a line, or of blank lines in a row, longer than a record may be.

    The others are passed on before and behind them. ``size`` counts its bytes as far as these go, ``lines`` how often a
    line ends in them. ``before`` is what is between it and the record in front.
    """

    data: bytes
    size: int
    before: bytes
    lines: int
    is_last: bool

    def extent(self, end: bytes) -> Extent:
        """Return how much of the file this is: the record and its lines count where it ends."""
        gap = self.before if self.size == len(self.data) else b""
        lines = gap.count(end) + (self.lines if self.is_last else 0)
        return Extent(len(gap) + len(self.data), int(self.is_last), lines, is_even=not gap)


@dataclass(frozen=True, slots=True, repr=False)
class Followed(Counted):
    """Bytes that begin and end between records, and what of those ``after`` them a line that does not close needs."""

    data: bytes
    after: bytes


Part: TypeAlias = bytes | Followed | Overlong
"""A batch: bytes that begin and end between records, or some of what is longer than a record may be."""


@dataclass(slots=True, repr=False)
class Pieces(Counted):
    """A batch cut up. ``plain`` is the concatenation of the lines that end as declared and need no closer look.

    They hold nothing that quotes are for, and quotes only where the dialect has them around every value.
    ``plain_rows`` and ``odd`` number the records of the batch from 1; ``gaps`` are the bytes before a row, in which
    ``others`` are the headers and trailers, each with that row. Where records were cut by their length first
    (``is_measured``), ends of lines may be inside them, and none is joined.
    """

    plain: bytes = b""
    plain_rows: range | list[int] = field(default_factory=lambda: range(0))
    odd: list[Odd] = field(default_factory=list)
    gaps: dict[int, bytes] = field(default_factory=dict)
    count: int = 0
    overlong: Overlong | None = None
    others: list[tuple[int, bytes]] = field(default_factory=list)
    is_measured: bool = False

    def extent(self, end: bytes, size: Callable[[bytes], int] = len) -> Extent:
        """Return how much of the file this is, where a line ends at ``end``; ``size`` says how many bytes of it."""
        if self.overlong is not None:
            return self.overlong.extent(end)
        others = [each.raw for each in self.odd] + list(self.gaps.values())
        inside = self.plain.count(end) - len(self.plain_rows) if self.is_measured else 0
        lines = len(self.plain_rows) + inside + sum(part.count(end) for part in others)
        several = [each for each in self.odd if each.raw.count(end) > 1]
        joined = sum(each.code != "R0014" for each in several if not self.is_measured)  # blank lines are not joined
        is_even = not self.gaps and not several and not inside
        return Extent(size(self.plain) + sum(map(size, others)), self.count, lines, is_even, joined)

    def first_lines(self, rows: Iterable[int], end: bytes) -> Iterator[tuple[int, int]]:
        """Yield ``rows``, which ascend, each with the number of lines in front of it in this batch."""
        more = [(row, gap.count(end)) for row, gap in self.gaps.items()]
        more += [(each.row + 1, each.raw.count(end) - 1) for each in self.odd]
        if self.is_measured and self.plain.count(end) > len(self.plain_rows):
            step = len(self.plain) // len(self.plain_rows)
            ends = (self.plain.count(end, at, at + step) for at in range(0, len(self.plain), step))
            more += [(row + 1, count - 1) for row, count in zip(self.plain_rows, ends, strict=True) if count > 1]
        waiting = deque(sorted(more))
        shift = 0
        for row in rows:
            while waiting and waiting[0][0] <= row:
                shift += waiting.popleft()[1]
            yield row, row - 1 + shift

    def first_bytes(
        self, rows: Iterable[int], step: int, size: Callable[[bytes], int] = len
    ) -> Iterator[tuple[int, int]]:
        """Yield ``rows``, which ascend, each with the number of bytes in front of it, where all have ``step`` bytes."""
        waiting = deque(sorted(self.gaps.items()))
        passed = 0
        for row in rows:
            while waiting and waiting[0][0] <= row:
                passed += size(waiting.popleft()[1])
            yield row, passed + step * (row - 1)


@dataclass(frozen=True, slots=True, repr=False)
class Header(Counted):
    """The first line: the bytes before it, its own bytes, its fields (``None`` where its quotes do not close)."""

    before: bytes
    raw: bytes
    fields: list[bytes] | None

    def line(self, end: bytes) -> int:
        """Return the number of its line."""
        return 1 + self.before.count(end)
