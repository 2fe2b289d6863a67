"""Lenses for names: the standard's 氏名 has exactly one full-width space between its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from stdconv.domains.sets import Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Values

LINK = "審議項目1関係資料"
ITEMS = "official item list, 氏名: one full-width space between the elements"

SEPARATOR = "\u3000"
_BLANKS = "[ \u3000]"
_ELEMENT = "[\u0001-\u001f!-\u2fff\u3001-\U0010ffff]+"
SEPARATED = Text(pattern=f"^{_ELEMENT}(\u3000{_ELEMENT})*$")
"""Elements without blanks, one U+3000 between them, none around; what else a name may hold is the schema's."""


def _wide(name: pl.Expr) -> pl.Expr:
    """Write every half-width blank full-width."""
    return name.str.replace_all(" ", SEPARATOR, literal=True)


def _joined(name: pl.Expr) -> pl.Expr:
    """Leave the blanks out."""
    return name.str.replace_all(_BLANKS, "")


def _has_blank(name: pl.Expr) -> pl.Expr:
    return name.str.contains(_BLANKS)


class NameSeparator(Lens):
    """A name whose elements are separated by one blank, half-width or full-width, to the one with U+3000.

    The half-width blank is an equivalent spelling. A name without any separator passes with a warning, since where it
    is to be divided is unknown; blanks in front, behind or doubled are refused.
    """

    op: Literal["name_separator"] = "name_separator"

    def forward(self, *legacy: pl.Expr) -> Values:
        """Write the separator full-width."""
        return (_wide(legacy[0]),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the name as it is."""
        return (standard[0],)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The spelling with U+3000."""
        return (_wide(legacy[0]),)

    @property
    def codomain(self) -> Record:
        """Names with single full-width separators."""
        return one(SEPARATED)

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """Doubt names without a separator."""
        yield "T0012", ~_has_blank(standard[0])

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Only the separators can be wrong."""
        return pl.lit("T0011")

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The half-width blank, without which the lens would not be needed."""
        words = "a name with a half-width blank", "半角空白のある氏名"
        yield Branch(("op",), legacy[0].str.contains(" ", literal=True), self.op, by=words)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example in both spellings."""
        lens = cls()
        return (
            Example(lens, ("行政　花子",), ("行政　花子",), LINK),
            Example(lens, ("行政 花子",), ("行政　花子",), ITEMS, ("行政　花子",)),
            Example(lens, ("ＡＢ　ＣＤ　ＥＦ",), ("ＡＢ　ＣＤ　ＥＦ",), f"{ITEMS}, middle names too"),
            Example(lens, ("行政花子",), ("行政花子",), "docs/domain.md: cannot be split", doubt="T0012"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return blanks that are not one separator."""
        lens = cls()
        return tuple(
            Refusal(lens, (name,), "T0011", ITEMS)
            for name in ("行政　　花子", "　行政花子", "行政花子　", "行政 　花子")
        )


class NameParts(Lens):
    """An unseparated name with its parts from a lookup, to the name with its separator.

    Takes (氏名, 氏, 名). The parts count only where, written together, they spell the name; other parts (a surname of
    before or after) are dropped with a warning and the name passes as it is. A legacy name that shows a separator
    itself is an equivalent spelling where the lookup has the same parts; elsewhere it is refused, since this layout
    has no other place to keep the separator.
    """

    arity = (3, 1)
    op: Literal["name_parts"] = "name_parts"

    def forward(self, *legacy: pl.Expr) -> Values:
        """行政花子, 行政, 花子 → 行政　花子."""
        name = legacy[0]
        parted = _parted(legacy)
        return (pl.when(_spells(name, parted)).then(parted).when(~_has_blank(name)).then(name),)

    def back(self, *standard: pl.Expr) -> Values:
        """行政　花子 → 行政花子, 行政, 花子; a name without a separator has no parts."""
        parts = standard[0].str.splitn(SEPARATOR, 2)
        given = parts.struct.field("field_1")
        return _joined(standard[0]), pl.when(given.is_not_null()).then(parts.struct.field("field_0")), given

    def canonical(self, *legacy: pl.Expr) -> Values:
        """Parts that spell the name stay, with full-width blanks inside; others are dropped."""
        name, family, given = legacy
        spells = _spells(name, _parted(legacy))
        first, rest = _wide(family), _wide(given)
        parts = (first + SEPARATOR + rest).str.splitn(SEPARATOR, 2)
        return (
            pl.when(spells).then(_joined(name)).otherwise(name),
            pl.when(spells).then(parts.struct.field("field_0")),
            pl.when(spells).then(parts.struct.field("field_1")),
        )

    @property
    def codomain(self) -> Record:
        """Names with single full-width separators."""
        return one(SEPARATED)

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """Doubt names without a separator, and parts that contradict the name."""
        name, *parts = legacy
        there = pl.any_horizontal([(part != "").fill_null(value=False) for part in parts])
        yield "T0013", there & ~_spells(name, _parted(legacy))
        yield "T0012", ~_has_blank(standard[0])

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish a separator that the lookup does not confirm from blanks that are not a separator."""
        doubtful = _has_blank(legacy[0]) & ~_spells(legacy[0], _parted(legacy))
        return pl.when(doubtful).then(pl.lit("T0020")).otherwise(pl.lit("T0011"))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Parts that spell the name."""
        words = "a name that its looked-up parts spell", "突合ファイルの氏と名をつなぐと同じになる氏名"
        yield Branch(("op",), _spells(legacy[0], _parted(legacy)), self.op, by=words)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example, a name of before a marriage, and a name that shows its parts."""
        lens = cls()
        parts = ("行政花子", "行政", "花子")
        return (
            Example(lens, parts, ("行政　花子",), LINK),
            Example(lens, ("行政 花子", "行政", "花子"), ("行政　花子",), ITEMS, parts),
            Example(lens, ("行政花子", None, None), ("行政花子",), LINK, ("行政花子", None, None), "T0012"),
            Example(
                lens,
                ("山田花子", "行政", "花子"),
                ("山田花子",),
                "design section 5: an earlier surname must not be overwritten by today's",
                ("山田花子", None, None),
                "T0013",
            ),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return separators that nothing confirms, and blanks that are not one separator."""
        return (
            Refusal(cls(), ("行政　花子", "", ""), "T0020", "the layout writes names without a separator"),
            Refusal(cls(), ("行　政花子", "行政", "花子"), "T0020", "name and lookup disagree where the name divides"),
            Refusal(cls(), ("行政花子", "行政　", "花子"), "T0011", ITEMS),
        )


def _parted(legacy: Values) -> pl.Expr:
    """Return 氏 and 名 with the separator between them; null where either is missing."""
    _, family, given = legacy
    both = (family != "") & (given != "")
    return pl.when(both).then(_wide(family) + SEPARATOR + _wide(given))


def _spells(name: pl.Expr, parted: pl.Expr) -> pl.Expr:
    """Return whether the parts, written together, are the name, or just the name if it has separators itself."""
    return ((_joined(parted) == name) | (parted == _wide(name))).fill_null(value=False)
