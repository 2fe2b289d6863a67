"""What rules between columns are made of, for all editions of the full resident record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def rule(code: str, ja: str, en: str, source: str, status: str, node: Json) -> Json:  # noqa: PLR0917 -- a row
    """Return a part of ``allOf``: what must hold, and what is said about it."""
    said = {"title": ja, "x-title-en": en, "x-source": source, "x-status": status, "x-finding": code}
    looked_at = dict.fromkeys(named(node))
    return said | {"x-columns": list(looked_at)} | node


def named(node: Any) -> Iterator[str]:
    """Yield the columns that a part of a schema names, those that it asks for first."""
    if isinstance(node, dict):
        for word in ("then", "else", "if", "not", "anyOf", "allOf"):
            yield from named(node.get(word))
        yield from node.get("required", ())
        yield from node.get("properties", {})
    elif isinstance(node, list):
        for part in node:
            yield from named(part)


def where(**columns: Iterable[str]) -> Json:
    """Return a condition: the columns are there and hold one of the values."""
    holds = {name: {"enum": list(values)} for name, values in columns.items()}
    return {"properties": holds, "required": list(columns)}
