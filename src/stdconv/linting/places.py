"""Columns of a fixed width: can they hold values of the standard, and does an example show their filling."""

from __future__ import annotations

import random
from collections.abc import Iterator

import polars as pl

from stdconv.definitions import yaml
from stdconv.domains.sampler import UnsampledError, members, rows
from stdconv.domains.sets import AllOf, Domain, Text
from stdconv.errors import Fault
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts import encoding, fixed, positions
from stdconv.layouts.dialect import Position
from stdconv.linting.fields import Field
from stdconv.mapping.models import Mapping

DRAWN = 100
"""How many records of the standard are drawn."""
FEW = 30
"""Up to how many different values are taken for all that there are."""


def fillings(mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield columns whose filling no example shows: those that fields read, in a line of the file."""
    dialect = mapping.legacy.dialect()
    lines = [example.legacy for example in mapping.examples if example.line]
    for number, (name, place) in enumerate(zip(dialect.columns, dialect.positions, strict=False)):
        if place.pad is None or name in mapping.unmapped.legacy:
            continue
        written = [encoding.encode(values.get(name, ""), dialect) or b"" for values in lines]
        if not any(positions.size(value, dialect) < place.length for value in written):
            yield fault("M0129", located.place(("legacy", "columns", number)), column=name)


def faults(field: Field) -> Iterator[Fault]:
    """Yield legacy columns whose place no value of the standard fits, once it is written."""
    dialect = field.mapping.legacy.dialect()
    if not dialect.is_fixed or not field.is_read:
        return
    written = _written(field)
    for name in dialect.columns:
        if written is None or name not in written.columns:
            continue
        values = written.select(v=name).filter(pl.col("v") != "").unique(maintain_order=True)
        sized = values.select(size=fixed.size(pl.col("v"), dialect), length=pl.col("v").str.len_chars())
        place = fixed.place_of(dialect, name)
        fits = values.select(fixed.comes_back(pl.col("v"), place, dialect)).to_series()
        if len(values) and not fits.any() and _is_certain(field, sized, place):
            yield fault(
                "M0130",
                field.located.place(("legacy", "columns", dialect.columns.index(name), "length")),
                standard="・".join(field.route.standard),
                column=name,
                sizes=[str(size) for size in sized["size"].unique().sort()],
                length=place.length,
                filling=phrase("place", "filled" if place.pad else "unfilled"),
            )


def _is_certain(field: Field, sized: pl.DataFrame, place: Position) -> bool:
    """Return whether no other value than those drawn can fit: all are of one width, few, or too short.

    Characters are taken to be no wider than those of the values drawn.
    """
    if sized["size"].n_unique() == 1 or len(sized) <= FEW:
        return True
    most = None if field.route.steps else _most(field.columns[0].domain)
    widest = sized.select((pl.col("size") / pl.col("length")).max()).item()
    return place.pad is None and most is not None and most * widest < place.length


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
    parts = tuple(pl.col(f"v{at}") for at in range(width))
    for lens in reversed(route.steps):
        parts = lens.write(parts)
    return values.select(part.alias(name) for name, part in zip(route.legacy, parts, strict=True))
