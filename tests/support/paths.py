"""Where things are in the checkout: the only module of the tests that counts folders upwards."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
CASES = TESTS / "cases"

TOP = TESTS.parent
DOCS = TOP / "docs"
EXAMPLES = TOP / "examples"
MAPPINGS = TOP / "mappings"
SCHEMAS = TOP / "schemas"
STANDARD_SCHEMAS = SCHEMAS / "standard"
