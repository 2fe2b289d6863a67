"""What is said of a misspelt key, an empty place or a wrong type: what was meant, what is needed there, an example of it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from stdconv.errors import Fault
from stdconv.layouts.dialect import DELIMITERS
from stdconv.linting.lint import lint, lint_yaml
from stdconv.mapping.layout import Delimiter
from support.paths import CASES, MAPPINGS

MAPPING: dict[str, Any] = yaml.safe_load("""
grammar: 1
id: test/every-form
about: {vendor: 例の市, title: 連携項目, source: 仕様書, reviewed: "2026-11-23"}
standard: resident-link/1.0
legacy: {format: csv, encoding: cp932, newline: crlf, quote: minimal, delimiter: ",", header: true,
  columns: [番号, 履歴, 氏名, 生年月日, 性別, 区分, 異動日, 届出日, 終了日, 備考]}
lookups:
  households: {key: [番号], columns: [世帯番号, 枝番], encoding: utf-8, newline: lf, quote: all, delimiter: ";"}
fields:
  - {standard: 宛名番号, legacy: 番号, steps: [{op: unfill, width: 10, fill: "0", side: left, none: "0000000000"}]}
  - {standard: 履歴番号, legacy: 履歴, because: 名前のとおり}
  - {standard: 世帯番号, lookup: households, column: 世帯番号, missing: {severity: warn, because: ない}}
  - {standard: 氏名, lookup: households, columns: [世帯番号, 枝番], legacy: 氏名, steps: [{op: name_parts}], because: 試し}
  - {standard: 住民種別, assume: "1", because: 日本人だけ, where: 生年月日_元号}
  - {standard: 住民状態, missing: {severity: refuse, because: ない}}
  - standard: [生年月日_元号, 生年月日]
    legacy: 生年月日
    steps: [{op: wareki, form: gyymmdd, eras: {S: 昭和}, western: {"9": "19"}}]
  - standard: 性別
    legacy: 性別
    steps: [{op: recode, table: {男: "1"}, canonical: {"1": 男}, refuses: {女: ない}, lacks: {"0": ない}}]
  - standard: 異動年月日
    legacy: [異動日, 届出日]
    steps: [{op: coalesce, columns: 2, nothing: ["00000000"]}, {op: compact_date, none: "00000000", open_end: "9"}]
  - {standard: 最新フラグ, legacy: 終了日, steps: [{op: flag, when: "", otherwise: "0", set: "1", unset: "0"}]}
  - route: {by: 区分, sets: {"1": {備考: 住所_方書}}, steps: {備考: [{op: trim}]}}
    because: 仕様書のとおり
unmapped: {legacy: {備考: 自由記述}, standard: {}}
defaults: {備考: なし}
examples:
  - {source: 仕様書, legacy: {番号: "1"}, standard: {宛名番号: "1"}, lookups: {households: {世帯番号: "1"}}, line: "1"}
  - {source: 仕様書, legacy: {番号: "x"}, refused: T0022}
""")
"""Every key of every part and form, and the options of several lenses; whether it fits a layout does not matter here."""

FREE = {"lookups", "sets", "steps", "defaults", "table", "eras", "western", "canonical", "refuses", "lacks"}
"""Keys behind which the keys are a mapping's own; so they are behind ``legacy`` and ``standard`` in places."""


def parts(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of the parts whose keys are the language's."""
    is_free = path and (
        path[-1] in FREE or path[-2:-1] == ("sets",) or (path[-1] in ("legacy", "standard") and len(path) > 1)
    )
    if isinstance(part, dict) and not is_free and path[-2:-1] != ("lookups",):
        yield path
    if path == ("lookups", "households"):
        yield path
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from parts(value, (*path, key))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def faults_of(document: Any, code: str) -> list[Fault]:
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000)
    return [fault for fault in lint_yaml(text, "m.yaml").faults if fault.code == code]


KEYS = [(*path, key) for path in parts(MAPPING) for key in at(MAPPING, path) if key != "op"]


def test_the_mapping_here_has_every_part() -> None:
    names = {path[-1] for path in KEYS}
    assert names > {"grammar", "vendor", "delimiter", "key", "steps", "column", "assume", "severity", "nothing", "line"}
    assert len(KEYS) > 80
    assert faults_of(MAPPING, "M0006") == []


@pytest.mark.parametrize("path", KEYS, ids=lambda path: ".".join(map(str, path)))
def test_a_key_with_a_letter_too_many_is_told_by_its_right_name_wherever_it_stands(path: tuple[str | int, ...]) -> None:
    document = copy.deepcopy(MAPPING)
    part = at(document, path[:-1])
    part[f"{path[-1]}x"] = part.pop(path[-1])
    (fault,) = faults_of(document, "M0006")
    assert f'The key "{path[-1]}x" is not known here.' in fault.text("en")
    assert f'Write "{path[-1]}" instead, or remove it.' in fault.text("en")
    assert f"「{path[-1]}」を書くか、取り除いてください。" in fault.text("ja")


@pytest.mark.parametrize(
    ("path", "written", "meant"),
    [
        ((), "feilds", "fields"),
        ((), "exmaples", "examples"),
        (("legacy",), "encodnig", "encoding"),
        (("legacy",), "Colums", "columns"),
        (("fields", 0), "lagacy", "legacy"),
        (("fields", 2), "colum", "column"),
        (("fields", 4), "becuase", "because"),
        (("fields", 5), "mising", "missing"),
        (("fields", 5, "missing"), "serverity", "severity"),
        (("fields", 7, "steps", 0), "tabel", "table"),
        (("fields", 6, "steps", 0), "era", "eras"),
        (("fields", 8, "steps", 1), "openend", "open_end"),
        (("examples", 0), "sorce", "source"),
        (("lookups", "households"), "keys", "key"),
        (("unmapped",), "standerd", "standard"),
    ],
)
def test_a_typical_slip_is_told_by_what_was_meant(path: tuple[str | int, ...], written: str, meant: str) -> None:
    document = copy.deepcopy(MAPPING)
    part = at(document, path)
    part[written] = part.pop(meant)
    (fault,) = faults_of(document, "M0006")
    assert f'Write "{meant}" instead' in fault.text("en")


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("about",), "vendor, title, source, reviewed"),
        (("lookups", "households"), "key, columns, encoding, newline, quote, delimiter, escape, header, before, write"),
        (("fields", 0), "standard, legacy, steps, because"),
        (("fields", 4), "standard, assume, because, where"),
        (("fields", 5), "standard, missing"),
        (("fields", 2, "missing"), "severity, because"),
        (("fields", 9, "steps", 0), "op, when, otherwise, set, unset"),
        (("unmapped",), "legacy, standard"),
    ],
)
def test_a_key_like_no_other_is_told_all_that_may_stand_at_its_very_place(
    path: tuple[str | int, ...], known: str
) -> None:
    document = copy.deepcopy(MAPPING)
    at(document, path)["zzzzzz"] = "x"
    (fault,) = faults_of(document, "M0006")
    assert f"Write one of the keys known here ({known}) instead, or remove it." in fault.text("en")
    listed = known.replace(", ", "、")
    assert f"ここで使えるキー（{listed}）のいずれかを書くか、取り除いてください。" in fault.text("ja")


def test_a_key_that_is_there_already_is_not_what_another_one_was_meant_to_be() -> None:
    document = copy.deepcopy(MAPPING)
    document["fields"][0]["legasy"] = "番号"
    (fault,) = faults_of(document, "M0006")
    assert "one of the keys known here" in fault.text("en")


def test_a_key_of_another_form_is_no_key_of_this_one() -> None:
    document = copy.deepcopy(MAPPING)
    document["fields"][5]["legacy"] = "備考"
    (fault,) = faults_of(document, "M0006")
    assert "known here (standard, missing)" in fault.text("en")


@pytest.mark.parametrize(
    ("path", "value", "code", "needed", "example"),
    [
        (("unmapped",), None, "M0018", "keys with values", 'unmapped: {"legacy": {"備考": '),
        (("unmapped", "legacy"), None, "M0018", "keys with values or a list", 'legacy: {"備考": '),
        (("unmapped", "legacy"), ["備考"], "M0018", "keys with values", 'legacy: {"備考": '),
        (("lookups",), None, "M0018", "keys with values", 'lookups: {"households": {"key": '),
        (("defaults",), [], "M0018", "keys with values", 'defaults: {"予備": "0"}'),
        (("fields",), None, "M0018", "a list", 'fields: [{"standard": "宛名番号", '),
        (("fields", 0), "番号", "M0018", "keys with values", '{"standard": "異動年月日", '),
        (("fields", 0, "standard"), 5, "M0018", "text or a list", 'standard: "性別"'),
        (("fields", 0, "steps"), {"op": "trim"}, "M0018", "a list", 'steps: [{"op": "compact_date", '),
        (("fields", 0, "steps", 0), "trim", "M0018", "keys with values", '{"op": "recode", '),
        (("fields", 8, "steps", 0, "columns"), 1, "M0018", "a whole number from 2 to 20", "columns: 3"),
        (("fields", 8, "steps", 0, "columns"), "2", "M0018", "a whole number from 2 to 20", "columns: 3"),
        (("fields", 7, "steps", 0, "table"), ["男"], "M0018", "keys with values or text", 'table: {"男": "1", '),
        (("legacy", "header"), "false", "M0018", "true or false or by_name", "header: false"),
        (("legacy", "header"), [], "M0018", "true or false or by_name", "header: false"),
        (("grammar",), "1", "M0018", "the number 1", "grammar: 1"),
        (("examples", 0, "lookups"), "households", "M0018", "keys with values", 'lookups: {"households": '),
    ],
)
def test_what_is_of_another_type_is_told_what_is_needed_with_an_example(
    path: tuple[str | int, ...], value: Any, code: str, needed: str, example: str
) -> None:
    document = copy.deepcopy(MAPPING)
    at(document, path[:-1])[path[-1]] = value
    (fault,) = faults_of(document, code)
    assert f"Expected {needed} here." in fault.text("en")
    assert f"for example: {example}" in fault.text("en")
    assert example in fault.text("ja")
    assert "text" not in fault.messages["ja"].summary
    assert "a list" not in fault.messages["ja"].summary


@pytest.mark.parametrize(
    ("path", "value", "code", "part"),
    [
        (("id",), "Vendor C", "M0017", 'for example: id: "vendor-c/resident-link"'),
        (("fields", 6, "steps", 0, "eras"), {"SS": "昭和"}, "M0017", 'for example: eras: {"1": "明治"'),
        (("fields", 0, "steps", 0, "fill"), "00", "M0017", '"00" does not have the required form'),
        (("legacy", "header"), 1, "M0008", '"1" is not one of the choices here.'),
        (("legacy", "header"), "byname", "M0008", "nearest first: by_name, "),
        (("legacy", "delimiter"), "a", "M0017", r'for example: delimiter: "\t"'),
        (("legacy", "delimiter"), "||", "M0017", '"||" does not have the required form'),
        (("lookups", "households", "delimiter"), "、", "M0017", '"、" does not have the required form'),
        (("legacy", "columns"), [], "M0011", 'for example: columns: ["住民番号"'),
        (("legacy", "encoding"), "utf8", "M0008", "nearest first: utf-8, utf-8-sig, utf-16le, utf-16be, cp932."),
        (("legacy", "encoding"), None, "M0008", '"null" is not one of the choices here.'),
        (("fields", 2, "missing", "severity"), "warning", "M0008", "nearest first: warn, "),
        (("fields", 7, "steps", 0, "op"), "recoed", "M0008", "nearest first: recode, "),
    ],
)
def test_other_misfits_show_what_may_stand_there(path: tuple[str | int, ...], value: Any, code: str, part: str) -> None:
    document = copy.deepcopy(MAPPING)
    at(document, path[:-1])[path[-1]] = value
    (fault,) = faults_of(document, code)
    assert part in fault.text("en")


def test_a_delimiter_is_any_of_those_that_files_are_cut_by() -> None:
    kept = [sign for sign in map(chr, range(0x180)) if is_valid_delimiter(sign)]
    assert "".join(kept) == DELIMITERS
    assert not any(map(is_valid_delimiter, ["", ";;", ";\n"]))


def is_valid_delimiter(text: str) -> bool:
    try:
        return TypeAdapter(Delimiter).validate_python(text) == text
    except ValidationError:
        return False


def test_a_key_that_is_needed_is_shown_as_it_is_written() -> None:
    document = copy.deepcopy(MAPPING)
    del document["about"]["source"]
    (fault,) = faults_of(document, "M0007")
    assert 'Add "source" at this level, for example: source: "C社ファイル仕様書 第3版".' in fault.text("en")


def test_a_list_is_not_called_empty_because_what_stands_in_it_does_not_fit() -> None:
    document = copy.deepcopy(MAPPING) | {"fields": [{"standard": "氏名", "legacy": "氏名", "zzzzzz": "x"}]}
    assert faults_of(document, "M0006")
    assert faults_of(document, "M0011") == []


# Keys that are gone once a mapping is written out


@pytest.mark.parametrize(
    ("keys", "codes", "part"),
    [
        ({"extends": 5}, ["M0010"], "Text is required here"),
        ({"extends": None}, ["M0010"], "Text is required here"),
        ({"extends": ["c.yaml"]}, ["M0010"], "Text is required here"),
        ({"keep_examples": "false", "extends": "base.yaml"}, ["M0018"], "Expected true or false here."),
        ({"keep_examples": None, "extends": "base.yaml"}, ["M0018"], "for example: keep_examples: false"),
        ({"keep_examples": False}, ["M0007"], 'The key "extends" is required here.'),
        ({"keep_examples": False, "extends": "base.yaml"}, [], ""),
    ],
)
def test_the_keys_of_a_mapping_that_extends_another_have_their_types(
    keys: dict[str, Any], codes: list[str], part: str, tmp_path: Path
) -> None:
    text = (MAPPINGS / "vendor-a/resident-link.yaml").read_text(encoding="utf-8")
    (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(f"{text}\n{json.dumps(keys)[1:-1].replace(', ', chr(10))}\n", encoding="utf-8")
    faults = lint(tmp_path / "m.yaml").faults
    assert [fault.code for fault in faults] == codes
    assert all(part in fault.text("en") for fault in faults)
    assert {fault.place.line for fault in faults if fault.place} <= {text.count("\n") + 2}


FIXED: dict[str, Any] = yaml.safe_load((CASES / "golden-fixed-records" / "mapping.yaml").read_text(encoding="utf-8"))


def numbers(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of all numbers."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if type(value) is int:
            yield (*path, key)
        yield from numbers(value, (*path, key))


def test_a_number_that_is_too_small_is_told_from_where_on_one_is_right_wherever_one_stands() -> None:
    """Some numbers have a least value alone, some a greatest one too, some are one number."""
    places = [(document, path) for document in (MAPPING, FIXED) for path in numbers(document)]
    assert {path[-1] for _, path in places} >= {"grammar", "width", "columns", "at", "length"}
    for original, path in places:
        document = copy.deepcopy(original)
        at(document, path[:-1])[path[-1]] = -1
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000)
        told = lint_yaml(text, "m.yaml").faults
        assert any(re.search(r"from \d+ (on|to \d+)|the number 1", each.text("en")) for each in told), (path, told)
        assert any(re.search(r"\d+ (以上|から)|数値 1", each.text("ja")) for each in told), (path, told)
