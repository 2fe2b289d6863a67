"""A third vendor's mapping, written here from nothing, linted and proven in three lines by the public names alone."""

from pathlib import Path

import pytest

import stdconv
from stdconv.testing import assert_lint_clean, assert_round_trip

C = """\
grammar: 1
id: vendor-c/resident-link
about: {vendor: C社, title: 住民記録 連携項目, source: "assumed: 試験のために作ったレイアウト"}
standard: resident-link/1.0
legacy: {encoding: utf-8, newline: lf, quote: all, delimiter: "\\t", columns: [番号, 履歴, 氏名, 生年月日, 性別, 状態, 種別, 異動日, 世帯]}
fields:
  - {standard: 宛名番号, legacy: 番号}
  - {standard: 履歴番号, legacy: 履歴}
  - {standard: 世帯番号, legacy: 世帯}
  - {standard: 住民種別, legacy: 種別, steps: [{op: recode, table: {J: "1", G: "2"}}]}
  - {standard: 住民状態, legacy: 状態, steps: [{op: recode, table: {住登者: "1", 転出者: "2", 死亡者: "3", その他消除者: "9"}}]}
  - {standard: 異動年月日, legacy: 異動日, steps: [{op: compact_date}]}
  - {standard: 氏名, legacy: 氏名, steps: [{op: name_separator}]}
  - {standard: 性別, legacy: 性別, steps: [{op: recode, table: {M: "1", F: "2"}, lacks: {"0": C社の性別は M と F だけ}}]}
  - standard: [生年月日_元号, 生年月日]
    legacy: 生年月日
    steps: [{op: wareki, form: gyymmdd, eras: {"0": 明治, "1": 大正, "2": 昭和, "3": 平成, "4": 令和}, western: {"9": "19"}}]
examples:
  - source: "assumed: 試験のために作ったレコード"
    line: '"1"\t"1"\t"行政 花子"\t"2600707"\t"F"\t"住登者"\t"J"\t"20240301"\t"9"'
    legacy: {番号: "1", 履歴: "1", 氏名: 行政 花子, 生年月日: "2600707", 性別: F, 状態: 住登者, 種別: J, 異動日: "20240301", 世帯: "9"}
    standard: {宛名番号: "1", 履歴番号: "1", 世帯番号: "9", 住民種別: "1", 住民状態: "1", 異動年月日: "2024-03-01", 氏名: 行政　花子, 性別: "2", 生年月日_元号: "3", 生年月日: "1985-07-07"}
  - source: "assumed: 外国人住民、西暦の生年月日"
    legacy: {番号: "2", 履歴: "1", 氏名: ＬＥＥ　ＡＮＮＡ, 生年月日: "9900228", 性別: M, 状態: 転出者, 種別: G}
    standard: {宛名番号: "2", 履歴番号: "1", 住民種別: "2", 住民状態: "2", 氏名: ＬＥＥ　ＡＮＮＡ, 性別: "1", 生年月日: "1990-02-28"}
  - source: "docs/domain.md, Dates: 明治6年1月1日は最初の日"
    legacy: {番号: "3", 履歴: "1", 氏名: 行政　明, 生年月日: "0060101", 性別: M, 状態: 死亡者, 種別: J}
    standard: {宛名番号: "3", 履歴番号: "1", 住民種別: "1", 住民状態: "3", 氏名: 行政　明, 性別: "1", 生年月日_元号: "1", 生年月日: "1873-01-01"}
  - source: "docs/domain.md, Dates: 1912-07-30 は大正でもある"
    legacy: {番号: "4", 履歴: "1", 氏名: 行政　大, 生年月日: "1010730", 性別: M, 状態: 死亡者, 種別: J}
    standard: {宛名番号: "4", 履歴番号: "1", 住民種別: "1", 住民状態: "3", 氏名: 行政　大, 性別: "1", 生年月日_元号: "2", 生年月日: "1912-07-30"}
  - source: "docs/domain.md, Dates: 平成は 1989-01-08 から"
    legacy: {番号: "5", 履歴: "1", 氏名: 行政　平, 生年月日: "3010108", 性別: M, 状態: 住登者, 種別: J}
    standard: {宛名番号: "5", 履歴番号: "1", 住民種別: "1", 住民状態: "1", 氏名: 行政　平, 性別: "1", 生年月日_元号: "4", 生年月日: "1989-01-08"}
  - source: "docs/domain.md, Dates: 令和は 2019-05-01 から"
    legacy: {番号: "6", 履歴: "1", 氏名: 行政　和, 生年月日: "4010501", 性別: F, 状態: 住登者, 種別: J}
    standard: {宛名番号: "6", 履歴番号: "1", 住民種別: "1", 住民状態: "1", 氏名: 行政　和, 性別: "2", 生年月日_元号: "5", 生年月日: "2019-05-01"}
  - source: "assumed: 斜線のある日付は別の形式"
    legacy: {番号: "7", 履歴: "1", 氏名: 行政　花子, 生年月日: "2600707", 性別: F, 状態: 住登者, 種別: J, 異動日: 2024/03/01}
    refused: T0003
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "c.yaml"
    file.write_text(C, encoding="utf-8")
    return file


@pytest.mark.slow
def test_the_mapping_of_vendor_c(path: Path) -> None:
    assert_lint_clean(path)
    assert_round_trip(path, records=60)


@pytest.mark.slow
def test_the_same_by_the_library(path: Path) -> None:
    assert stdconv.lint(path).is_clean
    proof = stdconv.prove(path, records=20)
    assert proof.holds
    assert proof.records >= 20
    assert proof.accepted > 0


def test_a_wrong_copy_fails_with_the_sentence_that_mends_it(path: Path) -> None:
    path.write_text(C.replace('{M: "1", F: "2"}', '{M: "2", F: "1"}'), encoding="utf-8")
    with pytest.raises(AssertionError) as failure:
        assert_round_trip(path)
    said = str(failure.value)
    assert "c.yaml:14:69: P0002 example-differs: Example 1 (and likewise 6): " in said
    assert '性別 "F" becomes 性別 "1", but should become 性別 "2"' in said


def test_the_date_with_slashes_is_missed_where_it_is_accepted(path: Path) -> None:
    path.write_text(C.replace("異動日: 2024/03/01", '異動日: "20240301"'), encoding="utf-8")
    with pytest.raises(AssertionError, match="P0003 example-accepted: Example 7 should be refused under T0003"):
        assert_round_trip(path)
