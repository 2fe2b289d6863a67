"""The dataset rules that a rules file may name, as data: what no record can answer for by itself."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from stdconv.definitions.model import Strict, TupleOf
from stdconv.standard.recordrules import Title

Names = Annotated[TupleOf[str], Field(min_length=1)]
"""One column or several."""
Values = Annotated[dict[str, str], Field(min_length=1)]
"""Columns, and the value that each of them has."""


class Rule(Strict):
    """What every dataset rule has: a ``title``, the ``source`` that it comes from, the ``codes`` of its findings."""

    codes: ClassVar[tuple[str, ...]] = ()
    title: Title | str
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the rule looks at, each once."""
        raise NotImplementedError


class UniqueRule(Rule):
    """The dataset rule ``unique``: no two records share the values of ``columns``; absent is a value like any other."""

    codes: ClassVar[tuple[str, ...]] = ("D0001",)
    rule: Literal["unique"]
    columns: Names

    @property
    def names(self) -> tuple[str, ...]:
        """The columns together."""
        return self.columns


class CountedRule(Rule):
    """The dataset rule ``counted``: the numbers of the records that share ``by`` run from 1 without gaps.

    A number that occurs more than once counts once: ``unique`` reports it.
    """

    codes: ClassVar[tuple[str, ...]] = ("D0006",)
    rule: Literal["counted"]
    by: Names
    number: str

    @property
    def names(self) -> tuple[str, ...]:
        """Whose number it is, and the number."""
        return tuple(dict.fromkeys((*self.by, self.number)))


class LatestRule(Rule):
    """The dataset rule ``latest``: of the records that share ``by``, the one of the highest number has the flag alone.

    A record has the flag where ``flag`` is ``value``.
    """

    codes: ClassVar[tuple[str, ...]] = ("D0007", "D0008", "D0009")
    rule: Literal["latest"]
    by: Names
    number: str
    flag: str
    value: str

    @property
    def names(self) -> tuple[str, ...]:
        """Whose flag it is, the number, and the flag."""
        return tuple(dict.fromkeys((*self.by, self.number, self.flag)))


class AtMostOneRule(Rule):
    """The dataset rule ``at_most_one``: of the records ``among`` that share ``by``, one is ``which``.

    More than one break it; none is doubtful. Without ``among`` it is about all records.
    """

    codes: ClassVar[tuple[str, ...]] = ("D0010", "D0011")
    rule: Literal["at_most_one"]
    by: Names
    among: dict[str, str] = {}
    which: Values

    @property
    def names(self) -> tuple[str, ...]:
        """Whose records they are, and the columns that decide whether they count and are of the kind."""
        return tuple(dict.fromkeys((*self.by, *self.among, *self.which)))


class TallyRule(Rule):
    """The dataset rule ``tally``: the report counts records by the values of each of ``columns``, which have a list.

    Only codes are counted, never residents' own values.
    """

    rule: Literal["tally"]
    columns: Names

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, each of which is counted by itself."""
        return self.columns


class Ahead(Strict):
    """Dates that may lie in the future: those of ``columns``, in records that have one of the values of each column."""

    columns: Names
    where: Annotated[dict[str, Names], Field(min_length=1)]


class NotLaterRule(Rule):
    """The dataset rule ``not_later``: no date in ``columns`` is later than the day of the file.

    That day is given, or else the newest date in the columns ``than``. Columns that a file lacks are left out.
    """

    codes: ClassVar[tuple[str, ...]] = ("D0013",)
    rule: Literal["not_later"]
    columns: Names
    than: Names
    ahead: Ahead | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that give the day, those that are held against it, and those that say which may lie ahead."""
        ahead = () if self.ahead is None else (*self.ahead.columns, *self.ahead.where)
        return tuple(dict.fromkeys((*self.than, *self.columns, *ahead)))


DatasetRule: TypeAlias = Annotated[
    UniqueRule | CountedRule | LatestRule | AtMostOneRule | NotLaterRule | TallyRule, Field(discriminator="rule")
]
