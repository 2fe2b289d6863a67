"""Writes what was measured into docs/benchmarks.md, between the marks there, and draws the charts beside it.

    python bench/publish.py [--check]

The figures are those of bench/published, which the benches write with --publish; nobody writes them by hand. --check
only says whether the page has them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import chart
from figures import Document
from tables import of_dataset, tables
from validatortables import of_validators

HERE = Path(__file__).resolve().parent
PUBLISHED = HERE / "published"
DOCS = HERE.parent / "docs"
PAGE = DOCS / "benchmarks.md"
SECTIONS: dict[str, Callable[[Document], str]] = {
    "main": tables,
    "series": tables,
    "validators": of_validators,
    "dataset": of_dataset,
}
"""Every part of the page that is written here, if its figures are published, and what writes it."""
CHARTS: dict[str, Callable[[Document], str]] = {"main": chart.of_cases, "series": chart.of_series}
DRAWN_BY = ("altair", "vl-convert-python")


def publish(name: str, found: Document) -> None:
    """Take these figures for the published ones, and write the page and the chart of them, if there is one."""
    plain = json.dumps(found, ensure_ascii=False, indent=1)
    (PUBLISHED / f"{name}.json").write_text(plain + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    draw(name)


def draw(name: str) -> None:
    if drawn := CHARTS.get(name):
        (DOCS / f"benchmarks-{name}.svg").write_text(drawn(_read(name)), encoding="utf-8")


def page() -> str:
    """Return the page with the published figures between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    for name in published():
        begin, end = f"<!-- {name}: written by bench/publish.py -->\n", f"<!-- end of {name} -->\n"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            sys.exit(f"bench: {PAGE.name} has no place for {name}")
        text = f"{before}{begin}\n{SECTIONS[name](_read(name))}\n{end}{after}"
    return text


def published() -> list[str]:
    """Return the parts whose figures are published."""
    return [name for name in SECTIONS if (PUBLISHED / f"{name}.json").is_file()]


def _read(name: str) -> Document:
    found: Document = json.loads((PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def main() -> None:
    if sys.argv[1:] == ["--check"]:
        if page() != PAGE.read_text(encoding="utf-8"):
            sys.exit(f"bench: {PAGE.name} does not have the figures of bench/published: run python bench/publish.py")
        return
    PAGE.write_text(page(), encoding="utf-8")
    for name in published():
        draw(name)


if __name__ == "__main__":
    main()
