"""Each check finds the faults that were planted into a town, and nothing else in it: a small one by day, 100,000 by night.

By night, or with ``-s``, the table is printed: code, planted, found, false.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache

import polars as pl
import pytest

import stdconv
from oracles.planted import FAULTS, GROUP, Planted, plant
from stdconv.town import residents
from support.nightly import IS_NIGHTLY

SCHEMA = "resident-basic/0.2"
SEED = 19
RECORDS, HOUSEHOLDS = (100_000, 2000) if IS_NIGHTLY else (3000, 400)


@cache
def town() -> pl.DataFrame:
    """Return whole households of so many records."""
    found: list[pl.DataFrame] = []
    for frame in residents(SEED, HOUSEHOLDS, edition=SCHEMA):
        found.append(frame)
        if sum(map(len, found)) > RECORDS:
            break
    whole = pl.concat(found)
    return whole.filter(pl.col(GROUP) < whole[GROUP][RECORDS])


def told(records: pl.DataFrame) -> pl.DataFrame:
    """Return what is found. The town has no 個人番号: that a rule was not checked for that is no fault of a record."""
    return stdconv.validate(records, SCHEMA).findings.filter(pl.col("code") != "D0012")


@cache
def planted() -> tuple[Planted, list[tuple[str, int, int, int]]]:
    made = plant(town())
    return made, made.table(told(made.records))


def test_nothing_is_found_in_the_clean_town() -> None:
    found = told(town().drop(GROUP))
    assert found.group_by("code", "column").len().sort("code").rows() == []


def test_each_check_finds_its_faults_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    made, table = planted()
    lines = [f"{len(made.records)} records", f"{'code':6}{'planted':>9}{'found':>9}{'false':>9}"]
    lines += [f"{code:6}{count:9}{found:9}{false:9}" for code, count, found, false in table]
    with capsys.disabled() if IS_NIGHTLY else nullcontext():
        print("", *lines, sep="\n")
    assert [row for row in table if row[1] != row[2] or row[3]] == []


def test_every_fault_was_planted_several_times() -> None:
    made, _ = planted()
    where = list(made.where.values())
    assert {fault.what: where.count(fault) for fault in FAULTS if where.count(fault) < RECORDS // 1000} == {}


def test_every_code_of_the_schema_has_a_fault() -> None:
    """A new check is not done before somebody has planted what it finds."""
    schema = stdconv.load_schema(SCHEMA)
    said = {check.code for check in schema.checks} | {code for rule in schema.dataset for code in rule.codes}
    assert said - {fault.code for fault in FAULTS} == set()
