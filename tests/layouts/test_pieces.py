"""The pieces of a file (design, section 4): header, records and gaps, whose concatenation is the file, wherever it is cut.

The reference reader below is written from the words of the design, line by line, slowly; it shares no code with the stage.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stdconv.layouts import batches as cutting
from stdconv.layouts import pieces, writer
from stdconv.layouts.batches import Cutter, batches
from stdconv.layouts.dialect import DELIMITERS, Dialect
from stdconv.layouts.encodings import Encoding
from stdconv.layouts.lines import Lines
from stdconv.layouts.parts import Part, Pieces
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.layouts.writable import not_writable
from support.parts import bytes_of

JOIN_LIMIT = 64 * 1024
BARRIER = b"x,y,z\r\n"


# The reference reader.


@dataclass(frozen=True)
class Record:
    """A record by the words of the design: its bytes and either its values or the code of its refusal."""

    raw: bytes
    values: tuple[bytes, ...] | tuple[str, ...] | None
    code: str | None


@dataclass(frozen=True)
class Reading:
    """All records in their order, and what stands before the record of each number (from 1)."""

    records: tuple[Record, ...]
    gaps: dict[int, bytes]


def lines_of(data: bytes, newline: str) -> list[tuple[bytes, bytes]]:
    """A line ends at LF, a CR before it is part of the terminator; CR alone ends one only under ``newline: cr``."""
    found: list[tuple[bytes, bytes]] = []
    body = b""
    for number in range(len(data)):
        byte = data[number : number + 1]
        if byte == (b"\r" if newline == "cr" else b"\n"):
            terminator = byte
            if newline != "cr" and body.endswith(b"\r"):
                body, terminator = body[:-1], b"\r\n"
            found.append((body, terminator))
            body = b""
        else:
            body += byte
    return [*found, (body, b"")] if body else found


def characters_of(text: bytes, dialect: Dialect) -> list[bytes]:
    """Every byte by itself, but in CP932 the two of a character together."""
    found: list[bytes] = []
    while text:
        first, second = text[0], text[1] if len(text) > 1 else 0
        is_first = 0x81 <= first <= 0x9F or 0xE0 <= first <= 0xFC
        is_second = 0x40 <= second <= 0x7E or 0x80 <= second <= 0xFC
        size = 2 if dialect.encoding == "cp932" and is_first and is_second else 1
        found.append(text[:size])
        text = text[size:]
    return found


def divided(text: bytes, dialect: Dialect) -> list[bytes]:
    """What is between delimiters, quotes ignored."""
    values = [b""]
    for each in characters_of(text, dialect):
        if each == dialect.delimiter.encode():
            values.append(b"")
        else:
            values[-1] += each
    return values


def values_of(line: bytes, dialect: Dialect) -> tuple[tuple[bytes, ...] | None, str | None]:
    """Under ``quote: none`` a quote is a byte as any other."""
    return (tuple(divided(line, dialect)), None) if dialect.quote == "none" else values_in_quotes(line, dialect)


ESCAPED: tuple[list[bytes], ...] = ([b'"'], [b"\\"], [b"\r"], [b"\n"], [])


def is_escape(byte: bytes, dialect: Dialect) -> bool:
    return byte == b"\\" and dialect.escape == "backslash"


def values_in_quotes(  # noqa: C901, PLR0912 -- what a reader of signs does with each, in one place
    line: bytes, dialect: Dialect
) -> tuple[tuple[bytes, ...] | None, str | None]:
    """A quote is special only as first byte of a field; a quoted field closes at an undoubled quote followed by
    delimiter or line end; any other quote refuses the record. Where a backslash escapes, it does inside quotes, a quote,
    itself and a line break; before anything else, and outside of quotes, it refuses the record."""
    values: list[bytes] = []
    value = b""
    state = "first"
    at = 0
    text = characters_of(line, dialect)
    while at < len(text):
        byte = text[at]
        at += 1
        if state == "quoted":
            if is_escape(byte, dialect):
                if text[at : at + 1] not in ESCAPED:
                    return None, "R0028"
                value += b"".join(text[at : at + 1])
                at += 1
            elif byte != b'"':
                value += byte
            elif dialect.escape == "double" and text[at : at + 1] == [b'"']:
                value += b'"'
                at += 1
            else:
                state = "closed"
        elif byte == dialect.delimiter.encode():
            values.append(value)
            value, state = b"", "first"
        elif state == "closed":
            return None, "R0002"
        elif byte == b'"':
            if state == "bare":
                return None, "R0002"
            state = "quoted"
        elif is_escape(byte, dialect):
            return None, "R0028"
        else:
            value += byte
            state = "bare"
    if state == "quoted":
        return None, "R0003"
    return (*values, value), None


def reference(data: bytes, dialect: Dialect) -> Reading:
    width = len(dialect.columns)
    lines = lines_of(data, dialect.newline)
    end_of_file = b""
    if lines and not lines[-1][1]:
        kept = lines[-1][0].rstrip(b"\x1a")
        end_of_file = lines[-1][0][len(kept) :]
        lines[-1:] = [(kept, b"")] if kept else []
    records: list[Record] = []
    gaps: dict[int, bytes] = {}
    at = 0
    while at < len(lines):
        body, terminator = lines[at]
        raw = body + terminator
        if not body:
            gaps[len(records) + 1] = gaps.get(len(records) + 1, b"") + raw
            at += 1
            continue
        values, code = values_of(body, dialect)
        taken = 1
        if code == "R0003":
            joined = join(lines[at:], dialect, width)
            if isinstance(joined, str):
                code = joined
            else:
                raw, values, taken = joined
                code = None
        if values is not None and len(values) != width:
            values, code = None, "R0001"
        if b"\0" in raw:
            values, code = None, "R0004"
        records.append(Record(raw, values, code))
        at += taken
    if end_of_file:
        gaps[len(records) + 1] = gaps.get(len(records) + 1, b"") + end_of_file
    return Reading(tuple(records), gaps)


def open_columns(text: bytes, dialect: Dialect) -> int:
    """The columns of a text that ends inside a quoted field, that field being one: closed, and its delimiters gone."""
    values, _ = values_of(text + b'"', dialect)
    return 0 if values is None else len(values)


def join(
    lines: Sequence[tuple[bytes, bytes]], dialect: Dialect, width: int
) -> tuple[bytes, tuple[bytes, ...], int] | str:
    """A line that ends inside a quoted field is joined with the following ones only if it has at most the declared
    columns, the joined text has exactly these, none of the following is a record by itself, its quotes honoured or
    ignored (but in layouts of one column), and the joined text is no longer than the limit."""
    body, terminator = lines[0]
    text, raw = body + terminator, body + terminator
    for number, (body, terminator) in enumerate(lines[1:], start=2):
        if open_columns(text, dialect) > width:
            return "R0003"
        raw += body + terminator
        if len(raw) > JOIN_LIMIT:
            return "R0013"
        alone, _ = values_of(body, dialect)
        if width > 1 and (len(divided(body, dialect)) == width or (body and alone is not None and len(alone) == width)):
            return "R0012"
        text += body
        values, code = values_of(text, dialect)
        if values is not None:
            return (raw, values, number) if len(values) == width else "R0003"
        if code in ("R0002", "R0028"):
            return code.replace("R0002", "R0003")
        text += terminator
    return "R0003"


# Byte soup.

NAMES = ("a", "b", "c")
TOKENS = [
    b'"', b'"', b'""', b'"""', b",", b",", b"\r", b"\n", b"\r\n", b"\r\n", b"\r\n", b"\0", b"\x1a", b"a", b"b,", b"\xef\xbb\xbf", b"\x81",
    b"\x80", b"\xff", b"\x8d\x73", b"\xea\xa4", b"\x95\x5c", b"\x83\x7c", b"\x81\x22", b"\x88\x9f", "花".encode(), b"\t", b";", b" ",
    b"a,b,c\r\n", b'a,"b\r\nb",c\r\n', b'"a","b","c"\r\n', b'a,"b', b'c",d', b'",', b',"', b'"\r\n', b'"\n', b"a,b,c\n", b"a,b\r\n",
    b"\\", b'\\"', b'\\\\', b'"\\\r\n', b'"a\\n",', b"\x95\x5c\x5c", b"a,b,c,d\r\n", b"\r\n\r\n", b"a,b,c", b"\r\r\n", b"a,b,c\r", b'x,y,"z', b',,\r\n', b'"","",""\r\n', b"\x1a\r\n",
]  # fmt: skip
soup = st.lists(st.sampled_from(TOKENS) | st.binary(max_size=3), max_size=24).map(b"".join)
dialects = st.builds(
    Dialect,
    columns=st.integers(1, 3).map(lambda width: NAMES[:width]),
    encoding=st.sampled_from(["cp932", "utf-8"]),
    newline=st.sampled_from(["crlf", "crlf", "lf", "cr"]),
    quote=st.sampled_from(["minimal", "minimal", "all", "none"]),
    delimiter=st.sampled_from([",", ",", "\t", ";"]),
    escape=st.sampled_from(["double", "double", "backslash"]),
)
LINK = Dialect(columns=NAMES, encoding="cp932")
LOOKALIKES = b"\x83\x7c\x95\x5c\x81\x81\x7c\x81\x1f\x1f\xe0\x5e\x8b\x7e\x81\x60\xfc\x7b\x83\x40"
"""Second bytes of characters that are delimiters elsewhere, a delimiter behind a character, what stands for one."""


@st.composite
def delimited(draw: st.DrawFn) -> tuple[bytes, Dialect]:
    """Byte soup with another delimiter where commas are, and a layout of that delimiter."""
    dialect = replace(draw(dialects), delimiter=draw(st.sampled_from("|\\|\\^~`{@") | st.sampled_from(DELIMITERS)))
    if dialect.delimiter == "\\":
        dialect = replace(dialect, escape="double")
    tokens = [token.replace(b",", dialect.delimiter.encode()) for token in TOKENS]
    others = st.sampled_from([LOOKALIKES[at : at + size] for at in range(len(LOOKALIKES)) for size in (1, 2, 3)])
    return draw(st.lists(st.sampled_from(tokens) | others, max_size=24).map(b"".join)), dialect


def described(cut: Pieces, dialect: Dialect) -> Reading:
    """Say pieces as a reading: plain lines, odd records and gaps in one order."""
    records: dict[int, Record] = {}
    plain = [line + dialect.end for line in cut.plain.split(dialect.end)][: len(cut.plain_rows)]
    for row, line in zip(cut.plain_rows, plain, strict=True):
        assert line.endswith(dialect.terminator.encode())
        body = line.removesuffix(dialect.terminator.encode())
        if dialect.quote == "all":
            assert all(value[:1] == value[-1:] == b'"' for value in divided(body, dialect))
            body = body.replace(b'"', b"")
        records[row] = Record(line, tuple(divided(body, dialect)), None)
    for odd in cut.odd:
        assert odd.row not in records
        records[odd.row] = Record(odd.raw, None if odd.fields is None else tuple(odd.fields), odd.code)
    assert sorted(records) == list(range(1, cut.count + 1))
    return Reading(tuple(records[row] for row in sorted(records)), cut.gaps)


QUOTED = Dialect(columns=NAMES, encoding="cp932", quote="all", header=False)


@pytest.mark.parametrize(
    "odd",
    [
        *(b'x"a","b","c"\r\n', b'"a"x,"b","c"\r\n', b'"a",x"b","c"\r\n', b'"a","b","c"x\r\n', b'",""x","b"\r\n'),
        *(b'"a,b","c"\r\n', b'"a","b""","c"\r\n', b'"a","b","c"\n', b'"a","b","c\r\n', b'a,"b","c"\r\n', b"\r\n"),
        *(
            b'"a","b","c\r\nd"\r\n',
            b'"a","b\0","c"\r\n',
            b'"a","b","c","d"\r\n',
            b'"","",""\r\n',
            b'"a","b","\x81"\r\n',
        ),
    ],
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_where_everything_is_quoted_only_what_is_so_is_plain(odd: bytes, at: int) -> None:
    lines = [b'"1","2","3"\r\n', b'"4","","\x8d\x73"\r\n']
    data = b"".join([*lines[:at], odd, *lines[at:]])
    assert described(pieces.split(data, QUOTED), QUOTED) == reference(data, QUOTED)
    parsed = as_read(read_batch(data, QUOTED))
    assert [each.raw for each in parsed.records] == [each.raw for each in reference(data, QUOTED).records]
    for read, said in zip(parsed.records, reference(data, QUOTED).records, strict=True):
        decodable = said.values is not None and b"\x81" not in said.values
        assert read.values == (
            tuple(v.decode("cp932") for v in said.values or () if isinstance(v, bytes)) if decodable else None
        )


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
@pytest.mark.parametrize(
    "odd", [b"1,2,\r3\n", b"1,2,3\r4\n", b"1,2,3\r\x81\x40\n", b"1,2,\r3\n4,5,\r6\n", b"\r1,2,3\n", b"1,2,3\r \n"]
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_is_between_cr_and_lf_is_no_end_of_a_line(odd: bytes, at: int, encoding: Encoding) -> None:
    """The skeleton of such lines is that of plain ones."""
    dialect = Dialect(columns=NAMES, encoding=encoding, header=False)
    lines = [b"1,2,3\r\n", b"4,,6\r\n"]
    data = b"".join([*lines[:at], odd, *lines[at:]])
    expected = reference(data, dialect)
    assert described(pieces.split(data, dialect), dialect) == expected
    parsed = read_batch(data, dialect)
    assert [each.raw for each in as_read(parsed).records] == [each.raw for each in expected.records]
    assert parsed.pieces.plain == b"".join(lines)


def joined_again(reading: Reading) -> bytes:
    numbers = range(1, len(reading.records) + 2)
    parts = [
        (reading.gaps.get(n, b""), reading.records[n - 1].raw if n <= len(reading.records) else b"") for n in numbers
    ]
    return b"".join(gap + raw for gap, raw in parts)


def cut_up(data: bytes, dialect: Dialect, size: int) -> list[Part]:
    return list(batches(io.BytesIO(data), b"", dialect, size=size))


def fed(data: bytes, dialect: Dialect, size: int) -> list[Part]:
    """Cut what is handed in in pieces of ``size`` bytes."""
    cutter, parts = Cutter(dialect), list[Part]()
    for at in range(0, len(data), size):
        parts += cutter.feed(data[at : at + size])
    return [*parts, *cutter.end()]


Cut = Callable[[bytes, Dialect, int], list[Part]]


def merged(
    data: bytes, dialect: Dialect, size: int, cut: Cut = cut_up
) -> tuple[Reading, pl.DataFrame, list[tuple[Any, ...]], dict[int, bytes]]:
    """Read batch by batch and put the results together, rows counted on: pieces, frame, findings, raw records."""
    records: tuple[Record, ...] = ()
    gaps: dict[int, bytes] = {}
    frames: list[pl.DataFrame] = []
    findings: list[tuple[Any, ...]] = []
    raw: dict[int, bytes] = {}
    for batch in cut(data, dialect, size):
        parsed = read_batch(batch, dialect)
        offset = len(records)
        reading = as_read(parsed)
        records += reading.records
        for row, gap in reading.gaps.items():
            gaps[row + offset] = gaps.get(row + offset, b"") + gap
        frames.append(parsed.frame.with_columns(pl.col("_row") + offset))
        raw |= {row + offset: data for row, data in parsed.raw.items()}
        for some in parsed.findings:
            findings += [
                (row + offset, *rest) for row, *rest in some.select("_row", "column", "code", "detail").iter_rows()
            ]
    schema = {"_row": pl.Int64, **dict.fromkeys(dialect.columns, pl.String)}
    return Reading(records, gaps), pl.concat([pl.DataFrame(schema=schema), *frames]), sorted(findings), raw


def as_read(parsed: ParsedBatch) -> Reading:
    """Say what was read as a reading; a record that is in the frame has values, any other the code of its refusal."""
    rows = pl.Series(range(1, parsed.pieces.count + 1), dtype=pl.Int64)
    texts = {row[0]: tuple(row[1:]) for row in parsed.frame.iter_rows()}
    assert None not in {value for values in texts.values() for value in values}
    codes = {
        row: code
        for findings in parsed.findings
        for row, code, severity in findings.select("_row", "code", "severity").iter_rows()
        if severity == "refuse"
    }
    originals = parsed.bytes_of(rows)
    records = tuple(
        Record(raw, tuple(texts[row]) if row in texts else None, None if row in texts else codes[row])
        for row, raw in zip(rows, originals, strict=True)
    )
    return Reading(records, parsed.pieces.gaps)


def as_text(value: bytes | str, dialect: Dialect) -> str:
    return value if isinstance(value, str) else value.decode(dialect.codec)


def decoded(reading: Reading, dialect: Dialect) -> Reading:
    """Decode a reading's values; a record that cannot be decoded, or that is the header again, is refused as that."""

    def text(record: Record) -> Record:
        if record.values is None:
            return record
        if dialect.header and record.values == tuple(name.encode() for name in dialect.columns):
            return Record(record.raw, None, "R0005")
        try:
            return Record(record.raw, tuple(as_text(value, dialect) for value in record.values), None)
        except UnicodeDecodeError:
            return Record(record.raw, None, "E0001")

    return Reading(tuple(map(text, reading.records)), reading.gaps)


# The laws.

OPEN_AT_END = b'"a\r\nb",c,d\x1a'


@given(soup, dialects)
@example(OPEN_AT_END, LINK)
@example(b'a,b,"c"\x1a', LINK)
@example(b'a,"b\r\nb","c"\x1a\x1a', LINK)
def test_records_and_gaps_put_together_are_the_file(data: bytes, dialect: Dialect) -> None:
    assert joined_again(described(pieces.split(data, dialect), dialect)) == data
    assert joined_again(as_read(read_batch(data, dialect))) == data


@given(soup, soup, dialects)
def test_header_records_and_gaps_put_together_are_the_file(start: bytes, rest: bytes, dialect: Dialect) -> None:
    data = start + rest
    header = pieces.read_header(data, dialect)
    assert header is not None
    body = data[len(header.before) + len(header.raw) :]
    assert header.before + header.raw + joined_again(as_read(read_batch(body, dialect))) == data


@given(soup, dialects)
@example(OPEN_AT_END, LINK)
@example(b'a,"b\r\nb","c"\x1a', LINK)
@example(b'"a\r\n\r\nb",c,d\r\n', LINK)
@example(b'"a\r\nx,y,z\r\nb",c,d\r\n', LINK)
@example(b'"a\n"b",c,d\r\n', LINK)
@example(b'"a\n"",b"\n"",c\nd",e,f\r\n', LINK)
@example(
    b'"a\\"b","\x95\x5c","\\\\"\r\n"a\\\r\n","b",c\r\n"a\\n",b,c\r\na\\,"b",c\r\n', replace(LINK, escape="backslash")
)
@example(b'"a\r\n\\x",b,c\r\n"a""",b,c\r\n"a\\\\"b",c,d\r\n', replace(LINK, escape="backslash"))
def test_pieces_are_what_the_words_of_the_design_say(data: bytes, dialect: Dialect) -> None:
    assert described(pieces.split(data, dialect), dialect) == reference(data, dialect)


@given(soup, dialects)
@example(b"\xef\xbb\xbfa,b,c\r\n", Dialect(columns=NAMES))
@example(b"a,b,c\r\n\r\na,b,c\r\n", LINK)
@example(b"a,b\r\nc,a,b,c\r\n", LINK)
@example(b",,\r\n,,\r\n", LINK)
@example(b"\r\n", LINK)
@example(b"a\nb\rc\n\r", Dialect(columns=("a",), newline="cr"))
def test_a_batch_is_read_as_the_words_of_the_design_say(data: bytes, dialect: Dialect) -> None:
    assert as_read(read_batch(data, dialect)) == decoded(reference(data, dialect), dialect)


@given(soup, soup, dialects, st.integers(1, 40))
@example(b"", b'a,b,c\r\n"a\r\nb",c,d\r\n\r\nx,y,z', LINK, 1)
@example(b"", b'a,b,c\r\n"a\r\nb",c,d\r\nx,y,z', LINK, 40)
def test_a_record_begins_on_the_line_that_counting_ends_of_lines_before_it_gives(
    start: bytes, rest: bytes, dialect: Dialect, size: int
) -> None:
    data = start + rest
    header = pieces.read_header(data, dialect)
    assert header is not None
    body = data[len(header.before) + len(header.raw) :]
    before, expected = header.before + header.raw, {}
    reading = reference(body, dialect)
    for row, record in enumerate(reading.records, start=1):
        before += reading.gaps.get(row, b"")
        expected[row] = 1 + before.count(dialect.end)
        before += record.raw
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        lines = Lines(path, header, dialect)
        for batch in cut_up(body, dialect, size):
            lines.add(pieces.split(batch, dialect).extent(dialect.end))
        assert lines.of([0, *expected, len(expected) + 1]) == expected


PLAIN = [
    b"a,b,c\r\n", b",,\r\n", b" , ,\r\n", b"\x8d\x73,1,\x89\xd4\r\n", b"\x81,b,c\r\n", b"\x80,b,c\r\n", b"\xef\xbb\xbf,b,c\r\n", b"\r\n",
    b"a,b\r\n", b"a,b,c,d\r\n", b"a,b,c\n", b"a,\0,c\r\n", b"a,b,c\x1a\r\n", b"a,\r,c\r\n", b"\x95\x5c,\x83\x7c,\x81\x5e\r\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PLAIN), max_size=8), st.sampled_from(["cp932", "utf-8"]))
def test_lines_are_read_the_same_alone_and_beside_a_line_that_needs_care(lines: list[bytes], encoding: Any) -> None:
    """Lines that go to polars as they are, and the same lines where a quoted record makes the careful reader take over."""
    dialect = Dialect(columns=NAMES, encoding=encoding)
    quoted = b'"q","q","q"\r\n'
    alone = as_read(read_batch(b"".join(lines), dialect))
    before, behind = (
        as_read(read_batch(b"".join([quoted, *lines]), dialect)),
        as_read(read_batch(b"".join([*lines, quoted]), dialect)),
    )
    assert before.records[1:] == behind.records[:-1] == alone.records
    assert before.gaps == {row + 1: gap for row, gap in alone.gaps.items()}
    assert behind.gaps == alone.gaps


@given(soup, dialects, st.integers(1, 40))
@example(b'"a\r\nx,y,z\r\nb",c,d\r\n', LINK, 3)
@example(b'"a\r\nb",c,d\x1a', LINK, 1)
def test_wherever_batches_are_cut_the_same_is_read(data: bytes, dialect: Dialect, size: int) -> None:
    assert b"".join(map(bytes_of, cut_up(data, dialect, size))) == data
    reading, frame, findings, raw = merged(data, dialect, size)
    whole_reading, whole_frame, whole_findings, whole_raw = merged(data, dialect, len(data) + 1)
    assert reading == whole_reading
    assert frame.equals(whole_frame)
    assert findings == whole_findings
    assert raw == whole_raw
    assert b"".join(map(bytes_of, fed(data, dialect, size))) == data
    handed_in = merged(data, dialect, size, fed)
    assert (handed_in[0], *handed_in[2:]) == (whole_reading, whole_findings, whole_raw)
    assert handed_in[1].equals(whole_frame)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # it would be told instead of the failure
@settings(max_examples=max(10, settings().max_examples // 5))
@given(
    st.lists(
        st.sampled_from(TOKENS) | st.sampled_from([b"x" * n for n in (20_000, 32_765, 65_530, 65_536, 70_000)]),
        max_size=12,
    ),
    st.sampled_from([1_000, 30_000, 65_536, 100_000]),
    st.sampled_from(["crlf", "lf", "cr"]),
)
@example([b"a,b,", b"c" * 200_000, b"\r\n", b"a,b,c\r\n"], 1_000, "crlf")
@example([b'a,b,"', b"c" * 200_000, b'"\r\n', b"a,b,c\r\n"], 1_000, "crlf")
@example([b'a,"', b"c" * 40_000, b"\r\n", b"c" * 40_000, b'",d\r\n', b"a,b,c\r\n"], 1_000, "crlf")
@example([b'"', b"c" * 65_000, b"\r\n", b'",b,c\r\n', b"a,b\r\n" * 20_000], 30_000, "crlf")
@example([b'a,b,"c\r\n', b"a,b\r\n" * 30_000, b'c",b,c\r\n'], 1_000, "crlf")
@example([b"a,b\r\n" * 30_000, b'a,b,"c\r\n', b'd"\r\n', b"a,b\r\n" * 30_000], 1_000, "crlf")
@example([b"a,b\n" * 20_000, b'"a\n', b"x" * 65_000, b'\n",b,c\n'], 65_536, "lf")
@example([b"\r\n" * 70_000, b"a,b,c\r\n"], 1_000, "crlf")
@example([b'"', b"c" * 70_000, b"\r\n", b"a,b,c\r\n"], 1_000, "crlf")
def test_wherever_batches_of_long_records_are_cut_the_same_is_read(
    tokens: list[bytes], size: int, newline: Any
) -> None:
    data = b"".join(tokens)
    dialect = Dialect(columns=NAMES, encoding="cp932", newline=newline)
    assert b"".join(map(bytes_of, cut_up(data, dialect, size))) == data
    assert merged(data, dialect, size)[0] == merged(data, dialect, len(data) + 1)[0]
    assert merged(data, dialect, size, fed)[0] == merged(data, dialect, len(data) + 1)[0]


LONG = st.sampled_from([b"\r\n" * 20, b"\n" * 33, b"\r" * 40, b"\r\n\n" * 12, b"x" * 50, b"\r\r\n" * 8])


@given(st.lists(st.sampled_from(TOKENS) | LONG, max_size=12).map(b"".join), dialects, st.integers(1, 90))
@example(b"a,b,c\r\n" + b"\r\n" * 20 + b"\r", LINK, 1)
@example(b"\n" * 33 + b"\r\r\n" + b"\r\n" * 20 + b"\x1a", LINK, 7)
@example(b"a,b,c\r\n" + b"\r\n" * 20 + b'a,"\r\n', LINK, 1)
@example(b"\r\n" * 19 + b"\r\r\n" * 400, LINK, 1)
@example(b"\r\r\n" * 9 + b"\n" * 15 + b"\r\r\n" * 400 + b"\r\n" * 40, LINK, 1)
def test_what_is_longer_than_a_record_may_be_is_the_same_wherever_batches_are_cut(
    data: bytes, dialect: Dialect, size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (pieces, cutting):
            patch.setattr(module, "JOIN_LIMIT", 16)
            patch.setattr(module, "RECORD_LIMIT", 32)
        assert b"".join(map(bytes_of, cut_up(data, dialect, size))) == data
        assert of_parts(data, dialect, size) == of_parts(data, dialect, len(data) + 1)
        largest = max((len(bytes_of(part)) for part in cut_up(data, dialect, 1)), default=0)
        assert largest <= 5 * 32  # blank lines, a line, lines to join; and twice as much as a record is read
        assert b"".join(map(bytes_of, fed(data, dialect, size))) == data
        assert of_parts(data, dialect, size, fed) == of_parts(data, dialect, len(data) + 1)


def of_parts(data: bytes, dialect: Dialect, size: int, cut: Cut = cut_up) -> tuple[list[Any], ...]:
    """Say what becomes of a file: its gaps, its values, its findings, and the lines on which records begin."""
    gaps: dict[int, bytes] = {}
    values: list[Any] = []
    findings: list[Any] = []
    starts: list[Any] = []
    offset = line = 0
    for part in cut(data, dialect, size):
        parsed = read_batch(part, dialect)
        for row, gap in parsed.pieces.gaps.items():
            gaps[row + offset] = gaps.get(row + offset, b"") + gap
        values += [(row + offset, *texts) for row, *texts in parsed.frame.iter_rows()]
        for some in parsed.findings:
            findings += [(row + offset, *more) for row, *more in some.select("_row", "code", "column", "detail").rows()]
        rows = range(1, parsed.pieces.count + 1)
        extent = parsed.pieces.extent(dialect.end)
        looked_at = pieces.split(bytes_of(part), dialect)  # as ``Lines`` does
        within = ((row, row - 1) for row in rows) if extent.is_even else looked_at.first_lines(rows, dialect.end)
        starts += [(row + offset, line + before) for row, before in within]
        offset, line = offset + extent.records, line + extent.lines
    return sorted(gaps.items()), values, sorted(findings), starts


@settings(max_examples=max(10, settings().max_examples // 5))
@given(soup)
def test_every_size_of_batches_gives_the_same(data: bytes) -> None:
    whole = merged(data, LINK, len(data) + 1)[0]
    for size in range(1, len(data) + 1, max(1, len(data) // 12)):
        assert merged(data, LINK, size)[0] == whole


@given(st.integers(0, 9), st.integers(0, 6), st.sampled_from([b"\r\n", b"\n"]))
def test_one_stray_quote_costs_one_record(row: int, at: int, newline: bytes) -> None:
    """A quote put anywhere into one line without quotes leaves all other records as they were."""
    lines = [b"%d,bb,cc" % n for n in range(10)]
    bent = lines[row][: at + 1] + b'"' + lines[row][at + 1 :] if at < 6 else b'"' + lines[row]
    data = b"".join(line + newline for line in [*lines[:row], bent, *lines[row + 1 :]])
    reading = as_read(read_batch(data, LINK))
    assert len(reading.records) == 10
    refused = [n for n, record in enumerate(reading.records) if record.values is None]
    assert set(refused) <= {row}
    assert bent.count(b',"') or bent.startswith(b'"') or refused == [row]


@pytest.mark.parametrize(
    "bent", [b'"0,bb,cc', b'0,"bb,cc', b'0,bb,"cc', b'0,b"b,cc', b'0,bb,cc"', b'"0"x,bb,cc', b'0,"b"b",cc']
)
def test_a_stray_quote_refuses_its_record_and_no_other(bent: bytes) -> None:
    reading = as_read(read_batch(b"1,b,c\r\n" + bent + b"\r\n2,b,c\r\n3,b,c\r\n", LINK))
    assert [record.values for record in reading.records] == [("1", "b", "c"), None, ("2", "b", "c"), ("3", "b", "c")]


@pytest.mark.parametrize(("extra", "joins"), [(0, True), (1, False)])
def test_a_joined_record_is_no_longer_than_the_limit_for_joining(extra: int, joins: bool) -> None:
    start, end = b'a,"b\r\n', b'",c\r\n'
    record = start + b"x" * (JOIN_LIMIT - len(start) - len(end) + extra) + end
    reading = as_read(read_batch(record + BARRIER, LINK))
    assert len(record) == JOIN_LIMIT + extra
    assert (reading.records[0].values is not None) is joins
    assert reading.records[-1].values == ("x", "y", "z")
    assert len(reading.records) == (2 if joins else 3)


def test_a_long_record_on_one_line_is_read_however_long_it_is() -> None:
    (record,) = as_read(read_batch(b"a,b," + b"c" * (3 * JOIN_LIMIT) + b"\r\n", LINK)).records
    assert record.values == ("a", "b", "c" * (3 * JOIN_LIMIT))


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"a,b,c,d\r\n", b"a,b\r\n", b'a,b"b,c\r\n', b'"a,b,c\r\n', b'"a\r\n', b'"",a"\r\n'])
def test_a_batch_stays_small_where_no_line_is_a_record(line: bytes) -> None:
    """One stray quote costs one record, in bounded memory; so does a file whose every line is wrong."""
    size = JOIN_LIMIT
    data = line * (10 * size // len(line))
    found = cut_up(data, LINK, size)
    assert b"".join(map(bytes_of, found)) == data
    assert max(len(bytes_of(part)) for part in found) <= size + 4 * JOIN_LIMIT


@given(delimited(), st.integers(1, 40))
@example((b"a|b|\x83\x7c\r\n\x81\x7c|b|c\r\na|b|\x81\x81|c\r\n", replace(LINK, delimiter="|")), 40)
@example((b"a|b|\x83\x1f\r\na|\x83\x1f|\x83\x7c\r\n", replace(LINK, delimiter="|")), 40)
@example((b'"\x83\x7c"|"b"|"c"\r\n"a|\x83"|"b"|"c"\r\n', replace(LINK, delimiter="|", quote="all")), 40)
def test_any_delimiter_is_read_as_the_words_of_the_design_say(case: tuple[bytes, Dialect], size: int) -> None:
    data, dialect = case
    expected = reference(data, dialect)
    assert described(pieces.split(data, dialect), dialect) == expected
    assert as_read(read_batch(data, dialect)) == decoded(expected, dialect)
    assert merged(data, dialect, size)[0] == merged(data, dialect, len(data) + 1)[0] == decoded(expected, dialect)
    assert merged(data, dialect, size, fed)[0] == decoded(expected, dialect)


@given(st.lists(st.tuples(*[st.text('ポ表ソ花|\\^~\x1fa"\n', max_size=4)] * 3), max_size=6), delimited())
def test_what_is_written_with_any_delimiter_is_read_again(
    rows: list[tuple[str, ...]], case: tuple[bytes, Dialect]
) -> None:
    dialect = replace(case[1], columns=NAMES)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.String), orient="row")
    numbered = frame.insert_column(0, pl.Series("_row", range(1, len(rows) + 1), dtype=pl.Int64))
    refused = {row for found in not_writable(numbered, dialect, side="legacy") for row in found["_row"]}
    kept = numbered.filter(~pl.col("_row").is_in(refused))
    read = read_batch(writer.body(kept, dialect), dialect)
    assert read.frame.drop("_row").rows() == kept.drop("_row").rows()
    for row, texts in enumerate(map("".join, rows), start=1):
        must_be = dialect.quote == "none" and (dialect.delimiter in texts or dialect.end.decode() in texts)
        assert must_be <= (row in refused) <= (must_be or "\n" in texts)


@pytest.mark.slow
def test_what_a_cp932_trail_byte_looks_like_cuts_nothing() -> None:
    """Every two-byte character of CP932 is one value, whatever the delimiter."""
    leads, trails = [*range(0x81, 0xA0), *range(0xE0, 0xFD)], [*range(0x40, 0x7F), *range(0x80, 0xFD)]
    pairs = [bytes((lead, trail)) for lead in leads for trail in trails]
    for sign in DELIMITERS:
        dialect, delimiter = Dialect(columns=NAMES, encoding="cp932", delimiter=sign), sign.encode()
        data = b"".join(delimiter.join((b"a", pair, b"b")) + b"\r\n" for pair in pairs)
        found = described(pieces.split(data, dialect), dialect)
        assert [record.values for record in found.records] == [(b"a", pair, b"b") for pair in pairs]


# The header.


@pytest.mark.parametrize(
    ("data", "before", "raw", "fields"),
    [
        (b"a,b,c\r\n1,2,3\r\n", b"", b"a,b,c\r\n", [b"a", b"b", b"c"]),
        (b"\xef\xbb\xbfa,b,c\n", b"\xef\xbb\xbf", b"a,b,c\n", [b"a", b"b", b"c"]),
        (b"\r\n\na,b,c\n", b"\r\n\n", b"a,b,c\n", [b"a", b"b", b"c"]),
        (b'"a","b","c"\r\n', b"", b'"a","b","c"\r\n', [b"a", b"b", b"c"]),
        (b"a,b,c", b"", b"a,b,c", [b"a", b"b", b"c"]),
        (b'"a,b,c\r\n', b"", b'"a,b,c\r\n', None),
    ],
)
def test_the_header_is_the_first_line_with_what_stands_before_it(
    data: bytes, before: bytes, raw: bytes, fields: list[bytes] | None
) -> None:
    header = pieces.read_header(data, Dialect(columns=NAMES))
    assert header is not None
    assert (header.before, header.raw, header.fields) == (before, raw, fields)


def test_no_header_is_found_where_no_line_ends_within_the_limit() -> None:
    assert pieces.read_header(b"a" * (JOIN_LIMIT + 1), LINK) is None
