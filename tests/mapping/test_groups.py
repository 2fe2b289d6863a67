"""What a mapping leaves out in groups: read by name everywhere, held against the order of columns, laid over others."""

from __future__ import annotations

from pathlib import Path

import yaml

import stdconv
from stdconv.cli.entry import run
from stdconv.linting.lint import lint_yaml
from stdconv.mapping.plan import load_plan, read_plan
from support.paths import CASES

LARGE = CASES / "golden-large-layout" / "mapping.yaml"

LAYOUT = """grammar: 1
id: test/groups
about: {vendor: X社, title: 試験, source: "assumed: x"}
standard: resident-link/1.0
legacy: {encoding: utf-8, columns: [住民番号, 履歴番号, 予備1, 予備2, 予備3, 予備4]}
fields:
  - {standard: 宛名番号, legacy: 住民番号}
  - {standard: 履歴番号, legacy: 履歴番号}
  - {standard: 世帯番号, missing: {severity: note, because: x1}}
  - {standard: 氏名, missing: {severity: note, because: x1}}
  - {standard: 住民種別, missing: {severity: note, because: x1}}
  - {standard: 住民状態, missing: {severity: note, because: x1}}
  - {standard: 生年月日, missing: {severity: note, because: x1}}
  - {standard: 性別, missing: {severity: note, because: x1}}
  - {standard: 異動年月日, missing: {severity: note, because: x1}}
examples: [{source: "assumed: x", legacy: {住民番号: "1", 履歴番号: "1"}, standard: {宛名番号: "1", 履歴番号: "1"}}]
unmapped:
  standard: {生年月日_元号: 元号はない}
"""


def faults_of(legacy: str) -> list[tuple[str, int | None]]:
    found = lint_yaml(LAYOUT + f"  legacy:\n{legacy}\n", "m.yaml").faults
    return [(each.code, each.place.line if each.place else None) for each in found]


def group(said: str) -> str:
    return f"    - {{{said}, because: 使わない}}"


def test_a_large_layout_needs_few_lines_and_is_read_name_by_name(capsys) -> None:  # type: ignore[no-untyped-def]
    """112 columns into 187: each that is left out has its reason, in the order of the layout and of the schema."""
    text = LARGE.read_text(encoding="utf-8")
    lines = text[text.index("\nunmapped:") : text.index("\nexamples:")].strip().splitlines()
    assert len(lines) < 25
    plan = load_plan(LARGE)
    left_out = plan.mapping.unmapped
    assert (len(plan.mapping.legacy.columns), len(plan.schema.names)) == (112, 187)
    assert (len(left_out.legacy), len(left_out.standard)) == (112 - 33, 187 - 34 - 1)
    assert left_out.legacy["後期証回収日"] == "保険と年金の資格は各業務のファイルで連携する"
    assert left_out.standard["転出先住所（確定）_郵便番号"] == "転出と消除は別のファイルで連携する"
    assert plan.text == text
    assert run(["show", "mapping", str(LARGE)]) == 0
    shown = capsys.readouterr().out
    for names in (left_out.legacy, left_out.standard):
        assert all(f"| {name} | {reason} |" in shown for name, reason in names.items())


def test_groups_say_what_single_names_say() -> None:
    """The same mapping with every name and its reason written out is another text, and the same mapping."""
    document = yaml.safe_load(LARGE.read_text(encoding="utf-8"))
    plan = load_plan(LARGE)
    document["unmapped"] = {side: dict(getattr(plan.mapping.unmapped, side)) for side in ("legacy", "standard")}
    single = read_plan(yaml.safe_dump(document, allow_unicode=True), "m.yaml")
    assert single.mapping == plan.mapping
    reasons = [form.steps[0].lacks for form in plan.mapping.fields if "異動事由" in form.standard]  # type: ignore[union-attr]
    assert len(reasons[0]) == 29
    assert reasons[0]["59"] == "E社は改製、再製、取消しを異動としない"


def test_what_is_wrong_with_a_group_is_told_at_its_line() -> None:
    """Names that there are not, ends in another order, columns in two groups or of a field, and what names nothing."""
    first = group("columns: [予備1]")
    for legacy, wanted in {
        group("from: 予備1, to: 予備4"): [],
        "\n".join([group("columns: [予備2, 予備1]"), group("from: 予備3, to: 予備4")]): [],
        "\n".join([first, group("from: 予備9, to: 余備4")]): [("M0023", 21), ("M0023", 21)],
        "\n".join([first, group("from: 予備4, to: 予備2")]): [("M0145", 21)],
        "\n".join([first, group("from: 予備1, to: 予備4")]): [("M0146", 21)],
        "\n".join([group("from: 予備1, to: 予備4"), group("columns: [予備8, 予備8]")]): [("M0023", 21), ("M0146", 21)],
        "\n".join([first, group("from: 予備2")]): [("M0147", 21)],
        "\n".join([first, group("from: 予備2, to: 予備4, columns: [予備3]")]): [("M0147", 21)],
        "\n".join([first, group("column: [予備2]")]): [("M0006", 21)],
        "\n".join([first, "    - {columns: [予備2, 予備3, 予備4]}"]): [("M0007", 21)],
        "\n".join([first, group("from: 履歴番号, to: 予備4")]): [("M0036", 21), ("M0146", 21)],
        "\n".join([first, group("from: 予備2, to: 予備3")]): [("M0035", 6)],
        "\n".join([group("from: 履歴番号, to: 予備4")]): [("M0036", 20)],
    }.items():
        assert sorted(faults_of(legacy)) == wanted, legacy


def test_a_mapping_laid_over_another_one_takes_what_that_leaves_out(tmp_path: Path) -> None:
    """On either side, one of a group too, with what was written into the column; what both say is a fault."""
    (tmp_path / "base.yaml").write_text(
        LAYOUT + "  legacy:\n" + group("from: 予備1, to: 予備4") + '\ndefaults: {予備2: "9"}\n', encoding="utf-8"
    )
    over = tmp_path / "over.yaml"
    above = 'extends: base.yaml\nid: test/over\nfields:\n  - {standard: 生年月日_元号, legacy: 予備2, steps: [{op: recode, table: {"9": "3"}}]}\n'
    over.write_text(above, encoding="utf-8")
    mapping = stdconv.load_mapping(over).mapping
    assert (list(mapping.unmapped.legacy), list(mapping.unmapped.standard)) == (["予備1", "予備3", "予備4"], [])
    assert mapping.defaults == {}
    assert "because: 使わない" not in load_plan(over).text
    over.write_text(above + "unmapped:\n  legacy:\n" + group("from: 予備2, to: 予備3") + "\n", encoding="utf-8")
    faults = stdconv.lint(over).faults
    assert ("M0036", 7) in [(each.code, each.place and each.place.line) for each in faults]
    over.write_text(
        "extends: base.yaml\nid: test/over\nunmapped:\n  legacy:\n    - {columns: [予備3], because: 別の理由}\n",
        encoding="utf-8",
    )
    left_out = stdconv.load_mapping(over).mapping.unmapped.legacy
    assert left_out == {"予備1": "使わない", "予備2": "使わない", "予備3": "別の理由", "予備4": "使わない"}
    over.write_text(
        "extends: base.yaml\nid: test/over\nlegacy: {columns: [住民番号, 履歴番号, 予備1, 予備2, 予備5, 予備3, 予備4]}\n",
        encoding="utf-8",
    )
    assert [each.code for each in stdconv.lint(over).faults] == ["M0035"]
    over.write_text(
        over.read_text(encoding="utf-8") + "unmapped: {legacy: [{from: 予備5, to: 予備3, because: 新しい}]}\n",
        encoding="utf-8",
    )
    assert stdconv.load_mapping(over).mapping.unmapped.legacy["予備5"] == "新しい"
    (tmp_path / "base.yaml").write_text(
        LAYOUT + "  legacy:\n" + group("columns: [予備1]") + "\n" + group("columns: []") + "\n", encoding="utf-8"
    )
    over.write_text("extends: base.yaml\nid: test/over\nunmapped: {legacy: {予備2: 新しい}}\n", encoding="utf-8")
    found = [(each.code, each.place and each.place.file) for each in stdconv.lint(over).faults]
    assert found == [("M0011", str(tmp_path / "base.yaml"))], (
        "what is wrong with a group is told through what extends it"
    )
