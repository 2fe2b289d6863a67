"""Which files are collected, and what is asked of each."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from stdconv.definitions import yaml
from stdconv.proving.prove import RECORDS
from stdconv.pytest_plugin.checks import CheckedFile, Question, lint, prove, validate
from stdconv.pytest_plugin.options import Options


class Collection:
    """Collects the files that the configuration names: all of them where pytest is given no arguments."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self.fail_on = options.fail_on()
        self.site = options.site()
        self.records = options.records()
        self.mappings = options.mappings()
        self.samples = options.samples()
        self.is_whole = _is_whole(config)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> CheckedFile | None:
        """Collect a file below pytest's arguments."""
        return None if self.is_whole else self.checked(file_path, parent)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add every file to what the session collects, wherever pytest looks for other tests."""
        report = yield
        if self.is_whole and isinstance(collector, pytest.Session) and report.passed:
            paths = sorted({*self.mappings, *self.samples})
            files = (self.checked(path, collector) for path in paths if not _is_ignored(path, collector))
            report.result = [*(report.result or ()), *(file for file in files if file is not None)]
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist whether there were arguments: itself it is always given some."""
        node.workerinput["stdconv_is_whole"] = self.is_whole

    def checked(self, path: Path, parent: pytest.Collector) -> CheckedFile | None:
        """Return the collector of a file of which something is asked."""
        questions = tuple(self.questions(path))
        return CheckedFile.from_parent(parent, path=path, questions=questions) if questions else None

    def questions(self, path: Path) -> Iterator[Question]:
        """Yield what is asked of a file, by item."""
        if path in self.mappings and _is_mapping(path):
            yield "lint", partial(lint, fail_on=self.fail_on)
            yield "examples", partial(prove, only="examples", records=0)
            yield "laws", partial(prove, only="laws", records=RECORDS if self.records is None else self.records)
        for schema in self.samples.get(path, ()):
            yield f"validate[{schema}]", partial(validate, schema=schema, site=self.site, fail_on=self.fail_on)


def _is_whole(config: pytest.Config) -> bool:
    """Tell whether pytest was called without arguments, at the top of the project."""
    if hasattr(config, "workerinput"):
        return bool(config.workerinput["stdconv_is_whole"])
    source, sources = config.args_source, pytest.Config.ArgsSource
    is_at_the_top = config.invocation_params.dir == config.rootpath
    return source is sources.TESTPATHS or (source is sources.INVOCATION_DIR and is_at_the_top)


def _is_ignored(path: Path, session: pytest.Session) -> bool:
    """Tell whether pytest was told to ignore a file, or by ``--ignore`` a folder above it.

    Folders that pytest passes over unasked, such as ``build``, count where a pattern leads into them.
    """
    config, hooks = session.config, session.gethookproxy(path.parent)
    given = (config.invocation_params.dir / each for each in config.getoption("ignore") or ())
    ignored = {Path(os.path.abspath(each)) for each in given}  # noqa: PTH100 -- as pytest does: links are not followed
    is_below = not ignored.isdisjoint(path.parents)
    return is_below or bool(hooks.pytest_ignore_collect(collection_path=path, config=config))


def _is_mapping(path: Path) -> bool:
    """Tell whether a file is meant to be a mapping; one that cannot be read is, so that somebody hears of it."""
    try:
        located, _ = yaml.read(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError):
        return True
    return located is None or (
        isinstance(located.data, dict) and not located.data.keys().isdisjoint(("grammar", "extends"))
    )
