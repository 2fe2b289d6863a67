"""Columns of other types: taken where each value has one spelling and that is asked for, refused with a remedy if not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv

pytestmark = pytest.mark.slow

A, B, SCHEMA = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"
DATE, SEX, NUMBER = "生年月日", "性別", "履歴番号"


def typed(standard: pl.DataFrame, units: Any = "us") -> pl.DataFrame:
    """Return standard records as a database would hold them."""
    return standard.with_columns(
        pl.col(DATE).str.to_date(),
        pl.col("異動年月日").str.to_datetime("%Y-%m-%d", time_unit=units),
        pl.col(NUMBER).cast(pl.Int64),
        pl.col(SEX).cast(pl.Enum(["0", "1", "2"])),
        pl.col("住民種別").cast(pl.UInt8),
        pl.col("住民状態").cast(pl.Decimal(38, 0)),
    )


@pytest.mark.parametrize("units", ["ns", "us", "ms"])
def test_standard_columns_are_cast_to_what_they_were(units: Any, standard: pl.DataFrame) -> None:
    standard = standard.with_columns(異動年月日=pl.lit("2024-03-01"))  # what nanoseconds reach
    given = typed(standard, units)
    assert stdconv.validate(given, SCHEMA, cast=True) == stdconv.validate(standard, SCHEMA)
    assert stdconv.restore(given, A, cast=True) == stdconv.restore(standard, A)
    session = stdconv.Validator(SCHEMA, cast=True)
    session.feed(given)
    assert session.finish().counts.refused == 0


def test_what_is_refused_after_a_cast_is_returned_as_records_of_texts(standard: pl.DataFrame) -> None:
    damaged = standard.with_columns(世帯番号=pl.lit("x" * 99))
    again = stdconv.restore(typed(damaged), A, cast=True)
    assert_frame_equal(again.refused.drop("_row"), damaged)


@pytest.mark.parametrize("kind", ["duckdb", "pandas"])
def test_tables_of_databases_are_cast_too(kind: str, standard: pl.DataFrame) -> None:
    relation = duckdb.from_arrow(standard.to_arrow())
    table: Any = relation.project(f"* REPLACE ({DATE}::DATE AS {DATE}, {NUMBER}::HUGEINT AS {NUMBER})")
    if kind == "pandas":
        table = pd.DataFrame(standard.to_dict(as_series=False))
        table[DATE], table[NUMBER] = pd.to_datetime(table[DATE]), table[NUMBER].astype("int64")
    assert stdconv.validate(table, SCHEMA, cast=True) == stdconv.validate(standard, SCHEMA)


def test_whole_numbers_of_a_legacy_frame_are_read_as_their_digits(legacy: pl.DataFrame) -> None:
    given = legacy.with_columns(pl.col("履歴番号", "住民番号").cast(pl.Int64))
    digits = given.with_columns(pl.col("履歴番号", "住民番号").cast(pl.String))
    assert stdconv.convert(given, A, cast=True) == stdconv.convert(digits, A)
    lookup = stdconv.load_mapping(A).mapping.lookups["households"]
    rows = given.select("住民番号").unique().with_columns(世帯番号=pl.int_range(100, 100 + pl.len()))
    assert rows.columns == [*lookup.key, *lookup.columns]
    result = stdconv.convert(given, A, lookups={"households": rows}, cast=True)
    assert result.standard["世帯番号"].str.contains(r"^1\d\d$").all()


def codes(function: Callable[[], object]) -> list[str]:
    with pytest.raises(stdconv.DefinitionError) as caught:
        function()
    return [fault.code for fault in caught.value.faults]


def test_without_being_asked_nothing_is_cast(standard: pl.DataFrame, legacy: pl.DataFrame) -> None:
    with pytest.raises(stdconv.DefinitionError, match="cast=True") as caught:
        stdconv.validate(typed(standard), SCHEMA)
    assert [fault.code for fault in caught.value.faults] == ["C0013"] * 5
    assert "cast=True" in caught.value.text("ja")
    with pytest.raises(stdconv.DefinitionError, match=r"C0013.*cast=True"):
        stdconv.convert(legacy.with_columns(pl.col("住民番号").cast(pl.Int64)), A)


DAY = datetime(2024, 3, 1)
NO_ONE_SPELLING = {
    "a number with a point": pl.lit(1.0),
    "a decimal with places": pl.lit(Decimal("1.50")),
    "a time": pl.lit(time(1, 2)),
    "a duration": pl.lit(timedelta(1)),
    "a truth": pl.lit(value=True),
    "a time somewhere": pl.lit(DAY).dt.replace_time_zone("Asia/Tokyo"),
    "bytes": pl.lit(b"1"),
    "a list": pl.lit([1], dtype=pl.List(pl.Int64)),
}


@pytest.mark.parametrize("kind", NO_ONE_SPELLING)
@pytest.mark.parametrize("is_cast", [True, False])
def test_what_has_no_one_spelling_is_refused_with_another_remedy(
    kind: str, is_cast: bool, standard: pl.DataFrame, legacy: pl.DataFrame
) -> None:
    value = NO_ONE_SPELLING[kind].alias("性別")
    with pytest.raises(stdconv.DefinitionError, match=r"C0013.*性別.*String") as caught:
        stdconv.validate(standard.with_columns(value), SCHEMA, cast=is_cast)
    assert "cast=True" not in str(caught.value) + caught.value.text("ja")
    with pytest.raises(stdconv.DefinitionError, match=r"C0013.*性別.*String") as caught:
        stdconv.convert(legacy.with_columns(value), A, cast=is_cast)
    assert "cast=True" not in str(caught.value) + caught.value.text("ja")


@pytest.mark.parametrize("is_cast", [True, False])
@pytest.mark.parametrize("value", [DAY, date(2024, 3, 1)])
def test_a_date_of_a_legacy_frame_is_to_be_written_as_the_layout_does(
    value: object, is_cast: bool, legacy: pl.DataFrame
) -> None:
    given = legacy.with_columns(pl.lit(value).alias("異動日"))
    with pytest.raises(stdconv.DefinitionError, match=r"C0013.*異動日.*dt\.strftime") as caught:
        stdconv.convert(given, A, cast=is_cast)
    assert "cast=True" not in str(caught.value)


INEXACT = {
    "not midnight": pl.Series([DAY, DAY + timedelta(hours=9), None, DAY + timedelta(microseconds=1)]),
    "a year of five digits": pl.Series([0, 3_000_000, None, 4_000_000]).cast(pl.Date),
    "a year before zero": pl.Series([0, -800_000, None, -900_000]).cast(pl.Date),
}


@pytest.mark.parametrize("kind", INEXACT)
def test_a_value_that_cannot_be_cast_is_told_by_its_record_alone(kind: str) -> None:
    standard = pl.DataFrame({"宛名番号": ["1", "2", "3", "4"], NUMBER: ["1"] * 4, DATE: INEXACT[kind]})
    with pytest.raises(stdconv.DefinitionError, match=rf"C0092.*2 values of the column {DATE}.*record 2") as caught:
        stdconv.validate(standard, SCHEMA, cast=True)
    assert "2024" not in caught.value.text("ja") + str(caught.value)


def test_whole_numbers_are_cast_into_64_bits(tmp_path: Path) -> None:
    document = {"type": "object", "properties": {"n": {"type": "integer"}}}
    (tmp_path / "own.schema.json").write_text(json.dumps(document), encoding="utf-8")
    schema = stdconv.load_schema(tmp_path / "own.schema.json")
    for kind in (pl.UInt64, pl.Int128, pl.Decimal(38, 0)):
        assert stdconv.validate(pl.DataFrame({"n": [1, None]}, {"n": kind}), schema, cast=True).ok()
        with pytest.raises(stdconv.DefinitionError, match=r"C0013.*Int64.*cast=True"):
            stdconv.validate(pl.DataFrame({"n": [1]}, {"n": kind}), schema)
    assert codes(lambda: stdconv.validate(pl.DataFrame({"n": [2**63]}, {"n": pl.UInt64}), schema, cast=True)) == [
        "C0092"
    ]
    assert codes(lambda: stdconv.validate(pl.DataFrame({"n": ["1"]}), schema, cast=True)) == ["C0013"]


def test_missing_unknown_and_wrongly_typed_columns_are_three_messages(standard: pl.DataFrame) -> None:
    given = standard.drop(NUMBER).with_columns(pl.lit(1).alias(SEX), pl.lit("x").alias("行政　花子"))
    for lang in ("en", "ja"):
        with pytest.raises(stdconv.DefinitionError) as caught:
            stdconv.validate(given, SCHEMA)
        said = {fault.code: fault.text(lang) for fault in caught.value.faults}
        assert set(said) == {"C0013", "C0091", "C0059"}
        assert (SEX in said["C0013"], NUMBER in said["C0091"], "行政" in said["C0059"]) == (True, True, False)
    assert codes(lambda: stdconv.convert(pl.DataFrame({"氏名": ["x"]}), A)) == ["C0091"] * 7


def test_a_column_that_is_not_read_is_told_by_its_position(legacy: pl.DataFrame) -> None:
    given = legacy.with_columns(備考=pl.lit("行政　花子")).select("備考", *legacy.columns, 名前=pl.lit("x"))
    result = stdconv.convert(given, A)
    told = result.findings.filter(code="C0095")
    assert told.select("_row", "side", "column", "severity", "detail").rows() == [
        (None, "legacy", "", "warn", "position=1"),
        (None, "legacy", "", "warn", f"position={len(given.columns)}"),
    ]
    assert (result.ok(), result.ok("warn")) == (True, False)
    assert_frame_equal(result.standard, stdconv.convert(legacy, A).standard)
    assert "位置=1" in " ".join(result.findings_in("ja").filter(code="C0095")["detail"])
    numbered = legacy.with_row_index("_row", offset=1)
    assert "C0095" not in stdconv.convert(numbered, A).findings["code"].to_list()


def test_a_column_of_a_lookup_that_is_not_read_is_told(legacy: pl.DataFrame) -> None:
    rows = legacy.select("住民番号", 氏名="氏名", 世帯番号="住民番号").unique("住民番号")
    findings = stdconv.convert(legacy, A, lookups={"households": rows}).findings.filter(code="C0095")
    assert findings.select("side", "detail").rows() == [("lookup:households", "position=2")]


@pytest.mark.parametrize("is_together", [True, False])
def test_a_session_tells_a_column_once_and_casts_as_the_function_does(is_together: bool, legacy: pl.DataFrame) -> None:
    given = legacy.with_columns(pl.col(NUMBER).cast(pl.Int64), 備考=pl.lit("x"))
    session = stdconv.Converter(A, cast=True)
    chunks = [*given.iter_slices(7)]
    results = [*session.feed_each(chunks)] if is_together else [session.feed(chunk) for chunk in chunks]
    assert_frame_equal(pl.concat(each.standard for each in results), stdconv.convert(given, A, cast=True).standard)
    assert [each for each in results if "C0095" in each.findings["code"].to_list()] == []
    report = session.finish()
    assert session.findings.filter(code="C0095")["detail"].to_list() == ["position=9"]
    assert [total.count for total in report.findings if total.code == "C0095"] == [1]


@pytest.mark.parametrize("function", ["convert", "restore", "validate", "Converter", "Restorer", "Validator"])
def test_whether_to_cast_is_true_or_false(function: str, legacy: pl.DataFrame) -> None:
    given = () if function[0].isupper() else (legacy,)
    mapping = SCHEMA if function.lower().startswith("valid") else A
    assert codes(lambda: getattr(stdconv, function)(*given, mapping, cast="no")) == ["C0060"]
