"""The library: frames in, frames out, and the same jobs for files. What ``stdconv`` exports lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from stdconv import arguments
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
from stdconv.findings.registry import Threshold, fault
from stdconv.findings.rows import ROW, numbers, only, refused_rows
from stdconv.findings.shown import Counted
from stdconv.layouts.characters import look_at
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.files import Progress, quiet
from stdconv.layouts.records import absent, is_text
from stdconv.mapping.plan import Plan
from stdconv.reports.model import Report
from stdconv.reports.site import Site
from stdconv.runs import convert as convert_run
from stdconv.runs import manifest
from stdconv.runs import relay as relay_run
from stdconv.runs import restore as restore_run
from stdconv.runs import validate as validate_run
from stdconv.runs.manifest import Manifest
from stdconv.runs.sample import sample_frame
from stdconv.standard import checking as validation
from stdconv.standard.checks import present_checks
from stdconv.standard.dataset import Dataset
from stdconv.standard.placeholders import doubtful, open_columns
from stdconv.standard.schema import Schema
from stdconv.standard.writers import Format

if TYPE_CHECKING:  # hypothesis is imported when something is to be proven
    from stdconv.linting.lint import Linted
    from stdconv.proving.proof import Half, Proof


@dataclass(frozen=True, repr=False)
class Conversion(Counted):
    """What became of a legacy frame. Every frame has ``_row``, the record's number from 1.

    ``standard``: the accepted records, columns in schema order, null for absent. ``refused``: the others, as they were.
    ``residue``: what the standard has no place for. ``findings``: one row each (row, side, column, code, severity,
    detail), never a value.
    """

    standard: pl.DataFrame
    refused: pl.DataFrame
    residue: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True, repr=False)
class Restoration(Counted):
    """Standard records in a legacy layout. ``legacy`` has ``_row`` and the layout's columns, all text, none null.

    ``lookups`` holds one frame per lookup of the mapping, one row per key; ``refused`` the standard records that the
    layout cannot carry without change.
    """

    legacy: pl.DataFrame
    lookups: dict[str, pl.DataFrame]
    refused: pl.DataFrame
    findings: pl.DataFrame


def load_mapping(name: File) -> Plan:
    """Return the mapping ``name`` (a shipped name or a path), compiled against the schema that it names.

    Raises ``DefinitionError`` with every fault, each with file and line.

    >>> plan = load_mapping("vendor-a/resident-link")
    >>> plan.mapping.about.vendor, plan.carried[:2]
    ('A社', ('宛名番号', '履歴番号'))
    """
    return arguments.plan(name, "name")


def load_schema(name: File) -> Schema:
    """Return the schema ``name`` (a shipped name or a path): its columns, checks, key and dataset rules.

    Raises ``DefinitionError``.

    >>> load_schema("resident-link/1.0").key
    ('宛名番号', '履歴番号')
    """
    return arguments.schema(name, "name")


def convert(
    legacy: pl.DataFrame, mapping: Plan | File, *, lookups: Mapping[str, pl.DataFrame] | None = None
) -> Conversion:
    """Convert a legacy frame: the mapping's legacy columns, in any order, as text; null is read as empty.

    ``lookups`` gives a frame per lookup (its key and columns, as text). Records that the mapping numbers are counted
    through the frame. Raises ``DefinitionError`` for columns that are missing or not text, and for lookups that the
    mapping does not know or cannot do without.

    >>> plan = load_mapping("vendor-a/resident-link")
    >>> legacy = pl.DataFrame([dict(plan.mapping.examples[0].legacy)])
    >>> result = convert(legacy, plan)
    >>> result.standard["生年月日"].item(), result.findings["code"].to_list()
    ('1985-07-07', ['T0015'])
    """
    frame, frames = arguments.frame(legacy, "legacy"), arguments.frames(lookups, "lookups")
    plan = arguments.plan(mapping)
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
    return Conversion(outcome.standard, only(given, outcome.refused_rows), remains, findings)


def restore(standard: pl.DataFrame, mapping: Plan | File, *, residue: pl.DataFrame | None = None) -> Restoration:
    """Restore standard records into the layout of ``mapping``.

    A record is refused where converting it again would give other values. With the ``residue`` of a conversion the
    legacy values come back as they were written, wherever the standard value is still the one they stood for, and
    unmapped columns come back where all standard values are those that they stood beside, else the record is refused
    (T0037); ``standard`` must then have the ``_row`` that ``residue`` has. Both may be read from a run folder. Raises
    ``DefinitionError`` for columns that are unknown or of another type, and for a ``_row`` that does not number the
    records.

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
    return Restoration(relayed.legacy.select(ROW, *columns), _lookups(plan, relayed.legacy), refused, findings)


def validate(standard: pl.DataFrame, schema: Schema | File, *, site: File | None = None) -> pl.DataFrame:
    """Return the findings about a standard frame (text columns, or Int64; null for absent): record and dataset rules.

    ``_row`` numbers the records from 1, unless the frame has that column itself. ``site`` is a file of what a site has
    decided about single findings. Raises ``DefinitionError`` for columns that the schema does not know.

    >>> frame = pl.DataFrame({"宛名番号": ["1", "1"], "履歴番号": ["1", "01"]})
    >>> findings = validate(frame, "resident-link/1.0")
    >>> findings.filter(pl.col("column") == "履歴番号").select("_row", "code").rows()
    [(2, 'S0002')]
    """
    frame = arguments.frame(standard, "standard")
    known = arguments.schema(schema)
    decided = _site(site, known)
    given, odd = _looked_at(_numbered(frame, known))
    checks = present_checks(known.checks, given.columns)
    taking = open_columns((name, known.column(name).domain) for name in given.columns if name != ROW)
    doubts = doubtful(given, taking, "standard")
    findings = [*_lacking(known, given), *odd, *doubts, *validation.validate(checks, given)[1]]
    dataset = Dataset(known, given.columns)
    dataset.add(given)
    findings += dataset.findings(lambda: iter([given]))
    return decided.judge(pl.concat([FINDINGS.to_frame(), *findings]).sort(ROW, maintain_order=True))


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


def convert_file(
    file: File,
    mapping: Plan | File,
    folder: File,
    *,
    lookups: Mapping[str, File] | None = None,
    format: Format = "csv",  # noqa: A002 -- the command line's name for it
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    progress: Progress = quiet,
) -> Report:
    """Convert a legacy file into a new run folder and return its report; ``exit_code`` is what the command would give.

    ``jobs`` is how many batches are worked on at once; ``progress`` is called with the bytes read and the bytes there
    are. Raises ``DefinitionError`` (existing folder, lookups) and ``UnreadableError`` (file, header).
    """
    return convert_run.convert_file(
        arguments.plan(mapping),
        arguments.path(file, "file"),
        arguments.path(folder, "folder"),
        lookups=arguments.paths(lookups, "lookups"),
        format=arguments.choice(format, "format", Format),
        jobs=None if jobs is None else arguments.number(jobs, "jobs", least=1, most=arguments.JOBS),
        **arguments.run(fail_on, force=force, progress=progress),
    )


def restore_file(
    folder: File, file: File, *, lookups: bool = False, force: bool = False, progress: Progress = quiet
) -> Manifest:
    """Restore the legacy file that a run folder was made from, its SHA-256 checked; with ``lookups``, those too.

    ``progress`` is called with the records done and the records there are. Raises ``DefinitionError`` for an existing
    file, and ``UnprovenError`` where the folder was changed or the restored bytes are not the original's.
    """
    return restore_run.restore_file(
        arguments.path(folder, "folder"),
        arguments.path(file, "file"),
        lookups=arguments.flag(lookups, "lookups"),
        force=arguments.flag(force, "force"),
        progress=arguments.function(progress, "progress"),
    )


def relay_file(
    standard: File,
    mapping: Plan | File,
    file: File,
    *,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Restore a standard file into the layout of ``mapping``: only records that convert back to the same are written.

    Next to ``file`` are its lookups, the refused standard records and the report, which is returned. Raises
    ``DefinitionError`` for an existing file, and ``UnreadableError`` for a standard file that cannot be read.
    """
    return relay_run.relay_file(
        arguments.plan(mapping),
        arguments.path(standard, "standard"),
        arguments.path(file, "file"),
        **arguments.run(fail_on, force=force, progress=progress),
    )


def validate_file(
    file: File,
    schema: Schema | File,
    *,
    folder: File | None = None,
    site: File | None = None,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Check a standard CSV, Parquet or NDJSON file; with ``folder``, leave report and findings there.

    ``site`` is a file of what a site has decided about single findings. Raises ``DefinitionError`` for what is wrong in
    it, and ``UnreadableError`` for a file that cannot be read.
    """
    known = arguments.schema(schema)
    return validate_run.validate_file(
        known,
        arguments.path(file, "file"),
        folder=None if folder is None else arguments.path(folder, "folder"),
        site=_site(site, known),
        **arguments.run(fail_on, force=force, progress=progress),
    )


def verify(folder: File) -> Manifest:
    """Return the manifest of a run folder once every hash and count was found right. Raises ``UnprovenError``."""
    return manifest.verify(arguments.path(folder, "folder"))


def lint(mapping: Plan | File) -> Linted:
    """Look for everything that is wrong or doubtful in a mapping: ``faults`` and ``warnings``, each with its line.

    Raises ``UnreadableError`` where the file does not exist.

    >>> lint("vendor-b/resident-link").is_clean
    True
    """
    from stdconv.linting import lint as linting

    return linting.lint(arguments.mapping(mapping))


def prove(mapping: Plan | File, *, records: int = 300, seed: int = 0, only: Half | None = None) -> Proof:
    """Prove a mapping: its own examples, then the laws on at least ``records`` generated records, through bytes.

    Raises ``DefinitionError`` where the mapping cannot be compiled. The same ``seed`` makes the same records; ``only``
    is the part that is asked for alone.

    >>> prove("vendor-b/resident-link", records=1).holds
    True
    """
    from stdconv.proving import proof
    from stdconv.proving import prove as proving

    return proving.prove(
        arguments.mapping(mapping),
        records=arguments.number(records, "records"),
        seed=arguments.number(seed, "seed", most=arguments.SEEDS),
        only=None if only is None else arguments.choice(only, "only", proof.Half),
    )


def _site(site: File | None, known: Schema) -> Site:
    return validate_run.site_of(None if site is None else arguments.path(site, "site"), known)


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
