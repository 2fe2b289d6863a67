"""What the command line shows: data on stdout, messages on stderr, and on a terminal how far a run is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stdconv.japan.visible import visible

if TYPE_CHECKING:
    from stdconv.layouts.progress import Watch


def show_output(text: str, *, end: str = "\n") -> None:
    """Print data to stdout; what the console cannot show appears as its code point (see ``stdconv.cli.entry``)."""
    print(text, file=sys.stdout, end=end, flush=True)


def show_line(text: str) -> None:
    """Print one line to stdout, whatever names are in it."""
    show_output(visible(text))


def show_message(*lines: str) -> None:
    """Print a message to stderr, each of ``lines`` as one line, whatever names are in it."""
    print(*map(visible, lines), sep="\n", file=sys.stderr)


def keep_generated_tables() -> None:
    """Let hypothesis keep its tables of characters in the user's cache instead of the current folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache / "stdconv" / "hypothesis"))


@contextmanager
def telling_remains(targets: Iterable[Path], lang: str) -> Iterator[None]:
    """Say, once a run has ended in any way, what an earlier one that was killed left at ``targets``."""
    from stdconv.findings.phrases import words
    from stdconv.runs.remains import remains

    found = [(target, os.path.lexists(target), each) for target in targets for each in remains(target)]
    try:
        yield
    finally:
        for target, was_there, each in found:
            is_put_back = each.is_aside and not was_there and os.path.lexists(target)
            what = "there" if os.path.lexists(each.path) else "back" if is_put_back else "gone"
            show_message(words("remains", lang)[what].format(target=target, left=each.path, written=each.written))


@contextmanager
def progress() -> Iterator[Watch]:
    """Yield who is told how far a run is.

    Only a terminal shows it, with the share, the speed and the remaining time: what scripts read must not depend on
    how fast a machine is.
    """
    from stdconv.layouts.progress import UNWATCHED, watching

    if not sys.stderr.isatty():
        yield UNWATCHED
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(show_speed=True), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        with watching(lambda now: bar.update(task, completed=now.done, total=now.total or None), None) as watch:
            yield watch
