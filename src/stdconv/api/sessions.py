"""What all sessions have in common: chunks of one kind, counted through, until the session is finished or fails.

A chunk gives what its records are; what only the whole can tell comes in the end. Functions for whole frames are
sessions of one chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import polars as pl

from stdconv.errors import DefinitionError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault

Octets: TypeAlias = bytes | bytearray | memoryview
"""What holds the bytes of a file."""


class Session:
    """What all sessions have in common: they take chunks of one kind, until they are finished or fail."""

    def __init__(self) -> None:
        self._over = ""
        self._kind: object = None
        self._chunks = 0

    @contextmanager
    def _at_work(self, kind: object = None, *, last: bool = False) -> Iterator[None]:
        """Take a chunk of a ``kind``, or the end. Raises ``DefinitionError`` where nothing is taken any more."""
        if self._over:
            why = phrase("session", self._over)
            raise DefinitionError([fault("C0082", session=type(self).__name__, problem=why)])
        if not last and self._chunks and kind != self._kind:
            problem = phrase("chunk", "kind" if isinstance(kind, str) or isinstance(self._kind, str) else "columns")
            raise DefinitionError([fault("C0083", chunk=self._chunks + 1, problem=problem)])
        self._over, self._kind = "working", self._kind if last else kind
        try:
            yield
        except BaseException:
            self._over = "failed"
            raise
        self._over = "finished" if last else ""
        self._chunks += not last

    def _ensure_finished(self) -> None:
        if self._over != "finished":
            raise DefinitionError([fault("C0082", session=type(self).__name__, problem=phrase("session", "open"))])


class Rows:
    """The numbers of the records so far: those of a new chunk must be others."""

    def __init__(self) -> None:
        self._count = 0
        self._most = 0
        self._taken: list[pl.Series] = []

    def __len__(self) -> int:
        """Return how many records there were."""
        return self._count

    def ensure_new(self, rows: pl.Series) -> None:
        """Raise ``DefinitionError`` for numbers that were there before; in ascending order that costs nothing."""
        if len(rows) and self._taken and _number(rows.min()) <= self._most:
            taken = pl.concat(self._taken)
            if rows.is_in(taken.implode()).any():
                raise DefinitionError([fault("C0047", side="standard")])

    def take(self, rows: pl.Series) -> None:
        """Take the numbers of a chunk."""
        if len(rows):
            self._count += len(rows)
            self._most = max(self._most, _number(rows.max()))
            self._taken.append(rows)

    def count(self, records: int) -> None:
        """Take the numbers of records that are counted through, which are never given."""
        self._count += records


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
