"""Rules about households and persons against a reference in plain Python, and against records written by hand."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stdconv
from stdconv.cli.entry import run
from stdconv.errors import DefinitionError
from stdconv.standard import groups
from stdconv.standard.dataset import ALL, Dataset
from stdconv.standard.hashes import fingerprint
from stdconv.standard.schema import Schema, load_schema

COLUMNS = ("番号", "履歴", "世帯", "現", "続柄", "町", "方書", "世帯主", "氏名", "通称", "個番")
CURRENT = {"現": "1"}
RULES: list[dict[str, Any]] = [
    {"rule": "once", "columns": ["番号", "履歴"]},
    {"rule": "same", "by": ["世帯"], "among": CURRENT, "columns": ["町", "方書"]},
    {"rule": "same", "by": ["世帯", "履歴"], "columns": ["方書"], "finding": "D0017"},
    {
        "rule": "as_one",
        "by": ["世帯"],
        "among": CURRENT,
        "which": {"続柄": "02"},
        "says": "世帯主",
        "of": ["氏名", "通称"],
    },
    {"rule": "one_owner", "columns": ["個番"], "owner": ["番号"]},
    {"rule": "one_owner", "columns": ["氏名", "町"], "among": CURRENT, "owner": ["番号"], "finding": "D0020"},
    {"rule": "at_most_one", "by": ["世帯"], "among": CURRENT, "which": {"続柄": "02"}},
]

Record: TypeAlias = Mapping[str, str | None]
Finding: TypeAlias = tuple[int, str, str, int | None]
"""Row, code, column, the other row."""


# The reference: slow, record by record, from docs/validation.md; it shares no line with what it judges.


def counting(rule: dict[str, Any], records: Sequence[Record], by: Sequence[str]) -> Iterator[dict[int, Record]]:
    """Yield the records that count and have the same values in all of ``by``, by row, where there are several."""
    found: dict[tuple[str | None, ...], dict[int, Record]] = defaultdict(dict)
    for row, record in enumerate(records, 1):
        if all(record[name] == value for name, value in rule.get("among", {}).items()):
            found[tuple(record[name] for name in by)][row] = record
    yield from (group for values, group in found.items() if rule["rule"] == "once" or None not in values)


def once(rule: dict[str, Any], records: Sequence[Record]) -> Iterator[Finding]:
    for group in counting(rule, records, rule["columns"]):
        first, *others = group
        code = "D0014" if all(record == group[first] for record in group.values()) else "D0015"
        for row in group if others else ():
            yield row, code, "+".join(rule["columns"]), others[0] if row == first else first


def same(rule: dict[str, Any], records: Sequence[Record]) -> Iterator[Finding]:
    for group in counting(rule, records, rule["by"]):
        rows: dict[tuple[str | None, ...], list[int]] = defaultdict(list)
        for row, record in group.items():
            if any(record[name] is not None for name in rule["columns"]):
                rows[tuple(record[name] for name in rule["columns"])].append(row)
        if len(rows) < 2:
            continue
        most = max(map(len, rows.values()))
        usual = [those for those in rows.values() if len(those) == most]
        for those in rows.values():
            if usual != [those]:
                other = min(each[0] for each in usual if each != those)
                yield from ((row, rule.get("finding", "D0016"), "+".join(rule["columns"]), other) for row in those)


def as_one(rule: dict[str, Any], records: Sequence[Record]) -> Iterator[Finding]:
    for group in counting(rule, records, rule["by"]):
        ones = [row for row, r in group.items() if all(r[name] == value for name, value in rule["which"].items())]
        names = {group[ones[0]][name] for name in rule["of"]} - {None} if len(ones) == 1 else set()
        for row, record in group.items():
            if names and record[rule["says"]] not in {*names, None}:
                yield row, "D0018", rule["says"], ones[0] if ones[0] != row else None


def one_owner(rule: dict[str, Any], records: Sequence[Record]) -> Iterator[Finding]:
    for group in counting(rule, records, rule["columns"]):
        firsts: dict[tuple[str | None, ...], int] = {}
        for row, record in group.items():
            if None not in (owner := tuple(record[name] for name in rule["owner"])):
                firsts.setdefault(owner, row)
        for row in firsts.values() if len(firsts) > 1 else ():
            other = min(each for each in firsts.values() if each != row)
            yield row, rule.get("finding", "D0019"), "+".join(rule["columns"]), other


REFERENCE = {"once": once, "same": same, "as_one": as_one, "one_owner": one_owner}


def needed(rule: dict[str, Any]) -> list[str]:
    """The columns without a value in which there is nothing to be checked."""
    names = [*rule.get("by", ()), *rule.get("among", ()), *rule.get("which", ()), *rule.get("owner", ())]
    names += [rule["says"]] if "says" in rule else []
    return names + (rule["columns"] if rule["rule"] == "one_owner" else [])


def expected(records: Sequence[Record]) -> Counter[Finding]:
    checked = [rule for rule in RULES if all(any(r[name] is not None for r in records) for name in needed(rule))]
    return Counter(
        each for rule in checked if rule["rule"] in REFERENCE for each in REFERENCE[rule["rule"]](rule, records)
    )


# What is judged.


def schema_of(folder: Path, rules: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS) -> Schema:
    document = {"type": "object", "x-key": [columns[0]], "properties": {name: {"type": "string"} for name in columns}}
    (folder / "own.schema.json").write_text(json.dumps(document), encoding="utf-8")
    written = [{"title": "t", "source": "s"} | rule for rule in rules]
    (folder / "own.rules.yaml").write_text(json.dumps({"dataset": written}), encoding="utf-8")
    return load_schema(folder / "own.schema.json")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of(tmp_path_factory.mktemp("own"), RULES)


def frame_of(records: Sequence[Record], columns: Sequence[str] = COLUMNS) -> pl.DataFrame:
    data = {name: pl.Series([record[name] for record in records], dtype=pl.String) for name in columns}
    return pl.DataFrame(data).with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))


def found(schema: Schema, batches: Sequence[pl.DataFrame], **options: Any) -> Counter[Finding]:
    """Return the findings about records of the rules that are judged here."""
    dataset = Dataset(schema, [name for name in batches[0].columns if name != "_row"], **options)
    for batch in batches:
        dataset.add(batch)
    told = pl.concat(
        [frame.select("_row", "code", "column", "detail") for frame in dataset.findings(lambda: iter(batches))]
        or [pl.DataFrame(schema=["_row", "code", "column", "detail"])]
    )
    return Counter(
        (row, code, column, int(detail.removeprefix("record=")) if detail else None)
        for row, code, column, detail in told.iter_rows()
        if code > "D0012"
    )


def few(*values: str | None) -> st.SearchStrategy[str | None]:
    return st.sampled_from(values)


RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "番号": few("1", "2", "3", None),
            "履歴": few("1", "2"),
            "世帯": few("1", "1", "2", None),
            "現": few("1", "1", "1", "2", None),
            "続柄": few("02", "20", "20", None),
            "町": few("甲", "甲", "乙", None),
            "方書": few("子", "丑", None, None),
            "世帯主": few("花", "花", "鳥", None),
            "氏名": few("花", "鳥", None),
            "通称": few("花", None, None),
            "個番": few("7", "8", None, None),
        }
    ),
    max_size=9,
)
WHOLE = st.lists(st.tuples(RECORDS, st.lists(st.integers(0, 8), max_size=3)), max_size=1).map(
    lambda drawn: (
        [*drawn[0][0], *(drawn[0][0][place] for place in drawn[0][1] if place < len(drawn[0][0]))] if drawn else []
    )
)
"""Records, some of them twice."""
SIZES = st.lists(st.integers(0, 5), max_size=4)
ROOM = st.sampled_from([0, 40, 10_000, ALL])


def cut(frame: pl.DataFrame, sizes: Sequence[int]) -> list[pl.DataFrame]:
    batches = []
    for size in sizes:
        batches.append(frame.head(size))
        frame = frame.slice(size)
    return [*batches, frame]


@given(WHOLE, SIZES, ROOM, st.sampled_from([1, 3, 500_000]))
def test_findings_are_the_references_wherever_batches_are_cut(
    own: Schema, records: list[Record], sizes: list[int], keep: int, often: int
) -> None:
    """However little is held before it is made less, however small the portions are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "FRESH", often)
        patch.setattr(groups, "PART", often)
        patch.setattr(groups, "SLICE", often)
        patch.setattr("stdconv.standard.dataset.PORTION", 6 * often)
        assert found(own, cut(frame_of(records), sizes), keep=keep) == expected(records)


@given(WHOLE, SIZES, st.integers(1, 3))
def test_values_that_share_a_hash_are_never_told_of_for_that(
    own: Schema, records: list[Record], sizes: list[int], hashes: int
) -> None:
    def poor(columns: Sequence[str]) -> pl.Expr:
        return fingerprint(columns) % hashes

    assert found(own, cut(frame_of(records), sizes), fingerprint=poor) <= expected(records)


def test_sessions_keep_what_stands_for_whole_records_and_read_nothing_again(own: Schema) -> None:
    record = dict.fromkeys(COLUMNS) | {"番号": "1", "履歴": "1"}
    dataset = Dataset(own, COLUMNS, keep=ALL)
    dataset.add(frame_of([record, record]))
    told = pl.concat(dataset.findings(lambda: pytest.fail("nothing can be read again")))
    assert told.filter(pl.col("code") == "D0014")["_row"].to_list() == [1, 2]


def test_of_a_group_one_entry_is_held_however_many_records_it_has(own: Schema) -> None:
    """Ten thousand households of ten: what is held is made less on the way."""
    frame = pl.select(_row=pl.int_range(1, 100_001)).with_columns(
        pl.lit("1").alias("現"), (pl.col("_row") // 10).cast(pl.String).alias("世帯"), pl.lit("甲").alias("町")
    )
    frame = frame.with_columns(pl.lit(None, pl.String).alias(n) for n in COLUMNS if n not in frame.columns)
    dataset = Dataset(own, COLUMNS, keep=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "FRESH", 1_000)
        for first in range(0, 100_000, 1_000):
            dataset.add(frame.slice(first, 1_000))
    held = {group.rule.rule: sum(map(len, group._held)) for group in dataset._groups}
    assert held["once"] == 100_000
    assert held["same"] <= 10_001 * 3 // 2 + 1_000
    assert held["at_most_one"] <= 10_001 * 3 // 2 + 1_000


def test_of_columns_that_are_to_be_the_same_a_file_needs_one(tmp_path: Path) -> None:
    schema = schema_of(tmp_path, RULES[1:2])
    records = [dict.fromkeys(COLUMNS) | {"世帯": "1", "現": "1", "町": town} for town in ("甲", "甲", "乙")]
    assert found(schema, [frame_of(records, ("番号", "世帯", "現", "町"))]) == Counter([(3, "D0016", "町+方書", 1)])
    dataset = Dataset(schema, ("番号", "世帯", "現"))
    (said,) = dataset.findings(lambda: iter(()))
    assert said.select("code", "column").row(0) == ("D0012", "町+方書")


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "same", "by": ["世帯"], "columns": ["町"], "finding": "D0020"},
        {"rule": "same", "by": ["世帯"], "columns": []},
        {"rule": "one_owner", "columns": ["個番"], "owner": ["番号"], "finding": "D0001"},
        {"rule": "one_owner", "columns": ["個番"]},
        {"rule": "as_one", "by": ["世帯"], "which": {}, "says": "世帯主", "of": ["氏名"]},
        {"rule": "as_one", "by": ["世帯"], "which": {"続柄": "02"}, "says": "世帯主", "of": []},
        {"rule": "once", "columns": []},
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_meant_is_a_fault(rule: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as raised:
        schema_of(tmp_path, [rule])
    assert [fault.code for fault in raised.value.faults] == ["M0032"]


# The rules of the full record, each by records written by hand: who breaks it, and who does not.

MEMBER: dict[str, str | None] = {
    "最新フラグ": "1",
    "住民状態": "1",
    "世帯番号": "9000001",
    "世帯主氏名": "行政　太郎",
    "住所_市区町村コード": "131016",
    "住所_市区郡町村名": "千代田区",
    "住所_町字": "紀尾井町",
    "住所_番地号表記": "１番３号",
}
HEAD = MEMBER | {"宛名番号": "1000001", "続柄コード1": "02", "氏名": "行政　太郎", "個人番号": "123456789018"}
WIFE = MEMBER | {"宛名番号": "1000002", "続柄コード1": "12", "氏名": "行政　花子", "個人番号": "983205673214"}
CHILD = MEMBER | {"宛名番号": "1000003", "続柄コード1": "20", "氏名": "行政　一郎"}
MOVED: dict[str, str | None] = {
    "住所を定めた年月日": "2024-04-01",
    "住民となった届出年月日": "2024-04-05",
    "転入前住所_町字": "下中郡",
}
SUZUKI: dict[str, str | None] = {"氏名": "鈴木　一", "生年月日": "1990-01-01", "性別": "1"}


@pytest.mark.parametrize(
    ("records", "findings"),
    [
        pytest.param([HEAD, WIFE, CHILD], [], id="a household as it should be"),
        pytest.param([HEAD, WIFE, CHILD | {"住所_方書": "甲荘"}], [(3, "D0016", "record=1")], id="one lives elsewhere"),
        pytest.param(
            [HEAD, WIFE | {"住所_町字": "平河町"}],
            [(1, "D0016", "record=2"), (2, "D0016", "record=1")],
            id="two who do not agree",
        ),
        pytest.param([HEAD, CHILD | {"住所_町字": "平河町", "住民状態": "2"}], [], id="one who moved out"),
        pytest.param([HEAD, CHILD | {"住所_町字": "平河町", "最新フラグ": "0"}, CHILD], [], id="an address of before"),
        pytest.param([HEAD | MOVED, WIFE | MOVED], [], id="they came together"),
        pytest.param(
            [HEAD | MOVED, WIFE | MOVED, CHILD | MOVED | {"転入前住所_町字": "上中郡"}],
            [(3, "D0017", "record=1")],
            id="one came from elsewhere",
        ),
        pytest.param([HEAD | MOVED, CHILD | MOVED | {"転入前住所_町字": None}], [], id="a child born on that day"),
        pytest.param(
            [HEAD | MOVED, WIFE | MOVED | {"転入前住所_町字": "上中郡", "住民となった届出年月日": "2024-04-06"}],
            [],
            id="they notified on two days",
        ),
        pytest.param([HEAD, WIFE | {"世帯主氏名": "行政　次郎"}], [(2, "D0018", "record=1")], id="the head of before"),
        pytest.param(
            [HEAD | {"氏名": "行政　大郎"}, WIFE], [(1, "D0018", ""), (2, "D0018", "record=1")], id="misspelt"
        ),
        pytest.param(
            [HEAD | {"氏名": "ＴＡＲＯ", "通称": "行政　太郎"}, WIFE], [], id="a head who is known by another name"
        ),
        pytest.param([WIFE, CHILD | {"世帯主氏名": "行政　次郎"}], [(1, "D0011", "")], id="nobody is the head"),
        pytest.param(
            [HEAD, WIFE | {"個人番号": "123456789018"}],
            [(1, "D0019", "record=2"), (2, "D0019", "record=1")],
            id="one number, two persons",
        ),
        pytest.param(
            [HEAD | {"個人履歴番号": "1", "最新フラグ": "0"}, HEAD | {"個人履歴番号": "2"}], [], id="one person, twice"
        ),
        pytest.param(
            [
                HEAD | SUZUKI | {"世帯主氏名": None},
                WIFE | SUZUKI | {"世帯番号": "9000002", "続柄コード1": "02", "世帯主氏名": None},
            ],
            [(1, "D0020", "record=2"), (2, "D0020", "record=1")],
            id="namesakes born on one day",
        ),
        pytest.param(
            [
                HEAD | SUZUKI | {"世帯主氏名": None},
                WIFE | SUZUKI | {"性別": "2", "世帯番号": "9000002", "続柄コード1": "02", "世帯主氏名": None},
            ],
            [],
            id="of two sexes",
        ),
        pytest.param(
            [HEAD | {"個人履歴番号": "1", "最新フラグ": None}] * 2,
            [(1, "D0014", "record=2"), (2, "D0014", "record=1")],
            id="a record twice",
        ),
        pytest.param(
            [HEAD | {"個人履歴番号": "1", "最新フラグ": flag, "住所_方書": flag} for flag in ("1", None)],
            [(1, "D0015", "record=2"), (2, "D0015", "record=1")],
            id="a key with two contents",
        ),
    ],
)
def test_a_rule_of_the_full_record_is_broken_by_what_it_says(
    records: list[dict[str, str | None]], findings: list[tuple[int, str, str]]
) -> None:
    schema = load_schema("resident-basic/0.2")
    frame = pl.DataFrame(
        [dict.fromkeys(schema.names) | record for record in records], schema=dict.fromkeys(schema.names, pl.String)
    )
    numbers = pl.int_range(1, pl.len() + 1).over("宛名番号").cast(pl.String)
    frame = frame.with_columns(pl.coalesce("個人履歴番号", numbers).alias("個人履歴番号"))
    told = stdconv.validate(frame, "resident-basic/0.2").findings.filter(pl.col("code").str.starts_with("D"))
    told = told.filter(~pl.col("code").is_in(["D0012", "D0013"]))
    assert Counter(told.select("_row", "code", "detail").rows()) == Counter(findings)


def test_a_site_decides_about_them_and_reports_of_every_format_name_them(tmp_path: Path) -> None:
    names = list(dict.fromkeys([*HEAD, *WIFE, *SUZUKI, "個人履歴番号"]))
    records = [HEAD | SUZUKI, WIFE | SUZUKI | {"住所_町字": "平河町"}]
    frame = pl.DataFrame([dict.fromkeys(names) | record | {"個人履歴番号": "1"} for record in records])
    frame.write_csv(tmp_path / "standard.csv", line_terminator="\r\n")
    decided = "because: 確認した, decided: '2026-10-01'"
    address = "住所_市区町村コード+住所_市区郡町村名+住所_町字+住所_番地号表記+住所_方書"
    (tmp_path / "site.yaml").write_text(
        f"site: 甲市\ndecisions:\n  - {{code: D0016, column: {address}, severity: refuse, {decided}}}\n"
        f"  - {{code: D0020, severity: mute, {decided}}}\n  - {{code: D0017, severity: warn, {decided}}}\n",
        encoding="utf-8",
    )
    report = stdconv.validate_file(tmp_path / "standard.csv", "resident-basic/0.2", site=tmp_path / "site.yaml")
    told = {each.code: (each.severity, each.rows) for each in report.findings}
    assert told["D0016"] == ("refuse", (1, 2))
    assert told["D0020"] == ("mute", (1, 2))
    assert told["D0018"] == ("warn", (1, 2))
    assert report.checked["D0016"] == (address,)
    assert {"D0014", "D0015", "D0019"} <= {*report.checked}
    assert "D0017" not in report.checked, "nobody's day of moving is there"
    (detail,) = (each.details for each in report.findings if each.code == "D0016")
    assert [each.detail for each in detail] == ["record=2", "record=1"]
    formats = [part for kind in ("junit", "sarif", "csv") for part in ("--report", f"{kind}={tmp_path / kind}")]
    given = [str(tmp_path / "standard.csv"), "-s", "resident-basic/0.2", "--site", str(tmp_path / "site.yaml")]
    assert run(["validate", *given, *formats]) == 1
    for kind in ("junit", "sarif", "csv"):
        written = (tmp_path / kind).read_text(encoding="utf-8-sig")
        assert {"D0016", "record=2"} <= {*re.findall(r"D0016|record=2", written)}, kind
