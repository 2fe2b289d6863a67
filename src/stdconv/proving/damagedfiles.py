"""Files cut open for damage: records as bytes and values, who belongs together, and whether one is accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import polars as pl

from stdconv.conversion.convert import outcomes
from stdconv.conversion.lookups import read_table
from stdconv.conversion.whole import Whole
from stdconv.findings.rows import ROW, refused_rows
from stdconv.layouts import pieces, reader, writer
from stdconv.layouts.batches import batches
from stdconv.layouts.beginnings import ENOUGH, TOLD_BY, Beginning
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.parts import Header
from stdconv.layouts.reader import ParsedBatch
from stdconv.mapping.plan import Plan, in_order
from stdconv.proving.damage import OTHER_FILES
from stdconv.proving.damagevalues import Target, of_mapping, of_schema
from stdconv.proving.files import without_header
from stdconv.standard import checking
from stdconv.standard.batch import csv_columns, unlike_its_form
from stdconv.standard.checks import present_checks
from stdconv.standard.dataset import Dataset
from stdconv.standard.schema import Schema

Key: TypeAlias = tuple[tuple[str, ...], tuple[str | None, ...]]
"""A group of records: the columns that they share, and the values there."""


@dataclass(frozen=True, repr=False)
class OpenFile:
    """A file: what is in front of its records, these one by one, and what is known of those that are in order.

    ``values`` are the records that are accepted and written as the layout writes them (``_row`` and columns);
    ``standard`` what they say. ``before`` was found in the file as it is.
    """

    schema: Schema
    dialect: Dialect
    header: Header
    lines: list[bytes]
    gaps: Mapping[int, bytes]
    values: pl.DataFrame
    standard: pl.DataFrame
    before: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...]
    is_accepted: Callable[[bytes], bool]
    plan: Plan | None = None
    carried: Sequence[str] = field(default=())

    @cached_property
    def keys(self) -> dict[int, list[Key]]:
        """By row the groups that it is in, of each rule about groups."""
        rules = [rule for rule in self.schema.dataset if {*getattr(rule, "by", ())} <= {*self.standard.columns}]
        found: dict[int, list[Key]] = {row: [] for row in self.standard[ROW]}
        for by in sorted({tuple(rule.by) for rule in rules if hasattr(rule, "by")}):
            for row, *values in self.standard.select(ROW, *by).iter_rows():
                if None not in values:
                    found[row].append((by, tuple(values)))
        return found

    @cached_property
    def groups(self) -> dict[Key, list[int]]:
        """The rows of each group."""
        found: dict[Key, list[int]] = {}
        for row, keys in self.keys.items():
            for key in keys:
                found.setdefault(key, []).append(row)
        return found

    @cached_property
    def rows(self) -> dict[int, int]:
        """By row of the file the place among ``values``."""
        return {row: at for at, row in enumerate(self.values[ROW])}

    def values_of(self, row: int) -> dict[str, str]:
        """Return the values of a record."""
        return {name: value or "" for name, value in self.values.row(self.rows[row], named=True).items() if name != ROW}

    def said(self, row: int) -> dict[str, str | None]:
        """Return the standard values of a record."""
        return {name: value for name, value in self.standard.row(self._places[row], named=True).items() if name != ROW}

    def others(self, row: int, by: Sequence[str]) -> list[int]:
        """Return the other records that share values with one."""
        own = self.said(row)
        return [each for each in self.groups.get((tuple(by), tuple(own[name] for name in by)), []) if each != row]

    @cached_property
    def _places(self) -> dict[int, int]:
        return {row: at for at, row in enumerate(self.standard[ROW])}

    def written(self, values: Mapping[str, str]) -> bytes | None:
        """Return a record of these values; ``None`` where the layout cannot write them so that they are read again."""
        names = self.dialect.columns
        frame = pl.DataFrame([[values[name] for name in names]], dict.fromkeys(names, pl.String), orient="row")
        (line,) = writer.rows(frame, self.dialect)
        if line is None or reader.values_of(line, self.dialect) != [values[name] for name in names]:
            return None
        return line


def open_legacy(plan: Plan, data: bytes, lookups: Mapping[str, bytes]) -> OpenFile:
    """Cut a legacy file open, and convert it. Raises ``UnreadableError`` where its header does not fit."""
    beginning, body = _begun(data, plan.dialect, "legacy")
    plan = in_order(plan, beginning.header)
    header, dialect = beginning.header(plan.dialect), plan.dialect
    tables = {}
    for name, rows in lookups.items():
        of_lookup = plan.lookup_dialect(name)
        inside = of_lookup.coding.inside(without_header(plan, name, rows))
        tables[name] = read_table(plan, name, list(batches(_Once(inside), b"", of_lookup, size=1 << 30)))[0]
    whole_body = beginning.behind(dialect) + body
    parsed = reader.read_batch(whole_body, dialect)
    (outcome,) = outcomes(plan, tables, [whole_body])
    whole = Whole(plan, tables)
    whole.take([outcome])
    found = pl.concat([outcome.findings, *whole.findings(lambda: iter([outcome.standard]))])

    def is_accepted(line: bytes) -> bool:
        return [each.accepted for each in outcomes(plan, tables, [line])] == [1]

    values = parsed.frame.filter(pl.col(ROW).is_in(outcome.standard[ROW].implode())).select(ROW, *dialect.columns)
    return OpenFile(
        plan.schema,
        dialect,
        header,
        _lines(parsed),
        parsed.pieces.gaps,
        values.filter(~pl.col(ROW).is_in(list(parsed.raw))),
        outcome.standard,
        _told(found),
        tuple(of_mapping(plan)),
        is_accepted,
        plan,
        plan.carried,
    )


def open_standard(schema: Schema, data: bytes) -> OpenFile:
    """Cut a standard CSV open, and validate it. Raises ``UnreadableError`` where its header does not fit."""
    beginning, body = _begun(data, Dialect(()), "standard")
    names = beginning.names(Dialect(()))
    dialect = csv_columns(beginning.found(Dialect(())), names, schema, "standard", beginning.place(Dialect(())))
    parsed = reader.read_batch(beginning.behind(dialect) + body, dialect)
    checks = present_checks(schema.checks, dialect.columns)

    def judged(frame: pl.DataFrame) -> list[pl.DataFrame]:
        absent = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in dialect.columns)
        return [absent, *checking.validate(checks, absent)[1]]

    def is_accepted(line: bytes) -> bool:
        one = reader.read_batch(line, dialect)
        return not any(len(refused_rows(each)) for each in (*one.findings, *judged(one.frame)[1:]))

    standard, *found = judged(parsed.frame)
    dataset = Dataset(schema, dialect.columns)
    dataset.add(standard)
    whole = [*found, *parsed.findings, *dataset.findings(lambda: iter([standard]))]
    refused = {row for each in whole for row in refused_rows(each)}
    quiet = parsed.frame.filter(~pl.col(ROW).is_in([*refused, *parsed.raw]))
    header = beginning.found(dialect)
    front = [*whole, *unlike_its_form(header, dialect.columns, schema)]
    lacking = {("S0010", name) for name in schema.lacking(dialect.columns)}
    told = tuple(sorted({each for frame in front for each in _told(frame)} | lacking))
    targets = tuple(of_schema(schema, dialect.columns))
    lines, gaps = _lines(parsed), parsed.pieces.gaps
    return OpenFile(
        schema, dialect, header, lines, gaps, quiet, standard, told, targets, is_accepted, carried=dialect.columns
    )


def _begun(data: bytes, dialect: Dialect, name: str) -> tuple[Beginning, bytes]:
    inside = dialect.coding.inside(data)
    return Beginning(inside[:ENOUGH], name, data[:TOLD_BY]), inside[ENOUGH:]


class _Once:
    """Bytes that are read at once."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, _size: int, /) -> bytes:
        data, self._data = self._data, b""
        return data


def _lines(parsed: ParsedBatch) -> list[bytes]:
    """Return every record as it is worked on."""
    plain = pieces.plain_lines(parsed.pieces.plain, parsed.dialect)
    found = dict(zip(parsed.pieces.plain_rows, plain, strict=True))
    found |= {each.row: each.raw for each in parsed.pieces.odd}
    return [found[row] for row in range(1, parsed.pieces.count + 1)]


def _told(found: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    here = found.filter(~pl.col("side").cast(pl.String).str.starts_with(OTHER_FILES))
    pairs = here.select(pl.col("code", "column").cast(pl.String)).unique().rows()
    return tuple(sorted((str(code), str(column)) for code, column in pairs))
