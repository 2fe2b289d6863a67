"""The synthetic town: its records against rules that were written without it (reference_town)."""

from __future__ import annotations

from collections import Counter
from functools import cache

import polars as pl
import pytest
from reference_town import faults_of_histories, faults_of_households, faults_of_records

from stdconv.town import residents

SEEDS = (1, 20_261_001)
RECORDS = 20_000
every_seed = pytest.mark.parametrize("seed", SEEDS)


@cache
def frames(seed: int) -> list[pl.DataFrame]:
    found: list[pl.DataFrame] = []
    for frame in residents(seed):
        found.append(frame)
        if sum(map(len, found)) >= RECORDS:
            return found
    raise AssertionError("the town has an end")


@cache
def rows(seed: int) -> list[dict[str, str]]:
    whole = pl.concat(frames(seed)).drop("_household")
    return [{name: value for name, value in row.items() if value is not None} for row in whole.iter_rows(named=True)]


def seen(faults: list[tuple[str, ...]]) -> Counter[str]:
    return Counter(fault[-1] for fault in faults)


@every_seed
def test_every_record_obeys_the_rules_of_records(seed: int) -> None:
    assert len(rows(seed)) >= RECORDS
    assert seen(list(faults_of_records(rows(seed)))) == {}


@every_seed
def test_every_history_is_one(seed: int) -> None:
    assert seen(list(faults_of_histories(rows(seed)))) == {}


@every_seed
def test_every_household_has_one_head(seed: int) -> None:
    assert seen(list(faults_of_households(rows(seed)))) == {}
