"""How what holds records prints, how many there are and never a value; and how it compares: by content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import polars as pl


class Counted:
    """The base of dataclasses (``repr=False``) that hold residents' values: they print counts alone.

    Those that are declared with ``eq=False`` compare by content, frames included, and have no hash.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Return whether ``other`` is of the same class and holds the same."""
        if type(other) is not type(self):
            return NotImplemented
        held: tuple[Any, ...] = fields(self)  # type: ignore[arg-type]
        return all(same(getattr(self, each.name), getattr(other, each.name)) for each in held)

    def __repr__(self) -> str:
        """Return the name of the class, and how much of everything it holds."""
        held: tuple[Any, ...] = fields(self)  # type: ignore[arg-type]
        parts = (f"{each.name}={counted(getattr(self, each.name))}" for each in held)
        return f"{type(self).__name__}({', '.join(parts)})"


def same(one: object, other: object) -> bool:
    """Return whether two values are the same; of frames the types of their columns count too.

    >>> frame = pl.DataFrame({"履歴番号": [1]})
    >>> same({"names": frame}, {"names": frame.clone()}), same(frame, frame.cast(pl.Int8))
    (True, False)
    """
    match one, other:
        case (pl.DataFrame(), pl.DataFrame()):
            return one.schema == other.schema and one.equals(other)
        case (pl.Series(), pl.Series()):
            return one.equals(other, check_dtypes=True, check_names=True)
        case (Mapping(), Mapping()):
            return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
        case _:
            return bool(one == other)


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
