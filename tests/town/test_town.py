"""The synthetic town: its records against rules that were written without it (reference_town), and what occurs in it."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice
from types import ModuleType

import polars as pl
import pytest

from oracles.reference_town import (
    FIELDS,
    REMOVALS,
    TODAY,
    faults_of_histories,
    faults_of_households,
    faults_of_records,
)
from stdconv.town import EDITIONS
from stdconv.town import residents as residents_of
from stdconv.town.days import day, eras, iso, years_after, years_old
from stdconv.town.numbers import Numbers
from support.nightly import by_day
from support.paths import TOP

pytestmark = pytest.mark.slow

DATA = TOP / "src" / "stdconv" / "town" / "data"
SEEDS = (1, 20_261_001)
RECORDS = 20_000
EDITION = "resident-basic/0.1"
COLUMNS = EDITIONS[EDITION].columns
"""What is new in 0.2: test_editions.py."""

residents = partial(residents_of, edition=EDITION)
every_seed = pytest.mark.parametrize("seed", by_day(SEEDS, 2))

Row = dict[str, str]


@cache
def whole(seed: int) -> pl.DataFrame:
    found: list[pl.DataFrame] = []
    for frame in residents(seed):
        found.append(frame)
        if sum(map(len, found)) >= RECORDS:
            break
    return pl.concat(found)


@cache
def rows(seed: int) -> list[Row]:
    named = whole(seed).drop("_household").iter_rows(named=True)
    return [{name: value for name, value in row.items() if value is not None} for row in named]


@cache
def histories(seed: int) -> dict[str, list[Row]]:
    found = defaultdict(list)
    for row in rows(seed):
        found[row["宛名番号"]].append(row)
    return found


def seen(faults: Iterator[tuple[str, ...]]) -> Counter[str]:
    return Counter(fault[-1] for fault in faults)


@every_seed
def test_every_record_obeys_the_rules_of_records(seed: int) -> None:
    assert len(rows(seed)) >= RECORDS
    assert seen(faults_of_records(rows(seed))) == {}


@every_seed
def test_every_history_is_one(seed: int) -> None:
    assert seen(faults_of_histories(rows(seed))) == {}


@every_seed
def test_every_household_with_members_has_one_head(seed: int) -> None:
    assert seen(faults_of_households(rows(seed))) == {}


# The rules find what they are for.


def putting(**values: str | None) -> Callable[[Row], Row]:
    """Return what puts ``values`` into a row; ``None`` leaves the column out."""
    return lambda row: {name: value for name, value in (row | values).items() if value is not None}


def without(*names: str) -> Callable[[Row], Row]:
    return lambda row: {name: value for name, value in row.items() if name not in names}


BROKEN: dict[str, Callable[[Row], Row]] = {
    "氏名 is not of type Ｎ": putting(氏名="ｷﾞｮｳｾｲ"),
    "氏名 is not in CP932": putting(氏名="𠮷田\u3000花子"),
    "性別 is not in seibetsu": putting(性別="3", 性別表記="男"),
    "異動事由 is too long": putting(異動事由="011"),
    "操作時刻 is not of type TIME": putting(操作時刻="24:00:00"),
    "本籍 is absent": without("本籍"),
    "国籍名等 is for others": putting(国籍名等="米国"),
    "生年月日 is both known and unknown": putting(生年月日_不詳フラグ="1", 生年月日_不詳表記="年月日不詳"),
    "生年月日 is unknown without words": lambda row: without("生年月日")(row) | {"生年月日_不詳フラグ": "1"},
    "生年月日 has words that are not permitted": putting(生年月日_不詳フラグ="1", 生年月日_不詳表記="むかし"),
    "異動年月日 is before the birth": putting(異動年月日="1860-01-01"),
    "処理年月日 is after today": putting(処理年月日="2026-10-02"),
    "生年月日 is not in its era": putting(生年月日="1989-01-08", 生年月日_元号="3"),
    "異動事由 is for others": putting(異動事由="05"),
    "消除の事由 does not go with 住民状態": putting(住民状態="2", 消除の事由="23"),
    "続柄コード has a gap": putting(続柄コード1="20", 続柄コード2=None, 続柄コード3="20"),
    "続柄表記 is not what the codes say": putting(続柄コード1="20", 続柄表記="孫"),
    "氏名 is not its parts": putting(名_日本人="別人"),
    "住民票コード has a wrong check digit": putting(住民票コード="24846016225"),
    "宛名番号 is not ten digits": putting(宛名番号="0123456789"),
    "住所 is not in the list of municipalities": putting(住所_都道府県="東京府"),
    "転出先住所（確定） is not in the list of municipalities": putting(**{"転出先住所（確定）_町字": "本町"}),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_rule_of_records_finds_what_is_wrong(fault: str) -> None:
    sound = next(row for row in rows(1) if (row["住民種別"], row["住民状態"]) == ("1", "1") and "生年月日" in row)
    assert seen(faults_of_records([sound])) == {}
    assert fault in seen(faults_of_records([BROKEN[fault](sound)]))


def test_the_rules_of_histories_and_households_find_what_is_wrong() -> None:
    history = next(history for history in histories(1).values() if len(history) > 2)
    for broken in (history[1:], history[:-1], [history[0], *history], history[::-1]):
        assert seen(faults_of_histories(broken))
    members = defaultdict(list)
    for row in rows(1):
        if (row["最新フラグ"], row["住民状態"]) == ("1", "1"):
            members[row["世帯番号"]].append(row)
    household = next(found for found in members.values() if len(found) > 2)
    head, other = household[0], household[1]
    assert seen(faults_of_households(household[1:] if head["続柄コード1"] == "02" else household)) or household == []
    assert seen(faults_of_households([*household, other | {"続柄コード1": "02"}]))


# The frames


@every_seed
def test_a_frame_has_the_columns_of_the_standard_in_its_order_as_text_and_a_group(seed: int) -> None:
    assert list(COLUMNS) == [name for name in FIELDS if name in COLUMNS]
    assert dict(whole(seed).schema) == dict.fromkeys(COLUMNS, pl.String()) | {"_household": pl.Int64()}
    assert "個人番号" not in COLUMNS


def test_each_column_is_filled_in_some_record() -> None:
    both = pl.concat([whole(seed) for seed in SEEDS])
    assert [name for name in COLUMNS if both[name].null_count() == len(both)] == []
    assert not any((whole(1)[name] == "").any() for name in COLUMNS)


@every_seed
def test_a_group_has_all_records_of_its_persons_and_households_side_by_side(seed: int) -> None:
    frame = whole(seed)
    assert frame["_household"].is_sorted()
    assert frame["_household"][0] == 1
    for number in ("宛名番号", "世帯番号"):
        assert frame.group_by(number).agg(pl.col("_household").n_unique())["_household"].max() == 1
    order = frame.with_row_index().group_by("宛名番号").agg(pl.col("index"), pl.col("個人履歴番号").cast(int))
    for indices, numbers in order.select("index", "個人履歴番号").iter_rows():
        assert indices == list(range(indices[0], indices[0] + len(indices)))
        assert numbers == sorted(numbers)


def test_the_records_do_not_depend_on_how_they_are_divided_into_frames() -> None:
    small = pl.concat(list(islice(residents(5, households=7), 6)))
    assert small.equals(pl.concat(list(islice(residents(5, households=21), 2))))
    assert not small.equals(pl.concat(list(islice(residents(6, households=21), 2))))


DIGEST = """
import hashlib
from stdconv.town import residents
print(hashlib.sha256(next(residents(1, households=300)).write_csv().encode()).hexdigest())
"""


@pytest.mark.e2e
def test_a_seed_gives_the_same_records_whatever_strings_hash_to() -> None:
    ours = hashlib.sha256(next(residents_of(1, households=300)).write_csv().encode()).hexdigest()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == ours


# What occurs


@every_seed
def test_all_usual_causes_occur(seed: int) -> None:
    found = {row["異動事由"] for row in rows(seed)}
    usual = {"01", "02", "03", "06", "07", "08", "21", "22", "23", "41", "42", "43", "44", "48", "50", "53", "54", "57"}
    assert usual <= found


def test_rare_causes_occur_in_a_large_town() -> None:
    found = {row["異動事由"] for seed in SEEDS for row in rows(seed)}
    assert {"04", "05", "09", "24", "25", "26", "28", "45", "51", "52", "56", "58", "59"} <= found


def consecutive(seed: int, *causes: str) -> list[list[Row]]:
    """All runs of records of one person with those causes."""
    return [
        history[place : place + len(causes)]
        for history in histories(seed).values()
        for place in range(len(history) - len(causes) + 1)
        if tuple(row["異動事由"] for row in history[place : place + len(causes)]) == causes
    ]


@every_seed
def test_who_moves_away_is_told_of_beforehand_and_afterwards(seed: int) -> None:
    runs = consecutive(seed, "21", "21")
    assert len(runs) > 500
    for planned, confirmed in runs:
        assert "転出年月日（確定）" not in planned
        assert planned["転出予定年月日"] == planned["異動年月日"]
        assert confirmed["転出予定年月日"] == planned["転出予定年月日"]
        assert confirmed["転出年月日（確定）"] == confirmed["異動年月日"]
        assert "転出先住所（確定）_市区町村コード" in confirmed
    moved = [
        confirmed
        for _, confirmed in runs
        if confirmed["転出先住所（確定）_町字コード"] != confirmed.get("転出先住所（予定）_町字コード")
    ]
    assert moved, "some go elsewhere than they said"


def test_a_cancelled_departure_leaves_the_record_as_it_was_before_it() -> None:
    states = 0
    for seed in SEEDS:
        for before, _, after in (
            run for cause in ("01", "03", "41", "43", "53") for run in consecutive(seed, cause, "21", "09")
        ):
            of_the_event = ("個人履歴番号", "最新フラグ", "異動", "届出番号", "処理", "操作")
            kept = {name for name in before.keys() | after.keys() if not name.startswith(of_the_event)}
            entitled = {name for name in kept if "資格" in name or name == "選挙人名簿登録有無"}
            assert {name: before.get(name) for name in kept - entitled} == {
                name: after.get(name) for name in kept - entitled
            }
            states += 1
    assert states


@every_seed
def test_a_naturalised_resident_gets_what_a_japanese_has_and_keeps_the_numbers(seed: int) -> None:
    for out, into in consecutive(seed, "24", "04"):
        assert (out["住民種別"], out["住民状態"], out["消除の事由"]) == ("2", "9", "24")
        assert (into["住民種別"], into["住民状態"], into["記載の事由"]) == ("1", "1", "04")
        assert out["住民票コード"] == into["住民票コード"]
        assert "本籍" in into
        assert "国籍名等" not in into


def test_residents_are_japanese_and_foreign_with_kanji_and_without_and_some_go_by_another_name() -> None:
    everybody = rows(1)
    foreign = [row for row in everybody if row["住民種別"] == "2"]
    assert 0.02 < len(foreign) / len(everybody) < 0.12
    assert {"01", "02", "05", "06"} <= {row["氏名優先区分"] for row in foreign}
    assert any("通称" in row for row in foreign)
    assert any("旧氏" in row for row in everybody)


def test_relations_go_over_up_to_four_generations() -> None:
    found = {row["続柄表記"] for seed in SEEDS for row in rows(seed)}
    assert {"世帯主", "妻", "夫", "子", "父", "母", "子の子", "子の妻", "妻（未届）", "同居人", "弟の子"} <= found
    assert max(label.count("の") for label in found) == 3


def test_some_dates_are_not_known() -> None:
    for name in ("生年月日", "異動年月日", "住民となった年月日", "消除の異動年月日"):
        flags = Counter(row[f"{name}_不詳フラグ"] for row in rows(1) if f"{name}_不詳フラグ" in row)
        assert 0 < flags["1"] < flags["0"] / 20, name


def test_people_are_born_on_days_of_two_eras() -> None:
    both = [row for seed in SEEDS for row in rows(seed) if row.get("生年月日") == "1926-12-25"]
    near = [
        row for seed in SEEDS for row in rows(seed) if row.get("生年月日") in ("1989-01-07", "1989-01-08", "2019-05-01")
    ]
    assert {row.get("生年月日_元号") for row in near} >= {"3", "4", "5"}
    assert {row.get("生年月日_元号") for row in both} >= {"2", "3"}


def test_names_are_real_pairs_of_spelling_and_reading() -> None:
    known: dict[str, set[tuple[str, str]]] = {}
    for name in ("family_names", "given_names_men", "given_names_women"):
        lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()[1:]
        known[name] = {(row["name"], row["reading"]) for row in csv.DictReader(lines)}
    for row in rows(1):
        if row["住民種別"] == "1" and row["異動事由"] != "05":
            given = known["given_names_men" if row["性別"] == "1" else "given_names_women"]
            assert (row["氏_日本人"], row["氏_日本人_フリガナ"]) in known["family_names"]
            assert (row["名_日本人"], row["名_日本人_フリガナ"]) in given


def test_children_bear_a_parents_name_and_are_in_the_same_koseki() -> None:
    households = defaultdict(list)
    for row in rows(1):
        if (row["最新フラグ"], row["住民状態"], row["住民種別"]) == ("1", "1", "1"):
            households[row["世帯番号"]].append(row)
    checked = 0
    for members in households.values():
        head = next((row for row in members if row["続柄表記"] == "世帯主"), None)
        if head is None or any(row["続柄表記"] not in ("世帯主", "妻", "子") for row in members):
            continue
        for row in members:
            assert row["氏_日本人"] == head["氏_日本人"]
            checked += row["戸籍_筆頭者"] == head["戸籍_筆頭者"]
    assert checked > 1000


# Ages


@cache
def pyramid() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pyramid", TOP / "tools" / "pyramid.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_residents_are_as_old_as_the_country() -> None:
    """Each five years of age have the share of the census of 2020 within a hundredth of all residents."""
    current = [row for row in rows(1) if (row["最新フラグ"], row["住民状態"]) == ("1", "1") and "生年月日" in row]
    bands = Counter(min(years_old(day(row["生年月日"]), day(TODAY)) // 5, 20) for row in current)
    census = [count for count, _ in pyramid().CENSUS]
    for band, count in enumerate(census):
        assert abs(bands[band] / len(current) - count / sum(census)) < 0.012, band


def test_the_drawing_has_a_bar_for_every_age_and_sex_that_there_is() -> None:
    counts = {(sex, kind): Counter({0: 4, 50: 10} if kind == "1" else {50: 2}) for sex in "12" for kind in "12"}
    drawing = ET.fromstring(pyramid().drawing(counts, 32))  # noqa: S314 -- written here
    bars = [node for node in drawing.iter() if node.tag.endswith("rect") and node.get("height") == "3"]
    assert len(bars) == 2 * (2 + 1)
    assert any("32 residents" in (node.text or "") for node in drawing.iter())


def test_the_drawing_in_the_documentation_is_of_this_town() -> None:
    module = pyramid()
    assert module.FILE.read_text(encoding="utf-8") == module.drawing(*module.ages())


# The parts


def test_numbers_come_once_and_end_with_the_check_digit_of_modulus_11() -> None:
    numbers = Numbers(10, start=899_999_990, step=31)
    found = [numbers.number(index) for index in range(20_000)]
    assert len(set(found)) == 20_000
    assert all(len(number) == 10 and number[0] != "0" for number in found)
    for number in found[:200]:
        weights = (4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
        assert int(number[-1]) == (0 if rest < 2 else 11 - rest)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1912-07-30", ["明治", "大正"]),
        ("1926-12-25", ["大正", "昭和"]),
        ("1989-01-07", ["昭和"]),
        ("1989-01-08", ["平成"]),
        ("2019-04-30", ["平成"]),
        ("2019-05-01", ["令和"]),
    ],
)
def test_a_day_belongs_to_its_eras(text: str, names: list[str]) -> None:
    """docs/domain.md, Dates."""
    assert [era.name for era in eras(day(text))] == names


def test_a_birthday_on_29_february_is_the_day_after_in_a_common_year() -> None:
    assert iso(years_after(day("2000-02-29"), 18)) == "2018-03-01"
    assert iso(years_after(day("2000-02-29"), 20)) == "2020-02-29"


def test_the_codes_of_removal_are_those_of_the_standard() -> None:
    assert {"21", "22", "23", "24", "25", "26", "27", "28"} == REMOVALS
