"""The session that restores standard records into a layout."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import polars as pl

from stdconv import arguments
from stdconv.api.given import KEY, lacking, looked_at, misleading_key, numbered, residue_of
from stdconv.api.results import Restoration
from stdconv.api.sessions import Rows, Session
from stdconv.arguments import File, Frame
from stdconv.conversion.knownback import KnownBack
from stdconv.conversion.lookups import settled
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.relay import (
    Relayed,
    left_empty,
    needed_together,
    refuse_misnumbered,
    relay_frame,
    settled_together,
)
from stdconv.conversion.valuetables import LEAST
from stdconv.errors import DefinitionError
from stdconv.findings.frames import empty
from stdconv.findings.registry import Threshold, fault
from stdconv.findings.rows import ROW, only, refused_rows, remaining, without
from stdconv.mapping.plan import Plan
from stdconv.reports.counts import Counts
from stdconv.reports.model import Report
from stdconv.reports.totals import Totals
from stdconv.runs.relay import report_of_restored
from stdconv.standard.dataset import ALL, Dataset
from stdconv.standard.people import People


class Restorer(Session):
    """Restores standard records chunk by chunk: what the chunks give is what all of them give at once.

    ``feed`` takes frames as ``restore`` does, all with the same columns. After ``finish``, ``lookups`` has the lookups
    of all records, and ``findings`` what only the whole can tell: columns that no value fills, and, in layouts with
    lookups, the records that would need several rows of one (T0032) or be numbered otherwise (T0030), which are to be
    taken out of what ``feed`` gave; and what dataset rules find where there is no ``residue``. ``residue``, ``key`` and
    ``cast`` are as for ``restore``, of all records. A session is for one thread; its plan may be shared by several.
    Raises ``DefinitionError`` as ``restore`` does, once it is finished or has failed (C0082), and for a chunk with
    other columns (C0083).

    >>> from stdconv import load_mapping
    >>> plan = load_mapping("vendor-b/resident-link")
    >>> session = Restorer(plan)
    >>> chunk = session.feed(pl.DataFrame([dict(plan.mapping.examples[0].standard)]))
    >>> session.finish().counts.accepted, chunk.legacy["氏名"].item(), session.lookups["names"]["氏"].item()
    (1, '行政花子', '行政')
    """

    def __init__(
        self,
        mapping: Plan | File,
        *,
        residue: Frame | None = None,
        key: Sequence[str] | None = None,
        cast: bool = False,
        fail_on: Threshold = "refuse",
    ) -> None:
        super().__init__()
        self._is_cast = arguments.flag(cast, "cast")
        given = None if residue is None else arguments.frame(residue, "residue")
        self._fail_on = arguments.choice(fail_on, "fail_on", Threshold)
        self.plan = arguments.plan(mapping)
        known = self.plan.schema.names
        self._key = () if key is None else arguments.names(key, "key", known, near=known)
        columns = self.plan.mapping.legacy.columns
        self._residue = None if given is None else residue_of(given, columns, self._key)
        self._rows = Rows()
        self._columns: tuple[str, ...] = ()
        self._numbering = Numbering(self.plan)
        self._found = pl.Series(dtype=pl.Int64)
        self._needs: list[pl.DataFrame] = []
        self._lost: list[pl.DataFrame] = []
        self._held: list[tuple[pl.DataFrame, pl.Series]] = []
        self._totals = Totals()
        self._accepted = 0
        self._findings = empty()

    def feed(self, standard: Frame) -> Restoration:
        """Restore a chunk; its ``lookups`` are those of its records alone."""
        frame = arguments.frame(standard, "standard")
        if self._residue is not None and not self._key and ROW not in frame.columns:
            raise DefinitionError([fault("C0047", side="standard")])
        given = numbered(frame, self.plan.schema, read=len(self._rows), is_cast=self._is_cast)
        self._rows.ensure_new(given[ROW])
        if faults := [arguments.misfit_column("standard", name, None) for name in self._key if name not in given]:
            raise DefinitionError(faults)
        with self._at_work(frozenset(given.columns)):
            self._columns = tuple(name for name in given.columns if name != ROW)
            result = self._of_frame(given)
            self._rows.take(given[ROW])
        return result

    def finish(self) -> Report:
        """End the session and return the report of all records."""
        with self._at_work(last=True):
            self._end()
        counts = Counts(read=len(self._rows), accepted=self._accepted, refused=len(self._rows) - self._accepted)
        dataset, people = (self._dataset, self._people) if self._residue is None else (None, None)
        totals = self._totals
        return report_of_restored(
            self.plan, self._columns, counts, totals, self._fail_on, dataset=dataset, people=people
        )

    @property
    def findings(self) -> pl.DataFrame:
        """What only the whole can tell. Raises ``DefinitionError`` (C0082) before ``finish``."""
        self._ensure_finished()
        return self._findings

    @property
    def lookups(self) -> dict[str, pl.DataFrame]:
        """The lookups of all records. Raises ``DefinitionError`` (C0082) before ``finish``."""
        self._ensure_finished()
        return self._lookups

    def _of_frame(self, given: pl.DataFrame) -> Restoration:
        plan = self.plan
        readable, odd = looked_at(given)
        if self._residue is not None:
            relayed = relay_frame(plan, readable, self._remains(readable))
        else:
            self._dataset.add(readable)
            relayed = relay_frame(plan, readable, known=self._known if len(readable) >= LEAST else None)
            relayed = relayed if plan.mapping.lookups else refuse_misnumbered(relayed, self._numbering)
        findings = pl.concat([empty(), *odd, relayed.findings]).sort(ROW, maintain_order=True)
        self._accepted += len(relayed.legacy)
        if self._residue is None:
            self._take_people(readable, relayed.legacy[ROW])
        if plan.mapping.lookups:
            self._needs.append(relayed.legacy.select(ROW, *needed_together(plan)))
        is_lost = pl.col("code") == "T0031"
        self._lost.append(findings.filter(is_lost))
        self._totals.add(findings.filter(~is_lost))
        return Restoration(
            legacy=relayed.legacy.select(ROW, *plan.mapping.legacy.columns),
            lookups=_lookups(plan, relayed.legacy),
            refused=only(given, refused_rows(findings)),
            findings=findings,
            plan=plan,
        )

    def _take_people(self, records: pl.DataFrame, accepted: pl.Series) -> None:
        """Count whose records these are: at once, or in the end, where lookups may still refuse some."""
        if self.plan.mapping.lookups:
            named = [name for name in self._people.columns if name in records.columns]
            self._held.append((records.select(ROW, *named), accepted))
        else:
            self._add_people(records, accepted)

    def _add_people(self, records: pl.DataFrame, accepted: pl.Series) -> None:
        self._people.add(only(records, accepted))
        self._people.add_refused(without(records, accepted))

    def _end(self) -> None:
        plan, about = self.plan, [empty(), *(lacking(self.plan.schema, self._columns) if self._chunks else ())]
        late, legacy = empty(), pl.concat(self._needs) if self._needs else None
        if self._residue is None:
            about += (*left_empty(plan), *self._dataset.findings(lambda: iter(())))
            if legacy is not None:
                whole = settled_together(plan, Relayed(legacy, empty(), legacy[ROW].clear()))
                late, legacy = whole.findings, whole.legacy
        rows = refused_rows(late)
        self._accepted -= len(rows)
        for records, accepted in self._held:
            self._add_people(records, remaining(accepted, rows))
        of_people = self._people.findings() if self._residue is None else ()
        self._findings = pl.concat([*about, late, *of_people])
        for findings in self._lost:
            self._totals.add(without(findings, rows))
        self._totals.add(self._findings)
        self._lookups = {} if legacy is None else _lookups(plan, legacy)

    def _remains(self, standard: pl.DataFrame) -> pl.DataFrame:
        """Return the residue of these records, by their rows."""
        residue = self._residue
        if residue is None or not self._key:
            return only(residue, standard[ROW]) if residue is not None else standard
        today = standard.select(ROW, *(pl.col(name).cast(pl.String).alias(KEY + name) for name in self._key))
        keys = [KEY + name for name in self._key]
        if len(absent := today.filter(pl.any_horizontal(pl.col(keys).is_null()))):
            raise DefinitionError([misleading_key(self._key, "standard", "absent", len(absent), absent[ROW].item(0))])
        found = residue.join(today, on=keys, how="inner", maintain_order="right")
        rows = found[KEY]
        twice = rows.is_duplicated() | rows.is_in(self._found.implode())
        if twice.any():
            wrong = found[ROW].filter(twice)
            raise DefinitionError([misleading_key(self._key, "standard", "twice", len(wrong), wrong.item(0))])
        self._found = pl.concat([self._found, rows])
        return found.drop(KEY, *keys)

    @cached_property
    def _known(self) -> KnownBack:
        return KnownBack(self.plan, self._columns)

    @cached_property
    def _people(self) -> People:
        return People(self.plan.schema, self._columns)

    @cached_property
    def _dataset(self) -> Dataset:
        return Dataset(self.plan.schema, self._columns, keep=ALL)


def _lookups(plan: Plan, legacy: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {name: settled(plan, name, [legacy]) for name in plan.mapping.lookups}
