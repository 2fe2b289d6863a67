"""Character sets as tables: CP932 as Windows writes it, and the ranges that the standard's 型 X and Ｎ build on.

Source: all 9,604 two-byte sequences decoded by Python's codec, which agrees with Windows; for writing, Windows prefers
the IBM extension (lead bytes FA–FC), except NEC row 13 and ¬ and ∵ of JIS X 0208 (Microsoft's bestfit932 order).
"""

from __future__ import annotations

import string
import unicodedata
from collections import Counter
from functools import cache

LEADS = (*range(0x81, 0xA0), *range(0xE0, 0xFD))
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFD))

UNASSIGNED_BYTES = {0x80: "\x80", 0xA0: "\uf8f0", 0xFD: "\uf8f1", 0xFE: "\uf8f2", 0xFF: "\uf8f3"}
"""Single bytes that no character set assigns, and what Windows and Python silently make of them."""

PRIVATE_USE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
"""外字: what these mean is decided site by site."""

LOST = (
    *((0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD), (0xFDD0, 0xFDEF)),
    *((plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF) for plane in range(17)),
)
"""Code points that show an earlier loss: a stray mark, the replacement character, noncharacters of every plane."""

VARIATION_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))

BEST_FIT = "¢£¬‖−〜"
"""The characters that Python's encoder writes in CP932 as a similar one instead of refusing them."""

JIS_LEVEL_1_KANJI = (0x889F, 0x9872)
"""The two-byte range of JIS X 0208's first-level kanji in CP932: what names are mostly written with."""


@cache
def two_byte_sequences() -> list[tuple[bytes, str]]:
    """Return every two-byte CP932 sequence that decodes, with its character, in byte order."""
    sequences = [bytes((lead, trail)) for lead in LEADS for trail in TRAILS]
    characters = b"\n".join(sequences).decode("cp932", errors="replace").split("\n")
    pairs = zip(sequences, characters, strict=True)
    return [(sequence, c) for sequence, c in pairs if len(c) == 1 and c != "\ufffd"]


@cache
def windows_bytes() -> dict[str, bytes]:
    """Return the characters that several CP932 sequences decode to, with the one sequence that Windows writes.

    >>> windows_bytes()["髙"].hex(), windows_bytes()["∵"].hex(), windows_bytes()["Ⅰ"].hex()
    ('fbfc', '81e6', '8754')
    """
    times = Counter(character for _, character in two_byte_sequences())
    spellings: dict[str, list[bytes]] = {}
    for sequence, character in two_byte_sequences():
        if times[character] > 1:
            spellings.setdefault(character, []).append(sequence)
    return {c: min(found, key=_preference) for c, found in spellings.items()}


def _preference(sequence: bytes) -> int:
    """Rank a spelling as Windows does: JIS X 0208, then NEC row 13, then the IBM extension, then NEC's copy of it."""
    lead = sequence[0]
    if lead in (0xED, 0xEE):
        return 3
    if lead >= 0xFA:
        return 2
    return 1 if lead == 0x87 else 0


def character_class(ranges: tuple[tuple[int, int], ...]) -> str:
    r"""Return code point ranges as the inside of a regular expression's class.

    >>> character_class(((0x41, 0x5a),))
    '\\x{41}-\\x{5A}'
    """
    return "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in ranges)


@cache
def common_kanji() -> str:
    """Return the 2,965 first-level kanji of JIS X 0208 in code order."""
    first, last = JIS_LEVEL_1_KANJI
    return "".join(c for s, c in two_byte_sequences() if first <= int.from_bytes(s) <= last)


@cache
def repertoire(codec: str) -> str | None:
    """Return the characters that a file in ``codec`` can hold, controls left out; ``None`` where it can hold any.

    >>> len(repertoire("cp932")), repertoire("utf-8")
    (9364, None)
    """
    if codec != "cp932":
        return None
    ascii_and_kana = (chr(code) for code in (*range(0x20, 0x7F), *range(0xFF61, 0xFFA0)))
    return "".join(dict.fromkeys((*ascii_and_kana, *(character for _, character in two_byte_sequences()))))


VOICED = {"゛": "ウカキクケコサシスセソタチツテトハヒフヘホワヲ", "゜": "ハヒフヘホ"}
"""The sound marks, and the kana that become another character with them."""

_HALF_KANA = "｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
_FULL_KANA = (
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテト"
    "ナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜"
)
_COMBINING = {"゛": "\u3099", "゜": "\u309a"}


@cache
def half_to_full(kind: str) -> dict[str, str]:
    """Return the half-width characters of ``kind`` (kana, digits, letters, signs, blank) with their full-width forms.

    Kana with a sound mark are two half-width characters and one full-width one.

    >>> half_to_full("kana")["ｷﾞ"], half_to_full("digits")["1"], half_to_full("signs")["-"]
    ('ギ', '１', '－')
    """
    if kind == "kana":
        single = dict(zip(_HALF_KANA, _FULL_KANA, strict=True))
        half = {full: narrow for narrow, full in single.items()}
        marked = {
            half[kana] + half[mark]: unicodedata.normalize("NFC", kana + _COMBINING[mark])
            for mark, kanas in VOICED.items()
            for kana in kanas
        }
        return marked | single
    if kind == "blank":
        return {" ": "\u3000"}
    wanted = {"digits": string.digits, "letters": string.ascii_letters, "signs": string.punctuation}[kind]
    return {character: chr(ord(character) + 0xFEE0) for character in wanted}
