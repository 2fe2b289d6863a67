"""Domains read as JSON Schema 2020-12, and JSON Schema read as domains: what flat records of texts need of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

from stdconv.domains import (
    AllOf,
    AnyOf,
    Anything,
    Choice,
    Date,
    Domain,
    IfThenElse,
    Not,
    Nothing,
    OneOf,
    Record,
    Text,
)
from stdconv.patterns import PatternError, parse

Json: TypeAlias = "dict[str, Any] | bool"

ANNOTATIONS = frozenset({"$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated"})
_UNSAID = {"minLength": 0}
_TEXT = {"pattern": "pattern", "minLength": "least", "maxLength": "most", "x-maxCharacters": "most_characters"}


class SchemaError(ValueError):
    """A schema keyword that is not supported or has the wrong form; ``path`` leads to it."""

    def __init__(self, path: tuple[str | int, ...], why: str) -> None:
        self.path = path
        super().__init__(why)


def from_schema(schema: Json, path: Path = (), level: Level = "record") -> Domain:
    """Return the domain that ``schema`` describes; raises ``SchemaError`` for whatever it does not understand.

    ``level`` says what it describes: whole records, or the values of a column.
    """
    if isinstance(schema, bool):
        return Anything() if schema else Nothing()
    if not isinstance(schema, dict):
        raise SchemaError(path, "a schema is an object, true or false")
    for keyword in schema:
        if keyword not in READERS and keyword not in ANNOTATIONS and not keyword.startswith("x-"):
            raise SchemaError((*path, keyword), f"the keyword '{keyword}' is not supported")
        if keyword in (COLUMN_KEYWORDS if level == "record" else RECORD_KEYWORDS):
            raise SchemaError((*path, keyword), f"the keyword '{keyword}' says nothing about a {level}")
    parts: list[Domain] = []
    for reader in dict.fromkeys(READERS[keyword] for keyword in schema if keyword in READERS):
        parts += reader(schema, path, level)
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts)) if parts else Anything()


def _type(schema: dict[str, Any], path: Path, level: Level) -> Iterable[Domain]:
    if schema["type"] != ("object" if level == "record" else "string"):
        raise SchemaError((*path, "type"), "a column's values are of type 'string', a record is an 'object'")
    return ()


def _text(schema: dict[str, Any], path: Path, _level: Level) -> Iterable[Domain]:
    options = {option: schema[keyword] for keyword, option in _TEXT.items() if keyword in schema}
    for keyword, option in _TEXT.items():
        if option in options and not (_is_text if keyword == "pattern" else _is_length)(options[option]):
            raise SchemaError((*path, keyword), f"'{keyword}' has the wrong type")
    try:
        if "pattern" in options:
            parse(options["pattern"])
    except PatternError as error:
        raise SchemaError((*path, "pattern"), str(error)) from None
    yield Text(**options)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_length(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _enum(schema: dict[str, Any], path: Path, _level: Level) -> Iterable[Domain]:
    for keyword in ("enum", "const"):
        if keyword in schema:
            values = schema["enum"] if keyword == "enum" else [schema["const"]]
            if not isinstance(values, list) or not all(map(_is_text, values)):
                raise SchemaError((*path, keyword), "a column's values are strings")
            yield Choice(tuple(values))


def _format(schema: dict[str, Any], path: Path, _level: Level) -> Iterable[Domain]:
    if schema["format"] != "date":
        raise SchemaError((*path, "format"), "the only format is 'date'")
    yield Date()


def _record(schema: dict[str, Any], path: Path, _level: Level) -> Iterable[Domain]:
    columns = schema.get("properties", {})
    required = schema.get("required", [])
    additional = schema.get("additionalProperties", True)
    if not isinstance(columns, dict) or not _are_names(required) or not isinstance(additional, bool):
        raise SchemaError(path, "'properties', 'required' or 'additionalProperties' has the wrong type")
    yield Record(
        columns=tuple(
            (name, from_schema(part, (*path, "properties", name), "column")) for name, part in columns.items()
        ),
        required=tuple(required),
        closed=not additional,
    )


def _several(keyword: str, build: Callable[[tuple[Domain, ...]], Domain]) -> Reader:
    def read(schema: dict[str, Any], path: Path, level: Level) -> Iterable[Domain]:
        if not isinstance(schema[keyword], list) or not schema[keyword]:
            raise SchemaError((*path, keyword), f"'{keyword}' is a list of schemas")
        yield build(tuple(from_schema(part, (*path, keyword, i), level) for i, part in enumerate(schema[keyword])))

    return read


def _not(schema: dict[str, Any], path: Path, level: Level) -> Iterable[Domain]:
    yield Not(from_schema(schema["not"], (*path, "not"), level))


def _if(schema: dict[str, Any], path: Path, level: Level) -> Iterable[Domain]:
    parts = [from_schema(schema.get(word, True), (*path, word), level) for word in ("if", "then", "else")]
    if "if" in schema:
        yield IfThenElse(*parts)


Path: TypeAlias = tuple[str | int, ...]
Level: TypeAlias = Literal["record", "column"]
Reader: TypeAlias = Callable[[dict[str, Any], Path, Level], Iterable[Domain]]

COLUMN_KEYWORDS = frozenset({*_TEXT, "enum", "const", "format"})
RECORD_KEYWORDS = frozenset({"properties", "required", "additionalProperties"})
READERS: dict[str, Reader] = {
    "type": _type,
    **dict.fromkeys(_TEXT, _text),
    "enum": _enum,
    "const": _enum,
    "format": _format,
    **dict.fromkeys(RECORD_KEYWORDS, _record),
    "allOf": _several("allOf", AllOf),
    "anyOf": _several("anyOf", AnyOf),
    "oneOf": _several("oneOf", OneOf),
    "not": _not,
    **dict.fromkeys(("if", "then", "else"), _if),
}


def to_schema(domain: Domain) -> Json:
    """Return ``domain`` as JSON Schema. Bounds of dates and named rules, which it cannot say, are left out."""
    match domain:
        case Anything() | Nothing():
            return isinstance(domain, Anything)
        case Text():
            options = {keyword: getattr(domain, option) for keyword, option in _TEXT.items()}
            said = {
                keyword: value
                for keyword, value in options.items()
                if value is not None and value != _UNSAID.get(keyword)
            }
            return {"type": "string"} | said
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


def _record_schema(domain: Record) -> Json:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {str(key): to_schema(part) for key, part in domain.columns},
        "required": [str(key) for key in domain.required],
    }
    return schema | ({"additionalProperties": False} if domain.closed else {})
