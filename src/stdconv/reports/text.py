"""Reports as lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import polars as pl

from stdconv.errors import severity_word
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import codes
from stdconv.japan.visible import visible
from stdconv.reports.decided import became, site_lines
from stdconv.reports.evidence import evidence_lines
from stdconv.reports.expected import expected_lines
from stdconv.reports.issues import issues_lines
from stdconv.reports.model import Report
from stdconv.reports.patterns import pattern_lines
from stdconv.reports.people import people_lines
from stdconv.reports.tables import tables_lines
from stdconv.reports.totals import LOST, Total, Totals
from stdconv.reports.wording import about, counted, sentences

UNCODED = {"": "no-value", "*": "unlisted"}
"""What is counted in a tally besides codes."""

HEADING, COUNTS = re.compile("== .* =="), re.compile(r"\S+ [0-9]+  \S+ [0-9]+  \S+ [0-9]+")
FAULT = re.compile(r"(?:^|: )([A-Z][0-9]{4}) ([a-z0-9-]+)(?: \([^()]+\))?: ")
"""How the first lines of a report look."""


def as_text(reports: Sequence[Report], lang: str) -> str:
    """Return the reports in ``lang``; where there are several, each under the path of its file."""
    if len(reports) == 1:
        return report_text(reports[0], lang) + "\n"
    return "\n".join(f"== {visible(report.place)} ==\n{report_text(report, lang)}\n" for report in reports)


def is_text(start: str) -> bool:
    """Return whether a file that begins with ``start`` is such a report, in any language."""
    lines = start.split("\n")[:2]
    first = lines[-1] if HEADING.fullmatch(lines[0]) else lines[0]
    named = FAULT.search(first)
    return bool(COUNTS.fullmatch(first)) or (
        named is not None and named[1] in codes() and codes()[named[1]].name == named[2]
    )


def report_text(report: Report, lang: str = "en") -> str:
    """Return one report as lines, in ``lang``: counts, then each total with what to do; or why it was not read."""
    if report.faults:
        return "\n".join(each.text(lang) for each in report.faults)
    return "\n".join(map(visible, _lines(report, lang)))


def _lines(report: Report, lang: str) -> list[str]:
    words, counts = phrases("report", lang), report.counts
    lines = ["  ".join(f"{words[key]} {getattr(counts, key)}" for key in ("read", "accepted", "refused"))]
    if report.mapping_used is not None and report.mapping_used.origin == "altered":
        lines.append(f"{words['altered']}: {report.mapping} (SHA-256 {report.mapping_used.sha256})")
    if report.command == "convert" and report.mapping_used is not None:
        lines += evidence_lines(report.mapping_used, lang)
    lines += people_lines(report.people, lang)
    lines += expected_lines(report.expected, lang)
    lines += tables_lines(report.tables, lang)
    lines += issues_lines(report.issues, lang)
    if report.joined_records:
        lines.append(f"{words['joined']}: {report.joined_records}")
    if report.raw_records:
        lines.append(f"{words['raw']}: {report.raw_records} ({report.raw_share:.2%})")
        lines += (f"  {phrases('raw-way', lang)[way]}: {count}" for way, count in report.raw_ways.items())
    if report.control is not None:
        lines.append(words["control"].format(**report.control.model_dump()))
    if report.as_of is not None:
        day, column = report.as_of.day, report.as_of.column
        lines.append(words["as-of" if column is None else "newest"].format(day=day, column=column))
    for name, use in report.lookups.items():
        lines.append(f"{words['lookup']} {name}: {use.used}/{use.rows} {words['used']}")
    lines += _loss_lines(report, words)
    lines += _tally_lines(report, words)
    lines += site_lines(report.site, lang)
    lines += _ruled_lines(report, lang)
    lines += _finding_lines(report.findings, lang)
    lines += pattern_lines(report.patterns, lang)
    lines += (each.text(lang) for each in report.verdicts)
    return lines


def _finding_lines(totals: Sequence[Total], lang: str) -> Iterator[str]:
    """Yield a line for each total, and once below those of one code what it means and what to do."""
    for _, group in groupby(totals, attrgetter("code")):
        same = list(group)
        yield from (_told(total, lang) for total in same)
        yield "       " + sentences(same[0], lang)


def findings_text(findings: pl.DataFrame, lang: str) -> list[str]:
    """Return findings as the lines that a report has for them."""
    totals = Totals()
    totals.add(findings)
    return [visible(line) for line in _finding_lines(totals.totals(), lang)]


def _told(total: Total, lang: str) -> str:
    severity = severity_word(total.severity, lang, filled=True)
    return f"{severity} {total.code} {total.name}  {about(total, lang)}  {counted(total, lang)}"


def _loss_lines(report: Report, words: dict[str, str]) -> Iterator[str]:
    """Yield how many values have no place in the layout, the commonest columns first, and which columns stay empty."""
    lost = sorted((each for each in report.findings if each.code == LOST), key=lambda each: -each.count)
    if lost:
        yield words["lost"].format(values=f"{report.lost_values:,}", records=f"{report.lost_records:,}")
        width = len(f"{lost[0].count:,}")
        yield from (f"  {each.count:>{width},}  {each.column}" for each in lost)
    if empty := [each.column for each in report.findings if each.code == "T0033"]:
        yield words["left-empty"].format(number=len(empty))
        yield from (f"  {column}" for column in empty)


def _tally_lines(report: Report, words: dict[str, str]) -> Iterator[str]:
    """Yield each column that was counted, and below it how many records have which code."""
    for column, counts in report.tallies.items():
        known, width = report.labels.get(column, {}), max((len(f"{count:,}") for count in counts.values()), default=0)
        yield column
        for code, count in counts.items():
            said = f"({words[UNCODED[code]]})" if code in UNCODED else f"{code} {known.get(code, '')}".rstrip()
            yield f"  {count:>{width},}  {said}"


def _ruled_lines(report: Report, lang: str) -> Iterator[str]:
    """Yield a line for each rule of the schema of which the mapping says how grave it is."""
    for each in report.severities:
        official = f" [{each.official}]" if each.official else ""
        what = f"{each.code} {codes()[each.code].name}{official} {each.column}"
        yield f"{phrases('report', lang)['ruled']} {what}  {became(each, lang)}  ×{each.findings}  {each.because}"
