"""What befalls several records together: one twice, one lacking, two heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from stdconv.proving.damage import Kind
from stdconv.proving.damagedfiles import OpenFile
from stdconv.standard.datasetrules import AtMostOneRule, CountedRule, DatasetRule, OnceRule, UniqueRule

Way: TypeAlias = tuple[int, bytes | None, str, tuple[str, ...], bool]
"""A row of the file as it was, its line (or ``None``: none), the column, the codes, whether the line is added."""
RULES: dict[Kind, tuple[type, ...]] = {
    "duplicate": (UniqueRule, OnceRule),
    "contradiction": (UniqueRule, OnceRule),
    "gap": (CountedRule,),
    "two-heads": (AtMostOneRule,),
}
"""The rule that must tell it."""
OF_RELATIONSHIPS = ("S0019", "S0022")
"""The checks of a 続柄: the columns that belong to it."""


def of_groups(file: OpenFile, kind: Kind, rows: Sequence[int], is_free: Callable[[int], bool]) -> Iterator[Way | str]:
    """Yield where such a damage can be, or the reason why nowhere."""
    rule = _rule(file, kind)
    if isinstance(rule, str):
        yield rule
        return
    for row in rows:
        if not is_free(row):
            continue
        if isinstance(rule, UniqueRule | OnceRule):
            line = file.lines[row - 1] if kind == "duplicate" else _contradicting(file, row, rule, rows)
            if line is not None and line.endswith(file.dialect.terminator.encode()):
                yield row, line, "", ("D",), True
        elif isinstance(rule, CountedRule):
            if _is_first(file, row, rule):
                yield row, None, "", rule.codes, False
        elif isinstance(rule, AtMostOneRule) and (line := _second(file, row, rule)) is not None:
            yield row, line, "+".join(rule.which), rule.codes[:1], False


def _rule(file: OpenFile, kind: Kind) -> DatasetRule | str:
    """Return the rule that must tell a damage, or the reason why none does."""
    kinds = file.dialect.kinds
    if kinds is not None and kinds.counts and kind != "two-heads":
        return "counted"
    found = [rule for rule in file.schema.dataset if isinstance(rule, RULES[kind])]
    told = [rule for rule in found if {*rule.names} <= {*file.carried}]
    if not told:
        return "rule"
    numbered = {form.standard for form in file.plan.numbered} if file.plan is not None else set()
    return "numbered" if numbered.intersection(told[0].names) else told[0]


def _contradicting(file: OpenFile, row: int, rule: UniqueRule | OnceRule, rows: Sequence[int]) -> bytes | None:
    """Return the record again with one value of another record, which is accepted like that."""
    values = file.values_of(row)
    key = {*rule.columns}
    routes = [] if file.plan is None else file.plan.routes
    of_key = {name for route in routes if key & {*route.standard} for name in route.legacy} or key
    for other in rows[:20]:
        others = file.values_of(other)
        for name in values:
            if name not in of_key and others[name] and values[name] and others[name] != values[name]:
                line = file.written({**values, name: others[name]})
                if line is not None and file.is_accepted(line):
                    return line
    return None


def _is_first(file: OpenFile, row: int, rule: CountedRule) -> bool:
    """Return whether a record is the first of somebody's several ones."""
    numbers = {file.said(each)[rule.number] for each in file.others(row, rule.by)}
    return file.said(row)[rule.number] == "1" and "2" in numbers


def _second(file: OpenFile, row: int, rule: AtMostOneRule) -> bytes | None:
    """Return a record that is one of those of which there is one in its group already."""
    own = file.said(row)
    if not _having(own, rule.among) or _having(own, rule.which):
        return None
    others = file.others(row, rule.by)
    heads = [each for each in others if _having(file.said(each), {**rule.among, **rule.which})]
    if len(heads) != 1 or heads[0] not in file.rows:
        return None
    values, head = file.values_of(row), file.values_of(heads[0])
    line = file.written(values | {name: head[name] for name in _columns_of(file, rule) if name in head})
    return line if line is not None and file.is_accepted(line) else None


def _having(record: dict[str, str | None], values: dict[str, str]) -> bool:
    return all(record[name] == value for name, value in values.items())


def _columns_of(file: OpenFile, rule: AtMostOneRule) -> set[str]:
    """Return the columns of the file that say which record it is."""
    checks = [check for check in file.schema.between if check.code in OF_RELATIONSHIPS]
    names = {*rule.which, *(name for check in checks if {*rule.which} & {*check.columns} for name in check.columns)}
    if file.plan is None:
        return names
    return {name for route in file.plan.routes if names & {*route.standard} for name in route.legacy}
