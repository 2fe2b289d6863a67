"""A date that a layout spells in more than one way, in the same column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

import polars as pl
from pydantic import Field

from stdconv.definitions.model import TupleOf
from stdconv.domains.check import check
from stdconv.domains.sets import AnyOf, Choice, Date, Domain, EraAgrees, Nothing, Record, Span, one
from stdconv.japan.eras import OPEN_END
from stdconv.lenses.base import Branch, Example, Lens, Mistake, Refusal, Values
from stdconv.lenses.base_dates import SPEC, why
from stdconv.lenses.dates import CompactDate
from stdconv.lenses.wareki import Wareki, WarekiText

Form: TypeAlias = Annotated[Wareki | WarekiText | CompactDate, Field(discriminator="op")]
OTHER_SHAPE = "T0003"
_SHAPES: dict[type[Lens], str] = {CompactDate: "^[0-9]{8}$", Wareki: "^[0-9A-Za-z][0-9]{6}$", WarekiText: "年.*月.*日$"}
"""How the values of a form look, so that no value is read by two."""


class AnyDate(Lens):
    """A date in one of several spellings, 20240301 or R060301 in the same column, to the ISO date.

    The other spellings of a date that two forms can write go to the residue. On the days that belong to two eras the
    later one is written where no 元号 comes with the date.
    """

    op: Literal["any_date"] = "any_date"
    forms: TupleOf[Form] = Field(
        min_length=1,
        description="The lenses of the spellings, each of another kind: wareki, wareki_text, compact_date. The first "
        "that can write a date writes it.",
        examples=[[{"op": "compact_date"}, {"op": "wareki", "form": "gyymmdd", "eras": {"S": "昭和"}}]],
    )
    era: bool = Field(
        default=False,
        description="Whether the 元号 code is given before the date, absent for spellings without an era.",
        examples=[True],
    )

    @property
    def gives(self) -> int:
        """The date, behind the 元号 code if that is asked for."""
        return 2 if self.era else 1

    @property
    def absent(self) -> tuple[str | None, ...] | None:
        """The sentinel of the first form that has one."""
        return next((form.absent for form in self.forms if form.absent is not None), None)

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether the value is the sentinel of any form."""
        return pl.any_horizontal([form.is_absent(legacy) for form in self.forms])

    @cached_property
    def spans(self) -> tuple[tuple[Span, ...], ...]:
        """For each form the dates that it can write, by era; no era for eight digits."""
        western = (Span(None, Date().first, OPEN_END),)
        rules = ([rule for rule in form.codomain.rules if isinstance(rule, EraAgrees)] for form in self.forms)
        return tuple(rule[0].spans if rule else western for rule in rules)

    def forward(self, *legacy: pl.Expr) -> Values:
        """By the form whose shape the value has."""
        era, date = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
        for form in reversed(self.forms):
            is_so, values = _read(form, legacy)
            era = pl.when(is_so).then(values[0]).otherwise(era)
            date = pl.when(is_so).then(values[1]).otherwise(date)
        return (era, date) if self.era else (date,)

    def back(self, *standard: pl.Expr) -> Values:
        """By the first form that can write the value."""
        return (self._written(len(self.forms), standard, pl.lit(None, dtype=pl.String)),)

    def canonical(self, *legacy: pl.Expr) -> Values:
        """The spelling of the first form that can write the same; the value itself where no form reads it."""
        text = legacy[0]
        for number, form in reversed([*enumerate(self.forms)]):
            is_so, values = _read(form, legacy)
            own = self._written(number, values if self.era else values[1:], form.spell(legacy)[0])
            text = pl.when(is_so).then(own).otherwise(text)
        return (text,)

    def _written(self, number: int, standard: Values, text: pl.Expr) -> pl.Expr:
        """Return what the first of ``number`` forms writes that can, or else ``text``."""
        for form, spans in reversed([*zip(self.forms, self.spans, strict=True)][:number]):
            values = standard if self.era else (_label(standard[-1], spans), standard[-1])
            is_so = check(form.codomain, dict(enumerate(values[-form.gives :])))
            if form.gives == 1:
                is_so = is_so & values[0].is_null()
            text = pl.when(is_so).then(form.write(values[-form.gives :])[0]).otherwise(text)
        return text

    @property
    def codomain(self) -> Record:
        """What any of the forms can write."""
        dates = tuple(dict.fromkeys(Date(span.first, span.last) for spans in self.spans for span in spans))
        leaps = tuple(part for form in self.forms for part in _others(form.codomain))
        date: Domain = AnyOf(dates + leaps) if len(dates + leaps) > 1 else dates[0]
        if not self.era:
            return one(date)
        every = tuple(dict.fromkeys(span for spans in self.spans for span in spans))
        codes = tuple(dict.fromkeys(span.era for span in every if span.era is not None))
        required = (1,) if any(span.era is None for span in every) else (0, 1)
        label: Domain = Choice(codes) if codes else Nothing()
        return Record(((0, label), (1, date)), required=required, rules=(EraAgrees(0, 1, every),))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """What the form says whose shape the value has."""
        codes = [form.explain(*legacy) for form in self.forms]
        by_shape = pl.coalesce([pl.when(code != OTHER_SHAPE).then(code) for code in codes])
        return pl.coalesce(by_shape, why([], OTHER_SHAPE))

    def mistakes(self) -> Iterator[Mistake]:
        """Yield forms that cannot be distinguished, and the mistakes of each."""
        for op, count in Counter(form.op for form in self.forms).items():
            if count > 1:
                yield "M0083", ("forms",), {"op": op}
        for number, form in enumerate(self.forms):
            for code, path, words in form.mistakes():
                yield code, ("forms", number, *path), words

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every form, by the ways through it if it has some."""
        for number, form in enumerate(self.forms):
            at, (is_so, _) = ("forms", number), _read(form, legacy)
            inner = [*form.branches(*legacy)]
            for each in inner:
                taken = each.taken & (is_so | form.is_absent(legacy))
                says = each.says if self.era else ()
                yield replace(each, path=(*at, *each.path), taken=taken, says=says)
            if not any(each.path[0] != "none" for each in inner):
                yield Branch(at, is_so, form.op, by=(f"a date read by {form.op}", f"{form.op} で読む日付"))

    def spelled_out(self) -> Iterator[str]:
        """What the forms spell out."""
        yield from (text for form in self.forms for text in form.spelled_out())

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return eight digits and an era date in one column, with and without the era as a value."""
        eras = {"S": "昭和", "H": "平成", "R": "令和"}
        western, letters = (
            CompactDate(none="00000000", open_end="99999999"),
            Wareki.model_validate({"op": "wareki", "form": "gyymmdd", "eras": eras}),
        )
        mixed, labelled = cls(forms=(western, letters)), cls(forms=(letters, western), era=True)
        source = f"{SPEC}: a letter era (S600707); assumed: beside Western dates in the same column"
        return (
            Example(mixed, ("19850707",), ("1985-07-07",), source),
            Example(mixed, ("S600707",), ("1985-07-07",), source, ("19850707",)),
            Example(mixed, ("99999999",), (OPEN_END,), f"{SPEC}: 99999999 = open end"),
            Example(mixed, ("00000000",), (None,), f"{SPEC}: 00000000 = no date"),
            Example(labelled, ("S600707",), ("3", "1985-07-07"), source),
            Example(labelled, ("19850707",), (None, "1985-07-07"), source),
            Example(cls(forms=(letters,)), ("H010108",), ("1989-01-08",), f"{SPEC}: the first 平成 day"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return days that do not exist, in either spelling, and a spelling of neither kind."""
        lens = cls.examples()[0].lens
        return (
            Refusal(lens, ("20240230",), "T0004", "Gregorian calendar: February has no 30th"),
            Refusal(lens, ("S640108",), "T0005", f"{SPEC}: 昭和64年1月8日 does not exist"),
            Refusal(lens, ("M450730",), "T0008", "the table has no era M"),
            Refusal(lens, ("240301",), "T0003", "assumed: six digits are another form"),
        )


def _read(form: Form, legacy: Values) -> tuple[pl.Expr, Values]:
    """Return whether ``legacy`` has the shape of a form and is a date in it, and what it is: 元号 and date."""
    values = form.read(legacy)
    is_so = legacy[0].str.contains(_SHAPES[type(form)]) & check(form.codomain, dict(enumerate(values)))
    return is_so.fill_null(value=False), values if len(values) > 1 else (pl.lit(None, dtype=pl.String), *values)


def _label(date: pl.Expr, spans: tuple[Span, ...]) -> pl.Expr:
    """Return the era that a date is written with: the last of those that it is in."""
    label: pl.Expr = pl.lit(None, dtype=pl.String)
    for span in sorted(spans, key=lambda span: span.first):
        inside = (date >= span.first) & (date <= span.last)
        label = pl.when(inside).then(pl.lit(span.era, dtype=pl.String)).otherwise(label)
    return label


def _others(codomain: Record) -> tuple[Domain, ...]:
    """Return what a form admits as a date besides the days of the calendar."""
    domain = codomain.columns[-1][1]
    return tuple(part for part in domain.parts if not isinstance(part, Date)) if isinstance(domain, AnyOf) else ()
