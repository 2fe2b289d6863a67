"""Small families: who lives together today, by the age of the one that the household is drawn by."""

from __future__ import annotations

from stdconv.town import incidents
from stdconv.town.changes import guard, hand_over, marry, protect
from stdconv.town.days import LAST, years_after
from stdconv.town.goings import come_to_an_end, die, leave, vanish
from stdconv.town.people import MAN, WOMAN, Household, Person, coupled
from stdconv.town.plan import Plan


def single(plan: Plan, age: int) -> None:
    """Somebody alone; of the very old, half live in an institution. Many of the young have moved on since."""
    life = plan.life
    person = plan.person(MAN if life.chance(0.3 if age >= 65 else 0.56) else WOMAN, age)
    old = age >= 82 and life.chance(0.5)
    home = Household(life.town.institution(plan.rng)) if old else plan.home(flat=0.7)
    since = plan.since([person], recent=True, from_age=70 if old else 18)
    plan.settle(since, [person], home)
    if life.chance(0.3 if age < 45 else 0.1):
        abroad = plan.country() if life.chance(0.06) else None
        life.at(plan.lately(since, 12), come_to_an_end, home, country=abroad)
    elif age >= 70 and life.chance(0.15):
        life.at(plan.lately(since, 10), die, person)
    elif life.chance(0.004):
        life.at(plan.lately(since, 10), vanish, person)
    incidents.befall(life, person, home, since)


def couple(plan: Plan, age: int) -> None:
    """A couple alone; the children have left, if there were any."""
    life = plan.life
    home = plan.home()
    her_age = plan.grown(age - life.between(-3, 6))
    pair, maiden = plan.couple(age, her_age, home=home)
    since = plan.since(pair, recent=age < 50, from_age=20)
    ages = [child for child in plan.ages(her_age) if child >= 18] if age >= 45 and life.chance(0.8) else []
    plan.settle(since, [*pair, *plan.raise_children(ages, pair, home, since)], home)
    _empty_nest(plan, pair[0], since)
    if life.chance(0.1):
        life.at(plan.lately(since, 12), come_to_an_end, home)
    incidents.former_name(life, pair[1], maiden, since)
    incidents.befall(life, pair[0], home, since)


def _empty_nest(plan: Plan, parent: Person, since: int) -> None:
    for child in parent.children:
        plan.life.at(max(years_after(child.born, 18), since) + plan.life.between(20, 2500), leave, [child])


def widowed(plan: Plan, age: int) -> None:
    """One of an old couple, whose other half died here."""
    life = plan.life
    home = plan.home(flat=0.2)
    if life.chance(0.8):
        (dead, alive), _ = plan.couple(age + life.between(-1, 6), age, home=home)
    else:
        (alive, dead), _ = plan.couple(age, age - life.between(-1, 6), home=home)
    since = plan.since([dead, alive], from_age=24)
    mother = alive if alive.sex == WOMAN else dead
    ages = [child for child in plan.ages((LAST - mother.born) // 366) if child >= 20]
    parents = (dead, alive) if mother is alive else (alive, dead)
    plan.settle(since, [*parents, *plan.raise_children(ages, parents, home, since)], home)
    _empty_nest(plan, alive, since)
    life.at(plan.lately(since, 20), die, dead)
    if life.chance(0.08):
        life.at(plan.lately(since, 7), die, alive)
    if life.chance(0.01):
        life.at(plan.lately(since, 4), guard, alive)
    incidents.befall(life, alive, home, since)


def family(plan: Plan, age: int) -> None:
    """Parents with children."""
    life = plan.life
    home = plan.home()
    her_age = plan.grown(age - life.between(-3, 6))
    pair, maiden = plan.couple(age, her_age, home=home)
    since = plan.since(pair, from_age=20)
    plan.settle(since, [*pair, *plan.raise_children(plan.ages(her_age), pair, home, since)], home)
    if life.chance(0.07):
        life.at(plan.lately(since, 12), come_to_an_end, home)
    elif life.chance(0.02):
        life.at(plan.lately(since, 12), hand_over, home, pair[1])
    incidents.former_name(life, pair[1], maiden, since)
    incidents.befall(life, pair[1], home, since)


def single_parent(plan: Plan, age: int) -> None:
    """A mother or a father with children; the other one has left, or died, or never lived here."""
    life = plan.life
    home = plan.home(flat=0.5)
    pair, _ = plan.couple(age + life.between(-2, 4), age, home=home)
    stays, goes = (pair[1], pair[0]) if life.chance(0.87) else pair
    since = plan.since(pair, from_age=20)
    brought = plan.raise_children(plan.ages((LAST - pair[1].born) // 366), pair, home, since)
    if life.chance(0.3):
        plan.settle(since, [stays, *brought], home)
    else:
        plan.settle(since, [*pair, *brought], home)
        when = life.between(since + 400, LAST)
        life.at(when, leave, [goes]) if life.chance(0.75) else life.at(when, die, goes)
    if life.chance(0.03):
        life.at(plan.lately(since, 8), protect, stays)
    incidents.befall(life, stays, home, since)


def unmarried(plan: Plan, age: int) -> None:
    """A couple that is not married (未届); some marry later."""
    life = plan.life
    home = plan.home(flat=0.8)
    man, woman = plan.person(MAN, age), plan.person(WOMAN, plan.grown(age - life.between(-3, 5)))
    coupled(man, woman, unmarried=True)
    since = plan.since([man, woman], recent=True)
    plan.settle(since, [man, woman] if life.chance(0.8) else [woman, man], home)
    if life.chance(0.35):
        life.at(life.between(since + 100, since + 2000), marry, man, woman)
    if life.chance(0.2):
        life.at(plan.lately(since, 10), leave, [man])
    incidents.befall(life, woman, home, since)


def housemates(plan: Plan, age: int) -> None:
    """Two to four who share a flat and are not relatives (同居人)."""
    life = plan.life
    home = plan.home(flat=0.9)
    mates = [plan.person(MAN if life.chance(0.5) else WOMAN, plan.grown(age + life.between(-6, 6))) for _ in range(2)]
    if life.chance(0.3):
        mates += [plan.person(MAN if life.chance(0.5) else WOMAN, plan.grown(age)) for _ in range(2)]
    since = plan.since(mates, recent=True)
    plan.settle(since, mates[:1], home)
    for mate in mates[1:]:
        plan.settle(life.between(since, LAST), [mate], home)
    if life.chance(0.5):
        life.at(plan.lately(since, 6), leave, mates[:1])
