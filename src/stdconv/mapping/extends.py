"""What a mapping takes from other files: the mapping that it extends, and tables in CSV files next to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from stdconv.definitions import catalog, yaml
from stdconv.definitions.files import read_text
from stdconv.definitions.yaml import Located
from stdconv.errors import DefinitionError, Fault, KeyPath, Place, StdconvError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.mapping import places
from stdconv.mapping.groups import SIDES, Columns, Groups, order_of

DEEPEST = 5
"""How many mappings may extend one another."""

OWN = ("extends", "keep_examples")
"""The keys of a mapping that extends another one, gone once it is written out."""

Judge: TypeAlias = Callable[[Located], Iterable[Fault]]
"""What says what is wrong with the keys ``OWN`` of a document, and with one that has no keys."""

NOTE = "note"
"""The heading of a column of a table that is for readers only."""

LABEL, LABELS = "label", "labels"
"""The heading of a column that says what the vendor's code list calls a value, and the option that it becomes."""

REFUSES = "refuses"
"""The heading of a column with the reason for which a value must not be converted, and the option that it becomes."""

CANONICAL, YES = "canonical", "yes"
"""The heading of a column that says ``yes`` of the legacy value which is written back for a code that several mean."""


class Gathered(NamedTuple):
    """A mapping with everything written in, ``None`` where nobody knows what it says, and what is wrong with it.

    ``claimed`` are names that parts speak of which could not be written in.
    """

    located: Located | None
    faults: list[Fault]
    claimed: set[str]


def gather(located: Located, judge: Judge, columns: Columns) -> Gathered:
    """Return the mapping with everything written in that it takes from elsewhere, and groups written out by name.

    ``taken`` are the files. Where it takes anything, ``text`` is the effective mapping, which needs no other file.
    ``columns`` gives those of a schema. Without the mapping that it extends nobody knows what it says.
    """
    work = _Gathering(judge, columns)
    extended = work.extended(located, ())
    whole = None if extended is None else work.tables(extended)
    if whole is not None and work.taken:
        whole = replace(whole, text=yaml.written(whole.data), taken=tuple(work.taken))
    return Gathered(whole, [*work.faults, *work.groups.faults], work.groups.claimed)


@dataclass
class _Gathering:
    judge: Judge
    columns: Columns
    faults: list[Fault] = field(default_factory=list)
    taken: list[Path] = field(default_factory=list)
    groups: Groups = field(default_factory=Groups)

    def extended(self, located: Located, seen: tuple[str, ...]) -> Located | None:
        """Return ``located`` laid over what it extends, and that over what it extends in turn; ``None`` without it."""
        data = located.data
        self.faults += self.judge(located)
        if not isinstance(data, dict):
            return None
        if not isinstance(data.get("extends"), str):
            return self.groups.unmapped(located, order_of(data, located.file, self.columns))
        name, place = data["extends"], located.place(("extends",))
        rest = replace(located, data={key: value for key, value in data.items() if key not in OWN})
        path = beside(located.file, name) or _shipped(name)
        if path is None or str(path) in seen or len(seen) > DEEPEST:
            why = "no-base" if path is None else "circle" if str(path) in seen else "deep"
            problem, known = phrase("mapping", why, most=DEEPEST), catalog.names("mapping")
            self.faults.append(fault("M0064", place, name=name, problem=problem, known=known))
            return None
        self.taken.append(path)
        try:
            base = yaml.load(read_text(path), str(path))
        except StdconvError as error:
            self.faults += error.faults
            return None
        below = self.extended(base, (*seen, str(path)))
        if below is None:
            return None
        if data.get("keep_examples") is False:
            below = replace(below, data={key: value for key, value in below.data.items() if key != "examples"})
        own = data.get("legacy") or {}
        known = below.data | data | {"legacy": below.data.get("legacy", {}) | own if isinstance(own, dict) else own}
        over = self.groups.unmapped(rest, order_of(known, located.file, self.columns))
        return laid_over(_of_format(below, rest), over)

    def tables(self, located: Located) -> Located:
        """Return ``located`` with every table that is the name of a CSV file written in."""
        fields = located.data.get("fields")
        if not isinstance(fields, list):
            return located
        forms = [self.form(located, number, form) for number, form in enumerate(fields)]
        return replace(located, data=located.data | {"fields": forms})

    def form(self, located: Located, number: int, form: Any) -> Any:
        if not isinstance(form, dict):
            return form
        when, at = form.get("when"), ("fields", number)
        cases = when.get("cases") if isinstance(when, dict) else None
        if isinstance(when, dict) and isinstance(cases, dict):
            read = {case: self.steps(located, (*at, "when", "cases", case), steps) for case, steps in cases.items()}
            form = form | {"when": when | {"cases": read}}
        route = form.get("route")
        chains = route.get("steps") if isinstance(route, dict) else None
        if isinstance(route, dict) and isinstance(chains, dict):
            read = {name: self.steps(located, (*at, "route", "steps", name), steps) for name, steps in chains.items()}
            form = form | {"route": route | {"steps": read}}
        return form | ({"steps": self.steps(located, (*at, "steps"), form["steps"])} if "steps" in form else {})

    def steps(self, located: Located, path: KeyPath, steps: Any) -> Any:
        if not isinstance(steps, list):
            return steps
        return [self.step(located, (*path, number), step) for number, step in enumerate(steps)]

    def step(self, located: Located, path: KeyPath, step: Any) -> Any:
        if isinstance(step, dict) and "step" in step:
            return step | {"step": self.step(located, (*path, "step"), step["step"])}
        step = self.groups.lacks(located, path, step)
        name = step.get("table") if isinstance(step, dict) else None
        if not isinstance(name, str):
            return step
        place = located.place((*path, "table"))
        file = beside(place.file, name)
        if file is None:
            lacking = phrase("mapping", "no-file")
            self.faults.append(fault("M0065", place, name=name, problem=lacking))
            return step | {"table": {}}
        self.taken.append(file)
        try:
            given = self.table(file, _rows(file, name, place))
        except StdconvError as error:
            self.faults += error.faults
            return step | {"table": {}}
        own = {option: step.get(option, {}) for option in (CANONICAL, REFUSES, LABELS)}
        said = {
            option: given[option] | part for option, part in own.items() if given[option] and isinstance(part, dict)
        }
        return step | {"table": given["table"]} | said

    def table(self, file: Path, rows: list[tuple[int, list[str]]]) -> dict[str, dict[str, Any]]:
        """Return the entries of a table and what else it says of values, by the option that each becomes.

        The first column is the legacy value, the others are standard values: none beside a reason to refuse it.
        """
        table: dict[str, Any] = {}
        canonical: dict[str, str] = {}
        refuses: dict[str, str] = {}
        labels: dict[str, str] = {}
        headings = rows[0][1] if rows else []
        for line, row in rows[1:]:
            named = list(zip(headings[1:], row[1:], strict=False))
            values = [value for heading, value in named if heading not in (NOTE, LABEL, CANONICAL, REFUSES)]
            mark, reason = dict(named).get(CANONICAL, ""), dict(named).get(REFUSES, "").strip()
            is_marked_well = not mark or (mark == YES and len(values) == 1 and values[0] not in canonical)
            is_one_thing = bool(reason) != any(values) and not (reason and mark) and row[0] not in {*table, *refuses}
            if len(row) != len(headings) or not values or not is_one_thing or not is_marked_well:
                key = row[0] if row else ""
                self.faults.append(fault("M0066", Place(str(file), line), key=key))
                continue
            if reason:
                refuses[row[0]] = reason
            else:
                table[row[0]] = values[0] if len(values) == 1 else [value or None for value in values]
            if mark:
                canonical[values[0]] = row[0]
            if label := dict(named).get(LABEL, "").strip():
                labels[row[0]] = label
        return {"table": table, CANONICAL: canonical, REFUSES: refuses, LABELS: labels}


def _of_format(below: Located, above: Located) -> Located:
    """Return what is ``below`` without the keys of its format, where ``above`` says that the files have another one."""
    own, other = below.data.get("legacy"), above.data.get("legacy")
    if not isinstance(own, dict) or not isinstance(other, dict) or "format" not in other:
        return below
    if other["format"] == own.get("format", "csv"):
        return below
    gone = places.OF_CSV if other["format"] == "fixed" else places.OF_FIXED
    return replace(below, data=below.data | {"legacy": {key: own[key] for key in own if key not in gone}})


def beside(file: str, name: str) -> Path | None:
    """Return what is called ``name`` in the folder of ``file``; a name that leads elsewhere is not accepted."""
    path = Path(file).parent / name
    return path if name and name == Path(name).name and catalog.is_there(path) else None


def _rows(path: Path, name: str, place: Place) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file that ``place`` calls ``name``, each with the line on which it ends."""
    reader = csv.reader(io.StringIO(read_text(path, not_utf8="M0065", place=place, name=name), newline=""), strict=True)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error:
        problem = phrase("mapping", "not-csv", line=reader.line_num)
        raise DefinitionError([fault("M0065", place, name=name, problem=problem)]) from None


def _shipped(name: str) -> Path | None:
    return catalog.find("mapping", name) if name in catalog.names("mapping") else None


def laid_over(base: Located, over: Located) -> Located:
    """Return ``over`` laid over ``base``: keys replace keys, ``null`` removes one, lists replace lists.

    But fields replace those of the same standard columns, and examples those of the same source; the others stay.
    What fields of ``over`` are about is no longer what ``base`` leaves out.
    """
    base, over = _less_taken(base, over), _less_unread(base, over)
    data = {key: value for key, value in base.data.items() if over.data.get(key, value) is not None}
    marks = {path: mark for path, mark in base.marks.items() if not path or path[0] not in over.data}
    for key, value in over.data.items():
        if key in ("fields", "examples") and isinstance(value, list) and isinstance(base.data.get(key), list):
            names = _columns if key == "fields" else _source
            merged = _merged_list(key, base, over, names)
            data[key] = [part for part, _ in merged]
            for number, (_, places) in enumerate(merged):
                marks |= {(key, number, *path): place for path, place in places.items()}
            marks[(key,)] = over.marks[(key,)]
        elif isinstance(value, dict) and isinstance(base.data.get(key), dict):
            data[key] = _merged(base.data[key], value)
            marks |= {path: mark for path, mark in base.marks.items() if path[:1] == (key,)}
            marks |= {path: mark for path, mark in over.marks.items() if path[:1] == (key,)}
        elif value is not None:
            data[key] = value
            marks |= {path: mark for path, mark in over.marks.items() if path[:1] == (key,)}
    return replace(over, data=data, marks=marks)


def _less_taken(base: Located, over: Located) -> Located:
    """Return ``base`` without those columns under ``unmapped`` that the fields of ``over`` take or give.

    What it writes into such legacy columns goes with them; where ``over`` leaves one out itself, that is its fault.
    """
    fields, unmapped = over.data.get("fields"), base.data.get("unmapped")
    if not isinstance(fields, list) or not isinstance(unmapped, dict):
        return base
    taken = {side: {name for form in fields for name in _columns(form, side)} for side in SIDES}
    data = base.data | {"unmapped": {side: _without(given, taken.get(side, set())) for side, given in unmapped.items()}}
    if "defaults" in data:
        data["defaults"] = _without(data["defaults"], {*taken["legacy"]} & {*(unmapped.get("legacy") or ())})
    return replace(base, data=data)


def _less_unread(base: Located, over: Located) -> Located:
    """Return ``over`` without what it lays over groups of ``base`` that could not be read: these must be told of."""
    below, above = base.data.get("unmapped"), over.data.get("unmapped")
    if not isinstance(below, dict) or not isinstance(above, dict):
        return over
    unread = {side for side in above if isinstance(below.get(side), list)}
    left = {side: given for side, given in above.items() if side not in unread}
    marks = {path: mark for path, mark in over.marks.items() if path[:1] != ("unmapped",) or not unread & {*path[1:2]}}
    return replace(over, data=over.data | {"unmapped": left}, marks=marks)


def _without(given: Any, names: set[str]) -> Any:
    return {name: value for name, value in given.items() if name not in names} if isinstance(given, dict) else given


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged


def _columns(form: Any, side: str = "standard") -> set[str]:
    """Return the columns of one side that a field names, as far as it names any."""
    named = form.get(side) if isinstance(form, dict) else None
    if isinstance(form, dict) and isinstance(form.get("route"), dict):
        named = _routed(form["route"], side)
    return {name for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)}


def _routed(route: dict[str, Any], side: str) -> list[Any]:
    """Return the columns of one side that the form ``route`` names."""
    sets = route.get("sets")
    columns = [each for each in sets.values() if isinstance(each, dict)] if isinstance(sets, dict) else []
    if side == "legacy":
        return [route.get("by"), *(name for each in columns for name in each)]
    return [name for each in columns for name in each.values()]


def _source(example: Any) -> set[str]:
    return {str(example.get("source", ""))} if isinstance(example, dict) else set()


Item = tuple[Any, dict[KeyPath, Place]]


def _merged_list(key: str, base: Located, over: Located, names: Any) -> list[Item]:
    """Return the parts of both lists with their places: of the base those that no part of ``over`` replaces."""
    new = {name for part in over.data[key] for name in names(part)}
    kept = [number for number, part in enumerate(base.data[key]) if not names(part) & new]
    return [
        *((base.data[key][number], _places(base, key, number)) for number in kept),
        *((part, _places(over, key, number)) for number, part in enumerate(over.data[key])),
    ]


def _places(located: Located, key: str, number: int) -> dict[KeyPath, Place]:
    return {path[2:]: mark for path, mark in located.marks.items() if path[:2] == (key, number)}
