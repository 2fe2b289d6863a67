"""Wordings beside a code in the examples: a 性別名 that says 男 next to a 性別 that becomes 女."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stdconv.errors import Fault
from stdconv.linting.fields import Field, legacy_values
from stdconv.linting.wordings import named
from stdconv.standard.documents import Column

ALIKE = 2
"""How many characters at the front two columns' names share that are about the same."""


def faults(fields: Sequence[Field]) -> Iterator[Fault]:
    """Yield the codes that examples give beside the wording of another code of the same list."""
    beside = legacy_values(fields[0]) if fields else {}
    coded = [(field, column) for field in fields if field.is_read for column in field.columns if column.codes]
    for codes in dict.fromkeys(column.codes for _, column in coded):
        same = [(field, column) for field, column in coded if column.codes == codes]
        labels, taken = same[0][1].labels, {name for field, _ in same for name in field.route.legacy}
        known = set(labels.values())
        for name, wordings in beside.items():
            if name in taken or known.isdisjoint(wordings):
                continue
            meant = [named(wording, labels) for wording in wordings]
            if any(meant) and (best := _about(name, same)):
                yield from _differing(*best, name, wordings, meant)


def _about(name: str, coded: Sequence[tuple[Field, Column]]) -> tuple[Field, Column] | None:
    """Return the first coded column of the field whose name is most like ``name``."""
    about = [_shared(name, (*field.route.legacy, column.name)) for field, column in coded]
    best = max(about)
    return coded[about.index(best)] if best >= ALIKE else None


def _shared(name: str, others: Sequence[str]) -> int:
    """Return how many characters at the front ``name`` shares with that of ``others`` which is most like it."""
    own = name.rpartition(".")[2]
    alike = ([a == b for a, b in zip(own, other.rpartition(".")[2], strict=False)] for other in others)
    return max([*each, False].index(False) for each in alike)


def _differing(
    field: Field, column: Column, name: str, wordings: Sequence[str], meant: Sequence[str | None]
) -> Iterator[Fault]:
    codes, labels = field.values_read[column.name], column.labels
    for code, wording, other in dict.fromkeys(zip(codes, wordings, meant, strict=True)):
        if code is not None and other is not None and other != code:
            label, about = labels.get(code, "–"), column.name
            yield field.fault(
                "M0075", "legacy", beside=name, wording=wording, code=code, label=label, column=about, other=other
            )
