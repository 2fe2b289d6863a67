"""The standard record resident-link/1.0 as a pydantic model, written by hand: what `validate` is measured beside.

It says what the JSON Schema and its rules say of a record. It does not look for keys given twice.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from days import is_day
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from rules import HISTORY, LONGEST_HISTORY, LONGEST_NAME, LONGEST_NUMBER, NAME, NUMBER, SPANS, VARIATION

SELECTOR = re.compile(VARIATION)


def day(text: str) -> str:
    if not is_day(text):
        raise ValueError("no day of the calendar")
    return text


def short(name: str) -> str:
    """A variation selector belongs to the character before it."""
    if len(name) > LONGEST_NAME and len(SELECTOR.sub("", name)) > LONGEST_NAME:
        raise ValueError("too many characters")
    return name


Number = Annotated[str, StringConstraints(pattern=NUMBER, max_length=LONGEST_NUMBER)]
History = Annotated[str, StringConstraints(pattern=HISTORY, max_length=LONGEST_HISTORY)]
Day = Annotated[str, AfterValidator(day)]
Name = Annotated[str, StringConstraints(pattern=NAME), AfterValidator(short)]


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
    def era_agrees(self) -> Self:
        if self.born is None:
            return self
        if (self.era is None) is (self.kind == "1"):
            raise ValueError("Japanese residents' birth dates have an era, others have none")
        if self.era is not None and not SPANS[self.era][0] <= self.born <= SPANS[self.era][1]:
            raise ValueError("the birth date does not lie in its era")
        return self
