"""How a delimited file is written down: encoding, newline, quoting, delimiter, header, column names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Encoding = Literal["cp932", "utf-8", "utf-8-sig"]
Newline = Literal["crlf", "lf", "cr"]
Quote = Literal["minimal", "all"]
Delimiter = Literal[",", "\t", ";"]

MARK = b"\xef\xbb\xbf"
JOIN_LIMIT = 64 * 1024
"""How many bytes a record of several lines may have: beyond that an open quote damages its own line alone."""
RECORD_LIMIT = 16 * 1024 * 1024
"""How many bytes a record may have: a longer line is passed on as it comes, refused, and never held in memory."""


@dataclass(frozen=True)
class Dialect:
    """A delimited layout. No CP932 character contains one of the delimiters offered (measured on all of them)."""

    columns: tuple[str, ...]
    encoding: Encoding = "utf-8"
    newline: Newline = "crlf"
    quote: Quote = "minimal"
    delimiter: Delimiter = ","
    header: bool = True
    spelled: tuple[str, ...] = ()
    """What the header says of each column, where that is not their names."""

    @property
    def headings(self) -> tuple[str, ...]:
        """What the header says of each column."""
        return self.spelled or self.columns

    @cached_property
    def terminator(self) -> str:
        """The characters that end a record."""
        return {"crlf": "\r\n", "lf": "\n", "cr": "\r"}[self.newline]

    @cached_property
    def end(self) -> bytes:
        """The byte at which a line ends: LF, or CR where ``newline`` is ``cr``."""
        return b"\r" if self.newline == "cr" else b"\n"

    @property
    def mark(self) -> bytes:
        """The bytes at the very beginning of the file: a byte order mark under ``utf-8-sig``, else none."""
        return MARK if self.encoding == "utf-8-sig" else b""

    @property
    def codec(self) -> str:
        """The name of Python's codec for the bytes after the mark."""
        return "utf-8" if self.encoding == "utf-8-sig" else self.encoding
