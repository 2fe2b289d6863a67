"""Some records of a standard file, wherever its bytes come from, and whether its columns are those of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from stdconv.errors import Place, UnreadableError
from stdconv.findings.frames import about_file, about_rows
from stdconv.findings.language import LANGUAGES
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW, shifted, without
from stdconv.findings.shown import Counted
from stdconv.layouts import records
from stdconv.layouts.characters import look_at
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.headings import MOST, joined_texts, unknown_headings
from stdconv.layouts.parts import Extent, Header, Part
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.standard.fronts import deviations, form_of
from stdconv.standard.schema import Schema


@dataclass(frozen=True, repr=False)
class Batch(Counted):
    """Some records of a standard file: ``frame`` has ``_row`` and the file's columns, null for absent.

    ``read`` counts also those that could not be read, which have refusing ``findings``. ``bytes_of`` gives the
    original bytes of rows (from 1 in the batch) where the file has them; ``offset`` is the row before the first.
    ``untyped`` says by column in which rows its value, null here, is of another type: they have findings too.
    ``extent`` is how much it is of a file that has lines; ``begun`` are bytes of a refused record that ends in another
    batch. ``is_looked_at`` says that the findings are also about characters. ``numbers`` are those that the file itself
    gives its records: the Parquet and NDJSON of run folders do.
    """

    frame: pl.DataFrame
    read: int
    findings: list[pl.DataFrame] = field(default_factory=list)
    bytes_of: Callable[[pl.Series], list[bytes]] | None = None
    offset: int = 0
    untyped: Mapping[str, pl.Series] = field(default_factory=dict)
    extent: Extent | None = None
    begun: bytes = b""
    is_looked_at: bool = False
    numbers: pl.Series | None = None

    @property
    def typed(self) -> pl.DataFrame:
        """The records whose values are all of their type: of the others a null may have been something."""
        rows = [found for found in self.untyped.values() if len(found)]
        return without(self.frame, pl.concat(rows).unique()) if rows else self.frame

    def looked_at(self) -> Batch:
        """Return the batch with what the characters of its records give rise to, whatever format they are from."""
        if self.is_looked_at:
            return self
        columns = tuple(name for name in self.frame.columns if name != ROW)
        frame, found = look_at(self.frame, Dialect(columns), "standard")
        return replace(self, frame=frame, findings=[*self.findings, *found], is_looked_at=True)

    def shifted(self, offset: int) -> Batch:
        """Return the batch with ``offset`` records before it."""
        frame = shifted(self.frame, offset)
        findings = [shifted(each, offset) for each in self.findings]
        untyped = {name: rows + offset for name, rows in self.untyped.items()}
        return replace(self, frame=frame, findings=findings, untyped=untyped, offset=self.offset + offset)


Unread = Callable[[], Batch]
"""Some records still to be read, by any thread; their rows count from 1."""


def ensure_known(
    headings: Sequence[str], schema: Schema, file: str | Path, place: Place, *, beside: Sequence[str] = ()
) -> None:
    """Raise ``UnreadableError`` for columns that the schema does not know, or that are there more than once."""
    if problems := unknown_headings(headings, (*schema.names, *beside)):
        known = joined_texts([dict.fromkeys(LANGUAGES, name) for name in schema.names], most=MOST["missing"])
        shown, count = joined_texts(problems), len(problems)
        raise UnreadableError([fault("S0009", place, file=file, columns=count, headings=shown, known=known)])


def ensure_fit(
    columns: Sequence[str], of_another_type: Iterable[str], schema: Schema, file: str | Path, place: Place
) -> None:
    """Raise ``UnreadableError`` where a column of the schema's key is missing, or columns are of another type."""
    if lacking := [name for name in schema.key if name not in columns]:
        raise UnreadableError([fault("S0011", place, file=file, columns=lacking)])
    if others := list(of_another_type):
        raise UnreadableError([fault("S0029", place, file=file, columns=others)])


def csv_columns(header: Header, headings: Sequence[str], schema: Schema, file: str | Path, place: Place) -> Dialect:
    """Return how a CSV file is written with this ``header``, which has ``headings``, or raise as the other two do."""
    ensure_known(headings, schema, file, place)
    ensure_fit(headings, (name for name in headings if name in schema.numbers), schema, file, place)
    return schema.dialect(tuple(headings), form=form_of(header))


def unlike_its_form(header: Header, columns: tuple[str, ...], schema: Schema) -> list[pl.DataFrame]:
    """Return a finding for each way in which the front of a CSV of others is written unlike its form."""
    return [about_file("R0033", side="standard", detail=way) for way in deviations(header, columns, schema.names)]


def csv_batch(data: Part, dialect: Dialect) -> Batch:
    """Read a batch of the bytes of a CSV file."""
    parsed = read_batch(data, dialect, side="standard")
    extent = parsed.extent
    frame = records.absent(parsed.frame)
    part = parsed.pieces.overlong
    begun = part.data if part is not None and not part.is_last else b""
    return Batch(
        frame,
        parsed.pieces.count,
        [*parsed.findings, *_not_quoted(parsed)],
        parsed.bytes_of,
        extent=extent,
        begun=begun,
        is_looked_at=True,
    )


def _not_quoted(parsed: ParsedBatch) -> list[pl.DataFrame]:
    """Find records with values that are not in quotes, in a form in which all are."""
    if parsed.dialect.quote != "all":
        return []
    rows = pl.Series(sorted(row for row, ways in parsed.ways.items() if "quotes" in ways), dtype=pl.Int64)
    return [about_rows(rows, "R0034", side="standard", column="")] if len(rows) else []
