"""Domains read as polars expressions: every one a definite Boolean, absence handled first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import polars as pl

from stdconv.domains import places
from stdconv.domains.patterns import parse, to_regex
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
    Integer,
    Key,
    Named,
    NoOtherPlace,
    Not,
    NotAfter,
    Nothing,
    OfPlaces,
    OneOf,
    Record,
    Rows,
    Rule,
    SamePlace,
    Text,
    Within,
)
from stdconv.japan.charsets import VARIATION_SELECTORS, character_class

Columns = Mapping[Key, pl.Expr]

_COMMON_DAYS = (
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
_LEAP_YEARS = "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00"
CALENDAR = f"^(?:[0-9]{{4}}-(?:{_COMMON_DAYS})|(?:{_LEAP_YEARS})-02-29)$"
"""The Gregorian calendar, years 0000–9999, as one expression: shape and day together."""

FEW = 6
"""How many values at most are compared one by one."""

MOST = 2**63 - 1
"""The largest whole number that a column holds."""

_SELECTORS = f"[{character_class(VARIATION_SELECTORS)}]"


def check(domain: Domain, columns: Columns) -> pl.Expr:
    """Return whether a record (shown as ``columns``, null for absent) is in ``domain``; never null."""
    match domain:
        case Record():
            return _all([*_columns(domain, columns), *(_rule(rule, columns) for rule in domain.rules)])
        case Text() | Choice() | Date() | Integer():
            return pl.lit(value=False)
        case _:
            return _combined(domain, lambda part: check(part, columns))


def check_value(domain: Domain, value: pl.Expr) -> pl.Expr:
    """Return whether a value is in ``domain``. Shapes: one expression in, one Boolean out, false where null.

    Texts, or for ``Integer`` whole numbers (Int64).
    """
    match domain:
        case Text():
            return _text(domain, value)
        case Choice(values):
            return _is_one_of(values, value)
        case Date():
            return _date(domain, value)
        case Integer():
            return _integer(domain, value)
        case Record():
            return pl.lit(value=True)
        case _:
            return _combined(domain, lambda part: check_value(part, value))


def _is_one_of(values: Sequence[str], value: pl.Expr) -> pl.Expr:
    """Return whether a value is one of ``values``: a few are compared one by one, in a third of the time."""
    if 0 < len(values) <= FEW:
        return pl.any_horizontal([value.eq_missing(pl.lit(each)) for each in values])
    return value.is_in(list(values)).fill_null(value=False)


def _combined(domain: Domain, read: Callable[[Domain], pl.Expr]) -> pl.Expr:
    """Read the domains that are made of domains; the same for values and for records."""
    match domain:
        case Anything():
            return pl.lit(value=True)
        case Nothing():
            return pl.lit(value=False)
        case AllOf(parts):
            return _all([read(part) for part in parts])
        case AnyOf(parts):
            return pl.any_horizontal([read(part) for part in parts])
        case OneOf(parts):
            return pl.sum_horizontal([read(part).cast(pl.UInt32) for part in parts]) == 1
        case Not(part):
            return ~read(part)
        case IfThenElse(condition, then, otherwise):
            return pl.when(read(condition)).then(read(then)).otherwise(read(otherwise))
        case _:
            raise TypeError(domain)


def _all(parts: list[pl.Expr]) -> pl.Expr:
    return pl.all_horizontal(parts) if parts else pl.lit(value=True)


def _columns(domain: Record, columns: Columns) -> list[pl.Expr]:
    required = set(domain.required)
    checks = [columns[key].is_not_null() if key in columns else pl.lit(value=False) for key in domain.required]
    for key, part in domain.columns:
        if key in columns and part != Anything():
            inside = check_value(part, columns[key])
            checks.append(inside if key in required else columns[key].is_null() | inside)
    if domain.closed:
        known = {key for key, _ in domain.columns}
        checks += [columns[key].is_null() for key in columns if key not in known]
    return checks


def _text(domain: Text, value: pl.Expr) -> pl.Expr:
    checks = []
    if domain.pattern is not None:
        checks.append(value.str.contains(f"^(?:{to_regex(parse(domain.pattern))})$"))
    if domain.least:
        checks.append(value.str.len_chars() >= domain.least)
    if domain.most is not None:
        checks.append(value.str.len_chars() <= domain.most)
    if domain.most_characters is not None:
        checks.append(_has_at_most(domain.most_characters, value))
    return pl.all_horizontal([value.is_not_null(), *checks]).fill_null(value=False)


def _has_at_most(most: int, value: pl.Expr) -> pl.Expr:
    """Return whether a text has at most that many characters; selectors are counted where there are too many bytes."""
    selectors = pl.when(value.str.len_bytes() > most).then(value).str.count_matches(_SELECTORS)
    return value.str.len_chars() - selectors.fill_null(0) <= most


def _integer(domain: Integer, value: pl.Expr) -> pl.Expr:
    """Return whether a whole number is within the bounds; a bound beyond Int64 is met by every number or by none."""
    if (domain.least or 0) > MOST or (domain.most or 0) < -MOST - 1:
        return pl.lit(value=False)
    checks = [value.is_not_null()]
    if domain.least is not None and domain.least >= -MOST:
        checks.append(value >= domain.least)
    if domain.most is not None and domain.most < MOST:
        checks.append(value <= domain.most)
    if domain.step > MOST:
        checks.append(value.is_in([0, -MOST - 1] if domain.step == MOST + 1 else [0]))
    elif domain.step > 1:
        checks.append(value % domain.step == 0)
    return pl.all_horizontal(checks).fill_null(value=False)


def _date(domain: Date, value: pl.Expr) -> pl.Expr:
    checks = [value.str.contains(CALENDAR)]
    if domain.first != Date().first:
        checks.append(value >= domain.first)
    if domain.last != Date().last:
        checks.append(value <= domain.last)
    return pl.all_horizontal(checks).fill_null(value=False)


def _rule(rule: Rule, columns: Columns) -> pl.Expr:
    match rule:
        case EraAgrees():
            return _era_agrees(rule, columns)
        case InOrder(names):
            filled = [columns[name].is_not_null() if name in columns else pl.lit(value=False) for name in names]
            return _all([before | ~behind for before, behind in pairwise(filled)])
        case Rows(names, rows):
            given = [columns[name] if name in columns else pl.lit(None, dtype=pl.String) for name in names]
            texts = [[pl.lit(text, dtype=pl.String) for text in row] for row in rows]
            return pl.any_horizontal(
                [_all([g.eq_missing(t) for g, t in zip(given, row, strict=True)]) for row in texts]
            )
        case Cases(by, cases):
            if by not in columns:
                return pl.lit(value=True)
            held = [(columns[by] == value) & check(record, columns) for value, record in cases]
            return pl.any_horizontal([columns[by].is_null(), *(each.fill_null(value=False) for each in held)])
        case InForce() | Named() | NoOtherPlace() | SamePlace():
            return _of_places(rule, columns)
        case Apart(sets):
            return pl.sum_horizontal([_has_any(names, columns).cast(pl.UInt32) for names in sets]) <= 1
        case _:
            return _tie(rule, columns)


def _of_places(rule: OfPlaces, columns: Columns) -> pl.Expr:
    """Return whether a record keeps a rule about municipalities; a column that is not there decides nothing."""
    match rule:
        case InForce(code, day):
            names: tuple[Key, ...] = (code, day)
        case Named(code, parts):
            names = (code, *parts)
        case NoOtherPlace(text, place):
            names = (text, *place)
        case SamePlace(first, second):
            names = (first, second)
    if any(name not in columns for name in names):
        return pl.lit(value=True)
    one, *others = (columns[name] for name in names)
    match rule:
        case InForce():
            kept = places.is_in_force(one, others[0], rule.ends)
        case Named():
            kept = places.is_named(one, others, rule.labels, _SELECTORS)
        case NoOtherPlace():
            kept = places.begins_with_none(one, others, rule.names)
        case SamePlace():
            kept = places.are_of_one(one, others[0], rule.above) == rule.alike
            kept |= ~one.is_in([ward for ward, _ in rule.above]) if rule.wards else pl.lit(value=False)
    return kept.fill_null(value=True)


def _has_any(names: Sequence[Key], columns: Columns) -> pl.Expr:
    """Return whether a record has a value in one of the columns ``names``."""
    return pl.any_horizontal([pl.lit(value=False), *(columns[name].is_not_null() for name in names if name in columns)])


def _tie(rule: Concatenated | NotAfter | CheckDigit | Within, columns: Columns) -> pl.Expr:
    match rule:
        case Concatenated():
            return _concatenated(rule, columns)
        case NotAfter():
            return _not_after(rule, columns)
        case CheckDigit():
            return _check_digit(rule, columns)
        case Within(domain):
            return check(domain, columns)


def _not_after(rule: NotAfter, columns: Columns) -> pl.Expr:
    """Return whether two dates are in order; they are read as days only where they are not."""
    if rule.earlier not in columns or rule.later not in columns:
        return pl.lit(value=True)
    earlier, later = columns[rule.earlier], columns[rule.later]
    if not rule.days:
        return (earlier <= later).fill_null(value=True)
    first, last = (
        pl.when(earlier > later).then(each).str.to_date("%Y-%m-%d", strict=False) for each in (earlier, later)
    )
    return ((first - last).dt.total_days() <= rule.days).fill_null(value=True)


def _concatenated(rule: Concatenated, columns: Columns) -> pl.Expr:
    """Return whether the whole is its parts; a part that no record has a column for leaves that open."""
    if any(column not in columns for column in (rule.whole, *rule.parts)):
        return pl.lit(value=True)
    parts = [columns[part] for part in rule.parts]
    whole, undecided = columns[rule.whole], [columns[rule.whole].is_null(), _all([part.is_null() for part in parts])]
    if rule.labels is not None:
        codes, labels = [code for code, _ in rule.labels], [label for _, label in rule.labels]
        undecided += [~part.is_in(codes) for part in parts]
        parts = [part.replace_strict(codes, labels, default=None, return_dtype=pl.String) for part in parts]
    spoken = [part for key, part in zip(rule.parts, parts, strict=True) if key not in rule.silent]
    said = [parts, spoken] if 0 < len(spoken) < len(parts) else [parts]
    joined = [pl.concat_str(each, separator=rule.separator, ignore_nulls=True) == whole for each in said]
    return pl.any_horizontal([*joined, *undecided]).fill_null(value=False)


def _check_digit(rule: CheckDigit, columns: Columns) -> pl.Expr:
    if rule.column not in columns:
        return pl.lit(value=True)
    value, places = columns[rule.column], len(rule.weights)
    is_number = value.str.contains(f"^[0-9]{{1,{places + 1}}}$")
    number = value.cast(pl.Int64, strict=False)
    weighted = (number // 10 ** (places - at) % 10 * weight for at, weight in enumerate(rule.weights))
    wanted = (sum(weighted, start=pl.lit(0)) % 11).replace_strict(
        list(range(11)), [int(digit) for digit in rule.digits], return_dtype=pl.Int64
    )
    return ((number % 10 == wanted) | ~is_number).fill_null(value=True)


def _era_agrees(rule: EraAgrees, columns: Columns) -> pl.Expr:
    if rule.era not in columns or rule.date not in columns:
        return pl.lit(value=True)
    era, date = columns[rule.era], columns[rule.date]
    fits = [
        (era.is_null() if span.era is None else era == span.era) & (date >= span.first) & (date <= span.last)
        for span in rule.spans
    ]
    if all(span.era is not None for span in rule.spans):
        fits.append(era.is_null())
    return pl.any_horizontal([date.is_null(), *fits]).fill_null(value=False)
