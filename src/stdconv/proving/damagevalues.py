"""What befalls values: in which columns of a mapping or a schema, how it looks there, and what must tell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from stdconv.domains.check import check_value
from stdconv.domains.sets import Date, Domain
from stdconv.japan.eras import BY_CODE, BY_NAME
from stdconv.lenses.anydate import AnyDate
from stdconv.lenses.base import Lens
from stdconv.lenses.codes import Recode, RecodeSeveral
from stdconv.lenses.dates import CompactDate, EraColumn
from stdconv.lenses.unknowndate import UnknownDate
from stdconv.lenses.wareki import Wareki, WarekiText
from stdconv.lenses.when import ByCase
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route
from stdconv.proving.damage import Kind
from stdconv.standard.documents import Column, flat
from stdconv.standard.schema import Schema

Values: TypeAlias = Mapping[str, str]
"""The values of a record, by column."""
Edit: TypeAlias = Callable[[Values], Mapping[str, str] | None]
"""Gives the values that a record has after the damage, or ``None``: it cannot befall this record."""

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
YEAR = re.compile(r"([0-9０-９])[0-9０-９]年")
"""A year of two digits, as it was before a replacement of 1年 by 元年 went through a whole file."""
OF_DATES = ("T0001", "T0003", "T0004", "T0005", "T0006", "T0007", "T0008", "T0009", "T0019", "T0025", "T0026", "S0005")
OF_DOMAINS = ("S0002", "S0003", "S0004", "S0005", "S0030", "S0035", "T0001", "T0003", "T0019", "T0034")
OF_TABLES = ("T0001", "T0002", "T0029", "T0039")
OF_ERAS = ("S0006", "S0007")
NARROW, WIDER = ("9", "8", "7", "Z", "X"), ("甲", "乙", "丙")
"""What a code may be replaced by, as often as it has characters: the first that nobody knows."""


@dataclass(frozen=True)
class Target:
    """A column in which a damage of a kind can be: how it is done, and which codes must tell it."""

    kind: Kind
    column: str
    edit: Edit
    codes: tuple[str, ...]


def on(column: str, change: Callable[[str], str | None]) -> Edit:
    """Return what changes the value of one column, where there is one."""

    def edit(values: Values) -> Mapping[str, str] | None:
        value = values[column]
        changed = change(value) if value else None
        return None if changed is None or changed == value else {column: changed}

    return edit


def of_mapping(plan: Plan) -> Iterator[Target]:
    """Yield what can befall the values of a layout and must be told by its mapping."""
    columns = set(plan.mapping.legacy.columns)
    untold = {column for _, column, severity, _ in plan.decided if severity == "note"}
    for route in plan.routes:
        if route.constant is not None or not {*route.legacy} & columns:
            continue
        if not route.steps and len(route.legacy) == 1 and route.standard[0] not in untold:
            yield from _of_domain(route.legacy[0], plan.schema.column(route.standard[0]))
        for kind, at, change, codes in _of_steps(route):
            if route.legacy[at] in columns:
                yield Target(kind, route.legacy[at], on(route.legacy[at], change), codes)
        yield from _of_labels(route)
    yield from _of_eras_apart(plan)
    yield from _of_signs(plan, columns)


def of_schema(schema: Schema, columns: Sequence[str]) -> Iterator[Target]:
    """Yield what can befall the values of a standard file with these columns and must be told by its schema."""
    for name in columns:
        column = schema.column(name)
        if column.kind == "string":
            yield from _of_domain(name, column)
            yield Target("replacement-character", name, on(name, replaced("\ufffd")), ("E0004", "S0002"))
    for era, date in _eras_of(schema):
        if era in columns and date in columns:
            yield Target("era-against-date", era, _other_era(era, date, BY_CODE), OF_ERAS)


_Change: TypeAlias = tuple[Kind, int, Callable[[str], str | None], tuple[str, ...]]
"""A kind, in which value of the lens, what it does to it, the codes."""


def _of_steps(route: Route) -> Iterator[_Change]:
    """Yield what can befall what a chain of lenses reads; of several chains what can befall all of them."""
    first = route.steps[0] if route.steps else None
    chains = list(first.cases.values()) if isinstance(first, ByCase) else [route.steps]
    heads = [chain[0] if chain else None for chain in chains]
    tables = [head.table for head in heads if isinstance(head, Recode | RecodeSeveral)]
    if len(tables) == len(heads):
        known = {value for table in tables for value in table}
        known |= {value for head in heads if isinstance(head, Recode | RecodeSeveral) for value in head.refuses}
        yield "unknown-code", 0, lambda value: unknown(value, known), OF_TABLES
        yield "leading-zero-lost", 0, lambda value: _unpadded(value, known), OF_TABLES
    dates = [head.known if isinstance(head, UnknownDate) else head for head in heads]
    for date in dates if len(dates) == 1 else ():
        yield from _of_date(date)
    if len(dates) > 1 and all(isinstance(date, Wareki | CompactDate) for date in dates):
        yield "full-width-digits", 0, wide, OF_DATES
        yield "no-such-day", 0, no_such_day, OF_DATES


def _of_date(date: Lens | None) -> Iterator[_Change]:
    if isinstance(date, Wareki | CompactDate | AnyDate | EraColumn):
        at = 1 if isinstance(date, EraColumn) else 0
        yield "full-width-digits", at, lambda value: wide(value) if value.isascii() else None, OF_DATES
        yield "no-such-day", at, no_such_day, OF_DATES
        yield "date-with-slashes", at, slashed, OF_DATES
    if isinstance(date, Wareki | WarekiText):
        eras = {sign: BY_NAME[name].code for sign, name in date.eras.items()}
        yield "era-against-date", 0, lambda value: era_of_another_year(value, eras), OF_DATES
    if isinstance(date, WarekiText):
        yield "spoiled-era", 0, spoiled, OF_DATES


def _of_labels(route: Route) -> Iterator[Target]:
    """Yield the era beside a Western date, replaced by another one."""
    first = route.steps[0] if route.steps else None
    lens = first.known if isinstance(first, UnknownDate) else first
    if isinstance(lens, EraColumn):
        label, date = route.legacy[:2]
        eras = {each: BY_NAME[name] for each, name in lens.eras.items()}
        yield Target("era-against-date", label, _other_era(label, date, eras), OF_DATES)


def _of_eras_apart(plan: Plan) -> Iterator[Target]:
    """Yield eras that a table gives, beside a date of another field."""
    eras = {era for era, date in _eras_of(plan.schema) if {era, date} <= {*plan.carried}}
    for route in plan.routes:
        first = route.steps[0] if len(route.steps) == 1 else None
        if isinstance(first, Recode) and set(route.standard) <= eras and len(route.legacy) == 1:
            others = {old: [v for v, c in first.table.items() if c != code and v] for old, code in first.table.items()}
            change: Callable[[str], str | None] = lambda value, others=others: next(  # type: ignore[misc]  # noqa: E731
                iter(others.get(value, [])), None
            )
            yield Target("era-against-date", route.legacy[0], on(route.legacy[0], change), OF_ERAS)


def _of_signs(plan: Plan, columns: set[str]) -> Iterator[Target]:
    lost = plan.dialect.lost
    for name in (name for name in plan.written if name in columns):
        if lost is not None and name in lost.refusing | lost.warning:
            for sign in lost.signs:
                yield Target("lost-sign", name, on(name, replaced(sign)), ("E0008",))
        if plan.dialect.codec.startswith("utf"):
            yield Target("replacement-character", name, on(name, replaced("\ufffd")), ("E0004", "S0002", "T"))


def _of_domain(name: str, column: Column) -> Iterator[Target]:
    """Yield what can befall a value that is held against a column's domain as it is."""
    domain = column.domain
    for kind, change in (
        ("full-width-digits", wide),
        ("leading-zero-lost", unpadded),
        ("long-number", long_number),
        ("spoiled-era", spoiled),
    ):
        yield Target(kind, name, on(name, _outside(domain, change)), OF_DOMAINS)  # type: ignore[arg-type]
    if column.choices:
        known = set(column.choices)
        yield Target("unknown-code", name, on(name, lambda value: unknown(value, known)), OF_DOMAINS)
    if any(isinstance(part, Date) for part in flat(domain)):
        yield Target("no-such-day", name, on(name, lambda value: value[:5] + "02-31"), OF_DOMAINS)
        yield Target("date-with-slashes", name, on(name, _outside(domain, slashed)), OF_DOMAINS)


def _eras_of(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the columns of eras, each with the one of its date."""
    for check in schema.between:
        if check.code == "S0006":
            yield check.columns[0], check.columns[1]


def _outside(domain: Domain, change: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Return a change, where what comes of it is not in the domain."""

    def changed(value: str) -> str | None:
        new = change(value)
        if new is None:
            return None
        is_inside = pl.DataFrame({"v": [new]}).select(check_value(domain, pl.col("v"))).item()
        return None if is_inside else new

    return changed


def _other_era(era: str, date: str, eras: Mapping[str, object]) -> Edit:
    """Return what puts another era beside a date, to which it does not belong."""
    spans = {label: (str(getattr(each, "first", "")), str(getattr(each, "last", ""))) for label, each in eras.items()}

    def edit(values: Values) -> Mapping[str, str] | None:
        digits = values[date].replace("-", "")
        if not values[era] or not re.fullmatch("[0-9]{8}", digits):
            return None
        iso = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        wrong = [label for label, (first, last) in spans.items() if not first <= iso <= last and label != values[era]]
        return {era: wrong[-1]} if wrong else None

    return edit


def wide(value: str) -> str | None:
    """Return a value with its digits in full width.

    >>> wide("3600707")
    '３６００７０７'
    """
    return value.translate(WIDE)


def unknown(value: str, known: set[str]) -> str | None:
    """Return a code of the same length that is not known.

    >>> unknown("21", {"21", "99"})
    '88'
    """
    narrow = len(value.encode("cp932", "replace")) == len(value)
    return next((sign * len(value) for sign in (NARROW if narrow else WIDER) if sign * len(value) not in known), None)


def unpadded(value: str) -> str | None:
    """Return a number without the zeros in front that spreadsheets leave out.

    >>> unpadded("0123"), unpadded("123")
    ('123', None)
    """
    return str(int(value)) if re.fullmatch("0[0-9]+", value) else None


def _unpadded(value: str, known: set[str]) -> str | None:
    bare = unpadded(value)
    return None if bare in known else bare


def long_number(value: str) -> str | None:
    """Return a number as a spreadsheet shows one that is too long for a cell.

    >>> long_number("123456789012")
    '1.23E+11'
    """
    return f"{int(value):.2E}" if re.fullmatch("[1-9][0-9]{8,}", value) else None


def slashed(value: str) -> str | None:
    """Return a date as a spreadsheet shows it.

    >>> slashed("19900102"), slashed("1990-01-02"), slashed("3600707")
    ('1990/1/2', '1990/1/2', None)
    """
    found = re.fullmatch(r"([12][0-9]{3})(-?)([01][0-9])\2([0-3][0-9])", value)
    return f"{found[1]}/{int(found[3])}/{int(found[4])}" if found else None


def no_such_day(value: str) -> str | None:
    """Return a date on a day that no year has.

    >>> no_such_day("20240301"), no_such_day("3600707")
    ('20240231', '3600231')
    """
    is_date = re.fullmatch("([0-9A-Za-z][0-9]{2}|[0-9]{4})(0[1-9]|1[0-2])[0-3][0-9]", value)
    return value[:-4] + "0231" if is_date else None


def era_of_another_year(value: str, eras: Mapping[str, str]) -> str | None:
    """Return a date with another era, which had not so many years; ``eras`` are codes by sign.

    >>> era_of_another_year("3600707", {"3": "3", "4": "4"}), era_of_another_year("昭和60年7月7日", {"平成": "4"})
    ('4600707', '平成60年7月7日')
    """
    found = re.fullmatch(r"([^0-9]+|[0-9])([0-9]{2})([0-9]{4}|年.*)", value)
    if not found:
        return None
    year = int(found[2])
    short = [s for s, code in eras.items() if s != found[1] and year > _years(code)]
    return short[-1] + found[2] + found[3] if short else None


def _years(code: str) -> int:
    """Return how many years an era had; that of today as many as can be written."""
    era = BY_CODE[code]
    return min(99, int(era.last[:4]) - era.year_one + 1)


def spoiled(value: str) -> str | None:
    """Return a date in words through which a replacement of 1年 by 元年 went.

    >>> spoiled("平成31年4月1日"), spoiled("平成3年4月1日")
    ('平成3元年4月1日', None)
    """
    return YEAR.sub(r"\1元年", value) if YEAR.search(value) else None


def replaced(sign: str) -> Callable[[str], str | None]:
    """Return what puts ``sign`` in the place of the last character beyond ASCII."""

    def change(value: str) -> str | None:
        return None if not value or value[-1].isascii() else value[:-1] + sign

    return change
