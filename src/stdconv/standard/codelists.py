"""Code lists as they are shipped: what each code means."""

from __future__ import annotations

import csv
from typing import TypeAlias

from stdconv.definitions import catalog

CodeList: TypeAlias = dict[str, str]


def load_codes(name: str) -> CodeList:
    """Return the code list ``name`` as code → label, in the file's order."""
    text = catalog.find("codes", name).read_text(encoding="utf-8")
    return {row["code"]: row["label"] for row in csv.DictReader(text.splitlines())}
