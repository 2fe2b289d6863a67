"""The patterns of a run: which kinds of findings records have together, how many, and one of them to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Self

from stdconv.definitions.model import Data
from stdconv.findings.patterns import Patterns, is_decidable
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import codes
from stdconv.layouts.lines import LineOf
from stdconv.reports.totals import Unit

LISTED = 10_000
"""How many patterns a report lists, the commonest."""
PLACED = 100
"""Of how many of them it says on which line the first record begins."""
TOLD = 10
"""How many are told in text."""


class PatternKind(Data):
    """A code, and the column or columns as findings name them."""

    code: str
    column: str


class PatternUse(Data):
    """A pattern: the kinds of findings that records have together, how many records, and the number of the first.

    A finding of a dataset rule is a pattern by itself, and ``count`` the number of findings. ``line`` and ``offset``
    say where the record begins, as for findings; only the commonest hundred have them. ``decidable`` says whether a
    site may decide about it.
    """

    id: str
    kinds: tuple[PatternKind, ...]
    count: int
    row: int | None
    line: int | None = None
    offset: int | None = None
    decidable: bool


class PatternsUse(Data):
    """The commonest patterns, at most 10,000, and how many are not listed, with the records that have them.

    Only the first 100,000 of a file are told apart; records of later ones are counted in ``untold_records``.
    """

    listed: tuple[PatternUse, ...] = ()
    unlisted: int = 0
    unlisted_records: int = 0
    untold_records: int = 0

    @classmethod
    def of(
        cls, patterns: Patterns, key: Collection[str], line_of: LineOf | None = None, *, unit: Unit = "lines"
    ) -> Self:
        """Return what was counted; ``key`` are the columns by which a record is known again."""
        found = [*patterns]
        shown = [each.row for each in found[:PLACED] if each.row is not None]
        places = line_of(shown) if line_of is not None and shown else {}
        name = "line" if unit == "lines" else "offset"
        listed = (
            PatternUse.model_validate(
                {
                    "id": each.id,
                    "kinds": tuple({"code": code, "column": column} for code, column in each.kinds),
                    "count": each.count,
                    "row": each.row,
                    name: places.get(each.row) if each.row is not None and at < PLACED else None,
                    "decidable": is_decidable(each.kinds, key),
                }
            )
            for at, each in enumerate(found[:LISTED])
        )
        rest = found[LISTED:]
        return cls(
            listed=tuple(listed),
            unlisted=len(rest),
            unlisted_records=sum(each.count for each in rest),
            untold_records=patterns.beyond,
        )


def kinds_text(pattern: PatternUse) -> str:
    """Return the kinds of a pattern as data has them: ``S0004 性別; S0006 生年月日``."""
    return "; ".join(f"{each.code} {each.column}".rstrip() for each in pattern.kinds)


def pattern_lines(patterns: PatternsUse, lang: str) -> Iterator[str]:
    """Yield a line for each of the commonest patterns, below it what its findings say."""
    if not patterns.listed:
        return
    said = phrases("pattern", lang)
    yield said["patterns"]
    for each in patterns.listed[:TOLD]:
        at = [said["row"].format(each.row)] if each.row is not None else []
        at += [said["line"].format(each.line)] if each.line is not None else []
        at += [said["offset"].format(each.offset)] if each.offset is not None else []
        yield f"  {each.id}  ×{each.count:,}  {said['between'].join([*at, said[_state(each)]])}"
        for kind in each.kinds:
            message = codes()[kind.code].messages[lang]
            yield f"    {kind.code} {kind.column or codes()[kind.code].name}: {message.summary}"
    more = len(patterns.listed) - TOLD + patterns.unlisted
    if more > 0:
        rest = sum(each.count for each in patterns.listed[TOLD:]) + patterns.unlisted_records
        yield said["more"].format(patterns=f"{more:,}", records=f"{rest:,}")
    if patterns.untold_records:
        yield said["untold"].format(records=f"{patterns.untold_records:,}")


def pattern_counts(patterns: PatternsUse) -> dict[str, str]:
    """Return the commonest patterns by name, each with its records and kinds, for formats that have such pairs."""
    return {f"pattern_{each.id}": f"×{each.count} {kinds_text(each)}" for each in patterns.listed[:TOLD]}


def _state(pattern: PatternUse) -> str:
    return "decidable" if pattern.decidable else "undecidable"
