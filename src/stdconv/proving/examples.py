"""A mapping's own examples: what they say is compared with what the mapping does, through bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import polars as pl

from stdconv.conversion.lookups import join
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.program import Program, program_of
from stdconv.conversion.translate import forward, translate
from stdconv.conversion.work import Work
from stdconv.definitions.yaml import Located
from stdconv.errors import Fault, KeyPath
from stdconv.findings.frames import divided, empty
from stdconv.findings.language import LANGUAGES
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import codes, fault
from stdconv.findings.rows import ROW
from stdconv.japan.visible import code_point
from stdconv.layouts import encoding, records, writer
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.fields import is_well_formed
from stdconv.layouts.numbers import of_hexadecimal
from stdconv.layouts.reader import values_of
from stdconv.layouts.terminators import body_of
from stdconv.layouts.writable import not_writable
from stdconv.linting.fields import Field, branches, example_frame
from stdconv.mapping.declared import NumberField
from stdconv.mapping.models import Form, LookupField
from stdconv.mapping.parts import MappingExample
from stdconv.mapping.plan import Plan
from stdconv.proving.files import BrokenError, LegacyFile, convert, tables_of, unraised

Words: TypeAlias = tuple[dict[str, str], ...]
"""Columns and what they hold, each by language."""


def example_file(plan: Plan, example: MappingExample) -> LegacyFile | None:
    """Return an example as a file of one record, as the vendor writes it where it says that.

    ``None`` where the layout cannot hold it.
    """
    if example.line is not None and not _differing(plan, example):
        line = _line_of(plan, example.line)
        body = None if line is None else plan.dialect.coding.outside(line)
    else:
        frame = _frame(plan, example)
        written = writer.rows(frame, plan.dialect)[0] if not plan.dialect.is_fixed or not _unfit(plan, frame) else None
        body = None if written is None else plan.dialect.coding.outside(written)
    lookups = {name: _lookup_row(plan, name, example) for name in example.lookups}
    known = {name: row for name, row in lookups.items() if row is not None}
    return None if body is None or len(known) < len(lookups) else LegacyFile(body, known)


def together(plan: Plan, files: Sequence[LegacyFile | None]) -> list[tuple[list[int], LegacyFile]]:
    """Put as many examples as can be into one file, which takes no longer than each would; returns which ones too.

    An example gets a separate file where it has lookups, where it is more than one line by itself, and where records
    are counted.
    """
    alone: list[tuple[list[int], LegacyFile]] = []
    joined: list[int] = []
    for number, file in enumerate(files):
        if file is None:
            continue
        body = body_of(plan.dialect.coding.inside(file.body), plan.dialect)
        is_line = is_well_formed(body, plan.dialect) and b"\n" not in body
        if is_line and not plan.numbered and not file.lookups:
            joined.append(number)
        else:
            alone.append(([number], file))
    whole = LegacyFile(b"".join(file.body for number in joined if (file := files[number]) is not None))
    return sorted([(joined, whole), *alone] if joined else alone, key=lambda each: each[0][0])


def _unfit(plan: Plan, frame: pl.DataFrame) -> list[tuple[str, str]]:
    """Return why the layout cannot hold a record: codes with columns."""
    found = pl.concat([empty(), *not_writable(frame, plan.dialect, side="legacy")])
    return [(str(code), str(column)) for code, column in found.select("code", "column").iter_rows()]


def _frame(plan: Plan, example: MappingExample) -> pl.DataFrame:
    return pl.DataFrame({ROW: [1], **{name: [example.legacy.get(name, "")] for name in plan.mapping.legacy.columns}})


def _line_of(plan: Plan, line: str) -> bytes | None:
    """Return the bytes of an example's line as they are worked on, its end included, or ``None`` where it has none.

    Records with numbers are no text: of these a line has the bytes in hexadecimal.
    """
    if plan.dialect.numbers:
        return (of_hexadecimal(line) or b"") + plan.dialect.terminator.encode()
    return encoding.encode(line + plan.dialect.terminator, plan.dialect)


def _differing(plan: Plan, example: MappingExample) -> list[str]:
    """Return the columns in which an example's line is not what its values say."""
    if example.line is None:
        return []
    dialect, columns = plan.dialect, plan.mapping.legacy.columns
    data = _line_of(plan, example.line)
    if data is None:
        return [_code_points(example.line, plan)]
    values = values_of(data, dialect) or []
    if len(values) != len(columns):
        return [f"{len(values)} ≠ {len(columns)}"]
    differing = [c for c, v in zip(columns, values, strict=True) if v != example.legacy.get(c, "")]
    return differing or ([] if _is_quoted_as_declared(plan, example) else ["quote"])


def _is_quoted_as_declared(plan: Plan, example: MappingExample) -> bool:
    """Return whether an example's line has the declared quotes; false where neither way of quoting gives it."""
    if plan.dialect.is_fixed or not plan.dialect.has_quotes:
        return True
    frame = _frame(plan, example)
    written = {quote: _line(frame, replace(plan.dialect, quote=quote)) for quote in ("minimal", "all")}
    return example.line not in written.values() or example.line == written[plan.dialect.quote]


def _line(frame: pl.DataFrame, dialect: Dialect) -> str:
    return str(records.lines(frame, dialect).item()).removesuffix(dialect.terminator)


def _lookup_row(plan: Plan, name: str, example: MappingExample) -> bytes | None:
    lookup, given = plan.mapping.lookups[name], example.lookups[name]
    values = {key: example.legacy.get(key, "") for key in lookup.key} | {c: given.get(c, "") for c in lookup.columns}
    frame = pl.DataFrame({column: [value] for column, value in values.items()})
    dialect = plan.lookup_dialect(name)
    return encoding.for_file(str(records.lines(frame, dialect).item()), dialect)


@dataclass(frozen=True)
class _Result:
    """What became of an example: the values that its fields read, why it was refused or told, if it was accepted."""

    given: Mapping[str, str | None]
    refusals: Sequence[tuple[str, str]]
    is_accepted: bool
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class _Difference:
    """An example that does not come true in one field: what is wrong, where, and what should have come of what."""

    code: str
    path: KeyPath
    expected: Words
    legacy: Words
    source: str
    refused: str = ""
    given: Words = ()

    @property
    def cause(self) -> tuple[object, ...]:
        """What examples that fail for the same reason share."""
        return self.code, self.path, self.refused


class Examples:
    """The examples of a mapping, checked one by one; ``fields`` give the places of what is wrong."""

    def __init__(self, plan: Plan, fields: Sequence[Field], located: Located) -> None:
        self.plan = plan
        self.fields = fields
        self.located = located

    def faults(self) -> Iterator[Fault]:
        """Yield what keeps examples from coming true, once for all that share it."""
        differences: dict[tuple[object, ...], list[tuple[int, _Difference]]] = {}
        examples = self.plan.mapping.examples
        outcomes = self.outcomes(self.files())
        for number, example in enumerate(examples, start=1):
            yield from self.line(number, example)
            outcome = outcomes.get(number - 1)
            for difference in self.differences(number, example, outcome):
                differences.setdefault(difference.cause, []).append((number, difference))
            if example.refused is not None:
                yield from self.not_refused(number, example, outcome)
            if outcome is not None and outcome.is_accepted:
                yield from self.not_warned(number, example, outcome.warnings)
        for found in differences.values():
            yield self.fault([number for number, _ in found], found[0][1])

    def files(self) -> list[LegacyFile | None]:
        """Return the examples as files of one record, in order; ``None`` for one that cannot be converted at all."""
        examples = self.plan.mapping.examples
        return [None if self.lacks(example) else example_file(self.plan, example) for example in examples]

    def outcomes(self, files: Sequence[LegacyFile | None]) -> dict[int, _Result]:
        """Convert the examples, all in one file where that can be; one that cannot be written has no outcome."""
        found: dict[int, _Result] = {}
        for numbers, file in together(self.plan, files):
            try:
                with unraised(file):
                    found |= dict(zip(numbers, self.converted(file, len(numbers)), strict=True))
            except BrokenError:
                if len(numbers) == 1:
                    raise
                for number in numbers:
                    alone = files[number] or LegacyFile(b"")
                    with unraised(alone):
                        found[number] = self.converted(alone, 1)[0]
        return found

    def converted(self, file: LegacyFile, count: int) -> list[_Result]:
        """Return what became of the records of ``file``, of which each is an example, or of all of them as one."""
        whole = convert(self.plan, file)
        legacy = Numbering(self.plan).read(self.plan.dialect.coding.inside(file.body), self.plan.dialect).frame
        read = {}
        if not legacy.is_empty():
            work = join(self.plan, tables_of(self.plan, file.lookups), Work.of_legacy(legacy))
            read = self.values_read(translate(program_of(self.plan.routes), work))
        if count == 1:
            given = next(iter(read.values()), {})
            warnings = _warnings(whole.findings)
            return [_Result(given, _refusals(whole.findings), not whole.standard.is_empty(), warnings)]
        accepted = set(whole.standard[ROW])
        found = {row: whole.findings.filter(pl.col(ROW) == row) for row in range(1, whole.read + 1)}
        return [
            _Result(read.get(row, {}), _refusals(said), row in accepted, _warnings(said)) for row, said in found.items()
        ]

    def values_read(self, work: Work) -> dict[int, dict[str, str | None]]:
        """Return by row what the fields made of each record, whatever the schema says; only what is read."""
        found: dict[int, dict[str, str | None]] = {row: {} for row in work.frame[ROW]}
        for route in self.plan.routes:
            columns = work.standard(route.standard)
            for row, is_read, *values in zip(columns[ROW], work.accepted(route), *columns.drop(ROW), strict=True):
                if is_read:
                    found[row] |= dict(zip(route.standard, values, strict=True))
        return found

    def fault(self, numbers: Sequence[int], difference: _Difference) -> Fault:
        """Return the fault that ``difference`` is, of the first example out of ``numbers``, which all have it."""
        place, code = self.located.place(difference.path), difference.refused
        legacy, expected, source = difference.legacy, difference.expected, difference.source
        first, *others = numbers
        number = phrase("example", "several", first=first, others=others) if others else first
        if difference.code == "P0002":
            given = difference.given
            return fault("P0002", place, number=number, legacy=legacy, expected=expected, given=given, source=source)
        name, texts = codes()[code].name, codes()[code].messages
        why = {lang: texts[lang].summary for lang in LANGUAGES}
        return fault(
            "P0001",
            place,
            number=number,
            code=code,
            name=name,
            why=why,
            legacy=legacy,
            expected=expected,
            source=source,
        )

    def line(self, number: int, example: MappingExample) -> Iterator[Fault]:
        """Hold an example's line, as the vendor writes it, against its values."""
        if differing := _differing(self.plan, example):
            place = self.located.place(("examples", number - 1, "line"))
            yield fault("P0004", place, number=number, columns=differing)

    def not_refused(self, number: int, example: MappingExample, outcome: _Result | None) -> Iterator[Fault]:
        """Yield that an example which must be refused is not, or for another reason."""
        refusals = self.unfit(example) if outcome is None else outcome.refusals
        found = list(dict.fromkeys(code for code, _ in refusals))
        if example.refused not in found:
            place = self.located.place(("examples", number - 1, "refused"))
            said = phrase("example", "refused" if found else "accepted", codes=found)
            yield fault("P0003", place, number=number, code=example.refused, found=said, source=example.source)

    def not_warned(self, number: int, example: MappingExample, warnings: Sequence[str]) -> Iterator[Fault]:
        """Yield that an example which is converted is not told under a code that it should be told under."""
        for code in example.warned or ():
            if code not in warnings:
                place = self.located.place(("examples", number - 1, "warned"))
                said = phrase("example", "warned" if warnings else "no-warning", codes=list(warnings))
                yield fault("P0013", place, number=number, code=code, found=said, source=example.source)

    def differences(self, number: int, example: MappingExample, outcome: _Result | None) -> Iterator[_Difference]:
        """Yield the fields that make something else of an example than it says, or else why it is refused."""
        if example.standard is None:
            return
        if (field := self.lacks(example)) is not None:
            yield replace(self.difference(field, example), refused="T0014")
            return
        if outcome is None:
            unfit = self.unfit(example)
            wrong = {c: _code_points(v, self.plan) for c, v in example.legacy.items()}
            points = tuple(phrase("example", "points", column=c, points=each) for c, each in wrong.items() if each)
            legacy = points or _named([column for _, column in unfit if column], example.legacy)
            expected = _named(tuple(example.standard), example.standard)
            yield _Difference("P0001", ("examples", number - 1), expected, legacy, example.source, unfit[0][0])
            return
        differing = [field for field in self.fields if self.differs(field, example, outcome.given)]
        for field in differing:
            difference = self.difference(field, example)
            yield replace(difference, code="P0002", given=_named(field.route.standard, outcome.given))
        if not differing and not outcome.is_accepted:
            yield from self.refusals(number, example, outcome)

    def unfit(self, example: MappingExample) -> list[tuple[str, str]]:
        """Return why the layout cannot hold an example; a line or a lookup that it has may be at fault too."""
        return _unfit(self.plan, _frame(self.plan, example)) or [("E0006", "")]

    def refusals(self, number: int, example: MappingExample, outcome: _Result) -> Iterator[_Difference]:
        """Yield why an example is refused: each field that does not read it, or else what the schema says."""
        found = outcome.refusals or [("T0001", "")]
        kept = [pair for pair in found if pair[0][0] == found[0][0][0]]
        for code, column in kept:
            about = next((f for f in self.fields if _speaks_of(f, column)), None)
            if about is not None:
                difference = replace(self.difference(about, example), refused=code)
                yield replace(difference, path=("fields", about.number, "legacy")) if code == "T0003" else difference
            else:
                expected, legacy = (
                    _named(tuple(side or {}), side or {}) for side in (example.standard, example.legacy)
                )
                yield _Difference("P0001", ("examples", number - 1), expected, legacy, example.source, code)

    def lacks(self, example: MappingExample) -> Field | None:
        """Return the field that needs a lookup which the example does not give; it could not be converted at all."""
        if example.standard is None:
            return None
        return next((field for field in self.fields if _lacks_lookup(field.form, example)), None)

    def differs(self, field: Field, example: MappingExample, given: Mapping[str, str | None]) -> bool:
        """Return whether a field read something different from what the example gives."""
        expected = example.standard or {}
        return any(name in given and given[name] != (expected.get(name) or None) for name in field.route.standard)

    def difference(self, field: Field, example: MappingExample) -> _Difference:
        """Return that ``example`` is refused in ``field``."""
        expected = _named(field.route.standard, example.standard or {})
        return _Difference("P0001", self.path(field, example), expected, _legacy(field, example), example.source)

    def path(self, field: Field, example: MappingExample) -> KeyPath:
        """Return the path to the table entry that an example goes through, or else to its field's steps."""
        at: KeyPath = ("fields", field.number)
        if not field.route.steps:
            return at
        work = forward(Program([field.route]), example_frame(field, [example]))
        for step, lens in field.steps():
            given = tuple(pl.col(name) for name in field.route.between(step))
            for branch, plain in zip(lens.branches(*given), branches(lens), strict=True):
                if work.select(branch.taken.fill_null(value=False)).item():
                    return (*at, *field.step(step, *plain.path))
        return (*at, *field.step(0))


def _lacks_lookup(form: Form, example: MappingExample) -> bool:
    """Return whether a field needs a lookup that the example does not give."""
    return isinstance(form, LookupField) and form.missing is None and form.lookup not in example.lookups


def _code_points(text: str, plan: Plan) -> str:
    """Return the code points of the characters of ``text`` that the layout cannot write."""
    return " ".join(code_point(c) for c in text if encoding.encode(c, plan.dialect) is None)


def _speaks_of(field: Field, column: str) -> bool:
    return bool({*field.route.legacy, *field.route.standard} & {column, *divided(column)})


def _named(names: Sequence[str], values: Mapping[str, str | None]) -> Words:
    """Return columns with their values in words."""
    return tuple(
        phrase("example", "value" if values.get(name) else "empty", column=name, value=values.get(name))
        for name in names
    )


def _legacy(field: Field, example: MappingExample) -> Words:
    """Return the legacy and looked-up values that a field is given by an example, named."""
    looked_up = {f"{lookup}.{c}": v for lookup, row in example.lookups.items() for c, v in row.items()}
    names = field.form.number.by if isinstance(field.form, NumberField) else field.route.legacy
    return _named(names, looked_up | dict(example.legacy))


def _warnings(findings: pl.DataFrame) -> list[str]:
    """Return the codes of the warnings, each once."""
    return sorted({*findings.filter(pl.col("severity") == "warn")["code"]})


def _refusals(findings: pl.DataFrame) -> list[tuple[str, str]]:
    """Return code and column of the refusals, what translating says before what the schema does."""
    refusals = findings.filter(pl.col("severity") == "refuse").select("code", "column").rows()
    return sorted(refusals, key=lambda pair: "ERTSD".find(pair[0][0]))
