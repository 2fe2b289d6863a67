"""Names changed in one step, as far as the system has such steps, and with no signal in between."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

_HERE, _NO_REPLACE, _EXCHANGE = -100, 1, 2
"""AT_FDCWD, RENAME_NOREPLACE and RENAME_EXCHANGE of renameat2(2), Linux."""
_HELD_BACK = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back signals that raise something: what is half done is whole a moment later."""
    came: list[int] = []
    held = {}
    try:
        if threading.current_thread() is threading.main_thread():  # in others, nothing is raised
            for number in (getattr(signal, name) for name in _HELD_BACK if hasattr(signal, name)):
                handler = signal.getsignal(number)
                if callable(handler):
                    held[number] = handler
                    signal.signal(number, lambda number, _frame: came.append(number))
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; false where the system or the file system has no such step."""
    return _renameat2(one, other, _EXCHANGE) == 0


def rename_anew(one: Path, other: Path) -> bool:
    """Give ``one`` the name ``other``; false where that is taken, in the same moment by another run perhaps."""
    match _renameat2(one, other, _NO_REPLACE):
        case 0:
            return True
        case errno.EEXIST | errno.ENOTEMPTY:
            return False
    if os.path.lexists(other):
        return False
    try:
        one.rename(other)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            return False
        raise
    return True


def _renameat2(one: Path, other: Path, flag: int) -> int:
    """Return 0 where the system has renamed, else the number of its error."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return errno.ENOSYS
    failed = renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), flag)
    return ctypes.get_errno() if failed else 0
