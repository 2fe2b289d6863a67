"""The table that a schema's records make elsewhere: really made, and filled with what is accepted and what is not."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

import stdconv
from stdconv.findings.rows import ROW
from stdconv.town import residents

LINK, BASIC = "resident-link/1.0", "resident-basic/0.2"
ODD = '記"録 "; DROP TABLE x; --'


@pytest.fixture(scope="module")
def links() -> pl.DataFrame:
    return stdconv.convert(stdconv.sample("vendor-a/resident-link", 50, 1), "vendor-a/resident-link").standard.drop(ROW)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def filled(database: str, schema: stdconv.Schema, records: pl.DataFrame, table: str = "記録") -> list[tuple[Any, ...]]:
    """Make the table in ``database``, put ``records`` into it, and return what is in it then."""
    statement = schema.ddl(database, table=table)  # type: ignore[arg-type]
    names = ", ".join(map(quoted, records.columns))
    insert = f"INSERT INTO {quoted(table)} ({names}) VALUES ({', '.join('?' * len(records.columns))})"  # noqa: S608
    select = f"SELECT {names} FROM {quoted(table)}"  # noqa: S608
    if database == "sqlite":
        with sqlite3.connect(":memory:") as sqlite:
            sqlite.execute(statement)
            sqlite.executemany(insert, records.rows())
            rows = sqlite.execute(select).fetchall()
        sqlite.close()
        return rows
    with duckdb.connect() as duck:  # its parser is PostgreSQL's, so that statements for that run too
        duck.execute(statement)
        if len(records):
            duck.executemany(insert, records.rows())
        return duck.execute(select).fetchall()


ERRORS = (sqlite3.IntegrityError, duckdb.ConstraintException)
DATABASES = ("sqlite", "duckdb", "postgresql")


@pytest.mark.parametrize("database", DATABASES)
def test_a_table_holds_the_records_that_are_accepted(database: str, links: pl.DataFrame) -> None:
    assert sorted(filled(database, stdconv.load_schema(LINK), links)) == sorted(links.rows())


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
def test_a_table_holds_the_full_record_of_residents(database: str) -> None:
    schema = stdconv.load_schema(BASIC)
    records = next(residents(1, 30, edition=BASIC)).drop("_household")
    assert stdconv.validate(records, schema).ok()
    assert sorted(filled(database, schema, records), key=str) == sorted(records.rows(), key=str)


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize(
    "changed",
    [
        pl.lit(None, dtype=pl.String).alias("氏名"),
        pl.lit("5").alias("性別"),
        pl.lit("1").alias("宛名番号"),  # with the same 履歴番号
        pl.lit(None, dtype=pl.String).alias("履歴番号"),
    ],
    ids=["required", "enum", "key", "part of the key"],
)
def test_a_table_does_not_take_what_is_refused(database: str, changed: pl.Expr, links: pl.DataFrame) -> None:
    records = links.with_columns(履歴番号=pl.lit("1")).unique("宛名番号").with_columns(changed)
    assert not stdconv.validate(records, LINK).ok()
    with pytest.raises(ERRORS):
        filled(database, stdconv.load_schema(LINK), records)


@pytest.mark.parametrize("database", DATABASES)
def test_any_name_of_a_table_is_a_name(database: str, links: pl.DataFrame) -> None:
    assert len(filled(database, stdconv.load_schema(LINK), links, ODD)) == len(links)


def own(folder: Path, **more: Any) -> stdconv.Schema:
    """Return a schema with odd names and values, a number, a code list that is no enum, and what ``more`` says."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            'n"o': {"type": "integer"},
            "it's": {"type": "string", "enum": ["'", '"', "−"]},
            "select": {"type": "string", "x-codes": "seibetsu"},
            "number": {"type": "integer", "enum": [1, 2]},
        },
        **more,
    }
    (folder / "own.schema.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return stdconv.load_schema(folder / "own.schema.json")


@pytest.mark.parametrize("database", DATABASES)
def test_odd_names_and_values_are_taken_as_they_are(database: str, tmp_path: Path) -> None:
    schema = own(tmp_path, required=['n"o'], **{"x-key": ['n"o']})
    rows = [(-(2**63), "'", "anything", 1), (2**63 - 1, None, None, None), (0, "−", "1", 7)]
    records = pl.DataFrame(rows, schema=schema.polars_schema(), orient="row")
    assert sorted(filled(database, schema, records)) == sorted(rows)
    with pytest.raises(ERRORS):
        filled(database, schema, records.with_columns(pl.lit("x").alias("it's")))
    with pytest.raises(ERRORS):
        filled(database, schema, records.with_columns(pl.lit(1).alias('n"o')))


@pytest.mark.parametrize("database", DATABASES)
def test_a_key_that_may_be_absent_tells_the_others_apart(database: str, tmp_path: Path) -> None:
    schema = own(tmp_path, **{"x-key": ['n"o']})
    records = pl.DataFrame([(None,), (None,), (5,)], schema={'n"o': pl.Int64}, orient="row")
    assert len(filled(database, schema, records)) == 3
    with pytest.raises(ERRORS):
        filled(database, schema, pl.concat([records, records]))
    assert filled(database, own(tmp_path), pl.concat([records, records]))


def test_the_statement_for_postgresql_is_one_to_its_own_parser() -> None:
    pglast = pytest.importorskip("pglast", reason="PostgreSQL's parser (pip install pglast)")
    for name in (LINK, BASIC):
        schema = stdconv.load_schema(name)
        (parsed,) = pglast.parse_sql(schema.ddl("postgresql", table=ODD))
        assert parsed.stmt.relation.relname == ODD
        columns = [each.colname for each in parsed.stmt.tableElts if hasattr(each, "colname")]
        assert columns == list(schema.names)


def test_a_frame_of_polars_fits_its_schema(links: pl.DataFrame, tmp_path: Path) -> None:
    assert links.schema == stdconv.load_schema(LINK).polars_schema()
    assert dict(own(tmp_path).polars_schema()) == {
        'n"o': pl.Int64(),
        "it's": pl.String(),
        "select": pl.String(),
        "number": pl.Int64(),
    }


def test_a_table_of_arrow_fits_its_schema(links: pl.DataFrame) -> None:
    schema = stdconv.load_schema(LINK).arrow_schema()
    assert isinstance(schema, pa.Schema)
    assert schema.names == list(stdconv.load_schema(LINK).names)
    assert [field.name for field in schema if not field.nullable] == [
        *("宛名番号", "履歴番号", "住民種別", "住民状態", "氏名", "性別"),
    ]
    assert_frame_equal(pl.DataFrame(links.to_arrow().cast(schema)), links)


def test_a_schema_of_arrow_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(stdconv.DefinitionError, match="C0094"):
        stdconv.load_schema(LINK).arrow_schema()


@pytest.mark.parametrize("table", ["", "a\0b", None, 5])
def test_what_is_no_name_of_a_table_is_refused(table: Any) -> None:
    with pytest.raises(stdconv.DefinitionError, match="C0060"):
        stdconv.load_schema(LINK).ddl("sqlite", table=table)


def test_a_database_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(stdconv.DefinitionError, match=r"C0060.*'postgresql'") as caught:
        stdconv.load_schema(LINK).ddl("oracle", table="x")  # type: ignore[arg-type]
    assert "oracle" not in str(caught.value)
