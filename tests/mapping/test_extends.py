"""A mapping that extends another one may be for files of another format: what that alone says is not taken over."""

from __future__ import annotations

import shutil
from pathlib import Path

import stdconv
from support.paths import CASES

FIXED = """
extends: {base}
id: test/other
legacy:
  format: fixed
  columns:
    - {{name: 住民番号, at: 1, length: 10}}
    - {{name: 履歴番号, at: 11, length: 3, pad: " "}}
    - {{name: 氏名, at: 14, length: 60, pad: "\u3000"}}
    - {{name: 生年月日, at: 74, length: 7}}
    - {{name: 性別, at: 81, length: 4, pad: "\u3000"}}
    - {{name: 住民区分, at: 85, length: 6, pad: "\u3000"}}
    - {{name: 異動日, at: 91, length: 8}}
    - {{name: 住民種別, at: 99, length: 6, pad: "\u3000"}}
"""


def test_columns_of_a_fixed_width_for_what_is_csv(tmp_path: Path) -> None:
    """The shipped mapping says how values are quoted and that there is a header."""
    file = tmp_path / "m.yaml"
    file.write_text(FIXED.format(base="vendor-a/resident-link"), encoding="utf-8")
    dialect = stdconv.load_mapping(file).dialect
    assert (dialect.is_fixed, dialect.length, dialect.encoding, dialect.newline) == (True, 104, "cp932", "crlf")
    assert stdconv.lint(file).faults == ()


def test_csv_for_what_has_columns_of_a_fixed_width(tmp_path: Path) -> None:
    """The golden mapping says how long records are, of which kinds, and what is written around them."""
    shutil.copytree(CASES / "golden-fixed-records", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "m.yaml"
    legacy = "legacy: {format: csv, delimiter: ';', columns: [宛名コード, 漢字氏名, 行政区]}"
    example = '{source: "assumed: x", legacy: {宛名コード: "1"}, standard: {宛名番号: "1"}}'
    above = ["extends: mapping.yaml", "id: test/other", "keep_examples: false", legacy, f"examples: [{example}]"]
    file.write_text("\n".join(above), encoding="utf-8")
    dialect = stdconv.load_mapping(file).dialect
    assert (dialect.is_fixed, dialect.delimiter, dialect.encoding, dialect.kinds) == (False, ";", "cp932", None)


def test_what_is_of_the_same_format_is_taken_over(tmp_path: Path) -> None:
    shutil.copytree(CASES / "golden-fixed-records", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "m.yaml"
    above = "extends: mapping.yaml\nid: test/other\nlegacy: {format: fixed, newline: lf}\n"
    file.write_text(above, encoding="utf-8")
    dialect = stdconv.load_mapping(file).dialect
    assert (dialect.length, dialect.newline, dialect.kinds and dialect.kinds.data) == (21, "lf", ("D",))


def test_severities_take_the_place_of_those_of_the_base(tmp_path: Path) -> None:
    """As docs/mapping-guide.md says, Rules that this data breaks: the list is one decision, and is not added to."""
    shutil.copytree(CASES / "golden-severity", tmp_path, dirs_exist_ok=True)
    (tmp_path / "over.yaml").write_text(
        "extends: mapping.yaml\nid: test/over\nkeep_examples: false\n"
        "severity: [{code: S0025, columns: 住民票コード, becomes: note, because: 検査数字がない}]\n"
        'examples: [{source: "assumed: x", legacy: {宛名番号: "1", 性別: 男}, standard: {宛名番号: "1", 性別: "1"}}]\n',
        encoding="utf-8",
    )
    decided = stdconv.load_mapping(tmp_path / "over.yaml").mapping.severity
    assert [(each.code, each.becomes) for each in decided] == [("S0025", "note")]
