"""UTF-16: worked on as UTF-8, and back to the bytes that were read, whatever these are and wherever they are cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stdconv import Converter, convert_bytes
from stdconv.conversion.restore import restore_batch
from stdconv.findings.rows import ROW
from stdconv.layouts import batches, transcoding
from stdconv.layouts.batches import BATCH, Cutter
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import ENCODINGS, Encoding
from stdconv.layouts.parts import Overlong
from stdconv.layouts.reader import read_batch
from stdconv.layouts.streams import parts
from stdconv.layouts.writable import file_of
from stdconv.mapping.plan import Plan, load_plan, read_plan
from stdconv.runs.convert import convert_file
from support.paths import CASES

UTF16: tuple[Encoding, ...] = ("utf-16le", "utf-16be")
CODECS = {"utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
SURROGATES = [chr(unit) for unit in (0xD800, 0xD83D, 0xDBFF, 0xDC00, 0xDFB7, 0xDFFF)]
SIGNS = [*'1,"\r\n\0\x1aA', "\r\n", "1,行政,\r\n", "2,𠮷　上,不\r\n", "\ufeff", "上", "不", "ਊ", "∢", "⬬", *SURROGATES]


def in_utf16(text: str, encoding: Encoding) -> bytes:
    return text.encode(CODECS[encoding], "surrogatepass")


def plan_of(encoding: Encoding) -> Plan:
    """A layout of three columns without lookups."""
    path = CASES / "golden-utf-16" / "mapping.yaml"
    head = f"grammar: 1\nid: golden/x\nabout: {{vendor: x, title: x, source: x}}\nlegacy:\n  encoding: {encoding}\n"
    rest = "\n".join(
        (
            "standard: own.schema.json",
            "fields:",
            "  - {standard: 宛名番号, legacy: 宛名}",
            "  - {standard: 氏名, legacy: 氏名}",
            "unmapped: {legacy: {予備: none}, standard: {氏名カナ: none}}",
            "examples:",
            '  - {source: x, legacy: {宛名: "1", 氏名: 上}, standard: {宛名番号: "1", 氏名: 上}}',
        )
    )
    return read_plan(f"{head}  columns: [宛名, 氏名, 予備]\n{rest}\n", str(path))


# Bytes.


@pytest.mark.parametrize("encoding", UTF16)
def test_every_unit_comes_back_alone_in_pairs_and_with_half_of_another(encoding: Encoding) -> None:
    coding = ENCODINGS[encoding]
    units = [unit.to_bytes(2) for unit in range(0x10000)]
    edges = [in_utf16(sign, encoding) for sign in SURROGATES]
    odd = [bytes((byte,)) for byte in range(256)]
    every = [b"".join(units), *units[::7], *(a + b + c for a in edges for b in edges for c in (b"", *edges))]
    every += [in_utf16("上", encoding) + half for half in odd]
    assert [coding.outside(coding.inside(data)) for data in every] == every
    assert [coding.size(coding.inside(data)) for data in every] == list(map(len, every))
    assert len({coding.inside(data) for data in every}) == len(set(every))


@given(st.lists(st.binary(max_size=5) | st.sampled_from(SIGNS).map(lambda s: in_utf16(s, "utf-16be"))), st.data())
def test_bytes_handed_in_piece_by_piece_are_worked_on_as_all_at_once(some: list[bytes], draw: st.DataObject) -> None:
    data = b"".join(some)
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    for codec in CODECS.values():
        inward = transcoding.Inward(codec)
        found = [inward.feed(data[start:stop]) for start, stop in pairwise([0, *cuts, len(data)])]
        whole = transcoding.inside(data, codec)
        assert b"".join([*found, inward.end()]) == whole
        assert transcoding.outside(whole, codec) == data
        assert transcoding.size(whole) == len(data)


# Files.


@pytest.mark.slow
@given(
    st.lists(st.sampled_from(SIGNS), max_size=20).map("".join),
    st.sampled_from([b"", b"\n", b"\xff"]),
    st.sampled_from(UTF16),
    st.booleans(),
)
@example("1,行政,\r\n", b"\n", "utf-16be", True)
@example("\ud83d\n\udc00,", b"", "utf-16le", False)
def test_whatever_a_file_holds_it_comes_back_wherever_it_is_cut(
    text: str, half: bytes, encoding: Encoding, marked: bool
) -> None:
    plan = PLANS[encoding]
    body = in_utf16(text, encoding) + half
    header = in_utf16("\ufeff" * marked + "宛名,氏名,予備\r\n", encoding)
    whole = convert_bytes(header + body, plan)
    refused = dict(whole.refused.iter_rows())
    assert restore_batch(plan, whole.standard, whole.residue, refused) == body
    for size in (1, 2, 3, 7):
        session = Converter(plan)
        data = header + body
        every = [session.feed(data[at : at + size]) for at in range(0, len(data), size)]
        session.finish()
        for name in ("standard", "refused", "residue"):
            got = pl.concat([getattr(each, name) for each in (*every, session.rest)])
            assert got.equals(getattr(whole, name), null_equal=True), (size, name)


PLANS = {encoding: plan_of(encoding) for encoding in (*UTF16, "utf-8")}


@given(st.lists(st.sampled_from([s for s in SIGNS if s not in (*SURROGATES, "\0", "\x1a")])).map("".join))
def test_the_same_records_are_the_same_whatever_unicode_they_are_written_in(text: str) -> None:
    data = f"宛名,氏名,予備\r\n{text}"
    first = convert_bytes(data.encode(), PLANS["utf-8"])
    for encoding in UTF16:
        other = convert_bytes(in_utf16(data, encoding), PLANS[encoding])
        assert other.standard.equals(first.standard, null_equal=True)
        assert other.counts == first.counts


def test_every_character_of_four_planes_is_read_and_written() -> None:
    planes = [*range(1, 0xD800), *range(0xE000, 0x30000), *range(0xE0000, 0xE0200)]
    values = [chr(code) for code in planes if chr(code) not in '"\r\n,']
    frame = pl.DataFrame({ROW: range(1, len(values) + 1), "a": "x", "b": values})
    for encoding in UTF16:
        dialect = Dialect(("a", "b"), encoding, header=False)
        data = in_utf16("".join(f"x,{value}\r\n" for value in values), encoding)
        assert file_of(frame, dialect, side="legacy") == data
        read = [read_batch(part, dialect) for part in parts(data, dialect, "x")]
        assert [value for batch in read for value in batch.frame["b"]] == values
        assert sum(batch.extent.size for batch in read) == len(data)


def test_a_line_longer_than_a_record_may_be_is_passed_on_in_whole_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "RECORD_LIMIT", 100_000)
    dialect = Dialect(("a", "b"), "utf-16le", header=False)
    data = ("上" + "𠮷" * BATCH + "\r\n").encode("utf-16-le")
    cutter = Cutter(dialect)
    inside = transcoding.inside(data, "utf-16-le")
    every = [*cutter.feed(inside), *cutter.end()]
    assert len(every) > 2
    assert isinstance(every[-1], Overlong)
    assert every[-1].size == len(data)
    read = [read_batch(part, dialect) for part in every]
    assert b"".join(each.overlong.data for each in read if each.overlong is not None) == data
    assert sum(each.extent.size for each in read) == len(data)


def test_lines_are_counted_in_the_file_though_records_are_several_of_them(tmp_path: Path) -> None:
    case = CASES / "golden-utf-16"
    plan = load_plan(case / "mapping.yaml")
    lookups = {"kana": case / "kana.csv"}
    for size in (1, 40, 1 << 20):
        folder = tmp_path / str(size)
        report = convert_file(plan, case / "legacy.csv", folder, lookups=lookups, batch_size=size)
        lines = {row: line for total in report.findings for row, line in zip(total.rows, total.lines, strict=True)}
        assert lines == {3: 5, 4: 6, 6: 9, 7: 10, 9: 12}
