"""Every shipped schema against independent readings: the jsonschema library, the rules said again, a plain count."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_oracle import is_day, oracle, shown

import stdconv
from stdconv import catalog
from stdconv.readings.sampler import rows
from stdconv.readings.strategies import records

Record = dict[str, str | None]
Finding = tuple[int, str, str]

STANDARD = Path(__file__).resolve().parents[1] / "schemas" / "standard"
DOCUMENTS: dict[str, Any] = {
    name: json.loads((STANDARD / f"{name}.schema.json").read_text(encoding="utf-8")) for name in catalog.names("schema")
}
RULES: dict[str, Any] = {
    name: yaml.safe_load((STANDARD / f"{name}.rules.yaml").read_text(encoding="utf-8")) for name in DOCUMENTS
}
every_schema = pytest.mark.parametrize("name", DOCUMENTS)


def findings(name: str, some: Sequence[Mapping[str, str | None]]) -> list[Finding]:
    """What stdconv refuses: (position, code, columns)."""
    columns = {c: pl.Series([record.get(c) for record in some], dtype=pl.String) for c in DOCUMENTS[name]["properties"]}
    told = stdconv.validate(pl.DataFrame(columns), name).filter(pl.col("severity").is_in(["refuse", "fail"]))
    return [(row - 1, code, column) for row, code, column in told.select("row", "code", "column").rows()]


# What the library says, in our codes (docs/codes.md).

CODES = {
    "pattern": "S0002", "minLength": "S0003", "maxLength": "S0003", "x-maxCharacters": "S0003", "enum": "S0004", "const": "S0004",
    "format": "S0005", "anyOf": "S0008", "oneOf": "S0008", "not": "S0008", "if": "S0008",
}  # fmt: skip


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
    """A length that the code list or the date says already is not told a second time."""
    return ("enum" in node and max(map(len, node["enum"])) <= node["maxLength"]) or (
        node.get("format") == "date" and node["maxLength"] >= len("YYYY-MM-DD")
    )


def agree_with_the_library(name: str, some: Sequence[Mapping[str, str | None]]) -> set[Finding]:
    """Compare finding by finding, leave out what only the rules file says, and return what both found."""
    rules = {rule_code(rule) for rule in RULES[name]["record"]}
    told = [each for each in findings(name, some) if each[1].startswith("S") and each[1:] not in rules]
    expected = by_library(name, some)
    assert set(told) == expected
    assert len(told) == len(expected), "nothing is told twice"
    return expected


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


def sampled(name: str, count: int) -> list[Record]:
    """Return members of the record's domain by the library's word: some also keep the rules between columns."""
    drawn = rows(stdconv.load_schema(name).record, random.Random(1), 20 * count)
    good = [dict(row) for row in drawn if oracle(DOCUMENTS[name]).is_valid(shown(row))]  # type: ignore[arg-type]
    assert len(good) >= count
    return good[:count]  # type: ignore[return-value]


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

    members: Any = st.lists(records(stdconv.load_schema(name).record), min_size=1, max_size=5)
    return st.tuples(members, changes).map(bent)


@every_schema
def test_the_library_and_stdconv_find_the_same_in_members_and_near_misses(name: str) -> None:
    @given(near_misses(name))
    def law(some: list[Record]) -> None:
        agree_with_the_library(name, some)

    law()


@every_schema
def test_the_library_and_stdconv_find_the_same_where_all_columns_are_edited_alike(name: str) -> None:
    some = sampled(name, 3)
    bent = [
        {column: edit(value or "") for column, value in record.items()} for edit in EDITS.values() for record in some
    ]
    found = agree_with_the_library(name, [*some, *bent])
    assert {position for position, *_ in found} <= set(range(len(some), len(some) + len(bent)))
    assert {column for _, _, column in found} >= set(DOCUMENTS[name]["properties"])


@every_schema
def test_the_library_and_stdconv_find_the_same_where_columns_hold_each_others_values(name: str) -> None:
    (good,) = sampled(name, 1)
    values = list(good.values())
    turned = [dict(zip(good, values[i:] + values[:i], strict=True)) for i in range(min(len(values), 30))]
    assert agree_with_the_library(name, turned)


@every_schema
def test_the_library_and_stdconv_count_characters_alike_at_the_limit(name: str) -> None:
    (good,) = sampled(name, 1)
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
    by_length = {c for c, node in DOCUMENTS[name]["properties"].items() if "enum" not in node and "format" not in node}
    counted = {c for c, node in DOCUMENTS[name]["properties"].items() if "x-maxCharacters" in node}
    assert too_long[1] == by_length
    assert too_long[0] == by_length - counted, "only code points can be too many at the limit"


@every_schema
def test_a_date_is_what_the_calendar_has_and_nothing_else(name: str) -> None:
    days = [f"{year:04}-02-29" for year in range(10_000)]
    days += [f"{year}-{month:02}-{day:02}" for year in (1900, 2023, 2024) for month in range(14) for day in range(33)]
    dates = [column for column, node in DOCUMENTS[name]["properties"].items() if node.get("format") == "date"]
    told = findings(name, [dict.fromkeys(dates, day) for day in days])
    expected = {(row, column) for row, day in enumerate(days) if not is_day(day) for column in dates}
    assert {(row, column) for row, code, column in told if code == "S0005"} == expected


# Rules between columns. The table of eras is typed in from docs/domain.md, section Dates.

ERAS = {
    "1": ((1873, 1, 1), (1912, 7, 30)),
    "2": ((1912, 7, 30), (1926, 12, 25)),
    "3": ((1926, 12, 25), (1989, 1, 7)),
    "4": ((1989, 1, 8), (2019, 4, 30)),
    "5": ((2019, 5, 1), (9999, 12, 31)),
}
EDGES = sorted(
    {"0000-01-01", "0001-01-01", "1872-12-31", "9999-12-31", "1867-01-01", "1985-02-30"}
    | {
        (dt.date(*day) + dt.timedelta(days=shift)).isoformat()
        for span in ERAS.values()
        for day in span
        for shift in (-1, 0, 1)
        if day[0] < 9999
    }
)


def era_agrees(rule: Any, record: Mapping[str, str | None]) -> bool:
    """元号 agrees with the date; the two shared days belong to both eras, and a date without 元号 contradicts none."""
    era, date = record[rule["era"]], record[rule["date"]]
    if not era or not date:
        return True
    year, month, day = date.split("-")
    first, last = ERAS[era]
    return first <= (int(year), int(month), int(day)) <= last


SAID_AGAIN = {"era_agrees": ("S0006", era_agrees)}


def rule_code(rule: Any) -> tuple[str, str]:
    """Code and columns that a record rule is reported under."""
    return SAID_AGAIN[rule["rule"]][0], "+".join(columns_of(rule))


def columns_of(rule: Any) -> tuple[str, ...]:
    return tuple(rule["columns"]) if "columns" in rule else (rule["era"], rule["date"])


def values_to_combine(node: Any, value: str | None) -> list[str | None]:
    if "enum" in node:
        return [None, *node["enum"]]
    return [None, *EDGES] if node.get("format") == "date" else [None, value]


def combinations(name: str) -> list[Record]:
    """Return every combination of interesting values of the columns that some rule ties together."""
    (good,) = sampled(name, 1)
    document = DOCUMENTS[name]
    ties = {tuple(part["x-columns"]) for part in document.get("allOf", [])}
    ties |= {columns_of(rule) for rule in RULES[name]["record"]}
    some = []
    for tie in sorted(ties):
        values = [values_to_combine(document["properties"][column], good[column]) for column in tie]
        some += [good | dict(zip(tie, combined, strict=True)) for combined in itertools.product(*values)]
    return some


def agree_with_the_rules(name: str, some: Sequence[Record]) -> set[bool]:
    """Compare verdicts and findings with the rules said again; return what the rules said.

    A rule speaks of values that their columns permit; any other value is refused for itself.
    """
    told = {each for each in findings(name, some) if each[1].startswith("S")}
    by_schema = by_library(name, some)
    bad = {(position, columns) for position, _, columns in by_schema}
    expected, open_to_all, answers = set(), set(), set()
    for (position, record), rule in itertools.product(enumerate(some), RULES[name]["record"]):
        finding = (position, *rule_code(rule))
        if any((position, column) in bad for column in columns_of(rule)):
            open_to_all.add(finding)
            continue
        keeps = SAID_AGAIN[rule["rule"]][1](rule, record)
        expected |= set() if keeps else {finding}
        answers.add(keeps)
    assert told - open_to_all == by_schema | expected
    return answers


@every_schema
def test_every_combination_of_tied_columns_is_refused_where_the_library_refuses_it(name: str) -> None:
    some = combinations(name)
    found = agree_with_the_library(name, some)
    for part in DOCUMENTS[name].get("allOf", []):
        refused = {row for row, code, columns in found if columns == "+".join(part["x-columns"])}
        assert 0 < len(refused) < len(some), "both ways"


@every_schema
def test_every_combination_of_tied_columns_keeps_the_rules_as_they_are_said_again(name: str) -> None:
    assert agree_with_the_rules(name, combinations(name)) == ({True, False} if RULES[name]["record"] else set())


@every_schema
def test_any_era_and_day_keep_the_rules_as_they_are_said_again(name: str) -> None:
    (good,) = sampled(name, 1)
    some_days = st.dates(dt.date(1860, 1, 1), dt.date(2030, 12, 31)).map(dt.date.isoformat)
    anyone = st.fixed_dictionaries(
        {rule["era"]: st.sampled_from([None, *ERAS]) for rule in RULES[name]["record"]}
        | {rule["date"]: st.none() | st.sampled_from(EDGES) | some_days for rule in RULES[name]["record"]}
    )

    @given(st.lists(anyone, min_size=10, max_size=20))
    def law(some: list[Record]) -> None:
        agree_with_the_rules(name, [good | each for each in some])

    law()


# Rules of the whole file.


def counted_twice(columns: Sequence[str], some: Sequence[Record]) -> set[int]:
    keys = [tuple(record[column] or None for column in columns) for record in some]
    count = Counter(keys)
    return {position for position, key in enumerate(keys) if count[key] > 1}


@every_schema
def test_a_key_is_told_where_a_plain_count_finds_it_more_than_once(name: str) -> None:
    (good,) = sampled(name, 1)
    rules = [rule for rule in RULES[name]["dataset"] if rule["rule"] == "unique"]
    assert rules == RULES[name]["dataset"], "a new rule needs a second reading here"
    value = st.sampled_from(["1", "11", "1\n", "１", "", None, "1 1", "𠮷"])
    keys = st.fixed_dictionaries({column: value for rule in rules for column in rule["columns"]})

    @given(st.lists(keys, max_size=20))
    def law(some: list[Record]) -> None:
        told = [each for each in findings(name, [good | key for key in some]) if each[1] == "D0001"]
        expected = {("+".join(rule["columns"]), row) for rule in rules for row in counted_twice(rule["columns"], some)}
        assert {(columns, row) for row, _, columns in told} == expected
        assert len(told) == len(expected)

    law()
