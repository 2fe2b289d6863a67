"""A legacy side that is a standard record itself, of another edition: what a mapping says of it, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from stdconv.definitions.model import Strict
from stdconv.layouts.dialect import Dialect
from stdconv.mapping.columns import Column
from stdconv.mapping.layout import Legacy
from stdconv.standard.forms import FileForm, dialect_of

SchemaName = Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+/[0-9]+(\.[0-9]+)*|[^/\\]+\.schema\.json)$")]
"""A shipped schema by record and edition, or a schema file next to the mapping."""


class OfSchema(Strict):
    """A legacy file that is a standard CSV itself, of another edition or another record: its schema says its columns.

    They are found by their names, in any order; those that a file does not have are absent.
    """

    called: SchemaName = Field(
        alias="schema",
        description="The standard record that the legacy file has: a shipped schema by record and edition, or a schema "
        "file next to the mapping. It says the columns, so that nothing else need be said of the file.",
        examples=["resident-basic/0.1", "own.schema.json"],
    )
    form: FileForm = Field(
        default="plain",
        description="How such a file is written by `sample` and `restore -m`: `plain` (UTF-8 without mark, quotes "
        "where needed, the columns that fields write) or `linkage` (with mark, every value in quotes, all columns of "
        "the schema in their order). Both are read.",
        examples=["linkage"],
    )
    control: Literal["hed"] | None = Field(
        default=None,
        description="`hed`: beside each file there is a control file, as for any other layout.",
        examples=["hed"],
    )


class EditionLegacy(Legacy):
    """What ``OfSchema`` means, once the columns of the schema ``called`` so are known: a layout as any other.

    ``beside`` are keys that stand next to ``schema`` and say the same again, or something else. ``present`` are the
    columns that one file has, in its order.
    """

    called: str
    form: FileForm
    beside: tuple[str, ...] = ()
    present: tuple[str, ...] | None = None

    @staticmethod
    def of(said: OfSchema, beside: Sequence[str] = ()) -> EditionLegacy:
        """Return the layout before anybody has looked at the schema: without columns."""
        dialect = dialect_of(said.form, ())
        return EditionLegacy.model_construct(
            encoding=dialect.encoding,
            quote=dialect.quote,
            control=said.control,
            declared=(),
            called=said.called,
            form=said.form,
            beside=tuple(beside),
        )

    def with_columns(self, names: Sequence[str]) -> EditionLegacy:
        """Return the layout with the columns of its schema."""
        return self._but(declared=tuple(Column(name=name) for name in names))

    def in_file(self, headings: Sequence[str], form: FileForm) -> EditionLegacy:
        """Return the layout of a file that has these of its columns, and that form."""
        return self._but(present=tuple(headings), form=form)

    def _but(self, **others: Any) -> EditionLegacy:
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return EditionLegacy.model_construct(**said | others)

    def dialect(self) -> Dialect:
        """Return the dialect of a file with all columns, or with those that are ``present``."""
        return self.dialect_with(self.columns if self.present is None else self.present)

    def dialect_with(self, columns: Sequence[str]) -> Dialect:
        """Return the dialect of a file with these ``columns``; the others are absent."""
        absent = tuple(name for name in self.columns if name not in set(columns))
        return replace(dialect_of(self.form, tuple(columns)), header="any_of", absent=absent)

    def written(self, filled: Sequence[str]) -> Dialect:
        """Return the dialect of a file that is made anew: in the form plain it has the columns that are ``filled``."""
        return self.dialect_with(self.columns if self.form == "linkage" or not filled else filled)


def _side(value: Any) -> Any:
    """Return what says that a side is of a schema as the layout that it means."""
    if not isinstance(value, dict) or not {"schema", "form"} & value.keys():
        return value
    beside = [key for key in value if key in _OF_LEGACY and key not in _OF_SCHEMA]
    said = OfSchema.model_validate({key: each for key, each in value.items() if key not in beside})
    return EditionLegacy.of(said, beside)


_OF_LEGACY = frozenset(info.alias or name for name, info in Legacy.model_fields.items())
_OF_SCHEMA = frozenset(info.alias or name for name, info in OfSchema.model_fields.items())

LegacySide: TypeAlias = Annotated[Legacy, BeforeValidator(_side, json_schema_input_type=Legacy | OfSchema)]
"""The legacy side: a layout of its own, or a standard record."""
