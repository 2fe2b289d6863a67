"""What a mapping decides about rules of the schema, with what that met in a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeAlias

from stdconv.definitions.model import Data
from stdconv.findings.registry import Severity, codes

Decision: TypeAlias = tuple[str, str, Severity, str]
"""Code and column of the findings of a rule, the severity that they have, and why."""


class Ruled(Data):
    """What a mapping decided about a rule of the schema: what its findings are ``instead_of`` the registry's, and why.

    ``official`` is the error class of the official specification that the code belongs to.
    """

    code: str
    column: str
    severity: Severity
    instead_of: Severity
    official: str | None
    because: str
    findings: int


class Counted(Protocol):
    """What says how many findings there are of one code and column."""

    @property
    def code(self) -> str:
        """The code."""
        ...

    @property
    def column(self) -> str:
        """The column."""
        ...

    @property
    def count(self) -> int:
        """How many."""
        ...


def ruled(decisions: Iterable[Decision], totals: Iterable[Counted]) -> tuple[Ruled, ...]:
    """Return what a mapping decided about rules of its schema, with what that met among ``totals``."""
    found = Counter[tuple[str, str]]()
    for each in totals:
        found[each.code, each.column] += each.count
    return tuple(
        Ruled(
            code=code,
            column=column,
            severity=severity,
            instead_of=codes()[code].severity,
            official=codes()[code].official,
            because=because,
            findings=found[code, column],
        )
        for code, column, severity, because in decisions
    )
