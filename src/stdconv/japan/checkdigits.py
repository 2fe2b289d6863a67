"""Check digits of the numbers in resident records. ``…_is_valid`` answers for any text, never raises.

Source: docs/domain.md, section Numbers with check digits, whose samples are the examples below.
"""

from __future__ import annotations

SCHEMES: dict[str, tuple[tuple[int, ...], str]] = {
    "kojin_bango": ((6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), "00987654321"),
    "juminhyo_code": ((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), "00987654321"),
    "lg_code": ((6, 5, 4, 3, 2), "10987654321"),
    "atena_bango": ((3, 2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), "00987654321"),
}
"""Numbers whose check digit comes last: the weights of the digits before it, and the digit for each remainder by 11."""


def _digits(number: str, length: int) -> list[int] | None:
    return [int(digit) for digit in number] if len(number) == length and number.isascii() and number.isdigit() else None


def _is_valid(scheme: str, number: str) -> bool:
    """Return whether ``number`` has all the digits of ``scheme`` and the right one at its end."""
    weights, wanted = SCHEMES[scheme]
    digits = _digits(number, len(weights) + 1)
    if digits is None:
        return False
    return int(wanted[sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11]) == digits[-1]


def kojin_bango_is_valid(number: str) -> bool:
    """Return whether ``number`` is a 個人番号 (12 digits, issued by J-LIS) with a right check digit.

    >>> kojin_bango_is_valid("983205673214"), kojin_bango_is_valid("345678901234")
    (True, True)
    >>> kojin_bango_is_valid("983205673215"), kojin_bango_is_valid("９８３２０５６７３２１４")
    (False, False)
    """
    return _is_valid("kojin_bango", number)


def juminhyo_code_is_valid(number: str) -> bool:
    """Return whether ``number`` looks like a 住民票コード (11 digits); the rule is observed on samples only.

    >>> juminhyo_code_is_valid("24727059608"), juminhyo_code_is_valid("24846016225")
    (True, False)
    """
    return _is_valid("juminhyo_code", number)


def atena_bango_check_digit(number: str) -> str:
    """Return the modulus 11 check digit (weights 2–7) that *newly issued* 宛名番号 and 世帯番号 end with.

    Existing numbers are never re-issued and need not obey it. Raises ``ValueError`` where ``number`` is not digits.

    >>> atena_bango_check_digit("98320567321")
    '4'
    """
    digits = _digits(number, len(number))
    if not digits:
        raise ValueError("a number of half-width digits is needed")
    total = sum(digit * (position % 6 + 2) for position, digit in enumerate(reversed(digits)))
    return "0" if total % 11 in (0, 1) else str(11 - total % 11)


def lg_code_is_valid(code: str) -> bool:
    """Return whether ``code`` is a 全国地方公共団体コード (6 digits) with a right check digit.

    >>> [lg_code_is_valid(code) for code in ("016373", "131016", "011002", "271004", "131017")]
    [True, True, True, True, False]
    """
    return _is_valid("lg_code", code)


def hojin_bango_is_valid(number: str) -> bool:
    """Return whether ``number`` is a 法人番号 (13 digits, National Tax Agency); its check digit comes first.

    >>> hojin_bango_is_valid("7123456789012"), hojin_bango_is_valid("8123456789012")
    (True, False)
    """
    digits = _digits(number, 13)
    if digits is None:
        return False
    total = sum(digit * (position % 2 + 1) for position, digit in enumerate(reversed(digits[1:])))
    return 9 - total % 9 == digits[0]
