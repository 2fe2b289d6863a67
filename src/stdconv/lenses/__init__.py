"""The catalogue of lenses. A new lens is imported here and named in ``LENSES``; nothing else knows it by name."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from stdconv.lenses.base import Lens
from stdconv.lenses.codes import Recode
from stdconv.lenses.dates import CompactDate, EraColumn, Wareki
from stdconv.lenses.names import NameParts, NameSeparator

AnyLens: TypeAlias = Annotated[
    Recode | Wareki | CompactDate | EraColumn | NameSeparator | NameParts,
    Field(discriminator="op"),
]

LENSES: dict[str, type[Lens]] = {
    lens.model_fields["op"].default: lens for lens in (Recode, Wareki, CompactDate, EraColumn, NameSeparator, NameParts)
}
"""Every lens by the name that stands behind ``op:``."""
