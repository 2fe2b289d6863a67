"""A vendor's repository: its tests, its hooks and its CI find the same in one bad sample; docs/ci.md shows its files."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from stdconv.pytest_plugin import OPTIONS
from support.commandline import Ended, ran
from support.mappings import changed
from support.pages import blocks, page_text
from support.paths import DOCS, TESTS, TOP

pytestmark = pytest.mark.e2e

SHIPPED = TESTS / "vendor_repository"
PYTEST, HOOKS = "pyproject.toml", ".pre-commit-config.yaml"
GITHUB, GITLAB = ".github/workflows/stdconv.yml", ".gitlab-ci.yml"
PAGES = ("ci.md", "ci.ja.md")

MAPPING = "mappings/resident-link.yaml"
BAD = "samples/bad.csv"
FINDING = ("S0005", "生年月日", 2, 3)
"""What is wrong in the bad sample, where 1990 has a 29 February: its code, its column, its record, its line."""

Found = tuple[str, str, int, int]


def ran_here(*words: object, folder: Path, **variables: str) -> Ended:
    """Run a command with what is installed beside this Python on its path."""
    tools = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return ran(*words, folder=folder, PATH=tools, **variables)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "repository")


def committed(folder: Path) -> str:
    """Make a repository of a folder and return the name of its one commit."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "all")):
        done = ran_here("git", *command, folder=folder)
        assert done.returncode == 0, done.stderr
    return ran_here("git", "rev-parse", "HEAD", folder=folder).stdout.strip()


def in_text(text: str) -> list[Found]:
    """Return what a text says to be refused."""
    matches = re.findall(r"(?m)^refuse (\w+) \S+  (\S+)  ×1  records (\d+)  lines (\d+)  ", text)
    return [(code, column, int(record), int(line)) for code, column, record, line in matches]


def in_annotations(text: str) -> list[Found]:
    """Return what annotations of GitHub's say; the line of each is that of its text."""
    matches = re.findall(
        rf"(?m)^::error file={BAD},line=(\d+),title=(\w+) \S+ (\S+)::×1 records (\d+) lines (\d+) ", text
    )
    assert all(line == again for line, *_, again in matches)
    assert len(matches) == text.count("::error ")
    return [(code, column, int(record), int(line)) for line, code, column, record, _ in matches]


def in_sarif(file: Path) -> list[Found]:
    """Return the results in a file of SARIF; the record stands only in the text."""
    (run,) = json.loads(file.read_text(encoding="utf-8"))["runs"]
    found = []
    for result in run["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == BAD
        column = location["logicalLocations"][0]["fullyQualifiedName"].rpartition("/")[2]
        record = re.search(r" records (\d+) ", result["message"]["text"])
        assert record is not None
        found.append((result["ruleId"], column, int(record[1]), place["region"]["startLine"]))
    return found


def in_junit(file: Path) -> list[Found]:
    """Return the failures in a file of JUnit XML."""
    failed = [
        (case, failure)
        for case in ET.parse(file).iter("testcase")  # noqa: S314 -- ours
        if (failure := case.find("failure")) is not None
    ]
    assert [case.get("classname") for case, _ in failed] == [BAD]
    found = []
    for case, failure in failed:
        code, _, column = case.get("name", "").split()
        numbers = re.search(r" records (\d+) lines (\d+) ", failure.get("message", ""))
        assert numbers is not None
        found.append((code, column, int(numbers[1]), int(numbers[2])))
    return found


# The three ways


def plugin(repository: Path, *arguments: str) -> Ended:
    return ran_here(sys.executable, "-m", "pytest", "--stdconv", "-Werror", *arguments, folder=repository)


@contextmanager
def hooked(folder: Path, repository: Path) -> Iterator[Any]:
    """Yield what runs a hook, installed by pre-commit itself from what this checkout holds now.

    That needs the package index, as setting up for development does.
    """
    ours, store = folder / "stdconv", folder / "store"
    ours.mkdir()
    for name in ("src", "schemas", "mappings"):
        shutil.copytree(TOP / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(TOP / name, ours)
    configured = (repository / HOOKS).read_text(encoding="utf-8")
    configured = changed(configured, ("https://git.example.com/stdconv", str(ours)), ("v0.1.0", committed(ours)))
    (repository / HOOKS).write_text(configured, encoding="utf-8")
    committed(repository)

    def run(hook: str, *files: str) -> Ended:
        chosen = ("--files", *files) if files else ("--all-files",)
        environment = {
            "PRE_COMMIT_HOME": str(store),
            "PYTHONPATH": "",
            "PRE_COMMIT_COLOR": "never",
            "PIP_NO_COMPILE": "1",
        }
        return ran_here(sys.executable, "-m", "pre_commit", "run", hook, *chosen, folder=repository, **environment)

    yield run
    shutil.rmtree(store)  # an environment of 250 MB, which pytest would keep


def steps() -> list[str]:
    """Return the commands of the workflow's steps but of the first, which installs what is installed here."""
    workflow = yaml.safe_load((SHIPPED / GITHUB).read_text(encoding="utf-8"))
    first, *others = [step["run"] for step in workflow["jobs"]["stdconv"]["steps"] if "run" in step]
    assert first == 'python -m pip install "$STDCONV" pytest'
    return others


def in_ci(command: str, repository: Path) -> Ended:
    """Run a step as GitHub does where no shell is named."""
    return ran_here("bash", "-e", "-c", command, folder=repository)


def test_the_plugin_the_hooks_and_ci_point_at_the_same_finding(repository: Path, tmp_path: Path) -> None:
    tested = plugin(repository)
    assert tested.returncode == 1, tested.stdout + tested.stderr
    assert re.findall(r"(?m)^FAILED (\S+) ", tested.stdout) == [f"{BAD}::validate[resident-link/1.0]"]
    assert " 1 failed, 4 passed in " in tested.stdout

    with hooked(tmp_path, repository) as hook:
        linted, validated, good = (
            hook("stdconv-lint"),
            hook("stdconv-validate"),
            hook("stdconv-validate", "samples/good.csv"),
        )
        skipped = hook("stdconv-lint", PYTEST, BAD)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert re.search(r"(?m)^stdconv lint\.+Passed$", linted.stdout)
    assert validated.returncode == 1, validated.stdout + validated.stderr
    assert f"== {BAD} ==\nread 3  accepted 2  refused 1\n" in validated.stdout
    assert good.returncode == 0, good.stdout + good.stderr
    assert "(no files to check)Skipped" in skipped.stdout

    first, second, third = (in_ci(step, repository) for step in steps())
    assert [each.returncode for each in (first, second, third)] == [0, 1, 1]

    matches = [in_text(each.stdout) for each in (tested, validated, second)]
    matches += [in_text(third.stderr), in_annotations(third.stdout)]
    matches += [in_sarif(repository / "stdconv.sarif"), in_junit(repository / "stdconv.xml")]
    assert matches == [[FINDING]] * 7


def test_the_plugin_and_ci_point_at_the_same_place_of_a_wrong_mapping(repository: Path) -> None:
    mapping = repository / MAPPING
    text = mapping.read_text(encoding="utf-8")
    wrong = text.replace('男: "1", 女: "2"', '女: "1", 男: "2"')
    mapping.write_text(wrong, encoding="utf-8")
    line = next(number for number, each in enumerate(wrong.splitlines(), start=1) if '女: "1"' in each)
    tested, linted = plugin(repository, "-k", "lint"), in_ci(steps()[0], repository)
    assert (tested.returncode, linted.returncode) == (1, 2)
    matches = set(re.findall(rf"(?m)^{MAPPING}:(\d+):(\d+): (M\d+) ", tested.stdout))
    assert {(place, code) for place, _, code in matches} >= {(str(line), "M0047")}
    annotated = re.findall(rf"(?m)^::error file={MAPPING},line=(\d+),col=(\d+),title=(M\d+) ", linted.stdout)
    assert set(annotated) == matches


def test_without_the_bad_sample_everything_is_good(repository: Path) -> None:
    (repository / BAD).unlink()
    for step in steps():
        done = in_ci(step, repository)
        assert done.returncode == 0, step + done.stdout + done.stderr
        assert "::" not in done.stdout


# What stands beside the commands


def test_the_workflow_uploads_what_its_commands_write_whatever_failed_before() -> None:
    workflow = yaml.safe_load((SHIPPED / GITHUB).read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used == ["actions/checkout@v4", "actions/setup-python@v5", "github/codeql-action/upload-sarif@v3"]
    install, lint, *others = job["steps"][2:]
    assert [step.get("if") for step in (install, lint)] == [None, None]
    assert {step["if"] for step in others} == {"${{ !cancelled() }}"}
    assert f"--report sarif={others[-1]['with']['sarif_file']} " in others[-2]["run"]
    assert workflow["permissions"]["security-events"] == "write"
    assert "STDCONV" in workflow["env"]


def test_gitlabs_lines_write_the_report_that_they_keep(repository: Path) -> None:
    (job,) = yaml.safe_load((SHIPPED / GITLAB).read_text(encoding="utf-8")).values()
    install, validate = job["script"]
    assert install == 'python -m pip install "$STDCONV"'
    assert "STDCONV" in job["variables"]
    assert in_ci(validate, repository).returncode == 1
    assert job["artifacts"]["when"] == "always"
    assert in_junit(repository / job["artifacts"]["reports"]["junit"]) == [FINDING]


# The pages


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_the_files_of_the_repository(page: str) -> None:
    shown = {file: body for _, file, body in blocks(page_text(page)) if file}
    assert shown == {file: (SHIPPED / file).read_text(encoding="utf-8") for file in (PYTEST, HOOKS, GITHUB, GITLAB)}


def test_the_page_shows_what_its_command_prints(repository: Path) -> None:
    (command,) = [body for kind, _, body in blocks(page_text(PAGES[0])) if kind == "sh"]
    (text,) = [body for kind, _, body in blocks(page_text(PAGES[0])) if kind == "text"]
    line, _, said = command.partition("#")
    done = in_ci(line, repository)
    assert f"exits {done.returncode}" == said.strip()
    assert text in done.stdout


def test_both_languages_show_the_same_blocks() -> None:
    assert blocks(page_text(PAGES[0])) == blocks(page_text(PAGES[1]))


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_names_exists_and_every_option_is_named(page: str) -> None:
    text = page_text(page)
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, heading = link.partition("#")
        assert (DOCS / file).exists(), link
        assert not heading or f"## {heading.replace('-', ' ')}" in (DOCS / file).read_text("utf-8").lower()
    assert re.findall(r"(?m)^\| `(\w+)` \|", text) == [name for name, _, _ in OPTIONS]
    (hooks,) = yaml.safe_load((SHIPPED / HOOKS).read_text(encoding="utf-8"))["repos"]
    offered = [hook["id"] for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))]
    assert [hook["id"] for hook in hooks["hooks"]] == offered
