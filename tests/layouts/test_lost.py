"""Signs that stand for lost characters: found wherever records come from, and never written where they would be found."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from stdconv.api.frames import convert, sample
from stdconv.api.octets import convert_bytes, read_legacy
from stdconv.conversion.knownback import KnownBack
from stdconv.conversion.relay import relay_frame
from stdconv.errors import DefinitionError
from stdconv.findings.rows import ROW, numbers
from stdconv.layouts.characters import lost_signs
from stdconv.layouts.lost import Lost
from stdconv.layouts.writable import file_of
from stdconv.mapping.plan import Plan, load_plan, read_plan
from support.mappings import changed
from support.outcomes import assert_same_relayed
from support.paths import CASES

MAPPING = CASES / "golden-lost" / "mapping.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(str(MAPPING))


def with_question_mark(severity: str) -> Plan:
    text = MAPPING.read_text(encoding="utf-8")
    refused = text[text.index('  - source: "assumed: a surname') :]  # an example that only a refusal makes true
    signs = 'signs: ["▲", "■", "〓"], severity: refuse, except: 方書'
    changes = [(refused, ""), (signs, f'signs: ["?"], severity: {severity}')]
    return read_plan(changed(text, *changes), str(MAPPING))


def rows_of(findings: pl.DataFrame) -> list[tuple[object, ...]]:
    return findings.select(ROW, "column", "severity", "detail").sort(ROW, "column", "detail").rows()


@pytest.mark.parametrize("sign", [*"]^-\\[.*?~&|'<>#", "▲", "〓", "𠮟", "･"])
def test_every_sign_is_found_as_itself_and_nothing_else_is(sign: str) -> None:
    frame = pl.DataFrame({ROW: [1, 2, 3], "a": ["x", f"x{sign}y", ""], "b": ["", sign, "z"], "c": [sign] * 3})
    lost = Lost((sign, "■"), frozenset({"a"}), frozenset({"b"}))
    found = pl.concat(lost_signs(lost, frame, ["a", "b", "c"], side="legacy"))
    point = f"U+{ord(sign):04X}"
    assert rows_of(found) == [(2, "a", "refuse", point), (2, "b", "warn", point)]
    assert lost.is_beyond_ascii is (ord(sign) > 0x7F)


def test_frames_chunks_and_bytes_are_told_the_same(plan: Plan) -> None:
    file = (CASES / "golden-lost" / "legacy.csv").read_bytes()
    legacy = pl.read_csv(file.decode("cp932").encode(), infer_schema=False).fill_null("")
    of_frame, of_bytes = convert(legacy, plan), convert_bytes(file, plan)
    of_legacy = read_legacy(file, plan)
    told = [rows_of(each.findings.filter(code="E0008")) for each in (of_frame, of_bytes, of_legacy)]
    assert told[0] == told[1] == told[2]
    assert len(told[0]) == 6
    assert of_frame.refused[ROW].to_list() == of_bytes.refused[ROW].to_list() == of_legacy.refused[ROW].to_list()
    assert of_legacy.legacy["住民番号"].to_list() == ["1", "4", "6"]


def test_a_sign_is_found_in_utf_16(plan: Plan) -> None:
    file = (CASES / "golden-lost" / "legacy.csv").read_bytes()
    text = MAPPING.read_text(encoding="utf-8")
    other = read_plan(changed(text, ("encoding: cp932", "encoding: utf-16le")), str(MAPPING))
    told = convert_bytes(file.decode("cp932").encode("utf-16le"), other).findings.filter(code="E0008")
    assert rows_of(told) == rows_of(convert_bytes(file, plan).findings.filter(code="E0008"))
    assert len(told) == 6


def test_a_sign_of_ascii_is_found_in_columns_of_ascii_alone() -> None:
    legacy = pl.DataFrame({"住民番号": ["1", "?2"], "氏名漢字": ["行政", "行政"], "方書": ["", "?"], "備考": ["?", ""]})
    refusing, telling = (convert(legacy, with_question_mark(severity)) for severity in ("refuse", "warn"))
    both = [(1, "備考"), (2, "住民番号"), (2, "方書")]
    assert [(*each[:2],) for each in rows_of(refusing.findings.filter(code="E0008"))] == both
    assert [each[2] for each in rows_of(refusing.findings.filter(code="E0008"))] == ["warn", "refuse", "refuse"]
    assert {each[2] for each in rows_of(telling.findings.filter(code="E0008"))} == {"warn"}
    assert refusing.refused[ROW].to_list() == [2]


def test_what_was_proven_once_is_written_as_what_was_not(plan: Plan) -> None:
    """A value with a sign is refused alone, however many records are written from tables of known values."""
    names = ["行政　花子", "▲野　花子", "行政　太郎"] * 700
    standard = pl.DataFrame({"宛名番号": [str(at) for at in range(len(names))], "氏名": names, "方書": ["■館"] * 2100})
    standard = standard.with_columns(世帯主氏名=pl.lit(None, dtype=pl.String)).insert_column(0, numbers(2100))
    known = KnownBack(plan, standard.columns)
    plain, twice = relay_frame(plan, standard), [relay_frame(plan, standard, known=known) for _ in range(2)]
    assert_same_relayed(twice[0], plain)
    assert_same_relayed(twice[1], plain)
    assert plain.refused_rows.to_list() == list(range(2, 2101, 3))
    assert plain.findings["code"].unique().to_list() == ["T0038"]


def test_a_sign_that_is_only_told_is_written_and_told() -> None:
    plan = with_question_mark("warn")
    standard = pl.DataFrame({ROW: [1, 2], "宛名番号": ["?", "2"], "氏名": ["行政　花子"] * 2})
    relayed = relay_frame(plan, standard)
    told = relayed.findings.filter(code="T0038")
    assert rows_of(told) == [(1, "住民番号", "warn", "U+003F")] * 2
    assert told["side"].to_list() == ["legacy", "lookup:households"]
    assert len(relayed.legacy) == 2
    assert b"?,".join([b"", b"\x8d"]) in file_of(relayed.legacy, plan.dialect, side="legacy")


def test_a_file_of_records_that_would_be_refused_is_not_written(plan: Plan) -> None:
    legacy = pl.DataFrame({ROW: [1], "住民番号": ["1"], "氏名漢字": ["▲野"], "方書": [""], "備考": [""]})
    with pytest.raises(DefinitionError) as error:
        file_of(legacy, plan.dialect, side="legacy")
    assert [fault.code for fault in error.value.faults] == ["C0085"]
    assert "U+25B2" in str(error.value)
    assert "▲" not in str(error.value)


@pytest.mark.slow
def test_a_sample_has_no_sign_that_would_be_refused(tmp_path: Path) -> None:
    text = MAPPING.read_text(encoding="utf-8").replace('["▲", "■", "〓"]', '["0", "1", "2", "3", "4"]')
    with pytest.raises(DefinitionError):
        read_plan(text, str(MAPPING))  # digits are no signs
    plan = read_plan(
        changed(MAPPING.read_text(encoding="utf-8"), ('["▲", "■", "〓"]', '["▲", "一", "人", "山"]')), str(MAPPING)
    )
    drawn = sample(plan, 300, 1)
    assert not drawn["氏名漢字"].str.contains("[一人山]").any()
    assert drawn["方書"].str.contains("[一人山]").any()


def test_a_number_has_no_signs_of_lost_characters() -> None:
    """The `-` of a packed number is its sign, whatever the texts beside it have."""
    case = CASES / "golden-fixed-numbers" / "mapping.yaml"
    text = changed(
        case.read_text(encoding="utf-8"), ("  encoding: cp932\n", '  encoding: cp932\n  lost: {signs: ["-"]}\n')
    )
    plan = read_plan(text, str(case))
    assert plan.dialect.lost is not None
    assert plan.dialect.lost.refusing | plan.dialect.lost.warning == {"宛名コード", "漢字氏名", "備考"}
