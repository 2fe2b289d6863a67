"""Check digits against python-stdnum, against the rules of docs/domain.md said a second time, and against its samples."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import stdnum.jp.cn
import stdnum.jp.in_
from hypothesis import given
from hypothesis import strategies as st

from stdconv.japan import checkdigits
from support.paths import DOCS

DOMAIN = (DOCS / "domain.md").read_text(encoding="utf-8")
SECTION = DOMAIN.split("\n## Numbers with check digits\n")[1].split("\n## ")[0]
DIGITS = "0123456789"


# The rules of that section, said a second time: what the check digit of the other digits is.


def modulus_11(others: str) -> str:
    """n-th from the right: n+1 for n ≤ 6, n−5 after; 11 − (Σ mod 11), 0 where the remainder is 0 or 1."""
    weights = [n + 1 if n <= 6 else n - 5 for n in range(len(others), 0, -1)]
    remainder = sum(int(digit) * weight for digit, weight in zip(others, weights, strict=True)) % 11
    return "0" if remainder in (0, 1) else str(11 - remainder)


def lg_code(others: str) -> str:
    """Weights 6 5 4 3 2, (11 − Σ mod 11) mod 10."""
    a, b, c, d, e = map(int, others)
    return str((11 - (6 * a + 5 * b + 4 * c + 3 * d + 2 * e) % 11) % 10)


def hojin_bango(others: str) -> str:
    """9 − (Σ mod 9), weights 1, 2 from the right."""
    ones, twos = others[-1::-2], others[-2::-2]
    return str(9 - (sum(map(int, ones)) + 2 * sum(map(int, twos))) % 9)


def behind(others: str, digit: str) -> str:
    return others + digit


def before(others: str, digit: str) -> str:
    return digit + others


Kind = tuple[Callable[[str], bool], int, Callable[[str], str], Callable[[str, str], str], int]
# ours, length, check digit said again, where it stands, samples in docs/domain.md
KINDS: dict[str, Kind] = {
    "個人番号": (checkdigits.kojin_bango_is_valid, 12, modulus_11, behind, 2),
    "住民票コード": (checkdigits.juminhyo_code_is_valid, 11, modulus_11, behind, 2),
    "全国地方公共団体コード": (checkdigits.lg_code_is_valid, 6, lg_code, behind, 4),
    "法人番号": (checkdigits.hojin_bango_is_valid, 13, hojin_bango, before, 1),
}
LIBRARY = {"個人番号": stdnum.jp.in_, "法人番号": stdnum.jp.cn}

every_kind = pytest.mark.parametrize("name", KINDS)
every_kind_of_the_library = pytest.mark.parametrize("name", LIBRARY)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length)


def samples(length: int) -> list[str]:
    return re.findall(f"(?<![0-9])[0-9]{{{length}}}(?![0-9])", SECTION)


def near(number: str) -> list[str]:
    """One digit changed, two digits exchanged: plain digits all."""
    changed = [number[:i] + digit + number[i + 1 :] for i in range(len(number)) for digit in DIGITS]
    pairs = [(i, j) for j in range(len(number)) for i in range(j)]
    return changed + [number[:i] + number[j] + number[i + 1 : j] + number[i] + number[j + 1 :] for i, j in pairs]


def unclean(number: str) -> list[str]:
    """The same digits in every form that is not the exact text."""
    full_width, arabic = (str.maketrans(DIGITS, other) for other in ("０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩"))
    grouped = [sign.join((number[:4], number[4:])) for sign in (" ", "-", "　", "‐", "－", "_", "\n", "\0")]
    return [
        *(number + sign for sign in ("\n", " ", "\r\n", "\t", "\0", "　", "-")),
        *(sign + number for sign in ("\n", " ", "+", "-", "\ufeff", "　")),
        *(sign + number[1:] for sign in "+-− ²〇é"),
        *grouped,
        number.translate(full_width),
        number.translate(arabic),
        number[:-1] + number[-1].translate(full_width),
        number[:-1],
        number[1:],
        "0" + number,
        number + "0",
        "",
    ]


@every_kind
def test_the_samples_of_the_domain_facts_are_valid_and_with_any_other_check_digit_are_not(name: str) -> None:
    ours, length, said_again, put, count = KINDS[name]
    found = samples(length)
    assert len(found) == count
    for sample in found:
        others = sample[:-1] if put is behind else sample[1:]
        assert [put(others, digit) for digit in DIGITS if ours(put(others, digit))] == [sample]
        assert put(others, said_again(others)) == sample


@every_kind_of_the_library
def test_the_samples_of_the_domain_facts_are_valid_to_the_library_too(name: str) -> None:
    assert all(LIBRARY[name].is_valid(sample) for sample in samples(KINDS[name][1]))


@every_kind
def test_of_ten_check_digits_the_one_that_the_rule_gives_is_valid(name: str) -> None:
    ours, length, said_again, put, _ = KINDS[name]

    @given(digits(length - 1))
    def law(others: str) -> None:
        assert [digit for digit in DIGITS if ours(put(others, digit))] == [said_again(others)]

    law()


@every_kind_of_the_library
def test_plain_digits_are_valid_where_the_library_says_so(name: str) -> None:
    ours, length, _, put, _ = KINDS[name]

    @given(digits(length), digits(length - 1))
    def law(number: str, others: str) -> None:
        valid = put(others, LIBRARY[name].calc_check_digit(others))
        assert ours(valid)
        assert ours(number) is LIBRARY[name].is_valid(number)
        misses = near(valid)
        assert [miss for miss in misses if ours(miss) is not LIBRARY[name].is_valid(miss)] == []

    law()


@every_kind
def test_what_is_not_the_exact_text_is_never_valid(name: str) -> None:
    ours, length, said_again, put, _ = KINDS[name]

    @given(digits(length - 1))
    def law(others: str) -> None:
        number = put(others, said_again(others))
        assert ours(number)
        assert [form for form in unclean(number) if ours(form) is not False] == []

    law()


@every_kind_of_the_library
def test_forms_that_the_library_cleans_are_refused_here(name: str) -> None:
    """The one difference: the library reads what people type, we judge what stands in a file."""
    ours, length, *_ = KINDS[name]
    forms = [form for number in samples(length) for form in (*unclean(number), LIBRARY[name].format(number))]
    cleaned = [form for form in forms if LIBRARY[name].is_valid(form)]
    assert len(cleaned) > 5
    assert [form for form in cleaned if ours(form)] == []


@every_kind
@given(text=st.text(max_size=14) | st.text(DIGITS + "０٠² -+\n", min_size=5, max_size=14))
def test_any_text_gets_an_answer_and_only_as_many_half_width_digits_can_be_valid(name: str, text: str) -> None:
    ours, length, *_ = KINDS[name]
    answer = ours(text)
    assert isinstance(answer, bool)
    assert not answer or re.fullmatch(f"[0-9]{{{length}}}", text)


@given(st.text(DIGITS, min_size=1, max_size=15))
def test_a_new_atena_bango_ends_with_the_digit_of_modulus_11_and_weights_2_to_7(number: str) -> None:
    """docs/domain.md, Keys and history; the weights begin again at 2, as those of 個人番号 do."""
    again = [2, 3, 4, 5, 6, 7] * 3
    remainder = sum(int(digit) * weight for digit, weight in zip(number[::-1], again, strict=False)) % 11
    assert checkdigits.atena_bango_check_digit(number) == {0: "0", 1: "0"}.get(remainder, str(11 - remainder))


@pytest.mark.parametrize("text", ["", " ", "-1", "+1", "1 ", "1\n", "１", "²", "1a", "〇", "٣", "1.0", "1-2"])
def test_no_check_digit_is_made_of_what_is_not_digits(text: str) -> None:
    with pytest.raises(ValueError, match="half-width digits"):
        checkdigits.atena_bango_check_digit(text)
