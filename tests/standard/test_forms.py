"""File forms: what is written in one is read as the same records, told by itself, and what is otherwise is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.cli.entry import run
from stdconv.runs.manifest import load_manifest
from stdconv.standard.files import open_standard
from stdconv.standard.writers import open_sink

MARK = b"\xef\xbb\xbf"
SCHEMA = "resident-link/1.0"
RECORDS = [
    ["1", "1", "", "1", "1", "2024-03-01", "行政　花子", "2", "3", "1985-07-07"],
    ["1", "2", "", "1", "1", "", '"\r\n"', "2", "", ""],
    ["2", "1", "", "2", "1", "2024-03-01", "甲,乙", "2", "", "1985-07-07"],
]


def quoted(rows: list[list[str]]) -> str:
    """Return rows as Python's own module writes them with everything in quotes."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return file.getvalue()


@pytest.fixture(scope="module")
def names() -> list[str]:
    return list(stdconv.load_schema(SCHEMA).names)


def test_linkage_form_is_what_an_independent_writer_gives_and_all_its_readers_read(
    names: list[str], tmp_path: Path
) -> None:
    schema, path = stdconv.load_schema(SCHEMA), tmp_path / "standard.csv"
    given = pl.DataFrame(RECORDS, schema=dict.fromkeys(names, pl.String), orient="row")
    absent = given.select(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in names)
    carried = absent.drop("世帯番号")
    with open_sink(path, "csv", schema.dialect(form="linkage")) as sink:
        sink.write(carried[:2])
        sink.write(carried[2:])
        sink.close()
    assert path.read_bytes() == MARK + quoted([names, *RECORDS]).encode()
    for is_own in (True, False):
        file = open_standard(path, schema, is_own=is_own)
        batches = list(file.batches())
        assert pl.concat(batch.frame for batch in batches).drop("_row").equals(absent, null_equal=True)
        assert [found.to_dicts() for batch in batches for found in batch.findings if len(found)] == []
        assert [*file.columns] == names
        assert file.findings == []


WAYS: dict[str, Callable[[str], bytes]] = {
    "mark": lambda text: MARK + text.replace('"', "").encode(),
    "no-mark": lambda text: text.encode(),
    "headings": lambda text: ('"' + text.replace('"', "").replace(",", '",', 1)).encode(),
    "lacking": lambda text: MARK + quoted([row[:-1] for row in csv.reader(text.splitlines())]).encode(),
    "order": lambda text: MARK + quoted([row[::-1] for row in csv.reader(text.splitlines())]).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_written_unlike_its_form_is_told_by_file_and_by_session_and_read(
    way: str, names: list[str], tmp_path: Path
) -> None:
    data, path = WAYS[way](quoted([names, RECORDS[0], RECORDS[0]])), tmp_path / "file.csv"
    path.write_bytes(data)
    report = stdconv.validate_file(path, SCHEMA)
    told = [(total.code, total.details[0].detail) for total in report.findings if total.code[0] == "R"]
    assert told == [("R0033", way)]
    session = stdconv.Validator(SCHEMA)
    for at in range(0, len(data), 7):
        session.feed(data[at : at + 7])
    assert session.finish().counts == report.counts
    assert session.findings.filter(pl.col("code").str.starts_with("R"))["detail"].to_list() == [way]


def test_a_damaged_mark_or_header_is_no_file_of_any_form(names: list[str], tmp_path: Path) -> None:
    text = quoted([names, RECORDS[0]])
    damaged = [
        ("R0036", "mark is cut", MARK[:2] + text.encode()),
        ("R0036", "mark is cut, or stands there twice", MARK + MARK + text.encode()),
        ("R0036", "no header", MARK + text.replace('","', '"x,"', 1).encode()),  # a heading closes before its end
        ("R0036", "no header", MARK + text.replace("\r\n", "\r").encode()),
        ("R0036", "Parquet", b"PAR1\x15" + text.encode()),
        ("C0005", "empty", MARK),
        ("C0005", "empty", MARK + b"\r\n\r\n"),
        ("E0007", "utf-16le", text.encode("utf-16")),
    ]
    for code, said, data in damaged:
        path = tmp_path / "file.csv"
        path.write_bytes(data)
        with pytest.raises(stdconv.UnreadableError) as raised:
            stdconv.validate_file(path, SCHEMA)
        (told,) = raised.value.faults
        assert told.code == code
        assert said in told.text("en")


def test_a_run_folder_says_its_form_and_restores_whatever_it_is(names: list[str], tmp_path: Path) -> None:
    """The library writes it too, and the control file counts its lines."""
    legacy, folder = tmp_path / "legacy.csv", tmp_path / "run"
    assert run(["sample", "-m", "vendor-a/resident-link", "--rows", "30", "--seed", "1", "-o", str(legacy)]) == 0
    stdconv.convert_file(legacy, "vendor-a/resident-link", folder, form="linkage", hed=True, fail_on="never")
    manifest, data = load_manifest(folder), (folder / "standard.csv").read_bytes()
    assert (manifest.standard_format, manifest.standard_form) == ("csv", "linkage")
    assert next(csv.reader([data.decode("utf-8-sig").splitlines()[0]])) == names
    assert (folder / "standard.hed").read_bytes() == b"standard.csv\r\n%d\r\n30" % len(data)
    stdconv.restore_file(folder, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == legacy.read_bytes()
    with pytest.raises(stdconv.DefinitionError, match="C0110"):
        stdconv.convert_file(legacy, "vendor-a/resident-link", tmp_path / "no", form="linkage", format="ndjson")
