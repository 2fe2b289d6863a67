"""Located YAML: plain data with the line and column of every part; what YAML would guess at is a fault instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.nodes import ScalarNode
from yaml.reader import Reader

from stdconv.errors import DefinitionError, Fault, KeyPath, Place
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.japan.visible import code_point, visible

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_NO_KEY = ""
_DEPTH = 40
"""How deep a document may be nested: it is read by recursion."""


@dataclass(frozen=True)
class Located:
    """``data`` as read from ``file``, and where each of its parts is; ``taken`` are other files that it is made of."""

    data: Any
    file: str
    text: str = field(repr=False)
    marks: dict[KeyPath, Place] = field(repr=False)
    taken: tuple[Path, ...] = ()

    def place(self, path: KeyPath) -> Place:
        """Return the place of ``path``, or of the nearest part above it that the file holds."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Place(self.file, 1, 1))

    def renumbered(self, name: str, kept: list[int]) -> Located:
        """Return the same places for a list ``name`` of which only the items ``kept`` were kept."""
        numbers = {old: new for new, old in enumerate(kept)}
        marks: dict[KeyPath, Place] = {}
        for path, mark in self.marks.items():
            if len(path) < 2 or path[0] != name:
                marks[path] = mark
            elif path[1] in numbers:
                marks[name, numbers[int(path[1])], *path[2:]] = mark
        return replace(self, marks=marks)


def load(text: str, file: str) -> Located:
    """Read one YAML document. Raises ``DefinitionError`` with every duplicate key, alias, tag and unquoted key."""
    located, faults = read(text, file)
    if faults or located is None:
        raise DefinitionError(faults)
    return located


def read(text: str, file: str) -> tuple[Located | None, list[Fault]]:
    """Read one YAML document as far as it goes; returns it, or ``None`` where it does not parse, and what is wrong."""
    reader = _Reader(text, file)
    try:
        data = reader.document()
    except DefinitionError as error:
        return None, list(error.faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        return None, [*reader.faults, fault("M0001", where, problem=str(error.problem))]
    except yaml.YAMLError as error:
        return None, [*reader.faults, _unreadable(text, file, error)]
    return Located(data, file, text, reader.marks), reader.faults


def _unreadable(text: str, file: str, error: yaml.YAMLError) -> Fault:
    """Return what YAML cannot read without saying where: a character that no document may hold."""
    if (found := Reader.NON_PRINTABLE.search(text)) is None:
        return fault("M0001", Place(file), problem=type(error).__name__)
    before = text[: found.start()]
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    problem = phrase("definition-file", "character", character=code_point(found[0]))
    return fault("M0001", place, problem=problem)


class _Writer(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Quotes what is no printable text, so that it can be escaped."""

    def represent_str(self, data: str) -> ScalarNode:
        node: ScalarNode = self.represent_scalar(_TEXT_TAG, data, style=None if visible(data) == data else '"')
        return node


_Writer.add_representer(str, _Writer.represent_str)


def written(data: Any) -> str:
    """Return a document as YAML, in which what is no printable text is escaped."""
    text = yaml.dump(data, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=120)
    odd = {c for c in set(text) - {"\n"} if visible(c) != c}
    return text.translate({ord(c): f"\\U{ord(c):08X}" for c in odd})


def placed(error: ValidationError, located: Located) -> Iterator[tuple[Place, KeyPath, str]]:
    """Yield what a model finds wrong in ``located``: its place, the path to it and pydantic's word for it.

    Pydantic names the members of unions on the way, which are not keys.
    """
    for detail in error.errors(include_url=False, include_input=False):
        data, path = located.data, list[str | int]()
        for step in detail["loc"]:
            parts = data if isinstance(data, dict) else dict(enumerate(data)) if isinstance(data, list) else {}
            if step in parts:
                data = parts[step]
                path.append(step)
        yield located.place(tuple(path)), tuple(detail["loc"]), detail["type"]


class _Reader:
    """Goes through the parser's events, which show what nodes hide: aliases, tags, quotes, and how deep it goes."""

    def __init__(self, text: str, file: str) -> None:
        self.loader: Any = _LOADER(text)
        self.file = file
        self.faults: list[Fault] = []
        self.marks: dict[KeyPath, Place] = {}

    def next(self) -> Event:
        event: Event = self.loader.get_event()
        return event

    def place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)

    def document(self) -> Any:
        self.next()
        start = self.next()
        if isinstance(start, StreamEndEvent):
            raise DefinitionError([fault("M0001", Place(self.file, 1, 1), problem="the document is empty")])
        data = self.value(self.next(), ())
        self.next()
        if not isinstance(after := self.next(), StreamEndEvent):
            self.faults.append(fault("M0001", self.place(after), problem="a second document"))
        return data

    def value(self, event: Event, path: KeyPath) -> Any:
        place = self.place(event)
        self.marks.setdefault(path, place)
        if len(path) > _DEPTH:
            raise DefinitionError([*self.faults, _hidden("depth", place)])
        if isinstance(event, AliasEvent):
            self.faults.append(_hidden("alias", place))
            return None
        if isinstance(event, NodeEvent) and getattr(event, "tag", None) not in (None, "!"):
            self.faults.append(fault("M0004", place, tag=getattr(event, "tag", "")))
        if isinstance(event, MappingStartEvent):
            return dict(self.pairs(path))
        if isinstance(event, SequenceStartEvent):
            return list(self.items(path))
        return self.scalar(event) if isinstance(event, ScalarEvent) else None

    def items(self, path: KeyPath) -> Iterator[Any]:
        index = 0
        while not isinstance(event := self.next(), SequenceEndEvent):
            yield self.value(event, (*path, index))
            index += 1

    def pairs(self, path: KeyPath) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        while not isinstance(event := self.next(), MappingEndEvent):
            place = self.place(event)
            key = self.value(event, (*path, _NO_KEY))
            if not isinstance(key, str):
                written = phrase("yaml", "collection")
                if isinstance(event, ScalarEvent):
                    written = phrase("yaml", "key", text=event.value)
                self.faults.append(fault("M0005", place, written=written))
                key = _NO_KEY
            elif key in keys:
                self.faults.append(fault("M0002", place, key=key))
            keys.add(key)
            self.marks[(*path, key)] = place
            yield key, self.value(self.next(), (*path, key))

    def scalar(self, event: ScalarEvent) -> Any:
        """Return the text, or, where it is unquoted and YAML would read another type, the value of that type."""
        text = str(event.value)
        if event.style:
            return text
        tag: str = self.loader.resolve(ScalarNode, text, (True, False))
        return text if tag == _TEXT_TAG else _PLAIN.get(tag.rpartition(":")[2], _nothing)(text)


def _hidden(what: str, place: Place) -> Fault:
    """Return M0003 for an ``alias`` or for the ``depth`` of the nesting, which are mended in different ways."""
    problem, cause, remedy = (phrase("yaml", key, most=_DEPTH) for key in (what, f"{what}-cause", f"{what}-remedy"))
    return fault("M0003", place, problem=problem, cause=cause, remedy=remedy)


def _nothing(_text: str) -> float:
    """Return what no definition asks for, so that whoever reads it says so."""
    return float("nan")


def _integer(text: str) -> int | float:
    """Return a plain decimal integer; YAML's other ways of writing one (01, 0x1, 1_000) are nothing."""
    return int(text) if re.fullmatch("0|[1-9][0-9]{0,17}", text) else _nothing(text)


_PLAIN: dict[str, Callable[[str], Any]] = {
    "null": lambda _: None,
    "bool": lambda text: text == "true" if text in ("true", "false") else _nothing(text),
    "int": _integer,
}
