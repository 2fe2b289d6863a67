"""What residents are entitled to by age and nationality, as far as the register records it with the residence."""

from __future__ import annotations

from stdconv.town.days import day, iso, years_after, years_old
from stdconv.town.people import Person

CARE, ELDERLY = day("2000-04-01"), day("2008-04-01")
"""The first days of 介護保険 and 後期高齢者医療."""

VOTE_AT_18 = day("2016-06-19")
WAIT = 92
"""Days of residence before one is put on the electoral roll: three months."""

_RIGHTS = (
    ("国保資格有無", "国保資格取得年月日", "国保資格喪失年月日"),
    ("後期高齢資格有無", "後期高齢資格取得年月日", "後期高齢資格喪失年月日"),
    ("介護資格有無", "介護資格取得年月日", "介護資格喪失年月日"),
)


def entitle(person: Person, now: int) -> None:
    """Write into the record what the person is entitled to on the day ``now``; nothing where the birth is not known.

    A right begins with the birthday, with the law, or with the residence, whichever came last (assumed: for the day
    before the birthday, which the laws mean, nothing is known of how it is recorded). It ends with the residence, and
    国保 where 後期高齢者医療 begins.
    """
    state = person.state
    before = [state.get(flag) == "1" for flag, _, _ in _RIGHTS]
    for flag, since, _ in _RIGHTS:
        state[flag] = "0"
        state.pop(since, None)
    _entitle(person, now)
    for had, (flag, _, until) in zip(before, _RIGHTS, strict=True):
        if state[flag] == "1":
            state.pop(until, None)
        elif had and state["異動年月日_不詳フラグ"] == "0":
            state[until] = state["後期高齢資格取得年月日"] if person.resident else iso(now)


def _entitle(person: Person, now: int) -> None:
    state = person.state
    state["選挙人名簿登録有無"] = "0"
    state["成年被後見人_該当有無"] = "1" if person.guarded else "0"
    if not person.resident or person.unknown:
        return
    age = years_old(person.born, now)
    if person.japanese and now - person.since > WAIT and age >= (18 if now >= VOTE_AT_18 else 20):
        state["選挙人名簿登録有無"] = "1"
    if age >= 65 and now >= CARE:
        _grant(person, 2, max(years_after(person.born, 65), CARE))
    if age >= 75 and now >= ELDERLY:
        _grant(person, 1, max(years_after(person.born, 75), ELDERLY))
    elif person.insured:
        _grant(person, 0, person.born)


def _grant(person: Person, which: int, since: int) -> None:
    flag, column, _ = _RIGHTS[which]
    person.state[flag], person.state[column] = "1", iso(max(since, person.since))
