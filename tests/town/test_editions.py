"""The town in edition 0.2: the same residents as in 0.1, what is new in it, and nothing that its schema tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

import polars as pl
import pytest

import stdconv
from oracles.later_town import NAMES, faults_of_new_columns
from stdconv.town import EDITIONS, residents
from support.laterresidents import RENAMED

pytestmark = pytest.mark.slow

FIRST, LATER = "resident-basic/0.1", "resident-basic/0.2"
SEED, HOUSEHOLDS = 3, 1500

Row = dict[str, str]


@cache
def whole(edition: str) -> pl.DataFrame:
    return next(residents(SEED, HOUSEHOLDS, edition=edition))


@cache
def rows() -> list[Row]:
    named = whole(LATER).drop("_household").iter_rows(named=True)
    return [{name: value for name, value in row.items() if value is not None} for row in named]


def test_the_residents_are_the_same_in_both_editions() -> None:
    first, later = whole(FIRST), whole(LATER)
    called = {name: RENAMED.get(name, name) for name in EDITIONS[FIRST].columns}
    both = [
        name
        for name, now in called.items()
        if now in later.columns and "公証" not in name and not name.endswith("国名コード")
    ]
    assert len(both) > 150
    assert first.select(both).rename(called, strict=False).equals(later.select(called[name] for name in both))
    is_china = first["国籍等_国名コード"] == "CHN"
    assert later.filter(is_china)["国籍等_国名コード"].unique().to_list() == ["039"]
    assert later.filter(~is_china)["国籍等_国名コード"].null_count() == (~is_china).sum()


def test_validate_says_nothing_of_a_town_but_that_nobody_has_a_number_that_belongs_to_one() -> None:
    found = stdconv.validate(whole(LATER).drop("_household"), LATER)
    assert found.findings.select("code", "column").rows() == [("D0012", "個人番号")]


def test_its_columns_stand_in_the_order_of_the_schema_and_each_is_filled() -> None:
    columns = EDITIONS[LATER].columns
    assert list(columns) == [name for name in NAMES if name in columns]
    assert whole(LATER).columns == [*columns, "_household"]
    frame = pl.concat([whole(LATER), next(residents(20_261_001, 3000, edition=LATER))])
    assert [name for name in columns if frame[name].null_count() == len(frame)] == []


def test_what_is_new_in_it_obeys_the_rules_that_were_written_without_it() -> None:
    assert Counter(fault for _, _, fault in faults_of_new_columns(rows())) == {}


def putting(**values: str | None) -> Callable[[Row], Row]:
    return lambda row: {name: value for name, value in (row | values).items() if value is not None}


BROKEN: dict[str, Callable[[Row], Row]] = {
    "住所を定めた年月日, its flag and its words do not agree": putting(住所を定めた年月日_不詳フラグ="1"),
    "住民となった届出年月日 is after today": putting(住民となった届出年月日="2026-10-02"),
    "住所_番地枝番数値 is not what 番地号表記 says": putting(住所_番地枝番数値="0000199999"),
    "最終登録住所 is of those who come from abroad": putting(
        最終登録住所_市区町村コード="131016", 最終登録住所_都道府県="東京都", 最終登録住所_市区郡町村名="千代田区"
    ),
    "特別永住者証明書 is of others": putting(特別永住者証明書有効期限="2030-01-01"),
    "申出日 is not the day of the notification": putting(申出日="2020-01-01"),
    "入力端末 is another operator's": putting(入力端末="端末９９"),
    "入力場所 is not the office of that code": putting(入力場所コード="0009"),
    "介護資格 is lost and held": putting(介護資格喪失年月日="2020-01-01", 介護資格有無="1"),
    "国籍等_国名コード was not seen": putting(国籍等_国名コード="156"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_rule_finds_what_is_wrong(fault: str) -> None:
    sound = next(row for row in rows() if (row["住民種別"], row["記載の事由"], row["住民状態"]) == ("1", "01", "1"))
    assert fault not in {found for _, _, found in faults_of_new_columns([sound])}
    assert fault in {found for _, _, found in faults_of_new_columns([BROKEN[fault](sound)])}


def test_who_is_lost_to_a_right_held_it_before() -> None:
    before: dict[str, Row] = {}
    lost = 0
    for row in rows():
        last = before.get(row["宛名番号"], {})
        for right in ("国保", "後期高齢", "介護"):
            if f"{right}資格喪失年月日" in row and f"{right}資格喪失年月日" not in last:
                assert last[f"{right}資格有無"] == "1"
                lost += 1
        before[row["宛名番号"]] = row
    assert lost > 100


def test_the_notice_of_becoming_a_resident_is_not_changed_by_later_moves() -> None:
    moved = 0
    before: dict[str, Row] = {}
    for row in rows():
        last = before.get(row["宛名番号"])
        if last is not None and row["異動事由"] in ("41", "43", "53"):
            assert row.get("住民となった届出年月日") == last.get("住民となった届出年月日")
            moved += row["異動事由"] == "41"
        before[row["宛名番号"]] = row
    assert moved > 100
