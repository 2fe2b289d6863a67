"""Moments of a run, counted by what it asks of the system and not by the clock: there a signal can be sent to it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

from support.commandline import Ended, command, surroundings

HOOK = """
import os, signal, sys

EVENTS = frozenset((
    "open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.link", "os.listdir", "os.scandir",
    "shutil.rmtree", "ctypes.dlsym",
))
moment, number, log = (int(os.environ[f"MOMENT_{name}"]) for name in ("AT", "SIGNAL", "LOG"))
has_exchange, start = os.environ["MOMENT_EXCHANGE"] == "1", os.environ["MOMENT_START"]
count = 0


def hook(event, arguments):
    global count
    if event == "ctypes.dlsym" and not has_exchange and arguments[1] == "renameat2":
        raise AttributeError("renameat2")
    if event not in EVENTS or not (count or start in str(arguments[0])):
        return
    count += 1
    if log:
        os.write(log, b".")
    if count == moment:
        os.kill(os.getpid(), number)


sys.addaudithook(hook)
"""
"""What a process does before anything else: it counts the system calls that Python announces, from the first one on
about a name with ``MOMENT_START`` in it, and sends itself a signal before one of them."""


def watched(
    folder: Path, words: Iterable[object], start: str, *, at: int = 0, sent: int = 0, has_exchange: bool = True
) -> Ended:
    """Run stdconv in ``folder`` and let ``sent`` strike it before the moment ``at``, counted from 1.

    ``stdout`` is a point for each moment.
    """
    (folder / "hook").mkdir(exist_ok=True)
    (folder / "hook" / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    said = {"AT": at, "SIGNAL": sent, "LOG": 1, "START": start, "EXCHANGE": int(has_exchange)}
    variables = {f"MOMENT_{name}": str(value) for name, value in said.items()}
    return subprocess.run(
        command(*words),
        cwd=folder,
        env=surroundings(PYTHONPATH=str(folder / "hook"), STDCONV_LANG="en", **variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
        preexec_fn=_unignored,
    )


def _unignored() -> None:
    """Let signals come that the session ignores."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
