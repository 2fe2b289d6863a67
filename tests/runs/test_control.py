"""Control files: held against the file beside them, kept, given back, and written; read as what anybody may have made."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from stdconv.api.files import convert_file, restore_file, verify
from stdconv.cli.entry import run
from stdconv.errors import DefinitionError, StdconvError, UnprovenError
from stdconv.mapping.plan import Plan, load_plan
from stdconv.runs import convert as runs_convert
from stdconv.runs.manifest import Manifest, is_own
from stdconv.standard.writers import Format
from support.paths import CASES

DECLARED = CASES / "control-agrees" / "mapping.yaml"
HEADER = "住民番号,更新者,性,更新日時,予備\r\n"
ONE, OF_TWO_LINES = "1,山田,女,20240301120000,x\r\n", '2,,男,,"甲\r\n乙"\r\n'
FILE = (HEADER + ONE + OF_TWO_LINES).encode("cp932")


MEMO = """
grammar: 1
id: cases/memo
about: {vendor: 例の市, title: 宛名, source: "assumed: a small layout with a memo of several lines"}
standard: own.schema.json
legacy:
  encoding: cp932
  columns: [住民番号, 更新者, 性, 更新日時, 予備]
fields:
  - {standard: 宛名番号, legacy: 住民番号}
  - {standard: 性別, legacy: 性, steps: [{op: recode, table: {男: "1", 女: "2", 不明: "0"}}]}
  - {standard: 備考, legacy: 予備}
unmapped:
  legacy: {更新者: 標準に該当する項目がない, 更新日時: 標準に該当する項目がない}
examples:
  - {source: "assumed: 例", legacy: {住民番号: "2", 性: 男}, standard: {宛名番号: "2", 性別: "1"}}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(DECLARED)


def placed(folder: Path, said: bytes | None, *, name: str = "a.csv", hed: str = "a.hed", data: bytes = FILE) -> Path:
    (folder / name).write_bytes(data)
    if said is not None:
        (folder / hed).write_bytes(said)
    return folder / name


def said(name: bytes = b"a.csv", size: int = len(FILE), lines: int = 3) -> bytes:
    return b"%b\r\n%d\r\n%d" % (name, size, lines)


def codes_of(folder: Path) -> list[str]:
    return pl.read_parquet(folder / "findings.parquet")["code"].to_list()


@pytest.mark.parametrize(("lines", "exit_code"), [(3, 0), (2, 0), (4, 4), (1, 4), (0, 4)])
def test_lines_and_records_are_both_right_and_nothing_else_is(
    lines: int, exit_code: int, plan: Plan, tmp_path: Path
) -> None:
    report = convert_file(placed(tmp_path, said(lines=lines)), plan, tmp_path / "run", fail_on="never")
    assert report.exit_code == exit_code
    assert codes_of(tmp_path / "run") == (["C0106"] if exit_code else [])
    assert report.control is not None
    assert (report.control.lines, report.control.counted_records, report.control.counted_lines) == (lines, 2, 3)
    manifest = verify(tmp_path / "run")
    assert isinstance(manifest, Manifest)
    assert manifest.control == "a.hed"


@pytest.mark.parametrize("end", ["\r\n", ""])
def test_a_last_line_without_its_end_is_a_line(end: str, plan: Plan, tmp_path: Path) -> None:
    data = (HEADER + ONE + OF_TWO_LINES.removesuffix("\r\n") + end).encode("cp932")
    file = placed(tmp_path, said(size=len(data)), data=data)
    assert convert_file(file, plan, tmp_path / "run").exit_code == 0


@pytest.mark.parametrize(
    ("said_", "code"),
    [
        (said(name="住民.csv".encode()), []),
        (said(name="住民.csv".encode("cp932")), []),
        (said(name="/data/住民.csv".encode()), ["C0104"]),
        (said(name="C:\\表\\住民.csv".encode("cp932")), ["C0104"]),
        (said(name="x住民.csv".encode()), ["C0103"]),
        *((said(name=name), ["C0103"]) for name in (b"a.csv", b"\xff\x00", b"")),
    ],
)
def test_a_name_is_right_as_windows_or_any_other_system_writes_it(
    said_: bytes, code: list[str], plan: Plan, tmp_path: Path
) -> None:
    file = placed(tmp_path, said_, name="住民.csv", hed="住民.hed")
    assert convert_file(file, plan, tmp_path / "run").exit_code == 0
    assert codes_of(tmp_path / "run") == code


@pytest.mark.parametrize(
    ("what", "code"),
    [
        *(("folder", "C0004"), ("pipe", "C0004"), ("link", "C0003")),
        *((b"", "C0101"), (b"a.csv\r\n1 \r\n2", "C0101"), (b"a.csv\r\n-1\r\n2", "C0101"), (b"x" * 5000, "C0101")),
        (b"a.csv\r\n1\r\n" + b"9" * 19, "C0101"),
        (b"a.csv\r\n1\r\n2\r\n\r\n", "C0101"),
        ("１\r\n２\r\n３".encode(), "C0101"),
    ],
)
def test_what_is_no_control_file_ends_the_run_before_it_begins(
    what: bytes | str, code: str, plan: Plan, tmp_path: Path
) -> None:
    file = placed(tmp_path, what if isinstance(what, bytes) else None)
    beside = tmp_path / "a.hed"
    if what == "folder":
        beside.mkdir()
    elif what == "pipe":
        os.mkfifo(beside)
    elif what == "link":
        beside.symlink_to(tmp_path / "nowhere")
    with pytest.raises(StdconvError) as error:
        convert_file(file, plan, tmp_path / "run")
    assert [each.code for each in error.value.faults] == [code]
    assert error.value.exit_code == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.hed"]


def test_of_two_that_say_different_things_neither_is_believed(plan: Plan, tmp_path: Path) -> None:
    file = placed(tmp_path, said())
    (tmp_path / "a.csv.hed").write_bytes(said(lines=2))
    with pytest.raises(StdconvError) as error:
        convert_file(file, plan, tmp_path / "run")
    assert [each.code for each in error.value.faults] == ["C0101"]
    (tmp_path / "a.csv.hed").write_bytes(said())
    assert convert_file(file, plan, tmp_path / "run").exit_code == 0


def test_a_file_that_nobody_asked_for_is_not_read(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(DECLARED.read_text(encoding="utf-8").replace("  control: hed\n", ""), encoding="utf-8")
    (tmp_path / "own.schema.json").write_bytes((DECLARED.parent / "own.schema.json").read_bytes())
    report = convert_file(placed(tmp_path, b"something else"), mapping, tmp_path / "run")
    assert (report.exit_code, report.control) == (0, None)
    assert not (tmp_path / "run" / "control.hed").exists()
    longest = placed(tmp_path, None, name=f"{'x' * 248}.csv")  # the system has no room for the names beside it
    assert convert_file(longest, mapping, tmp_path / "other", hed=True).exit_code == 0
    assert codes_of(tmp_path / "other") == ["C0102"]


def test_another_size_is_said_before_the_file_is_read(plan: Plan, tmp_path: Path) -> None:
    told = list[tuple[str, bool]]()
    runs_convert.convert_file(
        plan,
        placed(tmp_path, said(size=1)),
        tmp_path / "run",
        early=lambda found: told.append((found["code"].item(), any(tmp_path.glob(".run*")))),
    )
    assert told == [("C0105", False)]
    assert codes_of(tmp_path / "run") == ["C0105"]


def test_lines_of_utf_16_are_counted_as_characters_say(tmp_path: Path) -> None:
    """U+0A0A and U+0D0A have the bytes of line ends; the last line has none."""
    mapping, file = tmp_path / "mapping.yaml", tmp_path / "a.csv"
    mapping.write_text(MEMO.replace("cp932", "utf-16le\n  control: hed"), encoding="utf-8")
    schema = json.loads((DECLARED.parent / "own.schema.json").read_bytes())
    schema["properties"]["備考"] = {"title": "備考", "type": "string", "x-type": "Ｎ", "x-status": "assumed"}
    (tmp_path / "own.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    odd = "\u0a0a\u0d0a\u0a00"
    text = HEADER + f'1,{odd},女,,"甲\r\n{odd}"\r\n2,,男,,{odd}'
    data = text.encode("utf-16le")
    for lines, exit_code in ((3, 0), (4, 4)):
        placed(tmp_path, said(size=len(data), lines=lines), data=data)
        report = convert_file(file, mapping, tmp_path / "run", fail_on="never", force=True)
        assert report.exit_code == exit_code
        assert report.control is not None
        assert (report.control.counted_records, report.control.counted_lines) == (2, 3)
    again = tmp_path / "again.csv"
    assert run(["restore", str(tmp_path / "run" / "standard.csv"), "-m", str(mapping), "-o", str(again)]) == 0
    assert (tmp_path / "again.hed").read_bytes() == said(b"again.csv", again.stat().st_size, 3)


@pytest.mark.parametrize(("hed", "again"), [("a.hed", "b.hed"), ("a.csv.hed", "b.csv.hed"), ("a.HED", "b.HED")])
def test_what_was_read_comes_back_under_the_name_of_the_file(hed: str, again: str, plan: Plan, tmp_path: Path) -> None:
    odd = said(name=b"\xff").replace(b"\r\n", b"\n") + b"\n"
    convert_file(placed(tmp_path, odd, hed=hed), plan, tmp_path / "run", hed=True)
    (tmp_path / again).write_bytes(b"mine")
    with pytest.raises(DefinitionError):
        restore_file(tmp_path / "run", tmp_path / "b.csv")
    assert not (tmp_path / "b.csv").exists()
    assert (tmp_path / again).read_bytes() == b"mine"
    restore_file(tmp_path / "run", tmp_path / "b.csv", force=True)
    assert (tmp_path / again).read_bytes() == odd
    assert (tmp_path / "b.csv").read_bytes() == FILE


@pytest.mark.parametrize("name", ["control.hed", "standard.hed"])
def test_a_control_file_belongs_to_the_run(name: str, plan: Plan, tmp_path: Path) -> None:
    """Changed, taken away, or taken out of the manifest too: it is damage."""
    folder = tmp_path / "run"
    convert_file(placed(tmp_path, said()), plan, folder, hed=True)
    data, manifest = (folder / name).read_bytes(), (folder / "manifest.json").read_text(encoding="utf-8")
    for change in ("changed", "away", "unlisted"):
        (folder / name).write_bytes(data + b"\r\n")
        if change != "changed":
            (folder / name).unlink()
        if change == "unlisted":
            document = json.loads(manifest)
            del document["files"][name]
            (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(UnprovenError):
            verify(folder)


@pytest.mark.parametrize(("format_", "lines"), [("csv", 3), ("ndjson", 2), ("parquet", 2)])
def test_the_standard_file_of_each_format_has_one_and_is_still_the_standard_file(
    format_: Format, lines: int, tmp_path: Path
) -> None:
    """A text of two lines makes two lines of CSV; the program that writes such files counts them so."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MEMO, encoding="utf-8")
    schema = json.loads((DECLARED.parent / "own.schema.json").read_bytes())
    schema["properties"]["備考"] = {"title": "備考", "type": "string", "x-type": "Ｎ", "x-status": "assumed"}
    (tmp_path / "own.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    folder = tmp_path / "run"
    report = convert_file(placed(tmp_path, None), mapping, folder, format=format_, hed=True)
    assert (report.counts.accepted, codes_of(folder)) == (2, ["C0102"])
    written = folder / f"standard.{format_}"
    assert (folder / "standard.hed").read_bytes() == said(written.name.encode(), written.stat().st_size, lines)
    assert is_own(written)
    restore_file(folder, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == FILE
    assert not (tmp_path / "again.hed").exists()


def test_sampled_and_restored_files_of_such_a_layout_are_converted(tmp_path: Path) -> None:
    mapping, file = str(DECLARED), tmp_path / "s.csv"
    assert run(["sample", "-m", mapping, "--rows", "50", "--seed", "1", "-o", str(file)]) == 0
    assert (tmp_path / "s.hed").read_bytes() == said(b"s.csv", file.stat().st_size, 50)
    assert run(["convert", str(file), "-m", mapping, "-o", str(tmp_path / "run"), "--fail-on", "note"]) == 0


@pytest.mark.parametrize(("newline", "lines"), [("crlf", 3), ("none", 2)])
def test_a_header_of_its_own_kind_is_none_of_the_lines(newline: str, lines: int, tmp_path: Path) -> None:
    """A header, two records and a trailer: three lines behind the header; without line ends, two records."""
    case, mapping, file = CASES / "golden-fixed-records", tmp_path / "fixed.yaml", tmp_path / "f.dat"
    (tmp_path / "own.schema.json").write_bytes((case / "own.schema.json").read_bytes())
    text = (case / "mapping.yaml").read_text(encoding="utf-8")
    declared = text.replace("  encoding:", f"  control: hed\n  newline: {newline}\n  encoding:")
    mapping.write_text(declared, encoding="utf-8")
    assert run(["restore", str(case / "standard.csv"), "-m", str(mapping), "-o", str(file)]) == 0
    assert (tmp_path / "f.hed").read_bytes() == said(b"f.dat", file.stat().st_size, lines)
    assert run(["convert", str(file), "-m", str(mapping), "-o", str(tmp_path / "run"), "--fail-on", "note"]) == 0
    control = json.loads((tmp_path / "run" / "report.json").read_bytes())["control"]
    assert (control["counted_lines"], control["counted_records"]) == (lines, 2)
