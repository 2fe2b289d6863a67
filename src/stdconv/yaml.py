"""Located YAML: plain data with the line and column of every part; what YAML would guess at is a fault instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from stdconv.errors import DefinitionError, Fault, Place
from stdconv.findings import fault

Path: TypeAlias = tuple[str | int, ...]

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_COLLECTION_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_DEPTH = 40


@dataclass(frozen=True)
class Located:
    """``data`` as read from ``file``, and where each of its parts stands."""

    data: Any
    file: str
    text: str = field(repr=False)
    marks: dict[Path, tuple[int, int]] = field(repr=False)

    def place(self, path: Path) -> Place:
        """Return the place of ``path``, or of the nearest part above it that the file holds."""
        while path and path not in self.marks:
            path = path[:-1]
        return Place(self.file, *self.marks.get(path, (1, 1)))


def load(text: str, file: str) -> Located:
    """Read one YAML document. Raises ``DefinitionError`` with every duplicate key, alias, tag and unquoted key."""
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise DefinitionError([fault("M0001", where, problem=str(error.problem))]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise DefinitionError([fault("M0001", Place(file), problem=type(error).__name__)]) from None
    if node is None:
        raise DefinitionError([fault("M0001", Place(file, 1, 1), problem="the document is empty")])
    reader = _Reader(file)
    data = reader.value(node, ())
    if reader.faults:
        raise DefinitionError(reader.faults)
    return Located(data, file, text, reader.marks)


def _compose(text: str) -> Node | None:
    """Compose the one document into nodes; an alias is then the very node that it names."""
    loader = _LOADER(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class _Reader:
    """Walks the nodes, keeps places, collects faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.marks: dict[Path, tuple[int, int]] = {}
        self.seen: set[int] = set()

    def place(self, node: Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def value(self, node: Node, path: Path) -> Any:
        place = self.place(node)
        self.marks.setdefault(path, (place.line or 1, place.column or 1))
        if id(node) in self.seen or len(path) > _DEPTH:
            self.faults.append(fault("M0003", place))
            return None
        self.seen.add(id(node))
        if not isinstance(node, ScalarNode) and node.tag not in _COLLECTION_TAGS:
            self.faults.append(fault("M0004", place, tag=node.tag))
        if isinstance(node, MappingNode):
            return dict(self.pairs(node, path))
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self.scalar(node) if isinstance(node, ScalarNode) else None

    def pairs(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        for key_node, value_node in node.value:
            place = self.place(key_node)
            key = self.scalar(key_node) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str):
                self.faults.append(fault("M0005", place, written=_written(key_node)))
                continue
            if key in keys:
                self.faults.append(fault("M0002", place, key=key))
            keys.add(key)
            self.marks[(*path, key)] = (place.line or 1, place.column or 1)
            yield key, self.value(value_node, (*path, key))

    def scalar(self, node: ScalarNode) -> Any:
        """Return the value that plain YAML would make of a scalar; tags of one's own are faults."""
        if node.tag == _TEXT_TAG:
            return node.value
        construct = _PLAIN.get(node.tag.rpartition(":")[2]) if not node.style else None
        if construct is None:
            self.faults.append(fault("M0004", self.place(node), tag=node.tag))
            return None
        return construct(str(node.value))


def _written(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else "a list or mapping"


def _integer(text: str) -> int | float:
    """Return a plain decimal integer; every other way YAML has of writing one stays a float, which nobody asks for."""
    return int(text) if text.isascii() and text.isdigit() and str(int(text)) == text else float("nan")


_PLAIN: dict[str, Callable[[str], Any]] = {
    "null": lambda _: None,
    "bool": lambda text: text == "true" if text in ("true", "false") else float("nan"),
    "int": _integer,
    "float": lambda _: float("nan"),
    "timestamp": lambda _: dt.date.min,
}
