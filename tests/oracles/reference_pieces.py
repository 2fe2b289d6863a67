"""The oracle's first half: bytes to records of texts, line by line (design, section 4, "Pieces")."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

LIMIT = 64 * 1024
QUOTE = b'"'
UNASSIGNED = frozenset(b"\x80\xa0\xfd\xfe\xff")
ANYTHING = frozenset(f"{family}{number:04}" for family in "ERTS" for number in range(40))


@dataclass
class Record:
    """One record as it stands in the file: its bytes, and its texts where it has them."""

    raw: bytes
    texts: list[str] | None = None
    refusals: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)


def body_of(line: bytes) -> bytes:
    """Return a line without its terminator: LF, and a CR in front of it."""
    if not line.endswith(b"\n"):
        return line
    return line[:-2] if line.endswith(b"\r\n") else line[:-1]


def split_fields(body: bytes) -> tuple[list[bytes], str]:
    """Return the fields and what is wrong with them: nothing (""), "stray" or "open"."""
    fields: list[bytes] = []
    at = 0
    while True:
        if body[at : at + 1] != QUOTE:
            end = body.find(b",", at)
            value = body[at:] if end < 0 else body[at:end]
            if QUOTE in value:
                return fields, "stray"
            after = len(body) if end < 0 else end
        else:
            value, after, wrong = _quoted(body, at + 1)
            if wrong:
                return fields, wrong
        fields.append(value)
        if after == len(body):
            return fields, ""
        at = after + 1


def _quoted(body: bytes, at: int) -> tuple[bytes, int, str]:
    """Return the value whose opening quote stands before ``at``, where it ends, and what is wrong with it."""
    value = b""
    while True:
        end = body.find(QUOTE, at)
        if end < 0:
            return b"", 0, "open"
        value += body[at:end]
        following = body[end + 1 : end + 2]
        if following == QUOTE:
            value += QUOTE
            at = end + 2
        elif following in {b"", b","}:
            return value, end + 1, ""
        else:
            return b"", 0, "stray"


def is_record(body: bytes, columns: int) -> bool:
    """Tell whether the text is one record of the declared width, as it stands."""
    fields, wrong = split_fields(body)
    return not wrong and len(fields) == columns


def could_be_a_record(body: bytes, columns: int) -> bool:
    """Tell whether a line has the declared width, its quotes honoured or ignored."""
    return is_record(body, columns) or body.count(b",") + 1 == columns


def joined(lines: list[bytes], first: int, columns: int) -> tuple[int, str]:
    """Return how many lines, from ``first`` on, are one record, and why an open one is none of several lines."""
    if split_fields(body_of(lines[first]))[1] != "open":
        return 1, ""
    text = lines[first]
    for count, line in enumerate(lines[first + 1 :], start=2):
        if len(split_fields(text + QUOTE)[0]) > columns:
            return 1, "R0003"
        if len(text) + len(line) > LIMIT:
            return 1, "R0013"
        if could_be_a_record(body_of(line), columns):
            return 1, "R0012"
        text += line
        fields, wrong = split_fields(body_of(text))
        if wrong == "open":
            continue
        return (count, "") if not wrong and len(fields) == columns else (1, "R0003")
    return 1, "R0003"


def cut(data: bytes, columns: int) -> list[tuple[bytes, str]]:
    """Return the records' bytes, each with the code of what is wrong where it stays open; blank lines and 0x1A at the end of the file belong to none of them."""
    lines = _lines(data)
    records: list[tuple[bytes, str]] = []
    at = 0
    while at < len(lines):
        if body_of(lines[at]) == b"":
            at += 1
            continue
        count, code = joined(lines, at, columns)
        records.append((b"".join(lines[at : at + count]), code))
        at += count
    return records


def _lines(data: bytes) -> list[bytes]:
    """Return the lines with their ends; a line ends at LF, and at nothing else."""
    data = data.removesuffix(b"\x1a")
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def has_unassigned(value: bytes) -> bool:
    """Tell whether one of the bytes without a character stands in ``value``, not as the second of two."""
    at = 0
    while at < len(value):
        if 0x81 <= value[at] <= 0x9F or 0xE0 <= value[at] <= 0xFC:
            at += 2
        elif value[at] in UNASSIGNED:
            return True
        else:
            at += 1
    return False


def about_characters(text: str) -> set[str]:
    """Return the warnings about a text's characters."""
    codes = set()
    for character in text:
        point = ord(character)
        if 0xE000 <= point <= 0xF8FF or (point >= 0xF0000 and point & 0xFFFF < 0xFFFE):
            codes.add("E0003")
        if point in {0xFFFD, 0xFEFF} or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFF >= 0xFFFE:
            codes.add("E0004")
    return codes


def read(raw: bytes, columns: list[str], encoding: str, code: str = "") -> Record:
    """Return a record's texts, or why it has none: ``code``, where it stays open."""
    record = Record(raw)
    fields, wrong = split_fields(body_of(raw))
    if b"\0" in raw:
        record.refusals.add("R0004")
        record.possible |= {"R0001", "R0002", "R0003", "R0012", "R0013"}
    elif wrong:
        record.refusals.add("R0002" if wrong == "stray" else code)
    elif len(fields) != len(columns):
        record.refusals.add("R0001")
    if not raw.endswith(b"\n"):
        record.warnings.add("R0007")
    if not record.refusals:
        _decode(record, fields, columns, encoding)
    return record


def _decode(record: Record, fields: list[bytes], columns: list[str], encoding: str) -> None:
    """Decode the fields into ``record``."""
    try:
        texts = [value.decode(encoding) for value in fields]
    except UnicodeDecodeError:
        record.refusals.add("E0001")
        record.possible |= ANYTHING
        return
    if texts == columns:
        record.refusals.add("R0005")
        return
    if encoding == "cp932" and any(has_unassigned(value) for value in fields):
        record.refusals.add("E0002")
    for text, value in zip(texts, fields, strict=True):
        if not (encoding == "cp932" and has_unassigned(value)):
            record.warnings |= about_characters(text)
    record.texts = texts


def read_all(data: bytes, columns: list[str], encoding: str) -> list[Record]:
    """Return the records of a file, behind its header, which must be ``columns``."""
    data = data.removeprefix(b"\xef\xbb\xbf") if encoding == "utf-8" else data
    (header, _), *records = cut(data, len(columns))
    if read(header, columns, encoding).refusals != {"R0005"}:
        raise ValueError("the header does not fit")
    return [read(raw, columns, encoding, code) for raw, code in records]


@cache
def windows() -> dict[str, bytes]:
    """Return how Windows writes each character of CP932 that has several: JIS, else NEC row 13, else IBM, else NEC."""
    written: dict[str, bytes] = {}
    leads = [*range(0xED, 0xEF), *range(0xFA, 0xFD), 0x87, *range(0x81, 0x87), *range(0x88, 0xA0), *range(0xE0, 0xEB)]
    for pair in (bytes([lead, trail]) for lead in leads for trail in range(0x40, 0xFD)):
        text = pair.decode("cp932", errors="replace")
        if len(text) == 1:
            written[text] = pair
    return written


def write(texts: list[str], encoding: str) -> bytes:
    """Write a record as the shipped layouts declare it: quotes where they are needed, CRLF."""
    needs = [any(character in text for character in '",\r\n') for text in texts]
    quoted = [
        '"' + text.replace('"', '""') + '"' if needed else text for text, needed in zip(texts, needs, strict=True)
    ]
    line = ",".join(quoted) + "\r\n"
    if encoding != "cp932":
        return line.encode(encoding)
    return b"".join(windows().get(character) or character.encode("cp932") for character in line)
