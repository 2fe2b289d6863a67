"""What the order of columns decides, and no example shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from stdconv.errors import Fault, KeyPath
from stdconv.lenses.base import Branch, Lens, Values, different
from stdconv.lenses.each import Each
from stdconv.lenses.same import Same
from stdconv.linting.fields import Field
from stdconv.mapping.route import standard_column


def faults(field: Field) -> Iterator[Fault]:
    """Yield the neighbours among a field's columns that could be exchanged without any example saying otherwise."""
    if not field.is_read or field.accepted.is_empty():
        return
    frame, column = field.accepted, "・".join(field.route.standard)
    steps = field.route.steps
    given = tuple(pl.col(name) for name in field.route.between(0))
    for branch in _orders(steps, given):
        if not _is_shown(frame, branch.taken):
            at: KeyPath = field.step(0, *branch.path) if steps else ("legacy",)
            yield field.fault("M0076", *at, what=branch.words, column=column)
    values = [pl.col(standard_column(name)) for name in field.route.standard]
    for number, branch in enumerate(different(*values)):
        is_alike = field.columns[number].domain == field.columns[number + 1].domain
        if (is_alike or _is_shown(frame, values[number].is_not_null())) and not _is_shown(frame, branch.taken):
            yield field.fault("M0076", "standard", what=branch.words, column=column)


def _orders(steps: Sequence[Lens], given: Values) -> Iterator[Branch]:
    """Yield what the first step asks for; columns that a later one wants to be the same have no order."""
    alike = next((step for step in steps if not isinstance(step, Each)), None)
    if not isinstance(alike, Same):
        yield from steps[0].orders(*given) if steps else different(*given)


def _is_shown(frame: pl.DataFrame, taken: pl.Expr) -> bool:
    return bool(frame.select(taken.fill_null(value=False).any()).item())
