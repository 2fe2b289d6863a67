"""How time and memory grow: conversion and pass-through of the first records of large files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from cases import Case, converted, passed
from files import SEED, Part, by_csv, head, sample, say
from hard import write_unique

COUNTS = (100_000, 1_000_000, 3_000_000, 10_000_000)
BYTES = 700
"""What is written for a record: both files, what they become and what is held against it."""


def up_to(rows: int | None) -> list[int]:
    """Return the numbers of records, of which ``rows`` is the last."""
    return [*COUNTS] if rows is None else [*(count for count in COUNTS if count < rows), rows]


def cases(folder: Path, counts: Sequence[int]) -> Iterator[Case]:
    """Yield what is measured; ends the bench if there is no room for its files."""
    needed, free = BYTES * sum(counts), shutil.disk_usage(folder).free
    if free < needed:
        sys.exit(f"bench: needs {needed / 1e9:.1f} GB in {folder}, {free / 1e9:.1f} GB are free: give fewer --rows")
    for name, label in (("sampled", "sampled"), ("unique", "nearly all unique")):
        whole = _part(folder / name, label, max(counts))
        if name == "sampled":
            sample(whole)
        else:
            write_unique(whole.legacy, whole.count, seed=SEED)
        by_csv(whole)
        for count in counts:
            part = whole if count == whole.count else _first(whole, count)
            yield passed(part)
            yield converted(part)


def _part(folder: Path, label: str, count: int) -> Part:
    say(f"making {count:,} records: {label}")
    folder.mkdir()
    return Part(folder, label, count)


def _first(whole: Part, count: int) -> Part:
    part = _part(whole.folder / str(count), whole.label, count)
    head(whole.legacy, count, part.legacy)
    head(whole.standard, count, part.standard)
    return part
