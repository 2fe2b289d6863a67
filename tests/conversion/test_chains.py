"""Mappings that the shipped ones are not: chains of lenses, canonical spellings, empty table entries, lookups by odd keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import stdconv
from support.mappings import changed
from support.paths import MAPPINGS

BASE = (MAPPINGS / "vendor-a" / "resident-link.yaml").read_text(encoding="utf-8")
SEX = 'steps: [{op: recode, table: {男: "1", 女: "2", 不明: "0"}}]'
GOOD = {
    "住民番号": "1",
    "履歴番号": "1",
    "氏名": "行政　花子",
    "生年月日": "3600707",
    "性別": "女",
    "住民区分": "住登者",
    "異動日": "20240301",
    "住民種別": "日本人",
}


MadePlan = Callable[..., stdconv.Plan]


@pytest.fixture
def mapped(tmp_path: Path) -> MadePlan:
    """Return what makes the plan of A社's mapping with some of its text changed."""

    def make(*changes: tuple[str, str]) -> stdconv.Plan:
        (tmp_path / "own.yaml").write_text(changed(BASE, *changes), encoding="utf-8")
        return stdconv.load_mapping(tmp_path / "own.yaml")

    return make


def converted(plan: stdconv.Plan, *records: dict[str, str], **lookups: pl.DataFrame) -> stdconv.Conversion:
    return stdconv.convert(pl.DataFrame(list(records)), plan, lookups=lookups)


def test_a_chain_of_two_tables_is_accepted_and_comes_back(mapped: MadePlan) -> None:
    plan = mapped((SEX, 'steps: [{op: recode, table: {男: m, 女: f}}, {op: recode, table: {m: "1", f: "2"}}]'))
    result = converted(plan, GOOD, GOOD | {"住民番号": "2", "性別": "不明"})
    assert result.standard["性別"].to_list() == ["2"]
    assert result.findings.filter(pl.col("severity") == "refuse").select("_row", "code").rows() == [(2, "T0002")]
    again = stdconv.restore(result.standard, plan, residue=result.residue)
    assert again.legacy["性別"].to_list() == ["女"]


def test_a_chain_that_cannot_write_back_what_it_reads_refuses_the_value(mapped: MadePlan) -> None:
    name = "{standard: 氏名, legacy: 氏名, steps: [{op: name_separator}]}"
    broken = "{standard: 氏名, legacy: 氏名, steps: [{op: recode, table: {A: 行政 花子}}, {op: name_separator}]}"
    result = converted(mapped((name, broken)), GOOD | {"氏名": "A"})
    assert result.standard.is_empty()
    assert result.refused["氏名"].to_list() == ["A"]


def test_another_spelling_of_a_code_comes_back_through_the_residue(mapped: MadePlan) -> None:
    plan = mapped((SEX, 'steps: [{op: recode, table: {男: "1", M: "1", 女: "2"}, canonical: {"1": 男}}]'))
    result = converted(plan, GOOD | {"性別": "M"}, GOOD | {"住民番号": "2", "性別": "男"})
    assert result.standard["性別"].to_list() == ["1", "1"]
    assert result.residue.select("_row", "性別").rows() == [(1, "M")]
    again = stdconv.restore(result.standard, plan, residue=result.residue)
    assert again.legacy["性別"].to_list() == ["M", "男"]


def test_an_empty_value_that_a_table_names_is_that_code(mapped: MadePlan) -> None:
    plan = mapped((SEX, 'steps: [{op: recode, table: {男: "1", 女: "2", "": "0"}}]'))
    result = converted(plan, GOOD | {"性別": ""})
    assert result.standard["性別"].to_list() == ["0"]
    assert stdconv.restore(result.standard, plan).legacy["性別"].to_list() == [""]


def test_a_table_that_names_the_empty_value_invents_nothing_where_no_lookup_says_it(mapped: MadePlan) -> None:
    looked_up = "{standard: 世帯番号, lookup: households, column: 世帯番号, missing: {severity: warn, because: A社の連携項目に世帯番号がない}}"
    recoded = looked_up.removesuffix("}") + ', steps: [{op: recode, table: {"77": "7", "": "0"}}]}'
    plan = mapped((looked_up, recoded))
    assert converted(plan, GOOD).standard["世帯番号"].to_list() == [None]
    rows = pl.DataFrame({"住民番号": ["1"], "世帯番号": [""]})
    assert converted(plan, GOOD, households=rows).standard["世帯番号"].to_list() == ["0"]


def test_legacy_columns_may_have_any_name_that_is_not_ours(mapped: MadePlan) -> None:
    plan = mapped(
        ("履歴番号, 氏名", "履歴番号, at, 'w:氏名', '氏名:r', 氏名"),
        ("{legacy: {}", "{legacy: {at: x, 'w:氏名': x, '氏名:r': x}"),
    )
    record = GOOD | {"at": "", "w:氏名": "p", "氏名:r": "q"}
    households = pl.DataFrame({"住民番号": ["9"], "世帯番号": ["77"]})
    result = converted(plan, record, households=households)
    assert result.findings.select("code", "severity").rows() == [("T0014", "warn"), ("D0005", "fail")]
    again = stdconv.restore(result.standard, plan, residue=result.residue)
    assert again.legacy.select("at", "w:氏名", "氏名:r").rows() == [("", "p", "q")]


def test_restored_lookups_have_the_keys_that_the_restored_records_have(mapped: MadePlan, tmp_path: Path) -> None:
    plan = mapped(
        ("履歴番号, 氏名", "履歴番号, 枝番, 氏名"),
        ("{legacy: {}", "{legacy: {枝番: 標準にない}"),
        ("{key: [住民番号], columns: [世帯番号]}", "{key: [枝番], columns: [世帯番号]}"),
    )
    columns = plan.mapping.legacy.columns
    rows = [GOOD | {"住民番号": str(n), "枝番": key} for n, key in ((1, "Q"), (2, "P"))]
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    (tmp_path / "a.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp932"))
    (tmp_path / "h.csv").write_bytes("枝番,世帯番号\r\nQ,77\r\nP,88\r\n".encode("cp932"))
    stdconv.convert_file(tmp_path / "a.csv", plan, tmp_path / "run", lookups={"households": tmp_path / "h.csv"})
    stdconv.restore_file(tmp_path / "run", tmp_path / "b.csv", lookups=True)
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
    assert (tmp_path / "b.csv.households.csv").read_bytes() == (tmp_path / "h.csv").read_bytes()


def test_a_member_that_stands_twice_in_an_ndjson_record_is_refused(tmp_path: Path) -> None:
    record = '{"宛名番号":"1","履歴番号":"1","住民種別":"2","住民状態":"1","氏名":"花","氏名":"子","性別":"1"}\n'
    (tmp_path / "s.ndjson").write_text(record, encoding="utf-8")
    report = stdconv.validate_file(tmp_path / "s.ndjson", "resident-link/1.0")
    assert [total.code for total in report.findings] == ["R0006"]
