"""Files cut into pieces: header, records and gaps, whose concatenation is the file, wherever batches are cut.

A quote is special only as the first byte of a field. A line that is a well-formed record by itself is never joined to
another one, so the end of such a line is a safe place to cut.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from stdconv.layouts.dialect import MARK, RECORD_LIMIT, Dialect

QUOTE = b'"'
BATCH = 4 * 1024 * 1024
"""How many bytes of a file are worked on at once, unless the caller asks for another size."""
END_OF_FILE = b"\x1a"


@dataclass(frozen=True, slots=True)
class Odd:
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
    """How much of a file a batch is; ``is_even`` says that each record is one line and nothing is between them."""

    size: int
    records: int
    lines: int
    is_even: bool


@dataclass(slots=True)
class Pieces:
    """A batch cut up. ``plain`` is the concatenation of the lines that hold no quote and end as declared.

    ``plain_rows`` and ``odd`` number the records of the batch from 1; ``gaps`` are the bytes before a row.
    """

    plain: bytes = b""
    plain_rows: range | list[int] = field(default_factory=lambda: range(0))
    odd: list[Odd] = field(default_factory=list)
    gaps: dict[int, bytes] = field(default_factory=dict)
    count: int = 0

    def extent(self, end: bytes) -> Extent:
        """Return how much of the file this is, where a line ends at ``end``."""
        others = [each.raw for each in self.odd] + list(self.gaps.values())
        lines = len(self.plain_rows) + sum(part.count(end) for part in others)
        is_even = not self.gaps and all(each.raw.count(end) <= 1 for each in self.odd)
        return Extent(len(self.plain) + sum(map(len, others)), self.count, lines, is_even)

    def first_lines(self, rows: Iterable[int], end: bytes) -> Iterator[tuple[int, int]]:
        """Yield ``rows``, which ascend, each with the number of lines in front of it in this batch."""
        more = [(row, gap.count(end)) for row, gap in self.gaps.items()]
        more += [(each.row + 1, each.raw.count(end) - 1) for each in self.odd]
        waiting = deque(sorted(more))
        shift = 0
        for row in rows:
            while waiting and waiting[0][0] <= row:
                shift += waiting.popleft()[1]
            yield row, row - 1 + shift


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: the bytes before it, its own bytes, its fields (``None`` where its quotes do not close)."""

    before: bytes
    raw: bytes
    fields: list[bytes] | None

    def line(self, end: bytes) -> int:
        """Return the number of its line."""
        return 1 + self.before.count(end)


def fields_of(body: bytes, delimiter: bytes) -> tuple[list[bytes] | None, str | None]:
    """Split the body of one record. Returns its fields and no code, or none and why: R0002 stray, R0003 open quote."""
    fields: list[bytes] = []
    at, size = 0, len(body)
    while True:
        if body[at : at + 1] != QUOTE:
            stop = body.find(delimiter, at)
            value = body[at:] if stop < 0 else body[at:stop]
            if QUOTE in value:
                return None, "R0002"
            fields.append(value)
            if stop < 0:
                return fields, None
            at = stop + 1
            continue
        close = _closing(body, at + 1)
        if close < 0:
            return None, "R0003"
        fields.append(body[at + 1 : close].replace(QUOTE * 2, QUOTE))
        at = close + 1
        if at == size:
            return fields, None
        if body[at : at + 1] != delimiter:
            return None, "R0002"
        at += 1


def _closing(body: bytes, at: int) -> int:
    """Return where the quoted field that begins at ``at`` closes: its first undoubled quote, or -1."""
    while (found := body.find(QUOTE, at)) >= 0:
        if body[found + 1 : found + 2] != QUOTE:
            return found
        at = found + 2
    return -1


def split(batch: bytes, dialect: Dialect) -> Pieces:
    """Cut ``batch``, which begins and ends between records, into pieces."""
    count = batch.count(dialect.terminator.encode())
    if _is_plain(batch, count, dialect):
        return Pieces(plain=batch, plain_rows=range(1, count + 1), count=count)
    return _Careful(batch, dialect).split()


def _is_plain(batch: bytes, count: int, dialect: Dialect) -> bool:
    """Return whether ``batch`` is lines with the declared delimiters and terminators, and no quote, CR or NUL.

    What is left of such a batch without all other bytes is one and the same skeleton, as many times (``count``) as
    there are terminators.
    """
    delimiter, terminator = dialect.delimiter.encode(), dialect.terminator.encode()
    if dialect.quote != "minimal" or len(dialect.columns) == 1 or not batch.endswith(terminator):
        return False
    skeleton = batch.translate(None, bytes(set(range(256)) - set(b'"\r\n\0' + delimiter)))
    return skeleton == (delimiter * (len(dialect.columns) - 1) + terminator) * count


def _lines(data: bytes, end: bytes) -> list[bytes]:
    """Split after every ``end``; the last line may be without one, but is not empty."""
    lines = [line + end for line in data.split(end)]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


class _Careful:
    """Goes through a batch line by line: runs of plain lines are passed on, each other line is looked at.

    Bytes 0x1A behind everything are a gap; whether a line before them is without its end makes no difference.
    """

    def __init__(self, batch: bytes, dialect: Dialect) -> None:
        self.dialect = dialect
        self.delimiter = dialect.delimiter.encode()
        self.width = len(dialect.columns)
        inside = batch if batch.endswith(dialect.end) else batch.rstrip(END_OF_FILE)
        self.tail = batch[len(inside) :]
        self.lines = _lines(inside, dialect.end)
        self.pieces = Pieces()
        self.gaps: dict[int, list[bytes]] = {}

    def split(self) -> Pieces:
        plain: list[bytes] = []
        rows: list[int] = []
        at = 0
        for odd in self.not_plain():
            if odd < at:
                continue
            self.pass_on(at, odd, plain, rows)
            at = odd + self.take(odd)
        self.pass_on(at, len(self.lines), plain, rows)
        self.pieces.plain = b"".join(plain)
        self.pieces.plain_rows = rows
        if self.tail:
            self.gaps.setdefault(self.pieces.count + 1, []).append(self.tail)
        self.pieces.gaps = {row: b"".join(lines) for row, lines in self.gaps.items()}
        return self.pieces

    def decided(self, limit: int) -> int:
        """Return the end of the last record that begins before ``limit``; a line without its end is not all there."""
        at = offset = cut = 0
        while at < len(self.lines) and offset < limit and self.lines[at].endswith(self.dialect.end):
            count = self.pieces.count
            taken = self.take(at)
            offset += sum(map(len, self.lines[at : at + taken]))
            at += taken
            cut = offset if self.pieces.count > count else cut
        return cut

    def not_plain(self) -> list[int]:
        """Return the lines that polars must not judge, by index."""
        if self.dialect.quote != "minimal":
            return list(range(len(self.lines)))
        declared, delimiters = self.dialect.terminator.encode(), self.width - 1
        returns, feeds, least = declared.count(b"\r"), declared.count(b"\n"), len(declared) + 1
        return [
            index
            for index, line in enumerate(self.lines)
            if line.count(self.delimiter) != delimiters
            or QUOTE in line
            or b"\0" in line
            or not line.endswith(declared)
            or line.count(b"\r") != returns
            or line.count(b"\n") != feeds
            or len(line) < least
        ]

    def pass_on(self, start: int, stop: int, plain: list[bytes], rows: list[int]) -> None:
        plain += self.lines[start:stop]
        rows += range(self.pieces.count + 1, self.pieces.count + 1 + stop - start)
        self.pieces.count += stop - start

    def take(self, at: int) -> int:
        """Put the piece that begins at line ``at`` where it belongs; returns how many lines it takes."""
        line = self.lines[at]
        body = body_of(line, self.dialect)
        if not body:
            self.gaps.setdefault(self.pieces.count + 1, []).append(line)
            return 1
        self.pieces.count += 1
        fields, code = fields_of(body, self.delimiter)
        taken = 1
        if code == "R0003" and (joined := self.join(at, body)):
            line, fields, taken = joined
            code = None
        self.pieces.odd.append(self.odd(line, fields, code))
        return taken

    def join(self, at: int, body: bytes) -> tuple[bytes, list[bytes], int] | None:
        """Join an open line with the following ones, if that gives a record; only an odd number of quotes can close."""
        if body.count(self.delimiter) + 1 >= self.width:
            return None
        size = len(self.lines[at])
        for index in range(at + 1, len(self.lines)):
            line = self.lines[index]
            size += len(line)
            if size > RECORD_LIMIT or is_well_formed(body_of(line, self.dialect), self.dialect):
                return None
            if line.count(QUOTE) % 2:
                whole = b"".join(self.lines[at : index + 1])
                fields, _ = fields_of(body_of(whole, self.dialect), self.delimiter)
                return (whole, fields, index + 1 - at) if fields and len(fields) == self.width else None
        return None

    def odd(self, raw: bytes, fields: list[bytes] | None, code: str | None) -> Odd:
        row = self.pieces.count
        if b"\0" in raw:
            return Odd(row, raw, None, "R0004")
        if fields is not None and len(fields) != self.width:
            return Odd(row, raw, None, "R0001", f"columns={len(fields)} expected={self.width}")
        return Odd(row, raw, fields, code)


def body_of(line: bytes, dialect: Dialect) -> bytes:
    """Return a line without its terminator; a CR before LF belongs to the terminator."""
    if not line.endswith(dialect.end):
        return line
    body = line[:-1]
    return body[:-1] if dialect.end == b"\n" and body.endswith(b"\r") else body


def is_well_formed(body: bytes, dialect: Dialect) -> bool:
    """Return whether a line's body is a record by itself."""
    fields, _ = fields_of(body, dialect.delimiter.encode()) if body else (None, None)
    return fields is not None and len(fields) == len(dialect.columns)


def read_header(data: bytes, dialect: Dialect) -> Header | None:
    """Return the bytes before the first record; ``None`` where no line ends within the record limit."""
    at = len(MARK) if dialect.codec == "utf-8" and data.startswith(MARK) else 0
    if not dialect.header:
        return Header(data[:at], b"", [])
    while data[at : at + 1] in (b"\r", b"\n"):
        at += 1
    stop = data.find(dialect.end, at, at + RECORD_LIMIT)
    raw = data[at : stop + 1] if stop >= 0 else data[at:]
    if stop < 0 and len(raw) > RECORD_LIMIT:
        return None
    body = raw.rstrip(b"\r\n")
    fields, _ = fields_of(body, dialect.delimiter.encode())
    return Header(data[:at], raw, fields)


def batches(file: BinaryIO, start: bytes, dialect: Dialect, *, size: int = BATCH) -> Iterator[bytes]:
    """Yield what follows the header (``start`` and the rest of ``file``) in batches that end after a record.

    A batch is as long as it must be: where nothing can be cut, twice as much is read.
    """
    rest = start
    while block := file.read(max(size, len(rest))):
        if (cut := _last_line(block, dialect)) > 0:
            yield b"".join((rest, memoryview(block)[:cut]))
            rest = block[cut:]
            continue
        rest += block
        if (cut := last_cut(rest, dialect)) > 0:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def last_cut(data: bytes, dialect: Dialect) -> int:
    """Return the last place in ``data``, which begins between records, where it can be cut after a record; 0 for none.

    That is the end of a line that is a record by itself, since no other line is ever joined to it, or the end of any
    line with no quote before it within the record limit. Where there is neither, the records are walked through
    from the beginning, as far as what follows cannot change them any more.
    """
    end, stop = dialect.end, len(data)
    looked_at = 0
    while (stop := data.rfind(end, 0, stop)) >= 0 and looked_at < RECORD_LIMIT:
        line = data[data.rfind(end, 0, stop) + 1 : stop + 1]
        looked_at += len(line)
        body = body_of(line, dialect)
        if body and (is_well_formed(body, dialect) or data.rfind(QUOTE, max(0, stop - RECORD_LIMIT), stop) < 0):
            return stop + 1
    return _Careful(data, dialect).decided(len(data) - RECORD_LIMIT)


def _last_line(block: bytes, dialect: Dialect) -> int:
    """Return the end of the last whole line in ``block``, which begins anywhere, if that is a record by itself; else 0.

    That is where ``last_cut`` would cut, and nothing need be put together to see it.
    """
    stop = block.rfind(dialect.end)
    start = block.rfind(dialect.end, 0, max(0, stop)) + 1
    return stop + 1 if start > 0 and is_well_formed(body_of(block[start : stop + 1], dialect), dialect) else 0
