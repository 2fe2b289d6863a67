"""A legacy side that is a standard record itself: one edition into another and back, with the losses that are told."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

import stdconv
from stdconv.cli.entry import run
from support.paths import CASES

EDITIONS = "editions/resident-basic-0.1-to-0.2"
OLD, NEW = "resident-basic/0.1", "resident-basic/0.2"
GOLDEN = CASES / "golden-edition" / "mapping.yaml"
RENAMED = {
    "氏名_フリガナ": "氏名_振り仮名（フリガナ）",
    "氏_日本人_フリガナ": "氏_日本人_振り仮名",
    "名_日本人_フリガナ": "名_日本人_振り仮名",
    "第30条45規定区分": "第３０条の４５に規定する区分",
}
GONE = {"通知日", "他業務参照不可フラグ", "氏名_フリガナ確認状況", "氏名_フリガナ公証確認状況"}
"""What the record of 2026 has not, or under a name of which nobody says that it is the same."""
COUNTRY = "国籍等_国名コード"


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the standard file of edition 0.1 that a vendor's sampled file becomes."""
    folder = tmp_path_factory.mktemp("town")
    legacy = folder / "legacy.csv"
    pack = next(n for n in ("vendor-a/resident-basic-0.1", "vendor-a/resident-basic") if is_of_old(n))
    assert run(["sample", "-m", pack, "--rows", "300", "--seed", "7", "-o", str(legacy)]) == 0
    stdconv.convert_file(legacy, pack, folder / "run", fail_on="never")
    return folder / "run" / "standard.csv"


def is_of_old(name: str) -> bool:
    try:
        return stdconv.load_mapping(name).schema.name == OLD
    except stdconv.DefinitionError:
        return False


@pytest.mark.slow
def test_what_both_editions_know_is_equal_there_and_back_with_the_losses_that_were_told(
    town: Path, tmp_path: Path
) -> None:
    given = rows_of(town)
    report = stdconv.convert_file(town, EDITIONS, tmp_path / "run", form="linkage")
    assert (report.counts.read, report.counts.refused) == (len(given), 0)
    new = tmp_path / "run" / "standard.csv"
    there = rows_of(new)
    lost: Counter[str] = Counter()
    for old, record in zip(given, there, strict=True):
        for name, value in old.items():
            if record.get(RENAMED.get(name, name), "") != value:
                lost[name] += 1
    told = Counter({total.column: total.count for total in report.findings if total.code in ("T0046", "T0047")})
    assert lost == told
    assert set(told) <= {*GONE, COUNTRY}
    assert told[COUNTRY] == sum(record[COUNTRY] != "" for record in given) > 0
    headings = list(stdconv.load_schema(NEW).names)
    assert len(headings) == 234
    every = [[record[name] for name in headings] for record in there]
    assert new.read_bytes() == legacy(headings, *every, quote=csv.QUOTE_ALL, mark="\ufeff")
    stdconv.restore_file(tmp_path / "run", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == town.read_bytes()
    back = stdconv.relay_file(new, EDITIONS, tmp_path / "back.csv")
    assert back.counts.refused == 0
    for old, record in zip(given, rows_of(tmp_path / "back.csv"), strict=True):
        differing = {name for name, value in old.items() if record.get(name, "") != value}
        assert differing <= {*GONE, COUNTRY}
    assert stdconv.validate_file(tmp_path / "back.csv", OLD).counts.refused == 0


@pytest.mark.slow
def test_a_sampled_file_of_the_old_edition_is_one(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    assert run(["sample", "-m", EDITIONS, "--rows", "100", "--seed", "1", "-o", str(file)]) == 0
    assert stdconv.validate_file(file, OLD).counts.refused == 0
    assert stdconv.convert_file(file, EDITIONS, tmp_path / "run").counts.refused == 0


def legacy(headings: list[str], *rows: list[str], quote: Literal[0, 1] = csv.QUOTE_MINIMAL, mark: str = "") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quote, lineterminator="\r\n").writerows([headings, *rows])
    return (mark + file.getvalue()).encode()


FILES = {
    "plain": legacy(["番号", "氏名"], ["1", "行政　花子"]),
    "all columns": legacy(
        ["備考", "状態", "国コード", "カナ", "氏名", "番号"], ["", "1", "392", "", "行政　花子", "1"]
    ),
    "linkage": legacy(["氏名", "番号"], ["行政　花子", "1"], quote=csv.QUOTE_ALL, mark="\ufeff"),
    "linkage without mark": legacy(["氏名", "番号"], ["行政　花子", "1"], quote=csv.QUOTE_ALL),
    "plain with mark, LF": legacy(["氏名", "番号"], ["行政　花子", "1"], mark="\ufeff").replace(b"\r\n", b"\n"),
    "no records": legacy(["氏名", "番号"]),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_has_its_columns_in_any_order_and_comes_back(kind: str, tmp_path: Path) -> None:
    file, folder, data = tmp_path / "legacy.csv", tmp_path / "run", FILES[kind]
    file.write_bytes(data)
    report = stdconv.convert_file(file, GOLDEN, folder, fail_on="never")
    assert report.counts.refused == 0
    stdconv.restore_file(folder, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == data
    converted = stdconv.convert_bytes(data, GOLDEN)
    assert converted.standard["番号"].to_list() == ["1"] * report.counts.read
    assert rows_of(folder / "standard.csv") == converted.standard.drop("_row").fill_null("").to_dicts()
    read = stdconv.read_legacy(data, GOLDEN).legacy
    assert read.columns == ["_row", "番号", "氏名", "カナ", "国コード", "状態", "備考"]
    assert stdconv.convert(read.drop("_row"), GOLDEN).standard.equals(converted.standard)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_refused_records_stay_in_the_form_of_their_file(mark: str, tmp_path: Path) -> None:
    headings, refused = ["番号", "氏名"], ["2", ""]
    file, folder = tmp_path / "legacy.csv", tmp_path / "run"
    file.write_bytes(legacy(headings, ["1", "行政　花子"], refused, ["3", "行政"], quote=csv.QUOTE_ALL, mark=mark))
    assert stdconv.convert_file(file, GOLDEN, folder, fail_on="never").counts.refused == 1
    assert (folder / "refused.csv").read_bytes() == legacy(headings, refused, quote=csv.QUOTE_ALL, mark=mark)
    stdconv.restore_file(folder, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()


def test_a_frame_need_not_have_all_columns_either() -> None:
    frame = pl.DataFrame({"氏名": ["行政　花子"], "番号": ["1"], "備考": ["転入"]})
    result = stdconv.convert(frame, GOLDEN)
    assert result.standard.to_dicts() == [
        {"_row": 1, "番号": "1", "状態": None, "氏名": "行政　花子", "振り仮名": None, "国コード": None}
    ]
    assert result.findings["code"].to_list() == ["T0046"]
    again = stdconv.restore(result.standard, GOLDEN, residue=result.residue)
    assert again.legacy["備考"].to_list() == ["転入"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("plain", "番号,氏名,カナ,国コード,状態\r\n1,行政　花子,,,\r\n"),
        ("linkage", '\ufeff"番号","氏名","カナ","国コード","状態","備考"\r\n"1","行政　花子","","","",""\r\n'),
    ],
)
def test_a_file_made_anew_has_the_form_that_the_mapping_says(form: str, expected: str, tmp_path: Path) -> None:
    for name in ("old.schema.json", "new.schema.json"):
        (tmp_path / name).write_bytes(GOLDEN.with_name(name).read_bytes())
    text = GOLDEN.read_text(encoding="utf-8").replace(
        "{schema: old.schema.json}", f"{{schema: old.schema.json, form: {form}}}"
    )
    (tmp_path / "mapping.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "new.csv").write_text("番号,氏名,作成日\n1,行政　花子,2026-11-30\n", encoding="utf-8")
    report = stdconv.relay_file(tmp_path / "new.csv", tmp_path / "mapping.yaml", tmp_path / "old.csv")
    assert (tmp_path / "old.csv").read_bytes() == expected.encode()
    assert [total.column for total in report.findings if total.code == "T0031"] == ["作成日"]


def test_form_without_schema_is_told_as_what_is_missing(tmp_path: Path) -> None:
    text = GOLDEN.read_text(encoding="utf-8").replace("{schema: old.schema.json}", "{form: linkage}")
    with pytest.raises(stdconv.DefinitionError) as raised:
        stdconv.load_mapping(text=text, base=GOLDEN.parent)
    assert {each.code for each in raised.value.faults} == {"M0007"}
