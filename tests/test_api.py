"""The library: lazy names, frames in, frames out, and faults that say what is wrong with a frame."""

from __future__ import annotations

import ast
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv
from support.pages import blocks
from support.paths import EXAMPLES, MAPPINGS, TOP

A, B, SCHEMA = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"

FUNCTIONS = {
    *("convert", "convert_file", "explain", "lint", "load_mapping", "load_schema", "prove", "relay_file", "restore"),
    *("restore_file", "sample", "sweep", "validate", "validate_file", "verify"),
    *("convert_bytes", "keyed_residue", "read_legacy", "write_legacy"),
}
SESSIONS = {"Converter", "Restorer", "Validator"}
ERRORS = {
    "Cancelled",
    "DefinitionError",
    "Fault",
    "Message",
    "Place",
    "StdconvError",
    "UnprovenError",
    "UnreadableError",
}
RESULTS = {
    *(
        "ArrowStream",
        "Column",
        "ControlUse",
        "Conversion",
        "Converted",
        "CounterExample",
        "Counts",
        "Decided",
        "Detail",
    ),
    *(
        "Explanation",
        "ExtractDay",
        "FileHash",
        "Legacy",
        "LintUse",
        "Linted",
        "LookupUse",
        "Manifest",
        "MappingUse",
        "Original",
    ),
    *(
        "PatternKind",
        "PatternUse",
        "PatternsUse",
        "PeopleCounts",
        "PeopleUse",
        "ExpectedUse",
        "Plan",
        "Progress",
        "IssuesUse",
        "Proof",
        "ProofUse",
        "Report",
        "ReportedFault",
        "Restoration",
        "Result",
        "Ruled",
        "Schema",
    ),
    *("SiteUse", "Total", "Validation", "ValidationManifest"),
    *("SiteUse", "TableCode", "TableRow", "TableUse", "Total", "UnlistedValue", "Validation"),
}
ALIASES = {
    *(
        "Database",
        "File",
        "Format",
        "Frame",
        "Half",
        "Language",
        "Octets",
        "Origin",
        "Severity",
        "Threshold",
        "Verdict",
    ),
}
NAMES = FUNCTIONS | SESSIONS | ERRORS | RESULTS | ALIASES | {"__version__"}

LEGACY_A = {
    "住民番号": "1234567890",
    "履歴番号": "1",
    "氏名": "行政　花子",
    "生年月日": "3600707",
    "性別": "女",
    "住民区分": "住登者",
    "異動日": "20240301",
    "住民種別": "日本人",
}
STANDARD = {
    "宛名番号": "1234567890",
    "履歴番号": "1",
    "世帯番号": "9876543",
    "住民種別": "1",
    "住民状態": "1",
    "異動年月日": "2024-03-01",
    "氏名": "行政　花子",
    "性別": "2",
    "生年月日_元号": "3",
    "生年月日": "1985-07-07",
}
LEGACY_B = {
    "宛名番号": "1234567890",
    "履歴番号": "1",
    "氏名": "行政花子",
    "異動日": "20240301",
    "性別": "2",
    "生年月日": "19850707",
    "生年月日元号": "昭和",
    "世帯番号": "9876543",
    "住民種別": "住登者",
}
HOUSEHOLDS = {"住民番号": "1234567890", "世帯番号": "9876543"}
PARTS = {"宛名番号": "1234567890", "氏": "行政", "名": "花子"}
FINDING = ["_row", "side", "column", "code", "severity", "detail"]


def frame(*rows: Mapping[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(rows[0], pl.String))


def imported(*arguments: str) -> set[str]:
    """Return the names of all modules that a new interpreter imports."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, encoding="utf-8", check=True
    )
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


# Names


def test_the_public_names_are_these_and_no_others() -> None:
    assert set(stdconv.__all__) == NAMES
    assert dir(stdconv) == sorted(NAMES)
    assert all(getattr(stdconv, name).__module__.startswith("stdconv.") for name in FUNCTIONS | ERRORS | RESULTS)


def test_type_checkers_see_the_public_names_that_there_are() -> None:
    tree = ast.parse((TOP / "src" / "stdconv" / "__init__.py").read_text(encoding="utf-8"))
    block, hidden = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert {alias.asname for node in imports for alias in node.names} == NAMES - {"__version__"}
    assert {f"{node.module}.{alias.name}" for node in imports for alias in node.names} == {
        f"{stdconv._HOME[name]}.{name}" for name in NAMES - {"__version__"}
    }
    (function,) = hidden.body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == "__getattr__", "a checker that saw it would take every name"


@pytest.mark.parametrize("name", sorted(NAMES - ALIASES))
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(stdconv, name)
    if callable(value):
        assert (value.__doc__ or "").strip()


def test_any_other_name_is_an_attribute_error_like_everywhere() -> None:
    with pytest.raises(AttributeError, match=r"module 'stdconv' has no attribute 'convret'"):
        stdconv.convret  # type: ignore[attr-defined]  # noqa: B018


def test_the_version_is_the_one_of_the_project() -> None:
    declared = re.search(r'^version = "([^"]+)"', (TOP / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared is not None
    assert stdconv.__version__ == declared[1]


@pytest.mark.e2e
def test_importing_stdconv_imports_nothing_heavy() -> None:
    modules = imported("-c", "import stdconv")
    assert "stdconv" in modules
    assert not modules & {"polars", "pydantic", "hypothesis", "yaml", "jsonschema", "rich", "click"}


@pytest.mark.e2e
@pytest.mark.parametrize("arguments", [["--help"], ["convert", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    modules = imported("-m", "stdconv", *arguments)
    assert "click" in modules
    assert not modules & {"polars", "pydantic", "yaml", "rich", "jsonschema", "hypothesis"}


@pytest.mark.e2e
def test_converting_imports_neither_hypothesis_nor_jsonschema(tmp_path: Path) -> None:
    arguments = ["convert", str(EXAMPLES / "vendor_a.csv"), "-m", A, "-o", str(tmp_path / "run")]
    modules = imported("-m", "stdconv", *arguments)
    assert "polars" in modules
    assert not modules & {"hypothesis", "jsonschema"}


# Converting frames


def test_the_worked_example_converts_as_a_frame() -> None:
    result = stdconv.convert(frame(LEGACY_A), A, lookups={"households": frame(HOUSEHOLDS)})
    assert result.standard.rows(named=True) == [{"_row": 1} | STANDARD]
    assert result.refused.is_empty()
    assert result.residue.is_empty()
    assert result.findings.is_empty()
    assert result.findings.columns == FINDING


def test_the_other_vendors_example_converts_to_the_same_frame() -> None:
    result = stdconv.convert(frame(LEGACY_B), B, lookups={"names": frame(PARTS)})
    assert result.standard.rows(named=True) == [{"_row": 1} | STANDARD]
    assert result.findings.is_empty()


def test_rows_are_numbered_from_1_in_every_frame_and_refused_ones_keep_their_number() -> None:
    people: list[dict[str, str | None]] = [
        {**LEGACY_A, "住民番号": str(number), "性別": sex, "氏名": name}
        for number, (sex, name) in enumerate([("鳥", "行政　花子"), ("女", "行政 花子"), ("男", "行政　太郎")], 1)
    ]

    result = stdconv.convert(frame(*people), A)

    assert result.standard["_row"].to_list() == [2, 3]
    assert result.refused.rows(named=True) == [{"_row": 1} | people[0]]
    residue = result.residue.select("_row", "氏名", "性別", "_raw", "_refused").rows()
    assert (2, "行政 花子", None, None, None) in residue
    refusals = result.findings.filter(pl.col("severity") == "refuse")
    assert refusals["_row"].to_list() == [1]
    assert refusals["column"].to_list() == ["性別"]


def test_columns_may_stand_in_any_order_among_others_and_null_is_empty() -> None:
    shuffled = frame({"メモ": "x", **dict(reversed(LEGACY_A.items())), "異動日": None})
    result = stdconv.convert(shuffled.with_columns(pl.lit(None).alias("異動日")), A)
    assert result.standard.drop("_row").rows(named=True) == [STANDARD | {"異動年月日": None, "世帯番号": None}]
    assert result.standard.columns[1:] == list(STANDARD)


def test_a_frame_of_no_records_gives_frames_of_no_records() -> None:
    result = stdconv.convert(frame(LEGACY_A).clear(), A)
    assert result.standard.columns == ["_row", *STANDARD]
    assert [len(each) for each in (result.standard, result.refused, result.residue, result.findings)] == [0, 0, 0, 0]


def test_a_frame_is_left_as_it_was() -> None:
    given = frame(LEGACY_A)
    before = given.clone()
    stdconv.convert(given, A)
    assert_frame_equal(given, before)


# Restoring frames


def test_a_legacy_frame_comes_back_with_its_own_spellings() -> None:
    spelled = frame({**LEGACY_A, "氏名": "行政 花子", "異動日": ""}, LEGACY_A)
    result = stdconv.convert(spelled, A)
    again = stdconv.restore(result.standard, A, residue=result.residue)
    assert_frame_equal(again.legacy.drop("_row"), spelled)
    assert again.refused.is_empty()
    assert again.findings.is_empty()


def test_a_spelling_counts_only_where_it_stands_for_todays_value() -> None:
    spelled = frame({**LEGACY_A, "氏名": "行政 花子"}, {**LEGACY_A, "住民番号": "2", "氏名": "行政 花子"})
    result = stdconv.convert(spelled, A)
    renamed = pl.when(pl.col("_row") == 2).then(pl.lit("山田　花子")).otherwise(pl.col("氏名"))
    again = stdconv.restore(result.standard.with_columns(renamed.alias("氏名")), A, residue=result.residue)
    assert again.legacy.select("_row", "氏名").rows() == [(1, "行政 花子"), (2, "山田　花子")]


@pytest.mark.parametrize(("column", "value"), [("性別", "9"), ("生年月日", "1985-02-30")])
def test_with_the_residue_a_record_that_the_layout_cannot_express_is_refused_too(column: str, value: str) -> None:
    result = stdconv.convert(frame(LEGACY_A, {**LEGACY_A, "住民番号": "2"}), A)
    changed = pl.when(pl.col("_row") == 2).then(pl.lit(value)).otherwise(pl.col(column))
    again = stdconv.restore(result.standard.with_columns(changed.alias(column)), A, residue=result.residue)
    assert again.legacy["_row"].to_list() == [1]
    assert again.refused["_row"].to_list() == [2]
    assert {row for (row,) in again.findings.select("_row").rows()} == {2}


def test_the_residue_is_joined_by_number_alone() -> None:
    people = [
        {**LEGACY_A, "住民番号": str(n), "氏名": name} for n, name in enumerate(("行政花子", "甲　乙", "丙 丁"), 1)
    ]
    result = stdconv.convert(frame({**people[0], "性別": "?"}, *people[1:]), A)
    assert result.standard["_row"].to_list() == [2, 3]
    unnumbered = result.standard.drop("_row")
    assert codes(lambda: stdconv.restore(unnumbered, A, residue=result.residue)) == ["C0047"]
    again = stdconv.restore(result.standard.reverse(), A, residue=result.residue)
    assert again.legacy.select("_row", "氏名").rows() == [(3, "丙 丁"), (2, "甲　乙")]


@pytest.mark.parametrize("rows", [[1, None], [1, 1], ["1", "2"], [1.0, 2.0], [1, 2**63]])
def test_row_numbers_that_do_not_tell_records_apart_are_refused(rows: list[Any]) -> None:
    series = pl.Series("_row", rows, dtype=pl.UInt64 if rows[1] == 2**63 else None)
    standard = frame(STANDARD, {**STANDARD, "宛名番号": "2"}).with_columns(series)
    assert codes(lambda: stdconv.restore(standard, A)) == ["C0047"]
    assert codes(lambda: stdconv.validate(standard, SCHEMA)) == ["C0047"]
    residue = frame(LEGACY_A, LEGACY_A).with_columns(series)
    numbered = frame(STANDARD).with_columns(pl.Series("_row", [1]))
    assert codes(lambda: stdconv.restore(numbered, A, residue=residue)) == ["C0047"]


def test_a_residue_without_its_columns_is_refused() -> None:
    result = stdconv.convert(frame(LEGACY_A), A)
    assert codes(lambda: stdconv.restore(result.standard, A, residue=result.residue.drop("氏名"))) == ["C0091"]
    assert codes(lambda: stdconv.restore(result.standard, A, residue=result.residue.drop("_row"))) == ["C0047"]


def test_without_the_residue_the_declared_spelling_comes_back() -> None:
    result = stdconv.convert(frame({**LEGACY_A, "氏名": "行政 花子", "異動日": ""}), A)
    again = stdconv.restore(result.standard, A)
    assert again.legacy.drop("_row").rows(named=True) == [LEGACY_A | {"異動日": "00000000"}]


def test_a_standard_frame_goes_into_the_other_layout_with_its_lookup() -> None:
    result = stdconv.restore(frame(STANDARD), B)
    assert result.legacy.rows(named=True) == [{"_row": 1} | LEGACY_B]
    assert result.lookups.keys() == {"names"}
    assert result.lookups["names"].rows(named=True) == [PARTS]
    assert result.refused.is_empty()


def test_records_that_the_layout_cannot_carry_come_back_as_refused_with_their_number() -> None:
    foreigner = {**STANDARD, "宛名番号": "2", "住民種別": "2", "生年月日_元号": None}
    result = stdconv.restore(frame(foreigner, STANDARD), B)
    assert result.refused.rows(named=True) == [{"_row": 1} | foreigner]
    assert result.legacy.rows(named=True) == [{"_row": 2} | LEGACY_B]
    assert result.findings.select("_row", "code", "column").rows() == [
        (1, "T0030", "住民種別"),
        (1, "D0021", "宛名番号"),
    ]


def test_frames_with_contradictory_lookup_rows_are_refused_like_files() -> None:
    married = {**STANDARD, "履歴番号": "2", "氏名": "山田　花子"}
    result = stdconv.restore(frame(STANDARD, married, {**STANDARD, "宛名番号": "7"}), B)
    assert result.refused["_row"].to_list() == [1, 2]
    assert result.findings.select("_row", "code").rows() == [(1, "T0032"), (2, "T0032"), (1, "D0021")]
    assert result.legacy["_row"].to_list() == [3]
    assert result.lookups["names"].rows(named=True) == [PARTS | {"宛名番号": "7"}]


def test_empty_text_in_a_standard_frame_is_absent() -> None:
    result = stdconv.restore(frame({**STANDARD, "世帯番号": ""}), B)
    assert result.legacy["世帯番号"].to_list() == [""]
    assert stdconv.validate(frame({**STANDARD, "世帯番号": ""}), SCHEMA).findings.is_empty()


# Validating frames


def test_a_standard_frame_that_is_in_order_has_no_findings() -> None:
    findings = stdconv.validate(frame(STANDARD), SCHEMA).findings
    assert findings.is_empty()
    assert findings.columns == FINDING


def test_validating_names_row_column_and_code_and_never_the_value() -> None:
    broken = {**STANDARD, "宛名番号": "2", "氏名": "ＣＡＮＡＲＹ花子@", "住民状態": "4"}
    findings = stdconv.validate(frame(STANDARD, broken), SCHEMA).findings
    assert set(findings.select("_row", "column", "severity").rows()) == {
        (2, "氏名", "refuse"),
        (2, "住民状態", "refuse"),
    }
    assert "ＣＡＮＡＲＹ" not in str(findings.rows())


def test_a_duplicate_key_fails_and_names_every_record_that_has_it() -> None:
    findings = stdconv.validate(frame(STANDARD, {**STANDARD, "宛名番号": "2"}, STANDARD), SCHEMA).findings
    assert findings.select("_row", "code", "severity", "column").rows() == [
        (1, "D0001", "fail", "宛名番号+履歴番号"),
        (3, "D0001", "fail", "宛名番号+履歴番号"),
    ]


def test_row_numbers_of_a_frame_that_has_them_are_used() -> None:
    numbered = frame(STANDARD, {**STANDARD, "性別": "9"}).with_columns(pl.Series("_row", [70, 90]))
    findings = stdconv.validate(numbered, SCHEMA).findings.filter(pl.col("code") != "D0001")
    assert findings["_row"].to_list() == [90]


# Sampling frames


@pytest.mark.slow
def test_sampled_frames_convert_whole_and_are_the_same_for_the_same_seed() -> None:
    for mapping in (A, B):
        sampled = stdconv.sample(mapping, 50, 3)
        assert_frame_equal(sampled, stdconv.sample(mapping, 50, 3))
        assert not sampled.equals(stdconv.sample(mapping, 50, 4))
        result = stdconv.convert(sampled, mapping)
        assert result.standard["_row"].to_list() == list(range(1, 51))
        assert result.residue.is_empty()
    assert stdconv.sample(A, 0, 3).columns == ["_row", *LEGACY_A]


# Wrong frames


def codes(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(stdconv.DefinitionError) as refusal:
        call()
    return [fault.code for fault in refusal.value.faults]


def test_all_columns_that_a_legacy_frame_lacks_are_told_at_once() -> None:
    assert codes(lambda: stdconv.convert(frame(LEGACY_A).drop("氏名", "性別"), A)) == ["C0091", "C0091"]


def test_a_legacy_column_that_is_no_text_is_a_fault() -> None:
    numbers = frame(LEGACY_A).with_columns(pl.col("履歴番号").cast(pl.Int64))
    with pytest.raises(stdconv.DefinitionError, match="履歴番号") as refusal:
        stdconv.convert(numbers, A)
    assert [fault.code for fault in refusal.value.faults] == ["C0013"]
    assert refusal.value.exit_code == 2


def test_a_lookup_frame_needs_its_key_and_columns() -> None:
    lacking = frame(HOUSEHOLDS).drop("世帯番号")
    assert codes(lambda: stdconv.convert(frame(LEGACY_A), A, lookups={"households": lacking})) == ["C0091"]


def test_a_lookup_that_the_mapping_does_not_know_is_a_fault() -> None:
    assert codes(lambda: stdconv.convert(frame(LEGACY_A), A, lookups={"streets": frame(HOUSEHOLDS)})) == ["C0086"]


def test_a_standard_frame_with_a_column_that_the_schema_does_not_know_is_a_fault() -> None:
    unknown = frame(STANDARD).with_columns(pl.lit("x").alias("個人番号"))
    assert codes(lambda: stdconv.validate(unknown, SCHEMA)) == ["C0059"]
    assert codes(lambda: stdconv.restore(unknown, B)) == ["C0059"]


def test_a_standard_frame_without_its_key_is_a_fault_as_it_is_for_a_file() -> None:
    """Section 7: a standard file may lack any column but the key."""
    keyless = frame(STANDARD).drop("宛名番号")
    assert codes(lambda: stdconv.validate(keyless, SCHEMA)) == ["C0091"]
    assert codes(lambda: stdconv.restore(keyless, B)) == ["C0091"]


def test_unknown_mappings_and_schemas_are_faults_with_suggestions() -> None:
    for call in (
        lambda: stdconv.load_mapping("vendor-a/resident-lnk"),
        lambda: stdconv.load_schema("resident-lnk/1.0"),
    ):
        with pytest.raises(stdconv.DefinitionError, match="resident-link") as refusal:
            call()
        assert [fault.code for fault in refusal.value.faults] == ["C0001"]


def test_every_error_is_a_stdconv_error_with_faults_and_survives_pickling() -> None:
    for kind, exit_code in (
        (stdconv.DefinitionError, 2),
        (stdconv.UnreadableError, 3),
        (stdconv.UnprovenError, 4),
    ):
        assert issubclass(kind, stdconv.StdconvError)
        assert kind.exit_code == exit_code
    with pytest.raises(stdconv.StdconvError) as refusal:
        stdconv.load_mapping("nothing")
    again = pickle.loads(pickle.dumps(refusal.value))  # noqa: S301 -- our own bytes
    assert type(again) is stdconv.DefinitionError
    assert again.faults == refusal.value.faults


# Plans and files


def test_a_plan_is_picklable_and_comparable() -> None:
    plan = stdconv.load_mapping(A)
    again = pickle.loads(pickle.dumps(plan))  # noqa: S301 -- our own bytes
    assert again == plan
    assert again != stdconv.load_mapping(B)
    assert_frame_equal(stdconv.convert(frame(LEGACY_A), again).standard, stdconv.convert(frame(LEGACY_A), A).standard)


def test_a_plan_a_name_and_a_path_mean_the_same_mapping() -> None:
    path = MAPPINGS / f"{A}.yaml"
    results = [
        stdconv.convert(frame(LEGACY_A), each).standard for each in (A, path, str(path), stdconv.load_mapping(A))
    ]
    for result in results[1:]:
        assert_frame_equal(result, results[0])


def test_files_are_converted_verified_restored_and_validated_by_the_library(tmp_path: Path) -> None:
    lookups = {"households": str(EXAMPLES / "vendor_a_households.csv")}
    report = stdconv.convert_file(str(EXAMPLES / "vendor_a.csv"), A, str(tmp_path / "run"), lookups=lookups)
    assert (report.exit_code, report.counts.accepted) == (0, 1)
    assert report.model_dump(mode="json") == json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))

    manifest = stdconv.verify(str(tmp_path / "run"))
    assert isinstance(manifest, stdconv.Manifest)
    # sha256sum examples/vendor_a.csv
    assert manifest.original.sha256 == "53957729ca482dd166ad859e85dfab8136e1479628b3a5501d480885811168ab"
    assert manifest.lookups == ("households",)

    stdconv.restore_file(tmp_path / "run", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (EXAMPLES / "vendor_a.csv").read_bytes()
    stdconv.relay_file(tmp_path / "run" / "standard.csv", B, tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_bytes() == (EXAMPLES / "vendor_b.csv").read_bytes()

    checked = stdconv.validate_file(tmp_path / "run" / "standard.csv", SCHEMA, folder=tmp_path / "checked")
    assert (checked.exit_code, checked.counts.accepted) == (0, 1)
    assert pl.read_parquet(tmp_path / "checked" / "findings.parquet").is_empty()


def test_frames_and_files_agree_on_what_is_accepted_and_found(tmp_path: Path) -> None:
    people = [
        LEGACY_A | {"住民番号": str(number), "性別": "鳥" if number % 5 == 0 else "女", "氏名": name}
        for number, name in enumerate(["行政　花子", "行政花子", "行政 花子", "　花子", ""] * 4, 1)
    ]
    lines = [",".join(LEGACY_A), *(",".join(person.values()) for person in people)]
    (tmp_path / "in.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp932"))
    stdconv.convert_file(tmp_path / "in.csv", A, tmp_path / "run", format="parquet")

    result = stdconv.convert(pl.DataFrame(people), A)

    assert_frame_equal(pl.read_parquet(tmp_path / "run" / "standard.parquet"), result.standard)
    by = ["_row", "code", "column"]
    assert_frame_equal(pl.read_parquet(tmp_path / "run" / "findings.parquet").sort(by), result.findings.sort(by))


# The README


def library_code() -> list[str]:
    """Return the blocks of Python in the README."""
    text = (TOP / "README.md").read_text(encoding="utf-8") if (TOP / "README.md").exists() else ""
    return [block.body for block in blocks(text) if block.language == "python"]


@pytest.mark.e2e
def test_the_python_of_the_readme_runs_as_it_stands(tmp_path: Path) -> None:
    if not (TOP / "README.md").read_text(encoding="utf-8").strip():
        pytest.skip("the README is empty")
    assert library_code(), "the README shows no library code"
    for name in ("examples", "mappings", "schemas"):
        (tmp_path / name).symlink_to(TOP / name)
    script = "\n".join(library_code())
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr


def test_a_heading_that_is_a_value_is_told_by_its_shape_alone() -> None:
    headless = pl.DataFrame({"宛名番号": ["1"], "履歴番号": ["1"], "龍崎　鱗太": ["x"], "090-1234-5678": ["y"]})
    for call in (lambda: stdconv.validate(headless, SCHEMA), lambda: stdconv.restore(headless, B)):
        with pytest.raises(stdconv.DefinitionError, match="C0059") as raised:
            call()
        for lang in ("en", "ja"):
            said = raised.value.faults[0].text(lang)
            assert "龍崎" not in said
            assert "1234" not in said
            assert "漢漢" in said
