"""Records of other kinds than data, as data: their codes, the numbers in trailers, and what is written for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stdconv.definitions.model import Strict, TupleOf
from stdconv.layouts.kinds import WIDEST

TITLES, TITLE_LONGEST = 20, 1000
"""How many title lines there may be, and how many characters one that is written may have: all are in the beginning."""
Code = Annotated[str, StringConstraints(pattern=r"^[ -~]+$", max_length=WIDEST)]
"""What tells kinds of records apart: signs of one byte in every encoding."""
Written = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+$")]
"""A record to be written, without what ends it."""
Title = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0A-\x1F\x7F]*$", max_length=TITLE_LONGEST)]
"""A title line to be written, without what ends it."""


class Records(Strict):
    """Where records have the code of their kind, and the codes of each kind."""

    at: int = Field(ge=1, description="The byte of the record at which the code begins, counted from 1.", examples=[1])
    length: int = Field(ge=1, le=WIDEST, description="How many bytes the code has.", examples=[1])
    data: Annotated[TupleOf[Code], Field(min_length=1)] = Field(
        description="The codes of records that have the columns. Where there are several, the code is a column too.",
        examples=[["D"], ["1", "2"]],
    )
    header: TupleOf[Code] = Field(
        default=(), description="The codes of header records, which are kept as they are.", examples=[["H"]]
    )
    trailer: TupleOf[Code] = Field(
        default=(), description="The codes of trailer records, which are kept as they are.", examples=[["T", "E"]]
    )


class Total(Strict):
    """Where a record says how many others there are."""

    where: Literal["trailer"] = Field(alias="in", description="The kind of record that has the number.")
    at: int = Field(
        ge=1, description="The byte of the record at which the number begins, counted from 1.", examples=[2]
    )
    length: int = Field(
        ge=1, description="How many bytes the number has, zeros or blanks before it included.", examples=[8]
    )
    counts: Literal["data"] = Field(
        default="data", description="What is counted: every record that is neither header nor trailer."
    )


class Titles(Strict):
    """What is written in front of the rows of a file that is made anew."""

    before: TupleOf[Title] = Field(
        default=(),
        description="The title lines, as many as `before` says, each as the vendor writes it; one may be blank.",
        examples=[["住民記録 抽出データ", "住民課 電算担当"]],
    )


class Write(Titles):
    """What is written around the records of data where a file is made anew."""

    header: TupleOf[Written] = Field(
        default=(), description="The header records, filled with blanks to their length.", examples=[["H20261123"]]
    )
    trailer: TupleOf[Written] = Field(
        default=(),
        description="The trailer records, filled with blanks to their length; `{data}` stands for the number of "
        "records, `{data:08}` for it with zeros up to eight digits.",
        examples=[["T{data:08}"], ["TOTAL {data}"]],
    )
