"""A site profile: what a municipality has decided about single findings, each decision with its reason and date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import polars as pl
from pydantic import BeforeValidator, Field, ValidationError

from stdconv.definitions import yaml
from stdconv.definitions.files import read_text
from stdconv.definitions.model import Strict, TupleOf
from stdconv.definitions.nearest import nearest
from stdconv.definitions.yaml import placed
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.frames import divided
from stdconv.findings.phrases import misfit, phrase
from stdconv.findings.registry import codes, fault

Became: TypeAlias = Literal["note", "warn", "refuse", "mute"]
Decidable: TypeAlias = Mapping[str, Collection[str]]
"""The codes about which a site may decide, each with the columns that its findings may name."""

UNREADABLE = "ER"
"""The families of codes that say that a record could not be read."""


def _day(value: object) -> str:
    """Return a day as YYYY-MM-DD; raises ``ValueError`` where it is not one."""
    if not isinstance(value, str) or date.fromisoformat(value).isoformat() != value:
        raise ValueError("a day is written YYYY-MM-DD, in quotes")
    return value


class Decision(Strict):
    """From which ``code``, in which ``column`` (all where it is absent), what becomes; why, and decided on which day.

    The column is written as findings name it, with ``+`` between several.
    """

    code: str
    column: str | None = None
    severity: Became
    because: Annotated[str, Field(min_length=1)]
    decided: Annotated[str, BeforeValidator(_day)]

    @property
    def key(self) -> tuple[str, str | None]:
        """What it is about."""
        return self.code, self.column


class Profile(Strict):
    """A site file: whose it is, and its decisions."""

    site: Annotated[str, Field(min_length=1)]
    decisions: TupleOf[Decision] = ()


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


NOBODY = Site("")
"""No site: nothing was decided."""


def _decided(severity: pl.Expr, decision: Decision) -> pl.Expr:
    is_meant = pl.col("code") == decision.code
    if decision.column is not None:
        is_meant &= pl.col("column") == decision.column
    return pl.when(is_meant).then(pl.lit(decision.severity)).otherwise(severity)


def load_site(path: Path, known: Decidable) -> Site:
    """Read a site file about findings that are ``known``. Raises ``DefinitionError`` with every fault found."""
    located = yaml.load(read_text(path, not_utf8="C0041"), str(path))
    try:
        profile = Profile.model_validate(located.data)
    except ValidationError as error:
        faults = [
            fault("C0041", place, problem=misfit(path, kind, group="site-problem"))
            for place, path, kind in placed(error, located)
        ]
        raise DefinitionError(faults) from None
    if faults := list(_faults(profile, located, known)):
        raise DefinitionError(faults)
    return Site(profile.site, tuple(_spelled(each, known) for each in profile.decisions))


def _faults(profile: Profile, located: yaml.Located, known: Decidable) -> Iterator[Fault]:
    """Yield the decisions about what cannot be found or decided, and those that are made more than once."""
    seen: set[tuple[str, str | None]] = set()
    for index, decision in enumerate(profile.decisions):
        at, code = ("decisions", index), decision.code
        if code not in known and _is_about_reading(code):
            yield fault("C0044", located.place((*at, "code")), code=code)
        elif code not in known:
            yield fault("C0042", located.place((*at, "code")), name=code, near=_near(code, known))
        elif decision.column is not None and (spelled := _spelled(decision, known)).column not in known[code]:
            near = _near(decision.column, known[code])
            yield fault("C0042", located.place((*at, "column")), name=f"{code} {spelled.column}", near=near)
        if decision.key in seen:
            yield fault("C0043", located.place(at), code=code, column=decision.column or phrase("site-column", "every"))
        seen.add(decision.key)


def _is_about_reading(code: str) -> bool:
    """Return whether findings or faults of ``code`` are about what could not be read."""
    return code in codes() and (code[0] in UNREADABLE or code == "S0028" or codes()[code].severity == "fail")


def _spelled(decision: Decision, known: Decidable) -> Decision:
    """Return ``decision`` with its columns in the order in which findings name them."""
    if decision.column is None:
        return decision
    parts = sorted(divided(decision.column))
    column = next((each for each in known.get(decision.code, ()) if sorted(divided(each)) == parts), decision.column)
    return decision.model_copy(update={"column": column})


def _near(name: str, known: Iterable[str]) -> list[str]:
    """Return what may have been meant: the nearest, else some of what there is."""
    names = sorted(known)
    return nearest(name, names)[:1] or names[:5]
