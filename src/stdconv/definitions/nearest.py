"""Did you mean: the known names that are close to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

CUTOFF = 0.5
"""How alike two names must be, from 0 to 1; names of Japanese columns are short, so that one character weighs much."""


LIKELY = 0.6
"""From here on a name is so like another one that it was probably meant."""


def nearest(name: str, known: Iterable[str], *, most: int = 1, cutoff: float = CUTOFF) -> list[str]:
    """Return at most so many of ``known`` as are close to ``name``, the closest first.

    >>> nearest("氏命", ["氏名", "住所"]), nearest("x", ["氏名"])
    (['氏名'], [])
    """
    return difflib.get_close_matches(name, list(known), n=most, cutoff=cutoff)


def by_nearness(name: str, known: Iterable[str]) -> list[str]:
    """Return all of ``known``, the closest to ``name`` first."""
    return sorted(known, key=lambda each: -difflib.SequenceMatcher(None, name, each).ratio())


def likely(name: str, known: Iterable[str], *, most: int = 12) -> list[str]:
    """Return the names that may have been meant: those close to ``name``, else all, else none if they are many.

    >>> likely("x", ["a", "b"]), likely("E0002", [f"E000{n}" for n in range(9)] * 9), likely("x", map(str, range(99)))
    (['a', 'b'], ['E0002', 'E0002', 'E0002'], [])
    """
    every = list(known)
    return nearest(name, every, most=3) or (every if len(every) <= most else [])
