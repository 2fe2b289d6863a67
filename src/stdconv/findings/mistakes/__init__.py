"""Wrong mappings, one for each M code, and what they should have been: what ``docs/errors`` shows.

``<code>.yaml`` holds ``at``, the place that lint names (``file:line``), and ``wrong`` and ``fixed``: the text of
``mapping.yaml``, or files by name, of which ``fixed`` gives those that change. The text of a mapping is only what
matters: it extends ``base``, which is ``base.yaml`` by default, or ``null`` where it needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
MAPPING = "mapping.yaml"
BENEATH = (
    *("base.yaml", "own.yaml", "own.schema.json", "dates.yaml", "dates.schema.json"),
    *("moving.yaml", "moving.schema.json", "fixed.yaml", "records.yaml", "numbers.yaml"),
)
"""Correct files next to every ``mapping.yaml``, which may have others of the same names."""


@dataclass(frozen=True)
class Mistake:
    """The files of a wrong mapping by name, and those that fix it."""

    code: str
    at: str
    base: str | None
    wrong: Mapping[str, str]
    changed: Mapping[str, str]

    @property
    def fixed(self) -> Mapping[str, str]:
        """All files of the fixed mapping."""
        return {**self.wrong, **self.changed}

    def write(self, files: Mapping[str, str], folder: Path) -> None:
        """Write ``files`` (``wrong`` or ``fixed``) and the files of ``BENEATH``, so that ``mapping.yaml`` is whole.

        The mapping that it extends is named in a line added at the end, so that the lines above keep their numbers.
        """
        texts = {name: beneath(name) for name in BENEATH} | dict(files)
        if self.base is not None:
            texts[MAPPING] += f"extends: {self.base}\n"
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


def beneath(name: str) -> str:
    """Return the text of one of the files in ``BENEATH``."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def mistakes() -> dict[str, Mistake]:
    """Return the mistakes by code."""
    return {path.stem: _mistake(path) for path in sorted(FOLDER.glob("M[0-9]*.yaml"))}


def _mistake(path: Path) -> Mistake:
    entry: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    wrong, fixed = (_files(entry[part]) for part in ("wrong", "fixed"))
    return Mistake(path.stem, entry["at"], entry.get("base", BENEATH[0]), wrong, fixed)


def _files(part: str | dict[str, str]) -> dict[str, str]:
    return {MAPPING: part} if isinstance(part, str) else part
