"""Records changed so that they keep the rules of a domain: most records drawn column by column keep none of many."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import polars as pl

from stdconv.domains.check import check_value
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    CheckDigit,
    Choice,
    Concatenated,
    Domain,
    IfThenElse,
    Key,
    Not,
    NotAfter,
    Nothing,
    OneOf,
    Record,
    Rule,
    Within,
)

Row: TypeAlias = dict[Key, Any]
"""A record: a text or a whole number by column, ``None`` where it is absent."""

ROUNDS = 4
"""How often all rules are gone through: one that is repaired may break another that came before."""

EVENLY = 0.5


def repaired(domain: Record, row: Row, spare: Row, rng: random.Random) -> Row:
    """Return ``row`` changed towards the rules of ``domain``; ``spare`` has a member of every column that may have one.

    Columns keep what they must: each value is in its column's domain if it was before, and a required one stays.
    Whether the rules are all kept now is for the caller to check: they may contradict each other.
    """
    repair = _Repair(dict(domain.columns), frozenset(domain.required), dict(row), spare, rng)
    for _ in range(ROUNDS):
        before = dict(repair.row)
        for rule in domain.rules:
            repair.keep(rule)
        if repair.row == before:
            break
    return repair.row


@dataclass(frozen=True, slots=True)
class _Repair:
    """A record being repaired: ``row`` is what changes, within ``columns`` and what is ``required``."""

    columns: dict[Key, Domain]
    required: frozenset[Key]
    row: Row
    spare: Row
    rng: random.Random

    def keep(self, rule: Rule) -> None:
        """Change the record so that it keeps ``rule``, where that is known how."""
        row = self.row
        match rule:
            case Within(domain):
                self.into(domain)
            case Concatenated(whole) if row.get(whole) is not None and (joined := _concatenated(rule, row)) is not None:
                self.put(whole, joined)
            case NotAfter(earlier, later):
                first, last = row.get(earlier), row.get(later)
                if first is not None and last is not None and first > last:
                    self.leave_out(later)
            case CheckDigit(column, weights, digits):
                number = row.get(column)
                if number is not None and number.isascii() and number.isdigit() and len(number) <= len(weights) + 1:
                    body = number[:-1].zfill(len(weights))
                    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
                    self.put(column, number[:-1] + digits[total % 11])
            case _:
                pass

    def into(self, domain: Domain) -> None:
        """Change the record so that it is in ``domain``, as far as spare values and lists allow."""
        match domain:
            case Record():
                self.fill(domain)
            case AllOf(parts):
                for part in parts:
                    self.into(part)
            case AnyOf(parts) | OneOf(parts) if not holds(domain, self.row):
                self.into(self.rng.choice(parts))
            case Not(Record(required=names)) if names and holds(domain.part, self.row):
                self.leave_out(names[0])
            case IfThenElse(condition, then, otherwise):
                self.decide(condition, then, otherwise)
            case _:
                pass

    def decide(self, condition: Domain, then: Domain, otherwise: Domain) -> None:
        """Go where the condition leads. What is asked only where some column is there may be settled without it."""
        if not holds(condition, self.row):
            self.into(otherwise)
            return
        match condition:
            case Record(columns=(), required=(name, *_)) if not holds(then, self.row) and self.rng.random() < EVENLY:
                self.leave_out(name)
            case _:
                self.into(then)

    def fill(self, domain: Record) -> None:
        """Give required columns a value, others one that their domains admit, and keep the rules."""
        self.row.update({name: self.spare.get(name) for name in domain.required if self.row.get(name) is None})
        for name, part in domain.columns:
            value, spare = self.row.get(name), self.spare.get(name)
            if value is None or lies_in(part, value):
                continue
            if spare is not None and lies_in(part, spare):
                self.row[name] = spare
            elif isinstance(part, Choice) and part.values:
                self.put(name, self.rng.choice(part.values))
            else:
                self.leave_out(name)
        for rule in domain.rules:
            self.keep(rule)

    def put(self, name: Key, value: str) -> None:
        """Give a column a value of its domain; none instead of one that is not in it."""
        if value == self.row.get(name):
            return
        if lies_in(self.columns.get(name, Anything()), value):
            self.row[name] = value
        else:
            self.leave_out(name)

    def leave_out(self, name: Key) -> None:
        """Empty a column unless it is required."""
        if name not in self.required:
            self.row[name] = None


def _concatenated(rule: Concatenated, row: Row) -> str | None:
    """Return what the whole would be; ``None`` where nothing is decided."""
    parts = [part for name in rule.parts if (part := row.get(name)) is not None]
    if rule.labels is not None:
        labels = dict(rule.labels)
        parts = [labels[part] for part in parts] if labels.keys() >= set(parts) else []
    return rule.separator.join(parts) if parts else None


def holds(domain: Domain, row: Row) -> bool:
    """Return whether ``row`` is in ``domain``, named rules left out."""
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
    """Return whether ``text`` is in ``domain``."""
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
