"""Phrases in both languages that messages are made of: a translator finds them in one file, next to the registry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from stdconv.findings.language import LANGUAGES, load_texts, text_of

FILE = Path(__file__).with_name("phrases.yaml")


@cache
def _groups() -> dict[str, dict[str, dict[str, str]]]:
    groups: dict[str, dict[str, dict[str, str]]] = load_texts(FILE)
    return groups


def phrase(group: str, key: str, **words: object) -> dict[str, str]:
    """Return a phrase by language; a word may be given by language, or be several.

    >>> phrase("mapping", "number", number=1)
    {'en': 'the number 1', 'ja': '数値 1'}
    """
    texts = _groups()[group][key]
    return {lang: texts[lang].format(**{key: text_of(word, lang) for key, word in words.items()}) for lang in LANGUAGES}


def words(group: str, lang: str) -> dict[str, str]:
    """Return the phrases of a group in one language, by key."""
    return {key: texts[lang] for key, texts in _groups()[group].items()}


def misfit(where: Sequence[str | int], kind: str, *, group: str = "misfit") -> dict[str, str]:
    """Return, by language, what does not fit a model at a place: ``kind`` is pydantic's word for it.

    >>> misfit(("site",), "missing")
    {'en': 'site: it is lacking', 'ja': 'site: ありません'}
    """
    texts = {lang: words("misfit", lang) | words(group, lang) for lang in LANGUAGES}
    return {lang: f"{'.'.join(map(str, where))}: {each.get(kind, each['form'])}" for lang, each in texts.items()}
