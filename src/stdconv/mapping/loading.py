"""Mapping files read: located YAML, then the models; everything that does not fit is a fault with its line."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stdconv.definitions import catalog, yaml
from stdconv.errors import DefinitionError, Fault, KeyPath, Place, UnreadableError
from stdconv.findings.registry import fault
from stdconv.mapping.extends import gather
from stdconv.mapping.messages import example, expected, model_fault
from stdconv.mapping.models import Mapping


@dataclass(frozen=True)
class Reading:
    """A mapping file as far as it can be read: the mapping without the parts that do not fit, and the faults.

    ``claimed`` are the texts of the parts left out, of which nothing more is asked; ``is_whole`` says that none was.
    """

    mapping: Mapping | None
    located: yaml.Located | None
    faults: tuple[Fault, ...] = ()
    claimed: frozenset[str] = frozenset()
    is_whole: bool = True


def _extending_faults(located: yaml.Located) -> Iterator[Fault]:
    """Yield what is wrong with the keys that are gone once a mapping is written out."""
    data = located.data
    if "extends" in data and not isinstance(data["extends"], str):
        yield fault("M0010", located.place(("extends",)))
    if "keep_examples" in data and "extends" not in data:
        path = ("extends",)
        yield fault("M0007", located.place(("keep_examples",)), key=path[0], example=example(path))
    elif not isinstance(data.get("keep_examples", True), bool):
        path = ("keep_examples",)
        yield fault("M0018", located.place(path), expected=expected(path), example=example(path))


def load_text(name: str | Path) -> tuple[str, str]:
    """Return the text of the mapping ``name``, shipped or a path, and what faults call its file."""
    path = catalog.find("mapping", name)
    try:
        return path.read_bytes().decode("utf-8-sig"), str(path)
    except UnicodeDecodeError as error:
        raise DefinitionError([fault("M0001", Place(str(path)), problem=f"byte {error.start} is not UTF-8")]) from None
    except OSError as error:
        raise UnreadableError([fault("C0003", file=path, problem=error.strerror)]) from None


def read_mapping(text: str, file: str) -> Reading:
    """Read a mapping from YAML text; ``file`` is what faults call it. Every fault found is in what is returned."""
    located, faults = yaml.read(text, file)
    if located is None:
        return Reading(None, None, tuple(faults), is_whole=False)
    located, lacking = gather(located, _extending_faults)
    faults += lacking
    try:
        return Reading(Mapping.model_validate(located.data), located, tuple(faults), is_whole=not faults)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=True, include_input=True)
        details = [each for each in errors if not _is_filled(each)]
    places = {each.place for each in faults}
    faults += [each for each in (_fault(detail, located) for detail in details) if each.place not in places]
    rest, claimed, there = _without(located, [_path(detail["loc"], located.data) for detail in details])
    try:
        mapping = Mapping.model_validate(rest)
    except ValidationError:
        mapping = None
    return Reading(mapping, there, tuple(faults), claimed, is_whole=False)


_STUBS: dict[str, Any] = {
    "id": "unnamed",
    "grammar": 1,
    "about": {"vendor": "stub", "title": "stub", "source": "stub"},
    "unmapped": {},
    "examples": [{"source": "stub", "legacy": {}, "standard": {}}],
}
"""What stands for a part that does not fit, so that the others can be looked at."""


def _without(located: yaml.Located, paths: list[KeyPath]) -> tuple[Any, frozenset[str], yaml.Located]:
    """Return the document without the parts that ``paths`` lead into, the texts left out, and where the rest stands."""
    data = located.data
    if not isinstance(data, dict):
        return data, frozenset(), located
    rest, claimed = dict(data), set[str]()
    dropped: dict[str, set[int]] = {}
    for top, *below in paths:
        part = data.get(str(top))
        if top in ("fields", "examples") and isinstance(part, list) and below and isinstance(below[0], int):
            dropped.setdefault(str(top), set()).add(below[0])
            claimed |= set(_texts(part[below[0]]))
        elif top == "legacy" and below and isinstance(part, dict) and below[0] != "columns":
            whole = {key: value for key, value in rest["legacy"].items() if key != below[0]}
            rest["legacy"] = whole | ({"encoding": "utf-8"} if below[0] == "encoding" else {})
        elif top in _STUBS:
            claimed |= set(_texts(part))
            rest[str(top)] = _STUBS[str(top)]
        elif top not in Mapping.model_fields:
            rest.pop(str(top), None)
    for name, numbers in dropped.items():
        kept = [number for number in range(len(data[name])) if number not in numbers]
        rest[name] = [data[name][number] for number in kept] or _STUBS.get(name, [])
        located = located.renumbered(name, kept)
    return rest, frozenset(claimed), located


def _texts(part: Any) -> Iterator[str]:
    """Yield every text in a part of a document, keys included."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from (*_texts(key), *_texts(value))
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _is_filled(detail: ErrorDetails) -> bool:
    """Tell whether pydantic calls a list too short only because it has left out the parts that do not fit."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _fault(detail: ErrorDetails, located: yaml.Located) -> Fault:
    """Return pydantic's finding as a fault with its place."""
    path = _path(detail["loc"], located.data)
    place = located.place(path if detail["type"] != "missing" else path[:-1] or path)
    beside = functools.reduce(lambda part, step: part[step], path[:-1], located.data) if path else ()
    return model_fault(detail, place, beside if isinstance(beside, dict) else ())


def _path(loc: KeyPath, data: Any) -> KeyPath:
    """Return pydantic's location without the union tags it puts behind fields and steps, as the file has it."""
    path: list[int | str] = []
    here = data
    for index, step in enumerate(loc):
        is_tag = (
            len(path) > 1
            and isinstance(path[-1], int)
            and path[-2] in ("fields", "steps")
            and loc[index - 1] == path[-1]
        )
        if is_tag:
            continue
        if step in _keys(here):
            here = here[step]
        elif index < len(loc) - 1 or not isinstance(here, dict):
            continue
        path.append(step)
    return tuple(path)


def _keys(part: Any) -> Collection[Any]:
    """Return what ``part`` of a document can be asked for."""
    return part.keys() if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()
