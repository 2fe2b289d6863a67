"""What the system and libraries say in English, and what a Japanese message says instead: ``problems.yaml``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from stdconv.findings.language import load_texts

_SIGN = re.compile("'(.*)'(?= is )", re.DOTALL)
"""The sign of a pattern that a sentence is about."""


@cache
def problems() -> dict[str, dict[str, str]]:
    """Return Japanese by English, by who says it."""
    groups: dict[str, dict[str, str]] = load_texts(Path(__file__).with_name("problems.yaml"))
    return groups


@cache
def _known() -> dict[str, str]:
    return {english: japanese for group in problems().values() for english, japanese in group.items()}


def problem(english: str) -> dict[str, str]:
    """Return by language what a library or the system says in English; what is not known stays as it is.

    >>> problem("Permission denied")["ja"], problem("an empty class at character 3")["ja"]
    ('権限がありません', '空の文字クラスがあります（3 文字目）')
    >>> problem("'.' is outside the grammar")["ja"], problem("none of ours")["ja"]
    ('「.」には対応していません', 'none of ours')
    """
    sentence, at, number = english.partition(" at character ")
    sign = _SIGN.search(sentence)
    general = _SIGN.sub("'{sign}'", sentence)
    japanese = _known().get(general, sentence)
    if sign is not None:
        japanese = japanese.replace("{sign}", sign[1])
    return {"en": english, "ja": japanese + (f"（{number} 文字目）" if at else "")}
