"""Legacy files in memory, converted and restored as the command does it: through bytes, in batches of any size."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.batches import Outcome, convert_batch, restore_batch, restore_frame
from stdconv.conversion.lookups import Table, Tables, make_table
from stdconv.conversion.numbering import numbered
from stdconv.findings.rows import ROW
from stdconv.layouts import encoding, pieces, records
from stdconv.layouts.reader import read_batch
from stdconv.mapping.plan import Plan
from stdconv.runs.lookupfiles import lookup_bytes

WHOLE = 1 << 30
"""A batch size that no generated file reaches."""


@dataclass(frozen=True)
class LegacyFile:
    """The records of a legacy file, without mark and header, and the rows of its lookups by name, likewise."""

    body: bytes
    lookups: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Whole:
    """What became of a file, all batches together; frames as in ``Outcome``, rows counted through the file."""

    standard: pl.DataFrame
    refused: tuple[bytes, ...]
    residue: pl.DataFrame
    findings: pl.DataFrame
    read: int

    @property
    def refused_rows(self) -> list[int]:
        """The numbers of the refused records, in order."""
        return self.findings.filter(pl.col("severity") == "refuse")[ROW].drop_nulls().unique().sort().to_list()


def convert(plan: Plan, file: LegacyFile, size: int = WHOLE) -> Whole:
    """Convert ``file`` in batches of about ``size`` bytes."""
    tables = tables_of(plan, file.lookups)
    outcomes: list[Outcome] = []
    read = 0
    batches = list(pieces.batches(io.BytesIO(file.body), b"", plan.dialect, size=size))
    for batch in numbered(plan, batches or [b""]):
        outcome = convert_batch(plan, tables, batch)
        outcomes.append(outcome.shifted(read))
        read += outcome.read
    return Whole(
        pl.concat([outcome.standard for outcome in outcomes]),
        tuple(data for outcome in outcomes for data in outcome.refused),
        pl.concat([outcome.residue for outcome in outcomes]),
        pl.concat([outcome.findings for outcome in outcomes]),
        read,
    )


def tables_of(plan: Plan, lookups: Mapping[str, bytes]) -> Tables:
    """Read lookup rows as the command does; rows that cannot be read are left out."""
    tables: dict[str, Table] = {}
    for name, body in lookups.items():
        parsed = read_batch(body, plan.lookup_dialect(name), side=f"lookup:{name}")
        bad = {row for each in parsed.findings for row in each.filter(pl.col("severity") == "refuse")[ROW]}
        tables[name] = make_table(plan, name, parsed.frame.filter(~pl.col(ROW).is_in(bad)))
    return tables


def restore(plan: Plan, whole: Whole) -> bytes | None:
    """Return the bytes that standard, residue and refused records give; ``None`` where they contradict each other."""
    lengths = whole.residue.select(ROW, residue.REFUSED).drop_nulls()[ROW].to_list()
    if len(lengths) != len(whole.refused):
        return None
    return restore_batch(plan, whole.standard, whole.residue, dict(zip(lengths, whole.refused, strict=True)))


def written(plan: Plan, standard: pl.DataFrame) -> LegacyFile | None:
    """Return ``standard`` (``_row`` and carried columns) as a legacy file without residue, with all its lookups."""
    return as_file(plan, restore_frame(plan, standard))


def as_file(plan: Plan, legacy: pl.DataFrame) -> LegacyFile | None:
    """Return legacy and looked-up columns as a file; ``None`` where the layout's encoding cannot write a value."""
    body = encoding.encode_block(records.lines(legacy, plan.dialect), plan.dialect)
    return None if body is None else LegacyFile(body, lookups_for(plan, [legacy]))


def lookups_for(plan: Plan, needs: Iterable[pl.DataFrame]) -> dict[str, bytes]:
    """Return the rows of every lookup that legacy records (with their looked-up columns) need."""
    frames = list(needs)
    return {name: without_header(plan, name, lookup_bytes(plan, name, frames)) for name in plan.mapping.lookups}


def without_header(plan: Plan, name: str, data: bytes) -> bytes:
    """Return a lookup file without its mark and header."""
    header = pieces.read_header(data, plan.lookup_dialect(name))
    return data if header is None else data[len(header.before) + len(header.raw) :]


def standard_frame(plan: Plan, rows: Iterable[Mapping[str, str | None]]) -> pl.DataFrame:
    """Return standard records as a frame: ``_row`` from 1 and the carried columns."""
    listed = list(rows)
    data = {name: pl.Series([row.get(name) for row in listed], dtype=pl.String) for name in plan.carried}
    return pl.DataFrame(data).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def shown(plan: Plan, file: LegacyFile) -> Iterator[tuple[str, bytes, str]]:
    """Yield the parts of ``file``, each with what it is called and the codec it is to be read with."""
    yield plan.mapping.id, file.body, plan.dialect.codec
    for name, body in file.lookups.items():
        yield name, body, plan.lookup_dialect(name).codec
