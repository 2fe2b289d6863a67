"""What a site has decided, with what each decision met in a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, Self

from stdconv.definitions.model import Data
from stdconv.errors import severity_word
from stdconv.findings.patterns import Patterns, is_decidable
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import Severity, codes
from stdconv.reports.patterns import PatternKind
from stdconv.reports.ruled import Ruled
from stdconv.reports.site import Decision, Site
from stdconv.reports.totals import Total


class Decided(Data):
    """A decision: what a severity became ``instead_of`` the registry's, why and on which day, for how many findings.

    It is about a ``code``, in one ``column`` or all, or about a ``pattern`` (with its ``kinds``, where this run has
    it), which has the severities of several codes. ``official`` is the error class of the official specification that
    the code belongs to. ``state`` says whether it counts: it may be ``over``, since the day ``until`` has passed, or
    about a pattern that is ``undecidable``.
    """

    code: str | None
    column: str | None
    pattern: str | None = None
    kinds: tuple[PatternKind, ...] = ()
    severity: Severity
    instead_of: Severity | None
    official: str | None
    because: str
    decided: str
    by: str | None = None
    until: str | None = None
    state: Literal["counts", "over", "undecidable"] = "counts"
    findings: int


class SiteUse(Data):
    """A site and all its decisions, in the order of its file, as they count on a ``day``."""

    name: str
    day: str
    decisions: tuple[Decided, ...]

    @classmethod
    def of(cls, site: Site, totals: Iterable[Total], patterns: Patterns) -> Self | None:
        """Return the decisions of ``site`` with what they decided; nothing for no site."""
        if not site.name:
            return None
        wanted = {each.pattern for each in site.decisions}
        known = {each.id: each.kinds for each in patterns if each.id in wanted} if site.patterns else {}
        by_pattern = {id_: kinds for id_, kinds in known.items() if is_decidable(kinds, site.key)}
        counts = _of_codes(site, totals, patterns, by_pattern)
        for (id_, _), count in patterns.findings.items():
            counts[None, None, id_] += count if id_ in by_pattern else 0
        used = (_use(each, site, known.get(each.pattern or "", ()), counts[each.what]) for each in site.decisions)
        return cls(name=site.name, day=site.day, decisions=tuple(used))

    def about(self, total: Total) -> Decided | None:
        """Return what was decided about ``total``, if anything: about its column, its code, or a pattern with it."""
        met = [each for each in self.decisions if each.findings and each.severity == total.severity]
        of_codes = [each for each in met if each.code == total.code and each.column in (None, total.column)]
        kind = PatternKind(code=total.code, column=total.column)
        of_patterns = [each for each in met if kind in each.kinds]
        return next(iter((*sorted(of_codes, key=lambda each: each.column is None), *of_patterns)), None)


def _of_codes(
    site: Site, totals: Iterable[Total], patterns: Patterns, by_pattern: Collection[str]
) -> Counter[tuple[str | None, str | None, str | None]]:
    """Count the findings that each decision about a code is about, less those of decided patterns."""
    taken = Counter[tuple[str, str]]()
    for (id_, kind), count in patterns.findings.items():
        taken[kind] += count if id_ in by_pattern else 0
    met = Counter[tuple[str, str]]()
    for total in totals:
        met[total.code, total.column] += total.count
    counts = Counter[tuple[str | None, str | None, str | None]]()
    for (code, column), count in met.items():
        found = [each for each in site.in_force if site.counts_for(each, code, column)]
        if found:
            counts[max(found, key=lambda each: each.column is not None).what] += count - taken[code, column]
    return counts


def _use(decision: Decision, site: Site, kinds: Sequence[tuple[str, str]], count: int) -> Decided:
    code = codes()[decision.code] if decision.code is not None else None
    is_over = decision.is_over(site.day)
    state = "over" if is_over else "counts" if is_decidable(kinds, site.key) else "undecidable"
    return Decided.model_validate(
        {
            **decision.model_dump(),
            "kinds": tuple({"code": code, "column": column} for code, column in kinds),
            "instead_of": code.severity if code is not None else None,
            "official": code.official if code is not None else None,
            "state": state,
            "findings": 0 if is_over else count,
        }
    )


def site_lines(site: SiteUse | None, lang: str) -> Iterator[str]:
    """Yield a line for the site, and one for each decision."""
    if site is None:
        return
    said = phrases("site", lang)
    yield said["site"].format(name=site.name, day=site.day)
    for each in site.decisions:
        official = f" [{each.official}]" if each.official else ""
        where = f" {each.column}" if each.column else ""
        what = f"{each.code} {codes()[each.code].name}{official}{where}" if each.code else _pattern_text(each)
        parts = [each.decided, what, became(each, lang), f"×{each.findings}", each.because, *notes(each, lang)]
        yield f"  {'  '.join(parts)}"


def notes(decision: Decided, lang: str) -> list[str]:
    """Return by whom it was decided and until when it counts, where the file says so, and why it does not count."""
    said = phrases("site", lang)
    parts = [said[key].format(value) for key in ("by", "until") if (value := getattr(decision, key)) is not None]
    return parts if decision.state == "counts" else [*parts, said[decision.state]]


def became(decision: Decided | Ruled, lang: str) -> str:
    """Return what a severity was, where that is one, and what it is by ``decision``."""
    both = (decision.instead_of, decision.severity)
    return " → ".join(severity_word(each, lang) if each else "…" for each in both)


def _pattern_text(decision: Decided) -> str:
    kinds = "; ".join(f"{each.code} {each.column}".rstrip() for each in decision.kinds)
    return f"{decision.pattern} ({kinds})" if kinds else f"{decision.pattern}"
