"""The encodings by the names that mappings use: what each can write, and what its bytes are worked on as.

A further one is a class of this interface and an entry in ``ENCODINGS``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, Protocol

import polars as pl

from stdconv.japan.charsets import BEST_FIT, UNASSIGNED_BYTES, windows_bytes
from stdconv.layouts import iconv, transcoding

Encoding = Literal["cp932", "utf-8", "utf-8-sig", "utf-16le", "utf-16be"]
MARK = b"\xef\xbb\xbf"
"""The byte order mark in UTF-8."""
MARKS: Mapping[bytes, Encoding] = MappingProxyType({MARK: "utf-8", b"\xff\xfe": "utf-16le", b"\xfe\xff": "utf-16be"})
"""What files begin with that say which encoding they are in."""
LONGEST = 3
"""How many bytes a mark has at most."""


class Readable(Protocol):
    """What gives bytes, of a file or as they are worked on."""

    def read(self, size: int, /) -> bytes:
        """Return about ``size`` bytes, or what there is at once; none at the end alone."""
        ...


class Inward(Protocol):
    """What turns a file's bytes, handed in piece by piece, into those that are worked on."""

    def feed(self, data: bytes) -> bytes:
        """Return what is certain now."""
        ...

    def end(self) -> bytes:
        """Return what is left."""
        ...


class Utf8:
    """UTF-8, and what all encodings have in common unless they say otherwise.

    Bytes are worked on in Python's ``codec``, in which all of ASCII is one byte that is met nowhere else, except for
    those that ``second`` has. Where a file has others, they come ``inside`` as it is read, and go ``outside`` again,
    exactly, whatever they are.
    """

    codec = "utf-8"
    in_files = "utf-8"
    """Python's codec for the bytes of a file."""
    mark = b""
    """What a new file begins with."""
    own_mark = MARK
    """What a file may begin with."""
    second = range(0)
    """The bytes of ASCII that are the second one of some characters."""
    unit = 1
    """How many bytes of a file are the least that are read together."""
    undecodable = 1
    """How many bytes are named where they are no character."""
    is_unicode = True
    """Whether every character can be written."""
    several = ""
    """The characters that are written in several ways: what is read may have other bytes than what is written."""
    unassigned = ""
    """What is decoded to characters, though it means none."""

    def inside(self, data: bytes) -> bytes:
        """Return bytes of a file as they are worked on."""
        return data

    def outside(self, data: bytes) -> bytes:
        """Return bytes that are worked on, whole characters, as the file has them."""
        return data

    def with_damage(self, data: bytes) -> bytes:
        """Return the same of bytes that are anything: what could not come of a file is damage of another kind."""
        return data

    def size(self, data: bytes) -> int:
        """Return how many bytes of the file these are."""
        return len(data)

    def whole(self, data: bytes, stop: int) -> int:
        """Return where ``data`` can be cut, at ``stop`` or before, so that both parts can go ``outside``."""
        return min(stop, len(data))

    def lines(self, data: bytes) -> list[bytes]:
        """Return the lines of a file, with their ends."""
        return list(map(self.outside, self.inside(data).splitlines(keepends=True)))

    def inward(self) -> Inward | None:
        """Return what does ``inside`` piece by piece; ``None`` where there is nothing to do."""
        return None

    def reading(self, file: Readable) -> Readable:
        """Return what gives the bytes of ``file`` as they are worked on, characters as a whole."""
        inward = self.inward()
        return file if inward is None else _Inside(file, inward)

    def as_utf8(self, data: bytes) -> bytes | None:
        """Return bytes that are worked on as UTF-8, or ``None`` where one of them cannot be decoded."""
        try:
            pl.Series([data]).cast(pl.String)  # several times as fast as decoding
        except pl.exceptions.ComputeError:
            return None
        return data

    def encode(self, text: str) -> bytes | None:
        """Return ``text`` as bytes that are worked on, or ``None`` where it cannot be written."""
        try:
            return text.encode(self.codec)
        except UnicodeEncodeError:
            return None

    def encode_rows(self, records: pl.Series) -> list[bytes | None]:
        """Do so with every text by itself."""
        return [self.encode(text) for text in records]

    def of_utf8(self, data: bytes) -> bytes | None:
        """Do so with what is UTF-8 already."""
        return data


class _Inside:
    """A file whose bytes are others than those that are worked on."""

    def __init__(self, file: Readable, inward: Inward) -> None:
        self._file = file
        self._inward = inward

    def read(self, size: int, /) -> bytes:
        """Return about ``size`` bytes that are worked on, none at the end."""
        while data := self._file.read(size):
            if found := self._inward.feed(data):
                return found
        return self._inward.end()


class MarkedUtf8(Utf8):
    """UTF-8 with a byte order mark, which is written too."""

    mark = MARK


class Utf16(Utf8):
    """UTF-16, read with a byte order mark and without, written without; worked on as UTF-8."""

    unit = 2
    undecodable = 3

    def __init__(self, codec: str, own_mark: bytes) -> None:
        self.in_files = codec
        self.own_mark = own_mark

    def inside(self, data: bytes) -> bytes:
        """Return UTF-8."""
        return transcoding.inside(data, self.in_files)

    def outside(self, data: bytes) -> bytes:
        """Return UTF-16."""
        return transcoding.outside(data, self.in_files)

    def with_damage(self, data: bytes) -> bytes:
        """Return UTF-16, with surrogates alone where they are, or else one for each byte that is no character."""
        try:
            text = data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            text = data.decode("utf-8", "surrogateescape")
        return text.encode(self.in_files, "surrogatepass")

    def size(self, data: bytes) -> int:
        """Return how many bytes there are in UTF-16."""
        return transcoding.size(data)

    def whole(self, data: bytes, stop: int) -> int:
        """Return where a character ends."""
        return transcoding.whole(data, min(stop, len(data)))

    def inward(self) -> Inward:
        """Return what makes UTF-8 of it."""
        return transcoding.Inward(self.in_files)


class Cp932(Utf8):
    """Shift_JIS as Windows reads and writes it."""

    codec = in_files = "cp932"
    own_mark = b""
    second = range(0x40, 0x7F)
    is_unicode = False
    unassigned = "".join(UNASSIGNED_BYTES.values())

    @property
    def several(self) -> str:  # type: ignore[override]
        """The characters that CP932 has several sequences for: the only ones decoding can confuse."""
        return "".join(windows_bytes())

    def as_utf8(self, data: bytes) -> bytes | None:
        """Decode by the C library where that agrees with the codec."""
        if (known := iconv.to_utf8(data)) is not None:
            return known
        try:
            return data.decode(self.codec).encode()
        except UnicodeDecodeError:
            return None

    def encode(self, text: str) -> bytes | None:
        """Write characters of several spellings as Windows does, and none as one that is only similar."""
        try:
            if text.isascii():
                return text.encode("ascii")
            parts = _special().split(text)
            if len(parts) > 1:  # every second one is a character that the codec would not write, or not as Windows does
                if any(character in BEST_FIT for character in parts[1::2]):
                    return None
                table = windows_bytes()
                return b"".join(table[part] if at % 2 else part.encode("cp932") for at, part in enumerate(parts))
            return text.encode("cp932")
        except UnicodeEncodeError:
            return None

    def encode_rows(self, records: pl.Series) -> list[bytes | None]:
        """Leave to the codec what it writes as Windows does."""
        doubled = records.str.contains(f"[{self.several}{BEST_FIT}]")
        return [self.encode(t) if slow else _by_codec(t) for t, slow in zip(records, doubled, strict=True)]

    def of_utf8(self, data: bytes) -> bytes | None:
        """Decode first."""
        return self.encode(data.decode())


def _by_codec(text: str) -> bytes | None:
    try:
        return text.encode("cp932")
    except UnicodeEncodeError:
        return None


@cache
def _special() -> re.Pattern[str]:
    """Return what finds the characters that are not written as the codec writes them."""
    return re.compile(f"([{re.escape(''.join(windows_bytes()) + BEST_FIT)}])")


ENCODINGS: Mapping[Encoding, Utf8] = MappingProxyType(
    {
        "cp932": Cp932(),
        "utf-8": Utf8(),
        "utf-8-sig": MarkedUtf8(),
        "utf-16le": Utf16("utf-16-le", b"\xff\xfe"),
        "utf-16be": Utf16("utf-16-be", b"\xfe\xff"),
    }
)


def is_mark_damaged(first: bytes, encoding: Encoding) -> bool:
    r"""Return whether a file of ``encoding`` begins with its mark twice, or with some bytes of it.

    >>> is_mark_damaged(b"\xef\xbb1,2", "utf-8"), is_mark_damaged(MARK + b"1,2", "utf-8")
    (True, False)
    """
    own = ENCODINGS[encoding].own_mark
    parts = [own[start:stop] for start, stop in ((0, -1), (1, None)) if len(own) > 2]
    return (bool(own) and first.startswith(own * 2)) or (not first.startswith(own) and first.startswith(tuple(parts)))


def other_mark(first: bytes, encoding: Encoding) -> str:
    r"""Return the encoding whose mark a file of ``encoding`` begins with, where that is another; else nothing.

    >>> other_mark(b"\xef\xbb\xbf1,2", "cp932"), other_mark(b"\xef\xbb\xbf1,2", "utf-8")
    ('utf-8', '')
    """
    own = ENCODINGS[encoding].own_mark
    if own and first.startswith(own):
        return ""
    return next((name for mark, name in MARKS.items() if first.startswith(mark)), "")
