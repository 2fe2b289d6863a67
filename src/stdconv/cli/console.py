"""Progress on stderr: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY = 5.0
"""Seconds between two plain lines."""


def show_output(text: str, *, end: str = "\n") -> None:
    """Print data to stdout; what the console lacks is shown as its code point (see ``stdconv.cli.main``)."""
    print(text, file=sys.stdout, end=end, flush=True)


def show_message(text: str) -> None:
    """Print a message to stderr."""
    print(text, file=sys.stderr)


def keep_generated_tables() -> None:
    """Let hypothesis keep its tables of characters in the user's cache instead of the current folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache / "stdconv" / "hypothesis"))


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Yield what a run calls with how much is done and how much there is (0 where that is not known)."""
    if not sys.stderr.isatty():
        yield _Lines().moved
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def moved(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield moved


class _Lines:
    """Says how far a run is, every few seconds."""

    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY

    def moved(self, done: int, total: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            show_message(f"{done / total:.0%}" if total else str(done))
