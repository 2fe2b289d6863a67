"""Records changed so that they keep the rules of a domain: most records drawn column by column keep none of many."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TypeAlias

import polars as pl

from stdconv.domains import (
    AllOf,
    AnyOf,
    Anything,
    CheckDigit,
    Choice,
    Domain,
    IfThenElse,
    Joined,
    Key,
    Not,
    NotAfter,
    Nothing,
    OneOf,
    Record,
    Rule,
    Within,
)
from stdconv.readings.check import check_value

Row: TypeAlias = dict[Key, str | None]

ROUNDS = 4
"""How often all rules are gone through: one that is mended may break another that came before."""


def mended(domain: Record, row: Row, spare: Row, rng: random.Random) -> Row:
    """Return ``row`` changed towards the rules of ``domain``; ``spare`` has a value for every column that may have one.

    Whether it keeps them all now is for the caller to check: rules may contradict each other.
    """
    for _ in range(ROUNDS):
        before = dict(row)
        for rule in domain.rules:
            _mend(rule, row, spare, rng)
        if row == before:
            break
    return row


def _mend(rule: Rule, row: Row, spare: Row, rng: random.Random) -> None:
    match rule:
        case Within(domain):
            _into(domain, row, spare, rng)
        case Joined() if row.get(rule.whole) is not None:
            row[rule.whole] = _joined(rule, row) or row[rule.whole]
        case NotAfter(earlier, later):
            first, last = row.get(earlier), row.get(later)
            if first is not None and last is not None and first > last:
                row[later] = None
        case CheckDigit(column, weights, digits):
            number = row.get(column)
            if number is not None and number.isascii() and number.isdigit() and len(number) <= len(weights) + 1:
                body = number[:-1].zfill(len(weights))
                total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
                row[column] = number[:-1] + digits[total % 11]
        case _:
            pass


def _joined(rule: Joined, row: Row) -> str | None:
    parts = [part for name in rule.parts if (part := row.get(name)) is not None]
    if rule.labels is not None:
        labels = dict(rule.labels)
        parts = [labels[part] for part in parts] if labels.keys() >= set(parts) else []
    return rule.separator.join(parts) or None


def _into(domain: Domain, row: Row, spare: Row, rng: random.Random) -> None:
    """Change ``row`` so that it lies in ``domain``, as far as values of ``spare`` and lists allow."""
    match domain:
        case Record():
            _fill(domain, row, spare, rng)
        case AllOf(parts):
            for part in parts:
                _into(part, row, spare, rng)
        case AnyOf(parts) | OneOf(parts) if not holds(domain, row):
            _into(rng.choice(parts), row, spare, rng)
        case Not(Record(required=names)) if names and holds(domain.part, row):
            row[names[0]] = None
        case IfThenElse(condition, then, otherwise):
            _into(then if holds(condition, row) else otherwise, row, spare, rng)
        case _:
            pass


def _fill(domain: Record, row: Row, spare: Row, rng: random.Random) -> None:
    """Give required columns a value, and others one that their domains admit."""
    row |= {name: spare.get(name) for name in domain.required if row.get(name) is None}
    for name, part in domain.columns:
        value = row.get(name)
        if value is not None and not lies_in(part, value):
            row[name] = _member(part, spare.get(name), rng)


def _member(part: Domain, spare: str | None, rng: random.Random) -> str | None:
    """Return a value of ``part``: the spare one, one of a list, or none."""
    if spare is not None and lies_in(part, spare):
        return spare
    return rng.choice(part.values) if isinstance(part, Choice) and part.values else None


def holds(domain: Domain, row: Row) -> bool:
    """Tell whether ``row`` lies in ``domain``, named rules left out."""
    match domain:
        case Record(columns, required):
            return all(row.get(name) is not None for name in required) and all(
                value is None or lies_in(part, value) for name, part in columns for value in (row.get(name),)
            )
        case AllOf(parts):
            return all(holds(part, row) for part in parts)
        case AnyOf(parts):
            return any(holds(part, row) for part in parts)
        case OneOf(parts):
            return sum(holds(part, row) for part in parts) == 1
        case Not(part):
            return not holds(part, row)
        case IfThenElse(condition, then, otherwise):
            return holds(then if holds(condition, row) else otherwise, row)
        case _:
            return isinstance(domain, Anything)


def lies_in(domain: Domain, text: str) -> bool:
    """Tell whether ``text`` lies in ``domain``."""
    match domain:
        case Choice(values):
            return text in values
        case Not(part):
            return not lies_in(part, text)
        case _:
            return not isinstance(domain, Nothing) and _checked(domain, text)


@lru_cache(maxsize=4096)
def _checked(domain: Domain, text: str) -> bool:
    return bool(pl.select(check_value(domain, pl.lit(text))).item())
