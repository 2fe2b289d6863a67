"""The residue knows whose it is: by number, and by a digest of the standard values that it was written for."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.cli.entry import run
from stdconv.conversion.residue import digests
from stdconv.runs.manifest import describe, load_manifest
from stdconv.standard.writers import Format
from support.links import a_file
from support.paths import CASES

A = "vendor-a/resident-link"
DEFAULTS = CASES / "golden-defaults"
PEOPLE = ("1,行政　花子,女", "2,行政 花男,男", "3,行政　草子,鳥", "4,行政 木子,女")


@pytest.fixture(params=["parquet", "ndjson"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A run folder whose third record was refused; the second and the fourth have a spelling of their own."""
    lines = [f"{n},1,{name},3600707,{sex},住登者,20240301,日本人" for n, name, sex in (p.split(",") for p in PEOPLE)]
    (tmp_path / "in.csv").write_bytes(a_file(*lines))
    kind: Format = request.param
    stdconv.convert_file(tmp_path / "in.csv", A, tmp_path / "run", format=kind)
    return tmp_path / "run"


def standard_of(folder: Path) -> Path:
    return next(folder.glob("standard.*"))


def read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_ndjson(path)


def edited(folder: Path, frame: pl.DataFrame) -> None:
    """Replace a run folder's standard records, and their hash in the manifest."""
    path = standard_of(folder)
    frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_ndjson(path)
    manifest = load_manifest(folder)
    known = manifest.model_copy(update={"files": describe(folder, {})})
    (folder / "manifest.json").write_text(known.model_dump_json(), encoding="utf-8")


def golden() -> tuple[stdconv.Plan, stdconv.Conversion]:
    """Three records; in the unmapped columns the first two have others than the defaults."""
    plan = stdconv.load_mapping(DEFAULTS / "mapping.yaml")
    legacy = pl.read_csv(
        io.BytesIO((DEFAULTS / "legacy.csv").read_bytes().decode("cp932").encode()),
        infer_schema=False,
    )
    return plan, stdconv.convert(legacy, plan)


# Numbers


def test_a_run_folders_records_are_numbered_as_in_the_original(folder: Path) -> None:
    assert read(standard_of(folder)).select("_row", "宛名番号").rows() == [(1, "1"), (2, "2"), (4, "4")]


def test_a_csv_has_no_row_numbers(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(a_file("1,1,行政　花子,3600707,女,住登者,20240301,日本人"))
    stdconv.convert_file(tmp_path / "in.csv", A, tmp_path / "run")
    assert b"_row" not in (tmp_path / "run" / "standard.csv").read_bytes()


def test_the_frames_of_a_run_folder_restore_with_a_record_refused(folder: Path) -> None:
    again = stdconv.restore(read(standard_of(folder)), A, residue=pl.read_parquet(folder / "residue.parquet"))
    assert again.legacy.select("_row", "氏名").rows() == [(1, "行政　花子"), (2, "行政 花男"), (4, "行政 木子")]
    assert again.findings.is_empty()


def test_commands_and_functions_take_a_run_folders_standard_file(folder: Path, tmp_path: Path) -> None:
    standard = standard_of(folder)
    report = stdconv.validate_file(standard, "resident-link/1.0", fail_on="never")
    assert (report.counts.read, report.counts.refused) == (3, 0)
    assert not stdconv.validate(read(standard), "resident-link/1.0").findings.filter(severity="refuse").height
    assert stdconv.relay_file(standard, A, tmp_path / "again.csv").counts.accepted == 3
    assert run(["verify", str(folder)]) == 0
    assert run(["restore", str(folder), "-o", str(tmp_path / "restored.csv")]) == 0
    assert (tmp_path / "restored.csv").read_bytes() == (tmp_path / "in.csv").read_bytes()


def test_row_numbers_that_are_none_are_told(tmp_path: Path) -> None:
    record = {"_row": "1", "宛名番号": "1", "履歴番号": "1"}
    pl.DataFrame([record]).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(stdconv.UnreadableError) as raised:
        stdconv.validate_file(tmp_path / "a.parquet", "resident-link/1.0")
    assert [fault.code for fault in raised.value.faults] == ["S0029"]
    pl.DataFrame([record]).write_ndjson(tmp_path / "a.ndjson")
    report = stdconv.validate_file(tmp_path / "a.ndjson", "resident-link/1.0")
    assert ("S0028", "_row") in [(each.code, each.column) for each in report.findings]


def test_a_csv_with_row_numbers_has_a_column_too_many(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("_row,宛名番号,履歴番号\r\n1,1,1\r\n", encoding="utf-8")
    with pytest.raises(stdconv.UnreadableError) as raised:
        stdconv.validate_file(tmp_path / "a.csv", "resident-link/1.0")
    assert [fault.code for fault in raised.value.faults] == ["S0009"]


# Values


def test_an_edited_record_of_a_run_folder_is_told(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    frame = read(standard_of(folder))
    edited(
        folder,
        frame.with_columns(pl.when(pl.col("_row") == 4).then(pl.lit("20")).otherwise("宛名番号").alias("宛名番号")),
    )
    assert run(["verify", str(folder)]) == 0
    assert run(["restore", str(folder), "-o", str(tmp_path / "again.csv")]) == 4
    told = capfd.readouterr().err
    assert "C0080" in told
    assert "record 4" in told
    assert not (tmp_path / "again.csv").exists()


def test_a_record_too_many_in_a_run_folder_is_told(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    frame = read(standard_of(folder))
    edited(folder, pl.concat([frame, frame.tail(1).with_columns(_row=pl.lit(5, dtype=pl.Int64))]))
    assert run(["restore", str(folder), "-o", str(tmp_path / "again.csv")]) == 4
    assert "C0027" in capfd.readouterr().err


def test_reordered_records_of_a_run_folder_are_told(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    edited(folder, read(standard_of(folder)).reverse())
    assert run(["restore", str(folder), "-o", str(tmp_path / "again.csv")]) == 4
    assert "C0027" in capfd.readouterr().err


def test_an_unmapped_value_does_not_come_back_on_another_record() -> None:
    plan, result = golden()
    changed = pl.when(pl.col("_row") == 1).then(pl.lit("1")).otherwise(pl.col("性別"))
    again = stdconv.restore(result.standard.with_columns(changed.alias("性別")), plan, residue=result.residue)
    assert again.refused["_row"].to_list() == [1]
    refusals = again.findings.filter(pl.col("severity") == "refuse").select("_row", "side", "column", "code").rows()
    assert refusals == [(1, "legacy", name, "T0037") for name in ("更新者", "更新日時", "予備")]
    assert again.legacy["_row"].to_list() == [2, 3]


def test_without_its_row_of_the_residue_a_changed_record_has_the_defaults() -> None:
    plan, result = golden()
    changed = pl.when(pl.col("_row") == 1).then(pl.lit("1")).otherwise(pl.col("性別"))
    remains = result.residue.filter(pl.col("_row") != 1)
    again = stdconv.restore(result.standard.with_columns(changed.alias("性別")), plan, residue=remains)
    assert again.legacy.row(0) == (1, "1", "移行", "男", "00000000000000", "")


def test_numbers_that_were_exchanged_are_noticed() -> None:
    plan, result = golden()
    exchanged = result.standard.with_columns(_row=pl.Series([2, 1, 3]))
    again = stdconv.restore(exchanged, plan, residue=result.residue)
    assert again.refused["_row"].sort().to_list() == [1, 2]


def test_a_residue_without_digests_counts_for_no_values() -> None:
    plan, result = golden()
    undigested = result.residue.with_columns(pl.lit(None).alias("_digest"))
    assert stdconv.restore(result.standard, plan, residue=undigested).refused["_row"].to_list() == [1, 2]
    with pytest.raises(stdconv.DefinitionError) as raised:
        stdconv.restore(result.standard, plan, residue=result.residue.drop("_digest"))
    assert [fault.code for fault in raised.value.faults] == ["C0091"]


def test_digests_are_what_b2sum_gives() -> None:
    """``printf '\\0001\\0行政' | b2sum -l 64``; an absent value and a column that is not there are empty."""
    frame = pl.DataFrame({"_row": [1, 2], "番号": ["1", "2"], "氏名": ["行政", None]})
    given = [digest.hex() for digest in digests(frame, ["番号", "氏名"])]
    assert given == ["8c2fb212fca47edd", "0416c6c551c6ac00"]
    assert digests(frame.drop("氏名"), ["番号", "氏名"])[1].hex() == "0416c6c551c6ac00"
