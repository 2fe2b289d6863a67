"""What a run found, added up: exact totals with the first rows of each and the commonest details."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

import polars as pl

from stdconv.definitions.model import Data
from stdconv.errors import Place
from stdconv.findings.patterns import Patterns
from stdconv.findings.registry import Severity, Threshold, codes, reaches
from stdconv.findings.rows import ROW
from stdconv.layouts.lines import LineOf

SAMPLE = 10
"""How many rows and details a total names."""
KINDS = 10_000
"""How many details of one total are told apart: those that the file has first, wherever it is cut into batches."""
LOST = "T0031"
"""What says that a standard value has no place in the layout."""
Unit: TypeAlias = Literal["lines", "offsets"]
"""What tells where in a file records are."""


class Detail(Data):
    """One detail (empty: none), and how many findings of a total have it."""

    detail: str
    count: int


class Total(Data):
    """How often one code was found at one place, the first rows where, and the commonest details.

    ``details`` are at most ten, of the same count the first ones, and none where no finding has a detail. ``kinds`` is
    how many different details there are; only so many are told apart, and 10,000 means that or more.
    ``lines`` are those on which these rows begin in the file that was read, from 1; none where it has no lines, or
    where the rows are a lookup's. ``offsets`` are the bytes at which they begin, from 1, where records have a fixed
    width and nothing ends them: such a file has no lines. ``definition`` is the line it goes back to in a custom
    schema, rules file or mapping.
    """

    code: str
    name: str
    severity: Severity
    official: str | None
    side: str
    column: str
    count: int
    rows: tuple[int, ...]
    lines: tuple[int, ...] = ()
    offsets: tuple[int, ...] = ()
    details: tuple[Detail, ...] = ()
    kinds: int = 0
    definition: Place | None = None


class Totals:
    """Adds findings up, batch by batch.

    ``lost_records`` are those of which a value has no place; all findings of a record are taken together.
    """

    KEY = ("severity", "code", "side", "column")

    def __init__(self, decided: Collection[str] = ()) -> None:
        self.patterns = Patterns(decided)
        """The patterns of the records; of those whose ids are ``decided``, also the findings."""
        self._totals: dict[tuple[str, ...], tuple[int, list[int]]] = {}
        self._details: dict[tuple[str, ...], dict[str, int]] = {}
        self._elsewhere: set[tuple[str, ...]] = set()
        self.lost_records = 0

    def add(self, findings: pl.DataFrame, *, elsewhere: bool = False) -> None:
        """Take a frame of findings into account; ``elsewhere`` says that its rows are those of another file."""
        if findings.is_empty():
            return
        kinds = findings.group_by(*self.KEY, "detail").agg(pl.len().alias("count"), pl.col(ROW).min().alias("first"))
        by_key = kinds.sort("first", "detail").group_by(*self.KEY, maintain_order=True).agg("detail", "count")
        seen: set[tuple[str, ...]] = set()
        for *parts, details, often in by_key.iter_rows():
            seen.add(key := tuple(parts))
            before, sample = self._totals.get(key, (0, []))
            self._totals[key] = (before + sum(often), sample)
            counts = self._details.setdefault(key, {})
            for detail, count in zip(details, often, strict=True):
                if detail in counts or len(counts) < KINDS:
                    counts[detail] = counts.get(detail, 0) + count
        if any(code == LOST for _, code, *_ in seen):
            self.lost_records += findings.filter(pl.col("code") == LOST)[ROW].n_unique()
        if elsewhere:
            self._elsewhere.update(seen)
        else:
            self.patterns.add(findings)
        if lacking := {key for key in seen if len(self._totals[key][1]) < SAMPLE}:
            self._sample(findings, lacking)

    def _sample(self, findings: pl.DataFrame, lacking: Collection[tuple[str, ...]]) -> None:
        """Add the first rows of the findings that there are too few of."""
        firsts = findings.group_by(*self.KEY).agg(pl.col(ROW).drop_nulls().bottom_k(SAMPLE))
        for *parts, rows in firsts.iter_rows():
            if (key := tuple(parts)) in lacking:
                count, sample = self._totals[key]
                self._totals[key] = (count, [*sample, *sorted(rows)][:SAMPLE])

    def reach(self, threshold: Threshold) -> bool:
        """Return whether any finding is at or above ``threshold``."""
        return any(reaches(severity, threshold) for severity, *_ in self._totals)

    def count(self, code: str) -> int:
        """Return how many findings have ``code``."""
        return sum(total[0] for key, total in self._totals.items() if key[1] == code)

    def totals(self, line_of: LineOf | None = None, *, unit: Unit = "lines") -> tuple[Total, ...]:
        """Return the totals, the gravest first, then by code and column; with ``line_of``, each with its lines.

        ``unit`` is what ``line_of`` gives.
        """
        order = {"fail": 0, "refuse": 1, "warn": 2, "note": 3, "mute": 4}
        here = {row for key, (_, rows) in self._totals.items() if key not in self._elsewhere for row in rows}
        places = line_of(here) if line_of is not None else {}
        keys = sorted(self._totals, key=lambda key: (order[key[0]], *key[1:]))
        return tuple(self._total(key, unit, {} if key in self._elsewhere else places) for key in keys)

    def _total(self, key: tuple[str, ...], unit: Unit, places: Mapping[int, int]) -> Total:
        severity, code, side, column = key
        (count, rows), details = self._totals[key], self._details[key]
        commonest = sorted(details.items(), key=lambda each: -each[1])[: SAMPLE if any(details) else 0]
        entry = codes()[code]
        return Total.model_validate(
            {
                "code": code,
                "name": entry.name,
                "severity": severity,
                "official": entry.official,
                "side": side,
                "column": column,
                "count": count,
                "rows": tuple(rows),
                unit: tuple(places[row] for row in rows) if places.keys() >= set(rows) else (),
                "details": tuple({"detail": each, "count": often} for each, often in commonest),
                "kinds": len(details) if commonest else 0,
            }
        )
