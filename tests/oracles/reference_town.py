"""What every record of the synthetic town must obey, said in plain Python over dicts: it shares no code with stdconv.

Source: docs/domain.md (types, dates, codes, keys and history, agreement between columns), ``resident_fields.csv`` (the
187 columns, carried over from the shared specification). Records are dicts without the absent columns.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from support.paths import STANDARD_SCHEMAS

Row = Mapping[str, str]

COLUMNS = STANDARD_SCHEMAS / "resident-basic" / "0.1.columns.csv"
FIELDS = {row["field"]: row for row in csv.DictReader(COLUMNS.read_text(encoding="utf-8").splitlines())}
MUNICIPALITIES = {
    row["code"]: row["label"]
    for row in csv.DictReader((STANDARD_SCHEMAS / "codes/shikuchoson.csv").read_text(encoding="utf-8").splitlines())
}

TODAY = "2026-10-01"
"""The day the town is looked at."""

ENTRIES = {f"{number:02}" for number in range(1, 10)}
REMOVALS = {f"{number:02}" for number in range(21, 29)}
CHANGES = {str(number) for number in range(41, 60)}
CODES: dict[str, set[str]] = {
    "flag01": {"0", "1"},
    "umu01": {"0", "1"},
    "saishin_flag": {"0", "1"},
    "juminshubetsu": {"1", "2"},
    "juminjotai": {"1", "2", "3", "9"},
    "seibetsu": {"0", "1", "2"},
    "gengo": {"1", "2", "3", "4", "5"},
    "gyomuid": {f"{number:03}" for number in range(1, 40)},
    "idojiyu": ENTRIES | REMOVALS | CHANGES,
    "dai30jo45": {"01", "02", "03", "04", "05", "06"},
    "shimeiyusen": {f"{number:02}" for number in range(1, 14)},
    "zokugara": set("02 11 12 13 14 20 51 52 71 74 81 84 96 99 XX".split()),
    "zairyushikaku": set(
        "T03 T04 T05 T06 T11 T12 T13 T14 T15 T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27 T28 T29 T31 T41 T43 T44 "
        "T51 T60 T61 T62 T63 T71 T72 T81 T82 T83 T90 X14 X82 X90 999".split()
    ),
}
KIN = dict(
    entry.split("=")
    for entry in (
        "02=世帯主 11=夫 12=妻 13=夫（未届） 14=妻（未届） 20=子 51=父 52=母 71=兄 74=弟 81=姉 84=妹 96=縁故者 99=同居人"
    ).split()
)
ERAS = {
    "1": ("1873-01-01", "1912-07-30"),
    "2": ("1912-07-30", "1926-12-25"),
    "3": ("1926-12-25", "1989-01-07"),
    "4": ("1989-01-08", "2019-04-30"),
    "5": ("2019-05-01", TODAY),
}

ALWAYS = (
    *("市区町村コード", "宛名番号", "個人履歴番号", "最新フラグ", "世帯番号", "住民種別", "住民状態", "住民票コード"),
    *(
        "異動年月日_不詳フラグ",
        "異動事由",
        "氏名",
        "性別",
        "性別表記",
        "生年月日_不詳フラグ",
        "続柄コード1",
        "続柄表記",
    ),
    *(
        "住所_市区町村コード",
        "住所_町字コード",
        "住所_都道府県",
        "住所_市区郡町村名",
        "住所_郵便番号",
        "住所_番地号表記",
    ),
    "記載の事由",
)
OF_JAPANESE = (
    *("氏_日本人", "名_日本人", "本籍", "本籍_市区町村コード", "本籍_町字コード", "本籍_都道府県", "本籍_市区郡町村名"),
    *("戸籍_筆頭者", "戸籍_筆頭者_氏", "戸籍_筆頭者_名", "住民となった年月日_不詳フラグ"),
)
OF_FOREIGNERS = ("外国人住民となった年月日", "第30条45規定区分", "国籍等_国名コード", "国籍名等", "氏名優先区分")
OF_CARDS = ("在留カード等番号", "在留資格等コード")
"""Nobody has these who stays because of birth (05) or lost nationality (06): there is no card yet."""

WITHOUT_WORDS = ("記載の異動年月日", "住所を定めた年月日", "改製記載年月日")
LATER = {"在留期間の満了の日"}
"""A permission to stay ends after today."""

DATES = [name for name, field in FIELDS.items() if field["type"] == "DATE"]
KNOWN = [(name, f"{name}_不詳フラグ", f"{name}_不詳表記") for name in DATES if f"{name}_不詳フラグ" in FIELDS]
GROUPS = ("住所", "転入前住所", "転居前住所", "転出先住所（予定）", "転出先住所（確定）", "本籍")
Y, M, D = (
    "(?:明治|大正|昭和|平成|令和)(?:元|[１-９][０-９]?)年",
    "(?:[１-９]|１[０-２])月",
    "(?:[１-９]|[１２][０-９]|３[０１])日",
)
WORDINGS = (
    *(f"{Y}頃", f"{Y}{M}頃", f"{Y}{M}{D}頃", f"推定{Y}{M}{D}", f"推定{Y}{M}", f"{Y}春", f"{Y}{M}上旬", f"{Y}{M}中旬頃"),
    *("年月日不詳", f"{Y}月日不詳", f"{Y}{M}日不詳", f"{Y}{M}{D}から{M}{D}頃までの間", f"{Y}{M}推定{D}から{D}までの間"),
    f"{Y}{M}{D}頃から{D}頃までの間",
)


def is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


TYPES: dict[str, Callable[[str], bool]] = {
    "X": lambda text: bool(re.fullmatch("[!-~](?:[ -~]*[!-~])?", text)),
    "Ｎ": lambda text: not re.search("[\x00-\x7f\x80-\xa0｡-ﾟ¢-¯]", text) and bool(text),
    "9": lambda text: bool(re.fullmatch("[0-9]+", text)),
    "DATE": is_date,
    "TIME": lambda text: bool(re.fullmatch("(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]", text)),
}


def values(row: Row) -> Iterator[str]:
    """Each value fits its column: type, length, code list, and what a legacy file can hold."""
    for name, value in row.items():
        yield from faults_of_value(name, value)


@cache
def faults_of_value(name: str, value: str) -> list[str]:
    field, found = FIELDS[name], []
    if not TYPES[field["type"]](value):
        found.append(f"{name} is not of type {field['type']}")
    if field["max_length"] and len(value) > int(field["max_length"]):
        found.append(f"{name} is too long")
    if field["code_list"] and value not in CODES[field["code_list"]]:
        found.append(f"{name} is not in {field['code_list']}")
    if value.encode("cp932", "replace").decode("cp932") != value:
        found.append(f"{name} is not in CP932")
    return found


def presence(row: Row) -> Iterator[str]:
    """What must be there is there, and what is for others is not."""
    japanese = row["住民種別"] == "1"
    wanted = [*ALWAYS, *(OF_JAPANESE if japanese else OF_FOREIGNERS)]
    if row["異動年月日_不詳フラグ"] == "0":
        wanted.append("異動年月日")
    if row["生年月日_不詳フラグ"] == "0":
        wanted.append("生年月日")
    if japanese and row.get("住民となった年月日_不詳フラグ") == "0":
        wanted.append("住民となった年月日")
    if not japanese and row.get("第30条45規定区分") in ("01", "02", "03", "04"):
        wanted += OF_CARDS
    if not japanese and row.get("第30条45規定区分") in ("05", "06"):
        yield from (f"{name} of somebody without a card" for name in OF_CARDS if name in row)
    yield from (f"{name} is absent" for name in wanted if name not in row)
    yield from (f"{name} is for others" for name in row if nationality(name) not in (None, row["住民種別"]))
    if "個人番号" in row:
        yield "個人番号 is never written"


@cache
def nationality(name: str) -> str | None:
    """The 住民種別 that a column is for, if it is for one only."""
    if name.startswith(("本籍", "戸籍", "旧氏", "住民となった")) or "_日本人" in name or name.endswith("_元号"):
        return "1"
    if name.startswith(("在留", "国籍", "外国人", "通称", "第30条45")) or "_外国人" in name:
        return "2"
    return None


def unknown_dates(row: Row) -> Iterator[str]:
    """Date, flag and wording travel together."""
    for name, flag_name, words_name in KNOWN:
        flag, words = row.get(flag_name), row.get(words_name)
        if flag == "1" and name in row:
            yield f"{name} is both known and unknown"
        if flag == "0" and name not in row:
            yield f"{name} is known and absent"
        if words is not None and flag != "1":
            yield f"{name} has words but is known"
        if flag == "1" and words is None and name not in WITHOUT_WORDS:
            yield f"{name} is unknown without words"
        if words is not None and not any(re.fullmatch(permitted, words) for permitted in WORDINGS):
            yield f"{name} has words that are not permitted"


def order_of_dates(row: Row) -> Iterator[str]:
    """Nothing before the birth, nothing after today, and no event before the residence that it happens in."""
    for name in DATES:
        if name in row and name != "生年月日" and row[name] < row.get("生年月日", ""):
            yield f"{name} is before the birth"
        if row.get(name, "") > TODAY and name not in LATER:
            yield f"{name} is after today"
    for earlier, later in (
        ("住民となった年月日", "異動年月日"),
        ("外国人住民となった年月日", "異動年月日"),
        ("住民となった年月日", "住所を定めた年月日"),
        ("住所を定めた年月日", "異動年月日"),
        ("記載の異動年月日", "異動年月日"),
        ("記載の異動年月日", "消除の異動年月日"),
        ("改製記載年月日", "異動年月日"),
        ("転出予定年月日", "転出年月日（確定）"),
        ("転出年月日（確定）", "転入通知年月日"),
        ("転出届出年月日", "転入通知年月日"),
        ("異動届出年月日", "処理年月日"),
        ("処理年月日", "操作年月日"),
    ):
        if earlier in row and later in row and row[earlier] > row[later]:
            yield f"{later} is before {earlier}"


def era(row: Row) -> Iterator[str]:
    """元号 agrees with the date of birth, and is for Japanese residents with a known date only."""
    code, born = row.get("生年月日_元号"), row.get("生年月日")
    if (code is not None) != (born is not None and row["住民種別"] == "1"):
        yield "生年月日_元号 is there without a date, or not there with one"
    if code and born and not ERAS[code][0] <= born <= ERAS[code][1]:
        yield "生年月日 is not in its era"


def causes(row: Row) -> Iterator[str]:
    """04 and 25 are of Japanese, 05 and 24 of foreigners; the state goes with the cause of removal."""
    for name in ("異動事由", "記載の事由", "消除の事由"):
        other = {"1": ("05", "24"), "2": ("04", "25")}[row["住民種別"]]
        if row.get(name) in other:
            yield f"{name} is for others"
    if row["記載の事由"] not in ENTRIES:
        yield "記載の事由 is no entry"
    permitted: dict[str, set[str | None]] = {
        "1": {None},
        "2": {"21", "22"},
        "3": {"23"},
        "9": {"24", "25", "26", "27", "28"},
    }
    if row.get("消除の事由") not in permitted[row["住民状態"]]:
        yield "消除の事由 does not go with 住民状態"
    if (row["住民状態"] == "1") != (row["異動事由"] not in REMOVALS):
        yield "異動事由 does not go with 住民状態"
    if (row["除票フラグ"] == "1") != (row["住民状態"] != "1"):
        yield "除票フラグ does not go with 住民状態"
    if row["住民状態"] == "1":
        gone = [name for name in row if name.startswith(("消除", "転出", "除票用"))]
        yield from (f"{name} of a resident" for name in gone)


def relation(row: Row) -> Iterator[str]:
    """続柄 from the left, and their labels joined."""
    codes = [row.get(f"続柄コード{number}") for number in (1, 2, 3, 4)]
    found = [code for code in codes if code is not None]
    if codes[: len(found)] != found:
        yield "続柄コード has a gap"
    if row["続柄表記"] != "の".join(KIN[code] for code in found):
        yield "続柄表記 is not what the codes say"
    if "02" in found and found != ["02"]:
        yield "a head is the head and nothing else"
    if found == ["02"] and row["世帯主氏名"] != row["氏名"]:
        yield "a head of another name"


def names(row: Row) -> Iterator[str]:
    """氏名 is 氏 and 名 with one full-width space; so are the readings, the 筆頭者, and the label of the sex."""
    if row["住民種別"] == "1":
        for whole, *parts in (
            ("氏名", "氏_日本人", "名_日本人"),
            ("氏名_フリガナ", "氏_日本人_フリガナ", "名_日本人_フリガナ"),
            ("戸籍_筆頭者", "戸籍_筆頭者_氏", "戸籍_筆頭者_名"),
        ):
            if row[whole] != "\u3000".join(row[part] for part in parts):
                yield f"{whole} is not its parts"
    for name, value in row.items():
        if "フリガナ" in name and FIELDS[name]["type"] == "Ｎ" and not re.fullmatch("[ァ-ヴー０-９\u3000]+", value):
            yield f"{name} is not in katakana"
    if not re.fullmatch("[Ａ-Ｚ\u3000]+", row.get("氏名_外国人ローマ字", "Ａ")):
        yield "氏名_外国人ローマ字 is not in capital letters"
    if row["性別表記"] != {"1": "男", "2": "女"}.get(row["性別"]):
        yield "性別表記 is not the label"


def numbers(row: Row) -> Iterator[str]:
    """Numbers have their digits, and the check digits that docs/domain.md gives."""
    for name in ("宛名番号", "世帯番号"):
        if not re.fullmatch("[1-9][0-9]{9}", row[name]):
            yield f"{name} is not ten digits"
    code = row["住民票コード"]
    weights = [n + 1 if n <= 6 else n - 5 for n in range(10, 0, -1)]
    rest = sum(int(digit) * weight for digit, weight in zip(code, weights, strict=False)) % 11
    if not re.fullmatch("[0-9]{11}", code) or int(code[-1]) != (0 if rest < 2 else 11 - rest):
        yield "住民票コード has a wrong check digit"
    if not re.fullmatch("[A-Z]{2}[0-9]{8}[A-Z]{2}", row.get("在留カード等番号", "AA00000000AA")):
        yield "在留カード等番号 is not of its form"


def places(row: Row) -> Iterator[str]:
    """Address groups are complete or empty, and say what the list of municipalities says."""
    for group in GROUPS:
        parts = {name.removeprefix(f"{group}_"): value for name, value in row.items() if name.startswith(f"{group}_")}
        parts.pop("世帯主氏名", None)
        if "国名等" in parts:
            if set(parts) != {"国名コード", "国名等", "国外住所"}:
                yield f"{group} is abroad and in Japan"
            continue
        if not parts:
            continue
        code = parts.get("市区町村コード", "")
        if MUNICIPALITIES.get(code) != parts.get("都道府県", "") + parts.get("市区郡町村名", ""):
            yield f"{group} is not in the list of municipalities"
        if not re.fullmatch("[0-9]{7}", parts.get("町字コード", "")):
            yield f"{group}_町字コード is not seven digits"
        if (parts.get("町字コード") == "0000000") != ("町字" not in parts):
            yield f"{group}_町字 and its code do not agree"
        if group != "本籍" and not re.fullmatch("[0-9]{7}", parts.get("郵便番号", "")):
            yield f"{group}_郵便番号 is not seven digits"
    if row["市区町村コード"] != row["住所_市区町村コード"]:
        yield "a resident of another municipality"


RECORD_RULES = (values, presence, unknown_dates, order_of_dates, era, causes, relation, names, numbers, places)


def faults_of_records(rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Every fault of every record: 宛名番号, 個人履歴番号, what is wrong."""
    for row in rows:
        for rule in RECORD_RULES:
            for fault in rule(row):
                yield row["宛名番号"], row["個人履歴番号"], fault


def faults_of_histories(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Every fault of the records of one person together."""
    persons = defaultdict(list)
    for row in rows:
        persons[row["宛名番号"]].append(row)
    for number, history in persons.items():
        if [row["個人履歴番号"] for row in history] != [str(place) for place in range(1, len(history) + 1)]:
            yield number, "個人履歴番号 is not counted from 1"
        if [row["最新フラグ"] for row in history] != ["0"] * (len(history) - 1) + ["1"]:
            yield number, "最新フラグ is not on the last alone"
        if history[0]["異動事由"] not in ENTRIES - {"09"}:
            yield number, "the first record is no entry"
        for before, after in itertools.pairwise(history):
            yield from ((number, fault) for fault in _steps(before, after))


def _steps(before: Row, after: Row) -> Iterator[str]:
    cause = after["異動事由"]
    if before["住民状態"] == "3":
        yield "something happens to the dead"
    if before["住民状態"] != "1" and cause not in (ENTRIES - {"07", "08"}) | {"21"}:
        yield "something happens to somebody who is gone"
    if before["住民状態"] == "1" and cause in {"01", "02", "03", "06", "09"}:
        yield "a resident is entered again"
    if before["処理年月日"] > after["処理年月日"]:
        yield "a record was made before the one that it follows"
    for name in ("住民票コード", "性別", "生年月日"):
        if before.get(name) != after.get(name) and (name, cause) != ("住民票コード", "48"):
            yield f"{name} changes"
    if before["住民種別"] != after["住民種別"] and (before["異動事由"], cause) not in {("24", "04"), ("25", "05")}:
        yield "住民種別 changes"


def faults_of_households(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Every fault of the current members of one household together."""
    households = defaultdict(list)
    for row in rows:
        if (row["最新フラグ"], row["住民状態"]) == ("1", "1"):
            households[row["世帯番号"]].append(row)
    for number, members in households.items():
        heads = [row for row in members if row["続柄コード1"] == "02"]
        if len(heads) != 1:
            yield number, f"{len(heads)} heads"
        if {row["世帯主氏名"] for row in members} != {head["氏名"] for head in heads}:
            yield number, "members of another head"
        for name in ("住所_市区町村コード", "住所_町字コード", "住所_番地号表記", "住所_方書コード"):
            if len({row.get(name) for row in members}) != 1:
                yield number, f"{name} differs between members"
        places = [row["記載順位"] for row in members]
        if len(set(places)) != len(places):
            yield number, "記載順位 stands twice"
