"""CP932 decoded by the C library, which does not hold Python's lock meanwhile.

glibc knows Windows' table. What it refuses is for Python's codec to decide; so is everything where there is no such
library, or where it does not agree with the codec. Encoding is left to the codec, which takes a third of the time.
"""

from __future__ import annotations

import ctypes
import errno
from functools import cache
from typing import Any

from stdconv.japan.charsets import two_byte_sequences

FAILED = ctypes.c_size_t(-1).value


def to_utf8(data: bytes) -> bytes | None:
    """Return ``data``, CP932, as UTF-8; ``None`` where that is for the codec to decide."""
    library = _library()
    return None if library is None else _decoded(library, data)


@cache
def _library() -> Any:
    """Return the C library, or ``None`` where it has no iconv that does what is expected of it."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        pointer, size = ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t)
        library.iconv_open.restype, library.iconv_open.argtypes = pointer, [ctypes.c_char_p, ctypes.c_char_p]
        library.iconv.restype = ctypes.c_size_t
        library.iconv.argtypes = [pointer, ctypes.POINTER(pointer), size, ctypes.POINTER(pointer), size]
        library.iconv_close.restype, library.iconv_close.argtypes = ctypes.c_int, [pointer]
    except (OSError, AttributeError, TypeError):  # TypeError: Windows has no library of the process itself
        return None
    return library if _is_as_expected(library) else None


def _is_as_expected(library: Any) -> bool:
    """Return whether the library agrees with the codec on all that two bytes can say."""
    data = b"".join(sequence for sequence, _ in two_byte_sequences())
    return _decoded(library, data) == data.decode("cp932").encode()


def _decoded(library: Any, data: bytes) -> bytes | None:
    """Return ``data`` as UTF-8; ``None`` where a byte of it has no counterpart there.

    Addresses are numbers here: what ctypes makes of arrays and casts holds itself, and memory with it.
    """
    handle = library.iconv_open(b"UTF-8", b"CP932")
    if handle in (None, FAILED):
        return None
    try:
        parts: list[bytes] = []
        given = ctypes.c_char_p(data)
        at, left = ctypes.c_void_p.from_buffer(given), ctypes.c_size_t(len(data))
        while True:
            buffer = bytearray(len(data) + len(data) // 2 + 64)
            first = ctypes.c_char.from_buffer(buffer)
            to, free = ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(len(buffer))
            result = library.iconv(handle, ctypes.byref(at), ctypes.byref(left), ctypes.byref(to), ctypes.byref(free))
            parts.append(bytes(memoryview(buffer)[: len(buffer) - free.value]))
            if result != FAILED:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            if ctypes.get_errno() != errno.E2BIG:
                return None
    finally:
        library.iconv_close(handle)
