"""What differs between the editions of the full resident record, as data: the lists of columns are files beside.

``schemas/standard/resident-basic/*.columns.csv`` has name, 型, length, key, 空欄不可, code list and status of every
column; from 0.2 on also what of it is assumed. Where that comes from, docs/domain.md says.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "schemas" / "standard"

PLACE = ("市区町村コード", "都道府県", "市区郡町村名")
"""What every address has of which anything is there."""


@dataclass(frozen=True)
class Edition:
    """An edition: what its columns are called, which of them belong together, and what was seen in them."""

    name: str
    section_30_45: str
    unknown: tuple[str, ...]
    """Dates with …_不詳フラグ and …_不詳表記."""
    flagged: tuple[str, ...]
    """Dates with …_不詳フラグ alone."""
    leap_days: tuple[str, ...]
    """Dates that may be 29 February of a common year, whatever happened."""
    only_foreign: tuple[str, ...]
    only_japanese: tuple[str, ...]
    addresses: Mapping[str, tuple[str, ...]]
    """By address: what it has wherever anything of it is there."""
    digits: Mapping[str, int]
    """What the last part of a column's name says of the number in it."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Patterns of columns of type X that are neither a number nor free text."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Remarks on what was seen in a column."""
    empty_of_foreign: tuple[str, ...] = ()
    """Columns that were seen empty with a foreign resident, although no rule says that they are."""
    person: tuple[str, ...] = ()
    household: tuple[str, ...] = ()
    current: Mapping[str, str] = field(default_factory=dict)
    """The columns that say whose record it is, and of which household; what the record of one who lives here today has.

    An edition without them has no such words.
    """
    is_doubted: bool = False
    """Whether it has the rules of ``resident_doubts.py``."""

    @property
    def columns_file(self) -> Path:
        """The list of columns."""
        return FOLDER / f"{self.name}.columns.csv"

    @cached_property
    def rows(self) -> tuple[dict[str, str], ...]:
        """The list of columns as it stands."""
        with self.columns_file.open(encoding="utf-8", newline="") as file:
            return tuple(csv.DictReader(file))

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of all columns."""
        return frozenset(row["field"] for row in self.rows)


DIGITS = {"市区町村コード": 6, "町字コード": 7, "郵便番号": 7, "住民票コード": 11, "個人番号": 12}
LEAP_DAYS = ("生年月日", "住民となった年月日", "住所を定めた年月日", "外国人住民となった年月日")
ADDRESSES = dict.fromkeys(("住所", "転入前住所", "転居前住所", "転出先住所（予定）", "転出先住所（確定）"), PLACE)
ONLY_JAPANESE = (
    *("本籍", "本籍_町字", "本籍_地番号または、街区符号", "本籍_市区町村コード", "本籍_町字コード"),
    *("本籍_都道府県", "本籍_市区郡町村名", "戸籍_筆頭者", "戸籍_筆頭者_氏", "戸籍_筆頭者_名"),
)


def _only_foreign(section_30_45: str, *more: str) -> tuple[str, ...]:
    return (
        *("外国人住民となった年月日", "外国人住民となった年月日_不詳表記", "在留カード等番号", "在留カード等番号区分"),
        *("国籍等_国名コード", "国籍名等", section_30_45, "住居地の届出の有無", "在留資格等コード"),
        *("在留期間等コード_年", "在留期間等コード_月", "在留期間等コード_日", "在留期間の満了の日"),
        *("氏名_外国人ローマ字", "氏名_外国人漢字", "通称", "通称_フリガナ", "通称_フリガナ確認状況"),
        *more,
    )


FIRST = Edition(
    name="resident-basic/0.1",
    section_30_45="第30条45規定区分",
    unknown=("異動年月日", "生年月日", "住民となった年月日", "消除の異動年月日", "外国人住民となった年月日"),
    flagged=("記載の異動年月日", "住所を定めた年月日", "改製記載年月日"),
    leap_days=LEAP_DAYS,
    only_foreign=_only_foreign("第30条45規定区分"),
    only_japanese=ONLY_JAPANESE,
    addresses=ADDRESSES,
    digits=DIGITS,
)

YEAR_MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"
FIVE_DIGITS_EACH = "^([0-9]{5}){1,6}$"

SECOND = Edition(
    name="resident-basic/0.2",
    section_30_45="第３０条の４５に規定する区分",
    unknown=(
        *("異動年月日", "生年月日", "住民となった年月日", "住民となった届出年月日", "記載の異動年月日"),
        *("住所を定めた年月日", "消除の異動年月日", "外国人住民となった年月日", "改製記載年月日", "再製記載年月日"),
        "改製消除年月日",
    ),
    flagged=(),
    leap_days=(*LEAP_DAYS, "誤記修正後の生年月日"),
    only_foreign=_only_foreign(
        "第３０条の４５に規定する区分", "特別永住者証明書交付年月日", "特別永住者証明書有効期限", "住居地補正コード"
    ),
    only_japanese=ONLY_JAPANESE,
    addresses=ADDRESSES | {"最終登録住所": PLACE, "通称住所": ("市区町村コード",)},
    digits=DIGITS | {"国名コード": 3},
    forms={
        "住所_番地枝番数値": FIVE_DIGITS_EACH,
        "児童手当受給開始年月": YEAR_MONTH,
        "児童手当受給終了年月": YEAR_MONTH,
    },
    seen={
        "氏名": "observed: of a foreign resident with both, Roman letters, U+3000, 漢字. No rule is made of that, "
        "since 氏名優先区分 has other orders too.",
        "氏名_振り仮名公証・フリガナ確認状況": "observed: 0 and 4. The list is open.",
        "生年月日_元号": "observed: empty with a foreign resident.",
        "住所_番地枝番数値": "observed: half-width digits, five for each number (0000100003 is １番３号).",
        "住民となった年月日": "observed: empty with a foreign resident.",
        "国籍等_国名コード": "observed: three digits (039 is 中国). The list was not found.",
        "児童手当受給開始年月": "YYYY-MM.",
        "児童手当受給終了年月": "YYYY-MM.",
    },
    empty_of_foreign=("生年月日_元号", "住民となった年月日"),
    person=("宛名番号",),
    household=("世帯番号",),
    current={"最新フラグ": "1", "住民状態": "1"},
    is_doubted=True,
)

EDITIONS = (FIRST, SECOND)
