"""The standard record resident-link/1.0 as a pydantic model, written by hand: what `validate` is measured beside.

It says what the JSON Schema says. It does not hold eras against dates, nor look for keys given twice.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from days import is_day
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

VARIATION = re.compile("[\U000e0100-\U000e01ef]")
ELEMENT = "[\u00a1-\u2fff\u3001-\ud7ff\ue000-\uff60\uffa0-\U0010ffff]+"


def day(text: str) -> str:
    if not is_day(text):
        raise ValueError("no day of the calendar")
    return text


def short(name: str) -> str:
    """A variation selector belongs to the character before it."""
    if len(name) > 100 and len(VARIATION.sub("", name)) > 100:
        raise ValueError("more than 100 characters")
    return name


Number = Annotated[str, StringConstraints(pattern="^[!-~]([ -~]*[!-~])?$", max_length=15)]
History = Annotated[str, StringConstraints(pattern="^[1-9][0-9]*$", max_length=5)]
Day = Annotated[str, AfterValidator(day)]
Name = Annotated[str, StringConstraints(pattern=f"^{ELEMENT}(\u3000{ELEMENT})*$"), AfterValidator(short)]


class Resident(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    number: Number = Field(alias="宛名番号")
    history: History = Field(alias="履歴番号")
    household: Number | None = Field(None, alias="世帯番号")
    kind: Literal["1", "2"] = Field(alias="住民種別")
    state: Literal["1", "2", "3", "9"] = Field(alias="住民状態")
    moved: Day | None = Field(None, alias="異動年月日")
    name: Name = Field(alias="氏名")
    sex: Literal["0", "1", "2"] = Field(alias="性別")
    era: Literal["1", "2", "3", "4", "5"] | None = Field(None, alias="生年月日_元号")
    born: Day | None = Field(None, alias="生年月日")

    @model_validator(mode="after")
    def era_by_kind(self) -> Self:
        if self.born is not None and (self.era is None) is (self.kind == "1"):
            raise ValueError("Japanese residents' birth dates have an era, others have none")
        return self
