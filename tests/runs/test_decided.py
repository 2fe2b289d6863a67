"""Converting under the decisions of a site: what is decided refuses its record, or no longer does."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.conversion import convert
from stdconv.conversion.known import Known
from stdconv.conversion.outcome import Outcome
from stdconv.errors import DefinitionError, UnprovenError
from stdconv.findings.patterns import pattern_id
from stdconv.runs.sites import site_of
from support.links import A_HEADER, RIGHT_IN_A
from support.paths import CASES

pytestmark = pytest.mark.slow

A = "vendor-a/resident-link"
NAMELESS = "1000000002,1,,3600707,女,住登者,20240301,日本人"
UNKNOWN_SEX = "1000000003,1,行政　花子,3600707,女性,住登者,20240301,日本人"
UNKNOWN_SEX_AND_NAMELESS = "1000000004,1,,3600707,女性,住登者,20240301,日本人"
LONG = f"1000000005,1,{'長' * 101},3600707,女,住登者,20240301,日本人"
RECORDS = (RIGHT_IN_A, NAMELESS, UNKNOWN_SEX, UNKNOWN_SEX_AND_NAMELESS, LONG)
ADMITTED = pattern_id([("S0001", "氏名")])


@pytest.fixture
def legacy(tmp_path: Path) -> Path:
    file = tmp_path / "legacy.csv"
    file.write_bytes("".join(f"{line}\r\n" for line in (A_HEADER, *RECORDS)).encode("cp932"))
    return file


def site(tmp_path: Path, *decisions: str) -> Path:
    file = tmp_path / "site.yaml"
    entries = (f"  - {{{each}, because: 窓口で確認済み, decided: '2026-10-01'}}\n" for each in decisions)
    file.write_text("site: 甲市\ndecisions:\n" + "".join(entries), encoding="utf-8")
    return file


def test_records_that_a_site_admits_are_converted_and_come_back(tmp_path: Path, legacy: Path) -> None:
    plain = stdconv.convert_file(legacy, A, tmp_path / "plain")
    assert (plain.counts.accepted, plain.counts.refused) == (1, 4)
    assert ADMITTED in {each.id for each in plain.patterns.listed if each.decidable}
    decided = site(tmp_path, f"pattern: {ADMITTED}, severity: warn", "code: S0003, column: 氏名, severity: note")
    report = stdconv.convert_file(legacy, A, tmp_path / "run", site=decided)
    assert (report.counts.accepted, report.counts.refused) == (3, 2)
    assert report.patterns == plain.patterns.model_copy(update={"listed": report.patterns.listed})
    assert report.site is not None
    assert [each.findings for each in report.site.decisions] == [1, 1]
    stdconv.restore_file(tmp_path / "run", tmp_path / "back.csv")
    assert (tmp_path / "back.csv").read_bytes() == legacy.read_bytes()
    checked = stdconv.validate_file(tmp_path / "run" / "standard.csv", "resident-link/1.0", site=decided)
    assert (checked.exit_code, checked.counts.refused) == (0, 0)


def test_the_decisions_are_kept_in_the_folder_under_their_hash(tmp_path: Path, legacy: Path) -> None:
    decided = site(tmp_path, f"pattern: {ADMITTED}, severity: warn")
    stdconv.convert_file(legacy, A, tmp_path / "run", site=decided)
    kept = tmp_path / "run" / "site.yaml"
    assert kept.read_bytes() == decided.read_bytes()
    assert stdconv.verify(tmp_path / "run").site
    kept.write_bytes(kept.read_bytes() + b"#")
    with pytest.raises(UnprovenError, match="C0021"):
        stdconv.verify(tmp_path / "run")


def test_what_does_not_come_back_cannot_be_decided_away(tmp_path: Path, legacy: Path) -> None:
    plain = stdconv.convert_file(legacy, A, tmp_path / "plain")
    undecidable = [each.id for each in plain.patterns.listed if not each.decidable]
    decided = site(tmp_path, *(f"pattern: {each}, severity: mute" for each in undecidable))
    report = stdconv.convert_file(legacy, A, tmp_path / "run", site=decided)
    assert report.findings == plain.findings
    assert report.site is not None
    assert {(each.state, each.findings) for each in report.site.decisions} == {("undecidable", 0)}
    with pytest.raises(DefinitionError, match="C0137"):
        stdconv.convert_file(legacy, A, tmp_path / "none", site=site(tmp_path, "code: T0002, severity: warn"))
    assert not (tmp_path / "none").exists()


def frame(*records: str) -> pl.DataFrame:
    return pl.DataFrame([line.split(",") for line in records], schema=A_HEADER.split(","), orient="row")


def test_sessions_and_frames_are_judged_as_files_are(tmp_path: Path, legacy: Path) -> None:
    decided = site(tmp_path, f"pattern: {ADMITTED}, severity: warn", "code: S0003, severity: mute")
    whole = stdconv.convert(frame(*RECORDS), A, site=decided)
    assert whole.standard["_row"].to_list() == [1, 2, 5]
    of_frames, of_bytes = stdconv.Converter(A, site=decided), stdconv.Converter(A, site=decided)
    parts = [of_frames.feed(frame(each)) for each in RECORDS]
    assert pl.concat([each.standard for each in parts]).equals(whole.standard)
    data = legacy.read_bytes()
    fed = [of_bytes.feed(data[:200]), of_bytes.feed(data[200:])]
    reports = [of_frames.finish(), of_bytes.finish()]
    assert pl.concat([*(each.standard for each in fed), of_bytes.rest.standard]).equals(whole.standard)
    assert [each.counts.accepted for each in reports] == [3, 3]
    assert reports[0].patterns == reports[1].patterns


@pytest.fixture(scope="module")
def warned() -> tuple[stdconv.Plan, pl.DataFrame]:
    """A mapping that warns of some rules of its schema, and many records, some of which break these."""
    plan = stdconv.load_mapping(CASES / "golden-severity" / "mapping.yaml")
    records = stdconv.read_legacy((CASES / "golden-severity" / "legacy.csv").read_bytes(), plan).legacy
    return plan, pl.concat([records] * 400).drop("_row", strict=False)


def outcomes_of(plan: stdconv.Plan, given: pl.DataFrame, site_file: Path | None) -> Iterator[Outcome]:
    """Yield what comes of the records twice: with what was proven of their values before, and without."""
    judge = site_of(site_file, plan.schema).judge
    for known in (None, Known(plan)):
        for _ in range(1 if known is None else 2):
            numbered = given.with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
            yield convert.convert_frame(plan, {}, numbered, known=known, judge=judge)


def test_known_values_are_judged_in_both_directions(tmp_path: Path, warned: tuple[stdconv.Plan, pl.DataFrame]) -> None:
    plan, given = warned
    codes = {(code, column) for _, column, code, severity in rows_of(next(outcomes_of(plan, given, None)))}
    assert codes
    for severity in ("refuse", "mute"):
        known = sorted(code for code in {code for code, _ in codes} if code.startswith("S"))
        decided = site(tmp_path, *(f"code: {code}, severity: {severity}" for code in known))
        first, *others = outcomes_of(plan, given, decided)
        assert {each for *_, code, each in rows_of(first) if code in known} >= {severity}
        for other in others:
            assert other.findings.equals(first.findings)
            assert other.standard.equals(first.standard)
            assert other.refused_keys.equals(first.refused_keys)


def rows_of(outcome: Outcome) -> list[tuple[int, str, str, str]]:
    return outcome.findings.select("_row", "column", "code", "severity").rows()


def test_what_judges_can_be_sent_to_another_process(tmp_path: Path) -> None:
    plan = stdconv.load_mapping(A)
    decided = site_of(site(tmp_path, f"pattern: {ADMITTED}, severity: warn"), plan.schema)
    judge = pickle.loads(pickle.dumps(decided.judge))  # noqa: S301 -- our own
    work = frame(*RECORDS).with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
    assert convert.convert_frame(plan, {}, work, judge=judge).standard["_row"].to_list() == [1, 2]
