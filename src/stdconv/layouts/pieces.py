"""Files cut into pieces: header, records and gaps, whose concatenation is the file, wherever batches are cut.

A quote is special only as the first byte of a field, and under ``quote: none`` nowhere. A line that ends inside a
quoted field is joined with those after it, unless one of them is a record by itself, its quotes honoured or not: no
resident disappears into another one's memo. So the end of a well-formed line is a safe place to cut, except where lines
have one column.
"""

from __future__ import annotations

from stdconv.layouts import encoding, fixed, measured, positions
from stdconv.layouts.dialect import JOIN_LIMIT, RECORD_LIMIT, Dialect
from stdconv.layouts.encodings import MARK
from stdconv.layouts.fields import ESCAPE, QUOTE, all_but, divided, fields_of, guarded, is_well_formed, scan
from stdconv.layouts.parts import END_OF_FILE, Followed, Header, Odd, Overlong, Part, Pieces
from stdconv.layouts.terminators import blank, body_of, lines_of


def split(batch: Part, dialect: Dialect, *, is_counted: bool = True) -> Pieces:
    """Cut ``batch`` into pieces.

    Unless ends of lines are counted, which takes longer than the rest, something may be between CR and LF of a plain
    line: then its bytes are one fewer than its values and what the dialect puts around them.
    """
    if isinstance(batch, Overlong):
        return _of_overlong(batch)
    if dialect.is_fixed:
        return _split_fixed(batch if isinstance(batch, bytes) else batch.data, dialect)
    if isinstance(batch, Followed):
        return _Careful(batch.data, dialect, batch.after).split()
    if (count := _plain_lines(batch, dialect)) and (
        not is_counted or batch.count(dialect.terminator.encode()) == count
    ):
        return Pieces(plain=batch, plain_rows=range(1, count + 1), count=count)
    return _Careful(batch, dialect).split()


def _split_fixed(batch: bytes, dialect: Dialect) -> Pieces:
    others = fixed.front(batch, dialect)
    gap = b"".join(others)
    plain = batch[len(gap) :] if gap else batch
    if count := fixed.even(plain, dialect):
        gaps = {1: gap} if gap else {}
        found = [(1, each) for each in others]
        return Pieces(plain, range(1, count + 1), [], gaps, count, None, found, is_measured=dialect.is_measured)
    if dialect.is_measured:
        return _CarefulMeasured(batch, dialect).split()
    return _CarefulFixed(batch, dialect).split() if dialect.terminator else fixed.by_length(batch, dialect)


def _of_overlong(part: Overlong) -> Pieces:
    """Return the record, refused, with the last of its bytes; with those before there is none yet."""
    if not part.is_last:
        return Pieces(overlong=part)
    record = _too_long(1, part.data, part.size)
    return Pieces(odd=[record], gaps={1: part.before} if part.before else {}, count=1, overlong=part)


def _too_long(row: int, raw: bytes, size: int) -> Odd:
    return Odd(row, raw, None, "R0014", f"bytes={size}")


def _plain_lines(batch: bytes, dialect: Dialect) -> int:
    """Return of how many lines ``batch`` is, with the declared delimiters, terminators and quotes, and no others.

    0 where it holds something else: other quotes, CR or NUL. What is left of lines without all other bytes is one and
    the same skeleton; and where every value is quoted, nothing is between quotes and delimiters. Where characters tell
    what a delimiter is, UTF-8 is looked at, in which no other character has its byte.
    """
    delimiter, end, width = dialect.delimiter.encode(), dialect.terminator.encode(), len(dialect.columns)
    if width == 1 or not batch.endswith(end) or len(batch) > RECORD_LIMIT:
        return 0
    is_quoted = dialect.quote == "all"
    batch = (encoding.as_utf8(batch, dialect) or b"") if dialect.is_cut_by_characters else batch
    meaning = b"\r\n\0" + delimiter + (QUOTE if dialect.has_quotes else b"") + (ESCAPE if dialect.is_escaped else b"")
    skeleton = batch.translate(None, all_but(meaning))
    line = delimiter.join([QUOTE * 2 if is_quoted else b""] * width) + end
    count = len(skeleton) // len(line)
    is_plain = skeleton == line * count
    if is_plain and is_quoted:
        is_plain = (
            batch.startswith(QUOTE)
            and batch.count(end + QUOTE) == count - 1
            and batch.count(QUOTE + end) == count
            and batch.count(QUOTE + delimiter + QUOTE) == count * (width - 1)
        )
    return count if is_plain else 0


class _Careful:
    """Goes through a batch line by line: runs of plain lines are passed on, each other line is looked at.

    Bytes 0x1A behind everything are a gap; whether a line before them is without its end makes no difference, unless it
    is with them longer than a record may be.
    """

    def __init__(self, batch: bytes, dialect: Dialect, after: bytes = b"") -> None:
        self.dialect = dialect
        self.delimiter = dialect.delimiter.encode()
        self.width = len(dialect.columns)
        last = len(batch) - batch.rfind(dialect.end) - 1
        inside = batch.rstrip(END_OF_FILE) if 0 < last <= RECORD_LIMIT else batch
        self.tail = batch[len(inside) :]
        self.front = blank(inside, dialect)
        self.lines = lines_of(inside[self.front :], dialect.end)
        self.stop = len(self.lines)
        self.seen = self.lines
        if dialect.is_cut_by_characters:
            self.seen = lines_of(guarded(inside[self.front :], dialect), dialect.end)
        self.lines += lines_of(after, dialect.end)
        self.pieces = Pieces()
        self.gaps = {1: [inside[: self.front]]} if self.front else {}

    def split(self) -> Pieces:
        plain: list[bytes] = []
        rows: list[int] = []
        at = 0
        for odd in self.not_plain():
            if odd < at:
                continue
            self.pass_on(at, odd, plain, rows)
            at = odd + self.take(odd)
        self.pass_on(at, self.stop, plain, rows)
        self.end_gap()
        self.pieces.plain = b"".join(plain)
        self.pieces.plain_rows = rows
        if self.tail:
            self.gaps.setdefault(self.pieces.count + 1, []).append(self.tail)
        self.pieces.gaps = {row: b"".join(lines) for row, lines in self.gaps.items()}
        return self.pieces

    def decided(self, limit: int) -> int:
        """Return the end of the last record that begins before ``limit``, from which on nothing can change it.

        A line without its end is not all there.
        """
        at, offset, cut = 0, self.front, 0
        while at < len(self.lines) and offset < limit and self.lines[at].endswith(self.dialect.end):
            count = self.pieces.count
            taken = self.take(at)
            offset += sum(map(len, self.lines[at : at + taken]))
            at += taken
            cut = offset if self.pieces.count > count else cut
        return cut

    def not_plain(self) -> list[int]:
        """Return the lines that polars must not judge, by index."""
        if self.dialect.quote == "all":
            return [index for index, line in enumerate(self.lines[: self.stop]) if not _plain_lines(line, self.dialect)]
        declared, delimiters = self.dialect.terminator.encode(), self.width - 1
        quote = QUOTE if self.dialect.has_quotes else b"\0"
        escape = ESCAPE if self.dialect.is_escaped else b"\0"
        returns, feeds, least = declared.count(b"\r"), declared.count(b"\n"), len(declared) + 1
        return [
            index
            for index, line in enumerate(self.seen[: self.stop])
            if line.count(self.delimiter) != delimiters
            or quote in line
            or escape in line
            or b"\0" in line
            or not line.endswith(declared)
            or line.count(b"\r") != returns
            or line.count(b"\n") != feeds
            or not least <= len(line) <= RECORD_LIMIT
        ]

    def pass_on(self, start: int, stop: int, plain: list[bytes], rows: list[int]) -> None:
        if start == stop:
            return
        self.end_gap()
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
        self.end_gap()
        if len(line) > RECORD_LIMIT:
            self.refuse(line)
            return 1
        return self.record(at, line, body)

    def record(self, at: int, line: bytes, body: bytes) -> int:
        """Put the record that begins at line ``at`` where it belongs; returns how many lines it takes."""
        self.pieces.count += 1
        fields, code = scan(body, self.dialect)
        if code != "R0003":
            self.pieces.odd.append(self.odd(line, None if code else fields, code))
            return 1
        last, code, detail = self.join(at, len(fields))
        whole = line if code else b"".join(self.lines[at : last + 1])
        fields = [] if code else scan(body_of(whole, self.dialect), self.dialect)[0]
        self.pieces.odd.append(self.odd(whole, None if code else fields, code, detail))
        return 1 if code else last + 1 - at

    def end_gap(self) -> None:
        """Refuse what is in front of the next record where it is longer than a record may be."""
        gap = self.gaps.get(self.pieces.count + 1, [])
        if sum(map(len, gap)) > RECORD_LIMIT:
            self.refuse(b"".join(self.gaps.pop(self.pieces.count + 1)))

    def refuse(self, raw: bytes) -> None:
        self.pieces.count += 1
        self.pieces.odd.append(_too_long(self.pieces.count, raw, self.dialect.coding.size(raw)))

    def join(self, at: int, columns: int) -> tuple[int, str | None, str]:
        """Look for the line at which the record ends whose last one of ``columns`` is open at the end of line ``at``.

        Else say why there is none, and how far off it is. R0012: a line is a record by itself; R0013: the limit; R0028:
        a backslash escapes nothing; R0003: nothing closes, or what does is no record.
        """
        size = len(self.lines[at])
        if columns <= self.width and size > JOIN_LIMIT:
            return at, "R0013", "lines=0"
        for index in range(at + 1, len(self.lines)):
            line = self.lines[index]
            size += len(line)
            if columns > self.width:
                return at, "R0003", self.told(columns)
            if size > JOIN_LIMIT:
                return at, "R0013", f"lines={index - at}"
            if self.width > 1 and self.could_be_a_record(line):
                return at, "R0012", f"lines={index - at}"
            fields, code = scan(QUOTE + body_of(line, self.dialect), self.dialect)
            columns += len(fields) - 1
            if code in ("R0002", "R0028"):
                return at, "R0003" if code == "R0002" else code, ""
            if code is None:
                return (index, None, "") if columns == self.width else (at, "R0003", self.told(columns))
        return at, "R0003", self.told(columns) if columns > self.width else ""

    def could_be_a_record(self, line: bytes) -> bool:
        """Return whether a line has the declared number of columns, its quotes honoured or ignored."""
        body = body_of(line, self.dialect)
        return len(divided(body, self.dialect)) == self.width or is_well_formed(body, self.dialect)

    def told(self, columns: int) -> str:
        return f"columns={columns} expected={self.width}"

    def odd(self, raw: bytes, fields: list[bytes] | None, code: str | None, detail: str = "") -> Odd:
        row = self.pieces.count
        if b"\0" in raw:
            return Odd(row, raw, None, "R0004")
        if fields is not None and len(fields) != self.width:
            return Odd(row, raw, None, "R0001", self.told(len(fields)))
        return Odd(row, raw, fields, code, detail)


class _CarefulFixed(_Careful):
    """Goes through records of a fixed width: a line of another length is refused, and those around it are not."""

    def not_plain(self) -> list[int]:
        lines = enumerate(self.lines[: self.stop])
        return [index for index, line in lines if fixed.even(line, self.dialect) != 1]

    def take(self, at: int) -> int:
        line, row = self.lines[at], self.pieces.count + 1
        body = body_of(line, self.dialect)
        if fixed.is_between(body, self.dialect) and fixed.is_between(body, self.dialect, self.size_of_gap(row)):
            self.gaps.setdefault(row, []).append(line)
            self.pieces.others.append((row, line))
            return 1
        return super().take(at)

    def size_of_gap(self, row: int) -> int:
        return sum(map(len, self.gaps.get(row, [])))

    def record(self, at: int, line: bytes, body: bytes) -> int:
        self.pieces.count += 1
        self.pieces.odd.append(fixed.odd(self.pieces.count, line, body, self.dialect))
        return 1


class _CarefulMeasured(_CarefulFixed):
    """Goes through records that are cut by their length first: ends of lines may be inside them."""

    def __init__(self, batch: bytes, dialect: Dialect) -> None:
        self.dialect = dialect
        self.lines, self.unlike, self.blank = list[bytes](), list[int](), set[int]()
        stop = 0
        for start, stop, records in measured.stretches(batch, dialect, is_all=True):
            if records > 0:
                self.lines += plain_lines(batch[start:stop], dialect)
                continue
            if records == measured.BLANK:
                self.blank.add(len(self.lines))
            self.unlike.append(len(self.lines))
            self.lines.append(batch[start:stop])
        self.tail = batch[stop:]
        self.stop = len(self.lines)
        self.pieces = Pieces(is_measured=True)
        self.gaps = {}

    def not_plain(self) -> list[int]:
        return self.unlike

    def take(self, at: int) -> int:
        if at not in self.blank:
            return super().take(at)
        self.gaps.setdefault(self.pieces.count + 1, []).append(self.lines[at])
        return 1


def plain_lines(plain: bytes, dialect: Dialect) -> list[bytes]:
    """Return plain lines one by one, with their ends."""
    if not dialect.is_fixed:
        return lines_of(plain, dialect.end)
    if dialect.form is not None:
        return lines_of(plain, dialect.end) if dialect.terminator else positions.cut(plain, dialect)
    step = dialect.length + len(dialect.terminator)
    return [plain[at : at + step] for at in range(0, len(plain), step)]


def decided(data: bytes, dialect: Dialect) -> int:
    """Return how far the records at the front of ``data`` are the same whatever follows ``data``."""
    careful = _CarefulFixed(data, dialect) if dialect.is_fixed else _Careful(data, dialect)
    return careful.decided(len(data) - JOIN_LIMIT)


def behind_titles(data: bytes, dialect: Dialect) -> int | None:
    """Return where the title lines end, the mark before them; ``None`` where they are not all there.

    Blank lines count; together they are no longer than a record of several lines may be.
    """
    is_marked = dialect.codec == "utf-8" and dialect.begins_with_text and data.startswith(MARK)
    at = len(MARK) if is_marked else 0
    limit = at + JOIN_LIMIT
    for _ in range(dialect.before):
        if (stop := data.find(dialect.end, at, limit)) < 0:
            return None
        at = stop + 1
    return at


def read_header(data: bytes, dialect: Dialect) -> Header | None:
    """Return the bytes before the first record; ``None`` where a line does not end within the limit for joining."""
    at = behind_titles(data, dialect)
    if at is None:
        return None
    if not dialect.header:
        return Header(data[:at], b"", [])
    while data[at : at + 1] in (b"\r", b"\n"):
        at += 1
    stop = data.find(dialect.end, at, at + JOIN_LIMIT)
    raw = data[at : stop + 1] if stop >= 0 else data[at:]
    if stop < 0 and len(raw) > JOIN_LIMIT:
        return None
    body = raw.rstrip(b"\r\n")
    fields, _ = fields_of(body, dialect)
    return Header(data[:at], raw, fields)
