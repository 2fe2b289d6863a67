"""Texts and bytes that are almost right, or wrong in ways that files really are: strategies for what must not pass.

Hypothesis's own ``characters(codec=...)`` leaves out what does not survive Python's encoder; here every sequence that
CP932 decodes turns up, NEC's and IBM's doubles, unassigned bytes and broken sequences included.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from stdconv.domains.sets import Domain
from stdconv.domains.strategies import texts
from stdconv.japan.charsets import BEST_FIT, UNASSIGNED_BYTES, two_byte_sequences
from stdconv.layouts.encodings import Encoding

LOOK_ALIKES = ("-‐‑–—―−－ー─", "~〜～", "|¦‖∥", "¢￠£￡¬￢", "·・･", "ヘへ", "ロ口□", "ニ二", "一ー", "0０O〇", "１1lI")
"""Characters that people and programs take for one another, in groups."""

VARIATIONS = ("辻\U000e0100", "葛\U000e0101", "葛\ufe00", "\U00020bb7", "𠮷", "\U00029e3d")
"""Ideographic variation sequences and characters outside the basic plane: one, two or more code points."""

SPECIALS = ("\ue000", "\uf8ff", "\U000f0000", "\ufffd", "\ufeff", "\ufdd0", "\uffff", "\u200b", "\u3000", " ", "\xa0")
"""Private use, traces of an earlier loss, blanks that are seen and blanks that are not."""

BOUNDARIES = (
    *("1051231", "1060101", "1450730", "1450731", "2010729", "2010730", "2151225", "2151226", "3011224", "3011225"),
    *("3640107", "3640108", "4010107", "4010108", "4310430", "4310501", "5010430", "5010501", "3600229", "0000229"),
    *("18721231", "18730101", "19120730", "19261225", "19890107", "19890108", "20190430", "20190501", "19000229"),
    *("20000229", "00000000", "99999999", "20240230", "2024-03-01", "3600000", "+360707"),
)
"""Days on which eras begin and end, in the spellings of the observed layouts, leap days, sentinels and non-days."""

ODDS = (
    *("", " ", "\u3000", "\0", "\t", "\n", "\r\n", '"', '""', ",", "'", "=1+1", "NULL", "null", "0", "1", "２", "٣"),
    *("\r", "\x1a", "\x1b", "\x7f", " 甲", "乙　", "甲\r\n乙", '"甲', '乙"', "甲,乙", "1,2\r\n3"),
    *("昭和", "昭和60", "男", "女 ", "ｷﾞｮｳｾｲ", "行政　　花子", "　行政花子", "行政花子　", "行政 花子", "1E+09", "1.0"),
)

_CP932_PARTS = (
    *((b"\x87\x40", b"\xed\x40", b"\xee\xfc", b"\xfa\x40", b"\xfc\x4b", b"\xf0\x40", b"\xf9\xfc")),
    *((b"\x81", b"\x81\x3f", b"\xfc\xfc", b"\xb1", b"\xdf", b"\x81\x60", b"\x81\x7c", b"\x81\x61", b"\x5c", b"\x7e")),
    *(bytes((byte,)) for byte in UNASSIGNED_BYTES),
)
_UTF8_PARTS = (
    *(b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80", b"\xff", b"\xe3\x81", b"\xef\xbb\xbf"),
    *(
        "\u3000".encode(),
        "𠮷".encode(),
        "辻\U000e0100".encode(),
        "\ue000".encode(),
        "\ufffe".encode(),
        b"\xf4\x90\x80\x80",
    ),
)


@cache
def _sequences() -> tuple[bytes, ...]:
    return tuple(sequence for sequence, _ in two_byte_sequences())


def raw_bytes(encoding: Encoding) -> st.SearchStrategy[bytes]:
    """Return a strategy for bytes to be put into a file of ``encoding``: characters, doubles, damage, controls."""
    controls = st.sampled_from((b"\0", b"\x1a", b"\x1b$B", b"\t", b"\r", b"\n"))
    if encoding == "cp932":
        return st.sampled_from(_CP932_PARTS) | st.sampled_from(_sequences()) | controls
    return st.sampled_from(_UTF8_PARTS) | st.characters(codec="utf-8").map(str.encode) | controls


def odd_texts() -> st.SearchStrategy[str]:
    """Return a strategy for texts that do not belong in the fields where they are found."""
    listed = (*ODDS, *BOUNDARIES, *VARIATIONS, *SPECIALS, *BEST_FIT, *(c for group in LOOK_ALIKES for c in group))
    return st.sampled_from(listed) | st.text("0123456789", min_size=6, max_size=9) | st.text(max_size=6)


def near_misses(domain: Domain) -> st.SearchStrategy[str]:
    """Return a strategy for texts one edit away from ``domain``: most are not in it, some still are."""
    edits = st.tuples(st.integers(0, 4), st.integers(0, 40), odd_texts())
    return st.tuples(texts(domain), edits).map(lambda drawn: edited(drawn[0], *drawn[1]))


def edited(text: str, kind: int, at: int, other: str) -> str:
    """Return ``text`` with one edit.

    >>> [edited("3600707", kind, 1, "-") for kind in range(5)]
    ['3-600707', '3-00707', '300707', '３６００７０７', '3600707-']
    """
    at = at % len(text) if text else 0
    match kind:
        case 0:
            return text[:at] + other + text[at:]
        case 1:
            return text[:at] + other + text[at + 1 :]
        case 2:
            return text[:at] + text[at + 1 :]
        case 3:
            return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
        case _:
            return text + other
