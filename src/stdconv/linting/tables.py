"""Tables of codes held against the standard's code lists: what cannot be, and what was probably mistaken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from stdconv.domains.sets import Choice
from stdconv.domains.subset import subset
from stdconv.errors import Fault, KeyPath
from stdconv.findings.phrases import phrase
from stdconv.linting.fields import Entry, Field, refusals
from stdconv.linting.wordings import meaning, named, resembled
from stdconv.standard.documents import Column

TWICE = 2
"""How many wordings of another list make a table look like that list's."""


def faults(field: Field) -> Iterator[Fault]:
    """Yield what is wrong or doubtful about the codes that the field's tables give."""
    if (other := _of_another_column(field)) is not None:
        yield other
        return
    for entry in _distinct(field.entries):
        yield from _entry(field, entry)
    yield from _lacking(field)
    yield from _never_written(field)
    yield from _refused(field)


def oddities(field: Field) -> Iterator[Fault]:
    """Yield signs and codes that mean something else elsewhere, unless the field says why."""
    if field.because:
        return
    for step, lens in field.steps():
        for code, path, words in lens.oddities():
            yield field.fault(code, *field.step(step, *path), **words)
    by_table: dict[tuple[int, KeyPath, str], dict[str, str]] = {}
    for each in field.entries:
        if not each.branch.label and each.branch.path[-2:-1] == ("table",):
            of = each.column.name if len(each.branch.says) > 1 else each.column.codes or each.column.name
            key = each.step, each.branch.path[:-1], of
            by_table.setdefault(key, {}).setdefault(each.branch.legacy, each.code)
    for (step, path, _), table in by_table.items():
        for legacy in exchanged(table):
            place = field.step(step, *path, legacy)
            yield field.fault("M0078", *place, sign=legacy, meaning=table[legacy], other=legacy)


def exchanged(table: Mapping[str, str]) -> list[str]:
    """Return the codes that go round in a circle: each becomes another one that becomes another one again.

    >>> exchanged({"0": "0", "1": "2", "2": "1"}), exchanged({"01": "02", "02": "11"})
    (['1', '2'], [])
    """
    found: list[str] = []
    for legacy in table:
        code, seen = table[legacy], {legacy}
        while code in table and code not in seen:
            seen.add(code)
            code = table[code]
        if code == legacy != table[legacy]:
            found.append(legacy)
    return found


def _distinct(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Return the entries without those that say the same of another column with the same list."""
    once: dict[tuple[object, ...], Entry] = {}
    for each in entries:
        key = (each.step, each.branch.path, each.code, each.column.codes, each.column.domain)
        once.setdefault(key, each)
    return once.values()


def _entry(field: Field, entry: Entry) -> Iterator[Fault]:
    branch, code, column = entry.branch, entry.code, entry.column
    place: KeyPath = field.step(entry.step, *branch.path)
    if not _is_admitted(code, column):
        becomes = phrase("mapping", "becomes", legacy=branch.legacy, code=code)
        yield _not_admitted(field, place, becomes, code, column)
        return
    codes = column.labels
    said, meant = meaning(branch.wording, codes, is_several=len(branch.says) > 1)
    if meant is None or meant == code:
        return
    legacy = f"{branch.legacy} {branch.label}" if branch.label else branch.legacy
    if codes[meant] == said:
        yield field.fault("M0047", *place, legacy=legacy, code=code, column=column.name, other=meant)
    else:
        label = codes[meant]
        yield field.fault("M0056", *place, legacy=legacy, code=code, column=column.name, other=meant, label=label)


def _is_admitted(code: str, column: Column) -> bool:
    return subset(Choice((code,)), column.domain) is not False


def _not_admitted(field: Field, place: KeyPath, said: dict[str, str], code: str, column: Column) -> Fault:
    known = list(column.choices)
    return field.fault("M0046", *place, said=said, code=code, column=column.name, known=known)


def _lacking(field: Field) -> Iterator[Fault]:
    """Yield the codes that a table declares in ``lacks``, though no column admits them in the first place."""
    last = len(field.route.steps) - 1
    columns: dict[tuple[KeyPath, str], list[Column]] = {}
    for column, left_out in _tabled(field):
        for code, path in left_out.items():
            columns.setdefault((path, code), []).append(column)
    for (path, code), several in columns.items():
        if not any(_is_admitted(code, column) for column in several):
            said = phrase("mapping", "lacks", code=code)
            yield _not_admitted(field, field.step(last, *path), said, code, several[0])


def _refused(field: Field) -> Iterator[Fault]:
    """Yield the values that a table refuses by name, though a code list has a code of that very word."""
    for step, lens in field.steps() if not field.because else ():
        for branch in (each for each in refusals(lens) if each.by is None):
            for column in {each.codes: each for each in field.columns if each.codes}.values():
                if (code := named(branch.wording, column.labels)) is not None:
                    place = field.step(step, *branch.path)
                    yield field.fault("M0139", *place, legacy=branch.legacy, code=code, column=column.name)


def _tabled(field: Field) -> Iterator[tuple[Column, Mapping[str, KeyPath]]]:
    """Yield the columns that a table of codes gives as the last step, each with the codes that it leaves out."""
    left_out = field.route.steps[-1].left_out() if field.route.steps else None
    for column, codes in zip(field.columns, left_out or (), strict=False):
        if codes is not None:
            yield column, codes


def _of_another_column(field: Field) -> Fault | None:
    """Return the fault that the wordings of a table are those of another column's code list."""
    own = [column for column in field.columns if column.codes]
    wordings = list(dict.fromkeys(entry.branch.wording for entry in field.entries))
    if not own or not wordings:
        return None
    hits = {column.name: _like(wordings, column.labels) for column in field.schema.columns if column.codes}
    mine = max(len(hits[column.name]) for column in own)
    other = max(hits, key=lambda name: len(hits[name]))
    if len(hits[other]) < TWICE or len(hits[other]) <= mine:
        return None
    last = len(field.route.steps) - 1
    said = "・".join(hits[other])
    return field.fault("M0048", *field.step(last), column=own[0].name, wordings=said, other=other)


def _like(wordings: list[str], codes: Mapping[str, str]) -> list[str]:
    return [wording for wording in wordings if resembled(wording, codes) is not None]


def _never_written(field: Field) -> Iterator[Fault]:
    """Yield the codes of a list that a table of codes neither writes nor names in ``lacks``."""
    last = len(field.route.steps) - 1
    seen: set[str | None] = set()
    for column, left_out in _tabled(field):
        given = {entry.code for entry in field.entries if entry.column.codes == column.codes}
        for code, label in column.labels.items() if column.codes not in seen else ():
            if code not in given and code not in left_out and _is_admitted(code, column):
                yield field.fault("M0049", *field.step(last), code=code, label=label, column=column.name)
        seen.add(column.codes)
