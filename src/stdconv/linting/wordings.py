"""Wordings held against the labels of a code list."""

from __future__ import annotations

import re
from collections.abc import Mapping

SEVERAL = re.compile(r"[\s・／/、，,：:（）()]+")
"""What is between the meanings of a code that says several columns at once."""


def named(wording: str, codes: Mapping[str, str]) -> str | None:
    """Return the code whose label ``wording`` is; ``None`` where no code has that label, or several do.

    >>> codes = {"07": "改製", "08": "再製", "27": "改製"}
    >>> named("再製", codes), named("改製", codes), named("", codes)
    ('08', None, None)
    """
    found = [code for code, label in codes.items() if label == wording]
    return found[0] if len(found) == 1 else None


def parts(wording: str) -> list[str]:
    """Return what a wording of several meanings says one by one.

    >>> parts("日本人住民・転出者"), parts("外国人 死亡"), parts("転入")
    (['日本人住民', '転出者'], ['外国人', '死亡'], ['転入'])
    """
    return [part for part in SEVERAL.split(wording) if part]


def meaning(wording: str, codes: Mapping[str, str], *, is_several: bool) -> tuple[str, str | None]:
    """Return what of a wording means a code, and which; of one that says several columns its parts are looked at too.

    >>> codes = {"1": "住登者", "2": "転出者", "3": "死亡者"}
    >>> meaning("日本人 転出", codes, is_several=True), meaning("転出者・死亡者", codes, is_several=True)
    (('転出', '2'), ('転出者・死亡者', None))
    """
    whole = resembled(wording, codes)
    found = {} if whole or not is_several else {part: resembled(part, codes) for part in parts(wording)}
    known = [(part, code) for part, code in found.items() if code is not None]
    return known[0] if len({code for _, code in known}) == 1 else (wording, whole)


def resembled(wording: str, codes: Mapping[str, str]) -> str | None:
    """Return the code whose label ``wording`` is, or that alone shares it; ``None`` where that cannot be decided.

    >>> codes = {"1": "日本人住民", "2": "外国人住民", "9": "不明"}
    >>> resembled("日本人", codes), resembled("住民", codes), resembled("不明", codes), resembled("1", codes)
    ('1', None, '9', None)
    """
    if not wording or wording.isascii():
        return None
    if wording in codes.values():
        return named(wording, codes)
    near = [code for code, label in codes.items() if wording in label or label in wording]
    return near[0] if len(near) == 1 else None
