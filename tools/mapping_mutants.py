"""Wrong copies of a mapping, each wrong in one way: what lint, prove and a mapping's own evidence are measured by.

A mapping whose examples leave something unsaid has mutants that nothing finds: they name what an example should show.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, TypeAlias

import yaml

from stdconv.errors import KeyPath
from stdconv.lenses import LENSES
from stdconv.linting.fields import fields
from stdconv.mapping.plan import examine
from stdconv.proving.examples import Examples
from stdconv.standard.schema import Schema

Document: TypeAlias = dict[str, Any]

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

TABLES = ("table", "eras", "western")
"""The options of lenses that are tables of pairs."""

SEVERITIES = ("note", "warn", "refuse")

DIALECT = {
    "encoding": ("cp932", "utf-8"),
    "newline": ("crlf", "lf"),
    "quote": ("minimal", "all"),
    "delimiter": (",", ";"),
    "header": (True, False),
}


@dataclass(frozen=True)
class Mutant:
    """One wrong copy: which kind of mistake it is, what was done, and the mapping itself, sharing what is right."""

    kind: str
    what: str
    document: Document = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The mapping as YAML."""
        return str(yaml.dump(self.document, Dumper=_DUMPER, allow_unicode=True, sort_keys=False))


def mutants(text: str, schema: Schema | None = None) -> Iterator[Mutant]:
    """Yield the wrong copies of the mapping ``text``: a few hundred for one of ten fields, thousands for one of sixty.

    Kinds: codes swapped, entries dropped, refusals changed, table replaced by a copy, eras swapped, eras shifted,
    columns exchanged, order of coalesce, column order, places shifted, filling changed, forms changed, parts changed,
    taken apart, and dialect changed, which nothing in examples can show but the vendor's own file does. With its
    ``schema`` also: codes copied by position, left out exchanged, groups changed, severities changed.
    """
    document: Document = yaml.load(text, Loader=_LOADER)  # noqa: S506 -- a safe loader
    for kind, what, changed in (
        *_table_mutants(document),
        *_refusal_mutants(document),
        *_copy_mutants(document),
        *(_position_mutants(document, schema) if schema else ()),
        *_column_mutants(document),
        *_route_mutants(document),
        *(_left_out_mutants(document, schema) if schema else ()),
        *(_group_mutants(document, schema) if schema else ()),
        *(_severity_mutants(document, schema) if schema else ()),
        *_order_mutants(document),
        *_place_mutants(document),
        *_admit_mutants(document),
        *_form_mutants(document),
        *_step_mutants(document),
        *_part_mutants(document),
        *_apart_mutants(document),
        *_dialect_mutants(document),
    ):
        if changed != document:
            yield Mutant(kind, what, changed)


def misread(mutant: Mutant, file: str = "mutant") -> Mutant:
    """Return ``mutant`` with examples wrong in the same way, as who misread the layout would have written them.

    The legacy records stay; what they become is what the wrong mapping makes of them. A mapping that cannot be loaded
    comes back as it is. The order of the layout's columns is not misread so: the file's own header shows it.
    """
    draft = examine(mutant.text, file)
    if draft.faults or draft.reading.located is None:
        return mutant
    examples = Examples(draft.compiled(), list(fields(draft)), draft.reading.located)
    outcomes = examples.outcomes(examples.files())
    written = []
    for number, example in enumerate(mutant.document["examples"]):
        kept = {key: value for key, value in example.items() if key not in ("standard", "refused", "warned")}
        outcome = outcomes.get(number)
        if outcome is None:
            written.append(example)
        elif outcome.is_accepted:
            named = example.get("warned", [])
            told = [code for code in ([named] if isinstance(named, str) else named) if code in outcome.warnings]
            standard = {name: value for name, value in outcome.given.items() if value}
            written.append(kept | {"standard": standard} | ({"warned": told} if told else {}))
        else:
            written.append(kept | {"refused": outcome.refusals[0][0] if outcome.refusals else "T0001"})
    return Mutant(mutant.kind, mutant.what, mutant.document | {"examples": written})


Change: TypeAlias = tuple[str, str, Document]


def _table_mutants(document: Document) -> Iterator[Change]:
    """Two meanings of a table exchanged, all of them shifted by one, one entry gone."""
    for path, table in _tables(document):
        name = "codes" if path[-1] == "table" else "eras"
        keys = list(table)
        for one, other in combinations(keys, 2):
            swapped = table | {one: table[other], other: table[one]}
            yield f"{name} swapped", f"{_told(path)} {one} ↔ {other}", _with(document, path, swapped)
        if len(keys) > 2:
            shifted = dict(zip(keys, [*list(table.values())[1:], table[keys[0]]], strict=True))
            yield f"{name} shifted", _told(path), _with(document, path, shifted)
        for key in keys:
            rest = {other: meaning for other, meaning in table.items() if other != key}
            yield "entries dropped", f"{_told(path)} {key}", _with(document, path, rest)


def _refusal_mutants(document: Document) -> Iterator[Change]:
    """A value no longer refused by name, a refused one converted as another one is, an entry refused instead."""
    for path, step in _steps(document):
        refused, table = step.get("refuses", {}), step.get("table", {})
        for value in refused:
            rest = {key: reason for key, reason in refused.items() if key != value}
            yield "refusals changed", f"{_told(path)} {value} gone", _with(document, (*path, "refuses"), rest)
            for code in dict.fromkeys(map(str, table.values())):
                given = next(each for each in table.values() if str(each) == code)
                entry = step | {"refuses": rest, "table": table | {value: given}}
                yield "refusals changed", f"{_told(path)} {value} as {code}", _with(document, path, entry)
        for value in table if refused and len(table) > 1 else ():
            rest = {key: code for key, code in table.items() if key != value}
            entry = step | {"refuses": refused | {value: "a mutant"}, "table": rest}
            yield "refusals changed", f"{_told(path)} {value} refused", _with(document, path, entry)


def _copy_mutants(document: Document) -> Iterator[Change]:
    """A table that gives each standard code for itself, and a chain without the step that has the table."""
    for path, step in _steps(document):
        if step.get("op") == "recode":
            codes = dict.fromkeys(step["table"].values())
            copied = _reduced(step, {code: code for code in codes})
            yield "table replaced by a copy", f"{_told(path)} as it is", _with(document, path, copied)
        if "table" in step | step.get("step", {}) and isinstance(path[-1], int):
            steps = [other for number, other in enumerate(_at(document, path[:-1])) if number != path[-1]]
            yield "table replaced by a copy", f"{_told(path)} gone", _with(document, path[:-1], steps)


def _position_mutants(document: Document, schema: Schema) -> Iterator[Change]:
    """The first legacy value given the first code of the column's list, the second one the second, and so on."""
    for path, step in _steps(document):
        if step.get("op") not in ("recode", "recode_several"):
            continue
        standard = document["fields"][path[1]].get("standard", [])
        names = [standard] if isinstance(standard, str) else standard
        for position, name in enumerate(names if step["op"] == "recode_several" else names[:1]):
            listed = schema.column(name).listed
            if not listed or len(listed) < len(step["table"]):
                continue
            copied = {
                key: code if isinstance(given, str) else [*given[:position], code, *given[position + 1 :]]
                for (key, given), code in zip(step["table"].items(), listed, strict=False)
            }
            lacks = dict.fromkeys(listed[len(copied) :], "a mutant")
            changed = _reduced(step, copied) | ({"lacks": lacks} if step["op"] == "recode" and lacks else {})
            yield "codes copied by position", f"{_told(path)} {name}", _with(document, path, changed)


def _reduced(step: Document, table: Document) -> Document:
    """Return a step with another table, and of its options only those that still fit."""
    refused = {key: reason for key, reason in step.get("refuses", {}).items() if key not in table}
    labels = {key: label for key, label in step.get("labels", {}).items() if key in table or key in refused}
    kept = {"refuses": refused, "labels": labels}
    return {"op": step["op"], "table": table} | {option: part for option, part in kept.items() if part}


def _tables(document: Document) -> Iterator[tuple[KeyPath, dict[str, str]]]:
    for path, step in _steps(document):
        for option in TABLES:
            if isinstance(step.get(option), dict):
                yield (*path, option), step[option]


def _steps(document: Document) -> Iterator[tuple[KeyPath, Document]]:
    """Yield the steps, and the lenses that others wrap."""
    for number, form in enumerate(document["fields"]):
        for path, steps in _chains(form):
            for step, options in enumerate(steps):
                yield from _inside(("fields", number, *path, step), options)


def _inside(path: KeyPath, step: Document) -> Iterator[tuple[KeyPath, Document]]:
    """Yield a step and those that stand in its options."""
    yield path, step
    for option, value in step.items():
        for at, part in enumerate(value) if isinstance(value, list) else ():
            if isinstance(part, dict) and "op" in part:
                yield from _inside((*path, option, at), part)
        if isinstance(value, dict) and "op" in value:
            yield from _inside((*path, option), value)


def _chains(form: Document) -> Iterator[tuple[KeyPath, list[Document]]]:
    """Yield the chains of steps of a field, by the path to them inside it."""
    yield ("steps",), form.get("steps", [])
    for case, steps in form.get("when", {}).get("cases", {}).items():
        yield ("when", "cases", case), steps
    for column, steps in form.get("route", {}).get("steps", {}).items():
        yield ("route", "steps", column), steps


def _column_mutants(document: Document) -> Iterator[Change]:
    """The columns of two fields exchanged, on either side; the columns of one field in another order."""
    forms = list(enumerate(document["fields"]))
    for side in ("legacy", "standard"):
        named = [(number, form) for number, form in forms if side in form]
        for (one, first), (other, second) in combinations(named, 2):
            changed = _with(document, ("fields", one, side), second[side])
            changed = _with(changed, ("fields", other, side), first[side])
            yield "columns exchanged", f"{side}: {first[side]} ↔ {second[side]}", changed
        for number, form in named:
            if side == "legacy" and any(step.get("op") == "coalesce" for _, steps in _chains(form) for step in steps):
                yield from _coalesce_mutants(document, ("fields", number, side), form[side])
            elif side == "legacy" and any(step.get("op") == "same" for _, steps in _chains(form) for step in steps):
                yield from _same_mutants(document, number)
            elif isinstance(form[side], list):
                yield "columns exchanged", f"{side}: {form[side]}", _reversed(document, ("fields", number, side))
    for number, form in forms:
        if "columns" in form:
            yield "columns exchanged", f"lookup: {form['columns']}", _reversed(document, ("fields", number, "columns"))


def _left_out_mutants(document: Document, schema: Schema) -> Iterator[Change]:
    """A field that takes or gives the column beside its own that is left out."""
    unmapped = document.get("unmapped") or {}
    for side, order in _orders(document, schema).items():
        reasons = _by_name(unmapped.get(side) or {}, order)
        for number, form in enumerate(document["fields"]):
            own = form.get(side)
            for other in _beside(own, order, reasons) if isinstance(own, str) and own in order else ():
                left = {name: why for name, why in reasons.items() if name != other} | {own: "a mutant"}
                changed = document | {"unmapped": unmapped | {side: left}}
                what = f"{side}: {own} → {other}"
                yield "left out exchanged", what, _with(changed, ("fields", number, side), other)


def _group_mutants(document: Document, schema: Schema) -> Iterator[Change]:
    """Groups of columns or codes that are gone, that end elsewhere, or that lack one."""
    for side, order in _orders(document, schema).items():
        given = (document.get("unmapped") or {}).get(side)
        for number, group in enumerate(given if isinstance(given, list) else ()):
            yield from _shorter(document, ("unmapped", side, number), group, "columns")
            for end in ("from", "to") if "from" in group else ():
                at = order.index(group[end])
                for name in (*order[max(at - 1, 0) : at], *order[at + 1 : at + 2]):
                    what = f"{_told(('unmapped', side, number))} {end} {name}"
                    yield "groups changed", what, _with(document, ("unmapped", side, number, end), name)
    for path, step in _steps(document):
        for number, group in enumerate(step["lacks"] if isinstance(step.get("lacks"), list) else ()):
            yield from _shorter(document, (*path, "lacks", number), group, "codes")


def _shorter(document: Document, path: KeyPath, group: Document, key: str) -> Iterator[Change]:
    """A group gone, or without one of its names."""
    yield "groups changed", f"{_told(path)} gone", _without_item(document, path)
    names = group.get(key, ())
    for name in names if len(names) > 1 else ():
        rest = [each for each in names if each != name]
        yield "groups changed", f"{_told(path)} without {name}", _with(document, (*path, key), rest)


def _orders(document: Document, schema: Schema) -> dict[str, list[str]]:
    """Return the columns of both sides in their order."""
    return {"legacy": _legacy_names(document), "standard": list(schema.names)}


def _legacy_names(document: Document) -> list[str]:
    columns = document["legacy"].get("columns") or ()
    return [column["name"] if isinstance(column, dict) else column for column in columns]


def _by_name(given: Any, order: list[str]) -> dict[str, str]:
    """Return reasons by name, those of groups written out."""
    if isinstance(given, dict):
        return dict(given)
    found: dict[str, str] = {}
    for group in given:
        named = (
            order[order.index(group["from"]) : order.index(group["to"]) + 1] if "from" in group else group["columns"]
        )
        found |= dict.fromkeys(named, group["because"])
    return found


def _beside(own: Any, order: list[str], reasons: dict[str, str]) -> list[str]:
    """Return the nearest column before ``own`` that is left out, and the nearest behind it."""
    at = order.index(own)
    before = [name for name in order[:at] if name in reasons][-1:]
    return [*before, *[name for name in order[at:] if name in reasons][:1]]


def _severity_mutants(document: Document, schema: Schema) -> Iterator[Change]:
    """Decisions about rules gone, of another severity, about another rule of the code or of the columns."""
    rules = dict.fromkeys((check.code, tuple(dict.fromkeys(check.columns))) for check in schema.checks)
    for number, decision in enumerate(document.get("severity", ())):
        path: KeyPath = ("severity", number)
        columns = decision["columns"]
        own = {columns} if isinstance(columns, str) else {*columns}
        yield "severities changed", f"{_told(path)} gone", _without_item(document, path)
        for severity in SEVERITIES:
            yield "severities changed", f"{_told(path)} {severity}", _with(document, (*path, "becomes"), severity)
        for code, named in rules:
            if code == decision["code"] and {*named} != own:
                yield "severities changed", f"{_told(path)} {named}", _with(document, (*path, "columns"), [*named])
            if code != decision["code"] and {*named} == own:
                yield "severities changed", f"{_told(path)} {code}", _with(document, (*path, "code"), code)


def _without_item(document: Document, path: KeyPath) -> Document:
    """Return ``document`` without an item of a list; without the list where it is the last one."""
    items = [item for number, item in enumerate(_at(document, path[:-1])) if number != path[-1]]
    changed: Document = _with(document, path[:-1], items) if items else _without(document, path[:-1])
    return changed


def _same_mutants(document: Document, number: int) -> Iterator[Change]:
    """Columns that must agree: only one of them read, or the first that is filled."""
    form, path = document["fields"][number], ("fields", number, "steps")
    count, rest = len(form["legacy"]), [step for step in form["steps"] if step["op"] not in ("each", "same")]
    for kept in form["legacy"]:
        alone = [step["step"] for step in form["steps"] if step["op"] == "each"]
        changed = _with(document, ("fields", number), form | {"legacy": kept, "steps": [*alone, *rest]})
        unmapped = changed.get("unmapped", {})
        left = {name: "a mutant" for name in form["legacy"] if name != kept}
        legacy = unmapped.get("legacy", {}) | left
        yield "same columns", f"{kept} alone", changed | {"unmapped": unmapped | {"legacy": legacy}}
    first = [{"op": "coalesce", "columns": count} if step["op"] == "same" else step for step in form["steps"]]
    yield "same columns", "the first that is filled", _with(document, path, first)


def _coalesce_mutants(document: Document, path: KeyPath, columns: list[str]) -> Iterator[Change]:
    """Two neighbours among the columns that may hold a value exchanged."""
    for at in range(len(columns) - 1):
        swapped = [*columns[:at], columns[at + 1], columns[at], *columns[at + 2 :]]
        yield "order of coalesce", f"{columns[at]} ↔ {columns[at + 1]}", _with(document, path, swapped)


def _route_mutants(document: Document) -> Iterator[Change]:
    """Codes and columns of routes exchanged, sets, columns and steps gone."""
    for number, form in enumerate(document["fields"]):
        route, at = form.get("route", {}), ("fields", number, "route")
        sets = route.get("sets", {})
        for one, other in combinations(sets, 2):
            swapped = sets | {one: sets[other], other: sets[one]}
            yield "routes changed", f"{_told(at)} {one} ↔ {other}", _with(document, (*at, "sets"), swapped)
        for code, columns in sets.items():
            rest = {each: part for each, part in sets.items() if each != code}
            yield "routes changed", f"{_told(at)} without {code}", _with(document, (*at, "sets"), rest)
            for one, other in combinations(columns, 2):
                crossed = columns | {one: columns[other], other: columns[one]}
                yield (
                    "routes changed",
                    f"{_told(at)} {code}: {one} ↔ {other}",
                    _with(document, (*at, "sets", code), crossed),
                )
            for name in columns:
                fewer = {each: part for each, part in columns.items() if each != name}
                changed = _with(document, (*at, "sets", code), fewer)
                left = document.get("unmapped", {}).get("standard", {}) | {columns[name]: "a mutant"}
                unmapped = document.get("unmapped", {}) | {"standard": left}
                yield "routes changed", f"{_told(at)} {code} without {name}", changed | {"unmapped": unmapped}
        for column in route.get("steps", {}):
            yield "routes changed", f"{_told(at)} {column} as it is", _without(document, (*at, "steps", column))


def _order_mutants(document: Document) -> Iterator[Change]:
    """Two neighbours in the layout's list of columns exchanged."""
    columns = document["legacy"].get("columns", ())
    for at in range(len(columns) - 1):
        swapped = [*columns[:at], columns[at + 1], columns[at], *columns[at + 2 :]]
        what = f"{columns[at]} ↔ {columns[at + 1]}"
        yield "column order", what, _with(document, ("legacy", "columns"), swapped)


def _admit_mutants(document: Document) -> Iterator[Change]:
    """Values of another length admitted."""
    for path, step in _steps(document):
        if step.get("op") == "admit":
            counts = re.findall(r"\{(\d)\}", step["pattern"])
            for count, more in ((each, str(int(each) + by)) for each in counts for by in (-1, 1)):
                pattern = step["pattern"].replace(f"{{{count}}}", f"{{{more}}}")
                yield "forms changed", f"{_told(path)} {pattern}", _with(document, (*path, "pattern"), pattern)


def _place_mutants(document: Document) -> Iterator[Change]:
    """Columns of a fixed width that begin or end a byte too far, that have each other's places, or other filling."""
    columns = document["legacy"].get("columns", ())
    if document["legacy"].get("format") != "fixed":
        return
    for at, column in enumerate(columns):
        name = column["name"]
        for step in (-1, 1):
            moved = column | {"at": column["at"] + step}
            yield "places shifted", f"{name} at {moved['at']}", _with(document, ("legacy", "columns", at), moved)
            if at + 1 < len(columns):
                other = columns[at + 1]
                shorter = other | {"at": other["at"] + step, "length": other["length"] - step}
                pair = [*columns[:at], column | {"length": column["length"] + step}, shorter, *columns[at + 2 :]]
                what = f"{name} ends {step:+} into {other['name']}"
                yield "places shifted", what, _with(document, ("legacy", "columns"), pair)
        if at + 1 < len(columns):
            other = columns[at + 1]
            pair = [*columns[:at], column | {"name": other["name"]}, other | {"name": name}, *columns[at + 2 :]]
            yield (
                "column order",
                f"{name} ↔ {other['name']}, in each other's places",
                _with(document, ("legacy", "columns"), pair),
            )
        for pad in {None, " ", "\u3000"} - {column.get("pad")}:
            changed = {key: value for key, value in column.items() if key != "pad"} | ({"pad": pad} if pad else {})
            yield "filling changed", f"{name} {pad!r}", _with(document, ("legacy", "columns", at), changed)
        if "pad" in column:
            side = "right" if column.get("side") == "left" else "left"
            what = f"{name} on the {side}"
            yield "filling changed", what, _with(document, ("legacy", "columns", at), column | {"side": side})


def _form_mutants(document: Document) -> Iterator[Change]:
    """Steps gone or of another kind, options gone, assumptions of another value, fields turned into others."""
    for number, form in enumerate(document["fields"]):
        at: KeyPath = ("fields", number)
        if form.get("steps"):
            yield "forms changed", f"{_told(at)} without steps", _without(document, (*at, "steps"))
        for path, value in _case_mutants(form):
            yield "forms changed", f"{_told(at)} {_told(path)}", _with(document, (*at, *path), value)
        for option in ("where", "missing"):
            if option in form and len(form) > 2:
                yield "forms changed", f"{_told(at)} without {option}", _without(document, (*at, option))
        for severity in SEVERITIES if "missing" in form else ():
            path = (*at, "missing", "severity")
            yield "forms changed", f"{_told(path)} {severity}", _with(document, path, severity)
        for value in (form["assume"] + "1", "2") if "assume" in form else ():
            yield "forms changed", f"{_told(at)} {value}", _with(document, (*at, "assume"), value)
        if "number" in form:
            yield from _number_mutants(document, at)
        if "lookup" not in form and "legacy" in form and isinstance(form["standard"], str):
            assumed = {"standard": form["standard"], "assume": "1", "because": "a mutant"}
            yield "forms changed", f"{_told(at)} assumed", _with(document, at, assumed)


def _number_mutants(document: Document, at: KeyPath) -> Iterator[Change]:
    """Records counted by other columns, or not at all."""
    by = _at(document, at)["number"]["by"]
    mine = [by] if isinstance(by, str) else by
    added = [column for column in document["legacy"].get("columns", ()) if column not in mine]
    fewer = [[name for name in mine if name != column] for column in mine if len(mine) > 1]
    for other in (*fewer, *([column] for column in added), *([*mine, column] for column in added)):
        yield "forms changed", f"{_told(at)} by {other}", _with(document, (*at, "number", "by"), other)
    yield "forms changed", f"{_told(at)} gone", _without(document, at)


def _case_mutants(form: Document) -> Iterator[tuple[KeyPath, Any]]:
    """The steps of two cases exchanged, a case gone, a case without steps."""
    cases = form.get("when", {}).get("cases", {})
    for one, other in combinations(cases, 2):
        yield ("when", "cases"), cases | {one: cases[other], other: cases[one]}
    for case, steps in cases.items():
        if len(cases) > 1:
            yield ("when", "cases"), {key: value for key, value in cases.items() if key != case}
        if steps:
            yield ("when", "cases", case), []


def _step_mutants(document: Document) -> Iterator[Change]:
    """Steps without an option, with another sentinel, of another lens."""
    for path, step in _steps(document):
        for option in [name for name in step if name not in ("op", "form", "labels")]:
            yield "forms changed", f"{_told(path)} without {option}", _without(document, (*path, option))
        if "none" in step:
            yield "forms changed", f"{_told(path)} another sentinel", _with(document, (*path, "none"), "99999999")
        for op in (name for name in LENSES if name != step.get("op")):
            yield "forms changed", f"{_told(path)} {op}", _with(document, path, {"op": op})


def _part_mutants(document: Document) -> Iterator[Change]:
    """Packed values cut a character too far, one part fewer, another filling, or open at the end where they are not."""
    for path, step in _steps(document):
        widths = step.get("widths", [])
        for at in range(len(widths) - 1):
            for by in (-1, 1):
                moved = [*widths[:at], widths[at] + by, widths[at + 1] - by, *widths[at + 2 :]]
                if min(moved) > 0:
                    yield "parts changed", f"{_told(path)} {moved}", _with(document, (*path, "widths"), moved)
        if step.get("op") == "split" and widths:
            if "last" not in step:
                yield "parts changed", f"{_told(path)} open", _with(document, (*path, "last"), "open")
            for filler in (sign for sign in "09 " if sign != step.get("filler", "")[:1]):
                other = filler * max(widths)
                yield "parts changed", f"{_told(path)} {other!r}", _with(document, (*path, "filler"), other)


def _apart_mutants(document: Document) -> Iterator[Change]:
    """The flag of a known date assumed, or left out; a time past midnight read without its day."""
    for number, form in enumerate(document["fields"]):
        steps = form.get("steps", [])
        last, names = (steps[-1] if steps else {}), form.get("standard")
        fields = [each for at, each in enumerate(document["fields"]) if at != number]
        if last.get("op") == "known_date":
            date, beside = names[: 1 + bool(last.get("era"))], names[1 + bool(last.get("era")) :]
            alone = form | {"standard": date[0] if len(date) == 1 else date, "steps": steps[:-1]}
            flag = {"standard": beside[0], "assume": "0", "because": "a mutant"}
            yield "taken apart", f"{beside[0]} assumed", _left_out(document, [*fields, alone, flag], beside[1:])
            yield "taken apart", f"{beside[0]} left out", _left_out(document, [*fields, alone], beside)
        if last.get("op") == "past_midnight":
            alone_each = [
                {"standard": name, "legacy": legacy, "steps": [last[part]] if part in last else []}
                for part, name, legacy in zip(("date", "time"), names, form["legacy"], strict=True)
            ]
            yield "taken apart", f"{names[1]} without its day", _left_out(document, [*fields, *alone_each], [])


def _left_out(document: Document, fields: list[Document], names: list[str]) -> Document:
    """Return the mapping with other fields, and standard columns left out."""
    unmapped = document.get("unmapped", {})
    standard = unmapped.get("standard", {})
    if isinstance(standard, list):
        more = [{"columns": names, "because": "a mutant"}] if names else []
        return document | {"fields": fields, "unmapped": unmapped | {"standard": [*standard, *more]}}
    return document | {
        "fields": fields,
        "unmapped": unmapped | {"standard": standard | dict.fromkeys(names, "a mutant")},
    }


def _dialect_mutants(document: Document) -> Iterator[Change]:
    """The layout's dialect declared otherwise."""
    legacy = document["legacy"]
    if "schema" in legacy:
        yield "dialect changed", "form", _with(document, ("legacy", "form"), "linkage")
        return
    for option, values in DIALECT.items():
        for value in values:
            if value != legacy.get(option, values[0]):
                yield "dialect changed", f"{option}: {value}", _with(document, ("legacy", option), value)


def _with(part: Any, path: KeyPath, value: Any) -> Any:
    """Return ``part`` with ``value`` at ``path``; what lies beside the path is shared, not copied."""
    if not path:
        return copy.deepcopy(value)
    changed = copy.copy(part)
    changed[path[0]] = _with(part[path[0]] if len(path) > 1 else None, path[1:], value)
    return changed


def _without(document: Document, path: KeyPath) -> Document:
    above = copy.copy(_at(document, path[:-1]))
    del above[path[-1]]
    changed: Document = _with(document, path[:-1], above)
    return changed


def _reversed(document: Document, path: KeyPath) -> Document:
    changed: Document = _with(document, path, list(reversed(_at(document, path))))
    return changed


def _at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def _told(path: KeyPath) -> str:
    return ".".join(map(str, path))
