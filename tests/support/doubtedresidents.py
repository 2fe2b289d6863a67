"""Residents of edition 0.2 that real registers have, and doubtful ones beside them; each rule of docs/domain.md has both.

Written by hand from docs/domain.md, What real registers have. The bases are those of ``laterresidents.py``.
"""

from __future__ import annotations

from support.laterresidents import ERASED, FOREIGN, JAPANESE
from support.residents import NOTHING, Edited

CODES = frozenset(f"S{number:04}" for number in range(36, 50))
"""What is told of these rules; the tables of other rules do not speak of them."""

ONE, TWO, THREE, FOUR = "続柄コード1", "続柄コード2", "続柄コード3", "続柄コード4"
LABELS = {
    **{
        "02": "世帯主",
        "11": "夫",
        "12": "妻",
        "13": "夫（未届）",
        "14": "妻（未届）",
        "20": "子",
        "51": "父",
        "52": "母",
    },
    **{"71": "兄", "74": "弟", "81": "姉", "84": "妹", "96": "縁故者", "99": "同居人"},
}
MAN, WOMAN = {"性別": "1", "性別表記": "男"}, {"性別": "2", "性別表記": "女"}


def related(codes: str, sex: dict[str, str], *findings: tuple[str, str]) -> Edited:
    """The Japanese resident with another 続柄, of two digits for each code, and its wording; XX has none."""
    each = [codes[at : at + 2] for at in range(0, len(codes), 2)]
    columns = dict(zip((ONE, TWO, THREE, FOUR), each, strict=False))
    wording = {"続柄表記": "の".join(LABELS[code] for code in each) if "XX" not in each else "空欄"}
    return Edited(JAPANESE, {**columns, **wording, **sex}, set(findings))


RELATIONSHIPS_AND_SEX = [
    *(related(code, MAN) for code in ("11", "13", "51", "71", "74", "20", "02", "96", "99")),
    *(related(code, WOMAN) for code in ("12", "14", "52", "81", "84", "20", "02", "96", "99")),
    *(related(code, WOMAN, ("S0036", f"{ONE}+性別+{TWO}")) for code in ("11", "13", "51", "71", "74")),
    *(related(code, MAN, ("S0036", f"{ONE}+性別+{TWO}")) for code in ("12", "14", "52", "81", "84")),
    Edited(JAPANESE, {**MAN, "性別": "0", "性別表記": "不明"}, NOTHING),
    related("1220", MAN),
    related("2012", WOMAN),
    related("2012", MAN, ("S0036", f"{TWO}+性別+{THREE}")),
    related("512020", MAN),
    related("202012", WOMAN),
    related("202011", WOMAN, ("S0036", f"{THREE}+性別+{FOUR}")),
    related("20202012", MAN, ("S0036", f"{FOUR}+性別")),
    related("20202012", WOMAN),
]

HEADS_IN_CHAINS = [
    related("02", WOMAN),
    related("0252", WOMAN, ("S0037", f"{TWO}+{ONE}")),
    related("0202", WOMAN, ("S0037", f"{TWO}+{ONE}"), ("S0038", TWO)),
    related("2002", WOMAN, ("S0038", TWO)),
    related("202002", WOMAN, ("S0038", THREE)),
    related("20202002", WOMAN, ("S0038", FOUR)),
    related("XX", WOMAN),
    related("XX20", WOMAN, ("S0038", f"{TWO}+{ONE}")),
    related("20XX", WOMAN, ("S0038", TWO)),
]

BECAME, BECAME_TOLD, SET = "住民となった年月日", "住民となった届出年月日", "住所を定めた年月日"
GONE, GONE_TOLD, LEFT_TOLD, LEFT = "消除の異動年月日", "消除の届出年月日", "転出届出年月日", "転出年月日（確定）"
MOVED_OUT: dict[str, str | None] = {
    **{"住民状態": "2", "異動事由": "21", "消除の事由": "21", "除票フラグ": "1"},
    **{
        "異動年月日": "2024-06-01",
        "異動届出年月日": "2024-06-03",
        GONE: "2024-06-01",
        GONE_TOLD: "2024-06-01",
        "消除の異動年月日_不詳フラグ": "0",
    },
}

NO_OTHER: dict[str, str | None] = {}
OTHERWISE: dict[str, str | None] = {"住民状態": "9", "消除の事由": "26"}

NOTICES = [
    Edited(JAPANESE, {"異動届出年月日": "2024-01-01"}, NOTHING),
    Edited(JAPANESE, {"異動届出年月日": "2023-12-31"}, {("S0039", "異動年月日+異動届出年月日")}),
    Edited(JAPANESE, {"異動届出年月日": None}, NOTHING),
    Edited(
        ERASED,
        {"異動年月日": "2023-02-29", "異動届出年月日": "2022-02-01", GONE: None},
        {("S0044", f"{GONE}+住民状態+{GONE}_不詳フラグ")},
    ),
    Edited(JAPANESE, MOVED_OUT | {GONE_TOLD: "2024-04-02", LEFT_TOLD: "2024-04-02"}, NOTHING),
    Edited(
        JAPANESE,
        MOVED_OUT | {GONE_TOLD: "2024-04-01", LEFT_TOLD: "2024-04-01"},
        {("S0039", f"{GONE}+{GONE_TOLD}"), ("S0039", f"{GONE}+{LEFT_TOLD}")},
    ),
    Edited(JAPANESE, {BECAME_TOLD: "2010-04-01"}, NOTHING),
    Edited(JAPANESE, {BECAME_TOLD: "2010-03-31"}, {("S0039", f"{BECAME}+{BECAME_TOLD}")}),
    Edited(JAPANESE, {SET: "2010-04-01"}, NOTHING),
    Edited(JAPANESE, {SET: "2010-03-31"}, {("S0040", f"{BECAME}+{SET}+記載の事由")}),
    *(Edited(JAPANESE, {SET: "2005-05-05", "記載の事由": reason}, NOTHING) for reason in ("04", "06", "07", None)),
    Edited(JAPANESE, {SET: None}, NOTHING),
    Edited(FOREIGN, {SET: "1999-01-01"}, NOTHING),
]

AFTER_DEATH = [
    Edited(ERASED, {SET: "2024-06-01"}, NOTHING),
    Edited(ERASED, {SET: "2024-06-02"}, {("S0041", f"{SET}+{GONE}+消除の事由")}),
    Edited(ERASED, {BECAME: "2024-06-02", BECAME_TOLD: None, SET: None}, {("S0041", f"{BECAME}+{GONE}+消除の事由")}),
    Edited(ERASED, {LEFT_TOLD: "2024-06-02"}, {("S0041", f"{LEFT_TOLD}+{GONE}+消除の事由")}),
    Edited(ERASED, {LEFT: "2024-06-02"}, {("S0041", f"{LEFT}+{GONE}+消除の事由")}),
    Edited(
        FOREIGN | {k: ERASED[k] for k in ("住民状態", "消除の事由", GONE, "消除の異動年月日_不詳フラグ")},
        {"外国人住民となった年月日": "2024-06-02"},
        {("S0041", f"外国人住民となった年月日+{GONE}+消除の事由")},
    ),
    *(
        Edited(
            ERASED,
            {"異動年月日": "2024-07-01", "異動事由": reason},
            {("S0041", f"異動年月日+{GONE}+消除の事由+異動事由")},
        )
        for reason in ("01", "21", "22", "41", "45", "50", "54", "58")
    ),
    *(
        Edited(ERASED, {"異動年月日": "2024-07-01", "異動事由": reason}, NOTHING)
        for reason in ("07", "08", "23", "26", "28", "42", "43", "44", "46", "49", "53", "59")
    ),
    Edited(JAPANESE, MOVED_OUT | {"異動年月日": "2024-07-01", "異動事由": "41"}, NOTHING),
]

WORDS = ("統合記載欄B類型1表示項目", "統合記載欄B類型1", "統合記載欄B類型2表示項目", "統合記載欄B類型2")
WORDS_TOO = ("統合記載欄B類型3表示項目", "統合記載欄B類型3", "除票の修正メモ")
SPOILED_YEARS = [
    *(Edited(JAPANESE, {name: "平成３元年４月１日改製"}, {("S0042", name)}) for name in (*WORDS, *WORDS_TOO)),
    *(
        Edited(JAPANESE, {WORDS[1]: text}, {("S0042", WORDS[1])})
        for text in ("２０２元年", "平成三十元年", "昭和５元年４月", "平成二元年")
    ),
    *(
        Edited(JAPANESE, {WORDS[1]: text}, NOTHING)
        for text in ("平成元年", "令和元年５月１日改製", "平成３１年", "元年")
    ),
]

DATES = ("異動年月日", "生年月日", BECAME, BECAME_TOLD, "記載の異動年月日", SET, GONE, "改製記載年月日")
DATES_TOO = ("再製記載年月日", "改製消除年月日")


def unknown(date: str, wording: str, *findings: tuple[str, str]) -> Edited:
    """The erased resident with a date of which only a wording is known."""
    birth: dict[str, str | None] = {"生年月日_元号": None} if date == "生年月日" else {}
    return Edited(ERASED, {date: None, f"{date}_不詳フラグ": "1", f"{date}_不詳表記": wording, **birth}, set(findings))


YEARS_OF_ERAS = [
    *(unknown(date, "昭和６５年頃", ("S0049", f"{date}_不詳表記")) for date in (*DATES, *DATES_TOO)),
    Edited(
        FOREIGN,
        {
            "外国人住民となった年月日": None,
            "外国人住民となった年月日_不詳フラグ": "1",
            "外国人住民となった年月日_不詳表記": "平成３２年月日不詳",
        },
        {("S0049", "外国人住民となった年月日_不詳表記")},
    ),
    *(
        unknown("生年月日", wording, ("S0049", "生年月日_不詳表記"))
        for wording in (
            *("明治４６年頃", "明治５０年頃", "大正１６年春", "大正２０年３月頃", "昭和７０年月日不詳"),
            *("推定平成３２年１月", "平成４０年頃", "昭和９９年１月２日から３月４日頃までの間"),
        )
    ),
    *(
        unknown("生年月日", wording)
        for wording in (
            *("明治４５年頃", "大正１５年春", "昭和６４年頃", "昭和元年頃", "推定平成３１年４月", "大正９年春"),
            *("令和５０年頃", "年月日不詳", "昭和１０年月日不詳"),
        )
    ),
]

STATES = [
    Edited(JAPANESE, {GONE: "2024-06-01"}, {("S0043", f"{GONE}+住民状態+異動事由")}),
    Edited(JAPANESE, {LEFT: "2024-06-01"}, {("S0043", f"{LEFT}+住民状態+異動事由")}),
    Edited(JAPANESE, {"転出予定年月日": "2024-06-01"}, NOTHING),
    *(
        Edited(JAPANESE, {GONE: "2024-06-01", LEFT: "2024-06-01", "異動事由": reason}, NOTHING)
        for reason in ("09", "28", "59")
    ),
    Edited(JAPANESE, MOVED_OUT, NOTHING),
    *(
        Edited(base, changes | {GONE: None}, {("S0044", f"{GONE}+住民状態+{GONE}_不詳フラグ")})
        for base, changes in ((JAPANESE, MOVED_OUT), (ERASED, {}), (ERASED, {"住民状態": "9", "消除の事由": "26"}))
    ),
    Edited(ERASED, {GONE: None, f"{GONE}_不詳フラグ": "1", f"{GONE}_不詳表記": "年月日不詳"}, NOTHING),
    Edited(JAPANESE, {"除票フラグ": "1"}, {("S0045", "除票フラグ+住民状態+最新フラグ+改製消除年月日")}),
    Edited(JAPANESE, {"除票フラグ": "1", "改製消除年月日": "2020-04-01"}, NOTHING),
    Edited(JAPANESE, {"除票フラグ": "1", "最新フラグ": "0"}, NOTHING),
    Edited(JAPANESE, {"除票フラグ": None}, NOTHING),
    *(
        Edited(ERASED, state | {"除票フラグ": "0"}, {("S0045", "除票フラグ+住民状態+最新フラグ")})
        for state in (MOVED_OUT, NO_OTHER, OTHERWISE)
    ),
    Edited(ERASED, {"除票フラグ": "0", "最新フラグ": "0"}, NOTHING),
    Edited(ERASED, {"除票フラグ": None}, NOTHING),
]

PLANNED, SETTLED, NOTICE = "転出先住所（予定）", "転出先住所（確定）", "転入通知年月日"


def going(place: str) -> dict[str, str | None]:
    """Where a resident is going."""
    return {f"{place}_市区町村コード": "016373", f"{place}_都道府県": "北海道", f"{place}_市区郡町村名": "河西郡芽室町"}


DESTINATIONS = [
    Edited(JAPANESE, MOVED_OUT | going(PLANNED), NOTHING),
    Edited(JAPANESE, MOVED_OUT | going(PLANNED) | going(SETTLED) | {LEFT: "2024-06-01"}, NOTHING),
    Edited(JAPANESE, MOVED_OUT | going(SETTLED) | {NOTICE: "2024-06-05"}, NOTHING),
    Edited(JAPANESE, MOVED_OUT | {LEFT: "2024-06-01"}, NOTHING),
    Edited(
        JAPANESE,
        MOVED_OUT | going(PLANNED) | going(SETTLED),
        {("S0046", f"{LEFT}+{SETTLED}_市区町村コード+{NOTICE}")},
    ),
]

OWN, SPOKEN = "本籍", ("氏_日本人_振り仮名", "名_日本人_振り仮名")
PLACES = (f"{OWN}_都道府県", f"{OWN}_市区郡町村名", f"{OWN}_町字", f"{OWN}_地番号または、街区符号")
NAME, HOLDER = "氏名_振り仮名（フリガナ）", "戸籍_筆頭者"
DERIVED = [
    Edited(JAPANESE, {"性別表記": "男"}, {("S0047", "性別表記+性別")}),
    Edited(JAPANESE, {"性別表記": "女性"}, {("S0047", "性別表記+性別")}),
    Edited(JAPANESE, {"性別": "0", "性別表記": "未記入"}, NOTHING),
    Edited(JAPANESE, {NAME: "ギョウセイハナコ"}, {("S0048", f"{NAME}+{SPOKEN[0]}+{SPOKEN[1]}+住民種別")}),
    Edited(JAPANESE, {SPOKEN[1]: None}, {("S0048", f"{NAME}+{SPOKEN[0]}+{SPOKEN[1]}+住民種別")}),
    Edited(JAPANESE, dict.fromkeys(SPOKEN), NOTHING),
    Edited(JAPANESE, {f"{HOLDER}_名": "花子"}, {("S0048", f"{HOLDER}+{HOLDER}_氏+{HOLDER}_名")}),
    Edited(JAPANESE, {HOLDER: "行政太郎"}, {("S0048", f"{HOLDER}+{HOLDER}_氏+{HOLDER}_名")}),
    Edited(JAPANESE, {OWN: "千代田区霞が関一丁目３番"}, NOTHING),
    Edited(JAPANESE, {OWN: "霞が関一丁目３番"}, {("S0048", f"{OWN}+{'+'.join(PLACES)}")}),
    Edited(JAPANESE, {PLACES[3]: "４番"}, {("S0048", f"{OWN}+{'+'.join(PLACES)}")}),
    Edited(JAPANESE, {PLACES[0]: None}, {("S0048", f"{OWN}+{'+'.join(PLACES)}")}),
    Edited(JAPANESE, dict.fromkeys(PLACES), NOTHING),
]

EDITED = {
    "relationships and sex": RELATIONSHIPS_AND_SEX,
    "heads in chains": HEADS_IN_CHAINS,
    "notices": NOTICES,
    "after death": AFTER_DEATH,
    "spoiled years": SPOILED_YEARS,
    "years of eras": YEARS_OF_ERAS,
    "states": STATES,
    "destinations": DESTINATIONS,
    "derived columns": DERIVED,
}
