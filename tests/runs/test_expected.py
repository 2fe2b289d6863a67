"""Totals from outside: a file from which people were taken, or that was cut at a line end, never ends in 0."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stdconv import Converter, Validator
from stdconv.api.files import convert_file, validate_file, verify
from stdconv.cli.entry import run
from stdconv.errors import DefinitionError, UnreadableError
from stdconv.mapping.plan import Plan, load_plan
from stdconv.reports import Report
from stdconv.reports.csv import as_csv
from stdconv.reports.github import as_github
from stdconv.reports.junit import as_junit
from stdconv.reports.sarif import as_sarif
from stdconv.reports.text import report_text
from stdconv.runs.sample import sample_file
from support.nightly import IS_NIGHTLY
from support.paths import CASES

pytestmark = pytest.mark.slow

RECORDS = 30_000 if IS_NIGHTLY else 2_000
TAKEN = 20
SMALL = "vendor-a/resident-link"
LISTED = "expected-keys.csv"
WAYS = ("hed", "records", "people", "households", "keys")


class Town:
    """A town as it was exported, and what its vendor says of it; ``given`` is the file that was handed on."""

    def __init__(self, folder: Path) -> None:
        self.plan = load_plan("vendor-b/resident-basic")
        whole = folder / "whole.csv"
        sample_file(self.plan, RECORDS, 5, whole)
        convert_file(whole, self.plan, folder / "before")
        with (folder / "before" / "standard.csv").open(encoding="utf-8", newline="") as standard:
            rows = list(csv.DictReader(standard))
        self.people = [row["宛名番号"] for row in rows]
        self.households = {row["世帯番号"] for row in rows if row["世帯番号"]}
        self.lines = whole.read_bytes().splitlines(keepends=True)
        assert len(self.lines) == len(self.people) + 1 == RECORDS + 1
        self.folder = folder
        self.keys = folder / "people.csv"
        self.keys.write_text("".join(f"{key}\n" for key in sorted(set(self.people))), encoding="utf-8")
        self.hed = b"given.csv\r\n%d\r\n%d" % (whole.stat().st_size, RECORDS)

    def given(self, folder: Path, is_kept: Callable[[int, str], bool]) -> tuple[Path, set[str]]:
        """Return a file of those records alone that are kept, and whose records are all gone."""
        kept = [is_kept(at, person) for at, person in enumerate(self.people)]
        lines = [line for line, stays in zip(self.lines[1:], kept, strict=True) if stays]
        file = folder / "given.csv"
        file.write_bytes(b"".join([self.lines[0], *lines]))
        (folder / "given.hed").write_bytes(self.hed)
        there = {person for person, stays in zip(self.people, kept, strict=True) if stays}
        return file, set(self.people) - there

    def ways(self) -> dict[str, dict[str, Any]]:
        numbers = {"records": RECORDS, "people": len(set(self.people)), "households": len(self.households)}
        each = {name: {"expect": {name: number}} for name, number in numbers.items()}
        return {**each, "hed": {"hed": True}, "keys": {"expect_keys": self.keys}}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def small() -> Plan:
    return load_plan(SMALL)


def listed(folder: Path) -> list[list[str]]:
    return list(csv.reader((folder / LISTED).read_text(encoding="utf-8-sig").splitlines(), strict=True))


def codes_of(report: Report) -> list[str]:
    return [total.code for total in report.findings if total.code[0] == "C"]


def taken(town: Town) -> Callable[[int, str], bool]:
    """Return what keeps all records but those of 20 people of as many households as there are to be had."""
    gone = set(sorted(set(town.people))[7 :: len(set(town.people)) // TAKEN][:TAKEN])
    assert len(gone) == TAKEN
    return lambda _, person: person not in gone


def cut(_town: Town) -> Callable[[int, str], bool]:
    return lambda at, _: at < RECORDS - RECORDS // 8


@pytest.mark.parametrize("lost", [taken, cut])
def test_who_was_lost_before_the_run_is_noticed_each_way(
    lost: Callable[[Town], Callable[[int, str], bool]], town: Town, tmp_path: Path
) -> None:
    file, gone = town.given(tmp_path, lost(town))
    assert gone
    for way, given in town.ways().items():
        if way == "households" and lost is taken:
            continue  # others of their households stay
        report = convert_file(file, town.plan, tmp_path / way, fail_on="never", **given)
        assert (report.exit_code, (tmp_path / way / "report.json").exists()) == (4, True), way
        assert verify(tmp_path / way).counts == report.counts
    heading, *rows = listed(tmp_path / "keys")
    assert heading == ["宛名番号", "有無", "レコード番号"]
    assert rows == [[key, "不足", ""] for key in sorted(gone)]
    use = Report.model_validate_json((tmp_path / "keys" / "report.json").read_text(encoding="utf-8")).expected[0]
    assert (use.missing, use.extra, use.repeated, use.said) == (len(gone), 0, 0, len(set(town.people)))
    assert stat.S_IMODE((tmp_path / "keys" / LISTED).stat().st_mode) == 0o600
    said = (tmp_path / "keys" / "report.json").read_text(encoding="utf-8")
    assert not [key for key in gone if key in said]


def test_the_whole_file_agrees_each_way(town: Town, tmp_path: Path) -> None:
    file, gone = town.given(tmp_path, lambda _at, _person: True)
    every = town.ways()
    numbers = {name: number for way in every.values() for name, number in way.get("expect", {}).items()}
    report = convert_file(file, town.plan, tmp_path / "run", hed=True, expect=numbers, expect_keys=town.keys)
    assert (gone, report.exit_code, codes_of(report)) == (set(), 0, [])
    assert [(use.way, use.agrees) for use in report.expected] == [
        (way, True) for way in ("records", "people", "households", "keys")
    ]
    assert not (tmp_path / "run" / LISTED).exists()
    standard = tmp_path / "run" / "standard.csv"
    checked = validate_file(standard, town.plan.schema, expect=numbers, expect_keys=town.keys, fail_on="never")
    assert checked.expected == report.expected


@pytest.mark.parametrize(("kept", "exit_code"), [(60, 0), (59, 4), (0, 4)])
@pytest.mark.parametrize("has_trailer", [True, False])
def test_a_trailer_notices_it_too(kept: int, exit_code: int, has_trailer: bool, tmp_path: Path) -> None:
    plan = load_plan(CASES / "golden-fixed-records" / "mapping.yaml")
    records = [f"D{number:>5}行政　花子　012\r\n" for number in range(60)]
    lines = ["H20261123" + " " * 12 + "\r\n", *records[:kept], *["T00000060" + " " * 12 + "\r\n"][: int(has_trailer)]]
    (tmp_path / "a.dat").write_bytes("".join(lines).encode("cp932"))
    report = convert_file(tmp_path / "a.dat", plan, tmp_path / "run", fail_on="never")
    assert report.exit_code == (exit_code if has_trailer else 4)


HEADING = "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別"
UNDATED = "36007XX"
"""What refuses a record whose key was read."""


def legacy(folder: Path, *records: tuple[str, str]) -> Path:
    """Write a file of people, each by the key and the date of birth."""
    lines = [f"{key},1,行政　花子,{born},女,住登者,20240301,日本人" for key, born in records]
    return write(folder, "\r\n".join([HEADING, *lines, ""]).encode("cp932"), "given.csv")


def write(folder: Path, data: bytes, name: str = "keys.csv") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


FOUND = [("1", "3600707"), ("=2", "3600707"), ("3", UNDATED), ("", "3600707"), ("4", UNDATED), ("4", "3600707")]


def test_refused_records_count_and_those_that_say_nobody_are_told_beside(small: Plan, tmp_path: Path) -> None:
    file, keys = legacy(tmp_path, *FOUND), write(tmp_path, b"\xef\xbb\xbf1\r\n5\r\n\r\n6\n5\n4")
    report = convert_file(
        file, small, tmp_path / "run", expect={"records": 5, "people": 5}, expect_keys=keys, fail_on="never"
    )
    told = {total.code: [each.detail for each in total.details] for total in report.findings if total.code[0] == "C"}
    assert told == {
        "C0121": ["counted=6 expected=5"],
        "C0122": ["counted=4 expected=5 unread=1"],
        "C0124": ["missing=2 listed=4 unread=1"],
        "C0125": ["surplus=2 listed=4"],
    }
    assert listed(tmp_path / "run")[1:] == [
        ["5", "不足", ""],
        ["6", "不足", ""],
        ["'=2", "過剰", "2"],
        ["3", "過剰", "3"],
    ]
    (use,) = [use for use in report.expected if use.way == "keys"]
    assert (use.said, use.counted, use.missing, use.extra, use.repeated, use.unread) == (4, 4, 2, 2, 1, 1)
    for lang, words in (("en", "missing 2, too many 2: differs"), ("ja", "不足 2、過剰 2（不一致）")):
        assert words in report_text(report, lang)
    junit, others = (
        as_junit([report], "ja"),
        (as_csv([report], "ja"), as_sarif([report], "ja"), as_github([report], "ja")),
    )
    assert 'name="expected_keys_missing" value="2"' in junit
    assert all(code in text for code in told for text in (junit, *others))
    chunk = pl.DataFrame([*csv.DictReader(file.read_text(encoding="cp932").splitlines())])
    session = Converter(small, expect={"records": 5, "people": 5}, expect_keys=keys)
    for at in range(len(chunk)):
        session.feed(chunk[at])
    assert session.finish().expected == report.expected
    assert session.findings.filter(pl.col("code").str.starts_with("C"))["code"].to_list() == [*told]


def standard(folder: Path, *keys: str) -> Path:
    lines = [f"{key},1\n" for key in keys]
    return write(folder, "".join(["宛名番号,履歴番号\n", *lines]).encode(), "standard.csv")


@pytest.mark.parametrize(
    ("data", "missing", "extra"),
    [
        (b"1\n2\n", 0, 0),
        (b'1\r\n"2"', 0, 0),
        ("宛名番号\n2\n1\n1\n".encode(), 0, 0),
        ("\ufeff宛名番号\r\n2\r\n".encode(), 0, 1),
        (b'"1,2"\n"1""2"\n', 2, 2),
        (b"01\n2 \n", 2, 2),
        (b"%b" % b"".join(b"%d\n" % number for number in range(1, 900_000)), 899_997, 0),
    ],
)
def test_keys_are_compared_exactly_in_any_spelling_of_csv(
    data: bytes, missing: int, extra: int, small: Plan, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"expect_keys": write(tmp_path, data), "fail_on": "never"}
    report = validate_file(standard(tmp_path, "1", "2"), small.schema, folder=tmp_path / "out", **given)
    (use,) = report.expected
    assert (use.missing, use.extra, report.exit_code) == (missing, extra, 4 if missing or extra else 0)
    names = [row[1] for row in listed(tmp_path / "out")[1:]] if missing or extra else []
    assert (names.count("不足"), names.count("過剰")) == (missing, extra)
    session = Validator(small.schema, expect_keys=tmp_path / "keys.csv")
    session.feed((tmp_path / "standard.csv").read_bytes())
    assert session.finish().expected == report.expected
    assert not (tmp_path / LISTED).exists()
    again = validate_file(tmp_path / "standard.csv", small.schema, folder=tmp_path / "out", force=True, **given)
    assert again.expected == report.expected


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", None, "no key is in it"),
        (b"\r\n\n", None, "no key is in it"),
        ("宛名番号\n".encode(), None, "no key is in it"),
        ("番号\n1\n".encode(), 1, "first line"),
        ("宛名番号,履歴番号\n1,1\n".encode(), 1, "columns than 1"),
        (b"1\n\n2,3\n", 3, "columns than 1"),
        (b"1\n2\x003\n", 2, "control"),
        (b"1\t2\n", 1, "control"),
        ("1\n番号\n".encode("cp932"), 2, "UTF-8"),
        ("1\n".encode("utf-16"), 1, "UTF-8"),
        (b"1\n" + b"9" * 70_000, 2, "65536 bytes"),
        (b"1\n" + b"9" * 5_000_000 + b"\n", 2, "65536 bytes"),
        (b'1\n"2\n', 2, "quotes"),
        (b'1\n""\n', 2, "value is missing"),
        (b"1\n1.00000E+09\n", 2, "lost digits"),
    ],
)
def test_what_is_no_list_of_keys_is_told_with_its_line_and_never_shown(
    data: bytes, line: int | None, words: str, small: Plan, tmp_path: Path
) -> None:
    keys = write(tmp_path, data)
    with pytest.raises(DefinitionError) as caught:
        convert_file(legacy(tmp_path, *FOUND), small, tmp_path / "run", expect_keys=keys)
    (told,) = caught.value.faults
    assert (told.code, told.place.line if told.place else None) == ("C0126", line)
    assert words in told.text("en")
    assert "99999" not in told.text("ja")
    assert not (tmp_path / "run").exists()


def test_a_list_is_a_file_of_its_own(small: Plan, tmp_path: Path) -> None:
    file = legacy(tmp_path, *FOUND)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableError):
        convert_file(file, small, tmp_path / "run", expect_keys=tmp_path / "empty")
    (tmp_path / "old").mkdir()
    keys = write(tmp_path / "old", b"1\n")
    with pytest.raises(DefinitionError) as caught:
        convert_file(file, small, tmp_path / "old", expect_keys=keys, force=True)
    assert [each.code for each in caught.value.faults] == ["C0048"]
    assert keys.read_bytes() == b"1\n"


def test_who_cannot_be_counted_is_told_before_anything_is_read(tmp_path: Path) -> None:
    plan = load_plan(CASES / "golden-fixed-records" / "mapping.yaml")
    given: dict[str, Any] = {"expect": {"people": 1, "households": 1}, "expect_keys": write(tmp_path, b"1\n")}
    with pytest.raises(DefinitionError) as caught:
        convert_file(write(tmp_path, b"T00000000\r\n", "a.dat"), plan, tmp_path / "run", **given)
    assert [each.code for each in caught.value.faults] == ["C0127"] * 3
    small = load_plan(SMALL)
    file = write(tmp_path, "履歴番号\n1\n".encode(), "other.csv")
    with pytest.raises((DefinitionError, UnreadableError)):
        validate_file(file, small.schema, expect={"people": 1})
    with pytest.raises(DefinitionError) as caught:
        validate_file(standard(tmp_path, "1"), small.schema, expect={"households": 1})
    assert "世帯番号" in caught.value.faults[0].text("ja")


@pytest.mark.parametrize(
    "given", [{"persons": 1}, {"people": -1}, {"people": True}, {"people": "1"}, ["people"], "people"]
)
def test_expectations_are_numbers_by_name(given: Any, small: Plan, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        convert_file(tmp_path / "a.csv", small, tmp_path / "run", expect=given)
    assert [each.code for each in caught.value.faults] == ["C0060"]


@pytest.mark.parametrize(
    ("said", "exit_code", "code"),
    [
        (["--expect", "records=6", "--expect", "people=4"], 0, "records: 6, read 6: agrees"),
        (["--expect", "records=7"], 4, "C0120"),
        (["--expect", "people=3"], 4, "C0123"),
        (["--expect", "people=9", "--report", "json=r.json"], 4, "C0122"),
        (["--expect", "people=x"], 2, "C0010"),
        (["--expect", "lines=3"], 2, "C0010"),
        (["--expect", "people=3", "--expect", "people=3"], 2, "C0081"),
        (["--expect-keys", "none.csv"], 3, "C0003"),
        (["--expect-keys", "k.csv", "--report", "json=k.csv"], 2, "C0045"),
    ],
)
def test_the_command_takes_them(
    said: list[str], exit_code: int, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = write(tmp_path, b"1\n", "k.csv")
    words = [word.replace("k.csv", str(keys)).replace("r.json", str(tmp_path / "r.json")) for word in said]
    file, folder = legacy(tmp_path, *FOUND), tmp_path / "run"
    assert run(["convert", str(file), "-m", SMALL, "-o", str(folder), "--fail-on", "never", *words]) == exit_code
    assert code in "".join(capsys.readouterr())
    assert folder.exists() == (exit_code in (0, 4))
