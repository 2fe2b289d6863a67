"""The schemas of the full resident record, made of their lists of columns, the code lists and what is said here.

What differs between the editions is in ``resident_editions.py`` and the lists of columns that it names. What no list
says of any of them stands here: the forms of numbers, and what columns say about each other. ``tools/generate.py``
writes and checks the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from resident_doubts import doubts
from resident_editions import PLACE, Edition
from resident_parts import Json, rule, where

from stdconv.japan.unknowndates import PATTERN as WORDINGS
from stdconv.standard.codelists import load_codes

KEY = ("宛名番号", "個人履歴番号")

PRINTABLE = "^[!-~]([ -~]{0,}[!-~])?$"
_WIDE = "[\u00a1-\u2fff\u3001-\ud7ff\ue000-\uff60\uffa0-\U0010ffff]"
FULL_WIDTH = f"^{_WIDE}{{1,}}(\u3000{{1,}}{_WIDE}{{1,}}){{0,}}$"
NAME_PARTS = f"^{_WIDE}{{1,}}(\u3000{_WIDE}{{1,}}){{0,}}$"
TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
COUNT = "^(0|[1-9][0-9]{0,})$"
COUNT_FROM_1 = "^[1-9][0-9]{0,}$"
LEAP_DAY = "^[0-9]{4}-02-29$"

LONGEST_X, LONGEST_N, LONGEST_9 = 20, 200, 5
"""Lengths of columns that no list gives one for: assumed."""

SURELY = ("宛名番号", "個人履歴番号")
"""What every record has. Other columns 空欄不可 depend on the kind or the state of the resident."""

KIND, STATE = "住民種別", "住民状態"
JAPANESE, FOREIGN = "1", "2"

LEAP_DAYS_BY_REASON = {"異動年月日": "異動事由", "記載の異動年月日": "記載の事由", "消除の異動年月日": "消除の事由"}
LEAP_REASONS = ("03", "06", "09", "23", "26", "28", "42", "43", "44", "59")
"""出生 and 死亡, and, since 失踪 has no code of its own, what may record or correct one of them (assumed)."""

CARDLESS = ("05", "06")
"""出生・国籍喪失による経過滞在者, of the kinds of section 30-45, have no 在留カード."""

REASONS = ("異動事由", "記載の事由", "消除の事由")
REASONS_OF: dict[str, tuple[str, ...]] = {JAPANESE: ("04", "25"), FOREIGN: ("05", "24")}
ERASURES: dict[str, tuple[str, ...]] = {"2": ("21", "22"), "3": ("23",), "9": ("24", "25", "26", "27", "28")}
WITHIN = ("町字コード", "町字", "番地号表記", "地番号", "郵便番号")
RELATIONSHIP = ("続柄コード1", "続柄コード2", "続柄コード3", "続柄コード4")

DATES_SECTION, CODES_SECTION = "docs/domain.md, Dates", "docs/domain.md, Codes"


def document(edition: Edition) -> str:
    """Return the text of the schema file."""
    text = json.dumps(schema(edition), ensure_ascii=False, indent=2) + "\n"
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def schema(edition: Edition) -> Json:
    """Return the schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:stdconv:schema:standard:{edition.name.replace('/', ':')}",
        "title": "住民情報（住民記録の全項目）",
        "description": "The full record of a resident. One record is one row of a resident's history; every value is a "
        "string.",
        "$comment": f"Made by tools/resident_schema.py of {edition.columns_file.name}; docs/domain.md says where that "
        "comes from. What is marked assumed is nobody's word but ours.",
        "type": "object",
        "x-key": list(KEY),
        **({"x-person": list(edition.person)} if edition.person else {}),
        **({"x-household": list(edition.household)} if edition.household else {}),
        **({"x-current": dict(edition.current)} if edition.current else {}),
        "properties": {row["field"]: column(row, edition) for row in edition.rows},
        "required": list(SURELY),
        "additionalProperties": False,
        "allOf": list(rules(edition)),
    }


def column(row: dict[str, str], edition: Edition) -> Json:
    """Return what the schema says of one column."""
    name, kind = row["field"], row["type"]
    said = dict(_value(name, kind, row["max_length"], row["code_list"], edition))
    remarks = [edition.seen.get(name, ""), _assumed(row.get("assumed", "")), said.pop("$comment", "")]
    remark = " ".join(filter(None, remarks))
    node = {"title": name, **({"$comment": remark} if remark else {}), "type": "string", "x-type": kind}
    return node | {"x-status": row["status"]} | said


def _assumed(what: str) -> str:
    return f"assumed: the {what}; no source gives it." if what else ""


def _value(name: str, kind: str, length: str, codes: str, edition: Edition) -> Iterator[tuple[str, Any]]:
    """Yield the keywords for the values of a column."""
    if codes:
        listed = list(load_codes(codes))
        yield from {"x-codes": codes, "enum": listed, "maxLength": max(map(len, listed))}.items()
        return
    match kind:
        case "DATE":
            yield from {"maxLength": 10, **_date(name, edition)}.items()
        case "TIME":
            yield from {"pattern": TIME, "maxLength": 8}.items()
        case "9":
            if not length:
                yield "$comment", f"assumed: at most {LONGEST_9} digits; no source gives a length."
            yield from {
                "pattern": COUNT_FROM_1 if name in KEY else COUNT,
                "maxLength": int(length or LONGEST_9),
            }.items()
        case "X":
            yield from _half_width(name, length, edition)
        case _:
            if not length:
                yield "$comment", f"assumed: at most {LONGEST_N} characters; no source gives a length."
            yield from {"pattern": _wide(name), "x-maxCharacters": int(length or LONGEST_N)}.items()


def _half_width(name: str, length: str, edition: Edition) -> Iterator[tuple[str, Any]]:
    """Yield the keywords for a number of so many digits, a form that is known, or free text."""
    digits = edition.digits.get(name.rsplit("_", maxsplit=1)[-1])
    if digits is not None:
        yield from {"pattern": f"^[0-9]{{{digits}}}$", "maxLength": digits}.items()
        return
    if not length:
        yield "$comment", f"assumed: at most {LONGEST_X} characters; no source gives a length."
    yield from {"pattern": edition.forms.get(name, PRINTABLE), "maxLength": int(length or LONGEST_X)}.items()


def _date(name: str, edition: Edition) -> Json:
    if name in edition.leap_days or name in LEAP_DAYS_BY_REASON:
        return {"anyOf": [{"format": "date"}, {"pattern": LEAP_DAY}]}
    return {"format": "date"}


def _wide(name: str) -> str:
    if name.endswith("_不詳表記"):
        return WORDINGS
    return NAME_PARTS if name == "氏名" else FULL_WIDTH


def rules(edition: Edition) -> Iterator[Json]:
    """Yield the rules between columns that JSON Schema can say."""
    yield from _required(edition)
    yield from _left_empty(edition)
    yield from _kinds(edition)
    yield from _seen_empty(edition)
    yield from _reasons()
    yield from _unknown_dates(edition)
    yield from _leap_days()
    yield from _relationship()
    yield from _addresses(edition)
    if edition.is_doubted:
        yield from doubts(edition)


def _required(edition: Edition) -> Iterator[Json]:
    """空欄不可, where the item applies."""
    source = "docs/domain.md, Files: 住民記録システム標準仕様書 1.0, 1.1.6"
    for name in ("世帯番号", "住民票コード"):
        yield rule(
            *("S0012", f"住登者の{name}は空欄不可", f"a current resident has {name}", source, "official"),
            {"if": where(**{STATE: ["1"]}), "then": {"required": [name]}},
        )
    flag = "生年月日_不詳フラグ"
    yield rule(
        *("S0012", "生年月日は不詳でなければ空欄不可", "生年月日 is there unless it is unknown", source, "official"),
        {"if": {"not": where(**{flag: ["1"]})}, "then": {"required": ["生年月日"]}},
    )
    for kind, word, name in (
        (JAPANESE, "日本人住民", "本籍"),
        (JAPANESE, "日本人住民", "戸籍_筆頭者"),
        (FOREIGN, "外国人住民", edition.section_30_45),
    ):
        yield rule(
            *("S0012", f"{word}の{name}は空欄不可", f"{word} has {name}", source, "official"),
            {"if": where(**{KIND: [kind]}), "then": {"required": [name]}},
        )
    for kind, word, name in (
        (JAPANESE, "日本人住民", "住民となった年月日"),
        (FOREIGN, "外国人住民", "外国人住民となった年月日"),
    ):
        known = {"not": where(**{f"{name}_不詳フラグ": ["1"]})}
        yield rule(
            *("S0012", f"{word}の{name}は不詳でなければ空欄不可", f"{word} has {name} unless it is unknown"),
            *(source, "official"),
            {"if": {"allOf": [where(**{KIND: [kind]}), known]}, "then": {"required": [name]}},
        )
    with_card = {"not": where(**{edition.section_30_45: CARDLESS})}
    yield rule(
        *("S0012", "経過滞在者でない外国人住民の在留カード等番号は空欄不可"),
        "外国人住民 has 在留カード等番号, but for 経過滞在者 (05, 06)",
        *(source, "official"),
        {"if": {"allOf": [where(**{KIND: [FOREIGN]}), with_card]}, "then": {"required": ["在留カード等番号"]}},
    )


def _left_empty(edition: Edition) -> Iterator[Json]:
    """What one vendor never leaves empty."""
    source = "docs/domain.md, Files: observed-not-null is one vendor's choice"
    for name in (row["field"] for row in edition.rows if row["required"] == "observed-not-null"):
        node: Json = {"required": [name]}
        if name in edition.unknown:
            node = {"if": {"not": where(**{f"{name}_不詳フラグ": ["1"]})}, "then": node}
        yield rule(*("S0013", f"{name}が空欄", f"{name} is empty", source, "observed"), node)


def _kinds(edition: Edition) -> Iterator[Json]:
    """Items of foreign residents, and of Japanese ones."""
    source = "docs/domain.md, Keys and history: items by 住民種別"
    for other, word, names in (
        (JAPANESE, "外国人住民", edition.only_foreign),
        (FOREIGN, "日本人住民", edition.only_japanese),
    ):
        for name in names:
            yield rule(
                *("S0014", f"{name}は{word}だけの項目", f"{name} is an item of {word} only", source, "assumed"),
                {"if": where(**{KIND: [other]}), "then": {"properties": {name: False}}},
            )


def _seen_empty(edition: Edition) -> Iterator[Json]:
    """What was seen empty with a foreign resident: one record is no rule, but a doubt."""
    source = "docs/domain.md, Editions: observed, a foreign resident's record"
    for name in edition.empty_of_foreign:
        yield rule(
            *("S0031", f"外国人住民の{name}は空欄", f"{name} of a foreign resident is empty", source, "observed"),
            {"if": where(**{KIND: [FOREIGN]}), "then": {"properties": {name: False}}},
        )


def _reasons() -> Iterator[Json]:
    """事由 by 住民種別, and 消除の事由 by 住民状態."""
    for kind, word in ((FOREIGN, "日本人住民"), (JAPANESE, "外国人住民")):
        codes = REASONS_OF[JAPANESE if kind == FOREIGN else FOREIGN]
        for name in REASONS:
            yield rule(
                *("S0015", f"{name} {'・'.join(codes)} は{word}だけ", f"{name} {', '.join(codes)} is for {word} only"),
                *(f"{CODES_SECTION}: Agreement between columns", "official"),
                {"if": where(**{KIND: [kind]}), "then": {"properties": {name: {"not": {"enum": list(codes)}}}}},
            )
    reason = "消除の事由"
    yield rule(
        *("S0016", "住登者に消除の事由はない", "a current resident has no 消除の事由"),
        *(f"{CODES_SECTION}: Agreement between columns", "assumed"),
        {"if": where(**{STATE: ["1"]}), "then": {"properties": {reason: False}}},
    )
    for state, codes in ERASURES.items():
        label = load_codes("juminjotai")[state]
        yield rule(
            *("S0016", f"{label}の消除の事由は {'・'.join(codes)}", f"消除の事由 of {label} is {', '.join(codes)}"),
            *(f"{CODES_SECTION}: Agreement between columns", "official"),
            {"if": where(**{STATE: [state]}), "then": {"properties": {reason: {"enum": list(codes)}}}},
        )


def _unknown_dates(edition: Edition) -> Iterator[Json]:
    """A date, its 不詳フラグ and its 不詳表記."""
    source = f"{DATES_SECTION}: Unknown (不詳)"
    for name in (*edition.unknown, *edition.flagged):
        flag, wording = f"{name}_不詳フラグ", f"{name}_不詳表記"
        is_unknown = where(**{flag: ["1"]})
        yield rule(
            *("S0017", f"不詳の{name}は空欄", f"{name} is empty where it is unknown", source, "assumed"),
            {"if": is_unknown, "then": {"properties": {name: False}}},
        )
        if name in edition.unknown:
            yield rule(
                *(
                    "S0017",
                    f"不詳の{name}には不詳表記がある",
                    f"an unknown {name} has its 不詳表記",
                    source,
                    "official",
                ),
                {"if": is_unknown, "then": {"required": [wording]}},
            )
            yield rule(
                *("S0017", f"不詳でない{name}に不詳表記はない", f"a known {name} has no 不詳表記", source, "official"),
                {"if": {"required": [wording]}, "then": is_unknown},
            )


def _leap_days() -> Iterator[Json]:
    """29 February of a common year, which only some events may have."""
    for name, reason in LEAP_DAYS_BY_REASON.items():
        other = {"not": where(**{reason: LEAP_REASONS})}
        yield rule(
            *("S0018", f"平年の 2 月 29 日は、出生・死亡・失踪の{name}だけ"),
            f"29 February of a common year stands in {name} of births, deaths and disappearances only",
            *(f"{DATES_SECTION}: 29 February of a common year", "official"),
            {"if": other, "then": {"properties": {name: {"format": "date"}}}},
        )


def _relationship() -> Iterator[Json]:
    for before, behind in pairwise(RELATIONSHIP):
        yield rule(
            *("S0019", f"{behind}の前に{before}がある", f"{before} stands before {behind}"),
            *(f"{CODES_SECTION}: 続柄", "official"),
            {"if": {"required": [behind]}, "then": {"required": [before]}},
        )


def _addresses(edition: Edition) -> Iterator[Json]:
    """An address is whole or empty: the municipality by code and name, and what lies within it."""
    for address, asked in edition.addresses.items():
        whole = [name for part in (*PLACE, *WITHIN) if (name := f"{address}_{part}") in edition.columns]
        for part in asked:
            name = f"{address}_{part}"
            given = {"anyOf": [{"required": [other]} for other in whole if other != name]}
            yield rule(
                *("S0020", f"{address}に値があれば{name}がある", f"{name} is there where anything of {address} is"),
                *("docs/domain.md, The standard's data types: an address is a group", "assumed"),
                {"if": given, "then": {"required": [name]}},
            )
