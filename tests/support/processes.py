"""Runs of stdconv that are watched, stopped and interrupted, however fast or busy the machine is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from support.commandline import command, surroundings


def started(*arguments: object) -> subprocess.Popen[str]:
    """Start stdconv as the leader of a process group of its own."""
    return subprocess.Popen(
        command(*arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=surroundings(),
        start_new_session=True,
    )


def wait_for(pattern: str, folder: Path, process: subprocess.Popen[str]) -> Path | None:
    """Wait until something in ``folder`` fits ``pattern``; ``None`` where the process ended before."""
    while process.poll() is None:
        if found := next(folder.glob(pattern), None):
            return found
        time.sleep(0.001)
    return None


def caught(pattern: str, target: Path, *arguments: object) -> subprocess.Popen[str]:
    """Start stdconv, and stop it once something beside ``target`` fits ``pattern``, before ``target`` is there.

    A run that was faster is forgotten, with its target, and another one started.
    """
    while True:
        process = started(*arguments)
        if wait_for(pattern, target.parent, process) is not None:
            process.send_signal(signal.SIGSTOP)
            state = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if state is not None and state.si_code == os.CLD_STOPPED and not target.exists():
                return process
        process.kill()
        process.communicate()
        forget(target)


TRIES = 20
"""How many runs may come through in a row before it counts as what they do when they are interrupted."""


def interrupted(
    sent: signal.Signals, pattern: str, target: Path, *arguments: object
) -> tuple[subprocess.Popen[str], str]:
    """Interrupt a run that was ``caught``, let it go on to its end, and return it with what it said on stderr.

    One that was stopped while it put its result in place comes through, as it should: it is forgotten, too.
    """
    for left in reversed(range(TRIES)):
        process = caught(pattern, target, *arguments)
        process.send_signal(sent)
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate()
        if not target.exists() or not left:
            break
        forget(target)
    return process, stderr


def forget(target: Path) -> None:
    """Remove what a run left at its target, if anything."""
    shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
