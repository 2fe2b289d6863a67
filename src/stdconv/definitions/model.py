"""The base of every model: frozen, with no keys but the known ones; lists of definitions as tuples; groups of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, core_schema

from stdconv.japan.visible import readable

Item = TypeVar("Item")
TupleOf: TypeAlias = Annotated[tuple[Item, ...], Field(strict=False)]
"""A list in a file, a tuple in Python; what is in it is as strict as elsewhere."""

Readable: TypeAlias = Annotated[str, BeforeValidator(readable)]
"""What may come from the name of a file, as JSON can hold it."""


class Data(BaseModel):
    """The base of what is written as JSON: reports and manifests."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class Strict(BaseModel):
    """The base of what people write: without conversions, so that no text becomes a number."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=True)


class Group(Strict):
    """Names that have one reason."""

    @property
    def said(self) -> tuple[str, ...]:
        """The names that it gives one by one."""
        raise NotImplementedError

    @property
    def reason(self) -> str:
        """What holds for all of them."""
        raise NotImplementedError


SINGLE, GROUPED = "\0names", "\0groups"
"""What pydantic puts into the location of what is wrong in reasons: of names one by one, of groups of them."""


@dataclass(frozen=True)
class OrGroups:
    """Says of a mapping from names to reasons that a list of groups may be there instead, of which it is made."""

    group: type[Group]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return either; a list has only those names that its groups give one by one."""
        groups = handler.generate_schema(TupleOf[self.group])  # type: ignore[name-defined]
        each = {SINGLE: handler(source), GROUPED: core_schema.no_info_after_validator_function(_by_name, groups)}
        return core_schema.tagged_union_schema(each, _way)


def _way(value: Any) -> str:
    return GROUPED if isinstance(value, list) else SINGLE


def _by_name(groups: Sequence[Group]) -> dict[str, str]:
    return {name: group.reason for group in groups for name in group.said}


class Untitled(GenerateJsonSchema):
    """JSON Schema with keys in their order, and without a title for every key, which would repeat it in capitals."""

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        """Keep the order in which the model declares its keys."""
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Say that no key has a title."""
        return False
