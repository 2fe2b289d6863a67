"""The columns of the town's records: groups that travel together. What each edition calls them is in ``editions``."""

from __future__ import annotations

from typing import Final

State = dict[str, str]
"""What a record says now: column → value, without the absent ones."""

HOUSEHOLD: Final = "_household"
"""The column that counts groups of households of which all records are together."""

_PLACE = ("市区町村コード", "町字コード", "都道府県", "市区郡町村名", "町字", "番地号表記", "方書", "郵便番号")
_ABROAD = ("国名コード", "国名等", "国外住所")
_BUILDING = ("方書コード", "方書_フリガナ")

ADDRESSES: Final[dict[str, tuple[str, ...]]] = {
    "住所": (*_PLACE, *_BUILDING, "番地枝番数値"),
    "転入前住所": _PLACE + _ABROAD,
    "最終登録住所": _PLACE,
    "転居前住所": _PLACE + _BUILDING,
    "転出先住所（予定）": _PLACE + _ABROAD,
    "転出先住所（確定）": _PLACE,
}
"""Every group of address columns: what its columns' names begin with, and the parts that it has."""

DEPARTURE = (
    "転出届出年月日",
    "転出予定年月日",
    "転出年月日（確定）",
    "転入通知年月日",
)
REMOVAL = (
    "消除の事由",
    "消除の届出年月日",
    "消除の異動年月日",
    "消除の異動年月日_不詳フラグ",
    "消除の異動年月日_不詳表記",
    "除票用データベース登録年月日",
)
KOSEKI = (
    "本籍",
    "本籍_市区町村コード",
    "本籍_町字コード",
    "本籍_都道府県",
    "本籍_市区郡町村名",
    "本籍_町字",
    "本籍_地番号または、街区符号",
    "戸籍_筆頭者",
    "戸籍_筆頭者_氏",
    "戸籍_筆頭者_名",
)
STAY = (
    "在留カード等番号",
    "第３０条の４５に規定する区分",
    "在留資格等コード",
    "在留期間等コード_年",
    "在留期間等コード_月",
    "在留期間等コード_日",
    "在留期間の満了の日",
    "住居地の届出の有無",
    "特別永住者証明書交付年月日",
    "特別永住者証明書有効期限",
)
FOREIGN = (
    "外国人住民となった年月日",
    "外国人住民となった年月日_不詳フラグ",
    "国籍等_国名コード",
    "国籍名等",
    "氏名_外国人ローマ字",
    "氏名_外国人漢字",
    "氏名優先区分",
    "通称",
    "通称_フリガナ",
    "通称_フリガナ確認状況",
    *STAY,
)
JAPANESE = (
    "氏_日本人",
    "名_日本人",
    "氏_日本人_振り仮名",
    "名_日本人_振り仮名",
    "生年月日_元号",
    "住民となった年月日",
    "住民となった年月日_不詳フラグ",
    "住民となった年月日_不詳表記",
    "旧氏",
    "旧氏_フリガナ",
    "旧氏_フリガナ確認状況",
    "氏名_フリガナ公証確認状況",
    *KOSEKI,
)
