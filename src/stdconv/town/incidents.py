"""What befalls people now and then, besides what a household is planned by: rare changes and corrections."""

from __future__ import annotations

from stdconv.town import changes
from stdconv.town.days import FORMER_NAMES, LAST, READINGS, day
from stdconv.town.dice import pick
from stdconv.town.life import Life
from stdconv.town.people import Household, Person
from stdconv.town.pools import Name, countries, other_readings

REWRITTEN = day("2009-11-24")
"""The day on which the town wrote all of its old records anew (assumed)."""


def readings(life: Life, person: Person) -> None:
    """Schedule that a reading was wrong and is corrected, and that the reading of the 戸籍 is taken over."""
    if not person.japanese:
        return
    if life.chance(0.12):
        life.at(life.between(READINGS, LAST), changes.notify_reading, person)
    others = other_readings(person.sex, person.given) if life.chance(0.05) else []
    if others:
        right, person.given = person.given, pick(life.rng, others)
        life.at(life.between(max(person.born, LAST - 12_000) + 400, LAST), changes.read_rightly, person, right)


def befall(life: Life, person: Person, home: Household, since: int) -> None:
    """Schedule rare changes of one person, and of the household."""
    when = life.between(since + 30, LAST)
    if life.chance(0.01):
        life.at(when, changes.ask_for_another_code, person)
    if life.chance(0.008):
        life.at(when + 40, changes.ask_for_another_number, person)
    if life.chance(0.025):
        life.at(when + 80, changes.renumber_honseki, person)
    if life.chance(0.0015):
        life.at(when + 120, changes.lose_nationality, person, countries().draw(life.rng))
    if life.chance(0.004):
        life.at(when + 160, changes.rewrite, home, "08")
    if since < REWRITTEN and life.chance(0.25):
        life.at(REWRITTEN, changes.rewrite, home, "07")


def former_name(life: Life, person: Person, former: Name, since: int) -> None:
    """Schedule that a surname from before the marriage is recorded, of one woman in thirty."""
    if person.family != former and life.chance(0.03):
        life.at(life.between(max(since, FORMER_NAMES) + 30, LAST), changes.record_former_name, person, former)
