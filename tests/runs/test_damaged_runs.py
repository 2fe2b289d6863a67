"""A run folder that was damaged and its manifest made to fit: verify and restore end in 4, or the original comes back."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stdconv.cli.entry import run
from support.links import RIGHT_IN_A, WRONG_IN_A, a_file

pytestmark = pytest.mark.slow

A = "vendor-a/resident-link"
LINES = (RIGHT_IN_A, WRONG_IN_A, RIGHT_IN_A.replace("1000000001", "1000000003").replace("女", '"女"'), "1,2,3")
FORMATS = ("csv", "parquet", "ndjson")
FILES = ("refused.csv", "refused-causes.csv", "residue.parquet", "findings.parquet", "mapping.yaml", "report.json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "in.csv").write_bytes(a_file(*LINES))
    for format_ in FORMATS:
        words = ["convert", str(folder / "in.csv"), "-m", A, "-o", str(folder / format_), "--format", format_]
        assert run(words) == 1
    return folder


def damages(data: bytes, rng: random.Random) -> Iterator[bytes]:
    """Yield ``data`` damaged in many ways."""
    yield from (b"", data[: len(data) // 2], data[:-1], data + data, bytes(len(data)), data + b"\0\xff\xfe")
    yield from (rng.randbytes(200), b"{}", b"[]", b"null", b"[" * 100_000, b'"', data.partition(b"\n")[2])
    for _ in range(10):
        at = rng.randrange(len(data))
        yield data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def made_to_fit(folder: Path) -> None:
    """Let the manifest say what is there."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name in manifest["files"]:
        data = (folder / name).read_bytes()
        manifest["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def holds(folder: Path, original: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """Fail where verify or restore end otherwise than they may."""
    back = folder.parent / "back.csv"
    for words in (["verify", str(folder)], ["restore", str(folder), "-o", str(back)]):
        code = run(words)
        said = "".join(capfd.readouterr())
        assert code in (0, 4), said
        assert "Traceback" not in said
    assert back.read_bytes() == original if code == 0 else not back.exists()
    back.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("format_", "name"), [*(("csv", name) for name in FILES), *((each, f"standard.{each}") for each in FORMATS)]
)
def test_a_damaged_file_whose_hash_fits_is_no_bug(
    format_: str, name: str, made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, data = tmp_path / "run", (made / format_ / name).read_bytes()
    shutil.copytree(made / format_, folder)
    for damaged in damages(data, random.Random(name)):
        (folder / name).write_bytes(damaged)
        made_to_fit(folder)
        holds(folder, a_file(*LINES), capfd)


FRAMES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "no columns": lambda frame: frame.select(),
    "no rows": lambda frame: frame.clear(),
    "rows twice": lambda frame: pl.concat([frame, frame]),
    "the other way round": lambda frame: frame.reverse(),
    "numbers as texts": lambda frame: frame.with_columns(pl.col(pl.Int64).cast(pl.String)),
    "nothing but nulls": lambda frame: frame.select(pl.lit(None).cast(t).alias(n) for n, t in frame.schema.items()),
    "rows that are not there": lambda frame: frame.with_columns(pl.col("_row") + 1_000_000),
    "rows before the first": lambda frame: frame.with_columns(-pl.col("_row")),
    "lengths below zero": lambda frame: frame.with_columns(pl.lit(-5, pl.Int64).alias("_refused")),
    "lengths without end": lambda frame: frame.with_columns(pl.lit(2**40, pl.Int64).alias("_refused")),
    "lists": lambda frame: frame.select(pl.concat_list(pl.col(name)).alias(name) for name in frame.columns),
}


@pytest.mark.parametrize("change", FRAMES.values(), ids=FRAMES)
def test_a_residue_of_another_form_is_no_bug(
    change: Callable[[pl.DataFrame], pl.DataFrame], made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made / "csv", folder)
    change(pl.read_parquet(folder / "residue.parquet")).write_parquet(folder / "residue.parquet")
    made_to_fit(folder)
    holds(folder, a_file(*LINES), capfd)


def test_a_residue_without_one_of_its_columns_is_no_bug(
    made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made / "csv", folder)
    frame = pl.read_parquet(folder / "residue.parquet")
    for name in frame.columns:
        frame.drop(name).write_parquet(folder / "residue.parquet")
        made_to_fit(folder)
        holds(folder, a_file(*LINES), capfd)


SAID: dict[str, Any] = {
    "standard_format": "ndjson",
    "standard": "resident-basic/0.1",
    "mapping": "vendor-x/y",
    "lookups": ["nowhere"],
    "files": {},
    "counts": {"read": 10**9, "accepted": 10**9, "refused": 0},
    "original": {"name": "../x", "bytes": 0, "sha256": "0" * 64},
    "stdconv": "\x1b[2J",
    "format": [1],
}


@pytest.mark.parametrize("key", SAID)
def test_a_manifest_that_says_something_else_is_no_bug(
    key: str, made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(made / "csv", folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    values: list[Any] = [SAID[key], None, [], {}, "", -1, 1e308]
    for value in values:
        (folder / "manifest.json").write_text(json.dumps(manifest | {key: value}), encoding="utf-8")
        holds(folder, a_file(*LINES), capfd)
