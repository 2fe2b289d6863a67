"""Everything that the command line says under ``--lang ja`` is Japanese, wherever the option stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from stdconv.cli import manual
from stdconv.cli.commands import stdconv
from stdconv.cli.entry import run
from stdconv.cli.language import in_language
from stdconv.cli.pages import lens_page
from stdconv.definitions import catalog
from stdconv.findings.registry import codes
from stdconv.lenses import LENSES
from support.documents import yaml_of
from support.nightly import by_day
from support.paths import CASES, EXAMPLES

COMMANDS = ("convert", "restore", "validate", "sample", "lint", "prove", "verify", "show")
A, B = "vendor-a/resident-link", "vendor-b/resident-link"

ADMITTED = set(
    """
    stdconv polars python sha256 DIR FILE MAPPING STANDARD SCHEMA NAME FORMAT PATH KIND N
    CSV Parquet NDJSON JSON JUnit SARIF GitHub XML YAML Schema Excel CP932 UTF UTF-8 Windows IBM NEC Python BOM
    NUL KiB MiB U lookup extends FORMAT=FILE NAME=FILE DAY YYYY MM DD ISO CRLF Unicode String Int64 Arrow pandas
    """.split()
)
"""What has no Japanese counterpart in the field: names of programs, formats, encodings, and what a user puts in."""

WORDS = re.compile(r"[A-Za-z][A-Za-z'’]*")
NAMES = re.compile(
    r"`[^`\n]*`|「[^」\n]*」|（例: [^）\n]*）|--?[a-z][a-z-]*|\[[a-z|-]+\]|\{[a-z|-]+\}|[\w./-]+\.(?:csv|yaml|json|parquet|ndjson|hed|md)[\w.:]*"
)


CODE = re.compile(r"\b[A-Z][0-9]{4} [a-z]+(?![a-z-])")
SEVERAL = re.compile(r"[A-Za-z]+(?:[-_/][A-Za-z0-9.]+)+")
NAMED = re.compile(
    r"対応しているもの（[^）]*）|'[^'\n]*'|U\+[0-9A-F]+|(?:形|バイト)=\S+|[!$.#\\][A-Za-z]+|[A-Za-z]+Error|/[\w.-]+|tag:\S+"
    r"|(?<![A-Za-z])[0-9A-F]{2}(?![A-Za-z])|(?:cp|Int)[0-9]+|\bp[0-9a-f]{10}\b"
)
"""Names by their form: behind a code; of several parts; quoted, of code points and bytes, of an exception; a pattern."""

TERMS = set(
    """
    CP ASCII LF CR EUC ID DATE TIME YYYYMMDD HHMMSS HH MM SS yy mm dd NULL None NaN DataFrame LazyFrame collect integer
    assumed true false prove id crlf
    """.split()
)
"""What may stand alone in a message or on a page: terms, and what a mapping, a frame or a cell is written with."""

IN_CASES = {
    *("names", "kana", "households", "katagaki", "setai", "ends", "mine", "juminjotai", "AA", "AAAA", "AAAAA"),
    *("dataset", "tally", "latest"),
    *LENSES,
}
"""What cases call their lookups and files, and the names of rules and lenses that messages list there."""


def lone(text: str) -> set[str]:
    """Return the English words of ``text`` that are neither names, by their form or known, nor terms.

    >>> lone("2 件 accepted、`not-this` と not_this、U+FFFD")
    {'accepted'}
    """
    left = NAMED.sub("・", NAMES.sub("・", CODE.sub("・", SEVERAL.sub("・", text))))
    return {word for word in WORDS.findall(left) if len(word) > 1} - ADMITTED - TERMS


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
    formats = {"text", "json", "csv", "junit", "sarif", "github", "plain"}
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
    "lint keys.yaml",
    "prove nothing",
    "verify .",
    "show code XX",
    "show lens zzz",
]


@pytest.mark.parametrize("arguments", FAULTS)
def test_faults_are_japanese(said, arguments: str) -> None:  # type: ignore[no-untyped-def]
    Path("good.csv").write_bytes((EXAMPLES / "vendor_a.csv").read_bytes())
    Path("broken.yaml").write_text("a: [1\nb: c: d\n", encoding="utf-8")
    Path("keys.yaml").write_text("1: a\n? [b, c]\n: d\n", encoding="utf-8")
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


# Pages

SHOWN = {
    "mapping": catalog.names("mapping"),
    "schema": catalog.names("schema"),
    "codes": catalog.names("codes"),
    "lens": [*LENSES],
}
CELLS = {"mapping": (0, 2, 3), "schema": (3, 4), "codes": (0,), "lens": (0,)}
"""In which cells of a kind's tables names stand, or what a mapping writes: columns, steps, patterns, codes, options."""


def unnamed(page: str, kind: str) -> str:
    """Return ``page`` without its title's name and without the cells that hold names."""
    title, _, body = page.partition("\n") if page.startswith("# ") else ("", "", page)
    lines = [title.removeprefix("# ").partition(":")[2]]
    for line in body.splitlines():
        cells = line.split(" | ")
        lines.append(" | ".join(cell for at, cell in enumerate(cells) if len(cells) == 1 or at not in CELLS[kind]))
    return "\n".join(lines)


@pytest.mark.parametrize("kind", [*SHOWN, "code"])
def test_lists_are_japanese(said, kind: str) -> None:  # type: ignore[no-untyped-def]
    code, text = said("show", kind, "--lang", "ja")
    assert code == 0
    assert english(text) == []
    assert lone("\n".join("".join(line.split("  ")[1:][-1:]) for line in text.splitlines())) == set()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in SHOWN.items() for name in names])
def test_the_page_of_a_thing_is_japanese(said, kind: str, name: str) -> None:  # type: ignore[no-untyped-def]
    code, page = said("show", kind, name, "--lang", "ja")
    assert code == 0
    assert re.search("[ぁ-んァ-ヶ一-龠]", page)
    assert english(unnamed(page, kind)) == []
    assert lone(unnamed(page, kind)) == set()


@pytest.mark.parametrize("id_", codes())
def test_the_page_of_a_code_is_japanese(said, id_: str) -> None:  # type: ignore[no-untyped-def]
    code, page = said("show", "code", id_, "--lang", "ja")
    assert code == 0
    text, _, definitions = page.partition("## ")
    assert english(text) == []
    assert lone(text) == set()
    keys, head = r"[\w-]+:", r"(?<=```csv\n).*"
    assert english(re.sub(f"{keys}|{head}", "・", definitions)) == []


def descriptions(schema: Any) -> Iterator[str]:
    """Yield what a JSON Schema says to people, and takes it out of ``schema``."""
    match schema:
        case dict():
            for keyword in ("description", "$comment"):
                if isinstance(schema.get(keyword), str):
                    yield schema.pop(keyword)
            for part in schema.values():
                yield from descriptions(part)
        case list():
            for part in schema:
                yield from descriptions(part)


@pytest.mark.parametrize("kind", ["mapping", "report"])
def test_a_published_schema_is_described_in_japanese(said, kind: str) -> None:  # type: ignore[no-untyped-def]
    shown = json.loads(said("show", f"{kind}-schema", "--lang", "ja")[1])
    published = json.loads(catalog.published(kind).read_text(encoding="utf-8"))
    in_japanese, in_english = list(descriptions(shown)), list(descriptions(published))
    assert shown == published
    assert len(in_japanese) == len(in_english) > 10
    for text in in_japanese:
        assert re.search("[ぁ-ん]", text), text
        assert (english(text), lone(text)) == ([], set()), text


def manual_in_english() -> Iterator[str]:
    """Yield every text of which the manual has paragraphs."""
    for lens in LENSES.values():
        yield lens.__doc__ or ""
        yield from (field.description or "" for name, field in lens.model_fields.items() if name != "op")
        yield from (example.source for example in lens.examples())
        yield from (refusal.source for refusal in lens.refusals())
    for kind in ("mapping", "report"):
        yield from descriptions(json.loads(catalog.published(kind).read_text(encoding="utf-8")))


def test_every_paragraph_of_the_manual_has_its_japanese_and_no_other_is_left() -> None:
    said = {paragraph for text in manual_in_english() for paragraph in manual.paragraphs(text)}
    entries = yaml_of(Path(manual.__file__).with_name("manual.yaml"))
    assert sorted(entry["en"] for entry in entries) == sorted(each for each in said if re.search("[A-Za-z]{2}", each))


def test_the_manual_names_the_same_things_in_both_languages() -> None:
    named = re.compile(r"`[^`]+`|[0-9]{2,}|[ぁ-んァ-ヶ一-龠ｦ-ﾟ０-９]+")
    lacking = {text: [each for each in named.findall(text) if each not in ja] for text, ja in manual.texts().items()}
    assert {text: names for text, names in lacking.items() if names} == {}


def test_the_page_of_a_lens_in_english_is_its_docstring() -> None:
    page = lens_page(LENSES["trim"], "en")
    assert "A value with blanks around it in legacy, without them in the standard." in page
    assert "| legacy | standard | source |" in page


def test_converting_does_not_read_the_manual(said) -> None:  # type: ignore[no-untyped-def]
    manual.texts.cache_clear()
    code, _ = said("convert", EXAMPLES / "vendor_a.csv", "-m", A, "-o", "run", "--lang", "ja")
    assert (code, manual.texts.cache_info().currsize) == (0, 0)


# Cases

QUOTED = re.compile(r"出典[^\n]*?assumed: [^\n]*?[）。]|（例: [^\n]*?）|形=\S* (?=文字数)")
"""What a message quotes as it is: where an example comes from, what may be written, the shape of a value."""

CASES_SAID = sorted(path.parent.name for path in CASES.glob("*/expect.yaml") if "unreadable" not in yaml_of(path))

FAILING = [name for name in CASES_SAID if not name.startswith(("accepted-", "golden-"))]
"""Of what is right little is said: counts, and what is doubtful."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FAILING, *by_day(sorted({*CASES_SAID} - {*FAILING}), 4)])
def test_a_case_is_told_in_japanese(said, name: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    words = yaml_of(CASES / name / "expect.yaml")["command"]
    _, text = said(*(word.format(case=CASES / name, out=tmp_path / "out") for word in words), "--lang", "ja")
    about = text.replace(str(CASES / name), "").replace(str(tmp_path), "")
    assert (english(about), lone(about) - IN_CASES) == ([], set()), text
    said_by_us = QUOTED.sub("", text)
    assert not re.search(r"[ぁ-んァ-ヶ一-龠0-9」）\"][,.;!?](?:\s|$)", said_by_us), text
    assert not re.search(r"[ぁ-んァ-ヶ一-龠」）] [ぁ-んァ-ヶ一-龠「（]", said_by_us), text
    assert not re.search(r"[ぁ-んァ-ヶ一-龠」）] ?\(", said_by_us), text


def test_values_of_an_example_are_listed_in_japanese(said) -> None:  # type: ignore[no-untyped-def]
    _, text = said("prove", CASES / "prove-example-refused" / "mapping.yaml", "--only", "examples", "--lang", "ja")
    assert "生年月日「3600707」は生年月日_元号「3」、生年月日「1985-07-07」になるはずです" in text
    _, text = said("prove", CASES / "prove-example-differs" / "mapping.yaml", "--only", "examples", "--lang", "ja")
    assert "性別「男」が性別「2」になりますが、正しくは性別「1」のはずです" in text
