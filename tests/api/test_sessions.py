"""Sessions: what is fed in chunks gives what the whole gives, wherever it is cut; and nothing else is taken."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import stdconv
from stdconv.api import converter
from stdconv.mapping.plan import Plan
from support.paths import CASES, EXAMPLES

A, B, SCHEMA = "vendor-a/resident-link", "vendor-b/resident-link", "resident-link/1.0"
NUMBERED = CASES / "golden-number" / "mapping.yaml"
SIZES = [1, 7, 1_000]

HOUSEHOLDS = pl.DataFrame(
    {"住民番号": ["0000000017", "1", "2", "2", "3", "99"], "世帯番号": ["7", "8", "9", "10", "11", "12"]}
)


def spoiled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return records of which some are refused, doubtful, repeated or spelled otherwise."""
    rng = random.Random(seed)
    texts = ["", "不明", "20241399", "　", "行政\ue000", "NULL", "\0", "髙　〜", "3600707", '"', "ﾔﾏﾀﾞ", "1"]
    records = frame.drop("_row").to_dicts()
    for record in rng.sample(records, len(records) // 5):
        record[rng.choice(frame.columns[1:])] = rng.choice(texts)
    records += rng.sample(records, len(records) // 10)
    rng.shuffle(records)
    return pl.DataFrame(records, schema=dict.fromkeys(frame.columns[1:], pl.String))


def of_numbered() -> tuple[Plan, pl.DataFrame]:
    plan = stdconv.load_mapping(NUMBERED)
    values = ("1", "9", "日本人", "住登者", "20240301", "行政　花子", "女", "3600707")
    rng = random.Random(5)
    record = dict(zip(plan.mapping.legacy.columns, values, strict=True))
    records = [record | {"番号": str(rng.randint(1, 9)), "区分": rng.choice(["住登者", "不明"])} for _ in range(50)]
    return plan, pl.DataFrame(records)


@cache
def case(name: str) -> tuple[Plan, pl.DataFrame, dict[str, pl.DataFrame]]:
    if name == "number":
        return (*of_numbered(), {})
    plan = stdconv.load_mapping(name)
    frame = spoiled(stdconv.sample(plan, 18 if name == "vendor-b/resident-basic" else 45, 3), 4)
    if name == A:
        keys = frame["住民番号"].unique(maintain_order=True)
        some = pl.DataFrame({"住民番号": keys[:20], "世帯番号": [str(n) for n in range(20)]})
        return plan, frame, {"households": pl.concat([HOUSEHOLDS, some])}
    return plan, frame, {}


MAPPINGS = [A, B, "vendor-b/resident-basic", "number"]


def cut(frame: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    yield from frame.iter_slices(size)


def equal_all(parts: Sequence[pl.DataFrame], whole: pl.DataFrame) -> None:
    assert_frame_equal(pl.concat(parts), whole)


# Converting


def unplaced(report: stdconv.Report) -> stdconv.PatternsUse:
    """Return the patterns of a file without the lines of their examples."""
    listed = tuple(each.model_copy(update={"line": None}) for each in report.patterns.listed)
    return report.patterns.model_copy(update={"listed": listed})


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MAPPINGS)
def test_frames_converted_in_chunks_give_what_the_whole_frame_gives(name: str, size: int) -> None:
    plan, frame, lookups = case(name)
    whole = stdconv.convert(frame, plan, lookups=lookups)
    assert whole.counts.refused
    session = stdconv.Converter(plan, lookups=lookups)
    every = [session.feed(chunk) for chunk in cut(frame, size)]
    report = session.finish()
    every.append(session.rest)
    for part in ("standard", "refused", "residue", "findings"):
        equal_all([getattr(each, part) for each in every], getattr(whole, part))
    assert report.counts == whole.counts
    once = stdconv.Converter(plan, lookups=lookups)
    once.feed(frame)
    assert once.finish() == report
    assert {each.code: each.count for each in report.findings if each.code == "D0001"} == dict(
        whole.findings.filter(code="D0001").group_by("code").len().iter_rows()
    )


texts = st.sampled_from(
    ["", "1", "1", "2", "日本人", "住登者", "3600707", "20240301", "女", "行政　花子", "\0", "髙", "NULL"]
)


@settings(max_examples=max(10, settings().max_examples // 5))
@given(
    st.lists(st.lists(texts, min_size=8, max_size=8), max_size=12), st.integers(1, 13), st.sampled_from([A, "number"])
)
@pytest.mark.slow
def test_any_frame_in_any_chunks_gives_what_the_whole_gives(rows: list[list[str]], size: int, name: str) -> None:
    plan = stdconv.load_mapping(NUMBERED if name == "number" else name)
    columns = plan.mapping.legacy.columns
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    whole, session = stdconv.convert(frame, plan), stdconv.Converter(plan)
    every = [session.feed(chunk) for chunk in cut(frame, size)]
    session.finish()
    every.append(session.rest)
    for part in ("standard", "refused", "residue", "findings"):
        equal_all([getattr(each, part) for each in every], getattr(whole, part))


def damaged(plan: Plan, frame: pl.DataFrame) -> bytes:
    """Return a file with records that no dialect writes like this, some of which cannot be read."""
    file = io.BytesIO()
    stdconv.write_legacy(frame.filter(~pl.any_horizontal(pl.all().str.contains("[\0〜]"))), plan, file)
    header, *lines = file.getvalue().splitlines(keepends=True)
    rng = random.Random(9)
    for at in rng.sample(range(len(lines)), len(lines) // 4):
        line = lines[at]
        wrong = [
            line[:-2] + b"\n",
            b"\r\n" + line,
            b'"' + line,
            line[5:],
            b"\x80" + line,
            b'"a\r\nb"' + line,
            b"\0" + line,
        ]
        lines[at] = rng.choice(wrong)
    return b"".join([header, *lines[:-1], lines[-1].rstrip(b"\r\n")])


@pytest.mark.slow
@pytest.mark.parametrize("name", [A, B, "number"])
def test_bytes_in_chunks_cut_anywhere_give_what_a_file_gives(name: str, tmp_path: Path) -> None:
    plan, frame, lookups = case(name)
    data = damaged(plan, frame)
    file, run, files = tmp_path / "in.csv", tmp_path / "run", dict[str, bytes]()
    file.write_bytes(data)
    for lookup, rows in lookups.items():
        rows.write_csv(tmp_path / f"{lookup}.csv", line_terminator="\r\n")
        text = (tmp_path / f"{lookup}.csv").read_text(encoding="utf-8")
        files[lookup] = text.encode(plan.lookup_dialect(lookup).codec)
        (tmp_path / f"{lookup}.csv").write_bytes(files[lookup])
    paths = {lookup: tmp_path / f"{lookup}.csv" for lookup in lookups}
    of_file = stdconv.convert_file(file, plan, run, lookups=paths, format="parquet")
    assert of_file.counts.refused > 5
    assert of_file.raw_records
    residue = pl.read_parquet(run / "residue.parquet").filter(pl.col("_row") > 0)
    findings = pl.read_parquet(run / "findings.parquet")
    refused = (run / "refused.csv").read_bytes()
    for size in (*SIZES, len(data)):
        session = stdconv.Converter(plan, lookups=files, name="in.csv")
        every = [session.feed(data[at : at + size]) for at in range(0, len(data), size)]
        report = session.finish()
        every.append(session.rest)
        equal_all([each.standard for each in every], pl.read_parquet(run / "standard.parquet"))
        equal_all([each.residue for each in every], residue)
        assert b"".join(raw for each in every for raw in each.refused["_raw"]) == refused[refused.index(b"\n") + 1 :]
        key = ["_row", "side", "column", "code", "severity", "detail"]
        assert_frame_equal(pl.concat(each.findings for each in every).sort(key), findings.select(key).sort(key))
        without_lines = [each.model_copy(update={"lines": ()}) for each in of_file.findings]
        assert report == of_file.model_copy(update={"findings": tuple(without_lines), "patterns": unplaced(of_file)})


def test_bytes_are_the_same_from_memory_and_from_an_open_file() -> None:
    data = (EXAMPLES / "vendor_a.csv").read_bytes()
    plan = stdconv.load_mapping(A)
    whole = stdconv.convert_bytes(data, plan, name="a.csv")
    assert stdconv.convert_bytes(io.BytesIO(data), plan, name="a.csv") == whole
    assert stdconv.convert_bytes(memoryview(data), A, name="a.csv") == whole
    assert (whole.report.file, whole.report.counts) == ("a.csv", whole.counts)
    assert whole.counts.read == whole.counts.accepted + whole.counts.refused > 0


def test_a_record_that_comes_in_parts_is_refused_whole() -> None:
    plan = stdconv.load_mapping(B)
    header = ",".join(plan.mapping.legacy.columns).encode() + b"\r\n"
    long = b"9" * (17 << 20) + b"\r\n"
    session = stdconv.Converter(plan)
    parts = [session.feed(block) for block in (header + long[: 9 << 20], long[9 << 20 :])]
    report = session.finish()
    (row,) = pl.concat([each.refused for each in (*parts, session.rest)]).rows()
    assert row == (1, long)
    assert (report.counts.read, report.counts.refused) == (1, 1)


def test_a_header_that_does_not_fit_ends_a_session_at_once() -> None:
    session = stdconv.Converter(B, name="upload.csv")
    with pytest.raises(stdconv.UnreadableError) as raised:
        session.feed("宛名番号,氏名\r\n".encode())
    assert [each.code for each in raised.value.faults] == ["R0010"]
    assert "upload.csv" in str(raised.value)
    assert codes(lambda: session.feed(b"")) == ["C0082"]


@pytest.mark.parametrize("data", [b"", b"\r\n"])
def test_no_bytes_are_no_file(data: bytes) -> None:
    session = stdconv.Converter(B)
    session.feed(data)
    with pytest.raises(stdconv.UnreadableError):
        session.finish()


def test_a_session_of_nothing_finds_nothing_but_idle_lookups() -> None:
    plan = stdconv.load_mapping(A)
    session = stdconv.Converter(plan, lookups={"households": HOUSEHOLDS})
    assert session.finish().counts.read == 0
    assert session.rest.standard.is_empty()
    assert session.findings["code"].to_list() == ["D0002"]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", [A, "number"])
def test_chunks_worked_on_together_give_what_each_gives(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, frame, lookups = case(name)
    one, together = stdconv.Converter(plan, lookups=lookups), stdconv.Converter(plan, lookups=lookups)
    chunks = [*cut(frame[:-5], size), frame.clear(), frame[-5:].select(reversed(frame.columns))]
    chunks.append(frame[:2].with_columns(further=pl.lit("1")))
    expected = [one.feed(chunk) for chunk in chunks]
    monkeypatch.setattr(converter, "TOGETHER", 20)
    assert list(together.feed_each(iter(chunks))) == expected
    assert together.finish() == one.finish()
    assert together.rest == one.rest
    assert codes(lambda: list(together.feed_each(chunks))) == ["C0082"]


def test_chunks_worked_on_together_may_be_none_and_are_frames() -> None:
    session = stdconv.Converter(B)
    assert list(session.feed_each([])) == []
    assert codes(lambda: list(session.feed_each(["行政　花子"]))) == ["C0060"]  # type: ignore[list-item]
    assert codes(lambda: list(session.feed_each([pl.DataFrame({"a": [1]})])))[0] == "C0091"
    assert session.finish().counts.read == 0


# Restoring and checking


@cache
def accepted(name: str) -> tuple[Plan, stdconv.Conversion]:
    plan, frame, lookups = case(name)
    return plan, stdconv.convert(frame, plan, lookups=lookups)


def test_records_that_share_a_key_are_told_when_they_are_restored_into_a_layout() -> None:
    record = pl.DataFrame([dict(stdconv.load_mapping(A).mapping.examples[0].standard or {})])
    session = stdconv.Restorer(A)
    assert [session.feed(record).legacy.height for _ in range(2)] == [1, 1]
    report = session.finish()
    assert session.findings.filter(code="D0001")["_row"].to_list() == [1, 2]
    assert (report.counts.accepted, report.exit_code, "D0001" in report.checked) == (2, 1, True)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "other"), [*product([A, B], [A, B]), ("vendor-b/resident-basic", ""), ("number", "")])
def test_records_restored_in_chunks_give_what_all_of_them_give(name: str, other: str, size: int) -> None:
    """Into the layout they came from, and where there is another one of their schema, into that."""
    plan, result = accepted(name)
    target = stdconv.load_mapping(other) if other else plan
    standard = result.standard.drop("_row")
    whole = stdconv.restore(standard, target)
    session = stdconv.Restorer(target)
    every = [session.feed(chunk) for chunk in cut(standard, size)]
    report = session.finish()
    late = session.findings.filter(severity="refuse")["_row"].drop_nulls()
    taken_out = pl.col("_row").is_in(late.implode())
    equal_all([each.legacy.filter(~taken_out) for each in every], whole.legacy)
    refused = [each.refused["_row"] for each in every]
    assert sorted(pl.concat([*refused, late]).unique()) == whole.refused["_row"].to_list()
    is_lost = (pl.col("code") == "T0031") & taken_out
    equal_all([*(each.findings.filter(~is_lost) for each in every), session.findings], whole.findings)
    assert session.lookups.keys() == whole.lookups.keys()
    for lookup, rows in session.lookups.items():
        assert_frame_equal(rows, whole.lookups[lookup])
    assert report.counts == whole.counts
    once = stdconv.Restorer(target)
    once.feed(standard)
    assert once.finish() == report


def test_keys_that_need_several_rows_are_told_in_the_end() -> None:
    plan = stdconv.load_mapping(B)
    record = dict(plan.mapping.examples[0].standard or {})
    records = [record | {"氏名": name, "履歴番号": str(at)} for at, name in enumerate(["行政　花子", "行　政花子"], 1)]
    session = stdconv.Restorer(plan)
    assert all(session.feed(pl.DataFrame([each])).counts.accepted for each in records)
    assert session.finish().counts.accepted == 0
    assert session.findings.filter(code="T0032")["_row"].to_list() == [1, 2]
    assert session.lookups["names"].is_empty()
    whole = stdconv.restore(pl.DataFrame(records), plan)
    assert whole.refused["_row"].to_list() == [1, 2]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MAPPINGS)
def test_with_residue_chunks_restore_what_the_whole_restores(name: str, size: int) -> None:
    plan, result = accepted(name)
    whole = stdconv.restore(result.standard, plan, residue=result.residue)
    session = stdconv.Restorer(plan, residue=result.residue)
    every = [session.feed(chunk) for chunk in cut(result.standard, size)]
    session.finish()
    equal_all([each.legacy for each in every], whole.legacy)
    equal_all([*(each.findings for each in every), session.findings], whole.findings)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_records_checked_in_chunks_give_what_all_of_them_give(size: int) -> None:
    _, result = accepted(A)
    standard = result.standard.drop("_row").with_columns(氏名=pl.col("氏名").replace({"": "NULL"}))
    standard = standard.with_columns(性別=pl.when(pl.int_range(pl.len()) % 9 == 4).then(pl.lit("7")).otherwise("性別"))
    whole = stdconv.validate(standard, SCHEMA)
    session = stdconv.Validator(SCHEMA)
    every = [session.feed(chunk) for chunk in cut(standard, size)]
    report = session.finish()
    together = pl.concat([session.findings, *(each.findings for each in every)]).sort("_row", maintain_order=True)
    assert_frame_equal(together, whole.findings)
    assert whole.findings.filter(code="D0001").height
    assert report == whole.report
    assert sum(each.counts.read for each in every) == report.counts.read


@pytest.mark.slow
def test_standard_bytes_cut_anywhere_give_what_a_file_gives(tmp_path: Path) -> None:
    _, result = accepted(A)
    file, folder = tmp_path / "standard.csv", tmp_path / "found"
    standard = result.standard.drop("_row").with_columns(
        性別=pl.when(pl.int_range(pl.len()) % 9 == 4).then(pl.lit("7")).otherwise("性別")
    )
    header, *lines = standard.write_csv(line_terminator="\r\n").encode().splitlines(keepends=True)
    lines[3], lines[7], lines[11] = b'"' + lines[3], lines[7][9:].replace(b",", b"", 1), b"\r\n" + lines[11]
    data = b"".join([header, *lines[:-1], lines[-1].rstrip()])
    file.write_bytes(data)
    of_file = stdconv.validate_file(file, SCHEMA, folder=folder)
    assert {"R0001", "R0007", "D0001"} <= {each.code for each in of_file.findings}
    found = pl.read_parquet(folder / "findings.parquet")
    for size in (*SIZES, len(data)):
        session = stdconv.Validator(SCHEMA, name="standard.csv")
        every = [session.feed(data[at : at + size]) for at in range(0, len(data), size)]
        report = session.finish()
        key = ["_row", "side", "column", "code", "severity", "detail"]
        together = pl.concat([*(each.findings for each in every), session.findings])
        assert_frame_equal(together.sort(key), found.select(key).sort(key))
        without_lines = tuple(each.model_copy(update={"lines": ()}) for each in of_file.findings)
        assert report == of_file.model_copy(update={"findings": without_lines, "patterns": unplaced(of_file)})


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("宛名番号,履歴番号,宛名番号", "S0009"),
        ("宛名番号,履暦番号", "S0009"),
        ("宛名番号,氏名", "S0011"),
    ],
)
def test_standard_bytes_with_another_header_end_a_session(header: str, code: str) -> None:
    session = stdconv.Validator(SCHEMA, name="upload.csv")
    with pytest.raises(stdconv.UnreadableError) as raised:
        session.feed(f"{header}\r\n1,2\r\n".encode())
    assert [each.code for each in raised.value.faults] == [code]
    assert "upload.csv" in str(raised.value)
    assert codes(lambda: session.feed(b"")) == ["C0082"]


# What is not taken


def codes(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(stdconv.DefinitionError) as raised:
        call()
    return [each.code for each in raised.value.faults]


def sessions() -> list[tuple[Any, pl.DataFrame]]:
    plan = stdconv.load_mapping(B)
    example = plan.mapping.examples[0]
    legacy, standard = (pl.DataFrame([dict(each or {})]) for each in (example.legacy, example.standard))
    return [
        (stdconv.Converter(plan), legacy),
        (stdconv.Restorer(plan), standard),
        (stdconv.Validator(plan.schema), standard),
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_session_that_was_finished_takes_nothing_any_more(number: int) -> None:
    session, frame = sessions()[number]
    assert codes(lambda: session.findings) == ["C0082"]
    session.feed(frame)
    session.finish()
    assert codes(lambda: session.feed(frame)) == ["C0082"]
    assert codes(session.finish) == ["C0082"]
    assert session.findings is not None


@pytest.mark.parametrize("number", range(3))
def test_what_is_no_frame_is_refused_and_the_session_goes_on(number: int) -> None:
    session, frame = sessions()[number]
    assert codes(lambda: session.feed("行政　花子")) == ["C0060"]
    session.feed(frame)
    assert codes(lambda: session.feed(7)) == ["C0060"]
    assert session.finish().counts.read == 1


@pytest.mark.parametrize("number", [0, 2])
def test_frames_and_bytes_are_not_mixed_and_the_session_goes_on(number: int) -> None:
    session, frame = sessions()[number]
    session.feed(frame)
    assert codes(lambda: session.feed(b"")) == ["C0083"]
    session.feed(frame)
    assert session.finish().counts.read == 2


@pytest.mark.parametrize("number", [1, 2])
def test_chunks_of_standard_records_have_the_same_columns(number: int) -> None:
    session, frame = sessions()[number]
    session.feed(frame)
    assert codes(lambda: session.feed(frame.drop("性別"))) == ["C0083"]
    session.feed(frame.select(sorted(frame.columns)))
    assert session.finish().counts.read == 2


@pytest.mark.parametrize("number", [1, 2])
def test_numbers_of_records_are_not_given_twice(number: int) -> None:
    session, frame = sessions()[number]
    numbered = frame.with_columns(_row=pl.lit(7))
    session.feed(numbered)
    assert codes(lambda: session.feed(numbered)) == ["C0047"]
    session.feed(numbered.with_columns(_row=pl.lit(3)))
    assert session.finish().counts.read == 2


def test_a_session_that_fails_in_the_middle_takes_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    session, frame = sessions()[0]
    with monkeypatch.context() as patch:
        patch.setattr(session._account, "take", _fails)
        with pytest.raises(RuntimeError):
            session.feed(frame)
    assert codes(lambda: session.feed(frame)) == ["C0082"]
    assert codes(session.finish) == ["C0082"]


def _fails(_outcome: object) -> None:
    raise RuntimeError


@pytest.mark.slow
def test_one_plan_is_used_by_several_threads_at_once() -> None:
    plan, frame, lookups = case(A)
    whole = stdconv.convert(frame, plan, lookups=lookups)
    back = stdconv.restore(whole.standard, plan, residue=whole.residue)

    def work(size: int) -> tuple[pl.DataFrame, ...]:
        session = stdconv.Converter(plan, lookups=lookups)
        every = [session.feed(chunk) for chunk in cut(frame, size)]
        session.finish()
        restored = stdconv.restore(whole.standard, plan, residue=whole.residue)
        return pl.concat(each.standard for each in every), restored.legacy, session.findings

    with ThreadPoolExecutor(4) as pool:
        for standard, legacy, findings in pool.map(work, [5, 9, 17, 40, 3, 1000, 5, 8]):
            assert_frame_equal(standard, whole.standard)
            assert_frame_equal(legacy, back.legacy)
            assert set(findings["code"]) <= set(whole.findings["code"])
