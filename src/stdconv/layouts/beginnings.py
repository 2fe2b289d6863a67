"""The beginning of delimited bytes, wherever they come from: their header, held against the layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stdconv.errors import Fault, Place, UnreadableError
from stdconv.findings.details import in_words
from stdconv.findings.language import LANGUAGES
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts import encoding, pieces
from stdconv.layouts.dialect import JOIN_LIMIT, Dialect
from stdconv.layouts.encodings import LONGEST, MARK, MARKS, is_mark_damaged, other_mark
from stdconv.layouts.headings import difference, joined_texts, unknown_headings
from stdconv.layouts.parts import Header

OTHERS = {
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "xls",
    b"\x1f\x8b\x08": "gzip",
    b"PAR1\x15": "parquet",
    b"%PDF-": "pdf",
}
"""What files that are often given in the place of delimited ones begin with."""
TOLD_BY = max(map(len, OTHERS))
"""How many bytes at the front of a file say what it is."""
ENOUGH = 2 * JOIN_LIMIT
"""Of how many bytes the header is read."""


class Beginning:
    """The first bytes of ``file`` (as faults call it) as they are worked on: ``ENOUGH`` of them, or all.

    ``first`` are those with which the file itself begins, where they are others. Raises ``UnreadableError`` where
    there are none.
    """

    def __init__(self, data: bytes, file: str | Path, first: bytes | None = None) -> None:
        if not data:
            raise UnreadableError([fault("C0005", file=file)])
        self.data = data
        self.file = file
        self._first = data if first is None else first

    def found(self, dialect: Dialect) -> Header:
        """Return what is in front of the first record, whatever columns it names."""
        return pieces.read_header(self.data, dialect) or Header(b"", b"", [])

    def header(self, dialect: Dialect) -> Header:
        """Return the header as the file has it, or raise ``UnreadableError``.

        That is where it is not the declared columns in their order, and where the file is of another kind.
        """
        self._ensure_encoding(dialect)
        header = pieces.read_header(self.data, dialect)
        if dialect.header or header is None:
            if pieces.behind_titles(self.data, dialect) is None:
                raise UnreadableError([self._without_titles(dialect)])
            if other := self._other():
                raise UnreadableError([self._does_not_fit(dialect, other)])
            names = self.names(dialect, header)
            if not _fit(names, dialect):
                raise UnreadableError([self._does_not_fit(dialect, _misfit(names, dialect))])
        elif dialect.begins_with_text and (other := self._other()):
            raise UnreadableError([fault("R0025", Place(str(self.file), 1), file=self.file, problem=other)])
        header, outside = header or Header(b"", b"", []), dialect.coding.outside
        return replace(header, before=outside(header.before), raw=outside(header.raw))

    def headings(self, dialect: Dialect) -> list[str]:
        """Return the declared columns' headings in the order of the header; raises as ``header`` does."""
        return self.names(dialect, self.header(dialect))

    def in_order(self, dialect: Dialect) -> Dialect:
        """Return ``dialect`` with its columns in the order of the header, where they are found by name.

        Raises as ``header`` does.
        """
        return dialect.in_order(self.headings(dialect)) if dialect.header == "by_name" else dialect

    def names(self, dialect: Dialect, header: Header | None = None) -> list[str]:
        """Return the column names that the header has; raises ``UnreadableError`` where they cannot be decoded."""
        self._ensure_encoding(dialect)
        if self._is_blank():
            raise UnreadableError([fault("C0005", file=self.file)])
        header = header or pieces.read_header(self.data, dialect)
        if header is None or header.fields is None:
            raise UnreadableError([self._does_not_fit(dialect, self._other() or phrase("heading", "none"))])
        names = [encoding.decode(name, dialect) for name in header.fields]
        for number, (name, raw) in enumerate(zip(names, header.fields, strict=True), start=1):
            if name is None:
                shown = f"column={number} {encoding.undecodable(raw, dialect)}"
                detail = self._other() or {lang: in_words(shown, lang) for lang in LANGUAGES}
                raise UnreadableError([fault("E0005", self.place(dialect), file=self.file, detail=detail)])
        return [name or "" for name in names]

    def _ensure_encoding(self, dialect: Dialect) -> None:
        """Raise ``UnreadableError`` where the file begins with the mark of another encoding."""
        found = other_mark(self._first, dialect.encoding)
        if found and dialect.begins_with_text:
            place = Place(str(self.file), 1)
            raise UnreadableError([fault("E0007", place, file=self.file, found=found, declared=dialect.encoding)])

    def _is_blank(self) -> bool:
        """Return whether there is nothing but a mark and blank lines."""
        return len(self.data) < ENOUGH and not self.data.removeprefix(MARK).strip(b"\r\n")

    def _other(self) -> dict[str, str] | None:
        """Return, by language, what kind of file it is instead of a delimited one, where its first bytes say so."""
        found = next((kind for begin, kind in OTHERS.items() if self._first.startswith(begin)), None)
        return phrase("other-file", found) if found else None

    def _does_not_fit(self, dialect: Dialect, how: dict[str, str]) -> Fault:
        if is_mark_damaged(self._first, dialect.encoding):
            how = phrase("heading", "mark")
        if dialect.header == "any_of":
            return fault("R0035", self.place(dialect), file=self.file, difference=how)
        if dialect.header == "by_name":
            return fault("R0020", self.place(dialect), file=self.file, difference=how)
        if not dialect.columns:  # of a standard file, whose schema knows them
            return fault("R0036", self.place(dialect), file=self.file, difference=how)
        return fault("R0010", self.place(dialect), file=self.file, difference=how)

    def _without_titles(self, dialect: Dialect) -> Fault:
        how = "long" if len(self.data) > JOIN_LIMIT else "end"
        problem = self._other() or phrase("titles", how, limit=JOIN_LIMIT // 1024)
        return fault("R0027", self.place(dialect), file=self.file, expected=dialect.before, problem=problem)

    def place(self, dialect: Dialect) -> Place:
        """Return where the header begins: title lines and blank ones may precede it."""
        header = pieces.read_header(self.data, dialect)
        return Place(str(self.file), header.line(dialect.end) if header is not None else 1)

    def behind(self, dialect: Dialect) -> bytes:
        """Return what follows the header in these bytes."""
        header = self.found(dialect)
        return self.data[len(header.before) + len(header.raw) :]


def _fit(names: Sequence[str], dialect: Dialect) -> bool:
    """Return whether a header has the declared headings: in their order, or all or some of them in any order."""
    if dialect.header == "any_of":
        return {*dialect.headings, *dialect.absent}.issuperset(names) and len(set(names)) == len(names)
    if dialect.header == "by_name":
        return sorted(dialect.declared(names)) == sorted(dialect.headings)
    return tuple(names) == dialect.headings


def _misfit(names: Sequence[str], dialect: Dialect) -> dict[str, str]:
    if dialect.header == "any_of":
        return joined_texts(unknown_headings(names, (*dialect.headings, *dialect.absent)))
    return difference(dialect.declared(names), dialect.headings)


def is_enough(data: bytes, dialect: Dialect) -> bool:
    """Return whether ``data`` tells the header, whatever follows it."""
    if len(data) >= ENOUGH:
        return True
    if not dialect.header and not dialect.before:
        return len(data) >= LONGEST or not any(mark.startswith(data) for mark in MARKS)
    header = pieces.read_header(data, dialect)
    return header is not None and (not dialect.header or header.raw.endswith(dialect.end))
