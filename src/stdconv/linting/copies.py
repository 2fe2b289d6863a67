"""Codes that reach a standard column without a table: same-looking codes need not mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stdconv.domains.sets import AllOf, AnyOf, Choice, Domain, Nothing
from stdconv.errors import Fault
from stdconv.lenses.base import Lens
from stdconv.lenses.bycode import ByCode
from stdconv.linting.fields import Field
from stdconv.standard.documents import Column

NAMED = 20
"""How many codes a message names."""


def faults(field: Field) -> Iterator[Fault]:
    """Yield the columns whose codes are copied, with those codes that no example shows."""
    if not field.is_read:
        return
    for columns in _copied(field):
        names = [column.name for column in columns]
        shown = {value for name in names for value in field.values_read[name]}
        codes = [code for code in columns[0].listed if code not in shown]
        if codes:
            labels = columns[0].labels
            told = [f"{code} {labels[code]}" if code in labels else code for code in codes[:NAMED]]
            more = [f"… (+{len(codes) - NAMED})"] if len(codes) > NAMED else []
            at = field.step(0) if field.route.steps else ("legacy",)
            yield field.fault("M0074", *at, column="・".join(names), codes=told + more)


def _copied(field: Field) -> list[list[Column]]:
    """Return the columns with codes that a chain gives them without a table, those of one list together."""
    found: dict[tuple[str, ...], list[Column]] = {}
    for at, column in enumerate(field.columns):
        if not column.listed or _is_of_the_same_list(field, at):
            continue
        if not all(is_translated(*each) for each in _chains(field, at)):
            found.setdefault(column.listed, []).append(column)
    return list(found.values())


def _chains(field: Field, position: int) -> Iterator[tuple[Sequence[Lens], int]]:
    """Yield the chains that give the standard value of that number, with its number among what each gives."""
    if field.route.steps and isinstance(lens := field.route.steps[0], ByCode):
        yield lens.chain(lens.columns[position][1]), 0
        return
    for steps in field.form.chains.values():
        yield steps, position


def _is_of_the_same_list(field: Field, position: int) -> bool:
    """Return whether the column of another edition that is passed on there has the very same codes."""
    if field.edition is None or any(field.form.chains.values()) or len(field.route.legacy) <= position:
        return False
    name = field.route.legacy[position]
    return name in field.edition.names and field.edition.column(name).listed == field.columns[position].listed


def is_translated(steps: Sequence[Lens], position: int) -> bool:
    """Return whether a table of ``steps`` makes the standard value of that number: its values are a closed list."""
    if not steps:
        return False
    before = (all(_is_closed(domain) for _, domain in lens.codomain.columns) for lens in steps[:-1])
    return _is_closed(dict(steps[-1].codomain.columns)[position]) or any(before)


def _is_closed(domain: Domain) -> bool:
    match domain:
        case Choice() | Nothing():
            return True
        case AllOf(parts):
            return any(map(_is_closed, parts))
        case AnyOf(parts):
            return all(map(_is_closed, parts))
        case _:
            return False
