"""What breaking a rule of the schema is for one vendor's data: a mapping's decisions applied to the schema's checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from stdconv.definitions.nearest import likely
from stdconv.errors import Fault
from stdconv.findings.frames import joined
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import codes
from stdconv.mapping.models import Mapping
from stdconv.mapping.parts import MappingExample, RuleSeverity
from stdconv.standard.checks import Check

GRAVITY = ("note", "warn", "refuse")
"""Severities, the gravest last."""

OF_RECORDS = "ERTS"
"""The families of codes of what is said of single records."""

DECLARED = ("E0008", "T0014", "T0015")
"""The codes of which a mapping says itself how grave they are."""


def of_rule(decision: RuleSeverity, checks: Collection[Check]) -> list[Check]:
    """Return which ``checks`` a decision is about: one of all its columns together, else one or more of each."""
    named = [check for check in checks if check.code == decision.code]
    wanted = {*decision.columns}
    if together := [check for check in named if {*check.columns} == wanted]:
        return together
    alone = [check for check in named if len({*check.columns}) == 1 and {*check.columns} <= wanted]
    return alone if {column for check in alone for column in check.columns} == wanted else []


def ruled(checks: Sequence[Check], decisions: Sequence[RuleSeverity], every: Sequence[Check]) -> tuple[Check, ...]:
    """Return ``checks``, which are among ``every`` of the schema, with the severities that were decided."""
    decided = {check: each.becomes for each in decisions for check in of_rule(each, every)}
    return tuple(replace(check, decided=decided[check]) if check in decided else check for check in checks)


def reported(decision: RuleSeverity, checks: Sequence[Check]) -> tuple[str, ...]:
    """Return what findings of the rules of a decision have as their column."""
    return tuple(dict.fromkeys(check.reported_as[1] for check in of_rule(decision, checks)))


def faults(
    decisions: Sequence[RuleSeverity], checks: Sequence[Check], key: Collection[str], at: Callable[..., Fault]
) -> Iterator[Fault]:
    """Yield decisions about rules that there are not, that nobody may loosen, and that were decided already."""
    seen = set[Check]()
    for index, each in enumerate(decisions):
        path, meant = ("severity", index), of_rule(each, checks)
        if not meant:
            rules = [check.reported_as[1] for check in checks if check.code == each.code]
            known = likely(joined(each.columns), dict.fromkeys(rules)) if rules else sorted({c.code for c in checks})
            part = "columns" if rules else "code"
            yield at("M0148", *path, part, code=each.code, columns=list(each.columns), known=known)
        elif (kept := _kept(each, meant, key)) is not None:
            yield at("M0149", *path, "becomes", code=each.code, column=kept)
        elif not seen.isdisjoint(meant):
            yield at("M0150", *path, code=each.code, columns=list(each.columns))
        seen.update(meant)


def _kept(decision: RuleSeverity, checks: Sequence[Check], key: Collection[str]) -> str | None:
    """Return the column of the key by which a record is known again, where its rule would be loosened."""
    is_looser = any(GRAVITY.index(decision.becomes) < GRAVITY.index(codes()[c.code].severity) for c in checks)
    named = [column for check in checks for column in check.columns if column in key]
    return named[0] if is_looser and named else None


def of_example(example: MappingExample, mapping: Mapping, at: Callable[..., Fault], index: int) -> Iterator[Fault]:
    """Yield warnings that an example asks for though it is refused, or that no record can get."""
    decided = {each.code for each in mapping.severity if each.becomes == "warn"}
    warning = {entry.id for entry in codes().values() if entry.id[0] in OF_RECORDS and entry.severity == "warn"}
    for code in example.warned or ():
        if example.refused is not None or code not in {*warning, *decided, *DECLARED}:
            why = "is-refused" if example.refused is not None else "no-warning"
            yield at("M0151", "examples", index, "warned", code=code, problem=phrase("warned", why))
