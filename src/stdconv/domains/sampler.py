"""Domains read as samplers: plausible members for synthetic files, the same for the same seed on every machine."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from stdconv.domains.check import MOST, check, check_value
from stdconv.domains.patterns import Alt, Chars, Node, Repeat, Seq, parse
from stdconv.domains.repair import Row, repaired
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    Apart,
    Cases,
    Choice,
    Date,
    Domain,
    EraAgrees,
    IfThenElse,
    InOrder,
    Integer,
    Key,
    Not,
    Nothing,
    OneOf,
    Record,
    Rows,
    Text,
    is_whole,
    narrowest,
    with_lengths,
)
from stdconv.domains.shaped import characters, is_implied, possible_lengths
from stdconv.japan.charsets import common_kanji

PREFERRED = (
    "0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ",
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ",
    common_kanji(),
)
"""Alphabets in the order of how seldom they are taken when a pattern admits several: the last one most of the time."""

BIRTHS = ("1930-01-01", "2024-12-31")
"""The days between which most dates are drawn: plausible births."""
SELDOM = 0.02
"""How often a rare kind of date is drawn."""
USUAL = 0.9
"""How often the first of several cases is drawn without asking: the usual one."""
FEW = 32
"""Up to how many characters are an alphabet as they are, where no preferred one fits."""
FRUITLESS, TRIES = 20_000, 200_000
"""How many values are drawn before a domain counts as one of which nothing turns up, and how many at most."""
ROUNDS = 200
"""The same for records: how often as many are drawn as are wanted."""
TRIAL, FIT = 64, 1 / 8
"""How many values show whether a part of a domain is one to draw from, and how many of them must be in the whole."""
LONGER = 3
"""How much longer than it must be a repeat may get."""
NEAR = 1000
"""Within how much of a bound, or of 0, whole numbers are drawn."""


class UnsampledError(ValueError):
    """No member of a domain turned up in many tries; ``is_certain`` says that there is none."""

    def __init__(self, domain: Domain, *, is_certain: bool = False) -> None:
        super().__init__(str(domain))
        self.is_certain = is_certain


def members(domain: Domain, rng: random.Random, count: int) -> list[str]:
    """Return ``count`` texts of ``domain``, drawn with ``rng``; raises ``UnsampledError`` where none turn up."""
    if is_whole(domain):
        raise TypeError("what mappings write is text, no whole numbers")
    return values(domain, rng, count)


def values(domain: Domain, rng: random.Random, count: int) -> list[Any]:
    """Return ``count`` values of ``domain``, texts or whole numbers; some several times where only few turn up."""
    found: list[Any] = []
    tried, dtype = 0, pl.Int64 if is_whole(domain) else pl.String
    while tried < (TRIES if found else FRUITLESS):
        drawn = pl.Series("v", [_draw(domain, rng, is_whole(domain)) for _ in range(count)], dtype=dtype).to_frame()
        found += drawn.filter(check_value(domain, pl.col("v")))["v"].to_list()
        tried += count
        if len(found) >= count:
            return found[:count]
    if not found:
        raise UnsampledError(domain)
    return [found[at % len(found)] for at in range(count)]


@lru_cache(maxsize=512)
def share(domain: Domain, part: Domain) -> float:
    """Return how many of some values drawn from ``part`` are in ``domain``."""
    rng, dtype = random.Random(0), pl.Int64 if is_whole(domain) else pl.String  # noqa: S311 -- no secrets
    try:
        drawn = pl.Series("v", [_draw(part, rng, is_whole(domain)) for _ in range(TRIAL)], dtype=dtype)
    except UnsampledError:
        return 0.0
    return float(drawn.to_frame().select(check_value(domain, pl.col("v")).mean()).item())


@lru_cache(maxsize=512)
def best(domain: AllOf) -> Domain:
    """Return the part of ``domain`` to draw from: the one that says most, or where little of that fits, another."""
    parts = with_lengths(domain.parts)
    first = narrowest(parts)
    if len(parts) == 1 or share(domain, first) >= FIT:
        return first
    return max(parts, key=lambda part: share(domain, part))


def rows(domain: Record, rng: random.Random, count: int) -> list[Row]:
    """Return ``count`` records of ``domain``: each a value or ``None`` per column, required ones always there."""
    pools = {key: [] if part == Nothing() else values(part, rng, count) for key, part in domain.columns}
    kinds = {str(key): pl.Int64 if is_whole(part) else pl.String for key, part in domain.columns}
    cases = [_by_case(rule, rng, count) if isinstance(rule, Cases) else [] for rule in domain.rules]
    found: list[Row] = []
    for _ in range(ROUNDS):
        drawn = [_row(domain, pools, cases, rng) for _ in range(count)]
        frame = pl.DataFrame({str(key): [row[key] for row in drawn] for key in pools}, schema=kinds)
        kept = frame.select(check(domain, {key: pl.col(str(key)) for key in pools})).to_series()
        found += [row for row, keep in zip(drawn, kept, strict=True) if keep]
        if len(found) >= count:
            return found[:count]
    if not found:
        raise UnsampledError(domain)
    return [found[at % len(found)] for at in range(count)]


def _by_case(rule: Cases, rng: random.Random, count: int) -> list[list[Row]]:
    """Return ``count`` records for each case of ``rule``, with the value that says which it is."""
    return [[row | {rule.by: value} for row in rows(record, rng, count)] for value, record in rule.cases]


def _row(domain: Record, pools: dict[Key, list[Any]], cases: list[list[list[Row]]], rng: random.Random) -> Row:
    row: Row = {
        key: rng.choice(pool) if pool and (key in domain.required or rng.random() > 0.1) else None
        for key, pool in pools.items()
    }
    for rule, drawn in zip(domain.rules, cases, strict=True):
        match rule:
            case Cases(by):
                case = drawn[0] if rng.random() < USUAL else rng.choice(drawn)
                row |= rng.choice(case) if row[by] is not None else {}
            case Apart(sets):
                kept = rng.choice(sets)
                row |= {name: None for names in sets if names is not kept for name in names}
            case EraAgrees():
                _repair(row, rule, rng)
            case InOrder(names):
                filled = rng.randint(1, len(names))
                row |= {name: rng.choice(pools[name]) if at < filled else None for at, name in enumerate(names)}
            case Rows(names, listed):
                row |= dict(zip(names, rng.choice(listed), strict=True))
    spare = {key: rng.choice(pool) if pool else None for key, pool in pools.items()}
    return repaired(domain, row, spare, rng)


def _repair(row: Row, rule: EraAgrees, rng: random.Random) -> None:
    """Make the era label fit the date, or, where no label can, draw a date inside a span."""
    date = row.get(rule.date)
    if date is None:
        row[rule.era] = None
        return
    fitting = [span for span in rule.spans if span.first <= date <= span.last]
    span = rng.choice(fitting or rule.spans)
    if not fitting:
        row[rule.date] = _date(Date(span.first, span.last), rng)
    row[rule.era] = span.era


def _draw(domain: Domain, rng: random.Random, is_number: bool = False) -> Any:
    match domain:
        case Choice(values):
            return rng.choice(values)
        case Date():
            return _date(domain, rng)
        case Text():
            return _text(domain, rng)
        case Integer():
            return _number(domain, rng)
        case AllOf():
            return _draw(best(domain), rng, is_number)
        case AnyOf(parts) if dates := [part for part in parts if isinstance(part, Date)]:
            others = [part for part in parts if not isinstance(part, Date)]
            return _day(dates[0], others, rng)
        case AnyOf(parts) | OneOf(parts):
            return _draw(rng.choice(parts), rng, is_number)
        case IfThenElse(_, then, otherwise):
            return _draw(rng.choice((then, otherwise)), rng, is_number)
        case Anything() | Not() | Nothing() | Record():
            return _number(Integer(), rng) if is_number else _text(Text(None, 1, 8), rng)


def _day(dates: Date, others: Sequence[Domain], rng: random.Random) -> str:
    """Draw a date, and now and then what is admitted besides; 29 February of a common year in a plausible one."""
    date = _date(dates, rng)
    if not others or rng.random() >= SELDOM:
        return date
    other = str(_draw(rng.choice(others), rng))
    return date[:4] + other[4:] if re.fullmatch("[0-9]{4}(-[0-9]{2}){2}", other) else other


def _date(domain: Date, rng: random.Random) -> str:
    """Draw a date: mostly a plausible birth, sometimes any day of the domain, sometimes one of its ends."""
    kind = rng.random()
    if kind < SELDOM:
        return rng.choice((domain.first, domain.last))
    first, last = max(domain.first, "0001-01-01"), domain.last
    plausible = max(first, BIRTHS[0]), min(last, BIRTHS[1])
    if kind < 0.95 and plausible[0] <= plausible[1]:
        first, last = plausible
    low, high = dt.date.fromisoformat(first).toordinal(), dt.date.fromisoformat(last).toordinal()
    return dt.date.fromordinal(rng.randint(low, high)).isoformat()


def _number(domain: Integer, rng: random.Random) -> int:
    """Draw a whole number near its bounds, or near 0 where it has none."""
    low, high = bounds(domain)
    if low > high:
        raise UnsampledError(domain, is_certain=True)
    near = min(max(low, 0), high)
    first = rng.choice((low, near))
    return domain.step * rng.randint(first, min(high, first + NEAR))


def bounds(domain: Integer) -> tuple[int, int]:
    """Return the least and the greatest number of steps: what a column cannot hold is in no domain."""
    least = max(-MOST - 1, -MOST - 1 if domain.least is None else domain.least)
    most = min(MOST, MOST if domain.most is None else domain.most)
    return -(-least // domain.step), most // domain.step


def _text(domain: Text, rng: random.Random) -> str:
    least, most = domain.least, min((m for m in (domain.most, domain.most_characters) if m is not None), default=None)
    if most is not None and most < least:
        raise UnsampledError(domain, is_certain=True)
    if domain.pattern is None:
        top = min(least + 8, least + 8 if most is None else most)
        return "".join(rng.choice(PREFERRED[0]) for _ in range(rng.randint(max(least, min(1, top)), top)))
    node, sizes = parse(domain.pattern), _sizes(domain.pattern, least, most)
    if sizes is None:
        return _generate(node, rng)
    if not sizes:
        raise UnsampledError(domain, is_certain=True)
    return "".join(_generate(each, rng) for each in characters(node, rng.choice(sizes), rng.choice))


@lru_cache(maxsize=512)
def _sizes(pattern: str, least: int, most: int | None) -> tuple[int, ...] | None:
    """Return the lengths to choose from; ``None`` where every text that is generated is as long as asked."""
    node = parse(pattern)
    return None if is_implied(node, least, most, LONGER) else possible_lengths(node, least, most, LONGER)


def _generate(node: Node, rng: random.Random) -> str:
    match node:
        case Chars(ranges):
            return rng.choice(_alphabet(ranges, rng.random()))
        case Seq(parts):
            return "".join(_generate(part, rng) for part in parts)
        case Alt(parts):
            return _generate(rng.choice(parts), rng)
        case Repeat(part, least, most):
            top = least + LONGER if most is None else min(most, least + LONGER)
            return "".join(_generate(part, rng) for _ in range(rng.randint(least, top)))


def _alphabet(ranges: tuple[tuple[int, int], ...], kind: float) -> str:
    alphabets = _alphabets(ranges)
    return alphabets[-1] if kind < 0.8 else alphabets[int(kind * 1000) % len(alphabets)]


@lru_cache(maxsize=256)
def _alphabets(ranges: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    """Return the preferred alphabets inside ``ranges``; ASCII ones come last where nothing wider is admitted.

    Where no preferred alphabet fits, a few characters (full-width digits) are an alphabet, and of many the first alone.
    """
    inside = ["".join(c for c in letters if any(a <= ord(c) <= b for a, b in ranges)) for letters in PREFERRED]
    wide = [letters for letters in inside[2:] if letters]
    ascii_first = [letters for letters in reversed(inside[:2]) if letters]
    few = sum(last - first + 1 for first, last in ranges) <= FEW
    others = (
        "".join(chr(code) for first, last in ranges for code in range(first, last + 1)) if few else chr(ranges[0][0])
    )
    return tuple(wide or ascii_first or [others])
