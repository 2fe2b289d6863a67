"""The residents of ``residents.py`` as edition 0.2 has them: other names of columns, and columns that are new.

The two sample records that edition 0.2 was observed in are not in this repository; what is made up here has their shape:
the same columns filled for a Japanese and for a foreign resident.
"""

from __future__ import annotations

from support import residents
from support.residents import ALL_UNKNOWN, ERAS, NOTHING, UNKNOWN_DATES, Edited, address, unknown_dates

RENAMED = {
    "通知日": "戸籍届出・通知日",
    "氏名_フリガナ": "氏名_振り仮名（フリガナ）",
    "氏_日本人_フリガナ": "氏_日本人_振り仮名",
    "名_日本人_フリガナ": "名_日本人_振り仮名",
    "氏名_フリガナ公証確認状況": "氏名_振り仮名公証・フリガナ確認状況",
    "第30条45規定区分": "第３０条の４５に規定する区分",
}
LEFT_OUT = ("氏名_フリガナ確認状況", "他業務参照不可フラグ")
CHINA = {"CHN": "039"}


def renamed(record: dict[str, str]) -> dict[str, str]:
    """A record under the names of 0.2, where the code of a country is three digits."""
    return {
        RENAMED.get(column, column): CHINA.get(value, value)
        for column, value in record.items()
        if column not in LEFT_OUT
    }


SEEN_OF_BOTH = {
    "異動区分": "1",
    "記載等の種別": "1",
    "住民となった届出年月日_不詳フラグ": "0",
    "記載の異動年月日_不詳フラグ": "0",
    "住所を定めた年月日_不詳フラグ": "0",
    "履歴選択不可フラグ": "0",
    "成年被後見人_該当有無": "0",
    "入力場所コード": "0001",
    "入力場所表記": "市民課",
    "入力端末": "端末０１",
    "国保資格有無": "0",
    "後期高齢資格有無": "0",
    "介護資格有無": "0",
    "年金資格有無": "0",
    "児童手当資格区分": "0",
    "統合宛名フラグ": "0",
    "削除フラグ": "0",
}

JAPANESE: dict[str, str] = renamed(residents.JAPANESE) | {
    **SEEN_OF_BOTH,
    "氏名_振り仮名公証・フリガナ確認状況": "4",
    "住所_番地枝番数値": "0000300001",
    "住民となった届出年月日": "2010-04-02",
}
FOREIGN: dict[str, str] = renamed(residents.FOREIGN) | {
    **SEEN_OF_BOTH,
    "氏名": "ＺＨＡＮＧ　ＹＵＬＩ　張　玉麗",
    "氏名_振り仮名公証・フリガナ確認状況": "0",
    "住所_番地枝番数値": "0000300020",
    "住民となった届出年月日": "2015-10-05",
    "住居地補正コード": "0",
}
del FOREIGN["氏名優先区分"]
ERASED: dict[str, str] = JAPANESE | renamed(residents.ERASED)
BARE = residents.BARE

BASES = {"JAPANESE": JAPANESE, "FOREIGN": FOREIGN, "ERASED": ERASED}


def as_later(edited: Edited) -> Edited:
    """A resident of 0.1 with its changes, and what is found, under the names of 0.2."""
    base = next(later for name, later in BASES.items() if getattr(residents, name) is edited.base)
    changes = {RENAMED.get(column, column): CHINA.get(v or "", v) for column, v in edited.changes.items()}
    findings = {(code, "+".join(RENAMED.get(c, c) for c in columns.split("+"))) for code, columns in edited.findings}
    return Edited(base, changes, findings)


FLAGGED = ("記載の異動年月日", "住所を定めた年月日", "改製記載年月日")
"""Dates that have no 不詳表記 in 0.1."""


def edited_alike() -> dict[str, list[Edited]]:
    """What 0.2 has of 0.1: all but what is said below."""
    alike = residents.EDITED | {
        "unknown dates": [
            each for each in UNKNOWN_DATES if not any(f"{d}_不詳フラグ" in each.changes for d in FLAGGED)
        ],
        "eras": [each for each in ERAS if each.base is not residents.FOREIGN],
    }
    return {about: [as_later(each) for each in several] for about, several in alike.items()}


MADE_ANEW = {"改製記載年月日": "2012-07-09", "改製記載年月日_不詳フラグ": "0"}
MADE_AGAIN = {"再製記載年月日": "2012-07-09", "再製記載年月日_不詳フラグ": "0"}
CLOSED = {"改製消除年月日": "2012-07-09", "改製消除年月日_不詳フラグ": "0"}

UNKNOWN_IN_ALL_ELEVEN = [
    *unknown_dates(JAPANESE, "住民となった届出年月日"),
    *unknown_dates(JAPANESE, "記載の異動年月日"),
    *unknown_dates(JAPANESE, "住所を定めた年月日"),
    *unknown_dates(JAPANESE | MADE_ANEW, "改製記載年月日"),
    *unknown_dates(JAPANESE | MADE_AGAIN, "再製記載年月日"),
    *unknown_dates(JAPANESE | CLOSED, "改製消除年月日"),
]

LAST_REGISTERED, GOES_BY = "最終登録住所", "通称住所"
CALLED = [f"{GOES_BY}_{part}" for part in ("市区町村コード", "町字コード", "町字", "地番号", "郵便番号")]

ADDRESSES = [
    *(Edited(JAPANESE, each.changes, each.findings) for each in address(LAST_REGISTERED)),
    Edited(JAPANESE, {f"{LAST_REGISTERED}_方書": "中央合同庁舎７号館"}, NOTHING),
    Edited(JAPANESE, {CALLED[0]: "131016"}, NOTHING),
    *(
        Edited(JAPANESE, {column: value}, {("S0020", "+".join(CALLED))})
        for column, value in zip(CALLED[1:], ("0001001", "霞が関一丁目", "３番地", "1000013"), strict=True)
    ),
]

OF_FOREIGN_RESIDENTS = [
    *(
        Edited(JAPANESE, {column: value}, {("S0014", f"{column}+住民種別")})
        for column, value in (
            ("特別永住者証明書交付年月日", "2016-01-04"),
            ("特別永住者証明書有効期限", "2023-01-04"),
            ("住居地補正コード", "0"),
        )
    ),
    Edited(FOREIGN, {"特別永住者証明書交付年月日": "2016-01-04", "特別永住者証明書有効期限": "2023-01-04"}, NOTHING),
    Edited(FOREIGN, {"生年月日_元号": "4"}, {("S0031", "生年月日_元号+住民種別")}),
    Edited(FOREIGN, {"生年月日_元号": "3"}, {("S0031", "生年月日_元号+住民種別"), ("S0006", "生年月日_元号+生年月日")}),
    Edited(FOREIGN, {"住民となった年月日": "2015-10-01"}, {("S0031", "住民となった年月日+住民種別")}),
    Edited(FOREIGN, {"氏名": "ＺＨＡＮＧ　ＹＵＬＩ", "氏名優先区分": "02"}, NOTHING),
]

FORMS = [
    *(Edited(JAPANESE, {"住所_番地枝番数値": value}, NOTHING) for value in ("00001", "0000100003", "00001" * 6, None)),
    *(
        Edited(JAPANESE, {"住所_番地枝番数値": value}, {("S0002", "住所_番地枝番数値")})
        for value in ("0001", "000010000", "１００００", "1-3", "0000a")
    ),
    Edited(
        JAPANESE,
        {"住所_番地枝番数値": "00001" * 7},
        {("S0002", "住所_番地枝番数値"), ("S0003", "住所_番地枝番数値")},
    ),
    *(Edited(JAPANESE, {"児童手当受給終了年月": value}, NOTHING) for value in ("2024-01", "2024-12", None)),
    *(
        Edited(JAPANESE, {f"児童手当受給{which}年月": value}, {("S0002", f"児童手当受給{which}年月")})
        for which in ("開始", "終了")
        for value in ("2024-13", "2024-00", "202401", "2024-1")
    ),
    Edited(FOREIGN, {"国籍等_国名コード": "CHN"}, {("S0002", "国籍等_国名コード")}),
    Edited(FOREIGN, {"国籍等_国名コード": None}, NOTHING),
    *(Edited(JAPANESE, {"氏名_振り仮名公証・フリガナ確認状況": value}, NOTHING) for value in ("0", "4", "9")),
    Edited(JAPANESE, {"誤記修正後の生年月日": "1983-02-29"}, NOTHING),
    Edited(JAPANESE, {"再製記載年月日": "2023-02-29"}, {("S0005", "再製記載年月日")}),
]

NEW_DATES_IN_ORDER = [
    *(
        Edited(JAPANESE, {date: day}, {("S0023", f"生年月日+{date}")} if day < "1985-07-07" else NOTHING)
        for day in ("1985-07-06", "1985-07-07")
        for date in ("住民となった届出年月日", "成年被後見人の審判確定日", "再製記載年月日", "改製消除年月日")
    ),
    Edited(
        FOREIGN,
        {"特別永住者証明書交付年月日": "1990-02-27"},
        {("S0023", "生年月日+特別永住者証明書交付年月日")},
    ),
    *(
        Edited(base, {earlier: "2020-04-01", later: day}, {("S0023", f"{earlier}+{later}")} if is_told else NOTHING)
        for day, is_told in (("2020-03-31", True), ("2020-04-01", False))
        for base, earlier, later in (
            (JAPANESE, "改製記載年月日", "改製消除年月日"),
            (JAPANESE, "成年被後見人の審判確定日", "成年被後見人の登記日"),
            (JAPANESE, "国保資格取得年月日", "国保資格喪失年月日"),
            (JAPANESE, "後期高齢資格取得年月日", "後期高齢資格喪失年月日"),
            (JAPANESE, "介護資格取得年月日", "介護資格喪失年月日"),
            (JAPANESE, "年金資格取得年月日", "年金資格喪失年月日"),
            (FOREIGN, "特別永住者証明書交付年月日", "特別永住者証明書有効期限"),
        )
    ),
    *(
        Edited(JAPANESE, {date: "1985-07-06"}, NOTHING)
        for date in ("申出日", "請求日", "成年被後見人である旨を知った日", "誤記修正後の生年月日")
    ),
]


def code_of(place: str, code: str, *, where: dict[str, str] | None = None) -> Edited:
    """A municipality's code that is wrong: of its check digit (131017), or of one that is no more (132161)."""
    column = f"{place}_市区町村コード"
    told = {"131017": {("S0024", column), ("S0026", column)}, "132161": {("S0026", column)}}
    return Edited(JAPANESE, {column: code, **(where or {})}, told[code])


NEW_CODES = [
    each
    for code in ("131017", "132161")
    for each in (
        code_of(GOES_BY, code),
        code_of(
            LAST_REGISTERED,
            code,
            where={f"{LAST_REGISTERED}_都道府県": "東京都", f"{LAST_REGISTERED}_市区郡町村名": "千代田区"},
        ),
    )
]

EDITED = edited_alike() | {
    "all eleven unknown dates": UNKNOWN_IN_ALL_ELEVEN,
    "addresses that are new": ADDRESSES,
    "of foreign residents": OF_FOREIGN_RESIDENTS,
    "forms": FORMS,
    "new dates in order": NEW_DATES_IN_ORDER,
    "codes of municipalities that are new": NEW_CODES,
    "unknown and new": [
        Edited(ERASED, {"改製消除年月日_不詳フラグ": "1", "改製消除年月日_不詳表記": ALL_UNKNOWN}, NOTHING)
    ],
}
"""By what they are about, those of 0.1 first. What must hold, docs/domain.md says."""
