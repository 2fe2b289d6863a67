"""Signs that a vendor's system wrote for characters that it could not: looked for by column, told by code point."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from stdconv.findings.frames import about_rows
from stdconv.findings.registry import Severity
from stdconv.findings.rows import ROW
from stdconv.japan.visible import code_point


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

    def found(
        self, frame: pl.DataFrame, columns: Iterable[str], *, side: str, code: str = "E0008"
    ) -> Iterator[pl.DataFrame]:
        """Yield a finding for each record, column and sign; of ``columns`` those alone that are to be looked at."""
        asked = [name for name in columns if name in self.refusing or name in self.warning]
        if not asked or frame.is_empty():
            return
        seen = frame.select(self.are_in(pl.col(name)).any() for name in asked).row(0)
        for name in (name for name, is_there in zip(asked, seen, strict=True) if is_there):
            for sign in self.signs:
                rows = frame.filter(pl.col(name).str.contains(sign, literal=True))[ROW]
                if len(rows):
                    severity: Severity = "refuse" if name in self.refusing else "warn"
                    detail = code_point(sign)
                    yield about_rows(rows, code, side=side, column=name, severity=severity, detail=detail)

    def may_be_in(self, parts: Iterable[bytes], encode: Callable[[str], bytes | None]) -> bool:
        """Return whether bytes may have any of the signs: False is certain, and soon known."""
        written = [data for data in map(encode, self.signs) if data is not None]
        return any(data in part for part in parts for data in written)
