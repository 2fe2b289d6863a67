"""Patterns: which kinds of findings a record has together, so that all records of a kind can be judged at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

import polars as pl

from stdconv.findings.frames import divided
from stdconv.findings.registry import Severity, codes
from stdconv.findings.rows import ROW

Kind: TypeAlias = tuple[str, str]
"""What findings are told by: the code, and the column or columns as findings name them."""

ID = r"p[0-9a-f]{10}"
"""How a pattern's id is written."""
EVERYWHERE = "T0015"
"""What every record has, since the layout lacks a column: it says nothing of a record."""
OF_ALL = "D"
"""The family of what is said of records together: each such finding is a pattern by itself."""
DECIDED = "SD"
"""The families of codes that a site may decide about: what does not come back is of none of them."""
UNDECIDABLE = ("S0009", "S0011", "S0028", "S0029", "D0002", "D0003", "D0004", "D0005", "D0021")
"""What is of these families and cannot be decided: files and records that are none, lookups, people who are lost."""
TOLD_APART = 100_000
"""How many patterns are told apart: those that the file has first, wherever it is cut into batches."""
BITS = 64
_COUNT, _WORD, _PATTERN = "count", "w", "pattern"
_IS_OF_ALL = pl.col("code").str.starts_with(OF_ALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Some kinds of findings that records have together: how many records, and the number of the first.

    A pattern of findings about records together has as many as there are findings, and no number where none names one.
    """

    id: str
    kinds: tuple[Kind, ...]
    count: int
    row: int | None


def pattern_id(kinds: Iterable[Kind]) -> str:
    """Return the id of a pattern, which is made of its kinds and of nothing else.

    >>> pattern_id([("S0004", "氏名"), ("S0001", "生年月日")]) == pattern_id([("S0001", "生年月日"), ("S0004", "氏名")])
    True
    """
    text = json.dumps(sorted(set(kinds)), ensure_ascii=False, separators=(",", ":"))
    return "p" + sha256(text.encode()).hexdigest()[:10]


def patterned(findings: pl.DataFrame) -> pl.DataFrame:
    """Return the id of the ``pattern`` of each record (``_row``) that has findings of its own, in order."""
    kinds = _Kinds()
    masks = kinds.masks(findings)
    ids = kinds.identified(masks)
    return masks.join(ids, on=kinds.words, maintain_order="left").select(ROW, _PATTERN)


def is_decidable(kinds: Iterable[Kind], key: Collection[str] = ()) -> bool:
    """Return whether a site may decide about what has ``kinds``: all of them must be of the schema or its rules.

    What is said of the ``key`` by which a record is known again is none of it.
    """
    return all(is_decidable_code(code) and key_column(code, column, key) is None for code, column in kinds)


def is_decidable_code(code: str) -> bool:
    """Return whether a site may decide about findings of ``code``, in some column at least."""
    return code in codes() and code[0] in DECIDED and code not in UNDECIDABLE


def key_column(code: str, column: str, key: Collection[str]) -> str | None:
    """Return the column of the ``key`` that a rule of this code and ``column`` is about, where it refuses a record."""
    is_refusing = not code.startswith(OF_ALL) and codes()[code].severity == "refuse"
    return next((name for name in divided(column) if name in key), None) if is_refusing else None


def judged(findings: pl.DataFrame, decided: Mapping[str, Severity], key: Collection[str] = ()) -> pl.DataFrame:
    """Return ``findings`` with the severities that were ``decided`` by the ids of patterns.

    Patterns that cannot be decided, a rule about the ``key`` among them, keep theirs.
    """
    kinds = _Kinds()
    masks = kinds.masks(findings)
    ids = kinds.identified(masks)
    known = {id_: kinds.of(words) for *words, id_ in ids.select(*kinds.words, _PATTERN).iter_rows()}
    becomes = {id_: decided[id_] for id_, of in known.items() if id_ in decided and is_decidable(of, key)}
    severity = pl.col("severity")
    for code, column in findings.filter(_IS_OF_ALL).select("code", "column").unique().iter_rows():
        if (id_ := pattern_id([(code, column)])) in decided and is_decidable_code(code):
            is_meant = (pl.col("code") == code) & (pl.col("column") == column)
            severity = pl.when(is_meant).then(pl.lit(decided[id_])).otherwise(severity)
    if not becomes:
        return findings.with_columns(severity.alias("severity"))
    by_id = pl.DataFrame({_PATTERN: [*becomes], "becomes": [*becomes.values()]})
    rows = masks.join(ids.join(by_id, on=_PATTERN), on=kinds.words).select(ROW, "becomes")
    joined = findings.join(rows, on=ROW, how="left", maintain_order="left")
    is_meant = pl.col("becomes").is_not_null() & _is_own()
    judged = joined.with_columns(pl.when(is_meant).then("becomes").otherwise(severity).alias("severity"))
    return judged.drop("becomes")


class Patterns:
    """Adds patterns up, batch by batch, records in their order; of those ``decided`` it also counts the findings."""

    def __init__(self, decided: Collection[str] = (), *, limit: int = TOLD_APART) -> None:
        self.findings = Counter[tuple[str, Kind]]()
        """How many findings of a kind records of a decided pattern have, by its id and the kind."""
        self.beyond = 0
        """How many records have patterns beyond those that are told apart."""
        self._decided = frozenset(decided)
        self._limit = limit
        self._kinds = _Kinds()
        self._counted = pl.DataFrame(schema={ROW: pl.Int64, _COUNT: pl.UInt64})
        self._of_all: dict[Kind, tuple[int, int | None]] = {}

    def add(self, findings: pl.DataFrame) -> None:
        """Take findings before or after decisions; those about other files' rows are no records' own."""
        if findings.is_empty():
            return
        self._add_of_all(findings.filter(_IS_OF_ALL))
        masks = self._kinds.masks(findings)
        if masks.is_empty():
            return
        words = self._kinds.words
        if self._decided:
            self._add_decided(findings, masks)
        met = masks.group_by(words).agg(pl.col(ROW).min(), pl.len().cast(pl.UInt64).alias(_COUNT))
        every = pl.concat([self._counted, met], how="diagonal").with_columns(pl.col(words).fill_null(0))
        every = every.group_by(words).agg(pl.col(ROW).min(), pl.col(_COUNT).sum()).sort(ROW)
        self._counted, rest = every.head(self._limit), every.slice(self._limit)
        self.beyond += int(rest[_COUNT].sum())

    def _add_of_all(self, findings: pl.DataFrame) -> None:
        counts = findings.group_by("code", "column").agg(pl.len(), pl.col(ROW).min())
        for code, column, count, row in counts.iter_rows():
            before, first = self._of_all.get((code, column), (0, None))
            firsts = [each for each in (first, row) if each is not None]
            self._of_all[code, column] = before + count, min(firsts, default=None)
            if (id_ := pattern_id([(code, column)])) in self._decided:
                self.findings[id_, (code, column)] += count

    def _add_decided(self, findings: pl.DataFrame, masks: pl.DataFrame) -> None:
        """Count the findings of records that have a decided pattern."""
        ids = self._kinds.identified(masks).filter(pl.col(_PATTERN).is_in([*self._decided]))
        if len(ids):
            rows = masks.join(ids, on=self._kinds.words).select(ROW, _PATTERN)
            counts = _own(findings).join(rows, on=ROW).group_by(_PATTERN, "code", "column").len()
            for id_, code, column, count in counts.iter_rows():
                self.findings[id_, (code, column)] += count

    def __iter__(self) -> Iterator[Pattern]:
        """Yield the patterns that are told apart, the commonest first, then by id."""
        of_records = ((self._kinds.of(words), count, row) for row, count, *words in self._ordered().iter_rows())
        of_all = (((kind,), count, row) for kind, (count, row) in self._of_all.items())
        found = [Pattern(pattern_id(each[0]), *each) for each in (*of_records, *of_all)]
        yield from sorted(found, key=lambda each: (-each.count, each.id))

    def _ordered(self) -> pl.DataFrame:
        return self._counted.select(ROW, _COUNT, *self._kinds.words) if len(self._counted) else self._counted


class _Kinds:
    """The kinds that were met, each with a number; a record's kinds are bits in words of 64."""

    def __init__(self) -> None:
        self._numbers: dict[Kind, int] = {}

    @property
    def words(self) -> list[str]:
        """The columns of the bits."""
        return [f"{_WORD}{at}" for at in range(max(1, -(-len(self._numbers) // BITS)))]

    def masks(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return the records that have findings of their own, in order, each with the bits of its kinds."""
        own = _own(findings)
        code, column = (pl.col(name).cast(pl.Categorical).to_physical().cast(pl.UInt64) for name in ("code", "column"))
        keyed = own.with_columns((code * 2**32 + column).alias("key"))
        known = keyed.unique("key")
        numbers = [
            self._numbers.setdefault(kind, len(self._numbers)) for kind in known.select("code", "column").iter_rows()
        ]
        bits = (
            pl.col("key").replace_strict(known["key"], _bits(numbers, at), return_dtype=pl.UInt64).alias(word)
            for at, word in enumerate(self.words)
        )
        marked = keyed.select(ROW, *bits)
        ordered = marked if marked[ROW].is_sorted() else marked.sort(ROW)
        return ordered.set_sorted(ROW).group_by(ROW, maintain_order=True).agg(pl.col(self.words).bitwise_or())

    def identified(self, masks: pl.DataFrame) -> pl.DataFrame:
        """Return the different bits of ``masks``, each with its pattern's id."""
        different = masks.select(self.words).unique()
        ids = [pattern_id(self.of(words)) for words in different.iter_rows()]
        return different.with_columns(pl.Series(_PATTERN, ids, dtype=pl.String))

    def of(self, words: Iterable[int]) -> tuple[Kind, ...]:
        """Return the kinds that bits stand for, in order."""
        mask = sum(word << BITS * at for at, word in enumerate(words))
        return tuple(sorted(kind for kind, number in self._numbers.items() if mask >> number & 1))


def _bits(numbers: Iterable[int], word: int) -> pl.Series:
    return pl.Series([1 << number % BITS if number // BITS == word else 0 for number in numbers], dtype=pl.UInt64)


def _is_own() -> pl.Expr:
    """Return which findings say something of single records."""
    return pl.col(ROW).is_not_null() & (pl.col("code") != EVERYWHERE) & ~_IS_OF_ALL


def _own(findings: pl.DataFrame) -> pl.DataFrame:
    """Return row, code and column of the findings that say something of single records."""
    return findings.lazy().select(ROW, "code", "column").filter(_is_own()).collect()
