"""For each rule of a schema every combination of telling values of the columns it looks at, within good records."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from oracles.reference_schema import verdicts
from stdconv.definitions import catalog
from support import laterresidents, measures
from support.documents import yaml_of
from support.paths import STANDARD_SCHEMAS
from support.residents import BARE, FOREIGN, JAPANESE

Record = dict[str, str | None]

DOCUMENTS: dict[str, Any] = {
    name: json.loads((STANDARD_SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in catalog.names("schema")
}
RULES: dict[str, Any] = {name: yaml_of(STANDARD_SCHEMAS / f"{name}.rules.yaml") for name in DOCUMENTS}

GOOD: dict[str, tuple[Record, ...]] = {
    "resident-link/1.0": (
        {
            **{"宛名番号": "1234567890", "履歴番号": "1", "世帯番号": "9876543", "住民種別": "1", "住民状態": "1"},
            **{"異動年月日": "2024-03-01", "氏名": "行政　花子", "性別": "2"},
            **{"生年月日_元号": "3", "生年月日": "1985-07-07"},
        },
    ),
    "support-measures/0.1": (dict(measures.BARE), dict(measures.PROTECTED)),
    "resident-basic/0.1": (dict(BARE), dict(JAPANESE), dict(FOREIGN)),
    "resident-basic/0.2": (dict(BARE), dict(laterresidents.JAPANESE), dict(laterresidents.FOREIGN)),
}
"""Records written by hand, for each schema the one with the fewest columns first: the worked example, and residents."""

EDGES = (
    *("0000-01-01", "0001-01-01", "1867-01-01", "1872-12-31", "1873-01-01", "1912-07-29", "1912-07-30", "1912-07-31"),
    *("1926-12-24", "1926-12-25", "1926-12-26", "1985-02-30", "1989-01-07", "1989-01-08", "1989-01-09", "2019-04-30"),
    *("2019-05-01", "9999-12-31"),
)
"""First and last days of the eras of docs/domain.md, the days beside them, and a day that is none."""

DAYS = ("1985-07-06", "1985-07-07", "1985-07-08", "2023-02-29")
"""Days before, on and after the birth of who is born in ``GOOD``, and 29 February of a common year."""

FEW = 6
UNKNOWN = "年月日不詳"
"""What stands in columns that the good records leave empty, and that are not called like any other of theirs."""


class Tie(NamedTuple):
    """The columns that a rule looks at; the codes that it names; whether it asks which text a column holds."""

    columns: tuple[str, ...]
    said: frozenset[str] = frozenset()
    compares_texts: bool = False


def ties(name: str) -> Iterator[Tie]:
    """Yield what each rule of a schema and of its rules file looks at."""
    for part in DOCUMENTS[name].get("allOf", []):
        yield Tie(tuple(part["x-columns"]), frozenset(listed(part)))
    for rule in RULES[name]["record"]:
        yield from (Tie(tuple(columns.split("+")), compares_texts=True) for (_, columns), _ in verdicts(rule, {}))


def listed(node: Any) -> Iterator[str]:
    """Every value that stands in an ``enum`` somewhere in a rule."""
    if isinstance(node, dict):
        yield from node.get("enum", ())
        yield from listed(list(node.values()))
    elif isinstance(node, list):
        for part in node:
            yield from listed(part)


def values(name: str, column: str, tie: Tie) -> list[str | None]:
    """Return absence, and what tells one value of the column from another: for this rule, and in the good records."""
    node = DOCUMENTS[name]["properties"][column]
    good = list(dict.fromkeys(value for record in GOOD[name] if (value := record.get(column))))
    if "enum" in node:
        codes = node["enum"]
        return [None, *(codes if len(codes) <= FEW else [c for c in codes if c in {*tie.said, *good, codes[-1]}])]
    if node["x-type"] == "DATE":
        return [None, *(EDGES if "生年月日_元号" in tie.columns else DAYS)]
    some = good[:1] or called_alike(name, column)
    return [None, *some, *([some[0][:-1] + chr(ord(some[0][-1]) + 1)] if tie.compares_texts else [])]


def called_alike(name: str, column: str) -> list[str]:
    """Return a value of another column whose name ends alike: another address's 郵便番号."""
    last = column.rpartition("_")[2]
    found = [v for record in GOOD[name] for other, v in record.items() if v and other.rpartition("_")[2] == last]
    return found[:1] or [UNKNOWN]


@cache
def products(name: str, which: int) -> tuple[Record, ...]:
    """Return all combinations for all rules within one good record, each once."""
    good = GOOD[name][which]
    made: dict[Sequence[Any], Record] = {}
    for tie in ties(name):
        for combined in itertools.product(*(values(name, column, tie) for column in tie.columns)):
            record = good | dict(zip(tie.columns, combined, strict=True))
            made[tuple(sorted((c, v) for c, v in record.items() if v))] = record
    return tuple(made.values())


def first_products(name: str) -> tuple[Record, ...]:
    """Return the combinations within the record with the fewest columns."""
    return products(name, 0)


def other_products(name: str) -> tuple[Record, ...]:
    """Return the combinations within the other good records."""
    return tuple(itertools.chain(*(products(name, which) for which in range(1, len(GOOD[name])))))
