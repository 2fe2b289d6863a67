"""Patterns: which kinds of findings records have together."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stdconv.findings.frames import FINDINGS
from stdconv.findings.patterns import Patterns, is_decidable, pattern_id, patterned

KINDS = [(code, column) for code in ("E0006", "S0004", "S0039", "T0002") for column in ("", "氏名", "氏名+性別")]
FOUND = st.lists(st.tuples(st.integers(1, 30), st.sampled_from([*KINDS, ("T0015", "電話"), ("D0001", "番号")])))


def frame(found: list[tuple[int, tuple[str, str]]]) -> pl.DataFrame:
    """Return findings, in the order of the records."""
    rows = [(row, "standard", column, code, "refuse", "") for row, (code, column) in sorted(found)]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def kinds_of(found: list[tuple[int, tuple[str, str]]]) -> dict[int, frozenset[tuple[str, str]]]:
    """Return which kinds each record has of its own, said without any frame."""
    own = [(row, kind) for row, kind in found if kind[0] not in ("T0015", "D0001")]
    return {row: frozenset(kind for at, kind in own if at == row) for row, _ in own}


def test_an_id_is_made_of_the_sorted_kinds_and_of_nothing_else() -> None:
    text = '[["S0001","生年月日"],["S0004","氏名"]]'
    expected = "p" + sha256(text.encode()).hexdigest()[:10]
    assert pattern_id([("S0004", "氏名"), ("S0001", "生年月日"), ("S0004", "氏名")]) == expected


@given(FOUND)
def test_every_record_has_the_pattern_of_its_own_findings(found: list[tuple[int, tuple[str, str]]]) -> None:
    expected = [(row, pattern_id(kinds)) for row, kinds in sorted(kinds_of(found).items())]
    assert patterned(frame(found)).rows() == expected
    assert sorted(patterned(frame(found).reverse()).rows()) == expected


@given(FOUND, st.integers(1, 30), st.integers(1, 5))
def test_patterns_are_counted_the_same_wherever_a_file_is_cut(
    found: list[tuple[int, tuple[str, str]]], cut: int, limit: int
) -> None:
    by_row = kinds_of(found)
    firsts = list(dict.fromkeys(by_row[row] for row in sorted(by_row)))[:limit]
    counts = Counter(by_row.values())
    expected = {(pattern_id(each), counts[each], min(r for r in by_row if by_row[r] == each)) for each in firsts}
    of_all = [row for row, kind in found if kind[0] == "D0001"]
    expected |= {(pattern_id([("D0001", "番号")]), len(of_all), min(of_all))} if of_all else set()
    patterns = Patterns(limit=limit)
    for part in (frame([each for each in found if each[0] <= cut]), frame([each for each in found if each[0] > cut])):
        patterns.add(part)
    listed = list(patterns)
    assert {(each.id, each.count, each.row) for each in listed} == expected
    assert [(-each.count, each.id) for each in listed] == sorted((-each.count, each.id) for each in listed)
    assert all(each.id == pattern_id(each.kinds) for each in listed)
    assert patterns.beyond == len(by_row) - sum(counts[each] for each in firsts)


def test_more_kinds_than_a_word_has_bits_are_told_apart() -> None:
    found = [(row, ("S0004", f"項目{kind}")) for row in range(1, 201) for kind in (row, 2 * row, 150)]
    patterns = Patterns()
    patterns.add(frame(found[:300]))
    patterns.add(frame(found[300:]))
    by_row = kinds_of(found)
    assert {each.row: frozenset(each.kinds) for each in patterns} == by_row
    assert patterned(frame(found)).rows() == [(row, pattern_id(kinds)) for row, kinds in sorted(by_row.items())]


def test_findings_of_a_decided_pattern_are_counted_by_kind() -> None:
    both = [("S0004", "氏名"), ("S0039", "異動日")]
    found = [(row, kind) for row in (1, 3) for kind in both] + [(1, both[0]), (2, both[0]), (4, ("D0001", "番号"))]
    of_all = pattern_id([("D0001", "番号")])
    patterns = Patterns([pattern_id(both), of_all, "p0000000000"])
    patterns.add(frame(found))
    assert patterns.findings == {
        (pattern_id(both), both[0]): 3,
        (pattern_id(both), both[1]): 2,
        (of_all, ("D0001", "番号")): 1,
    }


def test_only_what_comes_back_and_is_known_again_can_be_decided() -> None:
    assert is_decidable([("S0004", "氏名"), ("D0001", "番号")], ["番号"])
    assert not is_decidable([("S0004", "氏名"), ("E0006", "氏名")])
    assert not is_decidable([("T0002", "氏名")])
    assert not is_decidable([("S0028", "")])
    assert not is_decidable([("D0021", "番号")])
    assert not is_decidable([("S0001", "番号+氏名")], ["番号"])
