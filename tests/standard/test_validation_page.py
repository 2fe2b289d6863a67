"""docs/validation.md says what the code does: its keywords, its formats, its site file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl

import stdconv
from stdconv.standard.files import SUFFIXES
from stdconv.standard.keywords import ANNOTATIONS, LEVELS, READERS
from support.documents import yaml_of
from support.paths import DOCS, TOP

PAGE = (DOCS / "validation.md").read_text(encoding="utf-8")


def keywords() -> dict[str, str]:
    """Every keyword of the table, and what it is about."""
    table = PAGE.split("| keywords | about |")[1].split("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return {word: row[1].strip() for row in rows for word in re.findall("`([^`]+)`", row[0])}


def test_the_table_has_every_keyword_that_is_read_and_no_other() -> None:
    said = keywords().keys() - {"x-…"}
    assert said == READERS.keys() | ANNOTATIONS - {"$schema", "$id"}


def test_the_table_says_what_a_keyword_is_about() -> None:
    for keyword, about in keywords().items():
        levels = LEVELS.get(keyword, ())
        texts, numbers, records = ("string" in levels, "integer" in levels, "record" in levels)
        if levels:
            assert ("text" in about, "numbers" in about, "records" in about) == (texts, numbers, records), keyword


def test_the_hook_takes_every_file_that_validate_reads_and_the_pages_name_them() -> None:
    hooks = yaml_of(TOP / ".pre-commit-hooks.yaml")
    pattern = next(hook["files"] for hook in hooks if hook["id"] == "stdconv-validate")
    for suffix in SUFFIXES:
        for spelled in (suffix, suffix.upper(), suffix.title()):
            assert re.search(pattern, f"samples/KEN_ALL{spelled}"), spelled
            assert re.search(pattern, f"a/samples/b/c{spelled}"), spelled
        assert all(f"`{suffix}`" in (DOCS / page).read_text(encoding="utf-8") for page in ("ci.md", "ci.ja.md"))
        assert f"`{suffix}`" in PAGE
    for other in ("samples/a.txt", "samples/a.csvx", "samples/csv", "more_samples/a.csv", "a.csv"):
        assert not re.search(pattern, other), other


def test_the_site_file_of_the_page_is_one(tmp_path: Path) -> None:
    text = PAGE.split("```yaml site.yaml\n")[1].split("```")[0]
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "standard.csv").write_text("宛名番号,履歴番号\r\n1,1\r\n1,1\r\n", encoding="utf-8", newline="")
    report = stdconv.validate_file(tmp_path / "standard.csv", "resident-link/1.0", site=tmp_path / "site.yaml")
    assert report.site is not None
    assert [each.findings for each in report.site.decisions] == [1, 2, 0]
    assert report.exit_code == 1, "氏名 is lacking, and the site refuses that"


def test_the_rules_file_of_the_page_is_one(tmp_path: Path) -> None:
    text = PAGE.split("```yaml own.rules.yaml\n")[1].split("```")[0]
    (tmp_path / "own.rules.yaml").write_text(text, encoding="utf-8")
    schema = {"properties": {"番号": {"type": "string"}}, "x-key": ["番号"]}
    (tmp_path / "own.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    found = stdconv.validate(pl.DataFrame({"番号": ["1", "1", "2"]}), tmp_path / "own.schema.json").findings
    assert found.select("_row", "code").rows() == [(1, "D0001"), (2, "D0001")]


def test_the_frame_of_the_page_is_validated() -> None:
    assert (
        stdconv.validate(pl.DataFrame({"宛名番号": ["1"], "履歴番号": ["1"]}), "resident-link/1.0").findings.height > 0
    )
