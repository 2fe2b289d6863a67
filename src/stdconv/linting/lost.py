"""Signs of lost characters held against what the mapping says elsewhere: there they are meant as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stdconv.definitions import yaml
from stdconv.errors import Fault, KeyPath
from stdconv.findings.registry import fault
from stdconv.japan.visible import code_point
from stdconv.linting.fields import Field, branches, refusals
from stdconv.mapping.layout import LostSigns
from stdconv.mapping.models import Mapping


def faults(fields: Iterable[Field], mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield values with such a sign, where it refuses or is told: in tables, in accepted examples, in defaults."""
    if (lost := mapping.legacy.lost) is None:
        return
    for each in fields:
        yield from _of_tables(each, lost)
    if lost.severity == "refuse":
        yield from _of_examples(mapping, lost, located)
    for column, text in mapping.defaults.items():
        for sign in _signs(text, column, lost):
            yield fault("M0127", located.place(("defaults", column)), sign=sign, column=column)


def _signs(text: str, column: str, lost: LostSigns) -> Iterator[str]:
    """Yield by code point the signs of a column's value that stand for lost characters."""
    if column not in lost.besides:
        yield from (code_point(sign) for sign in lost.signs if sign in text)


def _of_tables(field: Field, lost: LostSigns) -> Iterator[Fault]:
    told = set[KeyPath]()
    for lens in field.route.steps[:1]:
        for branch in (*branches(lens), *refusals(lens)):
            place = field.step(0, *branch.path)
            for column in field.route.legacy:
                for sign in _signs(branch.legacy, column, lost) if place not in told else ():
                    told.add(place)
                    yield field.fault("M0125", *place, sign=sign, column=column)


def _of_examples(mapping: Mapping, lost: LostSigns, located: yaml.Located) -> Iterator[Fault]:
    for at, example in enumerate(mapping.examples):
        given: dict[KeyPath, tuple[str, str]] = {
            ("legacy", name): (name, text) for name, text in example.legacy.items()
        }
        for lookup, row in example.lookups.items():
            given |= {("lookups", lookup, name): (f"{lookup}.{name}", text) for name, text in row.items()}
        for path, (column, text) in given.items() if example.standard is not None else ():
            for sign in _signs(text, column, lost) if column not in mapping.unmapped.legacy else ():
                yield fault("M0126", located.place(("examples", at, *path)), sign=sign, column=column)
