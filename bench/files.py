"""The files that the cases work on: a sampled A社 file, its standard file, a damaged copy, and parts of these."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from damage import damage
from rules import OF_JSON_SCHEMA

STDCONV = (sys.executable, "-m", "stdconv")
MAPPING = "vendor-a/resident-link"
SCHEMA = "resident-link/1.0"


@dataclass(frozen=True)
class Part:
    """The first ``count`` records of each file, with the header."""

    folder: Path
    count: int

    @property
    def legacy(self) -> Path:
        return self.folder / "a.csv"

    @property
    def utf8(self) -> Path:
        return self.folder / "a.utf8.csv"

    @property
    def standard(self) -> Path:
        return self.folder / "standard.csv"

    @property
    def damaged(self) -> Path:
        return self.folder / "damaged.csv"


@dataclass(frozen=True)
class Files:
    """``whole`` is what is measured, ``part`` is for what is slow, ``none`` has headers only.

    ``damages`` says which rows of the damaged files are damaged, and how.
    """

    folder: Path
    whole: Part
    part: Part
    none: Part
    damages: dict[int, str]

    @property
    def run(self) -> Path:
        """A run folder of the whole, made anew by each `convert`."""
        return self.folder / "run"


def make(folder: Path, rows: int, part: int) -> Files:
    """Write all files into ``folder``; nothing here is measured."""
    whole, few, none = (Part(folder / name, n) for name, n in (("whole", rows), ("part", part), ("none", 0)))
    whole.folder.mkdir()
    stdconv("sample", "-m", MAPPING, "--rows", str(rows), "--seed", "1", "-o", str(whole.legacy))
    whole.utf8.write_text(whole.legacy.read_text("cp932"), "utf-8", newline="")
    stdconv("convert", str(whole.legacy), "-m", MAPPING, "-o", str(folder / "first"))
    (folder / "first" / "standard.csv").rename(whole.standard)
    damages = damage(whole.standard, whole.damaged, seed=1, rules=OF_JSON_SCHEMA)
    for each in (few, none):
        each.folder.mkdir()
        for path in (whole.legacy, whole.standard, whole.damaged):
            _head(path, each.count, each.folder / path.name)
    return Files(folder, whole, few, none, damages)


def stdconv(*arguments: str, expect: int = 0) -> None:
    """Run a command that must end with ``expect``."""
    done = subprocess.run((*STDCONV, *arguments), check=False, capture_output=True)
    if done.returncode != expect:
        sys.exit(f"bench: stdconv {arguments[0]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")


def _head(file: Path, count: int, result: Path) -> None:
    """Write the header of ``file`` and its first records, none of which has a line end in a value."""
    with file.open("rb") as given, result.open("wb") as made:
        made.writelines(islice(given, 1 + count))
