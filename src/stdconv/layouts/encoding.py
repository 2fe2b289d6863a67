"""Bytes and text: decoding that fails record by record, and characters that need a look."""

from __future__ import annotations

import polars as pl

from stdconv.japan.charsets import LOST, PRIVATE_USE, UNASSIGNED_BYTES, character_class
from stdconv.japan.visible import code_point
from stdconv.layouts.dialect import Dialect

SHOWN = 8
"""How many kinds of characters a detail names."""
LOOKS = 20_000
"""How many characters with the same first byte are looked at one by one."""
_FINE = {lead: range(0) for lead in range(0xEE, 0xF5)} | {
    0xEF: range(0xBC, 0xBF),  # full-width forms, half-width kana
    0xF0: range(0xA0, 0xAF),  # kanji of plane 2
    0xF3: range(0xA0, 0xA1),  # variation selectors
}
"""The first bytes, in UTF-8, of characters from U+E000 on, with those second ones that none has that needs a look."""


def decode(data: bytes, dialect: Dialect) -> str | None:
    """Return ``data`` as text, or ``None`` where a byte of it cannot be decoded."""
    try:
        return data.decode(dialect.codec)
    except UnicodeDecodeError:
        return None


def as_utf8(data: bytes, dialect: Dialect) -> bytes | None:
    """Return ``data`` as UTF-8, or ``None`` where a byte of it cannot be decoded."""
    return dialect.coding.as_utf8(data)


def undecodable(data: bytes, dialect: Dialect) -> str:
    """Say which byte of ``data``, as the file has it, cannot be decoded, as a finding's detail."""
    try:
        data.decode(dialect.codec)
    except UnicodeDecodeError as error:
        coding = dialect.coding
        odd = coding.outside(data[error.start : error.start + coding.undecodable])
        return f"byte={odd.hex().upper()} offset={coding.size(data[: error.start])}"
    return ""


def encode(text: str, dialect: Dialect) -> bytes | None:
    """Return ``text`` as bytes that are worked on, CP932 as Windows writes it; ``None`` where it cannot be written.

    >>> encode("髙", Dialect(columns=("氏名",), encoding="cp932")).hex()
    'fbfc'
    """
    return dialect.coding.encode(text)


def encode_rows(records: pl.Series, dialect: Dialect) -> list[bytes | None]:
    """Encode every text of ``records`` by itself."""
    return dialect.coding.encode_rows(records)


def encode_block(records: pl.Series, dialect: Dialect) -> bytes | None:
    """Encode the concatenation of ``records``; ``None`` where any of them cannot be written."""
    return encode(str(records.str.join("").item() or "") if len(records) else "", dialect)


def for_file(text: str, dialect: Dialect) -> bytes | None:
    """Return ``text`` as a file has it; ``None`` where it cannot be written."""
    data = encode(text, dialect)
    return None if data is None else dialect.coding.outside(data)


def of_utf8(data: bytes, dialect: Dialect) -> bytes | None:
    """Do the same with what is UTF-8 already."""
    encoded = dialect.coding.of_utf8(data)
    return None if encoded is None else dialect.coding.outside(encoded)


def unencodable(text: str, dialect: Dialect) -> str:
    """Say which characters of ``text`` cannot be written, as a finding's detail; of many kinds the first ones."""
    odd = [c for c in dict.fromkeys(text) if encode(c, dialect) is None]
    return " ".join([*map(code_point, odd[:SHOWN]), *(["…"] if len(odd) > SHOWN else [])])


def may_need_a_look(data: bytes, dialect: Dialect) -> bool:
    """Return whether anything in bytes that can be decoded may need a look: False is certain, and soon known.

    In UTF-8 nothing has several spellings, and what may not be meant begins with bytes that few others begin with.
    """
    return dialect.codec != "utf-8" or any(_has_others(data, lead, fine) for lead, fine in _FINE.items())


def _has_others(data: bytes, lead: int, fine: range) -> bool:
    """Return whether a byte comes after ``lead`` that is not ``fine``, or too many do to be looked at one by one."""
    at = -1
    for _ in range(LOOKS):
        at = data.find(lead, at + 1)
        if at < 0:
            return False
        if data[at + 1] not in fine:
            return True
    return True


def needs_a_look(columns: list[str], dialect: Dialect) -> pl.Expr:
    """Return whether any of ``columns`` holds a character of several spellings, or one that may not be meant."""
    odd = f"[{dialect.coding.several}{''.join(UNASSIGNED_BYTES.values())}{character_class((*PRIVATE_USE, *LOST))}]"
    return pl.any_horizontal([pl.col(column).str.contains(odd) for column in columns])


def doubts(value: pl.Expr, dialect: Dialect) -> list[tuple[str, pl.Expr]]:
    """Return the E codes that speak of characters in ``value``, each with the first such character or null."""
    first = [("E0003", _first(value, PRIVATE_USE)), ("E0004", _first(value, LOST))]
    if not dialect.coding.unassigned:
        return first
    unassigned = value.str.extract(f"([{dialect.coding.unassigned}])")
    private = pl.when(unassigned.is_null()).then(_first(value, PRIVATE_USE))
    return [("E0002", unassigned), ("E0003", private), ("E0004", _first(value, LOST))]


def _first(value: pl.Expr, ranges: tuple[tuple[int, int], ...]) -> pl.Expr:
    return value.str.extract(f"([{character_class(ranges)}])")
