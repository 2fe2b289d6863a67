"""The rules of shipped records, both ways, on records written by hand; and rules that they do not use."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import stdconv
from oracles.reference_schema import ends_with_its_check_digit
from stdconv.domains.check import check
from stdconv.domains.sets import CheckDigit, Record
from stdconv.errors import DefinitionError
from stdconv.japan.checkdigits import SCHEMES
from support import doubtedresidents, laterresidents, measures, residents
from support.frames import frame, record_findings
from support.residents import BARE, JAPANESE, Edited

SCHEMA = "resident-basic/0.1"
LATER = "resident-basic/0.2"
EDITIONS: dict[str, Any] = {SCHEMA: residents, LATER: laterresidents}
"""The residents that each edition's records are edited from."""

every_edition = pytest.mark.parametrize("schema", EDITIONS)


def findings_in(some: Sequence[Mapping[str, str]], schema: str = SCHEMA) -> pl.DataFrame:
    return record_findings(frame(some, stdconv.load_schema(schema).names), schema)  # dataset rules: test_dataset.py


@every_edition
@pytest.mark.parametrize("resident", ["JAPANESE", "FOREIGN", "ERASED"])
def test_nothing_is_told_of_a_good_record(resident: str, schema: str) -> None:
    assert findings_in([getattr(EDITIONS[schema], resident)], schema).rows() == []


@every_edition
def test_nothing_refuses_a_record_of_which_hardly_anything_is_known(schema: str) -> None:
    assert set(findings_in([BARE], schema)["severity"]) == {"warn"}


DOUBTS = doubtedresidents.CODES
"""What is told of rules that only edition 0.2 has: in tables of their own, and left out of those of other rules."""
ALONE: frozenset[str] = frozenset()

EDITED = [
    *(
        pytest.param(schema, edited, DOUBTS, id=f"{schema}: {about}")
        for schema, those in {**EDITIONS, "support-measures/0.1": measures}.items()
        for about, edited in those.EDITED.items()
    ),
    *(pytest.param(LATER, edited, ALONE, id=f"doubts: {about}") for about, edited in doubtedresidents.EDITED.items()),
]


@pytest.mark.parametrize(("schema", "edited", "elsewhere"), EDITED)
def test_an_edited_record_is_told_under_exactly_these_codes_and_columns(
    schema: str, edited: list[Edited], elsewhere: frozenset[str]
) -> None:
    findings = findings_in([each.record for each in edited], schema).filter(~pl.col("code").is_in(list(elsewhere)))
    rows = findings.select("_row", "code", "column").rows()
    found = [{(code, column) for at, code, column in rows if at == row} for row in range(1, len(edited) + 1)]
    differing = [
        (each.changes, each.findings, was) for each, was in zip(edited, found, strict=True) if each.findings != was
    ]
    assert differing == []
    assert len(rows) == sum(len(each.findings) for each in edited), "nothing is found twice"


OF_PLACES = {f"S00{number}" for number in range(50, 56)}
DOUBTED = {SCHEMA: {"S0013", "S0025", "S0026"}, LATER: {"S0013", "S0025", "S0026", "S0031", *DOUBTS, *OF_PLACES}}


def edited_in(schema: str) -> list[Edited]:
    those = EDITIONS[schema].EDITED | (doubtedresidents.EDITED if schema == LATER else {})
    return [each for several in those.values() for each in several]


@every_edition
def test_every_code_of_the_full_record_is_told_in_the_table_and_left_untold_beside_it(schema: str) -> None:
    for code in {*(f"S{number:04}" for number in range(12, 26)), *DOUBTED[schema]}:
        answers = {any(each == code for each, _ in edited.findings) for edited in edited_in(schema)}
        assert answers == {True, False}, code


@every_edition
def test_what_one_vendor_does_not_take_and_what_is_known_from_samples_only_is_a_warning(schema: str) -> None:
    findings = findings_in([each.record for each in edited_in(schema)], schema)
    assert set(findings.filter(pl.col("severity") == "warn")["code"]) == DOUBTED[schema]
    assert set(findings["severity"]) == {"warn", "refuse"}


def test_the_detail_names_the_rule_in_both_languages() -> None:
    findings = findings_in([JAPANESE | {"生年月日_元号": "4", "消除の事由": "21"}])
    assert findings.select("code", "detail").rows() == [
        ("S0016", "住登者に消除の事由はない / a current resident has no 消除の事由"),
        (
            "S0006",
            "元号は生年月日と一致する（1912-07-30 と 1926-12-25 は両方の元号を許す） / "
            "the 元号 is that of 生年月日 (on 1912-07-30 and 1926-12-25 both stand)",
        ),
    ]


def test_a_detail_says_a_rule_or_a_shape_and_nothing_of_the_record() -> None:
    titles = {check.title for check in stdconv.load_schema(SCHEMA).checks}
    details = set(findings_in([each.record for each in edited_in(SCHEMA)])["detail"])
    assert {
        detail
        for detail in details - titles
        if not re.fullmatch("shape=[9A９Ａｱアあ漢.．#＃␣□?]{0,20} length=[0-9]+", detail)
    } == set()


def test_a_code_of_five_digits_is_told_of_its_form_and_of_its_check_digit() -> None:
    """Many layouts have the code without it; the remedy of S0024 speaks of that."""
    findings = findings_in([JAPANESE | {"市区町村コード": "13101"}])
    assert findings["code"].to_list() == ["S0002", "S0024", "S0026"]
    assert set(findings["column"]) == {"市区町村コード"}


def test_a_day_that_may_be_29_february_is_no_day_all_the_same_where_the_calendar_has_none() -> None:
    findings = findings_in([JAPANESE | {"生年月日": "1985-02-30"}])
    assert findings.select("code", "column", "detail").rows() == [("S0005", "生年月日", "shape=9999#99#99 length=10")]


# Check digits, and rules that the full record does not use, in a schema of one's own.


@pytest.mark.parametrize("number", SCHEMES)
def test_check_digits_are_those_of_the_domain_facts(number: str) -> None:
    length = len(SCHEMES[number][0]) + 1
    rng = random.Random(number)
    texts = ["".join(rng.choices("0123456789", k=length)) for _ in range(2000)]
    frame = pl.DataFrame({"n": texts})
    rule = Record(rules=(CheckDigit("n", *SCHEMES[number]),))
    verdicts = frame.select(check(rule, {"n": pl.col("n")})).to_series().to_list()
    assert verdicts == [ends_with_its_check_digit(number, text) for text in texts]
    assert 0 < sum(verdicts) < len(texts)


def own_schema(folder: Path, rule: str) -> Path:
    """A schema of one's own: a number that is the key, a code, and one record rule."""
    columns: dict[str, dict[str, Any]] = {"番号": {"pattern": "^[0-9]{1,15}$"}, "状態": {"maxLength": 1}}
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "t",
        "type": "object",
        "x-key": ["番号"],
        "properties": {name: {"type": "string", "x-type": "X", **node} for name, node in columns.items()},
        "required": ["番号"],
        "additionalProperties": False,
    }
    path = folder / "own.schema.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    path.with_name("own.rules.yaml").write_text(f"record:\n  - {rule}\n", encoding="utf-8")
    return path


def test_a_code_outside_a_list_that_is_not_closed_is_doubtful(tmp_path: Path) -> None:
    rule = '{rule: listed, title: 状態は一覧にある, source: "assumed: 試験", codes: juminjotai, columns: [状態]}'
    frame = pl.DataFrame({"番号": ["1", "2", "3"], "状態": ["1", "7", None]})
    findings = stdconv.validate(frame, own_schema(tmp_path, rule)).findings
    assert findings.select("_row", "code", "column", "severity", "detail").rows() == [
        (2, "S0026", "状態", "warn", "状態は一覧にある")
    ]


def test_a_column_that_a_rule_names_twice_is_told_once(tmp_path: Path) -> None:
    rule = "{rule: joined, title: t, source: s, whole: 状態, parts: [番号], separator: '', where: {番号: ['1', '2']}}"
    frame = pl.DataFrame({"番号": ["1", "2", "3"], "状態": ["1", "3", "4"]})
    findings = stdconv.validate(frame, own_schema(tmp_path, rule)).findings
    assert findings.select("_row", "code", "column").rows() == [(2, "S0021", "状態+番号")]


def test_a_newly_issued_number_of_a_resident_ends_with_its_check_digit_however_long_it_is(tmp_path: Path) -> None:
    """docs/domain.md, Keys and history: modulus 11, weights 2-7 from the right.

    123456: 6·2+5·3+4·4+3·5+2·6+1·7 = 77 = 7·11, so 0; 9876543: 3·2+4·3+5·4+6·5+7·6+8·7+9·2 = 184 = 16·11+8, so 3.
    """
    rule = '{rule: check_digit, title: 検査数字, source: "assumed: 試験", number: atena_bango, columns: [番号]}'
    frame = pl.DataFrame({"番号": ["1234560", "98765433", "000000098765433", "1234561", "98765430"]})
    findings = stdconv.validate(frame, own_schema(tmp_path, rule)).findings
    assert findings.select("_row", "code", "column").rows() == [(4, "S0024", "番号"), (5, "S0024", "番号")]


@pytest.mark.parametrize(
    ("rule", "code", "part"),
    [
        ("{rule: listed, title: t, source: s, codes: no_such_list, columns: [状態]}", "C0001", "no_such_list"),
        ("{rule: not_after, title: t, source: s, earlier: 状態, later: [日付]}", "M0033", "日付"),
        ("{rule: check_digit, title: t, source: s, number: hojin_bango, columns: [番号]}", "M0032", "own.rules.yaml:2"),
        (
            "{rule: joined, title: {ja: t}, source: s, whole: 状態, parts: [番号], separator: ''}",
            "M0032",
            "own.rules.yaml:2",
        ),
    ],
    ids=["an unknown list", "an unknown column", "an unknown number", "a title in one language"],
)
def test_a_rule_about_what_there_is_not_is_a_fault_that_names_it(
    rule: str, code: str, part: str, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError) as caught:
        stdconv.load_schema(own_schema(tmp_path, rule))
    assert code in {fault.code for fault in caught.value.faults}
    assert part in str(caught.value)
