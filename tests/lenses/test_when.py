"""The form ``when``: one chain of lenses or another, as a standard column of another field says."""

from __future__ import annotations

import polars as pl
import pytest

import stdconv
from stdconv.lenses.codes import Recode
from stdconv.lenses.padding import Trim
from stdconv.lenses.when import ByCase
from stdconv.testing import assert_lens_laws
from support.paths import CASES

CASE = CASES / "golden-when" / "mapping.yaml"

LENSES = [
    *(example.lens for example in ByCase.examples()),
    ByCase(cases={"1": (Trim(), Recode(table={"a": "x", "b": "y"})), "2": ()}),
    ByCase(cases={"1": (Recode(table={"": "0", "a": "1"}),), "2": (Recode(table={"a": "1"}),)}),
]


@pytest.mark.slow
@pytest.mark.parametrize("lens", LENSES, ids=[f"{number}" for number in range(len(LENSES))])
def test_the_laws_hold_for_cases_of_all_sorts(lens: ByCase) -> None:
    assert_lens_laws(lens, values=200)


def test_every_sourced_refusal_is_refused_with_its_code() -> None:
    assert {case.code for case in ByCase.refusals()} == {"T0002", "T0029"}


def converted(**changes: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Convert the record of a Japanese, changed, and return what its birth date became and why it was refused."""
    legacy = dict(zip(("番号", "履歴", "世帯", "種別", "区分", "異動日", "氏名", "性別", "生年月日"), [
        "1", "1", "9", "日本人", "住登者", "20240301", "行政　花子", "女", "3600707"], strict=True))  # fmt: skip
    result = stdconv.convert(pl.DataFrame([legacy | changes]), CASE)
    refusals = result.findings.filter(pl.col("severity") == "refuse").select("code", "column").rows()
    return result.standard["生年月日"].to_list(), refusals


def test_the_same_digits_are_another_date_for_another_kind() -> None:
    assert converted() == (["1985-07-07"], [])
    assert converted(種別="外国人", 区分="在留", 氏名="ＬＩ　ＷＥＩ") == (["1960-07-07"], [])


def test_a_value_of_the_other_case_is_refused_under_the_code_of_its_own_lens() -> None:
    assert converted(区分="在留") == ([], [("T0002", "区分")])


def test_without_the_choosing_value_nothing_is_guessed() -> None:
    assert converted(種別="") == ([], [("T0029", "区分"), ("T0029", "生年月日")])


def test_what_the_table_of_a_case_cannot_read_is_not_taken_for_nothing() -> None:
    lens = ByCase(cases={"1": (Recode(table={"a": "x", "b": "x"}, canonical={"x": "a"}),)})
    given = pl.DataFrame({"value": ["a", "b", "zzz", ""], "by": ["1"] * 4})
    legacy = pl.col("value"), pl.col("by")
    standard = lens.read(legacy)
    assert given.select(lens.accept(legacy, standard, lens.write(standard))).to_series().to_list() == [
        True,
        True,
        False,
        True,
    ]
