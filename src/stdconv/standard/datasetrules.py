"""The dataset rules that a rules file may name, as data: what no record can answer for by itself."""

from __future__ import annotations

from collections.abc import Collection
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

    kinds: ClassVar[tuple[str, ...]] = ()
    title: Title | str
    source: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that findings of the rule have."""
        return self.kinds

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the rule looks at, each once."""
        raise NotImplementedError

    @property
    def any_of(self) -> tuple[str, ...]:
        """Columns of which a file needs one: the others are passed over where it does not have them."""
        return ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that a file needs, each of them."""
        return tuple(name for name in self.names if name not in self.any_of)

    def lacking(self, columns: Collection[str]) -> list[str]:
        """Return the columns for want of which the rule cannot be checked in a file that has ``columns``."""
        has_any = not self.any_of or any(name in columns for name in self.any_of)
        wanted = self.needed if has_any else self.names
        return [name for name in wanted if name not in columns]


class UniqueRule(Rule):
    """The dataset rule ``unique``: no two records share the values of ``columns``; absent is a value like any other."""

    kinds: ClassVar[tuple[str, ...]] = ("D0001",)
    rule: Literal["unique"]
    columns: Names

    @property
    def names(self) -> tuple[str, ...]:
        """The columns together."""
        return self.columns


class OnceRule(Rule):
    """The dataset rule ``once``: no two records share the values of ``columns``, which ``unique`` asks for too.

    Records that share them and are the same in every column are told from those that contradict each other.
    """

    kinds: ClassVar[tuple[str, ...]] = ("D0014", "D0015")
    rule: Literal["once"]
    columns: Names

    @property
    def names(self) -> tuple[str, ...]:
        """The columns together."""
        return self.columns


class CountedRule(Rule):
    """The dataset rule ``counted``: the numbers of the records that share ``by`` run from 1 without gaps.

    A number that occurs more than once counts once: ``unique`` reports it.
    """

    kinds: ClassVar[tuple[str, ...]] = ("D0006",)
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

    kinds: ClassVar[tuple[str, ...]] = ("D0007", "D0008", "D0009")
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

    kinds: ClassVar[tuple[str, ...]] = ("D0010", "D0011")
    rule: Literal["at_most_one"]
    by: Names
    among: dict[str, str] = {}
    which: Values

    @property
    def names(self) -> tuple[str, ...]:
        """Whose records they are, and the columns that decide whether they count and are of the kind."""
        return tuple(dict.fromkeys((*self.by, *self.among, *self.which)))


class SameRule(Rule):
    """The dataset rule ``same``: the records ``among`` that share ``by`` have the same values in all of ``columns``.

    A record that has none of these says nothing. ``finding`` is the code of what it means that they differ.
    """

    rule: Literal["same"]
    by: Names
    among: dict[str, str] = {}
    columns: Names
    finding: Literal["D0016", "D0017"] = "D0016"

    @property
    def codes(self) -> tuple[str, ...]:
        """The one that was chosen."""
        return (self.finding,)

    @property
    def names(self) -> tuple[str, ...]:
        """Whose records they are, which of them count, and what is to be the same."""
        return tuple(dict.fromkeys((*self.by, *self.among, *self.columns)))

    @property
    def any_of(self) -> tuple[str, ...]:
        """What is to be the same."""
        return self.columns


class AsOneRule(Rule):
    """The dataset rule ``as_one``: what records ``among`` that share ``by`` say is what one of them is called.

    That one is the record that is ``which``; it has the value in one of ``of``. Groups with none or several such
    records are another rule's matter, and so are records that say nothing.
    """

    kinds: ClassVar[tuple[str, ...]] = ("D0018",)
    rule: Literal["as_one"]
    by: Names
    among: dict[str, str] = {}
    which: Values
    says: str
    of: Names

    @property
    def names(self) -> tuple[str, ...]:
        """Whose records they are, which of them count, which is the one, what they say and what it is called."""
        return tuple(dict.fromkeys((*self.by, *self.among, *self.which, self.says, *self.of)))

    @property
    def any_of(self) -> tuple[str, ...]:
        """What the one is called."""
        return self.of


class OneOwnerRule(Rule):
    """The dataset rule ``one_owner``: records ``among`` that share all of ``columns`` have the same ``owner``.

    ``finding`` is the code of what it means that they have several.
    """

    rule: Literal["one_owner"]
    columns: Names
    among: dict[str, str] = {}
    owner: Names
    finding: Literal["D0019", "D0020"] = "D0019"

    @property
    def codes(self) -> tuple[str, ...]:
        """The one that was chosen."""
        return (self.finding,)

    @property
    def names(self) -> tuple[str, ...]:
        """What is owned, which records count, and whose they are."""
        return tuple(dict.fromkeys((*self.columns, *self.among, *self.owner)))


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

    kinds: ClassVar[tuple[str, ...]] = ("D0013",)
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
    UniqueRule
    | OnceRule
    | CountedRule
    | LatestRule
    | AtMostOneRule
    | SameRule
    | AsOneRule
    | OneOwnerRule
    | NotLaterRule
    | TallyRule,
    Field(discriminator="rule"),
]
