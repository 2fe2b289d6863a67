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
    return load_column(name, "label")


@cache
def load_column(name: str, column: str) -> Mapping[str, str]:
    """Return what else the code list ``name`` says, as code → value, of the codes that it says it of."""
    text = catalog.find("codes", name).read_text(encoding="utf-8")
    return MappingProxyType({row["code"]: row[column] for row in csv.DictReader(text.splitlines()) if row.get(column)})
