"""What spreadsheets make of numbers, and what programs write for nothing: texts that are hardly anybody's value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from stdconv.domains.check import check_value
from stdconv.domains.sets import Domain, is_whole
from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW
from stdconv.findings.shapes import shape


class Doubt(NamedTuple):
    """A kind of such texts: its code on either side, a pattern for all of it, and texts of it."""

    legacy: str
    standard: str
    pattern: str
    probes: tuple[str, ...]


NUMBERS = Doubt(
    "T0034",
    "S0030",
    "^[+-]?[0-9](?:[.][0-9]+)?[eE][+][0-9]{2,3}$",
    ("1.23E+09", "1E+10", "1.23457e+15"),
)
"""Scientific notation as a spreadsheet shows a number of many digits."""
NOTHING = Doubt(
    "T0035",
    "S0030",
    r"^(?:#(?:N/A|REF!|VALUE!|NAME[?]|NUM!|NULL!|DIV/0!|SPILL!|CALC!|#{2,})|NULL|Null|null|[(](?:NULL|null)[)]"
    r"|<(?:NULL|null)>|[Nn]a[Nn]|NAN|None|nil|undefined|N/A|n/a|\\N)$",
    ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#####", "NULL", "null", "(null)", "NaN", "None", "N/A", "\\N"),
)
"""Errors of spreadsheets, and what databases and programs write where there is no value."""
DOUBTS = (NUMBERS, NOTHING)
EITHER = "|".join(doubt.pattern for doubt in DOUBTS)


@lru_cache(maxsize=2048)
def admits_any(domain: Domain) -> bool:
    """Return whether a column of ``domain`` takes such texts: where it does not, they are refused anyway."""
    if is_whole(domain):
        return False
    probes = pl.DataFrame({"v": [probe for doubt in DOUBTS for probe in doubt.probes]})
    return bool(probes.select(check_value(domain, pl.col("v")).any()).item())


def doubtful(frame: pl.DataFrame, columns: Mapping[str, str], side: str) -> Iterator[pl.DataFrame]:
    """Yield findings about such texts in ``columns`` of ``frame``, each with the name that the finding gives it."""
    texts = [name for name, dtype in frame.schema.items() if name in columns and dtype == pl.String]
    if not texts or frame.is_empty():
        return
    marks = frame.select(pl.col(name).str.contains(EITHER) for name in texts)
    for name in [mark.name for mark in marks if mark.any()]:
        found = frame.filter(marks[name]).select(ROW, value=pl.col(name))
        for doubt in DOUBTS:
            rows = found.filter(pl.col("value").str.contains(doubt.pattern))
            if len(rows):
                code = doubt.standard if side == "standard" else doubt.legacy
                detail = rows.select(shape(pl.col("value"))).to_series()
                yield about_rows(rows[ROW], code, side=side, column=columns[name], detail=detail)


def open_columns(domains: Iterable[tuple[str, Domain]]) -> dict[str, str]:
    """Return those of the columns that take such texts, each by its own name."""
    return {name: name for name, domain in domains if admits_any(domain)}
