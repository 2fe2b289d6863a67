"""A shape says of what kind each character is, and nothing else of a value."""

from __future__ import annotations

import polars as pl
import pytest

from stdconv.findings.shapes import shape

SHAPES = {
    "転居": "漢漢",
    "転居 ": "漢漢␣",
    "転居　": "漢漢□",
    "転居。": "漢漢．",
    "転居・": "漢漢．",
    "転居.": "漢漢.",
    "転居-": "漢漢#",
    "転居（": "漢漢＃",
    "転居?": "漢漢#",
    "転居\ue03e": "漢漢?",
    "□␣〓": "＃＃＃",
    "山々〆": "漢漢漢",
    "ｱﾞ･": "ｱｱ.",
    "アー・あ": "アア．あ",
    "１．５": "９．９",
    "Ａｂ": "ＡＡ",
    "1985/02-30": "9999#99#99",
    "1.5": "9.9",
    "1 5": "9␣9",
    "1?5": "9#9",
    "1\t5": "9?9",
    "aZ_": "AA#",
    "9A.#␣□?": "9A.#＃＃#",
    "é": "?",
    "": "",
}


@pytest.mark.parametrize(("value", "expected"), SHAPES.items())
def test_points_signs_blanks_and_what_is_unknown_are_told_apart(value: str, expected: str) -> None:
    assert pl.select(shape(pl.lit(value))).item() == f"shape={expected} length={len(value)}"


def test_a_character_has_the_same_shape_beside_any_other() -> None:
    alone = [chr(number) for number in range(128)]
    beside = pl.select(shape(pl.lit(pl.Series([f"漢{character}" for character in alone])))).to_series()
    shapes = pl.select(shape(pl.lit(pl.Series(alone)))).to_series()
    assert beside.str.extract("=漢(.) ").to_list() == shapes.str.extract("=(.) ").to_list()
