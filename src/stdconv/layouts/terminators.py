"""Where lines end, and how far they are blank."""

from __future__ import annotations

from stdconv.layouts.dialect import Dialect


def lines_of(data: bytes, end: bytes) -> list[bytes]:
    """Split after every ``end``; the last line may be without one, but is not empty."""
    lines = [line + end for line in data.split(end)]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def body_of(line: bytes, dialect: Dialect) -> bytes:
    """Return a line without its terminator; a CR before LF belongs to the terminator.

    Where numbers may end in CR, the declared terminator alone is taken off a record of the declared length.
    """
    if not line.endswith(dialect.end):
        return line
    if dialect.is_measured and len(line) == dialect.length + len(dialect.terminator):
        return line.removesuffix(dialect.terminator.encode())
    body = line[:-1]
    return body[:-1] if dialect.end == b"\n" and body.endswith(b"\r") else body


def blank(data: bytes, dialect: Dialect) -> int:
    r"""Return how many bytes of blank lines are at the front of ``data``.

    >>> blank(b"\r\n\n\r\r\n", Dialect(columns=("a", "b")))
    3
    """
    if dialect.end == b"\r":
        return len(data) - len(data.lstrip(b"\r"))
    ends = len(data) - len(data.lstrip(b"\r\n"))
    value = data.find(b"\r\r", 0, ends)  # a CR that belongs to no terminator
    return data.rfind(b"\n", 0, ends if value < 0 else value) + 1


def without_blank_end(data: bytes, dialect: Dialect) -> bytes:
    r"""Return ``data`` as far as the end of its last line that is not blank, if that is all there.

    >>> without_blank_end(b"a\n\r\r\n\r\n\n", Dialect(columns=("a", "b")))
    b'a\n\r\r\n'
    """
    start = len(data.rstrip(b"\r" if dialect.end == b"\r" else b"\r\n"))
    value = -1 if dialect.end == b"\r" else data.rfind(b"\r\r", start)  # a CR that belongs to no terminator
    end = data.find(dialect.end, max(start, value))
    return data[: end + 1] if end >= 0 else data
