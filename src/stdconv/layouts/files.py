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
from stdconv.errors import Place
from stdconv.layouts.batches import BATCH, batches
from stdconv.layouts.beginnings import ENOUGH, TOLD_BY, Beginning
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import ENCODINGS, Encoding, Readable
from stdconv.layouts.parts import Header, Part
from stdconv.layouts.progress import UNWATCHED, Watch


class _Hashed(io.RawIOBase):
    """A file that hashes (unless nobody asks) and counts what is read from it."""

    def __init__(self, path: Path, watch: Watch, is_hashed: bool) -> None:
        self._file = open_raw(path)
        self.size = os.fstat(self._file.fileno()).st_size
        self.digest = hashlib.sha256()
        self.done = 0
        self.first = b""
        self._watch = watch
        self._is_hashed = is_hashed

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if self._is_hashed:
            self.digest.update(data)
        self.first = self.first or data[:TOLD_BY]
        self.done += len(data)
        self._watch.tell(self.done, self.size, "bytes")
        return data

    def close(self) -> None:
        self._file.close()
        super().close()


class _Ending:
    """A file whose last byte is noted."""

    def __init__(self, file: Readable) -> None:
        self.last = b""
        self._file = file

    def read(self, size: int, /) -> bytes:
        """Return what the file gives."""
        data = self._file.read(size)
        self.last = data[-1:] or self.last
        return data


class DelimitedFile:
    """A delimited file being read: ``header`` first, then ``batches``; then ``size`` is the file's.

    So is ``sha256``, unless it is not ``is_hashed``.
    """

    def __init__(
        self, path: Path, encoding: Encoding = "utf-8", *, watch: Watch = UNWATCHED, is_hashed: bool = True
    ) -> None:
        self.path = path
        self._file = _Hashed(path, watch, is_hashed)
        self._inside = _Ending(ENCODINGS[encoding].reading(self._file))
        try:
            self._beginning = Beginning(self._inside.read(ENOUGH), path, self._file.first)
        except BaseException:
            self._file.close()
            raise

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

    @property
    def size_at_first(self) -> int:
        """The number of bytes that it had when it was opened."""
        return self._file.size

    @property
    def last(self) -> bytes:
        """The last byte read so far, of those that are worked on."""
        return self._inside.last

    def header(self, dialect: Dialect) -> Header:
        """Return the header as it is in the file.

        Raises ``UnreadableError`` where it is not the declared columns in their order.
        """
        return self._beginning.header(dialect)

    def found(self, dialect: Dialect) -> Header:
        """Return what is in front of the first record, whatever columns it names."""
        return self._beginning.found(dialect)

    def names(self, dialect: Dialect) -> list[str]:
        """Return the column names that the header has; raises ``UnreadableError`` where they cannot be decoded."""
        return self._beginning.names(dialect)

    def headings(self, dialect: Dialect) -> list[str]:
        """Return the declared columns' headings in the order of the header; raises as ``header`` does."""
        return self._beginning.headings(dialect)

    def in_order(self, dialect: Dialect) -> Dialect:
        """Return ``dialect`` with its columns in the order of the header, where they are found by name."""
        return self._beginning.in_order(dialect)

    def place(self, dialect: Dialect) -> Place:
        """Return where the header begins: title lines and blank ones may precede it."""
        return self._beginning.place(dialect)

    def batches(self, dialect: Dialect, *, size: int = BATCH) -> Iterator[Part]:
        """Yield what follows the header, in batches that end between records."""
        return batches(self._inside, self._beginning.behind(dialect), dialect, size=size)


def ensure_regular(path: Path) -> None:
    """Raise ``UnreadableError`` unless ``path`` is a regular file that can be opened."""
    open_raw(path).close()


def sha256_of(path: Path, moved: Callable[[int], None] | None = None) -> str:
    """Return the SHA-256 of a file, read in blocks; ``moved`` is called with the size of each."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(BATCH):
            digest.update(block)
            if moved is not None:
                moved(len(block))
    return digest.hexdigest()
