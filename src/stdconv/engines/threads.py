"""The local engine: batches handed to threads, outcomes taken back in order, never more in flight than needed."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import NoReturn, TypeVar

from stdconv.layouts.progress import UNWATCHED, Watch

Given = TypeVar("Given")
Done = TypeVar("Done")


def default_jobs(*, spare: int = 0) -> int:
    """Return how many batches are worked on at once: polars uses all cores for each, so few are enough.

    ``spare`` are more than there are cores: they go on while others wait for one another.
    """
    return min(4, (os.cpu_count() or 1) + spare)


def in_threads(
    work: Callable[[Given], Done], batches: Iterable[Given], *, jobs: int | None = None, watch: Watch = UNWATCHED
) -> Generator[Done]:
    """Yield ``work(batch)`` for every batch, in the order of the batches; at most one more than ``jobs`` waits.

    What fails, be it the work or the batches themselves, fails behind all that comes before it, as with ``map``. Before
    each result it is asked whether to go on; if not, what waits is given up. Whoever may fail in between, closes this.
    """
    jobs = jobs or default_jobs()
    with ThreadPoolExecutor(max_workers=jobs) as pool, _closed(batches):
        waiting: deque[Future[Done]] = deque()
        try:
            for task in _tasks(work, batches):
                waiting.append(pool.submit(task))
                if len(waiting) > jobs:
                    watch.ask()
                    yield waiting.popleft().result()
            while waiting:
                watch.ask()
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _closed(batches: Iterable[Given]) -> Iterator[None]:
    """Close what is still being read, however this ends: else it would be open for as long as the error is kept."""
    try:
        yield
    finally:
        if isinstance(batches, Generator):
            batches.close()


def _tasks(work: Callable[[Given], Done], batches: Iterable[Given]) -> Iterator[Callable[[], Done]]:
    """Yield what is to be done, at the end to fail as the batches did."""
    try:
        for batch in batches:
            yield partial(work, batch)
    except Exception as error:
        yield partial(_fail, error)


def _fail(error: Exception) -> NoReturn:
    raise error
