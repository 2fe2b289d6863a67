"""Headings that do not fit, reported by position: the text of a header may be a record, so it is never shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from stdconv.definitions.nearest import nearest
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import LANGUAGES
from stdconv.findings.shapes import shape

SHOWN = 5
"""How many headings are reported."""


def unknown_headings(headings: Sequence[str], known: Collection[str]) -> list[dict[str, str]]:
    """Return, by language, what is reported about each heading that is not ``known`` or is repeated.

    A heading that is close to a known name is reported with that name, any other one by its shape alone.

    >>> [each["en"] for each in unknown_headings(["氏名", "氏命", "行政", "氏名"], ["氏名"])]
    ['heading 2 (perhaps "氏名")', 'heading 3 (shape=漢漢 length=2)', 'heading 4 (the same as heading 1: "氏名")']
    """
    return list(_unknown_headings(headings, known))


def _unknown_headings(headings: Sequence[str], known: Collection[str]) -> Iterator[dict[str, str]]:
    first: dict[str, int] = {}
    for position, name in enumerate(headings, start=1):
        earlier = first.setdefault(name, position)
        if name not in known:
            near = nearest(name, known)
            yield phrase("heading", "near", position=position, name=near[0]) if near else _shaped(position, name)
        elif earlier < position:
            yield phrase("heading", "same", position=position, earlier=earlier, name=name)


def _shaped(position: int, name: str) -> dict[str, str]:
    seen = pl.select(shape(pl.lit(name))).item()
    return phrase("heading", "shape", position=position, shape=seen)


def joined_texts(problems: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return what is said of several headings as one text by language; of many, the first ones and how many more."""
    more = len(problems) - SHOWN
    rest = phrase("heading", "more", more=more) if more > 0 else dict.fromkeys(LANGUAGES, "")
    return {
        lang: mark.join(each[lang] for each in problems[:SHOWN]) + rest[lang]
        for lang, mark in phrase("heading", "between").items()
    }
