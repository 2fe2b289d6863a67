"""Lenses for the shape of values: filled up, trimmed, several in one column, one in several columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BeforeValidator, Field, StringConstraints

from stdconv.domains import AllOf, Choice, Domain, InOrder, Not, Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Values
from stdconv.patterns import any_but

SPEC = "docs/domain.md, Codes: traps"
LETTER = any_but("")

Sign = Annotated[str, StringConstraints(min_length=1, max_length=1)]
Width = Annotated[int, Field(ge=1, le=1000)]


def _items(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Widths = Annotated[
    tuple[Width, ...],
    BeforeValidator(_items, json_schema_input_type=Annotated[list[Width], Field(min_length=2)]),
    Field(min_length=2),
]


def _class(sign: str) -> str:
    """Return one character as a class of the grammar."""
    return f"[\\{sign}]" if sign in "\\^$.|?*+()[]{}-" else f"[{sign}]"


class Unfill(Lens):
    """A value filled up to a fixed width in legacy, without the filling in the standard: 0000001234 → 1234.

    ``width`` counts characters, ``fill`` is what fills, on the ``side`` left or right. A value of another width, and
    one of nothing but filling, is refused; ``none`` names the spelling of "no value" (often all filling).
    """

    op: Literal["unfill"] = "unfill"
    width: Width
    fill: Sign = "0"
    side: Literal["left", "right"] = "left"
    none: str | None = Field(default=None, min_length=1)

    @property
    def absent(self) -> tuple[str, ...] | None:
        """The sentinel."""
        return None if self.none is None else (self.none,)

    def forward(self, *legacy: pl.Expr) -> Values:
        """0000001234 → 1234."""
        strip = legacy[0].str.strip_chars_start if self.side == "left" else legacy[0].str.strip_chars_end
        return (strip(self.fill),)

    def back(self, *standard: pl.Expr) -> Values:
        """1234 → 0000001234."""
        pad = standard[0].str.pad_start if self.side == "left" else standard[0].str.pad_end
        return (pad(self.width, self.fill),)

    @property
    def codomain(self) -> Record:
        """Up to ``width`` characters that do not begin (end) with the filling."""
        edge, rest = any_but(self.fill), f"{LETTER}{{0,{self.width - 1}}}"
        return one(Text(f"^{edge}{rest}$" if self.side == "left" else f"^{rest}{edge}$"))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value is not filled up as declared."""
        return pl.lit("T0022")

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The sentinel."""
        if self.none is not None:
            yield Branch(("none",), legacy[0] == self.none, self.none)

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...], dict[str, object]]]:
        """Yield a sentinel that is a value filled up."""
        if self.none is not None and len(self.none) == self.width and self.none.strip(self.fill):
            kept = self.none.lstrip(self.fill) if self.side == "left" else self.none.rstrip(self.fill)
            if kept:
                yield "M0058", ("none",), {"none": self.none, "value": kept}

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a number filled with zeros, text filled with blanks, and the sentinel."""
        number, text = cls(width=10, none="0000000000"), cls(width=6, fill="　", side="right")
        return (
            Example(number, ("0000001234",), ("1234",), "assumed: numbers in fixed columns are zero-filled"),
            Example(number, ("0000000000",), (None,), "assumed: nothing but zeros is no number"),
            Example(text, ("行政花子　　",), ("行政花子",), "assumed: text in fixed columns is filled with blanks"),
            Example(cls(width=4), ("1234",), ("1234",), "assumed: a full column has no filling"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values of other widths, and nothing but filling without a sentinel."""
        number = cls(width=5)
        return tuple(
            Refusal(number, (value,), "T0022", "assumed: the column has a fixed width")
            for value in ("1234", "001234", "00000", "1234 x")
        )


class Fill(Lens):
    """A value without filling in legacy, filled up to a fixed width in the standard: 1234 → 0000001234.

    ``width``, ``fill`` and ``side`` as for ``unfill``. A value that is filled up already is refused.
    """

    op: Literal["fill"] = "fill"
    width: Width
    fill: Sign = "0"
    side: Literal["left", "right"] = "left"

    def forward(self, *legacy: pl.Expr) -> Values:
        """1234 → 0000001234."""
        pad = legacy[0].str.pad_start if self.side == "left" else legacy[0].str.pad_end
        return (pad(self.width, self.fill),)

    def back(self, *standard: pl.Expr) -> Values:
        """0000001234 → 1234."""
        strip = standard[0].str.strip_chars_start if self.side == "left" else standard[0].str.strip_chars_end
        return (strip(self.fill),)

    @property
    def codomain(self) -> Record:
        """Exactly ``width`` characters that are not all filling."""
        whole: Domain = Text(f"^{LETTER}{{{self.width}}}$")
        return one(AllOf((whole, Not(Text(f"^{_class(self.fill)}{{{self.width}}}$")))))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value is filled up already, or longer than the column."""
        return pl.lit("T0022")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a number to be filled with zeros."""
        return (
            Example(cls(width=6), ("16373",), ("016373",), "docs/domain.md: 市区町村コード has six digits"),
            Example(cls(width=4), ("1234",), ("1234",), "assumed: a full column has no filling"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values that would not come back, and one that is too long."""
        return tuple(
            Refusal(cls(width=6), (value,), "T0022", "assumed: it would come back without its zeros, or not at all")
            for value in ("016373", "1637300", "0")
        )


class Trim(Lens):
    """A value with blanks around it in legacy, without them in the standard.

    The blanks, half-width and full-width, are spelling and go to the residue; restoring into the layout writes none.
    A value of nothing but blanks is no value.
    """

    op: Literal["trim"] = "trim"

    def forward(self, *legacy: pl.Expr) -> Values:
        """Leave the blanks around the value out."""
        return (legacy[0].str.strip_chars(" \u3000"),)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the value as it is."""
        return (standard[0],)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value without blanks around it."""
        return self.forward(*legacy)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether there are only blanks."""
        return legacy[0].str.strip_chars(" \u3000") == ""

    @property
    def codomain(self) -> Record:
        """Texts without blanks around them."""
        edge = any_but(" \u3000")
        return one(Text(f"^{edge}({LETTER}{{0,}}{edge}){{0,1}}$"))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Blanks around the value, without which the lens would not be needed."""
        yield Branch(("op",), legacy[0] != legacy[0].str.strip_chars(" \u3000"), self.op)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return a value with blanks behind it, and one of blanks alone."""
        source = "assumed: text in fixed columns is filled with blanks"
        return (
            Example(cls(), ("行政　花子　　",), ("行政　花子",), source, ("行政　花子",)),
            Example(cls(), (" 1 ",), ("1",), source, ("1",)),
            Example(cls(), ("　　",), (None,), source, (None,)),
        )


class Join(Lens):
    """Several legacy columns to one standard column: joined by ``separator``, or of fixed ``widths`` without one.

    ``columns`` says how many are joined by a separator; behind the last filled one they may be empty, no other. With
    widths none may, and each has its width. A value that holds the separator itself is refused.
    """

    op: Literal["join"] = "join"
    separator: Sign | None = None
    columns: Annotated[int, Field(ge=2, le=20)] | None = None
    widths: Widths | None = None

    @property
    def takes(self) -> int:  # type: ignore[override]
        """As many columns as are joined."""
        return len(self.widths) if self.widths else self.columns or 2

    def forward(self, *legacy: pl.Expr) -> Values:
        """Write the columns together."""
        if self.widths:
            return (_together(legacy, self.widths),)
        return (_joined(legacy, self.separator or ""),)

    def back(self, *standard: pl.Expr) -> Values:
        """Divide the value."""
        if self.widths:
            return _divided(standard[0], self.widths)
        return _parts(standard[0], self.separator or "", self.takes)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value itself; a column that is empty behind the last filled one is absent."""
        return tuple(pl.when(value != "").then(value) for value in legacy)

    @property
    def codomain(self) -> Record:
        """Texts of all widths together, or of at most as many parts as columns."""
        return one(_whole(self.widths, self.separator, self.takes))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The columns do not make the declared whole."""
        return pl.lit("T0023")

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...], dict[str, object]]]:
        """Yield what is joined in two ways or in none."""
        if (self.separator is None) == (self.widths is None) or (self.separator is None) != (self.columns is None):
            yield "M0059", ("op",), {"op": self.op}

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return name parts joined by a full-width blank, and an era date in four columns."""
        name, date = cls(separator="\u3000", columns=3), cls(widths=(1, 2, 2, 2))
        official = "official item list, 氏名: one full-width space between the elements"
        return (
            Example(name, ("ＡＢ", "ＣＤ", "ＥＦ"), ("ＡＢ　ＣＤ　ＥＦ",), official),
            Example(name, ("行政", "花子", ""), ("行政　花子",), official, ("行政", "花子", None)),
            Example(date, ("3", "60", "07", "07"), ("3600707",), "assumed: era and yy, mm, dd in separate columns"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return gaps, a separator inside a part, and a part of another width."""
        name, date = cls(separator="\u3000", columns=3), cls(widths=(1, 2, 2, 2))
        why = "assumed: it would come back divided otherwise"
        return (
            Refusal(name, ("行政", "", "花子"), "T0023", why),
            Refusal(name, ("行　政", "花子", ""), "T0023", why),
            Refusal(date, ("3", "60", "7", "7"), "T0023", why),
            Refusal(date, ("3", "60", "07", ""), "T0023", why),
        )


class Split(Lens):
    """One legacy column to several standard columns: divided by ``separator``, or into fixed ``widths``.

    ``columns`` says how many parts a separator makes; parts behind the last one are absent. With widths ``filler``
    is how an absent part is written (packed 続柄 02200000 with ``filler: "00"`` are 02 and 20).
    """

    op: Literal["split"] = "split"
    separator: Sign | None = None
    columns: Annotated[int, Field(ge=2, le=20)] | None = None
    widths: Widths | None = None
    filler: Annotated[str, StringConstraints(min_length=1)] | None = None

    @property
    def gives(self) -> int:  # type: ignore[override]
        """As many columns as there are parts."""
        return len(self.widths) if self.widths else self.columns or 2

    def forward(self, *legacy: pl.Expr) -> Values:
        """Divide the value."""
        if not self.widths:
            return _parts(legacy[0], self.separator or "", self.gives)
        whole = sum(self.widths)
        parts = _divided(legacy[0], self.widths)
        fits = legacy[0].str.len_chars() == whole
        return tuple(pl.when(fits & self._is_filled(part)).then(part) for part in parts)

    def _is_filled(self, part: pl.Expr) -> pl.Expr:
        return pl.lit(value=True) if self.filler is None else part != self.filler

    def back(self, *standard: pl.Expr) -> Values:
        """Write the parts together."""
        if not self.widths:
            return (_joined(standard, self.separator or ""),)
        filler = pl.lit(self.filler, dtype=pl.String)
        return (_together(tuple(pl.coalesce(part, filler) for part in standard), self.widths),)

    @property
    def codomain(self) -> Record:
        """Parts from the left, each of its width or without the separator."""
        whole = range(self.gives)
        if self.widths:
            columns = tuple((i, _part(width, self.filler)) for i, width in zip(whole, self.widths, strict=True))
        else:
            columns = tuple((i, _without(self.separator or "")) for i in whole)
        required = tuple(whole) if self.widths and self.filler is None else (0,)
        rules = () if len(required) > 1 else (InOrder(tuple(whole)),)
        return Record(columns=columns, required=required, rules=rules)

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value has not the declared parts."""
        return pl.lit("T0023")

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...], dict[str, object]]]:
        """Yield what is divided in two ways or in none, and a filler that does not fill."""
        if (self.separator is None) == (self.widths is None) or (self.separator is None) != (self.columns is None):
            yield "M0059", ("op",), {"op": self.op}
        if self.filler is not None and any(width != len(self.filler) for width in self.widths or (0,)):
            yield "M0060", ("filler",), {"filler": self.filler}

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return packed codes, and a name in its elements."""
        packed, name = cls(widths=(2, 2, 2, 2), filler="00"), cls(separator="\u3000", columns=2)
        return (
            Example(packed, ("02200000",), ("02", "20", None, None), f"{SPEC}: 4×2 digits packed into eight"),
            Example(packed, ("20202020",), ("20", "20", "20", "20"), f"{SPEC}: up to four generations"),
            Example(name, ("行政　花子",), ("行政", "花子"), "official item list: 氏 and 名"),
            Example(name, ("行政",), ("行政", None), "assumed: a single element is the first"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return gaps between parts, other lengths, too many parts."""
        packed, name = cls(widths=(2, 2, 2, 2), filler="00"), cls(separator="\u3000", columns=2)
        return (
            Refusal(packed, ("02002000",), "T0023", "assumed: generations are filled from the left"),
            Refusal(packed, ("00000000",), "T0023", "assumed: no code at all is an empty value"),
            Refusal(packed, ("0220",), "T0023", f"{SPEC}: eight digits"),
            Refusal(name, ("Ａ　Ｂ　Ｃ",), "T0023", "assumed: two columns hold two elements"),
            Refusal(name, ("行政　",), "T0023", "assumed: an element is not empty"),
        )


def _together(values: Values, widths: tuple[int, ...]) -> pl.Expr:
    """Write values of the right widths one behind the other; null where one has another width."""
    fits = [value.str.len_chars() == width for value, width in zip(values, widths, strict=True)]
    return pl.when(pl.all_horizontal(fits)).then(pl.concat_str(values))


def _divided(value: pl.Expr, widths: tuple[int, ...]) -> Values:
    """Cut a value by widths."""
    return tuple(value.str.slice(end - width, width) for end, width in zip(accumulate(widths), widths, strict=True))


def _joined(values: Values, separator: str) -> pl.Expr:
    """Write filled values with the separator between them; null where an empty one stands before a filled one."""
    filled = [value.is_not_null() & (value != "") for value in values]
    gapless = pl.all_horizontal([before | ~behind for before, behind in pairwise(filled)])
    texts = [pl.when(there).then(value) for there, value in zip(filled, values, strict=True)]
    return pl.when(gapless & filled[0]).then(pl.concat_str(texts, separator=separator, ignore_nulls=True))


def _parts(value: pl.Expr, separator: str, count: int) -> Values:
    """Divide a value at the separator; what is too much stays in the last part."""
    parts = value.str.splitn(separator, count)
    return tuple(parts.struct.field(f"field_{i}") for i in range(count))


def _whole(widths: tuple[int, ...] | None, separator: str | None, count: int) -> Domain:
    if widths:
        return Text(f"^{LETTER}{{{sum(widths)}}}$")
    part = f"{any_but(separator or '')}{{1,}}"
    return Text(f"^{part}({_class(separator or ' ')}{part}){{0,{count - 1}}}$")


def _part(width: int, filler: str | None) -> Domain:
    text = Text(f"^{LETTER}{{{width}}}$")
    return text if filler is None else AllOf((text, Not(Choice((filler,)))))


def _without(separator: str) -> Domain:
    return Text(f"^{any_but(separator)}{{1,}}$")
