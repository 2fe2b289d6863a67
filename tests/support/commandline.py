"""Commands run as people and scripts run them: in a process of their own, or, where nothing asks for one, in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from support.paths import TOP

Ended = subprocess.CompletedProcess[str]

LEFT_OUT = ("CI", "GIT_", "LANG", "LC_", "NO_COLOR", "PYTHON", "STDCONV_", "TERM")
"""How variables begin that choose a language, an encoding, colours, or what Python or pytest does.

Under ``CI`` pytest shows failures a second time, whole, in its summary.
"""


TYPES = TOP / ".mypy_cache" / "users"
"""Where mypy keeps what it found out about polars and stdconv: each test of what users write would ask again."""


def surroundings(**variables: str) -> dict[str, str]:
    """Return the environment without anything that chooses how a command behaves, and with ``variables``."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    return bare | {"PYTHONUTF8": "1", "MYPY_CACHE_DIR": str(TYPES)} | variables


def command(*arguments: object) -> list[str]:
    """Return the words that run stdconv, whatever is on the path."""
    return [sys.executable, "-m", "stdconv", *map(str, arguments)]


def ran(*words: object, folder: Path | None, **variables: str) -> Ended:
    """Run any command in ``folder`` (``None``: where we are) and return how it ended; text is UTF-8."""
    return subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=surroundings(**variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def stdconv(*arguments: object, **variables: str) -> Ended:
    """Run stdconv in a process of its own and return how it ended."""
    return ran(*command(*arguments), folder=None, **variables)


def in_bare_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command that runs in this process find the environment that ``surroundings`` gives to others."""
    for name in os.environ.keys() - surroundings().keys():
        monkeypatch.delenv(name)


def said(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run stdconv in this process; return its exit code and what it alone wrote to stdout and to stderr."""
    capfd.readouterr()
    code = run([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    return code, out, err
