"""Frames of thirty synthetic residents, for tests that take them in other forms."""

from __future__ import annotations

import polars as pl
import pytest

import stdconv

A = "vendor-a/resident-link"


@pytest.fixture(scope="package")
def legacy() -> pl.DataFrame:
    return stdconv.sample(A, 30, 1).drop("_row")


@pytest.fixture(scope="package")
def standard(legacy: pl.DataFrame) -> pl.DataFrame:
    return stdconv.convert(legacy, A).standard.drop("_row")
