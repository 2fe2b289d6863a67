"""Persons: who they are, how they are related, and what of that the register writes down."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from stdconv.town.addresses import Home
from stdconv.town.columns import KOSEKI, State
from stdconv.town.days import eras, iso, put
from stdconv.town.dice import Pool
from stdconv.town.pools import Country, Name, family_names, foreign_names, given_names
from stdconv.town.stays import Stay

MAN, WOMAN = "1", "2"
SEXES = {MAN: "男", WOMAN: "女"}


@dataclass(slots=True, eq=False)
class Household:
    """Persons who live together, the head, and where; without members before and after there are any."""

    home: Home
    number: str = ""
    head: Person | None = None
    members: list[Person] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Person:
    """One person, in the register or only somebody's relative: ``state`` is the record as it is now, ``rows`` all.

    ``born`` is the true day of birth, ``unknown`` the wording where the register does not have it; ``older_era`` says
    which 元号 the register has for a day of two eras. ``koseki`` is empty
    and ``country`` given where the person is foreign.
    """

    sex: str
    born: int
    family: Name
    given: Name
    country: Country | None = None
    unknown: str | None = None
    older_era: bool = False
    koseki: State = field(default_factory=dict)
    spouse: Person | None = None
    unmarried: bool = False
    parents: tuple[Person, ...] = ()
    children: list[Person] = field(default_factory=list)
    alias: Name | None = None
    former: Name | None = None
    stay: Stay | None = None
    insured: bool = False
    guarded: bool = False
    resident: bool = False
    since: int = 0
    processed: int = 0
    household: Household | None = None
    state: State = field(default_factory=dict)
    rows: list[State] = field(default_factory=list)

    @property
    def japanese(self) -> bool:
        """Whether the person is a Japanese national."""
        return self.country is None

    @property
    def written(self) -> str:
        """氏名 as the standard writes it, with one full-width space: foreign names in kanji where they have any."""
        parts = (self.family.written, self.given.written)
        if not self.japanese and not all(parts):
            return "\u3000".join((self.family.latin, self.given.latin))
        return "\u3000".join(parts)

    @property
    def reading(self) -> str:
        """氏名_振り仮名（フリガナ）."""
        return f"{self.family.reading}\u3000{self.given.reading}"


def related(father: Person | None, mother: Person | None, child: Person) -> Person:
    """Make ``child`` the child of both, or of the one there is."""
    child.parents = tuple(parent for parent in (father, mother) if parent)
    for parent in child.parents:
        parent.children.append(child)
    return child


def coupled(one: Person, other: Person, *, unmarried: bool = False) -> None:
    """Make the two a couple, married or not (未届)."""
    one.spouse, other.spouse = other, one
    one.unmarried = other.unmarried = unmarried


def japanese(rng: Random, sex: str, born: int, *, family: Name | None = None) -> Person:
    """Draw a Japanese person."""
    return Person(sex, born, family or family_names().draw(rng), given_names(sex).draw(rng))


def foreign(rng: Random, sex: str, born: int, country: Country, *, family: Name | None = None) -> Person:
    """Draw a foreign person from ``country``."""
    family = family or foreign_names(country.code, "family").draw(rng)
    return Person(sex, born, family, _foreign_given_names(sex, country).draw(rng), country=country)


def _foreign_given_names(sex: str, country: Country) -> Pool[Name]:
    return foreign_names(country.code, "man" if sex == MAN else "woman")


def given_name(rng: Random, person: Person) -> Name:
    """Draw another given name that ``person`` could have."""
    pool = _foreign_given_names(person.sex, person.country) if person.country else given_names(person.sex)
    return pool.draw(rng)


def registered(head: Person, place: State) -> State:
    """Return the columns of a 戸籍 whose 筆頭者 is ``head``."""
    return place | {
        "戸籍_筆頭者": head.written,
        "戸籍_筆頭者_氏": head.family.written,
        "戸籍_筆頭者_名": head.given.written,
    }


def identify(person: Person) -> None:
    """Write who the person is into the record: names, sex, birth, 戸籍 or nationality."""
    state = person.state
    state["住民種別"] = "1" if person.japanese else "2"
    state["氏名"], state["氏名_振り仮名（フリガナ）"] = person.written, person.reading
    state["性別"], state["性別表記"] = person.sex, SEXES[person.sex]
    put(state, "生年月日", person.unknown or person.born)
    if person.japanese:
        _identify_japanese(person)
    else:
        _identify_foreign(person)


def _identify_japanese(person: Person) -> None:
    state = person.state
    state["氏_日本人"], state["名_日本人"] = person.family.written, person.given.written
    state["氏_日本人_振り仮名"], state["名_日本人_振り仮名"] = person.family.reading, person.given.reading
    for column in KOSEKI:
        state.pop(column, None)
    state.update(person.koseki)
    state.setdefault("氏名_フリガナ公証確認状況", "0")
    if not person.unknown:
        state["生年月日_元号"] = eras(person.born)[0 if person.older_era else -1].code
    if person.former:
        state["旧氏"], state["旧氏_フリガナ"] = person.former.written, person.former.reading
        state["旧氏_フリガナ確認状況"] = "1"


def _identify_foreign(person: Person) -> None:
    state, country = person.state, person.country
    if country is None:
        raise ValueError("a foreign person has a country")
    state["国籍等_国名コード"], state["国籍名等"] = country.code, country.name
    kanji = bool(person.family.written and person.given.written)
    if person.family.latin:
        state["氏名_外国人ローマ字"] = f"{person.family.latin}\u3000{person.given.latin}"
    if kanji:
        state["氏名_外国人漢字"] = person.written
    state["氏名優先区分"] = "01" if kanji else "02"
    state.pop("通称", None)
    if person.alias:
        state["通称"], state["通称_フリガナ"] = person.alias.written, person.alias.reading
        state["通称_フリガナ確認状況"] = "1"
        state["氏名優先区分"] = "05" if kanji else "06"
    if person.stay:
        person.stay.write(state)


def became_resident(person: Person, number: int | str) -> None:
    """Write since when the person lives in the municipality, a day or the wording for one that is not known."""
    if person.japanese:
        put(person.state, "住民となった年月日", number)
    elif isinstance(number, int):
        person.state["外国人住民となった年月日"] = iso(number)
        person.state["外国人住民となった年月日_不詳フラグ"] = "0"
