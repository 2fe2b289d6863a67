"""What changes for persons who stay: address, household, head, names, nationality, and what was written wrongly."""

from __future__ import annotations

from collections.abc import Sequence

from stdconv.japan.unknowndates import ALL
from stdconv.town.addresses import honseki
from stdconv.town.columns import State
from stdconv.town.comings import renew
from stdconv.town.days import READINGS, iso, put
from stdconv.town.life import Life, Memory, perhaps_cancelled
from stdconv.town.people import Household, Person, identify, japanese, registered
from stdconv.town.pools import Country, Name
from stdconv.town.register import PERSONS
from stdconv.town.stays import LOST, SPOUSE, Stay


def move(life: Life, day: int, home: Household) -> None:
    """A household moves to another address in the town."""
    if home.members:
        memory = Memory.of(home)
        life.register.move(day, home, life.town.house(life.rng) if life.chance(0.5) else life.town.flat(life.rng))
        perhaps_cancelled(life, day, memory, "59")


def regroup(life: Life, day: int, persons: Sequence[Person], home: Household, cause: str) -> None:
    """Persons of one household become members of another: separated (50), merged (51), changed (52), moved (41)."""
    going = [person for person in persons if person.resident and person.household is not home]
    if going:
        life.register.regroup(day, going, home, cause)


def hand_over(life: Life, day: int, home: Household, wanted: Person) -> None:
    """Another member becomes the head of the household."""
    if wanted in home.members and wanted is not home.head:
        memory = Memory.of(home)
        life.register.another_head(day, home, wanted=wanted)
        perhaps_cancelled(life, day, memory, "59")


def marry(life: Life, day: int, man: Person, woman: Person) -> None:
    """Two who live together marry; she takes his name, and both enter a new 戸籍."""
    if not (man.resident and woman.resident and man.household and man.household is woman.household):
        return
    man.unmarried = woman.unmarried = False
    if life.chance(0.1):
        woman.former = woman.family
    woman.family = man.family
    man.koseki = woman.koseki = registered(man, honseki(life.rng, man.household.home.parts))
    for person in (man, woman):
        identify(person)
    life.register.settle(man.household)
    life.register.amend(day, man.household.members, "43")


def new_koseki(life: Life, day: int, person: Person, koseki: State) -> None:
    """Somebody who marries gets a new 戸籍."""
    person.koseki = koseki
    if person.resident:
        identify(person)
        life.register.amend(day, [person], "43")


def read_rightly(life: Life, day: int, person: Person, given: Name) -> None:
    """Correct a given name that was registered with another reading."""
    if person.resident:
        person.given = given
        identify(person)
        life.register.amend(day, [person], "44")


def notify_reading(life: Life, day: int, person: Person) -> None:
    """Take over the reading that the 戸籍 now has."""
    if person.resident and person.japanese and day >= READINGS:
        person.state["氏名_フリガナ確認状況"] = person.state["氏名_フリガナ公証確認状況"] = "1"
        person.state.pop("氏名_振り仮名公証・フリガナ確認状況", None)
        life.register.amend(day, [person], "43")


def renumber_honseki(life: Life, day: int, person: Person) -> None:
    """The 本籍 of a person, and of those in the same 戸籍, has another number."""
    if not person.resident or not person.japanese or person.household is None:
        return
    same = [each for each in person.household.members if each.koseki == person.koseki]
    head = {column: value for column, value in person.koseki.items() if column.startswith("戸籍")}
    changed = honseki(life.rng, person.household.home.parts) | head
    for each in same:
        each.koseki = changed
        identify(each)
    life.register.amend(day, same, "42")


def record_former_name(life: Life, day: int, person: Person, former: Name) -> None:
    """Record the surname that the person had before, next to today's."""
    if person.resident and person.japanese and person.household:
        memory = Memory.of(person.household)
        person.former = former
        identify(person)
        life.register.amend(day, [person], "54", notified=True)
        if len(memory.persons) == 1:
            perhaps_cancelled(life, day, memory, "59")
        if life.chance(0.15):
            life.at(day + life.between(200, 900), _erase_former_name, person)


def _erase_former_name(life: Life, day: int, person: Person) -> None:
    if person.resident and person.former:
        person.former = None
        for column in ("旧氏", "旧氏_フリガナ", "旧氏_フリガナ確認状況"):
            person.state.pop(column, None)
        life.register.amend(day, [person], "56", notified=True)


def record_alias(life: Life, day: int, person: Person, alias: Name) -> None:
    """Record the Japanese name that a foreign resident goes by."""
    if person.resident and not person.japanese:
        person.alias = alias
        identify(person)
        life.register.amend(day, [person], "57", notified=True)
        if life.chance(0.15):
            life.at(day + life.between(200, 2000), _erase_alias, person)


def _erase_alias(life: Life, day: int, person: Person) -> None:
    if person.resident and not person.japanese and person.alias:
        person.alias = None
        for column in ("通称", "通称_フリガナ", "通称_フリガナ確認状況"):
            person.state.pop(column, None)
        identify(person)
        life.register.amend(day, [person], "58", notified=True)


def ask_for_another_code(life: Life, day: int, person: Person) -> None:
    """Give another 住民票コード to somebody who asks for it."""
    if person.resident:
        person.state["住民票コード"] = life.register.juminhyo_code(PERSONS + life.register.persons.index(person))
        life.register.amend(day, [person], "48", notified=True)


def ask_for_another_number(life: Life, day: int, person: Person) -> None:
    """Give another 個人番号 to somebody who asks for it; the number itself is never written."""
    if person.resident:
        life.register.amend(day, [person], "45", notified=True)


def rewrite(life: Life, day: int, home: Household, cause: str) -> None:
    """Write the records of a household anew: 改製 (07), which is counted, or 再製 (08)."""
    for person in home.members:
        if cause == "07":
            person.state["改製番号"] = str(int(person.state["改製番号"]) + 1)
            put(person.state, "改製記載年月日", ALL if life.chance(0.01) else day)
        else:
            put(person.state, "再製記載年月日", day)
    life.register.amend(day, home.members, cause)


def guard(life: Life, day: int, person: Person) -> None:
    """Note that somebody is under guardianship (成年被後見人)."""
    if person.resident:
        person.guarded = True
        person.state["成年被後見人である旨を知った日"] = iso(day)
        life.register.amend(day, [person], "43")


def protect(life: Life, day: int, person: Person) -> None:
    """Keep a person's record from other offices (支援措置)."""
    if person.resident:
        person.state["他業務参照不可フラグ"] = "1"
        life.register.amend(day, [person], "43")


def naturalise(life: Life, day: int, person: Person) -> None:
    """A foreign resident becomes Japanese: taken out (24) and written in anew (04), with a name and a 戸籍.

    Husband or wife of somebody Japanese gets that one's name and 戸籍.
    """
    if not person.resident or person.japanese or person.household is None:
        return
    place = honseki(life.rng, person.household.home.parts)
    spouse = person.spouse if person.spouse and person.spouse.japanese else None

    def become() -> None:
        named = japanese(life.rng, person.sex, person.born, family=spouse.family if spouse else None)
        person.country, person.stay, person.alias = None, None, None
        person.family, person.given = named.family, named.given
        person.koseki = spouse.koseki if spouse else registered(person, place)

    life.register.exchange(day, person, ("24", "04"), become)


def lose_nationality(life: Life, day: int, person: Person, country: Country) -> None:
    """A Japanese resident is found to have become foreign: taken out (25) and written in anew (05)."""
    if not person.resident or not person.japanese:
        return

    def become() -> None:
        person.country, person.stay, person.koseki, person.former = country, Stay(LOST), {}, None

    life.register.exchange(day, person, ("25", "05"), become)
    life.at(day + life.between(20, 55), renew, person, status=SPOUSE)
