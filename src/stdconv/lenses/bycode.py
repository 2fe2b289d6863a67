"""Legacy values into one set of standard columns or another, as a code beside them says: the form ``route``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

import polars as pl
from pydantic import Field

from stdconv.domains.sets import Apart, Domain, Key, Record, Text
from stdconv.errors import KeyPath
from stdconv.lenses import chains
from stdconv.lenses.base import Branch, Example, LeftOut, Lens, Refusal, Texts, Values, carried, different
from stdconv.lenses.codes import Recode
from stdconv.lenses.padding import Trim, Unfill

NO_CODE, NO_COLUMN, SEVERAL = "T0041", "T0042", "T0043"
"""A value without a code that has a set, a value that the code's set has no column for, several sets with values."""
LAYOUT = "a layout with one 転出先 and its 区分 (planned or confirmed); assumed: 1 is planned, 2 confirmed"

Chain: TypeAlias = tuple[Lens, ...]


class ByCode(Lens):
    """Legacy values into the set of standard columns that a code chooses.

    Takes the code and the values behind it (``names``, each with a chain under ``steps``); gives the columns of all
    ``sets``, one after the other: for each code, which of the values have a column, by their number. Without any value
    there is nothing, whatever the code: it is kept in the residue. A code that is refused by name is refused
    all the same.
    """

    holds_chains = True
    op: str = "route"
    names: tuple[str, ...] = Field(min_length=2)
    sets: Mapping[str, tuple[int, ...]] = Field(min_length=1)
    steps: Mapping[str, Chain] = Field(default_factory=dict)

    @property
    def takes(self) -> int:
        """The code and the values."""
        return len(self.names)

    @property
    def gives(self) -> int:
        """The columns of all sets."""
        return len(self.columns)

    @cached_property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """For each standard value its code, and which of the legacy values it is."""
        return tuple((code, value) for code, values in self.sets.items() for value in values)

    def chain(self, value: int) -> Chain:
        """Return the steps of a legacy value, the code being number 0."""
        return self.steps.get(self.names[value], ())

    def _seams(self, legacy: Sequence[pl.Expr]) -> list[list[Values]]:
        return [chains.between(self.chain(at), (value,)) for at, value in enumerate(legacy)]

    def forward(self, *legacy: pl.Expr) -> Values:
        """2, 東京都 → nothing planned, 東京都 confirmed."""
        code, *values = (seams[-1][0] for seams in self._seams(legacy))
        return tuple(pl.when(code == each).then(values[value - 1]) for each, value in self.columns)

    def back(self, *standard: pl.Expr) -> Values:
        """The code of the set that has a value, and its values; of several sets, the first one's."""
        by_code: dict[str, dict[int, pl.Expr]] = {code: {} for code in self.sets}
        for (code, value), given in zip(self.columns, standard, strict=True):
            by_code[code][value] = given
        chosen = pl.coalesce([pl.when(_any(given.values())).then(pl.lit(code)) for code, given in by_code.items()])
        written = [chosen]
        for value in range(1, self.takes):
            found = [pl.when(chosen == code).then(given[value]) for code, given in by_code.items() if value in given]
            written.append(pl.coalesce(found) if found else pl.lit(None, dtype=pl.String))
        return tuple(chains.written(self.chain(at), (value,))[0] for at, value in enumerate(written))

    def canonical(self, *legacy: pl.Expr) -> Values:
        """How each chain spells what it reads."""
        return tuple(chains.spelled(self.chain(at), (value,))[0] for at, value in enumerate(legacy))

    @cached_property
    def absent(self) -> Texts | None:
        """What the chains write for no value; the code is empty."""
        nothing = pl.lit(None, dtype=pl.String)
        written = [chains.written(self.chain(at), (nothing,))[0] for at in range(1, self.takes)]
        texts = pl.select(text.cast(pl.String).alias(str(at)) for at, text in enumerate(written)).row(0)
        return (None, *texts) if any(texts) else None

    def is_nothing(self, *legacy: pl.Expr) -> pl.Expr:
        """Whether no value is there, each as its chain reads it, under a code that is not refused by name."""
        code, *values = self._seams(legacy)
        none = [self._is_none(at, seams) for at, seams in enumerate(values, 1)]
        reasons = [step.reason(*given) for step, given in zip(self.chain(0), code, strict=False)]
        return pl.all_horizontal([*none, *(reason.is_null() for reason in reasons if reason is not None)])

    def _is_none(self, at: int, seams: Sequence[Values]) -> pl.Expr:
        """Return whether the chain of a value accepts it as none."""
        failed = [fails for _, fails in chains.failures(self.chain(at), seams)]
        return seams[-1][0].is_null() & ~pl.any_horizontal([pl.lit(value=False), *failed])

    def admits(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Whether every step accepts what it is given: what it cannot read is not absent."""
        failed = [
            fails for at, seams in enumerate(self._seams(legacy)) for _, fails in chains.failures(self.chain(at), seams)
        ]
        return ~pl.any_horizontal(failed).fill_null(value=False) if failed else None

    @property
    def codomain(self) -> Record:
        """What the chains give, in one set alone."""
        columns: list[tuple[Key, Domain]] = [(at, self._domain(value)) for at, (_, value) in enumerate(self.columns)]
        numbered = list(enumerate(self.columns))
        sets = tuple(tuple(at for at, (code, _) in numbered if code == each) for each in self.sets)
        return Record(tuple(columns), rules=(Apart(sets),))

    def _domain(self, value: int) -> Domain:
        chain = self.chain(value)
        return dict(chain[-1].codomain.columns)[0] if chain else Text(least=1)

    def unsayable(self, *standard: pl.Expr) -> tuple[str, pl.Expr] | None:
        """Values in more than one set."""
        given = list(zip(self.columns, standard, strict=True))
        filled = [_any([value for (code, _), value in given if code == each]) for each in self.sets]
        return SEVERAL, pl.sum_horizontal([each.cast(pl.UInt32) for each in filled]) > 1

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """What a step says that refuses; a code that has no set; else a value that the set has no column for."""
        answer = pl.lit(NO_COLUMN)
        seams = self._seams(legacy)
        for at in reversed(range(1, self.takes)):
            answer = self._said(at, seams[at], answer)
        code = seams[0][-1][0]
        answer = pl.when(code.is_in(list(self.sets)).fill_null(value=False)).then(answer).otherwise(pl.lit(NO_CODE))
        return self._said(0, seams[0], answer)

    def _said(self, at: int, seams: Sequence[Values], otherwise: pl.Expr) -> pl.Expr:
        """Return what the first step of a chain says that refuses, else ``otherwise``."""
        chain = self.chain(at)
        for number, fails in reversed(list(chains.failures(chain, seams))):
            otherwise = pl.when(fails).then(chain[number].explain(*seams[number])).otherwise(otherwise)
        return otherwise

    def reason(self, *legacy: pl.Expr) -> pl.Expr | None:
        """The reason that the first step gives that refuses."""
        answers: list[pl.Expr] = []
        before: list[pl.Expr] = []
        for at, seams in enumerate(self._seams(legacy)):
            for number, fails in chains.failures(self.chain(at), seams):
                if (given := self.chain(at)[number].reason(*seams[number])) is not None:
                    answers.append(pl.when(fails, *before).then(given))
                before.append(~fails)
        return pl.coalesce(answers) if answers else None

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """The doubts of the steps."""
        for at, seams in enumerate(self._seams(legacy)):
            for lens, given, result in zip(self.chain(at), seams, seams[1:], strict=False):
                for code, applies in lens.doubts(given, result):
                    yield code, applies & ~lens.is_absent(given)

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Each value under each code that has a column for it, and the branches of every step."""
        seams = self._seams(legacy)
        code = seams[0][-1][0]
        for each, values in self.sets.items():
            for value in values:
                name = self.names[value]
                words = f'a value in "{name}" under the code "{each}"', f"区分「{each}」で「{name}」に値があるもの"
                taken = (code == each) & seams[value][-1][0].is_not_null()
                yield Branch(("sets", each, name), taken, each, by=words)
        for at, (name, seam) in enumerate(zip(self.names, seams, strict=True)):
            to = [position for position, (_, value) in enumerate(self.columns) if value == at]
            for number, lens in enumerate(self.chain(at)):
                for inner in lens.branches(*seam[number]):
                    says = carried(inner, lens, self.chain(at)[number + 1 :])
                    spread = tuple((position, text) for position in to for _, text in says)
                    yield replace(inner, path=("steps", name, number, *inner.path), says=spread)

    def refused(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """What every step refuses by name."""
        for at, (name, seam) in enumerate(zip(self.names, self._seams(legacy), strict=True)):
            for number, lens in enumerate(self.chain(at)):
                for inner in lens.refused(*seam[number]):
                    yield replace(inner, path=("steps", name, number, *inner.path), value=at)

    def orders(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Neighbours among the values that differ: those of one code could change places."""
        yield from different(*legacy[1:])

    def left_out(self) -> LeftOut | None:
        """Return what the table leaves out that a value's chain ends in, if it does."""
        found: list[Mapping[str, KeyPath] | None] = []
        for _, value in self.columns:
            chain, name = self.chain(value), self.names[value]
            table = chain[-1].left_out() if chain else None
            codes = table[0] if table else None
            path: KeyPath = ("steps", name, len(chain) - 1)
            found.append(None if codes is None else {code: (*path, *at) for code, at in codes.items()})
        return tuple(found) if any(each is not None for each in found) else None

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return addresses, planned and confirmed, and codes without an address."""
        plain = cls(names=("区分", "コード", "住所"), sets={"1": (1, 2), "2": (2,)})
        steps = {
            "区分": (Recode(table={"予": "1", "確": "2", "定": "2"}, canonical={"2": "確"}),),
            "コード": (Unfill(width=3, none="000"),),
        }
        filled = cls(names=("区分", "コード", "住所"), sets={"1": (1, 2), "2": (2,)}, steps=steps)
        return (
            Example(plain, ("1", "770", "遠市"), ("770", "遠市", None), LAYOUT),
            Example(plain, ("2", "", "遠市"), (None, None, "遠市"), LAYOUT, ("2", None, "遠市")),
            Example(
                plain, ("9", "", ""), (None, None, None), "design: without a value the code says nothing", (None,) * 3
            ),
            Example(filled, ("予", "077", "遠市"), ("77", "遠市", None), LAYOUT),
            Example(filled, ("定", "000", "遠市"), (None, None, "遠市"), LAYOUT, ("確", "000", "遠市")),
            Example(filled, ("予", "", ""), (None, None, None), "design: empty is absent", (None, "000", None)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return values without a code, of another code, without a column, and what a step refuses."""
        plain, _, _, filled, *_ = (example.lens for example in cls.examples())
        named = Recode(table={"1": "1"}, refuses={"9": "取り消された届出"})
        some = cls(names=("区分", "住所"), sets={"1": (1,)}, steps={"区分": (Trim(), named)})
        return (
            Refusal(plain, ("", "770", "遠市"), NO_CODE, "assumed: nobody knows whether it is planned or confirmed"),
            Refusal(plain, ("3", "", "遠市"), NO_CODE, "assumed: no code is taken for another"),
            Refusal(plain, ("2", "770", "遠市"), NO_COLUMN, "assumed: the standard has no such column"),
            Refusal(filled, ("x", "077", "遠市"), "T0002", "assumed: no code is taken for another"),
            Refusal(some, ("9", "遠市"), "T0039", "assumed: a code that must not be converted"),
            Refusal(some, (" 9", ""), "T0039", "assumed: the same without a value: it is the record that is refused"),
        )


def _any(values: Iterable[pl.Expr]) -> pl.Expr:
    """Return whether one of the values is there."""
    return pl.any_horizontal([value.is_not_null() for value in values])
