"""Everything that the command line says under ``--lang ja`` is Japanese, wherever the option stands."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from stdconv.cli.commands import stdconv
from stdconv.cli.entry import run
from stdconv.cli.language import in_language
from stdconv.definitions import catalog
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import codes
from stdconv.lenses import LENSES
from support.documents import yaml_of
from support.paths import CASES, EXAMPLES

COMMANDS = ("convert", "restore", "validate", "sample", "lint", "prove", "verify", "show")
A, B = "vendor-a/resident-link", "vendor-b/resident-link"

ADMITTED = set(
    """
    stdconv polars python sha256 DIR FILE MAPPING STANDARD SCHEMA NAME FORMAT PATH KIND N
    CSV Parquet NDJSON JSON JUnit SARIF GitHub XML YAML Schema Excel CP932 UTF UTF-8 Windows IBM NEC Python BOM
    NUL KiB MiB U lookup extends FORMAT=FILE NAME=FILE ISO Unicode String Int64
    """.split()
)
"""What has no Japanese counterpart in the field: names of programs, formats, encodings, and what a user puts in."""

WORDS = re.compile(r"[A-Za-z][A-Za-z'’]*")
NAMES = re.compile(
    r"`[^`\n]*`|「[^」\n]*」|（例: [^）\n]*）|--?[a-z][a-z-]*|\[[a-z|-]+\]|\{[a-z|-]+\}|[\w./-]+\.(?:csv|yaml|json|parquet|ndjson|md)[\w.:]*"
)


def english(text: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Return the runs of two or more English words one after the other in ``text``, less names and admitted terms.

    >>> english("2 件 accepted"), english("the file cannot be read を `a b` --lang ja")
    ([], ['the file cannot be read'])
    """
    left = NAMES.sub("・", text)
    runs = re.findall(r"[A-Za-z][A-Za-z'’-]*(?:[ ,]+[A-Za-z][A-Za-z'’-]*)+", left)
    return [found for found in runs if len([w for w in WORDS.findall(found) if w not in ADMITTED | known]) > 1]


def single(text: str) -> set[str]:
    """Return the English words of ``text`` that are no names of anything, each by itself."""
    names = {word for code in codes().values() for word in WORDS.findall(code.name)}
    return {word for word in WORDS.findall(NAMES.sub("・", text)) if word not in ADMITTED | names and len(word) > 1}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> object:
    monkeypatch.setenv("STDCONV_LANG", "en")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def say(*arguments: object) -> tuple[int, str]:
        code = run([str(each) for each in arguments])
        out, err = capfd.readouterr()
        return code, out + err

    return say


# The option


@pytest.mark.parametrize("arguments", ["--lang ja verify x", "verify --lang ja x", "verify x --lang=ja"])
def test_the_language_is_chosen_before_or_after_the_command(said, arguments: str) -> None:  # type: ignore[no-untyped-def]
    code, text = said(*arguments.split())
    assert code == 2
    assert "実行フォルダーではありません" in text


def test_what_stands_behind_two_hyphens_is_no_option(said) -> None:  # type: ignore[no-untyped-def]
    code, text = said("verify", "--", "--lang=ja")
    assert code == 2
    assert "is not a run folder" in text


def test_another_language_is_refused(said) -> None:  # type: ignore[no-untyped-def]
    code, text = said("--lang", "ja", "verify", "x", "--lang", "fr")
    assert code == 2
    assert "en、ja のいずれか" in text


# What it says


def test_every_text_of_the_help_is_used_and_in_both_languages() -> None:
    for lang in ("en", "ja"):
        group = in_language(stdconv, lang)
        for command in (group, *group.commands.values()):
            assert command.help
            for option in command.params:
                assert isinstance(option, click.Argument) or option.help, (command.name, option.name)
    assert in_language(stdconv, "en").commands.keys() == set(COMMANDS)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_is_japanese(said, command: str | None) -> None:  # type: ignore[no-untyped-def]
    code, text = said("--lang", "ja", *([command] if command else []), "--help")
    assert code == 0
    words = single(text) - {*COMMANDS, "OPTIONS"}
    formats = {"text", "json", "csv", "junit", "sarif", "github"}
    assert words <= {"mapping", "schema", "report", "warn", "refuse", "Exit"} | formats, words


USAGE = {
    "convert": ["convert", "convert x", "convert x -m a -o b --jobs 0", "convert x -m a -o b --format xlsx"],
    "restore": ["restore", "restore x", "restore x --forc", "restore run -o x --fail-on"],
    "validate": ["validate", "validate x", "validate x -s y --fail-on bad", "validate x -s"],
    "sample": ["sample", "sample -m a --rows -1", "sample -m a --rows x --seed 1 -o y", "sample --force=1"],
    "lint": ["lint", "lint a --format csv"],
    "prove": ["prove", "prove a b", "prove a --only x", "prove a --records -1"],
    "verify": ["verify", "verify a b"],
    "show": ["show", "show poem", "show mapping-schema A", "show lens a b"],
    "": ["convret", "--languages", "--lang"],
}


@pytest.mark.parametrize("arguments", [each for command in USAGE.values() for each in command])
def test_usage_errors_are_japanese(said, arguments: str) -> None:  # type: ignore[no-untyped-def]
    code, text = said("--lang=ja", *arguments.split())
    assert code == 2
    assert re.search("[ぁ-ん]", text)
    choices = {"mapping", "schema", "codes", "lens", "code", "examples", "laws", "text", "json", "note", "warn"}
    admitted = {
        *COMMANDS,
        *choices,
        "refuse",
        "never",
        "junit",
        "sarif",
        "github",
        "csv",
        "parquet",
        "ndjson",
        "en",
        "ja",
    }
    assert single(text) <= admitted | set(arguments.replace("-", " ").split()), text


FAULTS = [
    "convert nowhere.csv -m vendor-a/resident-link -o run",
    "convert nowhere.csv -m nothing -o run",
    "convert good.csv -m vendor-a/resident-link -o good.csv",
    "restore nowhere -o x.csv",
    "restore nowhere.csv -m vendor-b/resident-link -o x.csv",
    "validate nowhere.csv -s resident-link/1.0",
    "validate good.csv -s nothing",
    "sample -m nothing --rows 1 --seed 1 -o x.csv",
    "sample -m vendor-a/resident-link --rows 1 --seed 1 -o no/where.csv",
    "sample -m vendor-a/resident-link --rows 1 --seed 1 -o x.csv --lookup names=y.csv",
    "lint nothing.yaml",
    "lint broken.yaml",
    "prove nothing",
    "verify .",
    "show code XX",
    "show lens zzz",
]


@pytest.mark.parametrize("arguments", FAULTS)
def test_faults_are_japanese(said, arguments: str) -> None:  # type: ignore[no-untyped-def]
    Path("good.csv").write_bytes((EXAMPLES / "vendor_a.csv").read_bytes())
    Path("broken.yaml").write_text("a: [1\nb: c: d\n", encoding="utf-8")
    code, text = said(*arguments.split(), "--lang", "ja")
    assert code != 0
    assert re.search("[ぁ-ん]", text)
    assert english(text) == [], text


def test_what_succeeds_is_told_in_japanese(said) -> None:  # type: ignore[no-untyped-def]
    legacy = EXAMPLES / "vendor_a.csv"
    for arguments in (
        ("convert", legacy, "-m", A, "-o", "run"),
        ("verify", "run"),
        ("restore", "run", "-o", "again.csv"),
        ("restore", EXAMPLES / "standard.csv", "-m", B, "-o", "b.csv"),
        ("validate", EXAMPLES / "standard.csv", "-s", "resident-link/1.0"),
        ("sample", "-m", A, "--rows", 2, "--seed", 1, "-o", "made.csv"),
        ("lint", A),
        ("prove", A, "--only", "examples"),
    ):
        code, text = said(*arguments, "--lang", "ja")
        assert (code, english(text)) == (0, []), text
        for word in ("read", "accepted", "refused", "faults", "warnings", "examples", "legacy", "standard"):
            assert not re.search(rf"(?<![\w./-]){word}(?![\w./-])", text), text


@pytest.mark.parametrize("kind", ["mapping", "schema", "codes", "code", "lens"])
def test_lists_are_japanese(said, kind: str) -> None:  # type: ignore[no-untyped-def]
    code, text = said("show", kind, "--lang", "ja")
    assert code == 0
    assert english(text) == []


def test_every_lens_says_in_japanese_what_it_does() -> None:
    assert phrases("lens", "ja").keys() == LENSES.keys()


@pytest.mark.parametrize("id_", codes())
def test_the_page_of_a_code_is_japanese(said, id_: str) -> None:  # type: ignore[no-untyped-def]
    code, text = said("show", "code", id_, "--lang", "ja")
    assert code == 0
    assert english(text.partition("## ")[0]) == []


@pytest.mark.parametrize("name", catalog.names("schema"))
def test_the_page_of_a_schema_is_japanese(said, name: str) -> None:  # type: ignore[no-untyped-def]
    assert english(said("show", "schema", name, "--lang", "ja")[1]) == []


QUOTED = re.compile(r"出典[^\n]*?assumed: [^\n]*?[）。]|（例: [^\n]*?）|形=\S* (?=文字数)")
"""What a message quotes as it is: where an example comes from, what may be written, the shape of a value."""

CASES_SAID = sorted(
    path.parent.name
    for path in CASES.glob("*/expect.yaml")
    if not path.parent.name.startswith(("golden-", "accepted-b-resident")) and "unreadable" not in yaml_of(path)
)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES_SAID)
def test_a_case_is_told_in_japanese(said, name: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    words = yaml_of(CASES / name / "expect.yaml")["command"]
    _, text = said(*(word.format(case=CASES / name, out=tmp_path / "out") for word in words), "--lang", "ja")
    assert english(text.replace(str(CASES / name), "").replace(str(tmp_path), "")) == [], text
    said_by_us = QUOTED.sub("", text)
    assert not re.search(r"[ぁ-んァ-ヶ一-龠0-9」）\"][,.;!?](?:\s|$)", said_by_us), text
    assert not re.search(r"[ぁ-んァ-ヶ一-龠」）] [ぁ-んァ-ヶ一-龠「（]", said_by_us), text
    assert not re.search(r"[ぁ-んァ-ヶ一-龠」）] ?\(", said_by_us), text
