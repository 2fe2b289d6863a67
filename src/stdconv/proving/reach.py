"""What the laws were held on: a way through a field that no accepted record goes is not proven by anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from stdconv.conversion.program import Program
from stdconv.conversion.relay import relay_frame
from stdconv.conversion.restore import restore_frame
from stdconv.conversion.translate import forward
from stdconv.conversion.work import Work
from stdconv.errors import Fault, KeyPath
from stdconv.findings.rows import ROW, only
from stdconv.linting.fields import Field, example_frame
from stdconv.mapping.plan import Plan
from stdconv.proving.files import StandardRow, standard_frame

ENOUGH = 20
"""How many records must have been refused before that says anything."""

APART = 100
"""How many drawn records are taken apart."""

BESIDE = 8
"""How many other fields of a drawn record each field's values are tried with."""


def unreached(plan: Plan, fields: Sequence[Field], rows: Sequence[StandardRow]) -> Iterator[Fault]:
    """Yield the entries of which generated records there are, but neither one of them nor an example is accepted.

    ``rows`` are the standard records that were drawn; the mapping's examples have come true already. What one field
    drew is also tried in an example's record, alone and with what another field drew: a record may be refused for many
    reasons that have nothing to do with the entry.
    """
    standard = standard_frame(plan, [*rows, *_apart(plan, fields, rows)])
    if standard.is_empty():
        return
    legacy, relayed = restore_frame(plan, standard), relay_frame(plan, standard)
    kept = relayed.legacy.select(ROW, kept=True)
    frame = Work.of_legacy(legacy).frame.join(kept, on=ROW, how="left", maintain_order="left")
    taken = forward(Program(field.route for field in fields), frame.with_columns(pl.col("kept").fill_null(value=False)))
    for field in fields:
        if not field.route.steps:
            continue
        shown = forward(Program([field.route]), example_frame(field, field.accepted_examples))
        for step, lens in field.steps():
            for branch in lens.branches(*(pl.col(name) for name in field.route.between(step))):
                goes = branch.taken.fill_null(value=False)
                generated = taken.filter(goes)
                if len(generated) >= ENOUGH and not generated["kept"].any() and shown.filter(goes).is_empty():
                    column, codes = "・".join(field.route.standard), _codes(relayed.findings, generated[ROW])
                    at: KeyPath = field.step(step, *branch.path)
                    yield field.fault("P0010", *at, count=len(generated), what=branch.words, column=column, codes=codes)


def _apart(plan: Plan, fields: Sequence[Field], rows: Sequence[StandardRow]) -> Iterator[StandardRow]:
    """Yield the values of one or two fields out of drawn records in the place of an example's that has the first too.

    An example without any value there may be of another kind, to which such values do not belong at all.
    """
    examples = [dict(e.standard) for e in plan.mapping.examples if e.standard is not None]
    alike = {f.number: [e for e in examples if any(e.get(name) for name in f.route.standard)] for f in fields}
    for number, row in enumerate(rows[:APART] if examples else ()):
        for at, field in enumerate(fields):
            given = alike[field.number] or examples
            example = {name: given[number % len(given)].get(name) for name in plan.carried}
            own = {name: row.get(name) for name in field.route.standard}
            for step in range(min(len(fields), BESIDE)):
                other = fields[(at + number * BESIDE + step) % len(fields)] if step else field
                beside = rows[(number * 7 + step * 3) % len(rows)]
                yield example | own | {name: beside.get(name) for name in other.route.standard if name not in own}


def _codes(findings: pl.DataFrame, rows: pl.Series) -> list[str]:
    """Return the codes under which most of ``rows`` were refused."""
    refusing = only(findings.filter(pl.col("severity") == "refuse"), rows)
    return [code for code, _ in Counter(refusing["code"].to_list()).most_common(3)]
