"""Columns of whole numbers in a schema of one's own: frames, Parquet and NDJSON have them, CSV and mappings do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from stdconv.errors import DefinitionError, UnreadableError

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "x-key": ["番号"],
    "properties": {
        "番号": {"type": "string", "maxLength": 3},
        "世帯人数": {"$ref": "#/$defs/人数"},
        "枝番": {"type": "integer", "enum": [1, 2, 5]},
    },
    "required": ["番号", "世帯人数"],
    "if": {"properties": {"世帯人数": {"minimum": 10}}, "required": ["世帯人数"]},
    "then": {"required": ["枝番"]},
    "$defs": {"人数": {"type": "integer", "minimum": 1, "exclusiveMaximum": 100, "multipleOf": 1}},
}
RULES = "dataset:\n  - {rule: unique, columns: [番号, 世帯人数], title: t, source: s}\n"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "own.schema.json"
    path.write_text(json.dumps(SCHEMA, ensure_ascii=False), encoding="utf-8")
    path.with_name("own.rules.yaml").write_text(RULES, encoding="utf-8")
    return path


FRAME = pl.DataFrame(
    {
        "番号": ["1", "2", "3", "4", "5", "6"],
        "世帯人数": [1, 99, 0, 100, None, 10],
        "枝番": [None, 5, 1, 3, 2, None],
    }
)
EXPECTED = [
    (3, "世帯人数", "S0027"),
    (4, "世帯人数", "S0027"),
    (4, "枝番", "S0004"),
    (5, "世帯人数", "S0001"),
    (6, "世帯人数+枝番", "S0008"),
]


def rows_of(findings: pl.DataFrame) -> list[tuple[int, str, str]]:
    return sorted(findings.select("_row", "column", "code").rows())


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Int8, pl.UInt32])
def test_bounds_lists_and_conditions_hold_for_whole_numbers_of_a_frame(schema: Path, dtype: Any) -> None:
    frame = FRAME.with_columns(pl.col("世帯人数", "枝番").cast(dtype))
    assert rows_of(stdconv.validate(frame, schema).findings) == EXPECTED


def test_a_column_of_nulls_alone_holds_no_number(schema: Path) -> None:
    frame = pl.DataFrame({"番号": ["1"], "世帯人数": [1], "枝番": [None]})
    assert stdconv.validate(frame, schema).findings.is_empty()


@pytest.mark.parametrize(
    ("column", "values"), [("世帯人数", ["1"]), ("世帯人数", [1.0]), ("番号", [1]), ("枝番", [True])]
)
def test_a_frame_s_column_of_another_type_is_a_fault(schema: Path, column: str, values: list[Any]) -> None:
    frame = pl.DataFrame({"番号": ["1"], "世帯人数": [1], "枝番": [1]} | {column: values})
    with pytest.raises(DefinitionError, match="C0013") as caught:
        stdconv.validate(frame, schema)
    assert column in str(caught.value)


def test_a_number_beyond_64_bits_is_no_value_of_a_frame(schema: Path) -> None:
    frame = pl.DataFrame({"番号": ["1"], "世帯人数": pl.Series([2**64 - 1], dtype=pl.UInt64)})
    with pytest.raises(DefinitionError, match="C0013"):
        stdconv.validate(frame, schema)


@pytest.mark.parametrize("suffix", [".parquet", ".ndjson"])
def test_numbers_of_files_are_reported_as_those_of_frames(schema: Path, tmp_path: Path, suffix: str) -> None:
    file, folder = tmp_path / f"own{suffix}", tmp_path / "out"
    (FRAME.write_parquet if suffix == ".parquet" else FRAME.write_ndjson)(file)
    report = stdconv.validate_file(file, schema, folder=folder)
    assert rows_of(pl.read_parquet(folder / "findings.parquet")) == EXPECTED
    assert (report.counts.read, report.counts.refused, report.exit_code) == (6, 4, 1)


def test_keys_of_numbers_are_told_where_they_are_not_unique(schema: Path) -> None:
    twice = pl.DataFrame({"番号": ["1", "2", "1"], "世帯人数": [2, 2, 2]})
    found = stdconv.validate(twice, schema).findings.select("_row", "code").rows()
    assert found == [(None, "S0010"), (1, "D0001"), (3, "D0001")], "the column that a condition asks for is lacking"


def test_csv_has_no_numbers(schema: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("番号,世帯人数\r\n1,2\r\n", encoding="utf-8", newline="")
    with pytest.raises(UnreadableError, match="S0029") as caught:
        stdconv.validate_file(file, schema)
    assert "世帯人数" in str(caught.value)


def test_a_parquet_column_of_another_type_is_a_fault(schema: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.parquet"
    pl.DataFrame({"番号": [1], "世帯人数": ["2"], "枝番": [1]}).write_parquet(file)
    with pytest.raises(UnreadableError, match="S0029") as caught:
        stdconv.validate_file(file, schema)
    assert "番号, 世帯人数." in str(caught.value)


LINES: tuple[tuple[str, list[tuple[str, str, str]]], ...] = (
    ('{"番号": "1", "世帯人数": 1}', []),
    ('{"番号": "2", "世帯人数": 2.0}', []),
    ('{"番号": "3", "世帯人数": "2"}', [("S0028", "世帯人数", "string")]),
    ('{"番号": "4", "世帯人数": 1.5}', [("S0028", "世帯人数", "number")]),
    ('{"番号": "5", "世帯人数": true}', [("S0028", "世帯人数", "boolean")]),
    ('{"番号": 6, "世帯人数": 0, "枝番": [1]}', [("S0027", "世帯人数", "shape=9 length=1"), ("S0028", "枝番", "array"), ("S0028", "番号", "number")]),
    ('{"番号": "7", "世帯人数": {"a": 1}}', [("S0028", "世帯人数", "object")]),
    ('{"番号": "8", "世帯人数": 18446744073709551616}', [("S0028", "世帯人数", "number")]),
    ('{"番号": "9", "世帯人数": 1e400}', [("S0028", "世帯人数", "number")]),
    ('{"番号": "10", "世帯人数": null}', [("S0001", "世帯人数", "")]),
    ('["番号"]', [("R0006", "", "")]),
    ('{"番号": "\\ud800", "世帯人数": 1}', [("R0006", "", "")]),
)  # fmt: skip


def test_a_value_of_another_type_is_told_of_its_record_and_the_other_values_are_checked(
    schema: Path, tmp_path: Path
) -> None:
    file, folder = tmp_path / "own.ndjson", tmp_path / "out"
    file.write_text("".join(line + "\n" for line, _ in LINES), encoding="utf-8")
    report = stdconv.validate_file(file, schema, folder=folder)
    findings = pl.read_parquet(folder / "findings.parquet")
    by_row: dict[object, list[tuple[object, ...]]] = {row: [] for row in range(1, len(LINES) + 1)} | {
        row: sorted(found) for (row,), group in findings.group_by("_row") for found in [group.select("code", "column", "detail").rows()]
    }  # fmt: skip
    assert by_row == {row: sorted(expected) for row, (_, expected) in enumerate(LINES, 1)}
    assert (report.counts.read, report.counts.accepted) == (len(LINES), 2)


def test_a_refused_record_of_another_type_is_returned_as_it_was(tmp_path: Path) -> None:
    record = '{"宛名番号": "1", "履歴番号": "1", "住民種別": 1, "住民状態": "1", "氏名": "行政　花子", "性別": "2", "生年月日": "1985-07-07"}\n'
    (tmp_path / "s.ndjson").write_text(record, encoding="utf-8")
    report = stdconv.relay_file(tmp_path / "s.ndjson", "vendor-a/resident-link", tmp_path / "a.csv")
    assert "S0028" in {total.code for total in report.findings}
    assert (report.counts.accepted, report.counts.refused) == (0, 1)
    assert record.encode() in (tmp_path / "a.csv.refused.csv").read_bytes()


def faults_of(tmp_path: Path, schema: Any) -> str:
    path = tmp_path / "own.schema.json"
    path.write_text(json.dumps(schema, ensure_ascii=False, indent=1), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        stdconv.load_schema(path)
    return str(caught.value)


BASE: dict[str, Any] = {"properties": {"番号": {"type": "string"}, "数": {"type": "integer"}}, "x-key": ["番号"]}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"properties": {"番号": {"minimum": 1}}}, "says nothing about texts"),
        ({"properties": {"数": {"type": "integer", "maxLength": 1}}}, "says nothing about whole numbers"),
        ({"properties": {"数": {"type": "number"}}}, "of type 'string' or 'integer'"),
        ({"properties": {"数": {"type": "integer", "multipleOf": 0.5}}}, "'multipleOf' is a whole number"),
        ({"properties": {"数": {"type": "integer", "enum": ["1"]}}}, "the values of this column are whole numbers"),
        ({"properties": {"数": {"type": "integer", "const": True}}}, "the values of this column are whole numbers"),
        ({"allOf": [{"properties": {"数": {"type": "string"}}}]}, "another type elsewhere"),
        ({"properties": {"数": {"$ref": "#/$defs/nowhere"}}}, "refers to nothing"),
        ({"properties": {"数": {"$ref": "https://example.org/schema"}}}, "refers to nothing"),
        ({"properties": {"数": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}, "refers to itself"),
        ({"additionalProperties": {"type": "string"}}, "the columns of 'properties' alone"),
        ({"type": "array"}, "a record is of type 'object'"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "the only dialect is that of 2020-12"),
        ({"patternProperties": {}}, "'patternProperties' is not supported"),
        ({"dependentRequired": {"番号": ["無い"]}}, "M0033"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_schema_cannot_say_is_a_fault_with_its_line(tmp_path: Path, more: dict[str, Any], why: str) -> None:
    said = faults_of(tmp_path, BASE | more)
    assert why in said
    assert "own.schema.json" in said


def test_a_schema_of_one_s_own_takes_columns_over_from_a_shipped_one(tmp_path: Path) -> None:
    shipped = "urn:stdconv:schema:standard:resident-link:1.0"
    schema = {
        "$ref": shipped,
        "not": {"properties": {"性別": {"const": "0"}}, "required": ["性別"]},
        "dependentRequired": {"世帯番号": ["異動年月日"]},
    }
    path = tmp_path / "own.schema.json"
    path.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    own, theirs = stdconv.load_schema(path), stdconv.load_schema("resident-link/1.0")
    assert (own.columns, own.key) == (theirs.columns, theirs.key)
    good = {
        "宛名番号": "1",
        "履歴番号": "1",
        "住民種別": "1",
        "住民状態": "1",
        "氏名": "行政　花子",
        "性別": "2",
        "生年月日_元号": "3",
        "生年月日": "1985-07-07",
    }
    some = [
        good,
        good | {"履歴番号": "2", "性別": "0"},
        good | {"履歴番号": "3", "世帯番号": "9"},
        good | {"履歴番号": "x"},
    ]
    findings = stdconv.validate(
        pl.DataFrame(some, schema=dict.fromkeys([*good, "世帯番号", "異動年月日"], pl.String)), path
    ).findings
    assert findings.select("_row", "code", "column", "detail").rows() == [
        (2, "S0008", "性別", "/not"),
        (3, "S0008", "世帯番号+異動年月日", "/dependentRequired/世帯番号"),
        (4, "S0002", "履歴番号", "shape=A length=1"),
    ]


def test_a_column_may_be_that_of_a_shipped_schema_with_its_list_and_title(tmp_path: Path) -> None:
    schema = {
        "properties": {
            "番号": {"type": "string"},
            "性": {"$ref": "urn:stdconv:schema:standard:resident-link:1.0#/properties/性別"},
        },
        "x-key": ["番号"],
    }
    path = tmp_path / "own.schema.json"
    path.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    column, theirs = stdconv.load_schema(path).column("性"), stdconv.load_schema("resident-link/1.0").column("性別")
    assert (column.codes, column.listed, column.status) == (theirs.codes, theirs.listed, theirs.status)
    found = stdconv.validate(pl.DataFrame({"番号": ["1", "2"], "性": ["1", "7"]}), path).findings
    assert found.select("_row", "code").rows() == [(2, "S0004")]


def test_the_id_of_a_shipped_schema_is_its_name() -> None:
    for name in ("resident-link/1.0", "resident-basic/0.1"):
        assert stdconv.load_schema(name).document["$id"] == f"urn:stdconv:schema:standard:{name.replace('/', ':')}"
