"""Lines of Markdown: pages of what definitions say, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stdconv.japan.visible import visible


def page(*lines: str) -> str:
    """Return a page of what definitions say, which may be anything."""
    return "\n".join(map(visible, lines))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table; ``|`` inside cells is escaped."""
    for line in (headings, ["---"] * len(headings), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
