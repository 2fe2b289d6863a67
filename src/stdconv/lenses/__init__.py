"""The catalogue of lenses. A new lens is imported here and named in ``CATALOGUE``; nothing else knows it by name."""

from __future__ import annotations

import functools
import operator
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from stdconv.lenses.admit import Admit
from stdconv.lenses.affix import Affix
from stdconv.lenses.anydate import AnyDate
from stdconv.lenses.base import Lens
from stdconv.lenses.coalesce import Coalesce
from stdconv.lenses.codes import Recode, RecodeSeveral
from stdconv.lenses.dates import CompactDate, EraColumn
from stdconv.lenses.each import Each
from stdconv.lenses.joinsplit import Join, Split
from stdconv.lenses.knowndate import KnownDate
from stdconv.lenses.municipality import MunicipalityCode
from stdconv.lenses.names import NameParts, NameSeparator
from stdconv.lenses.padding import Fill, Trim, Unfill
from stdconv.lenses.same import Same
from stdconv.lenses.spellings import Flag, Unify, Uppercase
from stdconv.lenses.times import CompactTime, PastMidnight
from stdconv.lenses.unknowndate import UnknownDate
from stdconv.lenses.wareki import Wareki, WarekiText
from stdconv.lenses.widths import Narrow, Widen

CATALOGUE: tuple[type[Lens], ...] = (
    *(Recode, RecodeSeveral, Wareki, WarekiText, CompactDate, AnyDate, EraColumn, UnknownDate, KnownDate),
    *(CompactTime, PastMidnight),
    *(NameSeparator, NameParts),
    *(Widen, Narrow, Unfill, Fill, Trim, Affix, MunicipalityCode, Join, Split, Each),
    *(Unify, Uppercase, Flag, Coalesce, Same, Admit),
)
"""Every lens, in the order of the manual."""

LENSES: dict[str, type[Lens]] = {lens.model_fields["op"].default: lens for lens in CATALOGUE}
"""Every lens by the name that follows ``op:``."""


class _Named:
    """A lens by its name. The model of each is made when it is first met: few mappings have more than a handful."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return what chooses among the lenses by ``op``, as pydantic's own union would."""
        read = core_schema.no_info_plain_validator_function
        choices: dict[Any, CoreSchema] = {op: read(lens.model_validate) for op, lens in LENSES.items()}
        return core_schema.tagged_union_schema(choices, discriminator="op", strict=True, from_attributes=True)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema of the union of all."""
        union: Any = Annotated[functools.reduce(operator.or_, CATALOGUE), Field(discriminator="op")]
        return handler(TypeAdapter(union).core_schema)


AnyLens: TypeAlias = Annotated[Lens, _Named()]
"""A step of a mapping: which lens it is, ``op`` says."""
