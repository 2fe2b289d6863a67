"""How a command ends: what it found shown, its reports written where they were asked for, and its exit code."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from stdconv.cli.console import show_message, show_output
from stdconv.errors import DefinitionError, Fault, StdconvError
from stdconv.japan.visible import escaped, readable

if TYPE_CHECKING:
    import polars as pl

    from stdconv.reports.model import Report
    from stdconv.runs.atomic import AtomicOutput
    from stdconv.standard.schema import Schema

FORMATS = ("text", "json", "csv", "junit", "sarif", "github")
"""What ``--report`` writes."""

STDOUT = "-"
BEGINNING = 1 << 16
"""How much of a file is looked at to know what it is."""


def written(reports: Sequence[Report], format_: str, lang: str) -> str:
    """Return ``reports`` in one of ``FORMATS``, with the end of the last line."""
    module = importlib.import_module(f"stdconv.reports.{format_}")
    return str(getattr(module, f"as_{format_}")(reports, lang))


def is_report(format_: str, file: Path) -> bool:
    """Return whether ``file`` is empty, or a report of stdconv in that format: what a report may replace."""
    from stdconv.definitions.regular import open_regular

    try:
        with open_regular(file) as opened:
            start = opened.read(BEGINNING).decode(errors="replace")
    except StdconvError:
        return False
    module = importlib.import_module(f"stdconv.reports.{format_}")
    return not start or bool(getattr(module, f"is_{format_}")(start))


@dataclass(frozen=True)
class Ending:
    """The end of a ``command`` that judges files: the language of what it says, and its ``reports`` by format."""

    command: str
    lang: str
    reports: Mapping[str, Path]

    def words(self) -> tuple[str, ...]:
        """Return the command with the names of the options that it was given, without their values."""
        context = click.get_current_context()
        given = (p for p in context.command.params if isinstance(p, click.Option) and p.name is not None)
        named = (p.opts[-1] for p in given if context.get_parameter_source(str(p.name)) == ParameterSource.COMMANDLINE)
        return (self.command, *sorted(named))

    def ensure_apart(self, read: Iterable[Path], written: Iterable[Path]) -> None:
        """Raise ``DefinitionError`` where what is ``written``, or a report, would be over what is read or written.

        So it is where a report would replace anything but an earlier one. Raises ``UnreadableError`` where a report
        cannot be written.
        """
        from stdconv.findings.registry import fault
        from stdconv.runs.apart import ensure_apart, is_same, is_within_run

        inputs, outputs = list(read), list(written)
        ensure_apart(inputs, outputs)
        taken = [*(file for file in inputs if file.exists()), *outputs]
        for format_, file in self.reports.items():
            is_twice = list(self.reports.values()).count(file) > 1
            if is_twice or (str(file) != STDOUT and any(is_same(file, other) for other in taken)):
                raise DefinitionError([fault("C0045", form=format_, file=file)])
            taken.append(file)
        for format_, file in self.reports.items():
            if str(file) != STDOUT:
                if is_within_run(file):
                    raise DefinitionError([fault("C0056", output=file, folder=file.parent)])
                if os.path.lexists(file) and not is_report(format_, file):
                    raise DefinitionError([fault("C0051", form=format_, file=file)])
                with _report_output(format_, file):
                    pass  # that it can be made is seen before anything is

    @contextmanager
    def explained(self, files: Iterable[Path]) -> Iterator[None]:
        """Where a definition is wrong, write the reports on ``files``, which say why; then raise."""
        try:
            yield
        except StdconvError as error:
            if self.reports:
                from stdconv.reports.model import Report

                try:
                    self._write([Report.unread(self.command, None, file, error) for file in files])
                except StdconvError as unwritten:
                    raise type(error)([*error.faults, *unwritten.faults]) from None
            raise

    def attempted(self, work: Callable[[], Report], file: Path, schema: str, mapping: str | None = None) -> Report:
        """Return the report of ``work`` on ``file``; where it raises, one that says why: for those who want reports."""
        from stdconv.reports.model import Report

        try:
            return work()
        except StdconvError as error:
            return Report.unread(self.command, schema, file, error, mapping=mapping)

    def say(self, findings: pl.DataFrame) -> None:
        """Show what is found before a file is read; the report has it too."""
        from stdconv.reports.text import findings_text

        show_message(*findings_text(findings, self.lang))

    def end(self, checked: Sequence[tuple[Report, Path]], *, within: Schema | str) -> int:
        """Show what was found in each file, write the reports, and return the exit code.

        Reports say where findings go back to ``within`` a schema or the mapping of that name.
        """
        from stdconv.reports.model import gravest

        reports = [report.model_copy(update={"path": readable(file.as_posix())}) for report, file in checked]
        if str(self.reports.get("text")) != STDOUT:
            show_message(*written(reports, "text", self.lang).removesuffix("\n").split("\n"))
        if self.reports:
            self._write([_placed(report, within) for report in reports])
        return gravest(report.exit_code for report in reports)

    def _write(self, reports: Sequence[Report]) -> None:
        from stdconv.runs.atomic import commit

        with ExitStack() as stack:
            outputs = []
            for format_, file in self.reports.items():
                text = written(reports, format_, self.lang)
                if str(file) == STDOUT:
                    show_output(text, end="")
                    continue
                outputs.append(stack.enter_context(_report_output(format_, file)))
                outputs[-1].work.write_bytes(text.encode())
            commit(outputs)


def _unwritten(output: Path, problem: str) -> Fault:
    from stdconv.findings.registry import fault

    return fault("C0052", output=output, problem=problem)


def _report_output(format_: str, file: Path) -> AtomicOutput:
    """Return what writes a report; where ``file`` is a link, to where that leads."""
    from stdconv.runs.atomic import AtomicOutput

    real, is_ours = Path(os.path.realpath(file)), partial(is_report, format_)
    return AtomicOutput(real, is_folder=False, force=True, is_ours=is_ours, is_private=False, unwritten=_unwritten)


def present(
    format_: str,
    lang: str,
    *,
    text: Callable[[], str],
    document: Callable[[], Any],
    reports: Callable[[], Sequence[Report]],
) -> None:
    """Show what lint or prove found: as text, as JSON, or as a report of one of the other ``FORMATS``."""
    match format_:
        case "text":
            show_output(text())
        case "json":
            show_output(escaped(json.dumps(document(), ensure_ascii=False, indent=2)))
        case _:
            show_output(written(reports(), format_, lang), end="")


def _placed(report: Report, within: Schema | str) -> Report:
    from stdconv.reports.places import in_mapping, in_schema

    return in_mapping(report, within) if isinstance(within, str) else in_schema(report, within)
