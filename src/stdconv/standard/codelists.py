"""Code lists as they are shipped: what each code means."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from stdconv.definitions import catalog

CodeList: TypeAlias = Mapping[str, str]


@cache
def load_codes(name: str) -> CodeList:
    """Return the code list ``name`` as code → label, in the file's order."""
    text = catalog.find("codes", name).read_text(encoding="utf-8")
    return MappingProxyType({row["code"]: row["label"] for row in csv.DictReader(text.splitlines())})
