"""What is measured: stdconv's commands and what else there is, each a command line of its own, in groups."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from files import FULL, MAPPING, RIVALS, SCHEMA, STDCONV, Files, Part

FED, UNCOUNTED = (Path(__file__).with_name(name) for name in ("fed.py", "uncounted.py"))
BARE = "bare interpreter"
BASE = "pass-through"
OF_STANDARD = ", standard.csv"
"""Said of a file that is not the legacy one."""
BESIDE = (("convert", "csv module"), ("convert", "pandas"), ("validate", "pydantic"), ("validate", "jsonschema"))
"""Ours and theirs, with an equal result."""
OTHERS = {"beside": ("pandas", "pydantic", "jsonschema")}
"""What is installed for a group alone."""


@dataclass(frozen=True)
class Case:
    """One thing measured: ``makes`` is removed before each run; in each pair of ``same``, both are equal afterwards.

    A run works through ``count`` records or examples, without any it is a start-up, and exits with ``ends``. ``file``
    says which file it reads, so that it is compared with the pass-through of that one.
    """

    name: str
    what: str
    command: tuple[str, ...]
    makes: tuple[Path, ...] = ()
    same: tuple[tuple[Path, Path], ...] = ()
    count: int = 0
    unit: str = "records"
    ends: int = 0
    file: str = ""

    @property
    def is_startup(self) -> bool:
        return self.count == 0


def cases(files: Files, examples: int, groups: Iterable[str]) -> list[Case]:
    """Return what is measured, each once; what it reads is made here."""
    chosen = (case for name, group in GROUPS.items() if name in groups for case in group(files, examples))
    return list(dict.fromkeys(chosen))


def _startup(_files: Files, _examples: int) -> Iterator[Case]:
    yield Case(BARE, "python -c pass", (sys.executable, "-c", "pass"))
    yield Case("--help", "stdconv --help", (*STDCONV, "--help"))
    yield Case("lint", f"stdconv lint {FULL}", (*STDCONV, "lint", FULL))


def _sampled(files: Files, _examples: int) -> Iterator[Case]:
    whole = files.whole
    yield passed(whole)
    yield _passed(f"{BASE}, UTF-8", "polars", files.utf8, whole)
    yield converted(whole)


def _counted(files: Files, _examples: int) -> Iterator[Case]:
    """The same conversions with people and tables and without: in one run, so that they differ by what these cost."""
    for part in (files.whole, files.full):
        yield passed(part)
        yield converted(part)
        bare = converted(part)
        command = (sys.executable, str(UNCOUNTED), *bare.command[len(STDCONV) :])
        yield replace(bare, name="convert, nothing counted", what="neither people nor tables", command=command)


def _unique(files: Files, _examples: int) -> Iterator[Case]:
    yield from _there_and_back(files.unique)


def _refused(files: Files, _examples: int) -> Iterator[Case]:
    for part in (files.one_percent, files.all_refused):
        yield passed(part)
        yield converted(part)


def _full(files: Files, _examples: int) -> Iterator[Case]:
    yield from _there_and_back(files.full)


def _twenty(files: Files, _examples: int) -> Iterator[Case]:
    yield from _there_and_back(files.twenty)


def _fixed(files: Files, _examples: int) -> Iterator[Case]:
    """The same records twice: in columns of a fixed width, and as CSV, which the pass-through reads."""
    yield passed(files.as_csv)
    yield replace(converted(files.as_csv), name="convert, as CSV")
    yield converted(files.fixed)
    yield passed_standard(files.as_csv)
    yield replace(restored(files.fixed), name="restore")


def _there_and_back(part: Part) -> Iterator[Case]:
    yield passed(part)
    yield converted(part)
    yield passed_standard(part)
    yield restored(part)


def _restore(files: Files, _examples: int) -> Iterator[Case]:
    whole, other, again = files.whole, files.folder / "b.csv", files.folder / "again.csv"
    yield passed_standard(whole)
    yield restored(whole)
    layout = ("-m", "vendor-b/resident-link", "-o", str(other), "--fail-on", "never")
    suffixes = ("", ".names.csv", ".refused.csv", ".refused-causes.csv", ".report.json")
    made = tuple(files.folder / f"b.csv{suffix}" for suffix in suffixes)
    command: tuple[str, ...] = (*STDCONV, "restore", str(whole.standard), *layout)
    what = "into B社's layout, which refuses foreigners"
    yield Case("restore -m", what, command, made, count=whole.count, file=_standard(whole))
    options = ("-m", MAPPING, "--rows", str(whole.count), "--seed", "1", "-o", str(again))
    command, same = (*STDCONV, "sample", *options), ((again, whole.legacy),)
    yield Case("sample", "as many records again", command, (again,), same, whole.count)


def _validate(files: Files, _examples: int) -> Iterator[Case]:
    yield passed_standard(files.whole)
    yield _validated(files.whole)


def _beside(files: Files, examples: int) -> Iterator[Case]:
    yield from _startup(files, examples)
    for part, slow in ((files.none, files.none), (files.whole, files.part)):
        if part.count:
            yield passed(part)
            yield passed_standard(part)
        yield converted(part)
        for name, rival in (("csv module", "csv"), ("pandas", "pandas")):
            made = files.folder / f"{rival}.csv"
            command, same = (*RIVALS, rival, str(part.legacy), str(made)), ((made, part.standard),)
            what = "the translations only, nothing checked"
            yield Case(name, what, command, (made,), same, part.count, file=part.label)
        yield _validated(part)
        checks = "required, characters, length, codes, calendar, era by kind"
        for rival, each, more in (("pydantic", part, ""), ("jsonschema", slow, "; not a name's length")):
            made = files.folder / f"{rival}.txt"
            command, what = (*RIVALS, rival, str(each.standard), str(made)), f"record by record: {checks}{more}"
            yield Case(rival, what, command, (made,), count=each.count, file=_standard(each))


def _proves(_files: Files, examples: int) -> Iterator[Case]:
    command = (*STDCONV, "prove", MAPPING, "--records", str(examples), "--seed", "0")
    yield Case("prove", "generated records, there and back", command, count=examples, unit="examples")


def _sessions(_files: Files, _examples: int) -> Iterator[Case]:
    for way, what in (
        ("frame", "20,000 at once"),
        ("feed_each", "in hundreds"),
        ("feed", "100 at a time, each alone"),
    ):
        yield Case(f"session, {way}", what, (sys.executable, str(FED), "--by", way, MAPPING), count=20_000)


GROUPS: dict[str, Callable[[Files, int], Iterator[Case]]] = {
    "startup": _startup,
    "convert": _sampled,
    "counted": _counted,
    "unique": _unique,
    "refused": _refused,
    "full": _full,
    "twenty": _twenty,
    "fixed": _fixed,
    "restore": _restore,
    "validate": _validate,
    "beside": _beside,
    "prove": _proves,
    "sessions": _sessions,
}


def passed(part: Part) -> Case:
    """Return the pass-through of the legacy file: what the other cases that read it are held against."""
    return _passed(BASE, "polars, the CP932 file as lossy UTF-8", part.legacy, part)


def passed_standard(part: Part) -> Case:
    return replace(_passed(BASE, "polars", part.standard, part), file=_standard(part))


def _passed(name: str, what: str, file: Path, part: Part) -> Case:
    made = part.folder / "passed.csv"
    return Case(name, what, (*RIVALS, "pass", str(file), str(made)), (made,), count=part.count, file=part.label)


def converted(part: Part) -> Case:
    """Return the conversion, which must give the standard file, and the refused records if there are any."""
    run = part.folder / "converted"
    command = (*STDCONV, "convert", str(part.legacy), "-m", part.mapping, "-o", str(run))
    wanted = (part.standard, *([part.refused] if part.ends else []))
    same = tuple((run / path.name, path) for path in wanted)
    what = "guard, schema, residue, findings, hashes"
    return Case("convert", what, command, (run,), same, part.count, ends=part.ends, file=part.label)


def restored(part: Part) -> Case:
    again = part.folder / "again.csv"
    command, same = (*STDCONV, "restore", str(part.run), "-o", str(again)), ((again, part.legacy),)
    return Case("restore", "hashes checked", command, (again,), same, part.count, file=_standard(part))


def _validated(part: Part) -> Case:
    command = (*STDCONV, "validate", str(part.standard), "-s", SCHEMA)
    what = "schema, eras against dates, unique keys"
    return Case("validate", what, command, count=part.count, file=_standard(part))


def _standard(part: Part) -> str:
    return part.label + OF_STANDARD
