"""Where findings go back to in custom definitions: a line of a schema, of its rules file, or of a mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from stdconv.definitions import catalog
from stdconv.definitions.yaml import Located
from stdconv.errors import KeyPath, Place
from stdconv.findings.frames import divided
from stdconv.japan.visible import readable
from stdconv.mapping.loading import load_text, read_mapping
from stdconv.mapping.models import Form
from stdconv.mapping.plan import columns_of
from stdconv.reports.model import Report
from stdconv.reports.totals import Total
from stdconv.standard.schema import Schema, located_file

Placing: TypeAlias = Callable[[Total], Place | None]


def in_schema(report: Report, schema: Schema) -> Report:
    """Return ``report`` with the lines of a custom schema and its rules file; shipped ones are nobody's to fix."""
    if not schema.files:
        return report
    files = dict(zip(("schema", "rules"), map(located_file, schema.files), strict=False))

    def place(total: Total) -> Place | None:
        origin = schema.origin(total.code, divided(total.column), *(each.detail for each in total.details[:1]))
        located = files.get(origin.file) if origin else None
        if origin is None or located is None:
            return None
        is_elsewhere = origin.path[:1] == ("properties",) and origin.path not in located.marks  # behind a reference
        return None if is_elsewhere else located.place(origin.path)

    return _placed(report, place)


def in_mapping(report: Report, name: str) -> Report:
    """Return ``report`` with the lines of the mapping ``name``, where that is a custom file."""
    if name in catalog.names("mapping"):
        return report
    reading = read_mapping(*load_text(name), columns_of)
    mapping, located = reading.mapping, reading.located
    if mapping is None or located is None:
        return report
    return _placed(report, lambda total: _in_mapping(total, mapping.fields, located))


def _placed(report: Report, place: Placing) -> Report:
    totals = []
    for total in report.findings:
        found = place(total)
        shown = replace(found, file=readable(found.file)) if found else None
        totals.append(total.model_copy(update={"definition": shown}))
    return report.model_copy(update={"findings": tuple(totals)})


def _in_mapping(total: Total, fields: Sequence[Form], located: Located) -> Place | None:
    names = divided(total.column)
    if total.side.startswith("lookup:"):
        return _first(located, [("lookups", total.side.removeprefix("lookup:"))])
    written = [(number, _names(form, total.side)) for number, form in enumerate(fields)]
    paths: Iterator[KeyPath] = (("fields", number) for number, known in written if set(names) <= known)
    some: Iterator[KeyPath] = (("fields", number) for number, known in written if known & set(names))
    left_out: Iterator[KeyPath] = (("unmapped", total.side, name) for name in names)
    return _first(located, (*paths, *some, *left_out))


def _names(form: Form, side: str) -> set[str]:
    """Return the columns of one side that a field is about."""
    given = getattr(form, side, None) or ()
    return {given} if isinstance(given, str) else set(given)


def _first(located: Located, paths: Sequence[KeyPath] | Iterator[KeyPath]) -> Place | None:
    return next((located.place(path) for path in paths if path in located.marks), None)
