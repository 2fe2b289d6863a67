"""Records numbered in the order of the file, and held to that order on the way back (the form ``number``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW, numbers, remaining
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Part
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.mapping.plan import Plan

Key = tuple[str, ...]


class Numbering:
    """How many records of each key there were so far, for every field of ``plan`` that numbers them.

    Holds the texts of each key with its count, some 160 bytes together, and nothing for a record. Where all columns
    of a key are empty, the record names nobody and gets no number.
    """

    def __init__(self, plan: Plan) -> None:
        self.forms = plan.numbered
        self._counts: list[Counter[Key]] = [Counter() for _ in plan.numbered]

    def number(self, legacy: pl.DataFrame) -> pl.DataFrame:
        """Count the records of ``legacy`` (``_row`` and text columns) and return it with columns of their numbers."""
        counted = [
            pl.Series(form.column, _numbers(counts, legacy.select(form.number.by)), dtype=pl.String)
            for form, counts in zip(self.forms, self._counts, strict=True)
        ]
        return legacy.with_columns(counted)

    def read(self, batch: Part, dialect: Dialect) -> ParsedBatch:
        """Read the next batch and number its records, those too that are refused.

        A record whose key cannot be read is not counted: a warning says that the numbers behind it may be too low.
        """
        parsed = read_batch(batch, dialect)
        frame, findings = parsed.frame, list(parsed.findings)
        for form, counts in zip(self.forms, self._counts, strict=True):
            keys = parsed.keys(form.number.by)
            counted = pl.Series(form.column, _numbers(counts, keys.select(form.number.by)), dtype=pl.String)
            frame = frame.join(keys.select(ROW, counted), on=ROW, how="left", maintain_order="left")
            uncounted = _uncounted(parsed, keys[ROW])
            if len(uncounted):
                findings.append(about_rows(uncounted, "T0027", side="standard", column=form.standard))
        return replace(parsed, frame=frame.rechunk(), findings=tuple(findings))

    def misplaced(self, legacy: pl.DataFrame) -> dict[str, list[int]]:
        """Return, by standard column, the rows of ``legacy`` that would be given another number than they have.

        ``legacy`` are records as they will be written, with columns of the numbers that they had. Each is held against
        those before it that are written: only they are counted.
        """
        misplaced: dict[str, list[int]] = {form.standard: [] for form in self.forms}
        given = zip(*(_given(legacy, form.number.by, form.column) for form in self.forms), strict=True)
        for row, pairs in zip(legacy[ROW].to_list(), given, strict=True):
            counted = list(zip(self.forms, self._counts, pairs, strict=True))
            wrong = [form.standard for form, counts, (key, number) in counted if number != _next(counts, key)]
            for name in wrong:
                misplaced[name].append(row)
            for _, counts, (key, _) in counted if not wrong else ():
                counts[key] += 1
        return misplaced


def _next(counts: Counter[Key], key: Key) -> str:
    return str(counts[key] + 1) if any(key) else ""


def _numbers(counts: Counter[Key], keys: pl.DataFrame) -> list[str]:
    numbers = []
    for key in keys.iter_rows():
        numbers.append(_next(counts, key))
        counts[key] += 1
    return numbers


def _given(legacy: pl.DataFrame, by: tuple[str, ...], column: str) -> Iterator[tuple[Key, str]]:
    return zip(legacy.select(by).iter_rows(), legacy[column].to_list(), strict=True)


def _uncounted(parsed: ParsedBatch, counted: pl.Series) -> pl.Series:
    """Return the rows of ``parsed`` that are neither counted nor a repeated header."""
    headers = [frame.filter(pl.col("code") == "R0005")[ROW] for frame in parsed.findings]
    known = pl.concat([counted, *headers])
    return remaining(numbers(parsed.pieces.count), known)


def numbered(plan: Plan, batches: Iterable[Part], numbering: Numbering | None = None) -> Iterable[Part | ParsedBatch]:
    """Return ``batches`` for ``convert_batch``: read one after the other where ``plan`` numbers records, else as is."""
    if not plan.numbered:
        return batches
    counting = numbering or Numbering(plan)
    return (counting.read(batch, plan.dialect) for batch in batches)
