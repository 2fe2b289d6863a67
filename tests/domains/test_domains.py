"""Domains and their readings: patterns, JSON Schema, polars checks, strategies and samplers say the same."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from oracles.jsonschema_oracle import is_day, oracle
from stdconv.domains.check import check, check_value
from stdconv.domains.patterns import PatternError, any_but, lengths, parse, to_regex
from stdconv.domains.sampler import members, rows
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    Apart,
    Cases,
    CheckDigit,
    Choice,
    Concatenated,
    Date,
    Domain,
    EraAgrees,
    IfThenElse,
    InForce,
    InOrder,
    Named,
    NoOtherPlace,
    Not,
    NotAfter,
    Nothing,
    OneOf,
    Record,
    Rows,
    Rule,
    SamePlace,
    Text,
    Within,
)
from stdconv.domains.strategies import records, texts
from stdconv.domains.subset import subset
from stdconv.lenses import LENSES
from stdconv.lenses.base import Lens
from stdconv.lenses.bycode import ByCode
from stdconv.standard.checking import validate
from stdconv.standard.checks import Check
from stdconv.standard.keywords import from_schema, to_schema
from stdconv.standard.positions import SchemaError
from stdconv.standard.recordrules import OFFICIAL_SPANS
from stdconv.standard.schema import load_schema

SCHEMA = "resident-link/1.0"


def frame(records_: Sequence[Mapping[str, str | None]], names: Iterable[str]) -> pl.DataFrame:
    columns = {name: pl.Series([record.get(name) for record in records_], dtype=pl.String) for name in names}
    return pl.DataFrame({"_row": pl.int_range(1, len(records_) + 1, dtype=pl.Int64, eager=True), **columns})


def inside(domain: Domain, values: Sequence[str | None]) -> list[bool | None]:
    given_values = pl.DataFrame({"v": pl.Series(values, dtype=pl.String)})
    return given_values.with_columns(ok=check_value(domain, pl.col("v")))["ok"].to_list()


# Patterns. A generated pattern comes as its text and a strategy for members, made side by side.

ALPHABET = "ab019-/ 　あん亜\n\r\t^$.|?*+()[]{}\\\"'&~#é辻\U000e0100𠮷\U0010ffff"
SYNTAX = frozenset("\\^$.|?*+()[]{}")
FOREIGN = ["", "\n", "a\n", "\r", "\0", "𠮷", "\U0010ffff", "あ", "２", " ", "b", "ab", "aa"]


def literal(character: str) -> str:
    return f"\\{character}" if character in SYNTAX else character


def member_of_class(character: str) -> str:
    return f"\\{character}" if character in SYNTAX or character == "-" else character


@st.composite
def atoms(draw: st.DrawFn) -> tuple[str, st.SearchStrategy[str]]:
    if draw(st.booleans()):
        character = draw(st.sampled_from(ALPHABET))
        return literal(character), st.just(character)
    ends = st.tuples(st.sampled_from(ALPHABET), st.sampled_from(ALPHABET)).map(lambda pair: tuple(sorted(pair)))
    ranges = draw(st.lists(ends, min_size=1, max_size=3))
    written = "".join(
        member_of_class(a) if a == b and draw(st.booleans()) else f"{member_of_class(a)}-{member_of_class(b)}"
        for a, b in ranges
    )
    picks = st.one_of(
        *(st.characters(min_codepoint=ord(a), max_codepoint=ord(b), exclude_categories=["Cs"]) for a, b in ranges)
    )
    return f"[{written}]", picks


@st.composite
def patterns(draw: st.DrawFn, depth: int = 3) -> tuple[str, st.SearchStrategy[str]]:
    """Return what stands between ``^`` and ``$``, alternatives in a group, and the texts that it means."""
    kind = draw(st.sampled_from(("atom", "sequence", "alternatives", "repeat", "group") if depth else ("atom",)))
    if kind == "atom":
        return draw(atoms())
    if kind == "sequence":
        parts = draw(st.lists(patterns(depth - 1), max_size=3))
        return "".join(text for text, _ in parts), st.tuples(*(picks for _, picks in parts)).map("".join)
    if kind == "alternatives":
        parts = draw(st.lists(patterns(depth - 1), min_size=1, max_size=3))
        sign = draw(st.sampled_from(("(", "(?:")))
        return sign + "|".join(text for text, _ in parts) + ")", st.one_of(*(picks for _, picks in parts))
    text, picks = draw(patterns(depth - 1))
    group = f"({text})"
    if kind == "group":
        return group, picks
    least = draw(st.integers(0, 3))
    most = draw(st.none() | st.integers(least, 4))
    signs = {(0, 1): ["?"], (0, None): ["*"], (1, None): ["+"]}.get((least, most), [])
    counted = f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
    sign = draw(st.sampled_from([counted, *signs]))
    return group + sign, st.lists(picks, min_size=least, max_size=least + 2 if most is None else most).map("".join)


def near_misses(text: str) -> list[str]:
    halves = text[: len(text) // 2], text[len(text) // 2 :]
    return [
        f"{text}\n",
        f"\n{text}",
        f"{text}a",
        f"𠮷{text}",
        f"{text}\0",
        text[1:],
        text[:-1],
        text + text,
        "\n".join(halves),
    ]


@given(st.data())
def test_patterns_mean_the_same_to_polars_and_to_python(data: st.DataObject) -> None:
    written, picks = data.draw(patterns())
    some = data.draw(st.lists(picks, min_size=1, max_size=5))
    tried = list(dict.fromkeys([*some, *FOREIGN, *(miss for member in some for miss in near_misses(member))]))
    by_python = [re.fullmatch(written, text) is not None for text in tried]
    assert inside(Text(pattern=f"^{written}$"), tried) == by_python
    assert all(by_python[: len(dict.fromkeys(some))])


@given(st.data())
def test_the_tree_of_a_pattern_is_the_tree_of_its_rewriting_in_hexadecimal(data: st.DataObject) -> None:
    written, picks = data.draw(patterns())
    regex = to_regex(parse(f"^{written}$"))
    assert not set(regex) - set("(?:|)[]-{},0123456789ABCDEFx\\")
    assert re.fullmatch(re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: f"\\U{int(m[1], 16):08X}", regex), data.draw(picks))


@pytest.mark.parametrize(
    "pattern",
    [
        "^a|b$",
        "^a|$",
        "^|a$",
        "^(a|b)|c$",
        "^a{２}$",
        "^a{1,２}$",
        "^[a-]$",
        "^[-a]$",
        "^[+-\\-]$",
        "^[a\\-z]$",
        "^a/b$",
        "^$",
        "^()$",
    ],
)
def test_what_the_grammar_admits_means_the_same_to_json_schema(pattern: str) -> None:
    tried = [
        "",
        "a",
        "b",
        "c",
        "ab",
        "ax",
        "xb",
        "xa",
        "aa",
        "a{２}",
        "a{1,２}",
        "-",
        "+",
        ",",
        "m",
        "z",
        "a/b",
        "a\n",
        "b\n",
    ]
    try:
        parse(pattern)
    except PatternError:
        return
    assert inside(Text(pattern=pattern), tried) == [oracle({"pattern": pattern}).is_valid(text) for text in tried]


OUTSIDE = [
    "", "^", "$", "a", "^a", "a$", "a^$", "^a$ ", " ^a$", "^a\n", "^a$\n", "^a\\$", "^.$", "^\\d$", "^\\w+$", "^\\s$", "^\\b$",
    "^\\p{Han}$", "^\\x41$", "^\\u3042$", "^\\n$", "^\\0$", "^\\1$", "^(a)\\1$", "^[^a]$", "^[\\d]$", "^[]$", "^[$", "^[a$", "^]$", "^}$",
    "^{2}$", "^a{$", "^a{,3}$", "^a{x}$", "^a{-1}$", "^a{2,1}$", "^a{2}{3}$", "^a**$", "^a+?$", "^a??$", "^a{2}?$", "^a?+$",
    "^*$", "^+a$", "^(a$", "^a)$", "^(a))$", "^(?=a)$", "^(?!a)$", "^(?<=a)$", "^(?<n>a)$", "^(?P<n>a)$", "^(?i)a$", "^(?i:a)$", "^(?#c)$",
    "^a^b$", "^a$b$", "^^a$", "^a$$", "^[b-a]$", "^[a-\\d]$", "^|*$", "^(*a)$", "^(|+)$", "^[[:alpha:]]$", "^\\Qa$", "^(?>a)$", "^a{1 }$", "^a{ 1}$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", OUTSIDE)
def test_what_lies_outside_the_grammar_is_an_error(pattern: str) -> None:
    with pytest.raises(PatternError):
        parse(pattern)


@given(st.text("^$ab01-,/\\.|?*+()[]{}:=!<>Pdw\n２", max_size=9).map(lambda inner: f"^{inner}$"))
@example("^a|b$")
@example("^a{２}$")
def test_any_text_is_read_as_a_pattern_that_polars_and_json_schema_agree_on_or_is_an_error(pattern: str) -> None:
    try:
        parse(pattern)
    except PatternError:
        return
    assume(not re.search(r"--|&&|~~|\|\||\[\[|\[[^]]*\[", pattern))  # Python warns of set operations to come
    tried = [
        *FOREIGN,
        "a",
        "0",
        "1",
        "-",
        ",",
        "/",
        "a0",
        "xa",
        "bx",
        "x",
        "a{２}",
        "ab\n",
        "b\n",
        "2",
        "{",
        pattern,
        pattern[1:-1],
    ]
    assert inside(Text(pattern=pattern), tried) == [oracle({"pattern": pattern}).is_valid(text) for text in tried]


@pytest.mark.parametrize("most", [1_000, 10_000])
def test_a_long_counted_repeat_is_a_pattern_like_any_other(most: int) -> None:
    domain = Text(pattern=f"^[々-龠]{{1,{most}}}$")
    assert inside(domain, ["", "花", "花" * most, "花" * (most + 1), "花子a"]) == [False, True, True, False, False]


def shown(record: Mapping[Any, str | None]) -> dict[Any, str]:
    """A record is shown to JSON Schema as the object of its columns that are not null: an empty text is shown too."""
    return {name: value for name, value in record.items() if value is not None}


# The shipped schema against the library.

VALUES: dict[str, list[str]] = {
    "宛名番号": ["1234567890", "1", "A-1", "a b", "~", "123456789012345"],
    "履歴番号": ["1", "10", "99999"],
    "世帯番号": ["9876543", "1", "a  b"],
    "住民種別": ["1", "2"],
    "住民状態": ["1", "2", "3", "9"],
    "異動年月日": ["2024-03-01", "2000-02-29", "0000-01-01", "9999-12-31", "0000-02-29"],
    "氏名": [
        "行政　花子",
        "行政花子",
        "ＡＢ　ＣＤ　ＥＦ",
        "𠮷野　家",
        "辻\U000e0100　一",
        "葛\ufe00",
        "あ" * 100,
        "辻\U000e0100" * 100,
    ],
    "性別": ["0", "1", "2"],
    "生年月日_元号": ["1", "2", "3", "4", "5"],
    "生年月日": ["1985-07-07", "1926-12-25", "1912-07-30", "2000-02-29"],
}
MISSES = [
    "", " ", "　", "0", "01", "3", "9", "00", "１", "1\n", "1 ", " 1", "1\0", "100000", "1234567890123456", "-1", "+1", "é", "\x7f", "あ",
    "2024-02-30", "1900-02-29", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1", "20240301", "2024-03-01\n", "2024-03-01T00",
    "２０２４-03-01", "10000-01-01", "-001-01-01", "2024/03/01", "行政 花子", "　行政", "行政　", "行政　　花子", "行政\n花子", "行政\n", "ｶﾅ", "行政a",
    "あ" * 101, "辻\U000e0100" * 101, "\ufe0f" * 150, "\u3000", "\u00a0", "\u0080", "\ud7ff", "\ue000", "\U0010ffff", "\uff61", "\uff60", "\uffa0",
]  # fmt: skip


@pytest.fixture(scope="module")
def resident() -> Any:
    return load_schema(SCHEMA)


def resident_records() -> st.SearchStrategy[dict[str, str | None]]:
    def value(name: str) -> st.SearchStrategy[str | None]:
        good = st.sampled_from(VALUES[name])
        return st.integers(0, 19).flatmap(
            lambda kind: (
                st.none()
                if kind == 0
                else st.sampled_from(MISSES)
                if kind == 1
                else st.text(max_size=4)
                if kind == 2
                else good
            )
        )

    absent = st.sampled_from([(), ("生年月日_元号",), ("生年月日", "生年月日_元号"), ("世帯番号", "異動年月日")])
    whole = st.fixed_dictionaries({name: value(name) for name in VALUES})
    return st.tuples(whole, absent).map(lambda pair: pair[0] | dict.fromkeys(pair[1]))


def differences(
    checks: Sequence[Check], schema: Any, some: Sequence[Mapping[str, str | None]]
) -> list[Mapping[str, str | None]]:
    names = list(dict.fromkeys(name for record in some for name in record))
    passed, _ = validate(checks, frame(some, names))
    library = oracle(schema)
    return [record for record, ok in zip(some, passed, strict=True) if ok is not library.is_valid(shown(record))]


def from_json_schema(checks: Sequence[Check]) -> list[Check]:
    return [each for each in checks if not (isinstance(each.domain, Record) and each.domain.rules)]


@given(st.lists(resident_records(), min_size=20, max_size=40))
def test_the_compiled_schema_and_the_library_agree_record_by_record(
    resident: Any, some: list[dict[str, str | None]]
) -> None:
    assert differences(from_json_schema(resident.checks), resident.document, some) == []


def test_the_compiled_schema_and_the_library_agree_wherever_one_value_is_bad_or_absent(resident: Any) -> None:
    good: dict[str, str | None] = {name: values[0] for name, values in VALUES.items()}
    one_off = [good | {name: value} for name in VALUES for value in [None, *MISSES, *VALUES[name]]]
    kinds = [
        good | {"住民種別": kind, "生年月日_元号": era, "生年月日": day}
        for kind in (None, "1", "2", "3", "")
        for era in (None, "1", "3", "6")
        for day in (None, "1985-07-07", "1985-02-30")
    ]
    assert differences(from_json_schema(resident.checks), resident.document, [good, *one_off, *kinds]) == []


def test_the_library_accepts_and_refuses_enough_of_these_records_to_say_something(resident: Any) -> None:
    good: dict[str, str | None] = {name: values[0] for name, values in VALUES.items()}
    library = oracle(resident.document)
    assert library.is_valid(good)
    refused = {name: sum(not library.is_valid(shown(good | {name: miss})) for miss in MISSES) for name in VALUES}
    assert min(refused.values()) > len(MISSES) // 3


# Small generated schemas against the library.

# The strategies below are recursive, and so is what Hypothesis would call them.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr:hypothesis.errors.HypothesisWarning")

COLUMNS = ("甲", "乙", "丙")
LETTERS = ["", "a", "b", "ab", "0", "01", "あ", "あい", "𠮷", "辻\U000e0100", "2024-02-29", "2023-02-29", "a\n", "aaaa"]


def value_schemas() -> st.SearchStrategy[Any]:
    plain = st.one_of(
        st.booleans(),
        st.just({}),
        st.just({"type": "string"}),
        st.sampled_from(["^a{1,2}$", "^[ab]{0,}$", "^(a|あ)?$", "^[あ-ん𠮷]{1,}$"]).map(lambda p: {"pattern": p}),
        st.integers(0, 3).map(lambda n: {"minLength": n}),
        st.integers(0, 3).map(lambda n: {"maxLength": n}),
        st.integers(0, 3).map(lambda n: {"x-maxCharacters": n}),
        st.lists(st.sampled_from(LETTERS), min_size=1, max_size=3, unique=True).map(lambda values: {"enum": values}),
        st.sampled_from(LETTERS).map(lambda value: {"const": value}),
        st.just({"format": "date"}),
    )
    return st.recursive(plain, combined, max_leaves=4)


def record_schemas() -> st.SearchStrategy[Any]:
    columns = st.dictionaries(st.sampled_from(COLUMNS), value_schemas(), max_size=3)
    required = st.lists(st.sampled_from((*COLUMNS, "丁")), max_size=2, unique=True)
    plain = st.one_of(
        st.booleans(),
        columns.map(lambda found: {"properties": found}),
        required.map(lambda names: {"required": names}),
        st.tuples(columns, required).map(lambda pair: {"type": "object", "properties": pair[0], "required": pair[1]}),
        st.tuples(columns, st.booleans()).map(lambda pair: {"properties": pair[0], "additionalProperties": pair[1]}),
        st.just({"additionalProperties": False}),
    )
    return st.recursive(plain, combined, max_leaves=6)


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    branches = st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner})
    words = [st.fixed_dictionaries({word: several}) for word in ("allOf", "anyOf", "oneOf")]
    both = st.tuples(inner, inner).map(merged)
    return st.one_of(*words, inner.map(lambda part: {"not": part}), branches, both)


def merged(pair: tuple[Any, Any]) -> Any:
    """Return one schema with the keywords of two, where both have keywords."""
    first, second = pair
    return first | second if isinstance(first, dict) and isinstance(second, dict) else first


def small_records() -> st.SearchStrategy[dict[str, str | None]]:
    return st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.none() | st.sampled_from(LETTERS)))


@given(record_schemas(), st.lists(small_records(), min_size=8, max_size=16))
def test_generated_schemas_mean_the_same_compiled_and_to_the_library(
    schema: Any, some: list[dict[str, str | None]]
) -> None:
    assert differences([Check("S0008", COLUMNS, from_schema(schema))], schema, some) == []


@given(value_schemas())
def test_generated_schemas_of_one_value_mean_the_same_compiled_and_to_the_library(schema: Any) -> None:
    assert inside(from_schema(schema, level="string"), LETTERS) == [oracle(schema).is_valid(text) for text in LETTERS]


@given(record_schemas(), st.lists(small_records(), min_size=8, max_size=16))
def test_a_schema_read_as_a_domain_and_written_again_means_the_same(
    schema: Any, some: list[dict[str, str | None]]
) -> None:
    again = to_schema(from_schema(schema))
    assert [oracle(again).is_valid(shown(r)) for r in some] == [oracle(schema).is_valid(shown(r)) for r in some]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"not": {"type": "string"}},
        {"pattern": "^a$"},
        {"maxLength": 0},
        {"enum": ["a"]},
        {"format": "date"},
        {"if": {"pattern": "^a$"}, "then": False},
        {"properties": {"甲": {"type": "object"}}},
        {"properties": {"甲": {"not": {"type": "object"}}}},
        {"properties": {"甲": {"required": ["乙"]}}},
        {"properties": {"甲": {"properties": {"乙": False}, "additionalProperties": False}}},
        {"properties": {"甲": {"enum": []}}},
        {"properties": {"甲": {"maxLength": 0}}},
        {"then": False},
        {"else": {"required": ["甲"]}},
    ],
    ids=str,
)
def test_a_keyword_in_an_odd_place_is_a_fault_or_means_the_same_to_the_library(schema: Any) -> None:
    some = [
        dict(zip(COLUMNS, values, strict=True))
        for values in [("a", "b", None), (None, "a", ""), ("", None, "ab"), (None, None, None)]
    ]
    try:
        domain = from_schema(schema)
    except SchemaError:
        return
    assert differences([Check("S0008", COLUMNS, domain)], schema, some) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"minLength": -1},
        {"minLength": True},
        {"maxLength": "1"},
        {"pattern": 1},
        {"enum": "a"},
        {"const": 1},
        {"format": "time"},
        {"type": "number"},
        {"type": ["string", "null"]},
        {"anyOf": []},
        {"not": "a"},
        {"if": 1},
        {"required": [1]},
        {"required": "甲"},
        {"required": ["甲", "甲"]},
        {"properties": []},
        {"additionalProperties": {}},
        {"then": 1},
        1,
        None,
        [],
    ],
    ids=str,
)
def test_what_is_no_schema_of_texts_is_a_fault(schema: Any) -> None:
    with pytest.raises(SchemaError):
        from_schema({"properties": {"甲": schema}})


@pytest.mark.parametrize(
    "keyword",
    ["minimum", "items", "$dynamicRef", "patternProperties", "dependentRequired", "unevaluatedProperties", "maxlength"],
)
def test_a_keyword_that_is_not_supported_is_a_fault_with_its_path(keyword: str) -> None:
    with pytest.raises(SchemaError) as caught:
        from_schema({"properties": {"甲": {"anyOf": [{keyword: 1}]}}})
    assert caught.value.path == ("properties", "甲", "anyOf", 0, keyword)


# Every compiled check is a definite Boolean.


@given(record_schemas(), st.lists(small_records(), min_size=1, max_size=8))
def test_every_compiled_keyword_gives_true_or_false_for_any_record(
    schema: Any, some: list[dict[str, str | None]]
) -> None:
    columns: dict[str | int, pl.Expr] = {name: pl.col(name) for name in COLUMNS}
    verdicts = frame(some, COLUMNS).select(ok=pl.lit(value=True) & check(from_schema(schema), columns))["ok"]
    assert verdicts.null_count() == 0


def test_every_check_of_the_shipped_schema_is_true_or_false_whatever_is_absent_or_strange(resident: Any) -> None:
    good: dict[str, str | None] = {name: values[0] for name, values in VALUES.items()}
    some = [dict.fromkeys(VALUES), *(good | {name: value} for name in VALUES for value in [None, *MISSES])]
    columns: dict[str | int, pl.Expr] = {name: pl.col(name) for name in VALUES}
    for each in resident.checks:
        verdicts = frame(some, VALUES).select(ok=check(each.domain, columns))["ok"]
        assert verdicts.dtype == pl.Boolean
        assert verdicts.null_count() == 0


def test_every_check_of_the_shipped_schema_is_true_or_false_where_columns_lack(resident: Any) -> None:
    for lacking in VALUES:
        names = [name for name in VALUES if name != lacking]
        some: list[dict[str, str | None]] = [{name: VALUES[name][0] for name in names}, dict.fromkeys(names)]
        passed, _ = validate(resident.checks, frame(some, names))
        assert passed.null_count() == 0


# Strategies and samplers give members, by the meaning of the schema, not by the check.


def codomains() -> list[Record]:
    found: list[Record] = []
    lenses: list[type[Lens]] = [*LENSES.values(), ByCode]
    for case in (case for lens in lenses for case in lens.examples()):
        if case.lens.codomain not in found:
            found.append(case.lens.codomain)
    return found


def resident_columns() -> list[tuple[str, Domain]]:
    return [(column.name, column.domain) for column in load_schema(SCHEMA).columns]


every_column = pytest.mark.parametrize(
    ("name", "domain"), resident_columns(), ids=[name for name, _ in resident_columns()]
)
every_codomain = pytest.mark.parametrize(
    "codomain", codomains(), ids=lambda domain: "+".join(str(part)[:30] for _, part in domain.columns)
)


@pytest.mark.slow
@every_column
def test_the_strategy_of_a_column_gives_members_only(resident: Any, name: str, domain: Domain) -> None:
    library = oracle(resident.document["properties"][name])

    @given(st.lists(texts(domain), min_size=1, max_size=20))
    def law(values: list[str]) -> None:
        assert [value for value in values if not library.is_valid(value)] == []

    law()


@every_column
def test_the_sampler_of_a_column_gives_as_many_members_as_asked_for(resident: Any, name: str, domain: Domain) -> None:
    library = oracle(resident.document["properties"][name])
    values = members(domain, random.Random(7), 300)
    assert len(values) == 300
    assert [value for value in values if not library.is_valid(value)] == []


@pytest.mark.slow
@every_codomain
def test_the_strategy_of_a_codomain_gives_members_only(codomain: Record) -> None:
    @settings(max_examples=30)
    @given(st.lists(records(codomain), min_size=1, max_size=10))
    def law(some: list[dict[Any, str | None]]) -> None:
        assert [row for row in some if not holds(codomain, row)] == []

    law()


@pytest.mark.slow
@every_codomain
def test_the_sampler_of_a_codomain_gives_as_many_members_as_asked_for(codomain: Record) -> None:
    some = rows(codomain, random.Random(7), 300)
    assert len(some) == 300
    assert [row for row in some if not holds(codomain, row)] == []


def holds(codomain: Record, row: Mapping[Any, str | None]) -> bool:
    """Membership of a lens's codomain, said again: columns by JSON Schema and bounds, rules one by one."""
    by_schema = oracle(to_schema(codomain)).is_valid(
        {str(key): value for key, value in row.items() if value is not None}
    )
    dates = [(part, row[key]) for key, part in codomain.columns if isinstance(part, Date) and row[key] is not None]
    bounded = all(part.first <= str(day) <= part.last for part, day in dates)
    return by_schema and bounded and all(obeys(rule, row) for rule in codomain.rules)


def obeys(rule: Rule, row: Mapping[Any, str | None]) -> bool:
    """Membership by a named rule."""
    match rule:
        case EraAgrees(era, date, spans):
            return (
                row[date] is None
                or (row[era] is None and all(span.era is not None for span in spans))
                or any(span.era == row[era] and span.first <= str(row[date]) <= span.last for span in spans)
            )
        case InOrder(columns):
            absent = [key for key in columns if row[key] is None]
            return absent == list(columns)[len(columns) - len(absent) :]
        case Rows(columns, listed):
            return [row[key] for key in columns] in [list(each) for each in listed]
        case Cases(by, cases):
            return row[by] is None or any(holds(record, row) for value, record in cases if value == row[by])
        case Apart(sets):
            return sum(any(row[key] is not None for key in keys) for keys in sets) <= 1
        case InForce() | Named() | NoOtherPlace() | SamePlace():
            raise NotImplementedError  # no lens and no refusing rule has one: tests/standard/test_resident_rules.py
        case _:
            return is_tied(rule, row)


def is_tied(rule: Concatenated | NotAfter | CheckDigit | Within, row: Mapping[Any, str | None]) -> bool:
    """Membership by a rule that ties columns of any lens or schema."""
    match rule:
        case NotAfter(earlier, later, days):
            first, last = row[earlier], row[later]
            return first is None or last is None or first <= last or (days > 0 and is_within(days, first, last))
        case Concatenated():
            return is_joined(rule, row)
        case CheckDigit(column, weights, digits):
            number = row[column]
            if number is None or not re.fullmatch(f"[0-9]{{1,{len(weights) + 1}}}", number):
                return True
            body, last = number[:-1], number[-1]
            padded = [0] * (len(weights) - len(body)) + list(map(int, body))
            return digits[sum(digit * weight for digit, weight in zip(padded, weights, strict=True)) % 11] == last
        case Within(domain):
            return within(domain, row)


MARCH = ("2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2023-02-29", "2023-02-28", "2023-03-02", "0000-02-29")


def is_within(days: int, first: str, last: str) -> bool:
    """Tell whether a day is at most so many days after another one; what is no day decides nothing."""
    if not (is_day(first) and is_day(last)):
        return True
    return date.fromisoformat(first) - date.fromisoformat(last) <= timedelta(days)


def is_joined(rule: Concatenated, row: Mapping[Any, str | None]) -> bool:
    """Membership by the rule that a whole is its parts."""
    whole, parts = row[rule.whole], [part for key in rule.parts if (part := row[key]) is not None]
    labels = dict(rule.labels or ())
    if whole is None or not parts or (rule.labels is not None and any(part not in labels for part in parts)):
        return True
    spoken = [part for key in rule.parts if key not in rule.silent and (part := row[key]) is not None]
    said = [rule.separator.join(labels.get(part, part) for part in some) for some in (parts, spoken)]
    return whole in said[: 2 if rule.silent else 1]


def within(domain: Domain, row: Mapping[Any, str | None]) -> bool:
    """Membership of what conditions are made of, rules included."""
    match domain:
        case IfThenElse(condition, then, otherwise):
            return within(then if within(condition, row) else otherwise, row)
        case AllOf(parts):
            return all(within(part, row) for part in parts)
        case AnyOf(parts):
            return any(within(part, row) for part in parts)
        case OneOf(parts):
            return sum(within(part, row) for part in parts) == 1
        case Not(part):
            return not within(part, row)
        case Record():
            return holds(domain, row)
        case _:
            return domain == Anything()


LEAP_DAY = Text("^[0-9]{4}-02-29$")
LEAPING = AnyOf((Date(), LEAP_DAY))
"""A column that permits 29 February of a common year (design, section 8)."""


@pytest.mark.slow
@pytest.mark.parametrize("days", [LEAPING, AllOf((LEAPING, Text(most=10)))], ids=["any of", "with a length"])
def test_29_february_of_common_years_turns_up_beside_the_eras_that_have_it(days: Domain) -> None:
    domain = Record(
        (("era", Choice(tuple("12345"))), ("date", days)), ("era", "date"), (EraAgrees("era", "date", OFFICIAL_SPANS),)
    )
    drawn: list[tuple[str | None, str]] = []

    @settings(max_examples=200)
    @given(st.lists(records(domain), min_size=1, max_size=20))
    def law(some: list[dict[Any, str | None]]) -> None:
        assert [row for row in some if not holds(domain, row)] == []
        drawn.extend((row["era"], str(row["date"])) for row in some)

    law()
    drawn += [(row["era"], str(row["date"])) for row in rows(domain, random.Random(5), 2000)]
    for some in (drawn[:-2000], drawn[-2000:]):
        assert any(not is_day(day) for _, day in some)
        assert {era for era, day in some if day.endswith("-02-29")} >= {"3", "4"}


def test_29_february_of_common_years_lies_only_in_columns_that_permit_it() -> None:
    column = from_schema(
        {"type": "string", "anyOf": [{"pattern": "^[0-9]{4}-02-29$"}, {"format": "date"}], "maxLength": 10},
        level="string",
    )
    assert subset(LEAPING, column) is True
    assert subset(Date(), column) is True
    assert subset(LEAP_DAY, column) is True
    assert subset(LEAPING, Date()) is None
    assert subset(LEAPING, AllOf((LEAPING, Text(most=9)))) is False


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        (Text("^[ab]{2,3}$"), Text("^[ab]{2,3}$", most=3), True),
        (Text("^[ab]{2,3}$"), Text("^[ab]{2,3}$", most=2), None),
        (Text("^[ab]{2,3}$", most=2), Text("^[ab]{2,3}$", most_characters=2), True),
        (Text("^[ab]{2,3}$"), Text("^[abc]{2,3}$"), None),
        (Text("^[ab]{1,}$"), Text(most=3), None),
        (Text("^[ab]{1,}$"), Text(least=1), True),
        (Text(least=2), Text(least=1), True),
        (Date(), Text("^[0-9-]{10}$"), None),
        (Date(), Text(most=9), False),
    ],
    ids=str,
)
def test_texts_lie_in_others_where_their_pattern_and_length_say_so(
    inner: Domain, outer: Domain, expected: bool | None
) -> None:
    assert subset(inner, outer) is expected


@given(st.data())
def test_a_pattern_is_as_long_as_its_texts(data: st.DataObject) -> None:
    pattern, text = data.draw(patterns())
    low, high = lengths(parse(f"^{pattern}$"))
    written = data.draw(text)
    assert low <= len(written)
    assert high is None or len(written) <= high


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^$", (0, 0)),
        ("^(a|bcd){2,3}$", (2, 9)),
        ("^a{1,}$", (1, None)),
        ("^(a{0,}){0}$", (0, 0)),
        ("^a?[b-c]$", (1, 2)),
    ],
)
def test_the_length_of_a_pattern_is_told(pattern: str, expected: tuple[int, int | None]) -> None:
    assert lengths(parse(pattern)) == expected


DIGIT_OF_P, DIGIT_OF_Q = (CheckDigit(key, (3, 2), "10987654321") for key in "pq")
"""Two digits with weights 3 and 2, and a digit of 11 - (sum mod 11), whose last place stands there."""

RULED = [
    Record(tuple((key, Text("^[a-c]{1,2}$")) for key in "pqrs"), ("p",), (InOrder(tuple("pqrs")),)),
    Record(tuple((key, Choice(("1", "2"))) for key in "pqrs"), (), (InOrder(("q", "r")),)),
    Record(
        (("p", Choice(("1", "2"))), ("q", Choice(("1", "9"))), ("r", Text("^[a-c]$"))),
        (),
        (Rows(("p", "q"), (("1", "1"), ("2", None), (None, "9"))),),
    ),
    Record(
        tuple((key, Choice(("1", "2"))) for key in "pqrs"),
        (),
        (Rows(("q", "p"), (("1", "2"), ("2", None))), InOrder(("r", "s"))),
    ),
    Record(
        (*((key, Choice(("1", "2", "9"))) for key in "pq"), ("r", Text("^[a-c]{1,2}$"))),
        (),
        (
            Cases(
                "p",
                (
                    ("1", Record((("q", Nothing()), ("r", Choice(("a", "ab")))), ("r",))),
                    ("2", Record((("q", Choice(("1",))), ("r", Text("^[a-c]$"))), ("q",), (InOrder(("q", "r")),))),
                    ("2", Record((("q", Nothing()), ("r", Nothing())))),
                ),
            ),
        ),
    ),
    Record(
        (("p", Choice(("0", "1"))), ("q", Choice(("3", "4"))), ("r", Date()), ("s", Text("^[a-c]$"))),
        ("p",),
        (
            Cases(
                "p",
                (
                    (
                        "0",
                        Record(
                            (("q", Choice(("3", "4"))), ("r", Date()), ("s", Nothing())),
                            ("q", "r"),
                            (EraAgrees("q", "r", OFFICIAL_SPANS[2:4]),),
                        ),
                    ),
                    ("1", Record((("q", Nothing()), ("r", Nothing()), ("s", Choice(("a",)))), ("s",))),
                ),
            ),
        ),
    ),
    Record(
        tuple((key, Text("^[ab]{1,2}(x[ab]{1,2}){0,2}$")) for key in "pqrs"),
        ("s",),
        (Concatenated("p", ("q", "r", "s"), "x"),),
    ),
    Record(
        tuple((key, Choice(("a", "b", "ab"))) for key in "pqr"), (), (Concatenated("p", ("q", "r"), "", None, ("q",)),)
    ),
    Record(
        (("p", Text("^(a|b|3)(x(a|b|3))?$")), *((key, Choice(("1", "2", "9"))) for key in "qr")),
        (),
        (Concatenated("p", ("q", "r"), "x", (("1", "a"), ("2", "b"))),),
    ),
    Record(tuple((key, Date()) for key in "pqr"), (), (NotAfter("p", "q"), NotAfter("q", "r"))),
    Record(tuple((key, Choice(MARCH)) for key in "pq"), (), (NotAfter("p", "q", 2),)),
    Record((("p", Text("^[0-9]{3}$")), ("q", Text("^[0-9a]{1,4}$"))), ("p",), (DIGIT_OF_P, DIGIT_OF_Q)),
    Record(
        (("p", Choice(("1", "2"))), *((key, Choice(("a", "ab"))) for key in "qr"), ("s", Date())),
        (),
        (
            Within(IfThenElse(Record((("p", Choice(("1",))),), ("p",)), Record((), ("q",)), Anything())),
            Within(IfThenElse(Record((("p", Choice(("2",))),), ("p",)), Record((("q", Nothing()),)), Anything())),
            Within(IfThenElse(Record((), ("r",)), Record((("p", Not(Choice(("1",)))),), ("p",)), Anything())),
            Within(AnyOf((Record((), ("q",)), Record((), ("s",))))),
        ),
    ),
    Record(
        tuple((key, Choice(("a", "ab", "1"))) for key in "pqrs"),
        ("p",),
        (
            Within(OneOf((Record((), ("q",)), Record((("r", Choice(("a",))),), ("r",))))),
            Within(Not(Record((), ("s", "r")))),
            Within(AllOf((Record((("p", Choice(("a", "1"))),)), Record((("s", Choice(("1",))),))))),
            Within(
                IfThenElse(
                    Record((("p", Choice(("a",))),)), Record(rules=(Concatenated("q", ("p", "s"), ""),)), Anything()
                )
            ),
        ),
    ),
]
RULES = [
    *(
        "all in order",
        "some in order",
        "listed",
        "listed and in order",
        "by case",
        "by a flag",
        "joined",
        "joined with or without",
        "joined labels",
    ),
    *("dates in order", "dates by days", "check digits", "under conditions", "under several conditions"),
]
some_texts = st.none() | st.sampled_from(
    ["0", "1", "2", "9", "a", "ab", "", "x", "axb", "axbxb", "018", "18", "1985-07-07", "1985-07-08"]
)


@pytest.mark.parametrize("domain", RULED, ids=RULES)
def test_rules_between_columns_are_checked_row_by_row(domain: Record) -> None:
    names = [str(key) for key, _ in domain.columns]

    @given(st.lists(st.fixed_dictionaries(dict.fromkeys(names, some_texts)), min_size=1, max_size=20))
    def law(some: list[dict[str, str | None]]) -> None:
        verdict = check(domain, {name: pl.col(name) for name in names})
        verdicts = frame(some, names).with_columns(ok=verdict)["ok"].to_list()
        assert verdicts == [holds(domain, row) for row in some]

    law()


@pytest.mark.slow
@pytest.mark.parametrize("domain", RULED, ids=RULES)
def test_rules_between_columns_hold_for_what_is_generated(domain: Record) -> None:
    @settings(max_examples=30)
    @given(st.lists(records(domain), min_size=1, max_size=10))
    def law(some: list[dict[Any, str | None]]) -> None:
        assert [row for row in some if not holds(domain, row)] == []

    law()
    sampled = rows(domain, random.Random(3), 200)
    assert [row for row in sampled if not holds(domain, row)] == []
    assert len({tuple(row.values()) for row in sampled}) > 2


@given(
    st.sets(st.characters(exclude_categories=["Cs"]), max_size=5), st.lists(st.characters(exclude_categories=["Cs"]))
)
@example({"｡", "ﾟ"}, ["。"])
@example({"０", "９", "0"}, ["5", "５"])
@example({"-", "]", "\\", "^"}, [])
def test_the_class_of_every_character_but_some_holds_exactly_the_others(but: set[str], others: list[str]) -> None:
    edges = [chr(code) for code in (1, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF)]
    beside = [chr(ord(c) + d) for c in but for d in (-1, 1) if 0 <= ord(c) + d < 0x110000]
    tried = [c for c in dict.fromkeys((*but, *others, *edges, *beside, "\0")) if not "\ud800" <= c <= "\udfff"]
    assert inside(Text(f"^{any_but(but)}$"), tried) == [c not in but and c != "\0" for c in tried]


def test_records_of_the_shipped_schema_that_the_sampler_gives_are_valid(resident: Any) -> None:
    some = rows(resident.record, random.Random(11), 200)
    columns = {**resident.document, "allOf": []}
    assert [row for row in some if not oracle(columns).is_valid(shown(row))] == []


@every_column
def test_the_same_seed_gives_the_same_sample_and_another_seed_another(name: str, domain: Domain) -> None:
    first, again, other = (members(domain, random.Random(seed), 50) for seed in (1, 1, 2))
    assert first == again
    assert first != other or len(set(first)) == 1


@every_codomain
def test_the_same_seed_gives_the_same_records(codomain: Record) -> None:
    assert rows(codomain, random.Random("a"), 40) == rows(codomain, random.Random("a"), 40)


@pytest.mark.slow
@pytest.mark.parametrize(
    "domain",
    [
        Text(),
        Text(least=2, most=3),
        Text(most=0),
        Text(pattern="^[ab]{0,}$", least=2, most=4),
        Text(most=2, most_characters=5),
        Text(most_characters=2),
        Text(pattern="^(辻\U000e0100){1,}$", most_characters=3),
        Choice(("a", "b")),
        Date(),
        Date("1912-07-30", "1926-12-25"),
        Date("0000-01-01", "0099-12-31"),
        AllOf((Choice(("1", "22")), Text(most=1))),
        AllOf((Date(), Text(most=10))),
        LEAPING,
        AllOf((LEAPING, Text(most=10))),
        AnyOf((Choice(("年月日不詳",)), Date())),
    ],
    ids=str,
)
def test_texts_that_a_strategy_or_a_sampler_gives_lie_in_the_domain(domain: Domain) -> None:
    @given(st.lists(texts(domain), min_size=1, max_size=20))
    def law(values: list[str]) -> None:
        assert [value for value in values if inside(domain, [value]) != [True]] == []

    assert all(inside(domain, members(domain, random.Random(3), 40)))
    law()


@pytest.mark.parametrize(
    ("domain", "members_", "others"),
    [
        (Text(most=0), [""], ["a"]),
        (Text(least=2, most=2), ["𠮷𠮷", "辻\U000e0100"], ["𠮷", "辻\U000e0100x"]),
        (Text(most_characters=1), ["", "𠮷", "辻\U000e0100", "a\ufe00\ufe0f"], ["ab", "辻\U000e0100x"]),
        (
            Date("1912-07-30", "1926-12-25"),
            ["1912-07-30", "1926-12-25"],
            ["1912-07-29", "1926-12-26", "", "1920-02-30"],
        ),
        (
            Date(),
            ["0000-01-01", "0000-02-29", "9999-12-31"],
            ["0001-02-29", "10000-01-01", "2024-03-01\n", "２０２４-03-01"],
        ),
        (
            LEAPING,
            ["1985-02-29", "1900-02-29", "2000-02-29", "0001-02-29", "1985-02-28"],
            ["1985-02-30", "1985-02-29\n", "1985-2-29", "1985-04-31", "９９９９-02-29", ""],
        ),
    ],
    ids=str,
)
def test_members_are_told_from_near_misses_and_from_absence(
    domain: Domain, members_: list[str], others: list[str]
) -> None:
    assert inside(domain, members_) == [True] * len(members_)
    assert inside(domain, [*others, None]) == [False] * (len(others) + 1)
    if domain in (Text(most=0), Text(least=2, most=2), Text(most_characters=1)):
        assert [oracle(to_schema(domain)).is_valid(v) for v in (*members_, *others)] == [True] * len(members_) + [
            False
        ] * len(others)
