"""Columns of a fixed width: can they hold values of the standard, and does an example show their filling."""

from __future__ import annotations

import random
from collections.abc import Iterator

import polars as pl

from stdconv.definitions import yaml
from stdconv.domains.sampler import UnsampledError, members, rows
from stdconv.domains.sets import AllOf, Domain, Text
from stdconv.errors import Fault, KeyPath
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts import encoding, fixed, positions
from stdconv.layouts.dialect import Dialect, Position
from stdconv.layouts.writable import fits
from stdconv.linting.fields import Field, branches, refusals
from stdconv.mapping.models import Mapping

DRAWN = 100
"""How many records of the standard are drawn."""
WHOLE = frozenset({"table", "refuses", "none", "open_end"})
"""The options of lenses that name values as a whole; others name parts of them."""
FEW = 30
"""Up to how many different values are taken for all that there are."""


def fillings(mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield columns whose filling no example shows: those that fields read, in a line of the file."""
    dialect = mapping.legacy.dialect()
    lines = [example.legacy for example in mapping.examples if example.line]
    for number, (name, place) in enumerate(zip(dialect.columns, dialect.positions or dialect.rooms, strict=False)):
        if place is None or place.pad is None or name in mapping.unmapped.legacy:
            continue
        written = [encoding.encode(values.get(name, ""), dialect) or b"" for values in lines]
        records = dialect if dialect.of_rooms is None else dialect.of_rooms
        if not any(positions.size(value, records) < place.length for value in written):
            yield fault("M0129", located.place(("legacy", "columns", number)), column=name)


def unmapped(mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield unmapped columns of a fixed width that can be written neither empty nor with the default that they have."""
    dialect = mapping.legacy.dialect()
    for column in mapping.legacy.declared:
        if column.name not in mapping.unmapped.legacy or column.is_unfinished:
            continue
        given = mapping.defaults.get(column.name)
        if not pl.select(fits(pl.lit(given or ""), column.name, dialect)).item():
            path = ("unmapped", "legacy") if given is None else ("defaults",)
            how = phrase("unmapped-value", "empty" if given is None else "default")
            yield fault("M0112", located.place((*path, column.name)), column=column.name, how=how)


def faults(field: Field) -> Iterator[Fault]:
    """Yield legacy columns whose place no value of the standard fits, once it is written."""
    legacy, dialect = field.mapping.legacy, field.mapping.legacy.dialect()
    written = _written(field) if (dialect.is_fixed or dialect.rooms) and field.is_read else None
    if written is None:
        return
    for at, column in enumerate(legacy.declared):
        room = dialect.room_of(column.name)
        if column.name not in written.columns or room is None or column.is_unfinished:
            continue
        (place, records), number = room, column.number
        values = written.select(v=column.name).filter(pl.col("v") != "").unique(maintain_order=True)
        sized = _sized(values, place, records)
        if len(values) and not sized["fits"].any() and _is_certain(field, sized, place):
            yield fault(
                "M0130",
                field.located.place(("legacy", "columns", at, "length")),
                standard="・".join(field.route.standard),
                column=column.name,
                sizes=[str(size) for size in sized["size"].unique().sort()],
                length=place.length if number is None else number.digits,
                filling=phrase("place", "number" if number else "filled" if place.pad else "unfilled"),
            )


def entries(field: Field) -> Iterator[Fault]:
    """Yield values that the first step names and that the place of the one column that it reads cannot hold."""
    dialect, column = field.mapping.legacy.dialect(), field.route.legacy[0] if len(field.route.legacy) == 1 else ""
    told = set[KeyPath]()
    first = field.route.steps[0] if field.route.steps and dialect.room_of(column) else None
    for branch in (*branches(first), *refusals(first)) if first is not None else ():
        path = field.step(0, *branch.path)
        if not WHOLE.intersection(branch.path) or not branch.legacy or path in told:
            continue
        if not pl.select(fits(pl.lit(branch.legacy), column, dialect)).item():
            told.add(path)
            yield field.fault("M0131", *path, value=branch.legacy, column=column)


def _sized(values: pl.DataFrame, place: Position, dialect: Dialect) -> pl.DataFrame:
    """Return of values how wide they are, how long, and whether they fit: of numbers, how many digits they have."""
    value, length = pl.col("v"), pl.col("v").str.len_chars()
    if place.number is None:
        return values.select(
            size=fixed.size(value, dialect), length=length, fits=fixed.comes_back(value, place, dialect)
        )
    digits = value.str.strip_prefix("-").str.len_chars()
    return values.select(size=digits, length=length, fits=digits == place.number.digits)


def _is_certain(field: Field, sized: pl.DataFrame, place: Position) -> bool:
    """Return whether no other value than those drawn can fit: all are of one width, few, or too short.

    Characters are taken to be no wider than those of the values drawn.
    """
    if sized["size"].n_unique() == 1 or len(sized) <= FEW:
        return True
    most = None if field.route.steps else _most(field.columns[0].domain)
    widest = sized.select((pl.col("size") / pl.col("length")).max()).item()
    return (
        place.pad is None
        and most is not None
        and most * widest < (place.number.digits if place.number else place.length)
    )


def _most(domain: Domain) -> int | None:
    """Return how many characters a value has at most, where that is said."""
    if isinstance(domain, AllOf):
        return min((most for part in domain.parts if (most := _most(part)) is not None), default=None)
    if isinstance(domain, Text):
        return min((most for most in (domain.most, domain.most_characters) if most is not None), default=None)
    return None


def _written(field: Field) -> pl.DataFrame | None:
    """Return what drawn values of the standard become in the layout, by legacy column; ``None`` where none turn up."""
    rng = random.Random("lint")  # noqa: S311 -- the same values every time
    route = field.route
    try:
        if not route.steps:
            return pl.DataFrame({route.legacy[0]: members(field.columns[0].domain, rng, DRAWN)})
        drawn = rows(route.steps[-1].codomain, rng, DRAWN)
    except UnsampledError:
        return None
    width = route.steps[-1].gives
    values = pl.DataFrame(
        {f"v{at}": [row[at] for row in drawn] for at in range(width)},
        schema=dict.fromkeys((f"v{at}" for at in range(width)), pl.String),
    )
    parts = route.back(tuple(pl.col(f"v{at}") for at in range(width)))
    return values.select(part.alias(name) for name, part in zip(route.legacy, parts, strict=True))
