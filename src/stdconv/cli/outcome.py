"""How a command ends: its reports told and written where they were asked for, and its exit code."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stdconv.cli.console import show_message, show_output
from stdconv.errors import DefinitionError, StdconvError

if TYPE_CHECKING:
    from stdconv.mapping.plan import Plan
    from stdconv.reports import Report
    from stdconv.standard.schema import Schema

FORMS = ("text", "json", "csv", "junit", "sarif", "github")


def written(reports: Sequence[Report], form: str, lang: str) -> str:
    """Return ``reports`` in one of ``FORMS``, with the end of the last line."""
    module = importlib.import_module(f"stdconv.reports.{form}")
    return str(getattr(module, f"as_{form}")(reports, lang))


def ensure_separate(wanted: Mapping[str, Path], read: Iterable[Path]) -> None:
    """Raise ``DefinitionError`` where a report would be written over what is read, or over another report."""
    from stdconv.findings.registry import fault

    taken = [file for file in read if file.exists()]
    for form, file in wanted.items():
        others = [other for name, other in wanted.items() if name != form]
        if file in others or (file.exists() and any(file.samefile(each) for each in taken)):
            raise DefinitionError([fault("C0045", form=form, file=file)])


@contextmanager
def explained(lang: str, command: str, files: Iterable[Path], wanted: Mapping[str, Path]) -> Iterator[None]:
    """Where a definition is wrong, write the reports that are ``wanted`` of ``files``, which say why; then raise."""
    try:
        yield
    except StdconvError as error:
        if wanted:
            from stdconv.reports import Report

            reports = [Report.unread(command, None, file, error) for file in files]
            for form, target in wanted.items():
                _write(written(reports, form, lang), target)
        raise


def attempted(command: str, plan: Plan, file: Path, work: Callable[[], Report]) -> Report:
    """Return the report of ``work`` on ``file``; where it raises, one that says why, for whoever asked for reports."""
    from stdconv.reports import Report

    try:
        return work()
    except StdconvError as error:
        return Report.unread(command, plan.schema.name, file, error, mapping=plan.mapping.id)


def ended(
    lang: str,
    checked: Sequence[tuple[Report, Path]],
    wanted: Mapping[str, Path],
    *,
    within: Schema | str,
) -> int:
    """Tell what was found in each file, write the reports that are ``wanted`` by form, and return the exit code.

    What is written says where findings go back to ``within`` a schema or the mapping of that name.
    """
    from stdconv.reports import gravest
    from stdconv.reports.model import readable

    reports = [report.model_copy(update={"path": readable(file.as_posix())}) for report, file in checked]
    for form, file in wanted.items():
        _write(written([_placed(report, within) for report in reports], form, lang), file)
    if str(wanted.get("text")) != "-":
        show_message(written(reports, "text", lang).removesuffix("\n"))
    return gravest(report.exit_code for report in reports)


def _write(text: str, file: Path) -> None:
    if str(file) == "-":
        show_output(text, end="")
    else:
        file.write_text(text, encoding="utf-8", newline="")


def _placed(report: Report, within: Schema | str) -> Report:
    from stdconv.reports.places import in_mapping, in_schema

    return in_mapping(report, within) if isinstance(within, str) else in_schema(report, within)
