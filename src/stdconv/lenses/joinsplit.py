"""Lenses for what is divided: several legacy columns in one standard column, one in several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from stdconv.definitions.model import TupleOf
from stdconv.domains.patterns import ANY, any_but, just
from stdconv.domains.sets import AllOf, Choice, Domain, InOrder, Not, Record, Text, one
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Said, Sign, Values, Width

SPEC = "docs/domain.md, Codes: traps"
FILLED = "assumed: month and day in columns of their own, written 7 or 07"
OPEN = "assumed: a packed code is as long as it has generations"

Widths = Annotated[TupleOf[Width], Field(min_length=2)]
Fills = Annotated[TupleOf[Sign | None], Field(min_length=2)]


class Join(Lens):
    """Several legacy columns to one standard column: joined by a separator, or of fixed widths without one.

    Either ``separator`` and ``columns`` are given, or ``widths``. A value that holds the separator itself is refused.
    Where ``fill`` says so, a value that is too short for its width is another spelling of the one that is filled up.
    """

    op: Literal["join"] = "join"
    separator: Sign | None = Field(default=None, description="The one character between the values joined.")
    columns: Annotated[int, Field(ge=2, le=20)] | None = Field(
        default=None,
        description="How many legacy columns a separator joins; only those behind the last filled one may be empty.",
    )
    widths: Widths | None = Field(
        default=None,
        description="How many characters each legacy column has, where nothing separates them; none may be empty.",
    )
    fill: Fills | None = Field(
        default=None,
        description='For each width, what fills a value on the left where the file leaves it out, or `null`: "0" for '
        "months and days that are 7 and 07, `null` for a year, which is never made of two digits.",
        examples=[[None, "0", "0"], ["0", None]],
    )

    @property
    def takes(self) -> int:
        """As many columns as are joined."""
        return len(self.widths) if self.widths else self.columns or 2

    def forward(self, *legacy: pl.Expr) -> Values:
        """Write the columns together."""
        if self.widths:
            return (_together(self.canonical(*legacy), self.widths),)
        return (_joined(legacy, self.separator or ""),)

    def back(self, *standard: pl.Expr) -> Values:
        """Divide the value."""
        if self.widths:
            return _divided(standard[0], self.widths)
        return _parts(standard[0], self.separator or "", self.takes)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value itself, or filled up; a column that is empty behind the last filled one is absent."""
        if self.widths and self.fill:
            columns = zip(legacy, self.widths, self.fill, strict=False)  # M0183 says where there is another number
            legacy = tuple(value if fill is None else _filled(value, width, fill) for value, width, fill in columns)
        return tuple(pl.when(value != "").then(value) for value in legacy)

    @property
    def codomain(self) -> Record:
        """Texts of all widths together, or of at most as many parts as columns."""
        return one(_whole(self.widths, self.separator, self.takes))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The columns do not make the declared whole."""
        return pl.lit("T0023")

    def mistakes(self) -> Iterator[Mistake]:
        """Yield what is joined in two ways or in none."""
        if (self.separator is None) == (self.widths is None) or (self.separator is None) != (self.columns is None):
            yield "M0059", ("op",), {"op": self.op}
        if self.fill is not None and len(self.fill) != len(self.widths or ()):
            yield "M0183", ("fill",), {}

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """A value that is filled up, without which ``fill`` would not be needed."""
        if self.fill is None or not self.widths or not len(self.fill) == len(self.widths) == len(legacy):
            return
        words = "a value shorter than its width", "桁数より短い値"
        for at, (value, width, fill) in enumerate(zip(legacy, self.widths, self.fill, strict=True)):
            if fill is not None:
                short = value.str.len_chars().is_between(1, width - 1).fill_null(value=False)
                yield Branch(("fill", at), short, "", by=words)

    def spelled_out(self) -> Iterator[str]:
        """The separator, and what fills values up."""
        yield from (text for text in (self.separator, *(self.fill or ())) if text)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return name parts joined by a full-width blank, and dates in columns of their own."""
        filled = cls(widths=(4, 2, 2), fill=(None, "0", "0"))
        name, date = cls(separator="\u3000", columns=3), cls(widths=(1, 2, 2, 2))
        official = "official item list, 氏名: one full-width space between the elements"
        return (
            Example(name, ("ＡＢ", "ＣＤ", "ＥＦ"), ("ＡＢ　ＣＤ　ＥＦ",), official),
            Example(name, ("行政", "花子", ""), ("行政　花子",), official, ("行政", "花子", None)),
            Example(date, ("3", "60", "07", "07"), ("3600707",), "assumed: era and yy, mm, dd in separate columns"),
            Example(filled, ("1985", "07", "07"), ("19850707",), FILLED),
            Example(filled, ("1985", "7", "07"), ("19850707",), FILLED, ("1985", "07", "07")),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return gaps, a separator inside a part, and a part of another width."""
        filled = cls(widths=(4, 2, 2), fill=(None, "0", "0"))
        name, date = cls(separator="\u3000", columns=3), cls(widths=(1, 2, 2, 2))
        why = "assumed: it would come back divided otherwise"
        return (
            Refusal(name, ("行政", "", "花子"), "T0023", why),
            Refusal(name, ("行　政", "花子", ""), "T0023", why),
            Refusal(date, ("3", "60", "7", "7"), "T0023", why),
            Refusal(date, ("3", "60", "07", ""), "T0023", why),
            Refusal(filled, ("1985", "", "07"), "T0023", "assumed: a month that is not there is not guessed"),
            Refusal(filled, ("1985", "007", "07"), "T0023", why),
            Refusal(filled, ("85", "07", "07"), "T0023", "assumed: a year of two digits is not guessed"),
        )


class Split(Lens):
    """One legacy column to several standard columns: divided at a separator, or into fixed widths.

    Either ``separator`` and ``columns`` are given, or ``widths``, with ``filler`` or ``last: open`` where parts may be
    absent. Parts are filled from the left; one behind an absent one is refused. With both, the shorter spelling is the
    one that is written back.
    """

    op: Literal["split"] = "split"
    separator: Sign | None = Field(default=None, description="The one character at which the value is divided.")
    columns: Annotated[int, Field(ge=2, le=20)] | None = Field(
        default=None,
        description="How many standard columns a separator divides into; those behind the last part are absent.",
    )
    widths: Widths | None = Field(
        default=None, description="How many characters each part has, where nothing separates them."
    )
    filler: Said | None = Field(
        default=None,
        description='How an absent part is written among widths: 続柄 02200000 with the filler "00" is 02 and 20.',
    )
    last: Literal["open"] | None = Field(
        default=None,
        description="With `open`, among widths, parts at the end may lack: 続柄 0220 is 02 and 20.",
    )

    @property
    def gives(self) -> int:
        """As many columns as there are parts."""
        return len(self.widths) if self.widths else self.columns or 2

    def forward(self, *legacy: pl.Expr) -> Values:
        """Divide the value."""
        if not self.widths:
            return _parts(legacy[0], self.separator or "", self.gives)
        fits = self._ends_with_a_part(legacy[0], self.widths)
        parts = _divided(legacy[0], self.widths)
        return tuple(pl.when(fits & self._is_filled(part)).then(part) for part in parts)

    def _ends_with_a_part(self, value: pl.Expr, widths: tuple[int, ...]) -> pl.Expr:
        """Return whether a value is cut between parts, or has all of them."""
        length, ends = value.str.len_chars(), list(accumulate(widths))
        return length.is_in(ends) if self.last == "open" else length == ends[-1]

    def _is_filled(self, part: pl.Expr) -> pl.Expr:
        is_there = pl.lit(value=True) if self.last is None else part != ""
        return is_there if self.filler is None else is_there & (part != self.filler)

    def back(self, *standard: pl.Expr) -> Values:
        """Write the parts together."""
        if not self.widths:
            return (_joined(standard, self.separator or ""),)
        if self.last == "open":
            return (_those_there(standard, self.widths),)
        filler = pl.lit(self.filler, dtype=pl.String)
        return (_together(tuple(pl.coalesce(part, filler) for part in standard), self.widths),)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The value itself; without fillers at its end where it may be shorter."""
        if self.last is None or self.filler is None:
            return legacy
        return (pl.coalesce(*self.back(*self.forward(*legacy)), legacy[0]),)

    @property
    def codomain(self) -> Record:
        """Parts from the left, each of its width or without the separator."""
        whole = range(self.gives)
        if self.widths:
            columns = tuple((i, _part(width, self.filler)) for i, width in zip(whole, self.widths, strict=True))
        else:
            columns = tuple((i, _without(self.separator or "")) for i in whole)
        required = tuple(whole) if self.widths and self.filler is None and self.last is None else (0,)
        rules = () if len(required) > 1 else (InOrder(tuple(whole)),)
        return Record(columns=columns, required=required, rules=rules)

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value does not have the declared parts, or ends within one."""
        if not self.widths or self.last is None:
            return pl.lit("T0023")
        is_short = legacy[0].str.len_chars() < sum(self.widths)
        is_cut = is_short & ~self._ends_with_a_part(legacy[0], self.widths)
        return pl.when(is_cut.fill_null(value=False)).then(pl.lit("T0048")).otherwise(pl.lit("T0023"))

    def mistakes(self) -> Iterator[Mistake]:
        """Yield what is divided in two ways or in none, a filler that does not fill, parts that lack anyway."""
        if (self.separator is None) == (self.widths is None) or (self.separator is None) != (self.columns is None):
            yield "M0059", ("op",), {"op": self.op}
        if self.filler is not None and any(width != len(self.filler) for width in self.widths or (0,)):
            yield "M0060", ("filler",), {"filler": self.filler}
        if self.last is not None and not self.widths:
            yield "M0165", ("last",), {}

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Where parts may lack: a value without its last ones, and one that is filled up."""
        if self.last is None or not self.widths:
            return
        whole = sum(self.widths)
        short = f"a value shorter than {whole} characters", f"{whole} 文字より短い値"
        yield Branch(("last",), legacy[0].str.len_chars() < whole, "", by=short)
        if self.filler is not None:
            filled = f'a value that ends with "{self.filler}"', f"「{self.filler}」で終わる値"
            yield Branch(("filler",), legacy[0].str.ends_with(self.filler), self.filler, by=filled)

    def spelled_out(self) -> Iterator[str]:
        """The separator, and what fills parts up."""
        yield from (text for text in (self.separator, self.filler) if text)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return packed codes, and a name in its elements."""
        packed, name = cls(widths=(2, 2, 2, 2), filler="00"), cls(separator="\u3000", columns=2)
        short, both = cls(widths=(2, 2, 2, 2), last="open"), cls(widths=(2, 2, 2, 2), filler="00", last="open")
        return (
            Example(packed, ("02200000",), ("02", "20", None, None), f"{SPEC}: 4×2 digits packed into eight"),
            Example(packed, ("20202020",), ("20", "20", "20", "20"), f"{SPEC}: up to four generations"),
            Example(name, ("行政　花子",), ("行政", "花子"), "official item list: 氏 and 名"),
            Example(name, ("行政",), ("行政", None), "assumed: a single element is the first"),
            Example(short, ("0220",), ("02", "20", None, None), OPEN),
            Example(short, ("20202020",), ("20", "20", "20", "20"), OPEN),
            Example(both, ("0220",), ("02", "20", None, None), OPEN),
            Example(both, ("02200000",), ("02", "20", None, None), f"{OPEN}, or filled up", ("0220",)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return gaps between parts, other lengths, too many parts."""
        packed, name = cls(widths=(2, 2, 2, 2), filler="00"), cls(separator="\u3000", columns=2)
        short, both = cls(widths=(2, 2, 2, 2), last="open"), cls(widths=(2, 2, 2, 2), filler="00", last="open")
        return (
            Refusal(packed, ("02002000",), "T0023", "assumed: generations are filled from the left"),
            Refusal(packed, ("00000000",), "T0023", "assumed: no code at all is an empty value"),
            Refusal(packed, ("0220",), "T0023", f"{SPEC}: eight digits"),
            Refusal(name, ("Ａ　Ｂ　Ｃ",), "T0023", "assumed: two columns hold two elements"),
            Refusal(name, ("行政　",), "T0023", "assumed: an element is not empty"),
            Refusal(short, ("022",), "T0048", "assumed: half a code says nothing"),
            Refusal(short, ("0220202020",), "T0023", f"{SPEC}: up to four generations"),
            Refusal(both, ("0220000",), "T0048", "assumed: half a filler neither"),
            Refusal(both, ("020020",), "T0023", "assumed: generations are filled from the left"),
            Refusal(both, ("00",), "T0023", "assumed: no code at all is an empty value"),
        )


def _filled(value: pl.Expr, width: int, fill: str) -> pl.Expr:
    """Fill a value that is there up to its width."""
    return pl.when(value != "").then(value.str.pad_start(width, fill))


def _together(values: Values, widths: tuple[int, ...]) -> pl.Expr:
    """Write values of the right widths one behind the other; null where one has another width."""
    fits = [value.str.len_chars() == width for value, width in zip(values, widths, strict=True)]
    return pl.when(pl.all_horizontal(fits)).then(pl.concat_str(values))


def _those_there(values: Values, widths: tuple[int, ...]) -> pl.Expr:
    """Write the values that are there together; null where one has another width, or the first is absent."""
    fits = [value.is_null() | (value.str.len_chars() == width) for value, width in zip(values, widths, strict=True)]
    return pl.when(pl.all_horizontal([values[0].is_not_null(), *fits])).then(pl.concat_str(values, ignore_nulls=True))


def _divided(value: pl.Expr, widths: tuple[int, ...]) -> Values:
    """Cut a value by widths."""
    return tuple(value.str.slice(end - width, width) for end, width in zip(accumulate(widths), widths, strict=True))


def _joined(values: Values, separator: str) -> pl.Expr:
    """Write filled values with the separator between them; null where an empty one precedes a filled one."""
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
        return Text(f"^{ANY}{{{sum(widths)}}}$")
    part = f"{any_but(separator or '')}{{1,}}"
    return Text(f"^{part}({just(separator or ' ')}{part}){{0,{count - 1}}}$")


def _part(width: int, filler: str | None) -> Domain:
    text = Text(f"^{ANY}{{{width}}}$")
    return text if filler is None else AllOf((text, Not(Choice((filler,)))))


def _without(separator: str) -> Domain:
    return Text(f"^{any_but(separator)}{{1,}}$")
