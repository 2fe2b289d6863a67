"""A site profile: what a municipality has decided about single findings, each decision with its reason and date."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from stdconv import yaml
from stdconv.errors import DefinitionError, Fault, UnreadableError
from stdconv.findings import codes, fault

Became: TypeAlias = Literal["note", "warn", "refuse", "mute"]
FAMILIES = "ERSD"
"""The families of codes that speak of standard files."""


def _listed(value: object) -> object:
    """Return a list as the tuple that strict models want."""
    return tuple(value) if isinstance(value, list) else value


def _day(value: object) -> str:
    """Return a day as YYYY-MM-DD; raises ``ValueError`` where it is none."""
    if not isinstance(value, str) or len(value) != len("YYYY-MM-DD"):
        raise ValueError("a day is written YYYY-MM-DD, in quotes")
    return date.fromisoformat(value).isoformat()


class Decision(BaseModel):
    """From which ``code``, in which ``column`` (all where there is none), what becomes; why, and decided on which day.

    The column is written as findings name it, with ``+`` between several.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    code: str
    column: str | None = None
    severity: Became
    because: Annotated[str, Field(min_length=1)]
    decided: Annotated[str, BeforeValidator(_day)]

    @property
    def key(self) -> tuple[str, str | None]:
        """What it is about."""
        return self.code, self.column


class Profile(BaseModel):
    """A site file: whose it is, and its decisions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    site: Annotated[str, Field(min_length=1)]
    decisions: Annotated[tuple[Decision, ...], BeforeValidator(_listed)] = ()


@dataclass(frozen=True)
class Site:
    """The decisions of a site, the narrower one (with a column) before the wider."""

    name: str
    decisions: tuple[Decision, ...] = ()

    def judge(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return ``findings`` with the severities that were decided; what is muted stays, as ``mute``."""
        if not self.decisions:
            return findings
        wide = [each for each in self.decisions if each.column is None]
        narrow = [each for each in self.decisions if each.column is not None]
        severity = reduce(_decided, (*wide, *narrow), pl.col("severity"))
        return findings.with_columns(severity.alias("severity"))

    def decision(self, code: str, column: str) -> Decision | None:
        """Return what was decided about findings of ``code`` in ``column``, if anything."""
        found = {each.key: each for each in self.decisions}
        return found.get((code, column)) or found.get((code, None))


NOBODY = Site("")
"""No site: nothing was decided."""


def _decided(severity: pl.Expr, decision: Decision) -> pl.Expr:
    is_meant = pl.col("code") == decision.code
    if decision.column is not None:
        is_meant &= pl.col("column") == decision.column
    return pl.when(is_meant).then(pl.lit(decision.severity)).otherwise(severity)


def load_site(path: Path, columns: Iterable[str]) -> Site:
    """Read a site file for a schema that has ``columns``. Raises ``DefinitionError`` with every fault found."""
    try:
        located = yaml.load(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise UnreadableError([fault("C0003", file=path, problem=error.strerror)]) from None
    except UnicodeDecodeError:
        raise UnreadableError([fault("C0003", file=path, problem="not UTF-8")]) from None
    try:
        profile = Profile.model_validate(located.data)
    except ValidationError as error:
        faults = [
            fault(
                "C0041",
                located.place(tuple(detail["loc"])),
                problem=f"{'.'.join(map(str, detail['loc']))}: {detail['type']}",
            )
            for detail in error.errors(include_url=False, include_input=False)
        ]
        raise DefinitionError(faults) from None
    if faults := list(_faults(profile, located, frozenset(columns))):
        raise DefinitionError(faults)
    return Site(profile.site, profile.decisions)


def _problem(where: tuple[int | str, ...], kind: str) -> str:
    return f"{'.'.join(map(str, where))}: {kind}"


def _faults(profile: Profile, located: yaml.Located, columns: frozenset[str]) -> Iterator[Fault]:
    """Yield the decisions about what cannot be found, and those that are made twice."""
    known = [id_ for id_ in codes() if id_[0] in FAMILIES]
    seen: set[tuple[str, str | None]] = set()
    for index, decision in enumerate(profile.decisions):
        at = ("decisions", index)
        if decision.code not in known:
            near = difflib.get_close_matches(decision.code, known, n=1) or ["S0002"]
            yield fault("C0042", located.place((*at, "code")), name=decision.code, near=near[0])
        for name in decision.column.split("+") if decision.column else ():
            if name not in columns:
                near = difflib.get_close_matches(name, columns, n=1, cutoff=0.3) or sorted(columns)[:1]
                yield fault("C0042", located.place((*at, "column")), name=name, near=near[0])
        if decision.key in seen:
            yield fault("C0043", located.place(at), code=decision.code, column=decision.column or "*")
        seen.add(decision.key)
