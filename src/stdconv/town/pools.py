"""What the town draws from: names with readings, towns, countries, buildings; ``data/README.md`` has the sources."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stdconv.town.dice import Pool

FOLDER = Path(__file__).parent / "data"
GIVEN = {"1": "given_names_men", "2": "given_names_women"}
"""The tables of given names by 性別."""


@dataclass(frozen=True, slots=True)
class Name:
    """A family name or a given name: as it is written, its reading in katakana, and in Latin letters if foreign."""

    written: str
    reading: str
    latin: str = ""


@dataclass(frozen=True, slots=True)
class Locality:
    """A town of a municipality: codes, names and postal code as the standard writes them."""

    code: str
    prefecture: str
    city: str
    town: str
    town_code: str
    postal_code: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Country:
    """A country: its code of three letters, its name, and a city there."""

    code: str
    name: str
    city: str


LATIN = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})
"""Half-width characters as full-width ones."""


def _rows(name: str) -> Iterator[dict[str, str]]:
    lines = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if not line.startswith("#"))


def _names(name: str) -> Pool[Name]:
    rows = list(_rows(name))
    return Pool([Name(row["name"], row["reading"]) for row in rows], [int(row["weight"]) for row in rows])


@cache
def family_names() -> Pool[Name]:
    """Return the Japanese family names."""
    return _names("family_names")


@cache
def given_names(sex: str) -> Pool[Name]:
    """Return the Japanese given names of men (性別 1) or women (2)."""
    return _names(GIVEN[sex])


@cache
def _readings(sex: str) -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    for row in _rows(GIVEN[sex]):
        found.setdefault(row["name"], []).append(Name(row["name"], row["reading"]))
    return found


def other_readings(sex: str, name: Name) -> list[Name]:
    """Return the given names that are written as ``name`` and read differently."""
    return [other for other in _readings(sex)[name.written] if other != name]


@cache
def foreign_names(country: str, part: str) -> Pool[Name]:
    """Return the names of a country's people: ``family``, ``man`` or ``woman``."""
    rows = [row for row in _rows("foreign_names") if (row["country"], row["part"]) == (country, part)]
    names = [Name(row["kanji"], row["kana"], row["latin"].translate(LATIN)) for row in rows]
    return Pool(names, [1] * len(names))


@cache
def countries() -> Pool[Country]:
    """Return the countries that foreign residents come from."""
    rows = list(_rows("countries"))
    found = [Country(row["code"], row["name"], row["city"]) for row in rows]
    return Pool(found, [int(row["weight"]) for row in rows])


@cache
def country(code: str) -> Country:
    """Return the country with that code of three letters."""
    return next(Country(row["code"], row["name"], row["city"]) for row in _rows("countries") if row["code"] == code)


@cache
def localities() -> Pool[Locality]:
    """Return a locality in every municipality of the country, large ones drawn more often."""
    rows = list(_rows("places"))
    return Pool([_locality(row) for row in rows], [int(row["weight"]) for row in rows])


def _locality(row: dict[str, str]) -> Locality:
    parts = (row["code"], row["prefecture"], row["city"], row["town"], row["town_code"], row["postal_code"])
    return Locality(*parts, blocks=row.get("blocks") == "1")


@cache
def homes() -> tuple[tuple[Locality, ...], ...]:
    """Return the municipalities that may be home, each with all its towns."""
    names = {row["code"]: row for row in _rows("places")}
    found: dict[str, list[Locality]] = {}
    for row in _rows("homes"):
        found.setdefault(row["code"], []).append(_locality(names[row["code"]] | row))
    return tuple(tuple(towns) for towns in found.values())


_BUILDINGS = """
コーポ:コーポ ハイツ:ハイツ メゾン:メゾン グリーンハイツ:グリーンハイツ サンライズ:サンライズ
パークサイド:パークサイド レジデンス:レジデンス ビレッジ:ビレッジ シャトー:シャトー エステート:エステート
第一コーポ:ダイイチコーポ ドミール:ドミール
"""
_WORDS = """
さくら:サクラ 若葉:ワカバ みどり:ミドリ 富士:フジ 青葉:アオバ 平和:ヘイワ 松風:マツカゼ
中央:チュウオウ ひかり:ヒカリ 桂:カツラ
"""


@cache
def buildings() -> tuple[Name, ...]:
    """Return the names of blocks of flats with their readings (assumed: invented)."""
    kinds, words = ([entry.split(":") for entry in text.split()] for text in (_BUILDINGS, _WORDS))
    return tuple(Name(kind + word, reading + read) for kind, reading in kinds for word, read in words)


@cache
def institutions() -> tuple[Name, ...]:
    """Return the names of homes for the old with their readings (assumed: invented)."""
    words = [entry.split(":") for entry in _WORDS.split()]
    return tuple(Name(f"特別養護老人ホーム{word}苑", f"トクベツヨウゴロウジンホーム{read}エン") for word, read in words)
