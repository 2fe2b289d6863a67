"""Schemas and files that nobody means to write: what cannot be checked is a fault, the rest is what the library says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from oracles.jsonschema_oracle import oracle
from stdconv.errors import DefinitionError, UnreadableError

LEAST, MOST = -(2**63), 2**63 - 1


def load(folder: Path, schema: Any, rules: str = "") -> Any:
    path = folder / "own.schema.json"
    path.write_bytes(schema if isinstance(schema, bytes) else json.dumps(schema).encode())
    path.with_name("own.rules.yaml").write_text(rules or "{}", encoding="utf-8")
    return stdconv.load_schema(path)


def fault_of(folder: Path, schema: Any, rules: str = "") -> str:
    with pytest.raises(DefinitionError) as caught:
        load(folder, schema, rules)
    return str(caught.value)


def refused(standard: Any, records: list[dict[str, Any]]) -> list[int]:
    types = {name: pl.Int64 if name in standard.numbers else pl.String for name in standard.names}
    frame = pl.DataFrame(
        {name: pl.Series([record.get(name) for record in records], dtype=dtype) for name, dtype in types.items()}
    )
    return sorted(set(stdconv.validate(frame, standard).findings["_row"]))


def invalid(schema: Any, records: list[dict[str, Any]]) -> list[int]:
    library = oracle(schema)
    return [row for row, record in enumerate(records, 1) if not library.is_valid(record)]


WIDE = (10**400, -(10**400), 2**128, -(2**63), 2**63, 2**64)
NUMBERS = [{"数": number} for number in (LEAST, LEAST + 1, -1, 0, 1, MOST)]


@pytest.mark.parametrize("bound", WIDE, ids=range(len(WIDE)))
@pytest.mark.parametrize("keyword", ["minimum", "exclusiveMaximum", "const"])
def test_bounds_of_any_width_are_what_the_library_takes_them_for(keyword: str, bound: int, tmp_path: Path) -> None:
    schema = {"properties": {"数": {"type": "integer", keyword: bound}}}
    assert refused(load(tmp_path, schema), NUMBERS) == invalid(schema, NUMBERS)


@pytest.mark.parametrize("step", [2**63 - 1, 2**63, 2**64, 10**400])
def test_the_smallest_number_is_a_multiple_of_itself_alone(step: int, tmp_path: Path) -> None:
    standard = load(tmp_path, {"properties": {"数": {"type": "integer", "multipleOf": step}}})
    assert refused(standard, NUMBERS) == [row for row, record in enumerate(NUMBERS, 1) if int(record["数"]) % step]


@pytest.mark.parametrize("keyword", ["minLength", "maxLength", "x-maxCharacters"])
def test_lengths_of_any_width_are_what_the_library_takes_them_for(keyword: str, tmp_path: Path) -> None:
    schema = {"properties": {"名": {keyword: 10**400}}}
    assert refused(load(tmp_path, schema), [{"名": "a"}, {}]) == invalid(schema, [{"名": "a"}, {}])


def test_the_smallest_number_of_64_bits_is_one_in_ndjson_too(tmp_path: Path) -> None:
    standard = load(tmp_path, {"properties": {"数": {"type": "integer"}}})
    file = tmp_path / "s.ndjson"
    file.write_text("".join(f'{{"数": {number}}}\n' for number in (LEAST - 1, LEAST, MOST, MOST + 1)), encoding="utf-8")
    (total,) = stdconv.validate_file(file, standard).findings
    assert (total.code, total.rows) == ("S0028", (1, 4))


SHORT = {"maxLength": 1}
IDS = {
    "twice": {"$id": "http://a/", "properties": {"名": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"$id": "d/", "$ref": "y"}, "y": {"$id": "http://a/d/y", **SHORT}}},
    "by its id": {"$id": "http://a/", "properties": {"名": {"$ref": "d/"}}, "$defs": {"x": {"$id": "d/", "$ref": "y"}, "y": {"$id": "http://a/d/y", **SHORT}}},
    "of a column": {"properties": {"名": {"$id": "http://a/x", "$ref": "#/$defs/z", "$defs": {"z": SHORT}}}},
}  # fmt: skip


@pytest.mark.parametrize("schema", IDS.values(), ids=IDS)
def test_references_are_relative_to_the_id_around_them(schema: Any, tmp_path: Path) -> None:
    records = [{"名": "a"}, {"名": "aa"}]
    assert refused(load(tmp_path, schema), records) == invalid(schema, records) == [2]


def laughing(several: str) -> dict[str, Any]:
    """A schema of a few lines with a hundred million parts."""
    parts = {f"a{i}": {several: [{"$ref": f"#/$defs/a{i - 1}"}] * 2} for i in range(1, 27)}
    return {"properties": {"名": {"$ref": "#/$defs/a26"}}, "$defs": {"a0": SHORT, **parts}}


NAME: dict[str, Any] = {"properties": {"名": {}}}
FAULTS: dict[str, tuple[Any, str]] = {
    "many references": (laughing("anyOf"), "too many parts"),
    "many references of types": (laughing("allOf"), "too many parts"),
    "large pattern": ({"properties": {"名": {"pattern": "^[0-9]{1000000}$"}}}, "too large to be compiled"),
    "pattern of large parts": ({"properties": {"名": {"pattern": "^((a{100}){100}){100}$"}}}, "too large to be compiled"),
    "repeat beyond Python": ({"properties": {"名": {"pattern": "^a{4294967296}$"}}}, "M0031"),
    "lone surrogate": ({"properties": {"名": {"enum": ["\ud800"]}}}, "UnicodeEncodeError"),
    "UTF-16": (json.dumps({"properties": {"名": {"unknown": 1}}}).encode("utf-16"), "not UTF-8: byte 1"),
    "member twice": (b'{"properties": {"a": {"maxLength": 1, "maxLength": 2}}}', "'maxLength' stands twice"),
    "required, no column": (NAME | {"required": ["無"]}, "M0033"),
    "required by reference": (NAME | {"allOf": [{"$ref": "#/$defs/r"}], "$defs": {"r": {"required": ["無"]}}}, "M0033"),
    "rule that hides a column": (NAME | {"allOf": [{"required": ["無"], "x-columns": ["名"]}]}, "M0033"),
    "key of lists": (NAME | {"x-key": [["名"]]}, "M0030"),
    "key that is a text": (NAME | {"x-key": "名"}, "M0030"),
    "person that is a text": (NAME | {"x-person": "名"}, "M0030"),
    "person, twice the same": (NAME | {"x-person": ["名", "名"]}, "M0030"),
    "household of lists": (NAME | {"x-household": [["名"]]}, "M0030"),
    "today, a list": (NAME | {"x-current": ["名"]}, "M0030"),
    "today, numbers": (NAME | {"x-current": {"名": 1}}, "M0030"),
    "today, no column": (NAME | {"x-current": {"無": "1"}}, "M0033"),
    "person, no column": (NAME | {"x-person": ["名", "無"]}, "M0033"),
    "household, no column": (NAME | {"x-household": ["無"]}, "M0033"),
    "columns of lists": (NAME | {"allOf": [{"required": ["名"], "x-columns": [["名"]]}]}, "M0030"),
    "code that is a list": (NAME | {"allOf": [{"required": ["名"], "x-finding": []}]}, "M0030"),
    "code of definitions": (NAME | {"allOf": [{"required": ["名"], "x-finding": "M0030"}]}, "M0034"),
    "code that ends the reading": (NAME | {"allOf": [{"required": ["名"], "x-finding": "S0009"}]}, "M0034"),
    **{f"column {name!r}": ({"properties": {name: {}}}, "no column can be called") for name in ("", "*", "^a$", "_row", "_number", "a+b")},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("schema", "said"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_checked_is_a_fault(schema: Any, said: str, tmp_path: Path) -> None:
    assert said in fault_of(tmp_path, schema)


def test_a_schema_says_whose_record_it_is_and_of_which_household_or_does_not(tmp_path: Path) -> None:
    said = {"x-person": ["名"], "x-household": ["姓", "名"]}
    own = load(tmp_path, {"properties": {"名": {}, "姓": {}}, **said})
    assert (own.key, own.person, own.household, own.current) == ((), ("名",), ("姓", "名"), ())
    referring = {"$ref": "#/$defs/r", "$defs": {"r": NAME | {"x-person": ["名"]}}}
    assert load(tmp_path, referring).person == ("名",)
    later, earlier = (stdconv.load_schema(f"resident-basic/{edition}") for edition in ("0.2", "0.1"))
    assert (later.person, later.household) == (("宛名番号",), ("世帯番号",))
    assert later.current == (("最新フラグ", "1"), ("住民状態", "1"))
    assert (earlier.person, earlier.household, earlier.current) == ((), (), ())


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf", "dependentRequired"])
def test_a_column_that_a_rule_asks_for_and_the_file_lacks_is_told_once(keyword: str, tmp_path: Path) -> None:
    part: Any = {"名": ["数"]} if keyword == "dependentRequired" else [{"required": ["名"]}, {"required": ["数"]}]
    standard = load(tmp_path, {"properties": {"名": {}, "数": {}}, keyword: part})
    findings = stdconv.validate(pl.DataFrame({"名": ["a", None]}), standard).findings
    assert findings.select("_row", "code", "column").rows() == [(None, "S0010", "数")]


COUNTED = """
dataset:
- {rule: counted, by: [人], number: 数, title: t, source: s}
- {rule: latest, by: [人], number: 数, flag: 旗, value: "1", title: t, source: s}
- {rule: at_most_one, by: [人], among: {人: "7"}, which: {旗: "1"}, title: t, source: s}
"""
WHOLE = {"type": "integer"}


@pytest.mark.parametrize("kind", [WHOLE, {"pattern": "^-?[0-9]{1,}$"}], ids=["numbers", "texts"])
def test_dataset_rules_say_of_numbers_what_they_say_of_their_digits(kind: Any, tmp_path: Path) -> None:
    standard = load(tmp_path, {"properties": dict.fromkeys(("人", "数", "旗"), kind)}, COUNTED)
    rows = [(7, 1, 0), (7, 3, 1), (8, 1, 1), (8, 2, 0), (9, -1, None), (9, 1, 1)]
    types = dict.fromkeys(("人", "数", "旗"), pl.Int64)
    frame = pl.DataFrame(rows, schema=types, orient="row")
    given = frame if kind is WHOLE else frame.select(pl.all().cast(pl.String))
    found = stdconv.validate(given, standard).findings.select("_row", "code", "column").sort("_row", "code").rows()
    assert found == [(2, "D0006", "数"), (3, "D0009", "旗")]


def test_a_record_rule_about_numbers_is_a_fault(tmp_path: Path) -> None:
    rule = "record:\n- {rule: check_digit, number: kojin_bango, columns: [数], title: t, source: s}\n"
    assert "M0097" in fault_of(tmp_path, {"properties": {"数": WHOLE}}, rule)


def test_a_frame_whose_rows_are_no_numbers_is_a_fault(tmp_path: Path) -> None:
    standard = load(tmp_path, NAME)
    with pytest.raises(DefinitionError, match="_row"):
        stdconv.validate(pl.DataFrame({"_row": ["a"], "名": ["a"]}), standard)


def test_the_text_shows_no_control_characters_of_a_column_s_name(tmp_path: Path, capfd: Any) -> None:
    from stdconv.cli.entry import run

    load(tmp_path, {"properties": {"a\x1b[31m\nb": SHORT, "氏　名": SHORT}})
    (tmp_path / "s.ndjson").write_text(
        '{"a\\u001b[31m\\nb": "12"}\n{"氏　名": "12"}\n{"氏　名": "1"}\n', encoding="utf-8"
    )
    run(["validate", str(tmp_path / "s.ndjson"), "-s", str(tmp_path / "own.schema.json")])
    said = capfd.readouterr().err
    assert "\x1b" not in said
    assert "aU+001B[31mU+000Ab" in said
    assert "氏　名" in said, "a blank of full width is no control character"


SITE = {"code": "S0003", "severity": "warn", "because": "b", "decided": "2026-10-01"}


@pytest.mark.parametrize("decided", ["2026-W01-1", "20260101xx", "2026-1-001", "２０２６-10-01"])
def test_a_day_of_a_decision_is_written_in_one_way(decided: str, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(json.dumps({"site": "甲市", "decisions": [SITE | {"decided": decided}]}), encoding="utf-8")
    with pytest.raises(DefinitionError, match="C0041"):
        stdconv.validate(pl.DataFrame({"名": ["a"]}), load(tmp_path, NAME), site=site)


def test_a_number_of_any_length_in_a_site_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("site: " + "9" * 5000, encoding="utf-8")
    with pytest.raises(DefinitionError, match="C0041"):
        stdconv.validate(pl.DataFrame({"名": ["a"]}), load(tmp_path, NAME), site=tmp_path / "site.yaml")


def test_a_parquet_file_that_polars_panics_about_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panic(_: object) -> None:
        raise pl.exceptions.PanicException("called `Option::unwrap()` on a `None` value")

    pl.DataFrame({"名": ["a"]}).write_parquet(tmp_path / "s.parquet")
    monkeypatch.setattr(pl.LazyFrame, "collect_schema", panic)
    with pytest.raises(UnreadableError, match="C0003"):
        stdconv.validate_file(tmp_path / "s.parquet", load(tmp_path, NAME))
