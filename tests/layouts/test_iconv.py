"""What the C library decodes is what Python's codec decodes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from stdconv.layouts import iconv
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encoding import as_utf8

CP932 = Dialect(columns=("a", "b"), encoding="cp932")
SINGLE = [bytes([byte]) for byte in range(256)]
DOUBLE = [bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in range(256)]


def codec(data: bytes) -> bytes | None:
    try:
        return data.decode("cp932").encode()
    except UnicodeDecodeError:
        return None


@pytest.fixture
def library() -> Iterator[None]:
    if iconv.to_utf8(b"a") is None:
        pytest.skip("this machine's C library does not decode CP932 as Windows does")
    yield
    iconv._library.cache_clear()


@pytest.mark.usefixtures("library")
def test_every_sequence_is_decoded_alike_or_left_to_the_codec() -> None:
    found = {data: iconv.to_utf8(data) for data in (*SINGLE, *DOUBLE)}
    assert [data.hex() for data, text in found.items() if text not in (None, codec(data))] == []
    left = [data.hex() for data in SINGLE if found[data] is None and codec(data) is not None]
    assert left == ["80", "a0", "fd", "fe", "ff"]
    unassigned = set("\x80\uf8f0\uf8f1\uf8f2\uf8f3")
    others = [data.decode("cp932") for data in DOUBLE if found[data] is None and codec(data) is not None]
    assert all(unassigned.intersection(text) for text in others)


def test_every_sequence_is_decoded_by_the_one_or_the_other() -> None:
    assert all(as_utf8(data, CP932) == codec(data) for data in (*SINGLE, *DOUBLE))


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("data", [b"", b"a", b"\xb1" * 100_000, "花".encode("cp932") * 100_000, b"a" * 1_000_000])
def test_texts_of_any_length(data: bytes) -> None:
    """Half-width kana are three times as long in UTF-8."""
    assert iconv.to_utf8(data) == data.decode("cp932").encode()


@pytest.mark.parametrize("data", [b"a\x81", b"\x81", b"\x81\x00", b"a\x85\x80b"])
def test_what_is_cut_off_or_not_assigned_is_refused(data: bytes) -> None:
    assert iconv.to_utf8(data) is None
    assert as_utf8(data, CP932) is None


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("missing", ["iconv_open", "wrong"])
def test_another_library_is_not_asked(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without iconv, or with one that gives other characters, the codec decides."""
    if missing == "wrong":
        decoded = iconv._decoded
        monkeypatch.setattr(iconv, "_decoded", lambda *given: (decoded(*given) or b"").replace("～".encode(), b"~"))
    else:

        def nothing(*_: object, **__: object) -> object:
            return object()

        monkeypatch.setattr(ctypes, "CDLL", nothing)
    iconv._library.cache_clear()
    assert iconv.to_utf8(b"a") is None
    assert as_utf8("髙～".encode("cp932"), CP932) == "髙～".encode()
