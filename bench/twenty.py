"""Records of a layout with 20 columns, with the standard records that they must become, by no means of stdconv."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
MAPPING = Path(__file__).with_name("layouts") / "twenty.yaml"
LEGACY = (
    *("宛名番号", "履歴番号", "世帯番号", "住民種別", "住民状態", "性別", "氏名", "フリガナ", "生年月日", "続柄"),
    *("異動日", "届出日", "住民日", "住定日", "異動事由", "郵便番号", "町名コード", "番地", "方書", "備考"),
)
STANDARD = (*LEGACY[:8], "生年月日_元号", *LEGACY[8:])
KINDS = {"日本人": "1", "外国人": "2"}
STATES = {"住登者": "1", "転出者": "2", "死亡者": "3", "消除者": "9"}
SEXES = {"男": "1", "女": "2", "不明": "0"}
REASONS = {"転入": "01", "転居": "02", "出生": "03", "転出": "04", "死亡": "05", "その他": "99"}
RELATIONS = ("世帯主", "妻", "夫", "子", "父", "母")
NAMES, KANA = ("行政", "標準", "住民", "記録", "花子", "太郎"), ("ギヨウセイ", "ヒヨウジユン", "ハナコ", "タロウ")
NONE = "00000000"


def write(folder: Path, rows: int, *, seed: int) -> None:
    """Write ``rows`` records to a.csv, and what they become to standard.csv."""
    draw = random.Random(seed)
    with (
        (folder / "a.csv").open("w", encoding="cp932", newline="") as legacy,
        (folder / "standard.csv").open("w", encoding="utf-8", newline="") as standard,
    ):
        legacy.write(",".join(LEGACY) + "\r\n")
        standard.write(",".join(STANDARD) + "\r\n")
        for number in range(rows):
            given, wanted = _record(number, draw)
            legacy.write(",".join(given) + "\r\n")
            standard.write(",".join(wanted) + "\r\n")


def _record(number: int, draw: random.Random) -> tuple[list[str], list[str]]:
    pick = draw.random

    def one(values: Sequence[T]) -> T:
        return values[int(pick() * len(values))]

    key = [str(1_000_000_001 + number), "1", str(9_000_000 + number // 3)]
    codes = [one(list(table.items())) for table in (KINDS, STATES, SEXES)]
    reason = one(list(REASONS.items()))
    name, kana = f"{one(NAMES)}\u3000{one(NAMES)}", f"{one(KANA)} {one(KANA)}"
    born = date(1930, 1, 1) + timedelta(int(pick() * 20_000))
    era, before = ("3", 1925) if born < date(1989, 1, 8) else ("4", 1988)
    days = [date(1990, 1, 1) + timedelta(int(pick() * 12_000)) if pick() < 0.9 else None for _ in range(4)]
    home = [f"{int(pick() * 10**7):07}", f"{int(pick() * 1000):05}", f"{int(pick() * 99) + 1}番地"]
    rest = [*home, f"{int(pick() * 40) + 101}号室" if pick() < 0.3 else "", "備考あり" if pick() < 0.05 else ""]
    relation = one(RELATIONS)
    given = [
        *key,
        *(word for word, _ in codes),
        *(name, kana, f"{era}{born.year - before:02}{born:%m%d}", relation),
        *(f"{day:%Y%m%d}" if day else NONE for day in days),
        *(reason[0], *rest),
    ]
    wanted = [
        *key,
        *(code for _, code in codes),
        *(name, kana, era, f"{born}", relation),
        *(f"{day}" if day else "" for day in days),
        *(reason[1], *rest),
    ]
    return given, wanted
