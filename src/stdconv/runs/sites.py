"""Which findings a site may decide about, and what its file decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from stdconv.findings.patterns import is_decidable_code
from stdconv.reports.site import NOBODY, Site, load_site
from stdconv.standard.dataset import Dataset
from stdconv.standard.placeholders import open_columns
from stdconv.standard.schema import Schema


def site_of(path: Path | None, schema: Schema, *, as_of: str | None = None) -> Site:
    """Return what the site file at ``path`` decides about findings of ``schema``. Raises ``DefinitionError``.

    Decisions count until their day, which is held against ``as_of``, the day of the extract, else against today.
    """
    if path is None:
        return NOBODY
    taking = open_columns((column.name, column.domain) for column in schema.columns)
    known: dict[str, set[str]] = {"S0010": {*schema.needed}, "S0030": {*taking}, "D0012": set()}
    for code, column in (*(each.reported_as for each in schema.checks), *Dataset(schema, schema.names).reportable):
        if is_decidable_code(code):
            known.setdefault(code, set()).add(column)
    day = as_of or date.today().isoformat()
    return load_site(path, known, schema.key, day=day)
