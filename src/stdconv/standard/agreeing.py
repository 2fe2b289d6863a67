"""Rules about records that must say the same of something, or belong to one: held are two hashes of each group."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection

import polars as pl

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
from stdconv.standard.groups import (
    CODE,
    FLAG,
    GROUP,
    OTHER,
    AtMostOne,
    Counted,
    Group,
    GroupRule,
    Latest,
    Unique,
    has,
)
from stdconv.standard.hashes import Fingerprint

VALUE = "_value"
CONTENT = ("_content", "_content_too")
"""What a record is compared by as a whole: 128 bits, since the values of all its columns are too much to hold."""
HALF = (1 << 32) - 1


def content(columns: Collection[str]) -> list[pl.Expr]:
    """Return what stands for all values of a record."""
    return [pl.struct(columns).hash(seed=seed).alias(name) for seed, name in enumerate(CONTENT, 1)]


class Once(Unique):
    """Whether no two records share their values. Each one that does is reported, by what else the records have."""

    compares_all = True

    def records(self, standard: pl.DataFrame, suspects: pl.Series) -> pl.DataFrame:
        """Return the records of a batch that are in the groups ``suspects``, with what stands for all their values."""
        columns = [name for name in standard.columns if name != ROW]
        found = self.suspicious(standard, suspects, columns)
        whole = CONTENT if {*CONTENT} <= {*columns} else content(columns)
        return found.select(ROW, *self.by, *whole)

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records that share ``by`` with another one."""
        shared = records.filter(pl.len().over(by) > 1)
        alike = pl.all_horizontal([pl.col(name).n_unique().over(by) == 1 for name in CONTENT])
        code = pl.when(alike).then(pl.lit("D0014")).otherwise(pl.lit("D0015"))
        return shared.with_columns(code.alias(CODE), _another(pl.col(ROW), by).alias(OTHER))


class Agreeing(Group):
    """Whether the records of a group agree: of each group one value is held, and whether there was another one."""

    @property
    @abstractmethod
    def value(self) -> pl.Expr:
        """The hash of what records agree in, null where one says nothing."""

    @property
    def facts(self) -> list[pl.Expr]:
        """Half a hash of what it says, and that no other record is known to say something else."""
        return [(self.value & HALF).cast(pl.UInt32).alias(VALUE), pl.lit(False).alias(FLAG)]

    def less(self, held: pl.DataFrame) -> pl.DataFrame:
        """Return one value of each group, and whether there is another one."""
        value = pl.col(VALUE)
        several = pl.col(FLAG).any() | (value.min() != value.max()).fill_null(False)
        return held.group_by(GROUP).agg(value.min(), several.alias(FLAG))

    def suspected(self, held: pl.DataFrame) -> pl.Series:
        """Return the hashes of groups with several values."""
        return self.less(held).filter(FLAG)[GROUP]


class Same(Agreeing):
    """Whether all records of a group have the same values: those that most of them do not have are reported.

    If no values are had by more records than others, all of the records are.
    """

    def __init__(self, rule: SameRule, fingerprint: Fingerprint, columns: Collection[str]) -> None:
        super().__init__(rule, rule.by, rule.columns, fingerprint)
        self._code, self._among = rule.finding, has(rule.among)
        self._compared = [name for name in rule.columns if name in columns]
        self._value = fingerprint(self._compared)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Those that the file has."""
        return tuple(dict.fromkeys((*self.rule.needed, *self._compared)))

    @property
    def concerned(self) -> pl.Expr:
        """The records that count and say something."""
        return super().concerned & self._among & pl.any_horizontal(pl.col(self._compared).is_not_null())

    @property
    def value(self) -> pl.Expr:
        """What is to be the same."""
        return self._value

    @property
    def values(self) -> list[pl.Expr]:
        """What is to be the same."""
        return [pl.col(name).alias(f"{VALUE}{place}") for place, name in enumerate(self._compared)]

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records to report, and the first of those that have what most have, or that have something else.

        Groups are judged one row for each of their values, which is less.
        """
        values = [f"{VALUE}{place}" for place in range(len(self._compared))]
        kinds = records.group_by(*by, *values).agg(pl.len().alias("often"), pl.col(ROW).min().alias("first"))
        most = pl.col("often") == pl.col("often").max().over(by)
        is_usual = (most & (most.sum().over(by) == 1)).alias("is_usual")
        other = _another(pl.when(most).then("first"), by).alias(OTHER)
        told = kinds.filter(pl.len().over(by) > 1).with_columns(is_usual, other).filter(~pl.col("is_usual"))
        told = told.select(*by, *values, OTHER, pl.lit(self._code).alias(CODE))
        return records.join(told, on=[*by, *values], how="inner", nulls_equal=True)


class AsOne(Agreeing):
    """Whether the records of a group say what one of them is called: those that say something else are reported.

    Nobody but that one record says by itself what it is called, so the group agrees where that one says what it is
    called and all others say the same.
    """

    def __init__(self, rule: AsOneRule, fingerprint: Fingerprint, columns: Collection[str]) -> None:
        super().__init__(rule, rule.by, (rule.says,), fingerprint)
        self._among, self._which = has(rule.among), has(rule.which)
        self._called = [name for name in rule.of if name in columns]
        self._says = rule.says
        self._value = pl.when(pl.col(rule.says).is_not_null()).then(fingerprint([rule.says]))

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Those that the file has."""
        return tuple(dict.fromkeys((*self.rule.needed, *self._called)))

    @property
    def concerned(self) -> pl.Expr:
        """The records that count."""
        return super().concerned & self._among

    @property
    def value(self) -> pl.Expr:
        """What the record says."""
        return self._value

    @property
    def facts(self) -> list[pl.Expr]:
        """What it says, and whether it is the one and does not say what it is called."""
        names = [pl.col(name).eq(pl.col(self._says)).fill_null(False) for name in self._called]
        value, _ = super().facts
        return [value, (self._which & ~pl.any_horizontal(names)).alias(FLAG)]

    @property
    def values(self) -> list[pl.Expr]:
        """Whether it is the one, what it says, and what it is called."""
        called = [pl.col(name).alias(f"{VALUE}{place}") for place, name in enumerate(self._called)]
        return [self._which.alias(FLAG), pl.col(self._says).alias(VALUE), *called]

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the records that say something else than what the one of their group is called, and its row."""
        names = [f"{VALUE}{place}" for place in range(len(self._called))]
        ones = records.filter(FLAG).filter(pl.len().over(by) == 1, pl.any_horizontal(pl.col(names).is_not_null()))
        told = records.select(ROW, *by, VALUE).join(ones.select(*by, *names, pl.col(ROW).alias(OTHER)), on=by)
        says_it = pl.any_horizontal([pl.col(name).eq(pl.col(VALUE)).fill_null(False) for name in names])
        told = told.filter(pl.col(VALUE).is_not_null() & ~says_it)
        itself = pl.when(pl.col(OTHER) != pl.col(ROW)).then(OTHER)
        return told.with_columns(itself.alias(OTHER), pl.lit("D0018").alias(CODE))


class OneOwner(Agreeing):
    """Whether all records of a group have the same owner: else the first record of each owner is reported."""

    def __init__(self, rule: OneOwnerRule, fingerprint: Fingerprint) -> None:
        super().__init__(rule, rule.columns, rule.columns, fingerprint)
        self._code, self._among = rule.finding, has(rule.among)
        self._owner = list(dict.fromkeys(rule.owner))
        self._value = fingerprint(self._owner)

    @property
    def concerned(self) -> pl.Expr:
        """The records that count and have an owner."""
        return super().concerned & self._among & pl.all_horizontal(pl.col(self._owner).is_not_null())

    @property
    def value(self) -> pl.Expr:
        """The owner."""
        return self._value

    @property
    def values(self) -> list[pl.Expr]:
        """The owner."""
        return [pl.col(name).alias(f"{VALUE}{place}") for place, name in enumerate(self._owner)]

    def broken(self, records: pl.DataFrame, by: list[str]) -> pl.DataFrame:
        """Return the first record of each owner of a group with several, and the row of another one's first record."""
        owner = [f"{VALUE}{place}" for place in range(len(self._owner))]
        firsts = records.group_by(*by, *owner).agg(pl.col(ROW).min())
        shared = firsts.filter(pl.len().over(by) > 1)
        return shared.with_columns(_another(pl.col(ROW), by).alias(OTHER), pl.lit(self._code).alias(CODE))


def _another(row: pl.Expr, by: list[str]) -> pl.Expr:
    """Return the least ``row`` of a group, for that one itself the next one; each stands once in it, or is null."""
    least = row.min().over(by)
    return pl.when(row == least).then(pl.when(row > least).then(row).min().over(by)).otherwise(least)


def group_of(rule: GroupRule, fingerprint: Fingerprint, columns: Collection[str]) -> Group:
    """Return what checks ``rule`` in a file with ``columns``."""
    match rule:
        case UniqueRule():
            return Unique(rule, fingerprint)
        case OnceRule():
            return Once(rule, fingerprint)
        case CountedRule():
            return Counted(rule, fingerprint)
        case LatestRule():
            return Latest(rule, fingerprint)
        case AtMostOneRule():
            return AtMostOne(rule, fingerprint)
        case SameRule():
            return Same(rule, fingerprint, columns)
        case AsOneRule():
            return AsOne(rule, fingerprint, columns)
        case OneOwnerRule():
            return OneOwner(rule, fingerprint)
