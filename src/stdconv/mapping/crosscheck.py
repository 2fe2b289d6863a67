"""A mapping held against its schema: what does not fit between the two, each with its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from typing import TypeAlias

import polars as pl

from stdconv.definitions import yaml
from stdconv.definitions.nearest import LIKELY, nearest
from stdconv.domains.sets import Choice
from stdconv.errors import Fault, KeyPath
from stdconv.findings.frames import SEVERAL
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import codes, fault
from stdconv.layouts import encoding
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.numbers import of_hexadecimal
from stdconv.layouts.writer import is_header_read_back
from stdconv.lenses.base import Lens
from stdconv.mapping import places, severities
from stdconv.mapping.columns import Column
from stdconv.mapping.declared import AssumeField, MissingField, NumberField
from stdconv.mapping.models import Form, LookupField, Mapping, RouteField, WhenField
from stdconv.mapping.parts import MappingExample
from stdconv.standard.schema import Schema

LOOKUP = re.compile(r"[\w-]{1,30}")
"""What a lookup may be called: it is part of the name of a file, and of columns behind it and a point."""

RESERVED = ("refused", "refused-causes", "report")
"""What other files beside a restored one are called."""

Names: TypeAlias = tuple[str, ...]


def faults(
    mapping: Mapping, schema: Schema, located: yaml.Located, claimed: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    """Yield what does not fit. Nothing is asked of columns in ``claimed``: parts left out speak of them."""
    yield from _Fit(mapping, schema, located, claimed).faults()


class _Fit:
    """Checks one mapping against one schema and yields what does not fit."""

    def __init__(self, mapping: Mapping, schema: Schema, located: yaml.Located, claimed: frozenset[str]) -> None:
        self.mapping = mapping
        self.read = {column for form in mapping.fields if form.chains for column in _produced(form)}
        self.claimed = claimed
        self.meant: set[str] = set()
        self.schema = schema
        self.located = located

    def faults(self) -> Iterator[Fault]:
        yield from self.layout()
        yield from self.lookups()
        for index, form in enumerate(self.mapping.fields):
            yield from self.columns(index, form)
            for column in () if isinstance(form, MissingField) else _produced(form):
                if column in self.schema.numbers:
                    yield self.at("M0096", "fields", index, "standard", column=column)
            if isinstance(form, LookupField):
                yield from self.lookup(index, form)
            if isinstance(form, WhenField):
                yield from self.when(index, form)
            if isinstance(form, RouteField):
                yield from self.route(index, form)
            for path, steps in form.chains.items():
                yield from self.chain(index, form, steps, path)
        yield from self.coverage()
        yield from severities.faults(self.mapping.severity, self.schema.checks, self.schema.key, self.at)
        yield from self.examples()

    def at(self, code: str, /, *path: str | int, **words: object) -> Fault:
        return fault(code, self.located.place(path), **words)

    def layout(self) -> Iterator[Fault]:
        """Column names that repeat or that are reserved."""
        lists: dict[tuple[str, ...], Names] = {("legacy", "columns"): self.mapping.legacy.columns}
        for name, lookup in self.mapping.lookups.items():
            lists["lookups", name, "columns"] = (*lookup.key, *lookup.columns)
        for path, columns in lists.items():
            wrong = [fault for column, count in Counter(columns).items() for fault in self.name(column, count, path)]
            said = (*self.dialect(path).headings, *(other for other, _ in self.dialect(path).others))
            wrong += [fault for heading in said for fault in self.unwritable(heading, path)]
            yield from self.escape(path)
            yield from wrong or self.header(path)
        yield from places.faults(self.mapping.legacy, self.at)
        for name, lookup in self.mapping.lookups.items():
            yield from places.of_lookup(lookup, self.mapping.legacy, self.at, "lookups", name)
        for path in lists:
            for number, title in enumerate(self.dialect(path).titles):
                yield from self.unencodable(title, (*path[:-1], "write", "before", number))
        yield from self.lost()

    def lost(self) -> Iterator[Fault]:
        """Signs of lost characters that the file cannot have, and excepted columns that there are not."""
        if (lost := self.mapping.legacy.lost) is None:
            return
        for index, sign in enumerate(lost.signs):
            yield from self.unwritable(sign, ("legacy", "lost", "signs", index))
        looked_up = {f"{n}.{column}" for n, lookup in self.mapping.lookups.items() for column in lookup.columns}
        for column in lost.besides:
            if column not in looked_up and column not in self.mapping.legacy.columns:
                yield self.unknown("legacy", column, "legacy", "lost", "except")

    def name(self, column: str, count: int, path: KeyPath) -> Iterator[Fault]:
        """A column's name, there ``count`` times, that repeats or is reserved."""
        if count > 1:
            yield self.at("M0021", *path, column=column)
        if column.startswith("_"):
            yield self.at("M0022", *path, column=column)
        if column == "*" or (column.startswith("^") and column.endswith("$")):
            yield self.at("M0040", *path, column=column)
        if SEVERAL in column:
            yield self.at("M0098", *path, column=column)

    def header(self, path: KeyPath) -> Iterator[Fault]:
        """Headings that the header cannot have, that there is no header for, or that do not tell columns apart."""
        dialect = self.dialect(path)
        declared = self.declared(path)
        said = Counter(heading for column in declared for heading in column.headings)
        for heading, count in said.items() if dialect.header == "by_name" else ():
            if count > 1:
                yield self.at("M0106", *path, heading=heading)
        for column in declared if dialect.header != "by_name" else ():
            if len(column.headings) > 1:
                yield self.at("M0184", *path, column=column.name)
        if not dialect.header and dialect.spelled:
            yield self.at("M0085", *path)
        elif not is_header_read_back(dialect):
            yield self.at("M0086", *path)

    def escape(self, path: KeyPath) -> Iterator[Fault]:
        """A backslash that nothing is in quotes for, or that is the delimiter."""
        dialect = self.dialect(path)
        if dialect.escape == "backslash" and not dialect.has_quotes:
            yield self.at("M0120", *path[:-1], "escape")
        if dialect.is_escaped and dialect.delimiter == "\\":
            yield self.at("M0121", *path[:-1], "escape")

    def dialect(self, path: KeyPath) -> Dialect:
        """Return the dialect of the file that ``path`` is about."""
        legacy = self.mapping.legacy
        return self.mapping.lookups[str(path[1])].dialect(legacy) if path[0] == "lookups" else legacy.dialect()

    def declared(self, path: KeyPath) -> tuple[Column, ...]:
        """Return the columns of the file that ``path`` is about."""
        if path[0] != "lookups":
            return self.mapping.legacy.declared
        lookup = self.mapping.lookups[str(path[1])]
        return (*lookup.keyed, *lookup.declared)

    def unwritable(self, text: str, path: KeyPath) -> Iterator[Fault]:
        """Text that the encoding of its file cannot write, or that its layout would write as several values."""
        dialect = self.dialect(path)
        if faults := list(self.unencodable(text, path)):
            yield from faults
        elif not dialect.has_quotes and any(sign in text for sign in (dialect.delimiter, dialect.end.decode())):
            yield self.at("M0105", *path, text=text)

    def unencodable(self, text: str, path: KeyPath) -> Iterator[Fault]:
        """Text that the encoding of its file cannot write."""
        dialect = self.dialect(path)
        if encoding.encode(text, dialect) is None:
            yield self.at("M0042", *path, text=text, encoding=dialect.encoding)

    def lookups(self) -> Iterator[Fault]:
        """Lookups with key columns that are not in the layout, named like one of its columns, or that no field asks.

        And names that are no part of a file's name.
        """
        legacy = self.mapping.legacy.columns
        called = Counter(f"{n}.{column}" for n, lookup in self.mapping.lookups.items() for column in lookup.columns)
        alike = Counter(name.casefold() for name in self.mapping.lookups)
        for name, lookup in self.mapping.lookups.items():
            if not LOOKUP.fullmatch(name) or name.casefold() in RESERVED or alike[name.casefold()] > 1:
                yield self.at("M0084", "lookups", name, lookup=name, reserved=[f"`{each}`" for each in RESERVED])
            for column in lookup.columns:
                if f"{name}.{column}" in legacy or called[f"{name}.{column}"] > 1:
                    yield self.at("M0021", "lookups", name, "columns", column=f"{name}.{column}")
            for column in lookup.key:
                if column not in legacy:
                    yield self.unknown("legacy", column, "lookups", name, "key")
            asked = any(isinstance(form, LookupField) and form.lookup == name for form in self.mapping.fields)
            if not asked and name not in self.claimed:
                yield self.at("M0027", "lookups", name, lookup=name)

    def unknown(self, side: str, column: str, *path: str | int) -> Fault:
        known = self.mapping.legacy.columns if side == "legacy" else self.schema.names
        near = nearest(column, known)
        self.meant.update(nearest(column, known, cutoff=LIKELY))
        return self.at("M0023", *path, side=phrase("side", side), column=column, near=near or list(known))

    def columns(self, index: int, form: Form) -> Iterator[Fault]:
        where = form.where or () if isinstance(form, AssumeField) else ()
        for column in _produced(form):
            if column not in self.schema.names:
                yield self.unknown("standard", column, "fields", index, "standard")
        for column in where:
            if column not in self.read and column not in self.claimed:
                yield self.at("M0039", "fields", index, "where", column=column)
        for column in _written(form):
            if column not in self.mapping.legacy.columns:
                yield self.unknown("legacy", column, "fields", index, "legacy")
        for column, count in Counter(form.number.by if isinstance(form, NumberField) else ()).items():
            if column not in self.mapping.legacy.columns:
                yield self.unknown("legacy", column, "fields", index, "number", "by")
            elif count > 1:
                yield self.at("M0021", "fields", index, "number", "by", column=column)

    def lookup(self, index: int, form: LookupField) -> Iterator[Fault]:
        if form.lookup not in self.mapping.lookups:
            known = list(self.mapping.lookups)
            yield self.at("M0025", "fields", index, "lookup", lookup=form.lookup, known=known)
            return
        if not form.looked_up:
            yield self.at("M0026", "fields", index, column="–", lookup=form.lookup)
        for column in form.looked_up:
            if column not in self.mapping.lookups[form.lookup].columns:
                yield self.at("M0026", "fields", index, column=column, lookup=form.lookup)

    def when(self, index: int, form: WhenField) -> Iterator[Fault]:
        """A choosing column that no other field gives, or only after this one."""
        column = form.when.column
        if column not in self.claimed and not is_chosen_before(self.mapping, form):
            yield self.at("M0080", "fields", index, "when", "column", column=column)

    def route(self, index: int, form: RouteField) -> Iterator[Fault]:
        """The code among its own values, steps of columns that no set names, codes that never come, empty values."""
        route, at = form.route, ("fields", index, "route")
        for code, columns in route.sets.items():
            if route.by in columns:
                yield self.at("M0140", *at, "sets", code, route.by, column=route.by)
        for column, steps in route.steps.items():
            if column not in form.legacy:
                yield self.at("M0141", *at, "steps", column, column=column, known=list(form.legacy))
            elif column != route.by and steps and steps[0].names_empty:
                yield self.at("M0143", *at, "steps", column, 0, column=column)
        last = route.steps.get(route.by, ())[-1:]
        given = last[0].codomain.columns[0][1] if last else None
        known = given.values if isinstance(given, Choice) else tuple(route.sets)
        for code in route.sets:
            if code not in known:
                yield self.at("M0142", *at, "sets", code, code=code, column=route.by, known=list(known))

    def chain(self, index: int, form: Form, steps: Sequence[Lens], at: tuple[str, ...]) -> Iterator[Fault]:
        """Steps that take or give another number of values than there are columns, and mistakes in their options."""
        is_routed = isinstance(form, RouteField)
        width, wanted = (1, 1) if is_routed else (len(_taken(form)), len(_produced(form)))
        for number, lens in enumerate(steps):
            path: KeyPath = ("fields", index, *at, number)
            if lens.takes != width:
                yield self.at("M0028", *path, op=lens.op, takes=lens.takes, given=width)
            if number and lens.names_empty:
                yield self.at("M0041", *path, op=lens.op)
            width = lens.gives
            yield from self.mistakes(lens, path)
            if not isinstance(form, LookupField) and not number:
                given = tuple(pl.lit("") for _ in range(lens.takes))
                for branch in (*lens.branches(*given), *lens.refused(*given)):
                    yield from self.unwritable(branch.legacy, (*path, *branch.path))
        if width != wanted:
            place = at if is_routed else ("standard",)
            yield self.at("M0029", "fields", index, *place, gives=width, columns=wanted)

    def mistakes(self, lens: Lens, path: KeyPath) -> Iterator[Fault]:
        for code, option, words in lens.mistakes():
            yield self.at(code, *path, *option, **words)

    def coverage(self) -> Iterator[Fault]:
        """Columns written or produced more than once, left out without a reason, or left out and used all the same."""
        mapping = self.mapping
        yield from self.side("legacy", _taken, mapping.legacy.columns, mapping.unmapped.legacy)
        yield from self.side("standard", _produced, self.schema.names, mapping.unmapped.standard)
        for column in mapping.unmapped.standard:
            if column in self.schema.needed:
                yield self.at("M0037", "unmapped", "standard", column, column=column)
        for column, text in mapping.defaults.items():
            if column not in mapping.unmapped.legacy:
                yield self.at("M0067", "defaults", column, column=column)
            yield from self.unwritable(text, ("defaults", column))
        for index, form in enumerate(mapping.fields):
            if isinstance(form, MissingField) and form.standard in self.schema.key:
                yield self.at("M0038", "fields", index, "standard", column=form.standard)

    def side(
        self, side: str, columns_of: Callable[[Form], Names], known: Names, unmapped: MappingOf[str, str]
    ) -> Iterator[Fault]:
        used: set[str] = set()
        for index, form in enumerate(self.mapping.fields):
            for column, count in Counter(columns_of(form)).items():
                if count > 1:
                    path = _named_last(form, side, column)
                    yield self.at("M0161", "fields", index, *path, side=phrase("side", side), column=column)
                if column in used:
                    yield self.at("M0024", "fields", index, side, side=phrase("side", side), column=column)
                used.add(column)
        for column in known:
            if column not in used and column not in {*unmapped, *self.meant, *self.claimed}:
                yield self.at(
                    "M0035", "fields", side=phrase("side", side), column=column, remedy=self.remedy(side, column)
                )
        for column in unmapped:
            if column not in known:
                yield self.unknown(side, column, "unmapped", side, column)
            elif column in used:
                of = phrase("side", side)
                yield self.at("M0036", "unmapped", side, column, side=of, key=side, column=column)

    def remedy(self, side: str, column: str) -> dict[str, str]:
        """What can be done about a column that is left out: not every one may be listed under ``unmapped``."""
        is_needed = side == "standard" and column in self.schema.needed
        how = "key" if side == "standard" and column in self.schema.key else "missing" if is_needed else "unmapped"
        return phrase("left-out", how, side=side, column=column)

    def examples(self) -> Iterator[Fault]:
        """Columns in examples that neither side has, or that no field produces; each is reported once."""
        reported: set[tuple[str, str]] = set()
        missing = {form.standard for form in self.mapping.fields if isinstance(form, MissingField)}
        left_out = {*missing, *self.mapping.unmapped.standard}
        for index, example in enumerate(self.mapping.examples):
            yield from self.outcome(index, example)
            if example.line is not None and self.mapping.legacy.has_numbers and of_hexadecimal(example.line) is None:
                yield self.at("M0111", "examples", index, "line")
            sides = {"legacy": example.legacy, "standard": example.standard or {}}
            for side, column in ((side, column) for side, named in sides.items() for column in named):
                known = self.mapping.legacy.columns if side == "legacy" else self.schema.names
                if (side, column) in reported:
                    continue
                reported.add((side, column))
                if column not in known:
                    yield self.unknown(side, column, "examples", index, side, column)
                elif side == "standard" and column in left_out:
                    yield self.at("M0069", "examples", index, side, column, column=column)

    def outcome(self, index: int, example: MappingExample) -> Iterator[Fault]:
        """What is to become of an example, if not exactly one thing, or nothing that there is; lookups likewise."""
        if (example.standard is None) == (example.refused is None):
            yield self.at("M0043", "examples", index)
        known = {code.id for code in codes().values() if code.severity == "refuse"}
        known |= {each.code for each in self.mapping.severity if each.becomes == "refuse"}
        if example.refused is not None and example.refused not in known:
            yield self.at("M0044", "examples", index, "refused", code=example.refused)
        yield from severities.of_example(example, self.mapping, self.at, index)
        for name, row in example.lookups.items():
            if name not in self.mapping.lookups:
                known_lookups = list(self.mapping.lookups)
                yield self.at("M0025", "examples", index, "lookups", name, lookup=name, known=known_lookups)
                continue
            for column in row:
                if column not in self.mapping.lookups[name].columns:
                    yield self.at("M0026", "examples", index, "lookups", name, column, column=column, lookup=name)


def is_chosen_before(mapping: Mapping, form: WhenField) -> bool:
    """Return whether the column that chooses the steps of ``form`` is given by another field, which waits for none."""
    giving = {column: each for each in mapping.fields for column in _produced(each) if each.chains or each is form}
    by, seen = giving.get(form.when.column), [form]
    while isinstance(by, WhenField) and by not in seen:
        seen.append(by)
        by = giving.get(by.when.column)
    return by is not None and by not in seen


def _written(form: Form) -> Names:
    """Return the legacy columns that a field writes back."""
    return () if isinstance(form, AssumeField | MissingField | NumberField) else form.legacy or ()


def _taken(form: Form) -> Names:
    """Return the legacy and looked-up columns that a field writes back."""
    looked_up = form.looked_up if isinstance(form, LookupField) else ()
    return (*_written(form), *(f"{form.lookup}.{column}" for column in looked_up if isinstance(form, LookupField)))


def _named_last(form: Form, side: str, column: str) -> KeyPath:
    """Return the path to the last place where a field names a column of one side."""
    sets = form.route.sets if isinstance(form, RouteField) and side == "standard" else {}
    named: list[KeyPath] = [("route", "sets", code, value) for code in sets for value in sets[code]]
    return next((path for path in reversed(named) if sets[str(path[2])][str(path[3])] == column), (side,))


def _produced(form: Form) -> Names:
    """Return the standard columns that a field is about."""
    return (form.standard,) if isinstance(form.standard, str) else form.standard
