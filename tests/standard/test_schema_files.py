"""The shipped schema files, rules and code lists as they stand on disk: form, annotations, and what an x-type promises."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from oracles.jsonschema_oracle import oracle
from stdconv.definitions import catalog
from support.paths import DOCS, STANDARD_SCHEMAS

FILES = {
    path.relative_to(STANDARD_SCHEMAS).as_posix(): path for path in sorted(STANDARD_SCHEMAS.rglob("*.schema.json"))
}
DOCUMENTS: dict[str, Any] = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
COLUMNS = [
    pytest.param(name, column, node, id=f"{name} {column}")
    for name, document in DOCUMENTS.items()
    for column, node in document["properties"].items()
]
LISTS = {path.stem: path for path in sorted((STANDARD_SCHEMAS / "codes").glob("*.csv"))}
UNUSED_LISTS: frozenset[str] = frozenset()
"""Code lists that wait for a schema."""

STATUSES = {"official", "observed", "assumed"}
LIST_STATUSES = STATUSES | {"derived"}
"""A list's codes may also be derived from others by a rule (docs/domain.md)."""

OURS = {
    "x-key",
    "x-person",
    "x-household",
    "x-current",
    "x-type",
    "x-status",
    "x-codes",
    "x-maxCharacters",
    "x-finding",
    "x-columns",
    "x-title-en",
    "x-source",
}

every_file = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
every_column = pytest.mark.parametrize(("name", "column", "node"), COLUMNS)
every_list = pytest.mark.parametrize("name", LISTS)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema, the whole first."""
    if isinstance(schema, bool):
        return
    yield schema
    for word in ("if", "then", "else", "not"):
        if word in schema:
            yield from parts(schema[word])
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, []):
            yield from parts(part)
    for part in schema.get("properties", {}).values():
        yield from parts(part)


def entries(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(LISTS[name].read_text(encoding="utf-8").splitlines()))


def test_the_names_that_are_shipped_are_the_files() -> None:
    assert catalog.names("schema") == sorted(name.removesuffix(".schema.json") for name in FILES)
    assert catalog.names("codes") == sorted(LISTS)


@every_file
def test_a_schema_is_valid_by_the_meta_schema_of_2020_12_and_says_so(document: Any) -> None:
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


@every_file
def test_every_keyword_is_one_of_json_schema_or_one_of_ours(document: Any) -> None:
    """The meta-schema lets a misspelt keyword pass, and so would everybody who ignores what they do not know."""
    annotations = {"title", "description", "examples", "default", "deprecated", "then", "else"}
    known = OURS | annotations | set(jsonschema.Draft202012Validator.VALIDATORS)
    used = {keyword for part in parts(document) for keyword in part if keyword not in ("$schema", "$id", "$comment")}
    assert used - known == set()


@every_file
def test_key_columns_are_required_and_whatever_is_named_is_a_column(document: Any) -> None:
    columns = set(document["properties"])
    assert document["x-key"]
    assert {*document["x-key"]} <= {*document["required"]} <= columns
    for part in document.get("allOf", []):
        assert part["title"].strip()
        assert {*part["x-columns"]} <= columns
        inner = [column for each in parts(part) for column in (*each.get("properties", ()), *each.get("required", ()))]
        assert {*inner} == {*part["x-columns"]}, "x-columns are the columns that the rule looks at"


@every_file
def test_an_if_on_a_column_that_may_be_absent_requires_it(document: Any) -> None:
    for condition in (part["if"] for part in parts(document) if "if" in part):
        for part in parts(condition):
            assert {*part.get("properties", {})} <= {*part.get("required", ())}


@every_column
def test_a_column_has_title_type_status_and_a_bound(name: str, column: str, node: Any) -> None:
    assert node["title"].strip()
    assert node["type"] == "string"
    assert node["x-type"] in REFUSED
    assert node["x-status"] in STATUSES
    assert {"maxLength", "x-maxCharacters", "enum", "format"} & {*node}
    assert "x-codes" not in node or "enum" in node
    assert node["x-status"] != "assumed" or "assumed" in node["$comment"], "an assumption has its reason"


REFUSED = {
    "X": ["", " ", " 1", "1 ", "1\n", "\n1", "1\t1", "Ａ", "１", "あ", "ｱ", "é", "\x7f", "\0"],
    "Ｎ": ["", "a", "1", " ", "行政 花子", "ｱ", "ﾞ", "\n", "行政\n", "\r", "\t", "\0", "\x7f", "\x85", "\xa0"],
    "9": ["", " ", "a", "１", "٣", "²", "-1", "+1", "1.0", "1,0", " 1", "1 ", "1\n", "1e1"],
    "DATE": ["", "20240301", "2024-3-1", "2024-13-01", "2023-02-29", "2024-03-01\n", " 2024-03-01", "２０２４-03-01", "+024-03-01", "2024-03-01T00:00:00"],
    "TIME": ["", "120000", "12:00", "24:00:00", "12:60:00", "12:00:60", "12:00:00\n", "１２:00:00", "12:00:00Z"],
    "YEAR": ["", "24", "２０２４", "+024", "20240", "2024\n", "-024"],
}  # fmt: skip
"""docs/domain.md, data types; what X and Ｎ are is our reading, design section 8."""


@every_column
def test_a_column_refuses_what_its_type_does_not_have(name: str, column: str, node: Any) -> None:
    validator = oracle(node)
    permitted = ["2023-02-29"] if {"pattern": "^[0-9]{4}-02-29$"} in node.get("anyOf", ()) else []
    assert [text for text in REFUSED[node["x-type"]] if validator.is_valid(text)] == permitted


def has_codes(node: Any) -> bool:
    return "x-codes" in node


@pytest.mark.parametrize(("name", "column", "node"), [param for param in COLUMNS if has_codes(param.values[2])])
def test_a_columns_values_are_the_codes_of_its_list(name: str, column: str, node: Any) -> None:
    codes = [entry["code"] for entry in entries(node["x-codes"])]
    assert {*node["enum"]} == {*codes}
    assert len(node["enum"]) == len(codes)
    assert max(map(len, codes)) == node["maxLength"]


SHARED_LABELS = {"idojiyu": ["改製"]}
"""Labels of more than one code: 改製 is both an entry (07) and an erasure (27)."""


@every_list
def test_a_code_list_has_codes_and_labels_that_stand_once_and_a_status_each(name: str) -> None:
    rows = entries(name)
    assert rows
    assert all(text and text.strip() == text for row in rows for text in (row["code"], row["label"]))
    codes, labels = Counter(row["code"] for row in rows), Counter(row["label"] for row in rows)
    assert max(codes.values()) == 1
    assert [label for label, count in labels.items() if count > 1] == SHARED_LABELS.get(name, [])
    assert {row["status"] for row in rows} <= LIST_STATUSES


def test_every_code_list_is_used_by_a_schema_or_listed_as_unused() -> None:
    used = {node["x-codes"] for document in DOCUMENTS.values() for node in parts(document) if "x-codes" in node}
    for path in STANDARD_SCHEMAS.rglob("*.rules.yaml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["record"]:
            codes = rule.get("codes", [])
            used |= {*([codes] if isinstance(codes, str) else codes), *rule.get("also", ())}
    assert used | UNUSED_LISTS == set(LISTS)
    assert not used & UNUSED_LISTS


def test_every_rules_file_lies_beside_its_schema() -> None:
    rules = {path.relative_to(STANDARD_SCHEMAS).as_posix() for path in STANDARD_SCHEMAS.rglob("*.rules.yaml")}
    assert rules <= {name.replace(".schema.json", ".rules.yaml") for name in FILES}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_key_is_unique_by_a_rule_of_the_file(name: str) -> None:
    """docs/domain.md, Keys and history."""
    rules = FILES[name].with_name(FILES[name].name.replace(".schema.json", ".rules.yaml"))
    dataset = yaml.safe_load(rules.read_text(encoding="utf-8"))["dataset"]
    assert DOCUMENTS[name]["x-key"] in [rule["columns"] for rule in dataset if rule["rule"] in ("unique", "once")]


LINES = (DOCS / "domain.md").read_text(encoding="utf-8").splitlines()
HEADINGS = [line.removeprefix("## ") for line in LINES if line.startswith("## ")]
OPTIONS_OF_COLUMNS = {
    *(
        "era",
        "date",
        "whole",
        "parts",
        "where",
        "earlier",
        "later",
        "columns",
        "by",
        "flag",
        "among",
        "which",
        "silent",
        "than",
        "says",
        "of",
        "owner",
        "code",
        "ward",
        "own",
        "day",
        "prefecture",
        "municipality",
    ),
}
OTHER_OPTIONS = {
    "rule",
    "title",
    "source",
    "separator",
    "codes",
    "unlabelled",
    "number",
    "value",
    "finding",
    "status",
    "days",
    "ahead",
    "also",
}


def is_a_section(source: str) -> bool:
    """Tell whether ``docs/domain.md, Section: why`` names a section there is; (…) and : … may follow in its heading."""
    file, section = source.split(":", maxsplit=1)[0].split(", ", maxsplit=1)
    return file == "docs/domain.md" and any(
        heading == section or heading.startswith((f"{section} (", f"{section}:")) for heading in HEADINGS
    )


def columns_of(rule: dict[str, Any]) -> set[str]:
    """Every column that an option of a record rule or a dataset rule names."""
    named = [value for option, value in rule.items() if option in OPTIONS_OF_COLUMNS]
    return {column for value in named for column in ([value] if isinstance(value, str) else value)}


@pytest.mark.parametrize("path", sorted(STANDARD_SCHEMAS.rglob("*.rules.yaml")), ids=lambda path: path.parent.name)
def test_every_rule_names_columns_of_its_schema_a_title_and_a_section_of_the_domain_facts(path: Path) -> None:
    schema = path.with_name(path.name.replace(".rules.yaml", ".schema.json"))
    properties = json.loads(schema.read_text(encoding="utf-8"))["properties"]
    for rule in [rule for rules in yaml.safe_load(path.read_text(encoding="utf-8")).values() for rule in rules]:
        assert {*rule} <= OPTIONS_OF_COLUMNS | OTHER_OPTIONS
        assert columns_of(rule) <= {*properties}
        for column, listed in rule.get("where", {}).items():
            assert {*listed} <= {*properties[column]["enum"]}
        titles = [rule["title"]] if isinstance(rule["title"], str) else [rule["title"]["ja"], rule["title"]["en"]]
        assert all(title.strip() for title in titles)
        assert is_a_section(rule["source"])
        assert rule.get("status", "assumed") in STATUSES


@every_file
def test_every_rule_of_a_schema_that_names_a_source_names_a_section_of_the_domain_facts(document: Any) -> None:
    for part in document.get("allOf", []):
        assert part["x-status"] in STATUSES
        assert "x-source" in part or part["x-status"] in part["$comment"]
        assert "x-source" not in part or is_a_section(part["x-source"]), part["x-source"]


DIGITS = {"市区町村コード": "^[0-9]{6}$", "町字コード": "^[0-9]{7}$"}
"""docs/domain.md, The standard's data types."""


FROZEN = {
    "resident-basic/0.1.columns.csv": "a79c1446c14c2d3743a26967250996d7ae0160bbafac206e181e5795fa6f2d15",
    "resident-basic/0.1.rules.yaml": "374435634cc9f2cb194936f28cad4901976fbc18f6d607f3b9bc96c1c9546fc4",
    "resident-basic/0.1.schema.json": "f3cc1c1192de4b3d5ce8b269e3fe0807a526f3747327fbd2d881c50f080b7a8e",
}
"""What is in use: files that were checked against an edition are checked against the same one for ever."""


def test_an_edition_that_has_a_successor_stays_as_it_is_to_the_byte() -> None:
    assert {name: hashlib.sha256((STANDARD_SCHEMAS / name).read_bytes()).hexdigest() for name in FROZEN} == FROZEN


@pytest.mark.parametrize("edition", ["resident-basic/0.1", "resident-basic/0.2"])
def test_the_full_record_is_its_list_of_columns(edition: str) -> None:
    """docs/domain.md, Files: name, 型, length, code list and status as listed; 空欄不可 by kind of resident, but for the key."""
    with (STANDARD_SCHEMAS / f"{edition}.columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    document = DOCUMENTS[f"{edition}.schema.json"]
    assert [row["order"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
    assert [*document["properties"]] == [row["field"] for row in rows]
    for row, node in zip(rows, document["properties"].values(), strict=True):
        assert (node["x-type"], node["x-status"], node.get("x-codes", "")) == (
            row["type"],
            row["status"],
            row["code_list"],
        )
        if row["max_length"]:
            assert node.get("x-maxCharacters", node.get("maxLength")) == int(row["max_length"])
        elif row["type"] not in ("DATE", "TIME") and not row["code_list"]:
            digits = DIGITS.get(row["field"].rpartition("_")[2])
            assert node["pattern"] == digits or "assumed" in node["$comment"]
        assert not row.get("assumed") or row["assumed"] in node["$comment"]
    required = {
        column for part in document["allOf"] for column in part["x-columns"][:1] if part["x-finding"] == "S0012"
    }
    left_empty = {
        column for part in document["allOf"] for column in part["x-columns"][:1] if part["x-finding"] == "S0013"
    }
    assert required | {*document["required"]} == {row["field"] for row in rows if row["required"] == "空欄不可"} | {
        *document["x-key"]
    }
    assert left_empty == {row["field"] for row in rows if row["required"] == "observed-not-null"}
