"""Layouts of many columns: twice as many take about twice as many calls, counted and never timed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import polars as pl
import pytest

import stdconv

NARROW = 150


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called, in Python and in C, while ``work`` is done in this thread."""
    count = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def mapping_of(folder: Path, width: int) -> Path:
    """Write a schema of ``width`` columns and a mapping that passes them on."""
    names = [f"項{number}" for number in range(width)]
    values = dict.fromkeys(names, "1")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "x-key": names[:1],
        "properties": {name: {"type": "string"} for name in names},
    }
    mapping = {
        "grammar": 1,
        "id": "x/wide",
        "about": {"vendor": "X社", "title": "多項目", "source": "assumed: many columns"},
        "standard": "wide.schema.json",
        "legacy": {"encoding": "utf-8", "columns": names},
        "fields": [{"standard": name, "legacy": name} for name in names],
        "examples": [{"source": "assumed: many columns", "legacy": values, "standard": values}],
    }
    (folder / "wide.schema.json").write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    (folder / "wide.yaml").write_text(json.dumps(mapping, ensure_ascii=False), encoding="utf-8")
    return folder / "wide.yaml"


def test_twice_as_many_columns_take_about_twice_as_many_calls(tmp_path: Path) -> None:
    seen: dict[str, list[int]] = {}
    for width in (NARROW, NARROW, 2 * NARROW):  # the first time is for what is read once only
        path = mapping_of(tmp_path, width)
        plan = stdconv.load_mapping(path)
        legacy = pl.DataFrame({name: ["1", "2"] for name in plan.mapping.legacy.columns})
        result = stdconv.convert(legacy, plan)
        assert result.refused.is_empty()
        for name, work in {
            "convert": lambda legacy=legacy, plan=plan: stdconv.convert(legacy, plan),
            "validate": lambda result=result, plan=plan: stdconv.validate(result.standard, plan.schema),
            "restore": lambda result=result, plan=plan: stdconv.restore(result.standard, plan),
        }.items():
            seen.setdefault(name, []).append(calls(work))
    ratios = {name: wide / narrow for name, (_, narrow, wide) in seen.items()}
    assert ratios == pytest.approx(dict.fromkeys(ratios, 2), abs=0.35)
