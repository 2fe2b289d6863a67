"""What does not fit the mapping's models, as faults: what was found, what is accepted there, an example of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from pydantic_core import ErrorDetails

from stdconv.definitions.nearest import by_nearness, nearest
from stdconv.errors import Fault, Place
from stdconv.findings.language import LANGUAGES
from stdconv.findings.phrases import phrase
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import fault
from stdconv.mapping.jsonschema import Loc, Node, alternatives, nodes_at

CODES = {
    "extra_forbidden": "M0006",
    "missing": "M0007",
    "union_tag_invalid": "M0008",
    "union_tag_not_found": "M0009",
    "literal_error": "M0008",
    "string_type": "M0010",
    "too_short": "M0011",
    "string_too_short": "M0011",
    "string_too_long": "M0017",
    "string_pattern_mismatch": "M0017",
}
WRONG_TYPE = "M0018"
OTHER = "…"
"""What stands for what is not one word."""


def model_fault(detail: ErrorDetails, place: Place, written_there: Collection[str] = ()) -> Fault:
    """Return pydantic's finding as one of the registry; ``written_there`` are the keys next to an unknown one."""
    loc, code = detail["loc"], CODES.get(detail["type"], WRONG_TYPE)
    choices, written = _choices(loc), _written(detail)
    if code == "M0008" and (written == OTHER or written in map(str, choices)):  # "1" or "true" in quotes
        code = WRONG_TYPE
    words = {
        "key": loc[-1] if loc else "",
        "written": written,
        "known": by_nearness(written, [str(each) for each in choices]),
        "meant": _meant(loc, written_there) if code == "M0006" else "",
        "expected": expected(loc),
        "example": example(loc),
    }
    return fault(code, place, **words)


def _written(detail: ErrorDetails) -> str:
    """Return the value in the file, as far as it is one word."""
    tag, given = detail.get("ctx", {}).get("tag"), detail["input"]
    if tag is not None or isinstance(given, str):
        return str(given if tag is None else tag)
    return json.dumps(given) if given is None or isinstance(given, bool | int) else OTHER


def expected(loc: Loc) -> dict[str, str]:
    """Return, by language, what is accepted at ``loc``: text, a list, a whole number from 2 to 20."""
    kinds = [
        _kind(each) for each in alternatives(nodes_at(loc)[0]) if each.get("type") in phrases("mapping-kind", "en")
    ]
    names = [kind for at, kind in enumerate(kinds) if kind not in kinds[:at]] or [phrase("mapping-kind", "object")]
    return {lang: mark.join(each[lang] for each in names) for lang, mark in phrase("mapping", "or").items()}


def _kind(node: Node) -> dict[str, str]:
    if node["type"] == "string" and "const" in node:
        return {lang: f" {node['const']} " if lang == "ja" else node["const"] for lang in LANGUAGES}
    kind = phrase("mapping-kind", node["type"])
    if node["type"] == "integer" and "const" in node:
        return phrase("mapping", "number", number=node["const"])
    if "minimum" in node and "maximum" not in node:
        return phrase("mapping", "at-least", kind=kind, least=node["minimum"])
    if "minimum" in node:
        return phrase("mapping", "range", kind=kind, least=node["minimum"], most=node["maximum"])
    return kind


def example(loc: Loc) -> str:
    """Return an example of what is accepted at ``loc``, or around it, as one line of YAML with its key."""
    for depth, node in enumerate(nodes_at(loc)):
        given = next((each["examples"][0] for each in (node, *alternatives(node)) if "examples" in each), None)
        if given is not None:
            key = loc[len(loc) - depth - 1]
            text = json.dumps(given, ensure_ascii=False)
            return f"{key}: {text}" if isinstance(key, str) and "title" not in node else text
    return "grammar: 1"


def _choices(loc: Loc) -> list[Any]:
    """Return what is accepted at ``loc``, where that is one of a few: the lenses, for a step."""
    found: list[Any] = []
    for each in alternatives(nodes_at(loc)[0]):
        if "op" in each.get("properties", {}):
            found.append(each["title"])
        found += each.get("enum", [each["const"]] if "const" in each else [])
        found += ["true", "false"] if each.get("type") == "boolean" else []
    return found


def _meant(loc: Loc, written_there: Collection[str]) -> dict[str, str]:
    """Return, by language, the key that an unknown one was probably meant to be, or all keys that are accepted there.

    In a field the keys of the other forms may be meant too: its keys decide which form it is.
    """
    path = nodes_at(loc)
    known = [key for each in alternatives(path[1]) for key in each.get("properties", {})]
    is_field = loc[:1] == ("fields",) and len(loc) == 4
    others = [key for each in alternatives(path[2]) for key in each["properties"]] if is_field else []
    free = [key for key in dict.fromkeys([*known, *others]) if key not in written_there]
    if near := nearest(str(loc[-1]).lower(), free):
        return phrase("mapping", "quoted", text=near[0])
    return phrase("mapping", "one-of", listed=known)
