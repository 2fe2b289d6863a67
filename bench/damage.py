"""Damages some records of a standard file, or all, in ways of which each breaks known rules of the schema."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

from rules import ALL, BY_KIND, CODES, DATE, ERA, KEY, LATER, LENGTH, LONGEST_NAME, PATTERN, REQUIRED, SELECTORS

EVERY, SPECIAL = 100, 997
Record = dict[str, str]
Change = Callable[[Record], Record]
NUMBERS = ("宛名番号", "履歴番号")
JAPANESE = {"住民種別": "1", "生年月日": "1985-07-07"}
GLYPH = "葛\U000e0100"
"""One character, of two code points."""
WAYS: dict[str, tuple[frozenset[str], Change]] = {
    "no number": (frozenset({REQUIRED}), lambda _: {"宛名番号": ""}),
    "number not ASCII": (frozenset({PATTERN}), lambda record: {"宛名番号": record["宛名番号"] + "あ"}),
    "number ends in a space": (frozenset({PATTERN}), lambda record: {"宛名番号": record["宛名番号"] + " "}),
    "number of 16 characters": (frozenset({LENGTH}), lambda record: {"宛名番号": record["宛名番号"].rjust(16, "0")}),
    "history with a leading zero": (frozenset({PATTERN}), lambda record: {"履歴番号": "0" + record["履歴番号"]}),
    "history of six digits": (frozenset({LENGTH}), lambda record: {"履歴番号": record["履歴番号"].ljust(6, "0")}),
    "household of 16 characters": (frozenset({LENGTH}), lambda _: {"世帯番号": "1" * 16}),
    "kind not in the code list": (frozenset({CODES}), lambda _: {"住民種別": "3"}),
    "no state": (frozenset({REQUIRED}), lambda _: {"住民状態": ""}),
    "state not in the code list": (frozenset({CODES}), lambda _: {"住民状態": "4"}),
    "sex not in the code list": (frozenset({CODES}), lambda _: {"性別": "9"}),
    "era not in the code list": (frozenset({CODES, ERA}), lambda _: JAPANESE | {"生年月日_元号": "6"}),
    "moved on no day": (frozenset({DATE}), lambda _: {"異動年月日": "2024-04-31"}),
    "moved on a date in another form": (frozenset({DATE}), lambda _: {"異動年月日": "20240430"}),
    "born on no day": (
        frozenset({DATE}),
        lambda _: {"住民種別": "1", "生年月日_元号": "1", "生年月日": "1900-02-29"},
    ),
    "no name": (frozenset({REQUIRED}), lambda _: {"氏名": ""}),
    "name parted by an ASCII space": (frozenset({PATTERN}), lambda record: {"氏名": record["氏名"] + " 花"}),
    "name parted twice": (frozenset({PATTERN}), lambda record: {"氏名": record["氏名"] + "\u3000\u3000花"}),
    "Japanese without an era": (frozenset({BY_KIND}), lambda _: JAPANESE | {"生年月日_元号": ""}),
    "foreigner with an era": (
        frozenset({BY_KIND}),
        lambda _: {"住民種別": "2", "生年月日_元号": "3", "生年月日": "1985-07-07"},
    ),
    "era of another date": (frozenset({ERA}), lambda _: JAPANESE | {"生年月日_元号": "4"}),
    "name too long": (frozenset({SELECTORS}), lambda _: {"氏名": "花" * (LONGEST_NAME + 1)}),
    "name too long, with selectors": (frozenset({SELECTORS}), lambda _: {"氏名": "花" * LONGEST_NAME + GLYPH}),
    "key that is given again": (frozenset({KEY}), lambda _: {}),
    "key given before": (frozenset({KEY, LATER}), lambda _: {}),
}
"""The rules that a way to damage a record breaks, and the record's new values.

All are taken in turn. The last one takes the key of the record damaged before it.
"""


def damage(
    standard: Path, damaged: Path, *, seed: int, every: int = EVERY, rules: frozenset[str] = ALL
) -> dict[int, str]:
    """Copy ``standard`` with one damaged record in ``every``, and return row, from 1, and way of each.

    Taken are the ways that break one of ``rules``.
    """
    choose, ways = random.Random(seed), [name for name, (broken, _) in WAYS.items() if broken & rules]
    *_, given, again = WAYS
    done: dict[int, str] = {}
    with standard.open(encoding="utf-8", newline="") as source, damaged.open("w", encoding="utf-8", newline="") as made:
        reader, writer = csv.DictReader(source), csv.writer(made)
        writer.writerow(reader.fieldnames or ())
        key: Record = {}
        for row, record in enumerate(reader, 1):
            if (row - 1) % every == 0:
                chosen = row + choose.randrange(every)
            if row == chosen:
                done[row] = way = ways[len(done) % len(ways)]
                record.update(key if way == again else WAYS[way][1](record))
                key = {name: record[name] for name in NUMBERS}
            writer.writerow(record.values())
    if done and way == given:
        done.popitem()
    return done


def refused(damages: dict[int, str], rules: frozenset[str]) -> list[int]:
    """Return the rows that whoever checks ``rules`` must refuse."""
    return [row for row, way in damages.items() if WAYS[way][0] & rules]


def prepare(standard: Path, result: Path) -> None:
    """Copy ``standard`` without what no one but stdconv knows, and with what many forget; all of it is right.

    The year 0000, which Python's dates have not, becomes 2000, a leap year as well. One name in ``SPECIAL`` has more
    than 100 code points, but no more characters: whoever counts code points refuses it.
    """
    with standard.open(encoding="utf-8", newline="") as source, result.open("w", encoding="utf-8", newline="") as made:
        reader, writer = csv.DictReader(source), csv.writer(made)
        writer.writerow(reader.fieldnames or ())
        for row, record in enumerate(reader, 1):
            if record["異動年月日"].startswith("0000"):
                record["異動年月日"] = "2" + record["異動年月日"][1:]
            if row % SPECIAL == 0:
                record["氏名"] = GLYPH * LONGEST_NAME
            writer.writerow(record.values())
