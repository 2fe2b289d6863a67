"""What tools that clean registers, and incidents, have found in real ones: doubts about a record, never a refusal.

docs/domain.md, What real registers have, says where each was seen. A real register has exceptions to all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from resident_editions import Edition
from resident_parts import Json, rule, where

from stdconv.japan.eras import ERAS
from stdconv.standard.codelists import load_codes

SECTION = "docs/domain.md, What real registers have"
RELATIONSHIP = ("続柄コード1", "続柄コード2", "続柄コード3", "続柄コード4")
HEAD, BLANK = "02", "XX"
MEN, WOMEN = ("11", "13", "51", "71", "74"), ("12", "14", "52", "81", "84")
"""夫 and 夫（未届）, 父, 兄, 弟; 妻 and 妻（未届）, 母, 姉, 妹. 子 and all others say nothing of the sex."""

CANCELLED = ("09", "28", "59")
"""異動の取消し: what was taken back may still stand beside it."""

FREE_TEXTS = (
    *chain.from_iterable((f"統合記載欄B類型{n}表示項目", f"統合記載欄B類型{n}") for n in (1, 2, 3)),
    "除票の修正メモ",
)
_ANY = "[\u0001-\ud7ff\ue000-\U0010ffff]{0,}"
SPOILED = f"^{_ANY}[0-9０-９一二三四五六七八九十]元年{_ANY}$"
"""１年 or 一年 replaced by 元年 wherever it stands: 平成３元年 was 平成３１年."""


def doubts(edition: Edition) -> Iterator[Json]:
    """Yield the rules."""
    yield from _relationship()
    yield from _spoiled()
    yield from _eras(edition)
    yield from _gone()
    yield from _sheets()
    yield from _destination()


def _relationship() -> Iterator[Json]:
    """The sex that a 続柄 says, and the head in a chain of them; the last code of a chain is the resident's own."""
    labels = load_codes("zokugara")
    men, women = ("・".join(labels[code] for code in codes) for codes in (MEN, WOMEN))
    for name, behind in zip(RELATIONSHIP, (*RELATIONSHIP[1:], None), strict=True):
        last = {"not": {"required": [behind]}} if behind else {}
        parts = [
            {"not": {"allOf": [where(**{name: codes}), where(性別=[other]), *([last] if last else [])]}}
            for codes, other in ((MEN, "2"), (WOMEN, "1"))
        ]
        yield rule(
            *("S0036", f"最後の{name}が{men}なら性別は 2 でなく、{women}なら 1 でない"),
            f"性別 is not 2 where {name} is the last code and one of {men}, nor 1 where it is one of {women}",
            *(f"{SECTION}: 7", "observed"),
            {"allOf": parts},
        )
    first, second, *_ = RELATIONSHIP
    yield rule(
        *("S0037", f"世帯主（{HEAD}）の{first}に続くコードはない", f"no code follows {HEAD} 世帯主 in {first}"),
        *(f"{SECTION}: 7", "observed"),
        {"if": where(**{first: [HEAD]}), "then": {"not": {"required": [second]}}},
    )
    yield rule(
        *("S0038", f"空欄を表す{first}に続くコードはない", f"no code follows {BLANK} 空欄 in {first}"),
        *(f"{SECTION}: 7", "observed"),
        {"if": where(**{first: [BLANK]}), "then": {"not": {"required": [second]}}},
    )
    for name in RELATIONSHIP[1:]:
        yield rule(
            *("S0038", f"{name}は世帯主（{HEAD}）でも空欄を表すコードでもない"),
            f"{name} is neither {HEAD} 世帯主 nor {BLANK} 空欄",
            *(f"{SECTION}: 7", "observed"),
            {"properties": {name: {"not": {"enum": [HEAD, BLANK]}}}},
        )


def _spoiled() -> Iterator[Json]:
    """Texts in which 1年 was replaced by 元年 without looking at what stands before it."""
    for name in FREE_TEXTS:
        yield rule(
            *("S0042", f"{name}の「元年」の前に数字はない", f"no digit stands before 元年 in {name}"),
            *(f"{SECTION}: 10", "observed"),
            {"properties": {name: {"not": {"pattern": SPOILED}}}},
        )


def _eras(edition: Edition) -> Iterator[Json]:
    """Wordings of unknown dates with a year that their era never had."""
    beyond = "|".join(f"{era.name}({_beyond(int(era.last[:4]) - era.year_one + 1)})" for era in ERAS[:-1])
    pattern = f"^(推定)?({beyond})年{_ANY}$"
    for date in edition.unknown:
        name = f"{date}_不詳表記"
        yield rule(
            *("S0049", f"{name}の年は元号の期間にある", f"the year in {name} is one that its 元号 has"),
            *(f"{SECTION}: 10", "observed"),
            {"properties": {name: {"not": {"pattern": pattern}}}},
        )


def _beyond(last: int) -> str:
    """Return a pattern of full-width years of two digits that come after ``last``."""
    digits = "０１２３４５６７８９"
    tens, ones = divmod(last, 10)
    same = f"{digits[tens]}[{digits[ones + 1]}-９]|" if ones < 9 else ""
    return f"{same}[{digits[tens + 1]}-９][０-９]"


def _gone() -> Iterator[Json]:
    """住民状態 against the days on which a resident went."""
    kept = {"allOf": [where(住民状態=["1"]), {"not": where(異動事由=CANCELLED)}]}
    for name in ("消除の異動年月日", "転出年月日（確定）"):
        yield rule(
            *("S0043", f"住登者に{name}はない（異動の取消しを除く）"),
            f"a current resident has no {name}, but where an 異動 was cancelled",
            *(f"{SECTION}: 11", "observed"),
            {"if": kept, "then": {"properties": {name: False}}},
        )
    name = "消除の異動年月日"
    known = {"allOf": [where(住民状態=["2", "3", "9"]), {"not": where(**{f"{name}_不詳フラグ": ["1"]})}]}
    yield rule(
        *("S0044", f"転出者・死亡者・その他消除者の{name}は不詳でなければある"),
        f"who moved out, died or was erased has {name} unless it is unknown",
        *(f"{SECTION}: 11", "observed"),
        {"if": known, "then": {"required": [name]}},
    )


def _sheets() -> Iterator[Json]:
    """除票フラグ against 住民状態, in the latest record; a sheet that 改製 closed is a 除票 of a current resident."""
    latest = where(最新フラグ=["1"])
    current = {"allOf": [where(住民状態=["1"]), latest, {"not": {"required": ["改製消除年月日"]}}]}
    flag = "除票フラグ"
    yield rule(
        *("S0045", "住登者の最新の記録は除票ではない（改製原を除く）"),
        "the latest record of a current resident is no 除票, unless 改製 closed it",
        *(f"{SECTION}: 11", "observed"),
        {"if": current, "then": {"properties": {flag: {"not": {"enum": ["1"]}}}}},
    )
    yield rule(
        *("S0045", "転出者・死亡者・その他消除者の最新の記録は除票である"),
        "the latest record of who moved out, died or was erased is a 除票",
        *(f"{SECTION}: 11", "observed"),
        {
            "if": {"allOf": [where(住民状態=["2", "3", "9"]), latest]},
            "then": {"properties": {flag: {"not": {"enum": ["0"]}}}},
        },
    )


def _destination() -> Iterator[Json]:
    """A confirmed address comes with the 転入通知 that confirms it, or with the day that this tells."""
    address, day, notice = "転出先住所（確定）_市区町村コード", "転出年月日（確定）", "転入通知年月日"
    confirmed = {"allOf": [{"required": [address]}, {"not": {"required": [notice]}}]}
    yield rule(
        *("S0046", f"{address}があれば{day}か{notice}がある", f"{day} or {notice} is there where {address} is"),
        *(f"{SECTION}: 14", "assumed"),
        {"if": confirmed, "then": {"required": [day]}},
    )
