"""The register of one group of households: what an office writes down when something happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from stdconv.town import addresses, kinship
from stdconv.town.addresses import Home, Parts, Town, full
from stdconv.town.columns import ADDRESSES, DEPARTURE, FOREIGN, JAPANESE, REMOVAL, State
from stdconv.town.days import COMPUTERS, TODAY, iso, put
from stdconv.town.dice import between
from stdconv.town.numbers import Numbers
from stdconv.town.people import Household, Person, became_resident, identify
from stdconv.town.rights import entitle

PERSONS, HOUSEHOLDS = 24, 8
"""The most persons and households in a group: each group has that many numbers for itself."""

MOVED, DEAD, OTHERWISE = "2", "3", "9"
"""住民状態 of those who are not resident any more."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody comes from: an address in Japan or abroad, and the head of the household there.

    ``last`` is where Japanese who come from abroad were registered last.
    """

    parts: Parts
    head: str | None = None
    last: Parts | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The numbers that a town gives to persons (宛名番号 and 住民票コード) and households."""

    atena: Numbers
    juminhyo: Numbers
    setai: Numbers

    @classmethod
    def drawn(cls, rng: Random) -> Issued:
        """Draw the numbers of a town."""
        return cls(Numbers.drawn(rng, 10), Numbers.drawn(rng, 11), Numbers.drawn(rng, 10))


class Register:
    """Writes records of the persons of one group. Days come in order; ``when`` may be a wording: an unknown day."""

    def __init__(self, rng: Random, town: Town, issued: Issued, group: int) -> None:
        self.rng = rng
        self.town = town
        self.persons: list[Person] = []
        self._issued = issued
        self._group = group
        self._households = 0

    def enter(
        self,
        day: int,
        persons: Sequence[Person],
        home: Household,
        cause: str,
        *,
        origin: Origin | None = None,
        when: int | str | None = None,
        notified: bool = True,
    ) -> None:
        """Register ``persons`` in the household ``home``, the first of them as its head where it has none."""
        happened = day if when is None else when
        for person in persons:
            self._number(person)
            self._join(person, home)
            self._begin(person, day, happened)
            person.state["記載の事由"] = cause
            if origin:
                addresses.write(person.state, "転入前住所", origin.parts)
            if origin and origin.head:
                person.state["転入前住所_世帯主氏名"] = origin.head
            if origin and person.japanese:
                addresses.write(person.state, "最終登録住所", origin.last)
        self.settle(home)
        filed = between(self.rng, day, day + 13) if notified else None
        for person in persons:
            if filed is not None:
                put(person.state, "住民となった届出年月日", filed)
            self._write(person, cause, day, happened, filed=filed)

    def amend(self, day: int, persons: Iterable[Person], cause: str, *, notified: bool = False) -> None:
        """Write down a change (修正) of ``persons``, notified by them or made by the office."""
        filed = between(self.rng, day, day + 13) if notified else None
        for person in persons:
            self._write(person, cause, day, day, filed=filed)

    def remove(
        self,
        day: int,
        persons: Sequence[Person],
        cause: str,
        *,
        when: int | str | None = None,
        filed: int | None = None,
    ) -> None:
        """Take ``persons`` out of the register, and name another head for those who stay, if need be.

        ``filed`` is the day of notification, absent where the office acts by itself.
        """
        happened = day if when is None else when
        for person in persons:
            self._end(person, day, cause, happened, filed)
        for home in unique(person.household for person in persons):
            home.members = [member for member in home.members if member.resident]
            self.another_head(day, home)

    def confirm(self, day: int, persons: Sequence[Person], arrived: int) -> None:
        """Write down that ``persons``, who have moved away, arrived elsewhere."""
        for person in persons:
            put(person.state, "消除の異動年月日", arrived)
            self._write(person, person.state["消除の事由"], day, arrived, filed=None, status=MOVED)

    def exchange(self, day: int, person: Person, causes: tuple[str, str], become: Callable[[], None]) -> None:
        """Take a person out and in again where they live, as somebody of another nationality."""
        home, (out, into) = person.household, causes
        if home is None:
            return
        self._end(person, day, out, day, None)
        become()
        person.resident = True
        clear(person.state, *REMOVAL, *FOREIGN, *JAPANESE)
        identify(person)
        became_resident(person, person.since if person.japanese else day)
        put(person.state, "記載の異動年月日", day)
        person.state["記載の事由"] = into
        self.settle(home)
        self._write(person, into, day, day, filed=None)
        if home.head is person:
            self.amend(day, [member for member in home.members if member is not person], "43")

    def another_head(self, day: int, home: Household, *, wanted: Person | None = None) -> None:
        """Make ``wanted`` the head, or where that person is gone the spouse or the eldest; all get a record."""
        if not home.members or (home.head in home.members and wanted in (None, home.head)):
            return
        spouse = home.head.spouse if home.head else None
        eldest = min(home.members, key=lambda member: member.born)
        home.head = wanted or (spouse if spouse in home.members else eldest)
        self.settle(home)
        self.amend(day, home.members, "53", notified=wanted is not None)

    def move(self, day: int, home: Household, to: Home) -> None:
        """Move a household to another address in the town."""
        before, home.home = home.home, to
        for person in home.members:
            addresses.write(person.state, "転居前住所", before.parts)
            put(person.state, "住所を定めた年月日", day)
        self.settle(home)
        self.amend(day, home.members, "41", notified=True)

    def regroup(self, day: int, persons: Sequence[Person], home: Household, cause: str) -> None:
        """Let ``persons`` of one household be members of another: separated (50), merged (51), changed (52), moved."""
        left = unique(person.household for person in persons)
        for person in persons:
            if person.household and person.household.home is not home.home:
                addresses.write(person.state, "転居前住所", person.household.home.parts)
                put(person.state, "住所を定めた年月日", day)
            if person.household:
                person.household.members.remove(person)
            self._join(person, home)
        self.settle(home)
        self.amend(day, persons, cause, notified=True)
        for other in left:
            self.another_head(day, other)

    def settle(self, home: Household) -> None:
        """Write into the members' states what the household says of them: number, address, districts, 続柄."""
        if home.head is None:
            return
        for person in home.members:
            state = person.state
            state["世帯番号"] = home.number
            state["地区管理コード1"], state["地区管理コード2"] = home.home.school, home.home.poll
            addresses.write(state, "住所", home.home.parts)
            kinship.write(state, home.head, person)

    def finish(self) -> list[State]:
        """Return all records of all persons, numbered, the last of each person marked as the latest."""
        for person in self.persons:
            for number, row in enumerate(person.rows, 1):
                row["個人履歴番号"] = str(number)
                row["最新フラグ"] = "0"
            person.rows[-1]["最新フラグ"] = "1"
        return [row for person in self.persons for row in person.rows]

    def juminhyo_code(self, index: int) -> str:
        """Return one of the 住民票コード that this group may give."""
        return self._issued.juminhyo.number(self._group * 2 * PERSONS + index)

    def _number(self, person: Person) -> None:
        if person.state:
            return
        index = len(self.persons)
        if index >= PERSONS:
            raise ValueError(f"a group has at most {PERSONS} persons")
        self.persons.append(person)
        person.state.update(ALWAYS)
        person.state["市区町村コード"] = self.town.code
        person.state["宛名番号"] = self._issued.atena.number(self._group * PERSONS + index)
        person.state["住民票コード"] = self.juminhyo_code(index)

    def _join(self, person: Person, home: Household) -> None:
        if not home.number:
            if self._households >= HOUSEHOLDS:
                raise ValueError(f"a group has at most {HOUSEHOLDS} households")
            home.number = self._issued.setai.number(self._group * HOUSEHOLDS + self._households)
            self._households += 1
        place = max((int(member.state["記載順位"]) for member in home.members), default=0) + 1
        person.state["記載順位"] = f"{place:02}"
        home.members.append(person)
        home.head = home.head if home.head in home.members else person
        person.household = home

    def _begin(self, person: Person, day: int, happened: int | str) -> None:
        """Write a record that begins: who the person is, and since when; nothing of an earlier residence."""
        state = person.state
        if person.rows:
            clear(state, *REMOVAL, *DEPARTURE, *EARLIER)
            for group in ADDRESSES:
                addresses.write(state, group, None)
        person.since, person.resident = day, True
        identify(person)
        became_resident(person, happened)
        put(state, "住所を定めた年月日", happened)
        put(state, "記載の異動年月日", happened)

    def _end(self, person: Person, day: int, cause: str, happened: int | str, filed: int | None) -> None:
        """Write a record that ends a residence."""
        person.state["消除の事由"] = cause
        put(person.state, "消除の異動年月日", happened)
        if filed is not None:
            person.state["消除の届出年月日"] = iso(filed)
        person.resident = False
        status = {"21": MOVED, "22": MOVED, "23": DEAD}.get(cause, OTHERWISE)
        self._write(person, cause, day, happened, filed=filed, status=status)

    def _write(
        self, person: Person, cause: str, day: int, when: int | str, *, filed: int | None, status: str = "1"
    ) -> None:
        """Add a record to the person's: all of the state, what happened, and when it was typed in."""
        state, rng = person.state, self.rng
        state["異動事由"], state["住民状態"] = cause, status
        state["除票フラグ"] = "0" if status == "1" else "1"
        put(state, "異動年月日", when)
        clear(state, "異動届出年月日", "届出番号", *NOTICES.values())
        processed = max(filed or day, person.processed)
        if filed is not None:
            state["異動届出年月日"] = iso(filed)
            state["届出番号"] = f"{iso(filed)[:4]}{between(rng, 0, 99_999):06}"
            if cause in NOTICES:
                state[NOTICES[cause]] = iso(filed)
        person.processed = processed
        state["処理年月日"] = iso(processed)
        typed = iso(min(max(processed, COMPUTERS), TODAY))
        state["操作年月日"] = typed
        if status != "1":
            state["除票用データベース登録年月日"] = typed
        seconds = between(rng, 30_600, 61_200)
        state["操作時刻"] = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        operator = 1 + seconds % 14
        state["操作者ID"], state["入力端末"] = f"jumin{operator:02}", f"端末{full(operator)}"
        state["入力場所コード"], state["入力場所表記"] = MAIN_OFFICE if operator <= 10 else BRANCH_OFFICE
        entitle(person, day)
        person.rows.append(state.copy())


ALWAYS = {
    "個人履歴番号_枝番号": "0",
    "改製番号": "0",
    "氏名_フリガナ確認状況": "0",
    "氏名_振り仮名公証・フリガナ確認状況": "0",
    "統合宛名フラグ": "0",
    "他業務参照不可フラグ": "0",
    "履歴選択不可フラグ": "0",
    "業務ID": "001",
    "削除フラグ": "0",
}
"""What every record says at first."""

EARLIER = (
    *("転入前住所_世帯主氏名", "住民となった届出年月日", "住民となった届出年月日_不詳フラグ"),
    *("国保資格喪失年月日", "後期高齢資格喪失年月日", "介護資格喪失年月日"),
)
"""What is said of an earlier residence, besides addresses and how it ended."""

NOTICES = {
    **dict.fromkeys(("03", "23"), "戸籍届出・通知日"),
    **dict.fromkeys(("54", "56"), "請求日"),
    **dict.fromkeys(("57", "58"), "申出日"),
}
"""Where the day of a notification stands besides, by 異動事由: births and deaths, 旧氏 and 通称 (assumed)."""

MAIN_OFFICE, BRANCH_OFFICE = ("0001", "本庁舎"), ("0002", "支所")
"""Where records are typed in, by the operator (assumed)."""


def clear(state: State, *columns: str) -> None:
    """Make ``columns`` absent."""
    for column in columns:
        state.pop(column, None)


def unique(households: Iterable[Household | None]) -> list[Household]:
    """Return each household once."""
    found: list[Household] = []
    for home in households:
        if home is not None and home not in found:
            found.append(home)
    return found
