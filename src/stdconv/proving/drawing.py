"""Hypothesis' choices drawn from a custom generator, so that a seed means the same files wherever it is run.

Hypothesis' own draws mix in the literals of whatever modules happen to be imported. This is an alternative backend, the
interface that Hypothesis offers for that; how a case is made smaller stays Hypothesis' business.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, ClassVar

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider

if TYPE_CHECKING:
    from hypothesis.internal.conjecture.data import ConjectureData
    from hypothesis.internal.intervalsets import IntervalSet

BACKEND = "stdconv"

NARROW = 256
"""Ranges of up to so many integers are drawn from evenly; of wider ones small numbers are met more often."""

EDGE = 0.1
"""How often an integer is one of the ends of its range."""

FAR = 0.2
"""How often a character is outside the first ``NARROW`` of a large alphabet."""


class Seeded(PrimitiveProvider):
    """Draws from ``random.Random(seed)``, of which subclasses say the ``seed``."""

    lifetime = "test_function"
    seed: ClassVar[int] = 0

    def __init__(self, conjecturedata: ConjectureData | None, /) -> None:
        super().__init__(conjecturedata)
        self._random = Random(self.seed)  # noqa: S311 -- test data, not secrets

    def draw_boolean(self, p: float = 0.5) -> bool:
        """Return true with probability ``p``."""
        return self._random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        """Return an integer of the range; ``weights`` are the probabilities of some, which need not add up to 1."""
        if weights is not None:
            drawn = self._random.random()
            for value, weight in weights.items():
                if (drawn := drawn - weight) < 0:
                    return value
        if min_value is None or max_value is None:
            return self._unbounded(min_value, max_value)
        if self._random.random() < EDGE:
            return self._random.choice((min_value, max_value))
        if max_value - min_value < NARROW or self._random.random() < FAR:
            return self._random.randint(min_value, max_value)
        near = min(max(shrink_towards, min_value), max_value)
        return self._random.randint(max(min_value, near - NARROW), min(max_value, near + NARROW))

    def _unbounded(self, min_value: int | None, max_value: int | None) -> int:
        size = self._random.getrandbits(self._random.choice((3, 8, 16, 32, 64)))
        if min_value is not None:
            return min_value + size
        if max_value is not None:
            return max_value - size
        return size if self._random.random() < 1 / 2 else -size

    def draw_float(
        self,
        *,
        min_value: float = -math.inf,
        max_value: float = math.inf,
        allow_nan: bool = True,
        smallest_nonzero_magnitude: float,
    ) -> float:
        """Return a number of the range; no domain holds any, so that nothing special is preferred."""
        low, high = max(min_value, -1e9), min(max_value, 1e9)
        drawn = self._random.uniform(low, high)
        return drawn if abs(drawn) >= smallest_nonzero_magnitude else min(max(0.0, min_value), max_value)

    def draw_string(self, intervals: IntervalSet, *, min_size: int = 0, max_size: int = 10_000_000_000) -> str:
        """Return a text of characters of ``intervals``."""
        if not len(intervals):
            return ""
        return "".join(self._character(intervals) for _ in range(self._size(min_size, max_size)))

    def _character(self, intervals: IntervalSet) -> str:
        first = min(NARROW, len(intervals))
        is_far = len(intervals) > first and self._random.random() < FAR
        at = self._random.randrange(first, len(intervals)) if is_far else self._random.randrange(first)
        return str(intervals.char_in_shrink_order(at))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10_000_000_000) -> bytes:
        """Return some bytes."""
        return self._random.randbytes(self._size(min_size, max_size))

    def _size(self, min_size: int, max_size: int) -> int:
        """Return a length: most are near the shortest, the average as Hypothesis has it."""
        average = min(max(min_size * 2, min_size + 5), (min_size + max_size) / 2)
        more = self._random.expovariate(1 / (average - min_size)) if average > min_size else 0
        return min(min_size + round(more), max_size)


@contextmanager
def drawn_by(seed: int) -> Iterator[None]:
    """Let the backend ``BACKEND`` draw from ``seed``."""
    AVAILABLE_PROVIDERS[BACKEND] = type("Seeded", (Seeded,), {"seed": seed})
    try:
        yield
    finally:
        del AVAILABLE_PROVIDERS[BACKEND]
