"""Mapping files read: located YAML, then the models; everything that does not fit is a fault with its line."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError, create_model
from pydantic_core import ErrorDetails

from stdconv.definitions import catalog, yaml
from stdconv.definitions.files import read_text
from stdconv.definitions.model import GROUPED, SINGLE, Strict
from stdconv.errors import Fault, KeyPath
from stdconv.findings.registry import fault
from stdconv.mapping.extends import gather
from stdconv.mapping.groups import Columns
from stdconv.mapping.layout import About, Legacy
from stdconv.mapping.messages import example, expected, model_fault
from stdconv.mapping.models import Form, Mapping
from stdconv.mapping.parts import MappingExample, Unmapped

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Reading:
    """A mapping file as far as it can be read: the mapping without the parts that do not fit, and the faults.

    ``claimed`` are the texts of the parts left out, about which nothing more is reported; ``is_whole`` says that there
    are none.
    """

    mapping: Mapping | None
    located: yaml.Located | None
    faults: tuple[Fault, ...] = ()
    claimed: frozenset[str] = frozenset()
    is_whole: bool = True


def _extending_faults(located: yaml.Located) -> Iterator[Fault]:
    """Yield what is wrong with the keys that are gone once a mapping is written out."""
    data = located.data
    if not isinstance(data, dict):
        yield fault("M0018", located.place(()), expected=expected(()), example=example(()))
        return
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
    return read_text(path), str(path)


def read_mapping(text: str, file: str, columns: Columns) -> Reading:
    """Read a mapping from YAML text; ``file`` is what faults call it. Every fault found is in what is returned.

    ``columns`` gives those of a schema, which groups may speak of.
    """
    located, faults = yaml.read(text, file)
    if located is None:
        return Reading(None, None, tuple(faults), is_whole=False)
    located, lacking, claimed = gather(located, _extending_faults, columns)
    faults += lacking
    if located is None:
        return Reading(None, None, tuple(faults), is_whole=False)
    document = _Document(located)
    mapping = document.mapping()
    places = {each.place for each in faults}
    misfits = [_fault(detail, located) for detail in document.errors]
    faults += [each for each in misfits if each.place not in places]
    return Reading(mapping, document.located, tuple(faults), frozenset(document.claimed | claimed), is_whole=not faults)


_ITEMS: dict[str, TypeAdapter[Any]] = {"fields": TypeAdapter(Form), "examples": TypeAdapter(MappingExample)}
"""The lists whose items are validated one by one."""

_STUBS: dict[str, Any] = {
    "id": "unnamed",
    "grammar": 1,
    "about": About(vendor="stub", title="stub", source="stub"),
    "unmapped": Unmapped(),
    "examples": (MappingExample(source="stub", legacy={}, standard={}),),
}
"""What takes the place of a part that does not fit, so that the others can be looked at."""


class _Document:
    """A mapping validated part by part: a part that does not fit is left out, and what is wrong with it collected.

    ``claimed`` are the texts of the parts left out; ``located`` says where those that are left are in the file.
    """

    def __init__(self, located: yaml.Located) -> None:
        self.located = located
        self.errors: list[ErrorDetails] = []
        self.claimed: set[str] = set()

    def mapping(self) -> Mapping | None:
        """Return the mapping of the parts that fit, or ``None`` where too little of it is left."""
        data = self.located.data
        for key in data.keys() - Mapping.model_fields.keys():
            self._validated(Strict, {key: data[key]})
        given = [key for key, info in Mapping.model_fields.items() if key in data or info.is_required()]
        values = {key: self._items(key) if self._has_items(key) else self._value(key) for key in given}
        return None if None in values.values() else Mapping.model_construct(**values)

    def _validated(self, model: type[Model], data: Any) -> Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.errors += _errors(error)
        return None

    def _has_items(self, key: str) -> bool:
        return key in _ITEMS and isinstance(self.located.data.get(key), list) and bool(self.located.data[key])

    def _value(self, key: str) -> Any:
        """Return the value of a key, or what takes its place; ``None`` where nothing can."""
        data = self.located.data
        before = len(self.errors)
        model = _alone(key)
        if (found := self._validated(model, {key: data[key]} if key in data else {})) is not None:
            return getattr(found, key)
        if key == "legacy" and isinstance(data.get(key), dict):
            return self._legacy(data[key], {error["loc"][1] for error in self.errors[before:] if error["loc"][1:]})
        if key in _STUBS:
            self.claimed |= set(_texts(data.get(key)))
        return _STUBS.get(key)

    def _legacy(self, data: dict[str, Any], wrong: set[int | str]) -> Legacy | None:
        """Return the legacy side without the keys that are ``wrong``; the columns must be right."""
        rest = {key: value for key, value in data.items() if key not in wrong}
        try:
            return Legacy.model_validate({"encoding": "utf-8"} | rest)
        except ValidationError:
            return None

    def _items(self, key: str) -> Any:
        """Return the items of a list that fit, or what takes their place; ``None`` where nothing can."""
        kept: list[int] = []
        items: list[Any] = []
        for number, part in enumerate(self.located.data[key]):
            try:
                items.append(_ITEMS[key].validate_python(part))
                kept.append(number)
            except ValidationError as error:
                self.errors += [each | {"loc": (key, number, *each["loc"])} for each in _errors(error)]
                self.claimed |= set(_texts(part))
        self.located = self.located.renumbered(key, kept)
        return tuple(items) or _STUBS.get(key)


def _errors(error: ValidationError) -> list[ErrorDetails]:
    """Return what pydantic finds, but for lists that it calls too short only since parts of them do not fit."""
    found = error.errors(include_url=False, include_context=True, include_input=True)
    for each in found:
        each["loc"] = tuple(step for step in each["loc"] if step not in (SINGLE, GROUPED))
    return [each for each in found if each["type"] != "too_short" or len(each["input"]) < each["ctx"]["min_length"]]


@functools.cache
def _alone(key: str) -> type[Strict]:
    """Return a model of one key of a mapping alone."""
    info = Mapping.model_fields[key]
    field: dict[str, Any] = {key: (info.annotation, info)}
    return create_model(key, __base__=Strict, **field)


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
