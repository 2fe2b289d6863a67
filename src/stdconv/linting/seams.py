"""Whether what lenses give fits the column it goes to, and whether the steps of a chain meet."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

import polars as pl

from stdconv.domains.check import check, check_value
from stdconv.domains.repair import Row
from stdconv.domains.sampler import UnsampledError, members, rows
from stdconv.domains.sets import AllOf, AnyOf, Anything, Choice, Domain, Text
from stdconv.domains.subset import subset
from stdconv.errors import Fault
from stdconv.findings.phrases import phrase
from stdconv.lenses.base import Lens
from stdconv.linting.fields import Field
from stdconv.mapping.declared import NumberField

Verdict: TypeAlias = Literal["yes", "no", "unknown", "never"]
"""Whether everything that a field can give is in its standard columns."""

NUMBERS = Text(pattern="^[1-9][0-9]{0,}$")
"""What the form ``number`` gives."""

DRAWN = 100
"""How many members are drawn where a set cannot be listed."""


def fits(field: Field) -> Iterator[tuple[str, Verdict]]:
    """Yield for each standard column whether everything that the field can give is in it.

    ``no``: some does, some does not, and is refused at run time. ``never``: none of what was drawn does.
    """
    codomain = dict(field.route.steps[-1].codomain.columns) if field.route.steps else {}
    for position, column in enumerate(field.columns):
        if field.route.constant is not None:
            inner: Domain = Choice((field.route.constant,))
        elif isinstance(field.form, NumberField):
            inner = NUMBERS
        else:
            inner = codomain.get(position, Anything())
        yield column.name, _verdict(inner, column.domain)


@lru_cache(maxsize=1024)
def _verdict(inner: Domain, outer: Domain) -> Verdict:
    known = subset(inner, outer)
    if known is True:
        return "yes"
    if isinstance(inner, Anything):
        return "no"
    parts = inner.parts if isinstance(inner, AnyOf) else (inner,)
    try:
        there = sum(_share(members(part, _rng(), DRAWN), outer) for part in parts) / len(parts)
        back = there or _share(members(outer, _rng(), DRAWN), inner)
    except UnsampledError:
        return "unknown"
    return "never" if not there and not back else "no" if there < 1 or known is False else "unknown"


def _share(values: list[str], domain: Domain) -> float:
    return float(pl.DataFrame({"v": values}).select(check_value(domain, pl.col("v")).mean()).item())


def _rng() -> random.Random:
    return random.Random("lint")  # noqa: S311 -- the same members every time


def faults(field: Field) -> Iterator[Fault]:
    """Yield columns that the last step never fits, and seams between steps that do not hold."""
    for column, verdict in fits(field):
        if verdict == "never":
            last = len(field.route.steps) - 1
            form = "number" if isinstance(field.form, NumberField) else "assume"
            op = field.route.steps[-1].op if field.route.steps else form
            # a closed table that names codes outside the column is reported entry by entry
            if not field.entries:
                yield field.fault("M0051", *(field.step(last) if field.route.steps else ()), op=op, column=column)
    for number, lens in field.steps():
        if number:
            yield from _seam(field, number, field.route.steps[number - 1], lens)


def _seam(field: Field, number: int, before: Lens, lens: Lens) -> Iterator[Fault]:
    written = lens.write(_columns(lens.gives))
    frame = _frame(lens, lens.gives).select(w.alias(f"v{i}") for i, w in enumerate(written))
    outside = frame.filter(~check(before.codomain, dict(enumerate(_columns(lens.takes)))))
    if not outside.is_empty() and not lens.passes_on:
        value = [phrase("mapping", "quoted", text=text or "") for text in outside.row(0)]
        ours, theirs = _step(number, lens), _step(number - 1, before)
        yield field.fault("M0052", "steps", number, op=ours, before=theirs, value=value)
    domain = before.codomain.columns[0][1]
    if before.gives == 1 and isinstance(domain, Choice):
        given = pl.DataFrame({"v0": domain.values})
        read = given.with_columns(s.alias(f"s{i}") for i, s in enumerate(lens.read((pl.col("v0"),))))
        standard = tuple(pl.col(f"s{i}") for i in range(lens.gives))
        again = read.with_columns(w.alias("w0") for w in lens.write(standard))
        lost = again.filter(~lens.accept((pl.col("v0"),), standard, (pl.col("w0"),)))["v0"]
        for value in lost:
            yield field.fault("M0053", "steps", number, op=_step(number, lens), value=value)


def _step(number: int, lens: Lens) -> dict[str, str]:
    """Return how a step is called: two of a chain may have the same lens."""
    return phrase("mapping", "step", number=number + 1, op=lens.op)


def _columns(width: int) -> tuple[pl.Expr, ...]:
    return tuple(pl.col(f"v{i}") for i in range(width))


def _frame(lens: Lens, width: int) -> pl.DataFrame:
    """Return members of the codomain of ``lens``: all of a closed list, else drawn ones; empty where none turn up."""
    domain = lens.codomain.columns[0][1]
    listed = domain.parts[0] if isinstance(domain, AllOf) else domain
    if width == 1 and isinstance(listed, Choice):
        return pl.DataFrame({"v0": listed.values})
    try:
        drawn: list[Row] = rows(lens.codomain, _rng(), DRAWN)
    except UnsampledError:
        drawn = []
    schema = {f"v{i}": pl.String for i in range(width)}
    return pl.DataFrame({f"v{i}": [row[i] for row in drawn] for i in range(width)}, schema=schema)
