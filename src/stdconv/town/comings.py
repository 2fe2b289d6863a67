"""How persons come into the register: by moving in, by birth, by returning; and how foreign ones may stay."""

from __future__ import annotations

from collections.abc import Sequence

from stdconv.town import addresses
from stdconv.town.days import wording
from stdconv.town.life import Life, Memory, perhaps_cancelled
from stdconv.town.people import MAN, Household, Person
from stdconv.town.pools import Country, given_names
from stdconv.town.register import Origin
from stdconv.town.stays import BIRTH, FAMILY, PASSED_ON, Stay, permitted


def arrive(
    life: Life,
    day: int,
    persons: Sequence[Person],
    home: Household,
    *,
    country: Country | None = None,
    official: bool = False,
) -> None:
    """Persons come to live in ``home``: from elsewhere in Japan, from abroad, or registered ex officio."""
    coming = [person for person in persons if not person.resident and person.state.get("住民状態") != "3"]
    if not coming:
        return
    cause, origin, when = "01", None, None
    if official:
        cause, when = "06", wording(life.rng, day) if coming[0].japanese else None
    elif country:
        cause, origin = "02", Origin(addresses.abroad(country), last=addresses.elsewhere(life.later))
    else:
        origin = Origin(addresses.elsewhere(life.rng, besides=life.town.code), head=_earlier_head(life, coming[0]))
    for person in coming:
        if person.stay and person.stay.until and person.stay.until < day + 90:
            person.stay = permitted(life.rng, person.stay.status, day)
    life.register.enter(day, coming, home, cause, origin=origin, when=when, notified=not official)
    for person in coming:
        _expect_renewal(life, person)
    if cause == "01" and len(coming) == len(home.members):
        perhaps_cancelled(life, day, Memory.of(home), "28")


def _earlier_head(life: Life, person: Person) -> str | None:
    """Draw who was the head of the household before: the person, a parent, or nobody known."""
    if not person.japanese or life.chance(0.5):
        return person.written
    parent = next((each for each in person.parents if each.japanese), None)
    if parent:
        return parent.written
    return f"{person.family.written}\u3000{given_names(MAN).draw(life.rng).written}" if life.chance(0.8) else None


def birth(life: Life, day: int, child: Person, home: Household) -> None:
    """Register a child that is born to members of ``home``."""
    if not any(parent.resident and parent.household is home for parent in child.parents):
        return
    if not child.japanese:
        child.stay = Stay(BIRTH)
    life.register.enter(day, [child], home, "03")
    if not child.japanese:
        life.at(day + life.between(30, 60), _permit, child)


def _permit(life: Life, day: int, child: Person) -> None:
    """Give a foreign child that was born here the status that goes with a parent's."""
    parent = next((each for each in child.parents if each.stay), None)
    if parent and parent.stay:
        renew(life, day, child, status=PASSED_ON.get(parent.stay.status, FAMILY))


def renew(life: Life, day: int, person: Person, *, status: str = "") -> None:
    """Write down a new permission to stay, of another ``status`` or the same, as the ministry notified it."""
    if not person.resident or person.stay is None:
        return
    person.stay = permitted(life.rng, status or person.stay.status, day)
    person.stay.write(person.state)
    life.register.amend(day, [person], "43")
    _expect_renewal(life, person)


def _expect_renewal(life: Life, person: Person) -> None:
    if person.stay and person.stay.until:
        life.at(person.stay.until - life.between(3, 60), renew, person)
