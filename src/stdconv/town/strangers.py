"""Households with foreign residents, by the age of the one that the household is drawn by."""

from __future__ import annotations

from stdconv.town import incidents
from stdconv.town.biography import Biography
from stdconv.town.changes import naturalise, record_alias
from stdconv.town.comings import arrive, renew
from stdconv.town.days import FOREIGNERS, LAST, years_after
from stdconv.town.goings import come_to_an_end, leave, vanish
from stdconv.town.people import MAN, WOMAN, Person, coupled, japanese, registered
from stdconv.town.pools import Name, country
from stdconv.town.stays import FAMILY, SPECIAL_PERMANENT, SPOUSE

ALONE = ("T41", "T71", "T22", "T24", "T26", "T26", "T71", "T51", "T20", "T29")
WITH_FAMILY = ("T26", "T26", "X14", "T63", "T25", "T20")
SHARING = ("T22", "T24", "T21", "T71", "T41")
"""在留資格 of those who live alone, with a family, or share a flat (assumed)."""


def alone(biography: Biography, age: int) -> None:
    """A worker or a student from abroad; many have gone home or elsewhere since, some without notice."""
    life = biography.life
    where = biography.country("KOR") if life.chance(0.9) else biography.country()
    home = biography.home(flat=0.9)
    since = max(_lately_grown(biography, age), FOREIGNERS)
    person = biography.foreigner(_sex(biography), age, where, _one_of(biography, ALONE), since)
    biography.settle(since, [person], home, country=where if life.chance(0.6) else None)
    if life.chance(0.4):
        life.at(biography.lately(since, 8), come_to_an_end, home, country=where if life.chance(0.5) else None)
    elif life.chance(0.06):
        life.at(biography.lately(since, 8), vanish, person)
    elif life.chance(0.15):
        life.at(life.between(since + 400, LAST), renew, person, status="X14" if life.chance(0.3) else "T26")
    if life.chance(0.02):
        life.at(life.between(since + 1900, since + 4000), naturalise, person)


def together(biography: Biography, age: int) -> None:
    """A couple from abroad, with children or without; some of the men came first."""
    life = biography.life
    where = biography.country()
    home = biography.home(flat=0.6)
    since = max(_lately_grown(biography, age), FOREIGNERS)
    man = biography.foreigner(MAN, age, where, _one_of(biography, WITH_FAMILY), since)
    woman = biography.foreigner(WOMAN, biography.grown(age - life.between(-2, 5)), where, FAMILY, since)
    coupled(man, woman)
    ages = biography.ages((LAST - woman.born) // 366) if life.chance(0.6) else []
    brought = biography.raise_children(ages, (man, woman), home, since)
    if life.chance(0.3) and not brought:
        biography.settle(since, [man], home, country=where)
        life.at(life.between(since + 100, since + 900), arrive, [woman], home, country=where)
    else:
        biography.settle(since, [man, woman, *brought], home, country=where if life.chance(0.4) else None)
    if life.chance(0.2):
        life.at(biography.lately(since, 8), come_to_an_end, home, country=where if life.chance(0.4) else None)
    elif life.chance(0.06):
        for person in (man, woman):
            life.at(life.between(LAST - 2500, LAST), naturalise, person)


def rooted(biography: Biography, age: int) -> None:
    """A family of 特別永住者, whose parents were born here; most go by a Japanese name."""
    life = biography.life
    korea = country("KOR")
    home = biography.home(flat=0.3)
    man = biography.foreigner(MAN, age, korea, SPECIAL_PERMANENT, FOREIGNERS)
    woman = biography.foreigner(WOMAN, biography.grown(age - life.between(-2, 5)), korea, SPECIAL_PERMANENT, FOREIGNERS)
    coupled(man, woman)
    since = max(biography.since((man, woman)), FOREIGNERS)
    ages = biography.ages((LAST - woman.born) // 366)
    brought = biography.raise_children(ages, (man, woman), home, since)
    family = japanese(biography.rng, MAN, 0).family
    founders = [man, woman, *brought] if life.chance(0.7) else [man]
    for person in founders:
        if life.chance(0.7):
            _goes_by(biography, person, family, since)
    biography.settle(since, founders, home)
    if life.chance(0.1):
        life.at(life.between(since + 300, LAST), naturalise, man)


def mixed(biography: Biography, age: int) -> None:
    """A Japanese resident and somebody from abroad who are married; their children are Japanese."""
    life = biography.life
    where = biography.country()
    home = biography.home(flat=0.5)
    sex, other = (MAN, WOMAN) if life.chance(0.72) else (WOMAN, MAN)
    person = biography.person(sex, age)
    person.koseki = registered(person, biography.honseki(home))
    since = max(biography.since([person]), years_after(person.born, 20))
    came = min(max(since, FOREIGNERS) + life.between(0, 1500), LAST - 30)
    spouse = biography.foreigner(other, biography.grown(age - life.between(-4, 9)), where, SPOUSE, came)
    coupled(person, spouse)
    parents = (person, spouse) if sex == MAN else (spouse, person)
    ages = biography.ages((LAST - parents[1].born) // 366) if life.chance(0.6) else []
    brought = biography.raise_children(ages, parents, home, since)
    biography.settle(since, [person, *brought], home)
    life.at(came, arrive, [spouse], home, country=where if life.chance(0.5) else None)
    if life.chance(0.25):
        _goes_by(biography, spouse, person.family, came)
    if life.chance(0.3):
        life.at(life.between(came + 700, LAST), renew, spouse, status="X14")
    elif life.chance(0.08):
        life.at(life.between(came + 1000, LAST), naturalise, spouse)
    incidents.befall(life, person, home, since)


def sharing(biography: Biography, age: int) -> None:
    """Workers of one company who share a dwelling."""
    life = biography.life
    where = biography.country("KOR", "TWN", "USA", "BRA")
    home = biography.home(flat=0.6)
    since = max(_lately_grown(biography, age), FOREIGNERS)
    sex, status = _sex(biography), _one_of(biography, SHARING)
    number = life.between(2, 6)
    mates = [
        biography.foreigner(sex, biography.grown(age + life.between(-4, 4)), where, status, since)
        for _ in range(number)
    ]
    since = max(since, years_after(max(mate.born for mate in mates), 18))
    biography.settle(since, mates, home, country=where if life.chance(0.8) else None)
    for mate in mates:
        if life.chance(0.4):
            life.at(biography.lately(since, 5), leave, [mate], country=where if life.chance(0.6) else None)


def _sex(biography: Biography) -> str:
    return MAN if biography.life.chance(0.52) else WOMAN


def _one_of(biography: Biography, statuses: tuple[str, ...]) -> str:
    return statuses[biography.life.between(0, len(statuses) - 1)]


def _lately_grown(biography: Biography, age: int) -> int:
    """Draw a day of the last years, on which somebody of that age was grown up."""
    return biography.life.between(max(LAST - 3300, LAST - (age - 18) * 365), LAST - 40)


def _goes_by(biography: Biography, person: Person, family: Name, since: int) -> None:
    """Schedule that a 通称 is recorded, with that surname and a Japanese given name."""
    life = biography.life
    given = japanese(biography.rng, person.sex, 0).given
    alias = Name(f"{family.written}\u3000{given.written}", f"{family.reading}\u3000{given.reading}")
    life.at(life.between(max(since, FOREIGNERS) + 30, LAST), record_alias, person, alias)
