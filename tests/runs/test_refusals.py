"""The list of refusals: the same whether its lines are made one by one or once for each kind."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from stdconv.findings.frames import about_file, about_rows
from stdconv.runs import refusals
from stdconv.runs.refusals import RefusalsFile

ROWS = pl.Series(range(1, 41), dtype=pl.Int64)
FINDINGS = [
    about_rows(ROWS, "T0030", side="standard", column="住民種別"),
    about_rows(ROWS, "R0001", side="legacy", column='a"b', detail=pl.Series(['x\r\n"y"', "=1+1,2"] * 20)),
    about_rows(ROWS, "T0012", side="legacy", column="性別", severity="refuse", detail="漢"),
    about_rows(ROWS, "E0003", side="legacy", column="氏名"),
    about_file("R0007", side="legacy", severity="refuse"),
]


@pytest.mark.parametrize("many", [0, 10**9])
def test_lines_made_for_each_kind_are_those_made_one_by_one(
    tmp_path: Path, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "MANY", many)
    monkeypatch.setattr(refusals, "AT_ONCE", 7)
    findings = pl.concat(FINDINGS).sort("_row", nulls_last=True, maintain_order=True)
    with RefusalsFile(tmp_path / "list.csv") as file:
        file.write(findings.slice(0, 50))
        file.write(findings.slice(50))
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as text:
        heading, *lines = csv.reader(text)
    refusing = findings.filter(pl.col("severity") == "refuse")
    assert heading[:2] == ["レコード番号", "側"]
    assert len(lines) == len(refusing) == 121
    given = zip(lines, refusing.iter_rows(named=True), strict=True)
    for (row, side, column, code, name, detail, *said), each in given:
        assert (row, side, column, code) == (str(each["_row"] or ""), each["side"], each["column"], each["code"])
        assert name
        assert len(said) == 6
        assert detail == {'x\r\n"y"': 'xU+000DU+000A"y"', "=1+1,2": "'=1+1,2"}.get(each["detail"], each["detail"])
