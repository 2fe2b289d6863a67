"""A plan: a mapping compiled against its schema, once; what does not fit between the two is a fault with its line."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from stdconv import catalog, yaml
from stdconv.dialect import Dialect
from stdconv.errors import DefinitionError, Fault
from stdconv.findings import fault
from stdconv.lenses.base import Lens
from stdconv.mapping.loading import load_mapping, read_mapping
from stdconv.mapping.models import AssumeField, Form, LookupField, Mapping, MissingField, StepsField
from stdconv.stages.translate import Route
from stdconv.standard.schema import Check, Standard, load_schema

Names: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A mapping with its schema, routes and dialect. Immutable and picklable; ``text`` is the mapping as YAML."""

    mapping: Mapping
    standard: Standard
    routes: tuple[Route, ...]
    text: str = field(repr=False, compare=False, default="")

    @cached_property
    def dialect(self) -> Dialect:
        """The legacy file's dialect."""
        return self.mapping.legacy.dialect()

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The standard columns that the fields produce, in schema order."""
        produced = {name for route in self.routes for name in route.standard}
        return tuple(name for name in self.standard.names if name in produced)

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The legacy columns that the fields write back, in the layout's order."""
        given = {name for route in self.routes for name in route.legacy}
        return tuple(name for name in self.mapping.legacy.columns if name in given)

    @cached_property
    def missing(self) -> tuple[MissingField, ...]:
        """The fields that declare a standard column missing."""
        return tuple(form for form in self.mapping.fields if isinstance(form, MissingField))

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The schema's checks, less the presence of what the mapping declares missing."""
        missing = {form.standard for form in self.missing}
        return tuple(c for c in self.standard.checks if not (c.code == "S0001" and missing.issuperset(c.columns)))

    def lookup_fields(self, name: str) -> tuple[LookupField, ...]:
        """Return the fields that take columns from the lookup ``name``."""
        return tuple(form for form in self.mapping.fields if isinstance(form, LookupField) and form.lookup == name)

    def lookup_dialect(self, name: str) -> Dialect:
        """Return the dialect of the lookup file ``name``."""
        return self.mapping.lookups[name].dialect(self.mapping.legacy)


def load_plan(name: str | Path) -> Plan:
    """Read the mapping ``name`` and compile it. Raises ``DefinitionError`` with all faults at once."""
    return compile_plan(*load_mapping(name))


def read_plan(text: str, file: str) -> Plan:
    """Read a mapping from YAML text and compile it; ``file`` is what faults call it."""
    return compile_plan(*read_mapping(text, file))


def compile_plan(mapping: Mapping, located: yaml.Located) -> Plan:
    """Compile ``mapping`` against the schema that it names."""
    shipped = catalog.names("schema")
    if mapping.standard not in shipped:
        where = located.place(("standard",))
        raise DefinitionError([fault("M0020", where, name=mapping.standard, known=", ".join(shipped))])
    standard = load_schema(mapping.standard)
    faults = list(_Fit(mapping, standard, located).faults())
    if faults:
        raise DefinitionError(faults)
    forms = [form for form in mapping.fields if not isinstance(form, MissingField)]
    return Plan(mapping, standard, tuple(_route(index, form) for index, form in enumerate(forms)), located.text)


def _route(index: int, form: Form) -> Route:
    match form:
        case AssumeField(standard=standard, assume=value, where=where):
            return Route(index, (), (standard,), constant=value, where=where or ())
        case LookupField():
            looked_up = tuple(f"{form.lookup}.{column}" for column in form.looked_up)
            return Route(index, (*(form.legacy or ()), *looked_up), form.standard, form.steps)
        case StepsField():
            return Route(index, form.legacy, form.standard, form.steps)
        case MissingField():
            raise TypeError(form)


class _Fit:
    """Checks one mapping against one schema and yields what does not fit."""

    def __init__(self, mapping: Mapping, standard: Standard, located: yaml.Located) -> None:
        self.mapping = mapping
        self.standard = standard
        self.located = located

    def faults(self) -> Iterator[Fault]:
        yield from self.layout()
        yield from self.lookups()
        for index, form in enumerate(self.mapping.fields):
            yield from self.columns(index, form)
            if isinstance(form, LookupField):
                yield from self.lookup(index, form)
            if isinstance(form, StepsField | LookupField):
                yield from self.chain(index, form)
        yield from self.coverage()
        yield from self.examples()

    def at(self, code: str, /, *path: str | int, **words: object) -> Fault:
        return fault(code, self.located.place(path), **words)

    def layout(self) -> Iterator[Fault]:
        """Column names that repeat or that are ours."""
        lists: dict[tuple[str, ...], Names] = {("legacy", "columns"): self.mapping.legacy.columns}
        for name, lookup in self.mapping.lookups.items():
            lists["lookups", name, "columns"] = (*lookup.key, *lookup.columns)
        for path, columns in lists.items():
            for column, count in Counter(columns).items():
                if count > 1:
                    yield self.at("M0021", *path, column=column)
                if column.startswith("_"):
                    yield self.at("M0022", *path, column=column)
                if column == "*" or (column.startswith("^") and column.endswith("$")):
                    yield self.at("M0040", *path, column=column)

    def lookups(self) -> Iterator[Fault]:
        """Lookups that key on columns the layout lacks, are called like one of its columns, or that no field asks."""
        legacy = self.mapping.legacy.columns
        called = Counter(f"{n}.{column}" for n, lookup in self.mapping.lookups.items() for column in lookup.columns)
        for name, lookup in self.mapping.lookups.items():
            for column in lookup.columns:
                if f"{name}.{column}" in legacy or called[f"{name}.{column}"] > 1:
                    yield self.at("M0021", "lookups", name, "columns", column=f"{name}.{column}")
            for column in lookup.key:
                if column not in legacy:
                    yield self.unknown("legacy", column, "lookups", name, "key")
            if not any(isinstance(form, LookupField) and form.lookup == name for form in self.mapping.fields):
                yield self.at("M0027", "lookups", name, lookup=name)

    def unknown(self, side: str, column: str, *path: str | int) -> Fault:
        known = self.mapping.legacy.columns if side == "legacy" else self.standard.names
        near = difflib.get_close_matches(column, known, n=1, cutoff=0.3) or [", ".join(known)]
        return self.at("M0023", *path, side=side, column=column, near=near[0])

    def columns(self, index: int, form: Form) -> Iterator[Fault]:
        where = form.where or () if isinstance(form, AssumeField) else ()
        read = {c for f in self.mapping.fields if isinstance(f, StepsField | LookupField) for c in f.standard}
        for column in _produced(form):
            if column not in self.standard.names:
                yield self.unknown("standard", column, "fields", index, "standard")
        for column in where:
            if column not in read:
                yield self.at("M0039", "fields", index, "where", column=column)
        for column in _written(form):
            if column not in self.mapping.legacy.columns:
                yield self.unknown("legacy", column, "fields", index, "legacy")

    def lookup(self, index: int, form: LookupField) -> Iterator[Fault]:
        if form.lookup not in self.mapping.lookups:
            known = ", ".join(self.mapping.lookups) or "–"
            yield self.at("M0025", "fields", index, "lookup", lookup=form.lookup, known=known)
            return
        if not form.looked_up:
            yield self.at("M0026", "fields", index, column="–", lookup=form.lookup)
        for column in form.looked_up:
            if column not in self.mapping.lookups[form.lookup].columns:
                yield self.at("M0026", "fields", index, column=column, lookup=form.lookup)

    def chain(self, index: int, form: StepsField | LookupField) -> Iterator[Fault]:
        """Steps that take or give another number of values than stands beside them, and their own mistakes."""
        width = len(form.legacy or ()) + (len(form.looked_up) if isinstance(form, LookupField) else 0)
        for number, lens in enumerate(form.steps):
            path = ("fields", index, "steps", number)
            if lens.takes != width:
                yield self.at("M0028", *path, op=lens.op, takes=lens.takes, given=width)
            if number and lens.names_empty:
                yield self.at("M0041", *path, op=lens.op)
            width = lens.gives
            yield from self.mistakes(lens, path)
        if width != len(form.standard):
            yield self.at("M0029", "fields", index, "standard", gives=width, columns=len(form.standard))

    def mistakes(self, lens: Lens, path: tuple[str | int, ...]) -> Iterator[Fault]:
        for code, option, words in lens.mistakes():
            yield self.at(code, *path, *option, **words)

    def coverage(self) -> Iterator[Fault]:
        """Columns written twice, produced twice, left out without a reason, or left out and used all the same."""
        mapping = self.mapping
        yield from self.side("legacy", _taken, mapping.legacy.columns, mapping.unmapped.legacy)
        yield from self.side("standard", _produced, self.standard.names, mapping.unmapped.standard)
        for needed in self.standard.columns:
            if needed.required and needed.name in mapping.unmapped.standard:
                yield self.at("M0037", "unmapped", "standard", needed.name, column=needed.name)
        for index, form in enumerate(mapping.fields):
            if isinstance(form, MissingField) and form.standard in self.standard.key:
                yield self.at("M0038", "fields", index, "standard", column=form.standard)

    def side(
        self, side: str, columns_of: Callable[[Form], Names], known: Names, unmapped: MappingOf[str, str]
    ) -> Iterator[Fault]:
        used: set[str] = set()
        for index, form in enumerate(self.mapping.fields):
            for column in columns_of(form):
                if column in used:
                    yield self.at("M0024", "fields", index, side, side=side, column=column)
                used.add(column)
        for column in known:
            if column not in used and column not in unmapped:
                yield self.at("M0035", "fields", side=side, column=column)
        for column in unmapped:
            if column not in known:
                yield self.unknown(side, column, "unmapped", side, column)
            elif column in used:
                yield self.at("M0036", "unmapped", side, column, side=side, column=column)

    def examples(self) -> Iterator[Fault]:
        """Columns in examples that neither side has."""
        for index, example in enumerate(self.mapping.examples):
            for side, named, known in (
                ("legacy", example.legacy, self.mapping.legacy.columns),
                ("standard", example.standard, self.standard.names),
            ):
                for column in named:
                    if column not in known:
                        yield self.unknown(side, column, "examples", index, side, column)


def _written(form: Form) -> Names:
    """Return the legacy columns that a field writes back."""
    return form.legacy or () if isinstance(form, StepsField | LookupField) else ()


def _taken(form: Form) -> Names:
    """Return the legacy and looked-up columns that a field writes back."""
    looked_up = form.looked_up if isinstance(form, LookupField) else ()
    return (*_written(form), *(f"{form.lookup}.{column}" for column in looked_up if isinstance(form, LookupField)))


def _produced(form: Form) -> Names:
    """Return the standard columns that a field is about."""
    return (form.standard,) if isinstance(form.standard, str) else form.standard
