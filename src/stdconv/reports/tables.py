"""件数突合: for every table of a mapping the legacy value, what it becomes, and how many records have it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from stdconv.definitions.model import Data
from stdconv.findings.details import in_words
from stdconv.findings.phrases import words
from stdconv.japan.visible import visible
from stdconv.reports.formulas import harmless

HEADINGS = (
    *("旧側の項目", "旧側の値", "旧側の名称", "標準側の項目", "標準側のコード", "標準側の名称"),
    *("読込", "受入", "差戻し", "区分"),
)
KINDS = {
    "entry": "表にある値",
    "refused": "受け入れないと決めた値",
    "unknown": "表にない値",
    "others": "その他（空の値、日付など）",
}
"""What a line of the CSV is about."""


class TableCode(Data):
    """A code that an entry of a table gives to a standard column, and what the code list calls it."""

    column: str
    code: str
    label: str


class TableRow(Data):
    """An entry of a table: the legacy value with the vendor's label of it, what it becomes, and how many records.

    One without codes is refused by name.
    """

    legacy: str
    label: str
    codes: tuple[TableCode, ...]
    read: int
    accepted: int
    refused: int


class UnlistedValue(Data):
    """Values that the table does not have: one by itself, or all of one shape; and how many records they are in.

    ``value`` is there only where many people of many households have it, in records of which nothing else speaks
    against showing it; else ``shape`` says what the values look like.
    """

    value: str | None
    shape: str | None
    read: int


class TableUse(Data):
    """The counts of one field with a table. ``unlisted`` are the commonest of the values that are in no entry.

    ``unlisted_records`` counts the records with any of them, ``other_records`` those with values that need no entry.
    """

    legacy: tuple[str, ...]
    standard: tuple[str, ...]
    rows: tuple[TableRow, ...]
    unlisted: tuple[UnlistedValue, ...]
    unlisted_records: int
    other_records: int


def tables_lines(tables: Sequence[TableUse], lang: str) -> Iterator[str]:
    """Yield how many tables were counted, and below it the values that none of their entries has."""
    if not tables:
        return
    said = words("tables", lang)
    used = sum(row.read > 0 for table in tables for row in table.rows)
    yield said["counted"].format(tables=len(tables), entries=sum(len(table.rows) for table in tables), used=used)
    for table in tables:
        if table.unlisted:
            columns = said["between"].join(table.legacy)
            yield said["unlisted"].format(columns=columns, records=f"{table.unlisted_records:,}")
        for each in table.unlisted:
            yield f"  {each.read:,}  {_shown(each, lang)}"


def tables_csv(tables: Iterable[TableUse]) -> str:
    """Return the counts as CSV for people with spreadsheets: a byte order mark, CRLF, no cell that is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for table in tables:
        legacy = "+".join(table.legacy)
        for cells in _cells(table):
            writer.writerow([harmless(visible(str(cell))) for cell in (legacy, *cells)])
    return "\ufeff" + out.getvalue()


def _cells(table: TableUse) -> Iterator[tuple[object, ...]]:
    standard = "+".join(table.standard)
    for row in table.rows:
        kind = KINDS["entry" if row.codes else "refused"]
        becomes: dict[tuple[str, str], list[str]] = {} if row.codes else {("", ""): [standard]}
        for each in row.codes:
            becomes.setdefault((each.code, each.label), []).append(each.column)
        for (code, label), columns in becomes.items():
            yield row.legacy, row.label, "+".join(columns), code, label, row.read, row.accepted, row.refused, kind
    for unlisted in table.unlisted:
        yield _shown(unlisted, "ja"), "", standard, "", "", unlisted.read, 0, unlisted.read, KINDS["unknown"]
    if table.other_records:
        yield "", "", standard, "", "", table.other_records, "", "", KINDS["others"]


def _shown(each: UnlistedValue, lang: str) -> str:
    """Return the value, or its shape in words."""
    return each.value if each.value is not None else in_words(each.shape or "", lang)
