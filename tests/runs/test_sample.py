"""Synthetic files: the same seed gives the same bytes everywhere, and every record converts and comes back."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.mapping.plan import Plan, load_plan
from stdconv.runs.convert import convert_file
from stdconv.runs.sample import sample_file
from support import commandline
from support.nightly import by_day
from support.paths import CASES

SEVEN = """\
grammar: 1
id: vendor-x/seven
about: {vendor: M社, title: メモ, source: M社ファイル仕様書}
standard: seven.schema.json
legacy: {encoding: cp932, newline: crlf, columns: [番号, 値]}
fields:
  - {standard: 番号, legacy: 番号}
  - {standard: 値, legacy: 値}
examples:
  - source: M社ファイル仕様書 記入例
    legacy: {番号: "1", 値: "1234567"}
    standard: {番号: "1", 値: "1234567"}
"""


def seven(folder: Path, **value: object) -> Plan:
    columns = {"番号": {"type": "string", "pattern": "^[1-9][0-9]{0,4}$"}, "値": {"type": "string", **value}}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    text = json.dumps(schema | {"properties": columns, "required": list(columns)}, ensure_ascii=False)
    (folder / "seven.schema.json").write_text(text, encoding="utf-8")
    (folder / "seven.yaml").write_text(SEVEN, encoding="utf-8")
    return load_plan(folder / "seven.yaml")


def test_lengths_go_into_an_open_repeat(tmp_path: Path) -> None:
    """The complaint: json-schema-faker#659, a schema that can be satisfied fails."""
    plan = seven(tmp_path, pattern="^[0-9]{1,}$", minLength=7, maxLength=7)
    drawn = stdconv.sample(plan, 3, 1)["値"]
    assert drawn.str.contains("^[0-9]{7}$").all()


def test_where_no_value_can_be_drawn_the_true_cause_is_said(tmp_path: Path) -> None:
    plan = seven(tmp_path, pattern="^[0-9]{1,5}$", minLength=7)
    with pytest.raises(stdconv.DefinitionError, match="C0028") as caught:
        stdconv.sample(plan, 3, 1)
    assert 'the column "値"' in str(caught.value)
    assert "no text is of the pattern and of the lengths" in str(caught.value)


pytestmark = pytest.mark.slow

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
LOOKUPS = {A: "households", B: "names"}
ENCODINGS = {A: "cp932", B: "utf-8"}
KEYS = {A: "住民番号", B: "宛名番号"}
ROWS = 12_000


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def records(path: Path, encoding: str) -> list[dict[str, str]]:
    """Read a legacy file with Python's own means."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=[A, B], ids=["A", "B"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return load_plan(request.param)


@pytest.fixture(scope="module")
def sampled(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample, its lookup, and its conversion with and without the lookup."""
    folder, lookup = tmp_path_factory.mktemp("sampled"), LOOKUPS[plan.mapping.id]
    sample_file(plan, ROWS, 3, folder / "in.csv", lookups={lookup: folder / "lookup.csv"})
    stdconv.convert_file(folder / "in.csv", plan, folder / "with", lookups={lookup: folder / "lookup.csv"})
    stdconv.convert_file(folder / "in.csv", plan, folder / "without")
    return folder


@pytest.mark.e2e
def test_the_same_seed_gives_the_same_bytes_in_every_process(plan: Plan, tmp_path: Path) -> None:
    lookup = LOOKUPS[plan.mapping.id]
    surroundings = [
        {"PYTHONHASHSEED": "0", "POLARS_MAX_THREADS": "1"},
        {"PYTHONHASHSEED": "1", "POLARS_MAX_THREADS": "2"},
        {"PYTHONHASHSEED": "4242", "POLARS_MAX_THREADS": "5"},
    ]
    hashes = set()
    for number, environment in enumerate(surroundings):
        file, beside = tmp_path / f"{number}.csv", tmp_path / f"{number}.lookup.csv"
        arguments = ("-m", plan.mapping.id, "--rows", 3_000, "--seed", 9, "-o", file, "--lookup", f"{lookup}={beside}")
        sampled = commandline.stdconv("sample", *arguments, **environment)
        assert (sampled.returncode, sampled.stdout, sampled.stderr) == (0, "", "")
        hashes.add((sha256(file), sha256(beside)))
    assert len(hashes) == 1

    sample_file(plan, 3_000, 9, tmp_path / "here.csv")
    assert sha256(tmp_path / "here.csv") in {file for file, _ in hashes}


def test_another_seed_gives_other_bytes(plan: Plan, tmp_path: Path) -> None:
    seeds = by_day((0, 1, 2**31 - 1, 2), 2)
    for seed in seeds:
        sample_file(plan, 500, seed, tmp_path / f"{seed}.csv")
    assert len({sha256(tmp_path / f"{seed}.csv") for seed in seeds}) == len(seeds)


def test_fewer_rows_are_the_beginning_of_more(plan: Plan, sampled: Path, tmp_path: Path) -> None:
    sample_file(plan, 100, 3, tmp_path / "few.csv")
    assert (sampled / "in.csv").read_bytes().startswith((tmp_path / "few.csv").read_bytes())


def test_there_are_as_many_records_as_were_asked_for_and_their_keys_are_unique(plan: Plan, sampled: Path) -> None:
    rows = records(sampled / "in.csv", ENCODINGS[plan.mapping.id])
    assert len(rows) == ROWS
    assert len({(row[KEYS[plan.mapping.id]], row["履歴番号"]) for row in rows}) == ROWS


@pytest.mark.parametrize("run", ["with", "without"])
def test_every_sampled_record_is_accepted_and_leaves_no_residue(run: str, sampled: Path) -> None:
    manifest = stdconv.verify(sampled / run)
    assert manifest.counts.model_dump() == {"read": ROWS, "accepted": ROWS, "refused": 0}
    assert pl.read_parquet(sampled / run / "residue.parquet").is_empty()
    severities = set(pl.read_parquet(sampled / run / "findings.parquet")["severity"])
    assert severities <= {"note", "warn"}


@pytest.mark.parametrize("run", ["with", "without"])
def test_the_sample_is_restored_to_the_byte(run: str, sampled: Path, tmp_path: Path) -> None:
    stdconv.restore_file(sampled / run, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (sampled / "in.csv").read_bytes()


def test_the_lookup_supplies_every_value_and_leaves_no_finding_about_it(plan: Plan, sampled: Path) -> None:
    encoding, key = ENCODINGS[plan.mapping.id], KEYS[plan.mapping.id]
    looked_up = {row[key]: row for row in records(sampled / "lookup.csv", encoding)}
    assert len(looked_up) == ROWS
    standard = records(sampled / "with" / "standard.csv", "utf-8")
    if plan.mapping.id == A:
        assert [row["世帯番号"] for row in standard] == [looked_up[row["宛名番号"]]["世帯番号"] for row in standard]
    else:
        parts = [looked_up[row["宛名番号"]] for row in standard]
        names = ["　".join(filter(None, (part["氏"], part["名"]))) for part in parts]
        separated = [(row["氏名"], name) for row, name in zip(standard, names, strict=True) if name]
        assert all(name == spelled for name, spelled in separated)
        assert len(separated) > ROWS // 2
    codes = set(pl.read_parquet(sampled / "with" / "findings.parquet")["code"])
    assert not codes & {"T0013", "T0014", "T0015", "T0018", "D0002", "D0003"}


def test_the_standard_gives_the_sample_and_its_lookup_again(plan: Plan, sampled: Path, tmp_path: Path) -> None:
    """The sample was made from standard records; with the lookup they are all there again, nothing more or less."""
    report = stdconv.relay_file(sampled / "with" / "standard.csv", plan, tmp_path / "again.csv")
    assert report.counts.refused == 0
    assert (tmp_path / "again.csv").read_bytes() == (sampled / "in.csv").read_bytes()
    lookup = tmp_path / f"again.csv.{LOOKUPS[plan.mapping.id]}.csv"
    assert lookup.read_bytes() == (sampled / "lookup.csv").read_bytes()


def test_a_sample_uses_every_entry_of_the_mappings_tables(plan: Plan, sampled: Path) -> None:
    rows = records(sampled / "in.csv", ENCODINGS[plan.mapping.id])
    states = {"住登者", "転出者", "死亡者", "消除者"}
    if plan.mapping.id == A:
        assert {row["住民区分"] for row in rows} == states
        assert {row["性別"] for row in rows} == {"男", "女", "不明"}
        assert {row["住民種別"] for row in rows} == {"日本人", "外国人"}
        assert {row["生年月日"][:1] for row in rows} >= set("123459")
    else:
        assert {row["住民種別"] for row in rows} == states
        assert {row["性別"] for row in rows} == {"0", "1", "2"}
        assert {row["生年月日元号"] for row in rows} >= {"明治", "大正", "昭和", "平成", "令和"}
    assert Counter(row["異動日"] == "00000000" for row in rows)[True] > 0


def test_a_sample_of_no_rows_is_a_header_alone(plan: Plan, tmp_path: Path) -> None:
    sample_file(plan, 0, 1, tmp_path / "in.csv", lookups={LOOKUPS[plan.mapping.id]: tmp_path / "lookup.csv"})
    encoding = ENCODINGS[plan.mapping.id]
    header = (tmp_path / "in.csv").read_bytes().decode(encoding)
    assert header == ",".join(plan.mapping.legacy.columns) + "\r\n"
    expected = {A: "住民番号,世帯番号\r\n", B: "宛名番号,氏,名\r\n"}[plan.mapping.id]
    assert (tmp_path / "lookup.csv").read_bytes().decode(encoding) == expected
    report = stdconv.convert_file(tmp_path / "in.csv", plan, tmp_path / "run")
    assert (report.counts.read, report.exit_code) == (0, 0)


def test_a_frame_of_samples_is_the_file_of_samples(plan: Plan, sampled: Path) -> None:
    frame = stdconv.sample(plan, ROWS, 3)
    assert frame["_row"].to_list() == list(range(1, ROWS + 1))
    assert frame.drop("_row").rows(named=True) == records(sampled / "in.csv", ENCODINGS[plan.mapping.id])


@pytest.mark.e2e
def test_sample_convert_restore_and_cmp_hold_on_the_command_line(plan: Plan, tmp_path: Path) -> None:
    script = (
        '"$PYTHON" -m stdconv sample -m "$MAPPING" --rows 20000 --seed 1 -o a.csv'
        ' && "$PYTHON" -m stdconv convert a.csv -m "$MAPPING" -o run'
        ' && "$PYTHON" -m stdconv restore run -o b.csv && cmp a.csv b.csv'
    )
    environment = os.environ | {"PYTHON": sys.executable, "MAPPING": plan.mapping.id}
    chain = subprocess.run(
        ["/bin/sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert chain.returncode == 0, chain.stderr
    assert chain.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "run"]


@pytest.mark.e2e
def test_an_unknown_lookup_and_an_existing_file_are_usage_faults(plan: Plan, tmp_path: Path) -> None:
    sample = ("sample", "-m", plan.mapping.id, "--rows", 1, "--seed", 1, "-o", tmp_path / "in.csv")
    unknown = commandline.stdconv(*sample, "--lookup", f"streets={tmp_path / 'streets.csv'}")
    assert unknown.returncode == 2
    assert "C0006" in unknown.stderr
    assert LOOKUPS[plan.mapping.id] in unknown.stderr
    (tmp_path / "in.csv").write_text("mine")
    taken = commandline.stdconv(*sample)
    assert taken.returncode == 2
    assert "C0002" in taken.stderr
    assert (tmp_path / "in.csv").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


WITH_ROOMS = ("fixed", "fixed-records", "fixed-numbers", "fixed-characters", "fixed-units", "widths", "lookup-layout")


@pytest.mark.parametrize("name", WITH_ROOMS)
def test_a_layout_that_says_how_wide_its_columns_are_is_sampled_so(name: str, tmp_path: Path) -> None:
    """Names and numbers of the schema are longer than most of its columns."""
    plan = stdconv.load_mapping(CASES / f"golden-{name}" / "mapping.yaml")
    file = tmp_path / "x.dat"
    lookups = {name: tmp_path / f"{name}.csv" for name in plan.mapping.lookups}
    assert sample_file(plan, 300, 7, file, lookups=lookups) == 300
    for at, size in enumerate((100, 1 << 20)):
        report = convert_file(plan, file, tmp_path / f"run{at}", lookups=lookups, batch_size=size)
        assert (report.counts.read, report.counts.refused, report.exit_code) == (300, 0, 0)
    assert len({line[:12] for line in file.read_bytes().splitlines()}) >= 300


def histories(rows: list[dict[str, str]], by: tuple[str, ...], number: str) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in by), []).append(row[number])
    return found


def test_records_with_a_latest_one_are_sampled_as_whole_histories(tmp_path: Path) -> None:
    """Counted without stdconv: numbers from 1, the highest alone is the latest (docs/domain.md, Protected persons)."""
    plan = stdconv.load_mapping(CASES / "golden-support-measures" / "mapping.yaml")
    sample_file(plan, 400, 5, tmp_path / "in.csv")
    rows = records(tmp_path / "in.csv", "cp932")
    found = histories(rows, ("住民番号", "措置開始日"), "連番")
    assert {len(numbers) for numbers in found.values()} == {1, 2, 3}
    assert all(numbers == [f"{place:03}" for place in range(1, len(numbers) + 1)] for numbers in found.values())
    assert Counter(Counter(person for person, _ in found).values()).keys() == {1, 2}, "some have two measures"
    latest = [row for row in rows if row["最新"] == "*"]
    assert [(row["住民番号"], row["連番"]) for row in latest] == [
        (person, numbers[-1]) for (person, _), numbers in found.items()
    ]
    report = convert_file(plan, tmp_path / "in.csv", tmp_path / "run")
    assert (report.counts.accepted, report.exit_code) == (400, 0)
    assert stdconv.validate_file(tmp_path / "run" / "standard.csv", "support-measures/0.1").exit_code == 0
    for count in (0, 1, 2, 5):
        assert len(stdconv.sample(plan, count, 5)) == count


def test_numbers_that_a_schema_wants_without_gaps_are_sampled_so(tmp_path: Path) -> None:
    columns = {"番号": "^[1-9][0-9]{0,9}$", "値": "^[1-9][0-9]{0,2}$"}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "x-key": list(columns)}
    properties = {name: {"type": "string", "pattern": pattern} for name, pattern in columns.items()}
    text = json.dumps(schema | {"properties": properties, "required": list(columns)}, ensure_ascii=False)
    (tmp_path / "seven.schema.json").write_text(text, encoding="utf-8")
    rule = "{rule: counted, title: 連番, source: 社内仕様, by: [番号], number: 値}"
    (tmp_path / "seven.rules.yaml").write_text(f"dataset:\n  - {rule}\n", encoding="utf-8")
    (tmp_path / "seven.yaml").write_text(SEVEN.replace("1234567", "7"), encoding="utf-8")
    drawn = stdconv.sample(load_plan(tmp_path / "seven.yaml"), 60, 1).rows(named=True)
    found = histories(drawn, ("番号",), "値")
    assert {tuple(numbers) for numbers in found.values()} == {("1",), ("1", "2"), ("1", "2", "3")}
