"""The biography of a group: who lives in the town today, and what must have happened that they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from stdconv.town import incidents
from stdconv.town.addresses import honseki
from stdconv.town.changes import move
from stdconv.town.columns import State
from stdconv.town.comings import arrive, birth
from stdconv.town.days import BOUNDARIES, FOREIGNERS, LAST, TODAY, wording, years_after, years_old
from stdconv.town.dice import Pool, pick
from stdconv.town.goings import leave
from stdconv.town.life import Life
from stdconv.town.people import (
    MAN,
    WOMAN,
    Household,
    Person,
    coupled,
    foreign,
    given_name,
    japanese,
    registered,
    related,
)
from stdconv.town.pools import Country, Name, countries
from stdconv.town.stays import FAMILY, PASSED_ON, permitted

MOTHERS = Pool(range(19, 44), (1, 1, 2, 3, 4, 6, 8, 10, 12, 13, 14, 14, 13, 12, 11, 10, 8, 7, 5, 4, 3, 2, 1, 1, 1))
"""Ages of mothers at a first child's birth (assumed: the shape of today's vital statistics, from memory)."""

CHILDREN = Pool((1, 2, 3, 4), (40, 45, 13, 2))
"""How many children a couple has that has any (assumed)."""

GROWN_UP, GROWN = 18, 22
"""The age from which one may live by oneself, and that from which children do not come along any more."""

GAPS = Pool((0, 1, 2, 3, 4, 5), (1, 10, 30, 28, 16, 10))
"""Years between two births, 0 for twins (assumed)."""

Couple: TypeAlias = tuple[Person | None, Person | None]
"""Father and mother, as far as they are known."""


class Biography:
    """Draws the persons of a group and schedules what brings them into the register."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.rng = life.rng

    def born(self, age: int) -> int:
        """Draw the birthday of somebody who is ``age`` years old today, now and then one about the end of an era."""
        born = self.life.between(years_after(TODAY, -age - 1) + 1, years_after(TODAY, -age))
        near = [boundary for boundary in BOUNDARIES if abs(boundary - born) < 400]
        return pick(self.rng, near) if near and self.life.chance(0.3 if age > 95 else 0.02) else born

    def grown(self, age: int) -> int:
        """Return ``age``, or that of somebody who is just grown up where that is too young."""
        return age if age >= GROWN_UP else self.life.between(GROWN_UP, GROWN_UP + 5)

    def person(self, sex: str, age: int, *, family: Name | None = None) -> Person:
        """Draw a Japanese person of that age, in the 戸籍 of a father who is known only from it."""
        person = self._japanese(sex, self.born(age), family)
        if self.life.chance(0.004 if age > 60 else 0.0005):
            person.unknown = wording(self.rng, person.born)
        father = japanese(self.rng, MAN, 0, family=person.family)
        person.koseki = registered(father, self.honseki(None))
        return person

    def couple(self, his_age: int, her_age: int, *, home: Household) -> tuple[tuple[Person, Person], Name]:
        """Draw a married couple, and the surname that she had before; one in thirty has taken hers."""
        man, woman = self.person(MAN, his_age), self.person(WOMAN, her_age)
        maiden = woman.family
        coupled(man, woman)
        head, other = (woman, man) if self.life.chance(0.03) else (man, woman)
        other.family = head.family
        man.koseki = woman.koseki = registered(head, self.honseki(home))
        return (man, woman), maiden

    def foreigner(self, sex: str, age: int, country: Country, status: str, since: int) -> Person:
        """Draw a foreign person who has been here since that day."""
        person = foreign(self.rng, sex, self.born(age), country)
        person.stay = permitted(self.rng, status, since)
        person.insured = self.life.chance(0.5)
        return person

    def country(self, *not_from: str) -> Country:
        """Draw a country, none of those with the codes ``not_from``."""
        while (found := countries().draw(self.rng)).code in not_from:
            continue
        return found

    def _japanese(self, sex: str, born: int, family: Name | None) -> Person:
        rng, life = self.rng, self.life
        person = japanese(rng, sex, born, family=family)
        person.insured, person.older_era = life.chance(0.25), life.chance(0.5)
        return person

    def honseki(self, home: Household | None) -> State:
        """Draw a 本籍, by half at ``home``."""
        return honseki(self.rng, home.home.parts if home and self.life.chance(0.5) else None)

    def home(self, *, flat: float = 0.35) -> Household:
        """Draw a home in the town, with the chance ``flat`` one in a block of flats."""
        town = self.life.town
        return Household(town.flat(self.rng) if self.life.chance(flat) else town.house(self.rng))

    def since(self, founders: Sequence[Person], *, recent: bool = False, from_age: int = 18) -> int:
        """Draw the day since when ``founders`` live here, all of them at least ``from_age`` years old."""
        first = years_after(max(person.born for person in founders), from_age)
        share = max(self.rng.random(), self.rng.random()) if recent else self.rng.random()
        return min(first + int(max(LAST - first, 0) * share), LAST)

    def lately(self, since: int, years: int, *, until: int = LAST) -> int:
        """Draw a day of the last ``years`` years after ``since``, and before ``until`` if that can be."""
        return self.life.between(max(since, LAST - 365 * years) + 20, min(until, LAST))

    def settle(self, day: int, founders: Sequence[Person], home: Household, *, country: Country | None = None) -> None:
        """Let ``founders`` come, and with them happen what happens to everybody now and then."""
        foreigners = any(not person.japanese for person in founders)
        if foreigners and day < FOREIGNERS:
            self.life.at(FOREIGNERS, arrive, founders, home, official=True)
        else:
            official = not foreigners and self.life.chance(0.003)
            from_abroad = country or (self.country() if self.life.chance(0.015) else None)
            self.life.at(day, arrive, founders, home, country=from_abroad, official=official)
        when = day
        while self.life.chance(0.25):
            when = self.life.between(when + 60, when + 6000)
            self.life.at(when, move, home)
        for person in founders:
            incidents.readings(self.life, person)

    def ages(self, her_age: int) -> list[int]:
        """Draw the ages of a woman's children, fewer where she is too young for as many as she is to have."""
        wanted, birth_at = CHILDREN.draw(self.rng), MOTHERS.draw(self.rng)
        if birth_at > her_age:
            birth_at = self.life.between(min(19, her_age), her_age)
        found: list[int] = []
        while len(found) < wanted and birth_at <= min(her_age, 45):
            found.append(her_age - birth_at)
            birth_at += GAPS.draw(self.rng)
        return found

    def raise_children(self, ages: Sequence[int], parents: Couple, home: Household, since: int) -> list[Person]:
        """Make children of those ages, who are born here or returned to be brought along; most leave when grown."""
        brought, born, last = [], 0, -1
        for age in ages:
            born, last = born if age == last else self.born(age), age
            child = self.child(parents, born, since)
            incidents.readings(self.life, child)
            if child.born >= since:
                self.life.at(child.born, birth, child, home)
            elif years_old(child.born, since) < GROWN:
                brought.append(child)
            self._leave_home(child, home, since)
        return brought

    def child(self, parents: Couple, born: int, since: int = 0) -> Person:
        """Make a child of ``parents``: Japanese if one of them is, else of the mother's nationality."""
        sex = MAN if self.life.chance(0.513) else WOMAN
        father, mother = parents
        known = [parent for parent in parents if parent]
        nationals = [parent for parent in known if parent.japanese]
        if nationals:
            child = self._japanese(sex, born, nationals[0].family)
            child.koseki = nationals[0].koseki
        else:
            one = known[-1]
            if one.country is None or one.stay is None:
                raise ValueError("a foreign person has a country and may stay")
            child = foreign(self.rng, sex, born, one.country, family=known[0].family)
            child.stay = permitted(self.rng, PASSED_ON.get(one.stay.status, FAMILY), max(since, born))
        siblings = {sibling.given for parent in known for sibling in parent.children}
        while child.given in siblings:
            child.given = given_name(self.rng, child)
        return related(father, mother, child)

    def _leave_home(self, child: Person, home: Household, since: int) -> None:
        when = years_after(child.born, 18) + self.life.between(0, 3000)
        if when > since and self.life.chance(0.72):
            self.life.at(when, leave, [child])
            if self.life.chance(0.08):
                self.life.at(when + self.life.between(300, 2500), arrive, [child], home)
