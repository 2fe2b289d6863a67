"""``pytest --stdconv``: what is collected, what is said, and that nothing happens without it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from stdconv.definitions import catalog
from stdconv.runs import validate
from support.commandline import said
from support.mappings import changed
from support.paths import TESTS, TOP

pytest_plugins = ["pytester"]

SHIPPED = TESTS / "vendor_repository"
HEAVY = {"polars", "hypothesis", "pydantic", "jsonschema", "yaml", "click", "rich"}
MAPPING = "mappings/resident-link.yaml"
SCHEMA = "resident-link/1.0"
VALIDATE = f"validate[{SCHEMA}]"
NAME = "行政　太郎"
"""A value of the bad sample's bad record."""

OPTIONS = 'stdconv_samples = ["samples/*.csv resident-link/1.0"]\nstdconv_records = 5\n'


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("STDCONV_LANG", "en")
    return Project(pytester)


class Project:
    """A vendor's repository in which warnings are errors, as the fixture has it but for the bad sample."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        for file in (MAPPING, "samples/good.csv"):
            self.write(file, (SHIPPED / file).read_text(encoding="utf-8"))
        self.options(OPTIONS)

    def write(self, file: str, content: str | bytes) -> None:
        path = self.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def options(self, text: str, table: str = "tool.pytest.ini_options") -> None:
        self.write("pyproject.toml", f'[{table}]\nfilterwarnings = ["error"]\n{text}')

    def add_bad_sample(self) -> None:
        self.write("samples/bad.csv", (SHIPPED / "samples" / "bad.csv").read_bytes())

    def mapping(self, *changes: tuple[str, str]) -> str:
        return changed((SHIPPED / MAPPING).read_text(encoding="utf-8"), *changes)

    def run(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess("-Werror", "-pno:cacheprovider", *arguments)

    def collected(self, *arguments: str) -> list[str]:
        """Return the node ids that are collected with ``--stdconv``."""
        result = self.run("--stdconv", "--collect-only", "-q", *arguments)
        return [line for line in result.outlines if "::" in line]

    def outcomes(self, *arguments: str) -> dict[str, str]:
        """Return what became of each item of a run with ``--stdconv``."""
        record = self.pytester.inline_run("-Werror", "-pno:cacheprovider", "--stdconv", *arguments)
        return {
            each.nodeid: each.outcome for each in record.getreports("pytest_runtest_logreport") if each.when == "call"
        }


WHOLE = [*(f"{MAPPING}::{name}" for name in ("lint", "examples", "laws")), f"samples/good.csv::{VALIDATE}"]


@pytest.mark.e2e
def test_importing_the_plugin_imports_nothing_heavy() -> None:
    script = "import json, sys; import stdconv.pytest_plugin; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout))
    assert "stdconv.pytest_plugin" in modules
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("stdconv")} == {
        "stdconv",
        "stdconv.pytest_plugin",
        "stdconv.version",
    }


@pytest.mark.e2e
def test_without_the_option_nothing_is_collected_or_imported(project: Project) -> None:
    project.add_bad_sample()
    project.options('stdconv_samples = ["nothing/* no-schema"]\nstdconv_fail_on = "often"\n')
    lines = ["import sys", "def test_nothing_is_there(request):"]
    lines += [f"    assert {name!r} not in sys.modules" for name in ("polars", "pydantic", "stdconv.findings.registry")]
    lines += ["    assert request.config.pluginmanager.has_plugin('stdconv')"]
    project.write("test_own.py", "\n".join(lines))
    result = project.pytester.runpytest_subprocess("-Werror")
    result.assert_outcomes(passed=1)


def test_mappings_yield_three_items_and_samples_one_wherever_other_tests_are(project: Project) -> None:
    project.options(OPTIONS + 'testpaths = ["tests"]\n')
    project.write("tests/test_own.py", "def test_own(): pass\n")
    assert project.collected() == ["tests/test_own.py::test_own", *WHOLE]
    assert project.outcomes() == dict.fromkeys(["tests/test_own.py::test_own", *WHOLE], "passed")


@pytest.mark.slow
def test_files_have_names_of_any_kind(project: Project) -> None:
    project.write("mappings/住民記録/連携 項目.yaml", project.mapping())
    project.write("mappings/build/[1].yaml", project.mapping())
    project.write("samples/住民.csv", (SHIPPED / "samples" / "good.csv").read_bytes())
    passed = project.outcomes("-k", "laws or validate")
    names = ["mappings/build/[1].yaml", MAPPING, "mappings/住民記録/連携 項目.yaml"]
    samples = ["samples/good.csv", "samples/住民.csv"]
    expected = [*(f"{name}::laws" for name in names), *(f"{name}::{VALIDATE}" for name in samples)]
    assert passed == dict.fromkeys(expected, "passed")


def test_a_base_is_a_mapping_as_what_extends_it_and_a_piece_is_none(project: Project) -> None:
    project.write("mappings/extending.yaml", "extends: resident-link.yaml\nid: vendor-d/other\n")
    project.write("mappings/piece.yaml", "table: {男: '1'}\n")
    project.write("mappings/list.yaml", "- 男\n- 女\n")
    project.write("mappings/table.csv", "男,1\n")
    project.write("mappings/folder.yaml/readme.txt", "")
    project.write("mappings/OTHER.YML", project.mapping())
    assert project.collected("-k", "lint") == [
        "mappings/OTHER.YML::lint",
        "mappings/extending.yaml::lint",
        f"{MAPPING}::lint",
    ]


def test_the_configuration_names_other_places(project: Project) -> None:
    project.write("ours/a.yml", project.mapping())
    project.write("ours/own.schema.json", catalog.find("schema", SCHEMA).read_bytes())
    project.write("data/月 次.csv", (SHIPPED / "samples" / "good.csv").read_bytes())
    lines = [f"data/月 次.csv {SCHEMA}", f"data/*  {SCHEMA}", "data/*.csv ours/own.schema.json"]
    project.options(f'stdconv_mappings = ["ours/*.yml", "ours/a.*"]\nstdconv_samples = {json.dumps(lines)}\n')
    ids = [f"data/月 次.csv::{VALIDATE}", "data/月 次.csv::validate[ours/own.schema.json]"]
    assert project.collected() == [*ids, *(f"ours/a.yml::{name}" for name in ("lint", "examples", "laws"))]
    assert project.outcomes("-k", "validate") == dict.fromkeys(ids, "passed")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["tests"], ["tests/test_own.py::test_own"]),
        (["mappings"], WHOLE[:3]),
        (["."], [*WHOLE, "tests/test_own.py::test_own"]),
        ([f"{MAPPING}::examples", "samples"], WHOLE[1:2] + WHOLE[3:]),
        (["samples/good.csv::validate"], WHOLE[3:]),
        ([f"samples/good.csv::{VALIDATE}"], WHOLE[3:]),
        (["--ignore=samples"], ["tests/test_own.py::test_own", *WHOLE[:3]]),
        (["--deselect", WHOLE[0], "-k", "not own"], WHOLE[1:]),
    ],
)
def test_arguments_say_what_is_collected(project: Project, arguments: list[str], expected: list[str]) -> None:
    project.options(OPTIONS + 'testpaths = ["tests"]\n')
    project.write("tests/test_own.py", "def test_own(): pass\n")
    assert project.collected(*arguments) == expected


def test_from_a_folder_below_that_folder_is_collected(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.path / "samples")
    assert project.collected() == WHOLE[3:]
    monkeypatch.chdir(project.path / "mappings")
    assert project.outcomes("-k", "not laws") == dict.fromkeys(WHOLE[:2], "passed")


@pytest.mark.e2e
def test_two_workers_give_the_same_outcomes_as_one(project: Project) -> None:
    project.options(OPTIONS + 'testpaths = ["tests"]\n')
    project.add_bad_sample()
    project.write("mappings/住民.yaml", project.mapping())
    project.write("tests/test_own.py", "def test_own(): pass\n")
    one = project.outcomes("-k", "not laws")
    result = project.pytester.runpytest_subprocess("--stdconv", "-Werror", "-n2", "-v", "-k", "not laws")
    lines = [
        found.groups() for line in result.outlines if (found := re.match(r"\[gw[01]\] \[.{4}\] (\w+) (.*) $", line))
    ]
    assert len(lines) == 7
    assert {id_: outcome.lower() for outcome, id_ in lines} == one


def test_the_last_failures_are_run_alone(project: Project) -> None:
    project.add_bad_sample()
    result = project.pytester.runpytest_inprocess("--stdconv", "-k", "validate")
    result.assert_outcomes(passed=1, failed=1, deselected=3)
    project.pytester.runpytest_inprocess("--stdconv", "--lf").assert_outcomes(failed=1)


# What is said


def printed(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command line prints."""
    _, out, err = said(capfd, *arguments)
    return out + err


def sections(result: pytest.RunResult) -> dict[str, str]:
    """Return what is said under the heading of each failure."""
    found: dict[str, list[str]] = {}
    heading = None
    for line in result.outlines:
        if line.startswith("___") and line.endswith("___"):
            heading = line.strip("_ ")
        elif line.startswith("==="):
            heading = None
        elif heading is not None:
            found.setdefault(heading, []).append(line)
    return {heading: "\n".join(lines) for heading, lines in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_failures_say_what_the_command_line_prints_in_the_language_of_the_environment(
    project: Project, lang: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STDCONV_LANG", lang)
    project.write(MAPPING, project.mapping(('男: "1", 女: "2"', '女: "1", 男: "2"')))
    project.add_bad_sample()
    result = project.run("--stdconv")
    result.assert_outcomes(failed=3, passed=2)  # what is swapped comes back: no law breaks
    sections_said = sections(result)
    monkeypatch.chdir(project.path)
    linted = printed(capfd, "lint", MAPPING)
    assert f"{MAPPING}:16:61: M0047 wording-of-another-code: " in linted
    assert sections_said[f"lint {MAPPING}"] == linted.strip()
    proven = printed(capfd, "prove", MAPPING, "--records", "0", "--only", "examples")
    assert "P0002 example-differs: " in proven
    assert sections_said[f"examples {MAPPING}"] == proven.strip()
    validated = printed(capfd, "validate", "samples/bad.csv", "-s", SCHEMA)
    assert "S0005 not-a-calendar-date  生年月日  ×1  " in validated
    assert sections_said[f"{VALIDATE} samples/bad.csv"] == f"samples/bad.csv: {SCHEMA}\n{validated.strip()}"
    japanese = "誤り" in linted and "差戻し" in validated and "証明できません" in proven
    assert japanese is (lang == "ja")


@pytest.mark.slow
def test_failures_show_neither_a_traceback_nor_a_residents_value(project: Project) -> None:
    project.add_bad_sample()
    text = project.run("--stdconv", "-l", "--tb=long", "-vv").stdout.str()
    assert "S0005" in text
    for unwanted in ("Traceback", "Error", "checks.py", "1990", "02-29", NAME, "1000000002"):
        assert unwanted not in text, unwanted


@pytest.mark.slow
def test_what_holds_is_told_on_request(project: Project) -> None:
    text = project.run("--stdconv", "-rP").stdout.str()
    assert f"{MAPPING}: every law held; the examples were not asked for; examples 3, generated records " in text
    assert "read 3  accepted 3  refused 0" in text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a: [\n", "M0001"),
        (b"\x80\x81", "M0001"),
        ("", "M0001"),
        ("grammar: 1\n", "M0007"),
        ("extends: no.yaml\n", "M0064"),
    ],
)
def test_a_mapping_that_cannot_be_read_fails_each_of_its_items(
    project: Project, content: str | bytes, code: str
) -> None:
    project.write(MAPPING, content)
    result = project.run("--stdconv", MAPPING)
    result.assert_outcomes(failed=3)
    assert all(f" {code} " in text for text in sections(result).values())


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "C0005"), ("いろは\r\n1\r\n", "S0009"), ("宛名番号\r\n1\r\n".encode("cp932"), "E0005")]
)
def test_a_sample_that_cannot_be_read_fails(project: Project, content: str | bytes, code: str) -> None:
    project.write("samples/good.csv", content)
    result = project.run("--stdconv", "samples")
    result.assert_outcomes(failed=1)
    (text,) = sections(result).values()
    assert code in text


@pytest.mark.parametrize("name", ["empty.ndjson", "EMPTY.CSV", "empty.Parquet"])
def test_an_empty_sample_fails_in_every_format(project: Project, name: str) -> None:
    project.options(OPTIONS.replace("*.csv", f"{name[:-3]}*"))
    project.write(f"samples/{name}", b"")
    result = project.run("--stdconv", "samples")
    result.assert_outcomes(failed=1)
    (text,) = sections(result).values()
    assert "C0005" in text


def test_a_file_that_is_gone_fails_alone(project: Project) -> None:
    project.write("samples/brief.csv", (SHIPPED / "samples" / "good.csv").read_bytes())
    project.write(
        "conftest.py", "import pathlib\ndef pytest_runtestloop(): pathlib.Path('samples/brief.csv').unlink()\n"
    )
    result = project.run("--stdconv", "-k", "validate")
    result.assert_outcomes(failed=1, passed=1, deselected=3)
    assert "samples/brief.csv cannot be read" in sections(result)[f"{VALIDATE} samples/brief.csv"]


def test_a_bug_is_told_without_its_words(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def defective(*_: Any, **__: Any) -> None:
        raise ValueError(NAME)

    monkeypatch.setattr(validate, "validate_file", defective)
    result = project.run("--stdconv", "-l", "samples")
    result.assert_outcomes(failed=1)
    (text,) = sections(result).values()
    assert text.startswith("C0099 bug: An unexpected error occurred in stdconv itself (ValueError).")
    assert NAME not in result.stdout.str() + result.stderr.str()


@pytest.mark.slow
@pytest.mark.parametrize(("fail_on", "failed"), [("never", set()), ("refuse", set()), ("warn", {"lint", VALIDATE})])
def test_the_configuration_says_from_which_severity_on_findings_fail(
    project: Project, fail_on: str, failed: set[str]
) -> None:
    # a code that is never written (M0049), and a last line without its end (R0007)
    project.write(MAPPING, project.mapping((', 不明: "0"', ""), ("性別: 不明", "性別: 女"), ('性別: "0"', '性別: "2"')))
    project.write("samples/good.csv", (SHIPPED / "samples" / "good.csv").read_bytes().rstrip())
    project.options(OPTIONS + f'stdconv_fail_on = "{fail_on}"\n')
    outcomes = project.outcomes()
    assert {id_.partition("::")[2] for id_, outcome in outcomes.items() if outcome == "failed"} == failed


SITE = "site: 甲市\ndecisions:\n  - {code: S0005, column: 生年月日, severity: SEVERITY, because: 原本のとおり, decided: '2026-10-01'}\n"


@pytest.mark.parametrize(("severity", "outcome"), [("warn", "passed"), ("mute", "passed"), ("refuse", "failed")])
def test_a_sample_may_have_what_its_site_has_decided_to_accept(project: Project, severity: str, outcome: str) -> None:
    project.add_bad_sample()
    project.write("site.yaml", SITE.replace("SEVERITY", severity))
    project.options(OPTIONS + 'stdconv_site = "site.yaml"\n')
    outcomes = project.outcomes("samples")
    assert outcomes == {f"samples/bad.csv::{VALIDATE}": outcome, f"samples/good.csv::{VALIDATE}": "passed"}


def test_what_is_wrong_in_a_site_file_fails_the_samples_and_says_where(project: Project) -> None:
    project.write("site.yaml", SITE.replace("SEVERITY", "often"))
    project.options(OPTIONS + 'stdconv_site = "site.yaml"\n')
    result = project.run("--stdconv", "samples")
    result.assert_outcomes(failed=1)
    (text,) = sections(result).values()
    assert text.startswith("site.yaml:3:")
    assert "C0041" in text


# What is asked wrongly


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ('stdconv_samples = ["samples/*.csv"]', "C0010", "Give stdconv_samples in this form: PATTERN SCHEMA."),
        ('stdconv_samples = ["samples/*.csv resident-lnk/1.0"]', "C0001", "with a known name (resident-link/1.0"),
        ('stdconv_samples = ["sample/*.csv resident-link/1.0"]', "C0031", 'Correct "sample/*.csv"'),
        ('stdconv_samples = ["/etc/* resident-link/1.0"]', "C0031", 'Correct "/etc/*"'),
        ('stdconv_mappings = ["mappings/*.yml"]', "C0031", "remove it from stdconv_mappings"),
        ("stdconv_records = -1", "C0010", "Give stdconv_records in this form: a whole number, such as 300."),
        ('stdconv_records = "３"', "C0010", "Give stdconv_records in this form: a whole number, such as 300."),
        ('stdconv_fail_on = "fatal"', "C0010", "Give stdconv_fail_on in this form: note, warn, refuse, never."),
    ],
)
def test_a_wrong_option_ends_pytest_with_what_to_do(project: Project, options: str, code: str, said: str) -> None:
    project.options(options + "\n")
    result = project.run("--stdconv")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if code in line]
    assert line.startswith("ERROR: ")
    assert said in line
    assert "Traceback" not in result.stderr.str() + result.stdout.str()


def test_options_with_types_are_read_too_and_a_wrong_type_ends_pytest(project: Project) -> None:
    project.options(OPTIONS.replace("= 5", '= "5"'), "tool.pytest")
    assert project.collected() == WHOLE
    project.options("stdconv_records = 5\n", "tool.pytest")
    result = project.run("--stdconv")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "'stdconv_records' expects a string, got int: 5" in result.stderr.str()


def test_the_entry_point_is_the_packages() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"stdconv": "stdconv.pytest_plugin"}
