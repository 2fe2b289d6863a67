"""The pure heart: a batch of bytes to an outcome, and back. Engines only schedule batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.lookups import Tables, WithLookups, join
from stdconv.conversion.translate import back, translate
from stdconv.findings import frames as found
from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW
from stdconv.layouts import encoding, pieces, records
from stdconv.layouts.pieces import Extent
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.mapping.plan import Plan
from stdconv.standard.checking import validate


@dataclass(frozen=True)
class Converted:
    """A legacy frame converted. ``standard`` and ``written`` (what restoring would write) hold the accepted records.

    All frames have ``_row``; ``refused`` are the row numbers of the others.
    """

    standard: pl.DataFrame
    written: pl.DataFrame
    findings: pl.DataFrame
    refused: pl.Series
    used: dict[str, pl.Series]


@dataclass(frozen=True)
class Outcome:
    """What became of a batch; rows count from 1 in the batch until ``shifted``.

    ``standard`` has the carried columns; ``refused`` the original bytes, in order; ``extent`` is how much was read.
    """

    standard: pl.DataFrame
    refused: list[bytes]
    residue: pl.DataFrame
    findings: pl.DataFrame
    used: dict[str, pl.Series]
    extent: Extent
    raw: int

    @property
    def read(self) -> int:
        """How many records were read."""
        return self.extent.records

    @property
    def accepted(self) -> int:
        """How many records were accepted."""
        return len(self.standard)

    def shifted(self, offset: int) -> Outcome:
        """Return the outcome with its rows counted from ``offset`` + 1."""
        moved = self.residue.with_columns(pl.col(ROW) + offset)
        return replace(
            self,
            residue=moved,
            findings=self.findings.with_columns(pl.col(ROW) + offset),
            standard=self.standard.with_columns(pl.col(ROW) + offset),
        )


def convert_frame(plan: Plan, tables: Tables, legacy: pl.DataFrame) -> Converted:
    """Convert a legacy frame (``_row`` and the mapping's legacy columns, all text without nulls).

    Where the plan numbers records, the numbers stand beside them (``stdconv.numbering``).
    """
    return convert_with_lookups(plan, join(plan, tables, legacy))


def convert_with_lookups(plan: Plan, with_lookups: WithLookups) -> Converted:
    """Convert a legacy frame whose looked-up columns stand beside it already."""
    legacy = with_lookups.frame
    translation = translate(plan.routes, with_lookups.frame)
    work = translation.work
    translated = [*with_lookups.findings, *translation.findings, *_declared_missing(plan, legacy)]
    accepted = work.filter("accepted")
    standard = accepted.select(ROW, *(pl.col(f"s:{name}").alias(name) for name in plan.carried))
    _, broken = validate(plan.checks, standard)
    findings = pl.concat([found.empty(), *translated, *broken])
    refused = _refused(findings, work)
    unexplained = work.filter(~pl.col("accepted") & ~pl.col(ROW).is_in(refused.implode()))[ROW]
    if len(unexplained):
        findings = pl.concat([findings, about_rows(unexplained, "T0001", side="legacy", column="")])
        refused = _refused(findings, work)
    is_kept = ~pl.col(ROW).is_in(refused.implode())
    written = accepted.select(ROW, *_written(plan))
    return Converted(standard.filter(is_kept), written.filter(is_kept), findings, refused, with_lookups.used)


def _refused(findings: pl.DataFrame, work: pl.DataFrame) -> pl.Series:
    """Return the rows of ``work`` with a refusing finding, sorted."""
    rows = findings.filter((pl.col("severity") == "refuse") & pl.col(ROW).is_not_null())[ROW]
    return work[ROW].filter(work[ROW].is_in(rows.unique().implode()))


def _declared_missing(plan: Plan, legacy: pl.DataFrame) -> list[pl.DataFrame]:
    return [
        about_rows(legacy[ROW], "T0015", side="standard", column=form.standard, severity=form.missing.severity)
        for form in plan.missing
    ]


def _written(plan: Plan) -> list[pl.Expr]:
    """Return the legacy columns as restoring writes them: the default, or empty, where no field writes them."""
    written, defaults = set(plan.written), plan.mapping.defaults
    return [
        (pl.col(f"w:{name}").fill_null("") if name in written else pl.lit(defaults.get(name, ""))).alias(name)
        for name in plan.mapping.legacy.columns
    ]


def convert_batch(plan: Plan, tables: Tables, batch: bytes | ParsedBatch) -> Outcome:
    """Convert a batch of bytes that begins and ends between records, without the header, or such a one already read."""
    parsed = batch if isinstance(batch, ParsedBatch) else read_batch(batch, plan.dialect)
    converted = convert_frame(plan, tables, parsed.frame)
    findings = pl.concat([*parsed.findings, converted.findings])
    rows = pl.int_range(1, parsed.pieces.count + 1, dtype=pl.Int64, eager=True)
    is_refused = rows.is_in(findings.filter(pl.col("severity") == "refuse")[ROW].unique().implode())
    refused = rows.filter(is_refused)
    kept = pl.col(ROW).is_in(refused.implode()).not_()
    standard, written = converted.standard.filter(kept), converted.written.filter(kept)
    legacy = parsed.frame.filter(pl.col(ROW).is_in(standard[ROW].implode())) if len(refused) else parsed.frame
    originals = parsed.bytes_of(refused)
    outside = set(refused)
    raw = {row: original for row, original in parsed.raw.items() if row not in outside}
    remains = residue.assemble(
        plan.mapping.legacy.columns,
        residue.spellings(legacy.select(ROW, *plan.mapping.legacy.columns), written),
        before=parsed.pieces.gaps,
        raw=raw,
        refused={row: len(original) for row, original in zip(refused, originals, strict=True)},
    )
    ordered = findings.sort(ROW, nulls_last=True, maintain_order=True)
    extent = parsed.pieces.extent(plan.dialect.end)
    return Outcome(standard, originals, remains, ordered, converted.used, extent, len(raw))


def restore_frame(plan: Plan, standard: pl.DataFrame) -> pl.DataFrame:
    """Return what going back gives for ``standard`` (``_row`` and carried columns): ``_row`` and the legacy columns.

    Looked-up columns stand behind them as ``lookup.column``, and numbers as the records had them. Nothing is null.
    """
    absent = [name for name in plan.carried if name not in standard.columns]
    work = standard.select(
        ROW,
        *(pl.col(name).alias(f"s:{name}") for name in plan.carried if name not in absent),
        *(pl.lit(None, dtype=pl.String).alias(f"s:{name}") for name in absent),
    )
    work = back(plan.routes, work)
    beside = [name for route in plan.routes for name in route.legacy if name not in plan.mapping.legacy.columns]
    return work.select(ROW, *_written(plan), *(pl.col(f"w:{name}").fill_null("").alias(name) for name in beside))


def overlay(legacy: pl.DataFrame, remains: pl.DataFrame) -> pl.DataFrame:
    """Return ``legacy`` with the residue's spellings in place of what going back gives."""
    names = [name for name in legacy.columns if name in remains.columns and name != ROW]
    spelled = remains.select(ROW, *(pl.col(name).alias(f"_r:{name}") for name in names))
    beside = legacy.join(spelled, on=ROW, how="left", maintain_order="left")
    return beside.select(ROW, *(pl.coalesce(pl.col(f"_r:{name}"), pl.col(name)).alias(name) for name in names))


def restore_batch(
    plan: Plan, standard: pl.DataFrame, remains: pl.DataFrame, refused: Mapping[int, bytes]
) -> bytes | None:
    """Return the legacy bytes of a range of rows; ``None`` where the residue contradicts the standard records.

    ``standard`` holds the accepted records with ``_row``, ``remains`` their residue, ``refused`` the other records.
    """
    legacy = overlay(restore_frame(plan, standard).select(ROW, *plan.mapping.legacy.columns), remains)
    texts = records.lines(legacy, plan.dialect)
    own = {name: remains[name].is_not_null() for name in (residue.BEFORE, residue.RAW)}
    special = remains.filter(own[residue.BEFORE] | own[residue.RAW])
    if special.is_empty() and not refused:
        return encoding.encode_block(texts, plan.dialect)
    written: dict[int, bytes | None] = dict(zip(legacy[ROW], encoding.encode_rows(texts, plan.dialect), strict=True))
    raw = {row: data for row, data in special.select(ROW, residue.RAW).iter_rows() if data is not None}
    if not _agree(plan, legacy, raw):
        return None
    before = {row: data for row, data in special.select(ROW, residue.BEFORE).iter_rows() if data is not None}
    whole = written | raw | dict(refused)
    parts = [(before.get(row, b""), whole.get(row, b"")) for row in sorted(whole.keys() | before.keys())]
    return None if any(part is None for _, part in parts) else b"".join(b + (p or b"") for b, p in parts)


def _agree(plan: Plan, legacy: pl.DataFrame, raw: Mapping[int, bytes]) -> bool:
    """Tell whether every raw record parses to the values that going back and the residue give."""
    if not raw:
        return True
    values = legacy.filter(pl.col(ROW).is_in(list(raw)))
    delimiter = plan.dialect.delimiter.encode()
    for row in values.iter_rows():
        fields, _ = pieces.fields_of(pieces.body_of(raw[row[0]], plan.dialect), delimiter)
        if fields is None or [encoding.decode(field, plan.dialect) for field in fields] != list(row[1:]):
            return False
    return len(values) == len(raw)
