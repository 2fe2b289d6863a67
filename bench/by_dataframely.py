"""resident-link/1.0 as a dataframely schema: ``filter`` parts the records, and tells by which rules some are refused.

python bench/by_dataframely.py STANDARD RESULT
"""

from __future__ import annotations

import sys

import dataframely as dy
import polars as pl
from frames import ROW, era_by_kind, era_of_date, is_day, is_short, read, write
from rules import HISTORY, KINDS, LONGEST_HISTORY, LONGEST_NUMBER, NAME, NUMBER, SEXES, SPANS, STATES


class Resident(dy.Schema):
    row = dy.UInt32(alias=ROW)
    number = dy.String(alias="宛名番号", primary_key=True, regex=NUMBER, max_length=LONGEST_NUMBER)
    history = dy.String(alias="履歴番号", primary_key=True, regex=HISTORY, max_length=LONGEST_HISTORY)
    household = dy.String(alias="世帯番号", nullable=True, regex=NUMBER, max_length=LONGEST_NUMBER)
    kind = dy.String(alias="住民種別", check=lambda value: value.is_in(KINDS))
    state = dy.String(alias="住民状態", check=lambda value: value.is_in(STATES))
    moved = dy.String(alias="異動年月日", nullable=True, check=is_day)
    name = dy.String(alias="氏名", regex=NAME, check=is_short)
    sex = dy.String(alias="性別", check=lambda value: value.is_in(SEXES))
    era = dy.String(alias="生年月日_元号", nullable=True, check=lambda value: value.is_in(list(SPANS)))
    born = dy.String(alias="生年月日", nullable=True, check=is_day)

    @dy.rule()
    def era_by_kind(cls) -> pl.Expr:  # noqa: N805
        return era_by_kind()

    @dy.rule()
    def era_of_date(cls) -> pl.Expr:  # noqa: N805
        return era_of_date()


def main(standard: str, result: str) -> bool:
    _, failure = Resident.filter(read(standard))
    failure.counts()
    return write(failure.invalid()[ROW], result)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
