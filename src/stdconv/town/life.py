"""What happens to the persons of one group, in the order of days; and how something is cancelled later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Concatenate, ParamSpec

from stdconv.town.addresses import Home, Town
from stdconv.town.columns import State
from stdconv.town.days import LAST
from stdconv.town.dice import between, chance
from stdconv.town.people import Household, Person
from stdconv.town.register import Register

P = ParamSpec("P")

CANCELLED = {"09": 0.03, "28": 0.006, "59": 0.01}
"""How many departures, arrivals and other changes are cancelled, by the cause that a cancellation has (assumed)."""


class Life:
    """The events of one group. An event does what it can: nothing to somebody who is not there (any more).

    ``later`` draws what the newer edition alone has, so that the town of a seed is the same with it and without.
    """

    def __init__(self, rng: Random, town: Town, register: Register, *, later: Random) -> None:
        self.rng = rng
        self.later = later
        self.town = town
        self.register = register
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._now = 0

    def at(self, day: int, event: Callable[Concatenate[Life, int, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Let ``event`` happen on ``day``, or now if that is past; what is too near to today does not happen."""
        day = max(day, self._now)
        if day <= LAST:
            self._count += 1
            heappush(self._queue, (day, self._count, lambda: event(self, day, *args, **kwargs)))

    def play(self) -> None:
        """Let everything happen, day by day, with what follows from it."""
        while self._queue:
            self._now, _, event = heappop(self._queue)
            event()

    def chance(self, probability: float) -> bool:
        """Draw whether something with that probability happens."""
        return chance(self.rng, probability)

    def between(self, first: int, last: int) -> int:
        """Draw a whole number, or a day, from ``first`` to ``last``."""
        return between(self.rng, first, last)


@dataclass(frozen=True, slots=True)
class Memory:
    """How a household was before something that may be cancelled later."""

    home: Household
    address: Home
    head: Person | None
    states: tuple[tuple[Person, State], ...]

    @classmethod
    def of(cls, home: Household) -> Memory:
        """Remember a household and all its members."""
        return cls(home, home.home, home.head, tuple((person, person.state.copy()) for person in home.members))

    @property
    def persons(self) -> tuple[Person, ...]:
        """Who lived there."""
        return tuple(person for person, _ in self.states)

    def since(self) -> tuple[object, ...]:
        """Return what changes whenever something happens to these persons or this household."""
        return (*self.home.members, *(len(person.rows) for person in self.persons))


def perhaps_cancelled(life: Life, day: int, memory: Memory, cause: str) -> None:
    """Let what has just happened be cancelled within days, by chance: ``cause`` is 09, 28 or 59."""
    if life.chance(CANCELLED[cause]):
        life.at(day + life.between(2, 9), _cancel, memory, memory.since(), cause)


def _cancel(life: Life, day: int, memory: Memory, since: tuple[object, ...], cause: str) -> None:
    """Stack the cancellation as a further record of each person, unless something else has happened since."""
    if memory.since() != since:
        return
    if cause == "28":
        life.register.remove(day, memory.persons, cause)
        return
    home = memory.home
    home.members, home.head, home.home = list(memory.persons), memory.head, memory.address
    for person, state in memory.states:
        person.state.clear()
        person.state.update(state)
        person.resident, person.household = True, home
    life.register.amend(day, memory.persons, cause)
