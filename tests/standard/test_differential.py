"""Any schema and any records: stdconv and the jsonschema library never disagree on one.

Hypothesis makes both, through everything that a schema passes on its way to a verdict: its parts with and without
references, the checks of columns and between them, frames with absent, empty and odd values. The nightly profile tries
200,000 schemas (``make differential``); the number is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

import stdconv
from oracles.jsonschema_oracle import oracle
from stdconv.standard.positions import SchemaError
from stdconv.standard.schema import Rules, Schema, schema_of

TEXTS, NUMBER = ("甲", "乙", "丙"), "数"
COLUMNS = (*TEXTS, NUMBER)
LARGE, ROUND = 200_000, 5_000
"""How many schemas the nightly profile tries, and how many of them Hypothesis remembers at a time."""

# Values: what schemas below speak of, and what is nearly that.

WORDS = (
    "a",
    "ab",
    "aaa",
    "0",
    "01",
    "12",
    "あ",
    "あい",
    "漢字",
    "行政　花子",
    "2024-02-29",
    "1985-07-07",
    "0000-01-01",
    "9999-12-31",
    "甲",
)
NEAR = (
    "", " ", "\u3000", "\0", "a\n", "\na", "ab\n", "a\r\n", "A", "é", "あ\n", "２", "０１", "+1", "-1", "1.0", "1e0", " 1", "1 ", "00", "012",
    "+023-01-01", "-001-01-01", "2023-02-29", "1900-02-29", "2000-02-29", "0000-02-29", "2024-02-30", "2024- 1-01", "2024-1-1", "2024-01-1 ",
    "2024-02-29\n", "10000-01-01", "２０２４-02-29", "20240229", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-01T00", "2024/01/01",
    "𠮷", "𠮷𠮷", "辻\U000e0100", "葛\ufe00", "\ufe0f", "\U000e0100\U000e0100", "a\U000e01ef", "𠮷\U000e0100a", "\ue000", "\ufdd0", "\U0010ffff",
)  # fmt: skip
NUMBERS = (*range(-4, 13), 99, 100, -(2**63) + 1, 2**63 - 1, 2**53, 2**53 + 1)
BOUNDS = (*range(-3, 11), 0.5, 2.0, -1.5, 2**53 + 1, 2**63, -(2**64), 1e30)

MULTIPLES = (1, 2, 3, 7, 2**62, 2**63)
"""No 2.0: the library divides by it in floating point, and takes 2**63 - 1 for even."""

PATTERNS = {
    "^a$": "a", "^a{1,2}$": "aa", "^[ab]{0,}$": "abba", "^(a|あ)?$": "あ", "^[あ-ん𠮷]{1,}$": "あ𠮷", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "2024-02-30",
    "^[!-w]*$": "0/w", "^[!-~]{2}$": "!~", "^0[1-9]?$": "09",
}  # fmt: skip
"""Patterns, and a text that each means."""

texts = st.sampled_from((*WORDS, *NEAR)) | st.text(max_size=3)
numbers = st.sampled_from(NUMBERS)
lengths = st.sampled_from((0, 1, 2, 3, 2.0, 10))


def keyword(name: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return value.map(lambda given: {name: given})


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    branches = st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner})
    both = st.tuples(inner, inner).map(
        lambda two: {**two[0], **two[1]} if all(isinstance(each, dict) for each in two) else two[0]
    )
    return st.one_of(
        *(keyword(word, several) for word in ("allOf", "anyOf", "oneOf")), keyword("not", inner), branches, both
    )


OF_TEXTS = st.recursive(
    st.one_of(
        st.booleans(), st.just({}), keyword("pattern", st.sampled_from(list(PATTERNS))), *(keyword(word, lengths) for word in ("minLength", "maxLength", "x-maxCharacters")),
        keyword("enum", st.lists(texts, min_size=1, max_size=4, unique=True)), keyword("const", texts), st.just({"format": "date"}), st.just({"type": "string"}),
        st.sampled_from([{"$ref": "#/$defs/text"}, {"$ref": "#text"}, {"$ref": "urn:stdconv:schema:standard:resident-link:1.0#/properties/生年月日"}]),
    ),
    combined,
    max_leaves=4,
)  # fmt: skip
OF_NUMBERS = st.recursive(
    st.one_of(
        st.booleans(), *(keyword(word, st.sampled_from(BOUNDS)) for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")),
        keyword("multipleOf", st.sampled_from(MULTIPLES)), keyword("enum", st.lists(numbers, min_size=1, max_size=4, unique=True)),
        keyword("const", numbers | st.just(2.0)), st.sampled_from([{"type": "integer"}, {"$ref": "#/$defs/number"}]),
    ),
    combined,
    max_leaves=3,
)  # fmt: skip
OTHERS = st.sampled_from(
    (
        True,
        False,
        {"type": "string"},
        {"type": "integer"},
        {"not": {"type": "integer"}},
        {"type": ["integer", "string"]},
    )
)
"""Schemas for columns of either kind."""

columns = st.fixed_dictionaries({}, optional={**dict.fromkeys(TEXTS, OF_TEXTS), NUMBER: OF_NUMBERS})
names = st.lists(st.sampled_from(COLUMNS), max_size=2, unique=True)


def of_records(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    dependent = st.dictionaries(st.sampled_from(COLUMNS), inner, min_size=1, max_size=2)
    return combined(inner) | keyword("dependentSchemas", dependent)


RECORDS = st.recursive(
    st.one_of(
        st.booleans(), keyword("properties", columns), keyword("required", names), st.just({"type": "object"}),
        st.fixed_dictionaries({"properties": columns, "required": names}), st.just({"$ref": "#/$defs/record"}),
        st.fixed_dictionaries({"properties": columns, "additionalProperties": OTHERS}),
        keyword("dependentRequired", st.dictionaries(st.sampled_from(COLUMNS), names, min_size=1, max_size=2)), keyword("propertyNames", OF_TEXTS),
    ),
    of_records,
    max_leaves=4,
)  # fmt: skip


def without_references(schema: Any) -> Any:
    """What stands under ``$defs`` refers to nothing there, which could be a circle."""
    if isinstance(schema, list):
        return [without_references(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: without_references(part) for word, part in schema.items() if word != "$ref" or not part.startswith("#")
    }


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    """A whole schema: columns, and more between them than a sane one would have."""
    given = draw(columns)
    text, number, record = (without_references(draw(part)) for part in (OF_TEXTS, OF_NUMBERS, RECORDS))
    top: dict[str, Any] = {
        "properties": {name: given.get(name, {}) for name in TEXTS} | {NUMBER: {"allOf": [{"type": "integer"}, given.get(NUMBER, {})]}},
        "$defs": {"text": text, "number": number, "record": record, "anchored": {"$anchor": "text", "anyOf": [text]}},
    }  # fmt: skip
    more = draw(RECORDS)
    return (
        top | {word: part for word, part in more.items() if word not in top}
        if isinstance(more, dict)
        else top | {"not": not more}
    )


def records(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Records of values that the schema names, of near ones, and of absent ones."""
    named = list(mentioned(schema))
    words = [
        near for text in named if isinstance(text, str) for near in (text, text + "\n", text + "\U000e0100", text[:-1])
    ]
    whole = [
        near for number in named if not isinstance(number, str) for near in range(int(number) - 1, int(number) + 3)
    ]
    inside = [number for number in whole if -(2**63) < number < 2**63]
    texts_ = texts | st.sampled_from(sorted(set(words))) if words else texts
    numbers_ = numbers | st.sampled_from(sorted(set(inside))) if inside else numbers
    return st.fixed_dictionaries(
        {**dict.fromkeys(TEXTS, st.none() | texts_ | texts_), NUMBER: st.none() | numbers_ | numbers_}
    )


def mentioned(schema: Any) -> Iterator[Any]:
    """Yield the values that the lists, patterns and bounds of a schema speak of."""
    if isinstance(schema, list):
        for part in schema:
            yield from mentioned(part)
    for word, part in schema.items() if isinstance(schema, dict) else ():
        match word:
            case "enum":
                yield from part
            case "const" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf":
                yield part
            case "pattern":
                yield PATTERNS[part]
            case _:
                yield from mentioned(part)


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """A record as JSON Schema sees it: without what is absent or empty."""
    return {name: value for name, value in record.items() if value is not None and value != ""}


def disagreeing(standard: Schema, schema: Any, some: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records on which the library says otherwise, and those of which findings and verdict differ.

    NUL, which no file of texts can hold, refuses a record whatever a schema says.
    """
    types = {name: pl.Int64 if name == NUMBER else pl.String for name in COLUMNS}
    frame = pl.DataFrame(
        {name: pl.Series([record[name] for record in some], dtype=dtype) for name, dtype in types.items()}
    )
    refused = set(stdconv.validate(frame, standard).findings.filter(pl.col("severity") == "refuse")["_row"])
    library = oracle(schema)

    def is_valid(record: dict[str, Any]) -> bool:
        return library.is_valid(shown(record)) and not any("\0" in str(value) for value in record.values())

    return [record for row, record in enumerate(some, 1) if (row not in refused) is not is_valid(record)]


class Tried:
    """What was tried: a test that tries little would pass too."""

    schemas = records = valid = 0


def hold(schema: dict[str, Any], some: list[dict[str, Any]]) -> None:
    try:
        standard = schema_of("own", schema, Rules())
    except SchemaError as error:
        assume("refers to itself" not in str(error) and "of 'properties' alone" not in str(error))
        raise
    assert disagreeing(standard, schema, some) == []
    Tried.schemas += 1
    Tried.records += len(some)
    Tried.valid += sum(map(oracle(schema).is_valid, map(shown, some)))


@pytest.mark.slow
def test_no_schema_has_a_record_on_which_stdconv_and_the_library_disagree(record_property: Any) -> None:
    usual = settings().max_examples
    tries, rounds = (ROUND, LARGE // ROUND) if usual >= ROUND else (10 * usual, 1)
    for number in range(rounds):

        @seed(number)
        @settings(max_examples=tries)
        @given(st.data())
        def law(data: st.DataObject) -> None:
            schema = data.draw(schemas())
            hold(schema, data.draw(st.lists(records(schema), min_size=8, max_size=12)))

        law()
    assert Tried.schemas >= tries * rounds
    assert 0.1 < Tried.valid / Tried.records < 0.9
    record_property(
        "summary",
        f"Differential: {Tried.schemas:,} schemas, {Tried.records:,} records ({Tried.valid:,} valid), no disagreement with jsonschema",
    )


FOUND = {
    "a reference to false, at the top": {"properties": {"甲": {}}, "$defs": {"never": False}, "$ref": "#/$defs/never"},
    "two parts that imply each other": {"properties": {"甲": {"allOf": [False], "anyOf": [False]}}},
}
"""Schemas that the search found a disagreement on."""


@pytest.mark.parametrize("schema", FOUND.values(), ids=FOUND)
def test_what_the_search_found_once_stays_mended(schema: dict[str, Any]) -> None:
    findings = stdconv.validate(pl.DataFrame({"甲": ["a"]}), schema_of("own", schema, Rules())).findings
    assert not oracle(schema).is_valid({"甲": "a"})
    assert findings["code"].to_list() == ["S0008"]
