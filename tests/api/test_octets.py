"""Bytes in, bytes out: exact in the encoding, told by code where they cannot be, and the residue found by a key."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv
from support.paths import EXAMPLES

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
FULL = "vendor-a/resident-basic"
KEY = ["宛名番号", "個人履歴番号"]


def codes(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(stdconv.DefinitionError) as raised:
        call()
    return [each.code for each in raised.value.faults]


def records(mapping: str, **values: str) -> pl.DataFrame:
    plan = stdconv.load_mapping(mapping)
    return pl.DataFrame([dict(plan.mapping.examples[0].legacy) | values])


# Reading and writing


@pytest.mark.parametrize("mapping", [A, B])
def test_what_was_written_is_read_again(mapping: str) -> None:
    frame, target = stdconv.sample(mapping, 50, 1), io.BytesIO()
    stdconv.write_legacy(frame, mapping, target)
    read = stdconv.read_legacy(target.getvalue(), mapping)
    assert_frame_equal(read.legacy, frame)
    assert read.findings.is_empty()
    assert stdconv.read_legacy(io.BytesIO(target.getvalue()), mapping) == read


def test_the_vendors_own_file_is_written_again_byte_for_byte() -> None:
    data, target = (EXAMPLES / "vendor_a.csv").read_bytes(), io.BytesIO()
    read = stdconv.read_legacy(data, A)
    stdconv.write_legacy(read.legacy, A, target)
    if not len(read.refused):
        assert target.getvalue() == data
    assert read.counts.read == len(data.splitlines()) - 1


def test_characters_are_written_as_windows_writes_them() -> None:
    """IBM's extensions are at FA40 to FC4B there; Python's codec takes those of NEC's selection for some of them."""
    target = io.BytesIO()
    stdconv.write_legacy(records(A, 氏名="髙橋　ⅰ"), A, target)
    assert bytes.fromhex("fbfc 8bb4 8140 fa40") in target.getvalue()


def test_what_cannot_be_read_comes_as_its_own_bytes() -> None:
    target = io.BytesIO()
    stdconv.write_legacy(pl.concat([records(A)] * 3), A, target)
    header, first, second, third = target.getvalue().splitlines(keepends=True)
    broken = second.replace(b",", b"", 1)
    read = stdconv.read_legacy(b"".join([header, first, broken, b"\x81\n", third]), A)
    assert read.legacy["_row"].to_list() == [1, 4]
    assert read.refused.rows() == [(2, broken), (3, b"\x81\n")]
    assert read.findings.select("_row", "code").rows() == [(2, "R0001"), (3, "R0001")]
    assert (read.counts.read, read.counts.refused, read.ok()) == (4, 2, False)


def others() -> dict[str, bytes]:
    """Return what is often uploaded in the place of a delimited file: made by other programs, or as they define it."""
    csv = (EXAMPLES / "vendor_a.csv").read_bytes()
    archive, table = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("vendor_a.csv", (2026, 12, 1, 4, 5, 6)), csv, zipfile.ZIP_DEFLATED)
    records(A).write_parquet(table)
    return {
        "ZIP": archive.getvalue(),
        "Office": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504),  # MS-CFB 2.2: the header's signature
        "gzip": gzip.compress(csv, mtime=0),
        "Parquet": table.getvalue(),
        "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "UTF-16": csv.decode("cp932").encode("utf-16"),
    }


@pytest.mark.parametrize("kind", ["ZIP", "Office", "gzip", "UTF-16"])
def test_a_standard_file_of_another_kind_is_told_by_what_it_is(kind: str, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(others()[kind])
    with pytest.raises(stdconv.UnreadableError) as raised:
        stdconv.validate_file(tmp_path / "s.csv", "resident-link/1.0")
    (fault,) = raised.value.faults
    assert fault.code == ("E0007" if kind == "UTF-16" else "E0005")
    assert all(kind in fault.messages[lang].summary.replace("utf-16le", "UTF-16") for lang in ("en", "ja"))


@pytest.mark.parametrize("kind", others())
def test_an_upload_of_another_kind_is_told_by_what_it_is(kind: str) -> None:
    upload = others()[kind]

    def in_chunks() -> None:
        session = stdconv.Converter(A)
        for at in range(0, len(upload), 3):
            session.feed(upload[at : at + 3])
        session.finish()

    for call in (
        lambda: stdconv.convert_bytes(upload, A, name="u"),
        lambda: stdconv.convert_bytes((EXAMPLES / "vendor_a.csv").read_bytes(), A, lookups={"households": upload}),
        in_chunks,
    ):
        with pytest.raises(stdconv.UnreadableError) as raised:
            call()
        (fault,) = raised.value.faults
        assert fault.code == ("E0007" if kind == "UTF-16" else "R0010")
        assert all(kind in fault.messages[lang].summary.replace("utf-16le", "UTF-16") for lang in ("en", "ja"))
        assert "length=" not in fault.messages["en"].summary, "no shape of what is no heading"


def test_what_the_layout_cannot_hold_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    frame = pl.concat([records(A), records(A, 氏名="𠮷野　花子"), records(A, 氏名="𠮷野　\0"), records(A, 性別="\0")])
    target, path = io.BytesIO(), tmp_path / "new.csv"
    for each in (target, path):
        with pytest.raises(stdconv.DefinitionError) as raised:
            stdconv.write_legacy(frame, A, each)
        told = [str(each.messages["en"].summary) for each in raised.value.faults]
        assert [each.code for each in raised.value.faults] == ["C0085", "C0085"]
        assert "2 records of the legacy frame" in told[0]
        assert "the first is record 2 (氏名): the encoding has no U+20BB7" in told[0]
        assert "the first is record 4 (性別)" in told[1]
        assert not any("野" in text for text in (told, str(raised.value)))
    assert (target.getvalue(), path.exists()) == (b"", False)


def test_a_file_is_written_whole_and_what_exists_stays(tmp_path: Path) -> None:
    path, target = tmp_path / "new.csv", io.BytesIO()
    stdconv.write_legacy(records(A), A, path)
    stdconv.write_legacy(records(A), A, target)
    assert path.read_bytes() == target.getvalue()
    assert codes(lambda: stdconv.write_legacy(records(B), B, path)) == ["C0002"]
    assert path.read_bytes() == target.getvalue()
    stdconv.write_legacy(records(B), B, path, force=True)
    assert path.read_bytes() != target.getvalue()


class Slow(io.RawIOBase):
    """Takes a few bytes at a time, as a socket or a pipe may."""

    def __init__(self) -> None:
        self.taken = b""

    def write(self, data: Any) -> int:
        some = bytes(data[:5])
        self.taken += some
        return len(some)


def test_all_bytes_are_written_where_a_target_takes_a_few_at_a_time() -> None:
    slow, target = Slow(), io.BytesIO()
    for each in (slow, target):
        stdconv.write_legacy(records(A), A, each)  # type: ignore[arg-type]
    assert slow.taken == target.getvalue()


@pytest.mark.parametrize("wrong", ["行政　花子", Path("a.csv"), 7, None, io.StringIO("a")])
def test_what_is_neither_bytes_nor_gives_them_is_refused(wrong: Any) -> None:
    for call in (stdconv.convert_bytes, stdconv.read_legacy):
        assert codes(lambda call=call: call(wrong, A)) == ["C0060"]  # type: ignore[misc]
    if not isinstance(wrong, str | Path | io.StringIO):
        assert codes(lambda: stdconv.write_legacy(records(A), A, wrong)) == ["C0060"]


# Restorations as bytes


def test_a_restoration_is_the_file_that_relaying_writes(tmp_path: Path) -> None:
    converted = stdconv.convert_bytes((EXAMPLES / "vendor_a.csv").read_bytes(), A)
    standard, other = tmp_path / "standard.parquet", tmp_path / "b.csv"
    converted.standard.write_parquet(standard)
    stdconv.relay_file(standard, B, other, fail_on="never")
    restored = stdconv.restore(converted.standard.drop("_row"), B)
    assert restored.to_bytes() == other.read_bytes()
    assert restored.to_bytes(lookup="names") == (tmp_path / "b.csv.names.csv").read_bytes()
    assert codes(lambda: restored.to_bytes(lookup="namen")) == ["C0086"]


def test_with_its_residue_a_restoration_is_the_file_that_was_converted() -> None:
    target = io.BytesIO()
    stdconv.write_legacy(stdconv.sample(A, 80, 2), A, target)
    converted = stdconv.convert_bytes(target.getvalue(), A)
    assert converted.refused.is_empty()
    restored = stdconv.restore(converted.standard, A, residue=converted.residue)
    assert restored.to_bytes() == target.getvalue()


# Residue by key


@pytest.fixture(scope="module")
def converted() -> stdconv.Conversion:
    frame = stdconv.sample(FULL, 60, 5).with_columns(備考=pl.format("メモ{}", pl.col("_row")))
    result = stdconv.convert(frame, FULL)
    assert result.refused.is_empty()
    assert result.standard.select(KEY).is_duplicated().sum() == 0
    return result


@pytest.mark.slow
def test_records_in_another_order_find_their_residue_by_key(converted: stdconv.Conversion) -> None:
    residue = stdconv.keyed_residue(converted.residue, converted.standard, KEY)
    today = converted.standard.drop("_row").sample(fraction=1, shuffle=True, seed=3)
    assert today["宛名番号"].to_list() != converted.standard["宛名番号"].to_list()
    restored = stdconv.restore(today, FULL, residue=residue, key=KEY)
    once = stdconv.restore(converted.standard, FULL, residue=converted.residue)
    order = today.with_row_index("_row", offset=1).select(pl.col("_row").cast(pl.Int64), *KEY)
    places = converted.standard.select(pl.col("_row").alias("was"), *KEY).join(order, on=KEY)
    expected = once.legacy.join(places.select("was", "_row"), left_on="_row", right_on="was").drop("_row")
    assert_frame_equal(
        restored.legacy, expected.rename({"_row_right": "_row"}).sort("_row").select(once.legacy.columns)
    )
    assert restored.legacy["備考"].str.starts_with("メモ").all()


def test_what_the_encoding_cannot_write_today_is_refused_by_record_with_a_residue_too() -> None:
    target = io.BytesIO()
    stdconv.write_legacy(stdconv.sample(A, 5, 2), A, target)
    converted = stdconv.convert_bytes(target.getvalue(), A)
    is_second = pl.col("_row") == 2
    today = converted.standard.with_columns(氏名=pl.when(is_second).then(pl.lit("𠮷野　花子")).otherwise("氏名"))
    kept = stdconv.keyed_residue(converted.residue, converted.standard, ["宛名番号", "履歴番号"])
    for options in ({"residue": converted.residue}, {"residue": kept, "key": ["宛名番号", "履歴番号"]}):
        restored = stdconv.restore(today, A, **options)
        told = restored.findings.select("_row", "side", "column", "code", "detail").rows()
        assert told == [(2, "legacy", "氏名", "E0006", "U+20BB7")]
        assert (restored.refused["_row"].to_list(), restored.ok()) == ([2], False)
        lines = target.getvalue().splitlines(keepends=True)
        assert restored.to_bytes() == b"".join([*lines[:2], *lines[3:]])


@pytest.mark.slow
def test_what_a_frame_held_comes_back_into_a_frame_though_no_file_can_hold_it() -> None:
    frame = stdconv.sample(FULL, 2, 5).with_columns(備考=pl.Series(["𠮷野", "メモ"]))
    converted = stdconv.convert(frame, FULL)
    restored = stdconv.restore(converted.standard, FULL, residue=converted.residue)
    assert_frame_equal(restored.legacy, frame)
    assert restored.refused.is_empty()
    assert codes(restored.to_bytes) == ["C0085"]


def test_records_that_are_new_or_changed_or_gone_get_nobody_elses_residue(converted: stdconv.Conversion) -> None:
    residue = stdconv.keyed_residue(converted.residue, converted.standard, KEY)
    first, second, *others = converted.standard.drop("_row").to_dicts()
    new, changed = first | {"個人履歴番号": "77"}, second | {"異動年月日": "2001-02-03"}
    today = pl.DataFrame([*others[:5], new, changed], schema=converted.standard.drop("_row").schema)
    restored = stdconv.restore(today, FULL, residue=residue, key=KEY)
    by_row = dict(restored.legacy.select("_row", "備考").rows())
    assert by_row[6] == ""
    assert 7 not in by_row
    assert restored.findings.filter(code="T0037")["_row"].to_list() == [7]


@pytest.mark.slow
def test_chunks_find_their_residue_by_key_and_none_is_found_twice(converted: stdconv.Conversion) -> None:
    residue = stdconv.keyed_residue(converted.residue, converted.standard, KEY)
    today = converted.standard.drop("_row").reverse()
    whole = stdconv.restore(today, FULL, residue=residue, key=KEY)
    session = stdconv.Restorer(FULL, residue=residue, key=KEY)
    assert_frame_equal(pl.concat(session.feed(chunk).legacy for chunk in today.iter_slices(7)), whole.legacy)
    assert codes(lambda: session.feed(today[:1])) == ["C0084"]


def test_a_key_that_does_not_tell_records_apart_is_refused(converted: stdconv.Conversion) -> None:
    standard, residue = converted.standard, converted.residue
    assert codes(lambda: stdconv.keyed_residue(residue, standard, ["性別"])) == ["C0084"]
    assert codes(lambda: stdconv.keyed_residue(residue, standard, ["世帯番号", "氏名_カナ"])) == ["C0087"]
    lacking = standard.with_columns(個人履歴番号=pl.when(pl.col("_row") > 3).then("個人履歴番号"))
    assert codes(lambda: stdconv.keyed_residue(residue, lacking, KEY)) == ["C0084"]
    keyed = stdconv.keyed_residue(residue, standard, KEY)
    today = standard.drop("_row")
    assert codes(lambda: stdconv.restore(pl.concat([today, today[:1]]), FULL, residue=keyed, key=KEY)) == ["C0084"]
    absent = today.with_columns(個人履歴番号=pl.lit(None, dtype=pl.String))
    assert codes(lambda: stdconv.restore(absent, FULL, residue=keyed, key=KEY)) == ["C0084"]
    assert codes(lambda: stdconv.restore(today, FULL, residue=pl.concat([keyed, keyed]), key=KEY)) == ["C0084"]
    assert codes(lambda: stdconv.restore(today, FULL, residue=residue, key=KEY)) == ["C0091"] * 2


@pytest.mark.parametrize("wrong", ["宛名番号", [], [7], 7, "", {"宛名番号": 1}])
def test_a_key_is_names_of_columns(wrong: Any, converted: stdconv.Conversion) -> None:
    assert codes(lambda: stdconv.keyed_residue(converted.residue, converted.standard, wrong)) == ["C0060"]
    assert codes(lambda: stdconv.restore(converted.standard, FULL, residue=converted.residue, key=wrong)) == ["C0060"]
