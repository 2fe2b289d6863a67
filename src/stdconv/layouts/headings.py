"""Headings that do not fit, reported by position: the text of a header may be a record, so it is never shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from stdconv.definitions.nearest import nearest
from stdconv.findings.details import in_words
from stdconv.findings.language import LANGUAGES
from stdconv.findings.phrases import phrase
from stdconv.findings.shapes import shape

SHOWN = 5
"""How many headings are reported."""

MOST = {"missing": 20, "undeclared": SHOWN}
"""How many of what is missing, which are names out of the mapping, and of what the file has."""


def unknown_headings(
    headings: Sequence[str], known: Collection[str], *, told: str = "heading", near: Collection[str] | None = None
) -> list[dict[str, str]]:
    """Return, by language, what is reported about each heading that is not ``known`` or is repeated.

    A heading that is close to a known name is reported with that name, any other one by its shape alone. ``told`` is
    the group of the phrases that say so; ``near`` are the names that may be told, where not all that are known may.

    >>> [each["en"] for each in unknown_headings(["氏名", "氏命", "行政", "氏名"], ["氏名"])]
    ['heading 2 (perhaps "氏名")', 'heading 3 (shape=漢漢 length=2)', 'heading 4 (the same as heading 1: "氏名")']
    """
    return list(_unknown_headings(headings, known, told, known if near is None else near))


def difference(headings: Sequence[str], declared: Sequence[str]) -> dict[str, str]:
    """Return, by language, in what ``headings`` are not the ``declared`` ones in their order.

    That is what is missing and what is not declared, or else what is where something else is declared.

    >>> difference(["氏名", "性別"], ["性別", "氏名"])["en"]
    'heading 1 ("氏名") and heading 2 ("性別") are exchanged'
    """
    missing = [dict.fromkeys(LANGUAGES, name) for name in declared if name not in headings]
    undeclared = unknown_headings(headings, declared)
    said = [("missing", missing), ("undeclared", undeclared)] if missing or undeclared else []
    parts = [phrase("heading", key, listed=joined_texts(each, most=MOST[key])) for key, each in said if each]
    return joined_texts(parts or list(_out_of_order(headings, declared)))


def _out_of_order(headings: Sequence[str], declared: Sequence[str]) -> Iterator[dict[str, str]]:
    pairs = enumerate(zip(headings, declared, strict=True), start=1)
    wrong = [(position, name, wanted) for position, (name, wanted) in pairs if name != wanted]
    if len(wrong) == 2:
        (one, first, _), (other, second, _) = wrong
        yield phrase("heading", "exchanged", one=one, first=first, other=other, second=second)
        return
    for position, name, wanted in wrong:
        yield phrase("heading", "instead", position=position, name=name, wanted=wanted)


def _unknown_headings(
    headings: Sequence[str], known: Collection[str], told: str, near: Collection[str]
) -> Iterator[dict[str, str]]:
    first: dict[str, int] = {}
    for position, name in enumerate(headings, start=1):
        earlier = first.setdefault(name, position)
        if name not in known:
            likely = nearest(name, near)
            yield phrase(told, "near", position=position, name=likely[0]) if likely else _shaped(position, name, told)
        elif earlier < position:
            yield phrase(told, "same", position=position, earlier=earlier, name=name)


def _shaped(position: int, name: str, told: str) -> dict[str, str]:
    seen = pl.select(shape(pl.lit(name))).item()
    return phrase(told, "shape", position=position, shape={lang: in_words(seen, lang) for lang in LANGUAGES})


def joined_texts(problems: Sequence[dict[str, str]], *, most: int = SHOWN) -> dict[str, str]:
    """Return what is said of several headings as one text by language; of many, the first ones and how many more."""
    more = len(problems) - most
    rest = phrase("heading", "more", more=more) if more > 0 else dict.fromkeys(LANGUAGES, "")
    return {
        lang: mark.join(each[lang] for each in problems[:most]) + rest[lang]
        for lang, mark in phrase("heading", "between").items()
    }
