"""What is written down of character sets is what the codecs do."""

from __future__ import annotations

from stdconv.japan.charsets import BEST_FIT


def written_as(character: str) -> str:
    return character.encode("cp932", "ignore").decode("cp932")


def test_best_fit_is_what_the_codec_writes_as_something_else() -> None:
    below_surrogates = map(chr, range(0x80, 0xD800))
    assert "".join(c for c in below_surrogates if written_as(c) not in ("", c)) == BEST_FIT
    assert [hex(code) for code in range(0xE000, 0x110000) if written_as(chr(code)) not in ("", chr(code))] == []
