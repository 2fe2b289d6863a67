"""The lists of issues of a run: made in the end of all findings, with what people have decided before."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from stdconv.errors import DefinitionError
from stdconv.findings.patterns import EVERYWHERE
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.reports.issues import IssuesUse
from stdconv.reports.model import Report
from stdconv.runs.asked import Asked
from stdconv.runs.decisions import Matched, load_decisions
from stdconv.runs.issues import Found, IssuesFile, source_of, write_issues
from stdconv.runs.manifest import FINDINGS_FILE, ISSUES, ISSUES_WITH_KEYS
from stdconv.standard.schema import Schema
from stdconv.standard.writers import ParquetSink

KEYS, COPY = ".keys.parquet", ".decisions.csv"
"""Files that are there while a run is made, and not in the end."""


class Listing:
    """The lists of a run whose records have ``columns``, in the making. A context.

    ``take`` what is known of records' keys, then ``finish``. Raises ``DefinitionError`` for a list that is given back
    and cannot be understood, and where keys are asked for that there are not; ``UnreadableError`` for what is no file.
    """

    def __init__(self, folder: Path, schema: Schema, columns: Collection[str], asked: Asked) -> None:
        there = {*columns}
        person = schema.person if there.issuperset(schema.person) else ()
        household = schema.household if there.issuperset(schema.household) else ()
        if asked.with_keys and not person:
            raise DefinitionError([fault("C0145", schema=schema.name)])
        self.lines: Callable[[pl.Series], pl.Series] | None = None
        """What gives rows, in order, the lines on which the records begin."""
        self._folder, self._is_asked = folder, asked.is_listed
        self._is_personal, self._as_of = asked.with_keys, asked.as_of
        given = asked.decisions
        self._given = load_decisions(given, folder / COPY, person, household) if given is not None else None
        needs_keys = asked.with_keys or (self._given is not None and self._given.names)
        self._names = tuple(dict.fromkeys((*person, *household))) if needs_keys else ()
        schema_of_keys = pl.Schema({ROW: pl.Int64(), **dict.fromkeys(self._names, pl.String())})
        self._keys = ParquetSink(folder / KEYS, schema_of_keys) if needs_keys else None

    def take(self, *records: pl.DataFrame) -> None:
        """Take the keys of the next records, of which some may be in each frame."""
        if self._keys is not None:
            keys = [each.select(ROW, pl.col(self._names).cast(pl.String)) for each in records]
            self._keys.write(pl.concat(keys).sort(ROW))

    def finish(self, report: Report, sha256: str) -> Report:
        """Write the lists of all findings of the file with that ``sha256``; returns the report with their numbers."""
        if not self._is_asked:
            return report
        keys = None
        if self._keys is not None:
            self._keys.close()
            keys = self._folder / KEYS
        missing = tuple(total for total in report.findings if total.code == EVERYWHERE)
        found = Found(self._folder / FINDINGS_FILE, report.counts.read, missing, self.lines, keys, self._names)
        matched = Matched(found, self._given) if self._given is not None else None
        source = source_of(sha256)
        with ExitStack() as stack:
            files = [stack.enter_context(IssuesFile(self._folder / ISSUES, (), source))]
            if self._is_personal:
                named = IssuesFile(self._folder / ISSUES_WITH_KEYS, self._names, source)
                files.append(stack.enter_context(named))
            many = write_issues(found, files, matched.carried if matched is not None else None)
            if matched is not None:
                for part, ends in matched.gone_parts():
                    for file in files:
                        file.add(part, many + 1, ends)
                    many += len(part)
        if keys is not None:
            keys.unlink()
        personal = ISSUES_WITH_KEYS if self._is_personal else None
        if matched is not None:
            return report.model_copy(update={"issues": matched.use(source, self._as_of, personal)})
        return report.model_copy(update={"issues": IssuesUse.of(many, personal=personal)})

    def __enter__(self) -> Self:
        """Return the lists themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing open."""
        if self._keys is not None:
            self._keys.abandon()
