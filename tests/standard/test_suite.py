"""The JSON-Schema-Test-Suite: every case of the supported keywords that flat records can express, and why others cannot."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NamedTuple

import polars as pl
import pytest

from stdconv.domains.check import check, check_value
from stdconv.standard.keywords import from_schema
from stdconv.standard.positions import SchemaError
from support.paths import TESTS

SUITE = TESTS / "suite"


class Case(NamedTuple):
    schema: Any
    instance: Any
    is_valid: bool


CASES = {
    f"{path.relative_to(SUITE).as_posix()}: {group['description']}: {test['description']}": Case(group["schema"], test["data"], test["valid"])
    for path in sorted(SUITE.rglob("*.json"))
    for group in json.loads(path.read_text(encoding="utf-8"))
    for test in group["tests"]
}  # fmt: skip

OTHERWISE = {
    "format.json: date format: invalid date string is only an annotation by default",
}
"""``format: date`` is asserted (docs/json-schema.md), as optional/format/date.json has it."""

RUN = 402
EXCLUDED = {
    "a value is null, true, false, an array or an object": 219,
    "a keyword says nothing about what is there, which is a fault": 89,
    "a pattern is outside the grammar, which is a fault": 56,
    "a number is not whole": 49,
    "the schema has the keyword patternProperties": 29,
    "a list has values that the column cannot hold, which is a fault": 21,
    "the only format is 'date'": 18,
    "a number has more than 64 bits": 11,
    "the schema has the keyword minProperties": 3,
    "the schema has the keyword unevaluatedProperties": 3,
    "'multipleOf' is a whole number, as the values are": 3,
    "the schema has the keyword unknown-keyword": 2,
    "the schema has the keyword array_of_schemas": 2,
    "it refers to nothing in this schema, nor to one that stdconv ships": 2,
    "the schema has the keyword maxItems": 1,
}
"""Why the other cases are none that flat records, or the schemas for them, express: none is left out by name."""


class Outside(Exception):  # noqa: N818 -- no error: what flat records are not
    """What flat records, or the schemas for them, cannot express."""


def kind(value: Any) -> str:
    """What a column must hold for ``value`` to stand in it."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Outside("a value is null, true, false, an array or an object")
    if value != int(value):
        raise Outside("a number is not whole")
    if not -(2**63) <= int(value) < 2**63:
        raise Outside("a number has more than 64 bits")
    return "integer"


def verdict(case: Case) -> bool:
    """What stdconv says; raises ``Outside`` where the instance is no record, or the schema is a fault."""
    is_record = isinstance(case.instance, dict)
    values = case.instance if is_record else {"": case.instance}
    kinds: Any = {name: kind(value) for name, value in values.items()}
    try:
        domain = from_schema(case.schema, level="record" if is_record else kinds[""], kinds=kinds)
    except SchemaError as error:
        raise Outside(because(str(error), str(error.path[-1]))) from None
    columns = {
        name: pl.Series([int(v) if kinds[name] == "integer" else v], dtype=pl.Int64 if kinds[name] == "integer" else pl.String)
        for name, v in values.items()
    }  # fmt: skip
    frame = pl.DataFrame({"a record": [1], **columns})
    said = check(domain, {name: pl.col(name) for name in values}) if is_record else check_value(domain, pl.col(""))
    return bool(frame.select(pl.lit(value=True) & said).to_series().item())


def because(message: str, keyword: str) -> str:
    """The reason for which a schema is a fault."""
    if "not supported" in message:
        return f"the schema has the keyword {keyword}"
    if "says nothing about" in message:
        return "a keyword says nothing about what is there, which is a fault"
    if message.startswith("the values of this column"):
        return "a list has values that the column cannot hold, which is a fault"
    if message.startswith("a pattern is written") or "outside the grammar" in message:
        return "a pattern is outside the grammar, which is a fault"
    return message


def verdicts_and_reasons() -> tuple[dict[str, bool], Counter[str]]:
    found: dict[str, bool] = {}
    excluded = Counter[str]()
    for name, case in CASES.items():
        try:
            found[name] = verdict(case)
        except Outside as reason:
            excluded[str(reason)] += 1
    return found, excluded


@pytest.fixture(scope="module")
def outcome() -> tuple[dict[str, bool], Counter[str]]:
    return verdicts_and_reasons()


def test_every_case_that_flat_records_can_express_ends_as_the_suite_says(
    outcome: tuple[dict[str, bool], Counter[str]], record_property: Any
) -> None:
    found, excluded = outcome
    differing = {name for name, said in found.items() if said is not CASES[name].is_valid}
    assert differing == OTHERWISE
    record_property(
        "summary",
        f"JSON-Schema-Test-Suite: {len(found)} cases run, {len(differing)} otherwise, {sum(excluded.values())} not expressible",
    )


def test_what_is_run_and_what_cannot_be_is_counted(outcome: tuple[dict[str, bool], Counter[str]]) -> None:
    found, excluded = outcome
    assert (len(found), dict(excluded)) == (RUN, EXCLUDED)
