"""The files that the cases work on, each made when a case first asks for it; nothing here is measured."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

import hard
import twenty
from damage import damage
from rules import OF_JSON_SCHEMA

STDCONV = (sys.executable, "-m", "stdconv")
RIVALS = (sys.executable, str(Path(__file__).with_name("rivals.py")))
MAPPING = "vendor-a/resident-link"
FULL = "vendor-a/resident-basic"
PLACES = str(Path(__file__).with_name("layouts") / "fixed.yaml")
SCHEMA = "resident-link/1.0"
SEED = 1


def say(text: str) -> None:
    print(text, file=sys.stderr)


@dataclass(frozen=True)
class Part:
    """``count`` records of a layout: the legacy file, the standard file that it must become, what is refused of it."""

    folder: Path
    label: str
    count: int
    mapping: str = MAPPING
    ends: int = 0

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

    @property
    def refused(self) -> Path:
        return self.folder / "refused.csv"

    @property
    def run(self) -> Path:
        """A run folder of this part."""
        return self.folder / "run"


class Files:
    """``rows`` records, of which the first ``part`` are for what is slow. All of them are synthetic and seeded."""

    def __init__(self, folder: Path, rows: int, part: int) -> None:
        self.folder, self.rows, self.few = folder, rows, part

    @cached_property
    def whole(self) -> Part:
        """Records that `stdconv sample` makes, which have few values in the columns that are no names."""
        part = self._new("sampled", "sampled", self.rows)
        sample(part)
        stdconv("convert", str(part.legacy), "-m", part.mapping, "-o", str(part.run))
        part.standard.hardlink_to(part.run / "standard.csv")
        return part

    @cached_property
    def utf8(self) -> Path:
        """The legacy file of the whole in UTF-8."""
        path = self.whole.folder / "a.utf8.csv"
        with (
            self.whole.legacy.open(encoding="cp932", newline="") as given,
            path.open("w", encoding="utf-8", newline="") as made,
        ):
            shutil.copyfileobj(given, made, 1 << 20)
        return path

    @cached_property
    def part(self) -> Part:
        return self._first("few", "sampled", self.few)

    @cached_property
    def none(self) -> Part:
        return self._first("none", "header only", 0)

    @cached_property
    def damages(self) -> dict[int, str]:
        """Which rows of the damaged file of the whole are damaged, and how; makes that file."""
        say("damaging standard records")
        return damage(self.whole.standard, self.whole.damaged, seed=SEED, rules=OF_JSON_SCHEMA)

    @cached_property
    def unique(self) -> Part:
        part = self._new("unique", "nearly all unique", self.rows)
        hard.write_unique(part.legacy, part.count, seed=SEED)
        by_csv(part)
        stdconv("convert", str(part.legacy), "-m", part.mapping, "-o", str(part.run))
        return part

    @cached_property
    def full(self) -> Part:
        """A tenth of the records, which are about as many bytes. Only that they come back shows that they are right."""
        part = self._new("full", "full record", max(1, self.rows // 10), FULL)
        sample(part)
        stdconv("convert", str(part.legacy), "-m", part.mapping, "-o", str(part.run))
        part.standard.hardlink_to(part.run / "standard.csv")
        return part

    @cached_property
    def twenty(self) -> Part:
        part = self._new("twenty", "20 columns", max(1, self.rows // 2), str(twenty.MAPPING))
        twenty.write(part.folder, part.count, seed=SEED)
        stdconv("convert", str(part.legacy), "-m", part.mapping, "-o", str(part.run))
        return part

    @cached_property
    def fixed(self) -> Part:
        """The records of the whole that fit columns of a fixed width, in such a layout."""
        part = self._new("fixed", "fixed width", self.rows, PLACES)
        layout = ("-m", PLACES, "-o", str(part.legacy), "--fail-on", "never")
        stdconv("restore", str(self.whole.standard), *layout)
        stdconv("convert", str(part.legacy), "-m", PLACES, "-o", str(part.run))
        part.standard.hardlink_to(part.run / "standard.csv")
        return replace(part, count=lines(part.standard))

    @cached_property
    def as_csv(self) -> Part:
        """The same records as CSV."""
        part = replace(self.fixed, folder=self.folder / "as-csv", mapping=MAPPING)
        part.folder.mkdir()
        stdconv("restore", str(self.fixed.standard), "-m", MAPPING, "-o", str(part.legacy))
        part.standard.hardlink_to(self.fixed.standard)
        return part

    @cached_property
    def one_percent(self) -> Part:
        return self._refused("some-refused", "1 % refused", every=100, ends=1)

    @cached_property
    def all_refused(self) -> Part:
        return self._refused("all-refused", "100 % refused", every=1, ends=4)

    def _refused(self, name: str, label: str, *, every: int, ends: int) -> Part:
        part = self._new(name, label, self.rows, ends=ends)
        hard.write_refused(self.whole.legacy, self.whole.standard, part.folder, every=every, seed=SEED)
        return part

    def _new(self, name: str, label: str, count: int, mapping: str = MAPPING, ends: int = 0) -> Part:
        part = Part(self.folder / name, label, count, mapping, ends)
        part.folder.mkdir()
        say(f"making {count:,} records: {label}")
        return part

    def _first(self, name: str, label: str, count: int) -> Part:
        """Return the first records of the whole, damaged ones included."""
        assert self.damages is not None
        part = self._new(name, label, count)
        for path in (self.whole.legacy, self.whole.standard, self.whole.damaged):
            head(path, count, part.folder / path.name)
        return part


def sample(part: Part) -> None:
    """Write the legacy file of ``part``."""
    stdconv("sample", "-m", part.mapping, "--rows", str(part.count), "--seed", str(SEED), "-o", str(part.legacy))


def by_csv(part: Part) -> None:
    """Write what the legacy file of ``part`` must become, by Python's csv module and without stdconv."""
    subprocess.run((*RIVALS, "csv", str(part.legacy), str(part.standard)), check=True)


def stdconv(*arguments: str, expect: int = 0) -> None:
    """Run a command that must end with ``expect``."""
    done = subprocess.run((*STDCONV, *arguments), check=False, capture_output=True)
    if done.returncode != expect:
        sys.exit(f"bench: stdconv {arguments[0]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")


def lines(file: Path) -> int:
    """Return how many records a CSV file has, none of which has a line end in a value."""
    with file.open("rb") as given:
        return sum(1 for _ in given) - 1


def head(file: Path, count: int, result: Path) -> None:
    """Write the header of ``file`` and its first records, none of which has a line end in a value."""
    with file.open("rb") as given, result.open("wb") as made:
        made.writelines(islice(given, 1 + count))
