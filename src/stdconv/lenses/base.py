"""What a lens is: a reversible step with both directions, its spelling, its codomain and its sourced examples.

A lens says what it does in ``forward``, ``back`` and ``canonical``; it is called by ``read``, ``write``, ``spell`` and
``accept``, which add the empty edge, the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, TypeAlias, final

import polars as pl
from pydantic import ConfigDict, Field, StringConstraints

from stdconv.definitions.model import Strict
from stdconv.domains.check import check
from stdconv.domains.sets import Record
from stdconv.errors import KeyPath

Values: TypeAlias = tuple[pl.Expr, ...]
Texts: TypeAlias = tuple[str | None, ...]
Says: TypeAlias = tuple[tuple[int, str], ...]
"""Standard values, each as the value of that number among those that a lens gives."""
LeftOut: TypeAlias = tuple[Mapping[str, KeyPath] | None, ...]
"""For each standard value of a lens the codes that it declares not to write, with the path to where it says so;
``None`` for one that is not out of a table of codes."""
Mistake: TypeAlias = tuple[str, KeyPath, dict[str, object]]
"""What is wrong with an option: the code, where, the words for the message."""

Said = Annotated[str, StringConstraints(min_length=1)]
"""A text that is not empty."""
Sign = Annotated[str, StringConstraints(min_length=1, max_length=1)]
"""One character."""
Width = Annotated[int, Field(ge=1, le=1000)]
"""A number of characters."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sourced pair: what ``lens`` makes of ``legacy``; ``canonical`` where that is another spelling."""

    lens: Lens
    legacy: Texts
    standard: Texts
    source: str
    canonical: Texts | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sourced value that ``lens`` must not accept, and the code that says why."""

    lens: Lens
    legacy: Texts
    code: str
    source: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One way through a lens: a table's entry, a sentinel. ``path`` leads to the option that names it.

    ``taken`` says which legacy values go this way. Where a table says so, ``legacy`` becomes what the branch ``says``;
    ``label`` is what the vendor's own code list calls it. ``by`` says in English and Japanese what a value has that
    goes it, where that is more than ``legacy``. ``refused_as`` is the code under which it is refused, if it is, and
    ``value`` which of the legacy values ``legacy`` is then.
    """

    path: KeyPath
    taken: pl.Expr
    legacy: str
    says: Says = ()
    label: str = ""
    by: tuple[str, str] | None = None
    refused_as: str = ""
    value: int = 0

    @property
    def wording(self) -> str:
        """What says in words what goes this way: the vendor's label of it, or else the value itself."""
        return self.label or self.legacy

    @property
    def words(self) -> dict[str, str]:
        """What goes this way, by language."""
        value = (f'"{self.legacy}"', f"「{self.legacy}」") if self.legacy else ("an empty value", "空の値")
        return dict(zip(("en", "ja"), self.by or value, strict=True))


def _documented(schema: dict[str, Any], lens: type[Lens]) -> None:
    """Give the JSON Schema what the manual has, and require ``op`` in files; only Python may leave it out."""
    schema["required"] = ["op", *schema.get("required", [])]
    schema["title"] = lens.model_fields["op"].default
    schema["properties"]["op"]["description"] = lens.first_line()
    lenses = [*(each.lens for each in lens.examples()), *(each.lens for each in lens.refusals())]
    given = [as_written(each) for each in lenses]
    schema["examples"] = [given[0]]
    for name, option in schema["properties"].items():
        shown = [options[name] for options in given if name in options]
        if shown:
            option.setdefault("examples", [each for at, each in enumerate(shown) if each not in shown[:at]][:2])


def as_written(value: Any) -> Any:
    """Return a lens, or the value of an option, as a mapping writes it: without options left at their defaults."""
    match value:
        case Lens():
            fields = type(value).model_fields.items()
            options = {field.alias or name: (getattr(value, name), field) for name, field in fields if name != "op"}
            given = {k: as_written(v) for k, (v, f) in options.items() if v != f.get_default(call_default_factory=True)}
            return {"op": value.op} | given
        case Mapping():
            return {key: as_written(part) for key, part in value.items()}
        case tuple():
            return [as_written(part) for part in value]
        case _:
            return value


class Lens(Strict, ABC):
    """A reversible step. Values are texts; a tuple of them where a lens takes or gives several columns."""

    model_config = ConfigDict(json_schema_extra=_documented)

    arity: ClassVar[tuple[int, int]] = (1, 1)
    """How many legacy values it takes and how many standard ones it gives, where that is the same for all options."""

    is_total: ClassVar[bool] = False
    """Whether it accepts every text: what is not written as the standard writes it is another spelling."""

    tells_nothing: ClassVar[bool] = False
    """Whether it warns of values that it counts as nothing: they were something, and are left out."""

    passes_on: ClassVar[bool] = False
    """Whether it writes back just what the step before it gave: what that one can give is for it to say."""

    holds_chains: ClassVar[bool] = False
    """Whether it is made of chains of lenses: what these write back must read as the same values again."""

    op: str

    @property
    def takes(self) -> int:
        """How many legacy values it takes."""
        return self.arity[0]

    @property
    def gives(self) -> int:
        """How many standard values it gives."""
        return self.arity[1]

    @classmethod
    def first_line(cls) -> str:
        """Return what the lens does, in one line: the first one of its manual page."""
        return (cls.__doc__ or "").partition("\n")[0]

    @abstractmethod
    def forward(self, *legacy: pl.Expr) -> Values:
        """Return the standard values; what cannot be read may be null or anything outside the codomain."""

    @abstractmethod
    def back(self, *standard: pl.Expr) -> Values:
        """Return the legacy values of standard ones that are in the codomain."""

    def canonical(self, *legacy: pl.Expr) -> Values:
        """Return the spelling that ``back`` writes: the value itself, unless the lens declares equivalent ones."""
        return legacy

    @property
    @abstractmethod
    def codomain(self) -> Record:
        """The standard values that ``back`` knows how to write; its columns are positions from 0."""

    @property
    def absent(self) -> Texts | None:
        """The legacy values that a sentinel gives to an absent standard value; ``None`` without a sentinel."""
        return None

    @property
    def names_empty(self) -> bool:
        """Whether the lens itself gives a meaning to the empty legacy value."""
        return False

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Return whether legacy values, other than empty ones and the sentinel, mean that there is no value."""
        return pl.lit(value=False)

    def admits(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Return whether the lenses that this one is made of accept what they are given; ``None`` where it is whole."""
        return None

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """Yield the codes of warnings about accepted values, each with where it applies."""
        yield from ()

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """Return the code that says why values were not accepted."""
        return pl.lit("T0001")

    def reason(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Return the reason that the options give for refusing values, null for others; ``None`` if they give none."""
        return None

    def unsayable(self, *standard: pl.Expr) -> tuple[str, pl.Expr] | None:
        """Return the code of standard values that no legacy values say, and where it applies; ``None`` without one."""
        return None

    def mistakes(self) -> Iterator[Mistake]:
        """Yield what is wrong with the options: code, path to the option, words for the message."""
        yield from ()

    def oddities(self) -> Iterator[Mistake]:
        """Yield what in the options is probably mistaken, though it can be meant; like ``mistakes``."""
        for option in type(self).model_fields:
            for path, lens in _lenses_in(getattr(self, option), (option,)):
                yield from ((code, (*path, *at), words) for code, at, words in lens.oddities())

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Yield the ways through the lens that examples must show; none where every value goes the same way."""
        yield from ()

    def refused(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Yield the values that the options name so that they are refused: examples must show these too."""
        yield from ()

    def orders(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Yield what examples must show for the order of the legacy columns to be known: neighbours that differ."""
        yield from different(*legacy)

    def spelled_out(self) -> Iterator[str]:
        """Yield the legacy texts that the options spell out, or that are written whatever they are."""
        given = tuple(pl.lit("") for _ in range(self.takes))
        yield from (branch.legacy for branch in (*self.branches(*given), *self.refused(*given)))
        yield from (text for text in self.absent or () if text)

    def reasons(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the reasons in the options, each with its path."""
        yield from ()

    def left_out(self) -> LeftOut | None:
        """Return the standard codes that the lens declares not to write; ``None`` where it is not a table of codes."""
        return None

    @final
    def read(self, legacy: Values) -> Values:
        """Return ``forward`` with the empty edge: empty or the sentinel becomes absent, before the lens is asked."""
        return _unless(self.is_absent(legacy), self.forward(*legacy))

    @final
    def write(self, standard: Values) -> Values:
        """Return ``back`` with the empty edge: absent becomes the sentinel, or null without a sentinel."""
        if self.names_empty:
            return self.back(*standard)
        texts = self.absent or (None,) * self.takes
        return _unless(_all_null(standard), self.back(*standard), texts)

    @final
    def spell(self, legacy: Values) -> Values:
        """Return ``canonical`` with the empty edge: an absent value is spelled as ``write`` spells it."""
        if self.names_empty:
            return self.canonical(*legacy)
        texts = self.absent or (None,) * self.takes
        return _unless(self.is_absent(legacy), self.canonical(*legacy), texts)

    @final
    def accept(self, legacy: Values, standard: Values, again: Values) -> pl.Expr:
        """Return whether ``legacy`` was read as ``standard``, in the codomain, and ``again`` (``back``) spells it."""
        spelled = self.spell(legacy)
        comes_back = pl.all_horizontal([a.eq_missing(s) for a, s in zip(again, spelled, strict=True)])
        inside = check(self.codomain, dict(enumerate(standard)))
        if (admitted := self.admits(*legacy)) is not None:
            inside = inside & admitted
        return comes_back & (inside | self.is_absent(legacy))

    @final
    def is_absent(self, legacy: Values) -> pl.Expr:
        """Return whether ``legacy`` says that there is no value: all empty, or the sentinel."""
        if self.names_empty:
            return _all_null(legacy)
        empty = pl.all_horizontal([value.is_null() | (value == "") for value in legacy])
        empty = empty | self.is_nothing(*legacy).fill_null(value=False)
        if self.absent is None:
            return empty
        texts = [pl.lit(text, dtype=pl.String) for text in self.absent]
        sentinel = pl.all_horizontal([value.eq_missing(text) for value, text in zip(legacy, texts, strict=True)])
        return empty | sentinel

    @classmethod
    @abstractmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return sourced pairs."""

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return sourced values that must not be accepted."""
        return ()


def _lenses_in(part: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Lens]]:
    """Yield the lenses that an option holds, each with its path."""
    match part:
        case Lens():
            yield path, part
        case Mapping():
            yield from (each for key, value in part.items() for each in _lenses_in(value, (*path, key)))
        case tuple():
            yield from (each for at, value in enumerate(part) for each in _lenses_in(value, (*path, at)))


def _all_null(values: Values) -> pl.Expr:
    return pl.all_horizontal([value.is_null() for value in values])


def different(*values: pl.Expr) -> Iterator[Branch]:
    """Yield for each two neighbours among ``values`` that they are not the same."""
    for number, (one, other) in enumerate(pairwise(values), start=1):
        words = (
            f"different values in columns {number} and {number + 1}",
            f"{number} 番目と {number + 1} 番目の項目の値が異なるもの",
        )
        yield Branch((), one.fill_null("").ne(other.fill_null("")), str(number), by=words)


def carried(branch: Branch, lens: Lens, after: Sequence[Lens]) -> Says:
    """Return what the steps ``after`` make of what ``branch`` of ``lens`` says; nothing where one refuses it."""
    if not branch.says or not after:
        return branch.says
    if lens.takes != 1:
        return ()
    values = lens.read((pl.lit(branch.legacy),))
    accepted = []
    for step in after:
        given, values = values, step.read(values)
        accepted.append(step.accept(given, values, step.write(values)))
    is_accepted, *row = pl.select(
        pl.all_horizontal(accepted).alias("ok"), *(v.alias(f"{i}") for i, v in enumerate(values))
    ).row(0)
    return tuple((at, value) for at, value in enumerate(row) if is_accepted and value is not None)


def look_up(value: pl.Expr, table: Mapping[str, str | None]) -> pl.Expr:
    """Return what ``table`` has for ``value``; null for what it does not name."""
    return value.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


def _unless(absent: pl.Expr, values: Values, texts: tuple[str | None, ...] | None = None) -> Values:
    given = texts or (None,) * len(values)
    return tuple(
        pl.when(absent).then(pl.lit(t, dtype=pl.String)).otherwise(v) for v, t in zip(values, given, strict=True)
    )
