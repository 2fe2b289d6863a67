"""What becomes of a file does not depend on where it is cut into batches, nor on who works on them."""

from __future__ import annotations

import csv
import gc
import hashlib
import io
import json
import multiprocessing
import pickle
import shutil
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import stdconv
from stdconv.conversion import convert as converting
from stdconv.conversion.convert import convert_batch
from stdconv.conversion.known import Known
from stdconv.conversion.valuetables import LIMIT
from stdconv.errors import UnprovenError
from stdconv.layouts.files import sha256_of
from stdconv.mapping.plan import Plan, load_plan
from stdconv.runs import folder
from stdconv.runs.convert import convert_file
from stdconv.runs.lookupfiles import load_tables
from stdconv.runs.restore import restore_file
from stdconv.runs.sample import sample_file
from support.links import A_COLUMNS, B_COLUMNS, a_file
from support.outcomes import assert_same_outcome

pytestmark = pytest.mark.slow

HEADER = a_file()
MAPPING = "vendor-a/resident-link"
FRAMES = ("residue.parquet", "findings.parquet")
BYTES = ("standard.csv", "refused.csv", "refused-causes.csv", "report.json", "mapping.yaml")


def odd_records(number: int) -> bytes:
    """Return records, gaps and damage of every kind, with keys that begin at ``number``."""

    def record(offset: int, *, name: str = "行政\u3000花子", sex: str = "女", end: str = "\r\n") -> bytes:
        return f"{number + offset},1,{name},3600707,{sex},住登者,20240301,日本人{end}".encode("cp932")

    return b"".join(
        [
            record(0),
            b"\r\n\n\r\n",  # blank lines are a gap
            record(1, name='"行政\u3000花子"'),  # quoted without need
            record(2, name="行政 花子"),  # the half-width separator is an equivalent spelling
            record(3, name='"行政\r\n花子"'),  # a field of two lines
            record(4, sex="鳥"),  # unknown code: refused
            record(5, end="\n"),  # ends otherwise than declared
            record(6, name='行"政'),  # stray quote: refused
            record(7, name='"行政\u3000花子'),  # a quote that does not close before the next record: refused
            record(8),
            record(7, name='"行\r\n"政"'),  # a quote that closes in the middle of a value: two lines are refused
            record(9).replace("女".encode("cp932"), b"\x81"),  # undecodable in one column
            record(10).replace("女".encode("cp932"), b"\x81").replace("行政".encode("cp932"), b"\xff\xfc\x81\xad"),
            record(11).replace("行政\u3000花子".encode("cp932"), b"\x81"),
            record(12).replace("行政".encode("cp932"), b"\xee\xe0\x90\xad"),  # 髙 as Windows does not write it
            record(13).replace("行政".encode("cp932"), b"\xf0\x40\x90\xad"),  # private use: a warning
            record(14).replace("行政".encode("cp932"), b"\x80\x90\xad"),  # unassigned byte
            record(15).replace(b"3600707", b"36\x0007"),  # NUL
            record(16).replace(b",2024", b",extra,2024"),  # a column too many
            b"1,2,3\r\n",  # too few
            HEADER,  # the header again
            record(17).replace(b"3600707", b"3640108"),  # after the end of the era
            record(17),  # the same key as an accepted record? no: that one was refused
            record(18),
            record(18),  # a duplicate key, seen after writing
            b"\n",
        ]
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(MAPPING)


@pytest.fixture(scope="module")
def damaged(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sampled records with damage in front, in the middle and behind, more than is read at once in the beginning."""
    folder = tmp_path_factory.mktemp("damaged")
    sample_file(plan, 2100, 5, folder / "clean.csv")
    lines = (folder / "clean.csv").read_bytes().splitlines(keepends=True)[1:]
    parts = [
        HEADER,
        odd_records(1),
        *lines[:1000],
        odd_records(100),
        *lines[1000:2070],
        odd_records(200),
        *lines[2070:],
    ]
    data = b"".join(parts) + b"\r\n\x1a"
    assert len(data) > 128 * 1024 + 2_000, "only what follows the first 128 KiB is cut by batch size"
    (folder / "in.csv").write_bytes(data)
    return folder / "in.csv"


@pytest.fixture(scope="module")
def households(damaged: Path) -> Path:
    """A lookup for most of the records, one key of it with two values and one row too many."""
    keys = [str(key) for key in (*range(1, 230), *range(1_000_000_000, 1_000_003_000, 3), 42_000)]
    rows = [f"{key},{key[-3:]}\r\n" for key in keys]
    path = damaged.with_name("households.csv")
    path.write_bytes("".join(["住民番号,世帯番号\r\n", *rows, "9,1\r\n", "13,013\r\n"]).encode("cp932"))
    return path


@pytest.fixture(scope="module")
def usual(plan: Plan, damaged: Path, households: Path) -> Path:
    folder = damaged.with_name("usual")
    convert_file(plan, damaged, folder, lookups={"households": households})
    return folder


def test_the_damaged_file_shows_every_kind_of_piece(usual: Path) -> None:
    """The comparison below is worth something only where all of these occur."""
    residue = pl.read_parquet(usual / "residue.parquet")
    present = {name: residue[name].drop_nulls().len() for name in residue.columns}
    assert all(present[name] for name in ("_before", "_raw", "_refused", "氏名")), present
    codes = set(pl.read_parquet(usual / "findings.parquet")["code"])
    assert codes >= {
        "R0001",
        "R0002",
        "R0003",
        "R0004",
        "R0005",
        "R0012",
        "E0001",
        "E0002",
        "E0003",
        "T0012",
        "T0014",
        "T0018",
    }
    assert codes >= {"D0001", "D0002"}


@pytest.mark.parametrize(("size", "jobs"), [(1, 1), (7, 7), (64, 2), (4096, 1), (4096, 7), (1 << 30, 2)])
def test_the_outcome_is_the_same_for_any_batch_size_and_any_number_of_jobs(
    size: int, jobs: int, usual: Path, households: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"

    plan, damaged = load_plan(MAPPING), usual.with_name("in.csv")
    convert_file(plan, damaged, run, lookups={"households": households}, jobs=jobs, batch_size=size)

    assert {path.name for path in run.iterdir()} == {path.name for path in usual.iterdir()}
    for name in BYTES:
        assert (run / name).read_bytes() == (usual / name).read_bytes(), name
    for name in FRAMES:
        assert_frame_equal(pl.read_parquet(run / name), pl.read_parquet(usual / name))


def test_every_file_has_the_same_bytes_with_any_number_of_jobs_and_any_tables(
    damaged: Path, households: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but ``run.json``, which says when a run was; the manifest has the hashes of the others."""
    found: dict[str, set[str]] = {}
    for number, (jobs, limit) in enumerate([(1, LIMIT), (2, LIMIT), (4, LIMIT), (4, 0), (2, 7)]):
        run = tmp_path / str(number)
        monkeypatch.setattr(converting, "Known", partial(Known, limit=limit, least=1))
        lookups = {"households": households}
        convert_file(load_plan(MAPPING), damaged, run, lookups=lookups, jobs=jobs, batch_size=16_384)
        for path in run.iterdir():
            found.setdefault(path.name, set()).add(sha256_of(path))
    assert {*BYTES, *FRAMES, "manifest.json", "run.json"} <= found.keys()
    assert [name for name, hashes in found.items() if len(hashes) > 1 and name != "run.json"] == []


def test_the_damaged_file_is_restored_to_the_byte(usual: Path, damaged: Path, tmp_path: Path) -> None:
    stdconv.restore_file(usual, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == damaged.read_bytes()


def test_every_record_read_was_accepted_or_refused(usual: Path) -> None:
    counts = stdconv.verify(usual).counts
    with (usual / "standard.csv").open(encoding="utf-8", newline="") as file:
        accepted = sum(1 for _ in csv.reader(file)) - 1
    refused = pl.read_parquet(usual / "residue.parquet")["_refused"].drop_nulls()
    assert (counts.accepted, counts.refused) == (accepted, len(refused))
    assert counts.read == accepted + len(refused)
    assert (usual / "refused.csv").stat().st_size == len(HEADER) + refused.sum()


def test_the_residue_is_sorted_by_row_and_has_only_rows_that_hold_something(usual: Path) -> None:
    residue = pl.read_parquet(usual / "residue.parquet")
    assert residue.columns == ["_row", "_before", "_raw", "_refused", "_digest", *A_COLUMNS]
    assert residue["_row"].is_sorted()
    assert residue["_row"].is_unique().all()
    empty = residue.filter(pl.all_horizontal(pl.exclude("_row").is_null()))
    assert empty.is_empty()


def test_refused_records_leave_only_their_length_and_the_bytes_before_them(usual: Path) -> None:
    residue = pl.read_parquet(usual / "residue.parquet").filter(pl.col("_refused").is_not_null())
    assert len(residue) > 20
    kept = residue.select(pl.exclude("_row", "_before", "_refused").is_not_null().any()).row(0)
    assert kept == (False,) * (2 + len(A_COLUMNS))


def test_the_residue_of_a_sampled_file_is_empty(plan: Plan, damaged: Path, tmp_path: Path) -> None:
    report = convert_file(plan, damaged.with_name("clean.csv"), tmp_path / "run")
    assert (report.raw_records, report.raw_share) == (0, 0.0)
    assert pl.read_parquet(tmp_path / "run" / "residue.parquet").is_empty()


# Without raw bytes and spellings the restored file still converts to the same standard


def write_legacy(path: Path, columns: list[str], rows: Iterable[tuple[str, ...]], encoding: str) -> None:
    """Write a legacy file with Python's own means."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([columns, *rows])
    path.write_bytes(text.getvalue().encode(encoding))


def check_that_the_standard_side_suffices(plan: Plan, legacy: Path, lookup_file: Path, folder: Path) -> None:
    run, (lookup,) = folder / "run", plan.mapping.lookups
    convert_file(plan, legacy, run, lookups={lookup: lookup_file})
    stdconv.restore_file(run, folder / "again.csv", lookups=True)
    residue = pl.read_parquet(run / "residue.parquet")
    dropped = residue.select(pl.exclude("_row", "_before", "_refused").is_not_null()).sum()
    assert sum(dropped.row(0)) > 0, "the residue holds nothing that could be dropped"
    refused = set(residue.filter(pl.col("_refused").is_not_null())["_row"])
    standard = pl.read_csv(run / "standard.csv", infer_schema=False)
    rows = [row for row in range(1, stdconv.verify(run).counts.read + 1) if row not in refused]
    numbered = standard.with_columns(pl.Series("_row", rows, dtype=pl.Int64))

    restored = stdconv.restore(numbered, plan, residue=residue.clear())

    columns = list(plan.mapping.legacy.columns)
    write_legacy(folder / "plain.csv", columns, restored.legacy.select(columns).rows(), plan.mapping.legacy.encoding)
    convert_file(plan, folder / "plain.csv", folder / "run2", lookups={lookup: folder / f"again.csv.{lookup}.csv"})
    assert (folder / "run2" / "standard.csv").read_bytes() == (run / "standard.csv").read_bytes()
    assert pl.read_parquet(folder / "run2" / "residue.parquet")["_refused"].drop_nulls().is_empty()


def test_without_the_residue_vendor_a_still_converts_to_the_same_standard(
    plan: Plan, damaged: Path, households: Path, tmp_path: Path
) -> None:
    check_that_the_standard_side_suffices(plan, damaged, households, tmp_path)


def test_without_the_residue_vendor_b_still_converts_to_the_same_standard(tmp_path: Path) -> None:
    columns = list(B_COLUMNS)
    names = [
        ("1", "1", "行政花子"),  # the parts spell the name
        ("2", "1", "行政花子"),  # no row in the lookup
        ("3", "1", "山田花子"),  # an earlier surname …
        ("3", "2", "行政花子"),  # … and today's
        ("4", "1", "行政　花子"),  # shows its separator itself
        ("5", "1", "山田花子"),  # never had the name of the lookup
        ("6", "1", "行政花子"),  # the lookup's row is empty
        ("7", "1", "行政花子恵"),  # the lookup's given name has a half-width blank
    ]
    rows = [(*name, "20240301", "2", "19850707", "昭和", "1", "住登者") for name in names]
    rows.append(("8", "1", "行政花子", "", "2", "", "", "", "住登者"))  # neither era nor date: 住民種別 is not assumed
    rows.append(
        ("9", "1", "行政花子", "", "2", "19850707", "昭和", "", "転出者")
    )  # an empty date is a spelling of none
    parts = [(key, "行政", "花子") for key in "134589"] + [("6", "", ""), ("7", "行政", "花子 恵")]
    write_legacy(tmp_path / "in.csv", columns, rows, "utf-8")
    write_legacy(tmp_path / "names.csv", ["宛名番号", "氏", "名"], parts, "utf-8")

    plan = load_plan("vendor-b/resident-link")
    check_that_the_standard_side_suffices(plan, tmp_path / "in.csv", tmp_path / "names.csv", tmp_path)


# The heart is pure and travels


@pytest.fixture(scope="module")
def batches(damaged: Path) -> list[bytes]:
    """Two batches that begin and end between records."""
    lines = damaged.read_bytes()[len(HEADER) :].splitlines(keepends=True)
    return [b"".join(lines[:1000]), b"".join(lines[1000:])]


def again(value: Any) -> Any:
    """Return what arrives when ``value`` is sent to another process."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 -- our own bytes


def test_plan_tables_and_outcome_survive_pickling(plan: Plan, batches: list[bytes], households: Path) -> None:
    tables, _ = load_tables(plan, {"households": households})
    outcome = convert_batch(plan, tables, batches[0])

    same_plan, same_tables = again((plan, tables))

    assert same_plan == plan
    assert same_plan.text == plan.text
    assert_same_outcome(convert_batch(same_plan, same_tables, batches[0]), outcome)
    assert_same_outcome(again(outcome), outcome)


def test_converting_a_batch_twice_gives_the_same_and_changes_nothing(
    plan: Plan, batches: list[bytes], households: Path
) -> None:
    tables, _ = load_tables(plan, {"households": households})
    before = pickle.dumps((plan, tables["households"].frame.rows()))
    first = convert_batch(plan, tables, batches[0])
    convert_batch(plan, tables, batches[1])
    assert_same_outcome(convert_batch(plan, tables, batches[0]), first)
    assert pickle.dumps((plan, tables["households"].frame.rows())) == before


@pytest.mark.e2e
def test_other_processes_convert_batches_the_same_way(plan: Plan, batches: list[bytes], households: Path) -> None:
    tables, _ = load_tables(plan, {"households": households})
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=spawn) as pool:
        elsewhere = list(pool.map(partial(convert_batch, plan, tables), batches))
    for batch, outcome in zip(batches, elsewhere, strict=True):
        assert_same_outcome(outcome, convert_batch(plan, tables, batch))


@pytest.fixture(scope="module")
def few(plan: Plan, damaged: Path, households: Path) -> Path:
    """Return a run folder of the first lines of the damaged file."""
    file, folder = damaged.with_name("few.csv"), damaged.with_name("few")
    file.write_bytes(b"".join(damaged.read_bytes().splitlines(keepends=True)[:300]))
    convert_file(plan, file, folder, lookups={"households": households})
    return folder


@pytest.mark.parametrize(("source", "many"), [("few", 1), ("usual", 7), ("usual", 300)])
def test_the_file_comes_back_however_many_records_are_restored_at_once(
    source: str, many: int, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: Path = request.getfixturevalue(source)
    restore_file(run, tmp_path / "usual.csv", lookups=True)
    monkeypatch.setattr(folder, "RANGE", many)
    restore_file(run, tmp_path / "again.csv", lookups=True)
    original = run.with_name("in.csv" if source == "usual" else "few.csv")
    assert (tmp_path / "again.csv").read_bytes() == original.read_bytes()
    lookups = [tmp_path / f"{name}.csv.households.csv" for name in ("usual", "again")]
    assert lookups[0].read_bytes() == lookups[1].read_bytes()


def test_of_several_ranges_the_first_that_was_changed_is_told(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records with residue are others today; at the end one is missing, which is noticed while ranges are read."""
    monkeypatch.setattr(folder, "RANGE", 1500)
    run = tmp_path / "run"
    shutil.copytree(usual, run)
    lines = (run / "standard.csv").read_bytes().splitlines(keepends=True)
    changed = [line.replace(b"1985-07-07", b"1985-07-08") for line in lines[1:6]]
    (run / "standard.csv").write_bytes(b"".join([lines[0], *changed, *lines[6:-1]]))
    manifest = json.loads((run / "manifest.json").read_bytes())
    data = (run / "standard.csv").read_bytes()
    manifest["files"]["standard.csv"] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(UnprovenError) as raised:
        restore_file(run, tmp_path / "again.csv")
    assert [each.code for each in raised.value.faults] == ["C0080"]


def test_batches_leave_nothing_that_only_holds_itself(plan: Plan, batches: list[bytes]) -> None:
    """The command looks for such things seldom, and a batch's bytes would stay as long."""
    known = Known(plan, least=1)
    convert_batch(plan, {}, batches[0], known=known)
    gc.collect()
    gc.disable()
    try:
        convert_batch(plan, {}, batches[1], known=known)
        assert gc.collect() == 0
    finally:
        gc.enable()
