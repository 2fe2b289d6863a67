"""The front of a standard CSV: which form it says that the file has, and what is written unlike that."""

from __future__ import annotations

from collections.abc import Iterator

from stdconv.layouts import records
from stdconv.layouts.encodings import MARK
from stdconv.layouts.fields import QUOTE
from stdconv.layouts.parts import Header
from stdconv.standard.forms import FileForm, dialect_of


def form_of(header: Header) -> FileForm:
    r"""Return the form of a file that begins with ``header``: linkage where each heading is in quotes.

    >>> form_of(Header(b"", b'"a","b"\r\n', [b"a", b"b"])), form_of(Header(MARK, b'"a",b\r\n', [b"a", b"b"]))
    ('linkage', 'plain')
    """
    quoted = [QUOTE + field.replace(QUOTE, QUOTE * 2) + QUOTE for field in header.fields or ()]
    return "linkage" if quoted and header.raw.rstrip(b"\r\n") == b",".join(quoted) else "plain"


def deviations(header: Header, columns: tuple[str, ...], known: tuple[str, ...]) -> Iterator[str]:
    r"""Yield in what a file of ``columns``, of the ``known`` ones of its schema, is written unlike its form.

    Of its header alone: what its records are like is seen as they are read.

    >>> list(deviations(Header(b"", b'"b","a"\r\n', [b"b", b"a"]), ("b", "a"), ("a", "b")))
    ['no-mark', 'order']
    """
    form, is_marked = form_of(header), header.before.startswith(MARK)
    if is_marked != (form == "linkage"):
        yield "mark" if is_marked else "no-mark"
    usual = records.header_line(dialect_of(form, columns)).encode()
    if form == "plain" and header.raw.rstrip(b"\r\n") != usual.rstrip(b"\r\n"):
        yield "headings"
    if form == "linkage" and columns != known:
        yield "lacking" if len(columns) < len(known) else "order"
