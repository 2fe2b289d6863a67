"""What is said of a total or a fault, in words, and what the file is called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from stdconv.findings.details import in_words
from stdconv.findings.explained import side_word
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import codes
from stdconv.reports.decided import became, notes
from stdconv.reports.model import Report, ReportedFault
from stdconv.reports.totals import KINDS, Total

LEVELS = {"mute": "none", "note": "note", "warn": "warning", "refuse": "error", "fail": "error"}
"""What services call a severity."""

SHOWN = 5
"""How many details of a total are shown."""


def title(found: Total | ReportedFault, lang: str = "en") -> str:
    """Return the code, its name, and for a total what it is about."""
    return f"{found.code} {found.name} {about(found, lang) if isinstance(found, Total) else ''}".rstrip()


def about(total: Total, lang: str) -> str:
    """Return the columns that a total is about, else the side, in words."""
    return total.column or side_word(total.side, lang)


def counted(total: Total, lang: str, *, gap: str = "  ") -> str:
    """Return how often, the first records and their lines or bytes, and the commonest details."""
    words = phrases("report", lang)
    samples = ((words["records"], total.rows), (words["lines"], total.lines), (words["offsets"], total.offsets))
    where = [f"{word} {numbers(total, sample, between=words['between'])}" for word, sample in samples if sample]
    said = [words["detail"].format(details(total, lang))] if total.details else []
    return gap.join([f"×{total.count}", *where, *said])


def details(total: Total, lang: str | None) -> str:
    """Return the commonest details with their counts, and how many more there are; in no ``lang`` as data has them.

    A detail that all findings have stands alone.
    """
    words = phrases("report", lang or "en")
    form = codes()[total.code].detail
    shown = [in_words(each.detail, lang, form) if lang else each.detail for each in total.details[:SHOWN]]
    if total.kinds < 2:
        return "".join(shown)
    counts = [each.count for each in total.details[:SHOWN]]
    said = [f"{text or '–'} ×{count}" for text, count in zip(shown, counts, strict=True)]
    if more := total.kinds - len(shown):
        many = f"{more:,}{'+' if total.kinds == KINDS else ''}"
        said.append(words["more-details"].format(many, total.count - sum(counts)))
    return words["between"].join(said)


def numbers(total: Total, sample: Sequence[int], *, between: str = ", ") -> str:
    """Return the first records or lines of ``total``; dots say that there are more."""
    return between.join(map(str, sample)) + (" …" if total.count > len(total.rows) else "")


def decided(total: Total, report: Report, lang: str) -> str:
    """Return what the site or the mapping has decided about ``total``, instead of what, and why; empty for nothing."""
    decision = report.site.about(total) if report.site else None
    if report.site is not None and decision is not None:
        official = f" [{decision.official}]" if decision.official else ""
        said = [decision.decided + official, *filter(None, [decision.pattern]), became(decision, lang)]
        return " ".join([report.site.name, *said, decision.because, *notes(decision, lang)])
    for each in report.severities:
        if (each.code, each.column) == (total.code, total.column):
            official = f" [{each.official}]" if each.official else ""
            return f"{report.mapping}{official} {became(each, lang)} {each.because}"
    return ""


def sentences(total: Total, lang: str) -> str:
    """Return the finding itself, why it comes about, what to do next."""
    message = codes()[total.code].messages[lang]
    return (" " if lang == "en" else "").join((message.summary, message.cause, message.remedy))


def fault_sentences(fault: ReportedFault, lang: str) -> str:
    """Return what is said of a fault, without its place and code."""
    words = fault.messages[lang]
    return (" " if lang == "en" else "").join((words.summary, words.cause, words.remedy))


def from_here(path: str) -> str:
    """Return ``path`` as seen from the current folder, where it is below it; else absolute."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 -- what a link leads to is not what was given
    return whole.relative_to(Path.cwd()).as_posix() if whole.is_relative_to(Path.cwd()) else whole.as_posix()
