"""Synthetic legacy files: records made on the standard side and taken back, so that every one of them is accepted.

The same mapping, seed and number of rows give the same file on every machine: draws come from Python's generator and
from integer arithmetic, never from a library's hash.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from stdconv.conversion.numbering import Numbering
from stdconv.conversion.relay import relay_frame
from stdconv.domains.check import check_value
from stdconv.domains.sampler import FRUITLESS as TRIES_IN_VAIN
from stdconv.domains.sampler import UnsampledError, members, rows
from stdconv.domains.sets import Record, Text
from stdconv.errors import DefinitionError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.layouts import writer
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.layouts.writable import fits
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route
from stdconv.runs.apart import ensure_apart
from stdconv.runs.atomic import AtomicOutput, commit
from stdconv.runs.controlfile import ControlFile
from stdconv.runs.lookupfiles import lookup_bytes
from stdconv.runs.samplehistory import GROUP, History, fitting, whole
from stdconv.runs.sampletown import SCHEMAS, town_frames
from stdconv.standard.documents import Column

POOL = 4096
"""How many values are drawn for each field; records pick from them."""
CHUNK = 100_000
"""How many candidates are tried at once."""
FRUITLESS = 20
"""How many frames in a row may give no record before the search ends: a mapping may accept next to nothing."""
FIRST_KEY = 1_000_000_000
"""From where keys are counted up, unless the layout has room for fewer digits."""
_MASK = 0xFFFFFFFF
"""Keeps 32 bits: the product of two such numbers fits into 64."""


def sample_frame(plan: Plan, count: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield ``count`` legacy records in frames (``_row``, legacy and looked-up columns), all of them convertible.

    Where the schema has a town for it they are its residents; elsewhere each column is drawn from what it admits, and
    records are whole histories where the schema has a rule about them.
    """
    if plan.schema.name in SCHEMAS:
        yield from _of_a_town(plan, count, seed)
    else:
        yield from _of_domains(plan, count, seed)


def _of_a_town(plan: Plan, count: int, seed: int) -> Iterator[pl.DataFrame]:
    done = 0
    for legacy in town_frames(plan, count, seed, FRUITLESS):
        yield legacy
        done += len(legacy)
    if done < count:
        raise _undrawn(plan.carried, "town")


def _of_domains(plan: Plan, count: int, seed: int) -> Iterator[pl.DataFrame]:
    pools = _pools(plan, seed)
    numbering, history = Numbering(plan), History.of(plan)
    done = candidate = fruitless = 0
    while done < count:
        standard = _candidates(plan, pools, candidate, seed)
        candidate += CHUNK
        if history is not None:
            standard = history.arranged(standard)
        legacy = _numbered(plan, numbering, relay_frame(plan, standard).legacy)
        if history is None:
            legacy = legacy.head(count - done)
        else:
            legacy = fitting(whole(legacy), count - done, by=GROUP).drop(GROUP)
        fruitless = 0 if len(legacy) else fruitless + 1
        if fruitless > FRUITLESS:
            raise _undrawn(plan.carried, "records", tries=fruitless * CHUNK)
        if len(legacy):
            yield legacy
        done += len(legacy)


def _numbered(plan: Plan, numbering: Numbering, legacy: pl.DataFrame) -> pl.DataFrame:
    """Return the records that are accepted with the numbers which their order gives them, whatever was drawn."""
    legacy = numbering.number(legacy)
    for form in plan.numbered:
        column, number = plan.schema.column(form.standard), pl.col(form.column)
        is_inside = check_value(column.domain, number)
        legacy = legacy.filter(is_inside if column.required else is_inside | (number == ""))
    return legacy


def sample_file(
    plan: Plan,
    count: int,
    seed: int,
    file: Path,
    *,
    lookups: Mapping[str, Path] | None = None,
    force: bool = False,
    watch: Watch = UNWATCHED,
) -> int:
    """Write a legacy file of ``count`` synthetic records; ``lookups`` names files to write the lookups to.

    A control file is written beside it where the layout comes with one.
    """
    dialect, control = plan.dialect, ControlFile(plan, file, force=force)
    ensure_apart(plan.files, [file, *control.paths, *(lookups or {}).values()])
    with ExitStack() as stack:
        stack.enter_context(control)
        beside = {
            name: stack.enter_context(AtomicOutput(path, is_folder=False, force=force))
            for name, path in (lookups or {}).items()
        }
        output = stack.enter_context(AtomicOutput(file, is_folder=False, force=force))
        held: dict[str, list[pl.DataFrame]] = {name: [] for name in beside}
        with output.work.open("wb") as out:
            out.write(writer.beginning(dialect))
            done = 0
            for frame in sample_frame(plan, count, seed):
                out.write(writer.body(frame, dialect))
                for frames in held.values():
                    frames.append(frame)
                done += len(frame)
                watch.tell(done, count, "records")
            out.write(writer.ending(dialect, done))
        for name, frames in held.items():
            with beside[name].told():
                beside[name].work.write_bytes(lookup_bytes(plan, name, frames))
        control.write(output.work, dialect, done)
        watch.ask()
        commit([*beside.values(), *control.outputs, output])
    return count


def _pools(plan: Plan, seed: int) -> list[pl.DataFrame]:
    """Return, for each route, plausible values of its standard columns that its last lens and the schema admit."""
    pools = []
    for route in plan.routes:
        rng = random.Random(f"{seed}/{route.index}")  # noqa: S311 -- synthetic data, not secrets
        try:
            pools.append(_fitting(plan, route, _pool(plan, route, rng)))
        except UnsampledError as error:
            raise undrawn(route.standard, error) from None
        if pools[-1].is_empty():
            raise _undrawn(route.standard, "steps", tries=POOL)
    return pools


def undrawn(columns: Iterable[str], error: UnsampledError) -> DefinitionError:
    """Return the error that says why no value of ``columns`` was drawn."""
    return _undrawn(columns, "certain" if error.is_certain else "tried", tries=TRIES_IN_VAIN)


def _undrawn(columns: Iterable[str], why: str, **words: object) -> DefinitionError:
    problem = phrase("no-sample", why, **words)
    return DefinitionError([fault("C0028", column=list(columns), problem=problem)])


def _pool(plan: Plan, route: Route, rng: random.Random) -> pl.DataFrame:
    if route.constant is not None:
        return pl.DataFrame({route.standard[0]: [route.constant]})
    columns = [plan.schema.column(name) for name in route.standard]
    codomain = route.steps[-1].codomain if route.steps else None
    if codomain is None or len(columns) == 1:
        return pl.DataFrame({column.name: _values(column, codomain, rng) for column in columns})
    drawn = rows(codomain, rng, POOL)
    frame = pl.DataFrame(
        {column.name: [row[position] for row in drawn] for position, column in enumerate(columns)},
        schema=dict.fromkeys(route.standard, pl.String),
    )
    inside = [pl.col(c.name).is_null() | check_value(c.domain, pl.col(c.name)) for c in columns]
    return frame.filter(pl.all_horizontal(inside))


def _fitting(plan: Plan, route: Route, pool: pl.DataFrame) -> pl.DataFrame:
    """Return the values that the layout and its lookups have room for, where their columns have a width."""
    rooms = [(name, *room) for name in route.legacy for room in _rooms(plan, name)]
    if not rooms or route.beside:
        return pool
    written = dict(zip(route.legacy, route.back(tuple(map(pl.col, route.standard))), strict=True))
    return pool.filter(
        pl.all_horizontal(fits(written[name].fill_null(""), column, dialect) for name, column, dialect in rooms)
    )


def _rooms(plan: Plan, name: str) -> Iterator[tuple[str, Dialect]]:
    """Yield the columns of a width in which a value is written: of the layout, and of lookups it finds or is in."""
    dialects = {"": plan.dialect} | {f"{lookup}.": plan.lookup_dialect(lookup) for lookup in plan.mapping.lookups}
    for prefix, dialect in dialects.items():
        is_key = prefix and name in plan.mapping.lookups[prefix[:-1]].key
        column = name if is_key else name.removeprefix(prefix)
        if (is_key or name.startswith(prefix)) and dialect.room_of(column) is not None:
            yield column, dialect


def _first_key(plan: Plan, name: str) -> int:
    """Return the number from which keys are counted up: of ten digits, or of as many as the layout has room for."""
    (route,) = [route for route in plan.routes if name in route.standard]
    number = FIRST_KEY
    while number and _fitting(plan, route, pl.DataFrame({each: [str(number)] for each in route.standard})).is_empty():
        number //= 10
    return number or FIRST_KEY


def _values(column: Column, codomain: Record | None, rng: random.Random) -> pl.Series:
    """Draw a pool from the lens where it says more than any text, else from the schema; one in fifty may be absent."""
    narrow = codomain.columns[0][1] if codomain is not None else None
    source = column.domain if narrow is None or isinstance(narrow, Text) else narrow
    values: list[str | None] = list(members(source, rng, POOL))
    if not column.required:
        values = [None if rng.random() < 0.02 else value for value in values]
    return pl.Series(values, dtype=pl.String)


def _candidates(plan: Plan, pools: list[pl.DataFrame], start: int, seed: int) -> pl.DataFrame:
    """Return ``CHUNK`` candidates: rows of the pools picked by arithmetic, and keys counted up."""
    index = pl.int_range(start, start + CHUNK, dtype=pl.UInt64, eager=True)
    frame = pl.DataFrame({ROW: index.cast(pl.Int64) + 1})
    for number, pool in enumerate(pools):
        picks = _scatter(index, seed, number) % len(pool)
        frame = frame.hstack(pool[picks.cast(pl.UInt32)])
    first, *others = plan.schema.key or (None,)
    if first in frame.columns:
        frame = frame.with_columns((index + _first_key(plan, first)).cast(pl.String).alias(first))
    firsts = [name for name in others if name in frame.columns and _is_member(plan.schema.column(name), "1")]
    return frame.with_columns(pl.lit("1").alias(name) for name in firsts)


def _is_member(column: Column, value: str) -> bool:
    return bool(pl.select(check_value(column.domain, pl.lit(value))).item())


def _scatter(index: pl.Series, seed: int, number: int) -> pl.Series:
    """Return well-spread 32-bit integers for ``index``; every product stays below 2**64, so nothing wraps."""
    # The factors are xxHash's primes (for seed and number) and lowbias32's multipliers: published, tested mixers.
    mixed = (index + (seed * 0x9E3779B1 + number * 0x85EBCA77) % _MASK) & _MASK
    for factor, shift in ((0x7FEB352D, 15), (0x846CA68B, 16)):
        mixed = (((mixed // 2**shift) ^ mixed) * factor) & _MASK
    return (mixed // 2**16) ^ mixed
