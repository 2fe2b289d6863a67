"""Texts of a pattern by their length: which lengths there are, and of which characters a text of one length is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, reduce
from typing import TypeVar

from stdconv.domains.patterns import Alt, Chars, Node, Repeat, Seq, lengths

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
"""Picks one of several."""

REACH = 4096
"""How much longer than it must be a text may get where shorter ones are of no length that is asked for."""


def is_implied(node: Node, least: int, most: int | None, longer: int) -> bool:
    """Return whether every text of ``node`` is as long as asked, its repeats at most ``longer`` than they must be."""
    low, high = lengths(_held(node, longer))
    return low >= least and (most is None or (high is not None and high <= most))


def _held(node: Node, longer: int) -> Node:
    match node:
        case Chars():
            return node
        case Seq(parts):
            return Seq(tuple(_held(part, longer) for part in parts))
        case Alt(parts):
            return Alt(tuple(_held(part, longer) for part in parts))
        case Repeat(part, least, most):
            return Repeat(_held(part, longer), least, least + longer if most is None else min(most, least + longer))


@lru_cache(maxsize=256)
def possible_lengths(node: Node, least: int, most: int | None, longer: int) -> tuple[int, ...]:
    """Return lengths from ``least`` to ``most`` that texts of ``node`` have: the first ones, ``longer`` beyond least.

    None where no text is as long, as far as anybody looks.

    >>> from stdconv.domains.patterns import parse
    >>> possible_lengths(parse("^[0-9]{1,}$"), 7, 7, 8), possible_lengths(parse("^(ab){0,}c$"), 4, 6, 8)
    ((7,), (5,))
    """
    low = max(least, lengths(node)[0])
    for further in (longer, REACH):
        top = low + further if most is None else min(most, low + further)
        found = [length for length in range(low, top + 1) if _lengths(node, top) >> length & 1]
        if found:
            return tuple(found)
    return ()


def characters(node: Node, length: int, choose: Choose[int]) -> list[Chars]:
    """Return of which characters a text of ``node`` that is ``length`` long is made, as ``choose`` decides."""
    match node:
        case Chars():
            return [node]
        case Alt(parts):
            able = [at for at, part in enumerate(parts) if _lengths(part, length) >> length & 1]
            return characters(parts[choose(able)], length, choose)
        case Seq(parts):
            return _of_parts(parts, length, choose)
        case Repeat(part):
            return _of_parts((part,) * choose(_counts(node, length)), length, choose)


def _of_parts(parts: Sequence[Node], length: int, choose: Choose[int]) -> list[Chars]:
    behind = [1]  # the lengths of what is behind a part, from the last one
    for part in reversed(parts[1:]):
        behind.append(_sums(_lengths(part, length), behind[-1], length))
    found: list[Chars] = []
    for part in parts:
        rest, own = behind.pop(), _lengths(part, length)
        size = choose([n for n in range(length + 1) if own >> n & 1 and rest >> (length - n) & 1])
        found += characters(part, size, choose)
        length -= size
    return found


def _counts(node: Repeat, length: int) -> list[int]:
    """Return how often the part of ``node`` may be repeated in a text that is ``length`` long."""
    once, top = _lengths(node.part, length), node.least + length
    if once == 2:  # one character each
        return [length]
    found, reached = [], _power(once, node.least, length)
    for count in range(node.least, (top if node.most is None else min(node.most, top)) + 1):
        if reached >> length & 1:
            found.append(count)
        reached = _sums(reached, once, length)
    return found


@lru_cache(maxsize=4096)
def _lengths(node: Node, top: int) -> int:
    """Return the lengths of the texts of ``node`` up to ``top``, as the bits of a number."""
    match node:
        case Chars():
            return 2 if top else 0
        case Seq(parts):
            return reduce(lambda one, part: _sums(one, _lengths(part, top), top), parts, 1)
        case Alt(parts):
            return reduce(int.__or__, (_lengths(part, top) for part in parts))
        case Repeat(part, least, most):
            once = _lengths(part, top)
            reached = _power(once, least, top)
            for _ in range(top if most is None else min(most - least, top)):
                more = reached | _sums(reached, once, top)
                if more == reached:
                    break
                reached = more
            return reached


def _power(once: int, count: int, top: int) -> int:
    """Return the lengths of ``count`` texts one after the other."""
    power = 1
    while count:
        if count & 1:
            power = _sums(power, once, top)
        once, count = _sums(once, once, top), count >> 1
    return power


def _sums(one: int, other: int, top: int) -> int:
    """Return every length that is the sum of one of either, up to ``top``."""
    fewer, more = sorted((one, other), key=int.bit_count)
    sums = 0
    while fewer:
        lowest = fewer & -fewer
        sums |= more << (lowest.bit_length() - 1)
        fewer ^= lowest
    return sums & ((1 << (top + 1)) - 1)
