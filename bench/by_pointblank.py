"""resident-link/1.0 as a pointblank validation: a step for each rule, then the rows that fail in any of them.

python bench/by_pointblank.py STANDARD RESULT
"""

from __future__ import annotations

import sys

import pointblank as pb
import polars as pl
from frames import BORN, ERA, KEY, KIND, MOVED, ROW, era_by_kind, era_of_date, is_day, is_short, read, write
from frames import NAME as NAMED
from rules import HISTORY, KINDS, LONGEST_HISTORY, LONGEST_NUMBER, NAME, NUMBER, SEXES, SPANS, STATES


def main(standard: str, result: str) -> bool:
    required = ["宛名番号", "履歴番号", KIND, "住民状態", NAMED, "性別"]
    checked = (
        pb.Validate(read(standard))
        .col_vals_not_null(required)
        .col_vals_regex(["宛名番号", "世帯番号"], NUMBER, na_pass=True)
        .col_vals_str_len(["宛名番号", "世帯番号"], max_val=LONGEST_NUMBER, na_pass=True)
        .col_vals_regex("履歴番号", HISTORY, na_pass=True)
        .col_vals_str_len("履歴番号", max_val=LONGEST_HISTORY, na_pass=True)
        .col_vals_regex(NAMED, NAME, na_pass=True)
        .col_vals_expr(is_short(pl.col(NAMED)).fill_null(True))
        .col_vals_in_set(KIND, KINDS)
        .col_vals_in_set("住民状態", STATES)
        .col_vals_in_set("性別", SEXES)
        .col_vals_in_set(ERA, [*SPANS, None])
        .col_vals_expr(is_day(pl.col(MOVED)))
        .col_vals_expr(is_day(pl.col(BORN)))
        .col_vals_expr(era_by_kind())
        .col_vals_expr(era_of_date())
        .col_vals_expr(pl.struct(KEY).is_unique())
        .interrogate()
    )
    return write(checked.get_sundered_data("fail")[ROW], result)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
