"""The same records give the same findings about their characters and their doubtful values in every format."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.domains.check import check_value
from stdconv.standard.placeholders import DOUBTS, EITHER, Doubt

VALUES = ["甲", "\ue03e", "\ufffd", "a\ufeffb", "\ufdd0", "x\0y", "\U0010fffe", "\U000f0000", "NULL", "1.23E+09", None]
FOUND = [
    *[(2, "E0003", "U+E03E"), (3, "E0004", "U+FFFD"), (4, "E0004", "U+FEFF"), (5, "E0004", "U+FDD0"), (6, "R0004", "")],
    *[(7, "E0004", "U+10FFFE"), (8, "E0003", "U+F0000"), (9, "S0030", "shape=AAAA length=4")],
    (10, "S0030", "shape=9.99A#99 length=8"),
]
COLUMNS = {"番号": {"type": "string"}, "文": {"type": "string"}}


@pytest.fixture
def schema(tmp_path: Path) -> stdconv.Schema:
    text = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": COLUMNS}
    (tmp_path / "free.schema.json").write_text(json.dumps(text), encoding="utf-8")
    return stdconv.load_schema(tmp_path / "free.schema.json")


def written(folder: Path, suffix: str, frame: pl.DataFrame) -> Path:
    path = folder / f"s.{suffix}"
    if suffix == "parquet":
        frame.write_parquet(path)
    elif suffix == "csv":
        lines = ["番号,文", *(f"{row['番号']},{row['文'] or ''}" for row in frame.to_dicts())]
        path.write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dicts()), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet", "ndjson", "frame"])
def test_every_format_gives_the_same_findings(suffix: str, schema: stdconv.Schema, tmp_path: Path) -> None:
    frame = pl.DataFrame({"番号": [str(number) for number in range(len(VALUES))], "文": VALUES})
    if suffix == "frame":
        findings = stdconv.validate(frame, schema).findings
    else:
        report = stdconv.validate_file(written(tmp_path, suffix, frame), schema, folder=tmp_path / "out")
        assert (report.counts.read, report.counts.refused) == (len(VALUES), 1)
        findings = pl.read_parquet(tmp_path / "out" / "findings.parquet")
    assert findings.select("_row", "code", "detail").sort("_row").rows() == FOUND


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: doubt.legacy)
def test_every_probe_is_of_its_kind_alone(doubt: Doubt) -> None:
    assert doubt in DOUBTS
    for kind in DOUBTS:
        matches = pl.Series(kind.probes).str.contains(doubt.pattern)
        assert matches.all() if kind is doubt else not matches.any()


@pytest.mark.parametrize(
    "value", ["1E", "12E+09", "E+09", "1.5", "ヌル", "Nulla", "NULLS", "#", "#1", "N", "\\", "noneone"]
)
def test_what_merely_resembles_such_a_text_is_none(value: str) -> None:
    assert not pl.Series([value]).str.contains(EITHER).item()


def test_a_column_whose_rules_refuse_such_texts_is_not_asked() -> None:
    """The columns of the shipped schema that admit one of them are those of free text and of identifiers."""
    taking = {
        column.name
        for column in stdconv.load_schema("resident-link/1.0").columns
        for doubt in DOUBTS
        if pl.DataFrame({"v": doubt.probes}).select(check_value(column.domain, pl.col("v")).any()).item()
    }
    assert taking == {"宛名番号", "世帯番号"}
