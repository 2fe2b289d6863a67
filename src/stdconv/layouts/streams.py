"""Delimited bytes handed in piece by piece, wherever they are cut: the header first, then batches of records."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stdconv.layouts.batches import Cutter
from stdconv.layouts.beginnings import ENOUGH, TOLD_BY, Beginning, is_enough
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Part


class Stream:
    """What a file is read as, of bytes called ``name`` in faults: ``feed`` it, then ``end`` it.

    The header is read in ``first``; ``known`` says of which columns it may be, where that is not ``first`` itself.
    Raises ``UnreadableError`` for a header that does not fit, and for no bytes at all.
    """

    def __init__(self, first: Dialect, name: str, known: Callable[[Beginning], Dialect] | None = None) -> None:
        self.dialect = first
        self._name = name
        self._known = known
        self._inward = first.coding.inward()
        self._first = b""
        self._held = bytearray()
        self._cutter: Cutter | None = None

    @property
    def is_begun(self) -> bool:
        """Whether the header was read."""
        return self._cutter is not None

    def feed(self, data: bytes) -> Iterator[Part]:
        """Yield the batches that are certain now; to be exhausted before the next piece is fed."""
        if len(self._first) < TOLD_BY:
            self._first = (self._first + data)[:TOLD_BY]
        yield from self._fed(data if self._inward is None else self._inward.feed(data))

    def end(self) -> Iterator[Part]:
        """Yield the batches that are left."""
        if self._inward is not None and (rest := self._inward.end()):
            yield from self._fed(rest)
        if self._cutter is None:
            yield from self._begun()
        if self._cutter is not None:
            yield from self._cutter.end()

    def _fed(self, data: bytes) -> Iterator[Part]:
        if self._cutter is not None:
            yield from self._cutter.feed(data)
            return
        self._held += data
        if is_enough(bytes(self._held[:ENOUGH]), self.dialect):
            yield from self._begun()

    def _begun(self) -> Iterator[Part]:
        held, self._held = bytes(self._held), bytearray()
        beginning = Beginning(held[:ENOUGH], self._name, self._first)
        if self._known is not None:
            self.dialect = self._known(beginning)
        beginning.header(self.dialect)
        self._cutter = Cutter(self.dialect)
        yield from self._cutter.feed(beginning.behind(self.dialect) + held[ENOUGH:])


def parts(data: bytes, dialect: Dialect, name: str) -> Iterator[Part]:
    """Yield the batches of bytes that are all there."""
    stream = Stream(dialect, name)
    yield from stream.feed(data)
    yield from stream.end()
