"""How what holds records prints: how many there are, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import polars as pl


class Counted:
    """The base of dataclasses (``repr=False``) that hold residents' values: they print counts alone."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the name of the class, and how much of everything it holds."""
        held: tuple[Any, ...] = fields(self)  # type: ignore[arg-type]
        parts = (f"{each.name}={counted(getattr(self, each.name))}" for each in held)
        return f"{type(self).__name__}({', '.join(parts)})"


def counted(value: object) -> str:
    """Return what is shown of ``value``: a number or a truth itself, how long the rest is.

    >>> counted(pl.DataFrame({"氏名": ["行政　花子"]})), counted(b"abc"), counted({"names": "x"}), counted(None)
    ('<rows: 1>', '<bytes: 3>', '<entries: 1>', 'None')
    """
    match value:
        case None | bool() | int() | float():
            return repr(value)
        case Counted():
            return repr(value)
        case pl.DataFrame() | pl.Series():
            return f"<rows: {len(value)}>"
        case bytes():
            return f"<bytes: {len(value)}>"
        case str():
            return f"<characters: {len(value)}>"
        case Mapping():
            return f"<entries: {len(value)}>"
        case list() | tuple() | range():
            return f"<items: {len(value)}>"
        case _:
            return f"<{type(value).__name__}>"
