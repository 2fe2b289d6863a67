"""The form ``number``: records counted in the order of the file, and taken back only in that order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

import stdconv
from stdconv.cli.mappingpage import mapping_page
from stdconv.conversion import convert as converting
from stdconv.conversion.numbering import Numbering, numbered
from stdconv.layouts.reader import ParsedBatch
from stdconv.mapping.plan import Plan, load_plan, read_plan
from stdconv.proving import files, laws
from stdconv.proving.prove import prove
from stdconv.runs.convert import convert_file
from stdconv.runs.restore import restore_file
from support.paths import CASES

CASE = CASES / "golden-number" / "mapping.yaml"
COLUMNS = ("番号", "世帯", "種別", "区分", "異動日", "氏名", "性別", "生年月日")
LEGACY = dict(zip(COLUMNS, ("1", "9", "日本人", "住登者", "20240301", "行政　花子", "女", "3600707"), strict=True))
STANDARD = {
    "宛名番号": "1", "履歴番号": "1", "世帯番号": "9", "住民種別": "1", "住民状態": "1", "異動年月日": "2024-03-01",
    "氏名": "行政　花子", "性別": "2", "生年月日_元号": "3", "生年月日": "1985-07-07",
}  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(CASE)


def plan_of(change: Any) -> Plan:
    """Return the plan of the golden mapping after ``change`` of its document."""
    document = yaml.safe_load(CASE.read_text(encoding="utf-8"))
    change(document)
    return read_plan(yaml.safe_dump(document, allow_unicode=True), "changed.yaml")


def people(count: int) -> list[dict[str, str]]:
    """Return records of some persons, in any order: one in ten has a code that is refused."""
    rng = random.Random("number")
    return [
        LEGACY
        | {"番号": str(rng.randint(1, count // 4)), "区分": rng.choice(["不明"] + ["住登者", "転出者", "死亡者"] * 3)}
        for _ in range(count)
    ]


def expected(records: Iterable[dict[str, str]]) -> list[tuple[str, str]]:
    """Return person and number of the records that are accepted, counted one by one."""
    seen: Counter[str] = Counter()
    numbers = []
    for record in records:
        seen[record["番号"]] += 1
        if record["区分"] != "不明":
            numbers.append((record["番号"], str(seen[record["番号"]])))
    return numbers


@pytest.mark.parametrize(("batch_size", "jobs"), [(1, 1), (100, 4), (3000, 2), (1 << 22, 1)])
def test_the_numbers_go_through_the_file_wherever_batches_are_cut(
    batch_size: int, jobs: int, plan: Plan, tmp_path: Path
) -> None:
    records, legacy = people(400), tmp_path / "legacy.csv"
    lines = [COLUMNS, *(tuple(record.values()) for record in records)]
    legacy.write_bytes("".join(",".join(line) + "\r\n" for line in lines).encode("cp932"))
    report = convert_file(plan, legacy, tmp_path / "run", batch_size=batch_size, jobs=jobs)
    standard = pl.read_csv(tmp_path / "run" / "standard.csv", infer_schema=False)
    assert report.counts.read == 400
    assert 0 < report.counts.refused < 100
    assert standard.select("宛名番号", "履歴番号").rows() == expected(records)
    restore_file(tmp_path / "run", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == legacy.read_bytes()


def test_a_frame_is_numbered_as_a_whole(plan: Plan) -> None:
    records = people(100)
    result = stdconv.convert(pl.DataFrame(records), plan)
    assert result.standard.select("宛名番号", "履歴番号").rows() == expected(records)
    again = stdconv.restore(result.standard, plan, residue=result.residue)
    kept = [record for record in records if record["区分"] != "不明"]
    assert again.legacy.drop("_row").to_dicts() == kept


def test_several_columns_make_a_key_and_one_that_is_empty_throughout_is_nobodys() -> None:
    def by_two(document: Any) -> None:
        document["fields"][1]["number"]["by"] = ["番号", "世帯"]

    keys = [("1", "9"), ("1", ""), ("1", "9"), ("", "9"), ("", ""), ("", "9"), ("19", "")]
    legacy = pl.DataFrame([LEGACY | {"番号": number, "世帯": household} for number, household in keys])
    numbers = Numbering(plan_of(by_two)).number(legacy)["_number:履歴番号"].to_list()
    assert numbers == ["1", "1", "2", "1", "", "2", "1"]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("1,9,日本人,住登者,20240301,行政#花子,女,3600707", {"E0001"}),
        ("1#,9,日本人,住登者,20240301,行政　花子,女,3600707", {"E0001", "T0027"}),
        ("1,9", {"R0001", "T0027"}),
        (",".join(COLUMNS), {"R0005"}),
        ('"番号",世帯,種別,区分,異動日,氏名,性別,生年月日', {"R0005"}),
    ],
)
def test_a_record_counts_if_its_key_can_be_read_and_else_that_is_told(line: str, codes: set[str], plan: Plan) -> None:
    usual = "1,9,日本人,住登者,20240301,行政　花子,女,3600707"
    body = "".join(f"{each}\r\n" for each in (usual, line, usual)).encode("cp932").replace(b"#", b"\x85\x40")
    whole = files.convert(plan, files.LegacyFile(body))
    assert whole.refused_rows.to_list() == [2]
    assert set(whole.findings["code"]) == codes
    assert whole.standard["履歴番号"].to_list() == ["1", "3" if codes == {"E0001"} else "2"]


def test_without_the_form_batches_are_handed_on_unread() -> None:
    batches = [b"1\r\n"]
    assert numbered(load_plan("vendor-a/resident-link"), batches) is batches


def relayed(plan: Plan, tmp_path: Path, *records: dict[str, str]) -> tuple[list[tuple[int, str]], list[str]]:
    """Restore records as a file and as a frame; returns row and code of the refusals, and the lines written."""
    text = "".join(",".join(line) + "\r\n" for line in (STANDARD, *(record.values() for record in records)))
    (tmp_path / "standard.csv").write_bytes(text.encode())
    stdconv.relay_file(tmp_path / "standard.csv", plan, tmp_path / "legacy.csv")
    lines = (tmp_path / "legacy.csv").read_bytes().decode("cp932").splitlines()[1:]
    frame = stdconv.restore(pl.DataFrame(records), plan)
    assert [",".join(row) for row in frame.legacy.drop("_row").rows()] == lines
    returned = (tmp_path / "legacy.csv.refused.csv").read_bytes().decode().splitlines()[1:]
    assert returned == [",".join(records[row - 1].values()) for row in frame.refused["_row"]]
    refused = frame.findings.filter(pl.col("severity") == "refuse")
    return sorted(refused.select("_row", "code").rows()), lines


def person(number: str, history: str, **values: str) -> dict[str, str]:
    return STANDARD | {"宛名番号": number, "履歴番号": history} | values


def test_a_record_goes_back_only_behind_those_that_make_its_number(plan: Plan, tmp_path: Path) -> None:
    refused, lines = relayed(
        plan,
        tmp_path,
        person("1", "1"),
        person("2", "2"),
        person("1", "3"),
        person("1", "2", 住民状態="2"),
        person("1", "2"),
        person("1", "3"),
        person("2", "1"),
    )
    assert refused == [(2, "T0030"), (3, "T0030"), (5, "T0030")]
    assert [line.split(",")[0] for line in lines] == ["1", "1", "1", "2"]


def test_a_record_that_is_refused_for_another_reason_does_not_count(plan: Plan, tmp_path: Path) -> None:
    broken = person("1", "1", 生年月日="1985-07-08", 生年月日_元号="4")
    assert relayed(plan, tmp_path, broken, person("1", "2"), person("1", "1")) == (
        [(1, "S0006"), (1, "T0030"), (1, "T0030"), (2, "T0030")],
        [",".join(LEGACY.values())],
    )


def with_lookup(document: Any) -> None:
    """Put the household numbers into a lookup by name."""
    document["lookups"] = {"households": {"key": ["氏名"], "columns": ["世帯番号"]}}
    document["legacy"]["columns"].remove("世帯")
    field = {"standard": "世帯番号", "lookup": "households", "column": "世帯番号"}
    document["fields"][2] = field | {"missing": {"severity": "note", "because": "a test"}}
    for example in document["examples"]:
        example["legacy"].pop("世帯", None)
        example["standard"].pop("世帯番号", None)
        example.pop("line", None)


def test_lookup_keys_that_come_up_when_others_fall_away_are_refused_too(tmp_path: Path) -> None:
    plan = plan_of(with_lookup)
    refused, lines = relayed(
        plan,
        tmp_path,
        person("1", "1", 氏名="行政　花子", 世帯番号="1"),
        person("9", "1", 氏名="行政　花子", 世帯番号="2"),
        person("1", "1", 氏名="行政　太郎", 世帯番号="3"),  # the first of its person, once the first record is refused
        person("7", "1", 氏名="行政　太郎", 世帯番号="4"),
        person("5", "1", 氏名="行政　和", 世帯番号="5"),
    )
    assert refused == [(1, "T0032"), (2, "T0032"), (3, "T0032"), (4, "T0032")]
    assert [line.split(",")[0] for line in lines] == ["5"]
    assert (tmp_path / "legacy.csv.households.csv").read_bytes().decode("cp932") == "氏名,世帯番号\r\n行政　和,5\r\n"


@pytest.mark.parametrize("by", ["番号", "世帯"])
def test_every_sampled_record_is_accepted(by: str) -> None:
    def change(document: Any) -> None:
        document["fields"][1]["number"]["by"] = by

    plan = plan_of(change)
    sampled = stdconv.sample(plan, 2000, 1)
    result = stdconv.convert(sampled, plan)
    assert len(result.standard) == 2000
    assert set(result.findings["severity"]) <= {"note", "warn"}


def test_a_correspondence_table_says_what_is_counted(plan: Plan) -> None:
    assert "| 履歴番号 | 9 | 番号 | number (出現順) | assumed: 行の並びが履歴の順である |" in mapping_page(plan)


@pytest.mark.parametrize("document", [{"by": []}, {}, {"by": ["番号"], "from": "1"}, {"by": ["番号", "番号"]}])
def test_what_is_counted_must_be_said_once_and_nothing_else(document: dict[str, Any]) -> None:
    def change(mapping: Any) -> None:
        mapping["fields"][1]["number"] = document

    with pytest.raises(stdconv.DefinitionError):
        plan_of(change)


def test_that_the_order_is_the_historys_must_have_its_reason() -> None:
    with pytest.raises(stdconv.DefinitionError, match="because"):
        plan_of(lambda mapping: mapping["fields"][1].pop("because"))


def anew(plan: Plan, batches: Iterable[bytes], _counted: Numbering | None = None) -> Iterator[ParsedBatch]:
    return (Numbering(plan).read(batch, plan.dialect) for batch in batches)


@pytest.mark.slow
def test_numbers_that_begin_anew_in_each_batch_break_a_law(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "numbered", anew)
    assert [fault.code for fault in prove(plan, records=100).faults] == ["P0009"]


def test_records_taken_back_whatever_their_number_break_a_law(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stdconv.conversion.relay.refuse_misnumbered", lambda relayed, _: relayed)
    with pytest.raises(files.BrokenError, match="P0007"):
        laws.standard_comes_back(plan, files.standard_frame(plan, [person("1", "2")]))


def test_an_example_is_the_one_record_of_its_file() -> None:
    def change(document: Any) -> None:
        document["examples"][0]["standard"]["履歴番号"] = "2"

    assert [fault.code for fault in prove(plan_of(change), records=0).faults] == ["P0002"]
