"""What lenses for dates share: digits to ISO dates and back, and what is wrong with digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, StringConstraints

from stdconv.domains.check import CALENDAR
from stdconv.domains.sets import AnyOf, Date, Domain, Text
from stdconv.japan.eras import BY_NAME
from stdconv.lenses.base import Branch, Lens, Mistake

LINK = "審議項目1関係資料"
SPEC = "docs/domain.md, Dates"
Sign = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]$")]
EraName = Literal["明治", "大正", "昭和", "平成", "令和"]

FULL_WIDTH = "[０-９]"


LEAP = f"{SPEC}: 29 February of a common year is permitted in 生年月日"


class Dated(Lens):
    """A lens for dates. With ``common_leap_day`` 29 February is a day of every year."""

    common_leap_day: bool = Field(
        default=False,
        description="Whether 29 February is a day of every year, as the standard permits in 生年月日 and some other "
        "columns.",
        examples=[True],
    )

    @property
    def days(self) -> Domain:
        """The days that are dates."""
        return AnyOf((Date(), Text("^[0-9]{4}-02-29$"))) if self.common_leap_day else Date()

    def leap_days(self, date: pl.Expr, legacy: str) -> Iterator[Branch]:
        """Yield the way of 29 February of a common year, if there is one; ``date`` is what the lens reads last."""
        if self.common_leap_day:
            taken = date.str.ends_with("-02-29") & ~date.str.contains(CALENDAR)
            yield Branch(("common_leap_day",), taken, legacy, ((self.gives - 1, "1985-02-29"),))


def said_again(option: str, table: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield the meanings that a table of an option gives to several spellings: none can be written back."""
    for meaning, count in Counter(table.values()).items():
        if count > 1:
            yield "M0016", (option,), {"meaning": meaning}


_INITIALS = {"明": "明治", "大": "大正", "昭": "昭和", "平": "平成", "令": "令和"} | dict(
    zip("MTSHR", BY_NAME, strict=True)
)


def crossed_eras(eras: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield eras whose sign is another era's initial, and digits that do not follow one another as the eras do."""
    for sign, name in eras.items():
        initial = _INITIALS.get(sign.upper()[:1])
        if initial is not None and initial != name:
            yield "M0078", ("eras", sign), {"sign": sign, "meaning": name, "other": initial}
    digits = sorted(sign for sign in eras if sign.isdecimal())
    in_order = sorted((eras[sign] for sign in digits), key=list(BY_NAME).index)
    for sign, name in zip(digits, in_order, strict=True):
        if name != eras[sign]:
            yield "M0078", ("eras", sign), {"sign": sign, "meaning": eras[sign], "other": name}


def crossed_centuries(western: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield centuries whose sign is the last digit of another century of the table: 9 for 20, where 19 is one too."""
    for sign, century in western.items():
        for other in western.values():
            if other != century and other[-1] == sign:
                yield "M0078", ("western", sign), {"sign": sign, "meaning": century, "other": other}


def iso(digits: pl.Expr) -> pl.Expr:
    """YYYYMMDD → YYYY-MM-DD; anything else becomes what no calendar has."""
    return pl.concat_str(digits.str.slice(0, 4), month_and_day(digits.str.slice(4)))


def month_and_day(digits: pl.Expr) -> pl.Expr:
    """MMDD → -MM-DD."""
    return pl.concat_str(pl.lit("-"), digits.str.slice(0, 2), pl.lit("-"), digits.str.slice(2))


def compact(iso: pl.Expr) -> pl.Expr:
    """YYYY-MM-DD → YYYYMMDD."""
    return iso.str.replace_all("-", "", literal=True)


def iso_time(digits: pl.Expr) -> pl.Expr:
    """HHMMSS → HH:MM:SS; anything else becomes what no clock shows."""
    return pl.concat_str(digits.str.slice(0, 2), digits.str.slice(2, 2), digits.str.slice(4), separator=":")


def compact_time(iso: pl.Expr) -> pl.Expr:
    """HH:MM:SS → HHMMSS."""
    return iso.str.replace_all(":", "", literal=True)


def why(cases: list[tuple[pl.Expr, str]], otherwise: str | pl.Expr) -> pl.Expr:
    """Return the code of the first case that applies."""
    answer = pl.lit(otherwise) if isinstance(otherwise, str) else otherwise
    for applies, code in reversed(cases):
        answer = pl.when(applies.fill_null(value=False)).then(pl.lit(code)).otherwise(answer)
    return answer


def western_why(value: pl.Expr) -> pl.Expr:
    """Distinguish full-width digits, other shapes and days that do not exist."""
    return why(
        [
            (value.str.contains(FULL_WIDTH), "T0019"),
            (~value.str.contains("^[0-9]{8}$"), "T0003"),
        ],
        "T0004",
    )
