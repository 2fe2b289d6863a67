"""The run folder: what its files are called, how it is filled outcome by outcome, and how it is read range by range."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.outcome import Outcome
from stdconv.definitions.files import read_text
from stdconv.definitions.regular import open_regular, read_bytes
from stdconv.errors import DefinitionError, StdconvError, UnprovenError
from stdconv.findings.frames import FINDINGS
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, numbers, remaining
from stdconv.findings.shown import Counted
from stdconv.layouts import encoding, records, writer
from stdconv.layouts.batches import BATCH
from stdconv.layouts.beginnings import Beginning
from stdconv.layouts.dialect import RECORD_LIMIT, Dialect
from stdconv.layouts.parts import Header
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.mapping.plan import Plan, in_order, read_plan, standard_dialect
from stdconv.reports.evidence import MappingUse
from stdconv.reports.model import Report
from stdconv.reports.site import NOBODY, Site
from stdconv.reports.tables import tables_csv
from stdconv.runs.control import Control, control_bytes
from stdconv.runs.manifest import (
    CONTROL,
    FINDINGS_FILE,
    MANIFEST,
    MAPPING,
    MOMENT,
    PROOF,
    REFUSALS,
    REFUSED,
    REPORT,
    RESIDUE_FILE,
    SITE,
    STANDARD,
    STANDARD_CONTROL,
    TABLES,
    Manifest,
    Original,
    describe,
    ensure_intact,
    load_manifest,
)
from stdconv.runs.moment import Moment
from stdconv.runs.proofs import GivenProof
from stdconv.runs.refusals import RefusalsFile
from stdconv.standard.files import DAMAGED, StandardFile, open_standard
from stdconv.standard.forms import FileForm
from stdconv.standard.schema import Schema
from stdconv.standard.writers import Format, ParquetSink, open_sink

RANGE, LEAST = 50_000, 10_000
"""How many records are restored at once at most, and in layouts of many columns at least."""
CELLS = 2_000_000
"""How many values are restored at once, the standard ones and the legacy ones, where that is no fewer records."""


class RunWriter:
    """A run folder being filled. A context: whatever happens, no file stays open.

    ``write`` every outcome in order and ``add`` findings of whole files; ``close_records`` before the accepted records
    are read again, and ``finish`` with the report.
    """

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        *,
        format: Format,  # noqa: A002 -- the option's name
        form: FileForm,
        suffix: str,
        header: Header,
    ) -> None:
        if form != "plain" and format != "csv":
            raise DefinitionError([fault("C0110", form=form, format=format)])
        self.folder = folder
        self.plan = plan
        self.format: Format = format
        self.form: FileForm = form
        self._read = 0
        self._standard_path = folder / f"{STANDARD}.{format}"
        with ExitStack() as stack:
            self._standard = stack.enter_context(open_sink(self._standard_path, format, standard_dialect(plan, form)))
            self._refused = stack.enter_context((folder / f"{REFUSED}{suffix}").open("wb"))
            self._refusals = stack.enter_context(RefusalsFile(folder / REFUSALS))
            remains = ParquetSink(folder / RESIDUE_FILE, residue.schema(plan.mapping.legacy.columns))
            self._residue = stack.enter_context(remains)
            self._findings = stack.enter_context(ParquetSink(folder / FINDINGS_FILE, FINDINGS))
            self._refused.write(_above(header.before, header.raw, plan.dialect))
            self._residue.write(_beginning(plan, header))
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open."""
        self._stack.__exit__(kind, error, trace)

    def write(self, outcome: Outcome) -> None:
        """Write the next outcome, its rows counted through the file."""
        self._read += outcome.read
        self._standard.write(outcome.standard)
        self._refused.writelines(outcome.refused_bytes)
        self._residue.write(outcome.residue)
        self._refusals.write(outcome.findings)
        self._findings.write(outcome.findings)

    def add(self, findings: pl.DataFrame) -> None:
        """Write findings that refuse no record."""
        self._findings.write(findings)

    def close_records(self) -> None:
        """Finish the files of the records."""
        self._standard.close()
        self._residue.close()

    def close_findings(self) -> None:
        """Finish the file of the findings."""
        self._findings.close()

    def accepted(self, watch: Watch = UNWATCHED) -> Iterator[pl.DataFrame]:
        """Yield the accepted records once more, with their rows."""
        rows = _accepted_rows(pl.scan_parquet(self.folder / RESIDUE_FILE, glob=False).collect(), 1, self._read)
        offset = 0
        standard = open_standard(self._standard_path, self.plan.schema, is_own=True, watch=watch)
        for batch in standard.batches(is_trusted=True, is_again=True):
            yield batch.frame.with_columns(rows.slice(offset, len(batch.frame)).alias(ROW))
            offset += len(batch.frame)

    def finish(
        self,
        report: Report,
        original: Original,
        lookups: tuple[str, ...],
        moment: Moment,
        watch: Watch = UNWATCHED,
        *,
        kept: tuple[Control | None, GivenProof | None, Site] = (None, None, NOBODY),
        hed: bool = False,
    ) -> None:
        """Finish every file; then write the report, the definitions as they were used, the moment and the manifest.

        The control file of the original, the proof of the mapping and the decisions of a site are ``kept``; with
        ``hed`` there is a control file beside the standard file.
        """
        control, _, site = kept
        self._findings.close()
        self._stack.close()
        report.write(self.folder / REPORT)
        self._write_definitions()
        (self.folder / TABLES).write_text(tables_csv(report.tables), encoding="utf-8", newline="")
        self._write_kept(*kept)
        if hed:
            dialect = dialect_of_lines(self.plan, self.format, self.form)
            said = control_bytes(self._standard_path, self._standard_path.name, dialect, report.counts.accepted)
            (self.folder / STANDARD_CONTROL).write_bytes(said)
        manifest = Manifest(
            control=control.path.name if control is not None else None,
            standard_control=hed,
            site=bool(site.name),
            mapping=self.plan.mapping.id,
            mapping_used=report.mapping_used or MappingUse(origin=self.plan.origin, sha256=self.plan.sha256),
            standard=self.plan.schema.name,
            standard_format=self.format,
            standard_form=self.form if self.format == "csv" else None,
            original=original,
            counts=report.counts,
            lookups=lookups,
            files=describe(self.folder, {self._standard_path.name: self._standard.sha256}, watch),
        )
        moment.write(self.folder / MOMENT)
        (self.folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")

    def _write_kept(self, control: Control | None, proof: GivenProof | None, site: Site) -> None:
        """Write what was given beside the original, as it was."""
        if control is not None:
            (self.folder / CONTROL).write_bytes(control.data)
        if proof is not None:
            (self.folder / PROOF).write_bytes(proof.data)
        if site.name:
            (self.folder / SITE).write_text(site.text, encoding="utf-8", newline="")

    def _write_definitions(self) -> None:
        """Write the mapping as it was used, and the files of custom schemas."""
        (self.folder / MAPPING).write_text(self.plan.text, encoding="utf-8")
        edition = self.plan.edition
        for path in (*self.plan.schema.files, *(edition.files if edition is not None else ())):
            (self.folder / path.name).write_bytes(read_bytes(path))


def dialect_of_lines(plan: Plan, format_: Format, form: FileForm) -> Dialect:
    """Return how many lines a standard file has for its records: Parquet has none, and only CSV has a header."""
    if format_ == "csv":
        return standard_dialect(plan, form)
    return Dialect(("",), newline="lf" if format_ == "ndjson" else "none", header=False)


def _beginning(plan: Plan, header: Header) -> pl.DataFrame:
    """Return the residue of row 0: a header or a mark that the layout as declared would write differently.

    A header by whose names columns are found tells their order in any case.
    """
    dialect, columns = plan.dialect, plan.mapping.legacy.columns
    before = {} if header.before == writer.front(dialect) else {0: header.before}
    declared = encoding.for_file(records.header_line(dialect), dialect)
    raw = {} if header.raw == declared and not plan.order else {0: header.raw}
    nothing = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(columns, pl.String)})
    nobody = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(plan.carried, pl.String)})
    return residue.assemble(columns, nothing, nobody, before=before, raw=raw, refused={})


def _above(before: bytes, header: bytes, dialect: Dialect) -> bytes:
    """Return what refused records stand under, so that they can be converted again.

    That is the header; behind title lines where there are some, and behind the mark that a standard file has.
    """
    return before + header if dialect.before or dialect.header == "any_of" else header


def _accepted_rows(remains: pl.DataFrame, first: int, last: int) -> pl.Series:
    """Return the rows from ``first`` to ``last`` that were not refused."""
    refused = remains.filter(pl.col(residue.REFUSED).is_not_null())[ROW]
    return remaining(numbers(last).slice(first - 1), refused)


@dataclass(frozen=True, repr=False)
class Range(Counted):
    """Some rows of a run folder: the accepted records with ``_row``, all residue, the refused ones' bytes by row."""

    last: int
    standard: pl.DataFrame
    residue: pl.DataFrame
    refused: dict[int, bytes]


@dataclass(frozen=True, repr=False)
class Verbatim(Counted):
    """A refused record that is longer than a record may be, with what is before it: never all in memory."""

    last: int
    parts: Iterator[bytes]


@contextmanager
def as_proven(path: Path) -> Iterator[None]:
    """Raise ``UnprovenError`` about ``path``, of a run folder or the whole of it, where that cannot be understood.

    Its hashes are right, so whoever damaged it has changed the manifest too.
    """
    try:
        yield
    except UnprovenError:
        raise
    except StdconvError as error:
        if any(each.code == "C0054" for each in error.faults):
            raise
        raise UnprovenError([fault("C0058", file=path, problem=error.faults[0].code), *error.faults]) from None
    except (*DAMAGED, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise UnprovenError([fault("C0058", file=path, problem=type(error).__name__)]) from None


class RunReader:
    """A run folder whose files are what its manifest says.

    Raises ``DefinitionError`` where ``folder`` is not a run folder, ``UnprovenError`` where anything in it was changed.
    """

    def __init__(self, folder: Path, watch: Watch = UNWATCHED) -> None:
        self.folder = folder
        self.manifest = load_manifest(folder)
        ensure_intact(folder, self.manifest, watch)
        path = folder / MAPPING
        with as_proven(path):
            self.plan = read_plan(read_text(path), str(path))
            self.plan = in_order(self.plan, self._header)

    @property
    def schema(self) -> Schema:
        """The schema of the standard records."""
        return self.plan.schema

    def beginning(self) -> tuple[bytes, bytes]:
        """Return what precedes the header (mark and title lines), and the header."""
        remains = pl.scan_parquet(self.folder / RESIDUE_FILE, glob=False).filter(pl.col(ROW) == 0).collect()
        before, raw = (remains[name].item() if len(remains) else None for name in (residue.BEFORE, residue.RAW))
        dialect: Dialect = self.plan.dialect
        front = writer.front(dialect) if before is None else bytes(before)
        return front, writer.header(dialect) if raw is None else bytes(raw)

    def _header(self, dialect: Dialect) -> Header:
        """Return the header as the file has it."""
        first = b"".join(self.beginning())
        return Beginning(dialect.coding.inside(first), self.folder / RESIDUE_FILE, first).header(dialect)

    @property
    def _at_once(self) -> int:
        """How many records are restored at once."""
        columns = len(self.plan.carried) + len(self.plan.mapping.legacy.columns)
        return min(RANGE, max(LEAST, CELLS // columns))

    def ranges(self) -> Iterator[Range | Verbatim]:
        """Yield all rows in order; what follows the last record comes with the last range.

        Raises ``UnprovenError`` where the standard records are not as many as the residue says, or have other numbers.
        """
        remains, read = pl.scan_parquet(self.folder / RESIDUE_FILE, glob=False), self.manifest.counts.read
        standard = _Taker(open_standard(self.folder / self.manifest.standard_file, self.schema, is_own=True))
        path = self.folder / self.manifest.file(REFUSED)
        with open_regular(path) as refused_file:
            refused_file.seek(len(_above(*self.beginning(), self.plan.dialect)))
            overlong = remains.filter(pl.col(residue.REFUSED) > RECORD_LIMIT)
            for first, last in _stretches(read + 1, self._at_once, overlong):
                here = remains.filter(pl.col(ROW).is_between(first, last)).collect()
                if first == last and (length := sum(here[residue.REFUSED].drop_nulls())) > RECORD_LIMIT:
                    yield Verbatim(last, _verbatim(here[residue.BEFORE].item(), path, refused_file.tell(), length))
                    refused_file.seek(length, os.SEEK_CUR)
                    continue
                lengths = here.select(ROW, residue.REFUSED).drop_nulls()
                refused = {row: refused_file.read(length) for row, length in lengths.iter_rows()}
                accepted = standard.take(_accepted_rows(here, first, min(last, read)))
                if accepted is None:
                    raise UnprovenError([fault("C0027", folder=self.folder)])
                yield Range(last, accepted, here, refused)
        if standard.has_more():
            raise UnprovenError([fault("C0027", folder=self.folder)])


def _stretches(last: int, many: int, overlong: pl.LazyFrame) -> Iterator[tuple[int, int]]:
    """Yield the first and the last row of every range up to ``last``, of ``many``; ``overlong`` records are alone."""
    alone = set(overlong.select(ROW).collect()[ROW])
    starts = sorted({*range(1, last + 1, many), *alone, *(row + 1 for row in alone)} - {last + 1})
    yield from zip(starts, (*(start - 1 for start in starts[1:]), last), strict=True)


def _verbatim(before: bytes | None, path: Path, at: int, length: int) -> Iterator[bytes]:
    yield before or b""
    with open_regular(path) as file:
        file.seek(at)
        while length and (part := file.read(min(length, BATCH))):
            yield part
            length -= len(part)


class _Taker:
    """Takes records of a standard file, in order, any number at a time; ``_row`` is theirs, where the file has it."""

    def __init__(self, file: StandardFile) -> None:
        self._batches = file.batches(is_trusted=True)
        self._is_numbered = bool(file.beside)
        self._held: list[pl.DataFrame] = []

    def take(self, rows: pl.Series) -> pl.DataFrame | None:
        """Return the next records, numbered ``rows``; ``None`` where they are not so many or have other numbers."""
        while not self._held or sum(map(len, self._held)) < len(rows):
            batch = next(self._batches, None)
            if batch is None:
                break
            own = batch.numbers if batch.numbers is not None else pl.lit(None, dtype=pl.Int64)
            self._held.append(batch.frame.with_columns(own.alias(ROW)))
        if sum(map(len, self._held)) < len(rows):
            return None
        whole = pl.concat(self._held) if self._held else pl.DataFrame()
        self._held = [whole.slice(len(rows))] if self._held else []
        taken = whole.slice(0, len(rows)).rechunk() if len(rows) else _nothing(whole)
        if self._is_numbered and not taken[ROW].equals(rows):
            return None
        return taken.with_columns(rows.alias(ROW))

    def has_more(self) -> bool:
        """Return whether records are left that nobody took."""
        return any(map(len, self._held)) or any(len(batch.frame) for batch in self._batches)


def _nothing(like: pl.DataFrame) -> pl.DataFrame:
    return like.clear().with_columns(pl.Series(ROW, [], dtype=pl.Int64))
