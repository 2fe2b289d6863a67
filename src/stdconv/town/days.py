"""The town's calendar: days are counted as ``datetime.date`` counts them, and written as the standard writes them."""

from __future__ import annotations

import datetime
from functools import cache
from random import Random

from stdconv.japan.eras import ERAS, Era
from stdconv.japan.unknowndates import ALL, HALF_TO_FULL, month_unknown_beyond, year_unknown_beyond
from stdconv.town.columns import State
from stdconv.town.dice import between, pick


def day(text: str) -> int:
    """Return the number of the day that ``text`` (YYYY-MM-DD) names."""
    return datetime.date.fromisoformat(text).toordinal()


TODAY = day("2026-10-01")
"""The day the town is looked at: nothing happens after it (assumed: any day would do)."""

LAST = TODAY - 21
"""The last day on which something may happen that takes until today to be notified."""

COMPUTERS = day("1996-04-01")
"""The first day on which anything was typed in; what is older was carried over then (assumed)."""

FOREIGNERS = day("2012-07-09")
"""Since this day foreign residents are in the register: the amended 住民基本台帳法 came into force."""

FORMER_NAMES = day("2019-11-05")
"""Since this day a 旧氏 may be recorded: 住民基本台帳法施行令."""

READINGS = day("2025-05-26")
"""Since this day the 戸籍 has readings, which are being notified to the residents' register."""

BOUNDARIES = tuple(
    day(text)
    for text in (
        *("1926-12-24", "1926-12-25", "1926-12-26", "1989-01-07", "1989-01-08"),
        *("2019-04-30", "2019-05-01", "1912-07-30", "1926-12-25"),
    )
)
"""Days about the ends of eras, on which more people are born here than anywhere."""


@cache
def iso(number: int) -> str:
    """Return the day ``number`` as the standard writes it.

    >>> iso(day("2019-05-01"))
    '2019-05-01'
    """
    return datetime.date.fromordinal(number).isoformat()


@cache
def years_after(number: int, years: int) -> int:
    """Return the day ``years`` years later; what would be 29 February of a common year is the day after it.

    >>> iso(years_after(day("2000-02-29"), 1)), iso(years_after(day("1960-07-01"), 75))
    ('2001-03-01', '2035-07-01')
    """
    date = datetime.date.fromordinal(number)
    if (date.month, date.day) == (2, 29):
        return datetime.date(date.year + years, 2, 28).toordinal() + 1
    return date.replace(year=date.year + years).toordinal()


def years_old(born: int, number: int) -> int:
    """Return how many years somebody born on the day ``born`` is old on the day ``number``.

    >>> years_old(day("2000-10-02"), TODAY), years_old(day("2000-10-01"), TODAY)
    (25, 26)
    """
    birth, now = datetime.date.fromordinal(born), datetime.date.fromordinal(number)
    return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))


@cache
def eras(number: int) -> tuple[Era, ...]:
    """Return the eras that the day belongs to: one, or two on the days when 大正 and 昭和 began."""
    text = iso(number)
    return tuple(era for era in ERAS if era.first <= text <= era.last)


def wording(rng: Random, number: int) -> str:
    """Draw one of the permitted wordings for a day that is not fully known, near the day ``number``."""
    era, date = eras(number)[-1], datetime.date.fromordinal(number)
    year = date.year - era.year_one + 1
    month = month_unknown_beyond(era, year, date.month).removesuffix("日不詳")
    first = min(date.day, 18)
    last = _full(first + between(rng, 1, 9))
    found = (
        ALL,
        year_unknown_beyond(era, year),
        month_unknown_beyond(era, year, date.month),
        f"{month}頃",
        f"{month}{_full(date.day)}日頃",
        f"推定{month}{_full(date.day)}日",
        f"推定{month}",
        f"{month}上旬",
        f"{month}中旬頃",
        f"{month}{_full(first)}日頃から{last}日頃までの間",
        f"{month}推定{_full(first)}日から{last}日までの間",
    )
    return pick(rng, found)


def _full(number: int) -> str:
    return "".join(HALF_TO_FULL[digit] for digit in str(number))


def put(state: State, column: str, number: int | str) -> None:
    """Write a day into ``column``, or the wording for one that is not known, and the flag."""
    flag, words = f"{column}_不詳フラグ", f"{column}_不詳表記"
    for name in (column, flag, words):
        state.pop(name, None)
    if isinstance(number, int):
        state[column], state[flag] = iso(number), "0"
    else:
        state[flag], state[words] = "1", number
