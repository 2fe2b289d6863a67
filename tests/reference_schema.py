"""The oracle's law: JSON Schema's keywords for one record, and the record rules, in plain Python."""

from __future__ import annotations

import re
from typing import Any

from reference_lenses import ERAS, FIRST_GREGORIAN, is_day

Values = dict[str, str]
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
ANNOTATIONS = {"$schema", "$id", "$comment", "title", "description"}


def characters(text: str) -> int:
    """Count characters, a variation sequence as one."""
    return sum(not any(ord(character) in selectors for selectors in SELECTORS) for character in text)


def is_date(text: str) -> bool:
    """Tell whether the text is YYYY-MM-DD and a day of the Gregorian calendar, years 0000-9999."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    year, month, day = map(int, text.split("-"))
    return is_day(year, month, day)


def broken(schema: dict[str, Any], text: str) -> set[str]:
    """Return the codes of the keywords of one column that its value breaks."""
    codes = set()
    for keyword, wanted in schema.items():
        match keyword:
            case "type":
                assert wanted == "string"
            case "pattern":
                inner = wanted.removeprefix("^").removesuffix("$")
                codes |= set() if re.fullmatch(inner, text) else {"S0002"}
            case "maxLength":
                codes |= {"S0003"} if len(text) > wanted else set()
            case "x-maxCharacters":
                codes |= {"S0003"} if characters(text) > wanted else set()
            case "enum":
                codes |= set() if text in wanted else {"S0004"}
            case "const":
                codes |= set() if text == wanted else {"S0008"}
            case "format":
                assert wanted == "date"
                codes |= set() if is_date(text) else {"S0005"}
            case _:
                assert keyword in ANNOTATIONS or keyword.startswith("x-"), keyword
    return codes


def failures(schema: dict[str, Any], values: Values) -> set[str]:
    """Return the codes with which an object schema refuses a record, the object of its non-null columns."""
    codes = {"S0001" for name in schema.get("required", []) if name not in values}
    properties = schema.get("properties", {})
    for name, value in values.items():
        if name in properties:
            codes |= broken(properties[name], value)
        elif schema.get("additionalProperties") is False:
            codes.add("S0009")
    for part in schema.get("allOf", []):
        codes |= {part.get("x-finding", "S0008")} if failures(part, values) else set()
    if "not" in schema and not failures(schema["not"], values):
        codes.add("S0008")
    if "if" in schema:
        branch = "else" if failures(schema["if"], values) else "then"
        codes |= failures(schema.get(branch, {}), values)
    return codes


def rule_failures(rules: dict[str, Any], values: Values) -> set[str]:
    """Return the codes of the record rules that a record breaks."""
    codes = set()
    for rule in rules.get("record", []):
        assert rule["rule"] == "era_agrees"
        era, date = values.get(rule["era"]), values.get(rule["date"])
        if era is None or date is None or not is_date(date):
            continue
        spans = [(start, end) for code, start, end in ERAS.values() if code == era]
        day = tuple(map(int, date.split("-")))
        if not any(max(start, FIRST_GREGORIAN) <= day <= end for start, end in spans):
            codes.add("S0006")
    return codes
