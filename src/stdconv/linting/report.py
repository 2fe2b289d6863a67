"""What lint found, as text, and as a report that services read."""

from __future__ import annotations

from stdconv.findings.phrases import words as phrases
from stdconv.japan.visible import visible
from stdconv.linting.lint import Linted, in_file
from stdconv.reports.model import Report


def lint_text(linted: Linted, lang: str = "en") -> str:
    """Return what lint found, in the order of the file, and a last line that sums it up."""
    words = phrases("lint", lang)
    found = sorted((*linted.faults, *linted.warnings), key=in_file)
    counts = (f"{words['faults']} {len(linted.faults)}", f"{words['warnings']} {len(linted.warnings)}")
    last = f"{linted.file}: {words['between'].join(counts)}"
    return "\n".join(map(visible, [*(each.text(lang) for each in found), last]))


def lint_report(linted: Linted, exit_code: int) -> Report:
    """Return what lint found as a report; warnings fail where the exit code says so."""
    found = sorted((*linted.faults, *linted.warnings), key=in_file)
    report = Report.of_faults("lint", linted.file, linted.mapping, found, exit_code)
    return report.model_copy(update={"fail_on": "warn" if exit_code == 1 else "refuse"})
