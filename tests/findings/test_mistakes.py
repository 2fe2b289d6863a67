"""The pages of ``docs/errors``: every fault of mappings is shown, comes about as shown, and is fixed as shown."""

from __future__ import annotations

import contextlib
import re
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

import stdconv
from stdconv.cli.pages import shown
from stdconv.errors import Fault
from stdconv.findings.language import LANGUAGES
from stdconv.findings.mistakes import BENEATH, FOLDER, MAPPING, mistakes
from stdconv.findings.registry import codes
from support.pages import blocks, page_text
from support.paths import DOCS

pytestmark = pytest.mark.slow

M_CODES = [id_ for id_ in codes() if id_[0] == "M"]
Part = Literal["wrong", "fixed"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mistakes")


@cache
def faults_of(code: str, part: Part, base: Path) -> tuple[Fault, ...]:
    """Return what lint finds in one side of a page, in a folder of its own."""
    place = base / f"{code} {part}"
    place.mkdir()
    mistake = mistakes()[code]
    mistake.write(getattr(mistake, part), place)
    with contextlib.chdir(place):
        linted = stdconv.lint(MAPPING)
    return (*linted.faults, *linted.warnings)


def shown_in(markdown: str) -> list[str]:
    """Return what the blocks of code of a page hold."""
    return [block.body for block in blocks(markdown)]


# A code without a page: write src/stdconv/findings/mistakes/<code>.yaml, then `make docs`.


def test_every_m_code_has_a_mistake_and_a_page_and_there_are_no_others() -> None:
    assert sorted(mistakes()) == M_CODES
    assert sorted(path.stem for path in (DOCS / "errors").glob("*.md")) == [*M_CODES, "README"]
    assert {path.name for path in FOLDER.glob("*.*")} == {
        *(f"{code}.yaml" for code in M_CODES),
        *BENEATH,
        "__init__.py",
    }


@pytest.mark.parametrize("code", mistakes())
def test_a_wrong_mapping_is_told_its_code_at_the_line_that_it_names(code: str, base: Path) -> None:
    places = [f"{fault.place}:" for fault in faults_of(code, "wrong", base) if fault.code == code]
    assert any(place.startswith(f"{mistakes()[code].at}:") for place in places), places


@pytest.mark.parametrize("code", mistakes())
def test_a_mended_mapping_is_clean(code: str, base: Path) -> None:
    assert [fault.text() for fault in faults_of(code, "fixed", base)] == []


@pytest.mark.parametrize("code", mistakes())
def test_a_page_shows_what_is_wrong_every_line_of_lint_and_what_mends_it(code: str, base: Path) -> None:
    mistake, linted = mistakes()[code], faults_of(code, "wrong", base)
    files, changed = [*mistake.wrong.values()], [*mistake.changed.values()]
    en, ja = (sorted(fault.text(lang) for fault in linted) for lang in LANGUAGES)
    parts = shown_in(page_text(f"errors/{code}.md"))
    assert parts[: len(files)] == files
    assert [sorted(part.splitlines()) for part in parts[len(files) : len(files) + 2]] == [en, ja]
    assert parts[len(files) + 2 :] == changed


@pytest.mark.parametrize("code", mistakes())
def test_a_page_and_the_page_of_all_codes_lead_to_each_other(code: str) -> None:
    name = codes()[code].name
    assert f"(../codes.md#{code.lower()}-{name})" in page_text(f"errors/{code}.md")
    assert f"\n### {code} {name}\n\n" in page_text("codes.md")
    assert f"(errors/{code}.md)" in page_text("codes.md")
    assert f"[{code}]({code}.md)" in page_text("errors/README.md")


@pytest.mark.parametrize("name", [name for name in BENEATH if name.endswith(".yaml")])
def test_what_lies_beneath_the_pages_is_clean(name: str) -> None:
    assert stdconv.lint(FOLDER / name).is_clean


@pytest.mark.parametrize(("lang", "headings"), [("en", ["Wrong", "Fixed"]), ("ja", ["誤りの例", "直した例"])])
def test_show_code_has_the_wrong_mapping_and_the_mended_one(lang: str, headings: list[str]) -> None:
    text = shown("code", "table-file", lang)
    assert re.findall("(?m)^## (.+)$", text) == headings
    mistake = mistakes()["M0065"]
    assert shown_in(text) == [*mistake.wrong.values(), *mistake.changed.values()]
    assert shown_in(shown("code", "T0005", lang)) == []
