"""Columns found by the names in a header: every order of them is the same to the caller, and comes back."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stdconv
from stdconv.errors import UnreadableError
from stdconv.layouts.parts import Header
from stdconv.mapping.layout import Legacy
from stdconv.mapping.lookup import Lookup
from stdconv.mapping.plan import Plan, in_order
from stdconv.runs.convert import convert_file
from stdconv.runs.restore import restore_file
from support.paths import CASES

pytestmark = pytest.mark.slow

PLAN = stdconv.load_mapping(CASES / "golden-by-name" / "mapping.yaml")
HEADINGS = {"宛名": "ＦＯ－宛名番号", "異動": "ＦＯ－異動日", "予備": "ＦＯ－予備", "空欄": ""}
RECORDS = [
    {"宛名": "1", "異動": "20240301", "予備": "a", "空欄": "z"},
    {"宛名": "2", "異動": "", "予備": "", "空欄": ""},
    {"宛名": "3", "異動": "20240230", "予備": "b", "空欄": ""},
    {"宛名": "4", "異動": "20240229", "予備": "", "空欄": "x"},
]
STANDARD = [(1, "1", "a", "2024-03-01"), (2, "2", None, None), (4, "4", None, "2024-02-29")]
orders = st.permutations(list(HEADINGS))


def file_of(order: list[str]) -> bytes:
    rows = [HEADINGS, *RECORDS]
    return "".join(",".join(row[name] for name in order) + "\r\n" for row in rows).encode()


@given(orders, st.integers(1, 200))
def test_in_every_order_the_same_comes_of_a_file_wherever_it_is_cut(order: list[str], size: int) -> None:
    data = file_of(order)
    whole = stdconv.convert_bytes(data, PLAN)
    assert whole.standard.rows() == STANDARD
    assert whole.residue.columns[-4:] == list(HEADINGS)
    spelled = whole.residue.filter(pl.col("空欄").is_not_null()).select("_row", "空欄")
    assert spelled.rows() == [(1, "z"), (4, "x")]
    assert b"".join(whole.refused["_raw"]) == ",".join(RECORDS[2][name] for name in order).encode() + b"\r\n"
    session = stdconv.Converter(PLAN)
    parts = [session.feed(data[at : at + size]) for at in range(0, len(data), size)]
    session.finish()
    parts.append(session.rest)
    assert pl.concat([each.standard for each in parts]).rows() == STANDARD
    assert pl.concat([each.residue for each in parts]).equals(whole.residue)


@given(orders)
def test_a_file_is_read_in_the_declared_order_and_written_in_it(order: list[str]) -> None:
    read = stdconv.read_legacy(file_of(order), PLAN)
    assert read.legacy.drop("_row").to_dicts() == RECORDS
    target = io.BytesIO()
    stdconv.write_legacy(read.legacy, PLAN, target)
    assert target.getvalue() == file_of(list(HEADINGS))


@given(orders, st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_a_run_in_any_order_comes_back(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], newline: str, is_quoted: bool
) -> None:
    folder = tmp_path_factory.mktemp("run")
    data = (
        file_of(order)
        .replace(b"\r\n", newline.encode())
        .replace(b"20240301", b'"20240301"' if is_quoted else b"20240301")
    )
    (folder / "legacy.csv").write_bytes(data)
    report = convert_file(PLAN, folder / "legacy.csv", folder / "run")
    assert report.counts.accepted == len(STANDARD)
    restore_file(folder / "run", folder / "again.csv")
    assert (folder / "again.csv").read_bytes() == data


@pytest.mark.parametrize(
    "header",
    [
        "ＦＯ－宛名番号,ＦＯ－異動日,ＦＯ－予備",
        "ＦＯ－宛名番号,ＦＯ－異動日,ＦＯ－予備,,",
        "ＦＯ－宛名番号,ＦＯ－異動日,ＦＯ－予備,宛名",
    ],
)
def test_a_header_has_every_declared_column_once_and_no_other(header: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        stdconv.convert_bytes(header.encode() + b"\r\n1,,a,\r\n", PLAN)
    assert [fault.code for fault in raised.value.faults] == ["R0020"]


def test_plans_of_two_orders_are_not_the_same() -> None:
    one, other = ordered(list(HEADINGS.values())), ordered(list(reversed(HEADINGS.values())))
    assert one != other
    assert PLAN not in (one, other)
    assert other.mapping.legacy.columns == tuple(reversed(HEADINGS))


def ordered(headings: list[str]) -> Plan:
    coding = PLAN.dialect.codec
    return in_order(PLAN, lambda _: Header(b"", b"", [heading.encode(coding) for heading in headings]))


@given(orders)
def test_the_residue_of_any_order_restores_values_in_the_declared_one(order: list[str]) -> None:
    whole = stdconv.convert_bytes(file_of(order), PLAN)
    back = stdconv.restore(whole.standard, PLAN, residue=whole.residue)
    assert back.legacy.drop("_row").to_dicts() == [RECORDS[0], RECORDS[1], RECORDS[3]]


@given(st.permutations(["宛名", "氏名", "区分"]))
def test_a_lookup_in_any_order_says_the_same(order: list[str]) -> None:
    plan = stdconv.load_mapping(CASES / "golden-lookup-layout" / "mapping.yaml")
    rows = [{"宛名": "宛名", "氏名": "氏名", "区分": "区分"}, {"宛名": "   1", "氏名": '表"', "区分": "x"}]
    text = "any title\r\n" + "".join("\t".join(row[name] for name in order) + "\r\n" for row in rows)
    legacy = "宛名,カナ,予備\r\n1,ポ,\r\n".encode()
    converted = stdconv.convert_bytes(legacy, plan, lookups={"names": text.encode("cp932")})
    assert converted.standard["氏名"].to_list() == ['表"']
    written = stdconv.restore(converted.standard, plan).to_bytes(lookup="names")
    assert written == '突合ファイル\r\n宛名\t氏名\t区分\r\n   1\t表"\t\r\n'.encode("cp932")
    with pytest.raises(UnreadableError) as raised:
        stdconv.convert_bytes(legacy, plan, lookups={"names": text.replace("区分", "宛名", 1).encode("cp932")})
    assert [fault.code for fault in raised.value.faults] == ["R0020"]


def test_a_row_that_a_lookup_cannot_have_is_not_written(tmp_path: Path) -> None:
    """Its key has the delimiter of the lookup, which knows no quotes; the others are read without a word."""
    case, legacy = CASES / "golden-lookup-layout", tmp_path / "legacy.csv"
    text = (case / "mapping.yaml").read_text(encoding="utf-8")
    text = text.replace("column: 氏名}", "column: 氏名, missing: {severity: note, because: 載らない人がいる}}")
    (tmp_path / "mapping.yaml").write_text(text, encoding="utf-8")
    schema = (case / "own.schema.json").read_text(encoding="utf-8").replace("^[1-9][0-9]{0,9}$", "^[0-9\\t]{1,9}$")
    (tmp_path / "own.schema.json").write_text(schema, encoding="utf-8")
    legacy.write_bytes("宛名,カナ,予備\r\n1,ポ,\r\n2\t3,ポ,\r\n".encode())
    plan = stdconv.load_mapping(tmp_path / "mapping.yaml")
    report = convert_file(plan, legacy, tmp_path / "run", lookups={"names": case / "names.csv"})
    assert report.counts.accepted == 2
    restore_file(tmp_path / "run", tmp_path / "again.csv", lookups=True)
    written = (tmp_path / "again.csv.names.csv").read_bytes()
    assert written == '突合ファイル\r\n宛名\t氏名\t区分\r\n   1\t表"予\t\r\n'.encode("cp932")


def test_rows_of_a_lookup_end_where_nothing_ends_the_records_of_the_main_file() -> None:
    columns = [{"name": "a", "at": 1, "length": 2}]
    legacy = Legacy.model_validate({"format": "fixed", "newline": "none", "encoding": "cp932", "columns": columns})
    assert Lookup.model_validate({"key": ["a"], "columns": ["b"]}).dialect(legacy).terminator == "\r\n"
