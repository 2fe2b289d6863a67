"""A社 files that are hard to convert: hardly a value comes twice, or records are refused. Seeded, and no one's data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

BATCH = 50_000
SURNAMES = GIVEN = 4_000
STEP = 6_180_343
"""Has no divisor in common with how many pairs of names there are, so that all of them come before one comes again."""
ERAS = (("5", 2018, date(2019, 5, 1)), ("4", 1988, date(1989, 1, 8)), ("3", 1925, date(1926, 12, 25)))
"""A社's sign, the year before the first, and the first day."""
BIRTHS = [date(1926, 12, 25) + timedelta(days) for days in range(35_000)]
MOVES = [f"{date(1982, 1, 1) + timedelta(days):%Y%m%d}" for days in range(16_000)]
HEADER = "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別"
NAMES = HEADER.split(",")
REFUSED = (("生年月日", "3650231"), ("異動日", "20231399"), ("性別", "X"), ("住民種別", "9"))
"""Values that no record may have: no day of 昭和, no month, and no code."""


def write_unique(legacy: Path, rows: int, *, seed: int) -> None:
    """Write ``rows`` records, each with a name of its own, 35,000 dates of birth and 16,000 of moving."""
    if rows > SURNAMES * GIVEN:
        raise ValueError(f"there are {SURNAMES * GIVEN:,} names only")
    with legacy.open("w", encoding="cp932", newline="") as made:
        made.write(f"{HEADER}\r\n")
        for batch in _batches(rows, random.Random(seed)):
            made.write(batch)


def _batches(rows: int, draw: random.Random) -> Iterator[str]:
    surnames, given = _names(draw, SURNAMES), _names(draw, GIVEN)
    japanese, foreign = [_era(day) for day in BIRTHS], [_western(day) for day in BIRTHS]
    for first in range(0, rows, BATCH):
        count = min(BATCH, rows - first)
        kinds = draw.choices(("日本人", "外国人"), (9, 1), k=count)
        values = zip(
            range(first, first + count),
            (divmod(number * STEP % (SURNAMES * GIVEN), GIVEN) for number in range(first, first + count)),
            draw.choices(range(len(BIRTHS)), k=count),
            draw.choices(("男", "女", "不明"), (49, 49, 2), k=count),
            draw.choices(("住登者", "転出者", "死亡者", "消除者"), (85, 8, 6, 1), k=count),
            draw.choices(MOVES, k=count),
            kinds,
            strict=True,
        )
        yield "".join(
            f"{1_000_000_001 + number},1,{surnames[one]}\u3000{given[other]},"
            f"{(japanese if kind == '日本人' else foreign)[born]},{sex},{state},{moved},{kind}\r\n"
            for number, (one, other), born, sex, state, moved, kind in values
        )


def _names(draw: random.Random, count: int) -> list[str]:
    """Return different names of two characters of JIS X 0208."""
    leads = (*range(0x89, 0xA0), *range(0xE0, 0xEA))
    kanji = [
        text
        for lead in leads
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))
        if "\u4e00" <= (text := bytes((lead, trail)).decode("cp932", "ignore")) <= "\u9fff"
    ]
    pairs = draw.sample(range(len(kanji) ** 2), count)
    return [kanji[pair // len(kanji)] + kanji[pair % len(kanji)] for pair in pairs]


def _era(day: date) -> str:
    sign, before = next((sign, before) for sign, before, first in ERAS if day >= first)
    return f"{sign}{day.year - before:02}{day:%m%d}"


def _western(day: date) -> str:
    return f"{'9' if day.year < 2000 else '0'}{day:%y%m%d}"


def write_refused(legacy: Path, standard: Path, folder: Path, *, every: int, seed: int) -> None:
    """Copy ``legacy`` with one record in ``every`` that is refused, to a.csv.

    Beside it, refused.csv has these records alone, and standard.csv the records of ``standard`` that are left.
    """
    draw = random.Random(seed)
    names = ("a.csv", "refused.csv", "standard.csv")
    with legacy.open("rb") as given, standard.open("rb") as good:
        files = [(folder / name).open("wb") for name in names]
        made, refused, left = files
        header = next(given)
        made.write(header)
        refused.write(header)
        left.write(next(good))
        while lines := list(islice(given, every)):
            bad = draw.randrange(every)
            for place, (line, kept) in enumerate(zip(lines, islice(good, every), strict=True)):
                if place != bad:
                    made.write(line)
                    left.write(kept)
                    continue
                changed = _spoilt(line, *draw.choice(REFUSED))
                made.write(changed)
                refused.write(changed)
        for file in files:
            file.close()


def _spoilt(line: bytes, name: str, value: str) -> bytes:
    """Return a record without quotes with ``value`` in the column ``name``."""
    values = line.split(b",")
    place = NAMES.index(name)
    end = b"\r\n" if place == len(NAMES) - 1 else b""
    values[place] = value.encode() + end
    if len(values) != len(NAMES):
        raise ValueError("a record has a comma in a value")
    return b",".join(values)
