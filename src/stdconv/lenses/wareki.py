"""Lenses for dates in era years: packed into seven signs, or written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, StringConstraints

from stdconv.domains.check import check_value
from stdconv.domains.sets import Choice, Domain, EraAgrees, Nothing, Record, Span
from stdconv.japan.eras import BY_CODE, BY_NAME
from stdconv.lenses.base import Branch, Example, Mistake, Refusal, Values, look_up
from stdconv.lenses.base_dates import (
    FULL_WIDTH,
    LEAP,
    LINK,
    SPEC,
    Dated,
    EraName,
    Sign,
    crossed_centuries,
    crossed_eras,
    month_and_day,
    said_again,
    why,
)


class Wareki(Dated):
    """An era-encoded date to the 元号 code and the ISO date.

    A date outside its era is refused; on the two days that belong to two eras both labels are accepted.
    """

    arity = (1, 2)
    op: Literal["wareki"] = "wareki"
    form: Literal["gyymmdd"] = Field(
        description="How the date is written: gyymmdd is a digit or letter for the era, then two digits each for year, "
        "month and day."
    )
    eras: Mapping[Sign, EraName] = Field(
        json_schema_extra={"additionalProperties": False},
        description="Which sign means which era. Tables differ between vendors, so there is no default; {} for a "
        "layout with centuries alone.",
    )
    western: Mapping[Sign, Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]] = Field(
        default_factory=dict,
        json_schema_extra={"additionalProperties": False},
        description="Which signs mean a century instead of an era; such a date carries no 元号.",
        examples=[{"9": "19"}, {"8": "18", "9": "19", "0": "20"}],
    )

    @cached_property
    def prefixes(self) -> dict[str, tuple[str, str]]:
        """The first three digits → 元号 code ("" for none) and Gregorian year."""
        dated = {
            f"{digit}{year:02}": (BY_NAME[name].code, f"{BY_NAME[name].year_one + year - 1:04}")
            for digit, name in self.eras.items()
            for year in range(1, 100)
        }
        western = {
            f"{digit}{y:02}": ("", f"{century}{y:02}") for digit, century in self.western.items() for y in range(100)
        }
        return dated | western

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The dates that each label can be written with: the era's own, at most its 99th year; whole centuries."""
        eras = [BY_NAME[name] for name in self.eras.values()]
        dated = [Span(era.code, era.first, min(era.last, f"{era.year_one + 98}-12-31")) for era in eras]
        centuries = [Span(None, f"{century}00-01-01", f"{century}99-12-31") for century in self.western.values()]
        return (*dated, *centuries)

    def forward(self, *legacy: pl.Expr) -> Values:
        """3600707 → 3, 1985-07-07."""
        value = legacy[0]
        prefix = value.str.slice(0, 3)
        era, year = (look_up(prefix, {p: pair[i] or None for p, pair in self.prefixes.items()}) for i in (0, 1))
        return era, year + month_and_day(value.str.slice(3))

    def back(self, *standard: pl.Expr) -> Values:
        """3, 1985-07-07 → 3600707."""
        era, date = standard
        known = {code + year: prefix for prefix, (code, year) in self.prefixes.items()}
        key = era.fill_null("") + date.str.slice(0, 4)
        return (look_up(key, known) + date.str.slice(5, 2) + date.str.slice(8),)

    @property
    def codomain(self) -> Record:
        """The 元号 codes of the table with the dates of their eras, and no 元号 with the centuries."""
        codes = tuple(BY_NAME[name].code for name in self.eras.values())
        rule = EraAgrees(0, 1, self.spans)
        required = (1,) if self.western else (0, 1)
        return Record(((0, Choice(codes) if codes else Nothing()), (1, self.days)), required=required, rules=(rule,))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish full-width digits, another shape, an unknown era, no such day, before, after, lunisolar."""
        value = legacy[0]
        era, date = self.forward(value)
        return why(
            [
                (value.str.contains(FULL_WIDTH), "T0019"),
                (~value.str.contains("^[0-9A-Za-z][0-9]{6}$"), "T0003"),
                (~value.str.slice(0, 1).is_in([*self.eras, *self.western]), "T0008"),
                *outside(era, date, self.days),
            ],
            "T0005",
        )

    def mistakes(self) -> Iterator[Mistake]:
        """Yield no sign at all, signs that mean two things, and eras or centuries with two signs."""
        if not self.eras and not self.western:
            yield "M0011", ("eras",), {"example": 'eras: {"3": "昭和"}'}
        for digit in set(self.eras) & set(self.western):
            yield "M0015", ("western", digit), {"digit": digit}
        yield from said_again("eras", self.eras)
        yield from said_again("western", self.western)

    def oddities(self) -> Iterator[Mistake]:
        """Yield signs that mean another era or century elsewhere."""
        yield from (*crossed_eras(self.eras), *crossed_centuries(self.western))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every era digit and every digit of a century, and leap days of common years."""
        first = legacy[0].str.slice(0, 1)
        for digit, name in self.eras.items():
            yield Branch(("eras", digit), first == digit, digit, ((0, BY_NAME[name].code),))
        for digit in self.western:
            yield Branch(("western", digit), first == digit, digit)
        yield from self.leap_days(self.forward(*legacy)[1], "0229")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example, both labels on the shared days, the eras' ends and Western dates."""
        lens = cls(
            form="gyymmdd",
            eras={"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"},
            western={"8": "18", "9": "19", "0": "20"},
        )
        both = f"{SPEC}: the day belongs to both eras"
        rows = (
            ("3600707", "3", "1985-07-07", LINK),
            ("1450730", "1", "1912-07-30", both),
            ("2010730", "2", "1912-07-30", both),
            ("2151225", "2", "1926-12-25", both),
            ("3011225", "3", "1926-12-25", both),
            ("1060101", "1", "1873-01-01", f"{SPEC}: 明治6年1月1日 is the first Gregorian day"),
            ("3640107", "3", "1989-01-07", f"{SPEC}: the last 昭和 day"),
            ("4010108", "4", "1989-01-08", f"{SPEC}: the first 平成 day"),
            ("4310430", "4", "2019-04-30", f"{SPEC}: the last 平成 day"),
            ("5010501", "5", "2019-05-01", f"{SPEC}: the first 令和 day"),
            ("9850707", None, "1985-07-07", f"{SPEC}: first digit 9 = 19yy"),
            ("0000229", None, "2000-02-29", f"{SPEC}: first digit 0 = 20yy"),
            ("8720101", None, "1872-01-01", f"{SPEC}: first digit 8 = 18yy"),
        )
        letters = cls(form="gyymmdd", eras={"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"})
        leap = cls(form="gyymmdd", eras={"2": "大正", "3": "昭和"}, western={"9": "19"}, common_leap_day=True)
        return (
            *(Example(lens, (legacy,), (era, date), source) for legacy, era, date, source in rows),
            Example(letters, ("S600707",), ("3", "1985-07-07"), f"{SPEC}: a letter era"),
            Example(leap, ("3600229",), ("3", "1985-02-29"), LEAP),
            Example(leap, ("9000229",), (None, "1900-02-29"), LEAP),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return days that do not exist, each of its own kind."""
        lens = cls(form="gyymmdd", eras={"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"})
        rows = (
            ("3640108", "T0005", f"{SPEC}: 昭和64年1月8日 does not exist"),
            ("4310501", "T0005", f"{SPEC}: 平成31年5月1日 does not exist"),
            ("3650101", "T0005", f"{SPEC}: 昭和65年 does not exist"),
            ("2010729", "T0006", f"{SPEC}: 大正 begins 1912-07-30"),
            ("1051231", "T0007", f"{SPEC}: 明治 1–5 are lunisolar"),
            ("3600230", "T0004", "Gregorian calendar: February has no 30th"),
            ("3000101", "T0004", "assumed: an era has no year 0"),
            ("7600707", "T0008", "the table has no era 7"),
            ("360707", "T0003", "six digits are another form"),
            ("+360707", "T0003", "a sign is not a digit"),
            ("３６００７０７", "T0019", "official: X is half-width"),
            ("3600229", "T0004", "Gregorian calendar: 1985 is a common year"),
        )
        leap = cls(form="gyymmdd", eras={"2": "大正", "3": "昭和"}, common_leap_day=True)
        other = (
            ("3600230", "T0004", "Gregorian calendar: February has no 30th"),
            ("3640229", "T0005", f"{SPEC}: 1989-01-07 is the last 昭和 day"),
            ("2010229", "T0006", f"{SPEC}: 大正 begins 1912-07-30"),
        )
        return (
            *(Refusal(lens, (legacy,), code, source) for legacy, code, source in rows),
            *(Refusal(leap, (legacy,), code, source) for legacy, code, source in other),
        )


class WarekiText(Dated):
    """A date written out in era years, 昭和60年7月7日 or 令和元年5月1日, to the 元号 code and the ISO date.

    The first year is written 元年; 1年 is another spelling of it. So is a date with leading zeros of one without;
    with ``zeros: true`` it is the other way round.
    """

    arity = (1, 2)
    op: Literal["wareki_text"] = "wareki_text"
    eras: Mapping[Annotated[str, StringConstraints(pattern=r"^[^0-9元年月日]{1,4}$")], EraName] = Field(
        min_length=1,
        json_schema_extra={"additionalProperties": False},
        description="How each era is written in the file, in up to four characters, and which one it is.",
    )
    zeros: bool = Field(
        default=False, description="Whether year, month and day are written with two digits: 昭和60年07月07日."
    )

    @cached_property
    def years(self) -> dict[str, tuple[str, str]]:
        """Label and year, without a leading zero → 元号 code and Gregorian year."""
        return {
            f"{label}{year}": (BY_NAME[name].code, f"{BY_NAME[name].year_one + year - 1:04}")
            for label, name in self.eras.items()
            for year in range(1, 100)
        }

    def _read(self, value: pl.Expr) -> Values:
        """Return label with year, month and day as numbers without leading zeros; null in another form."""
        labels = "|".join(re.escape(label) for label in sorted(self.eras, key=len, reverse=True))
        groups = value.str.extract_groups(f"^({labels})(元|[0-9]{{1,2}})年([0-9]{{1,2}})月([0-9]{{1,2}})日$")
        label, year, month, day = (groups.struct.field(str(i)) for i in range(1, 5))
        number = pl.when(year == "元").then(pl.lit("1")).otherwise(year.str.replace("^0", ""))
        return label + number, month, day

    def forward(self, *legacy: pl.Expr) -> Values:
        """昭和60年7月7日 → 3, 1985-07-07."""
        key, month, day = self._read(legacy[0])
        era, year = (look_up(key, {label: pair[i] for label, pair in self.years.items()}) for i in (0, 1))
        return era, pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")

    def back(self, *standard: pl.Expr) -> Values:
        """3, 1985-07-07 → 昭和60年7月7日."""
        era, date = standard
        known = {code + year: self._year(label) for label, (code, year) in self.years.items()}
        key = era + date.str.slice(0, 4)
        year = look_up(key, known)
        month, day = date.str.slice(5, 2), date.str.slice(8)
        if not self.zeros:
            month, day = month.str.replace("^0", ""), day.str.replace("^0", "")
        return (pl.format("{}年{}月{}日", year, month, day),)

    def _year(self, label: str) -> str:
        """昭和1 → 昭和元, 昭和9 → 昭和9 or 昭和09."""
        era = next(each for each in sorted(self.eras, key=len, reverse=True) if label.startswith(each))
        number = int(label.removeprefix(era))
        return f"{era}元" if number == 1 else f"{era}{number:0{2 if self.zeros else 1}}"

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The same date with or without zeros, as declared, and 元年."""
        return (pl.coalesce(self.back(*self.forward(*legacy))[0], legacy[0]),)

    @property
    def codomain(self) -> Record:
        """The 元号 codes of the table with the dates of their eras."""
        eras = [BY_NAME[name] for name in self.eras.values()]
        spans = tuple(Span(era.code, era.first, min(era.last, f"{era.year_one + 98}-12-31")) for era in eras)
        codes = tuple(era.code for era in eras)
        return Record(((0, Choice(codes)), (1, self.days)), required=(0, 1), rules=(EraAgrees(0, 1, spans),))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Distinguish full-width digits, another shape or era, no such day, before, after, lunisolar."""
        value = legacy[0]
        era, date = self.forward(value)
        labels = "|".join(re.escape(label) for label in self.eras)
        shape = "(元|[0-9]{1,2})年[0-9]{1,2}月[0-9]{1,2}日$"
        return why(
            [
                (value.str.contains(FULL_WIDTH), "T0019"),
                (~value.str.contains(shape), "T0003"),
                (~value.str.contains(f"^({labels}){shape}"), "T0008"),
                *outside(era, date, self.days),
            ],
            "T0005",
        )

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every era's wording (one may begin like another), and leap days of common years."""
        for label, name in self.eras.items():
            written = legacy[0].str.contains(f"^{re.escape(label)}[元0-9]")
            yield Branch(("eras", label), written, label, ((0, BY_NAME[name].code),))
        yield from self.leap_days(self.forward(*legacy)[1], "2月29日")

    def mistakes(self) -> Iterator[Mistake]:
        """Yield eras written in two ways."""
        yield from said_again("eras", self.eras)

    def oddities(self) -> Iterator[Mistake]:
        """Yield labels that are those of another era."""
        yield from crossed_eras(self.eras)

    def spelled_out(self) -> Iterator[str]:
        """The labels, and what is written between the numbers."""
        yield from super().spelled_out()
        yield from ("元年", "月", "日")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example's date written out, first years, and both ways with zeros."""
        eras: dict[str, EraName] = {"昭和": "昭和", "平成": "平成", "令和": "令和"}
        plain, zeros, leap = cls(eras=eras), cls(eras=eras, zeros=True), cls(eras=eras, common_leap_day=True)
        spelled = "assumed: zeros and 1年 are spellings of the same date"
        return (
            Example(plain, ("昭和60年7月7日",), ("3", "1985-07-07"), f"{SPEC}; {LINK}"),
            Example(plain, ("令和元年5月1日",), ("5", "2019-05-01"), f"{SPEC}: the first 令和 day"),
            Example(plain, ("令和1年05月01日",), ("5", "2019-05-01"), spelled, ("令和元年5月1日",)),
            Example(zeros, ("昭和60年07月07日",), ("3", "1985-07-07"), f"{SPEC}; {LINK}"),
            Example(zeros, ("平成9年7月7日",), ("4", "1997-07-07"), spelled, ("平成09年07月07日",)),
            Example(leap, ("昭和60年2月29日",), ("3", "1985-02-29"), LEAP),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return days that do not exist, each of its own kind."""
        eras: dict[str, EraName] = {"明治": "明治", "昭和": "昭和", "平成": "平成"}
        rows = (
            ("昭和64年1月8日", "T0005", f"{SPEC}: 昭和64年1月8日 does not exist"),
            ("平成31年5月1日", "T0005", f"{SPEC}: 平成31年5月1日 does not exist"),
            ("昭和元年12月24日", "T0006", f"{SPEC}: 昭和 begins 1926-12-25"),
            ("明治5年1月1日", "T0007", f"{SPEC}: 明治 1–5 are lunisolar"),
            ("昭和60年2月30日", "T0004", "Gregorian calendar: February has no 30th"),
            ("昭和0年1月1日", "T0004", "assumed: an era has no year 0"),
            ("慶応3年1月1日", "T0008", "the table has no such era"),
            ("昭和60年7月", "T0003", "a date has a day"),
            ("昭和６０年７月７日", "T0019", "assumed: digits are half-width; widen or narrow them in a step before"),
        )
        leap = cls(eras=eras, common_leap_day=True)
        return (
            *(Refusal(cls(eras=eras), (legacy,), code, source) for legacy, code, source in rows),
            Refusal(leap, ("平成31年2月30日",), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(leap, ("昭和64年2月29日",), "T0005", f"{SPEC}: 1989-01-07 is the last 昭和 day"),
        )


def outside(era: pl.Expr, date: pl.Expr, days: Domain) -> list[tuple[pl.Expr, str]]:
    """Return what can be wrong with a date of an era, except being after its end: no such day, lunisolar, before."""
    first = look_up(era, {each.code: each.first for each in BY_CODE.values()})
    return [
        (~check_value(days, date), "T0004"),
        ((era == BY_NAME["明治"].code) & (date < first), "T0007"),
        (date < first, "T0006"),
    ]
