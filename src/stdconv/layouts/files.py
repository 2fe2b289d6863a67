"""Files opened for reading: checked, hashed as they are read, their header held against the layout."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from stdconv.definitions.regular import open_raw, open_regular
from stdconv.errors import Fault, Place, UnreadableError
from stdconv.findings.details import in_words
from stdconv.findings.language import LANGUAGES
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts import encoding, pieces
from stdconv.layouts.batches import BATCH, batches
from stdconv.layouts.dialect import JOIN_LIMIT, Dialect
from stdconv.layouts.headings import difference
from stdconv.layouts.pieces import Header, Part

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes there are."""


def quiet(_done: int, _total: int) -> None:
    """Report no progress."""


class _Hashed(io.RawIOBase):
    """A file that hashes (unless nobody asks) and counts what is read from it."""

    def __init__(self, path: Path, progress: Progress, is_hashed: bool) -> None:
        self._file = open_raw(path)
        self.size = os.fstat(self._file.fileno()).st_size
        self.digest = hashlib.sha256()
        self.done = 0
        self._progress = progress
        self._is_hashed = is_hashed

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if self._is_hashed:
            self.digest.update(data)
        self.done += len(data)
        self._progress(self.done, self.size)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


class DelimitedFile:
    """A delimited file being read: ``header`` first, then ``batches``; then ``size`` is the file's.

    So is ``sha256``, unless it is not ``is_hashed``.
    """

    def __init__(self, path: Path, *, progress: Progress = quiet, is_hashed: bool = True) -> None:
        self.path = path
        self._file = _Hashed(path, progress, is_hashed)
        self._start = self._file.read(2 * JOIN_LIMIT)
        if not self._start:
            raise UnreadableError([fault("C0005", file=path)])

    def __enter__(self) -> Self:
        """Return the source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    @property
    def sha256(self) -> str:
        """The hash of what was read so far."""
        return self._file.digest.hexdigest()

    @property
    def size(self) -> int:
        """The number of bytes read so far."""
        return self._file.done

    def header(self, dialect: Dialect) -> Header:
        """Return the header, or raise ``UnreadableError`` where it is not the declared columns in their order."""
        header = pieces.read_header(self._start, dialect)
        if not dialect.header and header is not None:
            return header
        names = self.names(dialect, header)
        if tuple(names) != dialect.headings:
            raise UnreadableError([self._does_not_fit(dialect, difference(names, dialect.headings))])
        return header or Header(b"", b"", [])

    def names(self, dialect: Dialect, header: Header | None = None) -> list[str]:
        """Return the column names that the header has; raises ``UnreadableError`` where they cannot be decoded."""
        header = header or pieces.read_header(self._start, dialect)
        if header is None or header.fields is None:
            raise UnreadableError([self._does_not_fit(dialect, phrase("heading", "none"))])
        names = [encoding.decode(name, dialect) for name in header.fields]
        for number, (name, raw) in enumerate(zip(names, header.fields, strict=True), start=1):
            if name is None:
                shown = f"column={number} {encoding.undecodable(raw, dialect)}"
                detail = {lang: in_words(shown, lang) for lang in LANGUAGES}
                raise UnreadableError([fault("E0005", self.place(dialect), file=self.path, detail=detail)])
        return [name or "" for name in names]

    def _does_not_fit(self, dialect: Dialect, how: dict[str, str]) -> Fault:
        return fault("R0010", self.place(dialect), file=self.path, difference=how)

    def place(self, dialect: Dialect) -> Place:
        """Return where the header begins: blank lines may precede it."""
        header = pieces.read_header(self._start, dialect)
        return Place(str(self.path), header.line(dialect.end) if header is not None else 1)

    def batches(self, header: Header, dialect: Dialect, *, size: int = BATCH) -> Iterator[Part]:
        """Yield what follows the header, in batches that end between records."""
        start = self._start[len(header.before) + len(header.raw) :]
        return batches(self._file, start, dialect, size=size)  # type: ignore[arg-type]


def ensure_regular(path: Path) -> None:
    """Raise ``UnreadableError`` unless ``path`` is a regular file that can be opened."""
    open_raw(path).close()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
