"""Synthetic legacy files: records made on the standard side and taken back, so that every one of them is accepted.

The same mapping, seed and number of rows give the same file on every machine: draws come from Python's generator and
from integer arithmetic, never from a library's hash.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from stdconv.domains import Domain, Key, Record, Text
from stdconv.errors import DefinitionError
from stdconv.findings import fault
from stdconv.lookupfiles import lookup_bytes
from stdconv.plan import Plan
from stdconv.readings.check import check_value
from stdconv.readings.sampler import UnsampledError, members, rows
from stdconv.relaying import relay_frame
from stdconv.source import Progress, quiet
from stdconv.stages import encoding, records
from stdconv.stages.records import ROW
from stdconv.target import Target

POOL = 4096
CHUNK = 100_000
FRUITLESS = 20
_MASK = 0xFFFFFFFF


def sample_frame(plan: Plan, count: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield ``count`` legacy records in frames (``_row``, legacy columns, looked-up columns), all of them convertible."""
    pools = _pools(plan, seed)
    done = candidate = fruitless = 0
    while done < count:
        standard = _candidates(plan, pools, candidate, seed)
        candidate += CHUNK
        legacy = relay_frame(plan, standard).legacy.head(count - done)
        fruitless = 0 if len(legacy) else fruitless + 1
        if fruitless > FRUITLESS:
            raise DefinitionError([fault("C0028", column=", ".join(plan.carried))])
        if len(legacy):
            yield legacy
        done += len(legacy)


def sample_file(
    plan: Plan,
    count: int,
    seed: int,
    file: Path,
    *,
    lookups: Mapping[str, Path] | None = None,
    force: bool = False,
    progress: Progress = quiet,
) -> int:
    """Write a legacy file of ``count`` synthetic records; ``lookups`` names files to write the lookups to."""
    dialect = plan.dialect
    with ExitStack() as stack:
        target = stack.enter_context(Target(file, is_folder=False, force=force))
        beside = {
            name: stack.enter_context(Target(path, is_folder=False, force=force)) for name, path in (lookups or {}).items()
        }
        held: dict[str, list[pl.DataFrame]] = {name: [] for name in beside}
        with target.work.open("wb") as out:
            header = records.header_line(dialect) if dialect.header else ""
            out.write(dialect.mark + (encoding.encode(header, dialect) or b""))
            done = 0
            for frame in sample_frame(plan, count, seed):
                out.write(encoding.encode_block(records.lines(frame, dialect), dialect) or b"")
                for frames in held.values():
                    frames.append(frame)
                done += len(frame)
                progress(done, count)
        for name, frames in held.items():
            beside[name].work.write_bytes(lookup_bytes(plan, name, frames))
            beside[name].commit()
        target.commit()
    return count


def _pools(plan: Plan, seed: int) -> list[pl.DataFrame]:
    """Return, for each route, plausible values of its standard columns that its last lens and the schema admit."""
    domains = {column.name: column.domain for column in plan.standard.columns}
    required = {column.name for column in plan.standard.columns if column.required}
    pools = []
    for route in plan.routes:
        rng = random.Random(f"{seed}/{route.index}")  # noqa: S311 -- synthetic data, not secrets
        try:
            pools.append(_pool(route.standard, _codomain(plan, route.index), domains, required, route.constant, rng))
        except UnsampledError:
            raise DefinitionError([fault("C0028", column=", ".join(route.standard))]) from None
    return pools


def _codomain(plan: Plan, index: int) -> Record | None:
    route = plan.routes[index]
    return route.steps[-1].codomain if route.steps else None


def _pool(
    names: tuple[str, ...],
    codomain: Record | None,
    domains: Mapping[str, Domain],
    required: set[str],
    constant: str | None,
    rng: random.Random,
) -> pl.DataFrame:
    if constant is not None:
        return pl.DataFrame({names[0]: [constant]})
    if codomain is None or len(names) == 1:
        columns = {name: _column(domains[name], codomain, name in required, rng) for name in names}
        return pl.DataFrame(columns)
    drawn = rows(codomain, rng, POOL)
    keys: dict[str, Key] = {name: position for position, name in enumerate(names)}
    frame = pl.DataFrame({name: pl.Series([row[key] for row in drawn], dtype=pl.String) for name, key in keys.items()})
    inside = [pl.col(name).is_null() | check_value(domains[name], pl.col(name)) for name in names]
    return frame.filter(pl.all_horizontal(inside))


def _column(domain: Domain, codomain: Record | None, is_required: bool, rng: random.Random) -> pl.Series:
    """Draw a column's pool: from the schema, or from the lens where it is narrower; one in fifty absent if it may be."""
    source = codomain.columns[0][1] if codomain is not None and not is_wide(codomain) else domain
    values: list[str | None] = list(members(source, rng, POOL))
    if not is_required:
        values = [None if rng.random() < 0.02 else value for value in values]
    return pl.Series(values, dtype=pl.String)


def is_wide(codomain: Record) -> bool:
    """Tell whether a lens admits so much that the schema is the better source of plausible values."""
    return isinstance(codomain.columns[0][1], Text)


def _candidates(plan: Plan, pools: list[pl.DataFrame], start: int, seed: int) -> pl.DataFrame:
    """Return ``CHUNK`` candidates: rows of the pools picked by arithmetic, and keys counted up."""
    index = pl.int_range(start, start + CHUNK, dtype=pl.UInt64, eager=True)
    frame = pl.DataFrame({ROW: index.cast(pl.Int64) + 1})
    for number, pool in enumerate(pools):
        picks = _scatter(index, seed, number) % len(pool)
        frame = frame.hstack(pool[picks.cast(pl.UInt32)])
    first, *others = plan.standard.key or (None,)
    if first in frame.columns:
        frame = frame.with_columns((index + 1_000_000_000).cast(pl.String).alias(first))
    return frame.with_columns(pl.lit("1").alias(name) for name in others if name in frame.columns)


def _scatter(index: pl.Series, seed: int, number: int) -> pl.Series:
    """Return well-spread 32-bit integers for ``index``; every product stays below 2**64, so nothing wraps."""
    mixed = (index + (seed * 0x9E3779B1 + number * 0x85EBCA77) % _MASK) & _MASK
    for factor, shift in ((0x7FEB352D, 15), (0x846CA68B, 16)):
        mixed = (((mixed // 2**shift) ^ mixed) * factor) & _MASK
    return (mixed // 2**16) ^ mixed
