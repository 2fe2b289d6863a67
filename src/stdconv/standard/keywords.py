"""Domains read as JSON Schema 2020-12, and JSON Schema read as domains: what flat records need of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import polars as pl

from stdconv.domains.check import MOST, check_value
from stdconv.domains.patterns import PatternError, parse
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    Choice,
    Date,
    Domain,
    IfThenElse,
    Integer,
    Not,
    Nothing,
    OneOf,
    Record,
    Text,
)
from stdconv.errors import KeyPath
from stdconv.findings.problems import problem
from stdconv.standard.positions import KINDS, Json, Kind, Level, Position, SchemaError, position_of
from stdconv.standard.references import Scope

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ANNOTATIONS = frozenset(
    {"$schema", "$id", "$comment", "$anchor", "$defs", "title", "description", "examples", "default", "deprecated"}
)
_UNSAID = {"minLength": 0}
_TEXT = {"pattern": "pattern", "minLength": "least", "maxLength": "most", "x-maxCharacters": "most_characters"}


def from_schema(
    schema: Json, path: KeyPath = (), level: Level = "record", *, kinds: Mapping[str, Kind] | None = None
) -> Domain:
    """Return the domain that ``schema`` describes; raises ``SchemaError`` for whatever it does not understand.

    ``kinds`` says what the columns hold; without it the schema does, where it gives their ``type``.
    """
    top = position_of(schema) if kinds is None else Position(Scope(schema), kinds)
    return read(schema, replace(top, path=path, level=level))


def read(schema: Json, position: Position) -> Domain:
    """Return the domain of ``schema``, which is at ``position``."""
    position.count()
    if isinstance(schema, bool):
        return Anything() if schema else Nothing()
    ensure_keywords(schema, position)
    inside = position.inside(schema)
    parts: list[Domain] = []
    for reader in dict.fromkeys(READERS[keyword] for keyword in schema if keyword in READERS):
        parts += reader(schema, inside)
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts)) if parts else Anything()


def ensure_keywords(schema: Any, position: Position) -> None:
    """Raise ``SchemaError`` for a keyword that is not supported, or says nothing about what is described."""
    if not isinstance(schema, dict):
        raise SchemaError(position.path, "schema")
    if schema.get("$schema", DIALECT) != DIALECT:
        raise position.error("$schema", "dialect")
    for keyword in schema:
        if keyword not in READERS and keyword not in ANNOTATIONS and not keyword.startswith("x-"):
            raise position.error(keyword, "unsupported")
        if position.level not in LEVELS.get(keyword, (position.level,)):
            raise position.error(keyword, position.level)


def _type(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    """Read what a column's values are: all the same, so that the type holds for all or for none."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    held = {"record": {"object"}, "string": {"string"}, "integer": {"integer", "number"}}[position.level]
    return () if held.intersection(filter(_is_text, types)) else (Nothing(),)


def _text(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    for keyword in _TEXT:
        if keyword in schema and not (_is_text if keyword == "pattern" else _is_length)(schema[keyword]):
            raise position.error(keyword, "form")
    if "pattern" in schema:
        _ensure_pattern(schema["pattern"], position)
    lengths = {word: option for word, option in _TEXT.items() if word in schema and word != "pattern"}
    yield Text(schema.get("pattern"), **{option: min(int(schema[word]), MOST) for word, option in lengths.items()})


def _ensure_pattern(pattern: str, position: Position) -> None:
    """Raise ``SchemaError`` for a pattern outside the grammar, or one too large to be compiled."""
    try:
        parse(pattern)
        pl.select(check_value(Text(pattern), pl.lit("")))
    except PatternError as error:
        raise position.error("pattern", "pattern", said=problem(str(error))) from None
    except pl.exceptions.ComputeError:
        raise position.error("pattern", "large") from None


def _number(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    """Read bounds of whole numbers: between whole numbers too, and with the bound itself or without."""
    for keyword in _NUMBER:
        if keyword in schema and not _is_number(schema[keyword]):
            raise position.error(keyword, "form")
    step = schema.get("multipleOf", 1)
    if step < 1 or step != int(step):
        raise position.error("multipleOf", "whole")
    lows = [math.ceil(schema["minimum"])] if "minimum" in schema else []
    lows += [math.floor(schema["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in schema else []
    highs = [math.floor(schema["maximum"])] if "maximum" in schema else []
    highs += [math.ceil(schema["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in schema else []
    yield Integer(max(lows, default=None), min(highs, default=None), int(step))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    """Return whether a value is a whole number, which JSON Schema takes 1.0 for too."""
    return _is_number(value) and value == int(value)


def _is_length(value: Any) -> bool:
    return _is_whole(value) and value >= 0


def are_names(value: object) -> bool:
    """Return whether ``value`` is a list of texts, each once."""
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _enum(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    for keyword in ("enum", "const"):
        if keyword not in schema:
            continue
        values = schema["enum"] if keyword == "enum" else [schema["const"]]
        is_one = _is_text if position.level == "string" else _is_whole
        if not isinstance(values, list) or not all(map(is_one, values)):
            raise position.error(keyword, "texts" if position.level == "string" else "numbers")
        if position.level == "string":
            yield Choice(tuple(values))
        else:
            yield AnyOf(tuple(Integer(int(value), int(value)) for value in values)) if values else Nothing()


def _format(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    if schema["format"] != "date":
        raise position.error("format", "format")
    yield Date()


def _record(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    columns, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(columns, dict) or not are_names(required):
        raise SchemaError(position.path, "form", keyword="properties / required")
    found = {name: _column(name, part, position.at("properties", name)) for name, part in columns.items()}
    others = schema.get("additionalProperties", True)
    if others is not True:
        rest = [name for name in position.kinds if name not in columns]
        found |= {name: _column(name, others, position.at("additionalProperties")) for name in rest}
    if "propertyNames" in schema:
        names = read(schema["propertyNames"], position.at("propertyNames", level="string"))
        found |= dict.fromkeys(_outside(names, [*position.kinds, *columns]), Nothing())
    yield Record(tuple(found.items()), tuple(required), closed=others is False)


def _column(name: str, schema: Json, position: Position) -> Domain:
    return read(schema, replace(position, level=position.kinds.get(name, "string")))


def _outside(domain: Domain, names: list[str]) -> list[str]:
    """Return those of ``names`` that are not in ``domain``."""
    given = pl.DataFrame({"name": names}, schema={"name": pl.String})
    return given.filter(~check_value(domain, pl.col("name")))["name"].to_list()


def _dependent(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    for name, names in _members(schema, "dependentRequired", position).items():
        if not are_names(names):
            raise position.at("dependentRequired").error(name, "columns")
        yield IfThenElse(Record(required=(name,)), Record(required=tuple(names)), Anything())
    for name, part in _members(schema, "dependentSchemas", position).items():
        yield IfThenElse(Record(required=(name,)), read(part, position.at("dependentSchemas", name)), Anything())


def _members(schema: dict[str, Any], keyword: str, position: Position) -> dict[str, Any]:
    members = schema.get(keyword, {})
    if not isinstance(members, dict):
        raise position.error(keyword, "form")
    return members


def _several(keyword: str, build: Callable[[tuple[Domain, ...]], Domain]) -> Reader:
    def several(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
        if not isinstance(schema[keyword], list) or not schema[keyword]:
            raise position.error(keyword, "several")
        yield build(tuple(read(part, position.at(keyword, i)) for i, part in enumerate(schema[keyword])))

    return several


def _not(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    yield Not(read(schema["not"], position.at("not")))


def _if(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    parts = [read(schema.get(word, True), position.at(word)) for word in ("if", "then", "else")]
    if "if" in schema:
        yield IfThenElse(*parts)


def _ref(schema: dict[str, Any], position: Position) -> Iterable[Domain]:
    yield read(*position.followed(schema))


Reader: TypeAlias = Callable[[dict[str, Any], Position], Iterable[Domain]]

_NUMBER = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
OF_COLUMNS = frozenset({"properties", "required", "additionalProperties", "propertyNames"})
READERS: dict[str, Reader] = {
    "$ref": _ref,
    "type": _type,
    **dict.fromkeys(_TEXT, _text),
    **dict.fromkeys(_NUMBER, _number),
    "enum": _enum,
    "const": _enum,
    "format": _format,
    **dict.fromkeys(sorted(OF_COLUMNS), _record),
    **dict.fromkeys(("dependentRequired", "dependentSchemas"), _dependent),
    "allOf": _several("allOf", AllOf),
    "anyOf": _several("anyOf", AnyOf),
    "oneOf": _several("oneOf", OneOf),
    "not": _not,
    **dict.fromkeys(("if", "then", "else"), _if),
}
LEVELS: dict[str, tuple[Level, ...]] = {
    **dict.fromkeys((*_TEXT, "format"), ("string",)),
    **dict.fromkeys(_NUMBER, ("integer",)),
    **dict.fromkeys(("enum", "const"), KINDS),
    **dict.fromkeys((*OF_COLUMNS, "dependentRequired", "dependentSchemas"), ("record",)),
}
"""What the keywords describe that do not describe everything."""


def to_schema(domain: Domain) -> Json:
    """Return ``domain`` as JSON Schema. Bounds of dates and named rules, which it cannot say, are left out."""
    match domain:
        case Anything() | Nothing():
            return isinstance(domain, Anything)
        case Text():
            options = {keyword: getattr(domain, option) for keyword, option in _TEXT.items()}
            return {"type": "string"} | _said(options)
        case Integer(least, most, step):
            bounds = {"minimum": least, "maximum": most, "multipleOf": step if step > 1 else None}
            return {"type": "integer"} | _said(bounds)
        case Choice(values):
            return {"type": "string", "enum": list(values)}
        case Date():
            return {"type": "string", "format": "date"}
        case Record():
            return _record_schema(domain)
        case AllOf(parts) | AnyOf(parts) | OneOf(parts):
            word = {AllOf: "allOf", AnyOf: "anyOf", OneOf: "oneOf"}[type(domain)]
            return {word: [to_schema(part) for part in parts]}
        case Not(part):
            return {"not": to_schema(part)}
        case IfThenElse(condition, then, otherwise):
            return {"if": to_schema(condition), "then": to_schema(then), "else": to_schema(otherwise)}


def _said(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that say something."""
    return {key: value for key, value in options.items() if value is not None and value != _UNSAID.get(key)}


def _record_schema(domain: Record) -> Json:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {str(key): to_schema(part) for key, part in domain.columns},
        "required": [str(key) for key in domain.required],
    }
    return schema | ({"additionalProperties": False} if domain.closed else {})
