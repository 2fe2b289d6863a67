"""How foreign residents may stay: 第３０条の４５に規定する区分, 在留資格, its period and the residence card."""

from __future__ import annotations

import string
from dataclasses import dataclass
from random import Random

from stdconv.town.columns import STAY, State
from stdconv.town.days import day, iso, years_after, years_old
from stdconv.town.dice import between, pick

PERMANENT = ("X14", "T60")
"""永住者 and 特別永住者: no period."""

SPECIAL_PERMANENT, FAMILY, SPOUSE = "T60", "T44", "T61"
PASSED_ON = {"T60": "T60", "X14": "T62", "T63": "T63"}
"""What children that are born here get by a parent's 在留資格, where it is not 家族滞在."""

SPECIAL, MEDIUM, BIRTH, LOST = "02", "01", "05", "06"
YEARS = {
    **{"T41": 2, "T44": 2, "T26": 3, "T71": 1, "T22": 1, "T24": 2, "T51": 1, "T29": 3, "T25": 1, "T20": 3},
    **{"T61": 3, "T62": 3, "T63": 3, "T15": 3, "T21": 1},
}
"""在留資格 with a usual period in years (assumed)."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A permission to stay: its kind in 第３０条の４５, 在留資格 and card, the period, and the day it ends.

    ``issued`` is the day of a 特別永住者証明書, which is not renewed here. Those who stay because they were born here,
    or lost their nationality, have neither 在留資格 nor card yet.
    """

    kind: str
    status: str = ""
    card: str = ""
    years: int = 0
    until: int = 0
    issued: int = 0

    def write(self, state: State) -> None:
        """Write the permission into the record."""
        for column in STAY:
            state.pop(column, None)
        state["第３０条の４５に規定する区分"] = self.kind
        if self.card:
            state["在留カード等番号"] = self.card
            state["在留資格等コード"] = self.status
            state["住居地の届出の有無"] = "1"
        if self.until:
            state["在留期間等コード_年"], state["在留期間等コード_月"] = f"{self.years:02}", "00"
            state["在留期間等コード_日"] = "000"
            state["在留期間の満了の日"] = iso(self.until)
        if self.issued:
            state["特別永住者証明書交付年月日"] = iso(self.issued)
            state["特別永住者証明書有効期限"] = iso(expiry(day(state["生年月日"]), self.issued))


def permitted(rng: Random, status: str, first: int) -> Stay:
    """Return a permission from the day ``first`` with a card under a new number."""
    card = _letters(rng) + f"{between(rng, 0, 99_999_999):08}" + _letters(rng)
    if status in PERMANENT:
        if status == SPECIAL_PERMANENT:
            return Stay(SPECIAL, status, card, issued=first)
        return Stay(MEDIUM, status, card)
    years = YEARS[status]
    return Stay(MEDIUM, status, card, years, years_after(first, years) + between(rng, 0, 60))


def expiry(born: int, issued: int) -> int:
    """Return when a 特別永住者証明書 ends: on the 16th birthday, or on the seventh one after its issue (assumed).

    >>> iso(expiry(day("2010-05-01"), day("2012-07-09"))), iso(expiry(day("1980-08-01"), day("2012-07-09")))
    ('2026-05-01', '2018-08-01')
    """
    age = years_old(born, issued)
    return years_after(born, 16 if age < 16 else age + 7)


def _letters(rng: Random) -> str:
    return pick(rng, string.ascii_uppercase) + pick(rng, string.ascii_uppercase)
