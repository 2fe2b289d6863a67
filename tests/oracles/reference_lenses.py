"""The oracle's lenses: what docs/lenses.md says, one plain function each, forward only.

A lens takes its step's options and the legacy texts ("" = empty, ``None`` = no lookup says it) and answers the
standard values and the spelling that comes back, or why not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Texts = tuple["str | None", ...]
# docs/domain.md, Dates: the first and the last day of each era
ERAS = {
    "明治": ("1", (1868, 1, 1), (1912, 7, 30)),  # year 1; its first Gregorian day is 1873-01-01
    "大正": ("2", (1912, 7, 30), (1926, 12, 25)),
    "昭和": ("3", (1926, 12, 25), (1989, 1, 7)),
    "平成": ("4", (1989, 1, 8), (2019, 4, 30)),
    "令和": ("5", (2019, 5, 1), (9999, 12, 31)),
}
FIRST_GREGORIAN = (1873, 1, 1)
BLANKS = " \u3000"


@dataclass
class Answer:
    """What a lens says: values and the spelling that comes back, or codes (``possible``: the design leaves it open)."""

    values: Texts | None = None
    back: Texts = ()
    codes: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)


def refuse(*codes: str) -> Answer:
    """Refuse with a code; with one of several, where the design does not say with which."""
    return Answer(codes=set(codes)) if len(codes) == 1 else Answer(possible=set(codes))


def days_in(year: int, month: int) -> int:
    """Return how many days a month of the Gregorian calendar has, also in year 0; 0 where there is no such month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return {4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31) if 1 <= month <= 12 else 0


def is_day(year: int, month: int, day: int) -> bool:
    """Tell whether the Gregorian calendar has the day."""
    return 1 <= day <= days_in(year, month)


def iso(year: int, month: int, day: int) -> str:
    """Write a day as the standard does."""
    return f"{year:04}-{month:02}-{day:02}"


def is_digits(text: str, count: int) -> bool:
    """Tell whether the text is so many half-width digits."""
    return len(text) == count and all(character in "0123456789" for character in text)


def not_digits(text: str, count: int) -> Answer:
    """Refuse a text that is not so many half-width digits."""
    half = "".join(chr(ord(c) - 0xFEE0) if "０" <= c <= "９" else c for c in text)
    if half == text:
        return refuse("T0003")
    return refuse("T0019") if is_digits(half, count) else refuse("T0003", "T0019")


def recode(options: dict[str, Any], texts: Texts) -> Answer:
    """Answer by the table."""
    (text,) = texts
    table: dict[str, str] = options["table"]
    if text not in table:
        return refuse("T0002")
    spellings = [legacy for legacy, standard in table.items() if standard == table[text]]
    written = spellings[0] if len(spellings) == 1 else options["canonical"][table[text]]
    return Answer((table[text],), (written,))


def compact_date(options: dict[str, Any], texts: Texts) -> Answer:
    """YYYYMMDD; the sentinel and the empty text are no date."""
    text = texts[0] or ""
    none = options.get("none")
    if text in {"", none}:
        return Answer((None,), (none or "",))
    if not is_digits(text, 8):
        return not_digits(text, 8)
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return Answer((iso(year, month, day),), (text,)) if is_day(year, month, day) else refuse("T0004")


def wareki(options: dict[str, Any], texts: Texts) -> Answer:
    """GYYMMDD; G is a digit or a letter."""
    text = texts[0] or ""
    is_letter = text[:1].isascii() and text[:1].isalpha()
    if not is_digits(text[1:] if is_letter else text, 6 if is_letter else 7):
        return not_digits(text, 7)
    first, number, month, day = text[0], int(text[1:3]), int(text[3:5]), int(text[5:])
    if first in options.get("western", {}):
        year = int(options["western"][first]) * 100 + number
        return Answer((None, iso(year, month, day)), texts) if is_day(year, month, day) else refuse("T0004")
    if first not in options["eras"]:
        return refuse("T0008")
    if number == 0:
        return refuse("T0004")
    return _era_day(options["eras"][first], number, month, day, texts)


def _era_day(name: str, number: int, month: int, day: int, texts: Texts) -> Answer:
    """Answer for a day of an era."""
    code, start, end = ERAS[name]
    year = start[0] + number - 1
    if name == "明治" and number <= 5:
        return refuse("T0007") if is_day(year, month, day) else refuse("T0004", "T0007")
    if not is_day(year, month, day):
        return refuse("T0004") if year <= end[0] else refuse("T0004", "T0005")
    if (year, month, day) < start:
        return refuse("T0006")
    if (year, month, day) > end:
        return refuse("T0005")
    return Answer((code, iso(year, month, day)), texts)


def era_column(options: dict[str, Any], texts: Texts) -> Answer:
    """Take an era's label and a Western date."""
    label, text = texts[0] or "", texts[1] or ""
    eras: dict[str, str] = options["eras"]
    if text == "":
        return refuse("T0010") if label in eras else refuse("T0010", "T0008")
    date = compact_date({}, (text,))
    if label and label not in eras:
        return refuse("T0008") if date.values else refuse("T0008", *date.codes, *date.possible)
    if date.values is None:
        return date
    if not label:
        return Answer((None, *date.values), ("", text))
    code, start, end = ERAS[eras[label]]
    parts = (int(text[:4]), int(text[4:6]), int(text[6:]))
    if max(start, FIRST_GREGORIAN) <= parts <= end:
        return Answer((code, *date.values), (label, text))
    return refuse("T0009")


def badly_divided(text: str) -> bool:
    """Tell whether blanks stand in front, behind or doubled."""
    return any(part == "" for part in text.replace(" ", "\u3000").split("\u3000"))


def name_separator(options: dict[str, Any], texts: Texts) -> Answer:
    """One blank of either width between the elements."""
    text = texts[0] or ""
    if badly_divided(text):
        return refuse("T0011")
    name = text.replace(" ", "\u3000")
    return Answer((name,), (name,), warnings=set() if "\u3000" in name else {"T0012"})


def name_parts(options: dict[str, Any], texts: Texts) -> Answer:
    """A name and its parts from a lookup."""
    name, family, given = (text or "" for text in texts)
    if name == "":
        return refuse("T0001", "T0011", "T0020", "S0001")  # 氏名 is required: refused in any case
    plain = "".join(character for character in name if character not in BLANKS)
    spelled = "".join(character for character in family + given if character not in BLANKS)
    if family and given and spelled == plain:
        if badly_divided(family) or badly_divided(given):
            return refuse("T0011") if name == plain else refuse("T0011", "T0020")
        divided = f"{family}\u3000{given}".replace(" ", "\u3000")
        if name == plain or name.replace(" ", "\u3000") == divided:
            return Answer((divided,), (plain, family, given))
        return refuse("T0011", "T0020") if badly_divided(name) else refuse("T0020")
    if name != plain:
        return refuse("T0011", "T0020") if badly_divided(name) else refuse("T0020")
    return Answer((name,), (name, "", ""), warnings={"T0012", "T0013"} if family or given else {"T0012"})


LENSES: dict[str, Callable[[dict[str, Any], Texts], Answer]] = {
    "recode": recode,
    "wareki": wareki,
    "compact_date": compact_date,
    "era_column": era_column,
    "name_separator": name_separator,
    "name_parts": name_parts,
}


def takes_empty(step: dict[str, Any]) -> bool:
    """Tell whether a step's table or sentinel names the empty value, so that the lens is asked."""
    return "" in step.get("table", {}) or "none" in step
