"""The guides to the library and to rehearsals: their code runs as it stands, in both languages, and what they name is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import get_args

import pytest

import stdconv
from stdconv.proving.damage import Kind
from support.commandline import ran
from support.pages import blocks, page_text
from support.paths import DOCS, TOP

pytestmark = pytest.mark.e2e

PAGES = ("library-guide.md", "library-guide.ja.md")
REHEARSALS = ("rehearsal.md", "rehearsal.ja.md")


@pytest.mark.parametrize("page", [PAGES[0], REHEARSALS[0]])
def test_the_code_of_the_guide_runs_from_top_to_bottom_and_is_typed(page: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(TOP / "examples")
    every = [block.body for block in blocks(page_text(page)) if block.language == "python"]
    assert len(every) > (10 if page in PAGES else 1)
    (tmp_path / "guide.py").write_text("\n".join(every), encoding="utf-8")
    run = ran(sys.executable, "-W", "error", "guide.py", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    checked = ran(sys.executable, "-m", "mypy", "--strict", "guide.py", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("pages", [PAGES, REHEARSALS])
def test_both_languages_show_the_same_code(pages: tuple[str, str]) -> None:
    english, japanese = (blocks(page_text(name)) for name in pages)
    assert english == japanese


@pytest.mark.parametrize("name", REHEARSALS)
def test_the_guide_to_rehearsals_says_what_every_kind_of_damage_is(name: str) -> None:
    rows = [line.split("|")[1] for line in page_text(name).splitlines() if line.startswith("| `")]
    assert [kind for row in rows for kind in re.findall("`([a-z-]+)`", row)] == list(get_args(Kind))


@pytest.mark.parametrize("name", PAGES)
def test_what_the_guide_names_exists(name: str) -> None:
    text = page_text(name)
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert link.startswith("https://") or (DOCS / link).exists(), link
    prose = re.sub(r"(?ms)^```.*?^```", "", text)
    for called in re.findall(r"`([a-z_]+_(?:file|bytes|legacy|residue|in))\b", prose):
        assert hasattr(stdconv, called) or hasattr(stdconv.Result, called) or hasattr(stdconv.Restoration, called), (
            called
        )
    assert set(re.findall(r"`([A-Z][A-Za-z]+)`", prose)) <= {*stdconv.__all__}
