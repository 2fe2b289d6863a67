"""NDJSON: each line an object, whose members are texts or whole numbers, as their columns say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import polars as pl

LEAST, MOST = -(2**63), 2**63 - 1
"""The whole numbers that a column can hold."""
TYPES = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
"""What JSON calls what Python reads."""


def record(line: bytes) -> dict[str, object] | None:
    """Return one line, or ``None`` where it is not an object, repeats a member, or has a lone surrogate."""
    try:
        found = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and _is_encodable(found) else None


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object's members; raises ``ValueError`` where one is repeated."""
    if len(dict(members)) != len(members):
        raise ValueError("a member stands twice")
    return dict(members)


def _is_encodable(found: dict[str, object]) -> bool:
    """Return whether every text is valid: a lone surrogate, which JSON can spell, is not."""
    try:
        "".join(value for value in found.values() if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def first_lines(data: bytes, rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield ``rows`` of a batch, from 1, each with the number of lines before it in the batch; blank ones have none."""
    filled = [before for before, line in enumerate(data.split(b"\n")) if line.strip()]
    for row in rows:
        yield row, filled[row - 1]


def texts(values: list[object]) -> tuple[pl.Series, dict[int, str]]:
    """Return the texts among ``values``, null for the rest, and by position what JSON calls others than null."""
    others = {i: TYPES[type(value)] for i, value in enumerate(values) if value is not None and type(value) is not str}
    read = [None if i in others else value for i, value in enumerate(values)] if others else values
    return pl.Series(read, dtype=pl.String), others


def whole_numbers(values: list[object]) -> tuple[pl.Series, dict[int, str]]:
    """Return the whole numbers among ``values``, 1.0 too, null for the rest, and by position what the others are."""
    read = [_whole(value) for value in values]
    others = {i: TYPES[type(v)] for i, v in enumerate(values) if v is not None and read[i] is None}
    return pl.Series(read, dtype=pl.Int64), others


def _whole(value: object) -> int | None:
    """Return a number that a column can hold; true and false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value) if LEAST <= value <= MOST else None
