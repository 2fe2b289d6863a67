"""What became of the issues that people decided about: which are decided, open, new and gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from stdconv.definitions.model import Data
from stdconv.findings.phrases import words
from stdconv.reports.evidence import Hash


class IssuesUse(Data):
    """The issues of a run: all ``found``, held against the list that was given back (``decisions``, its SHA-256).

    ``decided`` are those with a decision, ``open`` those that were listed without one, ``new`` those that were not
    listed; ``gone`` are listed ones that were not found again, and ``overdue`` those found whose day is before that of
    the extract, if that was given. They were ``matched`` by person and household, or by the numbers of records, which
    may have moved where the list is ``of_another_file``. ``personal`` is the file of the run with personal data.
    """

    found: int
    decisions: Hash | None = None
    matched: Literal["keys", "records"] | None = None
    of_another_file: bool | None = None
    decided: int = 0
    open: int = 0
    new: int = 0
    gone: int = 0
    overdue: int | None = None
    personal: str | None = None

    @classmethod
    def of(cls, found: int, *, personal: str | None) -> Self:
        """Return issues of which no list was given back."""
        return cls(found=found, new=found, personal=personal)


def issues_lines(use: IssuesUse | None, lang: str) -> Iterator[str]:
    """Yield what became of issues, each a line."""
    if use is None:
        return
    said = words("issues", lang)
    if use.decisions is not None:
        counts = ("decided", "open", "new", "gone")
        yield said["counts"].format(**{name: f"{getattr(use, name):,}" for name in counts})
        yield said[f"by-{use.matched}"]
        if use.of_another_file is not False and use.matched == "records":
            yield said["another" if use.of_another_file else "unknown"]
        if use.overdue is not None:
            yield said["overdue"].format(overdue=f"{use.overdue:,}")
    else:
        yield said["listed"].format(found=f"{use.found:,}")
    if use.personal is not None:
        yield said["personal"].format(file=use.personal)


def issues_counts(use: IssuesUse | None) -> dict[str, int]:
    """Return the numbers by name, for formats that have a place for such pairs."""
    if use is None or use.decisions is None:
        return {}
    named = {f"issues_{name}": getattr(use, name) for name in ("decided", "open", "new", "gone", "overdue")}
    return {name: number for name, number in named.items() if number is not None}
