"""Columns whose meaning changes when a municipality goes over to the standard, mapped by their names alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stdconv.errors import Fault
from stdconv.linting.fields import Field
from stdconv.mapping.models import Mapping, WhenField

BEFORE = re.compile(r"(従前|前)住所")
"""How columns are called that hold the one address before the present one, also inside the municipality."""

MOVED_IN = "転入前住所"
"""How the columns of the address before moving into the municipality begin."""

READING = re.compile(r"フリガナ|振り仮名")
"""What columns of readings are called on the standard side."""

CONFIRMED = "確認状況"
"""How columns end that say whether a reading is notified or confirmed."""

OF_NAMES = {"氏": "氏名", "名": "氏名"}
"""Of which whole a part of a name has its reading confirmed."""

NOTIFIED = re.compile(r"届出(年月)?日")
"""How the columns of a day of notification are called."""

SPARE = re.compile(r"[旧新前元第移行_\W0-9０-９]")
"""What tells such columns apart without saying of what they are the day."""


def faults(fields: Sequence[Field], mapping: Mapping) -> Iterator[Fault]:
    """Yield fields that take such a column by its name, where no ``because`` says that it is right."""
    given = {name for field in fields for name in field.route.standard}
    for field in (each for each in fields if not each.because and each.is_read):
        yield from _address(field)
        yield from _reading(field, given)
    yield from _days(fields, mapping)


def _address(field: Field) -> Iterator[Fault]:
    """Yield one previous address that is taken for the one before moving in, whatever the kind of the last move."""
    standard = [name for name in field.route.standard if name.startswith(MOVED_IN)]
    if standard and not isinstance(field.form, WhenField):
        for name in (each for each in field.route.legacy if BEFORE.match(each.rpartition(".")[2])):
            yield field.fault("M0152", "legacy", legacy=name, standard=standard[0])


def _reading(field: Field, given: set[str]) -> Iterator[Fault]:
    """Yield readings as told at the counter, without the column that says whether they are confirmed."""
    for name in field.route.standard:
        if not READING.search(name) or name.endswith(CONFIRMED):
            continue
        whole = OF_NAMES.get(name.split("_")[0], name.split("_")[0])
        known = [each for each in field.schema.names if each.startswith(f"{whole}_") and each.endswith(CONFIRMED)]
        if known and given.isdisjoint(known):
            yield field.fault("M0153", "standard", standard=name, status=known)


def _days(fields: Sequence[Field], mapping: Mapping) -> Iterator[Fault]:
    """Yield a day of notification that is mapped, while the layout has another one that is left out."""
    days = [name for name in mapping.legacy.columns if NOTIFIED.search(name)]
    alike: dict[str, list[str]] = {}
    for name in days:
        alike.setdefault(SPARE.sub("", name).replace("年月", ""), []).append(name)
    for names in alike.values():
        left_out = [name for name in names if name in mapping.unmapped.legacy]
        for field in fields if left_out else ():
            mapped = [name for name in field.route.legacy if name in names]
            if mapped and not field.because:
                yield field.fault("M0154", "legacy", legacy=mapped[0], other=left_out)
