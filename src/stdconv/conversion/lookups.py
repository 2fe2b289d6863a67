"""Lookups: second legacy files, read like the main one, and joined by key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from stdconv.conversion.work import Work
from stdconv.errors import DefinitionError
from stdconv.findings.frames import about_file, about_rows, empty, joined
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, refused_rows, shifted, without
from stdconv.findings.shown import Counted
from stdconv.layouts.characters import look_at
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Part
from stdconv.layouts.reader import read_batch
from stdconv.layouts.records import no_records
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import legacy_column

AT, TWICE = "_at", "_twice"
"""Columns of a table: the row at which a key is first, and whether it has several values."""


@dataclass(frozen=True, repr=False)
class Table(Counted):
    """A lookup made ready to join: its key columns, its columns as ``lookup.column``, and which keys have several rows.

    ``frame`` has one row per key, ``AT`` (its row in the file) and ``TWICE`` (its key has several values).
    """

    name: str
    key: tuple[str, ...]
    frame: pl.DataFrame
    findings: list[pl.DataFrame] = field(default_factory=list)


Tables = Mapping[str, Table]


def ensure_known_lookups(plan: Plan, names: Iterable[str]) -> None:
    """Raise ``DefinitionError`` for lookups that the mapping does not know."""
    known = list(plan.mapping.lookups)
    if faults := [fault("C0006", lookup=name, known=known) for name in names if name not in plan.mapping.lookups]:
        raise DefinitionError(faults)


def ensure_lookups(plan: Plan, names: Collection[str]) -> None:
    """Raise ``DefinitionError`` for lookups that the mapping does not know, and for needed ones that are not given."""
    ensure_known_lookups(plan, names)
    faults = [
        fault("C0007", lookup=name, column=form.standard)
        for name in plan.mapping.lookups
        for form in plan.lookup_fields(name)
        if name not in names and form.missing is None
    ]
    if faults:
        raise DefinitionError(faults)


def read_table(
    plan: Plan, name: str, batches: Iterable[Part], dialect: Dialect | None = None
) -> tuple[Table, list[pl.DataFrame]]:
    """Read the rows of the lookup ``name`` (bytes without mark and header); returns the findings about them too.

    ``dialect`` has the columns in the order of the file, where that is not the declared one. A row that cannot be read
    is a warning, since the records that need it will have none.
    """
    dialect = dialect or plan.lookup_dialect(name)
    frames, findings, offset = [no_records(dialect)], list[pl.DataFrame](), 0
    for batch in batches:
        parsed = read_batch(batch, dialect, side=f"lookup:{name}")
        refused = refused_rows(pl.concat([empty(), *parsed.findings]))
        findings += [shifted(_as_warnings(frame), offset) for frame in parsed.findings]
        frames.append(shifted(without(parsed.frame, refused), offset))
        offset += parsed.pieces.count
    table = make_table(plan, name, pl.concat(frames))
    return table, findings + table.findings


def _as_warnings(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings that would refuse a record as warnings about a row of a lookup, which is then not used."""
    refuses = pl.col("severity") == "refuse"
    why = pl.concat_str("code", "detail", separator=" ").str.strip_chars()
    return findings.with_columns(
        code=pl.when(refuses).then(pl.lit("D0004")).otherwise("code"),
        severity=pl.when(refuses).then(pl.lit("warn")).otherwise("severity"),
        detail=pl.when(refuses).then(why).otherwise("detail"),
    )


def make_table(plan: Plan, name: str, rows: pl.DataFrame) -> Table:
    """Make the table of the lookup ``name`` out of its records (``_row``, key and columns, all text)."""
    lookup = plan.mapping.lookups[name]
    columns = [f"{name}.{column}" for column in lookup.columns]
    renamed = rows.select(ROW, *lookup.key, *(pl.col(c).alias(f"{name}.{c}") for c in lookup.columns))
    grouped = renamed.group_by(lookup.key, maintain_order=True).agg(
        pl.col(ROW).first().alias(AT),
        pl.len().alias("_times"),
        (pl.struct(columns).n_unique() > 1).alias(TWICE),
        *(pl.col(column).first() for column in columns),
    )
    repeated = grouped.filter((pl.col("_times") > 1) & ~pl.col(TWICE))
    findings = [] if repeated.is_empty() else [about_rows(repeated[AT], "D0003", side=f"lookup:{name}", column="")]
    return Table(name, lookup.key, grouped.drop("_times"), findings)


def table_of(plan: Plan, name: str, rows: pl.DataFrame) -> Table:
    """Make the table of the lookup ``name`` out of a frame, looked at as a file's rows are."""
    kept, found = look_at(rows, plan.lookup_dialect(name), f"lookup:{name}")
    table = make_table(plan, name, kept)
    return replace(table, findings=[*map(_as_warnings, found), *table.findings])


def join(plan: Plan, tables: Tables, work: Work) -> Work:
    """Join every lookup of the mapping, given or not, to the legacy values of ``work``.

    A looked-up value is null where no row gives it, and empty where a row leaves it empty.
    """
    for name in plan.mapping.lookups:
        work = _with_table(plan, tables[name], work) if name in tables else _not_given(plan, name, work)
    return work


def _not_given(plan: Plan, name: str, work: Work) -> Work:
    columns = (legacy_column(f"{name}.{column}") for column in plan.mapping.lookups[name].columns)
    frame = work.frame.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in columns)
    findings = [
        about_rows(frame[ROW], "T0015", side="standard", column=joined(form.standard), severity=form.missing.severity)
        for form in plan.lookup_fields(name)
        if form.missing
    ]
    return work.with_frame(frame).with_findings(findings)


def _with_table(plan: Plan, table: Table, work: Work) -> Work:
    rows = table.frame.rename({name: legacy_column(name) for name in table.frame.columns if name not in (AT, TWICE)})
    frame = work.frame.join(rows, on=list(map(legacy_column, table.key)), how="left", maintain_order="left")
    absent = frame.filter(pl.col(AT).is_null())[ROW]
    several = frame.filter(pl.col(TWICE).fill_null(value=False))[ROW]
    findings = []
    for form in plan.lookup_fields(table.name):
        severity = form.missing.severity if form.missing else "refuse"
        column, side = joined(form.standard), f"lookup:{table.name}"
        if len(absent):
            findings.append(about_rows(absent, "T0014", side=side, column=column, severity=severity))
        if len(several):
            findings.append(about_rows(several, "T0018", side=side, column=column))
    used = frame[AT].drop_nulls().unique()
    return work.with_frame(frame.drop(AT, TWICE)).with_findings(findings).with_used(table.name, used)


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
    if _is_key(rows, lookup.key):
        return rows
    rows = rows.unique(maintain_order=True)
    says = pl.any_horizontal([pl.col(column) != "" for column in lookup.columns])
    rows = rows.filter(says | ~says.any().over(lookup.key))
    return rows.filter(pl.struct(lookup.key).is_unique())


def contradictory(plan: Plan, name: str, needs: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the lookup ``name`` for which records need several rows."""
    key, rows = plan.mapping.lookups[name].key, rows_of(plan, name, needs)
    if _is_key(rows, key):
        return rows.select(key).clear()
    keys = rows.unique().select(key)
    return keys.filter(keys.is_duplicated()).unique()


def _is_key(rows: pl.DataFrame, key: Sequence[str]) -> bool:
    """Return whether no two of ``rows`` have the same ``key``."""
    return rows.select(key).n_unique() == len(rows)
