"""How a command ends: its reports told and written where they were asked for, and its exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stdconv.cli.console import say, tell

if TYPE_CHECKING:
    from stdconv.reports import Report

FORMS = ("json", "text")


def ended(lang: str, told: Sequence[tuple[Report, Path]], wanted: Mapping[str, Path]) -> int:
    """Tell what was found in each file, write the reports that are ``wanted`` by form, and return the exit code."""
    from stdconv.reports import gravest
    from stdconv.reports.json import as_json
    from stdconv.reports.text import as_text

    reports = [report.model_copy(update={"path": file.as_posix()}) for report, file in told]
    text = as_text(reports, lang)
    forms = dict(zip(FORMS, (as_json(reports), text), strict=True))
    for form, file in wanted.items():
        if str(file) == "-":
            say(forms[form])
        else:
            file.write_text(forms[form] + "\n", encoding="utf-8")
    if str(wanted.get("text")) != "-":
        tell(text)
    return gravest(report.exit_code for report in reports)
