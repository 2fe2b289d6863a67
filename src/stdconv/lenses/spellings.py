"""Lenses for spellings: characters that mean the same, letters in either case, a flag out of a sentinel."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from stdconv.definitions.model import TupleOf
from stdconv.domains.patterns import any_but
from stdconv.domains.sets import Choice, Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Said, Sign, Values

SPEC = "docs/domain.md, Dates"

Signs = Annotated[TupleOf[Sign], Field(min_length=1)]


class Unify(Lens):
    """Characters that are taken for one another in legacy, one of them in the standard: ‐, － and ー in 1－2 → －.

    Which one it was is spelling and goes to the residue. Mind where it is used: in a name in kana, ー is not a hyphen.
    """

    is_total = True
    op: Literal["unify"] = "unify"
    to: Sign = Field(description="The character that the standard has for all of them.")
    look_alikes: Signs = Field(
        description="The characters of the file that are taken for it, one by one.",
        examples=[["ー", "‐"], ["ー", "‐", "-"]],
    )

    def forward(self, *legacy: pl.Expr) -> Values:
        """Write ``to`` for every look-alike."""
        return (legacy[0].str.replace_many(list(self.look_alikes), [self.to] * len(self.look_alikes)),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the value as it is."""
        return (standard[0],)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value with ``to`` alone."""
        return self.forward(*legacy)

    @property
    def codomain(self) -> Record:
        """Texts without the look-alikes."""
        return one(Text(f"^{any_but(set(self.look_alikes) - {self.to})}{{1,}}$"))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every look-alike."""
        for sign in self.look_alikes:
            yield Branch(("look_alikes",), legacy[0].str.contains(sign, literal=True), sign)

    def mistakes(self) -> Iterator[Mistake]:
        """Yield a list of nothing but the character itself."""
        if set(self.look_alikes) == {self.to}:
            yield "M0062", ("look_alikes",), {"to": self.to}

    def spelled_out(self) -> Iterator[str]:
        """The sign that is written, and those taken for it."""
        yield from (self.to, *self.look_alikes)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a house number with each of its hyphens."""
        number = cls(to="－", look_alikes=("ー", "‐", "-"))
        source = "assumed: hyphens of house numbers are typed in several ways"
        return (
            Example(number, ("１－２－３",), ("１－２－３",), source),
            Example(number, ("１ー２‐３",), ("１－２－３",), source, ("１－２－３",)),
        )


class Uppercase(Lens):
    """Letters in either case in legacy, capitals in the standard; small ones are spelling and go to the residue.

    Half-width and full-width letters of the Latin alphabet, no others.
    """

    is_total = True
    op: Literal["uppercase"] = "uppercase"

    def forward(self, *legacy: pl.Expr) -> Values:
        """Write capitals."""
        return (legacy[0].str.replace_many(list(_SMALL), list(_CAPITAL)),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the value as it is."""
        return (standard[0],)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value in capitals."""
        return self.forward(*legacy)

    @property
    def codomain(self) -> Record:
        """Texts without small letters."""
        return one(Text(f"^{any_but(_SMALL)}{{1,}}$"))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """A small letter, without which the lens would not be needed."""
        words = "a value with small letters", "小文字のある値"
        yield Branch(("op",), legacy[0].str.contains_any(list(_SMALL)), self.op, by=words)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a foreign resident's name."""
        source = "docs/domain.md: names are full-width (ＺＨＡＮＧ　ＹＵＬＩ)"
        return (
            Example(cls(), ("ＺＨＡＮＧ",), ("ＺＨＡＮＧ",), source),
            Example(cls(), ("Ｚｈａｎｇ",), ("ＺＨＡＮＧ",), source, ("ＺＨＡＮＧ",)),
            Example(cls(), ("abc",), ("ABC",), "assumed: the same for half-width letters", ("ABC",)),
        )


_SMALL = string.ascii_lowercase + "".join(chr(ord(letter) + 0xFEE0) for letter in string.ascii_lowercase)
_CAPITAL = string.ascii_uppercase + "".join(chr(ord(letter) + 0xFEE0) for letter in string.ascii_uppercase)


class Flag(Lens):
    """A flag in the standard out of a sentinel in legacy: an end date of 99999999 says that the record is the latest.

    Any other value says that it is not. The residue keeps what that value was; without it, ``otherwise``
    is written for it.
    """

    is_total = True
    op: Literal["flag"] = "flag"
    when: str = Field(
        description='The legacy value that sets the flag; `""` where it is left empty, as an end date left open may be.'
    )
    otherwise: str = Field(
        description="The legacy value that is written for a flag not set, where no residue gives the original; it "
        "may be empty."
    )
    set_value: Said = Field(default="1", alias="set", description="The standard's value where the flag is set.")
    unset_value: Said = Field(default="0", alias="unset", description="The standard's value where it is not set.")

    @property
    def names_empty(self) -> bool:
        """Whether one of the two texts is the empty one."""
        return "" in (self.when, self.otherwise)

    def forward(self, *legacy: pl.Expr) -> Values:
        """99999999 → 1, any other → 0."""
        return (_either(legacy[0], self.when, self.set_value, self.unset_value),)

    def back(self, *standard: pl.Expr) -> Values:
        """1 → 99999999, 0 → the value that ``otherwise`` names."""
        return (_either(standard[0], self.set_value, self.when, self.otherwise),)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The sentinel, or the value that ``otherwise`` names."""
        return (_either(legacy[0], self.when, self.when, self.otherwise),)

    @property
    def codomain(self) -> Record:
        """Set and unset."""
        return one(Choice((self.set_value, self.unset_value)))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The sentinel, and any other value."""
        value, given = legacy[0].fill_null(""), self.names_empty
        other = (value != self.when) & (pl.lit(value=given) | (value != ""))
        words = f'another value than "{self.when}"', f"「{self.when}」以外の値"
        yield Branch(("when",), value == self.when, self.when, ((0, self.set_value),))
        yield Branch(("otherwise",), other, self.otherwise, ((0, self.unset_value),), by=words)

    def mistakes(self) -> Iterator[Mistake]:
        """Yield two texts that are the same."""
        if self.when == self.otherwise or self.set_value == self.unset_value:
            yield "M0063", ("when",), {"when": self.when, "set": self.set_value}

    def oddities(self) -> Iterator[Mistake]:
        """Yield a flag whose values are those of the other way round."""
        if (self.set_value, self.unset_value) == ("0", "1"):
            yield "M0078", ("set",), {"sign": self.when, "meaning": "0", "other": "1"}

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return an open end and an end, the open end written both ways."""
        lens, empty = cls(when="99999999", otherwise="00000000"), cls(when="", otherwise="00000000")
        left_open = "assumed: a layout without a sentinel leaves the end date of the latest record empty"
        return (
            Example(lens, ("99999999",), ("1",), f"{SPEC}: 99999999 = open end"),
            Example(lens, ("20240301",), ("0",), f"{SPEC}: 99999999 = open end", ("00000000",)),
            Example(empty, ("",), ("1",), left_open),
            Example(empty, ("20240301",), ("0",), left_open, ("00000000",)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return nothing: every value is set or unset."""
        return ()


def _either(value: pl.Expr, this: str, then: str, otherwise: str) -> pl.Expr:
    """Return ``then`` for ``this`` and ``otherwise`` for any other text; null stays null."""
    return pl.when(value == this).then(pl.lit(then)).when(value.is_not_null()).then(pl.lit(otherwise))
