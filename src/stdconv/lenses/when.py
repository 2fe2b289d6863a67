"""One chain of lenses or another, chosen by another standard value: what the form ``when`` is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import polars as pl
from pydantic import Field

from stdconv.domains.sets import AnyOf, Cases, Choice, Domain, Key, Nothing, Record, Text
from stdconv.errors import KeyPath
from stdconv.lenses import chains
from stdconv.lenses.base import Branch, Example, LeftOut, Lens, Refusal, Values, carried, different
from stdconv.lenses.base_dates import SPEC
from stdconv.lenses.codes import LINK, Recode
from stdconv.lenses.dates import CompactDate
from stdconv.lenses.wareki import Wareki

NO_CASE = "T0029"


class ByCase(Lens):
    """Legacy values by the chain of lenses that a standard value of another field chooses.

    Takes ``width[0]`` legacy values and the choosing value behind them; gives ``width[1]`` standard values and the same
    choosing value behind them, so that both directions read the same. ``cases`` names every choosing value with its
    chain; an empty chain passes values as they are. Another choosing value is refused, unless there is nothing at all.
    """

    holds_chains = True
    op: Literal["when"] = "when"
    cases: Mapping[str, tuple[Lens, ...]] = Field(min_length=1)
    width: tuple[int, int] = (1, 1)

    @property
    def takes(self) -> int:
        """The legacy values and the choosing one."""
        return self.width[0] + 1

    @property
    def gives(self) -> int:
        """The standard values and the choosing one."""
        return self.width[1] + 1

    def forward(self, *legacy: pl.Expr) -> Values:
        """Read by the chain of the case."""
        *values, by = legacy
        read_by = {case: chains.between(steps, values)[-1] for case, steps in self.cases.items()}
        return *_chosen(by, read_by, self.width[1]), by

    def back(self, *standard: pl.Expr) -> Values:
        """Write by the chain of the case."""
        *values, by = standard
        written_by = {case: chains.written(steps, values) for case, steps in self.cases.items()}
        return *_chosen(by, written_by, self.width[0]), by

    def canonical(self, *legacy: pl.Expr) -> Values:
        """How the chain of the case spells what it reads."""
        *values, by = legacy
        return *_chosen(
            by, {case: chains.spelled(steps, values) for case, steps in self.cases.items()}, self.width[0]
        ), by

    def admits(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Whether every step of the case accepts what it is given: what it cannot read is not absent."""
        *values, by = legacy
        failed = [
            (by == case) & fails
            for case, steps in self.cases.items()
            for _, fails in chains.failures(steps, chains.between(steps, values))
        ]
        return ~pl.any_horizontal(failed).fill_null(value=False) if failed else None

    @property
    def codomain(self) -> Record:
        """What each case gives, with its value; or nothing, with any value."""
        by, positions = self.width[1], range(self.width[1])
        records = {case: _last(steps, self.width[1]) for case, steps in self.cases.items()}
        columns: list[tuple[Key, Domain]] = []
        for position in positions:
            parts = tuple(dict.fromkeys(dict(record.columns)[position] for record in records.values()))
            columns.append((position, parts[0] if len(parts) == 1 else AnyOf(parts)))
        nothing = Record(tuple((position, Nothing()) for position in positions))
        absent = {case for case, steps in self.cases.items() if not (steps and steps[0].names_empty)}
        each = (*records.items(), *((case, nothing) for case in self.cases if case in absent))
        return Record((*columns, (by, Choice(tuple(self.cases)))), required=(by,), rules=(Cases(by, each),))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """What the first step of the case's chain says that refuses; a value that has no case."""
        *values, by = legacy
        answer = pl.lit(NO_CASE)
        for case, steps in self.cases.items():
            seams = chains.between(steps, values)
            code = pl.lit("T0001")
            for number, fails in reversed(list(chains.failures(steps, seams))):
                code = pl.when(fails).then(steps[number].explain(*seams[number])).otherwise(code)
            answer = pl.when(by == case).then(code).otherwise(answer)
        return answer

    def reason(self, *legacy: pl.Expr) -> pl.Expr | None:
        """The reason that the first step of the case's chain gives that refuses."""
        *values, by = legacy
        answers: list[pl.Expr] = []
        for case, steps in self.cases.items():
            seams = chains.between(steps, values)
            before: list[pl.Expr] = []
            for number, fails in chains.failures(steps, seams):
                if (given := steps[number].reason(*seams[number])) is not None:
                    answers.append(pl.when(by == case, fails, *before).then(given))
                before.append(~fails)
        return pl.coalesce(answers) if answers else None

    def doubts(self, legacy: Values, standard: Values) -> Iterator[tuple[str, pl.Expr]]:
        """The doubts of the steps, where their case holds."""
        *values, by = legacy
        for case, steps in self.cases.items():
            seams = chains.between(steps, values)
            for lens, given, result in zip(steps, seams, seams[1:], strict=False):
                for code, applies in lens.doubts(given, result):
                    yield code, (by == case) & applies & ~lens.is_absent(given)

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """The branches of every step of every case; else the case itself."""
        *values, by = legacy
        for case, steps in self.cases.items():
            seams, is_here, none = chains.between(steps, values), by == case, True
            for number, lens in enumerate(steps):
                for inner in lens.branches(*seams[number]):
                    none = False
                    at = (*self.path(case), number, *inner.path)
                    says = carried(inner, lens, steps[number + 1 :])
                    yield replace(inner, path=at, taken=is_here & inner.taken, says=says)
            if none:
                yield Branch(self.path(case), is_here, case, by=(f"a value in the case {case}", f"場合 {case} の値"))

    def refused(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """What every step of every case refuses by name."""
        *values, by = legacy
        for case, steps in self.cases.items():
            seams = chains.between(steps, values)
            for number, lens in enumerate(steps):
                for inner in lens.refused(*seams[number]):
                    at = (*self.path(case), number, *inner.path)
                    yield replace(inner, path=at, taken=(by == case) & inner.taken)

    def orders(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """What the first step of every case asks for, in its case."""
        *values, by = legacy
        for case, steps in self.cases.items():
            first = steps[0].orders(*values) if steps else different(*values)
            for branch in first:
                at = (*self.path(case), 0, *branch.path) if steps else self.path(case)
                yield replace(branch, path=at, taken=(by == case) & branch.taken)

    def left_out(self) -> LeftOut | None:
        """Return what the tables that all cases end in leave out, any of them."""
        tables = [steps[-1].left_out() if steps else None for steps in self.cases.values()]
        by_case = [(case, table) for case, table in zip(self.cases, tables, strict=True) if table is not None]
        if len(by_case) < len(self.cases):
            return None
        return tuple(
            {
                code: (*self.path(case), len(self.cases[case]) - 1, *path)
                for case, table in by_case
                for code, path in (table[position] or {}).items()
            }
            for position in range(self.width[1])
        )

    @staticmethod
    def path(case: str) -> KeyPath:
        """Return the path to the steps of ``case`` in the form."""
        return "cases", case

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return birth dates: era years for Japanese, Western ones for foreign residents."""
        wareki = Wareki(form="gyymmdd", eras={"3": "昭和"}, western={"9": "19"})
        lens = cls(cases={"1": (wareki,), "2": (wareki,)}, width=(1, 2))
        plain = cls(cases={"1": (CompactDate(none="00000000"),), "2": ()})
        return (
            Example(lens, ("3600707", "1"), ("3", "1985-07-07", "1"), LINK),
            Example(lens, ("9850707", "2"), (None, "1985-07-07", "2"), f"{SPEC}: first digit 9 = 19yy"),
            Example(plain, ("20240301", "1"), ("2024-03-01", "1"), LINK),
            Example(plain, ("2024-03-01", "2"), ("2024-03-01", "2"), "assumed: the other kind writes ISO dates"),
            Example(plain, ("", "1"), (None, "1"), "design: empty is a spelling of absent", ("00000000", "1")),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return a value of the other case, and a value that has no case."""
        lens = cls(cases={"1": (Recode(table={"01": "1"}),), "2": (Recode(table={"01": "2"}),)})
        return (
            Refusal(lens, ("02", "1"), "T0002", "docs/domain.md: same-looking codes are never copied without a table"),
            Refusal(lens, ("01", "3"), NO_CASE, "assumed: no case is taken for another"),
        )


def _chosen(by: pl.Expr, values: Mapping[str, Values], width: int) -> Values:
    """Return the values of the case that ``by`` names; null where it has no case."""
    chosen: list[pl.Expr] = []
    for position in range(width):
        value: pl.Expr = pl.lit(None, dtype=pl.String)
        for case, given in values.items():
            value = pl.when(by == case).then(given[position]).otherwise(value)
        chosen.append(value)
    return tuple(chosen)


def _last(steps: Sequence[Lens], width: int) -> Record:
    """Return what a chain gives; without steps, any texts that are not empty."""
    return steps[-1].codomain if steps else Record(tuple((position, Text(least=1)) for position in range(width)))
