"""Domains read as hypothesis strategies: the only module that imports hypothesis, itself imported only when asked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import groupby, takewhile
from typing import Any

import polars as pl
from hypothesis import strategies as st

from stdconv.domains.check import check, check_value
from stdconv.domains.patterns import Alt, Chars, Node, Repeat, Seq, lengths, parse
from stdconv.domains.repair import Row, repaired
from stdconv.domains.sampler import FIT, UnsampledError, best, bounds, rows, share
from stdconv.domains.sampler import values as sampled
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
    InOrder,
    Integer,
    Key,
    Not,
    NotAfter,
    Nothing,
    OneOf,
    Record,
    Rows,
    Span,
    Text,
    Within,
    is_whole,
    narrowest,
)
from stdconv.domains.shaped import characters, is_implied, possible_lengths
from stdconv.japan.eras import OPEN_END

REPAIRED = (Concatenated, NotAfter, CheckDigit, Within)
"""Rules that are kept by changing what was drawn."""

SAMPLED, FEW = 100, 4
"""How many records are sampled where there are such rules, and how many columns of one are drawn anew."""

_ANY = st.characters(codec="utf-8")

LONGEST = 8
"""How much longer than it must be a generated repeat may get."""


def texts(domain: Domain, *, alphabet: str | None = None) -> st.SearchStrategy[str]:
    """Return a strategy for the texts that are in ``domain`` (for ``Not`` and the like, texts that may).

    With ``alphabet``, patterns are filled with its characters wherever they admit one of them.
    """
    if is_whole(domain):
        raise TypeError("what mappings write is text, no whole numbers")
    return values(domain, alphabet)


def values(domain: Domain, alphabet: str | None = None, *, is_number: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that are in ``domain``: texts, or whole numbers where it is about these."""
    inside = partial(values, alphabet=alphabet, is_number=is_number or is_whole(domain))
    match domain:
        case Choice(listed):
            return st.sampled_from(listed)
        case Date(first, last):
            return _dates(first, last)
        case Text(pattern, least, most, characters):
            return _texts(pattern, least, min((b for b in (most, characters) if b is not None), default=None), alphabet)
        case AllOf():
            return _inside(domain, inside(best(domain)))
        case AnyOf(parts) | OneOf(parts):
            return _inside(domain, st.one_of(*map(inside, parts)))
        case IfThenElse(_, then, otherwise):
            return _inside(domain, inside(then) | inside(otherwise))
        case Integer():
            return _numbers(domain)
        case Nothing():
            return st.nothing()
        case Anything() | Not() | Record():
            return _numbers(Integer()) if is_number else st.text(alphabet or _ANY, max_size=LONGEST)


def _inside(domain: Domain, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Keep the values that are in ``domain``; where most are not, some that were sampled."""
    if share(domain, domain) < FIT:
        return st.sampled_from(_pool(domain)) if _pool(domain) else st.nothing()
    return strategy.filter(lambda value: bool(pl.select(check_value(domain, pl.lit(value))).item()))


@lru_cache(maxsize=64)
def _pool(domain: Domain) -> tuple[Any, ...]:
    try:
        return tuple(sampled(domain, random.Random(0), SAMPLED))  # noqa: S311 -- no secrets
    except UnsampledError:
        return ()


def _numbers(domain: Integer) -> st.SearchStrategy[int]:
    low, high = bounds(domain)
    return st.integers(low, high).map(lambda steps: steps * domain.step) if low <= high else st.nothing()


def records(domain: Record, *, alphabet: str | None = None) -> st.SearchStrategy[Row]:
    """Return a strategy for records that are in ``domain``: a value or ``None`` (absent) per column."""
    if any(isinstance(rule, REPAIRED) for rule in domain.rules):
        return _mended(domain, alphabet)
    drawn = {key: values(part, alphabet) for key, part in domain.columns}
    columns: dict[Key, st.SearchStrategy[Any]] = {
        key: value if key in domain.required else st.none() | value for key, value in drawn.items()
    }
    strategy: st.SearchStrategy[Row] = st.fixed_dictionaries(columns)
    for rule in domain.rules:
        match rule:
            case EraAgrees():
                days = next((part for key, part in domain.columns if key == rule.date), Date())
                strategy = _overlaid(strategy, _labelled(rule, days))
            case Rows(names, listed):
                overlays = [dict(zip(names, row, strict=True)) for row in listed]
                strategy = _overlaid(strategy, st.sampled_from(overlays))
            case Apart(sets):
                others = [[name for names in sets if names is not kept for name in names] for kept in sets]
                strategy = _overlaid(strategy, st.sampled_from([dict.fromkeys(names) for names in others]))
            case Cases():
                strategy = _overlaid(strategy, _of_a_case(rule, domain, alphabet))
            case InOrder(names):
                alike = len({part for key, part in domain.columns if key in names}) == 1
                strategy = strategy.map(partial(_moved_up if alike else _cut, names))
    return strategy


def _mended(domain: Record, alphabet: str | None) -> st.SearchStrategy[Row]:
    """Return a strategy for records of rules that tie many columns: a sampled one, with a few columns drawn anew."""
    whole = _sampled(domain)
    by_column = {key: values(part, alphabet) for key, part in domain.columns if part != Nothing()}
    names = st.lists(st.sampled_from(list(by_column)), max_size=FEW, unique=True)
    drawn = names.flatmap(lambda few: st.fixed_dictionaries({name: st.none() | by_column[name] for name in few}))
    kinds = {str(key): pl.Int64 if is_whole(part) else pl.String for key, part in domain.columns}
    expression = check(domain, {key: pl.col(str(key)) for key, _ in domain.columns})

    def made(parts: tuple[Row, Row]) -> Row:
        changed = repaired(domain, parts[0] | parts[1], parts[0], random.Random(0))  # noqa: S311 -- no secrets
        frame = pl.DataFrame({str(key): [value] for key, value in changed.items()}, schema_overrides=kinds)
        return changed if frame.select(expression).item() else parts[0]

    return st.tuples(st.sampled_from(whole), drawn).map(made)


@lru_cache(maxsize=8)
def _sampled(domain: Record) -> list[Row]:
    return rows(domain, random.Random(0), SAMPLED)  # noqa: S311 -- no secrets


def _overlaid(strategy: st.SearchStrategy[Row], over: st.SearchStrategy[Row]) -> st.SearchStrategy[Row]:
    return st.tuples(strategy, over).map(lambda pair: pair[0] | pair[1])


def _of_a_case(rule: Cases, domain: Record, alphabet: str | None) -> st.SearchStrategy[Row]:
    """Return what a case says, with its value; where that may be absent, nothing but its absence too."""
    drawn = [_overlaid(records(record, alphabet=alphabet), st.just({rule.by: value})) for value, record in rule.cases]
    return st.one_of(*drawn) if rule.by in domain.required else st.one_of(*drawn, st.just({rule.by: None}))


def _cut(names: tuple[Key, ...], row: Row) -> Row:
    """Return ``row`` without the values of ``names`` behind the first absent one."""
    filled = list(takewhile(lambda name: row[name] is not None, names))
    return row | dict.fromkeys(names[len(filled) :])


def _moved_up(names: tuple[Key, ...], row: Row) -> Row:
    """Return ``row`` with the values of ``names``, all of one domain, moved to the front."""
    values = [row[name] for name in names if row[name] is not None]
    return row | dict(zip(names, [*values, *[None] * (len(names) - len(values))], strict=True))


def _labelled(rule: EraAgrees, days: Domain) -> st.SearchStrategy[Row]:
    """Return era and date together: any span, and its first and last day more often than others."""

    def inside(index: int) -> st.SearchStrategy[Row]:
        span = rule.spans[index]
        dates = _dates(span.first, span.last) | _beside_dates(days, span)
        return dates.map(lambda day: {rule.era: span.era, rule.date: day})

    return st.integers(0, len(rule.spans) - 1).flatmap(inside)


def _beside_dates(days: Domain, span: Span) -> st.SearchStrategy[str]:
    """Return what ``days`` admits besides dates, such as 29 February of a common year, in the years inside ``span``."""
    part = narrowest(days.parts) if isinstance(days, AllOf) else days
    years = (int(span.first[:4]) + 1, int(span.last[:4]) - 1)
    others = [each for each in part.parts if _is_like_a_date(each)] if isinstance(part, AnyOf) else []
    if not others or years[0] > years[1]:
        return st.nothing()
    drawn = st.tuples(st.integers(*years), texts(AnyOf(tuple(others))))
    return _inside(days, drawn.map(lambda pair: f"{pair[0]:04}{pair[1][4:]}"))


def _is_like_a_date(domain: Domain) -> bool:
    """Return whether the texts of ``domain`` are as long as a date."""
    if not isinstance(domain, Text) or domain.pattern is None:
        return False
    return lengths(parse(domain.pattern)) == (len(OPEN_END), len(OPEN_END))


def _dates(first: str, last: str) -> st.SearchStrategy[str]:
    low, high = (dt.date.fromisoformat(max(day, "0001-01-01")) for day in (first, last))
    return st.sampled_from((first, last)) | st.dates(low, high).map(dt.date.isoformat)


def _texts(pattern: str | None, least: int, most: int | None, alphabet: str | None) -> st.SearchStrategy[str]:
    if pattern is None:
        if most is not None and most < least:
            return st.nothing()
        return st.text(alphabet or _ANY, min_size=least, max_size=least + LONGEST if most is None else most)
    node = parse(pattern)
    if is_implied(node, least, most, LONGEST):
        return _generated(node, alphabet)
    sizes = possible_lengths(node, least, most, LONGEST)
    return _of_lengths(node, sizes, alphabet) if sizes else st.nothing()


@st.composite
def _of_lengths(draw: st.DrawFn, node: Node, sizes: tuple[int, ...], alphabet: str | None) -> str:
    def choose(options: Sequence[int]) -> int:
        return draw(st.sampled_from(options)) if len(options) > 1 else options[0]

    runs = [(each, len(list(alike))) for each, alike in groupby(characters(node, choose(sizes), choose))]
    return "".join(draw(st.text(_generated(each, alphabet), min_size=size, max_size=size)) for each, size in runs)


def _generated(node: Node, alphabet: str | None) -> st.SearchStrategy[str]:
    match node:
        case Chars(ranges):
            if alphabet is not None and (letters := _within(ranges, alphabet)):
                return st.sampled_from(letters)
            return st.one_of(*(st.characters(min_codepoint=a, max_codepoint=b, codec="utf-8") for a, b in ranges))
        case Seq(parts):
            return st.tuples(*(_generated(part, alphabet) for part in parts)).map("".join)
        case Alt(parts):
            return st.one_of(*(_generated(part, alphabet) for part in parts))
        case Repeat(part, least, most):
            top = least + LONGEST if most is None else min(most, least + LONGEST)
            return st.lists(_generated(part, alphabet), min_size=least, max_size=top).map("".join)


@lru_cache(maxsize=256)
def _within(ranges: tuple[tuple[int, int], ...], alphabet: str) -> str:
    """Return the characters of ``alphabet`` that are in ``ranges``."""
    return "".join(letter for letter in alphabet if any(first <= ord(letter) <= last for first, last in ranges))
