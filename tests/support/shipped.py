"""The shipped mappings, each read once: as a plan, as its whole text, and as the document that this text is."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from stdconv.definitions import catalog
from stdconv.mapping.plan import Plan, load_plan
from support.documents import from_yaml
from support.nightly import IS_NIGHTLY

NAMES = catalog.names("mapping")
OLDER = [name for name in NAMES if name.endswith("-0.1") or name.startswith("editions/")]
"""Those of an earlier edition of their record, and those from one into another."""

TRIED = [name for name in NAMES if IS_NIGHTLY or name not in OLDER]
"""Those that are tried at length: by day those of the newest edition of their record."""


@cache
def plan_of(name: str) -> Plan:
    """Return the plan of a shipped mapping."""
    return load_plan(name)


def text_of(name: str) -> str:
    """Return the text of a shipped mapping, with its tables written in."""
    return plan_of(name).text


def document_of(name: str) -> Any:
    """Return that text as a document of the caller's own."""
    return copy.deepcopy(_document(name))


@cache
def _document(name: str) -> Any:
    return from_yaml(text_of(name))
