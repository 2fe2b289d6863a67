"""The items of a file: a question each, answered as the command line does."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from stdconv.errors import StdconvError
from stdconv.findings.language import language
from stdconv.findings.registry import Threshold, fault, reaches
from stdconv.linting.lint import lint as linted
from stdconv.linting.report import lint_text
from stdconv.proving.prove import Half
from stdconv.proving.prove import prove as proven
from stdconv.proving.report import proof_text
from stdconv.reports.text import report_text
from stdconv.runs.validate import report_on, site_of
from stdconv.standard.schema import load_schema

Answer: TypeAlias = tuple[bool, str]
"""Whether a file is good, and what is told of it."""

Question: TypeAlias = tuple[str, Callable[[str, str], Answer]]
"""The name of an item, and what answers it, given the file and the language."""


def lint(file: str, lang: str, *, fail_on: Threshold) -> Answer:
    """Answer whether a mapping has faults, or warnings where these fail."""
    found = linted(file)
    return not (found.faults or (found.warnings and reaches("warn", fail_on))), lint_text(found, lang)


def prove(file: str, lang: str, *, only: Half, records: int) -> Answer:
    """Answer whether a mapping's examples come true, or its laws hold."""
    proof = proven(file, only=only, records=records)
    return proof.holds, proof_text(proof, lang)


def validate(file: str, lang: str, *, schema: str, site: str | None, fail_on: Threshold) -> Answer:
    """Answer whether a standard file obeys a schema, as far as its site insists."""
    loaded = load_schema(schema)
    decided = site_of(Path(site) if site else None, loaded)
    report = report_on(loaded, Path(file), site=decided, fail_on=fail_on)
    return report.exit_code == 0, f"{file}: {schema}\n{report_text(report, lang)}"


class WrongError(Exception):
    """What is wrong with a file."""


class CheckedFile(pytest.File):
    """A mapping or a sample file."""

    def __init__(self, *, questions: tuple[Question, ...], **of_node: Any) -> None:
        super().__init__(**of_node)
        self.questions = questions

    def collect(self) -> Iterator[Check]:
        """Yield an item for each question."""
        for name, answer in self.questions:
            # as text, which pytest takes apart as it does those that it remembers for --lf
            yield Check.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", answer=answer)


class Check(pytest.Item):
    """One question asked of one file, in rootdir, so that places begin there."""

    def __init__(self, *, answer: Callable[[str, str], Answer], **of_node: Any) -> None:
        super().__init__(**of_node)
        self.answer = answer

    def runtest(self) -> None:
        """Ask; a good answer is kept for those who want to see it (``-rP``)."""
        with contextlib.chdir(self.config.rootpath):
            is_good, text = self.answer(os.path.relpath(self.path), language())
        if not is_good:
            raise WrongError(text)
        self.add_report_section("call", "stdconv", text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return what the command line would print; never a traceback, which could show a resident's values."""
        match excinfo.value:
            case WrongError() as error:
                return str(error)
            case StdconvError(faults=faults):
                return "\n".join(each.text(language()) for each in faults)
            case error:
                return fault("C0099", kind=type(error).__name__).text(language())

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the heading of a failure."""
        return self.path, None, f"{self.name} {self.nodeid.partition('::')[0]}"
