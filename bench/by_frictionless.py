"""resident-link/1.0 as a Table Schema for frictionless, with one check of our own for what it has no constraint for.

    python bench/by_frictionless.py STANDARD RESULT

Of records that share a key only the later ones are told of.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
from frames import BORN, ERA, KIND
from frames import NAME as NAMED
from frictionless import Check, Checklist, Error, Schema, errors, resources
from frictionless.table import Row
from rules import (
    HISTORY,
    KINDS,
    LONGEST_HISTORY,
    LONGEST_NAME,
    LONGEST_NUMBER,
    NAME,
    NUMBER,
    SEXES,
    SPANS,
    STATES,
    VARIATION,
)

SELECTOR = re.compile(VARIATION)


@attrs.define(kw_only=True, repr=False)
class Resident(Check):
    """The name's length, the era by kind, and the era of the birth date."""

    type = "resident"
    Errors = [errors.RowConstraintError]

    def validate_row(self, row: Row) -> Iterator[Error]:
        name, kind, era, born = row[NAMED], row[KIND], row[ERA], row[BORN]
        if name and len(name) > LONGEST_NAME and len(SELECTOR.sub("", name)) > LONGEST_NAME:
            yield errors.RowConstraintError.from_row(row, note="the name is too long")
        if born and ((kind == "1" and not era) or (kind == "2" and era)):
            yield errors.RowConstraintError.from_row(row, note="the era does not agree with the kind")
        if born and era in SPANS and not SPANS[era][0] <= born.isoformat() <= SPANS[era][1]:
            yield errors.RowConstraintError.from_row(row, note="the era does not agree with the date")


def field(name: str, kind: str = "string", **constraints: object) -> dict[str, object]:
    return {"name": name, "type": kind, "constraints": constraints}


SCHEMA = Schema.from_descriptor(
    {
        "fields": [
            field("宛名番号", required=True, pattern=NUMBER, maxLength=LONGEST_NUMBER),
            field("履歴番号", required=True, pattern=HISTORY, maxLength=LONGEST_HISTORY),
            field("世帯番号", pattern=NUMBER, maxLength=LONGEST_NUMBER),
            field("住民種別", required=True, enum=list(KINDS)),
            field("住民状態", required=True, enum=list(STATES)),
            field("異動年月日", "date"),
            field("氏名", required=True, pattern=NAME),
            field("性別", required=True, enum=list(SEXES)),
            field("生年月日_元号", enum=list(SPANS)),
            field("生年月日", "date"),
        ],
        "primaryKey": ["宛名番号", "履歴番号"],
    }
)


def main(standard: str, result: str) -> bool:
    file = Path(standard)
    resource = resources.TableResource(path=file.name, basepath=str(file.parent), encoding="utf-8", schema=SCHEMA)
    report = resource.validate(Checklist(checks=[Resident()]), limit_errors=sys.maxsize)
    rows = {error.row_number - 1 for error in report.tasks[0].errors}
    Path(result).write_text("".join(f"{row}\n" for row in sorted(rows)), encoding="utf-8")
    return bool(rows)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
