"""File forms: how a CSV of standard records is written down, by name."""

from __future__ import annotations

from typing import Literal, TypeAlias

from stdconv.layouts.dialect import Dialect

FileForm: TypeAlias = Literal["plain", "linkage"]
"""What a CSV is written in: UTF-8, CRLF and a header in any case.

``plain``: no mark, quotes where needed, the columns that the mapping fills. ``linkage``: byte order mark, every
value in quotes (an absent one is `""`), all columns of the record in their order.
"""


def dialect_of(form: FileForm, columns: tuple[str, ...]) -> Dialect:
    """Return how a file of these ``columns`` is written."""
    return Dialect(columns, "utf-8-sig", quote="all") if form == "linkage" else Dialect(columns)
