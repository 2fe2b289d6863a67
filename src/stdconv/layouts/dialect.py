"""How a file of records is written down: encoding, newline, header, columns, and what tells their values apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from stdconv.layouts.encodings import ENCODINGS, Encoding, Utf8
from stdconv.layouts.kinds import Kinds
from stdconv.layouts.lost import Lost
from stdconv.layouts.numbers import Number

Newline = Literal["crlf", "lf", "cr", "none"]
Quote = Literal["minimal", "all", "none"]
Escape = Literal["double", "backslash"]
Headed = Literal[True, False, "by_name", "any_of"]
"""Whether there is a header: of the columns in their order, of all in any order, or of some in any order."""
Side = Literal["left", "right"]
Counted = Literal["bytes", "units", "characters"]
"""What places count: bytes of the file, units of UTF-16, or characters."""

DELIMITERS: Final = "".join(c for c in map(chr, range(1, 0x80)) if not c.isalnum() and c not in '"\r\n\x1a')
"""What can stand between two values: one byte in every encoding, with no other meaning."""
JOIN_LIMIT = 64 * 1024
"""How many bytes a record of several lines may have: beyond that an open quote damages its own line alone."""
RECORD_LIMIT = 16 * 1024 * 1024
"""How many bytes a record may have: a longer line is passed on as it comes, refused, and never held in memory."""
BETWEEN: Final = "\x1f"
"""What stands for a delimiter where values of a fixed width are told apart: a control that no export writes."""


@dataclass(frozen=True)
class Position:
    """Where a column of a fixed width is: ``length`` positions from ``at`` on, counted from 1.

    ``pad`` fills what the value leaves, on the right or on the left; without one, a value fills its place. It is text
    unless it is a ``number``.
    """

    at: int
    length: int
    pad: str | None = None
    side: Side = "right"
    number: Number | None = None

    @property
    def stop(self) -> int:
        """The position behind it, counted from 0."""
        return self.at - 1 + self.length

    @property
    def shown(self) -> int:
        """How many bytes it has where records are text: a number is shown by its half bytes."""
        return self.length if self.number is None else 2 * self.length


@dataclass(frozen=True)
class Form:
    """What records are put into where positions are not the bytes that are worked on.

    In Python's ``codec`` each item has ``item`` bytes, and is ``each`` positions.
    """

    codec: str
    item: int
    each: int = 1

    @property
    def format(self) -> Literal["H", "I"]:
        """What a memoryview calls an item."""
        return "H" if self.item == 2 else "I"


@dataclass(frozen=True)
class Dialect:
    """A layout: delimited, or of ``positions``, one for each column, in records of ``length``.

    ``kinds`` tells the records of data, which have columns, from others, which are passed over. ``lost`` are signs that
    stand for characters which are not there.
    """

    columns: tuple[str, ...]
    encoding: Encoding = "utf-8"
    newline: Newline = "crlf"
    quote: Quote = "minimal"
    delimiter: str = ","
    header: Headed = True
    spelled: tuple[str, ...] = ()
    """What the header says of each column, where that is not their names."""
    length: int = 0
    positions: tuple[Position, ...] = ()
    kinds: Kinds | None = None
    counted: Counted = "bytes"
    before: int = 0
    """How many title lines there are in front of everything else, which say nothing about records."""
    titles: tuple[str, ...] = ()
    """The title lines of a file that is made anew."""
    lost: Lost | None = None
    rooms: tuple[Position | None, ...] = ()
    """How wide each column is that has a fixed width between delimiters, and what fills it; ``at`` says nothing."""
    absent: tuple[str, ...] = ()
    """Columns of the layout that the file does not have: they are read as empty, and not written."""
    escape: Escape = "double"
    """What stands before a quote inside quotes: another quote, or a backslash, which then stands before itself too."""
    others: tuple[tuple[str, str], ...] = ()
    """What a header in any order may say instead of a heading, with that heading."""

    @property
    def is_fixed(self) -> bool:
        """Whether values are told apart by their place in the record."""
        return bool(self.positions)

    @cached_property
    def form(self) -> Form | None:
        """What records are put into before they are cut by places; ``None`` where these count the bytes as they are."""
        if not self.is_fixed or (self.counted == "bytes" and self.coding.unit == 1):
            return None
        if self.counted == "characters":
            return Form("utf-32-le", 4)
        return Form("utf-16-le", 2, 2 if self.counted == "bytes" else 1)

    @property
    def each(self) -> int:
        """How many positions a sign of ASCII takes."""
        return 1 if self.form is None else self.form.each

    @cached_property
    def numbers(self) -> tuple[Position, ...]:
        """The places of numbers, whose bytes are no characters."""
        return tuple(place for place in self.positions if place.number is not None)

    @cached_property
    def texts(self) -> tuple[slice, ...]:
        """The stretches of a record between its numbers."""
        ends = [(0, 0), *((place.at - 1, place.stop) for place in self.numbers), (self.length, self.length)]
        return tuple(slice(stop, start) for (_, stop), (start, _) in pairwise(ends) if stop < start)

    @cached_property
    def with_nul(self) -> tuple[Position, ...]:
        """The places in which a byte 0 may be: of numbers, and of text that is filled with it."""
        return tuple(place for place in self.positions if place.number is not None or place.pad == "\0")

    @property
    def begins_with_text(self) -> bool:
        """Whether the first bytes of a file are characters, or say what it is: those of a number may be any."""
        return not self.positions or self.positions[0].number is None

    @property
    def is_measured(self) -> bool:
        """Whether the bytes that end a record may be inside it, so that its length tells where it ends."""
        return bool(self.numbers and self.terminator)

    @cached_property
    def of_rooms(self) -> Dialect | None:
        """The columns of a fixed width between delimiters, as those of a record of no others; ``None`` for none."""
        pairs = [(name, room) for name, room in zip(self.columns, self.rooms, strict=False) if room is not None]
        if not pairs:
            return None
        names, rooms = zip(*pairs, strict=True)
        length = sum(room.length for room in rooms)
        return Dialect(names, self.encoding, delimiter=BETWEEN, header=False, length=length, positions=rooms)

    def in_order(self, headings: Sequence[str]) -> Dialect:
        """Return the same with the columns in the order of a header that has all their ``headings``, each once."""
        at = [self.headings.index(heading) for heading in self.declared(headings)]
        return replace(
            self,
            columns=tuple(self.columns[place] for place in at),
            spelled=tuple(headings) if self.spelled else (),
            others=(),
            rooms=tuple(self.rooms[place] for place in at) if self.rooms else (),
        )

    def declared(self, headings: Sequence[str]) -> list[str]:
        """Return ``headings`` with the declared one in the place of what may be said instead of it."""
        declared = dict(self.others)
        return [declared.get(heading, heading) for heading in headings]

    def room_of(self, column: str) -> tuple[Position, Dialect] | None:
        """Return how wide a column is, and of what records that is said; ``None`` where it may have any width."""
        of_rooms = self if self.is_fixed else self.of_rooms
        if of_rooms is None or column not in of_rooms.columns:
            return None
        return of_rooms.positions[of_rooms.columns.index(column)], of_rooms

    @property
    def step(self) -> int:
        """How many bytes of a file a record has that nothing ends but its length; 0 where something does."""
        if self.terminator or not self.is_fixed:
            return 0
        return self.length if self.form is None else self.length // self.form.each * self.form.item

    @property
    def has_quotes(self) -> bool:
        """Whether quotes may stand around values; else they are characters as any other."""
        return self.quote != "none"

    @property
    def is_joined(self) -> bool:
        """Whether a record may be several lines."""
        return self.has_quotes and not self.is_fixed

    @property
    def is_escaped(self) -> bool:
        """Whether a backslash has a meaning inside quotes."""
        return self.escape == "backslash" and self.has_quotes

    @cached_property
    def look_alikes(self) -> bytes:
        """The signs with a meaning whose byte is the second one of some characters, and says nothing by itself."""
        signs = self.delimiter + ("\\" if self.is_escaped else "")
        return "".join(sign for sign in signs if ord(sign) in self.coding.second).encode()

    @property
    def is_cut_by_characters(self) -> bool:
        """Whether there are such signs."""
        return bool(self.look_alikes)

    @property
    def headings(self) -> tuple[str, ...]:
        """What the header says of each column."""
        return self.spelled or self.columns

    @cached_property
    def terminator(self) -> str:
        """The characters that end a record."""
        return {"crlf": "\r\n", "lf": "\n", "cr": "\r", "none": ""}[self.newline]

    @cached_property
    def end(self) -> bytes:
        """The byte at which a line ends: LF, or CR where ``newline`` is ``cr``."""
        return b"\r" if self.newline == "cr" else b"\n"

    @property
    def coding(self) -> Utf8:
        """What the encoding can write, and what its bytes are worked on as."""
        return ENCODINGS[self.encoding]

    @property
    def mark(self) -> bytes:
        """The bytes at the very beginning of a new file: a byte order mark under ``utf-8-sig``, else none."""
        return self.coding.mark

    @property
    def codec(self) -> str:
        """The name of Python's codec for the bytes that are worked on."""
        return self.coding.codec
