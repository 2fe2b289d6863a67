"""Lenses for dates: Western and era-encoded spellings to ISO dates and era labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, StringConstraints

from stdconv.domains import Choice, Date, EraAgrees, Record, Span, one
from stdconv.eras import BY_CODE, BY_NAME
from stdconv.lenses.base import Branch, Example, Lens, Refusal, Values
from stdconv.readings.check import CALENDAR

LINK = "審議項目1関係資料"
SPEC = "docs/domain.md, Dates"
Digit = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
EraName = Literal["明治", "大正", "昭和", "平成", "令和"]

_FULL_WIDTH = "[０-９]"
_NAMES: dict[str, EraName] = {"明治": "明治", "大正": "大正", "昭和": "昭和", "平成": "平成", "令和": "令和"}


def _iso(digits: pl.Expr) -> pl.Expr:
    """YYYYMMDD → YYYY-MM-DD; anything else becomes what no calendar has."""
    return pl.concat_str(digits.str.slice(0, 4), _month_and_day(digits.str.slice(4)))


def _month_and_day(digits: pl.Expr) -> pl.Expr:
    """MMDD → -MM-DD."""
    return pl.concat_str(pl.lit("-"), digits.str.slice(0, 2), pl.lit("-"), digits.str.slice(2))


def _compact(iso: pl.Expr) -> pl.Expr:
    """YYYY-MM-DD → YYYYMMDD."""
    return iso.str.replace_all("-", "", literal=True)


def _why(cases: list[tuple[pl.Expr, str]], otherwise: str) -> pl.Expr:
    """Return the code of the first case that applies."""
    why = pl.lit(otherwise)
    for applies, code in reversed(cases):
        why = pl.when(applies.fill_null(value=False)).then(pl.lit(code)).otherwise(why)
    return why


class CompactDate(Lens):
    """Eight digits YYYYMMDD, a day of the Gregorian calendar, to the ISO date.

    ``none`` names the spelling of "no date" (often ``00000000``); an empty value is then read as no date too.
    """

    op: Literal["compact_date"] = "compact_date"
    none: str | None = Field(default=None, min_length=1)

    @property
    def absent(self) -> tuple[str, ...] | None:
        """The sentinel."""
        return None if self.none is None else (self.none,)

    def forward(self, *legacy: pl.Expr) -> Values:
        """20240301 → 2024-03-01."""
        return (_iso(legacy[0]),)

    def back(self, *standard: pl.Expr) -> Values:
        """2024-03-01 → 20240301."""
        return (_compact(standard[0]),)

    @property
    def codomain(self) -> Record:
        """Every date, save one that a sentinel is spelled like."""
        return one(Date())

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Tell full-width digits, other shapes and days that do not exist apart."""
        return _western_why(legacy[0])

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...], dict[str, object]]]:
        """Yield a sentinel that is the spelling of a real day."""
        if self.none is not None and pl.select(_iso(pl.lit(self.none)).str.contains(CALENDAR)).item():
            yield "M0014", ("none",), {"none": self.none}

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The sentinel."""
        if self.none is not None:
            yield Branch(("none",), legacy[0] == self.none, self.none)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example's date, the sentinel and a leap day."""
        plain, sentinel = cls(), cls(none="00000000")
        return (
            Example(plain, ("20240301",), ("2024-03-01",), LINK),
            Example(plain, ("20000229",), ("2000-02-29",), "Gregorian calendar: 2000 is a leap year"),
            Example(plain, ("99991231",), ("9999-12-31",), f"{SPEC}: open ranges end so"),
            Example(sentinel, ("00000000",), (None,), f"{SPEC}: 00000000 = no date"),
            Example(sentinel, ("",), (None,), "design: empty is an equivalent spelling of absent", ("00000000",)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return spellings that are not a day."""
        plain = cls()
        return (
            Refusal(plain, ("20240230",), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(plain, ("19000229",), "T0004", "Gregorian calendar: 1900 is a common year"),
            Refusal(plain, ("2024031",), "T0003", "assumed: seven digits are another form"),
            Refusal(plain, ("2024-3-1",), "T0003", "assumed: separators are another form"),
            Refusal(plain, ("２０２４０３０１",), "T0019", "official: DATE is half-width"),
            Refusal(plain, ("00000000",), "T0004", "no sentinel is declared"),
        )


def _western_why(value: pl.Expr) -> pl.Expr:
    return _why(
        [
            (value.str.contains(_FULL_WIDTH), "T0019"),
            (~value.str.contains("^[0-9]{8}$"), "T0003"),
        ],
        "T0004",
    )


class Wareki(Lens):
    """An era-encoded date to the 元号 code and the ISO date.

    ``form: gyymmdd`` is seven digits: one for the era, then year, month and day. ``eras`` says which digit means which
    era (tables differ between vendors, so there is no default); ``western`` which first digits stand for a century
    instead (``"9": "19"``), whose dates carry no 元号. A date outside its era is refused; on the two days that belong
    to two eras both labels stand.
    """

    gives = 2
    op: Literal["wareki"] = "wareki"
    form: Literal["gyymmdd"]
    eras: Mapping[Digit, EraName] = Field(min_length=1, json_schema_extra={"additionalProperties": False})
    western: Mapping[Digit, Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
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
        known, prefix = list(self.prefixes), value.str.slice(0, 3)
        codes, years = ([pair[i] or None for pair in self.prefixes.values()] for i in (0, 1))
        era = prefix.replace_strict(known, codes, default=None, return_dtype=pl.String)
        year = prefix.replace_strict(known, years, default=None, return_dtype=pl.String)
        return era, year + _month_and_day(value.str.slice(3))

    def back(self, *standard: pl.Expr) -> Values:
        """3, 1985-07-07 → 3600707."""
        era, date = standard
        known = {code + year: prefix for prefix, (code, year) in self.prefixes.items()}
        key = era.fill_null("") + date.str.slice(0, 4)
        prefix = key.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
        return (prefix + date.str.slice(5, 2) + date.str.slice(8),)

    @property
    def codomain(self) -> Record:
        """The 元号 codes of the table with the dates of their eras, and no 元号 with the centuries."""
        codes = tuple(BY_NAME[name].code for name in self.eras.values())
        rule = EraAgrees(0, 1, self.spans)
        required = (1,) if self.western else (0, 1)
        return Record(columns=((0, Choice(codes)), (1, Date())), required=required, rules=(rule,))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Tell apart: full-width digits, another shape, an unknown era, no such day, before, after, lunisolar."""
        value = legacy[0]
        era, date = self.forward(value)
        first = era.replace_strict(
            {era.code: era.first for era in BY_CODE.values()}, default=None, return_dtype=pl.String
        )
        return _why(
            [
                (value.str.contains(_FULL_WIDTH), "T0019"),
                (~value.str.contains("^[0-9]{7}$"), "T0003"),
                (~value.str.slice(0, 1).is_in([*self.eras, *self.western]), "T0008"),
                (date.is_null() | ~date.str.contains(CALENDAR), "T0004"),
                ((era == BY_NAME["明治"].code) & (date < first), "T0007"),
                (date < first, "T0006"),
            ],
            "T0005",
        )

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...], dict[str, object]]]:
        """Yield digits that mean two things, and eras or centuries with two digits."""
        for digit in set(self.eras) & set(self.western):
            yield "M0015", ("western", digit), {"digit": digit}
        for option, table in (("eras", self.eras), ("western", self.western)):
            for meaning, count in Counter(table.values()).items():
                if count > 1:
                    yield "M0016", (option,), {"meaning": meaning}

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every era digit and every digit of a century."""
        first = legacy[0].str.slice(0, 1)
        for digit, name in self.eras.items():
            yield Branch(("eras", digit), first == digit, digit, BY_NAME[name].code)
        for digit in self.western:
            yield Branch(("western", digit), first == digit, digit)

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
        return tuple(Example(lens, (legacy,), (era, date), source) for legacy, era, date, source in rows)

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
        )
        return tuple(Refusal(lens, (legacy,), code, source) for legacy, code, source in rows)


class EraColumn(Lens):
    """An era name in a column of its own beside a Western date YYYYMMDD, to the 元号 code and the ISO date.

    Takes (era, date). ``eras`` says which legacy label means which era. The label must agree with the date; on the two
    days that belong to two eras both labels stand. A date with an empty label carries no 元号 (foreign residents).
    """

    takes = 2
    gives = 2
    op: Literal["era_column"] = "era_column"
    eras: Mapping[Annotated[str, StringConstraints(min_length=1)], EraName] = Field(min_length=1)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Legacy label → 元号 code."""
        return {label: BY_NAME[name].code for label, name in self.eras.items()}

    def forward(self, *legacy: pl.Expr) -> Values:
        """昭和, 19850707 → 3, 1985-07-07; a label that the table does not know reads as no date at all."""
        label, digits = legacy
        era = label.replace_strict(self.labels, default=None, return_dtype=pl.String)
        known = era.is_not_null() | _is_empty(label)
        return era, pl.when(known).then(_iso(digits))

    def back(self, *standard: pl.Expr) -> Values:
        """3, 1985-07-07 → 昭和, 19850707."""
        era, date = standard
        names = {code: label for label, code in self.labels.items()}
        return era.replace_strict(names, default=None, return_dtype=pl.String), _compact(date)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """An empty label is no label."""
        label, digits = legacy
        return pl.when(~_is_empty(label)).then(label), digits

    @property
    def codomain(self) -> Record:
        """The 元号 codes of the table with the dates of their eras, and no 元号 with any date."""
        spans = tuple(Span(c, BY_CODE[c].first, BY_CODE[c].last) for c in self.labels.values())
        rule = EraAgrees(0, 1, spans)
        return Record(columns=((0, Choice(tuple(self.labels.values()))), (1, Date())), required=(1,), rules=(rule,))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Tell apart: an unknown label, a label without a date, what is wrong with the date, disagreement."""
        label, digits = legacy
        return (
            pl.when(~_is_empty(label) & ~label.is_in(list(self.eras)))
            .then(pl.lit("T0008"))
            .when(_is_empty(digits))
            .then(pl.lit("T0010"))
            .when(~_iso(digits).str.contains(CALENDAR))
            .then(_western_why(digits))
            .otherwise(pl.lit("T0009"))
        )

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...], dict[str, object]]]:
        """Yield eras with two labels."""
        for meaning, count in Counter(self.eras.values()).items():
            if count > 1:
                yield "M0016", ("eras",), {"meaning": meaning}

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every label."""
        for label, code in self.labels.items():
            yield Branch(("eras", label), legacy[0] == label, label, code)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example, both labels on a shared day, and a foreign resident."""
        lens = cls(eras=_NAMES)
        return (
            Example(lens, ("昭和", "19850707"), ("3", "1985-07-07"), LINK),
            Example(lens, ("大正", "19261225"), ("2", "1926-12-25"), f"{SPEC}: the day belongs to both eras"),
            Example(lens, ("昭和", "19261225"), ("3", "1926-12-25"), f"{SPEC}: the day belongs to both eras"),
            Example(
                lens,
                ("", "19850707"),
                (None, "1985-07-07"),
                f"{SPEC}: foreign residents have no 元号",
                (None, "19850707"),
            ),
            Example(lens, ("", ""), (None, None), "design: all empty is absent", (None, None)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return labels and dates that do not go together."""
        lens = cls(eras=_NAMES)
        return (
            Refusal(lens, ("昭和", "19890108"), "T0009", f"{SPEC}: 1989-01-07 is the last 昭和 day"),
            Refusal(lens, ("慶応", "18670101"), "T0008", f"{SPEC}: eras 1–5 only"),
            Refusal(lens, ("昭和", ""), "T0010", "a label without a date says nothing that can be written"),
            Refusal(lens, ("昭和", "19850230"), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(lens, ("昭和", "600707"), "T0003", "six digits are another form"),
        )


def _is_empty(value: pl.Expr) -> pl.Expr:
    return (value == "").fill_null(value=True)
