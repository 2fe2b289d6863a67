"""Where findings go back to in one's own definitions: a line of a schema, of its rules file, or of a mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from stdconv.definitions import catalog, yaml
from stdconv.definitions.yaml import Located
from stdconv.errors import DefinitionError, KeyPath, Place
from stdconv.findings.frames import divided
from stdconv.mapping.loading import load_text, read_mapping
from stdconv.mapping.models import Form
from stdconv.reports.model import Report, Total, readable
from stdconv.standard.codelists import load_codes
from stdconv.standard.recordrules import RecordRule
from stdconv.standard.schema import Schema

Placing: TypeAlias = Callable[[Total], Place | None]

_RULE: TypeAdapter[Any] = TypeAdapter(RecordRule)


def in_schema(report: Report, schema: Schema) -> Report:
    """Return ``report`` with the lines of a schema and rules file of one's own; shipped ones are nobody's to fix."""
    if not schema.files:
        return report
    files = [_located(path) for path in schema.files]
    document, rules = files[0], files[1] if len(files) > 1 else None
    return _placed(report, lambda total: _in_rules(total, rules, schema) or _in_schema(total, document, schema))


def in_mapping(report: Report, name: str) -> Report:
    """Return ``report`` with the lines of the mapping ``name``, where that is a file of one's own."""
    if name in catalog.names("mapping"):
        return report
    reading = read_mapping(*load_text(name))
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


def _located(path: Path) -> Located | None:
    """Return a file with its lines; JSON is read as YAML for that, which is not always possible."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), str(path))
    except DefinitionError:
        return None


def _in_schema(total: Total, located: Located | None, schema: Schema) -> Place | None:
    if located is None:
        return None
    for check in schema.between:
        if check.at and check.reported_as == (total.code, total.column):
            return located.place(check.at)
    return _first(located, (("properties", name) for name in divided(total.column)))


def _in_rules(total: Total, located: Located | None, schema: Schema) -> Place | None:
    if located is None:
        return None
    for number, node in enumerate(located.data.get("record", ())):
        if (total.code, total.column) in {each.reported_as for each in _RULE.validate_python(node).checks(load_codes)}:
            return located.place(("record", number))
    for number, rule in enumerate(schema.dataset):
        is_meant = total.code in rule.codes or (total.code == "D0012" and total.detail == rule.rule)
        if is_meant and set(divided(total.column)) <= set(rule.names):
            return located.place(("dataset", number))
    return None


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
