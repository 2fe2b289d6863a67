"""What the system and libraries say in English, and what a Japanese message says instead: ``problems.yaml``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from stdconv.findings.language import load_texts

_OUTSIDE = re.compile("'(.*)' is outside the grammar", re.DOTALL)


@cache
def _problems() -> dict[str, str]:
    problems: dict[str, str] = load_texts(Path(__file__).with_name("problems.yaml"))
    return problems


def problem(english: str) -> dict[str, str]:
    """Return by language what a library or the system says in English; what is not known stays as it is.

    >>> problem("Permission denied")["ja"], problem("an empty class at character 3")["ja"]
    ('権限がありません', '空の文字クラスがあります（3 文字目）')
    """
    sentence, at, number = english.partition(" at character ")
    japanese = _problems().get(sentence)
    if japanese is None:
        outside = _OUTSIDE.fullmatch(sentence)
        japanese = sentence if outside is None else f"「{outside[1]}」には対応していません"
    return {"en": english, "ja": japanese + (f"（{number} 文字目）" if at else "")}
