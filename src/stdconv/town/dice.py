"""Drawing by chance with ``random.Random``, in arithmetic that gives the same on every machine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Pool(Generic[T]):
    """Things with weights, to be drawn by them."""

    def __init__(self, items: Sequence[T], weights: Sequence[int]) -> None:
        self._items = tuple(items)
        self._bounds = tuple(accumulate(weights))

    def draw(self, rng: Random) -> T:
        """Draw one thing."""
        return self._items[bisect_right(self._bounds, int(rng.random() * self._bounds[-1]))]


def generator(*parts: object) -> Random:
    """Return the generator that belongs to ``parts``, the same on every machine."""
    return Random("/".join(map(str, parts)))  # noqa: S311 -- synthetic data, not secrets


def chance(rng: Random, probability: float) -> bool:
    """Draw whether something with that probability happens."""
    return rng.random() < probability


def between(rng: Random, first: int, last: int) -> int:
    """Draw a whole number from ``first`` to ``last``; ``first`` where that is larger."""
    return first + int(rng.random() * (last - first + 1)) if last > first else first


def pick(rng: Random, items: Sequence[T]) -> T:
    """Draw one of ``items``, each as likely."""
    return items[int(rng.random() * len(items))]
