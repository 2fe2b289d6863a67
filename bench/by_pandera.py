"""resident-link/1.0 as a pandera schema for polars: lazy validation, which tells every failure case with its row.

python bench/by_pandera.py STANDARD RESULT
"""

from __future__ import annotations

import sys

import pandera.polars as pa
import polars as pl
from frames import KEY, ROW, era_by_kind, era_of_date, is_day, is_short, read, write
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors
from rules import HISTORY, KINDS, LONGEST_HISTORY, LONGEST_NUMBER, NAME, NUMBER, SEXES, SPANS, STATES


def day(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(is_day(pl.col(data.key)))


def short(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(is_short(pl.col(data.key)))


def agrees_with_kind(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(era_by_kind())


def agrees_with_date(data: PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(era_of_date())


NUMBERS = [pa.Check.str_matches(NUMBER), pa.Check.str_length(max_value=LONGEST_NUMBER)]
HISTORIES = [pa.Check.str_matches(HISTORY), pa.Check.str_length(max_value=LONGEST_HISTORY)]
RESIDENT = pa.DataFrameSchema(
    {
        ROW: pa.Column(pl.UInt32),
        "宛名番号": pa.Column(pl.String, NUMBERS),
        "履歴番号": pa.Column(pl.String, HISTORIES),
        "世帯番号": pa.Column(pl.String, NUMBERS, nullable=True),
        "住民種別": pa.Column(pl.String, pa.Check.isin(KINDS)),
        "住民状態": pa.Column(pl.String, pa.Check.isin(STATES)),
        "異動年月日": pa.Column(pl.String, pa.Check(day), nullable=True),
        "氏名": pa.Column(pl.String, [pa.Check.str_matches(NAME), pa.Check(short)]),
        "性別": pa.Column(pl.String, pa.Check.isin(SEXES)),
        "生年月日_元号": pa.Column(pl.String, pa.Check.isin(list(SPANS)), nullable=True),
        "生年月日": pa.Column(pl.String, pa.Check(day), nullable=True),
    },
    checks=[pa.Check(agrees_with_kind), pa.Check(agrees_with_date)],
    unique=list(KEY),
    strict=True,
)


def main(standard: str, result: str) -> bool:
    try:
        RESIDENT.validate(read(standard), lazy=True)
    except SchemaErrors as errors:
        return write(errors.failure_cases["index"] + 1, result)
    return write(pl.Series(), result)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
