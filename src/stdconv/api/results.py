"""What the library's functions for frames return: frames, counts of records, and findings that can be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import polars as pl

from stdconv import arguments
from stdconv.findings.explained import worded
from stdconv.findings.language import Language
from stdconv.findings.registry import Threshold
from stdconv.findings.rows import ROW
from stdconv.findings.shown import Counted
from stdconv.layouts.writable import file_of
from stdconv.mapping.plan import Plan
from stdconv.reports.counts import Counts
from stdconv.reports.model import Report, exit_code
from stdconv.reports.totals import Totals


class Result(Counted, ABC):
    """What every result has: ``findings``, one row each (``_row``, side, column, code, severity, detail), no values.

    Results compare by content, frames included, and print counts. They have no hash.
    """

    findings: pl.DataFrame

    @property
    @abstractmethod
    def counts(self) -> Counts:
        """How many records were read, accepted and refused."""

    def ok(self, fail_on: Threshold = "refuse") -> bool:
        """Return whether the command would end with exit code 0: no finding from ``fail_on`` on.

        Of the records, if there were any, some must have been accepted; a file with a header alone is in order.
        Raises ``DefinitionError`` for what is no severity.
        """
        totals = Totals()
        totals.add(self.findings)
        return exit_code(self.counts, totals, arguments.choice(fail_on, "fail_on", Threshold)) == 0

    def findings_in(self, lang: Language) -> pl.DataFrame:
        """Return the findings in words, row for row, in ``lang`` (``en`` or ``ja``).

        The columns are ``_row``, ``side``, ``column``, ``code``, ``severity``, ``name``, ``summary``, ``cause``,
        ``remedy`` and ``detail``. Raises ``DefinitionError`` for another language.
        """
        return worded(self.findings, arguments.choice(lang, "lang", Language))


@dataclass(frozen=True, repr=False, eq=False)
class Conversion(Result):
    """What became of a legacy frame. Every frame has ``_row``, the record's number from 1.

    ``standard``: the accepted records, columns in schema order, null for absent. ``refused``: the others, as they were.
    ``residue``: what the standard has no place for.
    """

    standard: pl.DataFrame
    refused: pl.DataFrame
    residue: pl.DataFrame
    findings: pl.DataFrame

    @property
    def counts(self) -> Counts:
        """How many records were read, accepted and refused."""
        return _counts(len(self.standard), len(self.refused))


@dataclass(frozen=True, repr=False, eq=False)
class Converted(Conversion):
    """What became of a legacy file, with the ``report`` of it. Of refused records there are ``_row`` and ``_raw``.

    ``_raw`` are the record's own bytes. The residue has the bytes around and instead of records too.
    """

    report: Report


@dataclass(frozen=True, repr=False, eq=False)
class Legacy(Result):
    """What was read of a legacy file: ``legacy`` has ``_row`` and the layout's columns, all text, none null.

    ``refused`` are the records that cannot be read: ``_row`` and ``_raw``, their own bytes.
    """

    legacy: pl.DataFrame
    refused: pl.DataFrame
    findings: pl.DataFrame

    @property
    def counts(self) -> Counts:
        """How many records there were, were read, and could not be read."""
        return _counts(len(self.legacy), len(self.refused))


@dataclass(frozen=True, repr=False, eq=False)
class Restoration(Result):
    """Standard records in a legacy layout. ``legacy`` has ``_row`` and the layout's columns, all text, none null.

    ``lookups`` holds one frame per lookup of the mapping, one row per key; ``refused`` the standard records that the
    layout cannot carry without change. ``plan`` is the layout's.
    """

    legacy: pl.DataFrame
    lookups: dict[str, pl.DataFrame]
    refused: pl.DataFrame
    findings: pl.DataFrame
    plan: Plan

    def to_bytes(self, *, lookup: str | None = None) -> bytes:
        """Return the file, or that of a ``lookup``, with header and mark, in the encoding as Windows writes it.

        Raises ``DefinitionError`` for a lookup that there is not (C0086), and for records that no file of the
        layout can hold (C0085): those of a frame that its residue gave back.
        """
        if lookup is None:
            return file_of(self.legacy, self.plan.dialect, side="legacy")
        name = arguments.lookup(lookup, "lookup", self.plan)
        rows = self.lookups[name].with_row_index(ROW, offset=1)
        return file_of(rows, self.plan.lookup_dialect(name), side=f"lookup:{name}")

    @property
    def counts(self) -> Counts:
        """How many records were read, written into the layout, and refused."""
        return _counts(len(self.legacy), len(self.refused))


@dataclass(frozen=True, repr=False, eq=False)
class Validation(Result):
    """What was found in a standard frame; ``report`` has the totals, the tallies, and what was asked of all records.

    It is the report that ``validate_file`` makes, of no file: its ``file`` is empty.
    """

    findings: pl.DataFrame
    report: Report

    @property
    def counts(self) -> Counts:
        """How many records were read, and how many of them a finding refuses."""
        return self.report.counts


def _counts(accepted: int, refused: int) -> Counts:
    return Counts(read=accepted + refused, accepted=accepted, refused=refused)
