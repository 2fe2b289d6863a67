"""Dataset rules: what no record can answer for by itself, checked after all batches with a few bytes held a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from sys import maxsize

import polars as pl

from stdconv.findings.frames import about_file, joined
from stdconv.findings.rows import ROW
from stdconv.standard.agreeing import content, group_of
from stdconv.standard.datasetrules import DatasetRule, NotLaterRule, TallyRule
from stdconv.standard.days import ExtractDay, NotLater
from stdconv.standard.documents import Column
from stdconv.standard.groups import Group
from stdconv.standard.hashes import Fingerprint, fingerprint
from stdconv.standard.schema import Schema

ABSENT, UNLISTED = "", "*"
"""What a tally calls no value at all, and all values that are not in the column's list."""
PORTION = 2_000_000
"""Of how many groups the records are looked at by value in one reading, times the columns that are looked at."""
KEPT = 4_000_000
"""Up to how many values are themselves kept, 16 bytes each and more for long ones, so that nothing is read again."""
ALL = maxsize
"""To keep that many values is never to read again."""

Batches = Callable[[], Iterator[pl.DataFrame]]


class Dataset:
    """The dataset rules of ``standard`` on a file with ``columns``: ``add`` every batch, then take the ``findings``.

    ``fingerprint`` gives equal values equal numbers; the more often different values share a number, the more faults
    stay hidden. Next to the fingerprints the values of small files are kept: ``keep`` values at most, with ``ALL`` what
    stands for whole records too. ``as_of`` is the day (YYYY-MM-DD) that no date of an event is later than; without it
    the newest that the file has is taken.
    """

    def __init__(
        self,
        schema: Schema,
        columns: Collection[str],
        *,
        fingerprint: Fingerprint = fingerprint,
        keep: int = KEPT,
        as_of: str | None = None,
    ) -> None:
        self.schema, self.columns = schema, columns
        self._unchecked: list[pl.DataFrame] = []
        self._groups: list[Group] = []
        self._judged: list[Group] = []
        self._tallies: dict[str, Tally] = {}
        self._read = 0
        self._later = [NotLater(rule, columns, as_of) for rule in schema.dataset if isinstance(rule, NotLaterRule)]
        for rule in schema.dataset:
            if isinstance(rule, NotLaterRule):
                continue
            if lacking := rule.lacking(columns):
                self._unchecked.append(_not_checked(rule, lacking))
            if isinstance(rule, TallyRule):
                counted = [name for name in rule.names if name not in lacking]
                self._tallies |= {name: Tally(schema.column(name)) for name in counted}
            elif not lacking:
                self._groups.append(group_of(rule, fingerprint, columns))
        self._numbers = sorted(schema.numbers.intersection(columns))
        self._looked_at = list(dict.fromkeys(name for group in self._groups for name in group.looked_at))
        self._blank = {*self._looked_at}
        self._kept: list[pl.DataFrame] = []
        self._keeps_all, self._room = keep == ALL and any(group.compares_all for group in self._groups), keep

    def add(self, standard: pl.DataFrame) -> None:
        """Take the records of the next batch (``_row`` and columns by name, null for absent) into account."""
        standard = self._spelled(standard)
        self._read += len(standard)
        self._blank = {name for name in self._blank if standard[name].null_count() == len(standard)}
        for group in self._groups:
            group.add(standard)
        for later in self._later:
            later.add(standard)
        self._keep(standard)
        for tally in self._tallies.values():
            tally.add(standard)

    def add_refused(self, keys: pl.DataFrame) -> None:
        """Take what was read of refused records, which are not there: that may be why something is wrong."""
        for group in self._groups:
            group.add_refused(keys)

    def _spelled(self, standard: pl.DataFrame) -> pl.DataFrame:
        """Return records with whole numbers as their digits: rules speak of texts."""
        return standard.with_columns(pl.col(self._numbers).cast(pl.String)) if self._numbers else standard

    def _keep(self, standard: pl.DataFrame) -> None:
        """Keep what the groups look at, or nothing at all once it is too much."""
        if self._groups and self._room > 0:
            whole = content([name for name in standard.columns if name != ROW]) if self._keeps_all else ()
            self._kept.append(standard.select(ROW, *self._looked_at, *whole))
            self._room -= len(standard) * len(self._kept[-1].columns)
        if self._room <= 0:
            self._kept.clear()

    @property
    def tallies(self) -> dict[str, dict[str, int]]:
        """How many records have which code, for every column that is counted; see ``Tally.counts``."""
        return {name: tally.counts for name, tally in self._tallies.items()}

    @property
    def labels(self) -> dict[str, dict[str, str]]:
        """The labels of the codes in ``tallies``, for columns that have a code list."""
        return {name: labels for name, tally in self._tallies.items() if (labels := tally.labels)}

    @property
    def checked(self) -> list[tuple[str, str]]:
        """The code and the columns of every finding that there could have been, once ``findings`` were taken."""
        return [*_tellable(self._judged), *(told for each in self._later if each.is_checked for told in each.tellable)]

    @property
    def day(self) -> ExtractDay | None:
        """The day that dates were held against, where a rule asks for one and there is any."""
        return next((each.day for each in self._later if each.is_checked), None)

    @property
    def reportable(self) -> list[tuple[str, str]]:
        """The code and the columns of every finding that there may be, as far as is known before anything is read."""
        return [*_tellable(self._groups), *(told for each in self._later for told in each.tellable)]

    def findings(self, again: Batches) -> Iterator[pl.DataFrame]:
        """Yield what is wrong with the records that were added; ``again`` gives the same batches once more, if need be.

        It is asked once: what was held is given up on the way.
        """
        yield from self._unchecked
        yield from (_not_checked(each.rule, each.rule.than) for each in self._later if not each.is_checked)
        waiting = []
        for group in self._groups:
            blank = [] if group.takes_absent else group.rule.lacking({*group.looked_at} - self._blank)
            if self._read and (blank or group.is_idle):
                yield _not_checked(group.rule, blank or group.rule.names)
            else:
                self._judged.append(group)
                waiting.append((group, group.suspects()))
        for suspected in _readings(waiting):
            now = [(group, suspects, list[pl.DataFrame]()) for group, suspects in suspected]
            is_kept = self._room > 0 and (self._keeps_all or not any(group.compares_all for group, _, _ in now))
            for batch in self._kept if is_kept else map(self._spelled, again()):
                for group, suspects, records in now:
                    records.append(group.records(batch, suspects))
            for group, _, records in now:
                group.judge(pl.concat(records))
                records.clear()
        for group in self._groups:
            yield from group.findings()
        for later in self._later:
            yield from later.findings()


def _readings(waiting: Sequence[tuple[Group, pl.Series]]) -> Iterator[list[tuple[Group, pl.Series]]]:
    """Yield what is looked at in one reading each: groups of records that are in question, no more than ``PORTION``."""
    now, room = list[tuple[Group, pl.Series]](), PORTION
    for group, suspects in waiting:
        width, first = len(group.looked_at), 0
        while first < len(suspects):
            portion = suspects.slice(first, max(1, room // width))
            now.append((group, portion))
            first, room = first + len(portion), room - len(portion) * width
            if room < width:
                yield now
                now, room = [], PORTION
    if now:
        yield now


def _tellable(groups: Sequence[Group]) -> list[tuple[str, str]]:
    return [(code, joined(group.columns)) for group in groups for code in group.rule.codes]


def _not_checked(rule: DatasetRule, columns: Sequence[str]) -> pl.DataFrame:
    return about_file("D0012", side="standard", column=joined(columns), detail=rule.rule)


class Tally:
    """How many records have which code in ``column``. What is not in its list may be a resident's value: not named."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._counts: Counter[str] = Counter()

    def add(self, standard: pl.DataFrame) -> None:
        """Count the records of a batch."""
        value = pl.col(self._column.name)
        listed = pl.when(value.is_null()).then(pl.lit(ABSENT)).when(value.is_in(list(self._column.listed))).then(value)
        counts = standard.select(listed.otherwise(pl.lit(UNLISTED)).alias("code")).group_by("code").len()
        self._counts.update(dict(counts.iter_rows()))

    @property
    def counts(self) -> dict[str, int]:
        """How many records have each code that there is, in the list's order, then ``ABSENT`` and ``UNLISTED``."""
        order = dict.fromkeys((*self._column.listed, ABSENT, UNLISTED))
        return {code: self._counts[code] for code in order if self._counts[code]}

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the codes that there are, where the column has a code list."""
        labels = self._column.labels
        return {code: labels[code] for code in self.counts if code in labels}
