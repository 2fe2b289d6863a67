"""What the detail of a finding holds, by code: a form that every such detail has, and its words for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from stdconv.findings.phrases import words
from stdconv.findings.registry import Code

_SHAPE = r"shape=.{0,20} length=[0-9]+"
_POINTS = r"U\+[0-9A-F]{4,6}( U\+[0-9A-F]{4,6})*( …)?"
_BYTE = r"byte=([0-9A-F]{2}){1,2} offset=[0-9]+"
_COLUMNS = r"columns=[0-9]+ expected=[0-9]+"
_LINES = r"lines=[0-9]+"
_BYTES = r"bytes=[0-9]+"
_SIZE = r"(bytes|units|characters)=[0-9]+"

FORMS: Mapping[str, str] = MappingProxyType(
    {
        "code-points": _POINTS,
        "byte": _BYTE,
        "columns": _COLUMNS,
        "lines": _LINES,
        "bytes": _BYTES,
        "size-expected": rf"{_SIZE} expected=[0-9]+",
        "number": r"at=[0-9]+ wrong=(blank|digit|zone|sign|minus|wide)",
        "size-room": rf"{_SIZE} room=[0-9]+",
        "bytes-expected": rf"{_BYTES} expected=[0-9]+",
        "counts-expected": r"records=[0-9]+ lines=[0-9]+ expected=[0-9]+",
        "said": r"counted=[0-9]+ expected=[0-9]+( unread=[0-9]+)?",
        "keys": r"(missing|surplus)=[0-9]+ listed=[0-9]+( unread=[0-9]+)?",
        "way": r"path|line-ends|last-end|mark",
        "form-way": r"mark|no-mark|headings|lacking|order",
        "trailer": r"trailer=[0-9]+ records=[0-9]+( numbers=0)?",
        "shape": rf"{_SHAPE}(; {_SHAPE})*",
        "shape-or-rule": r".+",
        "rule": r".+",
        "reason": r".+",
        "rule-name": r"[a-z_]+",
        "kind": r"string|boolean|number|array|object",
        "rows": r"rows=[0-9]+",
        "other-record": r"record=[0-9]+",
        "absence": r"explained|unexplained",
        "position": r"position=[0-9]+",
        "row": rf"[ER][0-9]{{4}}( {_BYTE}| {_COLUMNS}| {_LINES}| {_BYTES}| {_POINTS})?",
    }
)
"""The forms of details: what ``detail`` of a code names in the registry. A ``?`` behind it: or nothing."""

PAIR = re.compile(r"(?<![^\s、])([a-z]+)=([a-z]*)")


def fits(detail: str, code: Code) -> bool:
    """Return whether ``detail`` is what the registry says of findings of ``code``; where it says nothing, empty.

    >>> from stdconv.findings.registry import codes
    >>> fits("U+301C", codes()["E0006"]), fits("", codes()["E0006"]), fits("U+301C", codes()["R0005"])
    (True, False, False)
    """
    form = code.detail or ""
    may_be_empty = not form or form.endswith("?")
    return may_be_empty if not detail else re.fullmatch(FORMS.get(form.rstrip("?"), ""), detail) is not None


def described(code: Code, lang: str) -> str:
    """Return what the details of ``code`` hold, for the page of the code; empty where it has none."""
    return words("detail", lang)[code.detail.rstrip("?")] if code.detail else ""


def in_words(detail: str, lang: str, form: str | None = None) -> str:
    """Return ``detail`` for people in ``lang``; data has it as it is. A rule's title may be in both languages.

    ``form`` is the form of it, where that is known: reasons are sentences, in which nothing is put into words.

    >>> in_words("shape=漢9 length=2; shape= length=0", "ja"), in_words("氏名の規則 / a rule about 氏名", "en")
    ('形=漢9 文字数=2、形= 文字数=0', 'a rule about 氏名')
    >>> in_words("at=97 wrong=sign", "ja")
    'バイト目=97 誤り=符号'
    >>> in_words("転出 / 転入の区別がない", "en", "reason")
    '転出 / 転入の区別がない'
    """
    if form == "reason":
        return detail
    japanese, slash, english = detail.partition(" / ")
    if slash:
        return japanese if lang == "ja" else english
    known = words("detail-word", lang)
    if detail in known:
        return known[detail]
    listed = detail.replace("; shape=", "、shape=") if lang == "ja" else detail

    def worded(found: re.Match[str]) -> str:
        key, word = found.groups()
        return f"{known[key]}={known.get(word, word)}" if key in known else found[0]

    return PAIR.sub(worded, listed)
