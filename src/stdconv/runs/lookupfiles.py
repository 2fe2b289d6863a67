"""Lookup files: read before a conversion, and written again next to a restored legacy file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from stdconv.conversion.lookups import Table, Tables, contradictory, read_table, settled
from stdconv.findings.frames import empty
from stdconv.findings.rows import ROW, without
from stdconv.layouts import writer
from stdconv.layouts.files import DelimitedFile
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.layouts.writable import not_writable
from stdconv.mapping.plan import Plan
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.outputs import Outputs

UNREADABLE = ("E0006", "R0011")
"""What is found of rows that no file can have: of another width they may be."""


class LookupFiles(Outputs):
    """``FILE.<lookup>.csv`` for each of ``names``, in its dialect, one row per key in the order of the records.

    ``add`` takes frames of legacy and looked-up columns; ``contradictory`` gives the keys that need several rows.
    """

    def __init__(self, plan: Plan, file: Path, names: Iterable[str], *, force: bool = False) -> None:
        self.plan = plan
        self.names = tuple(names)
        paths = lookup_paths(file, self.names)
        self._of = {name: AtomicOutput(path, is_folder=False, force=force) for name, path in paths.items()}
        super().__init__(self._of.values())
        self._needs: dict[str, list[pl.DataFrame]] = {}

    def add(self, legacy: pl.DataFrame) -> None:
        """Take over what records need of the lookups (legacy columns and ``lookup.column``)."""
        for name in self.names:
            columns = [*self.plan.mapping.lookups[name].key, *(c for c in legacy.columns if c.startswith(f"{name}."))]
            self._needs.setdefault(name, []).append(legacy.select(columns).unique(maintain_order=True))

    def clear(self) -> None:
        """Forget what records need."""
        self._needs.clear()

    def contradictory(self) -> dict[str, pl.DataFrame]:
        """Return, by lookup, the keys that need several rows."""
        return {name: contradictory(self.plan, name, pl.concat(needs)) for name, needs in self._needs.items()}

    def written(self) -> list[AtomicOutput]:
        """Write the files and return them, to be committed together with what they belong to."""
        for name, output in self._of.items():
            with output.told():
                output.work.write_bytes(lookup_bytes(self.plan, name, self._needs.get(name, [])))
        return self.outputs


def lookup_paths(file: Path, names: Iterable[str]) -> dict[str, Path]:
    """Return where the lookups ``names`` are written that belong to the legacy ``file``."""
    return {name: file.with_name(f"{file.name}.{name}.csv") for name in names}


def load_tables(plan: Plan, lookups: Mapping[str, Path], watch: Watch = UNWATCHED) -> tuple[Tables, list[pl.DataFrame]]:
    """Read the lookup files; returns them ready to join, and the findings about their rows."""
    tables: dict[str, Table] = {}
    findings: list[pl.DataFrame] = []
    for name, path in lookups.items():
        dialect = plan.lookup_dialect(name)
        with DelimitedFile(path, dialect.encoding, watch=watch.silent) as file:
            dialect = file.in_order(dialect)
            file.header(dialect)
            tables[name], found = read_table(plan, name, file.batches(dialect), dialect)
        findings += found
    return tables, findings


def lookup_bytes(plan: Plan, name: str, needs: Iterable[pl.DataFrame]) -> bytes:
    """Return the lookup file ``name`` for what records need, header and mark included.

    A row that would not be read as itself, such as one with a key that the lookup's encoding cannot write, is left out:
    the original file cannot have had it.
    """
    dialect = plan.lookup_dialect(name)
    rows = settled(plan, name, needs).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    found = pl.concat([empty(), *not_writable(rows, dialect, side=f"lookup:{name}")])
    kept = without(rows, found.filter(pl.col("code").is_in(UNREADABLE))[ROW].unique())
    return writer.beginning(dialect) + writer.body(kept, dialect)
