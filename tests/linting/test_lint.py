"""Lint: every fault of a mapping at once, in the order of the file, and nothing about parts that cannot be read."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stdconv.cli.entry import run
from stdconv.domains.nearmisses import odd_texts
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.registry import codes
from stdconv.lenses import LENSES
from stdconv.linting.lint import Linted, lint, lint_yaml
from stdconv.mapping.plan import load_plan, read_plan
from support.documents import from_yaml
from support.mappings import changed
from support.paths import CASES
from support.shipped import NAMES, TRIED, document_of, text_of

TEXTS = {name: text_of(name) for name in NAMES}
DATA: dict[str, Any] = {name: document_of(name) for name in NAMES}
A, B = LINKS = "vendor-a/resident-link", "vendor-b/resident-link"
"""The small ones, of which every part is tried."""

SENSE = {
    *("M0046", "M0047", "M0048", "M0049", "M0050", "M0051", "M0052", "M0053", "M0054", "M0055", "M0056", "M0057"),
    *("M0068", "M0070", "M0081", "M0082", "M0090", "M0091"),
}
"""What only lint says; everything else keeps a mapping from being compiled."""


def dumped(data: Any) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000)


def with_changes(name: str, *changes: tuple[str, str]) -> str:
    """Return a shipped mapping with some of its text changed."""
    return changed(TEXTS[name], *changes)


def line_of(text: str, part: str) -> int:
    """Return the line of ``part``, which stands once."""
    assert text.count(part) == 1, part
    return text[: text.index(part)].count("\n") + 1


def place_of(fault: Fault) -> tuple[int, int]:
    """Return line and column of a fault, which has both."""
    assert fault.place is not None
    assert fault.place.line is not None
    assert fault.place.column is not None
    return fault.place.line, fault.place.column


def found(linted: Linted) -> list[tuple[str, int | None]]:
    """Return the codes of all faults and warnings with their lines."""
    return [(fault.code, fault.place.line if fault.place else None) for fault in (*linted.faults, *linted.warnings)]


# The shipped mappings, verdicts, output


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_mapping_is_clean_and_so_is_its_plan(name: str) -> None:
    linted = lint(name)
    assert found(linted) == []
    assert linted.is_clean
    assert linted.mapping == name
    assert found(lint(load_plan(name))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED)
def test_how_a_mapping_is_written_in_yaml_makes_no_difference(name: str) -> None:
    assert found(lint_yaml(dumped(DATA[name]), "m.yaml")) == []


COLUMNS = [
    column
    for form in DATA[A]["fields"]
    for column in ([form["standard"]] if isinstance(form["standard"], str) else form["standard"])
]
"""The standard columns of A社's mapping, as its fields name them."""


@pytest.mark.parametrize(
    ("column", "verdict", "changes"),
    [
        ("住民状態", "yes", ()),
        ("異動年月日", "yes", ()),
        ("住民状態", "no", [('消除者: "9"', '消除者: "8"')]),
        ("宛名番号", "no", ()),
        ("履歴番号", "no", [("legacy: 履歴番号}", "legacy: 履歴番号, steps: [{op: name_separator}]}")]),
        ("氏名", "unknown", ()),
        ("氏名", "never", [("{op: name_separator}", "{op: compact_date}")]),
        ("異動年月日", "no", [('none: "00000000"', 'none: "00000000", common_leap_day: true')]),
        ("住民状態", "never", [('住登者: "1", 転出者: "2", 死亡者: "3", 消除者: "9"', '住登者: "5", 転出者: "6"')]),
    ],
)
def test_whether_the_values_fit_the_schema_is_said_for_each_column(
    column: str, verdict: str, changes: list[tuple[str, str]]
) -> None:
    linted = lint_yaml(with_changes(A, *changes), "m.yaml")
    assert linted.fits[column] == verdict
    assert list(linted.fits) == COLUMNS


def test_an_assumption_fits_if_the_column_admits_its_value() -> None:
    assert lint(B).fits["住民種別"] == "yes"
    wrong = lint_yaml(with_changes(B, ('assume: "1"', 'assume: "7"')), "m.yaml")
    assert wrong.fits["住民種別"] == "never"
    assert found(wrong) == [("M0051", line_of(TEXTS[B], 'assume: "1"'))]
    assert '"住民種別"' in wrong.faults[0].text("en")


def test_29_february_of_a_common_year_in_a_column_that_does_not_permit_it_is_one_fault_at_the_option() -> None:
    text = with_changes(A, ('none: "00000000"', 'none: "00000000", common_leap_day: true'))
    linted = lint_yaml(text, "m.yaml")
    assert found(linted) == [("M0046", line_of(text, "common_leap_day"))]
    assert "remove the option" in linted.faults[0].text("en")


WRONG = with_changes(A, ('男: "1", 女: "2"', '男: "2", 女: "1"'), (', 消除者: "9"', ""))
"""A warning, and two lines on two faults."""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(WRONG, encoding="utf-8")
    return tmp_path / "own.yaml"


def test_json_holds_all_there_is_and_parses(wrong: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "lint", str(wrong), A, "--format", "json"]) == 2
    out, err = capfd.readouterr()
    first, second = json.loads(out)
    assert err == ""
    assert list(first) == ["file", "mapping", "faults", "warnings", "fits"]
    assert (first["file"], first["mapping"]) == (str(wrong), A)
    assert [fault["code"] for fault in first["faults"]] == ["M0047", "M0047"]
    assert [fault["code"] for fault in first["warnings"]] == ["M0049"]
    fault = first["faults"][0]
    assert list(fault) == ["code", "name", "severity", "file", "line", "column", "summary", "cause", "remedy"]
    at = WRONG.splitlines()[fault["line"] - 1].index("男") + 1
    assert (fault["file"], fault["column"], fault["severity"]) == (str(wrong), at, "fail")
    assert '"男" becomes 2' in fault["summary"]
    assert first["warnings"][0]["severity"] == "warn"
    assert set(first["fits"].values()) == {"yes", "no", "unknown"}
    assert (second["faults"], second["warnings"], second["mapping"]) == ([], [], A)


@pytest.mark.parametrize("format_", ["json", "text"])
def test_lang_ja_tells_everything_in_japanese(wrong: Path, format_: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "ja", "lint", str(wrong), "--format", format_]) == 2
    out = capfd.readouterr().out
    message = codes()["M0047"].messages["ja"]
    assert message.cause in out
    assert "「男」は 2 になりますが" in out
    for code in ("M0047", "M0049"):
        assert codes()[code].messages["en"].cause not in out
    if format_ == "text":
        assert "誤り 2、警告 1" in out


def test_the_text_stands_in_the_order_of_the_file_with_warnings_and_faults_mixed(
    wrong: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = with_changes(
        A, ('消除者: "9"', '消除者: "4"'), ('男: "1", 女: "2"', '男: "2", 女: "1"'), (', 不明: "0"', "")
    )
    wrong.write_text(text, encoding="utf-8")
    run(["--lang", "en", "lint", str(wrong)])
    lines = capfd.readouterr().out.splitlines()[:-1]
    places = [tuple(map(int, line.removeprefix(f"{wrong}:").split(":")[:2])) for line in lines]
    assert sorted(line.split()[1] for line in lines) == ["M0046", "M0047", "M0047", "M0049", "M0049"]
    assert places == sorted(places)


def test_lint_is_in_the_order_of_the_file_and_says_nothing_twice() -> None:
    text = with_changes(
        A,
        ("because: A社の連携項目に世帯番号がない", "because: －"),
        ('男: "1", 女: "2"', '男: "2", 女: "1"'),
        ('消除者: "9"', '消除者: "4"'),
        ("{op: name_separator}", "{op: compact_date}"),
        ("steps: [{op: compact_date, none", "steps: [{op: compact_date, non"),
        ("unmapped: {legacy: {}", "unmapped: {legacy: {旧氏: －}"),
    )
    linted = lint_yaml(text, "m.yaml")
    wanted = ["M0055", "M0046", "M0006", "M0051", "M0047", "M0047", "M0023", "M0055"]
    assert [fault.code for fault in linted.faults] == wanted
    for faults in (linted.faults, linted.warnings):
        places = [place_of(fault) for fault in faults]
        assert places == sorted(places)
        assert len(set(faults)) == len(faults)
        assert all(fault.place and fault.place.file == "m.yaml" for fault in faults)


def test_a_file_that_does_not_parse_has_one_fault_at_its_line() -> None:
    linted = lint_yaml(with_changes(A, ("lookups:\n", "lookups: [\n")), "m.yaml")
    assert [fault.code for fault in linted.faults] == ["M0001"]
    assert linted.mapping is None
    assert linted.fits == {}


def test_a_seam_that_does_not_hold_names_the_value_that_does_not_pass() -> None:
    steps = 'steps: [{op: recode, table: {男: m, 女: f}}, {op: recode, table: {m: "1", f: "2", u: "0"}}]'
    linted = lint_yaml(
        with_changes(A, ('steps: [{op: recode, table: {男: "1", 女: "2", 不明: "0"}}]', steps)), "m.yaml"
    )
    (seam,) = [fault for fault in linted.faults if fault.code == "M0052"]
    assert '"u"' in seam.text("en"), "m and f do meet the step before; only u does not"


# Parts that do not fit are left out, and nothing is said about what they held


def places_of_parts() -> list[tuple[str, tuple[str | int, ...]]]:
    """Return the path of every part that takes no keys but the known ones."""
    paths: list[tuple[str, tuple[str | int, ...]]] = []
    for name, data in ((name, DATA[name]) for name in LINKS):
        paths += [(name, ()), (name, ("about",)), (name, ("legacy",)), (name, ("unmapped",))]
        paths += [(name, ("lookups", lookup)) for lookup in data["lookups"]]
        for number, form in enumerate(data["fields"]):
            paths.append((name, ("fields", number)))
            paths += [(name, ("fields", number, "steps", step)) for step in range(len(form.get("steps", ())))]
        paths += [(name, ("examples", number)) for number in range(len(data["examples"]))]
    return paths


def part(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize(
    ("name", "path"),
    places_of_parts(),
    ids=lambda value: "/".join(map(str, value)) if isinstance(value, tuple) else value[:8],
)
def test_an_unknown_key_is_one_fault_wherever_it_stands(name: str, path: tuple[str | int, ...]) -> None:
    data = copy.deepcopy(DATA[name])
    part(data, path)["zzz"] = "unknown"
    text = dumped(data)
    assert found(lint_yaml(text, "m.yaml")) == [("M0006", line_of(text, "zzz:"))]


@pytest.mark.parametrize("number", range(len(DATA[A]["fields"])))
def test_places_behind_a_field_that_was_left_out_are_still_right(number: int) -> None:
    data = copy.deepcopy(DATA[A])
    data["fields"][number]["zzz"] = "unknown"
    expected = {("M0006", "zzz:")}
    for other, form in enumerate(data["fields"]):
        table = form.get("steps", [{}])[0].get("table")
        if other != number and table:
            table[f"誤{other}"] = f"7{other}"
            expected.add(("M0046", f"誤{other}:"))
    text = dumped(data)
    linted = lint_yaml(text, "m.yaml")
    assert sorted(found(linted)) == sorted((code, line_of(text, mark)) for code, mark in expected)


@pytest.mark.parametrize("number", range(len(DATA[A]["examples"])))
def test_places_behind_an_example_that_was_left_out_are_still_right(number: int) -> None:
    data = copy.deepcopy(DATA[A])
    data["examples"][number]["zzz"] = "unknown"
    last = len(data["examples"]) - 1
    other = last if number != last else 0
    data["examples"][other]["source"] = "assumed: －"
    text = dumped(data)
    linted = lint_yaml(text, "m.yaml")
    assert sorted(found(linted)) == sorted([("M0006", line_of(text, "zzz:")), ("M0055", line_of(text, "－"))])


@pytest.mark.parametrize("reason", ["－", "—", "?", "...", "assumed:", "assumed: ・", "（）"])
def test_a_reason_without_a_letter_says_nothing(reason: str) -> None:
    data = copy.deepcopy(DATA[A])
    data["about"]["source"] = reason
    data["unmapped"]["legacy"]["備考"] = reason
    data["legacy"]["columns"].append("備考")
    assert [fault.code for fault in lint_yaml(dumped(data), "m.yaml").faults] == ["M0055", "M0055"]


# Tables as CSV


@pytest.mark.parametrize(
    ("rows", "own", "canonical"),
    [
        ("旧,標準,canonical\n男,1,yes\nM,1,\n女,2,\n", "", {"1": "男"}),
        ("旧,標準,canonical,note\n男,1,,\nM,1,yes,入力\n女,2,,\n", "", {"1": "M"}),
        ("旧,canonical,標準\n男,yes,1\nM,,1\n女,,2\n", ', canonical: {"1": M}', {"1": "M"}),
        ("旧,標準\n男,1\nM,1\n女,2\n", ', canonical: {"1": M}', {"1": "M"}),
        ("旧,標準\n男,1\n女,2\n", "", {}),
    ],
)
def test_a_table_says_which_spelling_is_written_back_unless_the_mapping_does(
    rows: str, own: str, canonical: dict[str, str], tmp_path: Path
) -> None:
    table = '{op: recode, table: {男: "1", 女: "2", 不明: "0"}}'
    text = with_changes(A, (table, f"{{op: recode, table: sei.csv{own}}}"))
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "sei.csv").write_text(rows, encoding="utf-8")
    whole = yaml.safe_load(load_plan(tmp_path / "m.yaml").text)
    (step,) = [form["steps"][0] for form in whole["fields"] if form["standard"] == "性別"]
    assert step.get("canonical", {}) == canonical
    assert list(step["table"].values()) == [
        row.split(",")[2 if "canonical,標準" in rows else 1] for row in rows.split()[1:]
    ]


def test_a_table_of_several_columns_has_no_spelling_that_is_written_back(tmp_path: Path) -> None:
    case = CASES / "golden-table-file"
    for file in case.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert lint(tmp_path / "mapping.yaml").faults == ()
    lines = (case / "kubun.csv").read_text(encoding="utf-8").splitlines()
    marked = [f"{lines[0]},canonical", f"{lines[1]},yes", *(f"{line}," for line in lines[2:])]
    (tmp_path / "kubun.csv").write_text("\n".join(marked), encoding="utf-8")
    faults = lint(tmp_path / "mapping.yaml").faults
    assert [(fault.code, fault.place.line) for fault in faults if fault.code == "M0066" and fault.place] == [
        ("M0066", 2)
    ]


# What no example shows, in words that fit the lens


def shorn(data: Any, of: str) -> Any:
    """A mapping whose examples lack something: lookups, blanks around values or inside, a column, another date."""
    for example in data["examples"]:
        legacy = example["legacy"]
        match of:
            case "lookups":
                example.pop("lookups", None)
            case "blanks":
                example["legacy"] = {name: value.strip(" \u3000") for name, value in legacy.items()}
            case "half-width":
                example["legacy"] = {name: value.replace(" ", "\u3000") for name, value in legacy.items()}
            case "small":
                example["legacy"] = {name: value.upper() for name, value in legacy.items()}
            case _:
                legacy[of] = {"届出日": "20240301", "異動終了日": "99999999"}[of]
    return data


@pytest.mark.parametrize(
    ("name", "of", "column", "en", "ja"),
    [
        (A, "half-width", "氏名", "a name with a half-width blank", "半角空白のある氏名"),
        (B, "lookups", "氏名", "a name that its looked-up parts spell", "突合ファイルの氏と名をつなぐと同じになる氏名"),
        ("golden-trim", "blanks", "住所_方書", "a value with blanks around it", "前後に空白のある値"),
        ("golden-chain", "small", "生年月日_元号・生年月日", "a value with small letters", "小文字のある値"),
        (
            "golden-coalesce",
            "届出日",
            "届出年月日",
            "a value in column 2 and none before it",
            "2 番目の項目が最初の値となるもの",
        ),
        (
            "golden-coalesce-nothing",
            "届出日",
            "届出年月日",
            "a value in column 2 and none before it",
            "2 番目の項目が最初の値となるもの",
        ),
        ("golden-latest", "異動終了日", "最新フラグ", 'another value than "99999999"', "「99999999」以外の値"),
        ("golden-latest-empty", "異動終了日", "最新フラグ", "an empty value", "空の値"),
    ],
)
def test_what_no_example_shows_is_told_in_words_that_fit_the_lens(
    name: str, of: str, column: str, en: str, ja: str
) -> None:
    file = CASES / name / "mapping.yaml"
    data = from_yaml(TEXTS.get(name) or file.read_text(encoding="utf-8"))
    faults = [each for each in lint_yaml(dumped(shorn(data, of)), str(file)).faults if each.code == "M0054"]
    summaries = {fault.messages["en"].summary: fault.messages["ja"].summary for fault in faults}
    summary = f"Nothing shows that {column} is right for {en}: no example has such a value."
    assert summaries[summary].startswith(f"「{column}」が{ja}に対して正しいことを示すものがありません")


@pytest.mark.parametrize("op", LENSES)
def test_every_way_through_a_lens_has_words_in_both_languages(op: str) -> None:
    for lens in {repr(case.lens): case.lens for case in LENSES[op].examples()}.values():
        for branch in lens.branches(*(pl.lit("") for _ in range(lens.takes))):
            assert re.match(r'"|an? |another ', branch.words["en"])
            assert re.search("[ぁ-んァ-ヶ一-龠「]", branch.words["ja"])
            assert op not in branch.words["en"], "what goes this way is a value, not the lens"


def test_a_warning_in_japanese_has_no_english_word_of_severity(capfd: pytest.CaptureFixture[str], wrong: Path) -> None:
    run(["--lang", "ja", "lint", str(wrong)])
    out = capfd.readouterr().out
    assert "M0049 code-never-written（警告）: " in out
    assert "(warn)" not in out


# Whatever the file holds, lint answers


def nodes(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all parts below ``data``."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [each for key, value in items for each in ((*path, key), *nodes(value, (*path, key)))]


VALUES = (
    odd_texts()
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.sampled_from(
        ([], {}, [[]], {"": ""}, {"op": "recode"}, ["氏名"], {"氏名": "氏名"}, "steps", "recode", "T0005")
    )
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw a shipped mapping some nodes of which were deleted, doubled, replaced, renamed or exchanged."""
    data = copy.deepcopy(DATA[draw(st.sampled_from(LINKS))])
    for _ in range(draw(st.integers(1, 4))):
        paths = nodes(data)
        if not paths:
            break
        *above, key = draw(st.sampled_from(paths))
        parent = part(data, tuple(above))
        match draw(st.sampled_from(("delete", "double", "replace", "rename", "exchange", "spread"))):
            case "delete":
                del parent[key]
            case "double" if isinstance(parent, list):
                parent.insert(key, copy.deepcopy(parent[key]))
            case "rename" if isinstance(parent, dict):
                name = draw(st.sampled_from(list(parent)) | odd_texts())
                parent[name] = parent.pop(key)
            case "exchange":
                parent[key] = copy.deepcopy(part(data, draw(st.sampled_from(paths))))
            case "spread":
                parent[key] = [copy.deepcopy(parent[key])]
            case _:
                parent[key] = draw(VALUES)
    return dumped(data)


def answers(text: str) -> None:
    """Hold what lint says of any text, and what loading says of the same."""
    linted = lint_yaml(text, "m.yaml")
    found_faults = (*linted.faults, *linted.warnings)
    assert len(set(found_faults)) == len(found_faults)
    lines = text.count("\n") + 1
    for each in found_faults:
        assert each.place is not None
        assert each.place.file == "m.yaml"
        assert 1 <= (each.place.line or 1) <= lines + 1
        for lang in ("en", "ja"):
            assert each.text(lang)
    assert {each.severity for each in linted.faults} <= {"fail"}
    assert {each.severity for each in linted.warnings} <= {"warn"}
    loading = {each for each in linted.faults if each.code not in SENSE}
    if loading:
        with pytest.raises(DefinitionError) as raised:
            read_plan(text, "m.yaml")
        assert set(raised.value.faults) == loading
        assert len(raised.value.faults) == len(loading)
    else:
        assert read_plan(text, "m.yaml").mapping.id == linted.mapping


@given(mutated())
def test_lint_answers_whatever_became_of_a_mapping_and_loading_raises_just_its_faults(text: str) -> None:
    answers(text)


@settings(max_examples=max(30, settings().max_examples // 2))
@given(
    st.sampled_from(LINKS),
    st.integers(0, 8_000),
    st.integers(0, 12),
    odd_texts() | st.sampled_from("{}[]:,&*!|>'\"#%@`-? \n\t"),
)
def test_lint_answers_whatever_stands_in_the_file(name: str, at: int, length: int, other: str) -> None:
    text = TEXTS[name]
    at %= len(text)
    answers(text[:at] + other + text[at + length :])
