"""Rules between the columns of a record that JSON Schema cannot say: a closed set, each read into checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from stdconv.definitions.model import Strict, TupleOf
from stdconv.domains.places import PREFECTURE
from stdconv.domains.sets import (
    Anything,
    CheckDigit,
    Choice,
    Concatenated,
    Domain,
    EraAgrees,
    IfThenElse,
    InForce,
    Named,
    NoOtherPlace,
    Not,
    NotAfter,
    Record,
    Rule,
    SamePlace,
    Span,
    Within,
)
from stdconv.japan.checkdigits import SCHEMES
from stdconv.japan.eras import ERAS
from stdconv.standard.checks import Check
from stdconv.standard.codelists import load_column

CodeLists: TypeAlias = Callable[[str], Mapping[str, str]]
"""What gives the labels of a code list by their codes."""


Texts: TypeAlias = TupleOf[str]


OFFICIAL_SPANS = tuple(Span(era.code, era.first, era.last) for era in ERAS)
"""The days of each 元号 code."""


class Title(Strict):
    """What a rule says, in both languages."""

    ja: str
    en: str

    def __str__(self) -> str:
        """Return both, as findings have them."""
        return f"{self.ja} / {self.en}"


class _RecordRule(Strict):
    """What every record rule has; ``finding`` is the code it is reported under where that is not the rule's own."""

    title: Title | str
    source: str
    status: Literal["official", "observed", "assumed"] | None = None
    finding: str | None = None

    def _check(self, code: str, columns: tuple[str, ...], domain: Domain) -> Check:
        return Check(self.finding or code, tuple(dict.fromkeys(columns)), domain, str(self.title), self.source)


class EraRule(_RecordRule):
    """The 元号 is one that the date may carry."""

    rule: Literal["era_agrees"]
    era: str
    date: str

    def checks(self, _lists: CodeLists) -> Iterator[Check]:
        """Yield the check."""
        yield self._check("S0006", (self.era, self.date), _ruled(EraAgrees(self.era, self.date, OFFICIAL_SPANS)))


class _RuleSomewhere(_RecordRule):
    """A rule of some records: those that have one of the values of each column in ``where``."""

    where: dict[str, Texts] = Field(default_factory=dict)

    def _there(self, rule: Rule) -> Domain:
        if not self.where:
            return _ruled(rule)
        columns = tuple((name, Choice(values)) for name, values in self.where.items())
        return IfThenElse(Record(columns, tuple(self.where)), _ruled(rule), Anything())


class JoinedRule(_RuleSomewhere):
    """A column is others joined, or the labels of their codes; the parts ``silent`` may be left out of it."""

    rule: Literal["joined"]
    whole: str
    parts: Texts
    separator: str
    codes: str | None = None
    unlabelled: Texts = ()
    silent: Texts = ()

    def checks(self, lists: CodeLists) -> Iterator[Check]:
        """Yield the check."""
        labels = None
        if self.codes is not None:
            labels = tuple(pair for pair in lists(self.codes).items() if pair[0] not in self.unlabelled)
        domain = self._there(Concatenated(self.whole, self.parts, self.separator, labels, self.silent))
        code = "S0021" if labels is None else "S0022"
        yield self._check(code, (self.whole, *self.parts, *self.where), domain)


class OrderRule(_RuleSomewhere):
    """A date is not after any of some others, or by ``days`` at most."""

    rule: Literal["not_after"]
    earlier: str
    later: Texts
    days: Annotated[int, Field(ge=0)] = 0

    def checks(self, _lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each of the later dates."""
        for later in self.later:
            rule = NotAfter(self.earlier, later, self.days)
            yield self._check("S0023", (self.earlier, later, *self.where), self._there(rule))


class CheckDigitRule(_RecordRule):
    """Numbers end with their check digit; where the rule is known from samples only, others are doubtful."""

    rule: Literal["check_digit"]
    number: Literal["kojin_bango", "juminhyo_code", "lg_code", "atena_bango"]
    columns: Texts

    def checks(self, _lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each column."""
        code = "S0025" if self.number == "juminhyo_code" else "S0024"
        for column in self.columns:
            yield self._check(code, (column,), _ruled(CheckDigit(column, *SCHEMES[self.number])))


class ListedRule(_RecordRule):
    """Codes are in a list that is not closed, or in another one: others are doubtful."""

    rule: Literal["listed"]
    codes: str
    also: Texts = ()
    columns: Texts

    def checks(self, lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each column."""
        known = Choice(tuple(dict.fromkeys(code for name in (self.codes, *self.also) for code in lists(name))))
        for column in self.columns:
            yield self._check("S0026", (column,), Record(columns=((column, known),)))


class InForceRule(_RuleSomewhere):
    """Codes of a list had not ended: on the day in another column, or where there is none, at all."""

    rule: Literal["in_force"]
    codes: str
    columns: Texts
    day: str | None = None

    def checks(self, lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each column."""
        ends = tuple(load_column(self.codes, "ended").items())
        ended = Not(Choice(tuple(lists(self.codes))))
        for column in self.columns:
            never: Rule = Within(Record(columns=((column, ended),)))
            rule = never if self.day is None else InForce(column, self.day, ends)
            columns = (column, *([self.day] if self.day else []), *self.where)
            yield self._check("S0050", columns, self._there(rule))


class MunicipalityRule(_RecordRule):
    """Codes are of municipalities, not of the wards of a city."""

    rule: Literal["municipality"]
    codes: str
    columns: Texts

    def checks(self, _lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each column."""
        ward = Choice(tuple(load_column(self.codes, "of")))
        for column in self.columns:
            yield self._check("S0051", (column,), Record(columns=((column, Not(ward)),)))


class WardRule(_RecordRule):
    """A ward is one of the city in each of some other columns, which may have the ward itself."""

    rule: Literal["ward"]
    codes: str
    ward: str
    of: Texts

    def checks(self, _lists: CodeLists) -> Iterator[Check]:
        """Yield a check that the ward is no city, and one for each of the other columns."""
        above = tuple(load_column(self.codes, "of").items())
        cities = Choice(tuple(dict.fromkeys(city for _, city in above)))
        yield self._check("S0052", (self.ward,), Record(columns=((self.ward, Not(cities)),)))
        for column in self.of:
            same = _ruled(SamePlace(self.ward, column, above, wards=True))
            yield self._check("S0052", (self.ward, column), same)


class NamedRule(_RecordRule):
    """A code and the names beside it are of the same place."""

    rule: Literal["named"]
    codes: Texts
    code: str
    parts: Texts

    def checks(self, lists: CodeLists) -> Iterator[Check]:
        """Yield the check."""
        domain = _ruled(Named(self.code, self.parts, _labels(self.codes, lists)))
        yield self._check("S0053", (self.code, *self.parts), domain)


class NoOtherPlaceRule(_RecordRule):
    """Texts do not begin with another place than the one in the columns ``prefecture`` and ``municipality``."""

    rule: Literal["no_other_place"]
    codes: str
    columns: Texts
    prefecture: str
    municipality: str

    def checks(self, lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each column."""
        known = _names(tuple(lists(self.codes).values()))
        place = (self.prefecture, self.municipality)
        for column in self.columns:
            yield self._check("S0054", (column, *place), _ruled(NoOtherPlace(column, place, known)))


class ElsewhereRule(_RecordRule):
    """Two codes are of different municipalities."""

    rule: Literal["elsewhere"]
    codes: str
    code: str
    own: str

    def checks(self, _lists: CodeLists) -> Iterator[Check]:
        """Yield the check."""
        apart = SamePlace(self.code, self.own, tuple(load_column(self.codes, "of").items()), alike=False)
        yield self._check("S0055", (self.code, self.own), _ruled(apart))


RecordRule: TypeAlias = Annotated[
    EraRule
    | JoinedRule
    | OrderRule
    | CheckDigitRule
    | ListedRule
    | InForceRule
    | MunicipalityRule
    | WardRule
    | NamedRule
    | NoOtherPlaceRule
    | ElsewhereRule,
    Field(discriminator="rule"),
]


def _ruled(rule: Rule) -> Record:
    return Record(rules=(rule,))


@cache
def _labels(names: tuple[str, ...], lists: CodeLists) -> tuple[tuple[str, str], ...]:
    """Return the codes of several lists with their names, those of the first list first; ／ is between several."""
    return tuple((code, each) for name in names for code, label in lists(name).items() for each in label.split("／"))


@cache
def _names(labels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the prefectures, and the municipalities without them, that the names of municipalities begin with."""
    parts = [found.groups() for label in labels if (found := re.fullmatch(f"{PREFECTURE}(.+)", label))]
    return tuple(dict.fromkeys(first for first, _ in parts)), tuple(dict.fromkeys(rest for _, rest in parts))
