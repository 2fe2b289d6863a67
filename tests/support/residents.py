"""Residents that keep every rule of resident-basic/0.1, written by hand: nobody's records, but such as there are.

Names and numbers are those of docs/domain.md (its samples of 個人番号, 住民票コード and codes of municipalities have their
check digits), the rest is made up. A column that is not named is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

JAPANESE: dict[str, str] = {
    "市区町村コード": "131016",
    "宛名番号": "1234567890",
    "個人履歴番号": "2",
    "個人履歴番号_枝番号": "0",
    "最新フラグ": "1",
    "改製番号": "0",
    "世帯番号": "9876543",
    "住民種別": "1",
    "住民状態": "1",
    "住民票コード": "24727059608",
    "異動年月日": "2024-03-01",
    "異動年月日_不詳フラグ": "0",
    "異動届出年月日": "2024-03-05",
    "届出番号": "T-15",
    "異動事由": "41",
    "異動区分": "2",
    "通知日": "2024-03-06",
    "記載等の種別": "3",
    "氏名": "行政　花子",
    "氏_日本人": "行政",
    "名_日本人": "花子",
    "氏名_フリガナ": "ギョウセイ　ハナコ",
    "氏_日本人_フリガナ": "ギョウセイ",
    "名_日本人_フリガナ": "ハナコ",
    "氏名_フリガナ確認状況": "1",
    "性別": "2",
    "性別表記": "女",
    "生年月日_元号": "3",
    "生年月日": "1985-07-07",
    "生年月日_不詳フラグ": "0",
    "続柄コード1": "12",
    "続柄表記": "妻",
    "世帯主氏名": "行政　太郎",
    "住所_市区町村コード": "131016",
    "住所_町字コード": "0001001",
    "住所_都道府県": "東京都",
    "住所_市区郡町村名": "千代田区",
    "住所_町字": "霞が関一丁目",
    "住所_番地号表記": "３番１号",
    "住所_方書": "中央合同庁舎７号館",
    "住所_郵便番号": "1000013",
    "住民となった年月日": "2010-04-01",
    "住民となった年月日_不詳フラグ": "0",
    "記載の異動年月日": "2010-04-01",
    "記載の異動年月日_不詳フラグ": "0",
    "記載の事由": "01",
    "転入前住所_市区町村コード": "011002",
    "転入前住所_町字コード": "0000000",
    "転入前住所_都道府県": "北海道",
    "転入前住所_市区郡町村名": "札幌市",
    "転入前住所_番地号表記": "１００８番地",
    "転入前住所_郵便番号": "0600042",
    "本籍": "東京都千代田区霞が関一丁目３番",
    "本籍_町字": "霞が関一丁目",
    "本籍_地番号または、街区符号": "３番",
    "本籍_市区町村コード": "131016",
    "本籍_町字コード": "0001001",
    "戸籍_筆頭者": "行政　太郎",
    "戸籍_筆頭者_氏": "行政",
    "戸籍_筆頭者_名": "太郎",
    "住所を定めた年月日": "2024-03-01",
    "住所を定めた年月日_不詳フラグ": "0",
    "地区管理コード1": "01",
    "記載順位": "2",
    "除票フラグ": "0",
    "処理年月日": "2024-03-06",
    "選挙人名簿登録有無": "1",
    "統合宛名フラグ": "0",
    "他業務参照不可フラグ": "0",
    "業務ID": "001",
    "削除フラグ": "0",
    "操作者ID": "user01",
    "操作年月日": "2024-03-06",
    "操作時刻": "10:15:30",
    "旧氏": "電子",
    "旧氏_フリガナ": "デンシ",
    "旧氏_フリガナ確認状況": "1",
    "転入前住所_世帯主氏名": "行政　太郎",
    "本籍_都道府県": "東京都",
    "本籍_市区郡町村名": "千代田区",
    "個人番号": "983205673214",
    "転居前住所_市区町村コード": "131016",
    "転居前住所_町字コード": "0002000",
    "転居前住所_都道府県": "東京都",
    "転居前住所_市区郡町村名": "千代田区",
    "転居前住所_町字": "永田町",
    "転居前住所_番地号表記": "１番６号",
    "転居前住所_郵便番号": "1000014",
    "氏名_フリガナ公証確認状況": "0",
}
"""A wife who moved within the municipality."""

FOREIGN: dict[str, str] = {
    "市区町村コード": "271004",
    "宛名番号": "2345678901",
    "個人履歴番号": "1",
    "最新フラグ": "1",
    "世帯番号": "8765432",
    "住民種別": "2",
    "住民状態": "1",
    "住民票コード": "24846016224",
    "異動年月日": "2015-10-01",
    "異動年月日_不詳フラグ": "0",
    "異動届出年月日": "2015-10-05",
    "異動事由": "02",
    "氏名": "ＺＨＡＮＧ　ＹＵＬＩ",
    "氏名_フリガナ": "チャン　ユーリー",
    "性別": "2",
    "性別表記": "女",
    "生年月日": "1990-02-28",
    "生年月日_不詳フラグ": "0",
    "続柄コード1": "02",
    "続柄表記": "世帯主",
    "世帯主氏名": "ＺＨＡＮＧ　ＹＵＬＩ",
    "住所_市区町村コード": "271004",
    "住所_町字コード": "0012001",
    "住所_都道府県": "大阪府",
    "住所_市区郡町村名": "大阪市",
    "住所_町字": "中之島一丁目",
    "住所_番地号表記": "３番２０号",
    "住所_郵便番号": "5300005",
    "記載の異動年月日": "2015-10-01",
    "記載の事由": "02",
    "転入前住所_国名コード": "CHN",
    "転入前住所_国名等": "中国",
    "転入前住所_国外住所": "北京市",
    "住所を定めた年月日": "2015-10-01",
    "処理年月日": "2015-10-05",
    "業務ID": "001",
    "外国人住民となった年月日": "2015-10-01",
    "外国人住民となった年月日_不詳フラグ": "0",
    "在留カード等番号": "AB12345678CD",
    "在留カード等番号区分": "1",
    "国籍等_国名コード": "CHN",
    "国籍名等": "中国",
    "第30条45規定区分": "01",
    "住居地の届出の有無": "1",
    "在留資格等コード": "T03",
    "在留期間等コード_年": "05",
    "在留期間等コード_月": "00",
    "在留期間等コード_日": "000",
    "在留期間の満了の日": "2025-10-01",
    "氏名_外国人ローマ字": "ＺＨＡＮＧ　ＹＵＬＩ",
    "氏名_外国人漢字": "張　玉麗",
    "通称": "行政　玲子",
    "通称_フリガナ": "ギョウセイ　レイコ",
    "通称_フリガナ確認状況": "1",
    "個人番号": "345678901234",
    "氏名優先区分": "07",
}
"""The head of a household who came from abroad."""

BARE: dict[str, str] = {"宛名番号": "3456789012", "個人履歴番号": "1", "生年月日": "1985-07-07"}
"""A record of which nothing is known that a rule would be about: doubtful in much, refused for nothing."""

ERASED: dict[str, str] = JAPANESE | {
    "異動年月日": "2024-06-01",
    "異動届出年月日": "2024-06-03",
    "異動事由": "23",
    "住民状態": "3",
    "消除の事由": "23",
    "消除の届出年月日": "2024-06-03",
    "消除の異動年月日": "2024-06-01",
    "消除の異動年月日_不詳フラグ": "0",
    "除票フラグ": "1",
    "処理年月日": "2024-06-03",
}
"""The same resident, who has died."""


class Edited(NamedTuple):
    """A resident of above with a few columns changed (``None``: absent), and all that is found in the record."""

    base: dict[str, str]
    changes: dict[str, str | None]
    findings: set[tuple[str, str]]

    @property
    def record(self) -> dict[str, str]:
        """The record: its columns that are there."""
        return {column: value for column, value in (self.base | self.changes).items() if value is not None}


NOTHING: set[tuple[str, str]] = set()
ALL_UNKNOWN = "年月日不詳"

REQUIRED_WHERE_IT_APPLIES = [
    Edited(JAPANESE, {"世帯番号": None}, {("S0012", "世帯番号+住民状態")}),
    Edited(JAPANESE, {"住民票コード": None}, {("S0012", "住民票コード+住民状態")}),
    Edited(ERASED, {"世帯番号": None, "住民票コード": None}, NOTHING),
    Edited(JAPANESE, {"世帯番号": None, "住民票コード": None, "住民状態": None}, {("S0013", "住民状態")}),
    Edited(JAPANESE, {"生年月日": None}, {("S0012", "生年月日+生年月日_不詳フラグ")}),
    Edited(
        JAPANESE,
        {"生年月日": None, "生年月日_不詳フラグ": None},
        {("S0012", "生年月日+生年月日_不詳フラグ"), ("S0013", "生年月日_不詳フラグ")},
    ),
    Edited(JAPANESE, {"本籍": None}, {("S0012", "本籍+住民種別")}),
    Edited(JAPANESE, {"戸籍_筆頭者": None}, {("S0012", "戸籍_筆頭者+住民種別")}),
    Edited(JAPANESE, {"本籍": None, "戸籍_筆頭者": None, "住民種別": None}, {("S0013", "住民種別")}),
    Edited(FOREIGN, {"第30条45規定区分": None}, {("S0012", "第30条45規定区分+住民種別")}),
    Edited(
        JAPANESE,
        {"住民となった年月日": None},
        {("S0012", "住民となった年月日+住民種別+住民となった年月日_不詳フラグ")},
    ),
    Edited(
        FOREIGN,
        {"外国人住民となった年月日": None},
        {("S0012", "外国人住民となった年月日+住民種別+外国人住民となった年月日_不詳フラグ")},
    ),
    Edited(
        FOREIGN,
        {"外国人住民となった年月日": None, "外国人住民となった年月日_不詳フラグ": None},
        {("S0012", "外国人住民となった年月日+住民種別+外国人住民となった年月日_不詳フラグ")},
    ),
    Edited(FOREIGN, {"在留カード等番号": None}, {("S0012", "在留カード等番号+住民種別+第30条45規定区分")}),
    Edited(
        FOREIGN,
        {"在留カード等番号": None, "第30条45規定区分": "02"},
        {("S0012", "在留カード等番号+住民種別+第30条45規定区分")},
    ),
    Edited(FOREIGN, {"在留カード等番号": None, "第30条45規定区分": "05"}, NOTHING),
    Edited(FOREIGN, {"在留カード等番号": None, "第30条45規定区分": "06"}, NOTHING),
    Edited(
        FOREIGN,
        {"在留カード等番号": None, "第30条45規定区分": None},
        {("S0012", "在留カード等番号+住民種別+第30条45規定区分"), ("S0012", "第30条45規定区分+住民種別")},
    ),
]

LEFT_EMPTY = [
    *(
        Edited(JAPANESE, {column: None}, {("S0013", column)})
        for column in (
            *("住民種別", "住民状態", "異動年月日_不詳フラグ", "異動事由", "氏名", "性別", "性別表記"),
            *("生年月日_不詳フラグ", "続柄コード1", "続柄表記", "住所_町字コード", "住所_郵便番号"),
        )
    ),
    Edited(JAPANESE, {"異動年月日": None}, {("S0013", "異動年月日+異動年月日_不詳フラグ")}),
    Edited(
        JAPANESE,
        {column: None for column in JAPANESE if column.startswith("住所_")},
        {
            ("S0013", "住所_市区町村コード"),
            ("S0013", "住所_町字コード"),
            ("S0013", "住所_都道府県"),
            ("S0013", "住所_市区郡町村名"),
            ("S0013", "住所_郵便番号"),
        },
    ),
]

ITEMS_OF_THE_OTHER_KIND = [
    *(
        Edited(JAPANESE, {column: FOREIGN[column]}, {("S0014", f"{column}+住民種別")})
        for column in (
            *("外国人住民となった年月日", "在留カード等番号", "在留カード等番号区分", "国籍等_国名コード", "国籍名等"),
            *(
                "第30条45規定区分",
                "住居地の届出の有無",
                "在留資格等コード",
                "在留期間等コード_年",
                "在留期間等コード_月",
            ),
            *("在留期間等コード_日", "在留期間の満了の日", "氏名_外国人ローマ字", "氏名_外国人漢字", "通称"),
            *("通称_フリガナ", "通称_フリガナ確認状況"),
        )
    ),
    Edited(
        JAPANESE,
        {"外国人住民となった年月日_不詳表記": ALL_UNKNOWN, "外国人住民となった年月日_不詳フラグ": "1"},
        {("S0014", "外国人住民となった年月日_不詳表記+住民種別")},
    ),
    *(
        Edited(FOREIGN, {column: JAPANESE[column]}, {("S0014", f"{column}+住民種別")})
        for column in (
            *("本籍", "本籍_町字", "本籍_地番号または、街区符号", "本籍_市区町村コード", "本籍_町字コード"),
            *("本籍_都道府県", "本籍_市区郡町村名", "戸籍_筆頭者", "戸籍_筆頭者_氏", "戸籍_筆頭者_名"),
        )
    ),
    Edited(JAPANESE, {"外国人住民となった年月日_不詳フラグ": "0", "氏名優先区分": "01"}, NOTHING),
    Edited(JAPANESE, {"在留カード等番号": "AB12345678CD", "住民種別": None}, {("S0013", "住民種別")}),
    Edited(FOREIGN, {"本籍": "東京都千代田区霞が関一丁目３番", "住民種別": None}, {("S0013", "住民種別")}),
]

REASONS_BY_KIND = [
    *(Edited(FOREIGN, {"異動事由": reason}, {("S0015", "異動事由+住民種別")}) for reason in ("04", "25")),
    *(Edited(FOREIGN, {"記載の事由": reason}, {("S0015", "記載の事由+住民種別")}) for reason in ("04", "25")),
    *(Edited(JAPANESE, {"異動事由": reason}, {("S0015", "異動事由+住民種別")}) for reason in ("05", "24")),
    *(Edited(JAPANESE, {"記載の事由": reason}, {("S0015", "記載の事由+住民種別")}) for reason in ("05", "24")),
    *(Edited(JAPANESE, {column: reason}, NOTHING) for column in ("異動事由", "記載の事由") for reason in ("04", "25")),
    *(Edited(FOREIGN, {column: reason}, NOTHING) for column in ("異動事由", "記載の事由") for reason in ("05", "24")),
    Edited(FOREIGN, {"住民状態": "9", "消除の事由": "25"}, {("S0015", "消除の事由+住民種別")}),
    Edited(FOREIGN, {"住民状態": "9", "消除の事由": "24"}, NOTHING),
    Edited(JAPANESE, {"住民状態": "9", "消除の事由": "24"}, {("S0015", "消除の事由+住民種別")}),
    Edited(JAPANESE, {"住民状態": "9", "消除の事由": "25"}, NOTHING),
    Edited(FOREIGN, {"異動事由": "04", "住民種別": None}, {("S0013", "住民種別")}),
]

REASONS_BY_STATE = [
    Edited(JAPANESE, {"消除の事由": "21"}, {("S0016", "消除の事由+住民状態")}),
    *(
        Edited(JAPANESE, {"住民状態": state, "消除の事由": reason}, NOTHING)
        for state, reason in (("2", "21"), ("2", "22"), ("3", "23"), ("9", "26"), ("9", "27"), ("9", "28"))
    ),
    *(
        Edited(JAPANESE, {"住民状態": state, "消除の事由": reason}, {("S0016", "消除の事由+住民状態")})
        for state, reason in (("2", "23"), ("2", "26"), ("3", "21"), ("3", "26"), ("9", "22"), ("9", "23"))
    ),
    *(Edited(JAPANESE, {"住民状態": state, "消除の事由": None}, NOTHING) for state in ("2", "3", "9")),
    Edited(JAPANESE, {"住民状態": None, "消除の事由": "21"}, {("S0013", "住民状態")}),
]


def unknown_dates(base: dict[str, str], date: str, *, is_left_empty: bool = False) -> list[Edited]:
    """A date with 不詳フラグ and 不詳表記; ``is_left_empty`` where one vendor never leaves the flag empty."""
    flag, wording = f"{date}_不詳フラグ", f"{date}_不詳表記"
    doubt = {("S0013", flag)} if is_left_empty else set()
    return [
        Edited(base, {date: None, flag: "1", wording: ALL_UNKNOWN}, NOTHING),
        Edited(base, {date: None, flag: "1", wording: "昭和６０年７月日不詳"}, NOTHING),
        Edited(base, {flag: "1", wording: ALL_UNKNOWN}, {("S0017", f"{date}+{flag}")}),
        Edited(base, {date: None, flag: "1"}, {("S0017", f"{wording}+{flag}")}),
        Edited(base, {flag: "0", wording: ALL_UNKNOWN}, {("S0017", f"{flag}+{wording}")}),
        Edited(base, {flag: None, wording: ALL_UNKNOWN}, {("S0017", f"{flag}+{wording}"), *doubt}),
        Edited(base, {flag: None}, doubt),
    ]


UNKNOWN_DATES = [
    *unknown_dates(JAPANESE, "異動年月日", is_left_empty=True),
    *unknown_dates(JAPANESE, "生年月日", is_left_empty=True),
    *unknown_dates(JAPANESE, "住民となった年月日"),
    *unknown_dates(ERASED, "消除の異動年月日"),
    *unknown_dates(FOREIGN, "外国人住民となった年月日"),
    *(
        Edited(JAPANESE, {date: "2020-01-01", f"{date}_不詳フラグ": "1"}, {("S0017", f"{date}+{date}_不詳フラグ")})
        for date in ("記載の異動年月日", "住所を定めた年月日", "改製記載年月日")
    ),
    *(
        Edited(JAPANESE, {date: None, f"{date}_不詳フラグ": flag}, NOTHING)
        for date in ("記載の異動年月日", "住所を定めた年月日", "改製記載年月日")
        for flag in ("1", "0", None)
    ),
]

LEAP_DAYS = [
    *(
        Edited(JAPANESE, {"異動年月日": "2023-02-29", "異動事由": reason}, NOTHING)
        for reason in ("03", "06", "09", "23", "26", "28", "42", "43", "44", "59")
    ),
    *(
        Edited(JAPANESE, {"異動年月日": "2023-02-29", "異動事由": reason}, {("S0018", "異動年月日+異動事由")})
        for reason in ("01", "21", "41", "45")
    ),
    Edited(
        JAPANESE,
        {"異動年月日": "2023-02-29", "異動事由": None},
        {("S0018", "異動年月日+異動事由"), ("S0013", "異動事由")},
    ),
    Edited(JAPANESE, {"異動年月日": "2024-02-29"}, NOTHING),
    Edited(JAPANESE, {"記載の異動年月日": "2023-02-29"}, {("S0018", "記載の異動年月日+記載の事由")}),
    Edited(
        JAPANESE, {"記載の異動年月日": "2023-02-29", "記載の事由": None}, {("S0018", "記載の異動年月日+記載の事由")}
    ),
    Edited(JAPANESE, {"記載の異動年月日": "2023-02-29", "記載の事由": "03"}, NOTHING),
    Edited(ERASED, {"消除の異動年月日": "2023-02-29"}, NOTHING),
    Edited(
        ERASED,
        {"消除の異動年月日": "2023-02-29", "消除の事由": "21", "住民状態": "2"},
        {("S0018", "消除の異動年月日+消除の事由")},
    ),
    *(Edited(JAPANESE, {date: "2023-02-29"}, NOTHING) for date in ("住民となった年月日", "住所を定めた年月日")),
    Edited(JAPANESE, {"生年月日": "1983-02-29"}, NOTHING),
    Edited(FOREIGN, {"外国人住民となった年月日": "2023-02-29"}, NOTHING),
    Edited(JAPANESE, {"処理年月日": "2023-02-29"}, {("S0005", "処理年月日")}),
    *(
        Edited(JAPANESE, {date: "2023-02-30"}, {("S0005", date)})
        for date in ("住民となった年月日", "住所を定めた年月日")
    ),
]

RELATIONSHIP = "続柄表記+続柄コード1+続柄コード2+続柄コード3+続柄コード4"
RELATIONSHIPS = [
    Edited(JAPANESE, {"続柄コード2": "20", "続柄表記": "妻の子"}, NOTHING),
    Edited(
        JAPANESE, {"続柄コード2": "20", "続柄コード3": "51", "続柄コード4": "52", "続柄表記": "妻の子の父の母"}, NOTHING
    ),
    Edited(
        JAPANESE,
        {"続柄コード1": None, "続柄コード2": "20", "続柄表記": "子"},
        {("S0019", "続柄コード1+続柄コード2"), ("S0013", "続柄コード1")},
    ),
    Edited(JAPANESE, {"続柄コード3": "20", "続柄表記": "妻の子"}, {("S0019", "続柄コード2+続柄コード3")}),
    Edited(
        JAPANESE,
        {"続柄コード2": "20", "続柄コード4": "51", "続柄表記": "妻の子の父"},
        {("S0019", "続柄コード3+続柄コード4")},
    ),
    Edited(JAPANESE, {"続柄コード1": "14", "続柄表記": "妻（未届）"}, NOTHING),
    Edited(JAPANESE, {"続柄表記": "夫"}, {("S0022", RELATIONSHIP)}),
    Edited(JAPANESE, {"続柄コード2": "20"}, {("S0022", RELATIONSHIP)}),
    Edited(JAPANESE, {"続柄コード2": "20", "続柄表記": "妻　子"}, {("S0022", RELATIONSHIP)}),
    Edited(JAPANESE, {"続柄コード2": "20", "続柄表記": "子の妻"}, {("S0022", RELATIONSHIP)}),
    Edited(JAPANESE, {"続柄コード1": "XX"}, NOTHING),
    Edited(JAPANESE, {"続柄コード2": "XX"}, NOTHING),
    Edited(JAPANESE, {"続柄コード1": None}, {("S0013", "続柄コード1")}),
]

PLANNED, SETTLED = "転出先住所（予定）", "転出先住所（確定）"


def address(name: str, *, left_empty: Sequence[str] = ()) -> list[Edited]:
    """An address given in part, by a resident who has no other part of it; ``left_empty`` are parts asked for besides."""
    none: dict[str, str | None] = {column: None for column in JAPANESE if column.startswith(f"{name}_")}
    whole = {"市区町村コード": "016373", "都道府県": "北海道", "市区郡町村名": "河西郡芽室町"}
    within = {"町字コード": "0000000", "町字": "東一条南", "番地号表記": "２丁目１４番地", "郵便番号": "0820014"}

    group = [f"{name}_{part}" for part in (*whole, *within)]

    def edited(given: dict[str, str], *lacking: str) -> Edited:
        doubts = {("S0013", f"{name}_{part}") for part in left_empty if part not in given}
        parts: dict[str, str | None] = {f"{name}_{part}": value for part, value in given.items()}
        findings = {("S0020", "+".join(dict.fromkeys((f"{name}_{part}", *group)))) for part in lacking}
        return Edited(JAPANESE, none | parts, findings | doubts)

    code, prefecture, city = whole
    return [
        edited({}),
        edited(whole),
        edited(whole | within),
        edited({code: "016373"}, prefecture, city),
        edited({prefecture: "北海道"}, code, city),
        edited({city: "河西郡芽室町"}, code, prefecture),
        edited({code: "016373", city: "河西郡芽室町"}, prefecture),
        *(edited({part: value}, *whole) for part, value in within.items()),
    ]


ADDRESSES = [
    *address("住所", left_empty=("市区町村コード", "町字コード", "都道府県", "市区郡町村名", "郵便番号")),
    *(each for name in ("転入前住所", "転居前住所", PLANNED, SETTLED) for each in address(name)),
    Edited(JAPANESE, {f"{SETTLED}_方書": "中央合同庁舎７号館"}, NOTHING),
    Edited(
        JAPANESE,
        {f"{PLANNED}_国名コード": "CHN", f"{PLANNED}_国名等": "中国", f"{PLANNED}_国外住所": "北京市"},
        NOTHING,
    ),
]

NAMES = [
    Edited(JAPANESE, {"氏名": "行政　太郎"}, {("S0021", "氏名+氏_日本人+名_日本人+住民種別")}),
    Edited(JAPANESE, {"氏名": "行政花子"}, {("S0021", "氏名+氏_日本人+名_日本人+住民種別")}),
    Edited(JAPANESE, {"氏名": "花子　行政"}, {("S0021", "氏名+氏_日本人+名_日本人+住民種別")}),
    Edited(JAPANESE, {"名_日本人": None}, {("S0021", "氏名+氏_日本人+名_日本人+住民種別")}),
    Edited(JAPANESE, {"名_日本人": None, "氏名": "行政"}, NOTHING),
    Edited(JAPANESE, {"氏_日本人": None, "氏名": "花子"}, NOTHING),
    Edited(JAPANESE, {"氏_日本人": None, "名_日本人": None}, NOTHING),
    Edited(JAPANESE, {"氏名": None}, {("S0013", "氏名")}),
    Edited(FOREIGN, {"氏_日本人": "行政", "名_日本人": "玲子"}, NOTHING),
    Edited(JAPANESE, {"氏名": "行政　太郎", "住民種別": None}, {("S0013", "住民種別")}),
]

DATES_IN_ORDER = [
    *(
        Edited(base, {date: day, **others}, {("S0023", f"生年月日+{date}")} if is_told else NOTHING)
        for day, is_told in (("1985-07-06", True), ("1985-07-07", False), ("1985-07-08", False))
        for base, date, others in (
            (JAPANESE, "異動年月日", {}),
            (JAPANESE, "異動届出年月日", {}),
            (JAPANESE, "住民となった年月日", {}),
            (JAPANESE, "記載の異動年月日", {}),
            (JAPANESE, "転出届出年月日", {}),
            (JAPANESE, "転出年月日（確定）", {}),
            (ERASED, "消除の異動年月日", {"記載の異動年月日": None}),
            (ERASED, "消除の届出年月日", {}),
            (JAPANESE, "住所を定めた年月日", {}),
            (JAPANESE, "処理年月日", {}),
        )
    ),
    *(
        Edited(FOREIGN, {date: "1990-02-27"}, {("S0023", f"生年月日+{date}")})
        for date in ("外国人住民となった年月日", "在留期間の満了の日")
    ),
    *(Edited(JAPANESE, {date: "1985-07-06"}, NOTHING) for date in ("転出予定年月日", "転入通知年月日", "通知日")),
    Edited(ERASED, {"消除の異動年月日": "2010-03-31"}, {("S0023", "記載の異動年月日+消除の異動年月日")}),
    Edited(ERASED, {"消除の異動年月日": "2010-04-01"}, NOTHING),
    Edited(
        ERASED,
        {"消除の異動年月日": "1985-07-06"},
        {("S0023", "記載の異動年月日+消除の異動年月日"), ("S0023", "生年月日+消除の異動年月日")},
    ),
    Edited(
        JAPANESE,
        {
            **{"生年月日": None, "生年月日_不詳フラグ": "1", "生年月日_不詳表記": ALL_UNKNOWN},
            **{"異動年月日": "0000-01-01", "処理年月日": "1985-07-06"},
        },
        NOTHING,
    ),
]

CHECK_DIGITS = [
    Edited(JAPANESE, {"個人番号": "983205673215"}, {("S0024", "個人番号")}),
    Edited(JAPANESE, {"個人番号": "893205673214"}, {("S0024", "個人番号")}),
    Edited(JAPANESE, {"個人番号": "345678901234"}, NOTHING),
    Edited(JAPANESE, {"個人番号": None}, NOTHING),
    Edited(JAPANESE, {"住民票コード": "24846016224"}, NOTHING),
    Edited(JAPANESE, {"住民票コード": "24727059609"}, {("S0025", "住民票コード")}),
    *(Edited(JAPANESE, {"市区町村コード": code}, NOTHING) for code in ("016373", "131016", "011002", "271004", None)),
    *(
        Edited(JAPANESE, {column: "131017"}, {("S0024", column), ("S0026", column)})
        for column in (
            *("市区町村コード", "住所_市区町村コード", "転入前住所_市区町村コード", "転居前住所_市区町村コード"),
            "本籍_市区町村コード",
        )
    ),
    *(
        Edited(
            ERASED,
            {f"{place}_市区町村コード": "131061", f"{place}_都道府県": "東京都", f"{place}_市区郡町村名": "千代田区"},
            {("S0024", f"{place}_市区町村コード"), ("S0026", f"{place}_市区町村コード")},
        )
        for place in (PLANNED, SETTLED)
    ),
    Edited(JAPANESE, {"市区町村コード": "１３１０１６"}, {("S0002", "市区町村コード"), ("S0026", "市区町村コード")}),
    Edited(JAPANESE, {"本籍_市区町村コード": "132055"}, NOTHING),
    *(
        Edited(JAPANESE, {column: "132161"}, {("S0026", column)})  # 田無市, until 2001
        for column in (
            *("市区町村コード", "住所_市区町村コード", "転入前住所_市区町村コード", "転居前住所_市区町村コード"),
            "本籍_市区町村コード",
        )
    ),
    *(
        Edited(
            ERASED,
            {f"{place}_市区町村コード": "132161", f"{place}_都道府県": "東京都", f"{place}_市区郡町村名": "田無市"},
            {("S0026", f"{place}_市区町村コード")},
        )
        for place in (PLANNED, SETTLED)
    ),
]

ERAS = [
    Edited(JAPANESE, {"生年月日_元号": "4"}, {("S0006", "生年月日_元号+生年月日")}),
    Edited(JAPANESE, {"生年月日_元号": None}, NOTHING),
    *(Edited(JAPANESE, {"生年月日_元号": era, "生年月日": "1926-12-25"}, NOTHING) for era in ("2", "3")),
    Edited(FOREIGN, {"生年月日_元号": "4"}, NOTHING),
]

EDITED = {
    "required where it applies": REQUIRED_WHERE_IT_APPLIES,
    "left empty": LEFT_EMPTY,
    "items of the other kind": ITEMS_OF_THE_OTHER_KIND,
    "reasons by kind": REASONS_BY_KIND,
    "reasons by state": REASONS_BY_STATE,
    "unknown dates": UNKNOWN_DATES,
    "leap days": LEAP_DAYS,
    "relationships": RELATIONSHIPS,
    "addresses": ADDRESSES,
    "names": NAMES,
    "dates in order": DATES_IN_ORDER,
    "check digits": CHECK_DIGITS,
    "eras": ERAS,
}
"""By what they are about. The codes are those of docs/codes.md; what must hold, docs/domain.md says."""
