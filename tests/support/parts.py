"""Batches of a file as the bytes that they are."""

from __future__ import annotations

from stdconv.layouts.parts import Overlong, Part


def bytes_of(part: Part) -> bytes:
    """Return the bytes of the file that a batch is; what is before a long line comes with the first of its parts."""
    if isinstance(part, bytes):
        return part
    if isinstance(part, Overlong):
        return (part.before if part.size == len(part.data) else b"") + part.data
    return part.data
