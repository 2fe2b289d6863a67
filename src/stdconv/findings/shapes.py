"""The shape of a value: what it looks like without what it says."""

from __future__ import annotations

import polars as pl

POINTS = "．，、。・"
"""Full-width points, of which one is among the katakana; the half-width ones are ``.,｡､･``."""

SHAPES = (
    ("[0-9]", "9"),
    ("[A-Za-z]", "A"),
    ("[.,｡､･]", "."),
    (f"[{POINTS}]", "．"),
    ("[０-９]", "９"),
    ("[Ａ-Ｚａ-ｚ]", "Ａ"),
    ("[\\x{FF61}-\\x{FF9F}]", "ｱ"),
    ("[ァ-ヿ]", "ア"),
    ("[ぁ-ゟ]", "あ"),
    ("[\\p{Han}々〆]", "漢"),
    ("[[!-~]--[.9A]]", "#"),
    ("[[\\p{P}\\p{S}]--[!-~．]]", "＃"),
    (" ", "␣"),
    ("\u3000", "□"),
)
"""What is shown as what, one after the other: the blanks last, since ``␣`` and ``□`` are signs themselves."""

_KNOWN = "".join(dict.fromkeys(sign for _, sign in SHAPES))


def _of_ascii(character: str) -> str:
    if character.isalnum():
        return "9" if character.isdigit() else "A"
    if character in ".,":
        return "."
    return "␣" if character == " " else "#" if character.isprintable() else "?"


_ASCII = {c: _of_ascii(c) for c in map(chr, range(128))}
"""What ASCII characters are shown as: at once, which is faster than pattern after pattern."""


def shape(value: pl.Expr) -> pl.Expr:
    """Return what ``value`` looks like without what it says: 3600707 as 9999999, cut after 20 characters.

    Points, other signs and blanks are told apart, half-width (``.#␣``) and full-width (``．＃□``); whatever the classes
    do not know (private use, controls, other scripts) is ``?``.
    """
    shown = value.str.slice(0, 20)
    is_ascii = shown.str.len_bytes() == shown.str.len_chars()
    ascii_shape = pl.when(is_ascii).then(shown).str.replace_many(_ASCII)  # null for the others, which cost nothing
    wide_shape: pl.Expr = pl.when(~is_ascii).then(shown)
    for pattern, sign in (*SHAPES, (f"[^{_KNOWN}]", "?")):
        wide_shape = wide_shape.str.replace_all(pattern, sign)
    return pl.format("shape={} length={}", pl.coalesce(ascii_shape, wide_shape), value.str.len_chars())
