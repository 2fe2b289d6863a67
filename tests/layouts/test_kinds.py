"""Records of several kinds in a file of a fixed width: what is written, counted, told and declared of them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from stdconv import convert, convert_bytes, write_legacy
from stdconv.errors import DefinitionError
from stdconv.layouts.writer import beginning, ending
from stdconv.mapping.plan import Plan, read_plan
from stdconv.reports.csv import as_csv
from stdconv.reports.sarif import as_sarif
from stdconv.reports.text import as_text
from stdconv.runs.convert import convert_file
from stdconv.runs.relay import relay_file
from stdconv.runs.restore import restore_file
from stdconv.runs.sample import sample_file
from support.paths import CASES

pytestmark = pytest.mark.slow

MAPPING = CASES / "golden-fixed-records" / "mapping.yaml"
RECORDS = "{at: 1, length: 1, data: [D], header: [H], trailer: [T]}"
TOTALS = "[{in: trailer, at: 2, length: 8, counts: data}]"
WRITE = '{header: ["H20261123"], trailer: ["T{data:08}"]}'
OWN = '  columns:\n    - {name: 宛名コード, at: 2, length: 5, pad: " ", side: left}\n'
COLUMN = OWN.replace("columns:\n", "columns:\n    - {name: 区分, at: 1, length: 1}\n")
WIDER = [
    ("  length: 21\n", "  length: 214\n"),
    ("at: 2, length: 5,", "at: 2, length: 10,"),
    ("at: 7, length: 12,", "at: 12, length: 200,"),
    ("at: 19, length: 3", "at: 212, length: 3"),
    ('    line: "D   12行政　花子　012"\n', ""),
]
"""The layout with room for what is sampled."""
WITHOUT_ROOM = [("  length: 21\n", ""), ("at: 2, length: 5,", "at: 1, length: 6,")]
"""The layout with columns in all its bytes, and no length but theirs."""
DATA, HEADER = "D   12行政　花子　012".encode("cp932"), b"H20261123".ljust(21)


def plan(*changes: tuple[str, str]) -> Plan:
    text = MAPPING.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_plan(text, str(MAPPING))


def trailer(text: str) -> bytes:
    return text.encode().ljust(21)


def told(*records: bytes) -> list[tuple[str, str]]:
    """Return the findings about the whole file of these records."""
    findings = convert_bytes(b"".join(record + b"\r\n" for record in records), plan()).findings
    return findings.filter(pl.col("_row").is_null()).select("code", "detail").rows()


@pytest.mark.parametrize(
    ("records", "details"),
    [
        ([HEADER, DATA, DATA, trailer("T00000002")], []),
        ([HEADER, DATA, DATA, trailer("T       2")], []),
        ([HEADER, DATA, b"X" + DATA[1:], DATA[:-1], trailer("T00000003")], []),
        ([HEADER, trailer("T00000000")], []),
        ([HEADER, DATA, DATA, trailer("T00000003")], ["trailer=1 records=2"]),
        ([HEADER, DATA, DATA, trailer("T")], ["trailer=1 records=2 numbers=0"]),
        ([HEADER, DATA, trailer("T000000-1")], ["trailer=1 records=1 numbers=0"]),
        ([HEADER, DATA, DATA], ["trailer=0 records=2"]),
        ([HEADER], ["trailer=0 records=0"]),
        ([HEADER, DATA, trailer("T00000001"), DATA, DATA], ["trailer=0 records=2"]),
        ([HEADER, DATA, trailer("T00000001"), HEADER, DATA, DATA, trailer("T00000002")], []),
        ([HEADER, DATA, trailer("T00000001"), trailer("T00000001")], []),
    ],
)
def test_a_trailer_says_how_many_records_there_are(records: list[bytes], details: list[str]) -> None:
    assert told(*records) == [("R0019", detail) for detail in details]


def test_records_that_are_no_bytes_need_no_trailer() -> None:
    legacy = pl.DataFrame({"宛名コード": ["12"], "漢字氏名": ["花子"], "行政区": ["012"]})
    assert convert(legacy, plan()).findings.is_empty()


@pytest.mark.parametrize("newline", ["crlf", "lf", "cr", "none"])
@pytest.mark.parametrize("batch_size", [30, 1 << 20])
def test_what_is_written_is_read_without_a_refusal(tmp_path: Path, newline: str, batch_size: int) -> None:
    layout = plan(*WIDER, ("  encoding: cp932\n", f"  encoding: cp932\n  newline: {newline}\n"))
    sampled, run, standard = tmp_path / "sampled.dat", tmp_path / "run", tmp_path / "run" / "standard.csv"
    sample_file(layout, 25, 3, sampled)
    report = convert_file(layout, sampled, run, batch_size=batch_size)
    assert (report.counts.read, report.counts.accepted, report.exit_code, report.findings) == (25, 25, 0, ())
    restore_file(run, tmp_path / "again.dat")
    assert sampled.read_bytes().startswith(beginning(layout.dialect))
    assert (tmp_path / "again.dat").read_bytes() == sampled.read_bytes()
    relay_file(layout, standard, tmp_path / "relayed.dat")
    assert (tmp_path / "relayed.dat").read_bytes() == sampled.read_bytes()


def test_written_records_are_between_header_and_trailer() -> None:
    target = BytesIO()
    legacy = pl.DataFrame({"宛名コード": ["12"], "漢字氏名": ["行政　花子"], "行政区": ["012"]})
    write_legacy(legacy, plan(), target)
    assert target.getvalue() == b"\r\n".join([HEADER, DATA, trailer("T00000001"), b""])


def test_a_number_without_room_is_a_fault() -> None:
    dialect = plan((TOTALS, "[]"), (WRITE, '{header: ["H"], trailer: ["T{data:018}Z"]}')).dialect
    assert ending(dialect, 10**18 - 1) == trailer("T" + "9" * 18 + "Z") + b"\r\n"
    assert beginning(dialect) == trailer("H") + b"\r\n"
    with pytest.raises(DefinitionError, match="M0104"):
        ending(dialect, 10**19)
    with pytest.raises(DefinitionError, match="M0104"):
        ending(plan().dialect, 10**8)


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ([(RECORDS, "{at: 1, length: 1, data: [DD], header: [H], trailer: [T]}")], "M0104", "a code has 1 bytes"),
        ([(RECORDS, "{at: 1, length: 1, data: [D], header: [D], trailer: [T]}")], "M0104", "stands there twice"),
        ([(RECORDS, "{at: 1, length: 1, data: [D, E], header: [H], trailer: [T]}")], "M0104", "a column of its own"),
        ([(RECORDS, "{at: 2, length: 1, data: [D], header: [H], trailer: [T]}")], "M0100", "begins at byte 2"),
        ([(RECORDS, "{at: 22, length: 1, data: [D], header: [H], trailer: [T]}")], "M0100", "begins at byte 2"),
        ([*WITHOUT_ROOM, (RECORDS, RECORDS.replace("at: 1", "at: 40"))], "M0104", "not inside the record of 21 bytes"),
        ([(RECORDS, "{at: 1, length: 1, data: [D], header: [H]}")], "M0104", "no code of a trailer"),
        ([(TOTALS, "[{in: trailer, at: 2, length: 30}]")], "M0104", "not inside the record of 21 bytes"),
        ([(f"  records: {RECORDS}\n", ""), (OWN, COLUMN)], "M0104", "needs `records`"),
        ([(f"  write: {WRITE}\n", "")], "M0103", "header records"),
        ([(WRITE, '{trailer: ["T{data:08}"]}')], "M0103", "header records"),
        ([(WRITE, "{header: [H1]}")], "M0103", "trailer records"),
        ([(WRITE, WRITE.replace("H2", "X2"))], "M0104", "no code of its kind"),
        ([(WRITE, WRITE.replace("H2", "T2"))], "M0104", "no code of its kind"),
        ([(WRITE, WRITE.replace("H2", "H" + "2" * 20))], "M0104", "longer than the record of 21 bytes"),
        ([(WRITE, WRITE.replace("H2", "H{data}"))], "M0104", "nothing else stands in braces"),
        ([(WRITE, WRITE.replace("{data:08}", "{data:8}"))], "M0104", "nothing else stands in braces"),
        ([(WRITE, WRITE.replace("{data:08}", "0{data:08}"))], "M0104", "not written where `totals` reads it"),
        ([(WRITE, WRITE.replace("{data:08}", "5"))], "M0104", "not written where `totals` reads it"),
        ([(WRITE, WRITE.replace("H2", "H€"))], "M0104", "cannot write it"),
        ([("format: fixed", "format: csv")], "M0099", "`records` has no meaning"),
    ],
)
def test_kinds_that_cannot_be_so_are_faults(changes: list[tuple[str, str]], code: str, told: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        plan(*changes)
    assert [fault for fault in raised.value.faults if fault.code == code and told in fault.text("en")]


def test_a_column_has_the_code_and_holds_codes_of_data_alone() -> None:
    """A value that made its record another one's kind would be lost; it is refused with its column."""
    layout = plan(
        (RECORDS, "{at: 1, length: 1, data: ['1', '2'], header: [H], trailer: [T]}"),
        (OWN, COLUMN),
        ("examples:", "unmapped: {legacy: {区分: 種別だけを示す}}\ndefaults: {区分: '1'}\nexamples:"),
        ("legacy: {宛名コード", "legacy: {区分: '1', 宛名コード"),
        ('line: "D', 'line: "1'),
    )
    columns = {"区分": ["1", "2"], "宛名コード": ["12", "13"], "漢字氏名": ["花子"] * 2, "行政区": ["012"] * 2}
    target = BytesIO()
    write_legacy(pl.DataFrame(columns), layout, target)
    assert [line[:1] for line in target.getvalue().splitlines()] == [b"H", b"1", b"2", b"T"]
    for wrong in ("H", "T", "3", ""):
        with pytest.raises(DefinitionError, match="C0085"):
            write_legacy(pl.DataFrame(columns | {"区分": ["1", wrong]}), layout, BytesIO())


@pytest.mark.parametrize(
    ("name", "problem"), [("あ" * 7, "longer than its place"), ("あx", "read back as another one")]
)
def test_a_value_that_does_not_fit_its_place_is_told_by_its_column(name: str, problem: str) -> None:
    legacy = pl.DataFrame({"宛名コード": ["12"], "漢字氏名": [name], "行政区": ["012"]})
    with pytest.raises(DefinitionError, match=f"漢字氏名.*{problem}"):
        write_legacy(legacy, plan(), BytesIO())


@pytest.mark.parametrize("batch_size", [1, 50, 10_000])
def test_where_nothing_ends_records_the_first_byte_of_each_is_told(tmp_path: Path, batch_size: int) -> None:
    """Headers and trailers in between count, and what is left behind the last record is one."""
    unknown, undecodable = b"X" + DATA[1:], DATA[:6] + b"\x81 " + DATA[8:]
    records = [HEADER, DATA, undecodable, trailer("T00000002"), HEADER, DATA, unknown, DATA, undecodable, DATA[:5]]
    file, out = tmp_path / "x.dat", tmp_path / "run"
    file.write_bytes(b"".join(records))
    by_length = plan(("  length: 21\n", "  length: 21\n  newline: none\n"))
    report = convert_file(by_length, file, out, batch_size=batch_size)
    told = {total.code: (total.rows, total.offsets, total.lines) for total in report.findings}
    assert told["E0001"] == ((2, 6), (1 + 2 * 21, 1 + 8 * 21), ())
    assert told["R0018"] == ((4,), (1 + 6 * 21,), ())
    assert told["R0030"] == ((7,), (1 + 9 * 21,), ())
    assert "records 4  bytes 127" in as_text([report], "en")
    assert "バイト位置 127" in as_text([report], "ja")
    assert '"byteOffset": 126' in as_sarif([report], "en")
    assert [row.split(",")[7:9] for row in as_csv([report], "en").splitlines() if "R0018" in row] == [["4", ""]]


def test_one_undecodable_byte_among_ten_thousand_records_refuses_one(tmp_path: Path) -> None:
    records = [f"D{number:5}行政　花子　012\r\n".encode("cp932") for number in range(1, 10_001)]
    records[4_999] = records[4_999][:6] + b"\x81 " + records[4_999][8:]
    file, out = tmp_path / "x.dat", tmp_path / "run"
    file.write_bytes(b"".join(records))
    report = convert_file(plan((f"  totals: {TOTALS}\n", "")), file, out, batch_size=50_000)
    (found,) = report.findings
    assert (found.code, found.column, found.rows, found.lines) == ("E0001", "漢字氏名", (5_000,), (5_000,))
    assert [each.detail for each in found.details] == ["byte=81 offset=0"]
    assert (report.counts.accepted, report.counts.refused) == (9_999, 1)
    restore_file(out, tmp_path / "again.dat")
    assert (tmp_path / "again.dat").read_bytes() == file.read_bytes()
