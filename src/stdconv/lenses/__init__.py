"""The catalogue of lenses. A new lens is imported here and named in ``CATALOGUE``; nothing else knows it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from stdconv.lenses.affix import Affix
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

CATALOGUE: tuple[type[Lens], ...] = (
    *(Recode, RecodeSeveral, Wareki, WarekiText, CompactDate, AnyDate, EraColumn, UnknownDate),
    *(NameSeparator, NameParts),
    *(Widen, Narrow, Unfill, Fill, Trim, Affix, Join, Split, Each, Unify, Uppercase, Flag, Coalesce),
)
"""Every lens, in the order of the manual."""

LENSES: dict[str, type[Lens]] = {lens.model_fields["op"].default: lens for lens in CATALOGUE}
"""Every lens by the name that follows ``op:``."""

if TYPE_CHECKING:
    AnyLens: TypeAlias = Lens
else:
    AnyLens = Annotated[Union[CATALOGUE], Field(discriminator="op")]  # noqa: UP007 -- a union of what the tuple holds
"""A step of a mapping: which lens it is, ``op`` says."""
