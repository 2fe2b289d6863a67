"""Large families: generations and brothers and sisters, in one household or in two of the same group."""

from __future__ import annotations

from stdconv.town import incidents
from stdconv.town.biography import MOTHERS, Biography
from stdconv.town.changes import hand_over, new_koseki, regroup
from stdconv.town.comings import arrive, birth
from stdconv.town.days import LAST, TODAY, years_after
from stdconv.town.goings import die, leave
from stdconv.town.people import MAN, WOMAN, Household, Person, coupled, registered


def _with_grown_child(biography: Biography, age: int, home: Household) -> tuple[tuple[Person, Person], Person, int]:
    """Draw a couple and their child, ``age`` years old today; return them, and since when they live in ``home``."""
    life = biography.life
    elder = age + MOTHERS.draw(biography.rng)
    parents, _ = biography.couple(elder + life.between(-2, 5), elder, home=home)
    since = biography.since(parents, from_age=22)
    child = biography.child(parents, biography.born(age), since)
    incidents.readings(life, child)
    if child.born < since:
        biography.settle(since, [*parents, child], home)
    else:
        biography.settle(since, parents, home)
        life.at(child.born, birth, child, home)
    return parents, child, since


def _grow_old(biography: Biography, persons: tuple[Person, ...], since: int) -> None:
    """Let the old die: the older they would be today, the more of them."""
    for person in persons:
        share = _DEAD[min(max(TODAY - person.born - 60 * 365, 0) // (5 * 365), len(_DEAD) - 1)]
        if biography.life.chance(share + (0.1 if person.sex == MAN else 0)):
            biography.life.at(biography.lately(since, 30, until=years_after(person.born, 101)), die, person)


_DEAD = (0.03, 0.05, 0.08, 0.15, 0.25, 0.4, 0.65, 0.9, 1.0)
"""How many of those who would be 60, 65, … 100 years old today have died (assumed)."""


def _bring_up(biography: Biography, child: Person, home: Household, since: int) -> int:
    """Let ``child`` marry, and children be born in ``home``; return the day when husband or wife came."""
    life = biography.life
    age = (TODAY - child.born) // 365
    other = biography.person(WOMAN if child.sex == MAN else MAN, max(age - life.between(-3, 5), 20))
    came = max(years_after(max(child.born, other.born), 21) + life.between(0, 3000), since + 30)
    maiden, other.family = other.family, child.family
    coupled(child, other)
    koseki = registered(child, biography.honseki(home))
    other.koseki = koseki
    pair = (child, other) if child.sex == MAN else (other, child)
    life.at(came, new_koseki, child, koseki)
    mother = pair[1]
    ages = [each for each in biography.ages((LAST - mother.born) // 366) if TODAY - each * 365 > came]
    biography.raise_children(ages, pair, home, came)
    life.at(came, arrive, [other], home)
    incidents.former_name(life, other, maiden, came)
    incidents.befall(life, other, home, came)
    return came


def three_generations(biography: Biography, age: int) -> None:
    """A couple with children, and the parents of one of them, who were here before."""
    life = biography.life
    home = biography.home(flat=0.05)
    elders, child, since = _with_grown_child(biography, age, home)
    came = _bring_up(biography, child, home, since)
    _grow_old(biography, elders, came)
    if life.chance(0.3):
        life.at(biography.lately(came, 20), hand_over, home, child)


def neighbours(biography: Biography, age: int) -> None:
    """Parents, and the family of their child in a separate household: under the same roof, or elsewhere in town."""
    life = biography.life
    home = biography.home(flat=0.1)
    elders, child, since = _with_grown_child(biography, age, home)
    apart = max(years_after(child.born, 20), since + 400) + life.between(0, 2000)
    same_roof = life.chance(0.5)
    own = Household(home.home) if same_roof else biography.home()
    life.at(apart, regroup, [child], own, "50" if same_roof else "41")
    _bring_up(biography, child, own, apart)
    _grow_old(biography, elders, apart)
    if same_roof and life.chance(0.3):
        back = biography.lately(apart + 900, 12)
        if life.chance(0.5):
            life.at(back, regroup, elders, own, "51")
        elif child.children:
            life.at(back, regroup, child.children[:1], home, "52")


def parent_and_child(biography: Biography, age: int) -> None:
    """One or two old parents with a grown child who never left, or came back."""
    life = biography.life
    home = biography.home(flat=0.15)
    parents, child, since = _with_grown_child(biography, age, home)
    if life.chance(0.35):
        away = max(years_after(child.born, 18), since) + life.between(20, 1500)
        life.at(away, leave, [child])
        life.at(life.between(away + 400, LAST), arrive, [child], home)
    _grow_old(biography, parents, max(since, child.born))
    if life.chance(0.15):
        life.at(biography.lately(max(since, child.born), 12), hand_over, home, child)
    incidents.befall(life, child, home, max(since, child.born))


def siblings(biography: Biography, age: int) -> None:
    """A brother or sister with another, or with a nephew or a niece, and perhaps the family of their child."""
    life = biography.life
    home = biography.home(flat=0.3)
    parents, _ = biography.couple(age + 30, age + 27, home=home)
    one = biography.child(parents, biography.born(age))
    other = biography.child(parents, biography.born(biography.grown(age - life.between(1, 5))))
    others = [other]
    if life.chance(0.4) and age > 45:
        nephew = biography.child(
            (other, None) if other.sex == MAN else (None, other), biography.born(age - life.between(25, 27))
        )
        others = [nephew]
        if life.chance(0.3) and age > 70:
            others += _great(biography, nephew, age - 52)
    since = biography.since([one, *others], recent=True, from_age=0)
    biography.settle(since, [one, *others], home)
    incidents.befall(life, one, home, since)


def _great(biography: Biography, nephew: Person, age: int) -> list[Person]:
    """Draw a child of ``nephew`` with wife or husband."""
    child = biography.child((nephew, None) if nephew.sex == MAN else (None, nephew), biography.born(age))
    other = biography.person(WOMAN if child.sex == MAN else MAN, age)
    coupled(child, other)
    other.family = child.family
    child.koseki = other.koseki = registered(child, biography.honseki(None))
    return [child, other]
