"""What codes and findings say, in one language: for those who show them to people in a program of their own."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stdconv.errors import severity_word
from stdconv.findings.details import described, in_words
from stdconv.findings.phrases import words
from stdconv.findings.registry import Severity, codes
from stdconv.findings.rows import ROW


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of one code in one language: the finding or fault itself, why it arises, what to do next.

    ``severity`` is what findings of the code have unless a site decides otherwise, ``severity_word`` what that is
    called. ``family`` says what the codes with this letter are about. ``detail`` says what the detail of a finding
    holds; it is empty for codes that have none. ``official`` is the error class of the official specification, where
    one fits. Words in braces in the texts of a fault are filled in where it is raised.
    """

    code: str
    name: str
    severity: Severity
    severity_word: str
    family: str
    summary: str
    cause: str
    remedy: str
    detail: str = ""
    official: str | None = None


def explanation(code: str, lang: str) -> Explanation:
    """Return what is said of a registered ``code``.

    >>> explanation("D0001", "ja").name, explanation("D0001", "ja").severity_word
    ('duplicate-key', '失敗')
    """
    entry = codes()[code]
    message = entry.messages[lang]
    return Explanation(
        code=entry.id,
        name=entry.name,
        severity=entry.severity,
        severity_word=severity_word(entry.severity, lang),
        family=words("family", lang)[entry.id[0]],
        summary=message.summary,
        cause=message.cause,
        remedy=message.remedy,
        detail=described(entry, lang),
        official=entry.official,
    )


def side_word(side: str, lang: str) -> str:
    """Return the side of a finding in words; English has it as data does.

    >>> side_word("lookup:names", "ja"), side_word("lookup:names", "en")
    ('突合ファイル names', 'lookup:names')
    """
    if lang == "en":
        return side
    kind, _, lookup = side.partition(":")
    return f"{words('side', lang)[kind]} {lookup}".rstrip()


def worded(findings: pl.DataFrame, lang: str) -> pl.DataFrame:
    """Return findings in ``lang``, row for row: side, severity and detail in words, and what is said of the code.

    Each word is looked up once for all rows that have it.
    """
    known = {code: explanation(code, lang) for code in findings["code"].unique()}

    def said(column: str, by_value: dict[str, str]) -> pl.Expr:
        return pl.col(column).replace_strict(by_value, return_dtype=pl.String)

    def told(part: str) -> pl.Expr:
        return said("code", {code: getattr(each, part) for code, each in known.items()}).alias(part)

    return findings.select(
        ROW,
        said("side", {side: side_word(side, lang) for side in findings["side"].unique()}),
        "column",
        "code",
        said("severity", {each: severity_word(each, lang) for each in findings["severity"].unique()}),
        *map(told, ("name", "summary", "cause", "remedy")),
        _details(findings, lang),
    )


def _details(findings: pl.DataFrame, lang: str) -> pl.Expr:
    """Return the details in words: those that are reasons are sentences already."""
    forms = {code: codes()[code].detail for code in findings["code"].unique()}
    reasons = [code for code, form in forms.items() if form == "reason"]
    known = {detail: in_words(detail, lang) for detail in findings["detail"].unique()}
    told = pl.col("detail").replace_strict(known, return_dtype=pl.String)
    return pl.when(pl.col("code").is_in(reasons)).then("detail").otherwise(told).alias("detail") if reasons else told
