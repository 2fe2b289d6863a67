"""The fields of a mapping as lint looks at them: with their routes, their standard columns and their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from stdconv.definitions import yaml
from stdconv.errors import Fault, KeyPath
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.lenses.base import Branch, Lens
from stdconv.mapping import crosscheck
from stdconv.mapping.models import Form, Mapping, MappingExample, MissingField, NumberField, WhenField
from stdconv.mapping.plan import Draft, route_of
from stdconv.mapping.route import Route, legacy_column, standard_column
from stdconv.standard.documents import Column
from stdconv.standard.schema import Schema


@dataclass(frozen=True)
class Field:
    """A field that can be made ready: its number in the file, form and route."""

    number: int
    form: Form
    route: Route
    mapping: Mapping
    schema: Schema
    located: yaml.Located

    def step(self, number: int, *path: str | int) -> KeyPath:
        """Return the path of a step, or of a part of it, inside the field."""
        return ("when", *path) if isinstance(self.form, WhenField) else ("steps", number, *path)

    def fault(self, code: str, /, *path: str | int, **words: object) -> Fault:
        """Return the fault ``code`` at a part of this field."""
        return fault(code, self.located.place(("fields", self.number, *path)), **words)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The standard columns that the field produces."""
        return tuple(self.schema.column(name) for name in self.route.standard)

    @property
    def accepted_examples(self) -> list[MappingExample]:
        """The mapping's examples that are to become a standard record."""
        return [example for example in self.mapping.examples if example.standard is not None]

    def steps(self) -> Iterator[tuple[int, Lens]]:
        """Yield the steps with their numbers."""
        yield from enumerate(self.route.steps)

    def entries(self) -> Iterator[tuple[int, Branch, Column]]:
        """Yield what tables say about a column of this field: step, entry, and the column that its code is given to."""
        if self.route.steps:
            last = len(self.route.steps) - 1
            for branch in branches(self.route.steps[last]):
                if branch.standard is not None:
                    yield last, branch, self.columns[branch.position]


def branches(lens: Lens) -> tuple[Branch, ...]:
    """Return the ways through ``lens``, whatever it is given."""
    return tuple(lens.branches(*(pl.lit("") for _ in range(lens.takes))))


def fields(draft: Draft) -> Iterator[Field]:
    """Yield the fields of ``draft`` that fit together well enough to be looked at."""
    mapping, schema, located = draft.mapping, draft.schema, draft.reading.located
    if mapping is None or schema is None or located is None:
        return
    for number, form in enumerate(mapping.fields):
        if isinstance(form, MissingField):
            continue
        route = route_of(number, form)
        if set(route.standard) <= {*schema.names} - schema.numbers and _is_joined(form, route, mapping):
            yield Field(number, form, route, mapping, schema, located)


def _is_joined(form: Form, route: Route, mapping: Mapping) -> bool:
    """Return whether every step is given what it takes, from columns that there are."""
    if isinstance(form, WhenField) and not crosscheck.is_chosen_before(mapping, form):
        return False
    known = {*mapping.legacy.columns, *(f"{n}.{c}" for n, lookup in mapping.lookups.items() for c in lookup.columns)}
    if isinstance(form, NumberField):
        return set(form.number.by) <= known
    return set(route.legacy) <= known and all(
        [len(route.legacy), *(lens.gives for lens in steps)] == [*(lens.takes for lens in steps), len(route.standard)]
        for steps in form.chains.values()
    )


def example_frame(field: Field, examples: Sequence[MappingExample]) -> pl.DataFrame:
    """Return the examples as the field is given them."""
    columns: dict[str, list[str | None]] = {}
    for name in field.route.legacy:
        lookup, dot, column = name.partition(".")
        if dot and name not in field.mapping.legacy.columns:
            columns[name] = [_looked_up(example, lookup, column) for example in examples]
        else:
            columns[name] = [example.legacy.get(name, "") for example in examples]
    given = {legacy_column(name): values for name, values in columns.items()}
    beside = {standard_column(name): [(e.standard or {}).get(name) for e in examples] for name in field.route.beside}
    frame = pl.DataFrame({**given, **beside})
    return frame.cast(pl.String).with_row_index(ROW, offset=1)


def _looked_up(example: MappingExample, lookup: str, column: str) -> str | None:
    return example.lookups[lookup].get(column, "") if lookup in example.lookups else None
