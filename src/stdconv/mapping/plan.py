"""A plan: a mapping compiled against its schema, once; what does not fit between the two is a fault with its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias

from stdconv.definitions import catalog, yaml
from stdconv.errors import DefinitionError, Fault, Place
from stdconv.findings.registry import Severity, fault
from stdconv.layouts import encoding
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.lost import Lost
from stdconv.layouts.parts import Header
from stdconv.lenses.bycode import ByCode
from stdconv.lenses.when import ByCase
from stdconv.mapping import crosscheck
from stdconv.mapping.declared import AssumeField, MissingField, NumberField
from stdconv.mapping.edition import EditionLegacy
from stdconv.mapping.layout import Legacy
from stdconv.mapping.loading import Reading, load_text, read_mapping
from stdconv.mapping.models import Form, LookupField, Mapping, RouteField, StepsField, WhenField
from stdconv.mapping.route import Route, legacy_column
from stdconv.mapping.severities import reported, ruled
from stdconv.standard.checks import Check, present_checks
from stdconv.standard.forms import FileForm
from stdconv.standard.fronts import form_of
from stdconv.standard.people import keys
from stdconv.standard.placeholders import admits_any
from stdconv.standard.schema import Schema, schema_beside

Origin: TypeAlias = Literal["shipped", "altered", "own"]
"""What a mapping is: shipped, an altered copy of a shipped one, one's own."""


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """A mapping with its schema, routes and dialect. Immutable and picklable; ``text`` is the mapping as YAML.

    ``files`` are those that it was made of: the mapping's own, what that extends and its tables, a custom schema's.
    ``order`` is that of one file's headings, where columns are found by name. ``edition`` is the schema of the legacy
    side, where that is a standard record itself. Plans are equal, and have the same hash,
    if they say the same: that is their ``digest``. Threads may share one.
    """

    mapping: Mapping
    schema: Schema
    routes: tuple[Route, ...]
    text: str = ""
    files: tuple[Path, ...] = ()
    order: tuple[str, ...] = ()
    edition: Schema | None = None

    def __repr__(self) -> str:
        """Return what the mapping and its schema are called: all that they say would be pages."""
        return f"Plan({self.mapping.id!r}, schema={self.schema.name!r})"

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of ``text``: of the file ``mapping.yaml`` in a run folder."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all that it says: of the whole mapping, and of its schema with rules and code lists."""
        order = "".join(f" {len(name)} {name}" for name in self.order)
        if self.edition is not None:
            order += f" {self.edition.digest} {self.dialect.quote}"
        return hashlib.sha256(f"{self.sha256} {self.schema.digest}{order}".encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Return whether ``other`` says the same."""
        return self.digest == other.digest if isinstance(other, Plan) else NotImplemented

    def __hash__(self) -> int:
        """Return the same for plans that say the same."""
        return hash(self.digest)

    @cached_property
    def origin(self) -> Origin:
        """Whether it is a shipped mapping, has the id of one but another text, or is one's own."""
        name = self.mapping.id
        if name not in catalog.names("mapping"):
            return "own"
        is_shipped = self.files[:1] == (catalog.find("mapping", name),) or self.text == load_plan(name).text
        return "shipped" if is_shipped else "altered"

    @cached_property
    def dialect(self) -> Dialect:
        """The legacy file's dialect."""
        legacy = self.mapping.legacy
        if isinstance(legacy, EditionLegacy):
            filled = {*self.written, *self.mapping.defaults}
            return legacy.dialect() if self.order else legacy.written([n for n in legacy.columns if n in filled])
        places = {each.name: each.position for each in self.mapping.legacy.declared}
        names = {name: name for name, place in places.items() if place is None or place.number is None}
        return replace(self.mapping.legacy.dialect(), lost=self._lost(names))

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The standard columns that the fields produce, in schema order."""
        produced = {name for route in self.routes for name in route.standard}
        return tuple(name for name in self.schema.names if name in produced)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The standard columns that tell whose record it is, of those that the fields produce."""
        return tuple(name for name in keys(self.schema) if name in self.carried)

    @cached_property
    def tabled(self) -> tuple[Route, ...]:
        """The routes in which a table says what a value becomes, or refuses one by name."""
        return tuple(route for route in self.routes if any(True for _ in route.entries()))

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The legacy columns that the fields write back, in the layout's order."""
        given = {name for route in self.routes for name in route.legacy}
        return tuple(name for name in self.mapping.legacy.columns if name in given)

    @cached_property
    def unwritten(self) -> tuple[str, ...]:
        """The legacy columns that no field writes back, in the layout's order."""
        given = set(self.written)
        return tuple(name for name in self.mapping.legacy.columns if name not in given)

    @cached_property
    def missing(self) -> tuple[MissingField, ...]:
        """The fields that declare a standard column missing."""
        return tuple(form for form in self.mapping.fields if isinstance(form, MissingField))

    @cached_property
    def numbered(self) -> tuple[NumberField, ...]:
        """The fields that number records in the order of the file."""
        return tuple(form for form in self.mapping.fields if isinstance(form, NumberField))

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The schema's checks with their severities, less those that ask for what the mapping does not carry."""
        return ruled(present_checks(self.schema.checks, self.carried), self.mapping.severity, self.schema.checks)

    @cached_property
    def decided(self) -> tuple[tuple[str, str, Severity, str], ...]:
        """What the mapping decides about rules: code and column of their findings, the severity and why."""
        every = ((each, column) for each in self.mapping.severity for column in reported(each, self.schema.checks))
        return tuple((each.code, column, each.becomes, each.because) for each, column in every)

    @cached_property
    def doubtful(self) -> dict[str, str]:
        """The legacy columns that may hold what stands for nothing and still be accepted, by their working names."""
        return {
            legacy_column(name): name
            for route in self.routes
            for name in route.legacy
            if any(admits_any(self.schema.column(column).domain) for column in route.standard)
        }

    def lookup_fields(self, name: str) -> tuple[LookupField, ...]:
        """Return the fields that take columns from the lookup ``name``."""
        return tuple(form for form in self.mapping.fields if isinstance(form, LookupField) and form.lookup == name)

    def lookup_dialect(self, name: str) -> Dialect:
        """Return the dialect of the lookup file ``name``."""
        lookup = self.mapping.lookups[name]
        names = {key: key for key in lookup.key} | {column: f"{name}.{column}" for column in lookup.columns}
        return replace(lookup.dialect(self.mapping.legacy), lost=self._lost(names))

    def _lost(self, names: MappingOf[str, str]) -> Lost | None:
        """Return how lost characters are looked for in the columns of a file, given with what fields call them.

        What no field takes is lost too, but not for the standard record.
        """
        if (declared := self.mapping.legacy.lost) is None:
            return None
        taken = {name for route in self.routes for name in route.legacy}
        taken |= {name for form in self.numbered for name in form.number.by}
        taken |= {name for lookup in self.mapping.lookups.values() for name in lookup.key}
        asked = {column: name in taken for column, name in names.items() if name not in declared.besides}
        refusing = {column for column, is_taken in asked.items() if is_taken and declared.severity == "refuse"}
        return Lost(declared.signs, frozenset(refusing), frozenset(asked.keys() - refusing))


def standard_dialect(plan: Plan, form: FileForm) -> Dialect:
    """Return how a standard CSV is written in a ``form``: linkage has all columns, plain those that are carried."""
    return plan.schema.dialect(plan.schema.names if form == "linkage" else plan.carried, form=form)


def in_order(plan: Plan, read: Callable[[Dialect], Header]) -> Plan:
    """Return the plan for a file whose header is ``read``: where columns are found by name, in the file's order.

    Raises ``UnreadableError`` as ``read`` does.
    """
    legacy, dialect = plan.mapping.legacy, plan.dialect
    if dialect.header not in ("by_name", "any_of"):
        return plan
    header = read(dialect)
    headings = tuple(encoding.decode(heading, dialect) or "" for heading in header.fields or ())
    if isinstance(legacy, EditionLegacy):
        ordered: Legacy = legacy.in_file(headings, form_of(header))
    else:
        ordered = legacy.in_order(headings)
    return replace(plan, mapping=plan.mapping.model_copy(update={"legacy": ordered}), order=headings)


def text_of(mapping: Plan | str | PathLike[str]) -> tuple[str, str]:
    """Return the YAML text of a mapping and what faults call its file."""
    return (mapping.text, mapping.mapping.id) if isinstance(mapping, Plan) else load_text(str(mapping))


def load_plan(name: str | Path) -> Plan:
    """Read the mapping ``name`` and compile it. Raises ``DefinitionError`` with all faults at once."""
    return read_plan(*load_text(name))


def read_plan(text: str, file: str) -> Plan:
    """Read a mapping from YAML text and compile it; ``file`` is what faults call it."""
    return examine(text, file).compiled()


@dataclass(frozen=True)
class Draft:
    """A mapping as far as it makes sense, its schema, and every fault found so far, in the order of the file."""

    reading: Reading
    schema: Schema | None
    faults: tuple[Fault, ...]
    edition: Schema | None = None

    @property
    def mapping(self) -> Mapping | None:
        """The mapping without the parts that do not fit, or ``None`` where too little of it can be read."""
        return self.reading.mapping

    def compiled(self) -> Plan:
        """Return the plan. Raises ``DefinitionError`` with all faults."""
        if self.faults or self.mapping is None or self.schema is None or self.reading.located is None:
            raise DefinitionError(self.faults)
        forms = [form for form in self.mapping.fields if not isinstance(form, MissingField)]
        routes = tuple(route_of(index, form) for index, form in enumerate(forms))
        located = self.reading.located
        of_edition = self.edition.files if self.edition is not None else ()
        files = tuple(dict.fromkeys((Path(located.file), *located.taken, *self.schema.files, *of_edition)))
        return Plan(self.mapping, self.schema, routes, located.text, files, edition=self.edition)


def examine(text: str, file: str) -> Draft:
    """Read a mapping and hold it against the schema that it names, collecting every fault instead of raising."""
    reading = read_mapping(text, file, columns_of)
    mapping, located = reading.mapping, reading.located
    if mapping is None or located is None:
        return Draft(reading, None, _in_order(reading.faults))
    try:
        schema = _schema(mapping.standard, file, located)
        edition = None
        if isinstance(legacy := mapping.legacy, EditionLegacy):
            edition = _edition(legacy.called, file, located)
            mapping = mapping.model_copy(update={"legacy": legacy.with_columns(edition.names)})
            reading = replace(reading, mapping=mapping)
    except DefinitionError as error:
        return Draft(reading, None, _in_order((*reading.faults, *error.faults)))
    faults = [*crosscheck.faults(mapping, schema, located, reading.claimed), *_of_edition(mapping, edition, located)]
    return Draft(reading, schema, _in_order((*reading.faults, *faults)), edition)


def _of_edition(mapping: Mapping, edition: Schema | None, located: yaml.Located) -> Iterator[Fault]:
    """Yield what says again, or otherwise, what the schema of the legacy side says, and what no CSV of it can hold."""
    legacy = mapping.legacy
    for key in legacy.beside if isinstance(legacy, EditionLegacy) else ():
        yield fault("M0157", located.place(("legacy", key)), key=key)
    if isinstance(legacy, EditionLegacy) and edition is not None and edition.numbers:
        columns = [name for name in edition.names if name in edition.numbers]
        yield fault("M0159", located.place(("legacy", "schema")), name=legacy.called, columns=columns)


def columns_of(name: object, file: str) -> Sequence[str]:
    """Return the columns of the schema that ``file`` calls ``name``; none where that cannot be read."""
    try:
        schema = schema_beside(name, file) if isinstance(name, str) else None
    except DefinitionError:
        return ()
    return schema.names if schema else ()


def _schema(name: str, file: str, located: yaml.Located) -> Schema:
    """Return the shipped schema ``name``, or the one of that name next to the mapping."""
    if (schema := schema_beside(name, file)) is None:
        raise DefinitionError([fault("M0020", located.place(("standard",)), name=name, known=catalog.names("schema"))])
    return schema


def _edition(name: str, file: str, located: yaml.Located) -> Schema:
    """Return that of the legacy side."""
    if (schema := schema_beside(name, file)) is None:
        place, known = located.place(("legacy", "schema")), catalog.names("schema")
        raise DefinitionError([fault("M0158", place, name=name, known=known)])
    return schema


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return ``faults`` in the order of the file."""
    places = {each: each.place or Place("") for each in faults}
    return tuple(sorted(places, key=lambda each: (places[each].line or 0, places[each].column or 0)))


def route_of(index: int, form: Form) -> Route:
    """Return the field ``form`` made ready; raises ``TypeError`` for one that produces nothing."""
    match form:
        case AssumeField(standard=standard, assume=value, where=where):
            return Route(index, (), (standard,), constant=value, where=where or ())
        case LookupField():
            looked_up = tuple(f"{form.lookup}.{column}" for column in form.looked_up)
            return Route(index, (*(form.legacy or ()), *looked_up), form.standard, form.steps)
        case StepsField():
            return Route(index, form.legacy, form.standard, form.steps)
        case WhenField(when=when):
            by_case = ByCase(cases=when.cases, width=(len(form.legacy), len(form.standard)))
            return Route(index, form.legacy, form.standard, (by_case,), beside=(when.column,))
        case RouteField(route=routing):
            by_code = ByCode(names=form.legacy, sets=form.sets, steps=routing.steps)
            return Route(index, form.legacy, form.standard, (by_code,))
        case NumberField(standard=standard):
            return Route(index, (form.column,), (standard,))
        case MissingField():
            raise TypeError(form)
