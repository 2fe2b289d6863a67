"""What was planted into a file, and where: the plan that a rehearsal's findings are compared with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, TypeAlias

import polars as pl

from stdconv.errors import DefinitionError, StdconvError
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW

Kind: TypeAlias = Literal[
    "unknown-code",
    "no-such-day",
    "era-against-date",
    "spoiled-era",
    "full-width-digits",
    "lost-sign",
    "replacement-character",
    "leading-zero-lost",
    "long-number",
    "date-with-slashes",
    "missing-column",
    "trailing-columns",
    "stray-quote",
    "open-quote",
    "other-encoding",
    "duplicate",
    "contradiction",
    "gap",
    "two-heads",
    "mark",
    "all-quoted",
    "trailing-columns-throughout",
    "column-gone",
]
"""A kind of damage, as real files have it."""
OF_FILES: tuple[Kind, ...] = ("mark", "all-quoted", "trailing-columns-throughout", "column-gone")
"""Kinds that change a file as a whole: each is planted alone, since nothing else may be told of such a file."""

Texts: TypeAlias = Mapping[str, str]
"""A text by language."""
OTHER_FILES = "lookup:"
"""How the side of findings about another file begins."""


@dataclass(frozen=True)
class Damage:
    """One damage: its ``kind``, the number of the ``record`` in the damaged file, the ``column`` if it is in one.

    Record 0 is the file as a whole. One of ``codes``, or of the families of which only the letter is given, must tell
    it; none, where the damage is another spelling of the same records, which are accepted and come back.
    ``around`` are the other records of the person and the household: findings of the family D may be there.
    """

    kind: Kind
    record: int
    column: str = ""
    codes: tuple[str, ...] = ()
    around: tuple[int, ...] = ()

    def is_told_by(self, record: int, code: str) -> bool:
        """Return whether a finding is what this damage must lead to."""
        is_here = record == self.record or (code.startswith("D") and record in self.around)
        return is_here and code.startswith(self.codes)


@dataclass(frozen=True)
class DamagePlan:
    """What was planted into a file of so many ``records``: ``damages`` in their order, and what was not.

    ``left_out`` says by kind, in both languages, why it cannot befall this file, or would not be told. ``before`` are
    code and column of what was found in the file already: that is no consequence of any damage.
    """

    damages: tuple[Damage, ...]
    left_out: Mapping[str, Texts] = field(default_factory=dict)
    before: tuple[tuple[str, str], ...] = ()
    records: int = 0

    def to_json(self) -> str:
        """Return the plan for another process; ``from_json`` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the plan of that text. Raises ``DefinitionError`` (C0115) where it is none."""
        try:
            given: dict[str, Any] = json.loads(text)
            damages = tuple(
                Damage(**each | {"codes": tuple(each["codes"]), "around": tuple(each["around"])})
                for each in given["damages"]
            )
            before = tuple((code, column) for code, column in given["before"])
            return cls(damages, dict(given["left_out"]), before, int(given["records"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DefinitionError([fault("C0115")]) from None

    def compare(self, found: pl.DataFrame | StdconvError) -> Compared:
        """Compare with what was found in the damaged file: findings, or the error that its conversion ended in.

        Findings are those of ``convert_bytes``, ``validate`` and the like, or of ``findings.parquet``.
        """
        if isinstance(found, StdconvError):
            told = pl.DataFrame([(0, each.code) for each in found.faults], ["_row", "code"], orient="row")
            return self._compared(told.with_columns(column=pl.lit("")))
        is_here = ~pl.col("side").cast(pl.String).str.starts_with(OTHER_FILES)
        grave = found.filter(is_here, pl.col("severity").cast(pl.String) != "note")
        texts = grave.with_columns(pl.col("code", "column").cast(pl.String))
        return self._compared(texts.with_columns(pl.col(ROW).fill_null(0)))

    def _compared(self, told: pl.DataFrame) -> Compared:
        at: dict[int, list[Damage]] = {}
        for damage in self.damages:
            for record in (damage.record, *damage.around):
                at.setdefault(record, []).append(damage)
        by = {damage: set[str]() for damage in self.damages}
        others = []
        for number, (record, code, column) in enumerate(told.select(ROW, "code", "column").iter_rows()):
            here = at.get(record, [])
            for damage in here:
                if damage.codes and damage.is_told_by(record, code):
                    by[damage].add(code)
            is_consequence = any(each.record == record or code.startswith("D") for each in here)
            is_silent = any(each.record == record and not each.codes for each in here)
            if (not is_consequence or is_silent) and (code, column) not in self.before:
                others.append(number)
        missed = tuple(each for each, codes in by.items() if each.codes and not codes)
        return Compared(self, {each: tuple(sorted(codes)) for each, codes in by.items()}, missed, told[others])


@dataclass(frozen=True)
class Compared:
    """Planted against found: by which codes each damage was ``told``, what was ``missed``, and ``others``.

    ``others`` are findings about records in which nothing was planted, less what was found in the file before.
    """

    plan: DamagePlan
    told: Mapping[Damage, tuple[str, ...]]
    missed: tuple[Damage, ...]
    others: pl.DataFrame

    @property
    def is_as_planned(self) -> bool:
        """Whether every damage was told, and nothing else."""
        return not self.missed and self.others.is_empty()

    def table(self) -> pl.DataFrame:
        """Return a row for each kind: how many were ``planted`` and ``found``, and by which ``codes``."""
        planted = Counter(each.kind for each in self.plan.damages)
        missed = Counter(each.kind for each in self.missed)
        codes: dict[str, set[str]] = {}
        for damage, told in self.told.items():
            codes.setdefault(damage.kind, set()).update(told)
        rows = [(kind, count, count - missed[kind], " ".join(sorted(codes[kind]))) for kind, count in planted.items()]
        schema = {"kind": pl.String, "planted": pl.Int64, "found": pl.Int64, "codes": pl.String}
        return pl.DataFrame(rows, schema, orient="row")
