"""Targets that appear whole or not at all: made next to their place under a lock, synced, renamed."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import string
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from stdconv.errors import DefinitionError, UnprovenError, UnreadableError
from stdconv.findings.registry import fault

if sys.platform != "win32":
    import fcntl

ASIDE = "aside-"
"""What marks the name of an old folder for which a new one has not come yet."""
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of renameat2(2), Linux."""


def _lock(descriptor: int) -> bool:
    """Take the lock of an open file or folder; false where someone else holds it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class AtomicOutput:
    """A file or folder in the making. Use as a context; without ``commit`` nothing of it remains.

    ``work`` is where to write meanwhile, ``.NAME.stdconv-`` and eight hex digits. What killed runs to the same place
    left under such names is removed on entering where its lock is free. With ``force`` what exists is replaced where
    ``is_ours`` says so: any file, unless another rule is given. At every moment the old or the new one is there, or,
    where the system cannot exchange the two in one step, the old one is aside and put back by the next run.
    """

    def __init__(
        self, path: Path, *, is_folder: bool, force: bool = False, is_ours: Callable[[Path], bool] | None = None
    ) -> None:
        self.path = path.absolute()
        self.is_folder = is_folder
        self.force = force
        self._is_ours = is_ours or Path.is_file
        self.work = self.path
        self._abandon: weakref.finalize[..., AtomicOutput] = weakref.finalize(self, _nothing)
        self._release = self._abandon

    def __enter__(self) -> Self:
        """Refuse an existing file or folder, sweep, and make the working place."""
        try:
            self._put_back()
            self._refuse_existing()
            self._sweep()
            while not self._make():
                pass
        except OSError as error:
            raise UnreadableError([fault("C0009", output=self.path, problem=error.strerror)]) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the working place, unless it was committed."""
        self._abandon()
        self._release()

    def _refuse_existing(self) -> None:
        if not os.path.lexists(self.path):
            return
        if not self.force:
            raise DefinitionError([fault("C0002", output=self.path)])
        if not self._is_ours(self.path):
            raise DefinitionError([fault("C0012", output=self.path)])

    def _sibling(self, mark: str = "") -> Path:
        return self.path.with_name(f".{self.path.name}.stdconv-{mark}{secrets.token_hex(4)}")

    def _left(self, mark: str = "") -> list[Path]:
        """Return what has a name that ``_sibling`` gives, and nothing that only begins like one."""
        siblings = self.path.parent.glob(f".{_escaped(self.path.name)}.stdconv-{mark}????????")
        return [left for left in siblings if not set(left.name[-8:]) - set(string.hexdigits.lower())]

    def _put_back(self) -> None:
        """Put back what a run killed between two renames left aside: it may be the only copy."""
        for aside in sorted(self._left(ASIDE), key=lambda left: left.lstat().st_mtime_ns, reverse=True):
            if os.path.lexists(self.path):
                return
            aside.rename(self.path)

    def _sweep(self) -> None:
        for left in [*self._left(), *(self._left(ASIDE) if os.path.lexists(self.path) else ())]:
            descriptor = _open(left)
            if descriptor >= 0:
                if _lock(descriptor):
                    _remove(left)
                os.close(descriptor)

    def _make(self) -> bool:
        """Make and lock a working place; false where a sweeping run took it away in between."""
        self.work = self._sibling()
        self._abandon = weakref.finalize(self, _remove, self.work)  # also at exit, wherever a signal strikes
        if self.is_folder:
            self.work.mkdir(mode=0o700)
        else:
            os.close(os.open(self.work, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        descriptor = _open(self.work)
        if descriptor < 0:
            return False
        self._release = weakref.finalize(self, os.close, descriptor)
        return _lock(descriptor) and self.work.exists()

    def commit(self) -> None:
        """Sync everything and put it in its place; with ``force`` what was there is removed afterwards."""
        files = sorted(self.work.iterdir()) if self.is_folder else [self.work]
        for file in files:
            file.chmod(0o600)
            _sync(file)
        if self.is_folder:
            _sync(self.work)
        old: Path | None = None
        try:
            self._refuse_existing()
            if self.force and self.is_folder and os.path.lexists(self.path):
                old = self._replace()
            else:
                self.work.rename(self.path)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                raise DefinitionError([fault("C0002", output=self.path)]) from None
            raise UnreadableError([fault("C0009", output=self.path, problem=error.strerror)]) from None
        self._sync_place()
        if old is not None:
            _remove(old)
        self._abandon.detach()

    def _sync_place(self) -> None:
        """Have the new name written to the disk; that it is there is true either way."""
        try:
            _sync(self.path.parent)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that sync no folders
                raise UnprovenError([fault("C0049", output=self.path, problem=error.strerror)]) from None

    def _replace(self) -> Path:
        """Put the new folder in the place of the old one; returns where the old one is then."""
        if exchange(self.work, self.path):
            return self.work
        aside = self._sibling(ASIDE)
        self.path.rename(aside)
        try:
            self.work.rename(self.path)
        except BaseException:
            if not os.path.lexists(self.path):
                aside.rename(self.path)
            raise
        return aside


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; false where the system or the file system has no such step."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    return bool(renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _nothing() -> None:
    """Do nothing: before anything is made there is nothing to abandon."""


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    """Return ``name`` so that a glob takes it literally."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
