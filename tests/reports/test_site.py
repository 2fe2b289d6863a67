"""A site profile: severities decided for one municipality, each with a reason, and a trace of every one in the report."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import stdconv
from oracles.report_schemas import admitted
from stdconv.errors import DefinitionError, StdconvError, UnreadableError
from stdconv.findings.patterns import pattern_id
from stdconv.reports.text import report_text
from stdconv.runs.sites import site_of
from stdconv.runs.validate import validate_file
from support import commandline

SCHEMA = "resident-link/1.0"
GOOD = {"宛名番号": "1", "履歴番号": "1", "世帯番号": "9", "住民種別": "1", "住民状態": "1", "異動年月日": "2024-03-01", "氏名": "行政　花子", "性別": "2", "生年月日_元号": "3", "生年月日": "1985-07-07"}  # fmt: skip
RECORDS = (
    GOOD,
    GOOD | {"宛名番号": "2", "性別": "9"},
    GOOD | {"宛名番号": "3", "性別": "9", "住民状態": "8"},
    GOOD | {"宛名番号": "4", "生年月日_元号": "4"},
    GOOD | {"宛名番号": "4"},
)
"""Two values that are in no list, an era that does not agree (S0006), and a key twice (D0001)."""


@pytest.fixture
def records_file(tmp_path: Path) -> Path:
    file = tmp_path / "standard.csv"
    pl.DataFrame(list(RECORDS)).write_csv(file, line_terminator="\r\n")
    return file


def site(tmp_path: Path, *decisions: str) -> Path:
    file = tmp_path / "site.yaml"
    lines = [
        "site: 甲市",
        "decisions:",
        *(f"  - {{{each}, because: 旧番号のまま移行する, decided: '2026-10-01'}}" for each in decisions),
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def totals(report: stdconv.Report) -> set[tuple[str, str, str, int]]:
    return {(total.severity, total.code, total.column, total.count) for total in report.findings}


AS_IT_IS = {("refuse", "S0004", "性別", 2), ("refuse", "S0004", "住民状態", 1), ("refuse", "S0006", "生年月日_元号+生年月日", 1), ("fail", "D0001", "宛名番号+履歴番号", 2)}  # fmt: skip


def test_without_a_site_severities_are_those_of_the_codes(records_file: Path) -> None:
    report = stdconv.validate_file(records_file, SCHEMA)
    assert totals(report) == AS_IT_IS
    assert (report.counts.accepted, report.counts.refused, report.site) == (2, 3, None)


@pytest.mark.parametrize(
    ("decisions", "changed", "accepted"),
    [
        (["code: S0004, column: 性別, severity: mute"], {("mute", "S0004", "性別", 2)}, 3),
        (["code: S0004, severity: warn"], {("warn", "S0004", "性別", 2), ("warn", "S0004", "住民状態", 1)}, 4),
        (
            ["code: S0004, column: 住民状態, severity: note", "code: S0004, severity: mute"],
            {("mute", "S0004", "性別", 2), ("note", "S0004", "住民状態", 1)},
            4,
        ),
        (
            ["code: S0006, column: 生年月日_元号+生年月日, severity: warn"],
            {("warn", "S0006", "生年月日_元号+生年月日", 1)},
            3,
        ),
        (["code: D0001, severity: warn"], {("warn", "D0001", "宛名番号+履歴番号", 2)}, 2),
        (["code: D0001, severity: refuse"], {("refuse", "D0001", "宛名番号+履歴番号", 2)}, 2),
        (["code: S0003, column: 世帯番号, severity: mute"], set(), 2),
    ],
)
def test_a_decision_raises_lowers_or_mutes_by_code_and_column(
    tmp_path: Path, records_file: Path, decisions: list[str], changed: set[tuple[str, str, str, int]], accepted: int
) -> None:
    report = stdconv.validate_file(records_file, SCHEMA, site=site(tmp_path, *decisions), folder=tmp_path / "out")
    touched = {(code, column) for _, code, column, _ in changed}
    assert totals(report) == {each for each in AS_IT_IS if each[1:3] not in touched} | changed
    assert report.counts.accepted == accepted
    found = pl.read_parquet(tmp_path / "out" / "findings.parquet")
    assert set(found.group_by("severity", "code", "column").len().rows()) == totals(report), "every finding is there"


def test_every_decision_leaves_a_trace_in_the_report_with_what_it_was(tmp_path: Path, records_file: Path) -> None:
    report = stdconv.validate_file(
        records_file,
        SCHEMA,
        site=site(tmp_path, "code: S0004, column: 性別, severity: mute", "code: S0010, severity: note"),
        folder=tmp_path / "out",
    )
    document = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report.site is not None
    assert document["site"] == report.site.model_dump(mode="json")
    assert document["site"].pop("day") == date.today().isoformat()
    nothing: dict[str, object] = {"pattern": None, "kinds": [], "by": None, "until": None, "state": "counts"}
    decisions = document["site"].pop("decisions")
    assert [{name: each.pop(name) for name in nothing} for each in decisions] == [nothing, nothing]
    assert document["site"] | {"decisions": decisions} == {
        "name": "甲市",
        "decisions": [
            {"code": "S0004", "column": "性別", "severity": "mute", "instead_of": "refuse", "official": "E0002", "because": "旧番号のまま移行する", "decided": "2026-10-01", "findings": 2},
            {"code": "S0010", "column": None, "severity": "note", "instead_of": "warn", "official": None, "because": "旧番号のまま移行する", "decided": "2026-10-01", "findings": 0},
        ],
    }  # fmt: skip


@pytest.mark.e2e
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_text_names_an_official_refusal_that_was_muted_with_its_reason_and_day(
    tmp_path: Path, records_file: Path, lang: str
) -> None:
    decided = site(
        tmp_path, "code: S0004, severity: mute", "code: S0006, severity: warn", "code: D0001, severity: warn"
    )
    done = commandline.stdconv("--lang", lang, "validate", records_file, "-s", SCHEMA, "--site", decided)
    assert done.returncode == 0
    (line,) = [line for line in done.stderr.splitlines() if "S0004" in line and "2026-10-01" in line]
    assert "甲市" in done.stderr
    for word in ("E0002", "旧番号のまま移行する", "×3", {"en": "refuse → mute", "ja": "差戻し → 抑止"}[lang]):
        assert word in line


def test_a_frame_is_judged_alike(tmp_path: Path) -> None:
    decided = site(tmp_path, "code: S0004, column: 性別, severity: mute")
    findings = stdconv.validate(pl.DataFrame(list(RECORDS)), SCHEMA, site=decided).findings
    muted = {("mute", "S0004", "性別", 2)}
    expected = {each for each in AS_IT_IS if each[1:3] != ("S0004", "性別")} | muted
    assert set(findings.group_by("severity", "code", "column").len().rows()) == expected


def test_columns_may_be_named_in_any_order(tmp_path: Path, records_file: Path) -> None:
    report = stdconv.validate_file(
        records_file, SCHEMA, site=site(tmp_path, "code: D0001, column: 履歴番号+宛名番号, severity: note")
    )
    assert ("note", "D0001", "宛名番号+履歴番号", 2) in totals(report)


def patterns(report: stdconv.Report) -> dict[str, stdconv.PatternUse]:
    return {each.id: each for each in report.patterns.listed}


def test_a_report_lists_the_patterns_of_its_records(records_file: Path) -> None:
    report = stdconv.validate_file(records_file, SCHEMA)
    told = {
        (frozenset((kind.code, kind.column) for kind in each.kinds), each.count, each.row, each.line, each.decidable)
        for each in report.patterns.listed
    }
    assert told == {
        (frozenset({("S0004", "性別")}), 1, 2, 3, True),
        (frozenset({("S0004", "性別"), ("S0004", "住民状態")}), 1, 3, 4, True),
        (frozenset({("S0006", "生年月日_元号+生年月日")}), 1, 4, 5, True),
        (frozenset({("D0001", "宛名番号+履歴番号")}), 2, 4, 5, True),
    }
    assert report.patterns.unlisted == report.patterns.untold_records == 0


def test_a_pattern_goes_before_a_column_and_a_column_before_a_code(tmp_path: Path, records_file: Path) -> None:
    alone, both = (pattern_id(("S0004", column) for column in columns) for columns in (["性別"], ["性別", "住民状態"]))
    decided = site(
        tmp_path,
        "code: S0004, severity: note",
        "code: S0004, column: 性別, severity: warn",
        f"pattern: {both}, severity: mute",
        f"pattern: {pattern_id([('D0001', '宛名番号+履歴番号')])}, severity: warn",
        "pattern: p0123456789, severity: warn",
    )
    report = stdconv.validate_file(records_file, SCHEMA, site=decided, folder=tmp_path / "out")
    assert totals(report) == {
        ("warn", "S0004", "性別", 1),
        ("mute", "S0004", "性別", 1),
        ("mute", "S0004", "住民状態", 1),
        ("refuse", "S0006", "生年月日_元号+生年月日", 1),
        ("warn", "D0001", "宛名番号+履歴番号", 2),
    }
    assert report.site is not None
    assert [each.findings for each in report.site.decisions] == [0, 1, 2, 2, 0]
    about = {(t.severity, t.code, t.column): report.site.about(t) for t in report.findings}
    assert [about[key].pattern for key in about if key[0] == "mute"] == [both, both]  # type: ignore[union-attr]
    assert about["warn", "S0004", "性別"] == report.site.decisions[1]
    assert alone in patterns(report), "patterns are formed before decisions"


def test_a_decision_counts_until_its_day(tmp_path: Path, records_file: Path) -> None:
    decided = site(tmp_path, "code: S0004, severity: mute, until: '2026-10-31', by: 市民課 山田")
    schema = stdconv.load_schema(SCHEMA)
    in_time, over = (
        validate_file(schema, records_file, site=site_of(decided, schema, as_of=day))
        for day in ("2026-10-31", "2026-11-01")
    )
    assert ({t.severity for t in in_time.findings if t.code == "S0004"}) == {"mute"}
    assert ({t.severity for t in over.findings if t.code == "S0004"}) == {"refuse"}
    assert over.site is not None
    (told,) = over.site.decisions
    assert (over.site.day, told.state, told.findings, told.by, told.until) == (
        *("2026-11-01", "over", 0),
        *("市民課 山田", "2026-10-31"),
    )
    (line,) = [line for line in report_text(over, "ja").splitlines() if "山田" in line]
    assert line.endswith("決定者 市民課 山田  2026-10-31 まで  期限切れのため無効")


def test_a_decision_that_is_over_makes_room_for_the_next(tmp_path: Path, records_file: Path) -> None:
    decided = site(tmp_path, "code: S0004, severity: mute, until: '2026-10-31'", "code: S0004, severity: warn")
    report = stdconv.validate_file(records_file, SCHEMA, site=decided)
    assert {t.severity for t in report.findings if t.code == "S0004"} == {"warn"}
    assert report.site is not None
    assert [each.findings for each in report.site.decisions] == [0, 3]


def test_a_code_in_all_columns_does_not_loosen_the_rules_of_the_key(tmp_path: Path) -> None:
    file = tmp_path / "standard.csv"
    records = [GOOD | {"宛名番号": "１"}, GOOD | {"世帯番号": "１"}]
    pl.DataFrame(records).write_csv(file, line_terminator="\r\n")
    key = pattern_id([("S0002", "宛名番号")])
    decided = site(tmp_path, "code: S0002, severity: warn", f"pattern: {key}, severity: warn")
    report = stdconv.validate_file(file, SCHEMA, site=decided)
    assert {("refuse", "S0002", "宛名番号", 1), ("warn", "S0002", "世帯番号", 1)} <= totals(report)
    assert not patterns(report)[key].decidable
    assert report.site is not None
    assert [(each.findings, each.state) for each in report.site.decisions] == [(1, "counts"), (0, "undecidable")]


FORMS = ("json", "csv", "junit", "sarif", "github")
DECIDED_ON = ("code: S0004, severity: mute", "code: S0006, severity: warn", "code: D0001, severity: note")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report of one run with three decisions, in every form."""
    folder = tmp_path_factory.mktemp("forms")
    pl.DataFrame(list(RECORDS)).write_csv(folder / "standard.csv", line_terminator="\r\n")
    asked = [word for form in FORMS for word in ("--report", f"{form}={folder / form}")]
    done = commandline.stdconv(
        "validate", folder / "standard.csv", "-s", SCHEMA, "--site", site(folder, *DECIDED_ON), *asked
    )
    assert done.returncode == 0, done.stderr
    return {form: (folder / form).read_text(encoding="utf-8-sig") for form in FORMS}


TRACE = "甲市 2026-10-01 [E0002] refuse → mute 旧番号のまま移行する"


def test_sarif_suppresses_what_is_muted_and_says_why(reports: dict[str, str]) -> None:
    results = admitted("sarif", reports["sarif"])["runs"][0]["results"]
    muted = [each for each in results if "suppressions" in each]
    assert {(each["ruleId"], each["level"], each["occurrenceCount"]) for each in muted} == {
        ("S0004", "none", 2),
        ("S0004", "none", 1),
    }
    assert {each["suppressions"][0]["justification"] for each in muted} == {TRACE}
    lowered = {each["ruleId"]: (each["level"], each["properties"]["decided"]) for each in results if each not in muted}
    assert lowered == {
        "S0006": ("warning", "甲市 2026-10-01 [E0004] refuse → warn 旧番号のまま移行する"),
        "D0001": ("note", "甲市 2026-10-01 fail → note 旧番号のまま移行する"),
    }


def test_junit_skips_what_is_muted_and_says_why(reports: dict[str, str]) -> None:
    root = admitted("junit", reports["junit"])
    (suite,) = root
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "2")
    skipped = {
        case.get("name"): case.find("skipped").get("message")
        for case in suite.iter("testcase")
        if case.find("skipped") is not None
    }
    assert skipped == {"S0004 not-in-code-list 性別": f"{TRACE} ×2", "S0004 not-in-code-list 住民状態": f"{TRACE} ×1"}


def test_csv_and_github_say_what_was_decided(reports: dict[str, str]) -> None:
    rows = {(row["コード"], row["項目"]): row for row in csv.DictReader(io.StringIO(reports["csv"], newline=""))}
    row = rows["S0004", "性別"]
    assert (row["重大度"], row["severity"], row["件数"]) == ("抑止", "mute", "2")
    assert row["サイトの決定"] == "甲市 2026-10-01 [E0002] 差戻し → 抑止 旧番号のまま移行する"
    (line,) = [line for line in reports["github"].splitlines() if "S0004" in line and "性別" in line]
    assert line.startswith("::notice file=")
    assert line.endswith(TRACE)


def test_json_with_decisions_is_what_its_schema_says(reports: dict[str, str]) -> None:
    assert [each["findings"] for each in admitted("json", reports["json"])["site"]["decisions"]] == [3, 1, 2]


def test_nothing_changes_where_nothing_was_decided(tmp_path: Path, records_file: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("site: 甲市\n", encoding="utf-8")
    report = stdconv.validate_file(records_file, SCHEMA, site=file)
    assert totals(report) == AS_IT_IS
    assert report.site is not None
    assert (report.site.name, report.site.decisions) == ("甲市", ())


DECIDED = "because: b, decided: '2026-10-01'"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("decisions: []", ("C0041", 1, "site")),
        ("site: 甲市\nrules: []", ("C0041", 2, "rules")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0004, severity: fail, {DECIDED}}}", ("C0041", 3, "severity")),
        ("site: 甲市\ndecisions:\n  - {code: S0004, severity: mute, decided: '2026-10-01'}", ("C0041", 3, "because")),
        ("site: 甲市\ndecisions:\n  - {code: S0004, severity: mute, because: b}", ("C0041", 3, "decided")),
        ("site: 甲市\ndecisions:\n  - {code: S0004, severity: mute, because: '', decided: '2026-10-01'}", ("C0041", 3, "because")),
        ("site: 甲市\ndecisions:\n  - {code: S0004, severity: mute, because: b, decided: '2026-02-30'}", ("C0041", 3, "decided")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0044, severity: mute, {DECIDED}}}", ("C0042", 3, "S00")),
        (f"site: 甲市\ndecisions:\n  - {{code: T0005, severity: mute, {DECIDED}}}", ("C0137", 3, "T0005")),
        (f"site: 甲市\ndecisions:\n  - {{code: R0007, severity: mute, {DECIDED}}}", ("C0137", 3, "R0007")),
        (f"site: 甲市\ndecisions:\n  - {{code: D0021, severity: mute, {DECIDED}}}", ("C0137", 3, "D0021")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0001, column: 履歴番号, severity: warn, {DECIDED}}}", ("C0138", 3, "履歴番号")),
        (f"site: 甲市\ndecisions:\n  - {{severity: warn, {DECIDED}}}", ("C0139", 3, "")),
        (f"site: 甲市\ndecisions:\n  - {{pattern: p0123456789, column: 性別, severity: warn, {DECIDED}}}", ("C0139", 3, "")),
        (f"site: 甲市\ndecisions:\n  - {{pattern: p01234, severity: warn, {DECIDED}}}", ("C0041", 3, "p and ten")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0004, column: 性, severity: mute, {DECIDED}}}", ("C0042", 3, "性別")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0004, severity: mute, {DECIDED}}}\n  - {{code: S0004, severity: warn, {DECIDED}}}", ("C0043", 4, "S0004")),
        (f"site: 甲市\ndecisions:\n  - {{code: R0001, severity: mute, {DECIDED}}}", ("C0044", 3, "R0001")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0009, severity: mute, {DECIDED}}}", ("C0044", 3, "S0009")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0028, severity: warn, {DECIDED}}}", ("C0044", 3, "S0028")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0005, column: 性別, severity: mute, {DECIDED}}}", ("C0042", 3, "生年月日")),
        (f"site: 甲市\ndecisions:\n  - {{code: S0013, severity: mute, {DECIDED}}}", ("C0042", 3, "S0013")),
        ("site: [", ("M0001", 2, "")),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_in_a_site_file_is_a_fault_with_its_line(
    tmp_path: Path, records_file: Path, text: str, found: tuple[str, int, str]
) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        stdconv.validate_file(records_file, SCHEMA, site=file)
    (reported,) = caught.value.faults
    assert (reported.code, reported.place and reported.place.line) == found[:2]
    assert found[2] in reported.text()


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("content", "raised", "code"), [(None, UnreadableError, 3), (b"site: \x8d\xb3", DefinitionError, 2)]
)
def test_a_site_file_that_cannot_be_read_is_told(
    tmp_path: Path, records_file: Path, content: bytes | None, raised: type[StdconvError], code: int
) -> None:
    file = tmp_path / "site.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(raised, match=r"site\.yaml"):
        stdconv.validate_file(records_file, SCHEMA, site=file)
    done = commandline.stdconv("validate", records_file, "-s", SCHEMA, "--site", file)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


@pytest.mark.e2e
def test_a_fault_of_a_site_file_ends_the_command_before_anything_is_read(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("site: 甲市\ndecisions: 1\n", encoding="utf-8")
    done = commandline.stdconv("validate", tmp_path / "lacking.csv", "-s", SCHEMA, "--site", file)
    assert (done.returncode, "C0041" in done.stderr) == (2, True)
    assert issubclass(DefinitionError, StdconvError)
