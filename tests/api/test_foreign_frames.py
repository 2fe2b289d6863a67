"""Tables of other libraries: read as what they are, and what cannot be read says so without a value."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

import stdconv

A, SCHEMA = "vendor-a/resident-link", "resident-link/1.0"
NAME = "行政　花子"


class Bare:
    """A table of a library that nobody knows."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def relation(frame: pl.DataFrame) -> Any:
    return duckdb.from_arrow(frame.to_arrow())


def of_pandas(frame: pl.DataFrame) -> Any:
    """A frame as pandas reads a CSV file, absent values as it has them, with an index that counts anything."""
    made = pd.DataFrame(frame.to_dict(as_series=False))
    made.index = pd.Index(range(100, 100 + len(made)))
    return made


def of_objects(frame: pl.DataFrame) -> Any:
    """The same with Python's objects, where NaN is an absent value too."""
    made = of_pandas(frame).astype(object)
    return made.where(made.notna(), float("nan"))


TABLES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars, lazy": pl.DataFrame.lazy,
    "pyarrow": pl.DataFrame.to_arrow,
    "pyarrow in batches": lambda frame: pa.Table.to_batches(frame.to_arrow())[0],
    "a reader of pyarrow": lambda frame: frame.to_arrow().to_reader(),
    "duckdb": relation,
    "pandas": of_pandas,
    "pandas, objects": of_objects,
    "another library": Bare,
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_another_library_gives_what_a_frame_of_polars_gives(
    kind: str, legacy: pl.DataFrame, standard: pl.DataFrame
) -> None:
    table = TABLES[kind]
    assert_frame_equal(stdconv.convert(table(legacy), A).standard.drop("_row"), standard)
    assert_frame_equal(stdconv.restore(table(standard), A).legacy, stdconv.restore(standard, A).legacy)
    damaged = standard.with_columns(性別=pl.lit("x"))
    findings = stdconv.validate(table(damaged), SCHEMA).findings
    assert_frame_equal(findings, stdconv.validate(damaged, SCHEMA).findings)
    assert "S0004" in findings["code"].to_list()


@pytest.mark.parametrize("kind", TABLES)
def test_absent_values_are_absent_whatever_a_library_calls_them(kind: str, standard: pl.DataFrame) -> None:
    given = standard.with_columns(氏名=pl.when(pl.int_range(pl.len()) % 3 > 0).then("氏名"))
    assert given["氏名"].null_count() == 10
    findings = stdconv.validate(TABLES[kind](given), SCHEMA).findings
    assert findings.filter(code="S0001")["_row"].to_list() == list(range(1, 31, 3))


def test_lookups_and_residues_are_taken_from_tables_too(legacy: pl.DataFrame) -> None:
    plan = stdconv.load_mapping(A)
    lookup = plan.mapping.lookups["households"]
    rows = pl.DataFrame(dict.fromkeys((*lookup.key, *lookup.columns), legacy["住民番号"])).unique()
    here = stdconv.convert(legacy, plan, lookups={"households": rows})
    there = stdconv.convert(legacy, plan, lookups={"households": rows.to_arrow()})
    assert_frame_equal(there.standard, here.standard)
    again = stdconv.restore(here.standard, plan, residue=here.residue.to_arrow())
    assert_frame_equal(again.legacy.drop("_row"), legacy)


def test_an_index_of_pandas_is_no_column(legacy: pl.DataFrame) -> None:
    indexed = of_pandas(legacy).set_index("氏名")
    with pytest.raises(stdconv.DefinitionError) as caught:
        stdconv.convert(indexed, A)
    assert "氏名" in str(caught.value)
    assert "__index_level_0__" not in str(caught.value)


class Failing:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise self.error


UNREADABLE: dict[str, Callable[[], Any]] = {
    "an object that fails": lambda: Failing(RuntimeError(NAME)),
    "no capsule": type("Table", (), {"__arrow_c_stream__": lambda *_: NAME}),
    "a query that fails": lambda: duckdb.sql("select error(?) as 氏名 from range(9)", params=[NAME]),
    "values of several types": lambda: pd.DataFrame({"氏名": pd.Series([NAME, 5], dtype=object)}),
    "two columns of one name": lambda: pa.table([pa.array([NAME]), pa.array([NAME])], names=[NAME, NAME]),
    "two columns of one name in pandas": lambda: pd.DataFrame([[NAME, NAME]], columns=[NAME, NAME]),
    "a column alone": lambda: pa.chunked_array([[NAME]]),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_table_that_cannot_be_read_says_so_without_a_value(kind: str) -> None:
    with pytest.raises(stdconv.DefinitionError, match="C0093") as caught:
        stdconv.convert(UNREADABLE[kind](), A)
    assert NAME not in caught.value.text("ja") + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_what_is_no_error_is_not_caught() -> None:
    with pytest.raises(KeyboardInterrupt):
        stdconv.convert(Failing(KeyboardInterrupt()), A)


def test_pandas_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch, legacy: pl.DataFrame) -> None:
    table = of_pandas(legacy)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(stdconv.DefinitionError, match=r"C0094.*pip install pyarrow"):
        stdconv.convert(table, A)


@pytest.mark.parametrize("given", [pl.Series([NAME]), pl.DataFrame, [{"氏名": NAME}]], ids=["series", "class", "list"])
def test_what_is_no_table_is_refused(given: Any) -> None:
    with pytest.raises(stdconv.DefinitionError, match="C0060"):
        stdconv.convert(given, A)
