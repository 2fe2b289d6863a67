"""What the order of columns or steps decides, and no example shows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from stdconv.conversion.program import Program
from stdconv.conversion.translate import translate
from stdconv.conversion.work import Work
from stdconv.domains.sampler import UnsampledError, members
from stdconv.domains.sets import Domain
from stdconv.errors import Fault, KeyPath
from stdconv.findings.rows import ROW
from stdconv.lenses.base import Branch, Lens, Values, different
from stdconv.lenses.each import Each
from stdconv.lenses.same import Same
from stdconv.linting.fields import Field, example_frame
from stdconv.mapping.models import WhenField
from stdconv.mapping.route import Route, legacy_column, standard_column

DRAWN = 50
"""How many values are drawn to find out whether the order of two steps decides anything."""

BLOCKS = ((0x20, 0x7F), (0x3000, 0x3030), (0x3041, 0x3100), (0xFF01, 0xFFA0), (0x2010, 0x2016))
"""The characters that steps for widths, spellings and filling are about: from, and up to."""


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


def of_steps(field: Field) -> Iterator[Fault]:
    """Yield the steps that could be exchanged with the one before them without any example saying otherwise.

    Only where that order decides something: a value drawn from what either order takes becomes another one.
    """
    steps, examples = field.route.steps, field.accepted_examples
    if isinstance(field.form, WhenField) or not examples or len(field.route.legacy) != 1:
        return
    for number, (first, other) in enumerate(pairwise(steps), start=1):
        if (first.takes, first.gives, other.takes, other.gives) != (1, 1, 1, 1) or first == other:
            continue
        exchanged = replace(field.route, steps=(*steps[: number - 1], other, first, *steps[number + 1 :]))
        shown = _compared(field.route, exchanged, example_frame(field, examples))
        if shown.is_other or shown.is_other_set:
            continue
        drawn = [*_characters(), *(text for lens in (first, other) for text in _written(steps[: number - 1], lens))]
        frame = pl.DataFrame({legacy_column(field.route.legacy[0]): drawn}).with_row_index(ROW, 1)
        if drawn and _compared(field.route, exchanged, frame).is_other:
            column = "・".join(field.route.standard)
            yield field.fault("M0156", *field.step(number), first=first.op, other=other.op, column=column)


class _Compared(NamedTuple):
    is_other: bool
    """Whether a record that both accept becomes something else."""
    is_other_set: bool
    """Whether one refuses a record that the other accepts."""


def _compared(one: Route, other: Route, frame: pl.DataFrame) -> _Compared:
    """Return how two routes of the same columns differ on the records of ``frame``."""
    works = [translate(Program([route]), Work(frame)) for route in (one, other)]
    accepted = works[0].accepted(one), works[1].accepted(other)
    both = accepted[0] & accepted[1]
    values = [work.frame.select(standard_column(name) for name in one.standard).filter(both) for work in works]
    return _Compared(not values[0].equals(values[1]), not accepted[0].equals(accepted[1]))


def _written(before: Sequence[Lens], lens: Lens) -> list[str]:
    """Return legacy values that reach ``lens`` behind the steps ``before`` it."""
    values = pl.DataFrame({"v": _members(lens.codomain.columns[0][1])}, schema={"v": pl.String})
    for step in (lens, *reversed(before)):
        if step.takes != 1 or step.gives != 1:
            return []
        values = pl.concat([values, values.select(v=step.write((pl.col("v"),))[0])]).drop_nulls().unique()
    return values["v"].sort().to_list()


@lru_cache
def _characters() -> tuple[str, ...]:
    """Return values of one such character, alone and beside another one."""
    signs = [chr(point) for start, stop in BLOCKS for point in range(start, stop)]
    return (*signs, *(f"一{sign}一" for sign in signs), *(sign * 2 for sign in signs))


@lru_cache(maxsize=256)
def _members(domain: Domain) -> list[str]:
    try:
        return members(domain, random.Random("orders"), DRAWN)  # noqa: S311 -- the same members every time
    except UnsampledError:
        return []


def _is_shown(frame: pl.DataFrame, taken: pl.Expr) -> bool:
    return bool(frame.select(taken.fill_null(value=False).any()).item())
