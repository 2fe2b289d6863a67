"""What a mapping takes from other files: the mapping that it extends, and tables in CSV files next to it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import yaml as pyyaml

from stdconv.definitions import catalog, yaml
from stdconv.definitions.yaml import Located
from stdconv.errors import DefinitionError, Fault, KeyPath, Place
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault

DEEPEST = 5
"""How many mappings may extend one another."""

OWN = ("extends", "keep_examples")
"""The keys of a mapping that extends another one, gone once it is written out."""

Judge: TypeAlias = Callable[[Located], Iterable[Fault]]
"""What says what is wrong with the keys ``OWN`` of a document."""

NOTE = "note"
"""The heading of a column of a table that is for readers only."""

CANONICAL, YES = "canonical", "yes"
"""The heading of a column that says ``yes`` of the legacy value which is written back for a code that several mean."""


def gather(located: Located, judge: Judge) -> tuple[Located, list[Fault]]:
    """Return the mapping with everything written in that it takes from elsewhere, and what could not be taken.

    Where it takes anything, ``text`` is the effective mapping, which needs no other file.
    """
    work = _Gathering(judge)
    whole = work.tables(work.extended(located, ()))
    if whole.data != located.data:
        text = pyyaml.safe_dump(whole.data, allow_unicode=True, sort_keys=False, width=120)
        whole = replace(whole, text=text)
    return whole, work.faults


@dataclass
class _Gathering:
    judge: Judge
    faults: list[Fault] = field(default_factory=list)

    def extended(self, located: Located, seen: tuple[str, ...]) -> Located:
        """Return ``located`` laid over what it extends, and that over what it extends in turn."""
        data = located.data
        if not isinstance(data, dict):
            return located
        self.faults += self.judge(located)
        if not isinstance(data.get("extends"), str):
            return located
        name, place = data["extends"], located.place(("extends",))
        rest = replace(located, data={key: value for key, value in data.items() if key not in OWN})
        path = self.beside(located.file, name, ".yaml") or _shipped(name)
        if path is None or str(path) in seen or len(seen) > DEEPEST:
            known = ", ".join(catalog.names("mapping"))
            self.faults.append(fault("M0064", place, name=name, known=known))
            return rest
        try:
            base = yaml.load(path.read_text(encoding="utf-8-sig"), str(path))
        except DefinitionError as error:
            self.faults += error.faults
            return rest
        except (OSError, UnicodeDecodeError):
            self.faults.append(fault("M0064", place, name=name, known=", ".join(catalog.names("mapping"))))
            return rest
        below = self.extended(base, (*seen, str(path)))
        if data.get("keep_examples") is False and isinstance(below.data, dict):
            below = replace(below, data={key: value for key, value in below.data.items() if key != "examples"})
        return laid_over(below, rest)

    def tables(self, located: Located) -> Located:
        """Return ``located`` with every table that is the name of a CSV file written in."""
        fields = located.data.get("fields") if isinstance(located.data, dict) else None
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
        return form | ({"steps": self.steps(located, (*at, "steps"), form["steps"])} if "steps" in form else {})

    def steps(self, located: Located, path: KeyPath, steps: Any) -> Any:
        if not isinstance(steps, list):
            return steps
        return [self.step(located, (*path, number), step) for number, step in enumerate(steps)]

    def step(self, located: Located, path: KeyPath, step: Any) -> Any:
        if isinstance(step, dict) and "step" in step:
            return step | {"step": self.step(located, (*path, "step"), step["step"])}
        name = step.get("table") if isinstance(step, dict) else None
        if not isinstance(name, str):
            return step
        place = located.place((*path, "table"))
        file = self.beside(place.file, name, ".csv")
        if file is None:
            lacking = phrase("mapping", "no-file")
            self.faults.append(fault("M0065", place, name=name, problem=lacking))
            return step | {"table": {}}
        try:
            table, canonical = self.table(file)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            self.faults.append(fault("M0065", place, name=name, problem=type(error).__name__))
            return step | {"table": {}}
        own = step.get(CANONICAL, {})
        return step | {"table": table} | ({CANONICAL: canonical | own} if canonical and isinstance(own, dict) else {})

    def table(self, file: Path) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the entries of a table, and by code the legacy value that is written back, where the table says so.

        The first column is the legacy value, the others are standard values.
        """
        table: dict[str, Any] = {}
        canonical: dict[str, str] = {}
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            headings = next(reader, [])
            for row in reader:
                named = list(zip(headings[1:], row[1:], strict=False))
                values = [value for heading, value in named if heading not in (NOTE, CANONICAL)]
                mark = dict(named).get(CANONICAL, "")
                is_marked_well = not mark or (mark == YES and len(values) == 1 and values[0] not in canonical)
                if len(row) != len(headings) or not values or row[0] in table or not is_marked_well:
                    key = row[0] if row else ""
                    self.faults.append(fault("M0066", Place(str(file), reader.line_num), key=key))
                    continue
                table[row[0]] = values[0] if len(values) == 1 else [value or None for value in values]
                if mark:
                    canonical[values[0]] = row[0]
        return table, canonical

    @staticmethod
    def beside(file: str, name: str, suffix: str) -> Path | None:
        """Return the file ``name`` in the folder of ``file``; a name that leads elsewhere is not accepted."""
        path = Path(file).parent / name
        is_plain = name == Path(name).name and name.endswith(suffix)
        return path if is_plain and path.is_file() else None


def _shipped(name: str) -> Path | None:
    return catalog.find("mapping", name) if name in catalog.names("mapping") else None


def laid_over(base: Located, over: Located) -> Located:
    """Return ``over`` laid over ``base``: keys replace keys, ``null`` removes one, lists replace lists.

    But fields replace those of the same standard columns, and examples those of the same source; the others stay.
    """
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


def _columns(form: Any) -> set[str]:
    standard = form.get("standard", []) if isinstance(form, dict) else []
    return {standard} if isinstance(standard, str) else {name for name in standard if isinstance(name, str)}


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
