"""Dates that are not fully known (不詳): the wordings that the standard permits for them, and those that digits mean.

Source: docs/domain.md, section Dates, fourteen wordings in full-width digits. There they are written with 令和, which
means any of the five eras (assumed). A number has no leading zeros and a first year is 元年 or １年 (assumed); 春,
上旬 and 中旬頃 are meant literally (assumed).
"""

from __future__ import annotations

from collections.abc import Iterator

from stdconv.japan.eras import ERAS, Era

ALL = "年月日不詳"
"""Nothing is known of the date."""

ESTIMATED = "推定"

SIGNS = "推定月日頃春上旬中不詳から年元までの間"
"""Every character of the wordings but digits and eras."""

LAST_YEAR = 99
"""The last year of an era that two digits can write."""

_YEAR = f"({'|'.join(era.name for era in ERAS)})(元|[１-９][０-９]?)年"
_MONTH = "([１-９]|１[０-２])月"
_DAY = "([１-９]|[１２][０-９]|３[０１])日"

WORDINGS = (
    f"{_YEAR}頃",
    f"{_YEAR}{_MONTH}頃",
    f"{_YEAR}{_MONTH}{_DAY}頃",
    f"{ESTIMATED}{_YEAR}{_MONTH}{_DAY}",
    f"{ESTIMATED}{_YEAR}{_MONTH}",
    f"{_YEAR}春",
    f"{_YEAR}{_MONTH}上旬",
    f"{_YEAR}{_MONTH}中旬頃",
    ALL,
    f"{_YEAR}月日不詳",
    f"{_YEAR}{_MONTH}日不詳",
    f"{_YEAR}{_MONTH}{_DAY}から{_MONTH}{_DAY}頃までの間",
    f"{_YEAR}{_MONTH}{ESTIMATED}{_DAY}から{_DAY}までの間",
    f"{_YEAR}{_MONTH}{_DAY}頃から{_DAY}頃までの間",
)
"""The fourteen wordings in the order of the source, each without ``^`` and ``$``."""

PATTERN = f"^({'|'.join(WORDINGS)})$"
"""All of them as one pattern, for a column …_不詳表記."""

HALF_TO_FULL = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


def year_unknown_beyond(era: Era, year: int) -> str:
    """Return the wording for a date of which only the year is known.

    >>> from stdconv.japan.eras import BY_NAME
    >>> year_unknown_beyond(BY_NAME["昭和"], 60), year_unknown_beyond(BY_NAME["令和"], 1)
    ('昭和６０年月日不詳', '令和元年月日不詳')
    """
    return f"{_year(era, year)}月日不詳"


def month_unknown_beyond(era: Era, year: int, month: int) -> str:
    """Return the wording for a date of which only year and month are known.

    >>> from stdconv.japan.eras import BY_NAME
    >>> month_unknown_beyond(BY_NAME["昭和"], 60, 7)
    '昭和６０年７月日不詳'
    """
    return f"{_year(era, year)}{_number(month)}月日不詳"


def months(era: Era) -> Iterator[tuple[int, int]]:
    """Yield year and month for every month that ``era`` has a day of; 明治 1–5 have all, being lunisolar.

    >>> from stdconv.japan.eras import BY_NAME
    >>> found = list(months(BY_NAME["昭和"]))
    >>> found[:2], found[-1], found.index((60, 7)) > 0
    ([(1, 12), (2, 1)], (64, 1), True)
    """
    first = era.first[:7] if era.first.startswith(str(era.year_one)) else f"{era.year_one}-01"
    for year in range(1, LAST_YEAR + 1):
        for month in range(1, 13):
            if first <= f"{era.year_one + year - 1:04}-{month:02}" <= era.last[:7]:
                yield year, month


def months_of_one_era() -> Iterator[tuple[Era, int, int]]:
    """Yield era, year and month for every month of the Gregorian calendar that is in that era alone."""
    for era in ERAS:
        for year, month in months(era):
            called = f"{era.year_one + year - 1:04}-{month:02}"
            if [other for other in ERAS if other.first[:7] <= called <= other.last[:7]] == [era]:
                yield era, year, month


def _year(era: Era, year: int) -> str:
    return f"{era.name}{'元' if year == 1 else _number(year)}年"


def _number(number: int) -> str:
    return "".join(HALF_TO_FULL[digit] for digit in str(number))
