"""A small service: it takes a vendor's export as bytes, keeps standard records, and gives back what the vendor reads.

There is no web framework here. ``upload`` and ``download`` are what two routes would call; what they return is what a
page would show. Records are kept in SQLite, where other programs read and change them, and as Parquet for those who
count. The residue, which is what the standard has no place for, is kept by key beside them: today's records come back
in the vendor's own spellings wherever these are still right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

import stdconv


@dataclass(frozen=True)
class Receipt:
    """What the page shows after an upload. ``problem`` says why the file could not be read at all."""

    stored: bool
    read: int = 0
    refused: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True)
class Download:
    """The vendor's files by name, and what is said of records that are not in them. ``problem``: why there are none."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    refused: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""


class Service:
    """One layout, one database. The plan is compiled once; it may be shared by threads, a connection may not."""

    def __init__(self, folder: Path, mapping: str) -> None:
        self.plan = stdconv.load_mapping(mapping)
        self.folder = folder
        self._path = folder / "records.sqlite"
        self._columns = self.plan.schema.names
        if not self._path.exists():
            with self._database() as database:
                database.execute(self.plan.schema.ddl("sqlite", table="records"))
                database.execute("CREATE TABLE residue (parquet BLOB)")

    def upload(self, data: bytes, name: str, lookups: Mapping[str, bytes] | None = None) -> Receipt:
        """Replace what is kept by the records of an export, unless one of them is refused; then nothing changes."""
        try:
            result = stdconv.convert_bytes(data, self.plan, name=name, lookups=lookups)
        except stdconv.StdconvError as error:
            return Receipt(stored=False, problem=error.text("ja"))
        is_good = result.ok()
        if is_good:
            self._store(result)
        counts, told = result.counts, result.findings_in("ja").to_dicts()
        return Receipt(stored=is_good, read=counts.read, refused=counts.refused, findings=told)

    def download(self) -> Download:
        """Return today's records in the vendor's layout, with its lookup files."""
        with self._database() as database:
            query = f"SELECT {', '.join(_quoted(self._columns))} FROM records ORDER BY rowid"  # noqa: S608
            today = pl.read_database(query, database, schema_overrides=dict.fromkeys(self._columns, pl.String))
            kept = database.execute("SELECT parquet FROM residue").fetchone()
        residue = pl.read_parquet(BytesIO(kept[0])) if kept else None  # before the first upload
        try:
            result = stdconv.restore(today, self.plan, residue=residue, key=self.plan.schema.key)
            files = {"legacy.csv": result.to_bytes()}
            files |= {f"{lookup}.csv": result.to_bytes(lookup=lookup) for lookup in result.lookups}
        except stdconv.StdconvError as error:  # a character that the layout's encoding does not have, for one
            return Download(problem=error.text("ja"))
        return Download(files, result.counts.refused, result.findings_in("ja").to_dicts())

    def _store(self, result: stdconv.Converted) -> None:
        standard, residue, new = result.standard, BytesIO(), self.folder / "standard.parquet.new"
        stdconv.keyed_residue(result.residue, standard, self.plan.schema.key).write_parquet(residue)
        records = standard.drop("_row")
        records.write_parquet(new)
        marks = ", ".join("?" * len(records.columns))
        into = f"INSERT INTO records ({', '.join(_quoted(records.columns))}) VALUES ({marks})"  # noqa: S608
        with self._database() as database:
            database.execute("DELETE FROM records")
            database.execute("DELETE FROM residue")
            database.executemany(into, records.iter_rows())
            database.execute("INSERT INTO residue VALUES (?)", [residue.getvalue()])
        new.replace(self.folder / "standard.parquet")

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection; what is done with it is done as a whole or not at all."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            yield connection


def _quoted(names: tuple[str, ...] | list[str]) -> list[str]:
    """Return names of columns as SQL writes them; those of a schema have no quotes in them."""
    return [f'"{name}"' for name in names]
