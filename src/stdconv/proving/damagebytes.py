"""What befalls bytes: a record among others, or a file from its first line to its last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from stdconv.layouts import encoding
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.encodings import MARK
from stdconv.layouts.fields import fields_of
from stdconv.layouts.terminators import body_of
from stdconv.proving.damage import Kind

QUOTE = b'"'
OTHER = {"cp932": "utf-8", "utf-8": "cp932"}
"""The encoding of what is put into the middle of a file, by that of the file."""

Change = Callable[[list[bytes], Dialect], bytes | None]
"""Makes of the fields of a record its line, without the end of it."""
CODES: Mapping[Kind, tuple[str, ...]] = {
    "missing-column": ("R0001", "R0015", "R0018", "R0021", "R0030"),
    "trailing-columns": ("R0001",),
    "stray-quote": ("R0002",),
    "open-quote": ("R0003", "R0012", "R0013"),
    "other-encoding": ("E0001", "R0001", "R0002", "R0015"),
}
"""What must tell them."""


def never(kind: Kind, dialect: Dialect) -> str | None:
    """Return the reason why a damage of this kind cannot befall a record of the layout, or would not be seen alone."""
    match kind:
        case "missing-column" if dialect.is_fixed:
            return "ends" if _is_cut_by_length(dialect) else None
        case "missing-column":
            return None if len(dialect.columns) > 1 else "column"
        case "trailing-columns":
            return "places" if dialect.is_fixed else None
        case "stray-quote" | "open-quote":
            return None if dialect.has_quotes and not dialect.is_fixed and not dialect.is_escaped else "quotes"
        case _:
            return _never_encoded(dialect)


def _never_encoded(dialect: Dialect) -> str | None:
    if dialect.codec not in OTHER or dialect.coding.unit != 1:
        return "encoding"
    return "ends" if _is_cut_by_length(dialect) else None


def _is_cut_by_length(dialect: Dialect) -> bool:
    return dialect.is_fixed and (not dialect.terminator or dialect.is_measured)


def damaged(kind: Kind, line: bytes, dialect: Dialect) -> bytes | None:
    r"""Return a record with one damage; ``None`` where that cannot befall it.

    >>> two = Dialect(columns=("a", "b"))
    >>> [damaged(kind, b"12,3\r\n", two) for kind in ("missing-column", "trailing-columns", "stray-quote")]
    [b'12\r\n', b'12,3,,\r\n', b'1"2,3\r\n']
    """
    body = body_of(line, dialect)
    end = line[len(body) :]
    if kind == "other-encoding":
        new = _in_another_encoding(body, dialect)
    elif dialect.is_fixed:
        new = body[: -dialect.each]
    else:
        fields, _ = fields_of(body, dialect)
        whole = None if fields is None else written(fields, dialect)
        new = _CHANGES[kind](fields, dialect) if fields is not None and whole == body else None
    return None if new is None or new == body else new + end


def _in_another_encoding(body: bytes, dialect: Dialect) -> bytes | None:
    text = encoding.decode(body, dialect)
    if text is None or text.isascii():
        return None
    other = text.encode(OTHER[dialect.codec], errors="ignore")
    return other if encoding.decode(other, dialect) is None else None


def written(fields: Sequence[bytes], dialect: Dialect, *, is_all: bool | None = None) -> bytes:
    """Return fields as a line of the layout without its end, all of them in quotes where ``is_all`` or the layout."""
    all_quoted = dialect.quote == "all" if is_all is None else is_all
    delimiter = dialect.delimiter.encode()
    meaning = (QUOTE, b"\r", b"\n", delimiter)
    needed = [all_quoted or (dialect.has_quotes and any(sign in each for sign in meaning)) for each in fields]
    return delimiter.join(_quoted(each) if is_so else each for each, is_so in zip(fields, needed, strict=True))


def _quoted(field: bytes) -> bytes:
    return QUOTE + field.replace(QUOTE, QUOTE + QUOTE) + QUOTE


def _stray_quote(fields: list[bytes], dialect: Dialect) -> bytes | None:
    at = next((at for at, each in enumerate(fields) if len(each) > 1 and each.isascii() and QUOTE not in each), None)
    if at is None:
        return None
    value = fields[at][:1] + QUOTE + fields[at][1:]
    parts = [written([each], dialect) for each in fields]
    parts[at] = QUOTE + value + QUOTE if dialect.quote == "all" else value
    return dialect.delimiter.encode().join(parts)


def _open_quote(fields: list[bytes], dialect: Dialect) -> bytes | None:
    if any(QUOTE in each for each in fields):
        return None
    return dialect.delimiter.encode().join([*(written([each], dialect) for each in fields[:-1]), QUOTE + fields[-1]])


_CHANGES: Mapping[Kind, Change] = {
    "missing-column": lambda fields, dialect: written(fields[:-1], dialect),
    "trailing-columns": lambda fields, dialect: written([*fields, b"", b""], dialect),
    "stray-quote": _stray_quote,
    "open-quote": _open_quote,
}


def never_whole(kind: Kind, dialect: Dialect) -> str | None:
    """Return the reason why a damage cannot befall a whole file of the layout."""
    if kind == "mark":
        return "marked" if dialect.mark or dialect.coding.unit != 1 else None
    if dialect.is_fixed:
        return "places"
    if kind == "all-quoted":
        return None if dialect.quote == "minimal" and not dialect.is_escaped else "quotes"
    return None if dialect.header and len(dialect.columns) > 1 else "header"


def damaged_whole(
    kind: Kind, header: bytes, lines: Sequence[bytes], dialect: Dialect, *, gone: int
) -> tuple[bytes, bytes, list[bytes]]:
    """Return what is put in front of a file that a damage befell as a whole, its header and its records."""
    if kind == "mark":
        return MARK, header, list(lines)
    return b"", _line(kind, header, dialect, gone), [_line(kind, line, dialect, gone) for line in lines]


def _line(kind: Kind, line: bytes, dialect: Dialect, gone: int) -> bytes:
    body = body_of(line, dialect)
    fields, _ = fields_of(body, dialect) if body else (None, 0)
    if fields is None:
        return line
    if kind == "trailing-columns-throughout":
        fields = [*fields, b"", b""]
    elif kind == "column-gone":
        fields = [*fields[:gone], *fields[gone + 1 :]]
    return written(fields, dialect, is_all=True if kind == "all-quoted" else None) + line[len(body) :]
