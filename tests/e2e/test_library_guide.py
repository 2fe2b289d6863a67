"""The guide to the library: its code runs as it stands, in both languages, and every page that it names is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import stdconv
from support.commandline import ran
from support.pages import blocks, page_text
from support.paths import DOCS, TOP

pytestmark = pytest.mark.e2e

PAGES = ("library-guide.md", "library-guide.ja.md")


def test_the_code_of_the_guide_runs_from_top_to_bottom_and_is_typed(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(TOP / "examples")
    every = [block.body for block in blocks(page_text(PAGES[0])) if block.language == "python"]
    assert len(every) > 10
    (tmp_path / "guide.py").write_text("\n".join(every), encoding="utf-8")
    run = ran(sys.executable, "-W", "error", "guide.py", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    checked = ran(sys.executable, "-m", "mypy", "--strict", "guide.py", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_both_languages_show_the_same_code() -> None:
    english, japanese = (blocks(page_text(name)) for name in PAGES)
    assert english == japanese


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
