"""Legacy files in memory, converted and restored as the command does it: through bytes, in batches of any size."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.convert import outcomes
from stdconv.conversion.known import Known
from stdconv.conversion.lookups import Tables, read_table
from stdconv.conversion.outcome import Outcome, together
from stdconv.conversion.restore import restore_batch, restore_frame
from stdconv.findings.rows import ROW
from stdconv.layouts import pieces, writer
from stdconv.layouts.batches import batches
from stdconv.layouts.encodings import Encoding
from stdconv.mapping.plan import Plan
from stdconv.runs.lookupfiles import lookup_bytes

WHOLE = 1 << 30
"""A batch size that no generated file reaches."""


@dataclass(frozen=True)
class LegacyFile:
    """The records of a legacy file, without mark and header, and the rows of its lookups by name, likewise."""

    body: bytes
    lookups: Mapping[str, bytes] = field(default_factory=dict)


def convert(plan: Plan, file: LegacyFile, size: int = WHOLE, *, known: Known | None = None) -> Outcome:
    """Convert ``file`` in batches of about ``size`` bytes, all together as one outcome; by ``known`` values, if any."""
    body = plan.dialect.coding.reading(io.BytesIO(file.body))
    parts = list(batches(body, b"", plan.dialect, size=size))
    return together(outcomes(plan, tables_of(plan, file.lookups), parts or [b""], known=known))


def tables_of(plan: Plan, lookups: Mapping[str, bytes]) -> Tables:
    """Return the tables of lookup rows; rows that cannot be read are left out."""
    inside = {name: plan.lookup_dialect(name).coding.inside(body) for name, body in lookups.items()}
    return {name: read_table(plan, name, [body])[0] for name, body in inside.items()}


def restore(plan: Plan, whole: Outcome) -> bytes | None:
    """Return the bytes that standard, residue and refused records give; ``None`` where they contradict each other."""
    rows = whole.residue.select(ROW, residue.REFUSED).drop_nulls()[ROW].to_list()
    if len(rows) != len(whole.refused_bytes):
        return None
    return restore_batch(plan, whole.standard, whole.residue, dict(zip(rows, whole.refused_bytes, strict=True)))


def written(plan: Plan, standard: pl.DataFrame) -> LegacyFile | None:
    """Return ``standard`` (``_row`` and carried columns) as a legacy file without residue, with all its lookups."""
    return as_file(plan, restore_frame(plan, standard))


def as_file(plan: Plan, legacy: pl.DataFrame) -> LegacyFile | None:
    """Return legacy and looked-up columns as a file; ``None`` where the layout's encoding cannot write a value."""
    body = writer.block(legacy, plan.dialect)
    return None if body is None else LegacyFile(body, lookups_for(plan, [legacy]))


def lookups_for(plan: Plan, needs: Iterable[pl.DataFrame]) -> dict[str, bytes]:
    """Return the rows of every lookup that legacy records (with their looked-up columns) need."""
    frames = list(needs)
    return {name: without_header(plan, name, lookup_bytes(plan, name, frames)) for name in plan.mapping.lookups}


def without_header(plan: Plan, name: str, data: bytes) -> bytes:
    """Return a lookup file without its mark and header."""
    dialect = plan.lookup_dialect(name)
    inside = dialect.coding.inside(data)
    header = pieces.read_header(inside, dialect)
    return data if header is None else dialect.coding.outside(inside[len(header.before) + len(header.raw) :])


def standard_frame(plan: Plan, rows: Iterable[Mapping[str, str | None]]) -> pl.DataFrame:
    """Return standard records as a frame: ``_row`` from 1 and the carried columns."""
    listed = list(rows)
    data = {name: pl.Series([row.get(name) for row in listed], dtype=pl.String) for name in plan.carried}
    return pl.DataFrame(data).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def shown(plan: Plan, file: LegacyFile) -> Iterator[tuple[str, bytes, Encoding]]:
    """Yield the parts of ``file``, each with what it is called and the encoding it is to be read with."""
    yield plan.mapping.id, file.body, plan.dialect.encoding
    for name, body in file.lookups.items():
        yield name, body, plan.lookup_dialect(name).encoding


class BrokenError(Exception):
    """A law does not hold: its code, the file that shows it, and the columns that differ (or what else does)."""

    def __init__(self, code: str, file: LegacyFile, columns: Sequence[str] = (), kind: str = "") -> None:
        self.code = code
        self.file = file
        self.columns = tuple(columns)
        self.kind = kind
        super().__init__(code)


@contextmanager
def unraised(file: LegacyFile) -> Iterator[None]:
    """Turn whatever is raised on the way, polars' panics too, into a broken law: no input may raise."""
    try:
        yield
    except (BrokenError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the law is that nothing at all is raised
        raise BrokenError("P0011", file, kind=type(error).__name__) from error


StandardRow: TypeAlias = dict[str, str | None]
