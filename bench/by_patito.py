"""resident-link/1.0 as a patito model: it tells the columns in which something is wrong, and not in which rows.

python bench/by_patito.py STANDARD RESULT
"""

# ruff: noqa: PLC2401 - the columns have these names

from __future__ import annotations

import sys
from typing import Literal

import patito as pt
import polars as pl
from frames import KEY, era_by_kind, era_of_date, is_day, is_short, read, write_lines
from rules import HISTORY, LONGEST_HISTORY, LONGEST_NUMBER, NAME, NUMBER


class Resident(pt.Model):
    row: int
    宛名番号: str = pt.Field(pattern=NUMBER, max_length=LONGEST_NUMBER, constraints=pl.struct(KEY).is_unique())
    履歴番号: str = pt.Field(pattern=HISTORY, max_length=LONGEST_HISTORY)
    世帯番号: str | None = pt.Field(pattern=NUMBER, max_length=LONGEST_NUMBER)
    住民種別: Literal["1", "2"]
    住民状態: Literal["1", "2", "3", "9"]
    異動年月日: str | None = pt.Field(constraints=is_day(pt.field))
    氏名: str = pt.Field(pattern=NAME, constraints=is_short(pt.field))
    性別: Literal["0", "1", "2"]
    生年月日_元号: Literal["1", "2", "3", "4", "5"] | None = pt.Field(constraints=[era_by_kind(), era_of_date()])
    生年月日: str | None = pt.Field(constraints=is_day(pt.field))


def main(standard: str, result: str) -> bool:
    try:
        Resident.validate(read(standard))
    except pt.exceptions.DataFrameValidationError as errors:
        return write_lines({str(error["loc"][0]) for error in errors.errors()}, result)
    return write_lines((), result)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
