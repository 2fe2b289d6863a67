"""The languages of messages: which there are, which the environment asks for, and the files of their texts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

Language: TypeAlias = Literal["en", "ja"]
"""The languages of messages."""
LANGUAGES: tuple[str, ...] = get_args(Language)


def language() -> str:
    """Return ``ja`` where the environment says so, else ``en``."""
    wanted = next((v for v in map(os.environ.get, ("STDCONV_LANG", "LC_ALL", "LC_MESSAGES", "LANG")) if v), "en")
    return "ja" if wanted.startswith("ja") else "en"


def load_texts(file: Path) -> Any:
    """Return the texts of a YAML file next to this one, or of the JSON made of it, which is read much sooner."""
    made = file.with_suffix(".json")
    if made.exists():
        return json.loads(made.read_bytes())
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return loader(file.read_text(encoding="utf-8")).get_single_data()


def text_of(word: object, lang: str) -> str:
    """Return a word of a message in ``lang``: a dict has it by language, and several are listed one after the other.

    >>> text_of(["氏名", "住所"], "ja"), text_of({"en": "text", "ja": "文字列"}, "en"), text_of((), "ja")
    ('氏名、住所', 'text', '–')
    """
    if isinstance(word, list | tuple):
        return {"en": ", ", "ja": "、"}[lang].join(text_of(each, lang) for each in word) or "–"
    return str(word[lang] if isinstance(word, dict) else word)
