"""Records of other kinds in a file of a fixed width: told apart by a code at one place of the record."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

WIDEST = 8
"""How many bytes a code may have: as many as one whole number."""
COUNT = re.compile(r"\{data(?::0([1-9][0-9]?))?\}")
"""What stands in a record to be written for how many records of data there are, with zeros up to a width or without."""

Said: TypeAlias = tuple[int, tuple[int | None, ...]]
"""How many records are before a trailer, and the numbers that it says, ``None`` for none."""


@dataclass(frozen=True)
class Count:
    """Where a trailer says how many records of data there are: ``length`` bytes from byte ``at``, counted from 1."""

    at: int
    length: int

    def of(self, record: bytes) -> int | None:
        """Return the number, which blanks may be around; ``None`` where there is none."""
        digits = record[self.at - 1 : self.at - 1 + self.length].strip(b" ")
        return int(digits) if digits.isdigit() else None


@dataclass(frozen=True)
class Kinds:
    """The codes of each kind, ``length`` ASCII characters from byte ``at``, counted from 1.

    ``counts`` are places in trailers; ``first`` and ``last`` are the records that are written around those of data.
    """

    at: int
    length: int
    data: tuple[str, ...]
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @cached_property
    def of_data(self) -> frozenset[bytes]:
        """The codes of data as they are in the file."""
        return frozenset(code.encode() for code in self.data)

    @cached_property
    def of_others(self) -> frozenset[bytes]:
        """The codes of headers and trailers as they are in the file."""
        return frozenset(code.encode() for code in (*self.header, *self.trailer))

    @cached_property
    def of_trailers(self) -> frozenset[bytes]:
        """The codes of trailers as they are in the file."""
        return frozenset(code.encode() for code in self.trailer)

    @cached_property
    def _numbers(self) -> frozenset[int]:
        return frozenset(int.from_bytes(code.ljust(WIDEST, b"\0"), sys.byteorder) for code in self.of_data)

    def code(self, body: bytes) -> bytes:
        """Return what a record has at the place of the code."""
        return body[self.at - 1 : self.at - 1 + self.length]

    def are_data(self, batch: bytes, step: int) -> bool:
        """Return whether all records of a batch, one every ``step`` bytes, are of data.

        Every byte of the code is copied for all of them at once.
        """
        if len(batch) == step:
            return self.code(batch) in self.of_data
        return self.are_codes([batch[self.at - 1 + at :: step] for at in range(self.length)])

    def are_codes(self, signs: Sequence[bytes]) -> bool:
        """Return whether all codes are of data, of which ``signs`` are the first of all of them, the second, and so on.

        They are put into whole numbers, of which each is looked at once.
        """
        codes = bytearray(WIDEST * len(signs[0]))
        for at, each in enumerate(signs):
            codes[at::WIDEST] = each
        return self._numbers.issuperset(memoryview(codes).cast("Q"))


def disagreeing(said: Iterable[Said], read: int) -> Iterator[str]:
    """Yield, as details of findings, the trailers of a file of ``read`` records that say another number, or none.

    A trailer counts the records since the one before it; those that stand together count the same ones. Trailer 0 is
    one that is not there.

    >>> list(disagreeing([(9, (9,)), (9, (8,)), (12, (None,))], 14))
    ['trailer=2 records=9', 'trailer=3 records=3 numbers=0', 'trailer=0 records=2']
    """
    number = start = last = 0
    for number, (before, numbers) in enumerate(said, start=1):
        start, last = (start if before == last else last), before
        if None in numbers:
            yield f"trailer={number} records={before - start} numbers=0"
        elif any(each != before - start for each in numbers):
            yield f"trailer={number} records={before - start}"
    if read > last or not number:
        yield f"trailer=0 records={read - last}"


def filled_in(text: str, count: int) -> str:
    """Return a record to be written, with how many records of data there are.

    >>> filled_in("T{data:08}", 12), filled_in("T{data}", 12)
    ('T00000012', 'T12')
    """
    return COUNT.sub(lambda found: f"{count:0{found[1] or 1}}", text)
