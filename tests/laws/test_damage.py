"""A legacy file damaged in any byte: no traceback, counts that balance, and the damaged file comes back exactly."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stdconv.conversion.convert import convert_batch
from stdconv.conversion.outcome import Outcome
from stdconv.conversion.residue import REFUSED
from stdconv.conversion.restore import restore_batch
from stdconv.errors import UnreadableError
from stdconv.findings.rows import ROW
from stdconv.layouts import pieces
from stdconv.layouts.batches import batches
from stdconv.mapping.plan import Plan, load_plan, read_plan
from stdconv.runs.convert import convert_file
from stdconv.runs.restore import restore_file
from stdconv.runs.sample import sample_file
from support.parts import bytes_of
from support.paths import CASES, EXAMPLES

pytestmark = pytest.mark.slow

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
FIXED, BY_LENGTH = "places, ended by CRLF", "places, ended by nothing"
KINDS, KINDS_BY_LENGTH = "kinds of records, ended by CRLF", "kinds of records, ended by nothing"
NUMBERS = "numbers that hold what ends records"
PLACED = {
    FIXED: "golden-fixed",
    BY_LENGTH: "golden-fixed",
    **dict.fromkeys((KINDS, KINDS_BY_LENGTH), "golden-fixed-records"),
    NUMBERS: "golden-fixed-numbers",
}
"""Layouts of places, by the case whose mapping it is."""
VALUES = (0x00, 0x0A, 0x0D, 0x22, 0x2C, 0x1A, 0x20, 0x30, 0x80, 0x81, 0xA0, 0xEF, 0xFF)
"""What a byte is replaced by, or what is put before it; one drawn value is added at each place."""
LIMIT = 64 * 1024


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Thirty sampled records in each vendor's layout."""
    folder = tmp_path_factory.mktemp("sampled")
    for name, file in ((A, "a.csv"), (B, "b.csv")):
        sample_file(load_plan(name), 30, 7, folder / file)
    return {A: (folder / "a.csv").read_bytes(), B: (folder / "b.csv").read_bytes()}


def plan_of(name: str) -> Plan:
    if name not in PLACED:
        return load_plan(name)
    path = CASES / PLACED[name] / "mapping.yaml"
    text = path.read_text(encoding="utf-8")
    end = "none" if name in (BY_LENGTH, KINDS_BY_LENGTH) else "crlf"
    return read_plan(text.replace("  encoding: cp932\n", f"  encoding: cp932\n  newline: {end}\n"), str(path))


def worked(name: str) -> bytes:
    if name in (FIXED, BY_LENGTH):
        record = "   12行政　花子　ｷﾞｮｳｾｲ  012    ".encode("cp932")
        return record + b"\r\n" if name == FIXED else record * 2
    if name in (KINDS, KINDS_BY_LENGTH):
        lines = [b"H20261123".ljust(21), "D   12行政　花子　012".encode("cp932"), b"T00000001".ljust(21)]
        return b"".join(line + b"\r\n" * (name == KINDS) for line in lines)
    if name == NUMBERS:
        return b"D       123" + "行政　花子　".encode("cp932") + b"\0\x4f\r\n\r\n00q\0\x0fAB\0\0\0\r\n"
    return (EXAMPLES / ("vendor_a.csv" if name == A else "vendor_b.csv")).read_bytes()


def damages(data: bytes, seed: int) -> Iterator[bytes]:
    """Every byte replaced, preceded by another, left out, doubled; and the data cut off before it."""
    rng = random.Random(seed)
    for at in range(len(data)):
        for value in (*VALUES, rng.randrange(256)):
            yield data[:at] + bytes((value,)) + data[at + 1 :]
            yield data[:at] + bytes((value,)) + data[at:]
        yield data[:at] + data[at + 1 :]
        yield data[:at] + data[at : at + 1] + data[at:]
        yield data[:at]


# In memory: the body through convert_batch and restore_batch.


def header_and_body(data: bytes, plan: Plan) -> tuple[bytes, bytes]:
    header = pieces.read_header(data, plan.dialect)
    assert header is not None
    size = len(header.before) + len(header.raw)
    return data[:size], data[size:]


def restored(plan: Plan, outcome: Outcome) -> bytes | None:
    """Give everything that an outcome holds back to the way back, as reading a run folder does."""
    rows = outcome.residue.select(ROW, REFUSED).drop_nulls()[ROW]
    refused = dict(zip(rows, outcome.refused_bytes, strict=True))
    return restore_batch(plan, outcome.standard, outcome.residue, refused)


def check_outcome(plan: Plan, body: bytes, outcome: Outcome) -> None:
    """What holds for every batch whatever is in it: it comes back, counts balance, and each refusal has its reason."""
    assert restored(plan, outcome) == body
    assert outcome.read == outcome.accepted + len(outcome.refused_bytes)
    rows = outcome.residue.select(ROW, REFUSED).drop_nulls()
    assert rows[REFUSED].to_list() == [len(record) for record in outcome.refused_bytes]
    assert sorted([*rows[ROW], *outcome.standard[ROW]]) == list(range(1, outcome.read + 1))
    reasons = outcome.findings.filter(pl.col("severity") == "refuse")["_row"]
    assert set(reasons) == set(rows[ROW])
    assert "" not in set(itertools.chain.from_iterable(outcome.standard.drop(ROW).rows()))


def check_body(plan: Plan, body: bytes) -> None:
    for batch in batches(io.BytesIO(body), b"", plan.dialect, size=1 << 20):
        check_outcome(plan, bytes_of(batch), convert_batch(plan, {}, batch))


@pytest.mark.parametrize("name", [A, B, *PLACED])
def test_the_worked_example_damaged_in_any_place_comes_back(name: str) -> None:
    """The record by itself, once for every damage: what stands at the end of a file is not what stands in it."""
    plan = plan_of(name)
    _, body = header_and_body(worked(name), plan)
    every = list(dict.fromkeys(damages(body, 1)))
    step = 1 if settings.default and settings.default.max_examples >= 1_000 else 29
    offset = len(body) % step
    tail = [d for d in every if not d.endswith(b"\n")] if plan.dialect.terminator else []
    for damaged in dict.fromkeys(
        [*every[offset::step], *tail[:: max(1, step // 3)], b"", b"\r\n", b"\x1a", b"\xef\xbb\xbf", b'"']
    ):
        check_body(plan, damaged)


@pytest.mark.parametrize(
    ("name", "source"),
    [*itertools.product([A, B], ["worked", "sampled"]), *((name, "worked") for name in (FIXED, KINDS, NUMBERS))],
)
def test_records_damaged_in_any_place_come_back_among_others(name: str, source: str, sampled: dict[str, bytes]) -> None:
    """Every damage of every byte in one long file, a sound record between any two: they cannot reach each other."""
    plan = plan_of(name)
    _, body = header_and_body(sampled[name] if source == "sampled" else worked(name), plan)
    records = [body] if name == NUMBERS else body.splitlines(keepends=True)
    barrier = records[1 if name == KINDS else 0]
    whole = bytearray()
    expected = 0
    for number, record in enumerate(records):
        for damaged in damages(record, number):
            whole += damaged if damaged.endswith(b"\n") else damaged + b"\r\n"
            whole += barrier
            expected += 1
    outcomes = [convert_batch(plan, {}, batch) for batch in batches(io.BytesIO(whole), b"", plan.dialect)]
    parts = list(batches(io.BytesIO(whole), b"", plan.dialect))
    for batch, outcome in zip(parts, outcomes, strict=True):
        check_outcome(plan, bytes_of(batch), outcome)
    assert sum(outcome.accepted for outcome in outcomes) >= expected  # the sound record behind each damage


@given(st.data())
@pytest.mark.parametrize("name", [A, B])
def test_several_damages_at_once_come_back(name: str, sampled: dict[str, bytes], data: st.DataObject) -> None:
    plan = load_plan(name)
    _, body = header_and_body(sampled[name], plan)
    check_body(plan, data.draw(damaged(body)))


@settings(max_examples=max(10, settings().max_examples // 4))
@given(st.data())
@pytest.mark.parametrize("name", [A, B])
def test_wherever_a_damaged_file_is_cut_into_batches_the_outcome_is_the_same(
    name: str, sampled: dict[str, bytes], data: st.DataObject
) -> None:
    plan = load_plan(name)
    _, body = header_and_body(sampled[name][:1000], plan)
    bent = data.draw(damaged(body))
    whole = convert_batch(plan, {}, bent)
    offset = 0
    standard: list[pl.DataFrame] = []
    refused: list[bytes] = []
    findings: list[tuple[object, ...]] = []
    for batch in batches(io.BytesIO(bent), b"", plan.dialect, size=data.draw(st.integers(40, 400))):
        part = convert_batch(plan, {}, batch).shifted(offset)
        offset += part.read
        standard.append(part.standard)
        refused += part.refused_bytes
        findings += part.findings.rows()
    assert offset == whole.read
    assert tuple(refused) == whole.refused_bytes
    assert sorted(findings, key=repr) == sorted(whole.findings.rows(), key=repr)
    assert not standard or pl.concat(standard).equals(whole.standard)


def damaged(body: bytes) -> st.SearchStrategy[bytes]:
    """Several places overwritten, left out or grown, parts moved or repeated, the end cut off."""
    soup = st.binary(max_size=4) | st.sampled_from(
        [b'"', b"\r\n", b",", b'","', b"\0", b"\x1a", b"\n", b"\r", b'"\r\n', b"\xef\xbb\xbf"]
    )
    edits = st.lists(st.tuples(st.integers(0, len(body)), st.integers(0, 6), soup), max_size=6)

    def edited(drawn: tuple[list[tuple[int, int, bytes]], int, int, int]) -> bytes:
        changes, end, first, size = drawn
        bent = body
        for at, gone, put in changes:
            bent = bent[:at] + put + bent[at + gone :]
        bent = bent[:first] + bent[first : first + size] * 2 + bent[first + size :]
        return bent[: len(bent) - end]

    ends = st.sampled_from([0, 0, 0, 1, 2, 3]) | st.integers(0, len(body))
    return st.tuples(
        edits, ends, st.integers(0, len(body)), st.sampled_from([0, 0, 1, 2, 60]) | st.integers(0, len(body))
    ).map(edited)


# Whole files: a run folder and back.


def check_file(plan: Plan, data: bytes, place: Path) -> None:
    """Convert, restore, compare; what cannot be converted at all is a fault of stdconv's own and leaves nothing behind."""
    original, run, again = place / "file.csv", place / "run", place / "again.csv"
    original.write_bytes(data)
    try:
        report = convert_file(plan, original, run)
    except UnreadableError:
        assert [path.name for path in place.iterdir()] == ["file.csv"]
        return
    assert report.counts.read == report.counts.accepted + report.counts.refused
    restore_file(run, again)
    assert again.read_bytes() == data
    assert sorted(path.name for path in place.iterdir()) == ["again.csv", "file.csv", "run"]


def place_for(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("run")


files = settings(max_examples=max(40, settings.default.max_examples) if settings.default else 40)


@files
@given(st.data())
@pytest.mark.parametrize("name", [A, B])
def test_a_file_damaged_in_a_few_places_comes_back_or_is_refused_whole(
    name: str, tmp_path_factory: pytest.TempPathFactory, sampled: dict[str, bytes], data: st.DataObject
) -> None:
    plan = load_plan(name)
    header, body = header_and_body(data.draw(st.sampled_from([worked(name), sampled[name]])), plan)
    whole = data.draw(damaged(header + body) | damaged(body).map(lambda bent: header + bent))
    check_file(plan, whole, place_for(tmp_path_factory))


@pytest.mark.parametrize("name", [A, B])
def test_a_header_damaged_in_any_place_is_refused_or_comes_back(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = load_plan(name)
    header, body = header_and_body(worked(name), plan)
    every = list(dict.fromkeys(damages(header, 3)))
    step = 1 if settings.default and settings.default.max_examples >= 1_000 else 29
    edges = [d for d in every if d.strip(b'\r\n"\x1a\xef\xbb\xbf') == header.strip()]
    for bent in dict.fromkeys([*every[::step], *edges]):
        check_file(plan, bent + body, place_for(tmp_path_factory))


@files
@given(st.binary(max_size=300))
@example(b"")
@example(b"\n")
@example(b"\xef\xbb\xbf")
@example(b"\0" * 200_000)
@example(b"\r\n" * 100_000)
@example(b'"' * 200_000)
@example(b"," * 200_000)
def test_bytes_that_are_no_legacy_file_are_refused_whole(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for name in (A, B):
        check_file(load_plan(name), data, place_for(tmp_path_factory))


@pytest.mark.parametrize("name", [A, B])
@pytest.mark.parametrize(
    "joint",
    [b"", b"\r\n", b"\xef\xbb\xbf", b"\x1a", b'"', b"\0", b"x", b"\x81", b'"\r\n'],
    ids=["nothing", "blank", "mark", "eof", "quote", "nul", "letter", "half", "open"],
)
def test_two_files_joined_into_one_come_back(
    name: str, joint: bytes, tmp_path_factory: pytest.TempPathFactory, sampled: dict[str, bytes]
) -> None:
    plan = load_plan(name)
    for data in (
        worked(name) + joint + worked(name),
        sampled[name] + joint + worked(name),
        worked(name)[:-2] + joint + worked(name),
    ):
        check_file(plan, data, place_for(tmp_path_factory))


@pytest.mark.parametrize("name", [A, B])
def test_a_file_cut_off_anywhere_comes_back_or_is_refused_whole(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan, data = load_plan(name), worked(name)
    header, _ = header_and_body(data, plan)
    ends = [*range(0, len(header), 11), *range(len(header) - 2, len(data) + 1, 3)]
    for end in ends:
        check_file(plan, data[:end], place_for(tmp_path_factory))


@pytest.mark.parametrize(
    ("header", "tail"),
    [
        (b"\r\n", b""),
        (b"", b"\x1a"),
        (b"", b"\r\n\r\n\x1a\x1a"),
        (b"\n\n\r\n", b"\n"),
        (b"", b"\r"),
        (b"", b"\x1a\r\n"),
        (b"", b'"'),
        (b"", b'"\r\n\x1a'),
        (b"", b'1,1,"a\r\nb",3600707,\x1a'),
        (b"", b'1,1,"a\r\nb"\x1a'),
    ],
)
@pytest.mark.parametrize("name", [A, B])
def test_what_stands_before_the_header_and_behind_the_last_record_comes_back(
    name: str, header: bytes, tail: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check_file(load_plan(name), header + worked(name) + tail, place_for(tmp_path_factory))


@pytest.mark.parametrize("terminator", [b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x85", b"\x0b\x0c"])
@pytest.mark.parametrize("name", [A, B])
def test_other_line_ends_come_back(
    name: str, terminator: bytes, tmp_path_factory: pytest.TempPathFactory, sampled: dict[str, bytes]
) -> None:
    plan = load_plan(name)
    header, body = header_and_body(sampled[name], plan)
    check_file(plan, header + body.replace(b"\r\n", terminator), place_for(tmp_path_factory))
    check_file(plan, sampled[name].replace(b"\r\n", terminator), place_for(tmp_path_factory))
    lines = body.splitlines(keepends=True)
    mixed = b"".join(line if n % 3 else line.replace(b"\r\n", terminator) for n, line in enumerate(lines))
    check_file(plan, header + mixed, place_for(tmp_path_factory))


@pytest.mark.parametrize("name", [A, B])
def test_every_record_quoted_or_longer_than_the_record_limit_comes_back(
    name: str, tmp_path_factory: pytest.TempPathFactory, sampled: dict[str, bytes]
) -> None:
    plan = load_plan(name)
    header, body = header_and_body(sampled[name], plan)
    lines = body.decode(plan.dialect.codec).splitlines()
    quoted = "".join('"' + line.replace(",", '","') + '"\r\n' for line in lines).encode(plan.dialect.codec)
    check_file(plan, header + quoted, place_for(tmp_path_factory))
    long = lines[0].replace(lines[0].split(",")[2], "花" * LIMIT).encode(plan.dialect.codec)
    for record in (long, long[:-1], b'"' + long, b'"' + long + b'"', long + b'"\r\n'):
        check_file(plan, header + body + record + b"\r\n" + body, place_for(tmp_path_factory))


@pytest.mark.parametrize("name", [A, B])
def test_a_file_in_another_encoding_comes_back_or_is_refused_whole(
    name: str, tmp_path_factory: pytest.TempPathFactory, sampled: dict[str, bytes]
) -> None:
    plan = load_plan(name)
    text = sampled[name].decode(plan.dialect.codec)
    header, _ = header_and_body(sampled[name], plan)
    for codec in ("utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-32-be", "iso2022_jp"):
        whole = text.encode(codec, errors="replace")
        check_file(plan, whole, place_for(tmp_path_factory))
        check_file(plan, header + whole, place_for(tmp_path_factory))
