"""A schema document taken apart: its columns, and the checks of each column and between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stdconv.definitions import catalog
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    Choice,
    Date,
    Domain,
    Integer,
    Not,
    Record,
    Text,
)
from stdconv.domains.subset import subset
from stdconv.japan.nights import PAST_MIDNIGHT
from stdconv.standard.checks import Check, Origin, mentioned
from stdconv.standard.codelists import CodeList, load_codes
from stdconv.standard.keywords import OF_COLUMNS, are_names, ensure_keywords, read
from stdconv.standard.positions import Kind, Position, position_of


@dataclass(frozen=True, slots=True)
class Column:
    """A standard column: its 型 (``type``), status, code list, and the domain of its values, which are of one kind."""

    name: str
    title: str
    type: str
    status: str
    domain: Domain
    required: bool
    codes: str | None = None
    kind: Kind = "string"

    @property
    def values(self) -> Domain:
        """The domain, which also says of whole numbers that they are that."""
        if self.kind == "string" or isinstance(self.domain, Integer):
            return self.domain
        return Integer() if self.domain == Anything() else AllOf((Integer(), self.domain))

    @property
    def listed(self) -> tuple[str, ...]:
        """The values that its enum lists, or else its code list; nothing where it has neither."""
        return self.choices or tuple(self.labels)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that its enum lists; none where it has no enum."""
        return next((part.values for part in flat(self.domain) if isinstance(part, Choice)), ())

    @property
    def labels(self) -> CodeList:
        """The labels of its code list, by code; empty where it has no code list."""
        return load_codes(self.codes) if self.codes in catalog.names("codes") else {}


@dataclass(frozen=True)
class Document:
    """What a schema says: ``columns`` in order, checks ``between`` them, and columns ``named`` for a purpose.

    ``current`` are the values by column that tell a record of today from those before it.
    """

    columns: tuple[Column, ...]
    between: tuple[Check, ...]
    named: dict[str, tuple[str, ...]]
    current: tuple[tuple[str, str], ...] = ()


def document_of(schema: Any) -> Document:
    """Take ``schema`` apart. Raises ``SchemaError``, and ``TypeError`` for what is not a schema of records."""
    if not isinstance(schema, dict):
        raise TypeError("an object is needed")
    parts = list(_conjuncts(schema, position_of(schema)))
    columns = tuple(_columns(parts))
    if not columns:
        raise TypeError("a schema of records has columns")
    names = [column.name for column in columns]
    between = (*_strangers(parts, names), *_between(parts, names))
    return Document(columns, between, dict(_named(parts)), _current(parts))


TIME = "TIME"
"""The type of columns with times of day."""
LATE = Text(PAST_MIDNIGHT)

PURPOSES = ("x-key", "x-person", "x-household")
"""Keywords that list columns: those of the key, and those that say whose record it is and of which household."""
CURRENT = "x-current"
"""The keyword that says by values which record of a person is that of today."""


def _named(parts: list[tuple[dict[str, Any], Position]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the columns listed for each purpose, by the first part that lists any; the schema is before its parts."""
    for word in PURPOSES:
        said = [(part[word], position) for part, position in parts if word in part]
        for names, position in said:
            if not are_names(names):
                raise position.error(word, "columns")
        yield word, tuple(said[0][0]) if said else ()


def _current(parts: list[tuple[dict[str, Any], Position]]) -> tuple[tuple[str, str], ...]:
    """Return the columns and values of a record of today, by the first part that says them."""
    for part, position in parts:
        if CURRENT in part:
            said = part[CURRENT]
            if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
                raise position.error(CURRENT, "values")
            return tuple(said.items())
    return ()


def _strangers(parts: Iterable[tuple[dict[str, Any], Position]], columns: list[str]) -> Iterator[Check]:
    """Yield a check for each name that is required and is not a column: no record of such columns can pass it."""
    for part, position in parts:
        for name in part.get("required", ()):
            if name not in columns:
                yield Check(
                    "S0001", (name,), Record(required=(name,)), origin=Origin(path=(*position.path, "required"))
                )


def _conjuncts(schema: Any, position: Position) -> Iterator[tuple[dict[str, Any], Position]]:
    """Yield the schemas whose columns are the document's: it, and what it refers to for all its records."""
    if isinstance(schema, bool):
        yield ({} if schema else {"not": {}}), position
        return
    ensure_keywords(schema, position)
    position = position.inside(schema)
    if schema.get("type", "object") != "object":
        raise position.error("type", "object")
    if isinstance(schema.get("additionalProperties"), dict):
        raise position.error("additionalProperties", "others")
    yield schema, position
    if "$ref" in schema:
        yield from _conjuncts(*position.followed(schema))
    for i, part in enumerate(schema.get("allOf", ())):
        if _is_merged(part):
            yield from _conjuncts(part, position.at("allOf", i))


def _is_merged(part: Any) -> bool:
    """Return whether a part of ``allOf`` brings columns of another schema, and is not a rule itself."""
    return isinstance(part, dict) and "$ref" in part and "x-finding" not in part


def _columns(parts: list[tuple[dict[str, Any], Position]]) -> Iterator[Column]:
    domains: dict[str, list[Domain]] = {}
    said: dict[str, dict[str, Any]] = {}
    for schema, position in parts:
        record = read({word: schema[word] for word in sorted(OF_COLUMNS) if word in schema}, position)
        for name, domain in record.columns if isinstance(record, Record) else ():
            domains.setdefault(str(name), []).append(domain)
        for name, node in schema.get("properties", {}).items():
            said[name] = _annotations(node, position.at("properties", name)) | said.get(name, {})
    required = {name for schema, _ in parts for name in schema.get("required", ())}
    for name, several in domains.items():
        node = said.get(name, {})
        yield Column(
            name=name,
            title=str(node.get("title", name)),
            type=str(node.get("x-type", "X")),
            status=str(node.get("x-status", "")),
            domain=several[0] if len(several) == 1 else AllOf(tuple(several)),
            required=name in required,
            codes=node.get("x-codes"),
            kind=parts[0][1].kinds[name],
        )


def _annotations(node: Any, position: Position) -> dict[str, Any]:
    """Return what the schema of a column says about it, itself before what it refers to."""
    if not isinstance(node, dict):
        return {}
    return (_annotations(*position.inside(node).followed(node)) if "$ref" in node else {}) | node


def _between(parts: Iterable[tuple[dict[str, Any], Position]], columns: list[str]) -> Iterator[Check]:
    order = {name: i for i, name in enumerate(columns)}
    for schema, position in parts:
        for rule, at, node in _rules(schema, position):
            _ensure_annotations(node, at)
            domain = read(rule, at if node is rule else position)
            title = " / ".join(node[word] for word in ("title", "x-title-en") if word in node) or _pointer(at)
            names = sorted(mentioned(domain), key=lambda name: order.get(name, len(order))) or columns
            yield Check(
                node.get("x-finding", "S0008"),
                tuple(node.get("x-columns", names)),
                domain,
                title,
                node.get("x-source", ""),
                Origin(path=at.path),
            )


def _ensure_annotations(rule: dict[str, Any], position: Position) -> None:
    """Raise ``SchemaError`` where what is said about a rule is not a text, or not a list of columns."""
    for word in ("title", "x-title-en", "x-finding", "x-source"):
        if not isinstance(rule.get(word, ""), str):
            raise position.error(word, "form")
    if not are_names(rule.get("x-columns", [])):
        raise position.error("x-columns", "columns")


def _rules(schema: dict[str, Any], position: Position) -> Iterator[tuple[Any, Position, dict[str, Any]]]:
    """Yield what a schema asks of whole records, one by one: the rule, its path, what is said about it.

    Keywords of the schema itself are placed at their path, without a text; only a part of ``allOf`` may have one.
    """
    for i, part in enumerate(schema.get("allOf", ())):
        if not _is_merged(part):
            rule = part if isinstance(part, dict) else {} if part else {"not": {}}
            yield rule, position.at("allOf", i), rule
    for keyword in ("anyOf", "oneOf", "not", "if"):
        if keyword in schema:
            words = ("if", "then", "else") if keyword == "if" else (keyword,)
            yield {word: schema[word] for word in words if word in schema}, position.at(keyword), {}
    for keyword in ("dependentRequired", "dependentSchemas"):
        for name, part in schema.get(keyword, {}).items():
            yield {keyword: {name: part}}, position.at(keyword, name), {}


def _pointer(position: Position) -> str:
    """Return the JSON Pointer to a rule that has no title."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in position.path)


def column_checks(columns: Iterable[Column]) -> Iterator[Check]:
    """Yield the checks of each column by itself."""
    for column in columns:
        origin = Origin(path=("properties", column.name))
        if column.required:
            yield Check("S0001", (column.name,), Record(required=(column.name,)), origin=origin)
        for code, part in _timed(column) if column.type == TIME else _coded(column.domain):
            yield Check(code, (column.name,), Record(columns=((column.name, part),)), origin=origin)


def _coded(domain: Domain) -> Iterator[tuple[str, Domain]]:
    """Split a column's domain into the parts that are reported under separate codes."""
    for part in _distinct(flat(domain)):
        match part:
            case Choice() | AnyOf((Integer(), *_)):
                yield "S0004", part
            case Date() | AnyOf((Date(), *_)):
                yield "S0005", part
            case Integer():
                yield "S0027", part
            case Text(pattern, least, most, characters):
                if pattern is not None:
                    yield "S0002", Text(pattern)
                if least or most is not None or characters is not None:
                    yield "S0003", Text(None, least, most, characters)
            case _:
                yield "S0008", part


def _timed(column: Column) -> Iterator[tuple[str, Domain]]:
    """Report times of 24 to 47 o'clock under a code of their own, where the column's pattern does not take them."""
    for code, part in _coded(column.domain):
        if code == "S0002" and subset(Choice(("24:00:00",)), part) is False:
            yield "S0035", Not(LATE)
            yield code, AnyOf((part, LATE))
        else:
            yield code, part


def _distinct(domains: Iterable[Domain]) -> list[Domain]:
    """Return those of ``domains`` that no other one implies, as a list does a length; of equal ones the last."""
    parts = list(dict.fromkeys(domains))
    for part in tuple(parts):
        if part == Anything() or any(other != part and subset(other, part) is True for other in parts):
            parts.remove(part)
    return parts


def flat(domain: Domain) -> tuple[Domain, ...]:
    """Return the parts that all hold, parts of parts too."""
    if not isinstance(domain, AllOf):
        return (domain,)
    return tuple(each for part in domain.parts for each in flat(part))
