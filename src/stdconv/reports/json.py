"""Reports as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from stdconv.reports.model import Report


def as_json(reports: Sequence[Report]) -> str:
    """Return one report as an object, several as an array of such objects."""
    texts = [report.model_dump_json(indent=2) for report in reports]
    return texts[0] if len(texts) == 1 else "[" + ", ".join(texts) + "]"
