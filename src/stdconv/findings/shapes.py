"""The shape of a value: what it looks like without what it says."""

from __future__ import annotations

import polars as pl

SHAPES = (
    ("[0-9]", "9"),
    ("[A-Za-z]", "A"),
    ("[０-９]", "９"),
    ("[Ａ-Ｚａ-ｚ]", "Ａ"),
    ("[\\x{FF61}-\\x{FF9F}]", "ｱ"),
    ("[ァ-ヿ]", "ア"),
    ("[ぁ-ゟ]", "あ"),
    ("[\\p{Han}々〆]", "漢"),
)

_ASCII = {c: "9" if c.isdigit() else "A" if c.isalpha() else "?" for c in map(chr, range(128))}
"""What ASCII characters are shown as: at once, which is faster than pattern after pattern."""


def shape(value: pl.Expr) -> pl.Expr:
    """Return what ``value`` looks like without what it says: 3600707 as 9999999, cut after 20 characters.

    Whatever the classes do not know (blanks, signs, private use) is shown by its length alone.
    """
    shown = value.str.slice(0, 20)
    is_ascii = shown.str.len_bytes() == shown.str.len_chars()
    ascii_shape = pl.when(is_ascii).then(shown).str.replace_many(_ASCII)  # null for the others, which cost nothing
    wide_shape: pl.Expr = pl.when(~is_ascii).then(shown)
    for pattern, sign in (*SHAPES, ("[^9A９Ａｱアあ漢]", "?")):
        wide_shape = wide_shape.str.replace_all(pattern, sign)
    return pl.format("shape={} length={}", pl.coalesce(ascii_shape, wide_shape), value.str.len_chars())
