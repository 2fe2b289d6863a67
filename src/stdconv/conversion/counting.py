"""Which values records have where a table says what they become: how often each is read, and how often refused."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stdconv.conversion.valuetables import SEPARATOR
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column
from stdconv.standard.hashes import fingerprint

ROUTE, KEY, PERSON, HOUSEHOLD = "_route", "_key", "_person", "_household"
READ, REFUSED, WRONG = "_read", "_refused", "_wrong"
COUNTS = (READ, REFUSED, WRONG)
VALUES = pl.Schema({ROUTE: pl.UInt32, KEY: pl.String, **dict.fromkeys(COUNTS, pl.UInt32)})
"""The values of routes by their keys: how many of the records with them were read and refused, and by this route."""
STRANGE = pl.Schema({ROUTE: pl.UInt32, KEY: pl.String, PERSON: pl.UInt64, HOUSEHOLD: pl.UInt64})
"""Values that no table has, each with the hashes of a person and a household in whose record it is."""
AT_ONCE = 1_000
"""From how many records on each column is counted by itself."""
LEAST_BESIDE = 2
"""How many other coded and dated columns must have been accepted before a value may be shown."""


def key_columns(route: Route) -> list[str]:
    """Return the working columns of which the values decide what a route makes of a record."""
    return [*map(legacy_column, route.legacy), *map(standard_column, route.beside)]


def key_of(route: Route) -> pl.Expr:
    """Return the values of a record that decide, as one text."""
    names = key_columns(route)
    texts = pl.col(names).fill_null("")
    return (texts if len(names) == 1 else pl.concat_str(texts, separator=SEPARATOR)).alias(KEY)


def counted(frame: pl.DataFrame, routes: Sequence[Route]) -> list[pl.DataFrame]:
    """Return which values records have for each of ``routes``, and how many have each."""
    if len(frame) < AT_ONCE:
        return _at_once(frame, routes, pl.lit(1), pl.lit(0), pl.lit(0))
    return [_counted(frame, route, pl.lit(1), pl.lit(0), pl.lit(0)) for route in routes]


def counted_refused(frame: pl.DataFrame, routes: Sequence[Route]) -> list[pl.DataFrame]:
    """Return the same of refused records, which were counted as read already; ``frame`` has the verdicts."""
    if frame.is_empty():
        return []
    return [_counted(frame, route, pl.lit(0), pl.lit(1), ~pl.col(verdict_column(route))) for route in routes]


def _counted(frame: pl.DataFrame, route: Route, *counts: pl.Expr) -> pl.DataFrame:
    values = frame.select(_number(route), key_of(route), *_numbers(counts))
    return values if len(frame) < AT_ONCE else values.group_by(ROUTE, KEY).agg(pl.col(COUNTS).sum())


def _at_once(frame: pl.DataFrame, routes: Sequence[Route], *counts: pl.Expr) -> list[pl.DataFrame]:
    """Return the values of all routes in one go: each select costs as much as a few records."""
    if not routes:
        return []
    keys = frame.select(key_of(route).alias(str(route.index)) for route in routes)
    values = keys.unpivot(variable_name=ROUTE, value_name=KEY)
    return [values.select(pl.col(ROUTE).cast(pl.UInt32), KEY, *_numbers(counts))]


def _numbers(counts: Sequence[pl.Expr]) -> list[pl.Expr]:
    return [each.cast(pl.UInt32).alias(name) for name, each in zip(COUNTS, counts, strict=True)]


def of_texts(route: Route, texts: pl.DataFrame) -> pl.DataFrame:
    """Return values (``text``, ``len``) that were counted otherwise as those of ``route``."""
    none = pl.lit(0, dtype=pl.UInt32)
    counts = pl.col("len").cast(pl.UInt32).alias(READ), none.alias(REFUSED), none.alias(WRONG)
    return texts.select(_number(route), pl.col("text").alias(KEY), *counts)


def strange(plan: Plan, refused: pl.DataFrame) -> pl.DataFrame:
    """Return values that a table refused in records of which nothing else speaks against showing them.

    ``refused`` are records with all standard values and verdicts. Their person and household must have been read, and
    the other coded and dated columns accepted, two at least: so a shifted column, or one that was exchanged with
    another one, is never shown.
    """
    person, household = plan.schema.person, plan.schema.household
    if refused.is_empty() or not (person and household and {*plan.carried} >= {*person, *household}):
        return STRANGE.to_frame()
    telling = {route.index for route in plan.tabled} | {r.index for r in plan.routes if is_dated(plan, r)}
    by = {name: route for route in plan.routes for name in route.standard}
    whose = [
        pl.col(verdict_column(by[name])) & pl.col(standard_column(name)).is_not_null() for name in (*person, *household)
    ]
    hashes = [
        fingerprint([standard_column(name) for name in names]).alias(alias)
        for names, alias in ((person, PERSON), (household, HOUSEHOLD))
    ]
    found = []
    for route in plan.tabled:
        beside = [pl.col(verdict_column(other)) for other in plan.routes if other.index in telling - {route.index}]
        if len(beside) >= LEAST_BESIDE and len(key_columns(route)) == 1:
            unknown = refused.filter(~pl.col(verdict_column(route)), *beside, *whose)
            found.append(unknown.select(_number(route), key_of(route), *hashes).unique())
    return pl.concat([STRANGE.to_frame(), *found])


def is_dated(plan: Plan, route: Route) -> bool:
    """Return whether a route gives dates."""
    return any(plan.schema.column(name).type == "DATE" for name in route.standard)


def _number(route: Route) -> pl.Expr:
    return pl.lit(route.index, dtype=pl.UInt32).alias(ROUTE)
