"""Control files (.hed) beside a file, which say its name, size and number of lines: read, held against it, written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl

from stdconv.definitions.regular import open_raw, open_regular
from stdconv.errors import UnreadableError
from stdconv.findings.frames import about_file, empty
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.shown import Counted
from stdconv.layouts import encoding
from stdconv.layouts.batches import BATCH
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import MARK
from stdconv.reports.model import ControlUse

SUFFIXES = (".hed", ".HED")
LIMIT = 4096
"""How many bytes a control file may have: a name and two numbers need no more."""
DIGITS = re.compile(rb"[0-9]{1,18}")


@dataclass(frozen=True, repr=False)
class Control(Counted):
    """A control file: ``data`` is all of it, ``name`` what it says the file is called, ``ways`` what is odd in it."""

    path: Path
    data: bytes
    name: bytes
    size: int
    lines: int
    ways: tuple[str, ...] = ()

    def of_name(self, file: Path, dialect: Dialect) -> Iterator[pl.DataFrame]:
        """Yield that it is written unusually, and that it is about a file of another name."""
        for way in self.ways:
            yield about_file("C0104", side="legacy", detail=way)
        names = {file.name.encode("utf-8", "surrogateescape"), *_encoded(file.name, dialect)}
        if self.name not in names:
            is_path = any(self.name.endswith(sign + name) for name in names for sign in (b"/", b"\\"))
            yield about_file("C0104", side="legacy", detail="path") if is_path else about_file("C0103", side="legacy")

    def of_size(self, size: int) -> Iterator[pl.DataFrame]:
        """Yield that it says another size than the file has."""
        if size != self.size:
            yield about_file("C0105", side="legacy", detail=f"bytes={size} expected={self.size}")

    def of_count(self, records: int, lines: int) -> Iterator[pl.DataFrame]:
        """Yield that it says neither the number of records nor that of lines behind the header."""
        if self.lines not in (records, lines):
            detail = f"records={records} lines={lines} expected={self.lines}"
            yield about_file("C0106", side="legacy", detail=detail)


@dataclass(frozen=True)
class Beside:
    """A file and the ``control`` file beside it; ``None`` where none is asked for, or it ``is_lacking``."""

    file: Path
    control: Control | None = None
    is_lacking: bool = False

    @classmethod
    def of(cls, file: Path, *, is_needed: bool, is_asked: bool) -> Self:
        """Read the control file of ``file``; without one, raise ``UnreadableError`` where the layout needs it."""
        control = read_control(file) if is_needed or is_asked else None
        if control is None and is_needed:
            name, other = control_path(file).name, f"{file.name}{SUFFIXES[0]}"
            raise UnreadableError([fault("C0100", file=file, name=name, other=other)])
        return cls(file, control, is_lacking=is_asked and control is None)

    def of_size(self, size: int) -> pl.DataFrame:
        """Return that a file of that size is not the one that its control file is about."""
        control = self.control
        return empty() if control is None else pl.concat([empty(), *control.of_size(size)])

    def found(self, dialect: Dialect, size: int, records: int, lines: int) -> pl.DataFrame:
        """Return all that is found, once the file was read."""
        if (control := self.control) is None:
            return about_file("C0102", side="legacy") if self.is_lacking else empty()
        numbers = (*control.of_size(size), *control.of_count(records, lines))
        return pl.concat([empty(), *control.of_name(self.file, dialect), *numbers])

    def use(self, size: int, records: int, lines: int) -> ControlUse | None:
        """Return what the control file says beside what was counted, for the report."""
        if (control := self.control) is None:
            return None
        counted = {"counted_bytes": size, "counted_records": records, "counted_lines": lines}
        return ControlUse(name=control.path.name, bytes=control.size, lines=control.lines, **counted)


def control_paths(file: Path) -> list[Path]:
    """Return the control files that are beside ``file``: ``NAME.hed`` or ``NAME.csv.hed`` for ``NAME.csv``."""
    names = dict.fromkeys(stem + suffix for suffix in SUFFIXES for stem in (file.stem, file.name))
    beside = (file.with_name(name) for name in names if name != file.name)
    return [path for path in beside if os.path.lexists(path)]


def read_control(file: Path) -> Control | None:
    """Read the control file beside ``file``; ``None`` where there is none.

    Raises ``UnreadableError`` where it is none that can be understood, or where two say different things.
    """
    found = [_read(path) for path in control_paths(file)]
    if len({each.data for each in found}) > 1:
        raise _not_understood(found[1].path, "two", other=found[0].path.name)
    return found[0] if found else None


def _read(path: Path) -> Control:
    with open_raw(path) as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise _not_understood(path, "large", limit=LIMIT)
    body = data.removeprefix(MARK)
    lines = body.splitlines()
    if len(lines) != 3:
        raise _not_understood(path, "lines", lines=len(lines))
    name, size, count = lines
    if not DIGITS.fullmatch(size) or not DIGITS.fullmatch(count):
        raise _not_understood(path, "numbers")
    usual = b"\r\n".join(lines)
    ways = {
        "mark": body != data,
        "last-end": body.endswith((b"\r", b"\n")),
        "line-ends": body.rstrip(b"\r\n") != usual,
    }
    return Control(path, data, name, int(size), int(count), tuple(way for way, is_so in ways.items() if is_so))


def _not_understood(path: Path, problem: str, **words: object) -> UnreadableError:
    return UnreadableError([fault("C0101", file=path, problem=phrase("control", problem, **words))])


def _encoded(name: str, dialect: Dialect) -> Iterator[bytes]:
    """Yield a file's name as the layout writes texts, and as Windows does."""
    for each in (dialect, Dialect(("",), "cp932")):
        data = encoding.encode(name, each)
        if data is not None:
            yield data


def control_path(file: Path, original: str = "", control: str = SUFFIXES[0]) -> Path:
    """Return where the control file of ``file`` is written: as ``control`` was called beside the ``original``.

    >>> control_path(Path("b.csv")).name, control_path(Path("b.csv"), "a.csv", "a.csv.HED").name
    ('b.hed', 'b.csv.HED')
    """
    suffix = control[-len(SUFFIXES[0]) :]
    is_whole = bool(original) and control == original + suffix and Path(original).suffix != ""
    name = f"{file.name if is_whole else file.stem}{suffix}"
    return file.with_name(name if name != file.name else f"{file.name}{suffix}")


def control_bytes(file: Path, name: str, dialect: Dialect, records: int) -> bytes:
    """Return the control file of a finished ``file`` of so many records, which is to be called ``name``.

    It says how many lines there are behind the header; of a file without lines, how many records.
    """
    lines = lines_in(file, dialect) if dialect.terminator else records
    called = next(_encoded(name, dialect), name.encode("utf-8", "surrogateescape"))
    said = re.sub(rb"[\r\n]", b"_", called)
    return b"\r\n".join([said, str(file.stat().st_size).encode(), str(lines).encode()])


def lines_in(file: Path, dialect: Dialect) -> int:
    """Return how many lines a file has behind its header; the last one may be without an end."""
    ends, last = 0, dialect.end
    with open_regular(file) as opened:
        worked_on = dialect.coding.reading(opened)
        while block := worked_on.read(BATCH):
            ends, last = ends + block.count(dialect.end), block[-1:]
    headers = dialect.before + bool(dialect.header) + is_header_of_kind(dialect)
    return max(0, ends + (last != dialect.end) - headers)


def lines_behind(ended: int, last: bytes, records: int, dialect: Dialect) -> int:
    """Return how many lines are behind the header, where so many are ``ended`` there and ``last`` is the last byte.

    A header that is a record of its kind is among them. A file of no records, or without lines, has as many as records.
    """
    if not records or not dialect.terminator:
        return records
    return max(0, ended + (last != dialect.end) - is_header_of_kind(dialect))


def is_header_of_kind(dialect: Dialect) -> bool:
    """Return whether the header is a record of its own kind."""
    return dialect.kinds is not None and bool(dialect.kinds.header)
