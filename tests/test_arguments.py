"""What the library is given: taken where nothing is lost, refused before any work if not; what it returns prints counts."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv
from stdconv import testing
from stdconv.findings.shown import Counted
from stdconv.lenses.padding import Unfill
from support.paths import EXAMPLES

A, B, SCHEMA = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"
NAME = "行政　花子"


@pytest.fixture(scope="module")
def plan() -> stdconv.Plan:
    return stdconv.load_mapping(A)


@pytest.fixture(scope="module")
def legacy(plan: stdconv.Plan) -> pl.DataFrame:
    return pl.DataFrame([dict(plan.mapping.examples[0].legacy)])


@pytest.fixture(scope="module")
def standard(plan: stdconv.Plan, legacy: pl.DataFrame) -> pl.DataFrame:
    return stdconv.convert(legacy, plan).standard


# Frames


def test_a_lazy_frame_is_collected(legacy: pl.DataFrame, standard: pl.DataFrame) -> None:
    assert_frame_equal(stdconv.convert(legacy.lazy(), A).standard, standard)
    assert_frame_equal(stdconv.restore(standard.lazy(), A).legacy.drop("_row"), legacy)
    assert stdconv.validate(standard.lazy(), SCHEMA).findings.is_empty()


def test_a_lazy_frame_that_cannot_be_collected_says_so_without_the_words_of_polars() -> None:
    lazy = pl.DataFrame({"氏名": [NAME]}).lazy().select(pl.col("氏名").cast(pl.Int64))
    with pytest.raises(stdconv.DefinitionError, match=r"C0061.*`legacy`.*InvalidOperationError") as caught:
        stdconv.convert(lazy, A)
    assert NAME not in str(caught.value)


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["1", "2", "女"])], ids=["categorical", "enum"])
def test_a_text_that_is_kept_once_is_a_text(kind: pl.DataType, legacy: pl.DataFrame, standard: pl.DataFrame) -> None:
    again = stdconv.convert(legacy.with_columns(pl.col("性別").cast(kind)), A).standard
    assert_frame_equal(again, standard)
    given = standard.with_columns(pl.col("性別").cast(kind))
    assert stdconv.validate(given, SCHEMA).findings.is_empty()
    assert_frame_equal(stdconv.restore(given, A).legacy.drop("_row"), legacy)


def test_a_parquet_column_that_pandas_kept_as_a_category_is_a_text(tmp_path: Path, standard: pl.DataFrame) -> None:
    """In the file it is BYTE_ARRAY (String); only Arrow's metadata calls it a dictionary (pola-rs/polars#23950)."""
    given = standard.drop("_row").with_columns(pl.col("性別").cast(pl.Categorical))
    given.write_parquet(tmp_path / "standard.parquet")
    assert isinstance(pl.read_parquet_schema(tmp_path / "standard.parquet")["性別"], pl.Categorical)
    report = stdconv.validate_file(tmp_path / "standard.parquet", SCHEMA)
    assert (report.counts.accepted, report.findings) == (1, ())


class Other:
    __module__ = "pandas.core.frame"


NO_FRAMES = {
    "a dict": ({"氏名": [NAME]}, "`dict`", "polars.DataFrame"),
    "a list": ([NAME], "`list`", "polars.DataFrame"),
    "a path": (Path("x.csv"), "PosixPath", "_file`"),
    "a name": ("x.csv", "`str`", "_file`"),
    "a frame of pandas": (Other(), "`pandas.core.frame.Other`", "polars.from_pandas"),
    "nothing": (None, "`NoneType`", "polars.DataFrame"),
}


@pytest.mark.parametrize("function", ["convert", "restore", "validate"])
@pytest.mark.parametrize("given", NO_FRAMES)
def test_what_is_no_frame_is_refused_with_its_type_and_what_to_do(function: str, given: str) -> None:
    value, named, remedy = NO_FRAMES[given]
    with pytest.raises(stdconv.DefinitionError, match="C0060") as caught:
        getattr(stdconv, function)(value, SCHEMA if function == "validate" else A)
    assert named in str(caught.value)
    assert remedy in str(caught.value)
    assert NAME not in str(caught.value)


# Everything else

WRONG: dict[str, Callable[[Path], Any]] = {
    "mapping": lambda _: stdconv.load_mapping(5),  # type: ignore[call-overload]
    "mapping of a frame": lambda _: stdconv.convert(pl.DataFrame(), stdconv.load_schema(SCHEMA)),  # type: ignore[arg-type]
    "schema": lambda _: stdconv.load_schema(None),  # type: ignore[arg-type]
    "plan for a schema": lambda _: stdconv.validate(pl.DataFrame(), stdconv.load_mapping(A)),  # type: ignore[arg-type]
    "lookups": lambda _: stdconv.convert(pl.DataFrame(), B, lookups=[]),  # type: ignore[arg-type]
    "a lookup": lambda _: stdconv.convert(pl.DataFrame(), B, lookups={"names": "n.csv"}),  # type: ignore[dict-item]
    "residue": lambda _: stdconv.restore(pl.DataFrame(), A, residue={}),  # type: ignore[arg-type]
    "site": lambda _: stdconv.validate(pl.DataFrame(), SCHEMA, site=7),  # type: ignore[arg-type]
    "rows": lambda _: stdconv.sample(A, -1, 0),
    "rows as text": lambda _: stdconv.sample(A, "3", 0),  # type: ignore[arg-type]
    "rows as a truth": lambda _: stdconv.sample(A, True, 0),
    "seed": lambda _: stdconv.sample(A, 1, -1),
    "greater seed": lambda _: stdconv.sample(A, 1, 2**31),
    "no seed": lambda _: stdconv.sample(A, 1, None),  # type: ignore[arg-type]
    "records": lambda _: stdconv.prove(A, records=-1),
    "seed of a proof": lambda _: stdconv.prove(A, seed=1.5),  # type: ignore[arg-type]
    "half": lambda _: stdconv.prove(A, only="law"),  # type: ignore[arg-type]
    "mapping of lint": lambda _: stdconv.lint(b"x"),  # type: ignore[arg-type]
    "format": lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", format="xlsx"),  # type: ignore[arg-type]
    "fail_on": lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", fail_on="error"),  # type: ignore[arg-type]
    "force": lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", force="no"),  # type: ignore[arg-type]
    "jobs": lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", jobs=0),
    "progress": lambda p: stdconv.convert_file(p / "i.csv", A, p / "o", progress=1),  # type: ignore[arg-type]
    "file": lambda p: stdconv.convert_file(pl.DataFrame(), A, p / "o"),  # type: ignore[arg-type]
    "empty path": lambda p: stdconv.convert_file(p / "i.csv", A, ""),
    "paths of lookups": lambda p: stdconv.convert_file(p / "i.csv", B, p / "o", lookups={"names": 1}),  # type: ignore[dict-item]
    "lookups wanted": lambda p: stdconv.restore_file(p, p / "o.csv", lookups={"a": "b"}),  # type: ignore[arg-type]
    "standard": lambda p: stdconv.relay_file(None, A, p / "o.csv"),  # type: ignore[arg-type]
    "folder": lambda p: stdconv.validate_file(p / "i.csv", SCHEMA, folder=False),  # type: ignore[arg-type]
    "verified": lambda _: stdconv.verify(None),  # type: ignore[arg-type]
    "records of a test": lambda _: testing.assert_round_trip(A, records=-1),
    "values of a test": lambda _: testing.assert_lens_laws(Unfill(op="unfill", width=10), values=-1),
    "schema of a test": lambda _: testing.records(5),  # type: ignore[arg-type]
    "mapping of a test": lambda _: testing.legacy_files(None),  # type: ignore[arg-type]
    "linted in a test": lambda _: testing.assert_lint_clean(None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_refused_before_any_work(case: str, tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_bytes((EXAMPLES / "vendor_a.csv").read_bytes())
    with pytest.raises(stdconv.DefinitionError, match="C0060") as caught:
        WRONG[case](tmp_path)
    (fault,) = caught.value.faults
    assert "{" not in "".join(fault.text(lang) for lang in ("en", "ja"))
    assert [path.name for path in tmp_path.iterdir()] == ["i.csv"]


# The same checks on frames as on files


def test_a_frame_is_asked_about_its_keys_as_a_file_is(legacy: pl.DataFrame) -> None:
    findings = stdconv.convert(pl.concat([legacy, legacy]), A).findings
    assert findings.filter(pl.col("code") == "D0001")["_row"].to_list() == [1, 2]


def test_a_lookup_frame_that_matches_nobody_fails_as_a_file_does() -> None:
    plan = stdconv.load_mapping(A)
    legacy = pl.DataFrame([dict(plan.mapping.examples[0].legacy)])
    lookup = plan.mapping.lookups["households"]
    nobody = pl.DataFrame({name: ["x"] for name in (*lookup.key, *lookup.columns)})
    findings = stdconv.convert(legacy, plan, lookups={"households": nobody}).findings
    assert "D0005" in findings["code"].to_list()


def test_characters_of_frames_are_looked_at_as_those_of_files(legacy: pl.DataFrame, standard: pl.DataFrame) -> None:
    odd = pl.concat([legacy.with_columns(氏名=pl.lit(f"行政　{c}子")) for c in ("\ue03e", "\ufffd", "\0")])
    result = stdconv.convert(odd.with_columns(履歴番号=pl.Series(["1", "2", "3"])), A)
    found = result.findings.filter(pl.col("code").str.contains("^[ER]")).select("_row", "code", "detail").rows()
    assert found == [(1, "E0003", "U+E03E"), (2, "E0004", "U+FFFD"), (3, "R0004", "")]
    assert result.refused["_row"].to_list() == [3]
    given = standard.with_columns(氏名=pl.lit("行政　\ue03e"))
    assert stdconv.validate(given, SCHEMA).findings.select("code", "detail").rows() == [("E0003", "U+E03E")]
    assert ("E0003", "U+E03E") in stdconv.restore(given, A).findings.select("code", "detail").rows()
    given = standard.with_columns(氏名=pl.lit("行政　\0"))
    assert stdconv.validate(given, SCHEMA).findings.select("code", "severity").rows() == [("R0004", "refuse")]
    assert stdconv.restore(given, A).refused["_row"].to_list() == [1]


def test_a_restored_frame_says_what_a_restored_file_says(tmp_path: Path, standard: pl.DataFrame) -> None:
    given = standard.drop("_row", "性別")
    given.write_parquet(tmp_path / "s.parquet")
    report = stdconv.relay_file(tmp_path / "s.parquet", B, tmp_path / "o.csv")
    of_file = {(total.code, total.column): total.count for total in report.findings}
    findings = stdconv.restore(given, B).findings
    of_frame = {(code, column): count for code, column, count in findings.group_by("code", "column").len().rows()}
    assert of_frame == of_file
    assert ("S0010", "性別") in of_file


# The results


def holders() -> list[type]:
    """Return every dataclass that holds frames or bytes, but for those of drawn data, which belong to nobody."""
    found = []
    for module in pkgutil.walk_packages(stdconv.__path__, "stdconv."):
        if module.name.startswith(("stdconv.proving", "stdconv.town", "stdconv.__main__")):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.name:
                types = " ".join(str(field.type) for field in dataclasses.fields(value))
                if any(word in types for word in ("DataFrame", "Series", "bytes")):
                    found.append(value)
    return found


def test_whatever_holds_records_prints_counts() -> None:
    every = holders()
    assert {"Conversion", "Restoration", "Outcome", "Batch", "ParsedBatch"} <= {each.__name__ for each in every}
    assert [each for each in every if not issubclass(each, Counted) or "__repr__" in vars(each)] == []


def test_results_print_counts_and_no_value(plan: stdconv.Plan, legacy: pl.DataFrame) -> None:
    result = stdconv.convert(pl.concat([legacy, legacy.with_columns(性別=pl.lit("？"))]), plan)
    restored = stdconv.restore(result.standard, plan, residue=result.residue)
    shown = repr(result) + str(restored)
    assert repr(result).startswith("Conversion(standard=<rows: 1>, refused=<rows: 1>, ")
    assert str(restored).startswith("Restoration(legacy=<rows: 1>, lookups=<entries: 1>, ")
    values = {value for row in legacy.rows() for value in row if value and len(value) > 1}
    assert values
    assert not [value for value in values if value in shown]


def test_a_plan_and_a_schema_print_what_they_are_called(plan: stdconv.Plan) -> None:
    assert repr(plan) == "Plan('vendor-a/resident-link', schema='resident-link/1.0')"
    assert repr(plan.schema) == "Schema('resident-link/1.0', columns=10)"
