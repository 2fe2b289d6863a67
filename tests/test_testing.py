"""``stdconv.testing``: the laws for lenses, and strategies that leave nothing out that files really hold."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from jsonschema import Draft202012Validator, FormatChecker

import stdconv
from stdconv.domains import nearmisses
from stdconv.domains.check import check_value
from stdconv.domains.sets import Choice, Date, Record, Text, one
from stdconv.japan.charsets import UNASSIGNED_BYTES, two_byte_sequences
from stdconv.lenses import LENSES
from stdconv.lenses.base import Example, Lens, Values
from stdconv.lenses.codes import Recode
from stdconv.proving.damage import Kind
from stdconv.proving.files import LegacyFile, convert
from stdconv.testing import (
    DamagePlan,
    LawError,
    assert_lens_laws,
    assert_lint_clean,
    assert_round_trip,
    damage_legacy,
    damage_standard,
    legacy_files,
    near_misses,
    raw_bytes,
    records,
    texts,
)
from support.nightly import IS_NIGHTLY

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
SEARCH = settings(
    max_examples=3_000,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def configured() -> list[Lens]:
    """Every lens with the options of its own examples, each once."""
    found: list[Lens] = []
    for case in (case for lens in LENSES.values() for case in lens.examples()):
        if case.lens not in found:
            found.append(case.lens)
    return found


def once_by_day(lenses: list[Lens]) -> list[Lens]:
    """Return every lens with some options of its own; by night with all of them."""
    return lenses if IS_NIGHTLY else list({lens.op: lens for lens in lenses}.values())


@pytest.mark.slow
@pytest.mark.parametrize("lens", once_by_day(configured()), ids=lambda lens: lens.op)
def test_every_lens_obeys_the_laws(lens: Lens) -> None:
    assert_lens_laws(lens, values=settings().max_examples // 3)  # test_lens_laws.py is the place for many


def plant(**attributes: object) -> Lens:
    """Return 性別 with some attributes of another kind."""
    kind = type("Planted", (Recode,), {"__module__": __name__} | attributes)
    planted: Lens = kind(table={"男": "1", "女": "2"})
    return planted


NO_CASES = classmethod(lambda _cls: ())


def swapped(_self: Recode, *standard: pl.Expr) -> Values:
    return (standard[0].replace_strict({"1": "女", "2": "男"}, default=None, return_dtype=pl.String),)


def lengthened(_self: Recode, *legacy: pl.Expr) -> Values:
    return (legacy[0] + "性",)


def unregistered(_self: Recode, *_legacy: pl.Expr) -> pl.Expr:
    return pl.lit("T9999")


@pytest.mark.parametrize(
    ("name", "function", "law"),
    [
        ("back", swapped, r"forward\(back\(y\)\) = y"),
        ("canonical", lengthened, "what back writes is accepted and canonical"),
        ("codomain", property(lambda _self: one(Choice(("1", "2", "3")))), r"forward\(back\(y\)\) = y"),
        ("explain", unregistered, "refusals and doubts have registered codes"),
    ],
)
def test_a_bad_lens_breaks_the_law_that_it_is_told_of(name: str, function: object, law: str) -> None:
    lens = plant(examples=NO_CASES, refusals=NO_CASES, **{name: function})
    with pytest.raises(LawError, match=law):
        assert_lens_laws(lens)


def test_an_example_of_a_lens_that_does_not_hold_is_told() -> None:
    def examples(_cls: type[Lens]) -> tuple[Example, ...]:
        return tuple(Example(lens, each.legacy, each.standard, each.source) for each in Recode.examples()[:1])

    lens = plant(forward=lambda _self, *legacy: (pl.lit("1"),), examples=classmethod(examples))
    with pytest.raises(LawError, match="every sourced example holds"):
        assert_lens_laws(lens)


@pytest.mark.slow
@pytest.mark.parametrize("mapping", [A, B])
def test_plans_names_and_paths_are_taken_alike(mapping: str) -> None:
    plan = stdconv.load_mapping(mapping)
    assert assert_lint_clean(plan).fits == assert_lint_clean(mapping).fits
    assert assert_round_trip(plan, records=5).records == assert_round_trip(mapping, records=5).records


def test_a_mapping_with_a_warning_is_not_clean(tmp_path: Path) -> None:
    text = stdconv.load_mapping(A).text.replace(', 不明: "0"', "")
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError, match="M0049 code-never-written"):
        assert_lint_clean(file)


def test_a_round_trip_that_fails_shows_the_counter_example(monkeypatch: pytest.MonkeyPatch) -> None:
    back, accept = Recode.back, Lens.accept
    monkeypatch.setattr(Recode, "back", lambda self, y: (back(self, y)[0].replace({"女": "男"}),))
    monkeypatch.setattr(Lens, "accept", lambda lens, *given: accept(lens, *given) | pl.lit(lens.op == "recode"))
    with pytest.raises(AssertionError) as failure:
        assert_round_trip(A, records=10)
    text = str(failure.value)
    record = "1234567890,1,行政　花子,3600707,女,住登者,20240301,日本人\r\n"
    assert "P0008" in text
    assert f"  {record.encode('cp932').hex(' ')}\n" in text
    assert "--records 10 --seed 0" in text


# Damage

TWO = "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別\r\n" + (
    "1234567890,1,行政　花子,3600707,女,住登者,20240301,日本人\r\n"
    "2345678901,1,行政　太郎,3590305,男,住登者,20240301,日本人\r\n"
)


@pytest.mark.parametrize(
    ("kind", "parts", "codes"),
    [
        (
            "full-width-digits",
            ["３６００７０７", "３５９０３０５", "２０２４０３０１", "４５６７８９０"],
            {"T0019", "S0002"},
        ),
        ("era-against-date", [",4600707,", ",4590305,", ",2600707,", ",2590305,", ",5600707,", ",5590305,"], {"T0005"}),
        ("no-such-day", [",3600231,", ",3590231,", ",20240231,"], {"T0004"}),
        ("date-with-slashes", [",2024/3/1,"], {"T0003"}),
        ("missing-column", ["20240301\r\n"], {"R0001"}),
        ("trailing-columns", ["日本人,,\r\n"], {"R0001"}),
        ("stray-quote", ['1"234567890', '2"345678901'], {"R0002"}),
        ("open-quote", [',"日本人\r\n'], {"R0003", "R0012"}),
        ("duplicate", ["日本人\r\n1234567890,1,", "日本人\r\n2345678901,1,"], {"D0001"}),
    ],
)
def test_damage_looks_as_in_real_files_and_is_told(kind: Kind, parts: list[str], codes: set[str]) -> None:
    bad = damage_legacy(A, TWO.encode("cp932"), kinds=[kind], seed=3)
    assert any(part in bad.data.decode("cp932") for part in parts)
    compared = bad.plan.compare(stdconv.convert_bytes(bad.data, A).findings)
    assert compared.is_as_planned
    (damage,) = bad.plan.damages
    assert {*compared.told[damage]} & codes
    assert (compared.table()["planted"].item(), compared.table()["found"].item()) == (1, 1)


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_takes_the_record_of_another_one(seed: int) -> None:
    bad = damage_legacy(A, TWO.encode("cp932"), kinds=["duplicate", "full-width-digits", "no-such-day"], seed=seed)
    assert bad.plan.compare(stdconv.convert_bytes(bad.data, A).findings).is_as_planned
    assert len(bad.plan.damages) == 2
    assert len(bad.plan.left_out) == 1


def test_what_is_not_told_and_what_is_told_besides_is_shown() -> None:
    bad = damage_legacy(A, TWO.encode("cp932"), kinds=["missing-column"], seed=3)
    found = stdconv.convert_bytes(bad.data, A).findings
    (damage,) = bad.plan.damages
    nothing = bad.plan.compare(found.clear())
    assert (nothing.missed, nothing.table()["found"].item(), nothing.is_as_planned) == ((damage,), 0, False)
    elsewhere = found.filter(code="R0001").with_columns(pl.lit(3 - damage.record, dtype=pl.Int64).alias("_row"))
    besides = bad.plan.compare(pl.concat([found, elsewhere]))
    assert (besides.missed, besides.others["_row"].to_list(), besides.is_as_planned) == ((), [3 - damage.record], False)


def test_kinds_that_cannot_befall_a_file_are_left_out_with_the_reason() -> None:
    bad = damage_legacy(A, TWO.encode("cp932"), kinds=["lost-sign", "gap"])
    assert bad.data == TWO.encode("cp932")
    assert bad.plan.damages == ()
    assert "names no signs" in bad.plan.left_out["lost-sign"]["en"]
    assert "宣言がなく" in bad.plan.left_out["lost-sign"]["ja"]
    assert bad.plan.left_out.keys() == {"lost-sign", "gap"}


def test_wrong_calls_of_the_kit_are_told() -> None:
    data = TWO.encode("cp932")
    with pytest.raises(stdconv.DefinitionError, match="C0116"):
        damage_legacy(A, data, kinds=["mark", "gap"])
    wrong: list[dict[str, Any]] = [{"kinds": ["rust"]}, {"times": 0}, {"seed": -1}]
    for arguments in wrong:
        with pytest.raises(stdconv.DefinitionError, match="C0060"):
            damage_legacy(A, data, **arguments)
    with pytest.raises(stdconv.DefinitionError, match="C0060"):
        damage_standard("resident-link/1.0", cast("bytes", "text"))
    with pytest.raises(stdconv.UnreadableError, match="R0010"):
        damage_legacy(A, data[8:])
    for text in ("", "[]", "{}", '{"damages": [{"kind": "gap"}], "left_out": {}, "before": [], "records": 1}'):
        with pytest.raises(stdconv.DefinitionError, match="C0115"):
            DamagePlan.from_json(text)


# Strategies


@given(st.lists(st.deferred(lambda: records("resident-link/1.0")), min_size=1, max_size=20))
@settings(max_examples=10)
def test_records_of_a_schema_obey_its_columns_and_its_rules_file(rows: list[dict[str, str | None]]) -> None:
    findings = stdconv.validate(
        pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)), "resident-link/1.0"
    ).findings
    between_columns = {"S0007", "D0001"}  # what `allOf` and the dataset's rules say is not a record's domain
    doubtful = {"E0003", "E0004"}  # nor which of its characters are doubtful
    assert set(findings["code"]) <= between_columns | doubtful


LONG = {"type": "string", "pattern": "^[ -~]{0,}$", "minLength": 30, "maxLength": 40}
FEBRUARY = {"type": "string", "format": "date", "pattern": "^2024-02-[0-9]{2}$"}
WHOLE = {"type": "integer", "minimum": 1}
LISTED = {"type": "integer", "enum": [7, -3]}
STEPS = {"type": "integer", "minimum": 10, "maximum": 40, "multipleOf": 7, "not": {"const": 21}}
ANY_NUMBER = {"type": "integer"}
PAIRS = {"type": "string", "pattern": "^(ab|c){1,}$", "allOf": [{"minLength": 11}, {"maxLength": 12}]}


def schema_file(folder: Path, **columns: dict[str, Any]) -> str:
    dialect = "https://json-schema.org/draft/2020-12/schema"
    schema = {"$schema": dialect, "type": "object", "properties": columns, "required": list(columns)}
    (folder / "own.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    return str(folder / "own.schema.json")


@pytest.mark.parametrize("column", [LONG, FEBRUARY, WHOLE, LISTED, STEPS, ANY_NUMBER, PAIRS])
def test_records_of_what_can_be_satisfied_are_drawn_and_obey_it(column: dict[str, Any], tmp_path: Path) -> None:
    """Complaints: python-jsonschema/hypothesis-jsonschema#88 and #16, NeuraLegion/har-sdk#216."""
    file = schema_file(tmp_path, a=column)
    seen = set()

    @given(records(file))
    @settings(max_examples=20, database=None, deadline=None)
    def drawn(row: dict[str, Any]) -> None:
        Draft202012Validator(column, format_checker=FormatChecker()).validate(row["a"])
        seen.add(row["a"])

    drawn()
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ({"type": "string", "pattern": "^[0-9]{3}$", "minLength": 4}, "of the pattern and of the lengths"),
        ({"type": "string", "minLength": 4, "maxLength": 3}, "of the pattern and of the lengths"),
        ({"type": "integer", "minimum": 4, "maximum": 3}, "no number is within the bounds"),
        pytest.param(
            {"type": "string", "format": "date", "pattern": "^[a-z]{1,}$"}, "20000 values", marks=pytest.mark.slow
        ),
    ],
)
def test_what_cannot_be_drawn_is_said_with_its_cause(column: dict[str, Any], why: str, tmp_path: Path) -> None:
    file = schema_file(tmp_path, a=column)
    with pytest.raises(stdconv.DefinitionError, match="C0028") as caught:
        records(file)
    assert why in str(caught.value)
    assert '"a"' in str(caught.value)


@pytest.mark.parametrize("domain", [Date(), Choice(("1", "2")), Text("^[0-9]{3}$"), Text("^[ァ-ヶー]{1,5}$")])
def test_texts_lie_in_their_domain_and_near_misses_often_do_not(domain: Date | Choice | Text) -> None:
    @given(st.lists(texts(domain), min_size=5, max_size=5), st.lists(near_misses(domain), min_size=20, max_size=20))
    @settings(max_examples=10)
    def law(members: list[str], near: list[str]) -> None:
        inside = pl.DataFrame({"v": [*members, *near]}).select(check_value(domain, pl.col("v"))).to_series()
        assert inside[:5].all()
        outside.extend((~inside[5:]).to_list())

    outside: list[bool] = []
    law()
    assert len(outside) / 4 < sum(outside)


def test_alphabets_narrow_what_patterns_admit() -> None:
    assert find(texts(Text("^[ -~]{4}$"), alphabet="xyz"), lambda _text: True, settings=SEARCH).strip("xyz") == ""
    assert find(texts(Text("^[あ-ん]{1}$"), alphabet="xyz"), lambda _text: True, settings=SEARCH) not in "xyz"


def test_every_sequence_of_cp932_can_be_drawn_those_that_no_encoder_writes_among_them() -> None:
    drawn = set(nearmisses._sequences())
    assert drawn == {sequence for sequence, _ in two_byte_sequences()}
    assert len(drawn) == 9_604
    assert {b"\xed\x40", b"\xfa\x40", b"\x87\x40", b"\xf0\x40", b"\x81\x60"} <= drawn


@pytest.mark.parametrize(
    "wanted", [*(bytes((byte,)) for byte in UNASSIGNED_BYTES), b"\xed\x40", b"\xf0\x40", b"\x81\x3f", b"\0"]
)
def test_bytes_that_python_would_lose_are_drawn(wanted: bytes) -> None:
    assert find(raw_bytes("cp932"), lambda data: data == wanted, settings=SEARCH) == wanted


@pytest.mark.parametrize("wanted", ["𠮷".encode(), "辻\U000e0100".encode(), "\ue000".encode(), b"\xed\xa0\x80"])
def test_characters_of_several_code_points_and_none_are_drawn(wanted: bytes) -> None:
    assert find(raw_bytes("utf-8"), lambda data: data == wanted, settings=SEARCH) == wanted


@pytest.mark.slow
@pytest.mark.parametrize("mapping", [A, B])
def test_undamaged_files_convert_more_often_than_not(mapping: str) -> None:
    """Of two in three of their records; in some fifteen files, which are drawn by day, of fewer than half."""
    plan = stdconv.load_mapping(mapping)
    counts = {"read": 0, "accepted": 0}

    @given(legacy_files(mapping))
    @settings(max_examples=400 if IS_NIGHTLY else 100, phases=[Phase.generate])
    def law(file: LegacyFile) -> None:
        whole = convert(plan, file)
        counts["read"] += whole.read
        counts["accepted"] += len(whole.standard)

    law()
    assert counts["accepted"] * 2 > counts["read"] > 0


DAMAGE = {
    "quote": (A, rb'"'),
    "newline in quotes": (A, rb'\n"'),
    "unassigned byte": (A, rb"(?<![\x81-\x9f\xe0-\xfc])[\x80\xa0\xfd-\xff]"),
    "NEC's copy of an IBM character": (A, rb"[\xed\xee][\x40-\x7e\x80-\xfc]"),
    "private use": (A, rb"[\xf0-\xf9][\x40-\x7e\x80-\xfc]"),
    "era boundary": (A, rb"2151225|3011225|3640107|3640108|4010108|4310430|5010501"),
    "blank line": (A, rb"\r\n\r\n"),
    "no end": (A, rb"[^\n]\Z"),
    "astral character": (B, rb"[\xf0-\xf4][\x90-\xbf]"),
    "variation sequence": (B, rb"\xf3\xa0[\x84-\x87]|\xef\xb8[\x80-\x8f]"),
    "broken UTF-8": (B, rb"\xc0\x80|\xed\xa0\x80|\xf5|\xff"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mapping", [A, B])
def test_damaged_files_hold_what_real_ones_do(mapping: str) -> None:
    missing = {kind: re.compile(pattern) for kind, (name, pattern) in DAMAGE.items() if name == mapping}

    def were_all_there(file: LegacyFile) -> bool:
        for kind in [kind for kind, pattern in missing.items() if pattern.search(file.body)]:
            del missing[kind]
        return not missing

    with contextlib.suppress(NoSuchExample):
        find(legacy_files(mapping, damaged=True), were_all_there, settings=SEARCH)
    assert missing == {}


def test_records_of_a_domain_are_drawn_too() -> None:
    domain = Record(columns=(("a", Choice(("1",))), ("b", Date())), required=("a",))
    row = find(records(domain), lambda row: row["b"] is None, settings=SEARCH)
    assert row == {"a": "1", "b": None}
