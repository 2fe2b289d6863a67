"""What a run that was killed left beside its target: a file or folder that nobody is working on any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stdconv.runs.atomic import ASIDE, AtomicOutput, is_free


@dataclass(frozen=True)
class Remains:
    """A file or folder that was left, and when something in it was last written, in UTC.

    ``is_aside`` says that it is what stood at the target before, which may be the only copy.
    """

    path: Path
    written: str
    is_aside: bool


def remains(target: Path) -> list[Remains]:
    """Return what killed runs to ``target`` left, as long as no run has swept it; what a run is working on is none."""
    output = AtomicOutput(target, is_folder=True)
    try:
        left = [(path, mark) for mark in ("", ASIDE) for path in sorted(output.left(mark))]
    except OSError:
        return []
    return [Remains(path, _written(path), bool(mark)) for path, mark in left if is_free(path)]


def _written(path: Path) -> str:
    moments = []
    for each in _parts(path):
        with suppress(OSError):
            moments.append(each.stat().st_mtime)
    last = datetime.fromtimestamp(max(moments, default=0.0), UTC)
    return last.isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")


def _parts(path: Path) -> Iterator[Path]:
    yield path
    with suppress(OSError):
        yield from path.iterdir()
