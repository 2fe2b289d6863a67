"""Addresses: in the home municipality, elsewhere in Japan, abroad, and the 本籍."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from re import findall
from typing import TypeAlias

from stdconv.town.columns import ADDRESSES, State
from stdconv.town.dice import between, chance, pick
from stdconv.town.pools import LATIN, Country, Locality, Name, buildings, homes, institutions, localities

Parts: TypeAlias = Mapping[str, str]
"""An address: part of a column's name (都道府県, 方書, …) → value."""

_COLUMNS = {group: tuple((part, f"{group}_{part}") for part in parts) for group, parts in ADDRESSES.items()}
_KANJI = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Home:
    """An address in the home municipality, with the codes of the districts that it is in."""

    parts: Parts
    school: str
    poll: str


def write(state: State, group: str, parts: Parts | None) -> None:
    """Write an address into the columns of ``group``, which are all absent without one."""
    for part, column in _COLUMNS[group]:
        value = parts.get(part) if parts else None
        if value is None:
            state.pop(column, None)
        else:
            state[column] = value


@cache
def full(number: int) -> str:
    """Return a number in full-width digits."""
    return str(number).translate(LATIN)


def _numbered(locality: Locality, rng: Random) -> Parts:
    """Return a house's address at ``locality``."""
    number, branch = between(rng, 1, 1400), between(rng, 0, 23)
    if chance(rng, 0.4):
        house = f"{full(number % 40 + 1)}番{full(branch + 1)}号"
    else:
        house = f"{full(number)}番地{full(branch)}" if branch > 8 else f"{full(number)}番地"
    return _at(locality) | {"番地号表記": house}


def _at(locality: Locality) -> dict[str, str]:
    parts = {
        "市区町村コード": locality.code,
        "町字コード": locality.town_code,
        "都道府県": locality.prefecture,
        "市区郡町村名": locality.city,
        "郵便番号": locality.postal_code,
    }
    return parts | {"町字": locality.town} if locality.town else parts


def elsewhere(rng: Random, *, besides: str = "", flat: float = 0.4) -> Parts:
    """Draw an address in Japan, not in the municipality ``besides``, with the chance ``flat`` in a block of flats."""
    place = localities().draw(rng)
    while place.code == besides:
        place = localities().draw(rng)
    parts = _numbered(place, rng)
    if chance(rng, flat):
        return {**parts, "方書": f"{pick(rng, buildings()).written}\u3000{_room(rng)}号室"}
    return parts


def abroad(country: Country) -> Parts:
    """Return an address in ``country``."""
    return {"国名コード": country.code, "国名等": country.name, "国外住所": country.city}


def _room(rng: Random) -> str:
    return full(100 * between(rng, 1, 5) + between(rng, 1, 8))


class Town:
    """The home municipality, drawn by the seed."""

    def __init__(self, rng: Random) -> None:
        self._towns = pick(rng, homes())
        self.code = self._towns[0].code

    def house(self, rng: Random) -> Home:
        """Draw the address of a house."""
        number = self._any(rng)
        return _home(number, _numbered(_in_block(self._towns[number], between(rng, 0, 4)), rng))

    def flat(self, rng: Random) -> Home:
        """Draw the address of a flat; a block of flats has one address and one 方書コード."""
        number, which = self._any(rng), between(rng, 0, 29)
        name = buildings()[(number * 7 + which * 11) % len(buildings())]
        room = _room(rng)
        home = self._building(number, which, name)
        parts = {"方書": f"{name.written}\u3000{room}号室", "方書_フリガナ": f"{name.reading}\u3000{room}ゴウシツ"}
        return _home(number, {**home, **parts})

    def institution(self, rng: Random) -> Home:
        """Draw the address of a home for the old."""
        which = between(rng, 0, len(institutions()) - 1)
        number = which * 5 % len(self._towns)
        name = institutions()[which]
        return _home(number, {**self._building(number, 99, name), "方書": name.written, "方書_フリガナ": name.reading})

    def _any(self, rng: Random) -> int:
        return between(rng, 0, len(self._towns) - 1)

    def _building(self, number: int, which: int, name: Name) -> Parts:
        locality = _in_block(self._towns[number], which % 5)
        house = f"{full((number * 5 + which * 3) % 38 + 1)}番{full((number + which) % 27 + 1)}号"
        return _at(locality) | {"番地号表記": house, "方書コード": f"{number + 1:06}{which + 1:04}"}


@cache
def _in_block(locality: Locality, block: int) -> Locality:
    """Return the 丁目 of a town that has any; its code ends with its number."""
    if not locality.blocks:
        return locality
    town, code = f"{locality.town}{_KANJI[block]}丁目", f"{locality.town_code[:4]}{block + 1:03}"
    return Locality(locality.code, locality.prefecture, locality.city, town, code, locality.postal_code)


def _home(number: int, parts: Parts) -> Home:
    parts = {**parts, "番地枝番数値": in_fives(parts["番地号表記"])}
    return Home(parts, school=f"{number % 12 + 1:04}", poll=f"{number % 30 + 1:04}")


def in_fives(house: str) -> str:
    """Return the numbers of a 番地号表記 in half-width digits, five for each.

    >>> in_fives("１番３号"), in_fives("１００８番地")
    ('0000100003', '01008')
    """
    return "".join(f"{int(number):05}" for number in findall("[０-９]+", house))


def honseki(rng: Random, home: Parts | None) -> State:
    """Draw a 本籍 with all its columns: at the address ``home``, or anywhere in Japan."""
    place = dict(home) if home else _at(localities().draw(rng))
    number = between(rng, 1, 2500)
    lot = f"{full(number % 60 + 1)}番" if chance(rng, 0.2) else f"{full(number)}番地"
    names = (place["都道府県"], place["市区郡町村名"], place.get("町字", ""))
    state = {
        "本籍": "".join((*names, lot)),
        "本籍_市区町村コード": place["市区町村コード"],
        "本籍_町字コード": place["町字コード"],
        "本籍_都道府県": names[0],
        "本籍_市区郡町村名": names[1],
        "本籍_地番号または、街区符号": lot,
    }
    return state | {"本籍_町字": names[2]} if names[2] else state
