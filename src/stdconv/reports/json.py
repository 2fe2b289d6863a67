"""Reports as JSON, and the JSON Schema of that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from stdconv.definitions.model import Untitled
from stdconv.japan.visible import escaped
from stdconv.reports.model import Report

BEGINNING = re.compile(r'\[?\{\s*"format": [0-9]+,\s*"command": "[a-z]+",\s*"stdconv": "')


def as_json(reports: Sequence[Report], _lang: str) -> str:
    """Return one report as an object, several as an array of such objects; in all languages the same."""
    texts = [escaped(report.model_dump_json(indent=2)) for report in reports]
    return (texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]") + "\n"


def is_json(start: str) -> bool:
    """Return whether a file that begins with ``start`` is such a report."""
    return BEGINNING.match(start) is not None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of reports, as ``schemas/report.schema.json`` publishes it."""
    schema = Report.model_json_schema(mode="serialization", schema_generator=Untitled)
    parts = schema.pop("$defs") | {"Report": schema}
    for part in parts.values():
        part["description"] = " ".join(part["description"].replace("``", "`").split())
    one = {"$ref": "#/$defs/Report"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stdconv report",
        "description": "What `--report json=FILE` writes: one report, or an array of several files' reports.",
        "anyOf": [one, {"type": "array", "minItems": 2, "items": one}],
        "$defs": dict(sorted(parts.items())),
    }
