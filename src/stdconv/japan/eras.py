"""The eras 明治 to 令和 on the Gregorian calendar: their codes, first and last days, and the days between.

Source: docs/domain.md, section Dates (明治 from 1873-01-01, the first Gregorian day; 1912-07-30 and 1926-12-25 belong
to both eras). The codes 1–5 are those of ``schemas/standard/codes/gengo.csv``; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

OPEN_END = "9999-12-31"
"""The last day of the standard's open ranges, and of the era that is not over."""


@dataclass(frozen=True, slots=True)
class Era:
    """An era: its name, its 元号 code, the Gregorian year of its year 1, and its first and last day (ISO text)."""

    name: str
    code: str
    year_one: int
    first: str
    last: str


ERAS = (
    Era("明治", "1", 1868, "1873-01-01", "1912-07-30"),
    Era("大正", "2", 1912, "1912-07-30", "1926-12-25"),
    Era("昭和", "3", 1926, "1926-12-25", "1989-01-07"),
    Era("平成", "4", 1989, "1989-01-08", "2019-04-30"),
    Era("令和", "5", 2019, "2019-05-01", OPEN_END),
)
BY_NAME = {era.name: era for era in ERAS}
BY_CODE = {era.code: era for era in ERAS}
