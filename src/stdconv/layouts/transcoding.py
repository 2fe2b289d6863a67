"""UTF-16 turned into UTF-8 where it is read, and back where it is written: nothing gets lost, text or not.

A surrogate without its other half becomes the three bytes that UTF-8 refuses. So does the single byte with which a
damaged file may end: FF, and its two halves. Such bytes can be cut up like any others, but not decoded.
"""

from __future__ import annotations

HALF = b"\xff"
"""What stands in front of the halves of a last byte: no character has it."""
_NEXT = bytes(range(0x80, 0xC0))
"""The bytes in UTF-8 that begin no character."""
_LONG = tuple(bytes((lead,)) for lead in range(0xF0, 0xF5))
"""The first bytes in UTF-8 of characters that are two units in UTF-16."""


def inside(data: bytes, codec: str) -> bytes:
    r"""Return UTF-16 (``codec`` is one without a mark) as UTF-8.

    >>> inside(b"A\0\x00\xd8B", "utf-16-le")
    b'A\xed\xa0\x80\xff\x84\x82'
    """
    stop = len(data) - len(data) % 2
    half = halves(data[stop:])
    text = data[:stop] if half else data
    return text.decode(codec, "surrogatepass").encode("utf-8", "surrogatepass") + half


def outside(data: bytes, codec: str) -> bytes:
    r"""Return what ``inside`` made, or whole characters of it, as it was.

    >>> outside(b"A\xed\xa0\x80\xff\x84\x82", "utf-16-le")
    b'A\x00\x00\xd8B'
    """
    text, _, half = data.partition(HALF)
    return text.decode("utf-8", "surrogatepass").encode(codec, "surrogatepass") + last(half)


def halves(byte: bytes) -> bytes:
    """Return a last byte, or none, as it is worked on."""
    return bytes((HALF[0], 0x80 | byte[0] >> 4, 0x80 | byte[0] & 0xF)) if byte else b""


def last(half: bytes) -> bytes:
    """Return the last byte that is in its two halves, or none."""
    return bytes(((half[0] & 0xF) << 4 | half[1] & 0xF,)) if half else b""


def size(data: bytes) -> int:
    """Return how many bytes ``outside`` makes of ``data``."""
    if data.isascii():
        return 2 * len(data)
    heads = data.translate(None, _NEXT)
    return 2 * (len(heads) + sum(map(heads.count, _LONG))) - heads.count(HALF)


def whole(data: bytes, stop: int) -> int:
    """Return the end of the last character of ``data`` that ends at ``stop`` or before."""
    while 0 < stop < len(data) and data[stop] in _NEXT:
        stop -= 1
    return stop


class Inward:
    """Does what ``inside`` does with what is handed in piece by piece, cut anywhere."""

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Return what is certain now: of a character that may go on, nothing."""
        data = self._rest + data if self._rest else data
        stop = len(data) - len(data) % 2
        high = stop - 2 if self._codec == "utf-16-be" else stop - 1
        if stop and 0xD8 <= data[high] < 0xDC:
            stop -= 2
        self._rest = data[stop:]
        return inside(data[:stop], self._codec)

    def end(self) -> bytes:
        """Return what is left."""
        rest, self._rest = self._rest, b""
        return inside(rest, self._codec)
