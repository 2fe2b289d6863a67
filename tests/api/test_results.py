"""What functions for frames return: compared by content, counted, judged as the commands judge, and told in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv
from stdconv.findings.shown import Counted
from stdconv.reports.text import report_text
from support.paths import CASES, EXAMPLES

A, B, SCHEMA = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"


@pytest.fixture(scope="module")
def legacy() -> pl.DataFrame:
    """Four records of A社: one as it should be, one that warns, two that are refused."""
    plan = stdconv.load_mapping(A)
    person = dict(plan.mapping.examples[0].legacy) | {"氏名": "行政　花子"}
    odd = [{"氏名": "行政　\ue03e"}, {"性別": "鳥"}, {"生年月日": "9999"}]
    every = [person, *(person | {"住民番号": str(number), **each} for number, each in enumerate(odd, 2))]
    return pl.DataFrame(every)


@pytest.fixture(scope="module")
def converted(legacy: pl.DataFrame) -> stdconv.Conversion:
    return stdconv.convert(legacy, A)


@pytest.fixture(scope="module")
def results(converted: stdconv.Conversion) -> dict[str, Any]:
    return {
        "Conversion": converted,
        "Restoration": stdconv.restore(converted.standard, B),
        "Validation": stdconv.validate(converted.standard, SCHEMA),
    }


RESULTS = ("Conversion", "Restoration", "Validation")


# Compared


@pytest.mark.parametrize("name", RESULTS)
def test_results_of_the_same_records_are_equal_and_others_are_not(
    name: str, results: dict[str, Any], legacy: pl.DataFrame
) -> None:
    again = stdconv.convert(legacy, A)
    same = {
        "Conversion": again,
        "Restoration": stdconv.restore(again.standard, B),
        "Validation": stdconv.validate(again.standard, SCHEMA),
    }
    fewer = stdconv.convert(legacy.head(1), A)
    other = {
        "Conversion": fewer,
        "Restoration": stdconv.restore(fewer.standard, B),
        "Validation": stdconv.validate(fewer.standard, SCHEMA),
    }
    assert results[name] == same[name]
    assert results[name] != other[name]
    assert results[name] != results[RESULTS[RESULTS.index(name) - 1]]
    with pytest.raises(TypeError, match="unhashable"):
        hash(results[name])


def test_results_differ_where_a_value_of_one_frame_or_its_type_does(results: dict[str, Any]) -> None:
    held = results["Restoration"]
    values = {name: getattr(held, name) for name in ("legacy", "lookups", "refused", "findings", "plan")}
    assert stdconv.Restoration(**values) == held
    changed = held.legacy.with_columns(性別=pl.lit("9"))
    assert stdconv.Restoration(**values | {"legacy": changed}) != held
    assert stdconv.Restoration(**values | {"legacy": held.legacy.with_columns(pl.col("_row").cast(pl.Int32))}) != held
    assert stdconv.Restoration(**values | {"lookups": {"names": held.lookups["names"].head(0)}}) != held
    assert stdconv.Restoration(**values | {"lookups": {}}) != held


def test_every_result_compares_by_content_and_prints_counts() -> None:
    every = [each for name in stdconv.__all__ if isinstance(each := getattr(stdconv, name), type)]
    kinds = {each for each in every if issubclass(each, stdconv.Result)}
    assert {kind.__name__ for kind in kinds} >= {"Conversion", "Converted", "Legacy", "Restoration", "Validation"}
    for kind in kinds:
        assert (kind.__eq__, kind.__repr__) == (Counted.__eq__, Counted.__repr__), kind
        assert kind.__hash__ is None


# Counted and judged


def test_counts_say_how_many_records_there_were(results: dict[str, Any]) -> None:
    counts = {name: each.counts.model_dump() for name, each in results.items()}
    assert counts == {
        "Conversion": {"read": 4, "accepted": 2, "refused": 2},
        "Restoration": {"read": 2, "accepted": 2, "refused": 0},
        "Validation": {"read": 2, "accepted": 2, "refused": 0},
    }


@pytest.mark.slow
@pytest.mark.parametrize("fail_on", ["note", "warn", "refuse", "never"])
def test_what_is_ok_is_what_the_command_ends_well_with(fail_on: Any, legacy: pl.DataFrame, tmp_path: Path) -> None:
    for number, rows in enumerate(([0], [0, 1], [0, 2], [2], [])):
        given = legacy[rows]
        text = "".join(",".join(row) + "\r\n" for row in (given.columns, *given.rows()))
        (tmp_path / "in.csv").write_bytes(text.encode("cp932"))
        converted = stdconv.convert(given, A)
        folder = tmp_path / f"run-{number}"
        report = stdconv.convert_file(tmp_path / "in.csv", A, folder, fail_on=fail_on)
        assert converted.ok(fail_on) == (report.exit_code == 0), (rows, report.exit_code)
        assert converted.counts == report.counts
        checked = stdconv.validate_file(folder / "standard.csv", SCHEMA, fail_on=fail_on)
        assert stdconv.validate(converted.standard, SCHEMA).ok(fail_on) == (checked.exit_code == 0)
        relayed = stdconv.relay_file(folder / "standard.csv", B, tmp_path / f"{number}.csv", fail_on=fail_on)
        restored = stdconv.restore(converted.standard, B)
        assert (restored.ok(fail_on), restored.counts) == (relayed.exit_code == 0, relayed.counts)


def test_a_validated_frame_has_the_report_that_its_file_has(converted: stdconv.Conversion, tmp_path: Path) -> None:
    broken = pl.concat([converted.standard, converted.standard.with_columns(性別=pl.lit("8"))]).drop("_row")
    broken.write_parquet(tmp_path / "s.parquet")
    of_file = stdconv.validate_file(tmp_path / "s.parquet", SCHEMA).model_dump()
    of_frame = stdconv.validate(broken, SCHEMA)
    assert of_frame.report.model_dump() == of_file | {"file": ""}
    assert of_frame.counts == of_frame.report.counts
    assert len(of_frame.report.findings) > 1
    assert of_frame.report.findings[0].name in report_text(of_frame.report)


# Told


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_findings_in_words_are_the_findings_row_for_row(lang: Any, results: dict[str, Any]) -> None:
    for result in results.values():
        told = result.findings_in(lang)
        assert told.columns == [
            *("_row", "side", "column", "code", "severity", "name", "summary", "cause", "remedy", "detail"),
        ]
        assert_frame_equal(told.select("_row", "column", "code"), result.findings.select("_row", "column", "code"))
        for code, name, summary, cause, remedy in told.select("code", "name", "summary", "cause", "remedy").rows():
            said = stdconv.explain(code, lang)
            assert (name, summary, cause, remedy) == (said.name, said.summary, said.cause, said.remedy)


def test_no_findings_in_words_have_the_same_columns(results: dict[str, Any]) -> None:
    some = results["Conversion"].findings_in("ja")
    none = stdconv.Restoration(
        legacy=pl.DataFrame(),
        lookups={},
        refused=pl.DataFrame(),
        findings=results["Conversion"].findings.clear(),
        plan=stdconv.load_mapping("vendor-a/resident-link"),
    )
    assert none.findings_in("ja").schema == some.schema
    assert none.findings_in("ja").is_empty()


def test_findings_in_japanese_have_every_word_in_japanese(converted: stdconv.Conversion) -> None:
    told = converted.findings_in("ja").filter(code="E0003")
    assert told.select("_row", "side", "column", "severity", "detail").rows() == [(2, "旧側", "氏名", "警告", "U+E03E")]
    assert told["summary"].item() == "値に私用領域の文字（外字）があります。"


@pytest.mark.slow
def test_details_are_worded_as_the_text_report_words_them(tmp_path: Path) -> None:
    """Of every file of a case that is validated: each line of the report that names one detail has the frame's."""
    seen = set()
    for case in sorted(CASES.glob("validate-*")):
        for file in case.glob("*.csv"):
            try:
                report = stdconv.validate_file(file, SCHEMA, folder=tmp_path / f"{case.name}-{file.stem}")
            except stdconv.StdconvError:
                continue
            findings = pl.read_parquet(tmp_path / f"{case.name}-{file.stem}" / "findings.parquet")
            held = stdconv.Validation(findings=findings, report=report)
            text = report_text(report, "ja")
            for total in report.findings:
                told = held.findings_in("ja").filter(code=total.code, column=total.column)["detail"].unique()
                if total.kinds == 1 and len(told) == 1 and told.item():
                    assert told.item() in text
                    seen.add(total.code)
    assert len(seen) > 3


# Explained


def test_a_code_is_explained_in_both_languages() -> None:
    said = {lang: stdconv.explain("D0001", lang) for lang in ("en", "ja")}
    assert said["en"] == stdconv.explain("D0001")
    assert {each.name for each in said.values()} == {"duplicate-key"}
    assert {each.severity for each in said.values()} == {"fail"}
    assert (said["en"].severity_word, said["ja"].severity_word) == ("fail", "失敗")
    assert said["ja"].summary != said["en"].summary
    assert stdconv.explain("S0002", "ja").detail
    assert stdconv.explain("E0001").official == "E0002"


def test_a_family_has_a_name_in_both_languages() -> None:
    assert stdconv.explain("S0002").family == "Schema and record rules"
    assert stdconv.explain("S0002", "ja").family == "スキーマとレコード内の規則"


# Errors


def test_an_error_is_told_in_japanese_as_the_command_tells_it() -> None:
    with pytest.raises(stdconv.DefinitionError) as caught:
        stdconv.load_mapping("vendor-a/resident-lnk")
    error = caught.value
    assert error.text() == error.text("en") == str(error)
    assert "見つかりません" in error.text("ja") or "ありません" in error.text("ja")
    assert error.text("ja") == "\n".join(fault.text("ja") for fault in error.faults)


def test_a_fault_has_what_its_texts_were_filled_with() -> None:
    with pytest.raises(stdconv.DefinitionError) as caught:
        stdconv.restore(pl.DataFrame({"宛名番号": [1], "履歴番号": ["1"]}), A)
    fault = caught.value.faults[0]
    assert fault.code == "C0013"
    assert fault.parameters["column"] == {"en": "宛名番号", "ja": "宛名番号"}
    assert set(fault.parameters["remedy"]) == {"en", "ja"}
    assert fault.parameters["remedy"]["ja"] in fault.messages["ja"].remedy
    assert json.dumps(fault.parameters)


def test_the_example_has_no_finding_to_tell() -> None:
    lookup = pl.read_csv(EXAMPLES / "vendor_a_households.csv", encoding="cp932", infer_schema=False)
    frame = pl.read_csv(EXAMPLES / "vendor_a.csv", encoding="cp932", infer_schema=False)
    result = stdconv.convert(frame, A, lookups={"households": lookup})
    assert result.ok("note")
    assert result.findings_in("ja").is_empty()
