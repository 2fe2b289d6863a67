"""Writes what was measured into docs/benchmarks.md, between the marks there, and draws the charts beside it.

    python bench/publish.py [--check]

The figures are those of bench/published, which `bench/run.py --publish` writes; nobody writes them by hand. --check
only says whether the page has them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import chart
from figures import Document
from tables import tables

HERE = Path(__file__).resolve().parent
PUBLISHED = HERE / "published"
DOCS = HERE.parent / "docs"
PAGE = DOCS / "benchmarks.md"
NAMES = ("main", "series")
DRAWN_BY = ("altair", "vl-convert-python")


def publish(name: str, found: Document) -> None:
    """Take these figures for the published ones, and write page and chart."""
    plain = json.dumps(found, ensure_ascii=False, indent=1)
    (PUBLISHED / f"{name}.json").write_text(plain + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    draw(name)


def draw(name: str) -> None:
    found = _read(name)
    svg = chart.of_series(found) if name == "series" else chart.of_cases(found)
    (DOCS / f"benchmarks-{name}.svg").write_text(svg, encoding="utf-8")


def page() -> str:
    """Return the page with the published figures between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    for name in NAMES:
        begin, end = f"<!-- {name}: written by bench/publish.py -->\n", f"<!-- end of {name} -->\n"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            sys.exit(f"bench: {PAGE.name} has no place for {name}")
        text = f"{before}{begin}\n{tables(_read(name))}\n{end}{after}"
    return text


def _read(name: str) -> Document:
    found: Document = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def main() -> None:
    if sys.argv[1:] == ["--check"]:
        if page() != PAGE.read_text(encoding="utf-8"):
            sys.exit(f"bench: {PAGE.name} does not have the figures of bench/published: run python bench/publish.py")
        return
    PAGE.write_text(page(), encoding="utf-8")
    for name in NAMES:
        draw(name)


if __name__ == "__main__":
    main()
