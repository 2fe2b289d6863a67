"""Reports as JUnit XML: a test suite for each file, a test case for each rule that it was held against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from stdconv.findings.registry import codes, reaches
from stdconv.japan.visible import visible
from stdconv.reports.evidence import evidence_texts
from stdconv.reports.expected import expected_counts
from stdconv.reports.issues import issues_counts
from stdconv.reports.model import Report, ReportedFault
from stdconv.reports.patterns import pattern_counts
from stdconv.reports.people import people_counts
from stdconv.reports.totals import Total
from stdconv.reports.wording import counted, decided, sentences, title

NO_TIME = {"time": "0"}
"""What readers of JUnit expect on every element; a report says the same however long it took."""

BEGINNING = re.compile(r'<\?xml [^>]*\?>\s*<testsuites name="stdconv [a-z]+"')


def as_junit(reports: Sequence[Report], lang: str) -> str:
    """Return the reports as one document, which the XSD of Jenkins' xUnit plugin describes.

    A case is a code and its columns: those that were checked and those that were found. It fails where the findings
    reach the threshold; findings below it are its output. What ended the work on a file is an error.
    """
    suites = [_suite(report, lang) for report in reports]
    sums = {key: str(sum(int(suite.get(key, "0")) for suite in suites)) for key in ("tests", "failures", "errors")}
    root = ET.Element("testsuites", {"name": f"stdconv {reports[0].command}", **sums, **NO_TIME})
    root.extend(suites)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def is_junit(start: str) -> bool:
    """Return whether a file that begins with ``start`` is such a report."""
    return BEGINNING.match(start) is not None


def _suite(report: Report, lang: str) -> ET.Element:
    cases = _cases(report, lang)
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    texts = {key: str(count) for key, count in counts.items()}
    suite = ET.Element("testsuite", {"name": _xml(report.place), **texts, **NO_TIME})
    properties = ET.SubElement(suite, "properties")
    about = report.model_dump(include={"command", "stdconv", "mapping", "standard", "exit_code"}, exclude_none=True)
    about |= issues_counts(report.issues)
    about |= report.counts.model_dump() | people_counts(report.people) | expected_counts(report.expected)
    for name, value in (about | evidence_texts(report.mapping_used) | pattern_counts(report.patterns)).items():
        ET.SubElement(properties, "property", {"name": name, "value": _xml(str(value))})
    suite.extend(cases)
    return suite


def _cases(report: Report, lang: str) -> list[ET.Element]:
    found: dict[tuple[str, str], list[Total]] = {
        (code, column): [] for code, columns in report.checked.items() for column in columns
    }
    for total in report.findings:
        found.setdefault((total.code, total.column or total.side), []).append(total)
    cases = [_of_fault(fault, report, lang) for fault in report.verdicts]
    for (code, column), totals in sorted(found.items()):
        case = _case(report, f"{code} {codes()[code].name} {column}")
        for total in totals:
            _add_outcome(case, total, report, lang)
        cases.append(case)
    return cases or [_case(report, report.command)]


def _case(report: Report, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": _xml(report.place), "name": _xml(name), **NO_TIME})


def _add_outcome(case: ET.Element, total: Total, report: Report, lang: str) -> None:
    lines = [each for each in (counted(total, lang), sentences(total, lang), decided(total, report, lang)) if each]
    if reaches(total.severity, report.fail_on):
        message = f"{title(total, lang)} {counted(total, lang, gap=' ')}"
        ET.SubElement(case, "failure", {"type": total.code, "message": _xml(message)}).text = _xml(*lines)
    elif total.severity == "mute" and case.find("failure") is None:
        ET.SubElement(case, "skipped", {"message": _xml(f"{decided(total, report, lang)} ×{total.count}")})
    else:
        ET.SubElement(case, "system-out").text = _xml(f"{total.severity} {lines[0]}", *lines[1:])


def _of_fault(fault: ReportedFault, report: Report, lang: str) -> ET.Element:
    """Return the case of a fault: an error, or, where it only warns and that is below the threshold, output."""
    where = ":".join(str(part) for part in (fault.file, fault.line, fault.column) if part is not None)
    case = _case(report, f"{title(fault)} {where}".rstrip())
    if fault.severity == "fail" or reaches(fault.severity, report.fail_on):
        text = {"type": fault.code, "message": _xml(fault.messages[lang].summary)}
        ET.SubElement(case, "error", text).text = _xml(fault.text(lang))
    else:
        ET.SubElement(case, "system-out").text = _xml(fault.text(lang))
    return case


def _xml(*lines: str) -> str:
    r"""Return ``lines`` as text that XML 1.0 can write (section 2.2, Char), each as one line.

    >>> _xml("a\x00b\n", "c")
    'aU+0000bU+000A\nc'
    """
    return "\n".join(map(visible, lines))
