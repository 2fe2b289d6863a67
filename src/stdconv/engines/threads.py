"""The local engine: batches handed to threads, outcomes taken back in order, never more in flight than needed."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Done = TypeVar("Done")


def default_jobs() -> int:
    """Return how many batches are worked on at once: polars uses all cores for each, so few are enough."""
    return min(4, os.cpu_count() or 1)


def in_threads(work: Callable[[Given], Done], batches: Iterable[Given], *, jobs: int) -> Iterator[Done]:
    """Yield ``work(batch)`` for every batch, in the order of the batches; at most one more than ``jobs`` waits."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(work, batch))
                if len(waiting) > jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
