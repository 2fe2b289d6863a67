"""Restoring a standard file into another layout: what converts back to the same record, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from stdconv.reports import Report
from stdconv.reports.text import report_text
from support.links import A_HEADER, B_HEADER, STANDARD_COLUMNS
from support.paths import EXAMPLES

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
HANAKO = dict(
    zip(
        STANDARD_COLUMNS,
        ("1234567890", "1", "9876543", "1", "1", "2024-03-01", "行政　花子", "2", "3", "1985-07-07"),
        strict=True,
    )
)
LOST = ("D0021", "宛名番号")
HANAKO_IN_A = "1234567890,1,行政　花子,3600707,女,住登者,20240301,日本人\r\n"
HANAKO_IN_B = "1234567890,1,行政花子,20240301,2,19850707,昭和,9876543,住登者\r\n"
FOREIGNER = HANAKO | {
    "宛名番号": "2",
    "住民種別": "2",
    "氏名": "ＺＨＡＮＧ　ＹＵＬＩ",
    "生年月日_元号": "",
    "生年月日": "1990-02-28",
}
FOREIGNER_IN_A = "2,1,ＺＨＡＮＧ　ＹＵＬＩ,9900228,女,住登者,20240301,外国人\r\n"
HEADER_OF_A, HEADER_OF_B = f"{A_HEADER}\r\n", f"{B_HEADER}\r\n"


def csv_bytes(*records: dict[str, str], columns: tuple[str, ...] = STANDARD_COLUMNS) -> bytes:
    """Return a standard file written with Python's own means."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def text_of(path: Path) -> str:
    """Return a UTF-8 file's text with its own newlines."""
    return path.read_bytes().decode()


def relay(folder: Path, mapping: str | Path, standard: bytes, *, name: str = "standard.csv") -> Report:
    (folder / name).write_bytes(standard)
    report = stdconv.relay_file(folder / name, mapping, folder / "out.csv")
    assert isinstance(report, Report)
    assert json.loads((folder / "out.csv.report.json").read_text(encoding="utf-8")) == json.loads(
        report.model_dump_json()
    )
    return report


def rows_of_totals(report: Report) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the rows of every total, by code and column."""
    return {(total.code, total.column): total.rows for total in report.findings}


def counts(report: Report) -> tuple[int, int, int]:
    return report.counts.read, report.counts.accepted, report.counts.refused


# Carried columns come back, or the record is refused with the column


def test_a_foreign_resident_is_refused_by_the_layout_that_assumes_japanese_ones(tmp_path: Path) -> None:
    report = relay(tmp_path, B, csv_bytes(HANAKO, FOREIGNER))

    assert counts(report) == (2, 1, 1)
    assert rows_of_totals(report) == {("T0030", "住民種別"): (2,), LOST: (2,)}
    assert report.exit_code == 1
    assert text_of(tmp_path / "out.csv") == HEADER_OF_B + HANAKO_IN_B
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes(FOREIGNER)
    assert (tmp_path / "out.csv.names.csv").read_bytes() == (EXAMPLES / "vendor_b_names.csv").read_bytes()


def test_a_foreign_resident_goes_into_the_layout_that_has_the_column(tmp_path: Path) -> None:
    report = relay(tmp_path, A, csv_bytes(FOREIGNER))
    assert (counts(report), rows_of_totals(report), report.exit_code) == ((1, 1, 0), {}, 0)
    assert (tmp_path / "out.csv").read_bytes() == (HEADER_OF_A + FOREIGNER_IN_A).encode("cp932")


def test_where_nothing_is_accepted_the_result_is_incomplete(tmp_path: Path) -> None:
    report = relay(tmp_path, B, csv_bytes(FOREIGNER))
    assert (counts(report), report.exit_code) == ((1, 0, 1), 4)
    assert text_of(tmp_path / "out.csv") == HEADER_OF_B


def test_a_header_alone_gives_a_header_alone(tmp_path: Path) -> None:
    report = relay(tmp_path, B, csv_bytes())
    assert (counts(report), rows_of_totals(report), report.exit_code) == ((0, 0, 0), {}, 0)
    assert text_of(tmp_path / "out.csv") == HEADER_OF_B
    assert text_of(tmp_path / "out.csv.names.csv") == "宛名番号,氏,名\r\n"
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("住民状態", "4", "T0030"),
        ("異動年月日", "2024-02-30", "T0030"),
        ("生年月日_元号", "4", "T0030"),
        ("氏名", "行政  花子", "T0030"),
        ("履歴番号", "01", "S0002"),
        ("宛名番号", "1234567890123456", "S0003"),
    ],
)
def test_what_would_not_come_back_or_breaks_the_schema_is_refused_with_its_column(
    column: str, value: str, code: str, tmp_path: Path
) -> None:
    broken = HANAKO | {column: value}
    report = relay(tmp_path, A, csv_bytes(HANAKO | {"宛名番号": "1"}, broken))
    assert counts(report) == (2, 1, 1)
    assert any(total.severity == "refuse" and column in total.column.split("+") for total in report.findings)
    assert code in {total.code for total in report.findings}
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes(broken)


def test_absent_values_go_back_to_the_layouts_own_empty_spellings(tmp_path: Path) -> None:
    bare = HANAKO | {"世帯番号": "", "異動年月日": "", "生年月日_元号": "", "生年月日": ""}
    report = relay(tmp_path, A, csv_bytes(bare))
    assert (counts(report), rows_of_totals(report)) == ((1, 1, 0), {})
    # 00000000 is the sentinel that the mapping declares for no date; an empty birth date is empty
    expected = HEADER_OF_A + "1234567890,1,行政　花子,,女,住登者,00000000,日本人\r\n"
    assert (tmp_path / "out.csv").read_bytes() == expected.encode("cp932")
    # nothing is known about the household: a row that says so, and the same standard when it is converted
    again = stdconv.convert_file(
        tmp_path / "out.csv", A, tmp_path / "run", lookups={"households": tmp_path / "out.csv.households.csv"}
    )
    assert again.counts.accepted == 1
    assert (tmp_path / "run" / "standard.csv").read_bytes() == csv_bytes(bare)


def test_what_is_accepted_converts_to_the_same_standard(tmp_path: Path) -> None:
    people = [
        HANAKO | {"宛名番号": str(number), "氏名": name, "異動年月日": date}
        for number, (name, date) in enumerate(
            [
                ("行政　花子", ""),
                ("行政花子", "2024-03-01"),
                ("行政　花子　恵", "0000-01-01"),
                ("髙﨑　德", "9999-12-31"),
            ],
            1,
        )
    ]
    for mapping, lookup in ((A, "households"), (B, "names")):
        folder = tmp_path / lookup
        folder.mkdir()
        report = relay(folder, mapping, csv_bytes(*people))
        assert (counts(report), rows_of_totals(report)) == ((4, 4, 0), {})
        stdconv.convert_file(
            folder / "out.csv", mapping, folder / "run", lookups={lookup: folder / f"out.csv.{lookup}.csv"}
        )
        assert (folder / "run" / "standard.csv").read_bytes() == csv_bytes(*people)


# Lookups hold one row a key


def test_two_history_records_that_need_two_lookup_values_are_both_refused(tmp_path: Path) -> None:
    married = HANAKO | {"履歴番号": "2", "氏名": "山田　花子"}
    other = HANAKO | {"宛名番号": "77"}

    report = relay(tmp_path, B, csv_bytes(HANAKO, other, married))

    assert counts(report) == (3, 1, 2)
    assert [(t.code, t.side, t.column, t.rows) for t in report.findings] == [
        ("D0021", "standard", "宛名番号", (1,)),
        ("T0032", "lookup:names", "宛名番号", (1, 3)),
    ]
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes(HANAKO, married)
    names = text_of(tmp_path / "out.csv.names.csv")
    assert names == "宛名番号,氏,名\r\n77,行政,花子\r\n"


def test_all_records_of_a_contradictory_key_are_refused_even_those_that_agree_with_one_of_the_values(
    tmp_path: Path,
) -> None:
    histories = [HANAKO | {"履歴番号": str(n), "世帯番号": household} for n, household in enumerate("1121", 1)]
    report = relay(tmp_path, A, csv_bytes(*histories, HANAKO | {"宛名番号": "77"}))
    assert counts(report) == (5, 1, 4)
    assert rows_of_totals(report) == {("T0032", "住民番号"): (1, 2, 3, 4), LOST: (1,)}


def test_history_records_that_agree_share_one_lookup_row(tmp_path: Path) -> None:
    report = relay(tmp_path, A, csv_bytes(HANAKO, HANAKO | {"履歴番号": "2"}))
    assert counts(report) == (2, 2, 0)
    households = (tmp_path / "out.csv.households.csv").read_bytes().decode("cp932")
    assert households == "住民番号,世帯番号\r\n1234567890,9876543\r\n"


def test_a_refused_record_does_not_contradict_an_accepted_one(tmp_path: Path) -> None:
    """The foreign resident's history record is refused for its own reason and writes no row."""
    foreign = FOREIGNER | {"宛名番号": "1234567890", "履歴番号": "2"}
    report = relay(tmp_path, B, csv_bytes(HANAKO, foreign))
    assert counts(report) == (2, 1, 1)
    assert rows_of_totals(report) == {("T0030", "住民種別"): (2,)}
    assert (tmp_path / "out.csv.names.csv").read_bytes() == (EXAMPLES / "vendor_b_names.csv").read_bytes()


# Encodings


@pytest.mark.parametrize("character", ["𠮷", "é", "辻\U000e0100", "\uffe3\u0301"], ids=ascii)
def test_a_character_that_cp932_does_not_have_refuses_the_record(character: str, tmp_path: Path) -> None:
    rare = HANAKO | {"宛名番号": "1", "氏名": f"{character}　花子"}
    report = relay(tmp_path, A, csv_bytes(HANAKO, rare))
    assert counts(report) == (2, 1, 1)
    assert rows_of_totals(report) == {("E0006", "氏名"): (2,), LOST: (2,)}
    assert (tmp_path / "out.csv").read_bytes() == (HEADER_OF_A + HANAKO_IN_A).encode("cp932")
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes(rare)
    assert character not in (tmp_path / "out.csv.report.json").read_text(encoding="utf-8")


def test_cp932_is_written_as_windows_writes_it(tmp_path: Path) -> None:
    relay(tmp_path, A, csv_bytes(HANAKO | {"氏名": "髙　花子"}))
    # shared spec: 髙 is FBFC everywhere but in Python's codec, which writes EEE0
    assert b"\xfb\xfc\x81\x40" in (tmp_path / "out.csv").read_bytes()


# A mapping that leaves columns out

NARROW = """\
grammar: 1
id: test/narrow
about: {vendor: 試験, title: 狭いレイアウト, source: "assumed: tests"}
standard: resident-link/1.0
legacy: {encoding: utf-8, newline: lf, columns: [番号, 履歴, 氏名, 性別, 種別, 状態, 備考, 予備]}
fields:
  - {standard: 宛名番号, legacy: 番号}
  - {standard: 履歴番号, legacy: 履歴}
  - {standard: 氏名, legacy: 氏名}
  - {standard: 性別, legacy: 性別}
  - {standard: 住民種別, legacy: 種別}
  - {standard: 住民状態, legacy: 状態}
unmapped:
  legacy: {備考: 自由記述のため, 予備: 常に空のため}
  standard: {世帯番号: 不要, 異動年月日: 不要, 生年月日_元号: 不要, 生年月日: 不要}
examples:
  - source: "assumed: tests"
    legacy: {番号: "1", 履歴: "1", 氏名: 行政　花子, 性別: "2", 種別: "1", 状態: "1"}
    standard: {宛名番号: "1", 履歴番号: "1", 氏名: 行政　花子, 性別: "2", 住民種別: "1", 住民状態: "1"}
"""


@pytest.fixture
def narrow(tmp_path: Path) -> Path:
    path = tmp_path / "narrow.yaml"
    path.write_text(NARROW, encoding="utf-8")
    return path


def test_values_that_the_layout_does_not_carry_are_warned_of_and_counted_as_lost(narrow: Path, tmp_path: Path) -> None:
    no_date = HANAKO | {"宛名番号": "2", "異動年月日": ""}

    report = relay(tmp_path, narrow, csv_bytes(HANAKO, no_date))

    assert counts(report) == (2, 2, 0)
    assert (report.lost_values, report.lost_records) == (4 + 3, 2)
    severities = {(total.code, total.column): (total.severity, total.rows) for total in report.findings}
    assert severities == {
        ("T0031", "世帯番号"): ("warn", (1, 2)),
        ("T0031", "異動年月日"): ("warn", (1,)),
        ("T0031", "生年月日_元号"): ("warn", (1, 2)),
        ("T0031", "生年月日"): ("warn", (1, 2)),
        ("T0033", "備考"): ("note", ()),
        ("T0033", "予備"): ("note", ()),
    }
    assert report.exit_code == 0
    assert text_of(tmp_path / "out.csv") == (
        "番号,履歴,氏名,性別,種別,状態,備考,予備\n1234567890,1,行政　花子,2,1,1,,\n2,1,行政　花子,2,1,1,,\n"
    )


def test_the_text_sums_up_what_is_lost_and_what_stays_empty(narrow: Path, tmp_path: Path) -> None:
    one = HANAKO | {"異動年月日": ""}
    every = [HANAKO, *(one | {"宛名番号": str(number), "世帯番号": ""} for number in (2, 3))]
    report = relay(tmp_path, narrow, csv_bytes(*every))
    lines = report_text(report, "en").split("\n")
    first = lines.index("values that the layout has no column for: 8, in 3 records")
    assert lines[first + 1 : first + 8] == [
        "  3  生年月日",
        "  3  生年月日_元号",
        "  1  世帯番号",
        "  1  異動年月日",
        "columns of the layout that stay empty in every record: 2",
        "  予備",
        "  備考",
    ]
    assert "旧側レイアウトに項目がなく失われる値: 8 件（3 レコード）。" in report_text(report, "ja")


@pytest.mark.parametrize(("fail_on", "code"), [("note", 1), ("warn", 1), ("refuse", 0), ("never", 0)])
def test_losses_fail_the_run_where_warnings_are_asked_to(fail_on: Any, code: int, narrow: Path, tmp_path: Path) -> None:
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.relay import relay_file

    (tmp_path / "standard.csv").write_bytes(csv_bytes(HANAKO))
    report = relay_file(load_plan(narrow), tmp_path / "standard.csv", tmp_path / "out.csv", fail_on=fail_on)
    assert report.exit_code == code


def test_a_refused_record_loses_nothing(narrow: Path, tmp_path: Path) -> None:
    report = relay(tmp_path, narrow, csv_bytes(HANAKO, FOREIGNER | {"性別": "7"}))
    assert counts(report) == (2, 1, 1)
    assert (report.lost_values, report.lost_records) == (4, 1)


def test_a_standard_column_declared_missing_is_a_loss_too(tmp_path: Path) -> None:
    text = NARROW.replace("  - {standard: 住民状態, legacy: 状態}\n", "")
    text = text.replace("unmapped:", "  - {standard: 住民状態, missing: {severity: warn, because: ない}}\nunmapped:")
    text = text.replace("状態, 備考", "備考").replace(', 状態: "1"', "").replace(', 住民状態: "1"', "")
    (tmp_path / "narrow.yaml").write_text(text, encoding="utf-8")
    report = relay(tmp_path, tmp_path / "narrow.yaml", csv_bytes(HANAKO))
    assert counts(report) == (1, 1, 0)
    assert ("T0031", "住民状態") in rows_of_totals(report)


# FILE.refused.csv holds the records as they stood


def test_refused_records_are_returned_as_they_stood(tmp_path: Path) -> None:
    header, quoted, plain = csv_bytes(FOREIGNER, FOREIGNER | {"宛名番号": "3"}).splitlines(keepends=True)
    quoted = quoted.replace("ＺＨＡＮＧ　ＹＵＬＩ".encode(), '"ＺＨＡＮＧ　ＹＵＬＩ"'.encode()).replace(b"\r\n", b"\n")
    broken = b'1,1,"\r\n'

    report = relay(tmp_path, B, header + quoted + broken + csv_bytes(HANAKO).splitlines(keepends=True)[1] + plain)

    assert counts(report) == (4, 1, 3)
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == header + quoted + broken + plain


def test_refused_records_of_a_file_with_its_own_column_order_keep_it(tmp_path: Path) -> None:
    columns = tuple(reversed(STANDARD_COLUMNS))
    report = relay(tmp_path, B, csv_bytes(FOREIGNER, HANAKO, columns=columns))
    assert counts(report) == (2, 1, 1)
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes(FOREIGNER, columns=columns)
    assert text_of(tmp_path / "out.csv") == HEADER_OF_B + HANAKO_IN_B


# Other formats, and files that lack columns


def table(*records: dict[str, str]) -> pl.DataFrame:
    rows = [{name: value or None for name, value in record.items()} for record in records]
    return pl.DataFrame(rows, schema=dict.fromkeys(STANDARD_COLUMNS, pl.String))


@pytest.mark.parametrize("suffix", ["parquet", "ndjson"])
def test_parquet_and_ndjson_are_read_like_csv(suffix: str, tmp_path: Path) -> None:
    data = io.BytesIO()
    if suffix == "parquet":
        table(HANAKO, FOREIGNER).write_parquet(data)
    else:
        for record in (HANAKO, FOREIGNER):
            present = {name: value for name, value in record.items() if value}
            data.write(b"\n" + json.dumps(present, ensure_ascii=False).encode() + b"\n \r\n")

    report = relay(tmp_path, B, data.getvalue(), name=f"standard.{suffix}")

    assert counts(report) == (2, 1, 1)
    assert rows_of_totals(report) == {("T0030", "住民種別"): (2,), LOST: (2,)}
    assert text_of(tmp_path / "out.csv") == HEADER_OF_B + HANAKO_IN_B
    assert (tmp_path / "out.csv.names.csv").read_bytes() == (EXAMPLES / "vendor_b_names.csv").read_bytes()
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes(FOREIGNER)


def test_an_optional_column_that_the_file_lacks_reads_as_absent_without_a_word(tmp_path: Path) -> None:
    lacking = tuple(name for name in STANDARD_COLUMNS if name != "世帯番号")
    report = relay(tmp_path, B, csv_bytes(HANAKO, columns=lacking))
    assert (counts(report), rows_of_totals(report), report.exit_code) == ((1, 1, 0), {}, 0)
    expected = HEADER_OF_B + HANAKO_IN_B.replace("9876543", "")
    assert text_of(tmp_path / "out.csv") == expected


def test_a_required_column_that_the_file_lacks_is_one_warning_and_never_a_refusal(tmp_path: Path) -> None:
    """Section 7: it reads as absent, one warning for the whole file where the schema requires it, never a refusal."""
    lacking = tuple(name for name in STANDARD_COLUMNS if name != "性別")
    report = relay(tmp_path, B, csv_bytes(HANAKO, HANAKO | {"宛名番号": "2"}, columns=lacking))
    assert rows_of_totals(report).get(("S0010", "性別")) == ()
    assert [total.count for total in report.findings if total.code == "S0010"] == [1]
    assert (counts(report), report.exit_code) == ((2, 2, 0), 0)


@pytest.mark.parametrize(
    "columns",
    [STANDARD_COLUMNS[1:], (*STANDARD_COLUMNS, "個人番号"), (*STANDARD_COLUMNS, "氏名")],
    ids=["no key", "unknown", "twice"],
)
def test_a_header_that_does_not_fit_the_schema_stops_everything(columns: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(stdconv.UnreadableError):
        relay(tmp_path, B, csv_bytes(HANAKO, columns=columns))
    assert [path.name for path in tmp_path.iterdir()] == ["standard.csv"]


@pytest.mark.parametrize(
    "taken",
    ["out.csv", "out.csv.names.csv", "out.csv.refused.csv", "out.csv.refused-causes.csv", "out.csv.report.json"],
)
def test_every_existing_target_is_refused_and_nothing_is_written(taken: str, tmp_path: Path) -> None:
    (tmp_path / taken).write_text("mine")
    with pytest.raises(stdconv.DefinitionError) as refusal:
        relay(tmp_path, B, csv_bytes(HANAKO))
    assert [fault.code for fault in refusal.value.faults] == ["C0002"]
    assert (tmp_path / taken).read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [taken, "standard.csv"]


def test_force_replaces_all_of_them(tmp_path: Path) -> None:
    relay(tmp_path, B, csv_bytes(FOREIGNER))
    stdconv.relay_file(EXAMPLES / "standard.csv", B, tmp_path / "out.csv", force=True)
    assert (tmp_path / "out.csv").read_bytes() == (EXAMPLES / "vendor_b.csv").read_bytes()
    assert (tmp_path / "out.csv.refused.csv").read_bytes() == csv_bytes()
    assert len(list(tmp_path.iterdir())) == 6


def test_the_written_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    relay(tmp_path, B, csv_bytes(HANAKO, FOREIGNER))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("out.csv*")}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("rows", [30_000])
def test_a_sampled_file_goes_through_the_other_layout_and_back(rows: int, tmp_path: Path) -> None:
    """A to standard to B to standard: what B carries of Japanese residents with an era is all there is."""
    frame = stdconv.sample(A, rows, 11)
    there = stdconv.convert(frame, A).standard.drop("_row")
    relayed = stdconv.restore(there, B)
    refused = set(relayed.refused["_row"])
    no_era = there.with_row_index("_row", offset=1).filter(pl.col("生年月日_元号").is_null())
    assert refused == set(no_era["_row"])

    again = stdconv.convert(relayed.legacy.drop("_row"), B, lookups=relayed.lookups)

    kept = there.with_row_index("_row", offset=1).filter(~pl.col("_row").is_in(refused)).drop("_row")
    assert again.standard.drop("_row").equals(kept.select(again.standard.drop("_row").columns))
