"""Rules between the columns of a record that JSON Schema cannot say: a closed set, each read into checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from stdconv.definitions.model import Strict, TupleOf
from stdconv.domains.sets import (
    Anything,
    CheckDigit,
    Choice,
    Concatenated,
    Domain,
    EraAgrees,
    IfThenElse,
    NotAfter,
    Record,
    Rule,
    Span,
)
from stdconv.japan.checkdigits import SCHEMES
from stdconv.japan.eras import ERAS
from stdconv.standard.checks import Check

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
    """Codes are in a list that is not closed: others are doubtful."""

    rule: Literal["listed"]
    codes: str
    columns: Texts

    def checks(self, lists: CodeLists) -> Iterator[Check]:
        """Yield a check for each column."""
        known = Choice(tuple(lists(self.codes)))
        for column in self.columns:
            yield self._check("S0026", (column,), Record(columns=((column, known),)))


RecordRule: TypeAlias = Annotated[
    EraRule | JoinedRule | OrderRule | CheckDigitRule | ListedRule, Field(discriminator="rule")
]


def _ruled(rule: Rule) -> Record:
    return Record(rules=(rule,))
