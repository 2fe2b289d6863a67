"""The table that a schema's records make elsewhere: in polars, in Arrow, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, TypeAlias, get_args

import polars as pl

from stdconv.errors import DefinitionError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.standard.documents import Column

Database: TypeAlias = Literal["sqlite", "postgresql", "duckdb"]

TEXT: dict[Database, str] = {"sqlite": "TEXT", "postgresql": "text", "duckdb": "VARCHAR"}
NUMBER = "BIGINT"
"""Of 64 bits everywhere; `INTEGER` as the key of a table has a meaning of its own in SQLite."""


def polars_schema(columns: Iterable[Column]) -> pl.Schema:
    """Return the columns as polars has them."""
    return pl.Schema({column.name: pl.Int64() if column.kind == "integer" else pl.String() for column in columns})


def arrow_schema(columns: Iterable[Column]) -> Any:
    """Return the columns as pyarrow has them; only those that are not required may be null."""
    try:
        import pyarrow as pa  # not needed for anything else
    except ImportError:
        raise DefinitionError([fault("C0094", library="pyarrow")]) from None
    kinds = {"integer": pa.int64(), "string": pa.string()}
    return pa.schema([pa.field(each.name, kinds[each.kind], nullable=not each.required) for each in columns])


def ddl(columns: Sequence[Column], key: Sequence[str], database: Database, table: str) -> str:
    """Return a statement that creates ``table``: a line for each column, the key, a check for each enum.

    It holds every record that the columns and the key do not refuse. Patterns, lengths, dates and rules between columns
    are not in it: `validate` checks those.
    """
    if database not in get_args(Database):
        raise _refused("database", phrase("argument", "one-of", known=", ".join(map(repr, get_args(Database)))))
    if not isinstance(table, str) or not table or "\0" in table:
        raise _refused("table", phrase("argument", "table"))
    lines = [*(_column(each, database) for each in columns), *_key(columns, key), *_checks(columns)]
    return f"CREATE TABLE {_name(table)} (\n" + ",\n".join(f"    {line}" for line in lines) + "\n);\n"


def _column(column: Column, database: Database) -> str:
    kind = NUMBER if column.kind == "integer" else TEXT[database]
    return f"{_name(column.name)} {kind}" + (" NOT NULL" if column.required else "")


def _key(columns: Iterable[Column], key: Sequence[str]) -> Iterator[str]:
    """Yield the key; where a part of it may be absent, no two records that have all parts may have the same."""
    if key:
        is_whole = all(column.required for column in columns if column.name in key)
        yield f"{'PRIMARY KEY' if is_whole else 'UNIQUE'} ({', '.join(map(_name, key))})"


def _checks(columns: Iterable[Column]) -> Iterator[str]:
    """Yield what each enum says. A code list that is no enum is not asked for: a value may be another one."""
    for column in columns:
        if column.choices and column.kind == "string":
            yield f"CHECK ({_name(column.name)} IN ({', '.join(map(_text, column.choices))}))"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _refused(argument: str, expected: dict[str, str]) -> DefinitionError:
    given, remedy = phrase("argument", "value"), phrase("argument-remedy", "other")
    return DefinitionError([fault("C0060", argument=argument, expected=expected, given=given, remedy=remedy)])
