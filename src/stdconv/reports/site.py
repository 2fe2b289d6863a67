"""A site profile: what a municipality has decided about single findings, each decision with its reason and date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import polars as pl
from pydantic import BeforeValidator, Field, ValidationError

from stdconv.definitions import yaml
from stdconv.definitions.files import read_text
from stdconv.definitions.model import Strict, TupleOf
from stdconv.definitions.nearest import nearest
from stdconv.definitions.yaml import placed
from stdconv.errors import DefinitionError, Fault, Place
from stdconv.findings.frames import divided
from stdconv.findings.patterns import ID, is_decidable_code, judged, key_column
from stdconv.findings.phrases import misfit
from stdconv.findings.registry import Severity, codes, fault

Became: TypeAlias = Literal["note", "warn", "refuse", "mute"]
Decidable: TypeAlias = Mapping[str, Collection[str]]
"""The codes about which a site may decide, each with the columns that its findings may name."""
LOOSER = ("mute", "note", "warn")
"""What lets a record pass that a rule refuses."""

UNREADABLE = "ER"
"""The families of codes that say that a record could not be read."""


def _day(value: object) -> str:
    """Return a day as YYYY-MM-DD; raises ``ValueError`` where it is not one."""
    if not isinstance(value, str) or date.fromisoformat(value).isoformat() != value:
        raise ValueError("a day is written YYYY-MM-DD, in quotes")
    return value


Day: TypeAlias = Annotated[str, BeforeValidator(_day)]


class Decision(Strict):
    """What it is about, what becomes of its severity, why, and decided on which day, perhaps by whom and until when.

    It is about the findings of a ``code``, in one ``column`` or in all, or about those of all records of a ``pattern``.
    The column is written as findings name it, with ``+`` between several. ``until`` is the last day on which it counts.
    """

    code: str | None = None
    column: str | None = None
    pattern: Annotated[str, Field(pattern=f"^{ID}$")] | None = None
    severity: Became
    because: Annotated[str, Field(min_length=1)]
    decided: Day
    by: Annotated[str, Field(min_length=1)] | None = None
    until: Day | None = None

    @property
    def what(self) -> tuple[str | None, str | None, str | None]:
        """What it is about."""
        return self.code, self.column, self.pattern

    def is_over(self, day: str) -> bool:
        """Return whether it no longer counts on ``day``."""
        return self.until is not None and day > self.until


class Profile(Strict):
    """A site file: whose it is, and its decisions."""

    site: Annotated[str, Field(min_length=1)]
    decisions: TupleOf[Decision] = ()


@dataclass(frozen=True)
class Site:
    """The decisions of a site, of which the narrower one counts: a pattern before a column, a column before a code.

    ``day`` is the one on which they are asked for. ``key`` are the columns by which a record is known again, ``kept``
    what findings of rules about them have as their column. ``text`` is the file.
    """

    name: str
    decisions: tuple[Decision, ...] = ()
    day: str = ""
    key: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    text: str = ""

    @property
    def in_force(self) -> tuple[Decision, ...]:
        """The decisions that count on this day."""
        return tuple(each for each in self.decisions if not each.is_over(self.day))

    @property
    def patterns(self) -> dict[str, Severity]:
        """What was decided about patterns, by their ids."""
        return {each.pattern: each.severity for each in self.in_force if each.pattern is not None}

    def counts_for(self, decision: Decision, code: str, column: str) -> bool:
        """Return whether a decision about a code is about findings of this ``column``: none loosens the key's rules."""
        if decision.code != code or decision.column not in (None, column):
            return False
        return column not in self.kept or decision.severity not in LOOSER or codes()[code].severity != "refuse"

    def judge(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Return ``findings`` with the severities that were decided; what is muted stays, as ``mute``.

        All findings of a record are to be in the same frame.
        """
        if findings.is_empty() or not self.in_force:
            return findings
        of_codes = [each for each in self.in_force if each.code is not None]
        severity = reduce(self._decided, sorted(of_codes, key=lambda each: each.column is not None), pl.col("severity"))
        patterns = self.patterns
        by_code = findings.with_columns(severity.alias("severity"))
        return judged(by_code, patterns, self.key) if patterns else by_code

    def _decided(self, severity: pl.Expr, decision: Decision) -> pl.Expr:
        is_meant = pl.col("code") == decision.code
        if decision.column is not None:
            is_meant &= pl.col("column") == decision.column
        elif decision.severity in LOOSER and codes()[decision.code or ""].severity == "refuse":
            is_meant &= ~pl.col("column").is_in([*self.kept])
        return pl.when(is_meant).then(pl.lit(decision.severity)).otherwise(severity)


NOBODY = Site("")
"""No site: nothing was decided."""


def load_site(path: Path, known: Decidable, key: Sequence[str] = (), *, day: str) -> Site:
    """Read a site file about findings that are ``known``, as it counts on ``day``; no decision loosens ``key``.

    Raises ``DefinitionError`` with every fault found.
    """
    located = yaml.load(text := read_text(path, not_utf8="C0041"), str(path))
    try:
        profile = Profile.model_validate(located.data)
    except ValidationError as error:
        faults = [
            fault("C0041", place, problem=misfit(path, kind, group="site-problem"))
            for place, path, kind in placed(error, located)
        ]
        raise DefinitionError(faults) from None
    if faults := list(_faults(profile, located, known, key, day)):
        raise DefinitionError(faults)
    kept = {column for code in known for column in known[code] if key_column(code, column, key)}
    decisions = tuple(_spelled(each, known) for each in profile.decisions)
    return Site(profile.site, decisions, day, tuple(key), tuple(sorted(kept)), text)


def _faults(
    profile: Profile, located: yaml.Located, known: Decidable, key: Collection[str], day: str
) -> Iterator[Fault]:
    """Yield the decisions about what cannot be found or decided, and those that are made more than once."""
    seen: set[tuple[str | None, str | None, str | None]] = set()
    for index, decision in enumerate(profile.decisions):
        at = ("decisions", index)
        if (decision.code is None) == (decision.pattern is None) or (decision.pattern and decision.column):
            yield fault("C0139", located.place(at))
            continue
        if decision.code is not None:
            yield from _about_code(decision.code, decision, partial(_part, located, at), known, key)
        if not decision.is_over(day):
            if decision.what in seen:
                yield fault("C0043", located.place(at), what=" ".join(filter(None, decision.what)))
            seen.add(decision.what)


def _part(located: yaml.Located, at: tuple[str | int, ...], part: str) -> Place:
    return located.place((*at, part))


def _about_code(
    code: str, decision: Decision, place: Callable[[str], Place], known: Decidable, key: Collection[str]
) -> Iterator[Fault]:
    """Yield what is wrong with a decision about a code."""
    if code not in known:
        if _is_about_reading(code):
            yield fault("C0044", place("code"), code=code)
        elif code in codes() and not is_decidable_code(code):
            yield fault("C0137", place("code"), code=code)
        else:
            yield fault("C0042", place("code"), name=code, near=_near(code, known))
    elif (column := _spelled(decision, known).column) is None:
        return
    elif column not in known[code]:
        yield fault("C0042", place("column"), name=f"{code} {column}", near=_near(column, known[code]))
    elif decision.severity in LOOSER and (kept := key_column(code, column, key)) is not None:
        yield fault("C0138", place("severity"), code=code, column=kept)


def _is_about_reading(code: str) -> bool:
    """Return whether findings or faults of ``code`` say that something could not be read."""
    if code not in codes() or code[0] not in "ERS":
        return False
    return code == "S0028" or codes()[code].severity in (("refuse", "fail") if code[0] in UNREADABLE else ("fail",))


def _spelled(decision: Decision, known: Decidable) -> Decision:
    """Return ``decision`` with its columns in the order in which findings name them."""
    if decision.column is None:
        return decision
    parts = sorted(divided(decision.column))
    column = next(
        (each for each in known.get(decision.code or "", ()) if sorted(divided(each)) == parts), decision.column
    )
    return decision.model_copy(update={"column": column})


def _near(name: str, known: Iterable[str]) -> list[str]:
    """Return what may have been meant: the nearest, else some of what there is."""
    names = sorted(known)
    return nearest(name, names)[:1] or names[:5]
