"""Standard frames against the checks of a schema: one Boolean per record, and, for those that fail, every reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from stdconv.domains import Key
from stdconv.findings import about_rows, shape
from stdconv.readings.check import check
from stdconv.standard.recordrules import Check
from stdconv.standard.schema import demanded

ROW = "_row"


def present_checks(checks: Sequence[Check], columns: Collection[str]) -> tuple[Check, ...]:
    """Return ``checks`` less those that ask for a column that the whole file lacks: it is told once, or declared."""
    given = set(columns)
    return tuple(check for check in checks if demanded(check.domain) <= given)


def validate(checks: Sequence[Check], standard: pl.DataFrame) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return which records of ``standard`` (``_row`` and columns by name, null for absent) pass all ``checks``.

    The findings come with them: one per record and check that fails.
    """
    columns: dict[Key, pl.Expr] = {name: pl.col(name) for name in standard.columns if name != ROW}
    expressions = [check(each.domain, columns) for each in checks]
    passed = standard.select(pl.all_horizontal([pl.col(ROW).is_not_null(), *expressions])).to_series()
    failing = standard.filter(~passed).rechunk()
    if failing.is_empty():
        return passed, []
    verdicts = failing.select(expression.alias(str(i)) for i, expression in enumerate(expressions))
    return passed, [
        _told(each, failing.filter(~verdicts[str(i)]).rechunk())
        for i, each in enumerate(checks)
        if not verdicts[str(i)].all()
    ]


def _told(each: Check, rows: pl.DataFrame) -> pl.DataFrame:
    told = [name for name in each.columns if name in rows.columns]
    has_shape = len(told) == 1 and each.code != "S0001" and not each.title
    detail = rows.select(shape(pl.col(told[0]).fill_null(""))).to_series() if has_shape else each.title
    return about_rows(rows[ROW], each.code, side="standard", column="+".join(each.columns), detail=detail)
