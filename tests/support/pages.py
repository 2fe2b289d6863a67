"""Pages of documentation, and the blocks of code that they show."""

from __future__ import annotations

import re
from typing import NamedTuple

from support.paths import DOCS


class Block(NamedTuple):
    """A block of code: its language, the name of the file that it shows ("" for none), and its text."""

    language: str
    file: str
    body: str


def page_text(name: str) -> str:
    """Return the text of a page below ``docs``."""
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(markdown: str) -> list[Block]:
    """Return the blocks of code that a page shows."""
    return [Block(*found) for found in re.findall(r"(?ms)^```(\S+)(?: (\S+))?\n(.*?)^```", markdown)]
