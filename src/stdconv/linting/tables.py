"""Tables of codes held against the standard's code lists: what cannot be, and what was probably mistaken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stdconv.domains.sets import Choice
from stdconv.domains.subset import subset
from stdconv.errors import Fault, KeyPath
from stdconv.findings.phrases import phrase
from stdconv.lenses.base import Branch
from stdconv.linting.fields import Field
from stdconv.standard.documents import Column

TWICE = 2
"""How many wordings of another list make a table look like that list's."""


def faults(field: Field) -> Iterator[Fault]:
    """Yield what is wrong or doubtful about the codes that the field's last step gives."""
    entries = [(step, branch, column) for step, branch, column in field.entries() if branch.standard]
    if (other := _of_another_column(field, [branch for _, branch, _ in entries])) is not None:
        yield other
        return
    for step, branch, column in entries:
        yield from _entry(field, step, branch, column)
    yield from _lacking(field)
    yield from _never_written(field)


def _entry(field: Field, step: int, branch: Branch, column: Column) -> Iterator[Fault]:
    legacy, code = branch.legacy, branch.standard or ""
    place: KeyPath = field.step(step, *branch.path)
    if subset(Choice((code,)), column.domain) is False:
        said = phrase("mapping", "becomes", legacy=legacy, code=code)
        yield _not_admitted(field, place, said, code, column)
        return
    codes = column.labels
    meant = resembled(legacy, codes)
    if meant is None or meant == code:
        return
    if codes[meant] == legacy:
        yield field.fault("M0047", *place, legacy=legacy, code=code, column=column.name, other=meant)
    else:
        label = codes[meant]
        yield field.fault("M0056", *place, legacy=legacy, code=code, column=column.name, other=meant, label=label)


def _not_admitted(field: Field, place: KeyPath, said: dict[str, str], code: str, column: Column) -> Fault:
    known = ", ".join(column.choices)
    return field.fault("M0046", *place, said=said, code=code, column=column.name, known=known)


def _lacking(field: Field) -> Iterator[Fault]:
    """Yield the codes that a table declares in ``lacks``, though the column does not admit them in the first place."""
    last = len(field.route.steps) - 1
    for code in (field.route.steps[last].left_out() or ()) if field.route.steps else ():
        if subset(Choice((code,)), field.columns[0].domain) is False:
            said = phrase("mapping", "lacks", code=code)
            yield _not_admitted(field, ("steps", last, "lacks", code), said, code, field.columns[0])


def _of_another_column(field: Field, entries: list[Branch]) -> Fault | None:
    """Return the fault that the wordings of a table are those of another column's code list."""
    own = [column for column in field.columns if column.codes]
    if not own or not entries:
        return None
    hits = {column.name: _like(entries, column.labels) for column in field.schema.columns if column.codes}
    mine = max(len(hits[column.name]) for column in own)
    other = max(hits, key=lambda name: len(hits[name]))
    if len(hits[other]) < TWICE or len(hits[other]) <= mine:
        return None
    wordings = "・".join(hits[other])
    last = len(field.route.steps) - 1
    return field.fault("M0048", *field.step(last), column=own[0].name, wordings=wordings, other=other)


def _like(entries: list[Branch], codes: Mapping[str, str]) -> list[str]:
    return [branch.legacy for branch in entries if resembled(branch.legacy, codes) is not None]


def _never_written(field: Field) -> Iterator[Fault]:
    """Yield the codes of a list that a table of codes neither writes nor names in ``lacks``."""
    if not field.route.steps or (left_out := field.route.steps[-1].left_out()) is None:
        return
    column, last = field.columns[0], len(field.route.steps) - 1
    given = {branch.standard for _, branch, _ in field.entries()}
    for code, label in column.labels.items():
        if code not in given and code not in left_out:
            yield field.fault("M0049", *field.step(last), code=code, label=label, column=column.name)


def resembled(wording: str, codes: Mapping[str, str]) -> str | None:
    """Return the code whose label ``wording`` is, or that alone shares it; ``None`` where that cannot be decided.

    >>> codes = {"1": "日本人住民", "2": "外国人住民", "9": "不明"}
    >>> resembled("日本人", codes), resembled("住民", codes), resembled("不明", codes), resembled("1", codes)
    ('1', None, '9', None)
    """
    if not wording or wording.isascii():
        return None
    for code, label in codes.items():
        if label == wording:
            return code
    near = [code for code, label in codes.items() if wording in label or label in wording]
    return near[0] if len(near) == 1 else None
