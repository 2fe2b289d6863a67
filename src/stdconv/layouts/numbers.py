"""Numbers in records of a fixed width: packed, zoned and binary; read as their digits, written as their bytes.

The bytes of a number are shown as hexadecimal digits, one for each half of a byte, in an order that has the digits of
the number together. What is text then is read and written for all records at once, as every other text is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import polars as pl

from stdconv.findings.shown import Counted

Kind = Literal["packed", "zoned", "binary"]
Zones = Literal["37", "45"]
Order = Literal["big", "little"]

ZONE = "3"
"""The first half of a byte that is a digit, in encodings over ASCII."""
BLANKS = (b" ", b"\x40")
"""What fills empty fields: a blank in ASCII and in EBCDIC."""
WIDEST = 8
"""How many bytes a binary number may have."""
MOST_DIGITS = 38
"""How many digits a number may have: none that COBOL or a database knows has more."""
NONE = "?"
"""What is shown for half a byte of what is no number, where one is to be written."""


class Wrong(NamedTuple):
    """Why bytes are no number: at which of them that shows, counted from 0, and what is wrong there."""

    at: int
    kind: Literal["blank", "digit", "zone", "sign", "minus", "wide"]


@dataclass(frozen=True, repr=False)
class Number(Counted):
    """A column of numbers: of which kind, how many bytes and digits, whether with a sign, and which bytes say nothing.

    ``zones`` are the first halves of the last byte of zoned numbers for plus and minus, where they have a sign
    (assumed: 37 as Micro Focus writes them, 45 as NetCOBOL does).
    """

    kind: Kind
    length: int
    digits: int
    is_signed: bool = False
    empty: bytes = b""
    zones: Zones = "37"
    order: Order = "big"

    @cached_property
    def halves(self) -> tuple[int, ...]:
        """The halves of the bytes, counted from 0, in the order in which they are shown.

        >>> Number("zoned", 2, 2).halves, Number("binary", 2, 4, order="little").halves
        ((1, 3, 0, 2), (2, 3, 0, 1))
        """
        every = range(2 * self.length)
        if self.kind == "zoned":
            return (*every[1::2], *every[::2])
        if self.order == "little":
            return tuple(half for at in reversed(every[::2]) for half in (at, at + 1))
        return tuple(every)

    @property
    def before(self) -> str:
        """What is shown before the digits."""
        return "0" * (2 * self.length - 1 - self.digits) if self.kind == "packed" else ""

    @property
    def after(self) -> str:
        """What is shown between the digits and the sign."""
        return ZONE * (self.length - 1) if self.kind == "zoned" else ""

    @property
    def plus(self) -> str:
        """The signs of a number that is not negative; the first one is written."""
        if self.kind == "packed":
            return "cafe" if self.is_signed else "face"
        return self.zones[0] + ZONE if self.is_signed else ZONE + self.zones[0]

    @property
    def minus(self) -> str:
        """The signs of a negative number; the first one is written."""
        return "db" if self.kind == "packed" else self.zones[1]

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest number that binary bytes can hold and that has no more digits than declared."""
        bits, most = 8 * self.length, 10**self.digits - 1
        if self.is_signed:
            return max(-(2 ** (bits - 1)), -most), min(2 ** (bits - 1) - 1, most)
        return 0, min(2**bits - 1, most)

    @property
    def is_possible(self) -> bool:
        """Whether the bytes hold just as many digits; binary ones, no more than the greatest number has."""
        if self.kind == "packed":
            return self.digits // 2 + 1 == self.length
        if self.kind == "zoned":
            return self.digits == self.length
        return self.length <= WIDEST and self.digits <= len(str(2 ** (8 * self.length - self.is_signed) - 1))

    def is_a_number(self, data: bytes) -> bool:
        """Return whether bytes are a number, whatever else they may say."""
        shown = pl.lit(self.shown(data))
        return pl.select(value(shown, replace(self, empty=b""))).item() is not None

    def shown(self, data: bytes) -> str:
        r"""Return the bytes of a number as they are shown.

        >>> Number("zoned", 3, 3).shown(b"012"), Number("packed", 2, 3).shown(b"\x12\x3c")
        ('012333', '123c')
        """
        text = data.hex()
        return "".join(text[half] for half in self.halves)

    def data(self, shown: str) -> bytes:
        """Return the bytes that are ``shown``."""
        return bytes.fromhex("".join(half for _, half in sorted(zip(self.halves, shown, strict=True))))


def of_hexadecimal(text: str) -> bytes | None:
    r"""Return the bytes that a text has two hexadecimal digits for each of, blanks between them or not, if it does.

    >>> of_hexadecimal("0012 3f"), of_hexadecimal("12 3")
    (b'\x00\x12?', None)
    """
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def value(shown: pl.Expr, number: Number) -> pl.Expr:
    """Return the digits of a number, all zeros kept, ``-`` before them where it is negative; null where it is none."""
    found = _of_binary(shown, number) if number.kind == "binary" else _of_decimal(shown, number)
    if not number.empty:
        return found
    return pl.when(shown == number.shown(number.empty)).then(pl.lit("")).otherwise(found)


def written(value: pl.Expr, number: Number) -> pl.Expr:
    """Return how the bytes are shown that a value is written as, which is read again as it is; null where none is."""
    digits = rf"-?[0-9]{{{number.digits}}}" if number.is_signed else rf"[0-9]{{{number.digits}}}"
    is_number = value.str.contains(rf"^{digits}$") & ~value.str.contains("^-0+$")
    found = _as_binary(value, number) if number.kind == "binary" else _as_decimal(value, number)
    bytes_of = pl.when(is_number).then(found)
    if not number.empty:
        return bytes_of
    return pl.when(value == "").then(pl.lit(number.shown(number.empty))).otherwise(bytes_of)


def is_usual(shown: pl.Expr, value: pl.Expr, number: Number) -> pl.Expr:
    """Return whether the bytes of a value are those that are written for it."""
    if number.kind == "binary":
        return pl.lit(value=True)
    usual = shown.str.ends_with(number.plus[0])
    if number.is_signed:
        usual = usual | (shown.str.ends_with(number.minus[0]) & value.str.starts_with("-"))
    return usual | (value == "") if number.empty else usual


def wrong(data: bytes, number: Number) -> Wrong:
    """Return why ``data`` is no number, where it is none."""
    if number.kind == "binary":
        return Wrong(0, "wide")
    if any(data == blank * len(data) for blank in BLANKS):
        return Wrong(0, "blank")
    text = data.hex()
    digits = [half for half in range(2 * number.length) if number.kind == "packed" or half % 2]
    sign = digits.pop() if number.kind == "packed" else 2 * number.length - 2
    zones = [] if number.kind == "packed" else range(0, sign, 2)
    for half in sorted([*digits, *zones]):
        if half in digits and text[half] not in "0123456789":
            return Wrong(half // 2, "digit")
        if half in zones and text[half] != ZONE:
            return Wrong(half // 2, "zone")
    if text[sign] not in number.plus + number.minus:
        return Wrong(sign // 2, "sign")
    return Wrong(0, "wide") if not text.startswith(number.before) else Wrong(sign // 2, "minus")


def _of_decimal(shown: pl.Expr, number: Number) -> pl.Expr:
    signs = number.plus + (number.minus if number.is_signed else "")
    digits = shown.str.slice(len(number.before), number.digits)
    read = digits
    if number.is_signed:
        is_negative = shown.str.contains(f"[{number.minus}]$") & digits.str.contains("[1-9]")
        read = pl.when(is_negative).then("-" + digits).otherwise(digits)
    pattern = rf"^{number.before}[0-9]{{{number.digits}}}{number.after}[{signs}]$"
    return pl.when(shown.str.contains(pattern)).then(read)


def _as_decimal(value: pl.Expr, number: Number) -> pl.Expr:
    sign = pl.when(value.str.starts_with("-")).then(pl.lit(number.minus[0])).otherwise(pl.lit(number.plus[0]))
    return pl.concat_str(pl.lit(number.before), value.str.strip_prefix("-"), pl.lit(number.after), sign)


def _of_binary(shown: pl.Expr, number: Number) -> pl.Expr:
    whole = shown.str.to_integer(base=16, dtype=pl.UInt64, strict=False)
    if number.is_signed and number.length == WIDEST:
        whole = whole.reinterpret(signed=True)
    elif number.is_signed:
        whole, bits = whole.cast(pl.Int64), 8 * number.length
        whole = pl.when(whole < 2 ** (bits - 1)).then(whole).otherwise(whole - 2**bits)
    digits = whole.cast(pl.String).str.strip_prefix("-").str.zfill(number.digits)
    least, most = number.bounds
    read = pl.when(whole < 0).then("-" + digits).otherwise(digits) if number.is_signed else digits
    return pl.when(whole.is_between(least, most)).then(read)


def _as_binary(value: pl.Expr, number: Number) -> pl.Expr:
    whole = value.cast(pl.Int64 if number.is_signed else pl.UInt64, strict=False)
    table = pl.lit(pl.Series([f"{each:02x}" for each in range(256)]))
    parts = [table.gather(whole // 256**at % 256) for at in reversed(range(number.length))]
    return pl.when(whole.is_between(*number.bounds)).then(pl.concat_str(parts))
