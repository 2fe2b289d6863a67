"""Histories among records that are drawn column by column: numbers from 1, one of them the latest, none cut."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stdconv.findings.rows import ROW
from stdconv.mapping.plan import Plan
from stdconv.standard.datasetrules import CountedRule, LatestRule

GROUP = "_group"
"""The column that counts histories, which are drawn whole."""

SIZES = (1, 2, 1, 3)
"""How many records histories have, in turn."""

PERSONS = (0, 1, 2, 2)
"""Whose histories they are, in turn: of three persons one has two, where a person may have several."""

_GROUPS = [group for group, size in enumerate(SIZES) for _ in range(size)]
_OWNERS = [PERSONS[group] for group in _GROUPS]
_PLACES = [place for size in SIZES for place in range(size)]
_SIZES = [size for size in SIZES for _ in range(size)]


@dataclass(frozen=True)
class History:
    """How the records of a schema are histories: the columns ``by`` which records belong together, and the ``number``.

    The latest has ``value`` in ``flag``, the others have ``otherwise``; without a rule about that ``flag`` is empty.
    ``person`` are those of ``by`` that name the person, where a person may have several histories.
    """

    by: tuple[str, ...]
    number: str
    person: tuple[str, ...] = ()
    flag: str = ""
    value: str = ""
    otherwise: str | None = None

    @classmethod
    def of(cls, plan: Plan) -> History | None:
        """Return the histories that the schema's rules ask for, of columns that the mapping can give any value."""
        alone = {route.standard[0] for route in plan.routes if len(route.standard) == 1 and route.constant is None}
        alone -= {form.standard for form in plan.numbered}
        for rule in sorted(plan.schema.dataset, key=lambda rule: not isinstance(rule, LatestRule)):
            if not isinstance(rule, LatestRule | CountedRule) or not alone.issuperset((*rule.by, rule.number)):
                continue
            person = plan.schema.person if {*plan.schema.person} < {*rule.by} else ()
            if isinstance(rule, CountedRule) or rule.flag not in alone:
                return cls(rule.by, rule.number, person)
            others = [code for code in plan.schema.column(rule.flag).listed if code != rule.value]
            return cls(rule.by, rule.number, person, rule.flag, rule.value, next(iter(others), None))
        return None

    def arranged(self, standard: pl.DataFrame) -> pl.DataFrame:
        """Return records in histories: what they are told apart by is the first one's, and they are numbered.

        Where two histories would be told apart by nothing, neither is returned whole.
        """
        place, size = _of_row(_PLACES), _of_row(_SIZES)
        owner = _counted(_OWNERS, len({*PERSONS}))
        columns = [pl.col(name).first().over(owner if name in self.person else _group()) for name in self.by]
        columns.append((place + 1).cast(pl.String).alias(self.number))
        if self.flag:
            is_last = place == size - 1
            flag = pl.when(is_last).then(pl.lit(self.value)).otherwise(pl.lit(self.otherwise, dtype=pl.String))
            columns.append(flag.alias(self.flag))
        arranged = standard.with_columns(columns)
        return arranged.filter(pl.struct(*self.by, self.number).is_unique())


def whole(records: pl.DataFrame) -> pl.DataFrame:
    """Return the records of those histories of which every record is there, with ``_group``."""
    is_whole = pl.len().over(GROUP) == _of_row(_SIZES)
    return records.with_columns(_group().alias(GROUP)).filter(is_whole)


def fitting(records: pl.DataFrame, left: int, *, by: str) -> pl.DataFrame:
    """Return the records of groups, in order, of which no more than ``left`` are taken and none is cut."""
    taken = []
    for group, size in records.group_by(by, maintain_order=True).len().iter_rows():
        if size <= left:
            taken.append(group)
            left -= size
    return records.filter(pl.col(by).is_in(taken))


def _group() -> pl.Expr:
    return _counted(_GROUPS, len(SIZES))


def _counted(values: list[int], several: int) -> pl.Expr:
    """Return the one of ``values`` for each row, which are below ``several``, counted on from round to round."""
    return (pl.col(ROW) - 1) // len(values) * several + _of_row(values)


def _of_row(values: list[int]) -> pl.Expr:
    """Return, for each row, the one of ``values`` that its number falls on, round and round."""
    place = (pl.col(ROW) - 1) % len(values)
    return place.replace_strict(dict(enumerate(values)), return_dtype=pl.Int64)
