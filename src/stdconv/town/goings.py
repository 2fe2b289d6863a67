"""How persons leave the register: by moving away, by death, ex officio; and how the register learns what follows."""

from __future__ import annotations

from collections.abc import Sequence

from stdconv.town import addresses
from stdconv.town.addresses import Parts
from stdconv.town.days import iso, wording
from stdconv.town.life import Life, Memory, perhaps_cancelled
from stdconv.town.people import Household, Person
from stdconv.town.pools import Country
from stdconv.town.register import clear

LONELY = 0.03
"""How many deaths are on a day that is not known (assumed)."""


def leave(life: Life, day: int, persons: Sequence[Person], *, country: Country | None = None) -> None:
    """Persons move away: they give notice of where and when, and the town that they move to reports the arrival."""
    going = [person for person in persons if person.resident]
    homes = {id(person.household): person.household for person in going}
    if not going or len(homes) > 1 or going[0].household is None:
        return
    home = going[0].household
    memory = Memory.of(home)
    to = addresses.abroad(country) if country else addresses.elsewhere(life.rng, besides=life.town.code)
    notice = max(day - life.between(0, 13), *(person.processed for person in going))
    for person in going:
        clear(person.state, "転出年月日（確定）", "転入通知年月日")
        person.state["転出届出年月日"], person.state["転出予定年月日"] = iso(notice), iso(day)
        addresses.write(person.state, "転出先住所（予定）", to)
        addresses.write(person.state, "転出先住所（確定）", None)
    life.register.remove(day, going, "22" if country else "21", filed=notice)
    if set(going) == set(memory.persons):
        perhaps_cancelled(life, day, memory, "09")
    if not country:
        life.at(day + life.between(10, 30), _confirm, going, to, day)


def _confirm(life: Life, day: int, persons: Sequence[Person], to: Parts, left: int) -> None:
    """Write down what the other town reports: when they arrived, and where, not always as they had said."""
    gone = [person for person in persons if not person.resident and person.state.get("異動事由") == "21"]
    where = addresses.elsewhere(life.rng, besides=life.town.code) if life.chance(0.05) else to
    arrived = left + life.between(0, 9)
    for person in gone:
        state = person.state
        state["転出年月日（確定）"], state["転入通知年月日"] = iso(arrived), iso(day)
        addresses.write(state, "転出先住所（確定）", where)
    life.register.confirm(day, gone, arrived)


def die(life: Life, day: int, person: Person) -> None:
    """Register a death, some on a day that nobody knows."""
    if person.resident:
        when = wording(life.rng, day) if life.chance(LONELY) else None
        life.register.remove(day, [person], "23", when=when, filed=day + life.between(0, 7))


def vanish(life: Life, day: int, person: Person) -> None:
    """Take somebody out of the register ex officio, who was found not to live there any more."""
    if person.resident:
        when = wording(life.rng, day) if life.chance(0.3) else None
        life.register.remove(day, [person], "26", when=when)


def come_to_an_end(life: Life, day: int, home: Household, *, country: Country | None = None) -> None:
    """Let all who live in ``home`` move away, so that nobody of them is a resident any more."""
    leave(life, day, tuple(home.members), country=country)
