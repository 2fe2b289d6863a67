"""Wordings held against the labels of a code list."""

from __future__ import annotations

from collections.abc import Mapping


def named(wording: str, codes: Mapping[str, str]) -> str | None:
    """Return the code whose label ``wording`` is; ``None`` where no code has that label, or several do.

    >>> codes = {"07": "改製", "08": "再製", "27": "改製"}
    >>> named("再製", codes), named("改製", codes), named("", codes)
    ('08', None, None)
    """
    found = [code for code, label in codes.items() if label == wording]
    return found[0] if len(found) == 1 else None


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
