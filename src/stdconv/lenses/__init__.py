"""The catalogue of lenses. A new lens is imported here and named in ``LENSES``; nothing else knows it by name."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from stdconv.lenses.anydate import AnyDate
from stdconv.lenses.base import Lens
from stdconv.lenses.coalesce import Coalesce
from stdconv.lenses.codes import Recode, RecodeSeveral
from stdconv.lenses.dates import CompactDate, EraColumn
from stdconv.lenses.each import Each
from stdconv.lenses.joinsplit import Join, Split
from stdconv.lenses.names import NameParts, NameSeparator
from stdconv.lenses.padding import Fill, Trim, Unfill
from stdconv.lenses.spellings import Flag, Unify, Uppercase
from stdconv.lenses.unknowndate import UnknownDate
from stdconv.lenses.wareki import Wareki, WarekiText
from stdconv.lenses.widths import Narrow, Widen

AnyLens: TypeAlias = Annotated[
    Recode
    | RecodeSeveral
    | Wareki
    | WarekiText
    | CompactDate
    | AnyDate
    | EraColumn
    | UnknownDate
    | NameSeparator
    | NameParts
    | Widen
    | Narrow
    | Unfill
    | Fill
    | Trim
    | Join
    | Split
    | Each
    | Unify
    | Uppercase
    | Flag
    | Coalesce,
    Field(discriminator="op"),
]

LENSES: dict[str, type[Lens]] = {
    lens.model_fields["op"].default: lens
    for lens in (
        *(Recode, RecodeSeveral, Wareki, WarekiText, CompactDate, AnyDate, EraColumn, UnknownDate),
        *(NameSeparator, NameParts),
        *(Widen, Narrow, Unfill, Fill, Trim, Join, Split, Each, Unify, Uppercase, Flag, Coalesce),
    )
}
"""Every lens by the name that stands behind ``op:``."""
