"""The pure heart: legacy frames and batches of bytes to outcomes. Engines only schedule batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

import polars as pl

from stdconv.conversion import counting, residue
from stdconv.conversion.known import Known, Proven
from stdconv.conversion.lookups import Tables, join
from stdconv.conversion.numbering import Numbering, numbered
from stdconv.conversion.outcome import Outcome
from stdconv.conversion.program import Program, program_of
from stdconv.conversion.translate import translate, translated
from stdconv.conversion.work import Work
from stdconv.findings.frames import about_rows, empty
from stdconv.findings.rows import ROW, only, refused_rows, remaining, without
from stdconv.layouts import fixed
from stdconv.layouts.parts import Part
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column
from stdconv.standard.checking import validate
from stdconv.standard.placeholders import doubtful

Engine: TypeAlias = Callable[[Callable[[Part | ParsedBatch], Outcome], Iterable[Part | ParsedBatch]], Iterable[Outcome]]
"""What applies a function to batches and gives what it returns in their order, as ``map`` does."""
Judge: TypeAlias = Callable[[pl.DataFrame], pl.DataFrame]
"""What gives findings, all of each record, the severities that somebody decided."""


def outcomes(
    plan: Plan,
    tables: Tables,
    batches: Iterable[Part],
    *,
    engine: Engine = map,
    known: Known | None = None,
    numbering: Numbering | None = None,
    read: int = 0,
    judge: Judge | None = None,
) -> Generator[Outcome]:
    """Convert a file's batches, in order, with rows counted through the file: command, library and proof use this.

    ``numbering`` and ``read`` are those of batches before these, of which ``known`` values may be too. ``judge`` gives
    findings the severities that were decided, before they refuse records.
    """
    work = partial(convert_batch, plan, tables, known=Known(plan) if known is None else known, judge=judge)
    for outcome in engine(work, numbered(plan, batches, numbering)):
        yield outcome.shifted(read)
        read += outcome.read


def convert_batch(
    plan: Plan,
    tables: Tables,
    batch: Part | ParsedBatch,
    *,
    known: Known | None = None,
    judge: Judge | None = None,
) -> Outcome:
    """Convert a batch of bytes, without the header, or one already read; ``known`` are the values of other batches."""
    parsed = batch if isinstance(batch, ParsedBatch) else read_batch(batch, plan.dialect)
    outcome = convert_frame(plan, tables, parsed.frame, parsed.findings, known=known, judge=judge)
    part = parsed.overlong
    originals = [part.data] if part is not None else parsed.bytes_of(outcome.refused_rows)
    outside = set(outcome.refused_rows)
    raw = {row: original for row, original in parsed.raw.items() if row not in outside}
    sizes = map(len, originals) if part is None else [part.size]
    lengths = dict(zip(outcome.refused_rows, sizes, strict=part is None))
    return replace(
        outcome,
        read=parsed.pieces.count,
        refused_keys=_with_unread(plan, outcome.refused_keys, parsed.unread),
        residue=residue.assemble(
            plan.mapping.legacy.columns,
            outcome.residue,
            outcome.standard,
            before=parsed.gaps,
            raw=raw,
            refused=lengths,
        ),
        refused_bytes=tuple(originals),
        extent=parsed.extent,
        raw_records=len(raw),
        raw_ways=Counter(way for row in raw for way in parsed.ways[row]),
        said=fixed.said(parsed.pieces, plan.dialect),
    )


def convert_frame(
    plan: Plan,
    tables: Tables,
    legacy: pl.DataFrame,
    found: Sequence[pl.DataFrame] = (),
    *,
    known: Known | None = None,
    judge: Judge | None = None,
) -> Outcome:
    """Convert a legacy frame (``_row`` and the mapping's legacy columns, all text without nulls).

    ``found`` are the findings of whoever read it, which refuse records too; all findings come in the order of the
    records. The ``residue`` holds spellings alone. Where the plan numbers records, the numbers are columns of
    ``legacy`` already (``conversion.numbering``).
    """
    work = join(plan, tables, Work.of_legacy(legacy, found))
    proven = known.answer(work) if known is not None else None
    if proven is None:
        judged = _judged(plan, work, plan.tabled, judge)
    elif proven.others is None:
        judged = _answered(plan, proven)
    else:
        judged = _both(_answered(plan, proven), _judged(plan, proven.others, proven.uncounted, judge))
    findings = judged.findings
    return Outcome(
        read=len(legacy),
        standard=judged.standard,
        refused_rows=refused_rows(findings),
        residue=judged.spelled,
        refused_keys=judged.refused_keys,
        values=judged.values,
        strange=judged.strange,
        findings=findings.sort(ROW, nulls_last=True, maintain_order=True),
        used=work.used,
    )


class _Judged(NamedTuple):
    standard: pl.DataFrame
    spelled: pl.DataFrame
    findings: pl.DataFrame
    refused_keys: pl.DataFrame
    values: pl.DataFrame
    strange: pl.DataFrame


def _both(answered: _Judged, judged: _Judged) -> _Judged:
    """Return what became of records of which some were answered and the others judged, in their order."""
    both = ((name, pl.concat([getattr(answered, name), getattr(judged, name)])) for name in _Judged._fields)
    in_order = {name: f.sort(ROW, nulls_last=True, maintain_order=True) if ROW in f.columns else f for name, f in both}
    return _Judged(**in_order)


def _answered(plan: Plan, proven: Proven) -> _Judged:
    """Say what became of records whose values are all in order."""
    frame = proven.work.frame
    doubts = doubtful(frame, proven.suspects, "legacy")
    lost = _not_carried(plan, frame)
    findings = pl.concat([empty(), *proven.work.findings, *_declared_missing(plan, frame[ROW]), *doubts, *lost])
    nothing = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(plan.keys, pl.String)})
    counts = (*(counting.of_texts(*each) for each in proven.counts), *counting.counted(frame, proven.uncounted))
    values, strange = pl.concat([counting.VALUES.to_frame(), *counts]), counting.STRANGE.to_frame()
    return _Judged(proven.work.standard(plan.carried), proven.spelled, findings, nothing, values, strange)


def _judged(plan: Plan, given: Work, routes: Sequence[Route], judge: Judge | None) -> _Judged:
    """Translate, guard and check records, and say what became of them, as what is found there is judged.

    ``routes`` are those to be counted by value.
    """
    rows = given.frame[ROW]
    work = translate(program_of(plan.routes), given)
    accepted = work.accepted_by(plan.routes)
    standard = accepted.standard(plan.carried)
    _, broken = validate(plan.checks, standard)
    doubts = doubtful(accepted.frame, plan.doubtful, "legacy")
    lost = _not_carried(plan, accepted.frame)
    findings = pl.concat([empty(), *work.findings, *_declared_missing(plan, rows), *doubts, *broken, *lost])
    findings = judge(findings) if judge is not None else findings
    refused = refused_rows(findings)
    unexplained = remaining(remaining(rows, standard[ROW]), refused)
    if len(unexplained):
        findings = pl.concat([findings, about_rows(unexplained, "T0001", side="legacy", column="")])
        refused = refused_rows(findings)
    differs = residue.differing(plan.written, plan.unwritten, plan.mapping.defaults)
    spelled = residue.spelled(without(accepted.frame, refused), plan.mapping.legacy.columns, differs)
    turned_back = only(work.frame, refused)
    counts = (*counting.counted(work.frame, routes), *counting.counted_refused(turned_back, plan.tabled))
    return _Judged(
        standard=without(standard, refused),
        spelled=spelled,
        findings=findings,
        refused_keys=_keys_of(plan, turned_back, pl.concat([empty(), *broken])),
        values=pl.concat([counting.VALUES.to_frame(), *counts]),
        strange=counting.strange(plan, turned_back),
    )


def _keys_of(plan: Plan, frame: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    """Return what was read in the columns that tell whose records these are.

    It is null where a column's route refused it, or where what came of it is ``broken`` by itself.
    """
    by = {name: route for route in plan.routes for name in route.standard}
    is_read = {name: pl.col(verdict_column(by[name])) for name in plan.keys}
    for name, found in broken.filter(pl.col("column").is_in([*plan.keys])).group_by("column"):
        is_read[str(name[0])] &= ~pl.col(ROW).is_in(found[ROW].implode())
    read = (pl.when(is_read[name]).then(pl.col(standard_column(name))).alias(name) for name in plan.keys)
    return frame.select(ROW, *read)


def _with_unread(plan: Plan, keys: pl.DataFrame, unread: pl.DataFrame | None) -> pl.DataFrame:
    """Return keys with those of records of which some values could not be read, which are null, but the keys could."""
    if unread is None or unread.is_empty() or not plan.keys:
        return keys
    there = {*unread.columns}
    giving = (route for route in plan.routes if {*route.standard} & {*plan.keys})
    routes = [route for route in giving if route.legacy and {*route.legacy} <= there and not route.beside]
    frame = translated(Program(routes), Work.of_legacy(unread.with_columns(pl.all().exclude(ROW).fill_null("")))).frame
    told = {name: pl.lit(None, dtype=pl.String) for name in plan.keys}
    for route in routes:
        is_read = unread.select(pl.all_horizontal(pl.col(route.legacy).is_not_null())).to_series()
        is_told = pl.col(verdict_column(route)) & pl.lit(is_read)
        told |= {name: pl.when(is_told).then(standard_column(name)) for name in route.standard if name in told}
    return pl.concat([keys, frame.select(ROW, **told)]).sort(ROW)


def _not_carried(plan: Plan, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Find values of another edition that have no place in this one: what is a standard value there is a loss."""
    if plan.edition is None:
        return
    for name in plan.unwritten:
        rows = frame.filter(pl.col(legacy_column(name)) != "")[ROW]
        if len(rows):
            yield about_rows(rows, "T0046", side="legacy", column=name)


def _declared_missing(plan: Plan, rows: pl.Series) -> list[pl.DataFrame]:
    return [
        about_rows(rows, "T0015", side="standard", column=form.standard, severity=form.missing.severity)
        for form in plan.missing
    ]
