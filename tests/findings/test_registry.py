"""The registry of codes against everything that uses it, and data files that say the same thing twice."""

from __future__ import annotations

import ast
import csv
import json
import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from stdconv.errors import Place
from stdconv.findings.details import FORMS, described
from stdconv.findings.language import LANGUAGES
from stdconv.findings.phrases import words
from stdconv.findings.registry import SEVERITIES, codes, fault
from stdconv.japan.eras import ERAS
from stdconv.version import VERSION
from support.documents import yaml_of
from support.paths import SCHEMAS, TOP

SRC = TOP / "src" / "stdconv"
REGISTRY = SRC / "findings" / "codes.yaml"
CODE_LISTS = SCHEMAS / "standard" / "codes"
SPEC_CODES = TOP.parent / "shared" / "spec" / "codes"
OURS = {"shikuchoson", "kyu_shikuchoson", "shikuchoson_kyumei"}
"""Code lists from elsewhere, that rules look at."""

ID = re.compile(r"(?<![A-Za-z0-9])[ERTSDMPC][0-9]{4}(?![A-Za-z0-9])")
REGISTERED = yaml_of(REGISTRY)


def test_no_code_is_registered_twice() -> None:
    written = re.findall(r"(?m)^(\w+):", REGISTRY.read_text(encoding="utf-8"))
    assert written == list(REGISTERED)


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SRC.rglob("*.py"))}


def used_ids() -> dict[str, set[str]]:
    """Return every id that stands in code or data, with the files where."""
    files = [*SRC.rglob("*.py"), *SRC.rglob("*.yaml"), *SCHEMAS.rglob("*.json"), *SCHEMAS.rglob("*.yaml")]
    found: dict[str, set[str]] = {}
    for path in files:
        if path != REGISTRY:
            for id_ in ID.findall(path.read_text(encoding="utf-8")):
                found.setdefault(id_, set()).add(path.relative_to(TOP).as_posix())
    return found


USED = used_ids()


def words_given() -> Iterator[tuple[str, list[str | None], str]]:
    """Return (code, words, file:line) for every place in the code that fills a fault's placeholders.

    These are the calls ``fault("X", word=…)``, ``self.at("X", …, word=…)``, ``_ended("X", …, word=…)`` and what lenses
    yield as mistakes: ``"X", path, {"word": …}``. A ``None`` among the words stands for ``**something``.
    """
    for path, tree in TREES.items():
        file = path.relative_to(TOP)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and name_of(node.func) in ("fault", "at", "_ended"):
                if (code := id_in(node.args[0])) is not None:
                    yield (
                        code,
                        [keyword.arg for keyword in node.keywords if keyword.arg != "place"],
                        f"{file}:{node.lineno}",
                    )
            elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
                first, _, last = node.value.elts
                if (code := id_in(first)) is not None and isinstance(last, ast.Dict):
                    yield code, keys_of(last), f"{file}:{node.lineno}"


def keys_of(written: ast.Dict) -> list[str | None]:
    """Return the keys of a dictionary as it stands in code: texts, all of them."""
    return [str(key.value) for key in written.keys if isinstance(key, ast.Constant)]


def name_of(function: ast.expr) -> str:
    return str(getattr(function, "id", getattr(function, "attr", "")))


def id_in(node: ast.expr) -> str | None:
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) and ID.fullmatch(value) else None


CALLS = list(words_given())
SPREAD = {"C0022": ["read", "accepted", "refused"]}
"""What ``**counts.model_dump()`` stands for: the fields of the manifest's counts."""

BY_TABLE = {"M0006", "M0007", "M0008", "M0009", "M0010", "M0011", "M0017", "M0018"}
"""What pydantic finds is translated by a table, with the same words for each code."""


def words_by_table() -> list[str | None]:
    """Return the words that the loading of mappings gives to each code of its table."""
    tree = TREES[SRC / "mapping" / "messages.py"]
    tables = (
        node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and name_of(node.targets[0]) == "words"
    )
    table = next(tables)
    assert isinstance(table, ast.Dict)
    return keys_of(table)


def placeholders(code: str, lang: str) -> set[str]:
    message = codes()[code].messages[lang]
    texts = (message.summary, message.cause, message.remedy)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_id_that_is_used_is_registered() -> None:
    assert {id_: files for id_, files in USED.items() if id_ not in REGISTERED} == {}


def test_every_registered_id_is_used() -> None:
    assert sorted(set(REGISTERED) - set(USED)) == []


def test_ids_stand_once_and_together_with_their_family() -> None:
    ids = re.findall(r"(?m)^([A-Z][0-9]{4}):", REGISTRY.read_text(encoding="utf-8"))
    assert [id_ for id_, count in Counter(ids).items() if count > 1] == []
    families = [letter for letter, _ in groupby(id_[0] for id_ in ids)]
    assert len(families) == len(set(families))
    for letter in families:
        assert [id_ for id_ in ids if id_[0] == letter] == sorted(id_ for id_ in ids if id_[0] == letter)


DETAIL = {"en": "detail", "ja": "詳細"}


@pytest.mark.parametrize("id_", REGISTERED)
def test_what_speaks_of_a_detail_has_one_in_both_languages(id_: str) -> None:
    """That every finding has it is asked of all cases: ``tests/cli/test_cases.py``."""
    code = codes()[id_]
    texts = {lang: re.sub(r"\{\w+\}", "", " ".join(astuple(code.messages[lang]))) for lang in LANGUAGES}
    speaks = {lang: DETAIL[lang] in texts[lang] for lang in LANGUAGES}
    assert speaks["en"] == speaks["ja"]
    assert code.detail if speaks["en"] else True
    assert all(described(code, lang) for lang in LANGUAGES) if code.detail else True


def test_every_form_of_a_detail_is_used_and_described() -> None:
    forms = {entry["detail"].rstrip("?") for entry in REGISTERED.values() if "detail" in entry}
    assert forms == set(FORMS) == set(words("detail", "ja"))


def test_names_are_unique_in_their_family_and_in_kebab_case() -> None:
    names = Counter((id_[0], entry["name"]) for id_, entry in REGISTERED.items())
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for _, name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("id_", REGISTERED)
def test_an_entry_is_complete_in_both_languages(id_: str) -> None:
    entry = REGISTERED[id_]
    assert set(entry) - {"official", "detail"} == {"name", "severity", *LANGUAGES}
    assert entry["severity"] in SEVERITIES
    assert entry.get("official") in (None, "E0001", "E0002", "E0003", "E0004")
    for lang, stop in (("en", "."), ("ja", "。")):
        assert list(entry[lang]) == ["summary", "cause", "remedy"]
        for text in entry[lang].values():
            assert text.strip() == text
            assert text.endswith(stop), "a sentence has an end"
    japanese = re.compile("[ぁ-んァ-ヶ一-龠]")
    assert all(japanese.search(text) for text in entry["ja"].values())


OF_FILES = {"R0019", "C0105", "C0106", "C0120", "C0121", "C0122", "C0123", "C0124", "C0125"}
"""What is a finding about a file that was read to its end, as those of dataset rules are, and no fault."""


@pytest.mark.parametrize(
    "id_",
    [id_ for id_, entry in REGISTERED.items() if entry["severity"] == "fail" and id_[0] != "D" and id_ not in OF_FILES],
)
def test_a_fault_is_raised_somewhere_with_its_words(id_: str) -> None:
    assert id_ in {code for code, _, _ in CALLS} | BY_TABLE


DOUBTS = {
    *("M0049", "M0050", "M0056", "M0057", "M0074", "M0075", "M0076", "M0077", "M0078"),
    *("M0082", "M0091", "M0129", "M0139", "M0144", "M0152", "M0153", "M0154", "M0155", "M0156", "M0166"),
}
"""What lint doubts and nothing refuses."""

TOLD = {"C0095", "C0102", "C0103", "C0104"}
"""What is a finding about a frame or a file as a whole, and no fault of it."""


@pytest.mark.parametrize("id_", [id_ for id_ in REGISTERED if id_[0] in "MPC"])
def test_definitions_and_the_environment_are_faulted_and_only_lint_warns(id_: str) -> None:
    assert REGISTERED[id_]["severity"] == ("warn" if id_ in DOUBTS | TOLD else "fail")


@pytest.mark.parametrize(("code", "words", "where"), CALLS, ids=[f"{code} {where}" for code, _, where in CALLS])
def test_a_faults_placeholders_are_what_its_call_passes(code: str, words: list[str], where: str) -> None:
    given = set(SPREAD[code] if None in words else words)
    for lang in LANGUAGES:
        assert placeholders(code, lang) <= given, where
        text = fault(code, Place("file", 1, 2), **dict.fromkeys(given, "word")).text(lang)
        assert "{" not in text
        assert "}" not in text
    assert given == placeholders(code, "en") | placeholders(code, "ja"), "a word that is passed is shown"


@pytest.mark.parametrize("code", sorted({code for code, _, _ in CALLS} | BY_TABLE))
def test_a_faults_parameters_are_words_that_its_texts_show(code: str) -> None:
    """No parameter holds what is not said too: the laws about residents' values, which search texts, hold for both."""
    words = {
        name: f"word-{number}-{name}" for number, name in enumerate(placeholders(code, "en") | placeholders(code, "ja"))
    }
    said = fault(code, **words)
    assert said.parameters == {name: dict.fromkeys(LANGUAGES, word) for name, word in words.items()}
    shown = " ".join(text for message in said.messages.values() for text in astuple(message))
    assert all(word in shown for word in words.values())


def test_parameters_are_in_the_language_of_the_text_and_lists_are_texts() -> None:
    said = fault("M0023", side="legacy", column=["氏名", 1], near={"en": "a name", "ja": "名前"})
    assert said.parameters["column"] == {"en": "氏名, 1", "ja": "氏名、1"}
    assert said.parameters["near"] == {"en": "a name", "ja": "名前"}


@pytest.mark.parametrize("code", sorted(BY_TABLE))
def test_what_the_table_of_the_loader_raises_finds_its_words(code: str) -> None:
    assert code in USED
    for lang in LANGUAGES:
        assert placeholders(code, lang) <= set(words_by_table())


@pytest.mark.parametrize("id_", sorted(set(REGISTERED) - {code for code, _, _ in CALLS} - BY_TABLE))
def test_a_findings_texts_have_no_placeholders(id_: str) -> None:
    for lang in LANGUAGES:
        assert placeholders(id_, lang) == set()


def test_words_with_braces_are_reported_as_they_are() -> None:
    """A column named ``{x}`` is a name, not a placeholder."""
    text = fault("M0023", side="legacy", column="{x} {0!r}", near="{}").text("en")
    assert "{x} {0!r}" in text


def read_codes(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def columns_with_codes() -> Iterator[Any]:
    for path in sorted((SCHEMAS / "standard").rglob("*.schema.json")):
        for name, column in json.loads(path.read_text(encoding="utf-8"))["properties"].items():
            if "x-codes" in column:
                yield pytest.param(column, id=f"{path.parent.name} {name}")


@pytest.mark.parametrize("column", list(columns_with_codes()))
def test_a_code_list_is_its_columns_enum(column: dict[str, Any]) -> None:
    assert [row["code"] for row in read_codes(CODE_LISTS / f"{column['x-codes']}.csv")] == column["enum"]


def test_every_code_list_is_used_by_a_column() -> None:
    used = {param.values[0]["x-codes"] for param in columns_with_codes()}
    assert {path.stem for path in CODE_LISTS.glob("*.csv")} - OURS == used


def test_the_code_list_of_eras_and_the_table_of_eras_agree() -> None:
    rows = read_codes(CODE_LISTS / "gengo.csv")
    assert [(row["code"], row["label"]) for row in rows] == [(era.code, era.name) for era in ERAS]


@pytest.mark.parametrize("path", sorted(CODE_LISTS.glob("*.csv")), ids=lambda path: path.name)
def test_a_shipped_code_list_is_the_specifications(path: Path) -> None:
    if path.stem in OURS:
        pytest.skip("the specification has no such list: tests/town/test_town_data.py")
    if not SPEC_CODES.is_dir():
        pytest.skip("the shared specification is not beside this checkout")
    assert path.read_bytes() == (SPEC_CODES / path.name).read_bytes()


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
