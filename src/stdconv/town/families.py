"""Small families: who lives together today, by the age of the one that the household is drawn by."""

from __future__ import annotations

from stdconv.town import incidents
from stdconv.town.biography import Biography
from stdconv.town.changes import guard, hand_over, marry, protect
from stdconv.town.days import LAST, years_after
from stdconv.town.goings import come_to_an_end, die, leave, vanish
from stdconv.town.people import MAN, WOMAN, Household, Person, coupled


def single(biography: Biography, age: int) -> None:
    """Somebody alone; of the very old, half live in an institution. Many of the young have moved on since."""
    life = biography.life
    person = biography.person(MAN if life.chance(0.3 if age >= 65 else 0.56) else WOMAN, age)
    old = age >= 82 and life.chance(0.5)
    home = Household(life.town.institution(biography.rng)) if old else biography.home(flat=0.7)
    since = biography.since([person], recent=True, from_age=70 if old else 18)
    biography.settle(since, [person], home)
    if life.chance(0.3 if age < 45 else 0.1):
        abroad = biography.country() if life.chance(0.06) else None
        life.at(biography.lately(since, 12), come_to_an_end, home, country=abroad)
    elif age >= 70 and life.chance(0.15):
        life.at(biography.lately(since, 10), die, person)
    elif life.chance(0.004):
        life.at(biography.lately(since, 10), vanish, person)
    incidents.befall(life, person, home, since)


def couple(biography: Biography, age: int) -> None:
    """A couple alone; the children have left, if there were any."""
    life = biography.life
    home = biography.home()
    her_age = biography.grown(age - life.between(-3, 6))
    pair, maiden = biography.couple(age, her_age, home=home)
    since = biography.since(pair, recent=age < 50, from_age=20)
    ages = [child for child in biography.ages(her_age) if child >= 18] if age >= 45 and life.chance(0.8) else []
    biography.settle(since, [*pair, *biography.raise_children(ages, pair, home, since)], home)
    _empty_nest(biography, pair[0], since)
    if life.chance(0.1):
        life.at(biography.lately(since, 12), come_to_an_end, home)
    incidents.former_name(life, pair[1], maiden, since)
    incidents.befall(life, pair[0], home, since)


def _empty_nest(biography: Biography, parent: Person, since: int) -> None:
    for child in parent.children:
        biography.life.at(max(years_after(child.born, 18), since) + biography.life.between(20, 2500), leave, [child])


def widowed(biography: Biography, age: int) -> None:
    """One of an old couple, whose other half died here."""
    life = biography.life
    home = biography.home(flat=0.2)
    if life.chance(0.8):
        (dead, alive), _ = biography.couple(age + life.between(-1, 6), age, home=home)
    else:
        (alive, dead), _ = biography.couple(age, age - life.between(-1, 6), home=home)
    since = biography.since([dead, alive], from_age=24)
    mother = alive if alive.sex == WOMAN else dead
    ages = [child for child in biography.ages((LAST - mother.born) // 366) if child >= 20]
    parents = (dead, alive) if mother is alive else (alive, dead)
    biography.settle(since, [*parents, *biography.raise_children(ages, parents, home, since)], home)
    _empty_nest(biography, alive, since)
    life.at(biography.lately(since, 20), die, dead)
    if life.chance(0.08):
        life.at(biography.lately(since, 7), die, alive)
    if life.chance(0.01):
        life.at(biography.lately(since, 4), guard, alive)
    incidents.befall(life, alive, home, since)


def family(biography: Biography, age: int) -> None:
    """Parents with children."""
    life = biography.life
    home = biography.home()
    her_age = biography.grown(age - life.between(-3, 6))
    pair, maiden = biography.couple(age, her_age, home=home)
    since = biography.since(pair, from_age=20)
    biography.settle(since, [*pair, *biography.raise_children(biography.ages(her_age), pair, home, since)], home)
    if life.chance(0.07):
        life.at(biography.lately(since, 12), come_to_an_end, home)
    elif life.chance(0.02):
        life.at(biography.lately(since, 12), hand_over, home, pair[1])
    incidents.former_name(life, pair[1], maiden, since)
    incidents.befall(life, pair[1], home, since)


def single_parent(biography: Biography, age: int) -> None:
    """A mother or a father with children; the other one has left, or died, or never lived here."""
    life = biography.life
    home = biography.home(flat=0.5)
    pair, _ = biography.couple(age + life.between(-2, 4), age, home=home)
    stays, goes = (pair[1], pair[0]) if life.chance(0.87) else pair
    since = biography.since(pair, from_age=20)
    brought = biography.raise_children(biography.ages((LAST - pair[1].born) // 366), pair, home, since)
    if life.chance(0.3):
        biography.settle(since, [stays, *brought], home)
    else:
        biography.settle(since, [*pair, *brought], home)
        when = life.between(since + 400, LAST)
        life.at(when, leave, [goes]) if life.chance(0.75) else life.at(when, die, goes)
    if life.chance(0.03):
        life.at(biography.lately(since, 8), protect, stays)
    incidents.befall(life, stays, home, since)


def unmarried(biography: Biography, age: int) -> None:
    """A couple that is not married (未届); some marry later."""
    life = biography.life
    home = biography.home(flat=0.8)
    man, woman = biography.person(MAN, age), biography.person(WOMAN, biography.grown(age - life.between(-3, 5)))
    coupled(man, woman, unmarried=True)
    since = biography.since([man, woman], recent=True)
    biography.settle(since, [man, woman] if life.chance(0.8) else [woman, man], home)
    if life.chance(0.35):
        life.at(life.between(since + 100, since + 2000), marry, man, woman)
    if life.chance(0.2):
        life.at(biography.lately(since, 10), leave, [man])
    incidents.befall(life, woman, home, since)


def housemates(biography: Biography, age: int) -> None:
    """Two to four who share a flat and are not relatives (同居人)."""
    life = biography.life
    home = biography.home(flat=0.9)
    mates = [
        biography.person(MAN if life.chance(0.5) else WOMAN, biography.grown(age + life.between(-6, 6)))
        for _ in range(2)
    ]
    if life.chance(0.3):
        mates += [biography.person(MAN if life.chance(0.5) else WOMAN, biography.grown(age)) for _ in range(2)]
    since = biography.since(mates, recent=True)
    biography.settle(since, mates[:1], home)
    for mate in mates[1:]:
        biography.settle(life.between(since, LAST), [mate], home)
    if life.chance(0.5):
        life.at(biography.lately(since, 6), leave, mates[:1])
