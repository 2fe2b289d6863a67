"""Whatever comes from outside is shown so that nothing in it is invisible or taken for something else.

Every command is run on files, definitions and arguments whose names hold what a terminal obeys, what hides or turns
text round, and a line that GitHub would take for a command; then everything that was said is searched.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from stdconv.cli.outcome import FORMATS
from stdconv.definitions import yaml
from stdconv.definitions.yaml import written
from stdconv.japan.visible import readable, visible
from support.commandline import said

TEXT = "\x1b]0;x\x07\x1b[31m\u202e\u2066\u200f\u061c\u200b\u2028\x85\x7f\t\n::error::x\r\ue000\ufeff\ufffe\u3164"
"""What definitions hold; names of files have a byte beside it that is no character."""

NAME = TEXT.replace("\n", "").replace("\r", "")
"""What columns of files that are read have: a header is one line."""

ODD = f"名{TEXT}\udcff"

OUT = f"名{TEXT}"
"""The names of folders that are written; polars writes below no folder of the other name."""

SEEN = (
    "U+001B]0;xU+0007U+001B[31mU+202EU+2066U+200FU+061CU+200BU+2028U+0085U+007FU+0009U+000A::error::xU+000DU+E000U+FEFF"
    "U+FFFEU+3164"
)

HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""What Unicode calls controls, formats, unassigned, private, surrogates, separators of lines and paragraphs."""


def column(name: str, **checks: object) -> dict[str, object]:
    return {"title": f"{name}{TEXT}", "type": "string", "x-type": "X", "x-status": "assumed", **checks}


CODES = [{"const": "1", "title": f"女{TEXT}"}, {"const": "2", "title": "男"}]

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": TEXT,
    "type": "object",
    "x-key": ["番号"],
    "properties": {
        "番号": column("番号", pattern="^[0-9]{1,5}$"),
        NAME: column("名", maxLength=3),
        "性別": column("性別", enum=["1", "2"]),
    },
    "required": ["番号"],
    "additionalProperties": False,
}

RULES = {
    "dataset": [{"rule": "unique", "title": TEXT, "source": TEXT, "columns": ["番号", NAME]}],
}

MAPPING: dict[str, Any] = {
    "grammar": 1,
    "id": "own/odd",
    "about": {"vendor": TEXT, "title": TEXT, "source": TEXT, "reviewed": "2026-11-23"},
    "standard": "own.schema.json",
    "legacy": {
        "format": "csv",
        "encoding": "utf-8",
        "newline": "crlf",
        "quote": "minimal",
        "header": True,
        "columns": ["番号", NAME, "性別", f"備考{NAME}"],
    },
    "fields": [
        {"standard": "番号", "legacy": "番号"},
        {"standard": NAME, "legacy": NAME, "because": TEXT},
        {"standard": "性別", "legacy": "性別", "steps": [{"op": "recode", "table": {f"女{NAME}": "1", "男": "2"}}]},
    ],
    "unmapped": {"legacy": {f"備考{NAME}": TEXT}, "standard": {}},
    "examples": [
        {
            "source": TEXT,
            "legacy": {"番号": "1", NAME: "甲", "性別": "男", f"備考{NAME}": ""},
            "standard": {"番号": "1", NAME: "甲", "性別": "2"},
        },
        {
            "source": "assumed: x",
            "legacy": {"番号": "2", NAME: "乙", "性別": f"女{NAME}", f"備考{NAME}": "x"},
            "standard": {"番号": "2", NAME: "乙", "性別": "1"},
        },
    ],
}

LOOKED_UP = MAPPING | {
    "lookups": {f"世帯{TEXT}": {"key": ["番号"], "columns": [f"列{NAME}"], "encoding": "utf-8"}},
    "legacy": MAPPING["legacy"] | {"columns": ["番号", "性別"]},
    "fields": [
        {"standard": "番号", "legacy": "番号"},
        {
            "standard": NAME,
            "lookup": f"世帯{TEXT}",
            "column": f"列{NAME}",
            "missing": {"severity": "warn", "because": TEXT},
        },
        MAPPING["fields"][2],
    ],
    "unmapped": {"legacy": {}, "standard": {}},
    "examples": [
        {
            "source": TEXT,
            "legacy": {"番号": "1", "性別": "男"},
            "lookups": {f"世帯{TEXT}": {f"列{NAME}": "甲"}},
            "standard": {"番号": "1", NAME: "甲", "性別": "2"},
        }
    ],
}

FALSE = MAPPING["examples"][0] | {"standard": {"番号": "1", NAME: TEXT, "性別": "1"}}

FAULTY = {
    "unknown key": MAPPING | {TEXT: TEXT},
    "unknown keys inside": MAPPING | {"about": MAPPING["about"] | {TEXT: 1}},
    "another id": MAPPING | {"id": TEXT},
    "another schema": MAPPING | {"standard": f"{TEXT}.schema.json"},
    "another base": MAPPING | {"extends": f"./{TEXT}.yaml"},
    "unknown step": MAPPING | {"fields": [{"standard": NAME, "legacy": NAME, "steps": [{"op": TEXT}]}]},
    "unknown option": MAPPING | {"fields": [{"standard": NAME, "legacy": NAME, "steps": [{"op": "trim", TEXT: "1"}]}]},
    "unknown columns": MAPPING | {"fields": [{"standard": f"x{TEXT}", "legacy": f"y{TEXT}"}]},
    "unknown lookup": MAPPING | {"fields": [{"standard": TEXT, "lookup": TEXT, "column": TEXT}]},
    "table of a file": MAPPING
    | {"fields": [{"standard": "性別", "legacy": "性別", "steps": [{"op": "recode", "table": f"{TEXT}.csv"}]}]},
    "wrong code": MAPPING
    | {"fields": [{"standard": "性別", "legacy": "性別", "steps": [{"op": "recode", "table": {TEXT: TEXT}}]}]},
    "columns twice": MAPPING | {"legacy": MAPPING["legacy"] | {"columns": [TEXT, TEXT]}},
    "plus": MAPPING | {"legacy": MAPPING["legacy"] | {"columns": [f"a+{TEXT}"]}},
    "false example": MAPPING | {"examples": [FALSE]},
}

BROKEN = {
    "twice": f'{json.dumps(TEXT)}: "1"\n{json.dumps(TEXT)}: "2"\n',
    "tag": "a: !<tag:x%1B%5B31m%0A::error::x> b\n",
    "unquoted key": "? [a]\n: 1\n",
    "control": "a: \x1b\n",
    "bidi outside": "a: \u202e\u2066]\n: : \u2028\n",
    "reference": json.dumps({"properties": {TEXT: {"$ref": f"#/$defs/{TEXT}"}}}),
    "pattern": json.dumps({"type": "object", "properties": {TEXT: {"type": "string", "pattern": TEXT}}}),
    "keyword": json.dumps({"type": "object", "properties": {TEXT: {"type": TEXT, TEXT: 1}}, "required": [f"x{TEXT}"]}),
}

SITE = {
    "site": TEXT,
    "decisions": [{"code": "S0004", "column": "性別", "severity": "warn", "because": TEXT, "decided": "2026-11-23"}],
}

BAD_SITES = [
    SITE | {TEXT: 1},
    SITE | {"decisions": [{**SITE["decisions"][0], "code": TEXT}]},  # type: ignore[dict-item]
    SITE | {"decisions": [{**SITE["decisions"][0], "column": TEXT}]},  # type: ignore[dict-item]
    SITE | {"decisions": [{**SITE["decisions"][0], "decided": TEXT}]},  # type: ignore[dict-item]
]

COLUMNS = ["番号", NAME, "性別", f"備考{NAME}"]


def csv_of(*rows: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of files with odd names and contents; definitions beside them."""
    folder = tmp_path_factory.mktemp("odd")
    own = {"own.schema.json": json.dumps(SCHEMA), "own.rules.yaml": written(RULES)}
    mappings = {f"{ODD}.yaml": MAPPING, f"{ODD}-looked-up.yaml": LOOKED_UP}
    mappings |= {f"{ODD}-{name}.yaml": mapping for name, mapping in FAULTY.items()}
    texts = own | {name: written(mapping) for name, mapping in mappings.items()}
    texts |= {f"{ODD}.schema.json": own["own.schema.json"], f"{ODD}.rules.yaml": own["own.rules.yaml"]}
    texts |= {f"{ODD}-{name}.yaml": text for name, text in BROKEN.items()}
    texts |= {f"{ODD}-{name}.schema.json": text for name, text in BROKEN.items()}
    texts |= {f"{ODD}-site.yaml": written(SITE)}
    texts |= {f"{ODD}-site-{number}.yaml": written(site) for number, site in enumerate(BAD_SITES)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    records = [["1", "甲", "男", ""], ["2", "乙", TEXT, "x"], ["3", "甲乙丙丁", "男", ""], ["1", "甲", "男", ""]]
    (folder / f"{ODD}.csv").write_bytes(csv_of(COLUMNS, *records))
    (folder / f"{ODD}-mixed-up.csv").write_bytes(csv_of(["番号", f"x{NAME}", *COLUMNS[2:]], *records))
    (folder / f"{ODD}-short.csv").write_bytes(csv_of(["番号", "性別"], ["1", "男"], ["2", "男"]))
    (folder / f"{ODD}-rows.csv").write_bytes(csv_of(["番号", f"列{NAME}"], ["1", "甲"], ["1", "乙"], ["9", "丙"]))
    standard = [["番号", NAME, "性別"], ["1", "甲", "2"], ["1", "甲乙丙丁", "3"], ["x", TEXT, ""]]
    (folder / f"{ODD}-standard.csv").write_bytes(csv_of(*standard))
    (folder / f"{ODD}-unknown.csv").write_bytes(csv_of(["番号", f"{NAME}x"], ["1", "2"]))
    (folder / f"{ODD}.ndjson").write_text(json.dumps({"番号": "1", f"{TEXT}x": "1"}) + "\n", encoding="utf-8")
    return folder


REPORTED = [
    ("convert", f"{ODD}.csv", "-m", f"{ODD}.yaml", "-o", f"{OUT}-out", "--force"),
    ("convert", f"{ODD}-mixed-up.csv", "-m", f"{ODD}.yaml", "-o", f"{OUT}-out", "--force"),
    (
        "convert",
        f"{ODD}-short.csv",
        "-m",
        f"{ODD}-looked-up.yaml",
        "-o",
        f"{OUT}-out",
        "--force",
        "--lookup",
        f"世帯{TEXT}={ODD}-rows.csv",
    ),
    ("convert", f"{ODD}-short.csv", "-m", f"{ODD}-looked-up.yaml", "-o", f"{OUT}-out", "--force"),
    ("convert", f"{ODD}-short.csv", "-m", f"{ODD}-looked-up.yaml", "-o", f"{OUT}-out", "--lookup", f"{TEXT}={ODD}.csv"),
    ("convert", f"{ODD}-none.csv", "-m", f"{ODD}.yaml", "-o", f"{OUT}-out", "--force"),
    ("convert", f"{ODD}.csv", "-m", f"{ODD}-unknown key.yaml", "-o", f"{OUT}-out"),
    ("restore", f"{ODD}-standard.csv", "-m", f"{ODD}.yaml", "-o", f"{ODD}-new.csv", "--force"),
    ("restore", f"{ODD}-standard.csv", "-m", f"{ODD}-looked-up.yaml", "-o", f"{ODD}-new.csv", "--force"),
    ("restore", f"{ODD}-none.csv", "-m", f"{ODD}.yaml", "-o", f"{ODD}-new.csv", "--force"),
    ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json"),
    ("validate", f"{ODD}-standard.csv", f"{ODD}-none.csv", "-s", f"{ODD}.schema.json"),
    ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json", "--site", f"{ODD}-site.yaml"),
    ("validate", f"{ODD}-unknown.csv", "-s", f"{ODD}.schema.json"),
    ("validate", f"{ODD}.ndjson", "-s", f"{ODD}.schema.json"),
    ("validate", f"{ODD}.yaml", "-s", f"{ODD}.schema.json"),
    ("validate", f"{ODD}.csv", "-s", f"{ODD}-reference.schema.json"),
]
"""Command lines that take reports."""

FORMATTED = [("lint", f"{ODD}.yaml"), ("prove", f"{ODD}.yaml", "--records", "5")]
FORMATTED += [("lint", f"{ODD}-{name}.yaml") for name in (*FAULTY, *BROKEN)]
FORMATTED += [("prove", f"{ODD}-{name}.yaml", "--records", "0") for name in (*FAULTY, *BROKEN)]
FORMATTED += [("lint", f"{ODD}-none.yaml", f"{ODD}.yaml", "\ud800"), ("prove", f"{ODD}-none.yaml")]
"""Command lines that take a format."""

OTHERS = [
    ("convert", f"{ODD}.csv", "-m", f"{ODD}.yaml", "-o", f"{OUT}-run"),
    ("verify", f"{OUT}-run"),
    ("verify", f"{ODD}-none"),
    ("verify", f"{OUT}-forged"),
    ("verify", f"{OUT}-changed"),
    ("restore", f"{OUT}-run", "-o", f"{ODD}-new.csv", "--force", "--lookups"),
    ("restore", f"{OUT}-forged", "-o", f"{ODD}-new.csv", "--force"),
    ("restore", f"{OUT}-run", "-o", f"{ODD}-new.csv"),
    ("restore", f"{OUT}-run", "-o", f"{OUT}-run/x"),
    ("sample", "-m", f"{ODD}.yaml", "--rows", "3", "--seed", "1", "-o", f"{ODD}-s.csv", "--force"),
    ("sample", "-m", f"{ODD}.yaml", "--rows", "3", "--seed", "1", "-o", f"{ODD}-s.csv", "--lookup", f"{TEXT}=x"),
    (
        "sample",
        "-m",
        f"{ODD}-looked-up.yaml",
        "--rows",
        "3",
        "--seed",
        "1",
        "-o",
        f"{ODD}-s.csv",
        "--force",
        "--lookup",
        f"世帯{TEXT}={ODD}-s-rows.csv",
    ),
    ("sample", "-m", f"{ODD}.yaml", "--rows", "3", "--seed", "1", "-o", f"{ODD}-none/x.csv"),
    ("sample", "-m", "vendor-a/resident-link", "--rows", "3", "--seed", "1", "-o", f"{ODD}-s.csv", "--force"),
    *(("validate", f"{ODD}.csv", "-s", f"{ODD}-{name}.schema.json") for name in BROKEN),
    *(
        ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json", "--site", f"{ODD}-site-{number}.yaml")
        for number, _ in enumerate(BAD_SITES)
    ),
    ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json", "--site", f"{ODD}-none.yaml"),
    ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json", "--report", f"text={ODD}-none/x"),
    ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json", "--report", f"{ODD}={ODD}"),
    ("validate", f"{ODD}-standard.csv", "-s", f"{ODD}.schema.json", "--report", f"text={ODD}-standard.csv"),
    ("show", "mapping", f"{ODD}.yaml"),
    ("show", "mapping", f"{ODD}-looked-up.yaml"),
    ("show", "mapping", "--effective", f"{ODD}.yaml"),
    ("show", "mapping", f"{ODD}-tag.yaml"),
    ("show", "schema", f"{ODD}.schema.json"),
    *(("show", kind, f"{ODD}{end}") for kind in ("mapping", "schema", "codes", "lens", "code") for end in ("", ".csv")),
    ("show", "report-schema", ODD),
    ("show", ODD),
    ("show", "mapping", "a", ODD, f"{ODD}-b"),
    (ODD,),
    (f"--{ODD}",),
    (f"-{ODD}",),
    ("--lang", ODD, "show"),
    ("show", f"--{ODD}=1"),
    ("show", "mapping", f"-{ODD}"),
    ("prove", f"{ODD}.yaml", "--records", ODD),
    ("prove", f"{ODD}.yaml", "--only", ODD),
    ("lint", f"{ODD}.yaml", "--format", ODD),
]
"""Command lines that take neither."""


def hidden(text: str) -> set[str]:
    """Return the characters of ``text`` that are not for eyes; the newlines are the output's own."""
    return {c for c in text if (unicodedata.category(c) in HIDDEN or c == "\u3164") and c != "\n"}


def assert_seen(text: str) -> None:
    assert not hidden(text)
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::error::")]


@pytest.fixture(params=["en", "ja"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, prepared: Path) -> str:
    monkeypatch.setenv("STDCONV_LANG", request.param)
    monkeypatch.chdir(prepared)
    return str(request.param)


def name_of(value: object) -> str:
    return ascii(" ".join(map(str, value)).replace(TEXT, "§"))[1:-1] if isinstance(value, tuple) else str(value)


@pytest.mark.slow
@pytest.mark.parametrize("words", REPORTED, ids=name_of)
def test_reports_show_names_of_any_kind(words: tuple[str, ...], lang: str, capfd: pytest.CaptureFixture[str]) -> None:
    for form in FORMATS:
        code, out, err = said(capfd, *words, "--report", f"{form}=-")
        assert code < 70
        assert out + err
        assert_seen(err)
        read(form, out, readable(words[1]))


@pytest.mark.slow
@pytest.mark.parametrize("words", FORMATTED, ids=name_of)
def test_lint_and_prove_show_names_of_any_kind(
    words: tuple[str, ...], lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for form in ("text", "json", "junit", "sarif", "github"):
        code, out, err = said(capfd, *words, "--format", form)
        assert code < 70
        assert out + err or (code, form) == (0, "github")
        assert_seen(err)
        read(form, out, None)


def read(form: str, out: str, path: str | None) -> None:
    """Hold a report against its form, which must give back the true name where it has a place for that."""
    if form == "csv":
        assert out.startswith("\ufeff")
        assert out.count("\r\n") == out.count("\n") == out.count("\r")
        out = out.removeprefix("\ufeff").replace("\r\n", "\n")
        assert {len(row) for row in csv.reader(io.StringIO(out))} == {19}
    assert_seen(out)
    if not out:  # what is wrong with the options alone
        return
    match form:
        case "json":
            document = json.loads(out)
            first = document[0] if isinstance(document, list) else document
            assert path is None or first["path"] == path
        case "sarif":
            json.loads(out)
        case "junit":
            ET.fromstring(out)  # noqa: S314 -- what stdconv wrote itself
        case "github":
            assert all(
                line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in out.splitlines()
            )
        case _:
            pass


@pytest.mark.slow
def test_the_other_commands_show_names_of_any_kind(
    lang: str, prepared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for made in prepared.glob("*-run"):
        shutil.rmtree(made)
    for words in OTHERS:
        code, out, err = said(capfd, *words)
        assert code < 70
        assert_seen(out)
        assert_seen(err)
        assert out + err or words[0] == "sample"
        if words[0] == "convert":
            forge(prepared)


def forge(folder: Path) -> None:
    """Make run folders of which one says odd things, and another has a file too many and one that is changed."""
    run = folder / f"{OUT}-run"
    for kind in ("forged", "changed"):
        shutil.copytree(run, folder / f"{OUT}-{kind}", dirs_exist_ok=True)
    manifest = json.loads((run / "manifest.json").read_bytes())
    manifest |= dict.fromkeys(("stdconv", "polars", "python", "mapping", "standard"), TEXT)
    manifest["files"] |= {TEXT: {"bytes": 1, "sha256": "0" * 64}}
    (folder / f"{OUT}-forged" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / f"{OUT}-changed" / ODD).write_text("x", encoding="utf-8")
    (folder / f"{OUT}-changed" / "standard.csv").write_text("x", encoding="utf-8")


def test_a_manifest_that_holds_may_say_anything(
    lang: str, prepared: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said(capfd, "convert", f"{ODD}.csv", "-m", f"{ODD}.yaml", "-o", tmp_path / "run")
    path = tmp_path / "run" / "manifest.json"
    manifest = json.loads(path.read_bytes()) | dict.fromkeys(("stdconv", "polars", "python"), TEXT)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    code, out, err = said(capfd, "verify", tmp_path / "run")
    assert code == 0
    assert not err
    assert f"stdconv {SEEN}" in out
    assert_seen(out)


def test_the_list_of_refusals_shows_names_of_any_kind(
    lang: str, prepared: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said(capfd, "convert", f"{ODD}.csv", "-m", f"{ODD}.yaml", "-o", tmp_path / "run")
    text = (tmp_path / "run" / "refused-causes.csv").read_text(encoding="utf-8-sig")
    assert_seen(text)
    assert visible(NAME) in text
    findings = pl.read_parquet(tmp_path / "run" / "findings.parquet")
    assert NAME in set(findings["column"])


def test_an_effective_mapping_says_what_its_file_says(
    lang: str, prepared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = said(capfd, "show", "mapping", "--effective", f"{ODD}.yaml")[1]
    assert yaml.load(out, "x").data == MAPPING
    (prepared / "bare.yaml").write_text(f"# \u202e\n{written(MAPPING)}".replace('"\\uE000"', "x"), encoding="utf-8")
    out = said(capfd, "show", "mapping", "--effective", "bare.yaml")[1]
    assert_seen(out)
    assert yaml.load(out, "x").data == MAPPING


def test_japanese_is_shown_as_it_is() -> None:
    names = ["葛󠄀城　太郎", "髙﨑（𠮷野）", "カ゚", "𲎯𱍊", "①㈱～−", "ﾀﾛｳ", "é", "🙂"]
    assert [visible(name) for name in names] == names
    assert visible(TEXT) == SEEN
