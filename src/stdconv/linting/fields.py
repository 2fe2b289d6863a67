"""The fields of a mapping as lint looks at them: with their routes, their standard columns and their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from stdconv.conversion.program import Program
from stdconv.conversion.translate import translate
from stdconv.conversion.work import Work
from stdconv.definitions import yaml
from stdconv.errors import Fault, KeyPath
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.lenses.base import Branch, Lens, carried
from stdconv.mapping import crosscheck
from stdconv.mapping.declared import AssumeField, MissingField, NumberField
from stdconv.mapping.models import Form, Mapping, RouteField, WhenField
from stdconv.mapping.parts import MappingExample
from stdconv.mapping.plan import Draft, route_of
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column
from stdconv.standard.documents import Column
from stdconv.standard.schema import Schema


@dataclass(frozen=True)
class Field:
    """A field that can be made ready: its number in the file, form and route; ``edition`` is as in a plan."""

    number: int
    form: Form
    route: Route
    mapping: Mapping
    schema: Schema
    located: yaml.Located
    edition: Schema | None = None

    def step(self, number: int, *path: str | int) -> KeyPath:
        """Return the path of a step, or of a part of it, inside the field."""
        if isinstance(self.form, RouteField):
            return ("route", *path)
        return ("when", *path) if isinstance(self.form, WhenField) else ("steps", number, *path)

    def fault(self, code: str, /, *path: str | int, **words: object) -> Fault:
        """Return the fault ``code`` at a part of this field."""
        return fault(code, self.located.place(("fields", self.number, *path)), **words)

    @property
    def is_read(self) -> bool:
        """Whether the field reads values of the file, and neither assumes nor counts."""
        return not isinstance(self.form, AssumeField | NumberField)

    @property
    def because(self) -> str | None:
        """Why the field is right, where it says so."""
        return getattr(self.form, "because", None)

    @cached_property
    def work(self) -> Work:
        """The accepted examples, translated by this field alone."""
        return translate(Program([self.route]), Work(example_frame(self, self.accepted_examples)))

    @cached_property
    def accepted(self) -> pl.DataFrame:
        """The working columns of the accepted examples that the field accepts too."""
        return self.work.frame.filter(self.work.accepted(self.route))

    @cached_property
    def values_read(self) -> dict[str, list[str | None]]:
        """What the field reads of each accepted example, by standard column; nothing where it refuses it."""
        verdict = pl.col(verdict_column(self.route))
        given = {name: pl.when(verdict).then(pl.col(standard_column(name))) for name in self.route.standard}
        return self.work.frame.select(**given).to_dict(as_series=False)

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

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What tables say about the columns of this field, whichever step they are in."""
        found: list[Entry] = []
        for number, lens in self.steps():
            for branch in branches(lens):
                says = carried(branch, lens, self.route.steps[number + 1 :])
                found += [Entry(number, branch, self.columns[at], code) for at, code in says if at < len(self.columns)]
        return tuple(found)


@dataclass(frozen=True)
class Entry:
    """What an entry of a table says: the ``code`` that it gives to ``column``, once all steps have run."""

    step: int
    branch: Branch
    column: Column
    code: str


def branches(lens: Lens) -> tuple[Branch, ...]:
    """Return the ways through ``lens``, whatever it is given."""
    return tuple(lens.branches(*(pl.lit("") for _ in range(lens.takes))))


def refusals(lens: Lens) -> tuple[Branch, ...]:
    """Return what ``lens`` refuses by name, whatever it is given."""
    return tuple(lens.refused(*(pl.lit("") for _ in range(lens.takes))))


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
            yield Field(number, form, route, mapping, schema, located, draft.edition)


def _is_joined(form: Form, route: Route, mapping: Mapping) -> bool:
    """Return whether every step is given what it takes, from columns that there are, each named once."""
    if any(len({*names}) < len(names) for names in (route.legacy, route.standard)):
        return False
    if isinstance(form, WhenField) and not crosscheck.is_chosen_before(mapping, form):
        return False
    known = {*mapping.legacy.columns, *(f"{n}.{c}" for n, lookup in mapping.lookups.items() for c in lookup.columns)}
    if isinstance(form, NumberField):
        return set(form.number.by) <= known
    takes, gives = (1, 1) if isinstance(form, RouteField) else (len(route.legacy), len(route.standard))
    return set(route.legacy) <= known and all(
        [takes, *(lens.gives for lens in steps)] == [*(lens.takes for lens in steps), gives]
        for steps in form.chains.values()
    )


def legacy_values(field: Field) -> dict[str, list[str]]:
    """Return every legacy and looked-up value of the mapping's accepted examples, by column."""
    examples, mapping = field.accepted_examples, field.mapping
    given = {name: [each.legacy.get(name, "") for each in examples] for name in mapping.legacy.columns}
    for lookup, table in mapping.lookups.items():
        given |= {f"{lookup}.{c}": [_looked_up(each, lookup, c) or "" for each in examples] for c in table.columns}
    return given


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


def joined_examples(fields: Iterable[Field], examples: Sequence[MappingExample]) -> pl.DataFrame:
    """Return the examples as several fields together are given them, each without what the others give."""
    columns = {
        name: frame[name] for field in fields for frame in [example_frame(field, examples)] for name in frame.columns
    }
    given = {standard_column(name) for field in fields for name in field.route.standard}
    return pl.DataFrame({name: values for name, values in columns.items() if name not in given})


def _looked_up(example: MappingExample, lookup: str, column: str) -> str | None:
    return example.lookups[lookup].get(column, "") if lookup in example.lookups else None
