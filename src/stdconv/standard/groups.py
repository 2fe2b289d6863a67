"""Rules about records that share values: checked by hashes of these, and by value where hashes say something is wrong.

So nothing is found only because two values have the same hash. Two such values can hide a fault; with 64 bits there are
any among ten million values in three of a million files. What was held of a group is made less on the way, where less
says the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, TypeAlias

import polars as pl

from stdconv.findings.frames import about_rows, joined
from stdconv.findings.rows import ROW
from stdconv.standard.datasetrules import (
    AsOneRule,
    AtMostOneRule,
    CountedRule,
    LatestRule,
    OnceRule,
    OneOwnerRule,
    SameRule,
    UniqueRule,
)
from stdconv.standard.hashes import FRESH, HASH, Fingerprint, Hashes

GROUP, NUMBER, FLAG, CODE, OTHER, EXPLAINED = "_group", "_number", "_flag", "_code", "_other", "_explained"
GREATEST = (1 << 32) - 1
"""The largest number that is distinguished from larger ones: a number is held in four bytes."""
PART = 500_000
"""How many records are judged at once."""
SLICE = 100_000
"""How many findings one frame has."""

GroupRule: TypeAlias = (
    UniqueRule | OnceRule | CountedRule | LatestRule | AtMostOneRule | SameRule | AsOneRule | OneOwnerRule
)


class Group(ABC):
    """A rule about records that share ``by``; findings name ``columns``. Holds a hash and ``facts`` of each record."""

    once: ClassVar[frozenset[str]] = frozenset()
    """The codes that are reported for the first record of a group alone."""
    of_absence: ClassVar[frozenset[str]] = frozenset()
    """The codes, among those, of what is wrong because a record is not there."""
    takes_absent: ClassVar[bool] = False
    """Whether absent is a value like any other; else there is nothing to be checked where a column has no values."""
    compares_all: ClassVar[bool] = False
    """Whether all columns of a record must be there to judge it."""

    def __init__(self, rule: GroupRule, by: Sequence[str], columns: Sequence[str], fingerprint: Fingerprint) -> None:
        self.rule = rule
        self.by = list(dict.fromkeys(by))
        self.columns = columns
        self._hash = fingerprint(self.by).alias(GROUP)
        self._held: list[pl.DataFrame] = []
        self._settled = self._fresh = 0
        self._refused: Hashes | None = None
        self._told: dict[str, list[pl.DataFrame]] = {code: [] for code in rule.codes}

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The columns that are read."""
        return self.rule.names

    @property
    def concerned(self) -> pl.Expr:
        """Which records the rule is about: those that have all of ``by``."""
        return pl.all_horizontal(pl.col(self.by).is_not_null())

    @property
    @abstractmethod
    def facts(self) -> list[pl.Expr]:
        """What the rule must know of a record, in as few bytes as will do."""

    @property
    def values(self) -> list[pl.Expr]:
        """What records are judged by, besides the values of ``by``."""
        return self.facts

    @abstractmethod
    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records to report, with the ``CODE`` of each; ``by`` are the columns that make a group.

        ``OTHER`` is the row of a record that each of them is to be compared with, where there is one.
        """

    def add(self, standard: pl.DataFrame) -> None:
        """Take the records of a batch into account."""
        concerned = standard.select(self.looked_at).filter(self.concerned)
        if concerned.is_empty():
            return
        self._held.append(concerned.select(self._hash, *self.facts))
        self._fresh += len(concerned)
        if self._fresh > max(FRESH, self._settled // 2):
            self._settle()

    def add_refused(self, keys: pl.DataFrame) -> None:
        """Take what was read of refused records (``_row``, columns that ``by`` may be among) into account."""
        if self.of_absence and not keys.is_empty() and {*keys.columns} >= {*self.by}:
            self._refused = self._refused or Hashes()
            read = keys.select(ROW, *self.by).drop_nulls()
            self._refused.add(read.select(ROW, self._hash.alias(HASH)))

    def _settle(self) -> None:
        """Make less of what is held."""
        self._held = [less for part in self._parts() if not (less := self.less(part)).is_empty()]
        self._settled, self._fresh = sum(map(len, self._held)), 0

    def less(self, held: pl.DataFrame) -> pl.DataFrame:
        """Return less that says the same of some whole groups, or what is held itself."""
        return held

    def _parts(self) -> Iterator[pl.DataFrame]:
        """Yield what is held, some whole groups at once."""
        held = pl.concat(self._held)
        parts = 1 + len(held) // PART
        yield from (held.filter(pl.col(GROUP) % parts == part) for part in range(parts))

    @property
    def is_idle(self) -> bool:
        """Whether the rule is about none of the records."""
        return not self._held

    def suspects(self) -> pl.Series:
        """Return the hashes of the groups in which something is wrong, if they are groups; gives up what was held."""
        if self.is_idle:
            return pl.Series(dtype=pl.UInt64)
        found = pl.concat(map(self.suspected, self._parts())).sort()
        self._held = []
        return found

    def suspected(self, held: pl.DataFrame) -> pl.Series:
        """Return the hashes of those groups of ``held`` in which something is wrong, each once."""
        return self.broken(held, [GROUP])[GROUP].unique()

    def records(self, standard: pl.DataFrame, suspects: pl.Series) -> pl.DataFrame:
        """Return the records of a batch that are in the groups ``suspects``, with their rows and values."""
        return self.suspicious(standard, suspects, self.looked_at).select(ROW, *self.by, *self.values)

    def suspicious(self, standard: pl.DataFrame, suspects: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
        """Return the records of a batch that are in the groups ``suspects``, with their rows and ``columns``."""
        suspected = standard.select(self.looked_at).select(self.concerned & self._hash.is_in(suspects.implode()))
        return standard.select(ROW, *columns).filter(suspected.to_series())

    def judge(self, records: pl.DataFrame) -> None:
        """Look at all records of some groups by value, and keep the rows in which something is wrong."""
        parts = 1 + len(records) // PART
        for part in range(parts):
            whole = records if parts == 1 else records.filter(self._hash % parts == part)
            broken = self.broken(whole, self.by)
            kept = [pl.col(ROW, *({OTHER} & {*broken.columns})).cast(pl.UInt32)]
            for code, told in self._told.items():
                findings = broken.filter(pl.col(CODE) == code)
                of_groups = findings.group_by(self.by).agg(pl.col(ROW).min()) if code in self.once else findings
                told.append(of_groups.select([*kept, *self._explained(code)]))

    def _explained(self, code: str) -> Iterator[pl.Expr]:
        """Yield whether a refused record has the same ``by``, where one could be the reason."""
        if self._refused is not None and code in self.of_absence:
            yield self._hash.map_batches(self._refused.has, return_dtype=pl.Boolean).alias(EXPLAINED)

    def findings(self) -> Iterator[pl.DataFrame]:
        """Yield the findings about the rows that were kept, in order; gives up what was kept."""
        for code, told in self._told.items():
            found = pl.concat(told).sort(ROW) if told else pl.DataFrame(schema={ROW: pl.UInt32})
            told.clear()
            for first in range(0, len(found), SLICE):
                part = found.slice(first, SLICE)
                yield about_rows(part[ROW], code, side="standard", column=joined(self.columns), detail=_detail(part))


def _detail(found: pl.DataFrame) -> pl.Series | str:
    """Return the record that each is to be compared with, or whether a refused record explains it; else nothing."""
    if OTHER in found.columns:
        return found.select(pl.format("record={}", OTHER).fill_null("")).to_series()
    if EXPLAINED in found.columns:
        return found.select(pl.when(EXPLAINED).then(pl.lit("explained")).otherwise(pl.lit("unexplained"))).to_series()
    return ""


class Unique(Group):
    """Whether no two records share their values. Each one that does is reported."""

    takes_absent = True

    def __init__(self, rule: UniqueRule | OnceRule, fingerprint: Fingerprint) -> None:
        super().__init__(rule, rule.columns, rule.columns, fingerprint)

    @property
    def concerned(self) -> pl.Expr:
        """All records."""
        return pl.lit(True)

    @property
    def facts(self) -> list[pl.Expr]:
        """The values are enough."""
        return []

    def suspected(self, held: pl.DataFrame) -> pl.Series:
        """Return the hashes that are there more than once: those that come after the same one where all are sorted."""
        hashes = held[GROUP].sort()
        return hashes.filter(hashes == hashes.shift()).unique()

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records that share ``by`` with another one."""
        return records.filter(pl.struct(by).is_duplicated()).with_columns(pl.lit("D0001").alias(CODE))


class Counted(Group):
    """Whether a group's numbers run from 1 without gaps: else its first record after a gap is reported.

    A record whose number is absent, or not a number, has no place in the count and is not looked at.
    """

    once = of_absence = frozenset({"D0006"})

    def __init__(self, rule: CountedRule, fingerprint: Fingerprint) -> None:
        super().__init__(rule, rule.by, (rule.number,), fingerprint)
        self._number = number(rule.number)

    @property
    def concerned(self) -> pl.Expr:
        """The records that have a number."""
        return super().concerned & self._number.is_not_null()

    @property
    def facts(self) -> list[pl.Expr]:
        """The number."""
        return [self._number.alias(NUMBER)]

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records without another one before them, but those that have the number 1."""
        numbered = records.with_columns(pl.col(NUMBER).cast(pl.Int64))
        following = numbered.select(*by, pl.col(NUMBER) + 1)
        gaps = numbered.filter(pl.col(NUMBER) != 1).join(following, on=[*by, NUMBER], how="anti")
        return gaps.with_columns(pl.lit("D0006").alias(CODE))


class Latest(Group):
    """Whether one record of a group has the flag, and has the highest number.

    Where none has it, the record with the highest number is reported (the first, if there are several); where several
    have it, each of them; where another record has it, that one. A record without a number is before all others.
    """

    once = of_absence = frozenset({"D0007"})

    def __init__(self, rule: LatestRule, fingerprint: Fingerprint) -> None:
        super().__init__(rule, rule.by, (rule.flag,), fingerprint)
        self._number, self._flag = number(rule.number).fill_null(0), pl.col(rule.flag).eq_missing(pl.lit(rule.value))

    @property
    def facts(self) -> list[pl.Expr]:
        """The number and whether the record has the flag."""
        return [self._number.alias(NUMBER), self._flag.alias(FLAG)]

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records to report, with the code of what is wrong in their group."""
        flags, is_last = pl.col(FLAG).sum().over(by), pl.col(NUMBER) == pl.col(NUMBER).max().over(by)
        none = pl.when((flags == 0) & is_last).then(pl.lit("D0007"))
        several = none.when(pl.col(FLAG) & (flags > 1)).then(pl.lit("D0008"))
        other = several.when(pl.col(FLAG) & ~is_last).then(pl.lit("D0009"))
        return records.with_columns(other.alias(CODE)).filter(pl.col(CODE).is_not_null())


class AtMostOne(Group):
    """Whether one record of a group, among those that count, is of a kind: if several are, each of them is reported.

    Where none is, the first record of the group is reported.
    """

    once = of_absence = frozenset({"D0011"})

    def __init__(self, rule: AtMostOneRule, fingerprint: Fingerprint) -> None:
        super().__init__(rule, rule.by, tuple(rule.which), fingerprint)
        self._among, self._which = has(rule.among), has(rule.which)

    @property
    def concerned(self) -> pl.Expr:
        """The records that count."""
        return super().concerned & self._among

    @property
    def facts(self) -> list[pl.Expr]:
        """Whether the record is of the kind: how many are, once less is held, and 2 says several."""
        return [self._which.cast(pl.UInt8).alias(FLAG)]

    def less(self, held: pl.DataFrame) -> pl.DataFrame:
        """Return how many records of each group are of the kind."""
        return held.group_by(GROUP).agg(pl.col(FLAG).sum().clip(upper_bound=2).cast(pl.UInt8))

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records that share the kind with others of a group, and all records of groups without one."""
        flags = pl.col(FLAG).sum().over(by)
        several = pl.when((pl.col(FLAG) > 0) & (flags > 1)).then(pl.lit("D0010"))
        none = several.when(flags == 0).then(pl.lit("D0011"))
        return records.with_columns(none.alias(CODE)).filter(pl.col(CODE).is_not_null())


def number(column: str) -> pl.Expr:
    """Return the number that digits spell, four bytes; null for every other text. All beyond four bytes count as one.

    >>> pl.DataFrame({"n": ["12", "007", "-1", "1.0", "5000000000", None]}).select(number("n"))["n"].to_list()
    [12, 7, None, None, 4294967295, None]
    """
    value = pl.col(column).cast(pl.UInt64, strict=False).fill_null(GREATEST).clip(upper_bound=GREATEST)
    return pl.when(pl.col(column).str.contains("^[0-9]+$")).then(value.cast(pl.UInt32))


def has(values: dict[str, str]) -> pl.Expr:
    """Return whether a record has all of ``values``, by column."""
    return pl.all_horizontal([pl.lit(True), *(pl.col(name).eq_missing(pl.lit(text)) for name, text in values.items())])
