"""The mapping file as data: what may stand in it, one frozen class per part; published as JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag

from stdconv.dialect import Delimiter, Dialect, Encoding, Newline, Quote
from stdconv.lenses import AnyLens
from stdconv.lenses.base import Lens

Line = Annotated[str, StringConstraints(min_length=1)]
Reason = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"\S")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$")]
Edition = Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+/[0-9]+(\.[0-9]+)*|[^/\\]+\.schema\.json)$")]
"""A shipped schema by record and edition, or a schema file beside the mapping."""


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _items(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _number(value: Any) -> Any:
    return "" if isinstance(value, bool) else value


Lines = Annotated[list[Line], Field(min_length=1)]
Names = Annotated[tuple[Line, ...], BeforeValidator(_listed, json_schema_input_type=Line | Lines), Field(min_length=1)]
"""One column's name, or a list of them."""
Many = Annotated[tuple[Line, ...], BeforeValidator(_items, json_schema_input_type=Lines), Field(min_length=1)]
"""A list of columns' names."""
Steps = Annotated[tuple[AnyLens, ...], BeforeValidator(_items, json_schema_input_type=list[AnyLens])]


Chains: TypeAlias = MappingOf[tuple[str, ...], tuple[Lens, ...]]
"""The chains of steps of a field, by the path to them inside the field."""


class Part(BaseModel):
    """The base of every part: frozen, no keys but the known ones, no conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class About(Part):
    """Who the mapping is for and where its facts come from."""

    vendor: Line
    title: Line
    source: Line
    reviewed: Line | None = None


class Legacy(Part):
    """The legacy file's dialect and its columns, in order."""

    format: Literal["csv"] = "csv"
    encoding: Encoding
    newline: Newline = "crlf"
    quote: Quote = "minimal"
    delimiter: Delimiter = ","
    header: bool = True
    columns: Many

    def dialect(self) -> Dialect:
        """Return the dialect of the main file."""
        return Dialect(self.columns, self.encoding, self.newline, self.quote, self.delimiter, self.header)


class Lookup(Part):
    """A second legacy file, joined by ``key``; encoding and dialect default to the legacy side's."""

    key: Many
    columns: Many
    encoding: Encoding | None = None
    newline: Newline | None = None
    quote: Quote | None = None
    delimiter: Delimiter | None = None

    def dialect(self, legacy: Legacy) -> Dialect:
        """Return the dialect of the lookup file: its key columns first, always with a header."""
        return Dialect(
            (*self.key, *self.columns),
            self.encoding or legacy.encoding,
            self.newline or legacy.newline,
            self.quote or legacy.quote,
            self.delimiter or legacy.delimiter,
        )


class Absence(Part):
    """That something is not there, how grave that is, and why."""

    severity: Literal["note", "warn", "refuse"]
    because: Reason


class StepsField(Part):
    """Legacy columns to standard columns by a chain of lenses; an empty chain passes values as they are.

    ``because`` says why, where that is not plain: a legacy column called like another standard column, for example.
    """

    standard: Names
    legacy: Names
    steps: Steps = ()
    because: Reason | None = None

    @property
    def chains(self) -> Chains:
        """The one chain."""
        return {("steps",): self.steps}


class When(Part):
    """Which standard column of another field chooses, and the steps for each of its values."""

    column: Line
    cases: MappingOf[Line, Steps] = Field(min_length=1)


class WhenField(Part):
    """Legacy columns to standard columns by one chain of lenses or another, as a standard column says."""

    standard: Names
    legacy: Names
    when: When
    because: Reason | None = None

    @property
    def chains(self) -> Chains:
        """The chain of every case."""
        return {("when", "cases", case): steps for case, steps in self.when.cases.items()}


class LookupField(Part):
    """Columns of a lookup, after legacy columns if any, to standard columns by a chain of lenses."""

    standard: Names
    lookup: Line
    column: Line | None = None
    columns: Many | None = None
    legacy: Names | None = None
    missing: Absence | None = None
    steps: Steps = ()
    because: Reason | None = None

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The lookup's columns, however they were written."""
        return (*((self.column,) if self.column else ()), *(self.columns or ()))

    @property
    def chains(self) -> Chains:
        """The one chain."""
        return {("steps",): self.steps}


class AssumeField(Part):
    """A standard value that the file does not say. It stands only where the columns of ``where`` are present."""

    standard: Line
    assume: Line
    because: Reason
    where: Names | None = None

    @property
    def chains(self) -> Chains:
        """None: nothing is read."""
        return {}


class Number(Part):
    """The legacy columns whose texts records share that are counted together."""

    by: Names


class NumberField(Part):
    """A standard column that counts records from 1, in the order of the file, among all that were read.

    Refused records count too, so that mending them shifts no other; converted alone, they would be counted anew.
    ``because`` says what shows that the order of the file is the one that the numbers stand for.
    """

    standard: Line
    number: Number
    because: Reason

    @property
    def column(self) -> str:
        """What the numbers are called beside the legacy columns, none of which begins with ``_``."""
        return f"_number:{self.standard}"

    @property
    def chains(self) -> Chains:
        """None: nothing is read."""
        return {}


class MissingField(Part):
    """A standard column that the layout lacks."""

    standard: Line
    missing: Absence

    @property
    def chains(self) -> Chains:
        """None: nothing is read."""
        return {}


def _form(value: Any) -> str:
    """Tell the forms apart by the key that only one of them has."""
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, BaseModel) else {}
    return next((form for form in ("lookup", "assume", "missing", "when", "number") if form in keys), "steps")


Form: TypeAlias = Annotated[
    Annotated[StepsField, Tag("steps")]
    | Annotated[LookupField, Tag("lookup")]
    | Annotated[AssumeField, Tag("assume")]
    | Annotated[MissingField, Tag("missing")]
    | Annotated[WhenField, Tag("when")]
    | Annotated[NumberField, Tag("number")],
    Discriminator(_form),
]


class Unmapped(Part):
    """Columns that the mapping leaves out, each with its reason."""

    legacy: MappingOf[Line, Reason] = Field(default_factory=dict)
    standard: MappingOf[Line, Reason] = Field(default_factory=dict)


class MappingExample(Part):
    """A whole record on both sides, or a legacy one that is refused under the code ``refused``.

    ``lookups`` gives the looked-up columns; a lookup that is not named is not given, a column that is not named is
    empty or absent. ``line`` is the record as the vendor's file writes it, without its line end. What the form
    ``number`` counts is 1: an example is a file of one record.
    """

    source: Reason
    legacy: MappingOf[Line, str]
    standard: MappingOf[Line, str] | None = None
    refused: Line | None = None
    lookups: MappingOf[Line, MappingOf[Line, str]] = Field(default_factory=dict)
    line: Line | None = None


Fields = Annotated[
    tuple[Form, ...], BeforeValidator(_items, json_schema_input_type=Annotated[list[Form], Field(min_length=1)])
]
Examples = Annotated[
    tuple[MappingExample, ...],
    BeforeValidator(_items, json_schema_input_type=Annotated[list[MappingExample], Field(min_length=1)]),
]


class Mapping(Part):
    """One vendor's legacy layout and one standard record, as data.

    ``defaults`` are written into unmapped legacy columns where records are restored without their residue.
    """

    grammar: Annotated[Literal[1], BeforeValidator(_number, json_schema_input_type=Literal[1])]
    id: Id
    about: About
    standard: Edition
    legacy: Legacy
    lookups: MappingOf[Line, Lookup] = Field(default_factory=dict)
    fields: Fields = Field(min_length=1)
    unmapped: Unmapped = Field(default_factory=Unmapped)
    defaults: MappingOf[Line, Line] = Field(default_factory=dict)
    examples: Examples = Field(min_length=1)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the mapping file, as ``schemas/mapping.schema.json`` publishes it.

    A mapping that extends another one need not say what that one says; a table may be the name of a CSV file.
    """
    schema = Mapping.model_json_schema(by_alias=True, mode="validation")
    properties = schema["properties"] | {
        "extends": {"type": "string", "minLength": 1, "description": "The mapping that this one is laid over."},
        "keep_examples": {"type": "boolean", "description": "Whether the examples of the mapping below count."},
    }
    required = {"required": schema.pop("required")}
    for lens in schema["$defs"].values():
        if "table" in lens.get("properties", {}):
            by_file = {"type": "string", "pattern": r"\.csv$", "description": "A CSV file beside the mapping."}
            lens["properties"]["table"] = {"anyOf": [lens["properties"]["table"], by_file]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated by tools/generate.py from src/stdconv/mapping/models.py; do not edit.",
        **schema,
        "properties": properties,
        "if": {"required": ["extends"]},
        "then": {},
        "else": required,
    }
