"""Targets that appear whole or not at all: made next to their place under a lock, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import string
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from polars.exceptions import PolarsError

from stdconv.definitions.regular import LIMITS
from stdconv.errors import DefinitionError, Fault, StdconvError, UnprovenError, UnreadableError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts.progress import Ended
from stdconv.runs.renames import exchange, rename_anew, undisturbed

if sys.platform != "win32":
    import fcntl

ASIDE = "aside-"
"""What marks the name of something old for which the new one has not come yet."""
LONGEST = 200
"""How many bytes of a target's name its working place repeats: file systems take 255, and there is more in a name."""
_MADE = re.compile(rf"(?s)((\..+\.stdconv-)(?:{ASIDE})?)[0-9a-f]{{8}}")
"""The names of working places: what stands before the digits, and that without a mark."""
_OS_ERROR = re.compile(r"\(os error ([0-9]+)\)")
"""What polars says where the system refuses something."""


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
    where the system cannot exchange the two in one step, the old one is aside and put back by the next run. What the
    system refuses is a fault about the target, C0009 or what ``unwritten`` gives for it and the problem. ``is_private``
    leaves the result to its owner alone.
    """

    def __init__(
        self,
        path: Path,
        *,
        is_folder: bool,
        force: bool = False,
        is_ours: Callable[[Path], bool] | None = None,
        is_private: bool = True,
        unwritten: Callable[[Path, str], Fault] | None = None,
    ) -> None:
        self.path = path.absolute()
        self.is_folder = is_folder
        self.force = force
        self.is_private = is_private
        self._is_ours = is_ours or Path.is_file
        self._unwritten = unwritten or _unwritten
        self.work = self.path
        self._old: Path | None = None
        self._is_placed = self._is_stuck = False
        self._abandon: weakref.finalize[..., AtomicOutput] = weakref.finalize(self, _nothing)
        self._release = self._abandon
        self._release_old = self._abandon

    def __enter__(self) -> Self:
        """Refuse an existing file or folder, sweep, and make the working place."""
        with self.told():
            self._put_back()
            self._is_replaceable()
            self._sweep()
            while not self._make():
                pass
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the working place, or after ``commit`` what was replaced; say so where that cannot be done.

        What the system refused meanwhile becomes a fault about the target.
        """
        self._release()  # and with it a descriptor, which removing may need
        self._release_old()
        self._abandon()
        left = [] if self._is_stuck else [each for each in (self.work, self._old) if self._is_left(each)]
        faults = [fault("C0053", left=each, output=self.path) for each in left]
        stopped = error.error if isinstance(error, Ended) else error
        if isinstance(stopped, StdconvError):
            if faults:
                told_too = type(stopped)([*stopped.faults, *faults])
                raise told_too if stopped is error else Ended(told_too) from None
        elif error is not None and (told := self._fault(error)) is not None:
            raise UnreadableError([told, *faults]) from None
        elif error is None and faults:
            raise UnreadableError(faults)

    def _is_left(self, path: Path | None) -> bool:
        """Return whether something of this run is at ``path`` after all; it is removed where that is possible."""
        if path is None or path == self.path:
            return False
        _remove(path)
        return os.path.lexists(path)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Raise what the system refuses as a fault about this target, whatever others are in the making."""
        try:
            yield
        except OSError as error:
            raise UnreadableError(filter(None, [self._fault(error)])) from None

    def _fault(self, error: BaseException) -> Fault | None:
        """Return what the system says, as polars and Python pass it on; ``None`` for any other error."""
        found = _OS_ERROR.search(str(error)) if isinstance(error, OSError | PolarsError) else None
        number = int(found[1]) if found else error.errno if isinstance(error, OSError) else None
        if number in LIMITS:
            return fault("C0054", file=self.path, problem=os.strerror(number))
        if number is not None:
            return self._unwritten(self.path, os.strerror(number))
        return self._unwritten(self.path, type(error).__name__) if isinstance(error, OSError) else None

    def _is_replaceable(self) -> bool:
        """Return whether there is something to be replaced; raises where that must not be."""
        if not os.path.lexists(self.path):
            return False
        if not self.force:
            raise DefinitionError([fault("C0002", output=self.path)])
        if not self._is_ours(self.path):
            raise DefinitionError([fault("C0012", output=self.path)])
        return True

    @property
    def _stem(self) -> str:
        """How names of working places begin."""
        return _stem(self.path.name)

    def _sibling(self, mark: str = "") -> Path:
        return self.path.with_name(f"{self._stem}{mark}{secrets.token_hex(4)}")

    def left(self, mark: str = "") -> list[Path]:
        """Return the files and folders whose name ``_sibling`` gives, and nothing that only begins like one."""
        siblings = self.path.parent.glob(f"{_escaped(self._stem)}{mark}????????")
        return [left for left in siblings if not set(left.name[-8:]) - set(string.hexdigits.lower()) and _is_made(left)]

    def _put_back(self) -> None:
        """Put back what a run killed between two renames left aside: it may be the only copy."""
        for aside in sorted(self.left(ASIDE), key=lambda left: left.lstat().st_mtime_ns, reverse=True):
            if os.path.lexists(self.path):
                return
            aside.rename(self.path)

    def _sweep(self) -> None:
        for left in [*self.left(), *(self.left(ASIDE) if os.path.lexists(self.path) else ())]:
            is_free(left, is_removed=True)

    def _make(self) -> bool:
        """Make and lock a working place; false where a sweeping run took it away in between."""
        self.work = self._sibling()
        self._abandon = weakref.finalize(self, _remove, self.work)  # also at exit, wherever a signal strikes
        if self.is_folder:
            self.work.mkdir(mode=0o700)
        else:
            os.close(os.open(self.work, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if self.is_private else 0o666))
        descriptor = _open(self.work)
        if descriptor < 0:
            return False
        self._release = weakref.finalize(self, os.close, descriptor)
        return _lock(descriptor) and self.work.exists()

    def commit(self) -> None:
        """Sync everything and put it in its place; with ``force`` what was there is removed afterwards."""
        commit([self])

    def seal(self) -> None:
        """Sync everything."""
        with self.told():
            for file in sorted(self.work.iterdir()) if self.is_folder else [self.work]:
                if self.is_private:
                    file.chmod(0o600)
                _sync(file)
            if self.is_folder:
                _sync(self.work)

    def place(self, *, kept: bool) -> None:
        """Put what was made in its place; what was there is kept where ``take_back`` may be called."""
        with self.told():
            is_there = self._is_replaceable()
            if is_there and (kept or self.is_folder):
                self._replace()
            elif is_there:
                self.work.rename(self.path)
            elif not rename_anew(self.work, self.path):
                raise DefinitionError([fault("C0002", output=self.path)])
        self._is_placed = True

    def take_back(self) -> bool:
        """Undo ``place``; false where the system does not let us, and what was there before is kept where it is."""
        if not self._is_placed:
            return True
        self._is_stuck = not self._undone()
        if self._is_stuck:
            self._abandon.detach()
        else:
            self._old, self._is_placed = None, False
        return not self._is_stuck

    def _undone(self) -> bool:
        if self._old == self.work:
            return exchange(self.work, self.path)
        try:
            self.path.rename(self.work)
            if self._old is not None:
                self._old.rename(self.path)
        except OSError:
            return False
        return True

    @property
    def old(self) -> Path | None:
        """Where what was there before is now, once it was replaced and kept."""
        return self._old

    def finish(self) -> None:
        """Have the new name written to the disk (that it is there is true either way); then remove what it replaced."""
        try:
            _sync(self.path.parent)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that sync no folders
                raise UnprovenError([fault("C0049", output=self.path, problem=error.strerror)]) from None
        finally:
            if self._old is not None:
                _remove(self._old)

    def _replace(self) -> None:
        """Put the new one in the place of the old one, which no other run sweeps meanwhile."""
        descriptor = _open(self.path)
        if descriptor >= 0:
            self._release_old = weakref.finalize(self, os.close, descriptor)
            _lock(descriptor)
        if exchange(self.work, self.path):
            self._old = self.work
            return
        aside = self._sibling(ASIDE)
        self.path.rename(aside)
        try:
            self.work.rename(self.path)
        except BaseException:
            if not os.path.lexists(self.path):
                aside.rename(self.path)
            raise
        self._old = aside


def commit(outputs: list[AtomicOutput]) -> None:
    """Put all of ``outputs`` in their places, in order, or none of them; then remove what they replaced.

    All are synced first. Signals wait while names change. Raises ``UnprovenError`` where one cannot be placed and
    another one not be taken back: which ones stand is said.
    """
    for output in outputs:
        output.seal()
    with undisturbed():
        try:
            for output in outputs:
                output.place(kept=len(outputs) > 1)
        except BaseException as error:
            stuck = [output for output in reversed(outputs) if not output.take_back()]
            if stuck:
                faults = error.faults if isinstance(error, StdconvError) else ()
                raise UnprovenError([*faults, *(_stuck(output) for output in stuck)]) from None
            raise
    for output in outputs:
        output.finish()


def sweep(folder: Path) -> list[Path]:
    """Remove what killed runs left in ``folder``, and return it.

    What a run is working on stays, and so does something old for which nothing new stands at its name: it may be the
    only copy, and the next run to that name puts it back. Raises ``UnreadableError`` where something cannot be removed.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise UnreadableError([fault("C0003", file=folder, problem=error.strerror)]) from None
    replaced = {f"{_stem(name)}{ASIDE}" for name in names}
    left = [folder / name for name in names if (made := _MADE.fullmatch(name)) and made[1] in (made[2], *replaced)]
    swept = [path for path in left if _is_made(path) and is_free(path, is_removed=True)]
    if stuck := [path for path in swept if os.path.lexists(path)]:
        raise UnreadableError(fault("C0089", left=path) for path in stuck)
    return swept


def is_free(left: Path, *, is_removed: bool = False) -> bool:
    """Return whether no run is working on what is left behind; then it ``is_removed``, as far as the system lets us."""
    descriptor = _open(left)
    if descriptor < 0:
        return False
    try:
        if (is_ours := _lock(descriptor)) and is_removed:
            _remove(left)
        return is_ours
    finally:
        os.close(descriptor)


def _stem(name: str) -> str:
    """Return how names of working places begin: the name, or where that is long, its beginning and a digest."""
    raw = os.fsencode(name)
    if len(raw) <= LONGEST:
        return f".{name}.stdconv-"
    beginning = raw[: LONGEST - 33].decode(errors="ignore")
    return f".{beginning}~{hashlib.sha256(raw).hexdigest()[:32]}.stdconv-"


def _unwritten(output: Path, problem: str) -> Fault:
    return fault("C0009", output=output, problem=problem)


def _stuck(output: AtomicOutput) -> Fault:
    words = {"output": output.path, "old": output.old}
    return fault("C0055", output=output.path, before=phrase("before", "kept" if output.old else "nothing", **words))


def _nothing() -> None:
    """Do nothing: before anything is made there is nothing to abandon."""


def _is_made(path: Path) -> bool:
    """Return whether ``path`` is a file or folder, which is all that is ever made here."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return -1


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a file or folder as far as the system lets us; who calls looks whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):  # where no more files may be opened, names alone can still be removed
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    """Return ``name`` so that a glob takes it literally."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
