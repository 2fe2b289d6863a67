"""The local engine: batches handed to threads, outcomes taken back in order, never more in flight than needed."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NoReturn, TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")


def default_jobs(*, spare: int = 0) -> int:
    """Return how many batches are worked on at once: polars uses all cores for each, so few are enough.

    ``spare`` are more than there are cores: they go on while others wait for one another.
    """
    return min(4, (os.cpu_count() or 1) + spare)


def in_threads(work: Callable[[Given], Done], batches: Iterable[Given], *, jobs: int) -> Iterator[Done]:
    """Yield ``work(batch)`` for every batch, in the order of the batches; at most one more than ``jobs`` waits.

    What fails, be it the work or the batches themselves, fails behind all that comes before it, as with ``map``.
    """
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for task in _tasks(work, batches):
                waiting.append(pool.submit(task))
                if len(waiting) > jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _tasks(work: Callable[[Given], Done], batches: Iterable[Given]) -> Iterator[Callable[[], Done]]:
    """Yield what is to be done, at the end to fail as the batches did."""
    try:
        for batch in batches:
            yield partial(work, batch)
    except Exception as error:
        yield partial(_fail, error)


def _fail(error: Exception) -> NoReturn:
    raise error
