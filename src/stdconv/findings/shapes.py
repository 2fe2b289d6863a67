"""The shape of a value: what it looks like without what it says."""

from __future__ import annotations

import polars as pl

POINTS = "．，、。・"
"""Full-width points, of which one is among the katakana; the half-width ones are ``.,｡､･``."""


def _of_ascii(character: str) -> str:
    if character.isalnum():
        return "9" if character.isdigit() else "A"
    if character in ".,":
        return "."
    return "␣" if character == " " else "#" if character.isprintable() else "?"


def _between(first: str, last: str) -> str:
    return "".join(map(chr, range(ord(first), ord(last) + 1)))


_ASCII = {c: _of_ascii(c) for c in map(chr, range(128))}
"""What ASCII characters are shown as: at once, which is faster than pattern after pattern."""
_LISTED = {
    **_ASCII,
    **dict.fromkeys(_between("０", "９"), "９"),
    **dict.fromkeys(_between("Ａ", "Ｚ") + _between("ａ", "ｚ"), "Ａ"),
    **dict.fromkeys(_between("｡", "ﾟ"), "ｱ"),
    **dict.fromkeys(_between("ァ", "ヿ"), "ア"),
    **dict.fromkeys(_between("ぁ", "ゟ"), "あ"),
    **dict.fromkeys("々〆", "漢"),
    **dict.fromkeys("｡､･", "."),
    **dict.fromkeys(POINTS, "．"),
    **dict.fromkeys("␣□", "＃"),
    "\u3000": "□",
}
"""What the characters are shown as that can be listed: at once too, so that signs are not taken for what they show."""
_KNOWN = "".join(dict.fromkeys((*_LISTED.values(), "＃")))
_OTHERS = (("\\p{Han}", "漢"), ("[[\\p{P}\\p{S}]--[!-~．␣□]]", "＃"), (f"[^{_KNOWN}]", "?"))
"""What all others are shown as, one after the other."""


def shape(value: pl.Expr) -> pl.Expr:
    """Return what ``value`` looks like without what it says: 3600707 as 9999999, cut after 20 characters.

    Points, other signs and blanks are told apart, half-width (``.#␣``) and full-width (``．＃□``); whatever the classes
    do not know (private use, controls, other scripts) is ``?``.
    """
    shown = value.str.slice(0, 20)
    is_ascii = shown.str.len_bytes() == shown.str.len_chars()
    ascii_shape = pl.when(is_ascii).then(shown).str.replace_many(_ASCII)  # null for the others, which cost nothing
    wide_shape = pl.when(~is_ascii).then(shown).str.replace_many(_LISTED)
    for pattern, sign in _OTHERS:
        wide_shape = wide_shape.str.replace_all(pattern, sign)
    return pl.format("shape={} length={}", pl.coalesce(ascii_shape, wide_shape), value.str.len_chars())
