"""Records changed towards rules: nothing a column asks for is lost on the way, and what is drawn keeps every rule."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.jsonschema_oracle import oracle
from oracles.reference_schema import broken, failures, rule_failures
from stdconv.domains.repair import Row, repaired
from stdconv.domains.sampler import members, rows
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    CheckDigit,
    Choice,
    Concatenated,
    Date,
    Domain,
    IfThenElse,
    Not,
    NotAfter,
    Nothing,
    OneOf,
    Record,
    Rule,
    Text,
    Within,
)
from stdconv.domains.strategies import records, texts
from stdconv.standard.keywords import to_schema
from stdconv.standard.schema import load_schema
from support import doubtedresidents
from support.documents import yaml_of
from support.paths import STANDARD_SCHEMAS

pytestmark = pytest.mark.slow

NAME = "resident-basic/0.2"
FILE = STANDARD_SCHEMAS / f"{NAME}.schema.json"
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
RULES = yaml_of(FILE.with_name("0.1.rules.yaml"))
DOUBTS = {"S0013", "S0025", "S0026", "S0031", *doubtedresidents.CODES}
"""Codes of warnings."""

COLUMNS: dict[str, Domain] = {
    "p": Choice(("1", "2", "9")),
    "q": Text("^[0-9]{2,3}$"),
    "r": Text("^[a-c1]{1,3}$"),
    "s": Date(),
    "t": AllOf((Choice(("1", "a", "2024-02-29")), Text(most=1))),
}
names = st.sampled_from(list(COLUMNS))
parts = st.sampled_from([*COLUMNS.values(), Nothing(), Not(Choice(("1", "a"))), Choice(("1", "x")), Text(most=2)])


def conditions() -> st.SearchStrategy[Domain]:
    """What a rule may be made of: columns, presence, and how schemas are combined."""
    columns = st.dictionaries(names, parts, max_size=2).map(lambda found: tuple(found.items()))
    required = st.lists(names, max_size=2, unique=True).map(tuple)
    plain = st.builds(Record, columns, required) | st.just(Anything())

    def combined(inner: st.SearchStrategy[Domain]) -> st.SearchStrategy[Domain]:
        several = st.lists(inner, min_size=1, max_size=2).map(tuple)
        lists = st.builds(AllOf, several) | st.builds(AnyOf, several) | st.builds(OneOf, several)
        return lists | st.builds(Not, inner) | st.builds(IfThenElse, inner, inner, inner)

    return st.recursive(plain, combined, max_leaves=4)


def rules() -> st.SearchStrategy[Rule]:
    some = st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)
    labels = st.none() | st.just((("1", "a"), ("2", "bc")))
    named = st.builds(Concatenated, names, some, st.sampled_from(["", "1"]), labels) | st.builds(NotAfter, names, names)
    return (
        named
        | st.builds(CheckDigit, names, st.just((3, 2)), st.just("10987654321"))
        | st.builds(Within, conditions())
        | st.builds(lambda when, rule: Within(IfThenElse(when, Record(rules=(rule,)), Anything())), conditions(), named)
    )


@given(st.lists(rules(), max_size=4), st.sets(names), st.data(), st.integers())
def test_mending_keeps_every_value_in_its_column_and_every_required_one_in_its_place(
    ruled: list[Rule], required: set[str], data: st.DataObject, seed: int
) -> None:
    values = {name: texts(domain) for name, domain in COLUMNS.items()}
    drawn = {name: value if name in required else st.none() | value for name, value in values.items()}
    row: Row = dict(data.draw(st.fixed_dictionaries(drawn)).items())
    spare: Row = dict(data.draw(st.fixed_dictionaries(values)).items())
    domain = Record(tuple(COLUMNS.items()), tuple(required), tuple(ruled))
    before = dict(row)
    after = repaired(domain, row, spare, random.Random(seed))
    assert after.keys() == COLUMNS.keys()
    assert {name for name, value in after.items() if value is None}.isdisjoint(required)
    outside = [name for name, value in after.items() if not is_admitted(str(name), value)]
    assert outside == []
    assert row == before, "what was given stays as it is"
    assert after == repaired(domain, row, spare, random.Random(seed))


def is_admitted(name: str, value: str | None) -> bool:
    """Membership of a column, by the library."""
    return value is None or oracle(to_schema(COLUMNS[name])).is_valid(value)


KEPT: list[tuple[str, Rule, Row, Row]] = [
    ("a whole", Concatenated("w", ("u", "v"), "-"), {"w": "x", "u": "a", "v": "b"}, {"w": "a-b"}),
    ("a whole of one part", Concatenated("w", ("u", "v"), "-"), {"w": "x", "u": None, "v": "b"}, {"w": "b"}),
    ("labels", Concatenated("w", ("u",), "-", (("1", "one"),)), {"w": "x", "u": "1"}, {"w": "one"}),
    ("a code without a label", Concatenated("w", ("u",), "-", (("1", "one"),)), {"w": "x", "u": "2"}, {}),
    ("no parts", Concatenated("w", ("u",), "-"), {"w": "x", "u": None}, {}),
    ("no whole", Concatenated("w", ("u",), "-"), {"w": None, "u": "a"}, {}),
    ("dates", NotAfter("u", "v"), {"u": "2024-01-02", "v": "2024-01-01"}, {"v": None}),
    ("the same day", NotAfter("u", "v"), {"u": "2024-01-02", "v": "2024-01-02"}, {}),
    ("a check digit", CheckDigit("u", (6, 5, 4, 3, 2), "10987654321"), {"u": "131010"}, {"u": "131016"}),
    ("no number", CheckDigit("u", (6, 5, 4, 3, 2), "10987654321"), {"u": "x"}, {}),
    ("what is required", Within(Record((), ("u",))), {"u": None, "v": "a"}, {"u": "spare"}),
    ("what is forbidden", Within(Record((("u", Nothing()),))), {"u": "a"}, {"u": None}),
    ("a list", Within(Record((("u", Choice(("b",))),))), {"u": "a"}, {"u": "b"}),
    ("what must be absent", Within(Not(Record((), ("u",)))), {"u": "a"}, {"u": None}),
    (
        "a condition that holds",
        Within(IfThenElse(Record((("u", Choice(("1",))),), ("u",)), Record((), ("v",)), Anything())),
        {"u": "1", "v": None},
        {"v": "spare"},
    ),
    (
        "a condition that does not",
        Within(IfThenElse(Record((("u", Choice(("1",))),), ("u",)), Record((), ("v",)), Anything())),
        {"u": "2", "v": None},
        {},
    ),
    (
        "a rule under a condition",
        Within(IfThenElse(Record((("u", Choice(("1",))),), ("u",)), Record(rules=(Concatenated("w", ("v",), "-"),)), Anything())),
        {"u": "1", "v": "a", "w": "b"},
        {"w": "a"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "row", "changed"), [case[1:] for case in KEPT], ids=[case[0] for case in KEPT])
def test_a_broken_rule_is_kept_after_mending_and_a_kept_one_changes_nothing(rule: Rule, row: Row, changed: Row) -> None:
    domain = Record(tuple((name, Text()) for name in row), (), (rule,))
    assert repaired(domain, row, dict.fromkeys(row, "spare"), random.Random(0)) == row | changed


def test_where_presence_alone_is_the_condition_either_side_may_give_way() -> None:
    rule = Within(IfThenElse(Record((), ("u",)), Record((), ("v",)), Anything()))
    domain = Record((("u", Text()), ("v", Text())), (), (rule,))
    row: Row = {"u": "a", "v": None}
    found = [repaired(domain, row, {"u": "b", "v": "c"}, random.Random(seed)) for seed in range(40)]
    assert {tuple(each.values()) for each in found} == {("a", "c"), (None, None)}


# The full record.


@cache
def pools() -> dict[str, list[str]]:
    return {c.name: members(c.domain, random.Random(3), 30) for c in load_schema(NAME).columns}


@settings(max_examples=15)
@given(st.integers())
def test_mending_keeps_the_columns_of_the_full_record(seed: int) -> None:
    rng, record = random.Random(seed), load_schema(NAME).record
    row: Row = {
        c: rng.choice(pool) if c in record.required or rng.random() < 0.9 else None for c, pool in pools().items()
    }
    after = repaired(record, row, {c: rng.choice(pool) for c, pool in pools().items()}, rng)
    assert after.keys() == row.keys()
    assert all(after[name] is not None for name in record.required)
    values = {str(name): value for name, value in after.items() if value is not None}
    assert [name for name, value in values.items() if broken(DOCUMENT["properties"][name], value)] == []


def reference_codes(row: Row) -> set[str]:
    """Return the codes that schema and rules, said again, tell of a record."""
    values = {str(name): value for name, value in row.items() if value is not None}
    return {code for code, _ in failures(DOCUMENT, values) | rule_failures(DOCUMENT, RULES, values)}


def test_what_is_sampled_of_the_full_record_is_refused_for_nothing() -> None:
    some = rows(load_schema(NAME).record, random.Random(5), 60)
    assert len(some) == 60
    assert [codes for row in some if (codes := reference_codes(row) - DOUBTS)] == []


def test_what_is_sampled_of_the_full_record_shows_its_kinds_and_states_known_and_unknown() -> None:
    some = rows(load_schema(NAME).record, random.Random(5), 60)
    assert {row["住民種別"] for row in some} >= {"1", "2"}
    assert {row["住民状態"] for row in some} >= {"1", "2", "3", "9"}
    assert {(row["生年月日"] is None, row["生年月日_不詳フラグ"]) for row in some} >= {(True, "1"), (False, "0")}
    assert {row["本籍"] is None for row in some if row["住民種別"] == "1"} == {False}
    assert any(row["氏名"] and row["氏_日本人"] for row in some if row["住民種別"] == "1")


@settings(max_examples=10)
@given(st.lists(st.deferred(lambda: records(load_schema(NAME).record)), min_size=1, max_size=3))
def test_the_strategy_of_the_full_record_gives_members_only(some: list[Row]) -> None:
    assert [codes for row in some if (codes := reference_codes(row) - DOUBTS)] == []


def test_the_same_seed_gives_the_same_residents() -> None:
    first, again, other = (rows(load_schema(NAME).record, random.Random(seed), 3) for seed in (1, 1, 2))
    assert first == again
    assert first != other
