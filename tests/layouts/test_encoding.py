"""CP932 as Windows writes it, on every one- and two-byte sequence, and through a whole run and back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stdconv.japan.charsets import LOST, PRIVATE_USE
from stdconv.layouts import encoding
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encoding import decode, encode, encode_block, encode_rows
from stdconv.mapping.plan import load_plan
from stdconv.runs.convert import convert_file
from stdconv.runs.relay import relay_file
from stdconv.runs.restore import restore_file
from support.links import a_file, standard_file

CP932 = Dialect(columns=("氏名",), encoding="cp932")
LEADS = [*range(0x81, 0xA0), *range(0xE0, 0xFD)]
TRAILS = [*range(0x40, 0x7F), *range(0x80, 0xFD)]
PAIRS = [bytes((lead, trail)) for lead in LEADS for trail in TRAILS]
SINGLES = [bytes((byte,)) for byte in range(256)]
ASSIGNED = [*range(0x80), *range(0xA1, 0xE0)]
SILENT = [0x80, 0xA0, 0xFD, 0xFE, 0xFF]
"""Bytes that decode silently to control or private characters (shared spec, section Encodings)."""


def assigned_pairs() -> list[bytes]:
    return [pair for pair in PAIRS if decode(pair, CP932) is not None]


def span(first: int, last: int) -> set[bytes]:
    return {code.to_bytes(2) for code in range(first, last + 1)} & set(assigned_pairs())


def one_way() -> set[bytes]:
    """The sequences that Windows never writes (Microsoft KB 170559): NEC's selection of IBM's characters, what NEC row 13
    repeats of JIS X 0208, and what IBM's extension repeats of JIS X 0208 and of NEC row 13."""
    nec = {bytes.fromhex(code) for code in "8790 8791 8792 8795 8796 8797 879A 879B 879C".split()}
    ibm = {bytes.fromhex(code) for code in "FA54 FA58 FA59 FA5A FA5B".split()}
    return span(0xED40, 0xEEFC) | nec | span(0xFA4A, 0xFA53) | ibm


UNWRITTEN = one_way()
ONE_SEQUENCE = "".join(pair.decode("cp932") for pair in assigned_pairs()[::37])


# Characters and bytes.


def test_cp932_has_9604_two_byte_sequences_here_as_elsewhere() -> None:
    assert len(assigned_pairs()) == 9_604


def test_single_bytes_decode_to_one_character_or_are_the_first_half_of_one() -> None:
    decoding = {single[0] for single in SINGLES if decode(single, CP932) is not None}
    assert decoding == {*ASSIGNED, *SILENT}


def test_exactly_398_sequences_do_not_come_back_and_they_are_those_that_windows_does_not_write() -> None:
    lost = {pair for pair in assigned_pairs() if encode(decode(pair, CP932) or "", CP932) != pair}
    assert len(lost) == 398
    assert lost == UNWRITTEN


def test_every_single_byte_that_decodes_comes_back() -> None:
    assert [b for b in (*ASSIGNED, *SILENT) if encode(decode(bytes((b,)), CP932) or "", CP932) != bytes((b,))] == []


def test_exactly_373_characters_are_written_otherwise_than_by_python() -> None:
    characters = {decode(pair, CP932) or "" for pair in assigned_pairs()}
    assert sum(encode(character, CP932) != character.encode("cp932") for character in characters) == 373


@pytest.mark.parametrize(
    ("character", "written"),
    [
        ("髙", "FBFC"),
        ("﨑", "FAB1"),
        ("∵", "81E6"),
        ("￢", "81CA"),
        ("№", "8782"),
        ("Ⅰ", "8754"),
        ("ⅰ", "FA40"),
        ("髙﨑", "FBFCFAB1"),
    ],
)
def test_characters_with_several_sequences_are_written_as_windows_writes_them(character: str, written: str) -> None:
    assert encode(character, CP932) == bytes.fromhex(written)


@pytest.mark.skipif(shutil.which("iconv") is None, reason="iconv is not there to compare with")
def test_iconv_writes_what_we_write() -> None:
    """glibc is an encoder of its own; it knows every character of the table."""
    text = "\n".join(decode(pair, CP932) or "" for pair in assigned_pairs() if not b"\xf0" <= pair < b"\xfa")
    written = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "CP932"],  # noqa: S607
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    assert [encode(line, CP932) for line in text.split("\n")] == written.stdout.split(b"\n")


NEAR = "¢£¬‖−〜"
"""Characters of JIS that CP932 has full-width twins of; Python's encoder writes them as the twin's bytes."""


@pytest.mark.parametrize("text", ["\u00e9", "𠮷", "辻\U000e0100", "\ufffd", "\u2014\u00a5", "¥", "‾", *NEAR])
def test_what_cp932_does_not_have_is_not_written_as_something_else(text: str) -> None:
    assert encode(text, CP932) is None
    assert encode_rows(pl.Series([text, "花"]), CP932) == [None, "花".encode("cp932")]
    assert encode_block(pl.Series(["花", text]), CP932) is None


@pytest.mark.slow
def test_no_character_is_written_as_the_bytes_of_another() -> None:
    written = {chr(c): encode(chr(c), CP932) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF}
    assert [c for c, data in written.items() if data is not None and decode(data, CP932) != c] == []


@pytest.mark.parametrize("character", NEAR)
def test_a_name_that_would_come_back_as_another_is_refused_on_its_way_to_another_layout(
    tmp_path: Path, character: str
) -> None:
    standard, legacy = tmp_path / "standard.csv", tmp_path / "a.csv"
    record = f"1234567890,1,9876543,1,1,2024-03-01,行政　花{character}子,2,3,1985-07-07"
    standard.write_bytes(standard_file(record))
    report = relay_file(load_plan("vendor-a/resident-link"), standard, legacy)
    assert (report.counts.accepted, report.counts.refused) == (0, 1)
    assert legacy.read_bytes() == HEADER


@given(
    st.lists(
        st.text("花子ｱ\x80\uf8f1\ue000〜−～－" + ONE_SEQUENCE, max_size=5)
        | st.text("髙﨑∵Ⅰあa\r\n", max_size=5)
        | st.text(max_size=3),
        max_size=6,
    )
)
def test_texts_are_written_the_same_one_by_one_and_together(some: list[str]) -> None:
    for dialect in (CP932, Dialect(columns=("氏名",)), Dialect(columns=("氏名",), encoding="utf-8-sig")):
        each = [encode(text, dialect) for text in some]
        assert encode_rows(pl.Series(some, dtype=pl.String), dialect) == each
        joined_texts = None if None in each else b"".join(part or b"" for part in each)
        assert encode_block(pl.Series(some, dtype=pl.String), dialect) == joined_texts


@given(st.binary(max_size=12))
def test_what_is_decoded_and_has_one_sequence_a_character_comes_back(data: bytes) -> None:
    text = decode(data, CP932)
    if text is not None and not any(sequence in data for sequence in UNWRITTEN):
        assert encode(text, CP932) == data


# A whole run and back.

HEADER = a_file()
STRUCTURE = frozenset(b'\r\n,"\0\x1a')


def legacy_record(number: int, name: bytes) -> bytes:
    before, behind = ",1,", ",3600707,女,住登者,20240301,日本人\r\n"
    return str(1_000_000_000 + number).encode() + before.encode() + name + behind.encode("cp932")


def names() -> list[bytes]:
    """A name around every byte and around every two bytes, whether they are a character or not."""
    family, given_name = "行政　".encode("cp932"), "子".encode("cp932")
    every = [*SINGLES, *(bytes((a, b)) for a in range(256) for b in range(256))]
    return [family + sequence + given_name for sequence in every]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("encoding")


def converted(place: Path, name: str, data: bytes) -> tuple[Path, dict[str, int]]:
    """Convert, restore, and hold the restored file against the original; returns the run folder and its counts."""
    original, run, again = place / f"{name}.csv", place / name, place / f"{name}.again"
    original.write_bytes(data)
    report = convert_file(load_plan("vendor-a/resident-link"), original, run)
    restore_file(run, again)
    assert again.read_bytes() == data
    counts = report.counts
    assert counts.read == counts.accepted + counts.refused
    return run, {"read": counts.read, "accepted": counts.accepted, "refused": counts.refused}


@pytest.fixture(scope="module")
def plain_names() -> list[bytes]:
    return [name for name in names() if not STRUCTURE & set(name)]


@pytest.fixture(scope="module")
def run(place: Path, plain_names: list[bytes]) -> tuple[Path, dict[str, int]]:
    data = HEADER + b"".join(legacy_record(number, name) for number, name in enumerate(plain_names, start=1))
    return converted(place, "every", data)


@pytest.mark.slow
def test_every_sequence_in_a_name_is_accepted_or_refused_and_comes_back(
    run: tuple[Path, dict[str, int]], plain_names: list[bytes]
) -> None:
    folder, counts = run
    assert counts["read"] == len(plain_names)
    refused = (folder / "refused.csv").read_bytes().removeprefix(HEADER)
    assert refused.count(b"\r\n") == counts["refused"]
    accepted = pl.read_csv(folder / "standard.csv", infer_schema=False)
    assert len(accepted) == counts["accepted"]
    numbers = set(accepted["宛名番号"]) | {line[:10].decode() for line in refused.splitlines()}
    assert len(numbers) == counts["read"]


def test_accepted_are_exactly_the_names_of_full_width_characters(
    run: tuple[Path, dict[str, int]], plain_names: list[bytes]
) -> None:
    """Ｎ: no ASCII, no half-width kana, no controls (design, section 8); nor blanks that are not one separator."""
    folder, _ = run
    accepted = dict(pl.read_csv(folder / "standard.csv", infer_schema=False).select("宛名番号", "氏名").iter_rows())
    for number, name in enumerate(plain_names, start=1):
        assert accepted.get(str(1_000_000_000 + number)) == expected_name(name), name


def expected_name(name: bytes) -> str | None:
    """Return what the standard's 氏名 must be by the words of design and spec, or ``None`` where it must be refused."""
    try:
        text = name.decode("cp932").replace(" ", "　")
    except UnicodeDecodeError:
        return None
    is_wide = all(ord(c) > 0x7F and not 0x80 <= ord(c) <= 0xA0 and not 0xFF61 <= ord(c) <= 0xFF9F for c in text)
    is_assigned = not {"\uf8f0", "\uf8f1", "\uf8f2", "\uf8f3"} & set(text)
    is_separated = "" not in text.split("　")
    return text if is_wide and is_assigned and is_separated else None


def test_exactly_the_sequences_that_no_encoder_writes_are_kept_as_raw_bytes(
    run: tuple[Path, dict[str, int]], plain_names: list[bytes]
) -> None:
    folder, counts = run
    kept = pl.read_parquet(folder / "residue.parquet").filter(pl.col("_raw").is_not_null())
    expected = {
        number: legacy_record(number, name)
        for number, name in enumerate(plain_names, start=1)
        if expected_name(name) is not None and in_characters(name) & UNWRITTEN
    }
    assert dict(kept.select("_row", "_raw").iter_rows()) == expected
    assert len(expected) >= 398
    assert counts["accepted"] > 9_000


def in_characters(name: bytes) -> set[bytes]:
    """Cut a decodable name into its byte sequences."""
    found, at = set(), 0
    while at < len(name):
        size = 2 if name[at] in LEADS else 1
        found.add(name[at : at + size])
        at += size
    return found


def test_bytes_that_change_the_shape_of_records_come_back_too(place: Path) -> None:
    some = [name for name in names() if STRUCTURE & set(name)]
    barrier = legacy_record(0, "行政　花子".encode("cp932"))
    data = HEADER + b"".join(
        legacy_record(n, name) + barrier.replace(b"1000000000", b"%010d" % n) for n, name in enumerate(some, start=1)
    )
    _, counts = converted(place, "structure", data)
    assert counts["accepted"] >= len(some)


@pytest.mark.slow
def test_every_sequence_as_a_whole_quoted_value_comes_back(place: Path) -> None:
    every = [*SINGLES, *(bytes((a, b)) for a in range(256) for b in range(256))]
    quoted = [b'"' + sequence.replace(b'"', b'""') + b'"' for sequence in every if sequence not in {b"\n", b"\r\n"}]
    data = HEADER + b"".join(legacy_record(number, name) for number, name in enumerate(quoted, start=1))
    _, counts = converted(place, "quoted", data)
    assert counts["read"] == len(quoted)


def test_a_header_with_nec_sequences_or_a_utf8_mark_never_yields_another_file(place: Path) -> None:
    data = HEADER + legacy_record(1, bytes.fromhex("EEE0 8140 ED40"))
    _, counts = converted(place, "nec", data)
    assert counts == {"read": 1, "accepted": 1, "refused": 0}


@pytest.mark.parametrize("text", ["山田\u3000花子", "\U00020bb7", "葛\U000e0100", "ＡＢＣ１２３．～", "ｱﾊﾟﾄ･｢ﾟ", "é€①㈱"])
def test_in_utf8_few_characters_need_a_look(text: str) -> None:
    assert not encoding.may_need_a_look(f"1,{text},2\r\n".encode(), Dialect(columns=("a",)))


def test_no_character_that_may_not_be_meant_is_passed_over() -> None:
    ranges = (*PRIVATE_USE, *LOST)
    for character in (chr(point) for first, last in ranges for point in (first, (first + last) // 2, last)):
        data = f"1,葛\U000e0100ＡｱＡ{character},葛\U000e0100ＡＡ\U00020bb7\r\n".encode()
        assert encoding.may_need_a_look(data, Dialect(columns=("a",))), ascii(character)


def test_many_characters_are_not_looked_at_one_by_one() -> None:
    assert encoding.may_need_a_look("Ａ".encode() * encoding.LOOKS, Dialect(columns=("a",)))
    assert encoding.may_need_a_look(b"1,2\r\n", Dialect(columns=("a",), encoding="cp932"))
