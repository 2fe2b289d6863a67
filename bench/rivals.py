"""What stdconv is measured beside, each in a process that imports nothing else.

    python bench/rivals.py pass|csv|pandas LEGACY RESULT
    python bench/rivals.py pydantic|jsonschema|jsonschema-rs|fastjsonschema STANDARD RESULT

polars passes a file through. The csv module and pandas give the standard.csv that stdconv gives for synthetic A社
files without a lookup, and nothing else: they take every value for granted. The others check a standard file record by
record, write the numbers of the rows that they refuse, and exit with 1 if there is one. pydantic has a model written by
hand; those for JSON Schema are given ours, and asked whether a record is valid, which is the fastest that they have.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[1] / "schemas" / "standard" / "resident-link" / "1.0.schema.json"
KINDS = {"日本人": "1", "外国人": "2"}
STATES = {"住登者": "1", "転出者": "2", "死亡者": "3", "消除者": "9"}
SEXES = {"男": "1", "女": "2", "不明": "0"}
ERAS = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}
"""The year before each era's first."""
CENTURIES = {"8": 1800, "9": 1900, "0": 2000}
STANDARD = (
    "宛名番号",
    "履歴番号",
    "世帯番号",
    "住民種別",
    "住民状態",
    "異動年月日",
    "氏名",
    "性別",
    "生年月日_元号",
    "生年月日",
)


def passed(legacy: str, result: str) -> None:
    import polars as pl

    pl.scan_csv(legacy, infer_schema=False, encoding="utf8-lossy").sink_csv(result)


def date(digits: str) -> str:
    """20240301 → 2024-03-01; 00000000 → empty."""
    return "" if digits in ("", "00000000") else f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def birth(digits: str) -> tuple[str, str]:
    """3600707 → 3, 1985-07-07."""
    if not digits:
        return "", ""
    first, year = digits[0], int(digits[1:3])
    day = f"{digits[3:5]}-{digits[5:]}"
    return ("", f"{CENTURIES[first] + year}-{day}") if first in CENTURIES else (first, f"{ERAS[first] + year}-{day}")


def by_csv(legacy: str, result: str) -> None:
    given_file, made_file = Path(legacy), Path(result)
    with (
        given_file.open(encoding="cp932", newline="") as given,
        made_file.open("w", encoding="utf-8", newline="") as made,
    ):
        reader, writer = csv.reader(given), csv.writer(made)
        next(reader)
        writer.writerow(STANDARD)
        for number, history, name, born, sex, state, moved, kind in reader:
            writer.writerow(
                (
                    number,
                    history,
                    "",
                    KINDS[kind],
                    STATES[state],
                    date(moved),
                    name.replace(" ", "\u3000"),
                    SEXES[sex],
                    *birth(born),
                )
            )


def by_pandas(legacy: str, result: str) -> None:
    import pandas as pd

    given = pd.read_csv(legacy, encoding="cp932", dtype=str, keep_default_na=False)
    born, moved = given["生年月日"], given["異動日"].replace("00000000", "")
    years = {f"{era}{y:02}": str(first + y) for era, first in ERAS.items() for y in range(100)}
    years |= {f"{digit}{y:02}": str(first + y) for digit, first in CENTURIES.items() for y in range(100)}
    western = born.str[:3].map(years).fillna("") + born.str[3:]
    made = pd.DataFrame(
        {
            "宛名番号": given["住民番号"],
            "履歴番号": given["履歴番号"],
            "世帯番号": "",
            "住民種別": given["住民種別"].map(KINDS),
            "住民状態": given["住民区分"].map(STATES),
            "異動年月日": moved.str.replace(r"^(....)(..)(..)$", r"\1-\2-\3", regex=True),
            "氏名": given["氏名"].str.replace(" ", "\u3000", regex=False),
            "性別": given["性別"].map(SEXES),
            "生年月日_元号": born.str[:1].where(born.str[:1].isin(list(ERAS)), ""),
            "生年月日": western.str.replace(r"^(....)(..)(..)$", r"\1-\2-\3", regex=True),
        }
    )
    made.to_csv(result, index=False, lineterminator="\r\n")


def by_pydantic(standard: str, result: str) -> bool:
    from pydantic import ValidationError
    from resident import Resident

    def accepts(record: dict[str, str]) -> bool:
        try:
            Resident.model_validate(record)
        except ValidationError:
            return False
        return True

    return refused(standard, result, accepts)


def by_jsonschema(standard: str, result: str) -> bool:
    from days import is_day
    from jsonschema import Draft202012Validator, FormatChecker

    formats = FormatChecker(formats=())
    formats.checks("date")(lambda text: is_day(str(text)))
    return refused(standard, result, Draft202012Validator(schema(), format_checker=formats).is_valid)


def by_jsonschema_rs(standard: str, result: str) -> bool:
    from jsonschema_rs import Draft202012Validator

    return refused(standard, result, Draft202012Validator(schema(), validate_formats=True).is_valid)


def by_fastjsonschema(standard: str, result: str) -> bool:
    import fastjsonschema

    check = fastjsonschema.compile(schema())

    def accepts(record: dict[str, str]) -> bool:
        try:
            check(record)
        except fastjsonschema.JsonSchemaException:
            return False
        return True

    return refused(standard, result, accepts)


def schema() -> dict[str, object]:
    document: dict[str, object] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return document


def refused(standard: str, result: str, accepts: Callable[[dict[str, str]], bool]) -> bool:
    """Write the numbers, from 1, of the records not accepted, and return whether there are any; empty is absent."""
    found = []
    with Path(standard).open(encoding="utf-8", newline="") as given:
        reader = csv.reader(given)
        names = next(reader)
        for row, values in enumerate(reader, 1):
            if not accepts({name: value for name, value in zip(names, values, strict=True) if value}):
                found.append(row)
    Path(result).write_text("".join(f"{row}\n" for row in found), encoding="utf-8")
    return bool(found)


ALL = {
    "pass": passed,
    "csv": by_csv,
    "pandas": by_pandas,
    "pydantic": by_pydantic,
    "jsonschema": by_jsonschema,
    "jsonschema-rs": by_jsonschema_rs,
    "fastjsonschema": by_fastjsonschema,
}

if __name__ == "__main__":
    sys.exit(ALL[sys.argv[1]](*sys.argv[2:]))
