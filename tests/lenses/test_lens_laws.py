"""The seven laws of lenses (design, section 3), each held by the whole catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.jsonschema_oracle import is_day, oracle
from stdconv.domains.check import check
from stdconv.domains.sets import (
    AllOf,
    AnyOf,
    Anything,
    Cases,
    CheckDigit,
    Choice,
    Date,
    Domain,
    EraAgrees,
    IfThenElse,
    InOrder,
    Not,
    Nothing,
    OneOf,
    Record,
    Rows,
    Rule,
    Text,
)
from stdconv.domains.strategies import records
from stdconv.findings.registry import codes
from stdconv.lenses import LENSES
from stdconv.lenses.base import Example, Lens, Refusal
from stdconv.standard.keywords import to_schema
from support.nightly import by_day

Row = tuple[str | None, ...]
ROWS = 20
"""How many generated values share a frame: an expression costs milliseconds, a row nothing."""

batched = settings(max_examples=settings().max_examples // 4)
several = settings(max_examples=settings().max_examples // 3)
"""An example is a whole frame of members, near misses and junk, so a part of the usual number is plenty."""


OTHERS: tuple[dict[str, object], ...] = (
    {"op": "recode_several", "table": {"1": ["a", None, "b"], "2": [None, "a", "b"], "3": [None, None, "c"]}},
    {"op": "recode_several", "table": {"10": ["1", "1"], "": ["2", "1"]}},
    {"op": "wareki_text", "eras": {"明": "明治", "S.": "昭和", "令和": "令和"}, "zeros": True},
    {"op": "wareki_text", "eras": {"昭": "昭和", "昭和": "平成"}},
    {"op": "compact_date", "none": "99999999", "open_end": "99999998"},
    {"op": "unknown_date", "known": {"op": "compact_date", "none": "00000000"}, "wordings": "beside"},
    {
        **{"op": "unknown_date", "zeros": True, "all": "99999999", "wordings": "inside", "half_width": True},
        "known": {"op": "compact_date", "none": "00000000", "open_end": "99991231.", "common_leap_day": True},
    },
    {
        "op": "unknown_date",
        "known": {"op": "wareki_text", "eras": {"昭和": "昭和"}},
        "all": "不明",
        "wordings": "beside",
    },
    {
        **{"op": "unknown_date", "wordings": "inside", "half_width": True},
        "known": {"op": "wareki_text", "eras": {"昭和": "昭和", "推": "平成"}, "zeros": True, "common_leap_day": True},
    },
    {
        **{"op": "unknown_date", "all": "99999999", "wordings": "beside"},
        "known": {"op": "era_column", "eras": {"昭": "昭和", "平": "平成"}, "common_leap_day": True},
    },
    {"op": "widen", "of": ["kana", "digits", "letters", "signs", "blank"]},
    {"op": "widen", "of": ["kana", "digits", "letters", "signs", "blank"], "equivalent": True},
    {"op": "narrow", "of": ["kana", "digits", "letters", "signs", "blank"]},
    {"op": "narrow", "of": ["kana", "letters", "blank"], "equivalent": True},
    {"op": "unfill", "width": 3, "fill": "-", "side": "right", "none": "none"},
    {"op": "unfill", "width": 4, "fill": "　"},
    {"op": "fill", "width": 5, "fill": "]", "side": "right"},
    {"op": "fill", "width": 1, "fill": "^"},
    {"op": "join", "separator": "-", "columns": 2},
    {"op": "join", "separator": "\\", "columns": 4},
    {"op": "join", "widths": [3, 1]},
    {"op": "split", "separator": "]", "columns": 3},
    {"op": "split", "widths": [1, 3, 2]},
    {"op": "split", "widths": [1, 1, 1], "filler": "-"},
    {"op": "split", "widths": [1, 3, 2], "last": "open"},
    {"op": "split", "widths": [3, 3, 3], "filler": "-^]", "last": "open"},
    {"op": "unify", "to": "-", "look_alikes": ["－", "ー", "‐"]},
    {"op": "unify", "to": "ー", "look_alikes": ["ー", "ｰ", "]", "^"]},
    {"op": "flag", "when": "1", "otherwise": "0", "set": "0", "unset": "1"},
    {"op": "flag", "when": "1", "otherwise": ""},
    {"op": "coalesce", "columns": 2},
    {"op": "same", "columns": 4},
    {"op": "coalesce", "columns": 3, "nothing": ["00000000", " ", "　"]},
)
"""Options that no example has: signs of patterns, characters above the surrogates, other widths and directions."""


def configured() -> list[Lens]:
    """Every lens with the options of its own examples and refusals, and with others, each once."""
    found: list[Lens] = []
    for lens in LENSES.values():
        cases: list[Example | Refusal] = [*lens.examples(), *lens.refusals()]
        for case in cases:
            if case.lens not in found:
                found.append(case.lens)
    return [*found, *(LENSES[str(options["op"])].model_validate(options) for options in OTHERS)]


def name(lens: object) -> str:
    return re.sub(r"\s+", " ", str(lens))[:60] if isinstance(lens, Lens) else ""


def case_name(case: object) -> str:
    return f"{case.lens.op}-{'+'.join(map(repr, case.legacy))}" if isinstance(case, Example | Refusal) else ""


every_lens = pytest.mark.parametrize("lens", configured(), ids=name)
every_example = pytest.mark.parametrize("case", [c for lens in LENSES.values() for c in lens.examples()], ids=case_name)
every_refusal = pytest.mark.parametrize("case", [c for lens in LENSES.values() for c in lens.refusals()], ids=case_name)


# What a lens does with rows of texts, through the four functions of stdconv.lenses.base.


def frame(rows: Sequence[Row], width: int) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in range(width))
    return pl.DataFrame({f"v{i}": pl.Series(list(column), dtype=pl.String) for i, column in enumerate(columns)})


def apply(
    rows: Sequence[Row], width: int, function: Callable[[tuple[pl.Expr, ...]], Iterable[pl.Expr]]
) -> list[tuple[Any, ...]]:
    given_frame = frame(rows, width)
    results = function(tuple(pl.col(column) for column in given_frame.columns))
    named = {f"r{i}": result for i, result in enumerate(results)}
    return given_frame.with_columns(**named).select(list(named)).rows()


def reading(lens: Lens, rows: Sequence[Row]) -> list[Row]:
    return apply(rows, lens.takes, lens.read)


def writing(lens: Lens, rows: Sequence[Row]) -> list[Row]:
    return apply(rows, lens.gives, lens.write)


def spelling(lens: Lens, rows: Sequence[Row]) -> list[Row]:
    return apply(rows, lens.takes, lens.spell)


def verdicts(lens: Lens, rows: Sequence[Row]) -> list[bool | None]:
    """Forward, back and guard as separate selects, as the pipeline runs them."""
    standard = reading(lens, rows)
    return accepting(lens, rows, standard, writing(lens, standard))


def accepting(lens: Lens, rows: Sequence[Row], standard: Sequence[Row], again: Sequence[Row]) -> list[bool | None]:
    given_frame = pl.concat(
        [
            frame(rows, lens.takes),
            frame(standard, lens.gives).rename(lambda c: f"s{c}"),
            frame(again, lens.takes).rename(lambda c: f"w{c}"),
        ],
        how="horizontal",
    )
    legacy = tuple(pl.col(f"v{i}") for i in range(lens.takes))
    forward = tuple(pl.col(f"sv{i}") for i in range(lens.gives))
    back = tuple(pl.col(f"wv{i}") for i in range(lens.takes))
    return given_frame.select(verdict=lens.accept(legacy, forward, back))["verdict"].to_list()


def absences(lens: Lens, rows: Sequence[Row]) -> list[bool]:
    return [row[0] for row in apply(rows, lens.takes, lambda values: [lens.is_absent(values)])]


# Membership of domains in plain Python: the meaning of stdconv.domains, said a second time.


def is_member(domain: Domain, value: str | None) -> bool:
    match domain:
        case Anything():
            return value is not None
        case Nothing():
            return False
        case Text(pattern, least, most, characters):
            if value is None or (pattern is not None and not re.fullmatch(pattern.removesuffix("$"), value)):
                return False
            shown = [c for c in value if not (0xFE00 <= ord(c) <= 0xFE0F or 0xE0100 <= ord(c) <= 0xE01EF)]
            return (
                len(value) >= least
                and (most is None or len(value) <= most)
                and (characters is None or len(shown) <= characters)
            )
        case Choice(values):
            return value in values
        case Date(first, last):
            return value is not None and is_day(value) and first <= value <= last
        case _:
            return is_member_of_several(domain, value)


def is_member_of_several(domain: Domain, value: str | None) -> bool:
    """Membership of the domains that are made of domains."""
    match domain:
        case AllOf(parts):
            return all(is_member(part, value) for part in parts)
        case AnyOf(parts):
            return any(is_member(part, value) for part in parts)
        case OneOf(parts):
            return sum(is_member(part, value) for part in parts) == 1
        case Not(part):
            return not is_member(part, value)
        case IfThenElse(condition, then, otherwise):
            return is_member(then if is_member(condition, value) else otherwise, value)
        case _:
            raise TypeError(domain)


def is_record(domain: Record, row: Row) -> bool:
    for key in domain.required:
        if row[int(key)] is None:
            return False
    for key, part in domain.columns:
        if row[int(key)] is not None and not is_member(part, row[int(key)]):
            return False
    return all(agrees(rule, row) for rule in domain.rules)


def agrees(rule: Rule, row: Row) -> bool:
    match rule:
        case EraAgrees():
            return era_agrees(rule, row)
        case InOrder(columns):
            given_values = [row[int(key)] is not None for key in columns]
            return given_values == sorted(given_values, reverse=True)
        case Rows(columns, listed):
            return tuple(row[int(key)] for key in columns) in listed
        case Cases(by, cases):
            return all(is_record(record, row) for value, record in cases if value == row[int(by)])
        case CheckDigit(column, weights, digits):
            value = row[int(column)] or ""
            if not re.fullmatch(f"[0-9]{{1,{len(weights) + 1}}}", value):
                return True
            total = sum(int(a) * b for a, b in zip(value.zfill(len(weights) + 1), weights, strict=False))
            return value[-1] == digits[total % 11]
        case _:
            raise TypeError(rule)


def era_agrees(rule: EraAgrees, row: Row) -> bool:
    era, date = row[int(rule.era)], row[int(rule.date)]
    if date is None:
        return True
    if era is None and not any(span.era is None for span in rule.spans):
        return True
    return any(span.era == era and span.first <= date <= span.last for span in rule.spans)


# Strategies: members from the lens's own codomain, junk from everywhere.

JUNK = (
    "",
    " ",
    "　",
    " 　 ",
    "\0",
    "\t",
    "\n",
    "\r\n",
    "00000000",
    "0000000",
    "99999999",
    "+3600707",
    "-360707",
    "3600707\n",
    " 3600707",
    "３６００７０７",
    "٣٦٠٠٧٠٧",
    "20240230",
    "2024-03-01",
    "昭和",
    "昭和60",
    "男",
    "男\0",
    "女 ",
    "1",
    "１",
    "行政花子",
    "行政 花子",
    "行政　　花子",
    "行政\n花子",
    "辻󠄀　葛󠄁",
    "𠮷野　家",
    "\ufeff行政",
    "\ufffd",
    "\U0010ffff",
    "ｷﾞｮｳｾｲ",
    "a,b",
    '"',
    "あ" * 5000,
    "9" * 5000,
)
LETTERS = "0123456789０９－-+ 　\0\n\r昭和平成男女行政花子山田ab\"',󠄀𠮷"


def junk() -> st.SearchStrategy[str]:
    digits = st.text("0123456789", min_size=5, max_size=9)
    return st.sampled_from(JUNK) | st.text(LETTERS, max_size=10) | digits | st.text(max_size=12)


def members(lens: Lens) -> st.SearchStrategy[list[Row]]:
    width = range(lens.gives)
    return st.lists(records(lens.codomain).map(lambda row: tuple(row[i] for i in width)), min_size=1, max_size=ROWS)


def edited(text: str | None, edit: tuple[int, int, str]) -> str | None:
    """Return ``text`` one edit away."""
    kind, at, letter = edit
    if text is None or not text:
        return letter
    at %= len(text)
    return text[:at] + (letter if kind < 2 else "") + text[at + (kind > 0) :]


def near(lens: Lens, given_rows: Callable[[Sequence[Row]], list[Row]] | None = None) -> st.SearchStrategy[list[Row]]:
    """Members, members one edit away in one place, and junk; ``given_rows`` takes the members to the other side."""
    edits = st.tuples(st.integers(0, 2), st.integers(0, 30), st.sampled_from(LETTERS))
    width = lens.takes if given_rows else lens.gives
    strange = st.tuples(*([junk()] * width))

    def mixed(drawn: tuple[list[Row], list[tuple[int, tuple[int, int, str]]], list[Row]]) -> list[Row]:
        rows, changes, others = drawn
        rows = given_rows(rows) if given_rows else rows
        bent = [
            tuple(edited(value, edit) if i == column % width else value for i, value in enumerate(row))
            for row, (column, edit) in zip(rows, changes, strict=False)
        ]
        mixed_up = [tuple(rows[(n + i) % len(rows)][i] for i in range(width)) for n in range(len(rows))]
        return [*rows, *bent, *mixed_up, *others]

    changes = st.lists(st.tuples(st.integers(0, 2), edits), max_size=ROWS)
    return st.tuples(members(lens), changes, st.lists(strange, max_size=ROWS)).map(mixed)


def legacy_rows(lens: Lens) -> st.SearchStrategy[list[Row]]:
    """Legacy values as a legacy frame holds them: what ``back`` writes, near misses and junk, never null."""

    def filled(rows: list[Row]) -> list[Row]:
        return [tuple(value or "" for value in row) for row in rows]

    return near(lens, lambda rows: writing(lens, rows)).map(filled)


# The laws.


@pytest.mark.slow
@every_lens
def test_law_1_what_is_written_is_read_as_the_same_accepted_and_already_canonical(lens: Lens) -> None:
    @batched
    @given(members(lens))
    def law(rows: list[Row]) -> None:
        written = writing(lens, rows)
        standards = reading(lens, written)
        assert standards == rows
        accepted = accepting(lens, written, standards, writing(lens, standards))
        assert [row for row, ok in zip(written, accepted, strict=True) if ok is not True] == []
        assert spelling(lens, written) == written

    law()


@pytest.mark.slow
@every_lens
def test_laws_2_to_4_of_what_is_read(lens: Lens) -> None:
    """All of them of the same rows: what a lens makes of these is what costs."""

    @several
    @given(legacy_rows(lens))
    def laws(rows: list[Row]) -> None:
        standards, canonical = reading(lens, rows), spelling(lens, rows)
        again, absent = writing(lens, standards), absences(lens, rows)
        accepted = accepting(lens, rows, standards, again)
        twice, reread = spelling(lens, canonical), reading(lens, canonical)
        for row in map(Read, rows, standards, canonical, again, accepted, absent, twice, reread):
            law_2_what_is_accepted_lies_in_the_codomain(lens, row)
            law_3_what_is_accepted_comes_back_in_its_canonical_spelling(row)
            law_3_what_is_read_into_the_codomain_and_comes_back_is_accepted(lens, row)
            law_4_the_canonical_spelling_is_its_own_and_reads_the_same(lens, row)

    laws()


class Read(NamedTuple):
    """What a lens makes of one row of legacy values."""

    legacy: Row
    standard: Row
    canonical: Row
    again: Row
    accepted: bool | None
    is_absent: bool
    canonical_twice: Row
    canonical_read: Row


def law_2_what_is_accepted_lies_in_the_codomain(lens: Lens, row: Read) -> None:
    if row.accepted:
        assert row.is_absent or is_record(lens.codomain, row.standard), row
        assert not row.is_absent or set(row.standard) == {None}, row


def law_3_what_is_accepted_comes_back_in_its_canonical_spelling(row: Read) -> None:
    assert not row.accepted or row.again == row.canonical, row


def law_3_what_is_read_into_the_codomain_and_comes_back_is_accepted(lens: Lens, row: Read) -> None:
    if row.again == row.canonical and is_record(lens.codomain, row.standard):
        assert row.accepted is True, row


def law_4_the_canonical_spelling_is_its_own_and_reads_the_same(lens: Lens, row: Read) -> None:
    is_inside = is_record(lens.codomain, row.standard)
    if is_inside or set(row.standard) == {None}:
        assert row.canonical_twice == row.canonical, row
    if is_inside:
        assert row.canonical_read == row.standard, row


@pytest.mark.slow
@every_lens
@pytest.mark.parametrize("length", [1, len(JUNK)], ids=["alone", "together"])
def test_law_5_no_junk_raises(lens: Lens, length: int) -> None:
    """Alone, each lens gets another sixth of it by day."""
    values: list[str | None] = [*JUNK, None]
    rows = [tuple(values[(n + 7 * i) % len(values)] for i in range(lens.takes)) for n in range(len(values))]
    if length == 1:
        rows = list(by_day(rows, 6, first=len(name(lens))))
    for start in range(0, len(rows), length):
        some = rows[start : start + length]
        assert all(verdict in (True, False) for verdict in verdicts(lens, some))
        spelling(lens, some)
        explained(lens, some)
        doubted(lens, some)


@pytest.mark.slow
@every_lens
def test_law_5_no_generated_input_raises(lens: Lens) -> None:
    @batched
    @given(st.lists(st.tuples(*([junk()] * lens.takes)), min_size=1, max_size=ROWS))
    def law(rows: list[Row]) -> None:
        assert None not in verdicts(lens, rows)
        assert set(explained(lens, rows)) <= codes().keys()
        assert {code for row in doubted(lens, rows) for code in row} <= codes().keys()
        standards = [tuple(row[i % lens.takes] for i in range(lens.gives)) for row in rows]
        writing(lens, standards)

    law()


def explained(lens: Lens, rows: Sequence[Row]) -> list[str]:
    return [str(row[0]) for row in apply(rows, lens.takes, lambda values: [lens.explain(*values)])]


def doubted(lens: Lens, rows: Sequence[Row]) -> list[set[str]]:
    """Return the codes of the doubts about each row."""
    standards = reading(lens, rows)
    both = pl.concat(
        [frame(rows, lens.takes), frame(standards, lens.gives).rename(lambda c: f"s{c}")], how="horizontal"
    )
    legacy = tuple(pl.col(f"v{i}") for i in range(lens.takes))
    forward = tuple(pl.col(f"sv{i}") for i in range(lens.gives))
    asked = list(lens.doubts(legacy, forward))
    marks = [both.select(mark=mark)["mark"].to_list() for _, mark in asked]
    return [{code for (code, _), mark in zip(asked, marks, strict=True) if mark[n]} for n in range(len(rows))]


@every_lens
def test_law_5_no_rows_are_no_rows(lens: Lens) -> None:
    assert [reading(lens, []), writing(lens, []), spelling(lens, []), verdicts(lens, [])] == [[], [], [], []]


@every_example
def test_law_6_every_sourced_example_holds(case: Example) -> None:
    lens, legacy = case.lens, tuple(case.legacy)
    canonical = case.legacy if case.canonical is None else case.canonical
    assert case.source
    assert reading(lens, [legacy]) == [case.standard]
    assert verdicts(lens, [legacy]) == [True]
    assert spelling(lens, [legacy]) == [canonical]
    assert writing(lens, [case.standard]) == [canonical]
    if not absences(lens, [legacy])[0]:
        doubts = doubted(lens, [legacy])[0]
        assert case.doubt in doubts if case.doubt else not doubts


@every_refusal
def test_law_6_every_sourced_refusal_holds_with_its_reason(case: Refusal) -> None:
    assert case.source
    assert verdicts(case.lens, [case.legacy]) == [False]
    assert explained(case.lens, [case.legacy]) == [case.code]
    assert case.code in codes()


@pytest.mark.parametrize("lens", LENSES.values(), ids=LENSES)
def test_law_6_every_lens_has_sourced_examples_and_refusals(lens: type[Lens]) -> None:
    assert lens.examples()
    assert bool(lens.refusals()) is not lens.is_total


@pytest.mark.parametrize("lens", [each for each in configured() if each.is_total], ids=name)
def test_law_6_a_lens_without_refusals_accepts_every_text(lens: Lens) -> None:
    @batched
    @given(legacy_rows(lens))
    def law(rows: list[Row]) -> None:
        written = [row for row in rows if not any("\0" in str(value) for value in row)]  # no file holds NUL
        assert [row for row, ok in zip(written, verdicts(lens, written), strict=True) if not ok] == []

    law()


@pytest.mark.slow
@every_lens
def test_law_7_the_readings_of_the_codomain_agree_on_members_and_near_misses(lens: Lens) -> None:
    @batched
    @given(near(lens))
    def law(rows: list[Row]) -> None:
        expected = [is_record(lens.codomain, row) for row in rows]
        columns = apply(rows, lens.gives, lambda values: [check(lens.codomain, dict(enumerate(values)))])
        assert [row[0] for row in columns] == expected
        for row, inside in zip(rows, expected, strict=True):
            said = by_schema(lens.codomain, row)
            assert said if inside else (not said or needs_more_than_schema(lens.codomain))

    law()


@pytest.mark.slow
@every_lens
def test_law_7_every_generated_member_is_a_member(lens: Lens) -> None:
    @batched
    @given(members(lens))
    def law(rows: list[Row]) -> None:
        assert [row for row in rows if not is_record(lens.codomain, row)] == []

    law()


def by_schema(domain: Record, row: Row) -> bool:
    record = {str(i): value for i, value in enumerate(row) if value is not None}
    return bool(oracle(to_schema(domain)).is_valid(record))


def needs_more_than_schema(domain: Record) -> bool:
    """Named rules and bounds of dates are left out of the schema."""
    return bool(domain.rules) or any(is_bounded(part) for _, part in domain.columns)


def is_bounded(domain: Domain) -> bool:
    if isinstance(domain, AllOf | AnyOf):
        return any(map(is_bounded, domain.parts))
    return isinstance(domain, Date) and domain != Date()
