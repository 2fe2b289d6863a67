"""Frames in, frames out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from stdconv import arguments
from stdconv.api.definitions import load_site
from stdconv.api.results import Conversion, Restoration, Validation
from stdconv.arguments import File
from stdconv.conversion import residue as residues
from stdconv.conversion.convert import convert_frame
from stdconv.conversion.known import Known
from stdconv.conversion.lookups import ensure_lookups, settled, table_of
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.relay import left_empty, relay, relay_frame
from stdconv.conversion.whole import Whole
from stdconv.errors import DefinitionError
from stdconv.findings.frames import FINDINGS, about_file
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, numbers, only, refused_rows
from stdconv.layouts.characters import look_at
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.records import absent, is_text
from stdconv.mapping.plan import Plan
from stdconv.reports.counts import Counts
from stdconv.reports.model import Totals
from stdconv.runs.sample import sample_frame
from stdconv.runs.validate import report_of
from stdconv.standard import checking as validation
from stdconv.standard.checks import present_checks
from stdconv.standard.dataset import Dataset
from stdconv.standard.placeholders import doubtful, open_columns
from stdconv.standard.schema import Schema


def convert(
    legacy: pl.DataFrame, mapping: Plan | File, *, lookups: Mapping[str, pl.DataFrame] | None = None
) -> Conversion:
    """Convert a legacy frame: the mapping's legacy columns, in any order, as text; null is read as empty.

    ``lookups`` gives a frame per lookup (its key and columns, as text). Records that the mapping numbers are counted
    through the frame. Raises ``DefinitionError`` for columns that are missing or not text, and for lookups that the
    mapping does not know or cannot do without.

    >>> from stdconv import load_mapping
    >>> plan = load_mapping("vendor-a/resident-link")
    >>> legacy = pl.DataFrame([dict(plan.mapping.examples[0].legacy)])
    >>> result = convert(legacy, plan)
    >>> result.standard["生年月日"].item(), result.findings["code"].to_list()
    ('1985-07-07', ['T0015'])
    """
    frame, plan = arguments.frame(legacy, "legacy"), arguments.plan(mapping)
    frames = arguments.frames(lookups, "lookups", plan)
    ensure_lookups(plan, frames)
    given = _texts(frame, plan.mapping.legacy.columns, "legacy")
    tables = {}
    for name, rows in frames.items():
        lookup = plan.mapping.lookups[name]
        tables[name] = table_of(plan, name, _texts(rows, (*lookup.key, *lookup.columns), f"lookup:{name}"))
    readable, odd = look_at(given, plan.dialect, "legacy")
    outcome = convert_frame(plan, tables, Numbering(plan).number(readable), odd, known=Known(plan))
    whole = Whole(plan, tables)
    whole.take(outcome)
    columns = plan.mapping.legacy.columns
    remains = residues.assemble(columns, outcome.residue, outcome.standard, before={}, raw={}, refused={})
    findings = pl.concat([outcome.findings, *(each for table in tables.values() for each in table.findings)])
    findings = pl.concat([findings, *whole.findings(lambda: iter([outcome.standard]))])
    return Conversion(
        standard=outcome.standard, refused=only(given, outcome.refused_rows), residue=remains, findings=findings
    )


def restore(standard: pl.DataFrame, mapping: Plan | File, *, residue: pl.DataFrame | None = None) -> Restoration:
    """Restore standard records into the layout of ``mapping``.

    A record is refused where converting it again would give other values. With the ``residue`` of a conversion the
    legacy values come back as they were written, wherever the standard value is still the one they stood for, and
    unmapped columns come back where all standard values are those that they stood beside, else the record is refused
    (T0037); ``standard`` must then have the ``_row`` that ``residue`` has. Both may be read from a run folder. Raises
    ``DefinitionError`` for columns that are unknown or of another type, and for a ``_row`` that does not number the
    records.

    >>> from stdconv import load_mapping
    >>> plan = load_mapping("vendor-b/resident-link")
    >>> standard = pl.DataFrame([dict(plan.mapping.examples[0].standard)])
    >>> result = restore(standard, plan)
    >>> result.legacy["氏名"].item(), result.lookups["names"]["氏"].item()
    ('行政花子', '行政')
    """
    standard = arguments.frame(standard, "standard")
    residue = None if residue is None else arguments.frame(residue, "residue")
    plan = arguments.plan(mapping)
    given, columns = _numbered(standard, plan.schema), plan.mapping.legacy.columns
    readable, odd = _looked_at(given)
    if residue is None:
        about = [*_lacking(plan.schema, given), *left_empty(plan), *odd]
        relayed = relay(plan, readable)
    else:
        about = odd
        relayed = relay_frame(plan, readable, _remains(residue, columns, standard))
    findings = pl.concat([*about, relayed.findings])
    refused = only(given, refused_rows(findings))
    return Restoration(
        legacy=relayed.legacy.select(ROW, *columns),
        lookups=_lookups(plan, relayed.legacy),
        refused=refused,
        findings=findings,
    )


def validate(standard: pl.DataFrame, schema: Schema | File, *, site: File | None = None) -> Validation:
    """Check a standard frame (text columns, or Int64; null for absent): record and dataset rules.

    ``_row`` numbers the records from 1, unless the frame has that column itself. ``site`` is a file of what a site has
    decided about single findings. Raises ``DefinitionError`` for columns that the schema does not know.

    >>> frame = pl.DataFrame({"宛名番号": ["1", "1"], "履歴番号": ["1", "01"]})
    >>> result = validate(frame, "resident-link/1.0")
    >>> result.counts.refused, result.findings.filter(column="履歴番号").select("_row", "code").rows()
    (1, [(2, 'S0002')])
    """
    frame = arguments.frame(standard, "standard")
    known = arguments.schema(schema)
    decided = load_site(site, known)
    given, odd = _looked_at(_numbered(frame, known))
    checks = present_checks(known.checks, given.columns)
    taking = open_columns((name, known.column(name).domain) for name in given.columns if name != ROW)
    doubts = doubtful(given, taking, "standard")
    findings = [*_lacking(known, given), *odd, *doubts, *validation.validate(checks, given)[1]]
    dataset = Dataset(known, given.columns)
    dataset.add(given)
    findings += dataset.findings(lambda: iter([given]))
    judged = decided.judge(pl.concat([FINDINGS.to_frame(), *findings]).sort(ROW, maintain_order=True))
    totals = Totals()
    totals.add(judged)
    refused = len(refused_rows(judged))
    counts = Counts(read=len(given), accepted=len(given) - refused, refused=refused)
    return Validation(findings=judged, report=report_of(dataset, checks, counts, totals, site=decided))


def sample(mapping: Plan | File, rows: int, seed: int) -> pl.DataFrame:
    """Return ``rows`` synthetic legacy records of ``mapping``, the same for the same ``seed``; all of them convert.

    >>> sample("vendor-b/resident-link", 3, 1).shape
    (3, 10)
    """
    plan = arguments.plan(mapping)
    rows, seed = arguments.number(rows, "rows"), arguments.number(seed, "seed", most=arguments.SEEDS)
    frames = [frame.select(ROW, *plan.mapping.legacy.columns) for frame in sample_frame(plan, rows, seed)]
    empty = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(plan.mapping.legacy.columns, pl.String)})
    whole = pl.concat([empty, *frames])
    return whole.with_columns(numbers(len(whole)))


def _looked_at(given: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    return look_at(given, Dialect(tuple(name for name in given.columns if name != ROW)), "standard")


def _lacking(known: Schema, given: pl.DataFrame) -> list[pl.DataFrame]:
    return [about_file("S0010", side="standard", column=name) for name in known.lacking(given.columns)]


def _texts(frame: pl.DataFrame, columns: tuple[str, ...], side: str) -> pl.DataFrame:
    """Return the named columns as text without nulls, numbered from 1."""
    types = frame.schema
    wrong = [name for name in columns if not is_text(types.get(name))]
    faults = [arguments.misfit_column(side, name, types.get(name)) for name in wrong]
    if faults:
        raise DefinitionError(faults)
    texts = frame.select(pl.col(name).cast(pl.String).fill_null("") for name in columns)
    return texts.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def _numbered(standard: pl.DataFrame, known: Schema) -> pl.DataFrame:
    names = [name for name in standard.columns if name != ROW]
    arguments.ensure_columns(standard.select(names), known)
    kinds = {name: pl.Int64 if name in known.numbers else pl.String for name in names}
    texts = absent(standard.with_columns(pl.col(name).cast(kind) for name, kind in kinds.items()))
    if ROW in standard.columns:
        return _with_numbers(texts, "standard")
    return texts.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def _lookups(plan: Plan, legacy: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {name: settled(plan, name, [legacy]) for name in plan.mapping.lookups}


def _remains(residue: pl.DataFrame, columns: tuple[str, ...], standard: pl.DataFrame) -> pl.DataFrame:
    """Return what ``residue`` says of legacy columns; only numbers tell which record a row of it is about."""
    if ROW not in standard.columns:
        raise DefinitionError([fault("C0047", side="standard")])
    residue = _with_numbers(residue, "residue")
    kinds = dict.fromkeys(columns, pl.String) | {residues.DIGEST: pl.Binary}
    types = residue.schema
    faults = [
        arguments.misfit_column("residue", name, types.get(name), str(kind))
        for name, kind in kinds.items()
        if types.get(name) not in (kind, pl.Null)
    ]
    if faults:
        raise DefinitionError(faults)
    return residue.select(ROW, *(pl.col(name).cast(kind) for name, kind in kinds.items()))


def _with_numbers(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return ``frame`` with ``_row`` as whole numbers, or raise where they do not tell its records apart."""
    is_whole = ROW in frame.columns and frame.schema[ROW].is_integer()
    rows = frame[ROW].cast(pl.Int64, strict=False) if is_whole else pl.Series([None])
    if rows.has_nulls() or not rows.is_unique().all():
        raise DefinitionError([fault("C0047", side=side)])
    return frame.with_columns(rows)
