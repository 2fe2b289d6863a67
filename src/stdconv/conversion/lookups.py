"""Lookups: second legacy files, read like the main one, and joined by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from stdconv.findings.frames import about_file, about_rows
from stdconv.findings.rows import ROW
from stdconv.mapping.plan import Plan


@dataclass(frozen=True)
class Table:
    """A lookup made ready to join: its key columns, its columns as ``lookup.column``, and whose keys stand twice.

    ``frame`` has one row per key, ``_at`` (its row in the file) and ``_twice`` (its key has several values).
    """

    name: str
    key: tuple[str, ...]
    frame: pl.DataFrame
    findings: list[pl.DataFrame] = field(default_factory=list)


Tables = Mapping[str, Table]


def make_table(plan: Plan, name: str, rows: pl.DataFrame) -> Table:
    """Make the table of the lookup ``name`` out of its records (``_row``, key and columns, all text)."""
    lookup = plan.mapping.lookups[name]
    columns = [f"{name}.{column}" for column in lookup.columns]
    renamed = rows.select(ROW, *lookup.key, *(pl.col(c).alias(f"{name}.{c}") for c in lookup.columns))
    grouped = renamed.group_by(lookup.key, maintain_order=True).agg(
        pl.col(ROW).first().alias("_at"),
        pl.len().alias("_times"),
        (pl.struct(columns).n_unique() > 1).alias("_twice"),
        *(pl.col(column).first() for column in columns),
    )
    repeated = grouped.filter((pl.col("_times") > 1) & ~pl.col("_twice"))
    findings = [] if repeated.is_empty() else [about_rows(repeated["_at"], "D0003", side=f"lookup:{name}", column="")]
    return Table(name, lookup.key, grouped.drop("_times"), findings)


@dataclass(frozen=True)
class WithLookups:
    """A legacy frame with its looked-up columns, the findings about keys, and the lookup rows used.

    A looked-up value is null where there is no row to say it, and empty where a row says so.
    """

    frame: pl.DataFrame
    findings: list[pl.DataFrame]
    used: dict[str, pl.Series]


def join(plan: Plan, tables: Tables, legacy: pl.DataFrame) -> WithLookups:
    """Join every lookup of the mapping, given or not, to ``legacy`` (``_row`` and the legacy columns)."""
    work = WithLookups(legacy, [], {})
    for name in plan.mapping.lookups:
        work = _with_table(plan, tables[name], work) if name in tables else _not_given(plan, name, work)
    return work


def _not_given(plan: Plan, name: str, work: WithLookups) -> WithLookups:
    frame = work.frame.with_columns(
        pl.lit(None, dtype=pl.String).alias(f"{name}.{c}") for c in plan.mapping.lookups[name].columns
    )
    rows = frame[ROW]
    findings = [
        about_rows(rows, "T0015", side="standard", column="+".join(form.standard), severity=form.missing.severity)
        for form in plan.lookup_fields(name)
        if form.missing
    ]
    return WithLookups(frame, work.findings + findings, work.used)


def _with_table(plan: Plan, table: Table, work: WithLookups) -> WithLookups:
    frame = work.frame.join(table.frame, on=list(table.key), how="left", maintain_order="left")
    absent = frame.filter(pl.col("_at").is_null())[ROW]
    twice = frame.filter(pl.col("_twice").fill_null(value=False))[ROW]
    findings = []
    for form in plan.lookup_fields(table.name):
        severity = form.missing.severity if form.missing else "refuse"
        column, side = "+".join(form.standard), f"lookup:{table.name}"
        if len(absent):
            findings.append(about_rows(absent, "T0014", side=side, column=column, severity=severity))
        if len(twice):
            findings.append(about_rows(twice, "T0018", side=side, column=column))
    used = frame["_at"].drop_nulls().unique()
    frame = frame.drop("_at", "_twice")
    return WithLookups(frame, work.findings + findings, work.used | {table.name: used})


def unused(table: Table, used: pl.Series, read: int) -> pl.DataFrame | None:
    """Return the finding that says how many rows of a lookup none of ``read`` records asked for, or ``None``.

    A lookup of which nothing was used is most likely the wrong one.
    """
    rows = len(table.frame) - len(used)
    code = "D0002" if len(used) or not read else "D0005"
    return about_file(code, side=f"lookup:{table.name}", detail=f"rows={rows}") if rows else None


def rows_of(plan: Plan, name: str, legacy: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the lookup ``name`` that legacy records (with their ``lookup.column`` columns) need."""
    lookup = plan.mapping.lookups[name]
    return legacy.select(*lookup.key, *(pl.col(f"{name}.{column}").alias(column) for column in lookup.columns))


def settled(plan: Plan, name: str, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return one row per key of what ``frames`` need: the one that says something, where only one does."""
    lookup = plan.mapping.lookups[name]
    schema = dict.fromkeys((*lookup.key, *lookup.columns), pl.String)
    rows = pl.concat([pl.DataFrame(schema=schema), *(rows_of(plan, name, frame) for frame in frames)])
    rows = rows.unique(maintain_order=True)
    says = pl.any_horizontal([pl.col(column) != "" for column in lookup.columns])
    rows = rows.filter(says | ~says.any().over(lookup.key))
    return rows.filter(pl.struct(lookup.key).is_unique())


def contradictory(plan: Plan, name: str, needs: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the lookup ``name`` for which records need several rows."""
    keys = rows_of(plan, name, needs).unique().select(plan.mapping.lookups[name].key)
    return keys.filter(keys.is_duplicated()).unique()
