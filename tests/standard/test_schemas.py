"""Every shipped schema against independent readings: the jsonschema library, the rules said again, a plain count."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stdconv
from oracles.jsonschema_oracle import is_day, oracle, shown
from oracles.reference_schema import failures, rule_failures, verdicts
from oracles.rule_products import DOCUMENTS, EDGES, GOOD, RULES, Record, first_products, other_products
from stdconv.domains.sampler import rows
from support import doubtedresidents, laterresidents, measures, residents
from support.frames import frame
from support.nightly import IS_NIGHTLY, by_day

pytestmark = pytest.mark.slow

Finding = tuple[int, str, str]

SUCCEEDED = frozenset({"resident-basic/0.1"})
"""Editions that have a successor: they stay as they are (test_schema_files.py), so by night they are tried enough."""

every_schema = pytest.mark.parametrize("name", DOCUMENTS)
every_schema_of_today = pytest.mark.parametrize(
    "name", [name for name in DOCUMENTS if IS_NIGHTLY or name not in SUCCEEDED]
)


def fewer_of_many_columns(name: str) -> settings:
    """Half as many examples where records have more than a hundred columns."""
    return settings(max_examples=settings().max_examples // (1 + len(DOCUMENTS[name]["properties"]) // 100))


def found_in(name: str, some: Sequence[Mapping[str, str | None]]) -> pl.DataFrame:
    """What stdconv finds in records; of dataset rules, that a key is not unique (the others: test_dataset.py)."""
    found = stdconv.validate(frame(some, DOCUMENTS[name]["properties"]), name).findings
    return found.filter(pl.col("code").str.starts_with("S") | pl.col("code").is_in(["D0001", "R0004"]))


def findings(name: str, some: Sequence[Mapping[str, str | None]]) -> list[Finding]:
    """What stdconv finds in records: (position, code, columns)."""
    return [
        (row - 1, code, column) for row, code, column in found_in(name, some).select("_row", "code", "column").rows()
    ]


# What the library says, in our codes (docs/codes.md).

CODES = {
    "pattern": "S0002", "minLength": "S0003", "maxLength": "S0003", "x-maxCharacters": "S0003", "enum": "S0004", "const": "S0004",
    "format": "S0005", "anyOf": "S0005", "oneOf": "S0008", "not": "S0008", "if": "S0008",
}  # fmt: skip
"""``anyOf`` stands in dates that may be 29 February of a common year."""

DOUBTS = {"S0013", "S0025", "S0026", "S0031", *doubtedresidents.CODES}
"""Codes of warnings."""


def by_library(name: str, some: Sequence[Mapping[str, str | None]]) -> set[Finding]:
    validator = oracle(DOCUMENTS[name])
    found: set[Finding] = set()
    for position, record in enumerate(some):
        for error in validator.iter_errors(shown(record)):
            found |= {(position, code, columns) for code, columns in blamed(DOCUMENTS[name], error)}
    return found


def blamed(document: Any, error: Any) -> Iterator[tuple[str, str]]:
    """Tell which column or rule an error of the library is about."""
    place, *path = error.absolute_schema_path
    if place == "required":
        yield from (("S0001", column) for column in error.validator_value if column not in error.instance)
    elif place == "allOf":
        part = document["allOf"][path[0]]
        yield part.get("x-finding", "S0008"), "+".join(part["x-columns"])
    else:
        assert place == "properties", error.absolute_schema_path
        column, keyword = path[:2]
        if not (keyword == "maxLength" and is_implied(document["properties"][column])):
            yield CODES[keyword], column


def is_implied(node: Any) -> bool:
    """A length that the code list or the date says already is not said a second time."""
    is_date = {"format": "date"} in [node.get("anyOf", [{}])[0], {"format": node.get("format")}]
    return ("enum" in node and max(map(len, node["enum"])) <= node["maxLength"]) or (
        is_date and node["maxLength"] >= len("YYYY-MM-DD")
    )


def agree_with_the_library(name: str, some: Sequence[Mapping[str, str | None]]) -> set[Finding]:
    """Compare finding by finding, leave out what only the rules file says, and return what both found.

    A record with NUL, which no file of texts can hold, is refused for that alone.
    """
    given = findings(name, some)
    unread = {position for position, record in enumerate(some) if any("\0" in (v or "") for v in record.values())}
    assert {each for each in given if each[1] == "R0004"} == {(position, "R0004", "") for position in unread}
    left_out = {*of_the_rules_file(name), *((code, column) for _, code, column in given if code == "S0030")}
    said = [each for each in given if each[1].startswith("S") and each[1:] not in left_out]
    expected = {each for each in by_library(name, some) if each[0] not in unread}
    assert set(said) == expected
    assert len(said) == len(expected), "nothing is found twice"
    return expected


@cache
def of_the_rules_file(name: str) -> frozenset[tuple[str, str]]:
    """Code and columns of everything that the record rules may tell."""
    return frozenset(finding for rule in RULES[name]["record"] for finding, _ in verdicts(rule, {}))


# Records: members, and what is one edit away.

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ANOTHER = "another column's"
EDITS: dict[str, Callable[[str], str | None]] = {
    "absent": lambda _: None,
    "empty": lambda _: "",
    "newline behind": lambda v: v + "\n",
    "newline before": lambda v: "\n" + v,
    "carriage return": lambda v: v + "\r",
    "zero byte": lambda v: v + "\0",
    "full-width digits": lambda v: v.translate(FULL_WIDTH),
    "signed": lambda v: "+" + v[1:],
    "negative": lambda v: "-" + v,
    "space-padded": lambda v: v.replace("-0", "- "),
    "not padded": lambda v: v.replace("-0", "-"),
    "with a time": lambda v: v + "T00:00:00Z",
    "30 February": lambda v: v[:4] + "-02-30",
    "no year": lambda v: "0000" + v[4:],
    "five-digit year": lambda v: "1" + v,
    "leading zero": lambda v: "0" + v,
    "blank behind": lambda v: v + " ",
    "blank before": lambda v: " " + v,
    "ideographic space behind": lambda v: v + "　",
    "ideographic spaces inside": lambda v: v[:1] + "　　" + v[1:],
    "ideographic space inside": lambda v: v[:1] + "　" + v[1:],
    "ASCII letter": lambda v: v + "a",
    "Latin letter with accent": lambda v: v + "é",
    "kana": lambda v: v + "あ",
    "half-width kana": lambda v: v + "ｱ",
    "astral character": lambda v: v + "𠮷",
    "variation sequence": lambda v: v + "辻\U000e0100",
    "variation selector": lambda v: v + "\ufe0f",
    "private use": lambda v: v + "\ue000",
    "private use of plane 16": lambda v: v + "\U0010fffd",
    "C1 control": lambda v: v + "\x85",
    "twice": lambda v: v + v,
    "cut": lambda v: v[:-1],
    "another last character": lambda v: v[:-1] + "8",
}


@cache
def sampled(name: str) -> tuple[Record, ...]:
    """Return some members of the record's domain; by the library's word too nothing refuses them."""
    drawn: Any = rows(stdconv.load_schema(name).record, random.Random(1), 20)
    assert {code for _, code, _ in by_library(name, drawn)} <= DOUBTS
    return tuple(drawn)


def near_misses(name: str) -> st.SearchStrategy[list[Record]]:
    """Members, and members with one or two values edited or taken from another column."""
    columns = list(DOCUMENTS[name]["properties"])
    change = st.tuples(st.sampled_from(columns), st.sampled_from([*EDITS, ANOTHER]), st.sampled_from(columns))
    changes = st.lists(st.lists(change, min_size=1, max_size=2), min_size=1, max_size=15)

    def bent(drawn: tuple[list[Record], list[list[tuple[str, str, str]]]]) -> list[Record]:
        good, edits = drawn
        bad = [dict(good[i % len(good)]) for i in range(len(edits))]
        for record, several in zip(bad, edits, strict=True):
            for column, edit, other in several:
                value = record.get(column) or ""
                record[column] = record.get(other) if edit == ANOTHER else EDITS[edit](value)
        return [*good, *bad]

    members = st.lists(st.sampled_from([*sampled(name), *GOOD[name]]), min_size=1, max_size=5)
    return st.tuples(members, changes).map(bent)


@every_schema_of_today
def test_the_library_and_stdconv_find_the_same_in_members_and_near_misses(name: str) -> None:
    @fewer_of_many_columns(name)
    @given(near_misses(name))
    def law(some: list[Record]) -> None:
        agree_with_the_library(name, some)

    law()


@every_schema_of_today
def test_the_library_and_stdconv_find_the_same_where_all_columns_are_edited_alike(name: str) -> None:
    some = sampled(name)[:3]
    bent = [
        {column: edit(value or "") for column, value in record.items()} for edit in EDITS.values() for record in some
    ]
    found = agree_with_the_library(name, [*some, *bent])
    assert {position for position, code, _ in found if code not in DOUBTS}.isdisjoint(range(len(some)))
    assert {column for _, _, column in found} >= set(DOCUMENTS[name]["properties"])


@every_schema
def test_the_library_and_stdconv_find_the_same_where_columns_hold_each_others_values(name: str) -> None:
    good = sampled(name)[0]
    values = list(good.values())
    turned = [dict(zip(good, values[i:] + values[:i], strict=True)) for i in range(min(len(values), 30))]
    assert agree_with_the_library(name, turned)


@every_schema
def test_the_library_and_stdconv_count_characters_alike_at_the_limit(name: str) -> None:
    good = sampled(name)[0]
    limits = {
        c: node.get("x-maxCharacters", node.get("maxLength")) for c, node in DOCUMENTS[name]["properties"].items()
    }
    repeated = ("1", "あ", "𠮷", "辻\U000e0100", "葛\ufe00\U000e01ef", "\ufe0f")
    some = [
        good | {column: character * (limit + more) for column, limit in limits.items() if limit is not None}
        for character in repeated
        for more in (-1, 0, 1)
    ]
    found = agree_with_the_library(name, some)
    too_long = [{column for row, code, column in found if code == "S0003" and row % 3 == more} for more in (1, 2)]
    by_length = {
        c for c, node in DOCUMENTS[name]["properties"].items() if not {"enum", "format", "anyOf"} & node.keys()
    }
    counted = {c for c, node in DOCUMENTS[name]["properties"].items() if "x-maxCharacters" in node}
    assert too_long[1] == by_length
    assert too_long[0] == by_length - counted, "only code points can be too many at the limit"


DATE_OR_LEAP_DAY = [{"format": "date"}, {"pattern": "^[0-9]{4}-02-29$"}]


@every_schema
def test_a_date_is_what_the_calendar_has_and_nothing_else_but_29_february_where_permitted(name: str) -> None:
    days = [f"{year:04}-02-29" for year in range(10_000)]
    days += [f"{year}-{month:02}-{day:02}" for year in (1900, 2023, 2024) for month in range(14) for day in range(33)]
    columns = DOCUMENTS[name]["properties"]
    dates = [column for column, node in columns.items() if node.get("format") == "date"]
    leaping = [column for column, node in columns.items() if node.get("anyOf") == DATE_OR_LEAP_DAY]
    some = found_in(name, [dict.fromkeys([*dates, *leaping], day) for day in days]).filter(pl.col("code") == "S0005")
    expected = {(row, column) for row, day in enumerate(days, 1) if not is_day(day) for column in dates}
    expected |= {
        (row, column)
        for row, day in enumerate(days, 1)
        if not is_day(day) and not day.endswith("-02-29")
        for column in leaping
    }
    assert set(some.select("_row", "column").rows()) == expected


# Rules between columns.


def written_by_hand(name: str) -> list[Record]:
    edited = {
        "resident-basic/0.1": residents.EDITED,
        "resident-basic/0.2": laterresidents.EDITED | doubtedresidents.EDITED,
        "support-measures/0.1": measures.EDITED,
    }
    return [{**each.record} for several in edited.get(name, {}).values() for each in several]


def agree_with_the_rules(name: str, some: Sequence[Record]) -> Counter[tuple[str, str]]:
    """Compare findings with schema and rules said again; return how often the rules file tells what.

    A rule speaks of values that their columns permit; any other value is refused for itself.
    """
    document, broken = DOCUMENTS[name], Counter[tuple[str, str]]()
    said: dict[int, set[tuple[str, str]]] = {}
    for position, code, columns in findings(name, some):
        said.setdefault(position, set()).update([(code, columns)] if code.startswith("S") else ())
    for position, record in enumerate(some):
        values = {column: value for column, value in record.items() if value}
        by_schema, by_rules = failures(document, values), rule_failures(document, RULES[name], values)
        bad = {column for _, column in by_schema}
        is_open = {each for each in of_the_rules_file(name) if bad.intersection(each[1].split("+"))} - by_rules
        assert said.get(position, set()) - is_open == by_schema | by_rules, position
        broken.update(by_rules)
    return broken


@every_schema_of_today
def test_every_combination_of_tied_columns_is_told_where_the_library_tells_it(name: str) -> None:
    some = by_day(first_products(name), 1 + len(DOCUMENTS[name]["properties"]) // 60)
    agree_with_the_library(name, [*some, *written_by_hand(name)])


@every_schema_of_today
def test_every_combination_of_tied_columns_is_reported_as_schema_and_rules_said_again_tell_it(name: str) -> None:
    some = first_products(name)
    broken = agree_with_the_rules(name, [*some, *written_by_hand(name)])
    assert broken.keys() == of_the_rules_file(name), "every rule is broken"
    assert max(broken.values()) < len(some), "and kept"


@every_schema
def test_every_rule_is_broken_by_a_record_that_nothing_else_refuses(name: str) -> None:
    """No rule of a schema or of its rules file is without a record that shows what it alone is there for."""
    some = [*first_products(name), *other_products(name), *written_by_hand(name)]
    findings = found_in(name, some).filter(pl.col("code").str.starts_with("S"))
    refusing = findings.filter(pl.col("severity") == "refuse")
    alone = refusing.filter(pl.len().over("_row") == 1)
    doubted = findings.filter(pl.col("severity") == "warn").join(refusing, on="_row", how="anti")
    shown_alone = set(pl.concat([alone, doubted]).select("code", "column", "detail").unique().rows())
    assert set(rules_as_found(name)) - shown_alone == set()
    assert len(set(rules_as_found(name))) == len(list(rules_as_found(name))), "rules differ"


def rules_as_found(name: str) -> Iterator[tuple[str, str, str]]:
    """Code, columns and words under which each rule is reported."""
    for part in DOCUMENTS[name].get("allOf", []):
        words = " / ".join(part[word] for word in ("title", "x-title-en") if word in part)
        yield part["x-finding"], "+".join(part["x-columns"]), words
    for rule in RULES[name]["record"]:
        title = rule["title"]
        words = title if isinstance(title, str) else f"{title['ja']} / {title['en']}"
        yield from ((*finding, words) for finding, _ in verdicts(rule, {}))


@every_schema_of_today
def test_any_era_and_day_keep_the_rules_as_they_are_said_again(name: str) -> None:
    good = GOOD[name][0]
    some_days = st.dates(dt.date(1860, 1, 1), dt.date(2030, 12, 31)).map(dt.date.isoformat)
    eras = [rule for rule in RULES[name]["record"] if rule["rule"] == "era_agrees"]
    anyone = st.fixed_dictionaries(
        {rule["era"]: st.sampled_from([None, "1", "2", "3", "4", "5"]) for rule in eras}
        | {rule["date"]: st.none() | st.sampled_from(EDGES) | some_days for rule in eras}
    )

    @fewer_of_many_columns(name)
    @given(st.lists(anyone, min_size=10, max_size=20))
    def law(some: list[Record]) -> None:
        agree_with_the_rules(name, [good | each for each in some])

    law()


# Rules of the whole file.


TWICE = {"D0001", "D0014", "D0015"}


def counted_twice(columns: Sequence[str], some: Sequence[Record]) -> set[int]:
    keys = [tuple(record[column] or None for column in columns) for record in some]
    count = Counter(keys)
    return {position for position, key in enumerate(keys) if count[key] > 1}


@every_schema
def test_a_key_is_told_where_a_plain_count_finds_it_more_than_once(name: str) -> None:
    good = sampled(name)[0]
    rules = [rule for rule in RULES[name]["dataset"] if rule["rule"] in ("unique", "once")]
    others = {rule["rule"] for rule in RULES[name]["dataset"]} - {"unique", "once"}
    assert others <= {"counted", "latest", "at_most_one", "same", "as_one", "one_owner", "not_later", "tally"}, (
        "a new rule needs a second reading, as in test_dataset.py, test_days.py and test_agreeing.py"
    )
    value = st.sampled_from(["1", "11", "1\n", "１", "", None, "1 1", "𠮷"])
    keys = st.fixed_dictionaries({column: value for rule in rules for column in rule["columns"]})

    @fewer_of_many_columns(name)
    @given(st.lists(keys, max_size=20))
    def law(some: list[Record]) -> None:
        twice = [each for each in findings(name, [good | key for key in some]) if each[1] in TWICE]
        expected = {("+".join(rule["columns"]), row) for rule in rules for row in counted_twice(rule["columns"], some)}
        assert {(columns, row) for row, _, columns in twice} == expected
        assert len(twice) == len(expected)

    law()
