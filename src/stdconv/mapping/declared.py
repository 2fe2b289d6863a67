"""Fields that read no value of the file: what is assumed, counted or missing; and what all forms have."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any, Literal, TypeAlias

from pydantic import ConfigDict, Field

from stdconv.definitions.model import Strict
from stdconv.lenses.base import Lens
from stdconv.mapping.columns import Line
from stdconv.mapping.layout import Names, Reason

Chains: TypeAlias = MappingOf[tuple[str, ...], tuple[Lens, ...]]
"""The chains of steps of a field, by the path to them inside the field."""


def form_of(tag: str, **example: Any) -> ConfigDict:
    """Return what a form has besides: its tag as title, and one field of its kind."""
    return ConfigDict(title=tag, json_schema_extra={"examples": [example]})


class Absence(Strict):
    """That something is not there, how grave that is, and why."""

    severity: Literal["note", "warn", "refuse"] = Field(
        description="How grave it is: each record gets a note, gets a warning, or is refused."
    )
    because: Reason = Field(description="Why it is not there.", examples=["A社の連携項目に世帯番号がない"])


class AssumeField(Strict):
    """A standard value that the file does not say. It holds only where the columns of ``where`` are present."""

    model_config = form_of("assume", standard="住民種別", assume="1", because="B社の抽出は日本人住民だけである")

    standard: Line = Field(description="The standard column that is assumed to have the value.", examples=["住民種別"])
    assume: Line = Field(description="The value as the standard writes it, in quotes.", examples=["1"])
    because: Reason = Field(
        description="Why every record has this value, for whoever signs it.",
        examples=["B社の抽出は日本人住民だけである"],
    )
    where: Names | None = Field(
        default=None,
        description="Standard columns that a record must have for the assumption to hold; without them it is refused.",
        examples=["生年月日_元号"],
    )

    @property
    def chains(self) -> Chains:
        """None: nothing is read."""
        return {}


class Number(Strict):
    """The legacy columns whose texts records share that are counted together."""

    by: Names = Field(
        description="The legacy columns that say whose record it is: those with the same texts are counted together.",
        examples=["住民番号", ["住民番号", "世帯番号"]],
    )


class NumberField(Strict):
    """A standard column that counts records from 1, in the order of the file, among all that were read.

    Refused records count too, so that fixing them shifts no other number; converted alone, they would be counted anew.
    """

    model_config = form_of(
        "number", standard="履歴番号", number={"by": "住民番号"}, because="行の並びが履歴の順である（仕様書 2.3）"
    )

    standard: Line = Field(description="The standard column that the count becomes.", examples=["履歴番号"])
    number: Number = Field(
        description="What is counted together.", examples=[{"by": "住民番号"}, {"by": ["住民番号", "世帯番号"]}]
    )
    because: Reason = Field(
        description="What shows that the order of the file is the one that the numbers follow.",
        examples=["行の並びが履歴の順である（仕様書 2.3）"],
    )

    @property
    def column(self) -> str:
        """The column of the numbers among the legacy columns, none of which begins with ``_``."""
        return f"_number:{self.standard}"

    @property
    def chains(self) -> Chains:
        """None: nothing is read."""
        return {}


class MissingField(Strict):
    """A standard column that the layout has no value for."""

    model_config = form_of(
        "missing", standard="世帯番号", missing={"severity": "warn", "because": "A社の連携項目に世帯番号がない"}
    )

    standard: Line = Field(description="The standard column that no legacy column can give.", examples=["世帯番号"])
    missing: Absence = Field(
        description="The severity that every record gets for it, and why.",
        examples=[{"severity": "warn", "because": "A社の連携項目に世帯番号がない"}],
    )

    @property
    def chains(self) -> Chains:
        """None: nothing is read."""
        return {}
