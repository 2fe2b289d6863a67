"""Headings that do not fit, told by their positions: what stands in a header may be a record, so it is never shown."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence

import polars as pl

from stdconv.findings.shapes import shape

SHOWN = 5
"""How many headings are told of."""


def unknown_headings(headings: Sequence[str], known: Collection[str]) -> list[dict[str, str]]:
    """Return, by language, what is said of each heading that is not ``known`` or stands a second time.

    A heading that is close to a known name is told with that name, any other one by its shape alone.

    >>> [each["en"] for each in unknown_headings(["氏名", "氏命", "行政", "氏名"], ["氏名"])]
    ['heading 2 (perhaps "氏名")', 'heading 3 (shape=漢漢 length=2)', 'heading 4 (the same as heading 1: "氏名")']
    """
    return list(_unknown_headings(headings, known))


def _unknown_headings(headings: Sequence[str], known: Collection[str]) -> Iterator[dict[str, str]]:
    first: dict[str, int] = {}
    for position, name in enumerate(headings, start=1):
        earlier = first.setdefault(name, position)
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            yield _perhaps(position, near[0]) if near else _shaped(position, name)
        elif earlier < position:
            yield {
                "en": f'heading {position} (the same as heading {earlier}: "{name}")',
                "ja": f"{position} 番目の見出し（{earlier} 番目と同じ「{name}」）",
            }


def _perhaps(position: int, name: str) -> dict[str, str]:
    return {"en": f'heading {position} (perhaps "{name}")', "ja": f"{position} 番目の見出し（「{name}」の誤りか）"}


def _shaped(position: int, name: str) -> dict[str, str]:
    seen = pl.select(shape(pl.lit(name))).item()
    return {"en": f"heading {position} ({seen})", "ja": f"{position} 番目の見出し（{seen}）"}


def joined_texts(problems: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return what is said of several headings as one text by language; of many, the first ones and how many more."""
    more = len(problems) - SHOWN
    rest = {"en": f", and {more} more", "ja": f"、ほか {more} 個"} if more > 0 else {"en": "", "ja": ""}
    return {
        lang: mark.join(each[lang] for each in problems[:SHOWN]) + rest[lang]
        for lang, mark in (("en", ", "), ("ja", "、"))
    }
