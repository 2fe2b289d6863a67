"""The manual in Japanese: what docstrings, descriptions and sources of examples say, from ``manual.yaml``."""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from typing import Any

from stdconv.findings.language import load_texts

DESCRIBING = ("description", "$comment")
"""The keywords of a JSON Schema whose texts are for people."""


@cache
def texts() -> dict[str, str]:
    """Return the Japanese paragraphs by the English ones."""
    entries: list[dict[str, str]] = load_texts(Path(__file__).with_name("manual.yaml"))
    return {entry["en"]: entry["ja"] for entry in entries}


def paragraphs(english: str) -> list[str]:
    r"""Return the paragraphs of a text, each in one line, as ``manual.yaml`` has them.

    >>> paragraphs("One,\ntwo ``three``.")
    ['One, two `three`.']
    """
    said = inspect.cleandoc(english).replace("``", "`").split("\n\n")
    return [paragraph.replace("\n", " ") for paragraph in said]


def told(english: str, lang: str) -> str:
    """Return an English text in ``lang``; what has no Japanese, the name of a document say, stays as it is.

    >>> told("How many columns there are.", "ja"), told("審議項目1関係資料", "ja")
    ('項目の数。', '審議項目1関係資料')
    """
    if lang == "en":
        return inspect.cleandoc(english)
    return "\n\n".join(texts().get(paragraph, paragraph) for paragraph in paragraphs(english))


def schema_told(schema: Any, lang: str) -> Any:
    """Return a JSON Schema with its descriptions in ``lang``."""
    match schema:
        case dict():
            return {
                key: told(part, lang) if key in DESCRIBING and isinstance(part, str) else schema_told(part, lang)
                for key, part in schema.items()
            }
        case list():
            return [schema_told(part, lang) for part in schema]
        case _:
            return schema
