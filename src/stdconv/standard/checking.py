"""Standard frames against the checks of a schema: one Boolean per record, and, for those that fail, every reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from stdconv.domains.check import check
from stdconv.domains.sets import Key
from stdconv.findings.frames import Kind, about_kinds
from stdconv.findings.rows import ROW, without
from stdconv.findings.shapes import shape
from stdconv.standard.checks import Check

NONE: Mapping[str, pl.Series] = MappingProxyType({})


def validate(
    checks: Sequence[Check], standard: pl.DataFrame, untyped: Mapping[str, pl.Series] = NONE
) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return which records of ``standard`` (``_row`` and columns by name, null for absent) pass all ``checks``.

    The findings come with them: one per record and check that fails. ``untyped`` says by column in which rows a value
    was of another type, and is null for that: no check of the column speaks of them.
    """
    verdicts = standard.select(pl.col(ROW).is_not_null(), *_verdicts(tuple(checks), tuple(standard.columns)))
    passed = verdicts.select(pl.all_horizontal(pl.all())).to_series()
    if passed.all():
        return passed, []
    broken = [(each, verdicts[str(i)]) for i, each in enumerate(checks) if not verdicts[str(i)].all()]
    return passed, [_findings_of(broken, standard, untyped)]


@lru_cache(maxsize=8)
def _verdicts(checks: tuple[Check, ...], names: tuple[str, ...]) -> tuple[pl.Expr, ...]:
    """Return an expression for each check, named by its number; batches of one file share them."""
    columns: dict[Key, pl.Expr] = {name: pl.col(name) for name in names if name != ROW}
    return tuple(check(each.domain, columns).alias(str(i)) for i, each in enumerate(checks))


def _findings_of(
    broken: Sequence[tuple[Check, pl.Series]], standard: pl.DataFrame, untyped: Mapping[str, pl.Series]
) -> pl.DataFrame:
    """Return the findings about ``broken`` checks, one after the other, each with its verdicts."""
    found = [_broken(each, standard, verdict, untyped) for each, verdict in broken]
    kinds = [Kind(*each.reported_as, each.title, each.severity) for each, _ in broken]
    told = pl.concat(found).rechunk()
    return about_kinds(told[ROW], kinds, [*map(len, found)], side="standard", detail=_shapes(told["value"]))


def _broken(each: Check, standard: pl.DataFrame, verdict: pl.Series, untyped: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Return the rows in which a check is broken, and the ``value`` whose shape tells how, where it is one value's."""
    columns = dict.fromkeys(each.columns)
    present = [name for name in columns if name in standard.columns]
    has_shape = len(present) == 1 and each.code != "S0001" and not each.title
    rows = standard[ROW].filter(marks := ~verdict)
    values = standard[present[0]].filter(marks).cast(pl.String) if has_shape else _nothing(len(rows))
    if has_shape and values.null_count():
        values = values.fill_null("")
    broken = pl.DataFrame([rows, values.alias("value")])
    for name in untyped.keys() & columns.keys():
        broken = without(broken, untyped[name])
    return broken


def _nothing(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True)


def _shapes(values: pl.Series) -> pl.Series:
    """Return the shape of each value, null for none; a value that many records share is looked at once."""
    texts = values.to_frame("value")
    distinct = texts.drop_nulls().unique().with_columns(shape(pl.col("value")).alias("detail"))
    return texts.join(distinct, on="value", how="left", maintain_order="left")["detail"]
