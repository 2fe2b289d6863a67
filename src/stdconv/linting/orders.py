"""What the order of columns decides, and no example shows."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from stdconv.errors import Fault, KeyPath
from stdconv.lenses.base import different
from stdconv.linting.fields import Field
from stdconv.mapping.route import standard_column


def faults(field: Field) -> Iterator[Fault]:
    """Yield the neighbours among a field's columns that could be exchanged without any example saying otherwise."""
    if not field.is_read or field.accepted.is_empty():
        return
    frame, column = field.accepted, "・".join(field.route.standard)
    steps = field.route.steps
    given = tuple(pl.col(name) for name in field.route.between(0))
    for branch in steps[0].orders(*given) if steps else different(*given):
        if not _is_shown(frame, branch.taken):
            at: KeyPath = field.step(0, *branch.path) if steps else ("legacy",)
            yield field.fault("M0076", *at, what=branch.words, column=column)
    values = [pl.col(standard_column(name)) for name in field.route.standard]
    for number, branch in enumerate(different(*values)):
        is_alike = field.columns[number].domain == field.columns[number + 1].domain
        if (is_alike or _is_shown(frame, values[number].is_not_null())) and not _is_shown(frame, branch.taken):
            yield field.fault("M0076", "standard", what=branch.words, column=column)


def _is_shown(frame: pl.DataFrame, taken: pl.Expr) -> bool:
    return bool(frame.select(taken.fill_null(value=False).any()).item())
