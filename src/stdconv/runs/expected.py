"""What was said of a file from outside, held against what was read: numbers, and a list of its people."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stdconv.errors import DefinitionError
from stdconv.findings.frames import about_file, empty, joined
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.layouts.records import csv_bytes
from stdconv.reports.expected import ExpectedUse, Way
from stdconv.reports.formulas import harmless_texts
from stdconv.runs.asked import Expect
from stdconv.runs.keylist import KeyList
from stdconv.standard.hashes import HASH, Once, fingerprint
from stdconv.standard.people import People
from stdconv.standard.schema import Schema

FEWER: dict[Way, str] = {"records": "C0120", "people": "C0122", "households": "C0122"}
MORE: dict[Way, str] = {"records": "C0121", "people": "C0123", "households": "C0123"}
MISSING, EXTRA = "C0124", "C0125"
WHETHER, LACKS, HAS = "有無", "不足", "過剰"
NUMBER = "レコード番号"


@dataclass(frozen=True)
class Counted:
    """How many records were read, and how many of them do not say whose they are; whose the others are."""

    records: int
    people: People

    @property
    def unread(self) -> int:
        """How many records do not say whose they are."""
        return self.records - self.people.known if self.people.is_counted else 0

    def number(self, way: Way) -> int:
        """Return how many there are of what a number was given of."""
        if way == "records":
            return self.records
        read = self.people.read
        return read.people if way == "people" else read.households or 0


class Expected:
    """What is expected of a file of ``schema`` with ``columns``: ``add_refused`` keys on the way, then ask ``found``.

    Raises ``DefinitionError`` where people are to be counted and no column says who they are, or the list is none. A
    hash is held of each key of the list, and the keys of refused records that it lacks.
    """

    def __init__(self, expect: Expect, schema: Schema, columns: Collection[str], watch: Watch = UNWATCHED) -> None:
        self.expect = expect
        people = People(schema, columns)
        self._person, self._household = people.person, people.household
        self._ensure_counted(schema)
        self._list = KeyList(expect.keys, schema, watch) if expect.keys is not None else None
        self._refused: list[pl.DataFrame] = []
        self._missing = self._extra = pl.Series(HASH, dtype=pl.UInt64)
        self.uses: tuple[ExpectedUse, ...] = ()

    def _ensure_counted(self, schema: Schema) -> None:
        expect = self.expect
        asked = (
            ("people", expect.people, self._person, schema.person),
            ("households", expect.households, self._household, schema.household),
            ("keys", expect.keys, self._person, schema.person),
        )
        faults = [
            fault(
                "C0127",
                what=phrase("uncounted", way),
                problem=phrase("uncounted-cause", kind, columns="・".join(by), schema=schema.name),
            )
            for way, given, there, by in asked
            for kind in ["columns" if by else "schema"]
            if given is not None and not there
        ]
        if faults:
            raise DefinitionError(faults)

    def add_refused(self, keys: pl.DataFrame) -> None:
        """Take what was read of refused records (``_row`` and columns, null for what was not read)."""
        if self._list is None or keys.is_empty():
            return
        known = self._hashed(keys)
        beside = known.filter(~self._list.hashes.has(known[HASH]))
        if len(beside):
            self._refused.append(beside.unique(HASH, keep="first", maintain_order=True))

    def _hashed(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return the keys of the records that have one, with their hashes and rows."""
        keys = records.select(ROW, *self._person).drop_nulls()
        return keys.with_columns(fingerprint(self._person).alias(HASH))

    def found(self, counted: Counted) -> pl.DataFrame:
        """Return where what was said is not what was ``counted``, all records taken; ``uses`` has both then."""
        findings, uses = [empty()], list[ExpectedUse]()
        numbers: dict[Way, int | None] = {
            "records": self.expect.records,
            "people": self.expect.people,
            "households": self.expect.households,
        }
        for way, said in numbers.items():
            if said is not None:
                findings += self._of_number(way, said, counted)
                number = counted.number(way)
                uses.append(
                    ExpectedUse(way=way, said=said, counted=number, agrees=said == number, unread=counted.unread)
                )
        if self._list is not None:
            uses.append(self._of_list(self._list, counted))
            findings += self._of_keys(uses[-1])
        self.uses = tuple(uses)
        return pl.concat(findings)

    def _of_number(self, way: Way, said: int, counted: Counted) -> Iterator[pl.DataFrame]:
        number = counted.number(way)
        if number == said:
            return
        unread = f" unread={counted.unread}" if way != "records" and number < said and counted.unread else ""
        column = {"records": "", "people": joined(self._person), "households": joined(self._household)}[way]
        side = "legacy" if way == "records" else "standard"
        code = (FEWER if number < said else MORE)[way]
        yield about_file(code, side=side, column=column, detail=f"counted={number} expected={said}{unread}")

    def _of_list(self, keys: KeyList, counted: Counted) -> ExpectedUse:
        """Hold the people against the list."""
        accepted, refused = counted.people.hashes
        listed, many = keys.hashes.values, len(keys.hashes)
        self._missing = refused.lacking(accepted.lacking(listed))
        beside = (accepted.values, accepted.lacking(refused.values))
        self._extra = pl.concat(map(keys.hashes.lacking, beside)).sort()
        missing, extra = len(self._missing), len(self._extra)
        return ExpectedUse(
            way="keys",
            said=many,
            counted=counted.number("people"),
            agrees=not missing and not extra,
            unread=counted.unread,
            missing=missing,
            extra=extra,
            repeated=keys.lines - many,
        )

    def _of_keys(self, use: ExpectedUse) -> Iterator[pl.DataFrame]:
        column = joined(self._person)
        if use.missing:
            unread = f" unread={use.unread}" if use.unread else ""
            detail = f"missing={use.missing} listed={use.said}{unread}"
            yield about_file(MISSING, side="standard", column=column, detail=detail)
        if use.extra:
            detail = f"surplus={use.extra} listed={use.said}"
            yield about_file(EXTRA, side="standard", column=column, detail=detail)

    def write(self, path: Path, records: Callable[[], Iterator[pl.DataFrame]]) -> None:
        """Write the keys that are missing and those too many, where there are any; only the owner can read the file.

        ``records`` gives the accepted records once more, with their rows: what was held of keys are hashes.
        """
        if self._list is None or not (len(self._missing) or len(self._extra)):
            return
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            names = [*self._person, WHETHER, NUMBER]
            file.write(("\ufeff" + ",".join(names) + "\r\n").encode())
            for differing in self._differing(self._list, records):
                file.write(csv_bytes(differing.select(names), "necessary"))

    def _differing(self, keys: KeyList, records: Callable[[], Iterator[pl.DataFrame]]) -> Iterator[pl.DataFrame]:
        """Yield the keys that are missing as the list has them, then those too many as records have them."""
        shown = [harmless_texts(pl.col(name).cast(pl.String)) for name in self._person]
        missing, extra = Once(self._missing), Once(self._extra)
        if missing.left:
            for listed in keys.read():
                number = pl.lit(None, dtype=pl.Int64).alias(NUMBER)
                yield missing.take(listed).select(*shown, pl.lit(LACKS).alias(WHETHER), number)
        if extra.left:
            for found in (*map(self._hashed, records()), *self._refused):
                yield extra.take(found).select(*shown, pl.lit(HAS).alias(WHETHER), pl.col(ROW).alias(NUMBER))
