"""The base of every model: frozen, with no keys but the known ones; and lists of definitions as tuples."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

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


class Untitled(GenerateJsonSchema):
    """JSON Schema with keys in their order, and without a title for every key, which would repeat it in capitals."""

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        """Keep the order in which the model declares its keys."""
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Say that no key has a title."""
        return False
