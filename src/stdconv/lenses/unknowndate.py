"""The lens for dates that are not fully known: the date, whether it is known, and the wording where it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, cached_property
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from stdconv.domains.check import check, check_value
from stdconv.domains.sets import Cases, Choice, Domain, Nothing, Record, Text
from stdconv.japan.eras import BY_NAME
from stdconv.japan.unknowndates import (
    ALL,
    ESTIMATED,
    HALF_TO_FULL,
    PATTERN,
    SIGNS,
    month_unknown_beyond,
    months,
    months_of_one_era,
    year_unknown_beyond,
)
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Values, look_up
from stdconv.lenses.base_dates import LINK, SPEC, EraName, Sign, why
from stdconv.lenses.dates import CompactDate, EraColumn
from stdconv.lenses.wareki import Wareki, WarekiText

NOT_BOTH = f"{SPEC}: 不詳フラグ is 0 or 1, 不詳表記 required when 1"
ASSUMED = "assumed: zero-filled unknown parts"
_ERAS: dict[str, EraName] = {"明治": "明治", "大正": "大正", "昭和": "昭和", "平成": "平成", "令和": "令和"}
_SIGNS: dict[Sign, EraName] = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}
ONE_OF_FOURTEEN = Text(PATTERN)
JAPANESE = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
WRITTEN_OUT = "年[0-9０-９]{1,2}月[0-9０-９]{1,2}日$"


class UnknownDate(Lens):
    """A date that may not be fully known, to the known date's columns, …_不詳フラグ and …_不詳表記.

    A known date has the flag 0 and no wording. One that is not known has the flag 1, one of the standard's fourteen
    wordings in full-width digits (昭和６０年頃), and neither 元号 nor date: no day is made up. No date at all is
    nothing, without a flag. What digits can say is written in digits, and where there is a column of wordings, in both;
    a wording next to a date, or next to digits that say something else, is refused.
    """

    op: Literal["unknown_date"] = "unknown_date"
    known: Annotated[Wareki | WarekiText | CompactDate | EraColumn, Field(discriminator="op")] = Field(
        description="The lens for known dates, with its options: wareki, wareki_text, compact_date or era_column.",
    )
    zeros: bool = Field(
        default=False,
        description="Whether zeros for month and day, or for the day, say that they are not known: 3600000 is "
        "昭和６０年月日不詳, 3600700 is 昭和６０年７月日不詳. For wareki, never after a sign of western, and for "
        "compact_date, where that year or month is in one era alone.",
        examples=[True],
    )
    all: str | None = Field(
        default=None, min_length=1, description="How the layout spells 年月日不詳.", examples=["9999999", "99999998"]
    )
    wordings: Literal["beside", "inside"] | None = Field(
        default=None,
        description="Where the wording is: `beside` the date, in one more column after it, or `inside` the date's "
        "(last) column, instead of a date.",
        examples=["beside", "inside"],
    )
    half_width: bool = Field(
        default=False, description="Whether the digits of wordings are half-width: 昭和60年頃.", examples=[True]
    )

    @property
    def takes(self) -> int:
        """As many columns as the known date, and one more where wordings are in a separate column."""
        return self.known.takes + (self.wordings == "beside")

    @property
    def gives(self) -> int:
        """As many columns as the known date, the flag and the wording."""
        return self.known.gives + 2

    @property
    def absent(self) -> tuple[str | None, ...] | None:
        """The known date's sentinel, and no wording."""
        texts = self.known.absent
        return None if texts is None else (*texts, *[None] * (self.takes - self.known.takes))

    @cached_property
    def digits(self) -> dict[str, str]:
        """Digits with zeros in the place of what is not known → the wording that says the same."""
        if not self.zeros:
            return {}
        if isinstance(self.known, Wareki):
            return dict(_era_digits(self.known))
        return dict(_western_digits()) if isinstance(self.known, CompactDate) else {}

    @cached_property
    def spellings(self) -> dict[str, str]:
        """A text in the date's column → the wording that says the same, except wordings themselves."""
        return self.digits | ({} if self.all is None else {self.all: ALL})

    def forward(self, *legacy: pl.Expr) -> Values:
        """3600700 → nothing, nothing, 1, 昭和６０年７月日不詳."""
        dates, beside = self._divided(legacy)
        spelled = self._spelled(dates)
        wording = pl.coalesce(self._read(beside), spelled)
        known = [pl.when(spelled.is_null()).then(value) for value in self.known.read(dates)]
        flag = pl.when(wording.is_not_null()).then(pl.lit("1")).when(known[-1].is_not_null()).then(pl.lit("0"))
        return *known, flag, wording

    def back(self, *standard: pl.Expr) -> Values:
        """Nothing, nothing, 1, 昭和６０年７月日不詳 → 3600700."""
        *known, _, wording = standard
        *others, last = self.known.write(tuple(known))
        spelled = look_up(wording, {meant: legacy for legacy, meant in self.spellings.items()})
        if self.wordings == "inside":
            spelled = pl.coalesce(spelled, self._written(wording))
        beside = [self._written(wording)] if self.wordings == "beside" else []
        return *others, pl.coalesce(spelled, last), *beside

    def canonical(self, *legacy: pl.Expr) -> Values:
        """What ``back`` writes, for a date that is not known; else the known date's own spelling."""
        dates, beside = self._divided(legacy)
        again = self.back(*self.forward(*legacy))
        is_unknown = self._is_unknown(dates, beside)
        plain = (*self.known.canonical(*dates), beside)
        values = [pl.when(is_unknown).then(back).otherwise(own) for back, own in zip(again, plain, strict=False)]
        return tuple(values) if self.wordings != "beside" else (*values[:-1], pl.coalesce(beside, values[-1]))

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether there is neither a date nor a wording."""
        dates, beside = self._divided(legacy)
        return self.known.is_absent(dates) & beside.is_null()

    @property
    def codomain(self) -> Record:
        """By the flag: known dates without a wording, or the wordings that the layout can spell without a date."""
        date, flag, wording = self.known.codomain, self.known.gives, self.known.gives + 1
        known = replace(date, columns=(*date.columns, (wording, Nothing())))
        none = [(key, Nothing()) for key, _ in date.columns]
        unknown = Record((*none, (wording, self._wordings)), (wording,))
        columns = (*date.columns, (flag, Choice(("0", "1"))), (wording, self._wordings))
        return Record(columns, (flag,), (Cases(flag, (("0", known), ("1", unknown))),))

    @property
    def _wordings(self) -> Domain:
        if self.wordings is not None:
            return ONE_OF_FOURTEEN
        return Choice(tuple(self.spellings.values())) if self.spellings else Nothing()

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish digits of another width, none of the wordings, a contradiction; else what the known lens says."""
        dates, beside = self._divided(legacy)
        last = dates[-1]
        cases = [(self._says_unknown(last) & self._spelled(dates).is_null(), "T0010")]
        if self.wordings == "inside":
            is_text = last.str.contains(JAPANESE) & ~last.str.contains(WRITTEN_OUT)
            cases += [*self._other_width(last), (is_text, "T0025")]
        if self.wordings == "beside":
            is_date = check(self.known.codomain, dict(enumerate(self.known.read(dates))))
            cases = [
                *self._other_width(beside),
                (~check_value(ONE_OF_FOURTEEN, self._read(beside)) & beside.is_not_null(), "T0025"),
                ((self._spelled(dates).is_not_null() | is_date) & beside.is_not_null(), "T0026"),
                *cases,
            ]
        return why(cases, self.known.explain(*dates))

    def _other_width(self, text: pl.Expr) -> list[tuple[pl.Expr, str]]:
        """Return where a text would be one of the wordings if its digits were of the other width."""
        full = _widened(text)
        is_other = check_value(ONE_OF_FOURTEEN, full) & (self._written(full) != text)
        return [(is_other, "T0019" if self.half_width else "T0025")]

    def _divided(self, legacy: Values) -> tuple[Values, pl.Expr]:
        """Return the date's columns, and the wording that belongs to them; null where it is empty or has no column."""
        if self.wordings != "beside":
            return legacy, pl.lit(None, dtype=pl.String)
        return legacy[:-1], pl.when(legacy[-1] != "").then(legacy[-1])

    def _read(self, wording: pl.Expr) -> pl.Expr:
        return _widened(wording) if self.half_width else wording

    def _written(self, wording: pl.Expr) -> pl.Expr:
        return wording.str.replace_many(list(HALF_TO_FULL.values()), list(HALF_TO_FULL)) if self.half_width else wording

    def _spelled(self, dates: Values) -> pl.Expr:
        """Return the wording that the date's columns spell; null for known dates, and where there is a label."""
        *others, last = dates
        wording = look_up(last, self.spellings)
        if self.wordings == "inside":
            wording = pl.coalesce(wording, pl.when(self._is_wording(last)).then(self._read(last)))
        alone = [other.is_null() | (other == "") for other in others]
        return pl.when(pl.all_horizontal([pl.lit(value=True), *alone])).then(wording)

    def _is_wording(self, text: pl.Expr) -> pl.Expr:
        """Return whether a text is one of the wordings as the layout writes them."""
        full = self._read(text)
        return check_value(ONE_OF_FOURTEEN, full) & (self._written(full) == text).fill_null(value=False)

    def _says_unknown(self, last: pl.Expr) -> pl.Expr:
        spelled = last.is_in(list(self.spellings)).fill_null(value=False)
        return spelled | self._is_wording(last) if self.wordings == "inside" else spelled

    def _is_unknown(self, dates: Values, beside: pl.Expr) -> pl.Expr:
        """Return whether the columns say that a date is not known, and do not contradict one another."""
        spelled = self._spelled(dates)
        agrees = self.known.is_absent(dates) | (spelled == self._read(beside)).fill_null(value=False)
        return pl.when(beside.is_null()).then(spelled.is_not_null()).otherwise(agrees)

    def mistakes(self) -> Iterator[Mistake]:
        """Yield the mistakes of the known lens, no way to say unknown, options of no use, spellings of two meanings."""
        for code, path, words in self.known.mistakes():
            yield code, ("known", *path), words
        if not (self.zeros or self.all or self.wordings):
            yield "M0071", ("op",), {"op": self.op}
        if self.zeros and not isinstance(self.known, Wareki | CompactDate):
            yield "M0072", ("zeros",), {"option": "zeros"}
        if self.half_width and not self.wordings:
            yield "M0072", ("half_width",), {"option": "half_width"}
        for path, text in self._ambiguous():
            yield "M0073", path, {"text": text, "option": path[-1]}

    def _ambiguous(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the options that give the same text two meanings: a date that is not known, and something else."""
        known, inside = self.known, self.wordings == "inside"
        if self.all is not None:
            dates = (*[pl.lit(None, dtype=pl.String)] * (known.takes - 1), pl.lit(self.all))
            is_date = pl.select(check(known.codomain, dict(enumerate(known.read(dates))))).item()
            is_none = known.absent is not None and known.absent[-1] == self.all
            if is_date or is_none or self.all in self.digits or (inside and self._is_wording_text(self.all)):
                yield ("all",), self.all
        for option in ("none", "open_end"):
            text = getattr(known, option, None)
            if text is not None and (text in self.digits or (inside and self._is_wording_text(text))):
                yield ("known", option), text
        for label in known.eras if isinstance(known, WarekiText) and inside and self.half_width else ():
            if label.startswith(ESTIMATED):
                yield ("known", "eras", label), label

    def _is_wording_text(self, text: str) -> bool:
        return bool(pl.select(self._is_wording(pl.lit(text))).item())

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The ways of the known lens, both kinds of zeros, the spelling of all, a wording, and one with digits."""
        dates, beside = self._divided(legacy)
        known = self._spelled(dates).is_null() & beside.is_null()
        for branch in self.known.branches(*dates):
            yield replace(branch, path=("known", *branch.path), taken=branch.taken & known)
        years = [digits for digits in self.digits if digits.endswith("0000")]
        for kind in (years, [digits for digits in self.digits if not digits.endswith("0000")]):
            if kind:
                yield Branch(("zeros",), dates[-1].is_in(kind), kind[0])
        if self.all is not None:
            yield Branch(("all",), dates[-1] == self.all, self.all, ((self.gives - 1, ALL),))
        if self.wordings is None:
            return
        wording = beside if self.wordings == "beside" else pl.when(self._is_wording(dates[-1])).then(dates[-1])
        yield Branch(("wordings",), wording.is_not_null(), ALL)
        if self.half_width:
            yield Branch(("half_width",), wording.str.contains("[0-9]"), "昭和60年頃")

    def spelled_out(self) -> Iterator[str]:
        """What the dates need, zeros, and the wordings with their digits."""
        yield from (*self.known.spelled_out(), *super().spelled_out(), *("0" if self.zeros else ""))
        if self.wordings:
            yield SIGNS + ("0123456789" if self.half_width else "０１２３４５６７８９")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return digits, spellings and the fourteen wordings, in a separate column and inside."""
        return (*_examples_of_digits(), *_examples_of_wordings())

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return digits that say nothing, texts that are not wordings, and contradictions."""
        zeros, western, beside, inside = _zeros(), _western(), _beside(), _inside()
        columns = UnknownDate(known=EraColumn(eras=_ERAS), wordings="inside")
        full = UnknownDate(known=Wareki(form="gyymmdd", eras=_SIGNS), wordings="beside")
        rows: tuple[tuple[UnknownDate, tuple[str, ...], str, str], ...] = (
            (zeros, ("3650000",), "T0004", f"{SPEC}: 昭和65年 does not exist"),
            (zeros, ("3640200",), "T0004", f"{SPEC}: 1989-01-07 is the last 昭和 day"),
            (zeros, ("2010600",), "T0004", f"{SPEC}: 大正 begins 1912-07-30"),
            (zeros, ("3600007",), "T0004", "assumed: without a month a day says nothing"),
            (zeros, ("9850000",), "T0004", "assumed: the wordings have eras, so a Western year has none"),
            (western, ("19890000",), "T0004", f"{SPEC}: 1989 lies in 昭和 and 平成"),
            (western, ("19261200",), "T0004", f"{SPEC}: 1926-12 lies in 大正 and 昭和"),
            (western, ("18720000",), "T0004", f"{SPEC}: 明治 1–5 are lunisolar"),
            (beside, ("", "昭和60年ころ"), "T0025", f"{SPEC}: fourteen wordings are permitted"),
            (beside, ("", "昭和60年07月頃"), "T0025", "assumed: a number has no leading zeros"),
            (beside, ("", "昭和６０年頃"), "T0019", "the layout writes half-width digits"),
            (full, ("", "昭和60年頃"), "T0025", "official: Ｎ is full-width"),
            (beside, ("3600707", "昭和60年頃"), "T0026", NOT_BOTH),
            (beside, ("3600700", "昭和60年頃"), "T0026", "assumed: two spellings must say the same"),
            (beside, ("36007", "昭和60年頃"), "T0003", "six digits are another form"),
            (inside, ("昭和60年7月",), "T0025", f"{SPEC}: fourteen wordings are permitted, 推定 before this one"),
            (inside, ("昭和64年1月8日",), "T0005", f"{SPEC}: 昭和64年1月8日 does not exist"),
            (columns, ("昭和", "昭和６０年頃"), "T0010", "a label without a date says nothing that can be written"),
        )
        return tuple(Refusal(lens, legacy, code, source) for lens, legacy, code, source in rows)


def _zeros() -> UnknownDate:
    known = Wareki(form="gyymmdd", eras=_SIGNS, western={"9": "19"})
    return UnknownDate(known=known, zeros=True, all="9999999")


def _western() -> UnknownDate:
    return UnknownDate(known=CompactDate(none="00000000", open_end="99999999"), zeros=True)


def _beside() -> UnknownDate:
    return UnknownDate(known=Wareki(form="gyymmdd", eras=_SIGNS), zeros=True, wordings="beside", half_width=True)


def _inside() -> UnknownDate:
    return UnknownDate(known=WarekiText(eras=_ERAS), wordings="inside")


def _examples_of_digits() -> Iterator[Example]:
    zeros, western = _zeros(), _western()
    for legacy, wording, source in (
        ("3600000", "昭和６０年月日不詳", ASSUMED),
        ("3600700", "昭和６０年７月日不詳", ASSUMED),
        ("5010000", "令和元年月日不詳", "assumed: the first year is 元年"),
        ("1031200", "明治３年１２月日不詳", f"{SPEC}: 明治 1–5 are lunisolar; assumed: nothing is converted"),
        ("9999999", ALL, "assumed: nines say that nothing is known"),
    ):
        yield Example(zeros, (legacy,), (None, None, "1", wording), source)
    yield Example(zeros, ("3600707",), ("3", "1985-07-07", "0", None), LINK)
    yield Example(zeros, ("9850707",), (None, "1985-07-07", "0", None), f"{SPEC}: first digit 9 = 19yy")
    yield Example(zeros, ("",), (None,) * 4, "design: all empty is absent", (None,))
    for legacy, wording, source in (
        ("19850000", "昭和６０年月日不詳", ASSUMED),
        ("19890200", "平成元年２月日不詳", f"{SPEC}: 1989-01-07 is the last 昭和 day"),
        ("20190400", "平成３１年４月日不詳", f"{SPEC}: 2019-04-30 is the last 平成 day"),
    ):
        yield Example(western, (legacy,), (None, "1", wording), source)
    yield Example(western, ("00000000",), (None,) * 3, f"{SPEC}: 00000000 = no date")
    yield Example(western, ("99999999",), ("9999-12-31", "0", None), f"{SPEC}: 99999999 = open end")


def _examples_of_wordings() -> Iterator[Example]:
    beside, inside = _beside(), _inside()
    source = f"{SPEC}: one of the fourteen wordings"
    for written, wording in (
        ("昭和60年頃", "昭和６０年頃"),
        ("昭和60年7月頃", "昭和６０年７月頃"),
        ("昭和60年7月7日頃", "昭和６０年７月７日頃"),
        ("推定昭和60年7月7日", "推定昭和６０年７月７日"),
        ("推定昭和60年7月", "推定昭和６０年７月"),
        ("昭和60年春", "昭和６０年春"),
        ("昭和60年7月上旬", "昭和６０年７月上旬"),
        ("昭和60年7月中旬頃", "昭和６０年７月中旬頃"),
        ("年月日不詳", "年月日不詳"),
        ("昭和60年7月7日から8月8日頃までの間", "昭和６０年７月７日から８月８日頃までの間"),
        ("昭和60年7月推定7日から10日までの間", "昭和６０年７月推定７日から１０日までの間"),
        ("昭和60年7月7日頃から10日頃までの間", "昭和６０年７月７日頃から１０日頃までの間"),
    ):
        yield Example(beside, ("", written), (None, None, "1", wording), source, (None, written))
        yield Example(inside, (wording,), (None, None, "1", wording), source)
    for digits, written, wording in (
        ("3600000", "昭和60年月日不詳", "昭和６０年月日不詳"),
        ("3600700", "昭和60年7月日不詳", "昭和６０年７月日不詳"),
    ):
        both = (digits, written)
        yield Example(beside, both, (None, None, "1", wording), source)
        yield Example(beside, ("", written), (None, None, "1", wording), source, both)
        yield Example(beside, (digits, ""), (None, None, "1", wording), source, both)
        yield Example(inside, (wording,), (None, None, "1", wording), source)
    yield Example(beside, ("3600707", ""), ("3", "1985-07-07", "0", None), LINK, ("3600707", None))
    yield Example(inside, ("昭和60年7月7日",), ("3", "1985-07-07", "0", None), LINK)


def _era_digits(known: Wareki) -> Iterator[tuple[str, str]]:
    """Yield the digits that say an era's year, or year and month, and the wording for them."""
    for sign, name in known.eras.items():
        era = BY_NAME[name]
        for year, month in months(era):
            yield f"{sign}{year:02}0000", year_unknown_beyond(era, year)
            yield f"{sign}{year:02}{month:02}00", month_unknown_beyond(era, year, month)


@cache
def _western_digits() -> tuple[tuple[str, str], ...]:
    """Return the digits that say a year, or year and month, that are in one era alone, and the wording for them."""
    found = [(era, year, month, f"{era.year_one + year - 1:04}") for era, year, month in months_of_one_era()]
    years = Counter((era, year, western) for era, year, _, western in found)
    whole = ((f"{western}0000", year_unknown_beyond(era, y)) for (era, y, western), n in years.items() if n == 12)
    return (*whole, *((f"{western}{m:02}00", month_unknown_beyond(era, y, m)) for era, y, m, western in found))


def _widened(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list(HALF_TO_FULL), list(HALF_TO_FULL.values()))
