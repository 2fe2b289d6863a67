"""How a command ends: its reports told and written where they were asked for, and its exit code."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stdconv.cli.console import say, tell
from stdconv.errors import StdconvError

if TYPE_CHECKING:
    from stdconv.plan import Plan
    from stdconv.reports import Report
    from stdconv.standard.schema import Standard

FORMS = ("text", "json", "csv", "junit", "sarif", "github")


def written(reports: Sequence[Report], form: str, lang: str) -> str:
    """Return ``reports`` in one of ``FORMS``, with the end of the last line."""
    module = importlib.import_module(f"stdconv.reports.{form}")
    return str(getattr(module, f"as_{form}")(reports, lang))


def attempted(command: str, plan: Plan, file: Path, work: Callable[[], Report]) -> Report:
    """Return the report of ``work`` on ``file``; where it raises, one that says why, for whoever asked for reports."""
    from stdconv.reports import Report

    try:
        return work()
    except StdconvError as error:
        return Report.unread(command, plan.standard.name, file, error, mapping=plan.mapping.id)


def ended(
    lang: str,
    told: Sequence[tuple[Report, Path]],
    wanted: Mapping[str, Path],
    *,
    within: Standard | str,
) -> int:
    """Tell what was found in each file, write the reports that are ``wanted`` by form, and return the exit code.

    What is written says where findings go back to ``within`` a schema or the mapping of that name.
    """
    from stdconv.reports import gravest
    from stdconv.reports.model import readable

    reports = [report.model_copy(update={"path": readable(file.as_posix())}) for report, file in told]
    for form, file in wanted.items():
        text = written([_placed(report, within) for report in reports], form, lang)
        if str(file) == "-":
            say(text, end="")
        else:
            file.write_text(text, encoding="utf-8", newline="")
    if str(wanted.get("text")) != "-":
        tell(written(reports, "text", lang).removesuffix("\n"))
    return gravest(report.exit_code for report in reports)


def _placed(report: Report, within: Standard | str) -> Report:
    from stdconv.reports.places import in_mapping, in_schema

    return in_mapping(report, within) if isinstance(within, str) else in_schema(report, within)
