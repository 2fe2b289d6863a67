"""Files cut into batches that end between records, as few bytes in memory as records allow."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeAlias

from stdconv.layouts import fixed, measured
from stdconv.layouts.dialect import JOIN_LIMIT, RECORD_LIMIT, Dialect
from stdconv.layouts.encodings import Readable
from stdconv.layouts.fields import QUOTE, is_well_formed
from stdconv.layouts.parts import Followed, Overlong, Part
from stdconv.layouts.pieces import decided
from stdconv.layouts.terminators import blank, body_of, without_blank_end

BATCH = 4 * 1024 * 1024
"""How many bytes of a file are worked on at once, unless the caller asks for another size."""
WIDE = 32
"""A layout of more columns is wide: what each of them costs in a batch of any size is shared by twice as many bytes."""


def usual(dialect: Dialect) -> int:
    """Return how many bytes of a file in ``dialect`` are worked on at once."""
    return 2 * BATCH if is_wide(dialect) else BATCH


def is_wide(dialect: Dialect) -> bool:
    """Return whether records have many columns: their batches are large, and few of them fill the memory."""
    return len(dialect.columns) > WIDE


Asked: TypeAlias = int
"""How many bytes are wanted next: fewer only at the end, or where there are no more at once."""
Cutting: TypeAlias = Generator[Part | Asked, bytes, None]
"""What asks for bytes, to be sent as they come (none at the end), and gives batches in between."""


def batches(file: Readable, start: bytes, dialect: Dialect, *, size: int = BATCH) -> Iterator[Part]:
    """Yield what follows the header (``start`` and the rest of ``file``) in batches that end after a record."""
    cutting = _cut(start, dialect, size)
    try:
        step = next(cutting)
        while True:
            if isinstance(step, int):
                step = cutting.send(file.read(step))
            else:
                yield step
                step = next(cutting)
    except StopIteration:
        return


class Cutter:
    """Does the same with what is handed in piece by piece: ``feed`` it, then ``end`` it for what was held until then.

    What it gives is certain, wherever the pieces are cut. For what is not yet a record it waits until there is twice as
    much, so that small pieces cost no more than large ones.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._cutting = _cut(b"", dialect, 1)
        self._most = usual(dialect)
        self._waiting = bytearray()
        self._step: Part | Asked | None = next(self._cutting)

    def feed(self, data: bytes) -> Iterator[Part]:
        """Yield the batches that are certain now; to be exhausted before the next piece is fed."""
        if not self._is_asked(len(self._waiting) + len(data)):
            self._waiting += data
            return
        whole = bytes(self._waiting) + data if self._waiting else data
        at = 0
        while self._is_asked(len(whole) - at):
            block = whole[at : self._dialect.coding.whole(whole, at + self._most)]
            at += len(block)
            yield from self._send(block)
        self._waiting = bytearray(whole[at:])

    def end(self) -> Iterator[Part]:
        """Yield the batches that are left."""
        if self._waiting:
            yield from self._send(bytes(self._waiting))
        while isinstance(self._step, int):
            yield from self._send(b"")

    def _is_asked(self, size: int) -> bool:
        return isinstance(self._step, int) and size >= min(self._step, self._most)

    def _send(self, data: bytes) -> Iterator[Part]:
        """Hand over what was asked for, and yield what comes of it."""
        try:
            self._step = self._cutting.send(data)
            while not isinstance(self._step, int):
                yield self._step
                self._step = next(self._cutting)
        except StopIteration:
            self._step = None


def _cut(start: bytes, dialect: Dialect, size: int) -> Cutting:
    """Cut up what is sent, behind ``start``.

    A batch is as long as it must be: where nothing can be cut, twice as much is asked for, up to the record limit.
    """
    if dialect.is_measured or not dialect.terminator:
        yield from _cut_by_length(start, dialect, size)
        return
    rest = start
    while block := (yield max(size, min(len(rest), RECORD_LIMIT))):
        if (cut := _last_line(block, dialect)) > 0:
            yield b"".join((rest, memoryview(block)[:cut]))
            rest = block[cut:]
            continue
        rest += block
        if (cut := last_cut(rest, dialect)) > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif (cut := decided(rest, dialect)) > 0:
            yield Followed(rest[:cut], rest[cut : cut + JOIN_LIMIT + 1])
            rest = rest[cut:]
        elif len(rest) > RECORD_LIMIT:
            rest = yield from _overlong(rest, dialect, size)
    if rest:
        yield rest


def _cut_by_length(start: bytes, dialect: Dialect, size: int) -> Cutting:
    """Cut up what is sent where records end that nothing but their length ends, or that first."""
    rest = start
    last_end = measured.last_end if dialect.is_measured else fixed.last_end
    while block := (yield max(size, dialect.length, min(len(rest), RECORD_LIMIT))):
        rest += block
        if stop := last_end(rest, dialect):
            yield rest[:stop]
            rest = rest[stop:]
        elif dialect.is_measured and len(rest) > RECORD_LIMIT:
            rest = yield from _overlong(rest, dialect, size)
    if rest:
        yield rest


def _overlong(rest: bytes, dialect: Dialect, size: int) -> Generator[Part | Asked, bytes, bytes]:
    """Yield the line at the front of ``rest``, behind blank ones, part by part, and return what follows it in memory.

    So with blank lines that are together longer than a record may be. Where the line is not, or ends in ``rest``,
    nothing is yielded.
    """
    gap = rest[: _blank(rest, dialect, is_all=False)]
    if len(gap) > RECORD_LIMIT:
        return (yield from _blank_lines(rest, dialect, size))
    data, passed = rest[len(gap) :], 0
    if len(data) <= RECORD_LIMIT or dialect.end in data:
        return rest
    while True:
        stop = data.find(dialect.end) + 1
        part = data[:stop] if stop else data
        more = b"" if stop else (yield size)
        passed += dialect.coding.size(part)
        yield Overlong(part, passed, gap, int(stop > 0), is_last=not more)
        if not more:
            return data[len(part) :]
        data = more


def _blank_lines(rest: bytes, dialect: Dialect, size: int) -> Generator[Part | Asked, bytes, bytes]:
    """Yield the blank lines at the front of ``rest`` and of what follows it, part by part, and return the first other.

    One byte may be half of a line's end: whether they go on is seen from two, or from a record that is measured.
    """
    passed = lines = 0
    least, is_all = dialect.length + 2 if dialect.is_measured else 2, False
    while stop := _blank(rest, dialect, is_all=is_all):
        part, rest = rest[:stop], rest[stop:]
        while len(rest) < least and not is_all:
            more = yield size
            rest, is_all = rest + more, not more
        passed, lines = passed + dialect.coding.size(part), lines + part.count(dialect.end)
        yield Overlong(part, passed, b"", lines, is_last=not _blank(rest, dialect, is_all=is_all))
    return rest


def _blank(data: bytes, dialect: Dialect, *, is_all: bool) -> int:
    """Return how many bytes of blank lines are at the front of ``data``, which may be all there is."""
    return measured.blank(data, dialect, is_all=is_all) if dialect.is_measured else blank(data, dialect)


def last_cut(data: bytes, dialect: Dialect) -> int:
    """Return the last place in ``data``, which begins between records, where it can be cut after a record; 0 for none.

    That is the end of a line that is a record by itself, and not passed over: no other line is ever joined to it
    (unless lines have one column); or the end of any line with no quote before it within the limit for joining.
    """
    end, stop = dialect.end, len(without_blank_end(data, dialect))
    looked_at = 0
    while (stop := data.rfind(end, 0, stop)) >= 0 and looked_at < JOIN_LIMIT:
        line = data[data.rfind(end, 0, stop) + 1 : stop + 1]
        looked_at += len(line)
        body = body_of(line, dialect)
        if (body and not fixed.is_between(body, dialect)) and (
            not dialect.is_joined
            or _is_by_itself(body, dialect)
            or data.rfind(QUOTE, max(0, stop - JOIN_LIMIT), stop) < 0
        ):
            return stop + 1
    return 0


def _last_line(block: bytes, dialect: Dialect) -> int:
    """Return the end of the last whole line in ``block``, which begins anywhere, if that is a record by itself; else 0.

    That is where ``last_cut`` would cut, and nothing need be put together to see it.
    """
    stop = block.rfind(dialect.end)
    start = block.rfind(dialect.end, 0, max(0, stop)) + 1
    return stop + 1 if start > 0 and _is_by_itself(body_of(block[start : stop + 1], dialect), dialect) else 0


def _is_by_itself(body: bytes, dialect: Dialect) -> bool:
    """Return whether a line's body is a record to which no other line is ever joined."""
    return len(dialect.columns) > 1 and is_well_formed(body, dialect) and not fixed.is_between(body, dialect)
