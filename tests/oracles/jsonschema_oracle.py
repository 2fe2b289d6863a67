"""The dialect of JSON Schema that the project reads (design, section 8), for the jsonschema library."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from support.paths import STANDARD_SCHEMAS


def is_day(text: object) -> bool:
    """Shape and Gregorian calendar, years 0000 to 9999; the year 0000 is a leap year."""
    if not isinstance(text, str):
        return True
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        dt.date(int(text[:4]) or 2000, int(text[5:7]), int(text[8:]))
    except ValueError:
        return False
    return True


def characters(text: str) -> int:
    """Code points less variation selectors."""
    return sum(not (0xFE00 <= ord(c) <= 0xFE0F or 0xE0100 <= ord(c) <= 0xE01EF) for c in text)


def _pattern(
    _validator: object, wanted: str, instance: object, _schema: object
) -> Iterable[jsonschema.ValidationError]:
    """``$`` is the end of the text, as ECMA means it; Python's lets a newline follow."""
    if isinstance(instance, str) and not re.search(wanted.removesuffix("$") + r"\Z", instance):
        yield jsonschema.ValidationError("pattern")


def _most(_validator: object, most: int, instance: object, _schema: object) -> Iterable[jsonschema.ValidationError]:
    if isinstance(instance, str) and characters(instance) > most:
        yield jsonschema.ValidationError("x-maxCharacters")


_CHECKER = jsonschema.FormatChecker(formats=())
_CHECKER.checks("date")(is_day)
_DIALECT = jsonschema.validators.extend(  # type: ignore[no-untyped-call]  # the stubs leave it without types
    jsonschema.Draft202012Validator, {"pattern": _pattern, "x-maxCharacters": _most}
)


@cache
def _shipped() -> Registry[Any]:
    """The shipped schemas under their ``$id``."""
    files = STANDARD_SCHEMAS.rglob("*.schema.json")
    documents = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    return Registry().with_resources((each["$id"], DRAFT202012.create_resource(each)) for each in documents)


def oracle(schema: Any) -> Any:
    """The library's validator of ``schema``, which may refer to shipped ones."""
    return _DIALECT(schema, format_checker=_CHECKER, registry=_shipped())


def shown(record: Mapping[str, str | None]) -> dict[str, str]:
    """A record is shown to JSON Schema as the object of its columns that hold something."""
    return {name: value for name, value in record.items() if value}
