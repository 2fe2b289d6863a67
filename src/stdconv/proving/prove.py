"""Prove: a mapping's examples first, then the laws on generated files, with the simplest counter-example there is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from os import PathLike

from stdconv.definitions.yaml import Located
from stdconv.errors import Fault
from stdconv.findings.registry import fault
from stdconv.layouts.files import Progress, quiet
from stdconv.linting.fields import Field, fields
from stdconv.linting.lint import in_file
from stdconv.mapping.plan import Draft, Plan, examine, text_of
from stdconv.proving import laws
from stdconv.proving.examples import Examples, together
from stdconv.proving.files import BrokenError, LegacyFile, StandardRow, convert, shown, standard_frame, unraised
from stdconv.proving.generated import RECORDS_A_FILE, Case, cases, legacy_file
from stdconv.proving.proof import CounterExample, Half, Proof
from stdconv.proving.reach import unreached
from stdconv.proving.search import falsify

RECORDS = 300
SEED = 0
ROUNDS = 20


def prove(
    mapping: Plan | str | PathLike[str],
    *,
    records: int = RECORDS,
    seed: int = SEED,
    only: Half | None = None,
    progress: Progress = quiet,
) -> Proof:
    """Prove a mapping: a shipped name, a path or a plan. Raises ``DefinitionError`` where it cannot be compiled."""
    return prove_yaml(*text_of(mapping), records=records, seed=seed, only=only, progress=progress)


def prove_yaml(
    text: str,
    file: str,
    *,
    records: int = RECORDS,
    seed: int = SEED,
    only: Half | None = None,
    progress: Progress = quiet,
) -> Proof:
    """Prove a mapping given as YAML text, or ``only`` a part of it; ``file`` is what faults call it.

    ``records`` is how many are generated at least; none are where the mapping's own examples fail.
    """
    draft = examine(text, file)
    plan, located = draft.compiled(), draft.reading.located or Located({}, file, text, {})
    return _Run(plan, draft, located, records, seed, progress, half=only).proof(file)


@dataclass
class _Run:
    """One proof being made."""

    plan: Plan
    draft: Draft
    located: Located
    asked: int
    seed: int
    progress: Progress
    half: Half | None = None
    files: int = 0
    records: int = 0
    accepted: int = 0
    refused: int = 0
    only: str | None = None
    rows: list[StandardRow] = field(default_factory=list)

    def proof(self, file: str) -> Proof:
        ready = list(fields(self.draft))
        faults: list[Fault] = []
        broken, examples = None, Examples(self.plan, ready, self.located)
        try:
            if self.half != "laws":
                faults.extend(examples.faults())
            is_asked = self.half != "examples" and not faults
            if is_asked:
                self.examples_obey(examples)
                broken = self.search()
            if is_asked and broken is None:
                with unraised(LegacyFile(b"")):
                    faults += unreached(self.plan, ready, self.rows)
        except BrokenError as error:
            broken = error
        if broken is not None:
            broken = self.fewest(broken)
            faults.append(self.fault(broken, ready))
        counter = broken and CounterExample(broken.columns, tuple(shown(self.plan, broken.file)))
        return Proof(
            file=file,
            mapping=self.plan.mapping.id,
            examples=len(self.plan.mapping.examples),
            asked=self.asked,
            seed=self.seed,
            files=self.files,
            records=self.records,
            accepted=self.accepted,
            refused=self.refused,
            faults=tuple(sorted(faults, key=in_file)),
            counter_example=counter or None,
            only=self.half,
        )

    def examples_obey(self, examples: Examples) -> None:
        """Hold the laws against the mapping's own examples, many at once."""
        for _, file in together(self.plan, examples.files()):
            self.obeys(file, len(file.body) // 2 or 1)

    def fewest(self, broken: BrokenError) -> BrokenError:
        """Return how the same law breaks on one line of the file, or on those that it needs."""
        self.only = broken.code
        lines = broken.file.body.splitlines(keepends=True)
        for line in lines:
            if alone := self.still(broken, [line]):
                return alone
        for line in lines:
            fewer = [each for each in lines if each is not line]
            if without := self.still(broken, fewer):
                broken, lines = without, fewer
        return broken

    def still(self, broken: BrokenError, lines: list[bytes]) -> BrokenError | None:
        """Return how the law that broke breaks on ``lines`` too, if it does."""
        body = b"".join(lines)
        try:
            self.obeys(replace(broken.file, body=body), len(body) // 2 or 1)
        except BrokenError as error:
            return error if error.code == broken.code else None
        return None

    def search(self) -> BrokenError | None:
        """Return how a law breaks on generated files; as many as it takes for the records asked for."""
        strategy, seed = cases(self.plan), self.seed * ROUNDS
        for number in range(ROUNDS):
            missing = self.asked - self.records
            if missing <= 0:
                break
            tries = math.ceil(missing / (RECORDS_A_FILE / 2))
            if broken := falsify(strategy, self.law, BrokenError, _size, tries=tries, seed=seed + number):
                return broken
        return None

    def law(self, case: Case) -> None:
        """Hold every law against one generated file; once one broke, that one alone, so that it can be made small."""
        file = legacy_file(self.plan, case)
        is_counted = self.only is None
        with self.remembered():
            read, accepted = self.obeys(file, max(1, len(file.body) * case.cut // 100))
            if self.asks("P0007"):
                with unraised(file):
                    laws.standard_comes_back(self.plan, standard_frame(self.plan, case.rows))
        if is_counted:
            self.files += 1
            self.records += read
            self.accepted += accepted
            self.refused += read - accepted
            self.rows += case.rows
            self.progress(min(self.records, self.asked), self.asked)

    def asks(self, law: str) -> bool:
        """Tell whether ``law`` is to be held: all are until one breaks; records may get lost, or raise, under any."""
        return self.only in (None, "P0005", "P0011", law)

    @contextmanager
    def remembered(self) -> Iterator[None]:
        """Remember which law broke first."""
        try:
            yield
        except BrokenError as error:
            self.only = error.code
            raise

    def obeys(self, file: LegacyFile, size: int) -> tuple[int, int]:
        """Hold the laws of files against ``file``; returns how many records were read and accepted."""
        with unraised(file):
            whole = convert(self.plan, file)
            if self.asks("P0005"):
                laws.nothing_is_lost(file, whole)
            if self.asks("P0006"):
                laws.bytes_come_back(self.plan, file, whole)
            if self.asks("P0009"):
                laws.batches_do_not_matter(self.plan, file, whole, size)
            if self.asks("P0008"):
                laws.residue_is_not_needed(self.plan, file, whole)
        return whole.read, len(whole.standard)

    def fault(self, broken: BrokenError, ready: list[Field]) -> Fault:
        """Return what is said of a broken law, at the field of the first column that it names."""
        column = broken.columns[0] if broken.columns else ""
        number = next((f.number for f in ready if column in f.route.standard), None)
        place = self.located.place(("fields", number) if number is not None else ("fields",))
        columns = ", ".join(broken.columns)
        match broken.code:
            case "P0005":
                return fault("P0005", place)
            case "P0006":
                return fault("P0006", place)
            case "P0007":
                return fault("P0007", place, columns=columns)
            case "P0008":
                return fault("P0008", place, columns=columns)
            case "P0009":
                return fault("P0009", place, columns=columns)
            case _:
                return fault("P0011", place, kind=broken.kind)


def _size(broken: BrokenError) -> int:
    """Return how many bytes a counter-example has."""
    return len(broken.file.body) + sum(map(len, broken.file.lookups.values()))
