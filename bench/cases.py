"""What is measured: stdconv's commands and what else there is, each a command line of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from files import MAPPING, SCHEMA, STDCONV, Files, Part

RIVALS = (sys.executable, str(Path(__file__).with_name("rivals.py")))
BARE = "bare interpreter"
BASE = "pass-through"
BESIDE = (("convert", "csv module"), ("convert", "pandas"), ("validate", "pydantic"), ("validate", "jsonschema"))
"""Ours and theirs, with an equal result."""


@dataclass(frozen=True)
class Case:
    """One thing measured: ``makes`` is removed before each run, ``same_as`` must equal the last of it afterwards.

    A run works through ``count`` records or examples, without any it is a start-up, and exits with ``ends``.
    """

    name: str
    what: str
    command: tuple[str, ...]
    makes: tuple[Path, ...] = ()
    same_as: Path | None = None
    count: int = 0
    unit: str = "records"
    ends: int = 0

    @property
    def is_startup(self) -> bool:
        return self.count == 0


def cases(files: Files, examples: int) -> Iterator[Case]:
    """Yield what is measured, in an order in which each finds its input."""
    yield Case(BARE, "python -c pass", (sys.executable, "-c", "pass"))
    yield Case("--help", "stdconv --help", (*STDCONV, "--help"))
    yield from _converts(files, files.none, files.folder / "run-of-none")
    yield from _validates(files, files.none, files.none)
    yield from _passes(files)
    yield from _converts(files, files.whole, files.run)
    yield from _restores(files)
    yield from _validates(files, files.whole, files.part)
    yield from _proves(examples)


def _passes(files: Files) -> Iterator[Case]:
    whole, made = files.whole, files.folder / "passed.csv"
    command = (*RIVALS, "pass", str(whole.legacy), str(made))
    yield Case(BASE, "polars, the CP932 file as lossy UTF-8", command, (made,), None, whole.count)
    command = (*RIVALS, "pass", str(whole.utf8), str(made))
    yield Case(f"{BASE}, UTF-8", "polars", command, (made,), None, whole.count)


def _converts(files: Files, part: Part, run: Path) -> Iterator[Case]:
    command: tuple[str, ...] = (*STDCONV, "convert", str(part.legacy), "-m", MAPPING, "-o", str(run))
    made: tuple[Path, ...] = (run, run / "standard.csv")
    yield Case("convert", "guard, schema, residue, findings, hashes", command, made, part.standard, part.count)
    for name, rival in (("csv module", "csv"), ("pandas", "pandas")):
        made = (files.folder / f"{rival}.csv",)
        command = (*RIVALS, rival, str(part.legacy), str(made[0]))
        yield Case(name, "the translations only, nothing checked", command, made, part.standard, part.count)


def _restores(files: Files) -> Iterator[Case]:
    whole, again, other = files.whole, files.folder / "again.csv", files.folder / "b.csv"
    command: tuple[str, ...] = (*STDCONV, "restore", str(files.run), "-o", str(again))
    yield Case("restore", "hashes checked", command, (again,), whole.legacy, whole.count)
    layout = ("-m", "vendor-b/resident-link", "-o", str(other), "--fail-on", "never")
    made = tuple(files.folder / f"b.csv{suffix}" for suffix in ("", ".names.csv", ".refused.csv", ".report.json"))
    command = (*STDCONV, "restore", str(whole.standard), *layout)
    yield Case("restore -m", "into B社's layout, which refuses foreigners", command, made, None, whole.count)
    options = ("-m", MAPPING, "--rows", str(whole.count), "--seed", "1", "-o", str(again))
    yield Case("sample", "as many records again", (*STDCONV, "sample", *options), (again,), whole.legacy, whole.count)


def _validates(files: Files, part: Part, slow: Part) -> Iterator[Case]:
    command: tuple[str, ...] = (*STDCONV, "validate", str(part.standard), "-s", SCHEMA)
    yield Case("validate", "schema, eras against dates, unique keys", command, count=part.count)
    checks = "required, characters, length, codes, calendar, era by kind"
    for rival, each, more in (("pydantic", part, ""), ("jsonschema", slow, "; not a name's length")):
        made = (files.folder / f"{rival}.txt",)
        command = (*RIVALS, rival, str(each.standard), str(made[0]))
        yield Case(rival, f"record by record: {checks}{more}", command, made, None, each.count)


def _proves(examples: int) -> Iterator[Case]:
    command = (*STDCONV, "prove", MAPPING, "--records", str(examples), "--seed", "0")
    yield Case("prove", "generated records, there and back", command, count=examples, unit="examples")
