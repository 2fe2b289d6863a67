"""Reports as workflow commands, which GitHub Actions shows as annotations of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stdconv.japan.visible import visible
from stdconv.reports.model import Report, ReportedFault
from stdconv.reports.totals import Total
from stdconv.reports.wording import LEVELS, counted, decided, fault_sentences, from_here, sentences, title

COMMANDS = {"none": "notice", "note": "notice", "warning": "warning", "error": "error"}

BEGINNING = re.compile(r"::(?:notice|warning|error) [^\n]*title=[A-Z][0-9]{4} [a-z0-9-]+")


def as_github(reports: Sequence[Report], lang: str) -> str:
    """Return a command for each fault and total, a line each; the line of a total is that of its first record."""
    return "".join(line for report in reports for line in _commands(report, lang))


def is_github(start: str) -> bool:
    """Return whether a file that begins with ``start`` is such a report."""
    return BEGINNING.match(start) is not None


def _commands(report: Report, lang: str) -> Iterator[str]:
    for fault in report.verdicts:
        where = {"file": from_here(fault.file or report.place), "line": fault.line, "col": fault.column}
        yield _command(fault, where, lang, fault_sentences(fault, lang))
    for total in report.findings:
        where = {"file": from_here(report.place), "line": total.lines[0] if total.lines else None}
        said = " ".join(filter(None, (sentences(total, lang), decided(total, report, lang))))
        yield _command(total, where, lang, f"{counted(total, lang, gap=' ')}: {said}")


def _command(found: Total | ReportedFault, where: dict[str, str | int | None], lang: str, message: str) -> str:
    properties = where | {"title": title(found, lang)}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{COMMANDS[LEVELS[found.severity]]} {listed}::{_data(message)}\n"


def _data(text: str) -> str:
    """Return ``text`` as the message of a command: the toolkit of GitHub's actions escapes it so."""
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    r"""Return ``text`` as a property of a command.

    >>> _property("a:b,c%\n")
    'a%3Ab%2Cc%25U+000A'
    """
    return _data(text).replace(":", "%3A").replace(",", "%2C")
