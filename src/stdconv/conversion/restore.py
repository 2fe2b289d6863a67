"""The way back: standard records to legacy frames, and with their residue to the bytes that they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.program import program_of
from stdconv.conversion.translate import back
from stdconv.conversion.work import Work
from stdconv.findings.rows import ROW, only
from stdconv.layouts import records, writer
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.reader import values_of
from stdconv.mapping.plan import Plan


def restore_frame(plan: Plan, standard: pl.DataFrame) -> pl.DataFrame:
    """Translate standard records (``_row`` and carried columns) back into ``_row`` and the legacy columns, none null.

    Looked-up columns follow them as ``lookup.column``, and numbers as the records had them.
    """
    work = Work.of_standard(standard, plan.carried)
    return legacy_of(plan, work.with_frame(back(program_of(plan.routes), work.frame)))


def legacy_of(plan: Plan, work: Work) -> pl.DataFrame:
    """Return of what is written what ``restore_frame`` does."""
    columns = plan.mapping.legacy.columns
    numbers = [form.column for form in plan.numbered]
    looked_up = [f"{name}.{column}" for name, lookup in plan.mapping.lookups.items() for column in lookup.columns]
    return work.written((*columns, *looked_up, *numbers), defaults=plan.mapping.defaults)


def overlay(legacy: pl.DataFrame, remains: pl.DataFrame) -> pl.DataFrame:
    """Return ``legacy`` with the residue's spellings in place of what going back gives."""
    if remains.is_empty():
        return legacy
    names = [name for name in legacy.columns if name in remains.columns and name != ROW]
    spelled = remains.select(ROW, *(pl.col(name).alias(f"_r:{name}") for name in names))
    both = legacy.join(spelled, on=ROW, how="left", maintain_order="left")
    spelled_out = both.with_columns(pl.coalesce(pl.col(f"_r:{name}"), pl.col(name)).alias(name) for name in names)
    return spelled_out.select(legacy.columns)


def restore_batch(
    plan: Plan, standard: pl.DataFrame, remains: pl.DataFrame, refused: Mapping[int, bytes]
) -> bytes | None:
    """Return the legacy bytes of a range of rows; ``None`` where the residue is not of these standard records.

    ``standard`` holds the accepted records with ``_row``, ``remains`` their residue, ``refused`` the other records.
    """
    if len(residue.misplaced(remains, standard, plan.carried)):
        return None
    legacy = overlay(restore_frame(plan, standard).select(ROW, *plan.mapping.legacy.columns), remains)
    own = {name: remains[name].is_not_null() for name in (residue.BEFORE, residue.RAW)}
    special = remains.filter(own[residue.BEFORE] | own[residue.RAW])
    if special.is_empty() and not refused:
        return writer.block(legacy, plan.dialect)
    raw = {row: data for row, data in special.select(ROW, residue.RAW).iter_rows() if data is not None}
    if not _agree(plan, legacy, raw):
        return None
    before = {row: data for row, data in special.select(ROW, residue.BEFORE).iter_rows() if data is not None}
    parts = list(_put_in(records.lines(legacy, plan.dialect), legacy[ROW], before, raw | dict(refused), plan.dialect))
    return None if None in parts else b"".join(part for part in parts if part is not None)


def _put_in(
    lines: pl.Series, rows: pl.Series, before: Mapping[int, bytes], instead: Mapping[int, bytes], dialect: Dialect
) -> Iterator[bytes | None]:
    """Yield the bytes of ``lines``, the records ``rows`` as they are written, all at once between what is put in.

    ``before`` are bytes in front of a row, ``instead`` those of a row, be it among ``rows`` or not.
    """
    text = str(lines.str.join("").item() or "") if len(lines) else ""
    ends = pl.concat([pl.Series([0], dtype=pl.Int64), lines.str.len_chars().cast(pl.Int64).cum_sum()])
    others = pl.Series(sorted({*before, *instead}), dtype=pl.Int64)
    places = rows.search_sorted(others, side="left")
    nexts = rows.search_sorted(others, side="right")
    done = 0
    for row, end, next_ in zip(others, ends.gather(places), ends.gather(nexts), strict=True):
        yield writer.of_lines(text[done:end], dialect)
        yield before.get(row, b"") + instead.get(row, b"")
        done = next_ if row in instead else end
    yield writer.of_lines(text[done:], dialect)


def _agree(plan: Plan, legacy: pl.DataFrame, raw: Mapping[int, bytes]) -> bool:
    """Return whether every raw record parses to the values that going back and the residue give."""
    if not raw:
        return True
    values = only(legacy.select(ROW, *plan.dialect.columns), pl.Series(list(raw), dtype=pl.Int64))
    for row in values.iter_rows():
        if values_of(plan.dialect.coding.inside(raw[row[0]]), plan.dialect) != list(row[1:]):
            return False
    return len(values) == len(raw)
