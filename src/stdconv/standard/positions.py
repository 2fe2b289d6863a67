"""The position of a part of a JSON Schema, and what the columns hold that the whole schema is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Literal, TypeAlias

from stdconv.errors import KeyPath
from stdconv.findings.frames import SEVERAL
from stdconv.findings.phrases import phrase
from stdconv.standard.references import Scope, UnresolvedError

Json: TypeAlias = "dict[str, Any] | bool"
Kind: TypeAlias = Literal["string", "integer"]
"""What a column holds: texts, or whole numbers."""

Level: TypeAlias = Literal["record"] | Kind
"""What a schema describes: whole records, or the values of a column."""

KINDS: tuple[Kind, ...] = ("string", "integer")

RESERVED = frozenset({"", "*", "_row", "_group", "_number", "_flag", "_code", "_concerned"})
"""What no column can be called: frames have columns of these names next to the schema's, ``*`` means all of them."""

PARTS = 50_000
"""How many schemas a schema may consist of, each as often as it is referred to: a few references can make millions."""


class SchemaError(ValueError):
    """A schema keyword that is not supported or has the wrong form; ``path`` leads to it, ``problem`` says by language.

    ``why`` is a key of the phrases ``schema-problem``.
    """

    def __init__(self, path: KeyPath, why: str, **words: object) -> None:
        self.path = path
        self.problem = phrase("schema-problem", why, **words)
        super().__init__(self.problem["en"])


@dataclass(frozen=True)
class Position:
    """The position of a schema: the ``path`` to it, the ``level`` of what it describes, the ``kinds`` of all columns.

    ``behind`` is what was referred to on the way here, ``counter`` counts the parts that were read.
    """

    scope: Scope
    kinds: Mapping[str, Kind]
    level: Level = "record"
    path: KeyPath = ()
    behind: tuple[Any, ...] = field(default=(), repr=False)
    counter: Iterator[int] = field(default_factory=count, repr=False, compare=False)

    def at(self, *path: str | int, level: Level | None = None) -> Position:
        """Return the spot ``path`` further down."""
        return replace(self, path=(*self.path, *path), level=level or self.level)

    def inside(self, schema: dict[str, Any]) -> Position:
        """Return the spot with what the references in ``schema`` are relative to."""
        return replace(self, scope=self.scope.inside(schema))

    def error(self, keyword: str, why: str, **words: object) -> SchemaError:
        """Return what is wrong with a keyword of the schema at this place; ``why`` is a key as for ``SchemaError``."""
        return SchemaError((*self.path, keyword), why, keyword=keyword, **words)

    def count(self) -> None:
        """Count one more part. Raises ``SchemaError`` where there are too many."""
        if next(self.counter) >= PARTS:
            raise SchemaError(self.path, "many")

    def followed(self, schema: dict[str, Any]) -> tuple[Json, Position]:
        """Return what the ``$ref`` of ``schema``, which is here, refers to; raises ``SchemaError``."""
        if not isinstance(schema["$ref"], str):
            raise self.error("$ref", "form")
        try:
            target, scope = self.scope.target(schema["$ref"])
        except UnresolvedError:
            raise self.error("$ref", "nowhere") from None
        if any(target is each for each in self.behind):
            raise self.error("$ref", "circle")
        return target, replace(self.at("$ref"), scope=scope, behind=(*self.behind, target))


def position_of(document: Json) -> Position:
    """Return the position of a whole schema. Raises ``SchemaError`` for columns without a kind, or with two."""
    top = Position(Scope(document), {})
    declared = list(_declared(document, top, set()))
    kinds: dict[str, Kind] = {}
    for name, kind, position in declared:
        if name in RESERVED or SEVERAL in name or (name.startswith("^") and name.endswith("$")):
            raise SchemaError(position.path, "name")
        if kind is not None and kind not in KINDS:
            raise position.error("type", "kind")
        if kind is not None and kinds.setdefault(name, kind) != kind:
            raise position.error("type", "kinds")
    return replace(top, kinds={name: kinds.get(name, "string") for name, _, _ in declared})


def _declared(schema: Json, position: Position, seen: set[int]) -> Iterator[tuple[str, Any, Position]]:
    """Yield each column that ``schema`` speaks of, with its type where it is said, and where."""
    if not isinstance(schema, dict) or id(schema) in seen:
        return
    seen.add(id(schema))
    position = position.inside(schema)
    columns = schema.get("properties", {})
    for name, part in columns.items() if isinstance(columns, dict) else ():
        at = position.at("properties", name)
        yield name, None, at
        yield from ((name, kind, where) for kind, where in _types(part, at))
    for part, where in _parts(schema, position):
        yield from _declared(part, where, seen)


def _types(schema: Json, position: Position) -> Iterator[tuple[Any, Position]]:
    """Yield the type that the schema of a column says, itself, by reference or in parts that all hold."""
    if not isinstance(schema, dict):
        return
    position.count()
    position = position.inside(schema)
    if "type" in schema:
        yield schema["type"], position
    for part, where in _parts(schema, position, words=("allOf",)):
        yield from _types(part, where)


def _parts(
    schema: dict[str, Any],
    position: Position,
    words: tuple[str, ...] = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
) -> Iterator[tuple[Json, Position]]:
    """Yield the schemas in ``schema`` that describe the same thing, by reference too."""
    for word in words:
        part = schema.get(word, [])
        several = enumerate(part) if isinstance(part, list) else [(None, part)]
        yield from ((each, position.at(word, *(() if i is None else (i,)))) for i, each in several)
    dependent = schema.get("dependentSchemas", {})
    for name, part in dependent.items() if isinstance(dependent, dict) else ():
        yield part, position.at("dependentSchemas", name)
    if "$ref" in schema:
        yield position.followed(schema)
