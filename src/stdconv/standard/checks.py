"""Checks of a schema: a domain, the code it is reported under, and what it asks of a file's columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Domain,
    IfThenElse,
    Not,
    OneOf,
    Record,
)
from stdconv.errors import KeyPath
from stdconv.findings.frames import joined
from stdconv.findings.registry import Severity, codes


class Origin(NamedTuple):
    """Where a check or a rule is written: in the schema or in its rules file, and the path to it there."""

    file: Literal["schema", "rules"] = "schema"
    path: KeyPath = ()


NOWHERE = Origin()
"""The origin of what no file says: the whole schema."""


@dataclass(frozen=True, slots=True)
class Check:
    """One verdict about a record: the S code it is reported under, the columns it looks at, what must hold.

    ``origin`` is where it is written; ``severity`` is the code's own unless it was decided otherwise.
    """

    code: str
    columns: tuple[str, ...]
    domain: Domain
    title: str = ""
    source: str = ""
    origin: Origin = NOWHERE
    decided: Severity | None = None

    @property
    def severity(self) -> Severity:
        """How grave it is that a record breaks it."""
        return self.decided or codes()[self.code].severity

    @property
    def reported_as(self) -> tuple[str, str]:
        """The code and the column of its findings: several columns joined by ``+``, each once."""
        return self.code, joined(dict.fromkeys(self.columns))


def mentioned(domain: Domain) -> frozenset[str]:
    """Return the columns that ``domain`` speaks of."""
    match domain:
        case Record(columns, required):
            return frozenset(str(name) for name in (*(name for name, _ in columns), *required))
        case AllOf(parts) | AnyOf(parts) | OneOf(parts):
            return frozenset().union(*map(mentioned, parts))
        case Not(part):
            return mentioned(part)
        case IfThenElse(condition, then, otherwise):
            return mentioned(condition) | mentioned(then) | mentioned(otherwise)
        case _:
            return frozenset()


def demanded(domain: Domain) -> frozenset[str]:
    """Return the columns without which a record may fail to be in ``domain``; conditions ask for nothing."""
    match domain:
        case Record(required=names):
            return frozenset(map(str, names))
        case AllOf(parts) | AnyOf(parts) | OneOf(parts):
            return frozenset().union(*map(demanded, parts))
        case IfThenElse(_, then, otherwise):
            return demanded(then) | demanded(otherwise)
        case _:
            return frozenset()


def present_checks(checks: Sequence[Check], columns: Collection[str]) -> tuple[Check, ...]:
    """Return ``checks`` less those that ask for a column missing from the file: that is reported once, or declared."""
    given = set(columns)
    return tuple(check for check in checks if demanded(check.domain) <= given)
