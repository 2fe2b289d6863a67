"""Frames that are given: held against layout or schema, and their records numbered."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stdconv import arguments
from stdconv.arguments import File
from stdconv.conversion import residue as residues
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.frames import about_file
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, numbers
from stdconv.layouts.casting import cast
from stdconv.layouts.characters import look_at
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.records import absent, is_text
from stdconv.mapping.plan import Plan
from stdconv.reports.site import Site
from stdconv.runs.sites import site_of
from stdconv.standard.schema import Schema

KEY = "key:"
"""What the columns of a residue's key begin with, beside its legacy columns; alone it is the place in the residue."""


def texts(frame: pl.DataFrame, columns: Sequence[str], side: str, *, is_cast: bool = False) -> pl.DataFrame:
    """Return the named columns as text without nulls, numbered from 1. Raises ``DefinitionError``."""
    if is_cast:
        frame = cast(frame, {name: pl.String for name in columns if name in frame.columns}, side)
    types = frame.schema
    wrong = [name for name in columns if not is_text(types.get(name))]
    faults = [arguments.misfit_column(side, name, types.get(name), is_cast=is_cast) for name in wrong]
    if faults:
        raise DefinitionError(faults)
    if all(types[name] == pl.String and not frame[name].null_count() for name in columns):
        return frame.select(columns).insert_column(0, numbers(len(frame)))
    values = (pl.col(name).cast(pl.String).fill_null("") for name in columns)
    return frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW), *values)


def of_edition(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Return legacy records with all columns of a standard record, absent where a frame of it lacks some."""
    if plan.edition is None:
        return frame
    lacking = [name for name in plan.mapping.legacy.columns if name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in lacking)


def further(frame: pl.DataFrame, columns: Sequence[str], side: str) -> dict[int, pl.DataFrame]:
    """Return, by position, a finding for each column of a legacy frame that is not read, except ``_row``."""
    known = {ROW, *columns}
    positions = [position for position, name in enumerate(frame.columns, 1) if name not in known]
    return {position: about_file("C0095", side=side, detail=f"position={position}") for position in positions}


def numbered(standard: pl.DataFrame, known: Schema, *, read: int = 0, is_cast: bool = False) -> pl.DataFrame:
    """Return standard records, null for absent, with their ``_row``, or numbered behind those ``read`` before.

    Raises ``DefinitionError`` for columns that do not fit the schema, and a ``_row`` that does not number the records.
    """
    names = [name for name in standard.columns if name != ROW]
    kinds = known.polars_schema()
    if is_cast:
        standard = cast(standard, {name: kinds[name] for name in names if name in kinds}, "standard")
    arguments.ensure_columns(standard.select(names), known, is_cast=is_cast)
    values = absent(standard.with_columns(pl.col(name).cast(kinds[name]) for name in names))
    if ROW in standard.columns:
        return with_numbers(values, "standard")
    return values.with_row_index(ROW, offset=read + 1).with_columns(pl.col(ROW).cast(pl.Int64))


def with_numbers(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return ``frame`` with ``_row`` as whole numbers, or raise where they do not tell its records apart."""
    is_whole = ROW in frame.columns and frame.schema[ROW].is_integer()
    rows = frame[ROW].cast(pl.Int64, strict=False) if is_whole else pl.Series([None])
    if rows.has_nulls() or not rows.is_unique().all():
        raise DefinitionError([fault("C0047", side=side)])
    return frame.with_columns(rows)


def looked_at(given: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the standard records that could also stand in a CSV file, and what reading that would find."""
    return look_at(given, Dialect(tuple(name for name in given.columns if name != ROW)), "standard")


def lacking(known: Schema, columns: Sequence[str]) -> list[pl.DataFrame]:
    """Return a finding for each column that records need and that is not among ``columns``."""
    return [about_file("S0010", side="standard", column=name) for name in known.lacking(columns)]


def residue_of(residue: pl.DataFrame, columns: Sequence[str], key: Sequence[str]) -> pl.DataFrame:
    """Return what ``residue`` says of the legacy ``columns``, with its ``_row`` or the columns of its ``key``.

    Raises ``DefinitionError`` for columns that it lacks, and where these do not tell its rows apart.
    """
    keys = [KEY + name for name in key]
    kinds: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys([*columns, *keys], pl.String)
    kinds |= {residues.DIGEST: pl.Binary}
    types = residue.schema
    faults = [
        arguments.misfit_column("residue", name, types.get(name), kind)
        for name, kind in kinds.items()
        if types.get(name) not in (kind, pl.Null)
    ]
    if not key:
        residue = with_numbers(residue, "residue")
    if faults:
        raise DefinitionError(faults)
    values = [pl.col(name).cast(kind) for name, kind in kinds.items()]
    if not key:
        return residue.select(ROW, *values)
    ensure_key(residue, keys, key, "residue")
    return residue.select(pl.int_range(pl.len(), dtype=pl.Int64).alias(KEY), *values)


def ensure_key(frame: pl.DataFrame, columns: Sequence[str], key: Sequence[str], side: str) -> None:
    """Raise ``DefinitionError`` where the ``columns`` of a key are absent in a record, or the same in two."""
    values = frame.select(columns).with_row_index(ROW, offset=1)
    for problem, wrong in (
        ("absent", values.filter(pl.any_horizontal(pl.col(columns).is_null()))),
        ("twice", values.filter(pl.struct(columns).is_duplicated())),
    ):
        if len(wrong):
            raise DefinitionError([misleading_key(key, side, problem, len(wrong), wrong[ROW].item(0))])


def misleading_key(key: Sequence[str], side: str, problem: str, records: int, row: int) -> Fault:
    """Return that a key does not tell which record is which."""
    why, where = phrase("key", problem), phrase("side", side)
    return fault("C0084", side=where, columns=list(key), problem=why, records=records, row=row)


def load_site(site: File | None, known: Schema, as_of: str | None) -> Site:
    """Return what a site has decided about findings of ``known``; without a file, nothing."""
    path = None if site is None else arguments.path(site, "site")
    return site_of(path, known, as_of=as_of)
