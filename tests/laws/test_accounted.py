"""Every person who was lost, every gap and every duplicate is in the right list: held against the plan of the damage.

What is expected is counted by plain Python from the damaged bytes and from what the plan says was damaged where.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

import stdconv
from stdconv.proving.damage import Kind
from stdconv.runs.sample import sample_file
from stdconv.testing import Damaged, damage_legacy
from support.nightly import IS_NIGHTLY

pytestmark = pytest.mark.slow

MAPPING = "vendor-a/resident-basic"
RECORDS, TIMES = (30_000, 60) if IS_NIGHTLY else (1_500, 3)
KINDS: tuple[Kind, ...] = (
    *("unknown-code", "no-such-day", "full-width-digits", "leading-zero-lost", "missing-column", "trailing-columns"),
    *("duplicate", "contradiction", "gap"),
)
KEY, HISTORY, HOUSEHOLD = "住民番号", "履歴番号", "世帯番号"
NUMBER = "宛名番号"


class Given(NamedTuple):
    """A damaged town: its bytes and plan, the report of its conversion, all findings."""

    damaged: Damaged
    report: stdconv.Report
    found: pl.DataFrame


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    folder = tmp_path_factory.mktemp("accounted")
    plan = stdconv.load_mapping(MAPPING)
    lookups = {name: folder / f"{name}.csv" for name in plan.mapping.lookups}
    sample_file(plan, RECORDS, 20, folder / "clean.csv", lookups=lookups)
    files = {name: path.read_bytes() for name, path in lookups.items()}
    damaged = damage_legacy(plan, (folder / "clean.csv").read_bytes(), lookups=files, kinds=KINDS, times=TIMES, seed=20)
    (folder / "in.csv").write_bytes(damaged.data)
    report = stdconv.convert_file(folder / "in.csv", plan, folder / "run", lookups=lookups)
    return Given(damaged, report, pl.read_parquet(folder / "run" / "findings.parquet"))


class Line(NamedTuple):
    """A record as it stands in the file: its number, person, number in the history, and whether it must be refused."""

    row: int
    person: str | None
    history: int
    is_refused: bool


def lines(damaged: Damaged) -> Iterator[Line]:
    """Take the file apart by plain Python; a record without all columns says nothing, a damaged key is nobody's."""
    header, *records = csv.reader(io.StringIO(damaged.data.decode("cp932"), newline=""))
    planted = {each.record: each for each in damaged.plan.damages}
    for row, cells in enumerate(records, 1):
        damage = planted.get(row)
        is_refused = damage is not None and any(not code.startswith("D") for code in damage.codes)
        is_read = len(cells) == len(header) and not (damage is not None and damage.column == KEY)
        person = cells[header.index(KEY)] if is_read else None
        history = int(cells[header.index(HISTORY)]) if is_read and damage is None else 0
        yield Line(
            row, person, history or (int(cells[header.index(HISTORY)]) if is_read and not is_refused else 0), is_refused
        )


def rows(found: pl.DataFrame, code: str) -> list[int]:
    return found.filter(pl.col("code") == code)["_row"].to_list()


def test_all_kinds_were_planted(given: Given) -> None:
    assert {each.kind for each in given.damaged.plan.damages} == {*KINDS} - given.damaged.plan.left_out.keys()
    assert given.damaged.plan.left_out.keys() <= {"leading-zero-lost"}


def test_people_are_those_that_the_file_has(given: Given) -> None:
    every = list(lines(given.damaged))
    read, accepted = (
        {line.person for line in every if line.person and not (only and line.is_refused)} for only in (False, True)
    )
    people = given.report.people
    assert people is not None
    assert (people.read.people, people.accepted.people, people.lost) == (len(read), len(accepted), len(read - accepted))
    assert people.unread == sum(line.person is None for line in every)
    assert given.report.counts.refused == sum(line.is_refused for line in every)
    first = {line.person: line.row for line in reversed(every) if line.person in read - accepted}
    assert rows(given.found, "D0021") == sorted(first.values())
    assert first, "somebody was lost"


def test_gaps_are_explained_where_a_record_of_the_person_was_refused(given: Given) -> None:
    every = list(lines(given.damaged))
    there: dict[str, set[int]] = {}
    for line in every:
        if line.person and not line.is_refused:
            there.setdefault(line.person, set()).add(line.history)
    refused = {line.person for line in every if line.is_refused and line.person}
    expected: dict[str, tuple[int, str]] = {}
    for line in every:
        if line.person and not line.is_refused and line.history != 1 and line.history - 1 not in there[line.person]:
            expected.setdefault(line.person, (line.row, "explained" if line.person in refused else "unexplained"))
    found = given.found.filter(pl.col("code") == "D0006").select("_row", "detail")
    assert sorted(found.rows()) == sorted(expected.values())
    assert {detail for _, detail in expected.values()} == {"explained", "unexplained"}
    (total,) = [each for each in given.report.findings if each.code == "D0006"]
    told = {each.detail: each.count for each in total.details}
    assert told == {word: sum(detail == word for _, detail in expected.values()) for word in told}


def test_duplicates_are_in_their_lists(given: Given) -> None:
    for kind, code in (("duplicate", "D0014"), ("contradiction", "D0015")):
        planted = {each.record for each in given.damaged.plan.damages if each.kind == kind}
        found = {*rows(given.found, code)}
        assert planted <= found
        assert len(found) == 2 * len(planted)


def test_twenty_people_who_are_not_in_the_file_are_not_lost_but_missing(given: Given, tmp_path: Path) -> None:
    """Who was deleted before conversion leaves no trace in it: only totals from outside tell (see test_expected)."""
    header, *records = given.damaged.data.split(b"\r\n")
    gone = {line.person for line in lines(given.damaged) if line.person and not line.is_refused}
    twenty = {person.encode() for person in sorted(gone)[:20]}
    kept = [record for record in records if record.split(b",")[0].strip(b'"') not in twenty]
    (tmp_path / "in.csv").write_bytes(b"\r\n".join([header, *kept]))
    report = stdconv.convert_file(tmp_path / "in.csv", MAPPING, tmp_path / "run")
    assert report.people is not None
    assert given.report.people is not None
    assert report.people.read.people == given.report.people.read.people - 20
    assert report.people.lost == given.report.people.lost
