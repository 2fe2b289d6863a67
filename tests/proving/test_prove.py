"""Prove: the shipped mappings hold, wrong copies of them do not, and defects planted in the code are found and reported."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stdconv.cli.entry import run
from stdconv.conversion import convert as converting
from stdconv.conversion import relay
from stdconv.conversion.convert import convert_batch
from stdconv.conversion.outcome import Outcome
from stdconv.conversion.restore import restore_frame
from stdconv.definitions import catalog
from stdconv.errors import DefinitionError
from stdconv.layouts import fixed
from stdconv.lenses.base import Lens
from stdconv.lenses.codes import Recode
from stdconv.lenses.dates import CompactDate
from stdconv.lenses.names import NameSeparator
from stdconv.linting.lint import lint_yaml
from stdconv.mapping.plan import load_plan
from stdconv.proving import prove as proving
from stdconv.proving.files import LegacyFile
from stdconv.proving.generated import legacy_file, misplaced
from stdconv.proving.proof import Proof
from stdconv.proving.prove import prove, prove_yaml
from stdconv.proving.report import proof_text
from stdconv.standard.writers import NdjsonSink
from stdconv.testing import LawError, assert_lens_laws
from support.mappings import changed
from support.nightly import IS_NIGHTLY
from support.paths import CASES
from support.shipped import TRIED

pytestmark = pytest.mark.slow

A = "vendor-a/resident-link"
TEXT = catalog.find("mapping", A).read_text(encoding="utf-8")
WIDE = 30
"""How many standard columns make a wide layout."""

NAME = "龍崎"
"""What a library's own message might quote of a resident."""


def with_changes(*changes: tuple[str, str]) -> str:
    """Return A社's mapping with some of its text changed."""
    return changed(TEXT, *changes)


def place_of(text: str, part: str) -> tuple[int, int]:
    """Return line and column of ``part``, which stands once."""
    assert text.count(part) == 1, part
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


# What is true is proven


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED)
def test_a_shipped_mapping_holds(name: str) -> None:
    plan = load_plan(name)
    asked = 80 if len(plan.carried) < WIDE else 24  # a file of a wide layout takes ten times as long
    asked = asked if IS_NIGHTLY else asked // 2
    proof = prove(name, records=asked)
    assert proof.holds, proof_text(proof)
    assert (proof.mapping, proof.faults, proof.counter_example) == (name, (), None)
    assert proof.examples == len(plan.mapping.examples)
    assert proof.records == proof.accepted + proof.refused >= proof.asked == asked
    assert min(proof.accepted, proof.refused) > asked / 4, "laws held on refused records alone prove little"
    assert 1 < proof.files < proof.records


@pytest.mark.slow
def test_the_same_seed_gives_the_same_proof_and_another_one_other_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[list[LegacyFile]] = []

    def remembered(plan: Any, case: Any) -> Any:
        made[-1].append(file := legacy_file(plan, case))
        return file

    def drawn(seed: int) -> tuple[Proof, list[LegacyFile]]:
        made.append([])
        return prove(A, records=10, seed=seed), made[-1]

    monkeypatch.setattr(proving, "legacy_file", remembered)
    proof, files_of_0 = drawn(0)
    other, files_of_1 = drawn(1)
    assert len(files_of_0) == proof.files > 1
    assert files_of_0[:2] != files_of_1[:2]
    assert other.seed == 1
    # Hypothesis draws constants out of whatever modules happen to be imported, save installed ones
    constants = "".join(f'A{n} = {n}, "値{n}"\n' for n in range(40, 240))
    (tmp_path / "constants_of_ours.py").write_text(constants, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("constants_of_ours")
    assert drawn(0) == (proof, files_of_0)


@pytest.mark.slow
@pytest.mark.parametrize("swap", [(), (("男", "女"), ("女", "男"))], ids=["holds", "does not"])
def test_the_proof_of_a_plan_is_that_of_its_file_but_for_the_files_name(swap: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(with_changes(*((f"{a}: ", f"{b}: ") for a, b in swap)), encoding="utf-8")
    of_file, of_plan = prove(path, records=10), prove(load_plan(path), records=10)
    assert of_file.holds is not bool(swap)
    assert (of_file.file, of_plan.file) == (str(path), A)
    renamed = proof_text(of_file).replace(str(path), A)
    assert renamed == proof_text(of_plan)
    assert dataclasses.replace(of_plan, file=str(path), faults=of_file.faults) == of_file


def test_no_record_is_generated_where_none_is_asked_for() -> None:
    proof = prove(A, records=0)
    assert proof.holds
    assert (proof.files, proof.records) == (0, 0)


SWAPPED = (("男: ", "女: "), ("女: ", "男: "))
"""A table that converts and comes back, and is wrong."""


@pytest.mark.slow
def test_a_part_of_a_proof_can_be_asked_for_alone(own: Path) -> None:
    own.write_text(with_changes(*SWAPPED), encoding="utf-8")
    examples, laws = prove(own, only="examples"), prove(own, records=20, only="laws")
    assert {fault.code for fault in examples.faults} == {"P0002"}
    assert examples.records == 0
    assert (laws.faults, laws.examples) == ((), examples.examples)
    assert laws.records >= 20


def test_the_examples_alone_break_no_law_and_the_laws_alone_are_held_on_the_examples_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_the_code_of_another(monkeypatch)
    assert prove(A, only="examples").holds
    assert [fault.code for fault in prove(A, records=0, only="laws").faults] == ["P0008"]


@pytest.mark.slow
def test_a_part_that_holds_says_what_was_not_tried() -> None:
    name = "vendor-b/resident-link"
    examples, laws = prove(name, only="examples"), prove(name, records=5, only="laws")
    assert "every example came true; no record was generated; examples 8" in proof_text(examples)
    assert "every law held; the examples were not asked for; examples 8" in proof_text(laws)
    assert "すべての法則が守られました（例は確認していません）" in proof_text(laws, "ja")


def test_an_example_that_cannot_be_converted_at_all_breaks_no_law() -> None:
    text = with_changes((", missing: {severity: warn, because: A社の連携項目に世帯番号がない}", ""))
    examples, laws = (prove_yaml(text, "m.yaml", records=5, only=part) for part in ("examples", "laws"))
    assert [fault.code for fault in examples.faults] == ["P0001"]
    assert "T0014" in proof_text(examples)
    assert laws.holds, proof_text(laws)


def test_what_cannot_be_compiled_is_not_proven_but_raised(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = with_changes(("{op: name_separator}", "{op: name_seperator}"), ("legacy: 履歴番号}", "legacy: 履歴}"))
    with pytest.raises(DefinitionError) as raised:
        prove_yaml(text, "m.yaml")
    assert [fault.code for fault in raised.value.faults] == ["M0023", "M0008"]
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert run(["prove", str(tmp_path / "own.yaml")]) == 2
    assert "M0008" in capfd.readouterr().err


# The wrong copies of A社's mapping that issue 3 names


def lint_and_proof(text: str) -> tuple[str, str]:
    """Return what lint and prove say of a mapping."""
    proof = prove_yaml(text, "m.yaml", records=0)
    linted = lint_yaml(text, "m.yaml")
    return "\n".join(fault.text() for fault in (*linted.faults, *linted.warnings)), proof_text(proof)


def test_two_codes_swapped_are_found_by_lint_and_by_prove() -> None:
    text = with_changes(('男: "1", 女: "2"', '男: "2", 女: "1"'))
    lint, proof = lint_and_proof(text)
    for legacy, code, right in (("男", "2", "1"), ("女", "1", "2")):
        line, column = place_of(text, f'{legacy}: "{code}"')
        assert f'm.yaml:{line}:{column}: M0047 wording-of-another-code: "{legacy}" becomes {code}' in lint
        assert f'Write {right} for "{legacy}"' in lint
        (fault,) = [each for each in proof.splitlines() if each.startswith(f"m.yaml:{line}:{column}: P0002")]
        assert f'性別 "{legacy}" becomes 性別 "{code}", but should become 性別 "{right}"' in fault


def test_two_codes_swapped_whose_wordings_only_resemble_the_code_lists_are_found_by_prove() -> None:
    text = with_changes(('日本人: "1", 外国人: "2"', '日本人: "2", 外国人: "1"'))
    lint, proof = lint_and_proof(text)
    line, column = place_of(text, '日本人: "2"')
    assert f"m.yaml:{line}:{column}: M0056 wording-near-another-code (warn)" in lint
    assert f"m.yaml:{line}:{column}: P0002" in proof
    assert '住民種別 "日本人" becomes 住民種別 "2", but should become 住民種別 "1"' in proof


ERAS = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(ERAS, 2)))
def test_two_era_digits_exchanged_are_found_by_prove(one: str, other: str) -> None:
    text = with_changes(
        (f'"{one}": {ERAS[one]}', f'"{one}": {ERAS[other]}'), (f'"{other}": {ERAS[other]}', f'"{other}": {ERAS[one]}')
    )
    proof = prove_yaml(text, "m.yaml", records=0)
    line, _ = place_of(text, "eras: {")
    shown = {"1": "1450730", "2": "2151225", "3": "3600707", "4": "4010108", "5": "5010501"}
    dates = {"1": "1912-07-30", "2": "1926-12-25", "3": "1985-07-07", "4": "1989-01-08", "5": "2019-05-01"}
    assert not proof.holds
    assert {fault.code for fault in proof.faults} <= {"P0001", "P0002", "P0003"}
    for digit in (one, other):
        _, column = place_of(text, f'"{digit}": {ERAS[other if digit == one else one]}')
        (fault,) = [
            each for each in proof.faults if each.place and (each.place.line, each.place.column) == (line, column)
        ]
        assert f'生年月日 "{shown[digit]}"' in fault.text()
        assert f'become 生年月日_元号 "{digit}", 生年月日 "{dates[digit]}"' in fault.text()


def test_two_columns_of_dates_exchanged_are_found_by_prove_in_both_fields() -> None:
    text = with_changes(
        ("legacy: 異動日, steps", "legacy: 生年月日, steps"), ("    legacy: 生年月日\n", "    legacy: 異動日\n")
    )
    faults = prove_yaml(text, "m.yaml", records=0).faults
    moved, born = place_of(text, "{standard: 異動年月日")[0], place_of(text, "standard: [生年月日_元号")[0]
    for first, last, words in (
        (moved, moved, '生年月日 "3600707" should become 異動年月日 "2024-03-01"'),
        (
            born,
            place_of(text, "western: {")[0],
            '異動日 "20240301" should become 生年月日_元号 "3", 生年月日 "1985-07-07"',
        ),
    ):
        (fault,) = [fault for fault in faults if words in fault.text()]
        assert fault.code == "P0001"
        assert fault.place is not None
        assert fault.place.line is not None
        assert first <= fault.place.line <= last


def test_the_table_of_another_column_is_found_by_lint_and_by_prove() -> None:
    text = with_changes(('{住登者: "1", 転出者: "2", 死亡者: "3", 消除者: "9"}', '{日本人: "1", 外国人: "2"}'))
    lint, proof = lint_and_proof(text)
    line, _ = place_of(text, "{standard: 住民状態")
    assert f"m.yaml:{line}:44: M0048" in lint
    assert 'gives "住民状態", but its wordings (日本人・外国人) belong to "住民種別"' in lint
    assert f"m.yaml:{line}:44: P0001" in proof
    assert "T0002 unknown-code" in proof
    assert '住民区分 "住登者" should become 住民状態 "1"' in proof


# Defects planted in the code under test


def reworked(change: Callable[[Outcome, bytes], Outcome]) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what plants a defect in ``convert_batch``."""

    def defective(plan: Any, tables: Any, batch: bytes, **more: Any) -> Outcome:
        return change(convert_batch(plan, tables, batch, **more), batch)

    return lambda patch: patch.setattr(converting, "convert_batch", defective)


def dropped(outcome: Outcome, _batch: bytes) -> Outcome:
    return dataclasses.replace(outcome, refused_bytes=outcome.refused_bytes[1:])


def swapped(outcome: Outcome, _batch: bytes) -> Outcome:
    return dataclasses.replace(outcome, standard=outcome.standard.reverse())


def without_raw(outcome: Outcome, _batch: bytes) -> Outcome:
    return dataclasses.replace(outcome, residue=outcome.residue.with_columns(_raw=pl.lit(None, dtype=pl.Binary)))


def panicking(outcome: Outcome, batch: bytes) -> Outcome:
    if b'"' in batch:
        raise pl.exceptions.PanicException(NAME)
    return outcome


def relay_the_code_of_another(patch: pytest.MonkeyPatch) -> None:
    """Let another layout's file say 男 for everyone, and the relay's own guard look away."""
    patch.setattr(relay, "restore_frame", lambda *given: restore_frame(*given).with_columns(性別=pl.lit("男")))
    patch.setattr(relay, "_differences", lambda *_: iter(()))


def write_the_code_of_another(patch: pytest.MonkeyPatch) -> None:
    """Let ``back`` write 男 for 女, and the guard say yes to every code that was read."""
    back, accept = Recode.back, Lens.accept

    def yes(lens: Any, legacy: Any, standard: Any, again: Any) -> pl.Expr:
        is_code: pl.Expr = pl.lit(value=isinstance(lens, Recode)) & standard[0].is_not_null()
        return accept(lens, legacy, standard, again) | is_code

    patch.setattr(Recode, "back", lambda self, y: (back(self, y)[0].replace({"女": "男"}),))
    patch.setattr(Lens, "accept", yes)


def doubt_the_first_record(patch: pytest.MonkeyPatch) -> None:
    """Let the outcome depend on where in its batch a record stands."""
    patch.setattr(NameSeparator, "doubts", lambda *_: iter([("T0012", pl.int_range(pl.len()) == 0)]))


def write_another_sex(patch: pytest.MonkeyPatch) -> None:
    """Let the standard file say 1 for everyone, in one of its formats."""
    write = NdjsonSink.write

    def changed(sink: NdjsonSink, frame: pl.DataFrame) -> None:
        write(sink, frame.with_columns(pl.col("性別").replace({"2": "1"})))

    patch.setattr(NdjsonSink, "write", changed)


DEFECTS = {
    "P0005 one is lost": (reworked(dropped), 1, (), 15),
    "P0005 two are swapped": (reworked(swapped), 2, (), 15),
    "P0006 residue is lost": (reworked(without_raw), 1, (), 15),
    "P0007 a code is relayed as another": (relay_the_code_of_another, 1, ("性別",), 23),
    "P0008 a code goes back as another": (write_the_code_of_another, 1, ("性別",), 23),
    "P0009 the first is another": (doubt_the_first_record, 2, ("findings",), 15),
    "P0012 a file says another sex": (write_another_sex, 1, ("性別",), 23),
    "P0011 a quote is too much": (reworked(panicking), 1, (), 15),
}
"""Each defect with the fewest records that show it, the columns that are named, and the line of their field."""


@pytest.fixture(scope="module", params=DEFECTS)
def defect(request: pytest.FixtureRequest) -> Any:
    """Return a planted defect's code, how small it can be shown, what is named, and the proof that finds it."""
    plant, records, columns, line = DEFECTS[request.param]
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        proof = prove(A, records=150)
    return request.param[:5], records, columns, line, proof


@pytest.mark.slow
def test_a_defect_is_found_under_its_law_and_shown_by_the_fewest_records(defect: Any) -> None:
    code, records, columns, line, proof = defect
    assert not proof.holds
    assert [fault.code for fault in proof.faults] == [code]
    assert proof.faults[0].place.line == line
    found = proof.counter_example
    assert found.columns == columns
    (name, body, codec), *lookups = found.parts
    assert (name, codec) == (A, "cp932")
    assert len(body.splitlines()) == records
    assert all((name, codec) == ("households", "cp932") for name, _, codec in lookups)
    assert len(lookups) <= 1


@pytest.mark.slow
def test_a_counter_example_is_shown_in_hex_and_as_text_and_says_how_to_see_it_again(defect: Any) -> None:
    code, _, columns, _, proof = defect
    for lang in ("en", "ja"):
        text = proof_text(proof, lang)
        for _, data, _ in proof.counter_example.parts:
            for line in data.splitlines(keepends=True):
                seen = line.decode("cp932").replace("\u3000", "U+3000").replace("\r", "U+000D").replace("\n", "U+000A")
                assert f"  {line.hex(' ')}\n" in text
                assert f"  {seen}\n" in text
        said = {"findings": "指摘"} if lang == "ja" else {}
        assert all(text.count(said.get(column, column)) > 1 for column in columns), "in the fault, and what differs"
        assert not any(name in text for name in said)
        assert code in text
        assert NAME not in text
    assert f"to repeat: stdconv prove {shlex.quote(proof.file)} --records 150 --seed 0" in proof_text(proof)


def command_of(text: str) -> list[str]:
    """Return the arguments of the command that a counter-example prints."""
    (line,) = [line for line in text.splitlines() if line.startswith("to repeat: ")]
    name, *arguments = shlex.split(line.removeprefix("to repeat: "))
    assert name == "stdconv"
    return arguments


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own mapping.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_printed_command_finds_the_same_again(
    monkeypatch: pytest.MonkeyPatch, own: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    reworked(swapped)(monkeypatch)
    assert run(["--lang", "en", "prove", str(own), "--records", "37", "--seed", "5"]) == 1
    text = capfd.readouterr().out
    arguments = command_of(text)
    assert arguments == ["prove", str(own), "--records", "37", "--seed", "5"]
    assert run(["--lang", "en", *arguments]) == 1
    assert capfd.readouterr().out == text


def test_json_holds_the_counter_example_and_parses(
    monkeypatch: pytest.MonkeyPatch, own: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_the_code_of_another(monkeypatch)
    assert run(["--lang", "ja", "prove", str(own), "--records", "37", "--seed", "5", "--format", "json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert found["holds"] is False
    assert (found["asked"], found["seed"], found["file"], found["mapping"]) == (37, 5, str(own), A)
    assert [(fault["code"], fault["line"], fault["file"]) for fault in found["faults"]] == [("P0008", 23, str(own))]
    assert found["faults"][0]["summary"].startswith("法則違反")
    record = "1234567890,1,行政　花子,3600707,女,住登者,20240301,日本人\r\n"
    assert found["counter_example"]["columns"] == ["性別"]
    assert bytes.fromhex(found["counter_example"]["files"][A]).decode("cp932") == record
    assert bytes.fromhex(found["counter_example"]["files"]["households"]) == b"1234567890,9876543\r\n"


@pytest.mark.slow
def test_json_of_what_holds_parses_and_has_no_counter_example(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", A, "--records", "5", "--format", "json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["holds"], found["faults"], found["counter_example"]) == (True, [], None)
    assert found["records"] == found["accepted"] + found["refused"] >= 5
    assert found["mapping"] == A


@pytest.mark.parametrize("kind", [KeyError, pl.exceptions.PanicException, RuntimeError])
def test_a_lens_that_raises_on_some_character_is_found_without_its_words(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = NameSeparator.forward

    def raising(values: pl.Series) -> pl.Series:
        if values.str.contains("梅").any():
            raise kind(NAME)
        return values

    def read(self: NameSeparator, x: pl.Expr) -> tuple[pl.Expr]:
        return (forward(self, x)[0].map_batches(raising, return_dtype=pl.String),)

    monkeypatch.setattr(NameSeparator, "forward", read)
    proof = prove(A, records=10)
    assert [fault.code for fault in proof.faults] == ["P0011"]
    assert proof.counter_example is not None
    (_, body, _), *_ = proof.counter_example.parts
    assert "梅" in body.decode("cp932")
    assert body.count(b"\n") == 1
    assert NAME not in proof_text(proof)


def test_a_lens_that_forgets_what_it_read_breaks_a_law_of_lenses(monkeypatch: pytest.MonkeyPatch) -> None:
    """``back`` and ``canonical`` agree on a lie: of a mapping only the residue would know the date."""

    def lie(text: pl.Expr) -> pl.Expr:
        is_old = text.str.slice(0, 4).is_between(pl.lit("1000"), pl.lit("1949"))
        return pl.when(is_old).then(pl.lit("19500101")).otherwise(text)

    back, canonical = CompactDate.back, CompactDate.canonical
    monkeypatch.setattr(CompactDate, "back", lambda self, y: (lie(back(self, y)[0]),))
    monkeypatch.setattr(CompactDate, "canonical", lambda self, x: (lie(canonical(self, x)[0]),))
    with pytest.raises(LawError, match="forward\\(back"):
        assert_lens_laws(CompactDate(none="00000000"))


FIXED = CASES / "golden-fixed" / "mapping.yaml"


def test_filling_that_is_guessed_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name filled with blanks where ideographic spaces are declared is another name, or does not come back."""
    monkeypatch.setattr(fixed, "_bare", lambda value, _place: value.str.strip_chars(" \u3000"))
    proof = prove(FIXED, records=300)
    assert {fault.code for fault in proof.faults} & {"P0005", "P0006"}, [fault.text() for fault in proof.faults]


def test_a_record_of_a_fixed_width_is_damaged_without_another_length() -> None:
    dialect = load_plan(CASES / "golden-fixed-records" / "mapping.yaml").dialect
    line = "D   12行政\u3000\u3000\u3000\u3000012\r\n".encode("cp932")
    shifted = line[:7] + line[8:-2] + b" \r\n"
    assert misplaced(line, "shift", 7, dialect) == shifted
    assert misplaced(line, "filling", 0, dialect) == b"D   12" + "行政".encode("cp932") + b" " * 8 + b"012\r\n"
    assert misplaced(line, "other", 0, dialect) == b"H20261123".ljust(21) + b"\r\n" + line
    assert misplaced(line, "other", 1, dialect) == b"T00000000".ljust(21) + b"\r\n" + line


@pytest.mark.parametrize(
    ("name", "code"), [("行政　花子太郎", "R0016"), ("行政 花", "R0017"), ("行政\u3000", "R0017"), ("行政𠮷", "E0006")]
)
def test_an_example_that_its_layout_cannot_hold_is_told_why(name: str, code: str) -> None:
    text = FIXED.read_text(encoding="utf-8")
    other = f'\n  - {{source: "assumed: x", legacy: {{宛名コード: "2", 漢字氏名: {json.dumps(name, ensure_ascii=False)}, 行政区: "012"}}, standard: {{宛名番号: "2"}}}}\n'
    (fault,) = prove_yaml(text.rstrip() + other, str(FIXED), records=0).faults
    assert fault.code == "P0001"
    assert f"is refused under {code} " in fault.text()
    assert "漢字氏名" in fault.text()
