"""What the laws were held on: a way through a field that no accepted record goes is not proven by anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from stdconv.errors import Fault
from stdconv.lenses.base import Branch
from stdconv.linting.fields import Field, example_frame
from stdconv.pipeline import restore_frame
from stdconv.plan import Plan
from stdconv.proving.cases import StandardRow
from stdconv.proving.files import standard_frame
from stdconv.relaying import relay_frame
from stdconv.stages.records import ROW
from stdconv.stages.translate import forward

ENOUGH = 20
"""How many records must have been refused before that says anything."""

APART = 100
"""How many drawn records are taken apart."""


def unreached(plan: Plan, fields: Sequence[Field], rows: Sequence[StandardRow]) -> Iterator[Fault]:
    """Yield the entries of which generated records there are, but neither one of them nor an example is accepted.

    ``rows`` are the standard records that were drawn; the mapping's examples have come true already. What a field with
    entries that no example shows drew is also tried in the examples' records, and in one of them with what another
    field drew: a record may be refused for many reasons that have nothing to do with the entry.
    """
    unshown = [field for field in fields if any(_unshown(field))]
    standard = standard_frame(plan, [*rows, *_apart(plan, unshown, fields, rows)] if unshown else [])
    if standard.is_empty():
        return
    legacy, relayed = restore_frame(plan, standard), relay_frame(plan, standard)
    work = legacy.rename({name: f"l:{name}" for name in legacy.columns if name != ROW})
    work = work.with_columns(kept=pl.col(ROW).is_in(relayed.legacy[ROW].implode()))
    taken = forward([field.route for field in fields], work)
    for field in unshown:
        for step, branch in _unshown(field):
            generated = taken.filter(branch.taken.fill_null(value=False))
            if len(generated) >= ENOUGH and not generated["kept"].any():
                column, codes = "・".join(field.route.standard), _codes(relayed.findings, generated[ROW])
                at: tuple[str | int, ...] = field.step(step, *branch.path)
                yield field.fault("P0010", *at, count=len(generated), entry=branch.legacy, column=column, codes=codes)


def _unshown(field: Field) -> Iterator[tuple[int, Branch]]:
    """Yield the ways through ``field`` that no example goes, each with the number of its step."""
    if not field.route.steps:
        return
    shown = forward([field.route], example_frame(field, field.accepted_examples))
    for step, lens in field.steps():
        branches = list(lens.branches(*(pl.col(name) for name in field.route.between(step))))
        goes = shown.select(
            branch.taken.fill_null(value=False).any().alias(str(n)) for n, branch in enumerate(branches)
        )
        yield from ((step, branch) for n, branch in enumerate(branches) if not goes[str(n)].item())


def _apart(
    plan: Plan, unshown: Sequence[Field], fields: Sequence[Field], rows: Sequence[StandardRow]
) -> Iterator[StandardRow]:
    """Yield what fields drew in the place of each example's values, and of one's with what another field drew."""
    given = [dict(e.standard) for e in plan.mapping.examples if e.standard is not None]
    examples = [{name: example.get(name) for name in plan.carried} for example in given]
    for number, row in enumerate(rows[:APART] if examples else ()):
        for field in unshown:
            own = {name: row.get(name) for name in field.route.standard}
            yield from (example | own for example in examples)
            for at, other in enumerate(fields):
                beside = rows[(number * 7 + at * 3) % len(rows)]
                drawn = {name: beside.get(name) for name in other.route.standard if name not in own}
                yield examples[number % len(examples)] | own | drawn


def _codes(findings: pl.DataFrame, rows: pl.Series) -> str:
    """Return the codes under which most of ``rows`` were refused."""
    told = findings.filter((pl.col("severity") == "refuse") & pl.col("row").is_in(rows.implode()))
    return ", ".join(code for code, _ in Counter(told["code"].to_list()).most_common(3))
