"""What lint found, as text, and as a report that services read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from stdconv.errors import Fault
from stdconv.linting.lint import Linted, in_file
from stdconv.reports import Report, ReportedFault

WORDS = {"en": {"faults": "faults", "warnings": "warnings"}, "ja": {"faults": "誤り", "warnings": "警告"}}


def lint_text(linted: Linted, lang: str = "en") -> str:
    """Return what lint found, in the order of the file, and a last line that sums it up."""
    words = WORDS[lang]
    found = sorted((*linted.faults, *linted.warnings), key=in_file)
    last = f"{linted.file}: {words['faults']} {len(linted.faults)}, {words['warnings']} {len(linted.warnings)}"
    return "\n".join([*(each.text(lang) for each in found), last])


def lint_report(linted: Linted, exit_code: int) -> Report:
    """Return what lint found as a report; warnings fail where the exit code says so."""
    report = fault_report("lint", linted.file, linted.mapping, (*linted.faults, *linted.warnings), exit_code)
    return report.model_copy(update={"fail_on": "warn" if exit_code == 1 else "refuse"})


def fault_report(command: str, file: str, mapping: str | None, faults: Iterable[Fault], exit_code: int) -> Report:
    """Return the faults of a mapping as the report of ``command``."""
    reported = tuple(ReportedFault.of(each) for each in sorted(faults, key=in_file))
    return Report(
        command=command, mapping=mapping, file=Path(file).name, path=file, faults=reported, exit_code=exit_code
    )
