"""A vendor's repository: its hooks find what is wrong in one bad sample."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "tests" / "vendor_repository"
HOOKS = ".pre-commit-config.yaml"

BAD = "samples/bad.csv"
FINDING = ("S0005", "生年月日", "2", "3")
"""What is wrong in the bad sample: 1990 had no 29 February. Its code, its column, its record, its line."""

Ran = subprocess.CompletedProcess[str]


def ran(*command: object, folder: Path, **environment: str) -> Ran:
    known = {key: value for key, value in os.environ.items() if not key.startswith(("STDCONV_", "GIT_"))}
    tools = os.pathsep.join((str(Path(sys.executable).parent), known["PATH"]))
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=known | {"PATH": tools, "LANG": "C.UTF-8"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def committed(folder: Path) -> str:
    """Make a repository of a folder and return the name of its one commit."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "all")):
        done = ran("git", *command, folder=folder)
        assert done.returncode == 0, done.stderr
    return ran("git", "rev-parse", "HEAD", folder=folder).stdout.strip()


def copied(folder: Path) -> Path:
    return shutil.copytree(SHIPPED, folder)


def found(text: str) -> set[tuple[str, ...]]:
    """Return code, column, records and lines of what a text says to be refused."""
    return set(re.findall(r"(?m)^refuse (\w+) \S+  (\S+)  ×1  records (\d+)  lines (\d+)  ", text))


# Before each commit


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Ran]]:
    """Run a hook of the vendor's repository, installed by pre-commit itself from what this checkout holds now.

    That needs the package index, as setting up for development does.
    """
    folder = tmp_path_factory.mktemp("hooks")
    ours = folder / "stdconv"
    ours.mkdir()
    for name in ("src", "schemas", "mappings"):
        shutil.copytree(ROOT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, ours)
    version = committed(ours)
    repository = copied(folder / "repository")
    configured = (repository / HOOKS).read_text(encoding="utf-8")
    for old, new in (("https://git.example.com/stdconv", str(ours)), ("v0.1.0", version)):
        assert configured.count(old) == 1
        configured = configured.replace(old, new)
    (repository / HOOKS).write_text(configured, encoding="utf-8")
    committed(repository)
    store = folder / "store"

    def run(hook: str, *files: str) -> Ran:
        chosen = ("--files", *files) if files else ("--all-files",)
        command = (sys.executable, "-m", "pre_commit", "run", hook, *chosen)
        environment = {"PRE_COMMIT_HOME": str(store), "PYTHONPATH": "", "PRE_COMMIT_COLOR": "never"}
        return ran(*command, folder=repository, **environment)

    yield run
    shutil.rmtree(folder)  # an environment of 250 MB, which pytest would keep


def test_the_hooks_find_it_from_an_environment_of_their_own(hooked: Callable[..., Ran]) -> None:
    linted, validated = hooked("stdconv-lint"), hooked("stdconv-validate")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert re.search(r"(?m)^stdconv lint\.+Passed$", linted.stdout)
    assert validated.returncode == 1, validated.stdout + validated.stderr
    assert found(validated.stdout) == {FINDING}
    assert f"\n{BAD}\nread 3  accepted 2  refused 1\n" in validated.stdout
    assert "\nsamples/good.csv\nread 3  accepted 3  refused 0\n" in validated.stdout
    assert hooked("stdconv-validate", "samples/good.csv").returncode == 0
    skipped = hooked("stdconv-lint", "pyproject.toml", BAD)
    assert "(no files to check)Skipped" in skipped.stdout
