"""Files and mappings that lack columns of the full record: what asks for them is declared or said once, and not asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.errors import DefinitionError
from support.frames import frame, record_findings
from support.residents import FOREIGN, JAPANESE

SCHEMA = "resident-basic/0.1"
COLUMNS = stdconv.load_schema(SCHEMA).names

NEEDED = {
    *("宛名番号", "個人履歴番号", "世帯番号", "住民票コード", "生年月日", "住民となった年月日", "本籍", "戸籍_筆頭者"),
    *("外国人住民となった年月日", "在留カード等番号", "第30条45規定区分"),
}
"""空欄不可 in the list of columns: of every record the key, the others of some residents."""

CARRIED = {
    **{"宛名番号": "番号", "個人履歴番号": "履歴", "住民種別": "種別", "異動事由": "事由", "氏名": "氏名"},
    **{"氏_日本人": "氏", "生年月日": "生年月日", "続柄コード2": "続柄2", "続柄表記": "続柄"},
}
"""Standard and legacy columns of a layout that has few."""


def mapping_text(missing: Iterable[str], *, severity: str = "warn", unmapped: Iterable[str] = ()) -> str:
    """Return a mapping that carries ``CARRIED``, declares others missing, and leaves the rest out."""
    missing = set(missing) - {*unmapped}
    fields = [f"  - {{standard: {standard}, legacy: {legacy}}}" for standard, legacy in CARRIED.items()]
    fields += [
        f"  - {{standard: {column}, missing: {{severity: {severity}, because: 連携項目にない}}}}"
        for column in sorted(missing)
    ]
    left_out = [column for column in COLUMNS if column not in CARRIED and column not in missing]
    return "\n".join(
        [
            "grammar: 1",
            "id: test/few-columns",
            'about: {vendor: 例の市, title: 少ない項目, source: "assumed: 試験"}',
            f"standard: {SCHEMA}",
            f"legacy: {{encoding: utf-8, columns: [{', '.join(CARRIED.values())}]}}",
            "fields:",
            *fields,
            "unmapped:",
            "  standard:",
            *(f'    "{column}": 連携項目にない' for column in left_out),
            "examples:",
            '  - {source: "assumed: 試験", legacy: {番号: "1", 履歴: "1"}, standard: {宛名番号: "1", 個人履歴番号: "1"}}',
        ]
    )


def load(folder: Path, text: str) -> stdconv.Plan:
    (folder / "mapping.yaml").write_text(text, encoding="utf-8")
    return stdconv.load_mapping(folder / "mapping.yaml")


def of_records(result: stdconv.Conversion) -> pl.DataFrame:
    """Return the findings about single records: what dataset rules say is not asked here."""
    return result.findings.filter(~pl.col("code").str.starts_with("D"))


def legacy(*rows: dict[str, str]) -> pl.DataFrame:
    good = {legacy: JAPANESE.get(standard, "") for standard, legacy in CARRIED.items()}
    return pl.DataFrame([good | {"番号": str(number)} | row for number, row in enumerate(rows, 1)])


def test_the_needed_columns_are_the_key_and_those_that_some_residents_must_have() -> None:
    standard = stdconv.load_schema(SCHEMA)
    assert standard.needed == NEEDED
    assert standard.lacking(COLUMNS) == []
    assert standard.lacking([]) == [name for name in COLUMNS if name in NEEDED]


def test_what_asks_for_a_column_that_the_mapping_does_not_carry_is_not_asked(tmp_path: Path) -> None:
    plan = load(tmp_path, mapping_text(NEEDED - CARRIED.keys()))
    result = stdconv.convert(legacy({}, {"続柄2": "20", "続柄": "妻の子"}, {"氏名": "行政　太郎"}), plan)
    assert len(result.standard) == 3
    totals = of_records(result).group_by("code", "column", "severity").len().sort("column").rows()
    assert totals == [("T0015", column, "warn", 3) for column in sorted(NEEDED - CARRIED.keys())]


def test_what_asks_for_columns_that_the_mapping_carries_is_asked(tmp_path: Path) -> None:
    plan = load(tmp_path, mapping_text(NEEDED - CARRIED.keys(), severity="note"))
    rows = [{}, {"事由": "24"}, {"生年月日": ""}, {"氏名": "", "事由": ""}, {"生年月日": "1985-02-30"}]
    findings = of_records(stdconv.convert(legacy(*rows), plan)).filter(pl.col("code") != "T0015")
    assert findings.sort("_row", "column").select("_row", "code", "column", "severity").rows() == [
        (2, "S0015", "異動事由+住民種別", "refuse"),
        (3, "S0012", "生年月日+生年月日_不詳フラグ", "refuse"),
        (4, "S0013", "氏名", "warn"),
        (4, "S0013", "異動事由", "warn"),
        (5, "S0005", "生年月日", "refuse"),
    ]


def test_a_column_that_some_residents_must_have_refuses_every_record_where_the_mapping_says_so(tmp_path: Path) -> None:
    plan = load(tmp_path, mapping_text(NEEDED - CARRIED.keys(), severity="refuse"))
    result = stdconv.convert(legacy({}, {}), plan)
    assert result.standard.is_empty()
    assert set(of_records(result)["code"]) == {"T0015"}


def test_records_without_lacking_columns_come_back(tmp_path: Path) -> None:
    plan = load(tmp_path, mapping_text(NEEDED - CARRIED.keys()))
    given = legacy({}, {"続柄2": "20", "続柄": "妻の子"}, {"氏名": "行政　太郎"})
    standard = stdconv.convert(given, plan).standard
    assert stdconv.restore(standard, plan).legacy.drop("_row").equals(given)
    assert set(record_findings(standard, SCHEMA)["code"]) == {"S0010"}


@pytest.mark.parametrize("column", sorted(NEEDED - CARRIED.keys()))
def test_a_column_that_some_residents_must_have_cannot_be_left_out_without_a_severity(
    column: str, tmp_path: Path
) -> None:
    text = mapping_text(NEEDED - CARRIED.keys(), unmapped=[column])
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, text)
    (fault,) = caught.value.faults
    assert fault.code == "M0037"
    assert f'"{column}"' in fault.text("en")
    assert fault.place is not None
    assert fault.place.line is not None
    assert f'"{column}": ' in text.splitlines()[fault.place.line - 1]


def test_columns_that_a_warning_or_another_column_asks_for_may_be_left_out(tmp_path: Path) -> None:
    """住所_郵便番号 is never empty with one vendor (S0013), and 続柄コード1 stands before 続柄コード2 (S0019)."""
    plan = load(tmp_path, mapping_text(NEEDED - CARRIED.keys()))
    assert {"住所_郵便番号", "続柄コード1", "住民状態"} <= plan.mapping.unmapped.standard.keys()


# Standard files and frames.


@pytest.mark.slow
@pytest.mark.parametrize("column", sorted(NEEDED - {"宛名番号", "個人履歴番号"}))
def test_a_needed_column_that_the_whole_file_lacks_is_told_once(column: str, tmp_path: Path) -> None:
    given = frame([JAPANESE, FOREIGN], [name for name in COLUMNS if name != column])
    expected = [(None, "S0010", column, "warn")]
    assert record_findings(given, SCHEMA).select("_row", "code", "column", "severity").rows() == expected
    for suffix in ("csv", "parquet"):
        file = tmp_path / f"standard.{suffix}"
        given.write_parquet(file) if suffix == "parquet" else given.write_csv(file, line_terminator="\r\n")
        report = stdconv.validate_file(file, SCHEMA)
        assert [(total.code, total.column, total.count) for total in report.findings if total.code[0] != "D"] == [
            ("S0010", column, 1)
        ]
        assert report.counts.model_dump() == {"read": 2, "accepted": 2, "refused": 0}


def test_a_property_that_every_record_of_an_ndjson_file_lacks_is_absent_from_each(tmp_path: Path) -> None:
    """NDJSON names columns record by record: none is lacking from the file."""
    lines = [{name: value for name, value in each.items() if name != "世帯番号"} for each in (JAPANESE, FOREIGN)]
    file = tmp_path / "standard.ndjson"
    file.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    report = stdconv.validate_file(file, SCHEMA)
    assert [(total.code, total.column, total.count) for total in report.findings if total.code[0] != "D"] == [
        ("S0012", "世帯番号+住民状態", 2)
    ]


def test_a_column_that_no_resident_must_have_may_lack_untold() -> None:
    some = [
        name for name in COLUMNS if name in NEEDED or name in ("住民種別", "氏名", "氏_日本人", "住所_市区町村コード")
    ]
    assert record_findings(frame([JAPANESE, FOREIGN], some), SCHEMA).rows() == []


def test_rules_between_columns_that_are_there_are_asked_of_a_file_that_lacks_others() -> None:
    some = [*NEEDED, "住民種別", "住民状態", "消除の事由", "処理年月日"]
    record = JAPANESE | {"消除の事由": "21", "処理年月日": "1985-07-06", "本籍": None}
    findings = record_findings(frame([record], some), SCHEMA)
    assert set(findings.select("code", "column").rows()) == {
        ("S0012", "本籍+住民種別"),
        ("S0016", "消除の事由+住民状態"),
        ("S0023", "生年月日+処理年月日"),
    }
