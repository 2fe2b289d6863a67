"""Lookup files written again beside a restored legacy file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from stdconv.mapping.models import Lookup
from stdconv.plan import Plan
from stdconv.stages import encoding, records
from stdconv.target import Target


class LookupFiles:
    """``FILE.<lookup>.csv`` for each of ``names``, in the lookup's dialect, one row per key in the order of the records.

    ``add`` takes frames of legacy and looked-up columns; a key with several values is told by ``contradictory``.
    """

    def __init__(self, plan: Plan, file: Path, names: Iterable[str], *, force: bool = False) -> None:
        self.plan = plan
        self.names = tuple(names)
        self._stack = ExitStack()
        self._targets = {n: Target(file.with_name(f"{file.name}.{n}.csv"), is_folder=False, force=force) for n in self.names}
        self._rows: dict[str, pl.DataFrame] = {}

    def __enter__(self) -> Self:
        """Make the working files."""
        with ExitStack() as stack:
            for target in self._targets.values():
                stack.enter_context(target)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Remove what was not committed."""
        self._stack.__exit__(kind, error, trace)

    def add(self, legacy: pl.DataFrame) -> None:
        """Take over the lookup values of records (legacy columns and ``lookup.column``)."""
        for name in self.names:
            lookup = self.plan.mapping.lookups[name]
            rows = legacy.select(*lookup.key, *(pl.col(f"{name}.{c}").alias(c) for c in lookup.columns))
            held = [self._rows[name], rows] if name in self._rows else [rows]
            self._rows[name] = pl.concat(held).unique(maintain_order=True)

    def contradictory(self) -> dict[str, pl.DataFrame]:
        """Return, by lookup, the keys that have several values."""
        found = {}
        for name, rows in self._rows.items():
            keys = rows.select(self.plan.mapping.lookups[name].key)
            found[name] = keys.filter(keys.is_duplicated()).unique()
        return found

    def commit(self) -> None:
        """Write and place the files. Of a key's rows the empty ones give way; several others are all left out."""
        for name, target in self._targets.items():
            dialect = self.plan.lookup_dialect(name)
            rows = settled(self._rows.get(name, records.from_fields([], [], dialect)), self.plan.mapping.lookups[name])
            text = encoding.encode_block(records.lines(rows, dialect), dialect) or b""
            header = encoding.encode(records.header_line(dialect), dialect) or b""
            target.work.write_bytes(dialect.mark + header + text)
            target.commit()


def settled(rows: pl.DataFrame, lookup: Lookup) -> pl.DataFrame:
    """Return one row per key: the one that says something, where only one does."""
    key = pl.struct(lookup.key)
    says = pl.any_horizontal([pl.col(column) != "" for column in lookup.columns])
    rows = rows.filter(says | ~says.any().over(lookup.key))
    return rows.filter(key.is_unique())
