"""What the configuration file says to ``--stdconv``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import get_args

import pytest

from stdconv.definitions import catalog
from stdconv.errors import DefinitionError, Fault, Place
from stdconv.findings.language import language
from stdconv.findings.registry import Threshold, fault


class Options:
    """The options; what one says wrongly is raised as ``pytest.UsageError``. Patterns begin at pytest's rootdir.

    ``mappings`` is where mappings are looked for unless an option says it.
    """

    def __init__(self, config: pytest.Config, mappings: str) -> None:
        self.config = config
        self.usual = mappings
        self.root = config.rootpath
        self.place = Place(str(config.inipath)) if config.inipath else None

    def mappings(self) -> frozenset[Path]:
        """Return the files that may be mappings."""
        patterns = self.lines("stdconv_mappings")
        if not patterns:
            return frozenset(self.files(self.usual))
        return frozenset(path for pattern in patterns for path in self.found("stdconv_mappings", pattern))

    def samples(self) -> dict[Path, list[str]]:
        """Return the names of the schemas that each sample file must obey."""
        schemas: dict[Path, list[str]] = {}
        for line in self.lines("stdconv_samples"):
            pattern, _, schema = line.rpartition(" ")
            if not pattern:
                raise usage(fault("C0010", self.place, option="stdconv_samples", expected="PATTERN SCHEMA"))
            self.ensure_schema(schema)
            for path in self.found("stdconv_samples", pattern.strip()):
                names = schemas.setdefault(path, [])
                names += [] if schema in names else [schema]
        return schemas

    def records(self) -> int | None:
        """Return how many records the laws are tried on, where that is said."""
        given = self.text("stdconv_records")
        if given and not (given.isascii() and given.isdigit()):
            raise usage(fault("C0010", self.place, option="stdconv_records", expected="300"))
        return int(given) if given else None

    def fail_on(self) -> Threshold:
        """Return the severity from which on findings fail."""
        known: dict[str, Threshold] = {each: each for each in get_args(Threshold)}
        given = self.text("stdconv_fail_on") or "refuse"
        if given not in known:
            raise usage(fault("C0010", self.place, option="stdconv_fail_on", expected=", ".join(known)))
        return known[given]

    def site(self) -> str | None:
        """Return the site file, where there is one; what is wrong in it, the items of sample files tell."""
        return self.text("stdconv_site") or None

    def text(self, option: str) -> str:
        """Return an option's text, empty where there is none."""
        return str(self.config.getini(option) or "").strip()

    def lines(self, option: str) -> list[str]:
        """Return an option's lines, without empty ones."""
        stripped = (str(line).strip() for line in self.config.getini(option) or ())
        return [line for line in stripped if line]

    def ensure_schema(self, name: str) -> None:
        """Raise ``pytest.UsageError`` where there is no schema of that name or path."""
        try:
            with contextlib.chdir(self.root):
                catalog.find("schema", name)
        except DefinitionError as error:
            raise usage(*error.faults) from None

    def found(self, option: str, pattern: str) -> list[Path]:
        """Return the files that ``pattern`` finds, at least one: files that are gone must not look like good ones."""
        try:
            files = self.files(pattern)
        except (ValueError, NotImplementedError):  # an absolute path, or a part that is no pattern
            files = []
        if not files:
            raise usage(fault("C0031", self.place, option=option, pattern=pattern, root=self.root))
        return files

    def files(self, pattern: str) -> list[Path]:
        """Return the files below rootdir that ``pattern`` finds."""
        return [path for path in self.root.glob(pattern) if path.is_file()]


def usage(*faults: Fault) -> pytest.UsageError:
    """Return what ends pytest with ``faults``."""
    return pytest.UsageError(*(each.text(language()) for each in faults))
