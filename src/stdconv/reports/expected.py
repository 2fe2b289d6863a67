"""What was said of a file from outside beside what was counted in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from stdconv.definitions.model import Data
from stdconv.findings.phrases import words

Way: TypeAlias = Literal["records", "people", "households", "keys"]
"""What was given: a number of records, people or households, or a list of people's keys."""


class ExpectedUse(Data):
    """What was ``said`` from outside and what was ``counted`` of the same; of a list, how many different keys it has.

    Records and people are counted as they were read, refused ones among them. Of a list ``missing`` counts its keys
    that no record has, ``extra`` the people who are not in it, ``repeated`` its lines with a key that came before.
    ``unread`` counts the records that do not say whose they are: they may be those of missing people.
    """

    way: Way
    said: int
    counted: int
    agrees: bool
    unread: int
    missing: int | None = None
    extra: int | None = None
    repeated: int | None = None


def expected_lines(expected: Sequence[ExpectedUse], lang: str) -> Iterator[str]:
    """Yield what was said and counted, each a line."""
    said = words("expected", lang)
    for use in expected:
        numbers = {name: f"{number:,}" for name, number in use.model_dump().items() if type(number) is int}
        line = said[use.way].format(**numbers, agrees=said["agrees" if use.agrees else "differs"])
        repeated = said["repeated"].format(**numbers) if use.repeated else ""
        yield line + repeated


def expected_counts(expected: Sequence[ExpectedUse]) -> dict[str, int]:
    """Return the numbers by name, for formats that have a place for such pairs."""
    found: dict[str, int] = {}
    for use in expected:
        found |= {f"expected_{use.way}": use.said, f"counted_{use.way}": use.counted}
        if use.missing is not None and use.extra is not None:
            found |= {"expected_keys_missing": use.missing, "expected_keys_extra": use.extra}
    return found
