"""Signs that a vendor's system wrote for characters that it could not: by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl


@dataclass(frozen=True)
class Lost:
    """The ``signs``, each one character; the columns in which they refuse a record, and in which they are told."""

    signs: tuple[str, ...]
    refusing: frozenset[str] = frozenset()
    warning: frozenset[str] = frozenset()

    @cached_property
    def is_beyond_ascii(self) -> bool:
        """Whether no value of ASCII alone has any of them."""
        return not any(sign.isascii() for sign in self.signs)

    def are_in(self, values: pl.Expr) -> pl.Expr:
        """Return which ``values`` have any of the signs."""
        return values.str.contains(f"[{re.escape(''.join(self.signs))}]")

    def may_be_in(self, parts: Iterable[bytes], encode: Callable[[str], bytes | None]) -> bool:
        """Return whether bytes may have any of the signs: False is certain, and soon known."""
        written = [data for data in map(encode, self.signs) if data is not None]
        return any(data in part for part in parts for data in written)
