"""The registry of codes, and findings as frames: what is said about data, one row each, never a resident's value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import polars as pl
import yaml

from stdconv.errors import Fault, Message, Place

Severity: TypeAlias = Literal["mute", "note", "warn", "refuse", "fail"]
"""How grave a finding is; ``mute`` where a site has decided that it does not count."""

Threshold: TypeAlias = Literal["note", "warn", "refuse", "never"]

SEVERITIES: tuple[Severity, ...] = ("note", "warn", "refuse", "fail")
"""What codes have by default, the gravest last."""

REGISTRY = Path(__file__).with_name("findings.yaml")
LANGUAGES = ("en", "ja")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SCHEMA = pl.Schema(
    {
        "row": pl.Int64,
        "side": pl.String,
        "column": pl.String,
        "code": pl.String,
        "severity": pl.String,
        "detail": pl.String,
    }
)
"""The columns of every frame of findings; ``row`` counts records from 1, null speaks of the whole file."""

SHAPES = (
    ("[0-9]", "9"),
    ("[A-Za-z]", "A"),
    ("[０-９]", "９"),
    ("[Ａ-Ｚａ-ｚ]", "Ａ"),
    ("[\\x{FF61}-\\x{FF9F}]", "ｱ"),
    ("[ァ-ヿ]", "ア"),
    ("[ぁ-ゟ]", "あ"),
    ("[\\p{Han}々〆]", "漢"),
)


_ASCII = {c: "9" if c.isdigit() else "A" if c.isalpha() else "?" for c in map(chr, range(128))}
"""What ASCII characters are shown as: at once, which is faster than pattern after pattern."""


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the registry. ``official`` is the error class of the official specification, where one fits."""

    id: str
    name: str
    severity: Severity
    messages: dict[str, Message]
    official: str | None = None


@cache
def codes() -> Mapping[str, Code]:
    """Return all codes by id, in the order of the registry file."""
    entries: dict[str, dict[str, Any]] = _LOADER(REGISTRY.read_text(encoding="utf-8")).get_single_data()
    return MappingProxyType({id_: _code(id_, entry) for id_, entry in entries.items()})


def _code(id_: str, entry: dict[str, Any]) -> Code:
    messages = {lang: Message(**entry[lang]) for lang in LANGUAGES}
    return Code(id_, entry["name"], entry["severity"], messages, entry.get("official"))


def fault(code: str, place: Place | None = None, /, **given: object) -> Fault:
    """Return the fault ``code`` at ``place``; ``given`` fills the placeholders of the registry's texts.

    A word that is a dict says by language what stands there.
    """
    entry = codes()[code]
    messages = {}
    for lang, text in entry.messages.items():
        words = {key: str(value[lang] if isinstance(value, dict) else value) for key, value in given.items()}
        messages[lang] = Message(*(part.format(**words) for part in (text.summary, text.cause, text.remedy)))
    return Fault(code, entry.name, messages, place, entry.severity)


def empty() -> pl.DataFrame:
    """Return a frame of no findings."""
    return SCHEMA.to_frame()


def about_rows(
    rows: pl.Series,
    code: str,
    *,
    side: str,
    column: str,
    severity: Severity | None = None,
    detail: pl.Series | str = "",
) -> pl.DataFrame:
    """Return one finding for each of ``rows`` (record numbers), all of one code, side and column."""
    texts = pl.lit(detail) if isinstance(detail, str) else detail.cast(pl.String)
    return pl.select(
        row=rows.cast(pl.Int64),
        side=pl.lit(side),
        column=pl.lit(column),
        code=pl.lit(code),
        severity=pl.lit(severity or codes()[code].severity),
        detail=texts,
    )


def about_file(
    code: str, *, side: str, column: str = "", severity: Severity | None = None, detail: str = ""
) -> pl.DataFrame:
    """Return one finding that speaks of a whole file."""
    row = (None, side, column, code, severity or codes()[code].severity, detail)
    return pl.DataFrame([row], schema=SCHEMA, orient="row")


def shape(value: pl.Expr) -> pl.Expr:
    """Return what ``value`` looks like without what it says: 3600707 as 9999999, cut after 20 characters.

    Whatever the classes do not know (blanks, signs, private use) is shown by its length alone.
    """
    shown = value.str.slice(0, 20)
    is_ascii = shown.str.len_bytes() == shown.str.len_chars()
    ascii_shape = pl.when(is_ascii).then(shown).str.replace_many(_ASCII)  # null for the others, which cost nothing
    wide_shape: pl.Expr = pl.when(~is_ascii).then(shown)
    for pattern, sign in (*SHAPES, ("[^9A９Ａｱアあ漢]", "?")):
        wide_shape = wide_shape.str.replace_all(pattern, sign)
    return pl.format("shape={} length={}", pl.coalesce(ascii_shape, wide_shape), value.str.len_chars())


def reaches(severity: str, threshold: Threshold) -> bool:
    """Tell whether ``severity`` is at or above ``threshold``; ``fail`` lies above all of them but ``never``.

    >>> reaches("warn", "refuse"), reaches("fail", "refuse"), reaches("fail", "never")
    (False, True, False)
    """
    return threshold != "never" and severity in SEVERITIES[SEVERITIES.index(threshold) :]
