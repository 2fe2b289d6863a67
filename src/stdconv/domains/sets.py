"""Domains: sets of values, and of records of values, as closed data; the other modules here are functions over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = str | int
"""Names a value inside a record: a column's name, or a position in a lens's tuple."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Every text, or every whole number where a column holds these."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value at all."""


@dataclass(frozen=True, slots=True)
class Text:
    """Texts by pattern and length; lengths count code points, ``most_characters`` leaves out variation selectors."""

    pattern: str | None = None
    least: int = 0
    most: int | None = None
    most_characters: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A closed list of texts."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Date:
    """ISO dates ``YYYY-MM-DD`` of the Gregorian calendar from ``first`` to ``last``, both included."""

    first: str = "0000-01-01"
    last: str = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Integer:
    """Whole numbers from ``least`` to ``most``, both included, that are multiples of ``step``."""

    least: int | None = None
    most: int | None = None
    step: int = 1


@dataclass(frozen=True, slots=True)
class AllOf:
    """What is in every part."""

    parts: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What is in at least one part."""

    parts: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """What is in exactly one part."""

    parts: tuple[Domain, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What is not in the part."""

    part: Domain


@dataclass(frozen=True, slots=True)
class IfThenElse:
    """What is in ``then`` where it is in ``condition``, and in ``otherwise`` where it is not."""

    condition: Domain
    then: Domain
    otherwise: Domain


@dataclass(frozen=True, slots=True)
class Span:
    """An era label (``None``: no era) and the ISO dates it covers, both ends included."""

    era: str | None
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class EraAgrees:
    """A named rule: the label in ``era`` is one that the date in ``date`` may carry. An absent date decides nothing.

    An absent label agrees with every date unless ``spans`` say which dates go without an era.
    """

    era: Key
    date: Key
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class InOrder:
    """A named rule: the columns are filled from the first one on; behind an absent one all are absent."""

    columns: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A named rule: the columns together hold one of ``rows``; ``None`` is absent."""

    columns: tuple[Key, ...]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """A named rule: the value in ``by`` says which record the others make: one of those listed for it.

    A value that is not listed makes none; where ``by`` is absent nothing is decided.
    """

    by: Key
    cases: tuple[tuple[str, Record], ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """A named rule: of the sets of columns one at most has values."""

    sets: tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True)
class Concatenated:
    """A named rule: ``whole`` is what the ``parts`` that are there say, with ``separator`` between them.

    With ``labels`` a part says the label of its code; ``silent`` are parts that the whole may leave out, all together.
    Nothing is decided where the whole or every part is absent, nor where a part's code has no label.
    """

    whole: Key
    parts: tuple[Key, ...]
    separator: str
    labels: tuple[tuple[str, str], ...] | None = None
    silent: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAfter:
    """A named rule: the ISO date in ``earlier`` is after that in ``later`` by ``days`` at most; an absent one is open.

    With ``days`` a text that is no day of the calendar decides nothing.
    """

    earlier: Key
    later: Key
    days: int = 0


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """A named rule: a number ends with its check digit, the one of ``digits`` at the weighted sum's remainder by 11.

    ``weights`` are those of the digits before it; a shorter number is read with zeros in front. An absent number, or a
    text that is not a number of at most that many digits, decides nothing.
    """

    column: Key
    weights: tuple[int, ...]
    digits: str


@dataclass(frozen=True, slots=True)
class InForce:
    """A named rule: the code is none that had ended before ``day``; ``ends`` have the first day without it.

    Nothing is decided where one of the two is absent, nor of a code that is not among ``ends``.
    """

    code: Key
    day: Key
    ends: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A named rule: the code stands for the place that the ``parts`` name together; ``labels`` are code and name.

    A code may have several names. The parts may say less than the name or more, but nothing else: a city instead of its
    ward. Nothing is decided where one of them is absent, nor of a code without a name.
    """

    code: Key
    parts: tuple[Key, ...]
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NoOtherPlace:
    """A named rule: the ``text`` does not begin with the name of another place than the one in the columns ``place``.

    ``names`` has the known names for each of these columns: prefectures, then municipalities. A name that the text
    consists of, or goes on from into a word of its own (丹波市町), is none.
    """

    text: Key
    place: tuple[Key, ...]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SamePlace:
    """A named rule: two codes are of one municipality, or with ``alike`` false of two; ``above`` has ward and city.

    Nothing is decided where one of them is absent, or, with ``wards``, where the first is no ward.
    """

    first: Key
    second: Key
    above: tuple[tuple[str, str], ...]
    alike: bool = True
    wards: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """A named rule: the record is in ``domain``, which says more than columns and rules can: a condition, say."""

    domain: Domain


OfPlaces: TypeAlias = "InForce | Named | NoOtherPlace | SamePlace"
"""Named rules about municipalities."""

Rule: TypeAlias = (
    "EraAgrees | InOrder | Rows | Cases | Apart | Concatenated | NotAfter | CheckDigit | Within | OfPlaces"
)


@dataclass(frozen=True, slots=True)
class Record:
    """Records: columns with their domains, which must be present, and named rules between them.

    A column that is absent satisfies its domain. ``closed`` admits no other columns.
    """

    columns: tuple[tuple[Key, Domain], ...] = ()
    required: tuple[Key, ...] = ()
    rules: tuple[Rule, ...] = field(default=())
    closed: bool = False


Domain: TypeAlias = (
    Anything | Nothing | Text | Choice | Date | Integer | AllOf | AnyOf | OneOf | Not | IfThenElse | Record
)


def narrowest(parts: tuple[Domain, ...]) -> Domain:
    """Return the part of an ``AllOf`` that says most about what to look for: a list, dates, a pattern, else any."""
    ranks = (Choice, Date, Text, IfThenElse, AnyOf, OneOf, AllOf)

    def rank(part: Domain) -> int:
        if isinstance(part, Text) and part.pattern is None:
            return len(ranks)
        return next((i for i, kind in enumerate(ranks) if isinstance(part, kind)), len(ranks) + 1)

    return min(parts, key=rank)


def is_whole(domain: Domain) -> bool:
    """Return whether the values of ``domain`` are whole numbers: then some part of it says so."""
    match domain:
        case Integer():
            return True
        case AllOf(parts) | AnyOf(parts) | OneOf(parts):
            return any(map(is_whole, parts))
        case Not(part):
            return is_whole(part)
        case IfThenElse(condition, then, otherwise):
            return any(map(is_whole, (condition, then, otherwise)))
        case _:
            return False


def with_lengths(parts: tuple[Domain, ...]) -> tuple[Domain, ...]:
    """Return the parts that all hold, those inside parts too, with every length in the patterns that must obey it."""
    flat: list[Domain] = []
    for part in parts:
        flat += with_lengths(part.parts) if isinstance(part, AllOf) else (part,)
    texts = [part for part in flat if isinstance(part, Text)]
    least = max((text.least for text in texts), default=0)
    most = min((m for text in texts for m in (text.most, text.most_characters) if m is not None), default=None)
    return tuple(Text(part.pattern, least, most) if isinstance(part, Text) else part for part in flat)


def one(domain: Domain) -> Record:
    """Return the codomain of a lens that gives one value, always present."""
    return Record(columns=((0, domain),), required=(0,))
