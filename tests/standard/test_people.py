"""People of a file: counted as plain Python counts them, wherever batches are cut and however little is held."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stdconv
from stdconv.findings.rows import ROW, only, without
from stdconv.standard import hashes
from stdconv.standard.people import Number, People, keys
from stdconv.standard.schema import Schema, load_schema
from support.links import RIGHT_IN_A, a_file
from support.paths import MAPPINGS, STANDARD_SCHEMAS

COLUMNS = ("宛名番号", "世帯番号", "最新フラグ", "住民状態")
Row: TypeAlias = tuple[str | None, str | None, str | None, str | None]
VALUES = st.tuples(
    st.sampled_from(["1", "2", "3", None]),
    st.sampled_from(["1", "2", None]),
    st.sampled_from(["0", "1", None]),
    st.sampled_from(["1", "3", None]),
)
LATER = load_schema("resident-basic/0.2")


def counted(rows: list[Row]) -> tuple[int, int, int]:
    """Count what records say, one by one."""
    people = {person for person, *_ in rows if person}
    current = {person for person, _, latest, state in rows if person and (latest, state) == ("1", "1")}
    return len(people), len({household for _, household, *_ in rows if household}), len(current)


@given(st.lists(st.tuples(VALUES, st.booleans()), max_size=12), st.integers(1, 4), st.sampled_from([1, 3, 500_000]))
def test_people_are_counted_as_their_records_say(records: list[tuple[Row, bool]], size: int, fresh: int) -> None:
    frame = pl.DataFrame([row for row, _ in records], schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    frame = frame.with_row_index(ROW, offset=1).cast({ROW: pl.Int64})
    refused = pl.Series([n for n, (_, is_refused) in enumerate(records, 1) if is_refused], dtype=pl.Int64)
    people = People(LATER, COLUMNS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashes, "FRESH", fresh)
        for first in range(0, len(frame), size):
            part = frame[first : first + size]
            people.add(without(part, refused))
            people.add_refused(only(part, refused))
        found = pl.concat([pl.DataFrame(schema={ROW: pl.Int64}), *(each.select(ROW) for each in people.findings())])
    accepted = [row for row, is_refused in records if not is_refused]
    assert people.accepted == Number(*counted(accepted))
    assert people.read == Number(*counted([row for row, _ in records]))
    there = {person for person, *_ in accepted}
    lost: dict[str, int] = {}
    for number, ((person, *_), _) in enumerate(records, 1):
        if person and person not in there:
            lost.setdefault(person, number)
    assert found[ROW].to_list() == sorted(lost.values())
    assert people.known == sum(person is not None for (person, *_), _ in records)


def test_nobody_is_counted_where_no_column_says_whose_record_it_is() -> None:
    earlier = load_schema("resident-basic/0.1")
    for schema, columns in ((earlier, earlier.names), (LATER, ("世帯番号", "住民状態"))):
        people = People(schema, columns)
        people.add(pl.DataFrame({ROW: [1], "世帯番号": ["1"], "住民状態": ["1"]}))
        assert not people.is_counted
        assert list(people.findings()) == []
    assert keys(earlier)[:2] == ("宛名番号", "世帯番号"), "dataset rules group by them"


SPOILT = RIGHT_IN_A.replace("女", "他")
"""A sex that the layout does not have."""


def of_persons(*records: tuple[str, str]) -> bytes:
    """Return a file of A社: each record is RIGHT_IN_A or another one, of a person (number and history number)."""
    lines = []
    for record, person in records:
        number, history = person.split("-")
        cells = record.split(",")
        lines.append(",".join([number, history, *cells[2:]]))
    return a_file(*lines)


def converted(tmp_path: Path, data: bytes, mapping: str | Path = "vendor-a/resident-link") -> stdconv.Report:
    (tmp_path / "in.csv").write_bytes(data)
    return stdconv.convert_file(tmp_path / "in.csv", mapping, tmp_path / "run", force=True)


RULES = """
dataset:
  - {rule: counted, title: 履歴番号は 1 から続く, source: a test, by: [宛名番号], number: 履歴番号}
"""


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    """The mapping of A社 into a schema of our own, whose histories have no gaps."""
    (tmp_path / "own.schema.json").write_bytes((STANDARD_SCHEMAS / "resident-link" / "1.0.schema.json").read_bytes())
    (tmp_path / "own.rules.yaml").write_text(RULES, encoding="utf-8")
    text = (MAPPINGS / "vendor-a" / "resident-link.yaml").read_text(encoding="utf-8")
    file = tmp_path / "own.yaml"
    file.write_text(text.replace("standard: resident-link/1.0", "standard: own.schema.json"), encoding="utf-8")
    return file


def test_a_person_is_lost_of_whom_no_record_was_accepted_and_no_other_one(tmp_path: Path) -> None:
    """1 has one record left, 2 and 3 have none; a key that cannot be read is nobody's."""
    records = [
        (RIGHT_IN_A, "1-1"),
        (SPOILT, "1-2"),
        (SPOILT, "2-1"),
        (SPOILT, "3-1"),
        (SPOILT, "2-2"),
        (RIGHT_IN_A, "あ-1"),
    ]
    report = converted(tmp_path, of_persons(*records))
    assert (report.counts.read, report.counts.accepted) == (6, 1)
    assert report.people is not None
    assert (report.people.read.people, report.people.accepted.people, report.people.lost) == (3, 1, 2)
    assert (report.people.unread, report.people.read.current) == (1, None)
    (lost,) = [total for total in report.findings if total.code == "D0021"]
    assert (lost.severity, lost.count, lost.rows, lost.lines) == ("fail", 2, (3, 4), (4, 5))
    assert report.exit_code == 1


def test_a_record_with_an_undecodable_byte_is_known_by_its_key_where_that_can_be_read(tmp_path: Path) -> None:
    data = of_persons((RIGHT_IN_A, "1-1"), (RIGHT_IN_A, "2-1"), (RIGHT_IN_A, "3-1"))
    whole, first, second, third, _ = data.split(b"\r\n")
    spoilt = [
        whole,
        first,
        second.replace("行政".encode("cp932"), b"\x85\xff"),
        third.replace(b"3,", b"\x85\xff3,", 1),
        b"",
    ]
    report = converted(tmp_path, b"\r\n".join(spoilt))
    assert {total.code for total in report.findings} >= {"D0021", "E0001"}
    assert report.people is not None
    assert (report.people.read.people, report.people.lost, report.people.unread) == (2, 1, 1)


def test_a_gap_says_whether_a_refused_record_explains_it(tmp_path: Path, counting: Path) -> None:
    """Of 1 the second record was refused; of 2 it was never there; of 3 the refused one is another person's."""
    records = [
        (RIGHT_IN_A, "1-1"),
        (SPOILT, "1-2"),
        (RIGHT_IN_A, "1-3"),
        (RIGHT_IN_A, "2-1"),
        (RIGHT_IN_A, "2-3"),
        (RIGHT_IN_A, "3-1"),
    ]
    report = converted(tmp_path, of_persons(*records, (RIGHT_IN_A, "3-3")), counting)
    (gaps,) = [total for total in report.findings if total.code == "D0006"]
    assert {each.detail: each.count for each in gaps.details} == {"explained": 1, "unexplained": 2}
    found = pl.read_parquet(tmp_path / "run" / "findings.parquet").filter(pl.col("code") == "D0006")
    assert found.select(ROW, "detail").rows() == [(3, "explained"), (5, "unexplained"), (7, "unexplained")]


def test_where_nothing_was_refused_nothing_is_said_of_it(tmp_path: Path, counting: Path) -> None:
    report = converted(tmp_path, of_persons((RIGHT_IN_A, "1-1"), (RIGHT_IN_A, "1-3")), counting)
    (gaps,) = [total for total in report.findings if total.code == "D0006"]
    assert gaps.details == ()


def test_frames_and_bytes_are_counted_as_files_are(tmp_path: Path) -> None:
    data = of_persons((RIGHT_IN_A, "1-1"), (SPOILT, "2-1"), (RIGHT_IN_A, "1-2"))
    of_file = converted(tmp_path, data).people
    session = stdconv.Converter("vendor-a/resident-link")
    for first in range(0, len(data), 40):
        session.feed(data[first : first + 40])
    assert session.finish().people == of_file
    restored = stdconv.restore_file(tmp_path / "run", tmp_path / "back.csv")
    assert (restored.counts.refused, (tmp_path / "back.csv").read_bytes()) == (1, data)


def test_validate_counts_whose_records_are_in_order(tmp_path: Path) -> None:
    schema: Schema = load_schema("resident-link/1.0")
    frame = pl.DataFrame({"宛名番号": ["1", "1", "2"], "履歴番号": ["1", "2", "x"], "世帯番号": ["7", "7", None]})
    people = stdconv.validate(frame, schema).report.people
    frame.write_csv(tmp_path / "standard.csv")
    assert people == stdconv.validate_file(tmp_path / "standard.csv", schema).people
    assert people is not None
    assert (people.read.people, people.accepted.people, people.lost) == (2, 1, 1)
    assert (people.read.households, people.accepted.households) == (1, 1)
