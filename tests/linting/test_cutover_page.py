"""The pages about meanings that change: what they write into a mapping is taken, and silences what they say it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stdconv.findings.registry import codes
from stdconv.linting.lint import lint
from stdconv.standard.schema import load_schema
from support.paths import DOCS

PAGES = ("cutover.md", "cutover.ja.md")
WARNED = {"address.yaml": {"M0152"}, "notified.yaml": set[str](), "reading.yaml": {"M0153"}, "settled.yaml": set[str]()}
"""What lint says of each field of the pages without its ``because``."""
SHOWN = {
    "address.yaml": ({"従前住所番地": "１番地"}, {"転入前住所_番地号表記": "１番地"}),
    "settled.yaml": ({"住定日": "20240301"}, {"住所を定めた年月日": "2024-03-01"}),
    "notified.yaml": ({"届出日": "00000000", "旧届出日": "20010401"}, {"異動届出年月日": "2001-04-01"}),
    "reading.yaml": ({"フリガナ": "ギョウセイ　ハナコ"}, {"氏名_振り仮名（フリガナ）": "ギョウセイ　ハナコ"}),
}
"""A legacy value of each, and what it becomes."""
NEEDED = {
    *("世帯番号", "住民票コード", "生年月日", "住民となった年月日", "本籍", "戸籍_筆頭者", "外国人住民となった年月日"),
    *("在留カード等番号", "第３０条の４５に規定する区分"),
}
"""What the schema asks for, of all residents or some."""
MEANT = {"M0152", "M0153", "M0154"}


def fields(page: str) -> dict[str, dict[str, Any]]:
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(r"```yaml (\S+)\n(.*?)```", text, re.DOTALL)
    return {name: yaml.safe_load(block)[0] for name, block in found}


def told(name: str, field: dict[str, Any], folder: Path) -> set[str]:
    """Return what lint tells of a mapping with this field and a key, but that the rest of the record is left out."""
    columns = field["legacy"] if isinstance(field["legacy"], list) else [field["legacy"]]
    key = {"宛名番号": "1", "個人履歴番号": "1"}
    given, becomes = SHOWN[name]
    schema = load_schema("resident-basic/0.2")
    others = [name for name in schema.names if name not in {*key, field["standard"]}]
    reason = "例の市の連携項目にない"
    missing = [{"standard": n, "missing": {"severity": "warn", "because": reason}} for n in others if n in NEEDED]
    document = {
        "grammar": 1,
        "id": "cutover/page",
        "about": {"vendor": "例の市", "title": "住民", "source": "assumed: the page"},
        "standard": "resident-basic/0.2",
        "legacy": {"encoding": "cp932", "columns": ["番号", "履歴", *columns]},
        "fields": [
            {"standard": "宛名番号", "legacy": "番号"},
            {"standard": "個人履歴番号", "legacy": "履歴"},
            field,
            *missing,
        ],
        "unmapped": {"standard": [{"columns": [n for n in others if n not in NEEDED], "because": reason}]},
        "examples": [
            {"source": "assumed: a key", "legacy": {"番号": "1", "履歴": "1"} | given, "standard": key | becomes}
        ],
    }
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    found = lint(path)
    assert {each.code for each in found.faults} <= {"M0054"}
    return {each.code for each in found.warnings}


@pytest.mark.parametrize("page", PAGES)
def test_a_field_of_the_page_is_taken_and_its_reason_is_the_way_out(page: str, tmp_path: Path) -> None:
    found = fields(page)
    assert found.keys() == WARNED.keys()
    for name, field in found.items():
        whole = told(name, field, tmp_path)
        assert not whole & MEANT, name
        bare = {key: value for key, value in field.items() if key != "because"}
        assert told(name, bare, tmp_path) & MEANT == WARNED[name], name


def test_both_pages_name_the_same_codes_and_each_is_one() -> None:
    named = [set(re.findall(r"\b[MSDE][0-9]{4}\b", (DOCS / page).read_text(encoding="utf-8"))) for page in PAGES]
    assert named[0] | {"D0008"} == named[1] | {"D0008"}
    assert named[0] <= {*codes()}
