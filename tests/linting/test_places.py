"""Widths that no value of the standard meets, and fillings that no example shows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from stdconv.linting.lint import lint_yaml
from support.paths import CASES

MAPPING: dict[str, Any] = yaml.safe_load("""
grammar: 1
id: test/places
about: {vendor: 例の市, title: 固定長, source: 仕様書}
standard: resident-link/1.0
legacy:
  format: fixed
  encoding: cp932
  columns:
    - {name: 番号, at: 1, length: 10}
    - {name: 氏名, at: 11, length: 20}
    - {name: 異動日, at: 31, length: 8}
    - {name: 性別, at: 39, length: 2}
    - {name: 予備, at: 41, length: 4, pad: " "}
fields:
  - {standard: 宛名番号, legacy: 番号}
  - {standard: 履歴番号, number: {by: 番号}}
  - {standard: 氏名, legacy: 氏名}
  - {standard: 異動年月日, legacy: 異動日, steps: [{op: compact_date}]}
  - {standard: 性別, legacy: 性別, steps: [{op: recode, table: {男: "1", 女: "2", 不明: "0"}}]}
unmapped: {legacy: {予備: 使われていない}}
examples: []
""")


def told(code: str, **changed: Any) -> list[str]:
    """Return what lint says under ``code`` of the mapping with columns changed, as said by their names."""
    document = yaml.safe_load(yaml.safe_dump(MAPPING))
    columns = document["legacy"]["columns"]
    at = 1
    for column in columns:
        column.update(changed.get(column["name"], {}))
        column["at"], at = at, at + column["length"]
    document["examples"] = changed.get("examples", [])
    linted = lint_yaml(yaml.safe_dump(document, allow_unicode=True), "m.yaml")
    return [each.text() for each in (*linted.faults, *linted.warnings) if each.code == code]


@pytest.mark.parametrize(
    ("column", "place", "widths"),
    [
        ("異動日", {"length": 9}, "8"),
        ("異動日", {"length": 7}, "8"),
        ("異動日", {"length": 7, "pad": " "}, "8"),
        ("異動日", {"length": 9, "pad": "\u3000"}, "8"),
        ("性別", {"length": 3}, "2, 4"),
        ("番号", {"length": 16}, "1, 2, 3"),
        ("氏名", {"length": 201}, "2, 4"),
    ],
)
def test_a_place_that_no_value_of_the_standard_fits_is_told(column: str, place: dict[str, Any], widths: str) -> None:
    (text,) = told("M0130", **{column: place})
    assert f'the place of "{column}"' in text
    assert f"have a width of {widths}" in text


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("異動日", {"length": 9, "pad": " "}),
        ("異動日", {"length": 10, "pad": "\u3000"}),
        ("性別", {"length": 4}),
        ("番号", {"length": 15}),
        ("番号", {"length": 200, "pad": " "}),
        ("氏名", {"length": 1}),
        ("氏名", {"length": 20}),
        ("氏名", {"length": 200}),
    ],
)
def test_of_a_place_that_some_value_may_fit_nothing_is_said(column: str, place: dict[str, Any]) -> None:
    """A name of one byte is not told: nobody drew one, and there may be one."""
    assert told("M0130", **{column: place}) == []


def test_a_filling_is_shown_by_a_line_alone() -> None:
    values = {"番号": "1", "氏名": "行", "異動日": "20240301", "性別": "男", "予備": ""}
    example = {"source": "assumed: short", "legacy": values, "refused": "T0001"}
    of_number = {"番号": {"pad": " "}}
    assert [text.split('"')[1] for text in told("M0129", **of_number)] == ["番号"]
    assert len(told("M0129", **of_number, examples=[example])) == 1
    assert told("M0129", **of_number, examples=[example | {"line": "1"}]) == []
    full = example | {"legacy": values | {"番号": "1234567890"}, "line": "1"}
    assert len(told("M0129", **of_number, examples=[full])) == 1


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ({"length": 2}, ["不明"]),
        ({"length": 4}, ["男", "女"]),
        ({"length": 4, "pad": "\u3000"}, []),
        ({"length": 1}, []),
    ],
)
def test_values_of_a_table_that_a_place_cannot_hold_are_told(place: dict[str, Any], values: list[str]) -> None:
    """In a place of one byte none can be, which is told as a whole."""
    told_of = [text.split('"')[1] for text in told("M0131", 性別=place)]
    assert sorted(told_of) == sorted(values)


def test_what_fills_a_place_is_no_value(tmp_path: Path) -> None:
    text = (CASES / "golden-fixed" / "mapping.yaml").read_text(encoding="utf-8")
    shutil.copy(CASES / "golden-fixed" / "own.schema.json", tmp_path)
    table = '{" ": "1", "0 ": "2", " 1": "3"}'
    changed = text.replace(
        "{standard: 宛名番号, legacy: 宛名コード}",
        f"{{standard: 宛名番号, legacy: 宛名コード, steps: [{{op: recode, table: {table}}}]}}",
    )
    linted = lint_yaml(changed, str(tmp_path / "mapping.yaml"))
    assert [fault.text().split('"')[1] for fault in linted.faults if fault.code == "M0131"] == [" ", " 1"]
