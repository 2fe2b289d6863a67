"""The rules about municipalities said again in plain Python, for one record, from the code lists as they stand."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from support.paths import STANDARD_SCHEMAS

Values = dict[str, str]
Told = tuple[str, str]

SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
ALIKE = ("ヶケ", "ヵカ", "檮梼", "惠恵", "龍竜", "澤沢", "嶋島", "邊辺", "曾曽", "藪薮", "籠篭", "鰺鯵")
GOES_ON = ("町", "場", "川")


def verdicts(rule: dict[str, Any], values: Values) -> Iterator[tuple[Told, bool]]:
    """Yield each thing that such a rule may tell, and whether the record keeps the rule."""
    match rule["rule"]:
        case "in_force":
            for column in rule["columns"]:
                about = [column, *([rule["day"]] if "day" in rule else []), *rule.get("where", {})]
                yield ("S0050", "+".join(about)), in_force(rule, column, values)
        case "municipality":
            for column in rule["columns"]:
                yield ("S0051", column), values.get(column) not in cities(rule["codes"])
        case "ward":
            yield from ward(rule, values)
        case "named":
            yield ("S0053", "+".join([rule["code"], *rule["parts"]])), named(rule, values)
        case "no_other_place":
            for column in rule["columns"]:
                place = (rule["prefecture"], rule["municipality"])
                yield ("S0054", "+".join([column, *place])), begins_at_home(rule, column, values)
        case "elsewhere":
            above, codes = cities(rule["codes"]), [values.get(rule["code"]), values.get(rule["own"])]
            first, second = (above.get(code or "", code) for code in codes)
            yield ("S0055", f"{rule['code']}+{rule['own']}"), None in codes or first != second
        case other:
            raise AssertionError(f"a new rule needs a second reading here: {other}")


def ward(rule: dict[str, Any], values: Values) -> Iterator[tuple[Told, bool]]:
    """A ward is no city, and is of the city in each of the other columns, which may have the ward itself."""
    above, given = cities(rule["codes"]), values.get(rule["ward"], "")
    yield ("S0052", rule["ward"]), given not in above.values()
    for column in rule["of"]:
        is_open = given not in above or column not in values
        is_kept = is_open or above.get(values[column], values[column]) == above[given]
        yield ("S0052", f"{rule['ward']}+{column}"), is_kept


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a code list."""
    text = (STANDARD_SCHEMAS / "codes" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def cities(name: str) -> dict[str, str]:
    """Return the city of each ward."""
    return {row["code"]: row["of"] for row in rows(name) if row["of"]}


def in_force(rule: dict[str, Any], column: str, values: Values) -> bool:
    """No code of the list; or, where a day is looked at, none that had ended before it."""
    if column not in values or any(values.get(name) not in some for name, some in rule.get("where", {}).items()):
        return True
    ended = {row["code"]: row["ended"] for row in rows(rule["codes"])}
    if "day" not in rule:
        return values[column] not in ended
    last = ended.get(values[column])
    return not last or values.get(rule["day"], "") <= last


def plain(name: str) -> str:
    """Return a name as it is compared."""
    name = SELECTORS.sub("", name)
    for pair in ALIKE:
        name = name.replace(pair[0], pair[1])
    return name


@cache
def names(lists: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the names of each code, the one of the first list first, each with and without its 郡."""
    found: dict[str, list[str]] = {}
    for row in (row for name in lists for row in rows(name)):
        for label in map(plain, row["label"].split("／")):
            ends = 3 if label[2] in "都道府県" else 4
            county, _, rest = label[ends:].partition("郡")
            shorter = [label[:ends] + rest] if county and rest.endswith(("町", "村")) else []
            found.setdefault(row["code"], []).extend([label, *shorter])
    return {code: tuple(each) for code, each in found.items()}


def named(rule: dict[str, Any], values: Values) -> bool:
    """What the parts say together begins a name of the code, or goes on from its name of today."""
    known = names(tuple(rule["codes"])).get(values.get(rule["code"], ""))
    if known is None or not all(name in values for name in rule["parts"]):
        return True
    said = plain("".join(values[name] for name in rule["parts"]))
    return any(name.startswith(said) for name in known) or said.startswith(known[0])


@cache
def places(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the prefectures, and the municipalities within them."""
    split = [re.match("(北海道|東京都|京都府|大阪府|..県|...県)(.+)", row["label"]) for row in rows(name)]
    parts = [found.groups() for found in split if found]
    return frozenset(first for first, _ in parts), frozenset(rest for _, rest in parts)


def begins_at_home(rule: dict[str, Any], column: str, values: Values) -> bool:
    """The text begins neither with another prefecture nor, behind its own, with another municipality."""
    prefectures, municipalities = places(rule["codes"])
    text, prefecture = values.get(column), values.get(rule["prefecture"])
    if text is None or prefecture is None:
        return True
    if any(text.startswith(each) for each in prefectures - {prefecture}):
        return False
    within, own = text.removeprefix(prefecture), values.get(rule["municipality"])
    found = [
        name for name in municipalities if within.startswith(name) and (name.endswith(("市", "区")) or "郡" in name)
    ]
    if own is None or not found:
        return True
    name = min(found, key=len)
    rest = within.removeprefix(name)
    return not rest or rest.startswith(GOES_ON) or name in own or f"{own}{name}" in municipalities
