"""Samples of the full record: whole households of a town, in each vendor's layout, there and back and across."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.cli.entry import run
from stdconv.mapping.plan import Plan, load_plan
from stdconv.reports import Report
from stdconv.runs.sample import sample_frame
from support.nightly import IS_NIGHTLY

pytestmark = pytest.mark.slow

SCHEMA = "resident-basic/0.2"
MAPPINGS = ["vendor-a/resident-basic", "vendor-b/resident-basic"]
ENCODINGS = {"vendor-a/resident-basic": "cp932", "vendor-b/resident-basic": "utf-8"}
ROWS = 100_000 if IS_NIGHTLY else 2_000
KEY = ["宛名番号", "個人履歴番号"]

every_mapping = pytest.mark.parametrize("name", MAPPINGS)


@cache
def plan_of(name: str) -> Plan:
    return load_plan(name)


@pytest.fixture(scope="module", params=MAPPINGS)
def sampled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample, its lookups, and what the command made of it without them."""
    name, place = request.param, tmp_path_factory.mktemp("town")
    (place / "name").write_text(name, encoding="utf-8")
    lookups = [part for each in plan_of(name).mapping.lookups for part in ("--lookup", f"{each}={place / each}.csv")]
    assert run(["sample", "-m", name, "--rows", str(ROWS), "--seed", "7", "-o", str(place / "in.csv"), *lookups]) == 0
    assert run(["convert", str(place / "in.csv"), "-m", name, "-o", str(place / "run")]) == 0
    return place


def name_of(sampled: Path) -> str:
    return (sampled / "name").read_text(encoding="utf-8")


def test_a_sample_has_the_records_asked_for_and_all_are_accepted(sampled: Path) -> None:
    with (sampled / "in.csv").open(encoding=ENCODINGS[name_of(sampled)], newline="") as file:
        assert len(list(csv.DictReader(file))) == ROWS
    report = json.loads((sampled / "run" / "report.json").read_text(encoding="utf-8"))
    assert report["counts"] == {"read": ROWS, "accepted": ROWS, "refused": 0}
    assert report["raw_records"] == 0


def test_a_sample_comes_back_to_the_byte(sampled: Path) -> None:
    assert run(["restore", str(sampled / "run"), "-o", str(sampled / "again.csv"), "--force"]) == 0
    assert (sampled / "again.csv").read_bytes() == (sampled / "in.csv").read_bytes()


def test_in_the_linkage_form_all_columns_are_written_and_the_sample_comes_back_too(sampled: Path) -> None:
    place, name = sampled / "linkage", name_of(sampled)
    assert run(["convert", str(sampled / "in.csv"), "-m", name, "-o", str(place), "--form", "linkage"]) == 0
    with (place / "standard.csv").open(encoding="utf-8-sig", newline="") as file:
        heading = next(csv.reader(file))
    assert tuple(heading) == plan_of(name).schema.names
    assert len(heading) == 234
    report = stdconv.validate_file(place / "standard.csv", SCHEMA)
    assert (report.exit_code, report.counts.accepted, report.counts.refused) == (0, ROWS, 0)
    assert run(["restore", str(place), "-o", str(sampled / "again.csv"), "--force"]) == 0
    assert (sampled / "again.csv").read_bytes() == (sampled / "in.csv").read_bytes()


def test_what_is_sampled_keeps_every_rule_histories_and_households_included(sampled: Path) -> None:
    report = stdconv.validate_file(sampled / "run" / "standard.csv", SCHEMA)
    assert report.exit_code == 0
    assert [total.code for total in report.findings if total.severity in ("refuse", "fail")] == []
    assert sum(report.tallies["住民状態"].values()) == ROWS
    assert {"1", "2", "3"} <= report.tallies["住民状態"].keys()


def test_every_household_that_somebody_lives_in_is_whole(sampled: Path) -> None:
    """Counted again without stdconv: one 世帯主 among the current members of each household, none cut off."""
    heads, members = Counter[str](), Counter[str]()
    with (sampled / "run" / "standard.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["最新フラグ"] == "1" and row["住民状態"] == "1":
                members[row["世帯番号"]] += 1
                heads[row["世帯番号"]] += row["続柄コード1"] == "02"
    assert len(members) > ROWS / 10
    assert {heads[household] for household in members} == {1}


def test_lookups_that_are_sampled_supply_every_value(sampled: Path) -> None:
    lookups = plan_of(name_of(sampled)).mapping.lookups
    given = {each: sampled / f"{each}.csv" for each in lookups}
    report = stdconv.convert_file(sampled / "in.csv", name_of(sampled), sampled / "given", lookups=given, force=True)
    assert report.counts.accepted == ROWS
    assert not {"T0015", "T0016", "D0005"} & {total.code for total in report.findings}
    assert all(use.used == use.rows > 0 for use in report.lookups.values())
    assert report.lookups.keys() == lookups.keys()


def test_a_town_in_one_layout_goes_into_the_other_and_the_losses_are_counted(sampled: Path, tmp_path: Path) -> None:
    (other,) = set(MAPPINGS) - {name_of(sampled)}
    standard = sampled / "run" / "standard.csv"
    report = stdconv.relay_file(standard, other, tmp_path / "other.csv")
    assert isinstance(report, Report)
    assert report.counts.read == ROWS
    assert report.counts.accepted > 0.98 * ROWS
    lost = {total.column: total.count for total in report.findings if total.code == "T0031"}
    kept = pl.read_csv(standard, infer_schema=False)
    carried = plan_of(other).carried
    assert lost.keys() == {c for c in kept.columns if c not in carried and kept[c].is_not_null().any()}
    assert report.lost_values == sum(lost.values())
    lookups = {each: tmp_path / f"other.csv.{each}.csv" for each in plan_of(other).mapping.lookups}
    stdconv.convert_file(tmp_path / "other.csv", other, tmp_path / "run", lookups=lookups)
    came = pl.read_csv(tmp_path / "run" / "standard.csv", infer_schema=False)
    assert len(came) == report.counts.accepted
    both = kept.join(came, on=KEY, how="inner", suffix=" again", maintain_order="left")
    assert len(both) == len(came)
    assert {name for name in came.columns if name not in kept.columns and came[name].is_not_null().any()} == set()
    again = {name: pl.col(f"{name} again") if name in came.columns else pl.lit(None) for name in kept.columns}
    others = both.select(pl.col(name).ne_missing(again[name]).sum() for name in kept.columns if name not in KEY)
    assert {name: count for name, count in others.row(0, named=True).items() if count} == lost


@every_mapping
def test_as_many_records_are_sampled_as_asked_for_however_few(name: str) -> None:
    for count in (0, 1, 7):
        frames = list(sample_frame(plan_of(name), count, 11))
        assert sum(map(len, frames)) == count


@every_mapping
def test_the_same_seed_gives_the_same_town_and_another_one_another(name: str) -> None:
    def digest(seed: int) -> str:
        return hashlib.sha256(stdconv.sample(plan_of(name), 300, seed).write_csv().encode()).hexdigest()

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)
