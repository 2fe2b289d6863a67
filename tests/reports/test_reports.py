"""Reports: of several files, and in every form."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import pytest
from jsonschema import Draft202012Validator

from oracles.report_schemas import REFERENCE, admitted
from stdconv.definitions import catalog
from stdconv.reports import gravest
from support.commandline import said
from support.links import RIGHT, RIGHT_IN_A, STANDARD_HEADER, WRONG, a_file, standard_file
from support.paths import CASES, SCHEMAS, STANDARD_SCHEMAS, TESTS

GOLDEN = TESTS / "golden" / "reports"
FORMS = ("text", "json", "csv", "junit", "sarif", "github")

ONE_PERSON = """\
read 1  accepted 1  refused 0
people (宛名番号): read 1, accepted 1, without an accepted record 0
"""


@pytest.fixture
def current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, which is the current one, with standard files: all right, half right, with an unknown column."""
    monkeypatch.setenv("STDCONV_LANG", "en")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "right.csv").write_bytes(standard_file(RIGHT))
    (tmp_path / "half.csv").write_bytes(standard_file(RIGHT, WRONG))
    (tmp_path / "unknown.csv").write_bytes(standard_file(f"{RIGHT},x", header=f"{STANDARD_HEADER},備考"))
    return tmp_path


def test_several_files_are_checked_each_by_itself_and_told_under_their_paths(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capfd, "validate", "half.csv", "nowhere.csv", "right.csv", "-s", "resident-link/1.0")
    assert (code, out) == (3, "")
    half, nowhere, right = err.split("\n\n")
    assert half.startswith(
        "== half.csv ==\nread 2  accepted 1  refused 1\n"
        "people (宛名番号): read 2, accepted 1, without an accepted record 1\nrefuse S0004 "
    )
    assert nowhere.startswith(
        "== nowhere.csv ==\nC0003 unreadable-file: nowhere.csv cannot be read: No such file or directory."
    )
    assert right == f"== right.csv ==\n{ONE_PERSON}"


def test_one_file_is_told_without_its_path(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "validate", "right.csv", "-s", "resident-link/1.0") == (0, "", ONE_PERSON)


def test_one_file_gives_a_json_object_and_several_an_array_of_the_same(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def reported(*files: str) -> Any:
        return json.loads(said(capfd, "validate", *files, "-s", "resident-link/1.0", "--report", "json=-")[1])

    half, right = reported("half.csv"), reported("right.csv")
    assert (half["path"], half["counts"]) == ("half.csv", {"read": 2, "accepted": 1, "refused": 1})
    assert [total["code"] for total in half["findings"]] == ["S0004"]
    assert reported("half.csv", "right.csv") == [half, right]


def test_a_file_that_cannot_be_read_has_a_report_that_says_why(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capfd, "validate", "unknown.csv", "-s", "resident-link/1.0", "--report", "json=-")
    report = json.loads(out)
    assert code == report["exit_code"] == 3
    assert report["counts"] == {"read": 0, "accepted": 0, "refused": 0}
    (fault,) = report["faults"]
    assert (fault["code"], fault["name"], fault["severity"]) == ("S0009", "unknown-column", "fail")
    assert err.startswith("unknown.csv:1: S0009 unknown-column: ")
    assert all(fault["messages"]["en"][part] in err for part in ("summary", "cause", "remedy"))


def test_one_folder_for_several_files_is_refused_with_a_remedy_and_nothing_is_written(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(current.iterdir())
    code, _, err = said(capfd, "validate", "half.csv", "right.csv", "-s", "resident-link/1.0", "-o", "out")
    assert code == 2
    assert err.startswith("C0030 one-folder-for-several-files: -o out is one folder, but 2 files were given.")
    assert "Run the command once for each file" in err
    assert sorted(current.iterdir()) == before


# Lines


def lines_of(report: Any) -> dict[tuple[str, str], tuple[list[int], list[int]]]:
    """Return rows and lines of every total, by code and column."""
    return {(total["code"], total["column"]): (total["rows"], total["lines"]) for total in report["findings"]}


def validated(capfd: pytest.CaptureFixture[str], file: str, *more: str) -> Any:
    return json.loads(said(capfd, "validate", file, "-s", "resident-link/1.0", "--report", "json=-", *more)[1])


OTHER = RIGHT.replace("1000000001", "1000000003")
TWO_LINES = '1000000004,1,,1,1,2024-03-01,"行政\r\n花子",2,3,1985-07-07'


def test_a_record_is_told_with_the_line_that_it_begins_on(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The header is on line 3, behind two blank lines; records on 4, 6 (a blank line before it), 7 and 8, 9."""
    (current / "x.csv").write_bytes(b"\r\n\r\n" + standard_file(RIGHT, "", OTHER, TWO_LINES, WRONG))
    found = lines_of(validated(capfd, "x.csv"))
    assert found["S0004", "性別"] == ([4], [9])
    assert found["S0002", "氏名"] == ([3], [7])


def test_a_finding_of_a_dataset_rule_has_lines_too(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (current / "x.csv").write_bytes(standard_file(TWO_LINES, RIGHT, RIGHT))
    assert lines_of(validated(capfd, "x.csv"))["D0001", "宛名番号+履歴番号"] == ([2, 3], [4, 5])


def test_the_lines_are_those_of_the_first_rows_alone(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (current / "x.csv").write_bytes(standard_file(*[WRONG] * 30))
    assert lines_of(validated(capfd, "x.csv"))["S0004", "性別"] == (list(range(1, 11)), list(range(2, 12)))


def test_each_line_of_ndjson_is_a_record_and_a_parquet_file_has_no_lines(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (current / "x.ndjson").write_text(
        '{"宛名番号": "1", "履歴番号": "1"}\n{"宛名番号": "2", "履歴番号": "x"}\n', encoding="utf-8"
    )
    assert lines_of(validated(capfd, "x.ndjson"))["S0002", "履歴番号"] == ([2], [2])
    pl.DataFrame({"宛名番号": ["1", "2"], "履歴番号": ["1", "x"]}).write_parquet(current / "x.parquet")
    assert lines_of(validated(capfd, "x.parquet"))["S0002", "履歴番号"] == ([2], [])


def test_a_legacy_file_is_told_with_its_lines_and_a_lookup_without(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = RIGHT_IN_A.replace("女", "女性").replace("1000000001", "1000000002")
    quoted = RIGHT_IN_A.replace("行政\u3000花子", '"行政\u3000花子\r\n"')
    (current / "x.csv").write_bytes(a_file(quoted, "", bad))
    (current / "h.csv").write_bytes("住民番号,世帯番号\r\n1,2\r\n3\r\n".encode("cp932"))
    words = "convert x.csv -m vendor-a/resident-link -o run --lookup households=h.csv --report json=-".split()
    report = json.loads(said(capfd, *words)[1])
    found = lines_of(report)
    assert found["T0002", "性別"] == ([2], [5])
    lookup = {
        total["code"]: (total["rows"], total["lines"]) for total in report["findings"] if total["side"] != "legacy"
    }
    assert lookup["D0004"] == ([2], [])


def test_the_text_says_the_lines(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, _, err = said(capfd, "validate", "half.csv", "-s", "resident-link/1.0")
    assert "×1  records 2  lines 3" in err
    _, _, err = said(capfd, "--lang", "ja", "validate", "half.csv", "-s", "resident-link/1.0")
    assert "×1  レコード 2  行 3" in err


# Forms


def reported(capfd: pytest.CaptureFixture[str], form: str, *words: str) -> Any:
    """Run a command that writes its report as ``form`` to stdout; returns it once what publishes that form admits it."""
    _, out, err = said(capfd, *words, "--report", f"{form}=-")
    assert "C0099" not in err
    return admitted(form, out)


def test_what_is_carried_along_is_what_its_origin_says() -> None:
    said_hashes = dict(
        re.findall(r"(?m)^([0-9a-f]{64})  (\S+)$", (REFERENCE / "README.md").read_text(encoding="utf-8"))
    )
    assert {
        hashlib.sha256((REFERENCE / name).read_bytes()).hexdigest(): name for name in said_hashes.values()
    } == said_hashes
    assert len(said_hashes) == 2


@pytest.mark.parametrize(
    ("lang", "form", "name"),
    [("en", "text", "en.text"), ("ja", "text", "ja.text"), ("ja", "csv", "csv"), ("ja", "github", "github")],
)
def test_a_report_is_to_the_byte_what_was_read_by_hand(
    lang: str, form: str, name: str, current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for path in GOLDEN.glob("*.csv"):
        shutil.copy(path, current)
    files = ("good.csv", "wrong.csv", "cp932.csv", "nowhere.csv")
    assert said(capfd, "--lang", lang, "validate", *files, "-s", "resident-link/1.0", "--report", f"{form}=r")[0] == 3
    assert (current / "r").read_bytes() == (GOLDEN / f"expected.{name}").read_bytes()


CASES_OF_DATA = sorted(
    path.parent.name
    for path in CASES.glob("validate-*/expect.yaml")
    if path.parent.name != "validate-an-unknown-schema"
)


@pytest.mark.parametrize("case", CASES_OF_DATA)
def test_the_reports_of_every_case_are_what_their_schemas_say(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(CASES / case, tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    command = re.search(r"(?m)^command: \[(.*)\]$", (CASES / case / "expect.yaml").read_text(encoding="utf-8"))
    assert command is not None
    words = [word.strip(" '").format(case="case", out="out") for word in command[1].split(",")]
    asked = [word for form in FORMS for word in ("--report", f"{form}=r.{form}")]
    code, _, _ = said(capfd, *words, *asked)
    report, sarif, junit = (
        admitted(form, (tmp_path / f"r.{form}").read_text(encoding="utf-8")) for form in ("json", "sarif", "junit")
    )
    assert code == report["exit_code"]
    totals = report["findings"]
    results = sarif["runs"][0]["results"]
    counts = {
        (result["ruleId"], result["partialFingerprints"]["place/v1"]): result["occurrenceCount"]
        for result in results
        if "occurrenceCount" in result
    }
    place = report["path"]
    assert counts == {(t["code"], f"{place}/{t['code']}/{t['side']}/{t['column']}"): t["count"] for t in totals}
    suite = junit.find("testsuite")
    matched = {failure.get("type") for failure in suite.iter("failure")} | {
        error.get("type") for error in suite.iter("error")
    }
    grave = {t["code"] for t in totals if t["severity"] in ("refuse", "fail")} | {f["code"] for f in report["faults"]}
    assert matched - {"C0023"} == grave
    assert bool(matched) == (code != 0)
    assert [int(suite.get(key)) for key in ("tests", "failures", "errors")] == [
        len(suite.findall("testcase")),
        len(suite.findall("testcase/failure/..")),
        len(suite.findall("testcase/error/..")),
    ]


def test_several_files_are_one_document_in_every_form(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("validate", "half.csv", "unknown.csv", "right.csv", "-s", "resident-link/1.0")
    junit = reported(capfd, "junit", *words)
    assert [suite.get("name") for suite in junit] == ["half.csv", "unknown.csv", "right.csv"]
    timed = [junit, *junit, *junit.iter("testcase")]
    assert len(timed) > 6
    assert {each.get("time") for each in timed} == {"0"}  # consumers show NaN where it lacks (dorny/test-reporter#633)
    (run,) = reported(capfd, "sarif", *words)["runs"]
    assert [(result["ruleId"], where(result)) for result in run["results"]] == [
        ("S0004", ("half.csv", 3)),
        ("S0009", ("unknown.csv", 1)),
    ]
    assert len(reported(capfd, "json", *words)) == 3
    table = list(
        csv.reader(io.StringIO(said(capfd, *words, "--report", "csv=-")[1].removeprefix("\ufeff"), newline=""))
    )
    assert [row[:3] for row in table] == [
        ["ファイル", "重大度", "コード"],
        ["half.csv", "差戻し", "S0004"],
        ["unknown.csv", "失敗", "S0009"],
    ]


def where(result: Any, key: str = "locations") -> tuple[str, int | None]:
    place = result[key][0]["physicalLocation"]
    return unquote(place["artifactLocation"]["uri"]), place.get("region", {}).get("startLine")


def test_a_rule_that_was_checked_is_a_test_case_that_passes_and_one_below_the_threshold_only_says_so(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (current / "x.csv").write_bytes(
        standard_file(",".join(RIGHT.split(",")[:9]), header=STANDARD_HEADER.rpartition(",")[0])
    )
    suite = reported(capfd, "junit", "validate", "x.csv", "-s", "resident-link/1.0")[0]
    cases = {case.get("name"): [part.tag for part in case] for case in suite.iter("testcase")}
    assert cases["S0004 not-in-code-list 性別"] == []
    assert cases["D0001 duplicate-key 宛名番号+履歴番号"] == []
    assert not any("生年月日" in name.split()[-1].split("+") and "S0005" in name for name in cases), (
        "not asked of what is not there"
    )
    (current / "y.csv").write_bytes(
        standard_file(RIGHT.replace(",1,1,2024", ",1,2024"), header=STANDARD_HEADER.replace("住民状態,", ""))
    )
    suite = reported(capfd, "junit", "validate", "y.csv", "-s", "resident-link/1.0")[0]
    cases = {case.get("name"): [part.tag for part in case] for case in suite.iter("testcase")}
    assert cases["S0010 column-lacking 住民状態"] == ["system-out"]
    failing = reported(capfd, "junit", "validate", "y.csv", "-s", "resident-link/1.0", "--fail-on", "warn")[0]
    cases = {case.get("name"): [part.tag for part in case] for case in failing.iter("testcase")}
    assert cases["S0010 column-lacking 住民状態"] == ["failure"]


def test_a_file_of_which_nothing_is_accepted_says_so_in_every_form(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (current / "x.csv").write_bytes(standard_file(WRONG))
    words = ("validate", "x.csv", "-s", "resident-link/1.0", "--fail-on", "never")
    assert [error.get("type") for error in reported(capfd, "junit", *words).iter("error")] == ["C0023"]
    assert [result["ruleId"] for result in reported(capfd, "sarif", *words)["runs"][0]["results"]] == ["C0023", "S0004"]
    for form in ("text", "csv", "github"):
        assert "C0023" in said(capfd, *words, "--report", f"{form}=-")[1]


# SARIF


def test_the_rules_of_a_run_speak_both_languages_and_results_point_at_them(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (run,) = reported(capfd, "sarif", "--lang", "ja", "validate", "half.csv", "-s", "resident-link/1.0")["runs"]
    driver, (other,) = run["tool"]["driver"], run["translations"]
    assert (run["language"], driver["language"], other["language"]) == ("ja", "ja", "en")
    assert [rule["id"] for rule in driver["rules"]] == [rule["id"] for rule in other["rules"]]
    (result,) = run["results"]
    rule = driver["rules"][result["ruleIndex"]]
    assert (rule["id"], rule["defaultConfiguration"], rule["properties"]) == (
        "S0004",
        {"level": "error"},
        {"official": "E0002"},
    )
    assert (
        rule["help"]["text"]
        == "コード一覧（`stdconv show schema` で表示）と比べ、値またはマッピングの変換表を直してください。"
    )
    assert other["rules"][result["ruleIndex"]]["help"]["text"].startswith("Compare the code with the list")
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "resident-link/1.0#/properties/性別"}]
    assert "×1 レコード 2 行 3" in result["message"]["text"]
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]


@pytest.mark.parametrize(("severity", "level"), [("warn", "warning"), ("note", "note"), ("refuse", "error")])
def test_a_severity_has_its_level(severity: str, level: str, current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = catalog.find("mapping", "vendor-a/resident-link").read_text(encoding="utf-8")
    assert text.count("severity: warn") == 1
    (current / "own.yaml").write_text(text.replace("severity: warn", f"severity: {severity}"), encoding="utf-8")
    (current / "x.csv").write_bytes(a_file(RIGHT_IN_A))
    (run,) = reported(capfd, "sarif", "convert", "x.csv", "-m", "own.yaml", "-o", "run")["runs"]
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels["T0015"] == level


def line_of(path: Path, text: str) -> int:
    """Return the one line of a file that holds ``text``."""
    (number,) = [number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line]
    return number


def test_a_schema_of_ones_own_is_pointed_at_by_its_line(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    case = CASES / "validate-each-dataset-rule"
    for path in case.iterdir():
        shutil.copy(path, current)
    (current / "bad.csv").write_bytes(
        (case / "standard.csv").read_bytes().replace(b"1000000001,", b"1000000001000000,", 1)
    )
    (run,) = reported(capfd, "sarif", "validate", "bad.csv", "-s", "own.schema.json")["runs"]
    places = {(result["ruleId"]): (where(result), where(result, "relatedLocations")) for result in run["results"]}
    rules = current / "own.rules.yaml"
    assert places["D0001"] == (("own.rules.yaml", line_of(rules, "rule: unique")), ("bad.csv", 14))
    assert places["D0006"][0] == ("own.rules.yaml", line_of(rules, "rule: counted"))
    assert places["D0009"][0] == ("own.rules.yaml", line_of(rules, "rule: latest"))
    assert places["D0011"][0] == ("own.rules.yaml", line_of(rules, "rule: at_most_one"))
    broken = [result for result in run["results"] if result["ruleId"] == "S0003"]
    assert [where(result) for result in broken] == [
        ("own.schema.json", line_of(current / "own.schema.json", '"宛名番号": {'))
    ]


def test_a_rule_between_columns_of_ones_own_schema_is_pointed_at_by_its_line(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"番号": {"type": "string"}, "甲": {"type": "string"}, "乙": {"type": "string"}},
        "required": ["番号"],
        "additionalProperties": False,
        "x-key": ["番号"],
        "allOf": [
            {
                "title": "甲があれば乙がある",
                "x-finding": "S0012",
                "x-columns": ["甲", "乙"],
                "if": {"required": ["甲"]},
                "then": {"required": ["乙"]},
            },
        ],
    }
    (current / "own.schema.json").write_text(json.dumps(schema, ensure_ascii=False, indent=1), encoding="utf-8")
    (current / "own.rules.yaml").write_text(
        "record:\n- {rule: listed, columns: [甲], codes: seibetsu, title: x, source: assumed}\n", encoding="utf-8"
    )
    (current / "x.csv").write_text("番号,甲,乙\r\n1,x,\r\n2,1,1\r\n", encoding="utf-8", newline="")
    (run,) = reported(capfd, "sarif", "validate", "x.csv", "-s", "own.schema.json")["runs"]
    found = {result["ruleId"]: result for result in run["results"]}
    assert where(found["S0012"]) == ("own.schema.json", line_of(current / "own.schema.json", "甲があれば乙がある") - 1)
    assert where(found["S0026"]) == ("own.rules.yaml", 2)
    names = [each["fullyQualifiedName"] for each in found["S0012"]["locations"][0]["logicalLocations"]]
    assert names == ["own#/properties/甲", "own#/properties/乙"]


def test_a_mapping_of_ones_own_is_pointed_at_by_the_line_of_the_field(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(catalog.find("mapping", "vendor-a/resident-link"), current / "own.yaml")
    (current / "x.csv").write_bytes(a_file(RIGHT_IN_A, RIGHT_IN_A.replace("女", "女性").replace("000001", "000002")))
    own = {
        result["ruleId"]: result
        for result in reported(capfd, "sarif", "convert", "x.csv", "-m", "own.yaml", "-o", "a")["runs"][0]["results"]
    }
    field = next(
        n
        for n, line in enumerate((current / "own.yaml").read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"- .*standard: 性別", line)
    )
    assert where(own["T0002"]) == ("own.yaml", field)
    assert where(own["T0002"], "relatedLocations") == ("x.csv", 3)
    assert own["T0002"]["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "vendor-a/resident-link#/legacy/性別"}
    ]
    shipped = reported(capfd, "sarif", "convert", "x.csv", "-m", "vendor-a/resident-link", "-o", "b")["runs"][0][
        "results"
    ]
    assert {result["ruleId"]: where(result) for result in shipped}["T0002"] == ("x.csv", 3)


def test_restoring_into_another_layout_is_reported_in_every_form(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for form in ("json", "sarif", "junit"):
        reported(capfd, form, "restore", "half.csv", "-m", "vendor-a/resident-link", "-o", f"{form}.csv")
    _, out, _ = said(
        capfd, "restore", "half.csv", "-m", "vendor-a/resident-link", "-o", "o.csv", "--report", "github=-"
    )
    assert "::error file=half.csv,line=3,title=S0004 not-in-code-list 性別::" in out


@pytest.mark.parametrize(
    ("words", "place", "code"),
    [
        (("convert", "x.csv", "-m", "vendor-a/resident-link", "-o", "run"), ("x.csv", 1), "R0010"),
        (("restore", "unknown.csv", "-m", "vendor-a/resident-link", "-o", "o.csv"), ("unknown.csv", 1), "S0009"),
    ],
)
def test_a_file_that_cannot_be_converted_or_restored_is_reported_in_every_form(
    words: tuple[str, ...], place: tuple[str, int], code: str, current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (current / "x.csv").write_bytes(a_file(RIGHT_IN_A).replace("氏名".encode("cp932"), "名前".encode("cp932")))
    (result,) = reported(capfd, "sarif", *words)["runs"][0]["results"]
    assert (result["ruleId"], where(result)) == (code, place)
    assert [error.get("type") for error in reported(capfd, "junit", *words).iter("error")] == [code]
    report = reported(capfd, "json", *words)
    assert (report["exit_code"], report["mapping"], report["command"]) == (3, "vendor-a/resident-link", words[0])
    exit_code, _, err = said(capfd, *words)
    assert exit_code == 3
    assert err.startswith(f"{place[0]}:1: {code} ")


# Names from outside


NAMES = [
    "a,b:c%.csv",
    "a\nb.csv",
    "\x01\x1b[1m.csv",
    "＝1+1.csv",
    "サンプル 1#?.csv",
    "::error::x.csv",
    "]]><x>&amp;.csv",
    "\udcff.csv",
]

SEEN = {"a\nb.csv": "aU+000Ab.csv", "\x01\x1b[1m.csv": "U+0001U+001B[1m.csv", "\udcff.csv": "U+DCFF.csv"}
"""What is shown of those that are not text as it is."""


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("kind", ["half.csv", "unknown.csv"])
def test_a_file_of_any_name_is_reported_in_every_form(
    kind: str, name: str, current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (current / kind).rename(current / name)
    words = ("validate", name, "right.csv", "-s", "resident-link/1.0")
    shown = name.replace("\udcff", "U+DCFF")
    assert reported(capfd, "json", *words)[0]["path"] == shown
    results = reported(capfd, "sarif", *words)["runs"][0]["results"]
    assert [where(result)[0] for result in results] == [shown]
    assert re.fullmatch(
        r"[A-Za-z0-9_.~%/-]+", results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    )
    reported(capfd, "junit", *words)
    (command,) = said(capfd, *words, "--report", "github=-")[1].splitlines()
    matched = re.fullmatch(r"::error file=([^,:\r\n]*),line=(\d+),title=([^,:\r\n]*)::([^\r\n]*)", command)
    assert matched is not None
    assert unescaped(matched[1]) == SEEN.get(name, name)
    cells = list(
        csv.reader(io.StringIO(said(capfd, *words, "--report", "csv=-")[1].removeprefix("\ufeff"), newline=""))
    )[1]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]
    assert cells[0].removeprefix("'") == SEEN.get(name, name)
    assert said(capfd, *words)[2].startswith(f"== {SEEN.get(name, name)} ==\n")


def unescaped(text: str) -> str:
    """Return what GitHub's runner reads in a property of a command."""
    for escaped, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, character)
    return text


def test_columns_of_any_name_are_reported_in_every_form(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = ["=1", "＠甲", "a,b", "]]>\x01", "::x", "a/b~c"]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": 1} for name in names},
        "additionalProperties": False,
    }
    (current / "own.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    with (current / "x.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([names, ["xx"] * len(names), ["x"] * len(names)])
    words = ("validate", "x.csv", "-s", "own.schema.json")
    logical = [
        place["fullyQualifiedName"]
        for result in reported(capfd, "sarif", *words)["runs"][0]["results"]
        for place in result["locations"][0]["logicalLocations"]
    ]
    assert "own#/properties/a~1b~0c" in logical
    assert len(logical) == len(names)
    cases = [case.get("name") for case in reported(capfd, "junit", *words).iter("testcase")]
    assert "S0003 length ]]>U+0001" in cases
    rows = csv.reader(io.StringIO(said(capfd, *words, "--report", "csv=-")[1].removeprefix("\ufeff"), newline=""))
    assert {row[5] for row in rows} - {"項目"} == {"'=1", "'＠甲", "a,b", "]]>U+0001", "::x", "a/b~c"}
    commands = said(capfd, *words, "--report", "github=-")[1].splitlines()
    titles = [re.fullmatch(r"::error file=x.csv,line=2,title=([^,:]*)::.*", line) for line in commands]
    assert {unescaped(title[1]) for title in titles if title} == {
        f"S0003 length {name}" for name in ("=1", "＠甲", "a,b", "]]>U+0001", "::x", "a/b~c")
    }
    assert None not in titles


def test_a_path_is_reported_as_seen_from_the_current_folder(
    current: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (current / "below").mkdir()
    shutil.copy(current / "half.csv", current / "below" / "half.csv")
    absolute = current / "below" / "half.csv"
    matched = reported(capfd, "sarif", "validate", str(absolute), "-s", "resident-link/1.0")["runs"][0]["results"]
    assert where(matched[0])[0] == "below/half.csv"
    monkeypatch.chdir(current / "below")
    matched = reported(capfd, "sarif", "validate", "../half.csv", "-s", "resident-link/1.0")["runs"][0]["results"]
    assert where(matched[0])[0] == f"file://{current}/half.csv"


# Faults of mappings


def test_lint_and_prove_speak_to_services_too(current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = catalog.find("mapping", "vendor-a/resident-link").read_text(encoding="utf-8")
    (current / "swapped.yaml").write_text(text.replace('男: "1", 女: "2"', '男: "2", 女: "1"'), encoding="utf-8")
    line = line_of(current / "swapped.yaml", '男: "2", 女: "1"')
    for command in (["lint"], ["prove", "--records", "0"]):
        code, out, _ = said(capfd, *command, "swapped.yaml", "--format", "sarif")
        results = admitted("sarif", out)["runs"][0]["results"]
        assert code == (2 if command == ["lint"] else 1)
        assert {where(result) for result in results} >= {("swapped.yaml", line)}
        junit = admitted("junit", said(capfd, *command, "swapped.yaml", "--format", "junit")[1])
        assert junit[0].get("errors") == str(len(list(junit.iter("error")))) != "0"
        commands = said(capfd, *command, "swapped.yaml", "--format", "github")[1].splitlines()
        assert any(matched.startswith(f"::error file=swapped.yaml,line={line},col=") for matched in commands)


def test_a_clean_mapping_is_a_case_that_passes_and_an_unknown_one_an_error(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capfd, "lint", "vendor-a/resident-link", "vendor-z/x", "--format", "junit")
    clean, unknown = admitted("junit", out)
    assert code == 2
    assert [case.get("name") for case in clean.iter("testcase")] == ["lint"]
    assert [error.get("type") for error in unknown.iter("error")] == ["C0001"]
    code, out, _ = said(capfd, "prove", "vendor-z/x", "--format", "sarif")
    assert (code, [result["ruleId"] for result in admitted("sarif", out)["runs"][0]["results"]]) == (2, ["C0001"])


@pytest.mark.parametrize(("fail_on", "tag"), [("never", "system-out"), ("warn", "error")])
def test_a_warning_of_lint_fails_from_its_threshold_on(
    fail_on: str, tag: str, current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = catalog.find("mapping", "vendor-a/resident-link").read_text(encoding="utf-8")
    (current / "doubtful.yaml").write_text(text.replace(', 不明: "0"', ""), encoding="utf-8")
    _, out, _ = said(capfd, "lint", "doubtful.yaml", "--format", "junit", "--fail-on", fail_on)
    assert {part.tag for case in admitted("junit", out).iter("testcase") for part in case} == {tag}


def test_the_gravest_code_is_that_of_the_precedence() -> None:
    assert [gravest(codes) for codes in ([70, 3], [3, 2, 4, 1], [2, 4], [4, 1], [1, 0], [0], [])] == [
        70,
        3,
        2,
        4,
        1,
        0,
        0,
    ]


def test_show_prints_the_schema_of_reports_as_it_is_shipped(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capfd, "show", "report-schema")
    assert (code, out) == (0, (SCHEMAS / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(json.loads(out))
    assert said(capfd, "show", "report-schema", "x")[0] == 2


# What reports must not do, and what they tell of definitions


@pytest.mark.parametrize("victim", ["good.csv", "own.schema.json", "site.yaml"])
def test_no_report_is_written_over_what_is_read(victim: str, current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / "good.csv", current)
    shutil.copy(STANDARD_SCHEMAS / "resident-link" / "1.0.schema.json", current / "own.schema.json")
    (current / "site.yaml").write_text("site: 甲市\n", encoding="utf-8")
    before = (current / victim).read_bytes()
    words = ("validate", "good.csv", "-s", "own.schema.json", "--site", "site.yaml", "--report", f"json=./{victim}")
    code, _, err = said(capfd, *words)
    assert (code, "C0045" in err) == (2, True)
    assert (current / victim).read_bytes() == before


@pytest.mark.parametrize("target", ["r", "-"])
def test_two_reports_do_not_go_to_one_place(target: str, current: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / "good.csv", current)
    words = (
        "validate",
        "good.csv",
        "-s",
        "resident-link/1.0",
        "--report",
        f"json={target}",
        "--report",
        f"csv={target}",
    )
    code, out, err = said(capfd, *words)
    assert (code, out, "C0045" in err) == (2, "", True)


@pytest.mark.parametrize(
    "command", ["validate good.csv -s", "convert good.csv -o out -m", "restore good.csv -o out -m"]
)
def test_what_is_wrong_in_a_definition_stands_in_the_reports_too(
    command: str, current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(GOLDEN / "good.csv", current)
    (current / "own").write_text("{", encoding="utf-8")
    asked = [word for form in ("sarif", "junit", "github") for word in ("--report", f"{form}=r.{form}")]
    code, _, err = said(capfd, *command.split(), "own", *asked)
    assert code == 2
    (id_,) = set(re.findall(r"\bM\d{4}\b", err))
    (result,) = admitted("sarif", (current / "r.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == (id_, "error")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "own"
    assert admitted("junit", (current / "r.junit").read_text(encoding="utf-8"))[0].get("errors") == "1"
    assert (current / "r.github").read_text(encoding="utf-8").startswith("::error file=own,line=")


def test_a_rules_file_under_a_name_by_which_it_is_not_found_is_a_fault(
    current: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(GOLDEN / "good.csv", current)
    shutil.copy(STANDARD_SCHEMAS / "resident-link" / "1.0.schema.json", current / "own.schema.json")
    (current / "own.schema.rules.yaml").write_text("dataset: []\n", encoding="utf-8")
    code, _, err = said(capfd, "validate", "good.csv", "-s", "own.schema.json")
    assert code == 2
    assert "own.schema.rules.yaml: M0032" in err
    assert "own.rules.yaml" in err
