"""Damages one record in a hundred of a standard file, in ways that stdconv, pydantic and jsonschema all refuse.

What only some of them check is left alone: eras that disagree with their dates, keys given twice, names that are too
long counted in characters.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

EVERY = 100
Record = dict[str, str]
DAMAGES: dict[str, Callable[[Record], Record]] = {
    "no number": lambda _: {"宛名番号": ""},
    "number not ASCII": lambda record: {"宛名番号": record["宛名番号"] + "あ"},
    "number ends in a space": lambda record: {"宛名番号": record["宛名番号"] + " "},
    "number of 16 characters": lambda record: {"宛名番号": record["宛名番号"].rjust(16, "0")},
    "history with a leading zero": lambda record: {"履歴番号": "0" + record["履歴番号"]},
    "history of six digits": lambda record: {"履歴番号": record["履歴番号"].ljust(6, "0")},
    "household of 16 characters": lambda _: {"世帯番号": "1" * 16},
    "kind not in the code list": lambda _: {"住民種別": "3"},
    "no state": lambda _: {"住民状態": ""},
    "state not in the code list": lambda _: {"住民状態": "4"},
    "sex not in the code list": lambda _: {"性別": "9"},
    "era not in the code list": lambda _: {"住民種別": "1", "生年月日_元号": "6", "生年月日": "1985-07-07"},
    "moved on no day": lambda _: {"異動年月日": "2024-04-31"},
    "moved on a date in another form": lambda _: {"異動年月日": "20240430"},
    "born on no day": lambda _: {"住民種別": "1", "生年月日_元号": "1", "生年月日": "1900-02-29"},
    "no name": lambda _: {"氏名": ""},
    "name parted by an ASCII space": lambda record: {"氏名": record["氏名"] + " 花"},
    "name parted twice": lambda record: {"氏名": record["氏名"] + "\u3000\u3000花"},
    "Japanese without an era": lambda _: {"住民種別": "1", "生年月日_元号": "", "生年月日": "1985-07-07"},
    "foreigner with an era": lambda _: {"住民種別": "2", "生年月日_元号": "3", "生年月日": "1985-07-07"},
}
"""The new values of a record, for each way to damage it. All are taken in turn."""


def damage(standard: Path, damaged: Path, *, seed: int) -> dict[int, str]:
    """Copy ``standard`` with one damaged record in every ``EVERY``, and return row, from 1, and way of each."""
    choose, ways = random.Random(seed), list(DAMAGES)
    done: dict[int, str] = {}
    with standard.open(encoding="utf-8", newline="") as given, damaged.open("w", encoding="utf-8", newline="") as made:
        reader, writer = csv.DictReader(given), csv.writer(made)
        writer.writerow(reader.fieldnames or ())
        for row, record in enumerate(reader, 1):
            if row % EVERY == 1:
                chosen = row + choose.randrange(EVERY)
            if row == chosen:
                done[row] = ways[len(done) % len(ways)]
                record.update(DAMAGES[done[row]](record))
            writer.writerow(record.values())
    return done
