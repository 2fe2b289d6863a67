"""Lines longer than a record may be: refused, passed on as they come, and written again to the byte."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from stdconv.layouts.batches import batches
from stdconv.layouts.dialect import Dialect, Newline
from stdconv.layouts.parts import Overlong
from stdconv.layouts.reader import read_batch
from stdconv.mapping.plan import load_plan
from stdconv.runs import folder
from stdconv.runs.convert import convert_file
from stdconv.runs.restore import restore_file
from stdconv.runs.validate import validate_file
from stdconv.standard.schema import load_schema
from support.parts import bytes_of
from support.paths import EXAMPLES

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
LIMIT = 16 * MIB
PLAN = load_plan("vendor-a/resident-link")
HEADER, RECORD = (EXAMPLES / "vendor_a.csv").read_bytes().splitlines(keepends=True)
RECORDS = [b"%010d,%s" % (number, RECORD.split(b",", 1)[1]) for number in (1, 2, 3)]
LOOKUPS = {"households": EXAMPLES / "vendor_a_households.csv"}


@pytest.mark.parametrize("size", [MIB, 5 * MIB, 40 * MIB])
@pytest.mark.parametrize("at_end", [False, True])
def test_a_line_longer_than_a_record_may_be_is_refused_alone_and_comes_back(
    tmp_path: Path, size: int, at_end: bool
) -> None:
    long = b"\r\n\r\n" + b"9" * (LIMIT + 3 * MIB) + b"\r\n"
    file = tmp_path / "long.csv"
    file.write_bytes(
        b"".join([HEADER, RECORDS[0], *([] if at_end else [long]), *RECORDS[1:], *([long] if at_end else [])])
    )
    report = convert_file(PLAN, file, tmp_path / "run", lookups=LOOKUPS, batch_size=size)
    row = len(RECORDS) + 1 if at_end else 2
    (total,) = [each for each in report.findings if each.code == "R0014"]
    assert (total.rows, total.lines) == ((row,), (row + 3,))
    assert total.details[0].detail == f"bytes={LIMIT + 3 * MIB + 2}"
    assert (report.counts.read, report.counts.refused) == (len(RECORDS) + 1, 1)
    assert (tmp_path / "run" / "refused.csv").read_bytes() == HEADER + long.lstrip(b"\r\n")
    restore_file(tmp_path / "run", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()


def test_lines_are_joined_up_to_a_limit(tmp_path: Path) -> None:
    fields = RECORDS[0].split(b",")
    opened = b",".join([*fields[:2], b'"x\r\n'])
    file = tmp_path / "memo.csv"
    file.write_bytes(b"".join([HEADER, RECORDS[1], opened, b"x" * 65_536, b"\r\n", RECORDS[0]]))
    report = convert_file(PLAN, file, tmp_path / "run", lookups=LOOKUPS)
    found = {each.code: each for each in report.findings if each.severity == "refuse"}
    assert (found["R0013"].rows, found["R0001"].rows) == ((2,), (3,))
    assert found["R0013"].details[0].detail == "lines=1"


def test_findings_of_a_long_line_are_the_same_wherever_the_file_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_bytes(b"".join([HEADER, RECORDS[0], b"9" * (LIMIT + 1), b"\n", *RECORDS[1:]]))
    found = []
    for number, size in enumerate((MIB, 3 * MIB, 64 * MIB)):
        convert_file(PLAN, file, tmp_path / f"{number}", lookups=LOOKUPS, batch_size=size)
        names = ("findings.parquet", "residue.parquet", "refused.csv", "standard.csv")
        found.append(
            [
                pl.read_parquet(p) if p.suffix == ".parquet" else p.read_bytes()
                for p in (tmp_path / f"{number}" / n for n in names)
            ]
        )
    assert all(str(each) == str(found[0]) for each in found)


@pytest.mark.parametrize(("length", "is_read"), [(LIMIT, True), (LIMIT + 1, False)])
def test_the_limit_counts_the_bytes_of_a_line_with_its_end(length: int, is_read: bool) -> None:
    dialect = Dialect(columns=("a", "b"))
    line = b"a," + b"b" * (length - 4) + b"\r\n"
    assert len(line) == length
    (part,) = batches(io.BytesIO(line + b"c,d\r\n"), b"", dialect, size=64 * MIB)
    assert len(read_batch(part, dialect).frame) == 1 + is_read


def test_a_long_line_is_never_all_in_memory() -> None:
    dialect = Dialect(columns=("a", "b"))
    file = io.BytesIO(b"c,d\r\n" + b"9" * (3 * LIMIT) + b"\r\nc,d\r\n")
    parts = list(batches(file, b"", dialect, size=MIB))
    assert b"".join(map(bytes_of, parts)) == file.getvalue()
    assert max(len(bytes_of(part)) for part in parts) <= 2 * LIMIT
    ends = [part.is_last for part in parts if isinstance(part, Overlong)]
    assert len(ends) > 2
    assert ends.index(True) == len(ends) - 1


BLANK = {"crlf": b"\r\n" * (LIMIT // 2 + MIB), "mixed": b"\r\n\n" * (LIMIT // 3 + MIB), "lf": b"\n" * (LIMIT + 1)}


@pytest.mark.parametrize(
    ("blank", "behind"),
    [("crlf", RECORDS[1]), ("mixed", b""), ("lf", b"\r"), ("mixed", b"\x1a")],
    ids=["a record", "nothing", "cr", "1a"],
)
def test_blank_lines_longer_than_a_record_may_be_are_refused_as_one_and_come_back(
    tmp_path: Path, blank: str, behind: bytes
) -> None:
    lines = BLANK[blank]
    file = tmp_path / "blank.csv"
    file.write_bytes(b"".join([HEADER, RECORDS[0], lines, behind]))
    found = []
    for number, size in enumerate((3 * MIB - 1, 17 * MIB)):
        run, again = tmp_path / f"{number}", tmp_path / f"{number}.csv"
        report = convert_file(PLAN, file, run, lookups=LOOKUPS, batch_size=size)
        (total,) = [each for each in report.findings if each.code == "R0014"]
        assert (total.rows, total.lines) == ((2,), (3,))
        assert total.details[0].detail == f"bytes={len(lines)}"
        assert report.joined_records == 0
        assert (run / "refused.csv").read_bytes()[: len(HEADER) + len(lines)] == HEADER + lines
        if behind == b"\r":
            assert {each.code: each.lines for each in report.findings}["R0001"] == (3 + lines.count(b"\n"),)
        restore_file(run, again)
        assert again.read_bytes() == file.read_bytes()
        found.append((report.findings, pl.read_parquet(run / "residue.parquet").rows()))
    assert found[1] == found[0]


@pytest.mark.parametrize(("more", "is_refused"), [(0, False), (2, True)])
def test_blank_lines_are_a_gap_up_to_the_limit(more: int, is_refused: bool, tmp_path: Path) -> None:
    file, run = tmp_path / "blank.csv", tmp_path / "run"
    blank = b"\r\n" * ((LIMIT + more) // 2)
    file.write_bytes(b"".join([HEADER, RECORDS[0], blank, RECORDS[1]]))
    assert convert_file(PLAN, file, run, lookups=LOOKUPS).counts.refused == is_refused
    gaps = pl.read_parquet(run / "residue.parquet").select("_row", "_before").drop_nulls().rows()
    assert gaps == ([] if is_refused else [(2, blank)])


@pytest.mark.parametrize(
    ("newline", "end", "records"),
    [
        ("crlf", b"", 0),
        ("crlf", b"\n\r", 1),
        ("crlf", b"\r\r\n", 1),
        ("lf", b"c,d", 1),
        ("lf", b"\r\r\n", 1),
        ("cr", b"", 0),
        ("cr", b"\n\r", 1),
    ],
)
def test_blank_lines_are_never_all_in_memory(newline: Newline, end: bytes, records: int) -> None:
    dialect = Dialect(columns=("a", "b"), newline=newline)
    file = io.BytesIO(dialect.terminator.encode() + b"a,b" + dialect.terminator.encode() * (3 * LIMIT) + end)
    parts = list(batches(file, b"", dialect, size=MIB - 1))
    assert b"".join(map(bytes_of, parts)) == file.getvalue()
    assert max(len(bytes_of(part)) for part in parts) <= 2 * LIMIT
    assert [part.is_last for part in parts if isinstance(part, Overlong)].count(True) == 1
    assert sum(read_batch(part, dialect).pieces.count for part in parts) == 2 + records


def test_a_standard_file_of_others_with_a_long_line_is_read_on(tmp_path: Path) -> None:
    header, record = (EXAMPLES / "standard.csv").read_bytes().splitlines(keepends=True)
    records = [b"%015d,%s" % (number, record.split(b",", 1)[1]) for number in (1, 2, 3)]
    file = tmp_path / "standard.csv"
    file.write_bytes(b"".join([header, records[0], b"9" * (LIMIT + 9 * MIB), b"\r\n", *records[1:]]))
    report = validate_file(load_schema("resident-link/1.0"), file)
    assert (report.counts.read, report.counts.refused) == (len(records) + 1, 1)
    assert [each.rows for each in report.findings if each.code == "R0014"] == [(2,)]


@pytest.mark.parametrize("many", [1, 2, 5])
def test_long_lines_come_back_between_ranges_that_are_restored_at_once(
    tmp_path: Path, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "RANGE", many)
    file = tmp_path / "long.csv"
    long = [b"9" * (LIMIT + 1) + b"\r\n", b"\r\n" + b"8" * (LIMIT + MIB) + b"\r\n"]
    file.write_bytes(b"".join([HEADER, *RECORDS, b"1,2,3\r\n", *long, *RECORDS, b"4,5\r\n", long[0], RECORDS[0]]))
    convert_file(PLAN, file, tmp_path / "run", lookups=LOOKUPS)
    restore_file(tmp_path / "run", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()
