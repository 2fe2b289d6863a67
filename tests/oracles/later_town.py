"""What the columns that only edition 0.2 has must obey in the synthetic town, in plain Python: no code of stdconv.

Source: docs/domain.md, Editions and Dates, and docs/town.md for what is assumed of the town.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from oracles.reference_town import MUNICIPALITIES, TODAY, WORDINGS, Row, is_date
from support.paths import STANDARD_SCHEMAS

COLUMNS = STANDARD_SCHEMAS / "resident-basic" / "0.2.columns.csv"
TYPES = {row["field"]: row["type"] for row in csv.DictReader(COLUMNS.read_text(encoding="utf-8").splitlines())}
NAMES = list(TYPES)
ELEVEN = (
    *(
        "異動年月日",
        "生年月日",
        "住民となった年月日",
        "住民となった届出年月日",
        "記載の異動年月日",
        "住所を定めた年月日",
    ),
    *("消除の異動年月日", "外国人住民となった年月日", "改製記載年月日", "再製記載年月日", "改製消除年月日"),
)
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
OFFICES = {"0001": "本庁舎", "0002": "支所"}
AFTER_TODAY = {"在留期間の満了の日", "特別永住者証明書有効期限"}


def eleven_dates(row: Row) -> Iterator[str]:
    """A date with a flag is known (0) without words, or not known (1) with words; without a flag there is nothing."""
    for name in ELEVEN:
        flag, words = row.get(f"{name}_不詳フラグ"), row.get(f"{name}_不詳表記")
        if (name in row, words is not None) != {"0": (True, False), "1": (False, True), None: (False, False)}[flag]:
            yield f"{name}, its flag and its words do not agree"
        if words is not None and not any(re.fullmatch(permitted, words) for permitted in WORDINGS):
            yield f"{name} has words that are not permitted"


def new_dates(row: Row) -> Iterator[str]:
    """Dates are days, not before the birth, and not after today but where something ends."""
    for name in NAMES:
        if TYPES[name] == "DATE" and name in row:
            if not is_date(row[name]):
                yield f"{name} is no day"
            if row[name] > TODAY and name not in AFTER_TODAY:
                yield f"{name} is after today"
            if row[name] < row.get("生年月日", ""):
                yield f"{name} is before the birth"
    became = row.get("住民となった年月日", row.get("外国人住民となった年月日", ""))
    if (
        row["住民種別"] == "1"
        and row["記載の事由"] not in ("04",)
        and row.get("住民となった届出年月日", TODAY) < became
    ):
        yield "notice of becoming a resident is before it"


def numbers_of_a_house(row: Row) -> Iterator[str]:
    """Each number of 番地号表記 in five half-width digits."""
    numbers = re.split("番地|番|号|の", row["住所_番地号表記"].translate(DIGITS))
    if row.get("住所_番地枝番数値") != "".join(number.zfill(5) for number in numbers if number):
        yield "住所_番地枝番数値 is not what 番地号表記 says"


def last_registered(row: Row) -> Iterator[str]:
    """Of Japanese residents who came from abroad: a whole address in Japan."""
    parts = {name.removeprefix("最終登録住所_"): v for name, v in row.items() if name.startswith("最終登録住所_")}
    if bool(parts) != (row["住民種別"] == "1" and "転入前住所_国名等" in row and row["記載の事由"] == "02"):
        yield "最終登録住所 is of those who come from abroad"
    if parts and MUNICIPALITIES.get(parts["市区町村コード"]) != parts["都道府県"] + parts["市区郡町村名"]:
        yield "最終登録住所 is not in the list of municipalities"


def certificates(row: Row) -> Iterator[str]:
    """A 特別永住者証明書 is of those who are that; it ends on a birthday."""
    issued, until = row.get("特別永住者証明書交付年月日"), row.get("特別永住者証明書有効期限")
    is_special = row.get("第３０条の４５に規定する区分") == "02"
    if (issued is not None, until is not None) != (is_special, is_special):
        yield "特別永住者証明書 is of others"
    if (
        issued
        and until
        and (not issued < until or (until[5:] != row["生年月日"][5:] and row["生年月日"][5:] != "02-29"))
    ):
        yield "a 特別永住者証明書 does not end on a birthday"


def notices(row: Row) -> Iterator[str]:
    """申出日, 請求日 and 戸籍届出・通知日 are the day of the notification that they are about."""
    about = {"申出日": ("57", "58"), "請求日": ("54", "56"), "戸籍届出・通知日": ("03", "23")}
    for name, causes in about.items():
        if row.get(name) != (row.get("異動届出年月日") if row["異動事由"] in causes else None):
            yield f"{name} is not the day of the notification"


def typed_in(row: Row) -> Iterator[str]:
    """An operator sits at one place, at one terminal."""
    operator = row["操作者ID"].removeprefix("jumin")
    if row["入力端末"].translate(DIGITS) != f"端末{int(operator)}":
        yield "入力端末 is another operator's"
    if OFFICES.get(row["入力場所コード"]) != row["入力場所表記"]:
        yield "入力場所 is not the office of that code"


def rights_lost(row: Row) -> Iterator[str]:
    """What is lost is not held."""
    for right in ("国保", "後期高齢", "介護"):
        if f"{right}資格喪失年月日" in row and (row[f"{right}資格有無"] != "0" or f"{right}資格取得年月日" in row):
            yield f"{right}資格 is lost and held"
    lost, acquired = row.get("国保資格喪失年月日"), row.get("後期高齢資格取得年月日")
    if row["住民状態"] == "1" and lost is not None and lost != acquired:
        yield "国保 of a resident ends on another day than 後期高齢者医療 begins"
    if ("成年被後見人である旨を知った日" in row) != (row["成年被後見人_該当有無"] == "1"):
        yield "成年被後見人: the day of knowing it and that it is so do not agree"


def codes(row: Row) -> Iterator[str]:
    """Codes that were seen, and no others."""
    for name in NAMES:
        if name.endswith("_国名コード") and row.get(name) not in (None, "039"):
            yield f"{name} was not seen"
    if row.get("氏名_振り仮名公証・フリガナ確認状況") not in (None, "0"):
        yield "氏名_振り仮名公証・フリガナ確認状況 is one of which nobody knows the meaning"


RULES = (
    *(eleven_dates, new_dates, numbers_of_a_house, last_registered, certificates, notices, typed_in, rights_lost),
    codes,
)


def faults_of_new_columns(rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Every fault of every record: 宛名番号, 個人履歴番号, what is wrong."""
    for row in rows:
        for rule in RULES:
            for fault in rule(row):
                yield row["宛名番号"], row["個人履歴番号"], fault
