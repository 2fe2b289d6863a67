"""Phrases in both languages that messages are made of: a translator finds them in one file, next to the registry."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from stdconv.findings.language import LANGUAGES, load_texts

FILE = Path(__file__).with_name("phrases.yaml")


@cache
def _groups() -> dict[str, dict[str, dict[str, str]]]:
    groups: dict[str, dict[str, dict[str, str]]] = load_texts(FILE)
    return groups


def phrase(group: str, key: str, **words: object) -> dict[str, str]:
    """Return a phrase by language; a word that is a dict says by language what takes its place.

    >>> phrase("mapping", "number", number=1)
    {'en': 'the number 1', 'ja': '数値 1'}
    """
    texts = _groups()[group][key]
    return {lang: texts[lang].format(**_in(lang, words)) for lang in LANGUAGES}


def words(group: str, lang: str) -> dict[str, str]:
    """Return the phrases of a group in one language, by key."""
    return {key: texts[lang] for key, texts in _groups()[group].items()}


def _in(lang: str, given: dict[str, object]) -> dict[str, str]:
    return {key: str(value[lang] if isinstance(value, dict) else value) for key, value in given.items()}
