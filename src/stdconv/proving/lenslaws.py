"""The laws of lenses, held for one lens with its options on generated values: members, near misses and odd texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import polars as pl
from hypothesis import strategies as st

from stdconv.domains.check import check
from stdconv.domains.nearmisses import edited, odd_texts
from stdconv.domains.strategies import records
from stdconv.findings.registry import codes
from stdconv.lenses.base import Lens, Values
from stdconv.proving.search import falsify

Row: TypeAlias = tuple[str | None, ...]
Drawn: TypeAlias = tuple[list[Row], list[tuple[int, int, int, str]], list[Row]]

ROWS = 20
"""How many values share a frame: an expression costs milliseconds, a row nothing."""


class LawError(AssertionError):
    """A law that a lens does not obey, with the values that show it."""

    def __init__(self, law: str, lens: Lens, *values: object) -> None:
        shown = " → ".join(map(repr, values))
        super().__init__(f"law broken: {law}; {lens!r}: {shown}")


def broken_law(lens: Lens, *, values: int, seed: int) -> LawError | None:
    """Return the simplest way found in which ``lens`` breaks a law, or ``None``."""
    for law in (_examples_hold, _refusals_hold):
        try:
            law(lens)
        except LawError as error:
            return error
    tries = -(-values // ROWS)
    return falsify(_drawn(lens), lambda drawn: _Laws(lens).hold(*drawn), LawError, _size, tries=tries, seed=seed)


def _size(error: LawError) -> int:
    """Return roughly how long the values of an error are."""
    return len(str(error))


def _drawn(lens: Lens) -> st.SearchStrategy[Drawn]:
    members = records(lens.codomain).map(lambda row: tuple(row[i] for i in range(lens.gives)))
    edits = st.tuples(st.integers(0, lens.takes - 1), st.integers(0, 4), st.integers(0, 40), odd_texts())
    strange = st.tuples(*([odd_texts()] * lens.takes))
    return st.tuples(
        st.lists(members, min_size=1, max_size=ROWS), st.lists(edits, max_size=ROWS), st.lists(strange, max_size=ROWS)
    )


class _Laws:
    """The laws of one lens, on rows of values. Legacy rows are texts, never null; standard rows may hold nulls."""

    def __init__(self, lens: Lens) -> None:
        self.lens = lens

    def hold(self, members: list[Row], edits: list[tuple[int, int, int, str]], strange: list[Row]) -> None:
        """Hold every law on members of the codomain, their spellings with an edit, and texts of any kind."""
        written = self.writing(members)
        self.comes_forward(members, written)
        plain = [tuple(value or "" for value in row) for row in written]
        near = [
            (*row[:at], edited(row[at] or "", kind, where, text), *row[at + 1 :])
            for row, (at, kind, where, text) in zip(plain, edits, strict=False)
        ]
        self.comes_back([*plain, *near, *strange])

    def comes_forward(self, members: list[Row], written: list[Row]) -> None:
        """forward(back(y)) = y on the codomain, and what is written is accepted and already canonical."""
        for member, legacy, again, accepted, spelled in zip(
            members, written, self.reading(written), self.verdicts(written), self.spelling(written), strict=True
        ):
            if again != member:
                raise LawError("forward(back(y)) = y", self.lens, member, legacy, again)
            if not accepted or spelled != legacy:
                raise LawError("what back writes is accepted and canonical", self.lens, member, legacy, spelled)

    def comes_back(self, legacy: list[Row]) -> None:
        """Accepted: read into the codomain, written back as canonical, which reads the same and is canonical itself."""
        standard, spelled = self.reading(legacy), self.spelling(legacy)
        again, twice, same = self.writing(standard), self.spelling(spelled), self.reading(spelled)
        inside, explained = self.inside(standard), self.codes_of(legacy)
        absent = self.asked(legacy, self.lens.takes, lambda values: [self.lens.is_absent(values)])
        rows = zip(legacy, standard, spelled, again, twice, same, self.verdicts(legacy), inside, absent, strict=True)
        for given, read_as, canonical, back, over, reread, accepted, is_member, (is_nothing,) in rows:
            if accepted and not (is_member or is_nothing):
                raise LawError("what is accepted lies in the codomain", self.lens, given, read_as)
            if accepted and back != canonical:
                raise LawError("back(forward(x)) = canonical(x)", self.lens, given, back, canonical)
            if accepted and (over != canonical or reread != read_as):
                raise LawError("canonical is its own spelling and reads the same", self.lens, given, canonical, reread)
        if unknown := explained - codes().keys():
            raise LawError("refusals and doubts have registered codes", self.lens, *sorted(unknown))

    def codes_of(self, legacy: list[Row]) -> set[str]:
        """Return the codes that the lens gives for its refusals."""
        asked = self.asked(legacy, self.lens.takes, lambda values: [self.lens.explain(*values)])
        return {str(code) for (code,) in asked}

    def reading(self, rows: Sequence[Row]) -> list[Row]:
        return self.asked(rows, self.lens.takes, self.lens.read)

    def writing(self, rows: Sequence[Row]) -> list[Row]:
        return self.asked(rows, self.lens.gives, self.lens.write)

    def spelling(self, rows: Sequence[Row]) -> list[Row]:
        return self.asked(rows, self.lens.takes, self.lens.spell)

    def inside(self, rows: Sequence[Row]) -> list[bool]:
        found = self.asked(rows, self.lens.gives, lambda v: [check(self.lens.codomain, dict(enumerate(v)))])
        return [bool(row[0]) for row in found]

    def verdicts(self, rows: Sequence[Row]) -> list[bool]:
        """Forward, back and guard as separate selects, as the pipeline runs them."""
        lens = self.lens
        standard = self.reading(rows)
        beside = [(*row, *s, *w) for row, s, w in zip(rows, standard, self.writing(standard), strict=True)]
        width = lens.takes + lens.gives

        def verdict(values: Values) -> list[pl.Expr]:
            return [lens.accept(values[: lens.takes], values[lens.takes : width], values[width:])]

        return [bool(row[0]) for row in self.asked(beside, width + lens.takes, verdict)]

    def asked(self, rows: Sequence[Row], width: int, function: Callable[[Values], Iterable[pl.Expr]]) -> list[Row]:
        """Return what ``function`` makes of ``rows``."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * width
        frame = pl.DataFrame({f"v{i}": pl.Series(list(column), dtype=pl.String) for i, column in enumerate(columns)})
        results = function(tuple(pl.col(name) for name in frame.columns))
        named = {f"r{i}": result for i, result in enumerate(results)}
        return frame.with_columns(**named).select(list(named)).rows()


def _examples_hold(lens: Lens) -> None:
    for case in type(lens).examples():
        laws = _Laws(case.lens)
        if laws.reading([case.legacy]) != [case.standard] or laws.verdicts([case.legacy]) != [True]:
            raise LawError("every sourced example holds", case.lens, case.legacy, case.standard)


def _refusals_hold(lens: Lens) -> None:
    for case in type(lens).refusals():
        laws = _Laws(case.lens)
        if laws.verdicts([case.legacy]) != [False] or laws.codes_of([case.legacy]) != {case.code}:
            raise LawError("every sourced refusal holds", case.lens, case.legacy, case.code)
