"""``pytest --stdconv``: mappings and sample files are tests too.

Every pytest run in an environment with stdconv imports this module, most of them for nothing: what is heavy is imported
once it is asked for.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import pytest

if TYPE_CHECKING:
    from stdconv.errors import Fault
    from stdconv.findings.registry import Threshold
    from stdconv.proving.proof import Half

MAPPINGS = "mappings/**/*.yaml"
"""Where mappings are looked for by default: files with any spelling of the suffix count."""
YAML = (".yaml", ".yml")

OPTIONS = (
    ("stdconv_mappings", "linelist", f"--stdconv: patterns of mapping files (default: {MAPPINGS})"),
    ("stdconv_samples", "linelist", "--stdconv: lines PATTERN SCHEMA, standard files and what they must obey"),
    ("stdconv_records", "string", "--stdconv: how many records the laws are tried on (default: as `stdconv prove`)"),
    ("stdconv_site", "string", "--stdconv: a file of what a site has decided about findings of sample files"),
    ("stdconv_fail_on", "string", "--stdconv: fail from here on, note, warn, refuse or never (default: refuse)"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare ``--stdconv``, and what the configuration file may say of it."""
    group = parser.getgroup("stdconv", "mappings and standard files of resident registries")
    group.addoption("--stdconv", action="store_true", help="run mapping files and sample files as tests")
    for name, type_, said in OPTIONS:
        parser.addini(name, said, type=type_, default=None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    """Let files be collected where ``--stdconv`` asks for it. Raises ``pytest.UsageError`` where an option is wrong."""
    if config.getoption("stdconv"):
        config.pluginmanager.register(Collection(config, Options(config, MAPPINGS)), "stdconv-collection")


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
        """Pass on to a worker of pytest-xdist whether there were arguments: the worker itself always gets some."""
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
            from stdconv.proving.prove import RECORDS

            yield "laws", partial(prove, only="laws", records=RECORDS if self.records is None else self.records)
        for schema in self.samples.get(path, ()):
            yield f"validate[{schema}]", partial(validate, schema=schema, site=self.site, fail_on=self.fail_on)


def _is_whole(config: pytest.Config) -> bool:
    """Return whether pytest was called without arguments, at the top of the project."""
    if hasattr(config, "workerinput"):
        return bool(config.workerinput["stdconv_is_whole"])
    source, sources = config.args_source, pytest.Config.ArgsSource
    is_at_the_top = config.invocation_params.dir == config.rootpath
    return source is sources.TESTPATHS or (source is sources.INVOCATION_DIR and is_at_the_top)


def _is_ignored(path: Path, session: pytest.Session) -> bool:
    """Return whether pytest ignores a file, or by ``--ignore`` a folder above it.

    Folders that pytest passes over unasked, such as ``build``, count where a pattern leads into them.
    """
    config, hooks = session.config, session.gethookproxy(path.parent)
    given = (config.invocation_params.dir / each for each in config.getoption("ignore") or ())
    ignored = {Path(os.path.abspath(each)) for each in given}  # noqa: PTH100 -- as pytest does: links are not followed
    is_below = not ignored.isdisjoint(path.parents)
    return is_below or bool(hooks.pytest_ignore_collect(collection_path=path, config=config))


def _is_mapping(path: Path) -> bool:
    """Return whether a file is meant to be a mapping; one that cannot be read is, so that somebody hears of it."""
    from stdconv.definitions import yaml
    from stdconv.definitions.files import read_text
    from stdconv.errors import StdconvError

    try:
        located, _ = yaml.read(read_text(path), str(path))
    except StdconvError:
        return True
    return located is None or (
        isinstance(located.data, dict) and not located.data.keys().isdisjoint(("grammar", "extends"))
    )


class Options:
    """The options; what one says wrongly is raised as ``pytest.UsageError``. Patterns begin at pytest's rootdir.

    ``mappings`` is where mappings are looked for unless an option says it.
    """

    def __init__(self, config: pytest.Config, mappings: str) -> None:
        self.config = config
        self.usual = mappings
        self.root = config.rootpath
        from stdconv.errors import Place

        self.place = Place(str(config.inipath)) if config.inipath else None

    def mappings(self) -> frozenset[Path]:
        """Return the files that may be mappings."""
        patterns = self.lines("stdconv_mappings")
        if not patterns:
            anywhere = self.files(str(Path(self.usual).with_name("*")))
            return frozenset(path for path in anywhere if path.suffix.lower() in YAML)
        return frozenset(path for pattern in patterns for path in self.found("stdconv_mappings", pattern))

    def samples(self) -> dict[Path, list[str]]:
        """Return the names of the schemas that each sample file must obey."""
        schemas: dict[Path, list[str]] = {}
        for line in self.lines("stdconv_samples"):
            pattern, _, schema = line.rpartition(" ")
            if not pattern:
                raise usage(self.fault("C0010", option="stdconv_samples", expected="PATTERN SCHEMA"))
            self.ensure_schema(schema)
            for path in self.found("stdconv_samples", pattern.strip()):
                names = schemas.setdefault(path, [])
                names += [] if schema in names else [schema]
        return schemas

    def records(self) -> int | None:
        """Return how many records the laws are tried on, where that is said."""
        given = self.text("stdconv_records")
        if given and not (given.isascii() and given.isdigit()):
            from stdconv.findings.phrases import phrase

            raise usage(self.fault("C0010", option="stdconv_records", expected=phrase("plugin-option", "records")))
        return int(given) if given else None

    def fail_on(self) -> Threshold:
        """Return the severity from which on findings fail."""
        from stdconv.findings.registry import Threshold

        known: dict[str, Threshold] = {each: each for each in get_args(Threshold)}
        given = self.text("stdconv_fail_on") or "refuse"
        if given not in known:
            raise usage(self.fault("C0010", option="stdconv_fail_on", expected=list(known)))
        return known[given]

    def site(self) -> str | None:
        """Return the site file, where there is one; what is wrong in it is reported by the items of sample files."""
        return self.text("stdconv_site") or None

    def fault(self, code: str, **words: object) -> Fault:
        """Return what is wrong with an option, in the configuration file."""
        from stdconv.findings.registry import fault

        return fault(code, self.place, **words)

    def text(self, option: str) -> str:
        """Return an option's text, empty where it is not set."""
        return str(self.config.getini(option) or "").strip()

    def lines(self, option: str) -> list[str]:
        """Return an option's lines, without empty ones."""
        stripped = (str(line).strip() for line in self.config.getini(option) or ())
        return [line for line in stripped if line]

    def ensure_schema(self, name: str) -> None:
        """Raise ``pytest.UsageError`` where no schema has that name or path."""
        from stdconv.definitions import catalog
        from stdconv.errors import DefinitionError

        try:
            with contextlib.chdir(self.root):
                catalog.find("schema", name)
        except DefinitionError as error:
            raise usage(*error.faults) from None

    def found(self, option: str, pattern: str) -> list[Path]:
        """Return the files that ``pattern`` finds, at least one: files that are gone must not look like good ones."""
        try:
            files = self.files(pattern)
        except (ValueError, NotImplementedError):  # an absolute path, or a part that is not a pattern
            files = []
        if not files:
            raise usage(self.fault("C0031", option=option, pattern=pattern, root=self.root))
        return files

    def files(self, pattern: str) -> list[Path]:
        """Return the files below rootdir that ``pattern`` finds."""
        return [path for path in self.root.glob(pattern) if path.is_file()]


def usage(*faults: Fault) -> pytest.UsageError:
    """Return what ends pytest with ``faults``."""
    from stdconv.findings.language import language

    return pytest.UsageError(*(each.text(language()) for each in faults))


Answer: TypeAlias = tuple[bool, str]
"""Whether a file is good, and what is reported about it."""

Question: TypeAlias = tuple[str, Callable[[str, str], Answer]]
"""The name of an item, and what answers it, given the file and the language."""


def lint(file: str, lang: str, *, fail_on: Threshold) -> Answer:
    """Answer whether a mapping has faults, or warnings where these fail."""
    from stdconv.findings.registry import reaches
    from stdconv.linting.lint import lint as linted
    from stdconv.linting.report import lint_text

    found = linted(file)
    return not (found.faults or (found.warnings and reaches("warn", fail_on))), lint_text(found, lang)


def prove(file: str, lang: str, *, only: Half, records: int) -> Answer:
    """Answer whether a mapping's examples come true, or its laws hold."""
    from stdconv.proving.prove import prove as proven
    from stdconv.proving.report import proof_text

    proof = proven(file, only=only, records=records)
    return proof.holds, proof_text(proof, lang)


def validate(file: str, lang: str, *, schema: str, site: str | None, fail_on: Threshold) -> Answer:
    """Answer whether a standard file obeys a schema, as far as its site insists."""
    from stdconv.errors import StdconvError
    from stdconv.japan.visible import visible
    from stdconv.reports.model import Report
    from stdconv.reports.text import report_text
    from stdconv.runs.sites import site_of
    from stdconv.runs.validate import validate_file
    from stdconv.standard.schema import load_schema

    loaded = load_schema(schema)
    decided = site_of(Path(site) if site else None, loaded)
    try:
        report = validate_file(loaded, Path(file), site=decided, fail_on=fail_on)
    except StdconvError as error:
        report = Report.unread("validate", loaded.name, Path(file), error)
    return report.exit_code == 0, f"{visible(f'{file}: {schema}')}\n{report_text(report, lang)}"


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
        from stdconv.findings.language import language

        with contextlib.chdir(self.config.rootpath):
            is_good, text = self.answer(os.path.relpath(self.path), language())
        if not is_good:
            raise WrongError(text)
        self.add_report_section("call", "stdconv", text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return what the command line would print; never a traceback, which could show a resident's values."""
        from stdconv.errors import StdconvError
        from stdconv.findings.language import language
        from stdconv.findings.registry import fault

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
