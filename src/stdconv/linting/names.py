"""Names of columns that say something else than the field does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from stdconv.errors import Fault
from stdconv.linting.fields import Field

MARGIN = 0.2
"""How much more two names must be like each other's standard columns than like their own."""


def faults(field: Field) -> Iterator[Fault]:
    """Yield legacy columns that are called like a standard column and become another one, without a reason."""
    if field.because:
        return
    for legacy in _misleading(field):
        yield field.fault("M0050", "legacy", legacy=legacy, standard="・".join(field.route.standard))


def _misleading(field: Field) -> list[str]:
    own = {*field.route.standard}
    return [name for name in _names(field) if name in field.schema.names and name not in own]


def crossed(fields: Sequence[Field]) -> Iterator[Fault]:
    """Yield pairs of fields whose legacy columns are each called more like what the other one gives.

    A reason under ``because`` in either says that this is right.
    """
    plain = [(each, _likeness(each, each)) for each in fields if _names(each) and not each.because]
    plain = [(each, own) for each, own in plain if not _misleading(each)]
    for (one, own), (other, others) in combinations(plain, 2):
        across = (_likeness(one, other), _likeness(other, one))
        if all(across) and sum(across) > own + others + MARGIN:
            legacy, standard = ("・".join(each.route.legacy) for each in (one, other)), "・".join(other.route.standard)
            first, second = legacy
            yield one.fault(
                "M0077", "legacy", legacy=first, standard=standard, other=second, own="・".join(one.route.standard)
            )


def _names(field: Field) -> tuple[str, ...]:
    """Return the names of the legacy columns that the field takes, without those of a lookup and what is counted."""
    return getattr(field.form, "legacy", None) or ()


def _likeness(field: Field, other: Field) -> float:
    """Return how much the legacy names of ``field`` are like the standard names of ``other``, 0 to 1."""
    return max(alike(name, standard) for name in _names(field) for standard in other.route.standard)


def alike(one: str, other: str) -> float:
    """Return how many characters two names have in common, in order, for each of the longer one's; signs do not count.

    >>> alike("異動日", "異動年月日"), alike("届出日", "異動年月日"), alike("届出日", "届出日")
    (0.6, 0.2, 1.0)
    """
    one, other = (re.sub(r"\W", "", name) or "-" for name in (one, other))
    if set(one).isdisjoint(other):
        return 0.0
    row = [0] * (len(other) + 1)
    for character in one:
        before = 0
        for at, each in enumerate(other, start=1):
            before, row[at] = row[at], before + 1 if character == each else max(row[at], row[at - 1])
    return row[-1] / max(len(one), len(other))
