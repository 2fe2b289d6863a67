"""The form ``route``: values into one set of standard columns or another, as a code beside them says."""

from __future__ import annotations

import pytest

from stdconv.lenses.bycode import ByCode
from stdconv.lenses.codes import Recode
from stdconv.lenses.dates import CompactDate
from stdconv.lenses.padding import Trim
from stdconv.testing import assert_lens_laws


def lenses() -> list[ByCode]:
    """The lenses of the examples, and others: chains, a date with a sentinel, one set alone."""
    found: list[ByCode] = []
    for example in ByCode.examples():
        if isinstance(example.lens, ByCode) and example.lens not in found:
            found.append(example.lens)
    chain = (Trim(), Recode(table={"a": "x", "b": "y"}, refuses={"c": "個別に処理する"}))
    return [
        *found,
        ByCode(names=("k", "v"), sets={"1": (1,)}, steps={"v": chain}),
        ByCode(names=("k", "v"), sets={"1": (1,), "2": (1,)}, steps={"k": (Recode(table={"": "1", "b": "2"}),)}),
        ByCode(
            names=("k", "d", "v", "w"),
            sets={"1": (1, 2), "2": (2, 1), "3": (3,)},
            steps={
                "d": (Trim(), CompactDate(none="00000000")),
                "w": chain,
                "k": (Recode(table={"A": "1", "B": "2", "C": "3"}),),
            },
        ),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("lens", lenses(), ids=range(len(lenses())))
def test_the_laws_hold_for_routes_of_all_sorts(lens: ByCode) -> None:
    assert_lens_laws(lens, values=200)


def test_every_sourced_refusal_is_refused_with_its_code() -> None:
    assert {case.code for case in ByCode.refusals()} == {"T0002", "T0039", "T0041", "T0042"}
