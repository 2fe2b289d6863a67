"""Which validators are measured, what each is asked, and how it is run."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from files import RIVALS
from rules import ALL, LATER, OF_JSON_SCHEMA, OF_RECORDS

HERE = Path(__file__).resolve().parent
OURS, WRITING = "stdconv", "stdconv -o"


@dataclass(frozen=True)
class Validator:
    """What is measured: its ``rules``, what it ``tells``, and whether it is so slow that it runs once."""

    name: str
    rules: frozenset[str]
    tells: str
    command: tuple[str, ...] = ()
    is_slow: bool = False


def _frames(name: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE / f"by_{name}.py"))


FIRST = "rows (it stops at a record's first fault)"
VALIDATORS = (
    Validator(OURS, ALL, "every fault: counts, first rows"),
    Validator(WRITING, ALL, "every fault with row, column and shape, in findings.parquet"),
    Validator("dataframely", ALL, "every fault by row, counts", _frames("dataframely")),
    Validator("pandera", ALL, "every fault by row, with the value", _frames("pandera")),
    Validator("patito", ALL, "counts for most columns", _frames("patito")),
    Validator("pointblank", ALL, "every fault by row, counts", _frames("pointblank")),
    Validator("jsonschema-rs", OF_JSON_SCHEMA, FIRST, (*RIVALS, "jsonschema-rs")),
    Validator("fastjsonschema", OF_JSON_SCHEMA, FIRST, (*RIVALS, "fastjsonschema")),
    Validator("pydantic", OF_RECORDS, "every fault of a record's columns, else of the record", (*RIVALS, "pydantic")),
    Validator("frictionless", OF_RECORDS | {LATER}, "every fault by row", _frames("frictionless"), is_slow=True),
    Validator("jsonschema", OF_JSON_SCHEMA, FIRST, (*RIVALS, "jsonschema"), is_slow=True),
)
PACKAGES = tuple(each.name for each in VALIDATORS if each.command)
