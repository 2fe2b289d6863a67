"""Dataset rules against a reference in plain Python: the same findings wherever batches are cut, whatever hashes do."""

from __future__ import annotations

import itertools
import json
import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import stdconv
from stdconv.cli.entry import run
from stdconv.errors import DefinitionError
from stdconv.standard import groups
from stdconv.standard.dataset import Dataset
from stdconv.standard.hashes import fingerprint
from stdconv.standard.schema import Schema, load_schema
from support.paths import CASES

CASE = CASES / "validate-each-dataset-rule"
RULES: list[dict[str, Any]] = yaml.safe_load((CASE / "own.rules.yaml").read_text(encoding="utf-8"))["dataset"]
COLUMNS = ("宛名番号", "個人履歴番号", "最新フラグ", "世帯番号", "住民状態", "続柄コード1")
GREATEST = 4294967295
ONCE = {"D0006", "D0007", "D0011"}

Record: TypeAlias = Mapping[str, str | None]
Finding: TypeAlias = tuple[int, str, str]
"""Row, code, column."""


# The reference: slow, record by record, from docs/validation.md; it shares no line with what it judges.


def number_of(text: str | None) -> int | None:
    """Digits spell a number, all too great ones the same; nothing else does."""
    return min(int(text), GREATEST) if text is not None and re.fullmatch("[0-9]+", text) else None


def joined_texts(rows: Mapping[int, Record], by: Sequence[str]) -> Iterator[dict[int, Record]]:
    """Yield the records that have the same values in all of ``by``, by row."""
    found: dict[tuple[str | None, ...], dict[int, Record]] = defaultdict(dict)
    for row, record in rows.items():
        if all(record[name] is not None for name in by):
            found[tuple(record[name] for name in by)][row] = record
    yield from found.values()


def fits(record: Record, values: Mapping[str, str]) -> bool:
    return all(record[name] == value for name, value in values.items())


def unique(rule: dict[str, Any], rows: Mapping[int, Record]) -> Iterator[Finding]:
    values = {row: tuple(record[name] for name in rule["columns"]) for row, record in rows.items()}
    often = Counter(values.values())
    for row, value in values.items():
        if often[value] > 1:
            yield row, "D0001", "+".join(rule["columns"])


def counted(rule: dict[str, Any], rows: Mapping[int, Record]) -> Iterator[Finding]:
    for person in joined_texts(rows, rule["by"]):
        numbers = {row: n for row, record in person.items() if (n := number_of(record[rule["number"]])) is not None}
        there = set(numbers.values())
        behind_a_gap = [row for row, n in numbers.items() if n != 1 and n - 1 not in there]
        assert bool(behind_a_gap) == (there != set(range(1, len(there) + 1))), "a gap is what a row stands behind"
        if behind_a_gap:
            yield min(behind_a_gap), "D0006", rule["number"]


def latest(rule: dict[str, Any], rows: Mapping[int, Record]) -> Iterator[Finding]:
    for person in joined_texts(rows, rule["by"]):
        numbers = {row: number_of(record[rule["number"]]) or 0 for row, record in person.items()}
        highest = max(numbers.values())
        flagged = [row for row, record in person.items() if record[rule["flag"]] == rule["value"]]
        match flagged:
            case []:
                yield min(row for row, n in numbers.items() if n == highest), "D0007", rule["flag"]
            case [row]:
                if numbers[row] != highest:
                    yield row, "D0009", rule["flag"]
            case _:
                yield from ((row, "D0008", rule["flag"]) for row in flagged)


def at_most_one(rule: dict[str, Any], rows: Mapping[int, Record]) -> Iterator[Finding]:
    counting = {row: record for row, record in rows.items() if fits(record, rule.get("among", {}))}
    for household in joined_texts(counting, rule["by"]):
        heads = [row for row, record in household.items() if fits(record, rule["which"])]
        if not heads:
            yield min(household), "D0011", "+".join(rule["which"])
        if len(heads) > 1:
            yield from ((row, "D0010", "+".join(rule["which"])) for row in heads)


def has_values(rule: dict[str, Any], records: Sequence[Record]) -> bool:
    """A rule is not checked where one of its columns has no value in any record; for ``unique`` that is a value too."""
    given = [rule.get(name, []) for name in ("by", "number", "flag", "among", "which")]
    names = [name for part in given for name in ([part] if isinstance(part, str) else part)]
    return rule["rule"] == "unique" or all(any(record[name] is not None for record in records) for name in names)


REFERENCE = {"unique": unique, "counted": counted, "latest": latest, "at_most_one": at_most_one}


def expected(records: Sequence[Record], rules: Sequence[dict[str, Any]] = RULES) -> Counter[Finding]:
    rows = dict(enumerate(records, 1))
    checked = [rule for rule in rules if rule["rule"] in REFERENCE and has_values(rule, records)]
    return Counter(each for rule in checked for each in REFERENCE[rule["rule"]](rule, rows))


# What is judged.


def frame_of(records: Sequence[Record], columns: Sequence[str] = COLUMNS) -> pl.DataFrame:
    data = {name: pl.Series([record[name] for record in records], dtype=pl.String) for name in columns}
    return pl.DataFrame(data).with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))


def cut(frame: pl.DataFrame, sizes: Sequence[int]) -> list[pl.DataFrame]:
    """Return ``frame`` in batches of ``sizes`` records, and the rest as the last one."""
    batches = []
    for size in sizes:
        batches.append(frame.head(size))
        frame = frame.slice(size)
    return [*batches, frame]


def found(schema: Schema, batches: Sequence[pl.DataFrame], **options: Any) -> Counter[Finding]:
    """Return the findings about records; the rules about none are left out."""
    dataset = Dataset(schema, batches[0].columns, **options)
    for batch in batches:
        dataset.add(batch)
    reported = [row for frame in dataset.findings(lambda: iter(batches)) for row in frame.iter_rows(named=True)]
    return Counter((row["_row"], row["code"], row["column"]) for row in reported if row["code"] != "D0012")


@pytest.fixture(scope="module")
def own_schema() -> Schema:
    return load_schema(CASE / "own.schema.json")


@pytest.fixture
def with_rules(tmp_path: Path) -> Callable[..., Schema]:
    """Return what makes a schema of these columns with other rules beside it."""

    def made(*rules: dict[str, Any], **columns: dict[str, Any]) -> Schema:
        document = json.loads((CASE / "own.schema.json").read_text(encoding="utf-8"))
        document["properties"] |= columns
        (tmp_path / "own.schema.json").write_text(json.dumps(document), encoding="utf-8")
        written = [{"title": "t", "source": "s"} | rule for rule in rules]
        (tmp_path / "own.rules.yaml").write_text(json.dumps({"dataset": written}), encoding="utf-8")
        return load_schema(tmp_path / "own.schema.json")

    return made


def few(*values: str | None) -> st.SearchStrategy[str | None]:
    return st.sampled_from(values)


RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "宛名番号": few("1", "1", "2", "12", None),
            "個人履歴番号": few(
                "1", "1", "2", "2", "3", "4", "0", "01", "-1", "1.0", "5000000000", "9" * 30, "x", None
            ),
            "最新フラグ": few("0", "0", "1", None),
            "世帯番号": few("1", "1", "2", None),
            "住民状態": few("1", "1", "2", "?", None),
            "続柄コード1": few("02", "12", None),
        }
    ),
    max_size=14,
)
HISTORIES = st.lists(st.tuples(few("1", "2", "12"), st.sampled_from("123456")), max_size=16, unique=True).map(
    lambda pairs: [
        dict.fromkeys(COLUMNS) | {"宛名番号": person, "個人履歴番号": number, "最新フラグ": "0"}
        for person, number in pairs
    ]
)
"""Histories without faults but gaps, and the flag, which nobody has."""
SIZES = st.lists(st.integers(0, 5), max_size=5)
ROOM = st.sampled_from([0, 30, 10_000])
"""Room for no records, for some, for all: what is not kept is read again."""


@given(RECORDS | HISTORIES, SIZES, ROOM)
def test_findings_are_the_references_wherever_batches_are_cut(
    own_schema: Schema, records: list[Record], sizes: list[int], keep: int
) -> None:
    assert found(own_schema, cut(frame_of(records), sizes), keep=keep) == expected(records)


def test_only_records_that_are_too_many_to_keep_are_read_again(own_schema: Schema) -> None:
    records = [dict.fromkeys(COLUMNS) | {"宛名番号": "1", "個人履歴番号": "1"} for _ in range(2)]
    frame = frame_of(records)
    for keep, asked in ((10_000, 0), (1, 1)):
        readings = itertools.count()

        def reading(count: Iterator[int] = readings) -> Iterator[pl.DataFrame]:
            next(count)
            return iter([frame])

        dataset = Dataset(own_schema, COLUMNS, keep=keep)
        dataset.add(frame)
        reported = pl.concat(dataset.findings(reading))
        assert reported.filter(pl.col("code") == "D0001")["_row"].to_list() == [1, 2]
        assert next(readings) == asked


@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_records_says_only_which_of_them_is_told_of(
    own_schema: Schema, records: list[Record], rng: random.Random
) -> None:
    order = list(range(len(records)))
    rng.shuffle(order)
    moved = [records[index] for index in order]
    before, after = (found(own_schema, [frame_of(each)]) for each in (records, moved))
    assert after == expected(moved)
    assert Counter(code for _, code, _ in before.elements()) == Counter(code for _, code, _ in after.elements())
    new_rows = {index + 1: row for row, index in enumerate(order, 1)}
    of_each = Counter((new_rows[row], code, column) for row, code, column in before if code not in ONCE)
    assert of_each == Counter(each for each in after if each[1] not in ONCE)


@given(RECORDS, SIZES, st.integers(1, 3), ROOM)
def test_values_that_share_a_hash_are_never_told_of_for_that(
    own_schema: Schema, records: list[Record], sizes: list[int], hashes: int, keep: int
) -> None:
    """One to three hashes for all values there are: faults may stay hidden, but nothing is made up."""

    def poor(columns: Sequence[str]) -> pl.Expr:
        return fingerprint(columns) % hashes

    reported, true = found(own_schema, cut(frame_of(records), sizes), fingerprint=poor, keep=keep), expected(records)
    assert reported <= true
    assert {each for each in reported if each[1] == "D0001"} == {each for each in true if each[1] == "D0001"}


def test_persons_who_share_a_hash_are_told_apart_by_value(own_schema: Schema) -> None:
    """1 lacks two numbers, one of which 2 has; 2 lacks the first; 3 lacks none. All three have one hash."""
    numbers = [("1", "1"), ("1", "4"), ("2", "2"), ("3", "1"), ("3", "2")]
    records = [dict.fromkeys(COLUMNS) | {"宛名番号": who, "個人履歴番号": number} for who, number in numbers]
    reported = found(
        own_schema, [frame_of(records)], fingerprint=lambda columns: pl.col(columns[0]).str.len_chars().cast(pl.UInt64)
    )
    assert {each for each in reported if each[1] == "D0006"} == {
        (2, "D0006", "個人履歴番号"),
        (3, "D0006", "個人履歴番号"),
    }


@given(RECORDS, SIZES, ROOM)
def test_nothing_changes_when_records_are_judged_in_many_portions(
    own_schema: Schema, records: list[Record], sizes: list[int], keep: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stdconv.standard.dataset.PORTION", 1)
        patch.setattr(groups, "PART", 2)
        patch.setattr(groups, "SLICE", 2)
        assert found(own_schema, cut(frame_of(records), sizes), keep=keep) == expected(records)


def test_findings_of_a_code_come_in_the_order_of_rows(own_schema: Schema) -> None:
    records = [
        dict.fromkeys(COLUMNS) | {"宛名番号": str(n), "個人履歴番号": "2", "最新フラグ": "1"} for n in range(100)
    ]
    dataset, frame = Dataset(own_schema, COLUMNS), frame_of(records)
    dataset.add(frame)
    rows = [
        row
        for reported in dataset.findings(lambda: iter([frame]))
        for row in reported.filter(pl.col("code") == "D0006")["_row"]
    ]
    assert rows == list(range(1, 101))


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "counted", "by": ["宛名番号", "世帯番号"], "number": "個人履歴番号"},
        {"rule": "counted", "by": ["宛名番号", "宛名番号"], "number": "個人履歴番号"},
        {"rule": "at_most_one", "by": ["世帯番号"], "which": {"続柄コード1": "02", "最新フラグ": "1"}},
        {
            "rule": "at_most_one",
            "by": ["世帯番号", "住民状態"],
            "among": {"最新フラグ": "1"},
            "which": {"続柄コード1": "02"},
        },
        {
            "rule": "latest",
            "by": ["世帯番号", "宛名番号"],
            "number": "個人履歴番号",
            "flag": "続柄コード1",
            "value": "12",
        },
        {"rule": "unique", "columns": ["世帯番号", "続柄コード1", "最新フラグ"]},
    ],
    ids=str,
)
def test_rules_of_other_columns_are_checked_as_they_say(
    rule: dict[str, Any], with_rules: Callable[..., Schema]
) -> None:
    own, rng = with_rules(rule), random.Random(7)
    values = {"宛名番号": "12", "個人履歴番号": "123", "最新フラグ": "01", "世帯番号": "12", "住民状態": "12"}
    codes = set()
    for _ in range(60):
        records: list[Record] = [
            {name: rng.choice([*texts, None]) for name, texts in values.items()}
            | {"続柄コード1": rng.choice(["02", "12"])}
            for _ in range(rng.randrange(9))
        ]
        reported = found(own, [frame_of(records)])
        assert reported == expected(records, [rule])
        codes |= {code for _, code, _ in reported}
    assert codes == set(own.dataset[0].codes), "every code of the rule was met with"


def test_two_rules_of_one_kind_are_both_checked(with_rules: Callable[..., Schema]) -> None:
    heads = {"rule": "at_most_one", "by": ["世帯番号"], "which": {"続柄コード1": "02"}}
    flags = {"rule": "at_most_one", "by": ["世帯番号"], "which": {"最新フラグ": "1"}}
    records = [dict.fromkeys(COLUMNS) | {"世帯番号": "1", "続柄コード1": "02", "最新フラグ": "0"} for _ in range(2)]
    reported = found(with_rules(heads, flags), [frame_of(records)])
    assert reported == Counter([(1, "D0010", "続柄コード1"), (2, "D0010", "続柄コード1"), (1, "D0011", "最新フラグ")])


def unchecked(schema: Schema, frame: pl.DataFrame) -> list[tuple[str, str, str, int | None]]:
    dataset = Dataset(schema, frame.columns)
    dataset.add(frame)
    reported = pl.concat(dataset.findings(lambda: iter([frame]))).filter(pl.col("code") == "D0012")
    return reported.select("detail", "column", "severity", "_row").rows()


def test_a_rule_about_columns_that_the_file_lacks_is_said_once_not_to_be_checked(own_schema: Schema) -> None:
    records = [dict.fromkeys(COLUMNS) | {"宛名番号": "1", "個人履歴番号": "3"} for _ in range(2)]
    frame = frame_of(records, ("宛名番号", "個人履歴番号"))
    assert unchecked(own_schema, frame) == [
        ("latest", "最新フラグ", "note", None),
        ("at_most_one", "世帯番号+最新フラグ+住民状態+続柄コード1", "note", None),
        ("tally", "住民状態+最新フラグ", "note", None),
    ]
    assert found(own_schema, [frame]) == Counter(
        [(1, "D0001", "宛名番号+個人履歴番号"), (2, "D0001", "宛名番号+個人履歴番号"), (1, "D0006", "個人履歴番号")]
    )


def test_a_rule_that_is_about_no_record_is_said_not_to_be_checked(own_schema: Schema) -> None:
    filled: dict[str, str | None] = {
        "宛名番号": "1",
        "最新フラグ": "1",
        "世帯番号": "1",
        "住民状態": "9",
        "続柄コード1": "02",
    }
    records = [filled | {"個人履歴番号": number} for number in ("x", None)]
    assert unchecked(own_schema, frame_of(records)) == [
        ("counted", "宛名番号+個人履歴番号", "note", None),
        ("at_most_one", "世帯番号+最新フラグ+住民状態+続柄コード1", "note", None),
    ]


def test_a_column_without_a_value_in_any_record_is_as_good_as_lacking(own_schema: Schema) -> None:
    records = [dict.fromkeys(COLUMNS) | {"宛名番号": "1", "世帯番号": "1", "住民状態": "1"} for _ in range(2)]
    assert unchecked(own_schema, frame_of(records)) == [
        ("counted", "個人履歴番号", "note", None),
        ("latest", "個人履歴番号+最新フラグ", "note", None),
        ("at_most_one", "最新フラグ+続柄コード1", "note", None),
    ]
    reported = found(own_schema, [frame_of(records)])
    assert reported == Counter((row, "D0001", "宛名番号+個人履歴番号") for row in (1, 2)), (
        "twice the same resident and no number"
    )


def test_a_file_without_records_breaks_no_rule(own_schema: Schema) -> None:
    dataset = Dataset(own_schema, COLUMNS)
    assert list(dataset.findings(lambda: iter([]))) == []
    dataset.add(frame_of([]))
    assert list(dataset.findings(lambda: iter([frame_of([])]))) == []
    assert dataset.tallies == {"住民状態": {}, "最新フラグ": {}}


@given(RECORDS, SIZES)
def test_a_tally_counts_every_record_once_and_names_only_codes(
    own_schema: Schema, records: list[Record], sizes: list[int]
) -> None:
    dataset = Dataset(own_schema, COLUMNS)
    for batch in cut(frame_of(records), sizes):
        dataset.add(batch)
    listed = {"住民状態": ["1", "2", "3", "9"], "最新フラグ": ["0", "1"]}
    for column, codes in listed.items():
        values = Counter(record[column] for record in records)
        wanted = [(code, values[code]) for code in codes if values[code]]
        wanted += [
            (sign, count)
            for sign, count in (("", values[None]), ("*", values["?"] if column == "住民状態" else 0))
            if count
        ]
        assert list(dataset.tallies[column].items()) == wanted
        assert sum(dataset.tallies[column].values()) == len(records)


def test_a_column_with_a_code_list_but_no_enum_is_tallied_by_the_list(with_rules: Callable[..., Schema]) -> None:
    own = with_rules({"rule": "tally", "columns": ["種別"]}, 種別={"type": "string", "x-codes": "juminshubetsu"})
    dataset = Dataset(own, ["種別"])
    dataset.add(pl.DataFrame({"種別": ["2", "1", "2", "3", None]}))
    assert dataset.tallies == {"種別": {"1": 1, "2": 2, "": 1, "*": 1}}
    assert dataset.labels == {"種別": {"1": "日本人住民", "2": "外国人住民"}}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"rule": "tally", "columns": ["氏"]}, "M0095"),
        ({"rule": "tally", "columns": ["種"]}, "M0095"),
        ({"rule": "tally", "columns": ["最新フラグ", "何"]}, "M0033"),
        ({"rule": "counted", "by": ["何"], "number": "個人履歴番号"}, "M0033"),
        ({"rule": "latest", "by": ["宛名番号"], "number": "個人履歴番号", "flag": "何", "value": "1"}, "M0033"),
        ({"rule": "at_most_one", "by": ["世帯番号"], "among": {"何": "1"}, "which": {"続柄コード1": "02"}}, "M0033"),
        ({"rule": "at_most_one", "by": ["世帯番号"], "which": {"何": "1"}}, "M0033"),
        ({"rule": "at_most_one", "by": ["世帯番号"], "which": {}}, "M0032"),
        ({"rule": "at_most_one", "by": ["世帯番号"], "which": {"続柄コード1": 2}}, "M0032"),
        ({"rule": "latest", "by": ["宛名番号"], "number": "個人履歴番号", "flag": "最新フラグ", "value": 1}, "M0032"),
        ({"rule": "counted", "by": [], "number": "個人履歴番号"}, "M0032"),
        ({"rule": "counted", "by": "宛名番号", "number": "個人履歴番号"}, "M0032"),
        ({"rule": "counted", "by": ["宛名番号"]}, "M0032"),
        ({"rule": "counted", "by": ["宛名番号"], "number": "個人履歴番号", "from": "1"}, "M0032"),
        ({"rule": "increasing", "columns": ["宛名番号"]}, "M0032"),
        ({"columns": ["宛名番号"]}, "M0032"),
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_meant_is_a_fault_at_its_line(
    rule: dict[str, Any], code: str, with_rules: Callable[..., Schema]
) -> None:
    others = {"氏": {"type": "string"}, "種": {"type": "string", "x-codes": "no-such-list"}}
    with pytest.raises(DefinitionError) as raised:
        with_rules(rule, **others)
    (fault,) = raised.value.faults
    assert fault.code == code
    assert str(fault.place).partition("own.rules.yaml:")[2].startswith("1:")


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("rule: latest\n    by: [宛名番号]\n    number: 個人履歴番号\n    flag: 最新フラグ\n    value: 1", "8:5"),
        ("rule: at_most_one\n    by: [世帯番号]\n    which:\n      続柄コード1: 02", "7:7"),
        ("rule: tally\n    columns:\n      - 最新フラグ\n      - 世帯番号", "7:9"),
    ],
)
def test_a_fault_in_a_rule_names_the_line_of_what_is_wrong(rule: str, column: str, tmp_path: Path) -> None:
    shutil.copy(CASE / "own.schema.json", tmp_path)
    (tmp_path / "own.rules.yaml").write_text(f"dataset:\n  - title: t\n    source: s\n    {rule}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        load_schema(tmp_path / "own.schema.json")
    assert [str(fault.place).partition("own.rules.yaml:")[2] for fault in raised.value.faults] == [column]


# Where the rules apply.


def case_records() -> list[Record]:
    return [*pl.read_csv(CASE / "standard.csv", infer_schema=False).to_dicts()]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".ndjson"])
def test_files_of_every_format_and_frames_break_the_same_rules(suffix: str, tmp_path: Path) -> None:
    frame, file = pl.DataFrame(case_records()), tmp_path / f"standard{suffix}"
    write: dict[str, Callable[[Path], object]] = {
        ".csv": frame.write_csv,
        ".parquet": frame.write_parquet,
        ".ndjson": frame.write_ndjson,
    }
    write[suffix](file)
    report = stdconv.validate_file(file, CASE / "own.schema.json", folder=tmp_path / "out")
    in_frame = stdconv.validate(frame, CASE / "own.schema.json").findings
    for findings in (pl.read_parquet(tmp_path / "out" / "findings.parquet"), in_frame):
        assert Counter(findings.select("_row", "code", "column").rows()) == expected(case_records())
    assert report.tallies == {"住民状態": {"1": 11, "2": 1, "3": 1, "": 2}, "最新フラグ": {"0": 7, "1": 8}}
    assert report.labels == {"住民状態": {"1": "住登者", "2": "転出者", "3": "死亡者"}}


def test_a_refused_record_of_a_standard_file_is_looked_at_with_the_others(tmp_path: Path) -> None:
    lines = ["宛名番号,個人履歴番号,最新フラグ,住民状態", "1,1,0,1", "1,2,0,7", "1,3,1,1"]
    (tmp_path / "standard.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    report = stdconv.validate_file(tmp_path / "standard.csv", CASE / "own.schema.json")
    assert [(total.code, total.rows) for total in report.findings if total.code != "D0012"] == [("S0004", (2,))]
    assert report.tallies["住民状態"] == {"1": 2, "*": 1}


@pytest.mark.parametrize(
    ("lang", "table"),
    [
        (
            "en",
            "住民状態\n  11  1 住登者\n   1  2 転出者\n   1  3 死亡者\n   2  (no value)\n最新フラグ\n  7  0\n  8  1\n",
        ),
        (
            "ja",
            "住民状態\n  11  1 住登者\n   1  2 転出者\n   1  3 死亡者\n   2  (値なし)\n最新フラグ\n  7  0\n  8  1\n",
        ),
    ],
)
def test_a_report_shows_the_tallies_with_their_labels(
    lang: str, table: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    reports = ("--report", f"json={tmp_path / 'report.json'}", "--report", "text=-")
    code = run(["--lang", lang, "validate", str(CASE / "standard.csv"), "-s", str(CASE / "own.schema.json"), *reports])
    assert code == 1
    assert table in capfd.readouterr().out
    written = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert written["tallies"]["住民状態"] == {"1": 11, "2": 1, "3": 1, "": 2}


def test_a_value_that_is_in_no_list_is_shown_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = ["宛名番号,個人履歴番号,最新フラグ,世帯番号,住民状態,続柄コード1", "CANARY,3,CANARY,CANARY,CANARY,CANARY"]
    (tmp_path / "standard.csv").write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    folder = tmp_path / "out"
    code = run(["validate", str(tmp_path / "standard.csv"), "-s", str(CASE / "own.schema.json"), "-o", str(folder)])
    assert code == 4
    shown = capfd.readouterr()
    assert "  1  (not in the list)" in shown.err
    assert "CANARY" not in shown.out + shown.err + (folder / "report.json").read_text(encoding="utf-8")
    assert (
        not pl.read_parquet(folder / "findings.parquet").select(pl.all().cast(pl.String) == "CANARY").to_series().any()
    )


def test_converting_looks_at_accepted_records_alone_and_counts_them(tmp_path: Path) -> None:
    case = CASE.with_name("value-gap-that-a-refusal-leaves")
    report = stdconv.convert_file(case / "legacy.csv", case / "mapping.yaml", tmp_path / "run")
    assert report.tallies == {"住民状態": {"1": 4}, "最新フラグ": {"0": 2, "1": 2}}
    assert sum(report.tallies["最新フラグ"].values()) == report.counts.accepted
    written = json.loads((tmp_path / "run" / "report.json").read_text(encoding="utf-8"))
    assert written["labels"] == {"住民状態": {"1": "住登者"}}
    stdconv.verify(tmp_path / "run")
