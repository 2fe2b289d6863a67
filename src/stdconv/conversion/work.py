"""A frame on its way from one side to the other: both sides' values, what would be written back, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from stdconv.findings.rows import ROW
from stdconv.findings.shown import Counted
from stdconv.mapping.route import Route, legacy_column, standard_column, verdict_column, written_column


@dataclass(frozen=True, repr=False)
class Work(Counted):
    """Records being translated. ``frame`` has ``_row`` and working columns, which ``mapping.route`` names.

    ``findings`` are all that was found so far; ``used`` says by lookup which of its rows a record asked for.
    """

    frame: pl.DataFrame
    findings: tuple[pl.DataFrame, ...] = ()
    used: Mapping[str, pl.Series] = field(default_factory=dict)

    @classmethod
    def of_legacy(cls, legacy: pl.DataFrame, findings: Iterable[pl.DataFrame] = ()) -> Work:
        """Begin with legacy and looked-up columns (``_row`` and texts, none null), and what reading them found."""
        names = {name: legacy_column(name) for name in legacy.columns if name != ROW}
        return cls(legacy.rename(names), tuple(findings))

    @classmethod
    def of_standard(cls, standard: pl.DataFrame, names: Sequence[str]) -> Work:
        """Begin with standard records (``_row``, null for absent); columns of ``names`` that they miss are absent."""
        there = set(standard.columns)
        absent = pl.lit(None, dtype=pl.String)
        columns = ((pl.col(name) if name in there else absent).alias(standard_column(name)) for name in names)
        return cls(standard.select(ROW, *columns))

    def with_frame(self, frame: pl.DataFrame) -> Work:
        """Return the same with another frame."""
        return replace(self, frame=frame)

    def with_findings(self, findings: Iterable[pl.DataFrame]) -> Work:
        """Return the same with more findings."""
        return replace(self, findings=(*self.findings, *findings))

    def with_used(self, lookup: str, rows: pl.Series) -> Work:
        """Return the same with the rows of a lookup that records asked for."""
        return replace(self, used={**self.used, lookup: rows})

    def legacy(self, names: Iterable[str]) -> pl.DataFrame:
        """Return ``_row`` and legacy or looked-up values."""
        return self.frame.select(ROW, *(pl.col(legacy_column(name)).alias(name) for name in names))

    def standard(self, names: Iterable[str]) -> pl.DataFrame:
        """Return ``_row`` and standard values, null for absent."""
        return self.frame.select(ROW, *(pl.col(standard_column(name)).alias(name) for name in names))

    def written(self, columns: Iterable[str], *, defaults: Mapping[str, str]) -> pl.DataFrame:
        """Return ``_row`` and the legacy values of ``columns`` as restoring writes them, none null.

        A column that no field writes has its default, or is empty.
        """
        known = set(self.frame.columns)
        return self.frame.select(ROW, *(_written(name, known, defaults) for name in columns))

    def accepted(self, route: Route) -> pl.Series:
        """Return for each record whether ``route`` accepted its values."""
        return self.frame[verdict_column(route)]

    def accepted_by(self, routes: Iterable[Route]) -> Work:
        """Return the records whose values all of ``routes`` accepted."""
        verdicts = [pl.col(verdict_column(route)) for route in routes]
        is_accepted = self.frame.select(pl.all_horizontal([pl.lit(value=True), *verdicts]).alias("accepted"))
        mask = is_accepted["accepted"]
        return self if mask.all() and len(mask) == len(self.frame) else self.with_frame(self.frame.filter(mask))


def _written(name: str, known: set[str], defaults: Mapping[str, str]) -> pl.Expr:
    column = written_column(name)
    value = pl.col(column).fill_null("") if column in known else pl.lit(defaults.get(name, ""))
    return value.alias(name)
