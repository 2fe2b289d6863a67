"""Counts by table as a report has them: with what the code lists of the schema call the codes."""

from __future__ import annotations

from collections.abc import Iterable

from stdconv.conversion.tallies import Row, Table, Unknown
from stdconv.reports.tables import TableCode, TableRow, TableUse, UnlistedValue
from stdconv.standard.schema import Schema


def table_uses(tables: Iterable[Table], schema: Schema) -> tuple[TableUse, ...]:
    """Return the counts as data, with what the code lists of ``schema`` call the codes."""
    return tuple(
        TableUse(
            legacy=table.legacy,
            standard=table.standard,
            rows=tuple(_row(row, schema) for row in table.rows),
            unlisted=tuple(map(_unlisted, table.unknown)),
            unlisted_records=table.strangers,
            other_records=table.others,
        )
        for table in tables
    )


def _row(row: Row, schema: Schema) -> TableRow:
    labels = {name: schema.column(name).labels for name, _ in row.codes}
    codes = (TableCode(column=name, code=code, label=labels[name].get(code, "")) for name, code in row.codes)
    accepted = row.read - row.refused
    return TableRow(
        legacy=row.legacy, label=row.label, codes=tuple(codes), read=row.read, accepted=accepted, refused=row.refused
    )


def _unlisted(unknown: Unknown) -> UnlistedValue:
    value, shape = (unknown.text, None) if unknown.is_value else (None, unknown.text)
    return UnlistedValue(value=value, shape=shape, read=unknown.read)
