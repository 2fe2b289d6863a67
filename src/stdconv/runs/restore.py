"""Restoring a run folder: the legacy file again, from standard records, residue and refused records, and the proof."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.batches import overlay, restore_batch, restore_frame
from stdconv.errors import UnprovenError
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.layouts import encoding, records
from stdconv.layouts.files import Progress, quiet
from stdconv.mapping.plan import Plan, read_plan
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.lookupfiles import LookupFiles
from stdconv.runs.manifest import Manifest, ensure_intact, load_manifest
from stdconv.standard.files import StandardFile, Taker

RANGE = 100_000


def restore_folder(
    folder: Path, file: Path, *, lookups: bool = False, force: bool = False, progress: Progress = quiet
) -> Manifest:
    """Write the legacy file that the run folder ``folder`` was made from to the new ``file``.

    With ``lookups`` the mapping's lookup files are written beside it as ``FILE.<lookup>.csv``.
    Raises ``UnprovenError`` where anything in the folder was changed, or the bytes are not the original's.
    """
    manifest = load_manifest(folder)
    ensure_intact(folder, manifest)
    plan = read_plan((folder / "mapping.yaml").read_text(encoding="utf-8"), str(folder / "mapping.yaml"))
    given = tuple(plan.mapping.lookups) if lookups else ()
    with (
        AtomicOutput(file, is_folder=False, force=force) as target,
        LookupFiles(plan, file, given, force=force) as beside,
    ):
        digest = hashlib.sha256()
        with target.work.open("wb") as out:
            for part in _parts(folder, manifest, plan, beside, progress):
                out.write(part)
                digest.update(part)
        if digest.hexdigest() != manifest.original.sha256:
            raise UnprovenError([fault("C0024", file=file)])
        beside.commit()
        target.commit()
    return manifest


def _parts(folder: Path, manifest: Manifest, plan: Plan, beside: LookupFiles, progress: Progress) -> Iterator[bytes]:
    """Yield the original's bytes, range by range."""
    remains = pl.scan_parquet(folder / "residue.parquet")
    beginning = remains.filter(pl.col(ROW) == 0).collect()
    yield _beginning(plan, beginning)
    standard = Taker(StandardFile(folder / manifest.file("standard"), plan.schema).batches())
    with (folder / manifest.file("refused")).open("rb") as refused_file:
        refused_file.seek(len(_header(plan, beginning)))
        for first in range(1, manifest.counts.read + 2, RANGE):
            last = min(first + RANGE - 1, manifest.counts.read + 1)
            here = remains.filter(pl.col(ROW).is_between(first, last)).collect()
            lengths = here.select(ROW, residue.REFUSED).drop_nulls()
            refused = {row: refused_file.read(length) for row, length in lengths.iter_rows()}
            rows = pl.int_range(first, min(last, manifest.counts.read) + 1, dtype=pl.Int64, eager=True)
            rows = rows.filter(~rows.is_in(lengths[ROW].implode()))
            accepted = standard.take(len(rows))
            part = None if accepted is None else _part(plan, _numbered(accepted, rows), here, refused, beside)
            if part is None:
                raise UnprovenError([fault("C0027", folder=folder)])
            yield part
            progress(last, manifest.counts.read + 1)


def _numbered(accepted: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    return accepted.with_columns(rows.alias(ROW)) if len(rows) else accepted.clear().with_columns(rows.alias(ROW))


def _part(
    plan: Plan, accepted: pl.DataFrame, here: pl.DataFrame, refused: dict[int, bytes], beside: LookupFiles
) -> bytes | None:
    if beside.names:
        written, columns = restore_frame(plan, accepted), plan.mapping.legacy.columns
        legacy = overlay(written.select(ROW, *columns), here)
        beside.add(legacy.hstack(written.drop(ROW, *columns)))
    return restore_batch(plan, accepted, here, refused)


def _beginning(plan: Plan, row: pl.DataFrame) -> bytes:
    """Return what stands before the first record: mark and header."""
    before = row[residue.BEFORE].item() if len(row) else None
    return (plan.dialect.mark if before is None else before) + _header(plan, row)


def _header(plan: Plan, row: pl.DataFrame) -> bytes:
    raw = row[residue.RAW].item() if len(row) else None
    if raw is not None:
        return bytes(raw)
    return encoding.certain(encoding.encode(records.header_line(plan.dialect), plan.dialect))
