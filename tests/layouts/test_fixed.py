"""Records of a fixed width, held against a reading in plain Python, wherever a file is cut."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stdconv.findings.rows import ROW
from stdconv.japan.charsets import two_byte_sequences
from stdconv.layouts import fixed, pieces
from stdconv.layouts.dialect import BETWEEN, JOIN_LIMIT, Dialect, Newline, Position
from stdconv.layouts.kinds import Count, Kinds
from support.batches import accepted, again, read

pytestmark = pytest.mark.slow

WIDE = "\u3000"
LINK = Dialect(
    columns=("番号", "氏名", "区分", "備考"),
    encoding="cp932",
    delimiter=BETWEEN,
    header=False,
    length=21,
    positions=(
        Position(1, 3, " ", "left"),
        Position(4, 8, WIDE),
        Position(12, 2),
        Position(14, 8, " "),
    ),
)
KINDS = {
    "in front": replace(
        LINK,
        length=22,
        positions=tuple(replace(place, at=place.at + 1) for place in LINK.positions),
        kinds=Kinds(1, 1, ("D",), ("H",), ("T",), (Count(2, 4),)),
    ),
    "between columns": replace(
        LINK,
        length=23,
        positions=(*LINK.positions[:2], Position(14, 2), Position(16, 8, " ")),
        kinds=Kinds(12, 2, ("DD",), ("HH", "H1"), ("TT",), (Count(1, 4),)),
    ),
    "at the end": replace(LINK, length=22, kinds=Kinds(22, 1, ("D",), ("H",), ("T",), (Count(1, 4),))),
    "a column": replace(LINK, kinds=Kinds(12, 2, ("01", "02"), ("99",), ("98",), (Count(1, 4),))),
}
"""Layouts of several kinds of records, by where their code is."""
ENDS = {"crlf": b"\r\n", "lf": b"\n", "cr": b"\r", "none": b""}


class Read(NamedTuple):
    """A record as the reference reads it: its bytes, and its values, or none where it is refused."""

    raw: bytes
    values: tuple[str, ...] | None


def reference(data: bytes, dialect: Dialect) -> list[Read]:
    """Read records one by one; what is between them is passed over."""
    pairs = bodies(data, dialect)
    return [Read(raw, values(body, dialect)) for raw, body in pairs if body and not is_passed_over(body, dialect)]


def is_passed_over(body: bytes, dialect: Dialect) -> bool:
    if dialect.kinds is None or len(body) != dialect.length:
        return False
    return code_of(body, dialect.kinds) in [code.encode() for code in (*dialect.kinds.header, *dialect.kinds.trailer)]


def code_of(body: bytes, kinds: Kinds) -> bytes:
    return body[kinds.at - 1 :][: kinds.length]


def bodies(data: bytes, dialect: Dialect) -> list[tuple[bytes, bytes]]:
    if dialect.newline == "none":
        parts = [data[at : at + dialect.length] for at in range(0, len(data), dialect.length)]
        if parts and len(parts[-1]) < dialect.length and set(parts[-1]) == {0x1A}:
            parts.pop()
        return [(part, part) for part in parts]
    end = b"\r" if dialect.newline == "cr" else b"\n"
    if not data.endswith(end):
        data = data.rstrip(b"\x1a")
    lines = [line + end for line in data.split(end)]
    lines[-1] = lines[-1][:-1]
    found = []
    for line in lines:
        body = line[:-1] if line.endswith(end) else line
        if end == b"\n" and line.endswith(b"\r\n"):
            body = body[:-1]
        found.append((line, body))
    return found


def values(body: bytes, dialect: Dialect) -> tuple[str, ...] | None:
    if len(body) != dialect.length or b"\0" in body:
        return None
    if dialect.kinds is not None and code_of(body, dialect.kinds).decode("latin-1") not in dialect.kinds.data:
        return None
    texts = []
    for place in dialect.positions:
        try:
            text = body[place.at - 1 : place.at - 1 + place.length].decode(dialect.encoding)
        except UnicodeDecodeError:
            return None
        while place.pad and place.side == "right" and text.endswith(place.pad):
            text = text[:-1]
        while place.pad and place.side == "left" and text.startswith(place.pad):
            text = text[1:]
        texts.append(text)
    return tuple(texts)


names = st.sampled_from(["花子", "行政　花", "　花", "髙﨑", "纊", "a b", "", "ｶﾅ", "\ue000", "花", "表示"])
fields = st.one_of(names, st.text(" 0123Z　花ｱ", max_size=4))


@st.composite
def record(draw: st.DrawFn, dialect: Dialect = LINK) -> bytes:
    """Draw a record as a vendor writes it, or one that is damaged."""
    body = b""
    for place in dialect.positions:
        data = draw(fields).encode(dialect.encoding)[: place.length]
        pad = (place.pad or "0").encode(dialect.encoding)
        filling = (pad * place.length)[: place.length - len(data)]
        body += data + filling if place.side == "right" else filling + data
    if (kinds := dialect.kinds) is not None:
        every = [*kinds.data * 3, *kinds.header, *kinds.trailer, "?" * kinds.length]
        rest = body[kinds.at - 1 :] if len(body) < dialect.length else body[kinds.at - 1 + kinds.length :]
        body = body[: kinds.at - 1] + draw(st.sampled_from(every)).encode() + rest
    damage = draw(st.sampled_from(["", "", "", "short", "long", "shift", "byte", "end"]))
    if damage == "short":
        body = body[:-1]
    elif damage == "long":
        body += b"x"
    elif damage == "shift":
        at = draw(st.integers(0, len(body)))
        body = body[:at] + b" " + body[at:-1]
    elif damage == "byte":
        at = draw(st.integers(0, len(body) - 1))
        body = (
            body[:at]
            + draw(st.sampled_from([b"\0", b"\x1f", b"\x80", b"\xff", b"\x81", b"\r", b"\n"]))
            + body[at + 1 :]
        )
    return body + (draw(st.sampled_from(list(ENDS.values()))) if damage == "end" else ENDS[dialect.newline])


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, Dialect]:
    dialect = replace(draw(st.sampled_from([LINK, *KINDS.values()])), newline=draw(st.sampled_from(list(ENDS))))
    parts = draw(
        st.lists(record(dialect) | record(dialect) | st.sampled_from([b"", b"\r\n", b"\n", b"\x1a"]), max_size=6)
    )
    return b"".join(parts), dialect


HEADER, TRAILER = b"H20261123".ljust(22), b"T0002".ljust(22)
FIRST = " 12花子　　99備考    ".encode("cp932")


@given(files(), st.integers(1, 60))
@example((FIRST + b"\r\n" + FIRST, LINK), 7)
@example((FIRST + b"\r\n\r\n" + FIRST + b"\n", LINK), 1)
@example((FIRST[:-1] + b"\r\n" + FIRST + b"\r\n", LINK), 30)
@example((FIRST * 2 + b"\x1a", replace(LINK, newline="none")), 5)
@example((HEADER + b"D" + FIRST + TRAILER * 2 + b"\x1a", replace(KINDS["in front"], newline="none")), 5)
@example((HEADER + b"\r\n" + b"D" + FIRST + b"\r\n" + TRAILER, KINDS["in front"]), 5)
def test_a_file_is_read_as_the_reference_reads_it_and_comes_back(file: tuple[bytes, Dialect], size: int) -> None:
    data, dialect = file
    expected = {
        row: each.values for row, each in enumerate(reference(data, dialect), start=1) if each.values is not None
    }
    assert accepted(data, dialect, size) == expected
    assert again(data, dialect, size) == data
    for batch, _ in read(data, dialect, size)[:-1]:
        assert batch.pieces.count > 0
        assert batch.pieces.count + 1 not in batch.pieces.gaps  # so that no gap meets one of the next batch


def test_filling_that_all_records_have_is_no_part_of_a_character() -> None:
    """The second byte of メ and the sign behind it look like an ideographic space."""
    name = "Aメ@".encode("cp932")
    body = b"  1" + name + b"\x81\x40" * 2 + b"99" + b" " * 8
    assert (name[2:], len(body)) == (b"\x81\x40", LINK.length)
    expected = dict.fromkeys(range(1, 4), ("1", "Aメ@", "99", ""))
    assert accepted((body + b"\r\n") * 3, LINK, 1 << 20) == expected
    ((batch, _),) = read((body + b"\r\n") * 3, LINK, 1 << 20)
    assert batch.pieces.odd == []


@pytest.mark.parametrize("cached", [1, 50, 10_000])
def test_however_many_records_are_copied_at_once_the_same_is_read(cached: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each of them another filling is common to all."""
    monkeypatch.setattr(fixed, "CACHED", cached)
    names = ["花子", "行政　花", "", "a b", "ｶﾅ", "表　示"]
    bodies = [b"%3d" % number + name.encode("cp932") for number, name in enumerate(names)]
    records = [body + b"\x81\x40" * ((11 - len(body)) // 2) + b"99" + b"x".ljust(8) for body in bodies]
    whole = [(record, name) for record, name in zip(records, names, strict=True) if len(record) == LINK.length]
    assert len(whole) >= 4
    expected = {
        row: (record[:3].decode().strip(), name, "99", "x") for row, (record, name) in enumerate(whole, start=1)
    }
    assert accepted(b"".join(record + b"\r\n" for record, _ in whole), LINK, 1 << 20) == expected


def test_a_fixture_is_what_it_looks_like() -> None:
    assert reference(FIRST + b"\r\n", LINK) == [Read(FIRST + b"\r\n", ("12", "花子", "99", "備考"))]


@pytest.mark.parametrize("shift", [0, 1])
def test_every_two_byte_character_in_a_column_comes_back_cut_at_every_edge(shift: int) -> None:
    """Whole, it is a value; where the column's edge is inside it, the record is refused, and comes back too."""
    dialect = replace(
        LINK, columns=("a", "b"), length=6, positions=(Position(1, 3 + shift, " "), Position(4 + shift, 3 - shift, " "))
    )
    bodies = [b"a" + b"b" * shift + sequence + b"c" * (3 - shift) for sequence, _ in two_byte_sequences()]
    bodies += [b"a" + b"b" * (1 + shift) + sequence + b"c" * (2 - shift) for sequence, _ in two_byte_sequences()]
    data = b"".join(body + b"\r\n" for body in bodies)
    expected = {
        row: each.values for row, each in enumerate(reference(data, dialect), start=1) if each.values is not None
    }
    assert list(expected) == list(range(1, 9_605))
    assert accepted(data, dialect, 1 << 20) == expected
    assert again(data, dialect, 1 << 20) == data


@pytest.mark.parametrize(
    ("damaged", "code", "detail"),
    [
        (FIRST[:-1], "R0015", "bytes=20 expected=21"),
        (FIRST + b" ", "R0015", "bytes=22 expected=21"),
        (FIRST.replace(b"9", b"\0", 1), "R0004", ""),
        (FIRST[:9] + b"A\x8a" + FIRST[11:], "E0001", "byte=8A offset=7"),
    ],
    ids=["short", "long", "nul", "cut"],
)
def test_a_record_that_does_not_fit_is_refused_alone(damaged: bytes, code: str, detail: str) -> None:
    data = b"\r\n".join([FIRST, damaged, FIRST, b""])
    ((batch, _),) = read(data, LINK, 1 << 20)
    found = pl.concat(batch.findings)
    assert found.select(ROW, "code", "detail").rows() == [(2, code, detail)]
    assert batch.frame[ROW].to_list() == [1, 3]


def test_a_line_break_inside_shows_two_records_that_are_refused() -> None:
    data = FIRST + b"\r\n" + FIRST[:5] + b"\n" + FIRST[6:] + b"\r\n" + FIRST + b"\r\n"
    ((batch, _),) = read(data, LINK, 1 << 20)
    assert pl.concat(batch.findings).select(ROW, "code").rows() == [(2, "R0015"), (3, "R0015")]
    assert batch.frame[ROW].to_list() == [1, 4]


def test_what_is_left_where_only_length_ends_records_is_refused_as_one() -> None:
    dialect = replace(LINK, newline="none")
    (_, (rest, before)) = read(FIRST * 2 + FIRST[:4], dialect, 1 << 20)
    assert before == 2
    assert pl.concat(rest.findings).select(ROW, "code", "detail").rows() == [(1, "R0030", "bytes=4 expected=21")]
    assert pieces.plain_lines(FIRST * 2, dialect) == [FIRST, FIRST]


def whole(*records: bytes, newline: str = "crlf") -> bytes:
    return b"".join(record + ENDS[newline] for record in records)


@pytest.mark.parametrize("newline", ENDS)
def test_headers_and_trailers_leave_the_other_records_plain(newline: Newline) -> None:
    """What is looked at record by record costs much more: of a sound file that is nothing."""
    dialect = replace(KINDS["in front"], newline=newline)
    data = whole(HEADER, HEADER, *[b"D" + FIRST] * 3, newline=newline)
    cut = pieces.split(data, dialect)
    assert (cut.plain_rows, cut.odd, cut.gaps) == (range(1, 4), [], {1: whole(HEADER, HEADER, newline=newline)})
    assert cut.plain == whole(*[b"D" + FIRST] * 3, newline=newline)


@pytest.mark.parametrize("name", KINDS)
def test_a_record_of_an_unknown_kind_is_refused_and_its_code_is_not_shown(name: str) -> None:
    dialect = KINDS[name]
    kinds = dialect.kinds
    assert kinds is not None
    body = b" " * dialect.length
    for code, found in ((kinds.data[0], []), ("7" * kinds.length, [(1, "R0018", "")])):
        record = body[: kinds.at - 1] + code.encode() + body[kinds.at - 1 + kinds.length :]
        ((batch, _),) = read(record + b"\r\n", dialect, 1 << 20)
        refused = [each.select(ROW, "code", "detail").rows() for each in batch.findings]
        assert [row for rows in refused for row in rows] == found


@pytest.mark.parametrize("newline", ["crlf", "none"])
@pytest.mark.parametrize("size", [1, 5_000, 1 << 20])
def test_headers_without_end_are_refused_behind_the_limit_so_that_memory_is_bounded(
    newline: Newline, size: int
) -> None:
    dialect = replace(KINDS["in front"], newline=newline)
    step = 22 + len(ENDS[newline])
    passed = JOIN_LIMIT // step + 1
    data = whole(*[HEADER] * (2 * passed + 3), newline=newline)
    found = [
        (row + before, code)
        for batch, before in read(data, dialect, size)
        for frame in batch.findings
        for row, code in frame.select(ROW, "code").rows()
    ]
    assert found == [(1, "R0018"), (2, "R0018")]
    assert again(data, dialect, size) == data
    gaps = [gap for batch, _ in read(data, dialect, size) for gap in batch.pieces.gaps.values()]
    assert max(map(len, gaps)) == passed * step <= JOIN_LIMIT + step
