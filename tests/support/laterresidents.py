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


PLACED = {"011002", "132055", "132161"}
"""Codes of which 0.2 says something else than 0.1."""


def edited_alike() -> dict[str, list[Edited]]:
    """What 0.2 has of 0.1: all but what is said below."""
    alike = residents.EDITED | {
        "unknown dates": [
            each for each in UNKNOWN_DATES if not any(f"{d}_不詳フラグ" in each.changes for d in FLAGGED)
        ],
        "eras": [each for each in ERAS if each.base is not residents.FOREIGN],
        "check digits": [each for each in residents.CHECK_DIGITS if not set(each.changes.values()) & PLACED],
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
    """A municipality's code that is wrong: of its check digit (131017), or of no municipality ever (139998)."""
    column = f"{place}_市区町村コード"
    told = {"131017": {("S0024", column), ("S0026", column)}, "139998": {("S0026", column)}}
    return Edited(JAPANESE, {column: code, **(where or {})}, told[code])


NEW_CODES = [
    each
    for code in ("131017", "139998")
    for each in (
        code_of(GOES_BY, code),
        code_of(
            LAST_REGISTERED,
            code,
            where={f"{LAST_REGISTERED}_都道府県": "東京都", f"{LAST_REGISTERED}_市区郡町村名": "千代田区"},
        ),
    )
]

WARD, FROM, TO, PLANNED, WITHIN, HOME = (
    *("指定都市_行政区等コード", "転入前住所", "転出先住所（確定）", "転出先住所（予定）", "転居前住所", "本籍"),
)
NOW = "最新フラグ+住民状態"


def at(place: str, code: str, prefecture: str, name: str) -> dict[str, str | None]:
    """An address's municipality by code and name."""
    return {f"{place}_市区町村コード": code, f"{place}_都道府県": prefecture, f"{place}_市区郡町村名": name}


def in_sagamihara(place: str, **more: str | None) -> dict[str, str | None]:
    """相模原市 by its code of before 2010-04-01, when it became a designated city: in the lists, and in a layout."""
    return at(place, "142093", "神奈川県", "相模原市") | more


def ended(place: str, day: str) -> set[tuple[str, str]]:
    """What is told of such a code, with the column that has the day."""
    return {("S0050", f"{place}_市区町村コード+{day}")}


def begun(place: str, part: str) -> set[tuple[str, str]]:
    """What is told of a text that begins with another place."""
    column = part if part == HOME else f"{place}_{part}"
    return {("S0054", f"{column}+{place}_都道府県+{place}_市区郡町村名")}


def misnamed(place: str) -> set[tuple[str, str]]:
    """What is told of a code that stands for another place than the names."""
    return {("S0053", "+".join(f"{place}_{part}" for part in ("市区町村コード", "都道府県", "市区郡町村名")))}


ENDED = [
    *(
        Edited(JAPANESE, in_sagamihara(FROM, 住民となった年月日=day), told)
        for day, told in (
            ("2010-03-31", NOTHING),
            ("2010-04-01", NOTHING),
            ("2010-04-02", ended(FROM, "住民となった年月日")),
            ("2023-10-01", ended(FROM, "住民となった年月日")),
        )
    ),
    Edited(
        JAPANESE,
        in_sagamihara(
            FROM, 住民となった年月日=None, 住民となった年月日_不詳フラグ="1", 住民となった年月日_不詳表記=ALL_UNKNOWN
        ),
        NOTHING,
    ),
    Edited(JAPANESE, at(FROM, "221317", "静岡県", "浜松市中区") | {"住民となった年月日": "2024-06-01"}, NOTHING),
    Edited(JAPANESE, in_sagamihara(WITHIN), ended(WITHIN, "住所を定めた年月日")),
    Edited(JAPANESE, in_sagamihara(WITHIN, 住所を定めた年月日="2010-04-01"), NOTHING),
    Edited(JAPANESE, in_sagamihara(LAST_REGISTERED), NOTHING),
    *(
        Edited(base, in_sagamihara(place, **{day: value}), ended(place, day) if value > "2010-04-01" else NOTHING)
        for base, place, day in ((ERASED, TO, "転出年月日（確定）"), (JAPANESE, PLANNED, "転出予定年月日"))
        for value in ("2010-04-01", "2024-06-01")
    ),
    Edited(JAPANESE, in_sagamihara(HOME, 本籍="神奈川県相模原市中央２番"), ended(HOME, f"異動年月日+{NOW}")),
    Edited(JAPANESE, in_sagamihara(HOME, 本籍="神奈川県相模原市中央２番", 最新フラグ="0"), NOTHING),
    Edited(JAPANESE, in_sagamihara(HOME, 本籍="神奈川県相模原市中央２番", 異動年月日="2010-04-01"), NOTHING),
    Edited(JAPANESE, in_sagamihara("住所", 市区町村コード="141500"), ended("住所", NOW)),
    Edited(JAPANESE, in_sagamihara("住所", 市区町村コード="141500", 最新フラグ="0"), NOTHING),
    Edited(ERASED, in_sagamihara("住所", 市区町村コード="141500"), NOTHING),
    Edited(JAPANESE, {CALLED[0]: "142093"}, ended(GOES_BY, NOW)),
    Edited(JAPANESE, {"市区町村コード": "142093"}, {("S0050", f"市区町村コード+{NOW}")}),
]
"""Codes that ended, before and after the day that counts for them. Of the wards of 浜松市 the day is not known."""

TANASHI = [
    Edited(JAPANESE, {"市区町村コード": "132161"}, {("S0050", f"市区町村コード+{NOW}")}),
    *(
        Edited(JAPANESE, {f"{place}_市区町村コード": "132161"}, ended(place, day) | misnamed(place))
        for place, day in (
            *(("住所", NOW), (FROM, "住民となった年月日"), (WITHIN, "住所を定めた年月日")),
            (HOME, f"異動年月日+{NOW}"),
        )
    ),
    *(Edited(ERASED, at(place, "132161", "東京都", "田無市"), NOTHING) for place in (PLANNED, TO)),
    Edited(JAPANESE, {f"{HOME}_市区町村コード": "132055"}, misnamed(HOME)),
]
"""田無市, until 2001, of which 0.1 says that it is not in its list; and 青梅市, which is not the 本籍 by name."""

NOWHERE = [
    *(code_of(place, "139998") for place in ("住所", WITHIN, HOME)),
    Edited(JAPANESE, {"市区町村コード": "139998"}, {("S0026", "市区町村コード")}),
    *(
        Edited(ERASED, at(place, "139998", "東京都", "田無市"), {("S0026", f"{place}_市区町村コード")})
        for place in (PLANNED, TO)
    ),
]
"""A code that no municipality ever had."""

WARDS = [
    Edited(JAPANESE, {"市区町村コード": "141518"}, {("S0051", "市区町村コード")}),
    Edited(JAPANESE, {"市区町村コード": "141500"}, NOTHING),
    *(
        Edited(JAPANESE, at("住所", code, "神奈川県", name) | {"市区町村コード": own, WARD: ward}, told)
        for own, ward, code, name, told in (
            ("141500", "141518", "141500", "相模原市", NOTHING),
            ("141500", "141518", "141518", "相模原市緑区", NOTHING),
            ("141500", "141518", "141500", "相模原市緑区", NOTHING),
            ("141500", "141518", "141518", "相模原市", NOTHING),
            ("141500", "000000000001", "141500", "相模原市", NOTHING),
            ("141500", "141500", "141500", "相模原市", {("S0052", WARD)}),
            ("141003", "141518", "141500", "相模原市", {("S0052", f"{WARD}+市区町村コード")}),
            ("141500", "141518", "141003", "横浜市", {("S0052", f"{WARD}+住所_市区町村コード")}),
        )
    ),
]
"""Wards, cities, and the city that a ward is not of."""


NAMES = [
    *(
        Edited(JAPANESE, at(place, "132063", "東京都", name), told)
        for place in (FROM, WITHIN, PLANNED, TO, LAST_REGISTERED)
        for name, told in (("府中市", NOTHING), ("調布市", misnamed(place)))
    ),
    *(
        Edited(JAPANESE, at(FROM, code, prefecture, name), told)
        for code, prefecture, name, told in (
            ("343021", "広島県", "安芸郡府中町", NOTHING),
            ("343021", "広島県", "府中町", NOTHING),
            ("343021", "広島県", "府中市", misnamed(FROM)),
            ("343021", "東京都", "府中町", misnamed(FROM)),
            ("394050", "高知県", "高岡郡檮原町", NOTHING),
            ("394050", "高知県", "高岡郡梼原町", NOTHING),
            ("292117", "奈良県", "葛\U000e0100城市", NOTHING),
            ("282219", "兵庫県", "丹波篠山市", NOTHING),
            ("282219", "兵庫県", "篠山市", NOTHING),
            ("282219", "兵庫県", "丹波市", misnamed(FROM)),
            ("139998", "東京都", "府中市", {("S0026", f"{FROM}_市区町村コード")}),
        )
    ),
    Edited(JAPANESE, {f"{HOME}_市区郡町村名": "中央区"}, misnamed(HOME) | begun(HOME, HOME)),
    Edited(JAPANESE, {f"{HOME}_市区郡町村名": None}, NOTHING),
]
"""A code and names that are of the same place, however they are written, and that are not."""


def within(place: str, part: str, text: str, told: set[tuple[str, str]] | None = None) -> Edited:
    """An address with another text in one of its parts."""
    return Edited(JAPANESE, {part if part == HOME else f"{place}_{part}": text}, told or NOTHING)


TEXTS = [
    *(
        within(place, part, text, begun(place, part))
        for place, part in (("住所", "番地号表記"), ("住所", "町字"), (FROM, "番地号表記"), (WITHIN, "町字"))
        for text in ("大阪府大阪市北区中之島１番", "横浜市西区１番", "安芸郡府中町１番", "四日市市諏訪町１番")
    ),
    *(
        within("住所", "町字", text)
        for text in (
            *("東京都千代田区霞が関", "千代田区霞が関", "府中町", "加茂市場", "丹波市町", "旭市川", "北区", "四日市"),
            *("市場", "都町", "道府", "小郡町", "県町", "京都町"),
        )
    ),
    within("住所", "町字", "東京都府中市宮町", begun("住所", "町字")),
    within(HOME, HOME, "大阪府大阪市北区中之島一丁目３番", begun(HOME, HOME)),
    within(HOME, "町字", "横浜市西区", begun(HOME, "町字")),
    within(HOME, "地番号または、街区符号", "北海道札幌市１番", begun(HOME, "地番号または、街区符号")),
    *(
        Edited(
            base, at(place, "131016", "東京都", "千代田区") | {f"{place}_{part}": "横浜市西区１番"}, begun(place, part)
        )
        for base, place in ((JAPANESE, LAST_REGISTERED), (JAPANESE, WITHIN), (ERASED, PLANNED), (ERASED, TO))
        for part in ("町字", "番地号表記")
    ),
    within(FROM, "町字", "札幌市中央区大通西"),
    within(FROM, "町字", "北区北七条西"),
    within(FROM, "町字", "港区芝公園", begun(FROM, "町字")),
]
"""Texts that begin with another place, and towns that only look like it; 札幌市, which has a 北区, is the city that the columns name."""

FROM_HERE = [
    Edited(JAPANESE, at(FROM, code, "東京都", name), told)
    for code, name, told in (
        ("131016", "千代田区", {("S0055", f"{FROM}_市区町村コード+市区町村コード")}),
        ("131024", "中央区", NOTHING),
    )
] + [
    Edited(
        JAPANESE,
        at("住所", "141500", "神奈川県", "相模原市") | {"市区町村コード": "141500"} | at(FROM, code, "神奈川県", name),
        told,
    )
    for code, name, told in (
        ("141518", "相模原市緑区", {("S0055", f"{FROM}_市区町村コード+市区町村コード")}),
        ("141003", "横浜市", NOTHING),
    )
]
"""転入前住所 in the municipality itself: by its code, or by that of one of its wards."""

EDITED = edited_alike() | {
    "all eleven unknown dates": UNKNOWN_IN_ALL_ELEVEN,
    "addresses that are new": ADDRESSES,
    "of foreign residents": OF_FOREIGN_RESIDENTS,
    "forms": FORMS,
    "new dates in order": NEW_DATES_IN_ORDER,
    "codes of municipalities that are new": NEW_CODES,
    "codes that ended": [*ENDED, *TANASHI, *NOWHERE],
    "wards": WARDS,
    "names of codes": NAMES,
    "texts that begin with a place": TEXTS,
    "moved in from here": FROM_HERE,
    "unknown and new": [
        Edited(ERASED, {"改製消除年月日_不詳フラグ": "1", "改製消除年月日_不詳表記": ALL_UNKNOWN}, NOTHING)
    ],
}
"""By what they are about, those of 0.1 first. What must hold, docs/domain.md says."""
