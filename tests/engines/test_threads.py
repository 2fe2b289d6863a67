"""Threads give what ``map`` gives: in order, and what fails in its turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from stdconv.engines.threads import in_threads


def numbers(failing: int) -> Iterator[int]:
    for number in range(6):
        if number == failing:
            raise ValueError(number)
        yield number


def failing_at(failing: int) -> list[int | str]:
    """Return what threads give, with what is raised at the end: work at 3, the numbers themselves at ``failing``."""

    def work(number: int) -> int:
        if number == 3:
            raise LookupError(number)
        return number * 10

    given: list[int | str] = []
    try:
        for done in in_threads(work, numbers(failing), jobs=2):
            given.append(done)
    except (ValueError, LookupError) as error:
        given.append(f"{type(error).__name__} {error}")
    return given


@pytest.mark.parametrize(
    ("failing", "given"),
    [
        (0, ["ValueError 0"]),
        (2, [0, 10, "ValueError 2"]),
        (4, [0, 10, 20, "LookupError 3"]),
        (9, [0, 10, 20, "LookupError 3"]),
    ],
)
def test_what_fails_fails_in_its_turn(failing: int, given: list[int | str]) -> None:
    assert failing_at(failing) == given


def test_no_more_are_begun_than_can_wait() -> None:
    begun: list[int] = []
    lock = threading.Lock()

    def noted() -> Iterator[int]:
        for number in range(20):
            with lock:
                begun.append(number)
            yield number

    for done in in_threads(lambda number: number, noted(), jobs=2):
        assert len(begun) <= done + 4
    assert begun == list(range(20))
