"""Reports as SARIF 2.1.0: one run, a result for each fault and each total, never for each record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import quote

from stdconv.findings.frames import divided
from stdconv.findings.language import LANGUAGES
from stdconv.findings.registry import codes
from stdconv.japan.visible import escaped, visible
from stdconv.reports.evidence import evidence_texts
from stdconv.reports.expected import expected_counts
from stdconv.reports.issues import issues_counts
from stdconv.reports.model import Report, ReportedFault, gravest
from stdconv.reports.patterns import pattern_counts
from stdconv.reports.people import people_counts
from stdconv.reports.totals import Total
from stdconv.reports.wording import LEVELS, counted, decided, fault_sentences, from_here, sentences, title
from stdconv.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
ENDED_EARLY = (2, 3, 70)
WORD = re.compile(r"\{\w+\}")
"""The placeholders of a message, filled in when a fault is reported."""
BEGINNING = re.compile(r'\{\s*"\$schema": "[^"]*",[^{}]*\{\s*"tool": \{\s*"driver": \{\s*"name": "stdconv"')

Node: TypeAlias = dict[str, Any]


def as_sarif(reports: Sequence[Report], lang: str) -> str:
    """Return the reports as one run of one tool, its texts in ``lang`` and the other language's as a translation."""
    rules = _rules(reports)
    results = [result for report in reports for result in _results(report, rules, lang)]
    people = {report.place: people_counts(report.people) for report in reports if report.people}
    mappings = {report.place: evidence_texts(report.mapping_used) for report in reports if report.mapping_used}
    expected = {report.place: expected_counts(report.expected) for report in reports if report.expected}
    patterns = {report.place: pattern_counts(report.patterns) for report in reports if report.patterns.listed}
    issues = {report.place: counts for report in reports if (counts := issues_counts(report.issues))}
    every = (
        ("people", people),
        ("issues", issues),
        ("mappings", mappings),
        ("expected", expected),
        ("patterns", patterns),
    )
    properties = {name: each for name, each in every if each}
    exit_code = gravest(report.exit_code for report in reports)
    run = {
        "tool": {"driver": _driver(rules, lang)},
        "translations": [_translation(rules, other) for other in LANGUAGES if other != lang],
        "language": lang,
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": exit_code not in ENDED_EARLY, "exitCode": exit_code}],
        "results": results,
        **({"properties": properties} if properties else {}),
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return escaped(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def is_sarif(start: str) -> bool:
    """Return whether a file that begins with ``start`` is such a report."""
    return BEGINNING.match(start) is not None


def _rules(reports: Iterable[Report]) -> list[str]:
    """Return the codes that were checked or found, in order."""
    ids: set[str] = set()
    for report in reports:
        ids |= {*report.checked, *(each.code for each in report.verdicts), *(each.code for each in report.findings)}
    return sorted(ids)


def _driver(rules: Sequence[str], lang: str) -> Node:
    return {"name": "stdconv", "version": VERSION, "language": lang, "rules": [_rule(code, lang) for code in rules]}


def _translation(rules: Sequence[str], lang: str) -> Node:
    texts = [{"id": code} | _texts(code, lang) for code in rules]
    return {"name": "stdconv", "language": lang, "associatedComponent": {"name": "stdconv"}, "rules": texts}


def _rule(id_: str, lang: str) -> Node:
    code = codes()[id_]
    official = {"properties": {"official": code.official}} if code.official else {}
    level = {"defaultConfiguration": {"level": LEVELS[code.severity]}}
    return {"id": id_, "name": code.name} | _texts(id_, lang) | level | official


def _texts(id_: str, lang: str) -> Node:
    """Return what a rule says: the remedy is its help."""
    message = codes()[id_].messages[lang]
    words = {"shortDescription": message.summary, "fullDescription": message.cause, "help": message.remedy}
    return {key: {"text": WORD.sub("…", text)} for key, text in words.items()}


def _results(report: Report, rules: Sequence[str], lang: str) -> list[Node]:
    faults = [_fault(fault, report, lang) for fault in report.verdicts]
    totals = [_total(total, report, lang) for total in report.findings]
    return [{"ruleId": id_, "ruleIndex": rules.index(id_)} | result for id_, result in (*faults, *totals)]


def _fault(fault: ReportedFault, report: Report, lang: str) -> tuple[str, Node]:
    return fault.code, {
        "level": LEVELS[fault.severity],
        "message": {"text": visible(fault_sentences(fault, lang))},
        "locations": [_physical(fault.file or report.place, fault.line, fault.column)],
    }


def _total(total: Total, report: Report, lang: str) -> tuple[str, Node]:
    """Return what was found, where it is defined if that is a custom file, else where it occurs first."""
    line, position = total.lines[0] if total.lines else None, total.definition
    found = _physical(report.place, line)
    if total.offsets:
        found["physicalLocation"]["region"] = {"byteOffset": total.offsets[0] - 1}
    location = _physical(position.file, position.line, position.column) if position else found
    return total.code, {
        "level": LEVELS[total.severity],
        "message": {"text": visible(f"{title(total, lang)} {counted(total, lang, gap=' ')}: {sentences(total, lang)}")},
        **_suppressed(total, report, lang),
        "locations": [location | {"logicalLocations": _logical(total, report)}],
        "occurrenceCount": total.count,
        "partialFingerprints": {"place/v1": "/".join((report.place, total.code, total.side, total.column))},
        **({"relatedLocations": [found]} if position else {}),
    }


def _suppressed(total: Total, report: Report, lang: str) -> Node:
    """Return why a total is not to be shown where its site has muted it, and what was decided about any other."""
    said = decided(total, report, lang)
    if total.severity == "mute":
        return {"suppressions": [{"kind": "external", "status": "accepted", "justification": said}]}
    return {"properties": {"decided": said}} if said else {}


def _physical(file: str, line: int | None = None, column: int | None = None) -> Node:
    region = {key: number for key, number in (("startLine", line), ("startColumn", column)) if line and number}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(file)}} | ({"region": region} if region else {})}


def _logical(total: Total, report: Report) -> list[Node]:
    """Return the columns that a total is about, as parts of the schema, or, on the legacy side, of the mapping."""
    root = f"{report.standard}#/properties" if total.side == "standard" else f"{report.mapping}#/{total.side}"
    names = [name.replace("~", "~0").replace("/", "~1") for name in divided(total.column)]
    return [{"fullyQualifiedName": f"{root}/{name}" if name else root} for name in names]


def uri(path: str) -> str:
    """Return the URI of a file: relative where it is below the current folder.

    >>> uri("a b/ア.csv"), uri("/x:y.csv")
    ('a%20b/%E3%82%A2.csv', 'file:///x%3Ay.csv')
    """
    seen = from_here(path)
    return f"file://{quote(seen)}" if PurePosixPath(seen).is_absolute() else quote(seen)
