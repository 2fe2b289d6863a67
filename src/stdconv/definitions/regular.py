"""Files from outside, opened: regular ones only, so that nothing ever waits for a pipe or a device."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from stdconv.errors import UnreadableError
from stdconv.findings.registry import fault

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LIMITS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""The system's errors that are nothing about the file."""


class _Regular(io.FileIO):
    """A regular file, unbuffered; what goes wrong while it is read is its own fault and no other file's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(path, "rb", opener=_opened)

    def read(self, size: int | None = -1) -> bytes:
        """Return up to ``size`` bytes."""
        try:
            return super().read(-1 if size is None else size) or b""
        except OSError as error:
            raise _unreadable(self._path, error) from None

    def readall(self) -> bytes:
        """Return what is left."""
        return self.read()

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill ``buffer``, which is how buffered readers read."""
        try:
            return super().readinto(buffer) or 0
        except OSError as error:
            raise _unreadable(self._path, error) from None


def open_raw(path: Path) -> io.FileIO:
    """Open a regular file for reading without a buffer.

    Raises ``UnreadableError`` (also while it is read) for a folder, a pipe, a socket or a device, and for what cannot
    be opened.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # before it is opened: opening a device may do something
            raise UnreadableError([fault("C0004", file=path)])
        file = _Regular(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # exchanged in between
        file.close()
        raise UnreadableError([fault("C0004", file=path)])
    return file


def open_regular(path: Path) -> io.BufferedReader:
    """Open a regular file for reading. Raises as ``open_raw`` does."""
    return io.BufferedReader(open_raw(path))


def read_bytes(path: Path) -> bytes:
    """Return what is in a regular file. Raises as ``open_raw`` does."""
    with open_raw(path) as file:
        return file.read()


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(path: Path, error: OSError) -> UnreadableError:
    if error.errno in LIMITS:
        return UnreadableError([fault("C0054", file=path, problem=error.strerror)])
    return UnreadableError([fault("C0003", file=path, problem=error.strerror)])
