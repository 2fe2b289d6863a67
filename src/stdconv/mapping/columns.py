"""The columns of a layout, as data: their names and headings, their places, and what their bytes are."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from stdconv.definitions.model import Strict, TupleOf
from stdconv.layouts.dialect import Position, Side
from stdconv.layouts.numbers import MOST_DIGITS, Number, Order, Zones

Line = Annotated[str, StringConstraints(min_length=1)]
"""A text that is there."""
Pad = Literal[" ", "\u3000", "\0"]
"""What fills a column of a fixed width. Zeros are a lens's business: whether they mean anything, only a field knows."""
As = Literal["text", "packed", "zoned", "binary"]
"""What the bytes of a column of a fixed width are."""
Bytes = Annotated[str, StringConstraints(pattern=r"^([0-9A-Fa-f]{2})+$")]
"""Bytes in hexadecimal."""

Headings = Annotated[TupleOf[Line], Field(min_length=2)]
"""What the headers of several files say of the same column."""


class Column(Strict):
    """A column by the name that the mapping uses, where the header of the file says something else."""

    name: Line = Field(
        description="What the mapping calls the column, everywhere; no other column has this name.", examples=["予備2"]
    )
    heading: str | Headings | None = Field(
        default=None,
        description='What the header of the file says, which may be what it says of another column too, or "" where it '
        "says nothing. Without it the header says the name. Under `header: by_name` a list of what it may say, of "
        "which each file has one; the first is written in files that are made anew.",
        examples=["予備", "", ["増異動日", "住民増異動日"]],
    )

    at: int | None = Field(
        default=None,
        ge=1,
        description="Under `format: fixed`: the byte of the record at which the column begins, counted from 1.",
        examples=[1, 13],
    )
    length: int | None = Field(
        default=None,
        ge=1,
        description="How many bytes the column has: under `format: fixed`, and where values between delimiters have a "
        "fixed width.",
        examples=[10, 40],
    )
    pad: Pad | None = Field(
        default=None,
        description="What fills the bytes of `length` that a value leaves: a blank, an ideographic space or, under "
        '`format: fixed`, NUL ("\\0"). It is taken off when the file is read and put back when it is written; without '
        "it a value has all the bytes.",
        examples=[" ", "\u3000", "\0"],
    )
    side: Side = Field(
        default="right",
        description="On which side of the value the filling is.",
        examples=["left"],
    )
    kind: As = Field(
        default="text",
        alias="as",
        description="Under `format: fixed`: what the bytes are. `text`; or a number, which is read as its `digits`: "
        "`packed` (COMP-3: two digits a byte, the sign in the last half byte), `zoned` (DISPLAY: a digit a byte, the "
        "sign in the first half of the last byte), `binary` (COMP).",
        examples=["packed", "zoned", "binary"],
    )
    digits: int | None = Field(
        default=None,
        ge=1,
        le=MOST_DIGITS,
        description="With `as: packed`, `zoned` or `binary`: how many digits a value has, all zeros kept (`00012`). A "
        "packed number has two digits in each byte but the last, which has one (or, where they are even, one fewer in "
        "all), a zoned one a digit in each byte.",
        examples=[5, 4],
    )
    signed: bool = Field(
        default=False,
        description="With `as: packed`, `zoned` or `binary`: whether a number may be negative, which is read as `-` "
        "before its digits.",
        examples=[True],
    )
    empty: Bytes | None = Field(
        default=None,
        description="With `as: packed`, `zoned` or `binary`: the bytes, in hexadecimal and in quotes, that say that "
        "there is no value. Without it the column is never empty.",
        examples=["202020", "404040"],
    )
    zones: Zones = Field(
        default="37",
        description="With `as: zoned`: what the first half of the last byte is for plus and for minus, where numbers "
        'are `signed`: "37" (as Micro Focus writes it) or "45" (as NetCOBOL does). All other bytes are ASCII digits.',
        examples=["45"],
    )
    order: Order = Field(
        default="big",
        description="With `as: binary`: which byte is first, the highest (`big`) or the lowest (`little`).",
        examples=["little"],
    )

    @property
    def number(self) -> Number | None:
        """What kind of number the column has, if it is one and its digits are said."""
        if self.kind == "text" or self.length is None or self.digits is None:
            return None
        empty = bytes.fromhex(self.empty or "")
        return Number(self.kind, self.length, self.digits, self.signed, empty, self.zones, self.order)

    @property
    def is_unfinished(self) -> bool:
        """Whether the column is a number of which too little is said, or what cannot be."""
        return self.kind != "text" and (self.number is None or not self.number.is_possible)

    @property
    def position(self) -> Position | None:
        """Where the column is in a record of a fixed width, if that is said."""
        if self.at is None or self.length is None:
            return None
        return Position(self.at, self.length, self.pad, self.side, self.number)

    @property
    def room(self) -> Position | None:
        """How wide the column is between delimiters, if that is said."""
        return None if self.length is None else Position(1, self.length, self.pad, self.side)

    @property
    def said(self) -> str:
        """What the header says of the column; the first of several headings."""
        return self.headings[0]

    @property
    def headings(self) -> tuple[str, ...]:
        """All that the header of a file may say of the column."""
        if isinstance(self.heading, tuple):
            return self.heading
        return (self.name if self.heading is None else self.heading,)


def _column(value: Any) -> Any:
    return value if isinstance(value, dict | Column) else {"name": value}


Columns: TypeAlias = Annotated[
    TupleOf[Annotated[Column, BeforeValidator(_column, json_schema_input_type=Line | Column)]], Field(min_length=1)
]
"""A list of columns, each by its name alone or with its heading."""


def names_of(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return what the mapping calls ``columns``."""
    return tuple(column.name for column in columns)


def headings_of(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Return what the header says of ``columns``; nothing where that is their names."""
    return tuple(column.said for column in columns) if any(c.heading is not None for c in columns) else ()


def other_headings_of(columns: tuple[Column, ...]) -> tuple[tuple[str, str], ...]:
    """Return what else the header may say of ``columns``, each with what is written of that column."""
    return tuple((other, column.said) for column in columns for other in column.headings[1:])


def rooms_of(columns: tuple[Column, ...]) -> tuple[Position | None, ...]:
    """Return how wide ``columns`` are between delimiters; nothing where they may have any width."""
    rooms = tuple(column.room for column in columns)
    return rooms if any(rooms) else ()
