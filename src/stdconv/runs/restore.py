"""Restoring a run folder: the legacy file again, from standard records, residue and refused records, and the proof."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.restore import overlay, restore_batch, restore_frame
from stdconv.definitions.regular import read_bytes
from stdconv.engines.threads import in_threads
from stdconv.errors import Fault, UnprovenError
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.runs.apart import ensure_apart
from stdconv.runs.atomic import AtomicOutput, commit
from stdconv.runs.control import control_path
from stdconv.runs.folder import Range, RunReader, Verbatim, as_proven
from stdconv.runs.lookupfiles import LookupFiles, lookup_paths
from stdconv.runs.manifest import CONTROL, Manifest


def restore_file(
    folder: Path,
    file: Path,
    *,
    lookups: bool = False,
    force: bool = False,
    jobs: int | None = None,
    watch: Watch = UNWATCHED,
) -> Manifest:
    """Write the legacy file that the run folder ``folder`` was made from to the new ``file``.

    With ``lookups`` the mapping's lookup files are written next to it as ``FILE.<lookup>.csv``; so is the control file
    that the original had, called after ``file`` as that one was called. Raises
    ``UnprovenError`` where anything in the folder was changed, or the bytes are not the original's.
    """
    run = RunReader(folder, watch)
    names = tuple(run.plan.mapping.lookups) if lookups else ()
    original = run.manifest.original.name
    beside = [control_path(file, original, name) for name in (run.manifest.control,) if name is not None]
    ensure_apart([folder], [file, *beside, *lookup_paths(file, names).values()])
    with (
        LookupFiles(run.plan, file, names, force=force) as lookup_files,
        AtomicOutput(file, is_folder=False, force=force) as output,
        ExitStack() as stack,
    ):
        controls = [stack.enter_context(AtomicOutput(path, is_folder=False, force=force)) for path in beside]
        digest = hashlib.sha256()
        with output.work.open("wb") as out, as_proven(folder), closing(_parts(run, lookup_files, jobs, watch)) as parts:
            for part in parts:
                out.write(part)
                digest.update(part)
        if digest.hexdigest() != run.manifest.original.sha256:
            raise UnprovenError([fault("C0024", file=file)])
        for control in controls:
            with control.told():
                control.work.write_bytes(read_bytes(folder / CONTROL))
        watch.ask()
        commit([*lookup_files.written(), *controls, output])
    return run.manifest


class _Restored(NamedTuple):
    """What became of some rows up to ``last``: their bytes, and the records, where the lookups are wanted."""

    last: int
    parts: Iterable[bytes]
    legacy: pl.DataFrame | None = None


def _parts(run: RunReader, lookup_files: LookupFiles, jobs: int | None, watch: Watch) -> Generator[bytes]:
    """Yield the original's bytes, range by range."""
    read = run.manifest.counts.read
    yield b"".join(run.beginning())
    work = partial(_restored, run, is_looked_up=bool(lookup_files.names))
    with closing(in_threads(work, run.ranges(), jobs=jobs, watch=watch)) as each:
        for restored in each:
            if restored.legacy is not None:
                lookup_files.add(restored.legacy)
            yield from restored.parts
            watch.tell(min(restored.last, read), read, "records")


def _restored(run: RunReader, some: Range | Verbatim, *, is_looked_up: bool) -> _Restored:
    if isinstance(some, Verbatim):
        return _Restored(some.last, some.parts)
    part = restore_batch(run.plan, some.standard, some.residue, some.refused)
    if part is None:
        raise UnprovenError([_disagreement(run, some)])
    return _Restored(some.last, [part], _legacy(run, some) if is_looked_up else None)


def _disagreement(run: RunReader, some: Range) -> Fault:
    """Return why records and residue do not go together: most often somebody changed the records."""
    rows = residue.misplaced(some.residue, some.standard, run.plan.carried)
    if rows.is_empty():
        return fault("C0027", folder=run.folder)
    return fault("C0080", folder=run.folder, records=len(rows), row=rows.min())


def _legacy(run: RunReader, some: Range) -> pl.DataFrame:
    """Return the records as they were written, with what they need of the lookups."""
    written, columns = restore_frame(run.plan, some.standard), run.plan.mapping.legacy.columns
    legacy = overlay(written.select(ROW, *columns), some.residue)
    return legacy.hstack(written.drop(ROW, *columns))
