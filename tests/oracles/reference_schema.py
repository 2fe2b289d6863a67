"""The oracle's law: JSON Schema's keywords for one record, and the record rules, in plain Python.

What is found is a code and the columns it is about, as findings say them: joined by ``+``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import cycle
from typing import Any

from oracles import reference_places
from oracles.reference_lenses import ERAS, FIRST_GREGORIAN, is_day
from support.paths import STANDARD_SCHEMAS

Values = dict[str, str]
Told = tuple[str, str]
LISTS = STANDARD_SCHEMAS / "codes"
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


# Columns.


def broken(schema: Any, text: str) -> set[str]:
    """Return the codes of the keywords of one column that its value breaks."""
    if isinstance(schema, bool):
        return set() if schema else {"S0008"}
    codes = {code for keyword, wanted in schema.items() if (code := breaks(keyword, wanted, text))}
    if len(text) > schema.get("maxLength", len(text)) and not says_its_length(schema):
        codes.add("S0003")
    return codes


def breaks(keyword: str, wanted: Any, text: str) -> str | None:
    """Return the code of one keyword where the text breaks it; lengths in code points are another matter."""
    match keyword:
        case "type":
            assert wanted == "string"
            holds, code = True, ""
        case "pattern":
            holds, code = bool(re.fullmatch(wanted.removeprefix("^").removesuffix("$"), text)), "S0002"
        case "x-maxCharacters":
            holds, code = characters(text) <= wanted, "S0003"
        case "enum":
            holds, code = text in wanted, "S0004"
        case "const":
            holds, code = text == wanted, "S0004"
        case "format":
            assert wanted == "date"
            holds, code = is_date(text), "S0005"
        case "anyOf":
            holds = any(not broken(part, text) for part in wanted)
            code = "S0005" if {"format": "date"} in wanted else "S0008"
        case "not":
            holds, code = bool(broken(wanted, text)), "S0008"
        case _:
            assert keyword in {*ANNOTATIONS, "maxLength"} or keyword.startswith("x-"), keyword
            holds, code = True, ""
    return None if holds else code


def says_its_length(schema: dict[str, Any]) -> bool:
    """Tell whether a list or a date says already how long a value may be: then it is not said a second time."""
    if "enum" in schema:
        return bool(max(map(len, schema["enum"])) <= schema["maxLength"])
    return {"format": "date"}.items() <= schema.items() or {"format": "date"} in schema.get("anyOf", [])


# Records.


def keeps(schema: Any, values: Values) -> bool:
    """Tell whether a record, the object of its non-null columns, lies in a schema of records."""
    if isinstance(schema, bool):
        return schema
    return all(keeps_keyword(keyword, wanted, schema, values) for keyword, wanted in schema.items())


def keeps_keyword(keyword: str, wanted: Any, schema: dict[str, Any], values: Values) -> bool:
    match keyword:
        case "required":
            return all(name in values for name in wanted)
        case "properties":
            return not any(broken(node, values[name]) for name, node in wanted.items() if name in values)
        case "allOf":
            return all(keeps(part, values) for part in wanted)
        case "anyOf":
            return any(keeps(part, values) for part in wanted)
        case "not":
            return not keeps(wanted, values)
        case "if":
            return keeps(schema.get("then" if keeps(wanted, values) else "else", True), values)
        case _:
            assert keyword in {*ANNOTATIONS, "then", "else"} or keyword.startswith("x-"), keyword
            return True


def failures(schema: dict[str, Any], values: Values) -> set[Told]:
    """Return what a schema file, its record rules left out, tells of a record."""
    findings = {("S0001", name) for name in schema.get("required", []) if name not in values}
    for name, value in values.items():
        assert name in schema["properties"], "a file with an unknown column is not read"
        findings |= {(code, name) for code in broken(schema["properties"][name], value)}
    for part in schema.get("allOf", []):
        if not keeps(part, values):
            findings.add((part.get("x-finding", "S0008"), "+".join(part["x-columns"])))
    return findings


# Rules that JSON Schema cannot say.


def rule_failures(schema: dict[str, Any], rules: dict[str, Any], values: Values) -> set[Told]:
    """Return what the record rules of a rules file tell of a record: of values that their columns permit."""
    sound = {name: value for name, value in values.items() if not broken(schema["properties"][name], value)}
    findings = (pair for rule in rules.get("record", []) for pair in verdicts(rule, sound))
    unsound = values.keys() - sound.keys()
    return {finding for finding, is_kept in findings if not is_kept and unsound.isdisjoint(finding[1].split("+"))}


def verdicts(rule: dict[str, Any], values: Values) -> Iterator[tuple[Told, bool]]:
    """Yield each thing that a rule may tell, and whether the record keeps the rule."""
    match rule["rule"]:
        case "era_agrees":
            yield ("S0006", f"{rule['era']}+{rule['date']}"), era_agrees(rule, values)
        case "joined":
            columns = [rule["whole"], *rule["parts"], *rule.get("where", {})]
            code = rule.get("finding") or ("S0022" if "codes" in rule else "S0021")
            yield (code, "+".join(columns)), joined(rule, values)
        case "not_after":
            for later in rule["later"]:
                columns = [rule["earlier"], later, *(name for name in rule.get("where", {}) if name != later)]
                yield (rule.get("finding", "S0023"), "+".join(columns)), not_after(rule, later, values)
        case "check_digit":
            for column in rule["columns"]:
                code = "S0025" if rule["number"] == "juminhyo_code" else "S0024"
                yield (code, column), ends_with_its_check_digit(rule["number"], values.get(column))
        case "listed":
            for column in rule["columns"]:
                known = [labels(name) for name in (rule["codes"], *rule.get("also", ()))]
                yield ("S0026", column), column not in values or any(values[column] in each for each in known)
        case _:
            yield from reference_places.verdicts(rule, values)


def era_agrees(rule: dict[str, Any], values: Values) -> bool:
    """The 元号 is one of those that the day lies in; two days lie in two of them."""
    era, date = values.get(rule["era"]), values.get(rule["date"])
    if era is None or date is None:
        return True
    spans = [(start, end) for code, start, end in ERAS.values() if code == era]
    return any(max(start, FIRST_GREGORIAN) <= ymd(date) <= end for start, end in spans)


def ymd(date: str) -> tuple[int, ...]:
    """Return year, month and day of a date that its column permits, 29 February of a common year among them."""
    return tuple(map(int, date.split("-")))


def joined(rule: dict[str, Any], values: Values) -> bool:
    """The whole is its parts, or the labels of their codes, with the separator between those that are there."""
    if any(values.get(name) not in listed for name, listed in rule.get("where", {}).items()):
        return True
    whole, parts = values.get(rule["whole"]), [values[name] for name in rule["parts"] if name in values]
    if whole is None or not parts:
        return True
    if "codes" in rule:
        known = {code: label for code, label in labels(rule["codes"]).items() if code not in rule["unlabelled"]}
        if any(part not in known for part in parts):
            return True
        parts = [known[part] for part in parts]
    spoken = [values[name] for name in rule["parts"] if name in values and name not in rule.get("silent", ())]
    return whole == rule["separator"].join(parts) or ("silent" in rule and whole == rule["separator"].join(spoken))


@cache
def labels(name: str) -> dict[str, str]:
    """Return the labels of a code list by their codes."""
    text = (LISTS / f"{name}.csv").read_text(encoding="utf-8")
    return {row["code"]: row["label"] for row in csv.DictReader(text.splitlines())}


def not_after(rule: dict[str, Any], later: str, values: Values) -> bool:
    """Two dates in order, but for so many days; where one is absent, or the rule is for others, nothing is decided."""
    if any(values.get(name) not in listed for name, listed in rule.get("where", {}).items()):
        return True
    first, last = values.get(rule["earlier"]), values.get(later)
    if first is None or last is None or ymd(first) <= ymd(last):
        return True
    if "days" not in rule:
        return False
    if not (is_date(first) and is_date(last)):
        return True
    return (date.fromisoformat(first) - date.fromisoformat(last)).days <= int(rule["days"])


def ends_with_its_check_digit(number: str, text: str | None) -> bool:
    """docs/domain.md, Numbers with check digits, and Keys and history for 宛名番号."""
    if text is None:
        return True
    *body, last = map(int, text)
    match number:
        case "kojin_bango" | "juminhyo_code":
            return last == by_eleven(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(body), 1))
        case "lg_code":
            return (
                last
                == (11 - sum(digit * weight for digit, weight in zip(body, (6, 5, 4, 3, 2), strict=True)) % 11) % 10
            )
        case "atena_bango":
            return last == by_eleven(
                digit * weight for digit, weight in zip(reversed(body), cycle((2, 3, 4, 5, 6, 7)), strict=False)
            )
        case other:
            raise AssertionError(f"a new number needs a second reading here: {other}")


def by_eleven(weighted: Iterator[int]) -> int:
    """11 - (sum mod 11), 0 where the remainder is 0 or 1."""
    remainder = sum(weighted) % 11
    return 0 if remainder in (0, 1) else 11 - remainder
