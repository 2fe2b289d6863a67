"""Places that count units of UTF-16 or characters, held against slices of texts, wherever a file is cut."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stdconv import convert_bytes
from stdconv.errors import UnreadableError
from stdconv.findings.rows import ROW
from stdconv.layouts import encoding, pieces, records
from stdconv.layouts.batches import batches
from stdconv.layouts.dialect import BETWEEN, Counted, Dialect, Newline, Position
from stdconv.layouts.encodings import Encoding
from stdconv.layouts.kinds import Count, Kinds
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.layouts.streams import Stream
from stdconv.mapping.plan import load_plan, read_plan
from stdconv.runs.convert import convert_file
from support.paths import CASES

WIDE = "\u3000"
CODECS: dict[Encoding, str] = {"cp932": "cp932", "utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
PLACES = (Position(1, 3, " ", "left"), Position(4, 4, WIDE), Position(9, 2), Position(11, 3, " "))
KINDS = Kinds(8, 1, ("D",), ("H",), ("T",), (Count(1, 3),))
BASE = Dialect(
    ("番号", "氏名", "区分", "備考"), "utf-8", delimiter=BETWEEN, header=False, length=13, positions=PLACES, kinds=KINDS
)
ENDS: dict[Newline, str] = {"crlf": "\r\n", "lf": "\n", "none": ""}


def in_bytes(dialect: Dialect) -> Dialect:
    """The same places as bytes of UTF-16."""
    places = tuple(replace(p, at=2 * p.at - 1, length=2 * p.length) for p in dialect.positions)
    kinds = replace(KINDS, at=15, length=2, counts=(Count(1, 6),)) if dialect.kinds is not None else None
    return replace(dialect, counted="bytes", length=26, positions=places, kinds=kinds)


def units(text: str) -> list[str]:
    """A text as units of UTF-16, halves of pairs alone."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(data), 2)]


def whole(signs: list[str]) -> str:
    return "".join(signs).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def expected(text: str, counted: Counted, newline: Newline) -> dict[int, tuple[str, ...]]:
    """Read records of a text in plain Python: the values of those that can be read, by number from 1."""
    signs = list(text) if counted == "characters" else units(text)
    bodies = ["".join(signs[at : at + 13]) for at in range(0, len(signs), 13)]
    if newline != "none":
        bodies = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    found: dict[int, tuple[str, ...]] = {}
    row = 0
    for body in bodies:
        each = list(body) if counted == "characters" else units(body)
        if not body or (len(each) == 13 and each[7] in "HT"):
            continue
        row += 1
        if len(each) != 13 or each[7] != "D" or "\0" in body:
            continue
        values = [whole(each[p.at - 1 : p.stop]) for p in PLACES]
        if any(0xD800 <= ord(sign) < 0xE000 for value in values for sign in value):
            continue
        number, name, kind, memo = values
        found[row] = (number.lstrip(" "), name.rstrip(WIDE), kind, memo.rstrip(" "))
    return found


def read(data: bytes, dialect: Dialect, size: int) -> list[tuple[ParsedBatch, int]]:
    found, before = [], 0
    for part in batches(dialect.coding.reading(io.BytesIO(data)), b"", dialect, size=size):
        found.append((read_batch(part, dialect), before))
        before += found[-1][0].pieces.count
    return found


def together(batches: list[tuple[ParsedBatch, int]], dialect: Dialect) -> bytes:
    """A file put together again from values, raw records, refused ones and what is between them."""
    out = []
    for batch, _ in batches:
        lines = records.lines(batch.frame, dialect)
        of_values = dict(zip(batch.frame[ROW], lines, strict=True))
        for row in range(1, batch.pieces.count + 2):
            out.append(batch.gaps.get(row, b""))
            if row in batch.raw:
                out.append(batch.raw[row])
            elif row in of_values:
                out.append(encoding.for_file(of_values[row], dialect) or b"?")
            elif row <= batch.pieces.count:
                out += batch.bytes_of(pl.Series([row]))
    return b"".join(out)


names = st.sampled_from(["花子", "行政", "𠮷田", "辻\U000e0100", "ｶﾅ", "", "𠮷𠮷", "a b", "い", "行政　花"])
damages = st.sampled_from([*[""] * 12, "い", "𠮷", "\n", "x", "\ud842", "D", "T", "\0", "\x1f"])


def filled(text: str, length: int, pad: str, counted: Counted) -> str:
    """A text with filling up to a number of positions, cut where it is longer."""
    signs = list(text) if counted == "characters" else units(text)
    return "".join(signs[:length]) + pad * (length - len(signs))


@st.composite
def texts(draw: st.DrawFn, end: str, counted: Counted) -> str:
    """Records as a vendor writes them, some of them damaged, as a text with halves of pairs where these are cut."""
    lines = []
    for _ in range(draw(st.integers(1, 7))):
        values = (f"{draw(st.integers(0, 99)):>3}", draw(names), draw(st.sampled_from("DDDDDDHTXい")))
        number, name, kind = (filled(v, n, WIDE, counted) for v, n in zip(values, (3, 4, 1), strict=True))
        memo = filled(draw(names), 3, " ", counted)
        text = f"{number}{name}{kind}{filled(draw(st.sampled_from(['01', '𠮷', '表1'])), 2, ' ', counted)}{memo}"
        at = draw(st.integers(0, len(text)))
        lines.append(text[:at] + draw(damages) + text[at:] + end)
    return whole(list("".join(lines)))


@given(
    st.data(), st.sampled_from(sorted(CODECS)), st.sampled_from(["units", "characters"]), st.sampled_from(list(ENDS))
)
def test_places_count_what_they_say(draw: Any, name: Encoding, counted: Counted, newline: Newline) -> None:
    wide = name.startswith("utf-16")
    newline = "crlf" if newline == "none" and not (wide and counted == "units") else newline
    text = draw.draw(texts(ENDS[newline], counted))
    held = CODECS[name] if wide else ("utf-8" if name == "utf-8" else "cp932")
    text = text.encode(held, "surrogatepass" if wide else "ignore").decode(held, "surrogatepass" if wide else "strict")
    data = text.encode(held, "surrogatepass" if wide else "strict")
    dialect = replace(BASE, encoding=name, counted=counted, newline=newline)
    wanted = expected(text, counted, newline)
    for each in (dialect, in_bytes(dialect)) if wide and counted == "units" else (dialect,):
        for size in (1, 2, 3, 7, 1 << 20):
            found = read(data, each, size)
            got = {row + n: tuple(v) for batch, n in found for row, *v in batch.frame.select(ROW, *each.columns).rows()}
            assert got == wanted, size
            assert together(found, each) == data, size


@given(st.binary(max_size=60), st.sampled_from(sorted(CODECS)), st.sampled_from(["units", "characters", "bytes"]))
@example(
    b"  1" + "花子　　".encode() + b"D01a\xff \r\n" + b"  2" + "花子　　".encode() + b"D01ab \r\n",
    "utf-8",
    "characters",
)
def test_whatever_a_file_holds_it_comes_back(data: bytes, name: Encoding, counted: Counted) -> None:
    dialect = replace(BASE, encoding=name, counted=counted)
    if counted == "bytes":
        dialect = in_bytes(dialect) if name.startswith("utf-16") else dialect
    for size in (1, 3, 1 << 20):
        assert together(read(data, dialect, size), dialect) == data


def detail(data: bytes, dialect: Dialect) -> list[tuple[int, str, str, str]]:
    (parsed,) = [batch for batch, _ in read(data, dialect, 1 << 20)]
    found = pl.concat(parsed.findings).sort(ROW)
    return found.select(ROW, "code", "column", "detail").rows()


PLAIN = replace(BASE, kinds=None, length=12, positions=tuple(replace(p, at=p.at - (p.at > 8)) for p in PLACES))


def test_sizes_and_bytes_are_told_as_the_file_has_them() -> None:
    good, short = "  1花子　　01abc\r\n", "  2花子　　01ab\r\n"
    cut = "  3花子　𠮷1abc\r\n"  # by units the edge of 氏名 is inside 𠮷
    names: tuple[Encoding, ...] = ("utf-16le", "utf-8")
    for name in names:
        dialect = replace(PLAIN, encoding=name, counted="units")
        (length, *halves) = detail((good + short + cut).encode(CODECS[name]), dialect)
        assert length == (2, "R0015", "", "units=11 expected=12")
        byte = {
            "utf-16le": ("byte=42D8 offset=6", "byte=B7DF offset=0"),
            "utf-8": ("byte=F0 offset=9", "byte=AE offset=0"),
        }
        assert halves == [(3, "E0001", "氏名", byte[name][0]), (3, "E0001", "区分", byte[name][1])]
    by_characters = replace(PLAIN, counted="characters")
    assert detail((good + short).encode(), by_characters) == [(2, "R0015", "", "characters=11 expected=12")]
    broken = good.encode().replace(b"abc", b"a\xffc")
    assert detail(good.encode() + broken, by_characters) == [(2, "E0001", "備考", "byte=FF offset=1")]
    longer = good.encode().replace(b"abc", b"a\xff\xffc")
    assert detail(longer, by_characters) == [(1, "E0001", "", "byte=FF offset=18")]


def test_a_batch_in_order_is_not_looked_at_record_by_record(monkeypatch: pytest.MonkeyPatch) -> None:
    data = "  1花子　　D01abc\r\n  2𠮷田　　D表1   \r\n".encode()
    monkeypatch.setattr(pieces, "_CarefulFixed", None)
    ((batch, _),) = read(data, replace(BASE, counted="characters"), 1 << 20)
    assert batch.frame.drop(ROW).rows() == [("1", "花子", "01", "abc"), ("2", "𠮷田", "表1", "")]
    assert not batch.raw


def test_nul_may_fill_a_place_and_stands_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    places = (*PLACES[:3], replace(PLACES[3], pad="\0"))
    good = "  1花子　　D01a\0\0\r\n  2𠮷田　D表1\0\0\0\r\n"
    bad = "  3花\0　　D01abc\r\n  4花子　　D01\0b\0\r\n"
    names: tuple[Encoding, ...] = ("utf-16be", "utf-8")
    for name in names:
        dialect = replace(BASE, encoding=name, counted="units", positions=places)
        with monkeypatch.context() as patch:
            patch.setattr(pieces, "_CarefulFixed", None)
            found = read(good.encode(CODECS[name]), dialect, 1 << 20)
        assert found[0][0].frame.rows() == [(1, "1", "花子", "01", "a"), (2, "2", "𠮷田", "表1", "")]
        assert together(found, dialect) == good.encode(CODECS[name])
        ((batch, _),) = read((good + bad).encode(CODECS[name]), dialect, 1 << 20)
        assert batch.frame[ROW].to_list() == [1, 2]
        assert pl.concat(batch.findings).select(ROW, "code").rows() == [(3, "R0004"), (4, "R0004")]


@pytest.mark.parametrize(("name", "newline"), [("utf-16be", "none"), ("utf-16le", "lf"), ("utf-8", "crlf")])
def test_records_handed_in_piece_by_piece_are_those_of_the_whole(name: Encoding, newline: Newline) -> None:
    end = ENDS[newline]
    bodies = ["  1花子　　D01abc", "H 2行政　　H01   ", "  3𠮷田　D表1   ", "  4𠮷𠮷D𠮷𠮷1", "T  2花子　T       "]
    data = "".join(f"{body}{end}" for body in bodies).encode(CODECS[name]) + b"\0"
    dialect = replace(BASE, encoding=name, newline=newline, counted="units")
    whole = read(data, dialect, 1 << 20)
    for size in (1, 2, 3, 5, 27):
        stream = Stream(dialect, "x")
        parts = [part for at in range(0, len(data), size) for part in stream.feed(data[at : at + size])]
        fed, before = [], 0
        for part in [*parts, *stream.end()]:
            fed.append((read_batch(part, dialect), before))
            before += fed[-1][0].pieces.count
        assert together(fed, dialect) == data
        assert sum(batch.extent.size for batch, _ in fed) == len(data)
        assert next(batch.frame.drop(ROW).rows() for batch, _ in whole) == [
            row for batch, _ in fed for row in batch.frame.drop(ROW).rows()
        ]


def test_records_without_ends_are_told_by_their_bytes_in_the_file(tmp_path: Path) -> None:
    path = CASES / "golden-fixed-units" / "mapping.yaml"
    text = path.read_text(encoding="utf-8").replace("positions: units", "positions: units\n  newline: none")
    bodies = [
        "H20261123      ",
        "D   12𠮷田　花子012",
        "X    1行政花子　　013",
        "D    2行政　　　　013",
        "X    3行政　　　　013",
    ]
    (tmp_path / "in.dat").write_bytes("".join(bodies).encode("utf-16-be") + b"\0")
    for size in (1, 60, 1 << 20):
        plan = read_plan(text, str(path))
        report = convert_file(plan, tmp_path / "in.dat", tmp_path / f"out{size}", batch_size=size)
        told = {total.code: (total.rows, total.offsets) for total in report.findings if total.code[0] == "R"}
        assert told == {"R0018": ((2, 4), (61, 121)), "R0030": ((5,), (151,)), "R0019": ((), ())}


def test_files_that_end_early_are_told_as_what_is_missing() -> None:
    fixed = load_plan(CASES / "golden-fixed-units" / "mapping.yaml")
    csv = load_plan(CASES / "golden-utf-16" / "mapping.yaml")
    lookups = {"kana": (CASES / "golden-utf-16" / "kana.csv").read_bytes()}
    for plan in (fixed, csv):
        with pytest.raises(UnreadableError) as raised:
            convert_bytes(b"", plan, lookups=lookups if plan is csv else None)
        assert [fault.code for fault in raised.value.faults] == ["C0005"]

    def told(data: bytes, **given: Any) -> tuple[int, list[tuple[Any, ...]]]:
        result = convert_bytes(data, given.pop("plan", fixed), **given)
        of_records = result.findings.filter(pl.col("_row") > 0)
        return len(result.standard), of_records.select("_row", "code", "detail").rows()

    record = "D   12𠮷田　花子012".encode("utf-16-be")
    assert told(record) == (1, [(1, "R0007", "")])
    assert told(b"\xfe\xff" + record + "\r\n".encode("utf-16-be")) == (1, [])
    assert told(record[:-1]) == (0, [(1, "E0001", "byte=00 offset=4"), (1, "R0007", "")])
    assert told(record[:-2]) == (0, [(1, "R0015", "units=14 expected=15"), (1, "R0007", "")])
    lines = "宛名,氏名,予備\r\n1,上,".encode("utf-16-le")
    assert told(lines, plan=csv, lookups=lookups) == (1, [(1, "R0007", "")])
    assert told(lines[:-1], plan=csv, lookups=lookups) == (0, [(1, "R0001", "columns=2 expected=3"), (1, "R0007", "")])
