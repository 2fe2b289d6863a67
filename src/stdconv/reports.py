"""Reports: one model of what a run found, with exact totals and capped samples; as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from stdconv.errors import Message, severity_word
from stdconv.findings import Severity, Threshold, codes, reaches
from stdconv.manifest import Counts
from stdconv.version import VERSION

SAMPLE = 10


class Part(BaseModel):
    """The base of the report's parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Total(Part):
    """How often one code was found at one place, the first rows where, and the first finding's detail."""

    code: str
    name: str
    severity: Severity
    official: str | None
    side: str
    column: str
    count: int
    rows: tuple[int, ...]
    detail: str


class LookupUse(Part):
    """How many rows a lookup has, and how many of them a record asked for."""

    rows: int
    used: int


class Report(Part):
    """What a run read, accepted and refused, and what it found.

    ``tallies`` counts records by column and code (empty: no value; ``*``: values that are not in the column's list);
    ``labels`` says what the codes mean, where the column has a code list.
    """

    format: Literal[1] = 1
    command: str
    stdconv: str = VERSION
    mapping: str | None = None
    standard: str
    file: str
    counts: Counts
    raw_records: int = 0
    raw_share: float = 0.0
    lookups: dict[str, LookupUse] = {}
    tallies: dict[str, dict[str, int]] = {}
    labels: dict[str, dict[str, str]] = {}
    lost_values: int = 0
    findings: tuple[Total, ...] = ()
    exit_code: int = 0

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


class Totals:
    """Adds findings up, batch by batch."""

    KEY = ("severity", "code", "side", "column")

    def __init__(self) -> None:
        self._totals: dict[tuple[str, ...], tuple[int, list[int], str]] = {}

    def add(self, findings: pl.DataFrame) -> None:
        """Take a frame of findings into account."""
        groups = findings.group_by(self.KEY, maintain_order=True).agg(
            pl.len().alias("count"), pl.col("row").drop_nulls().head(SAMPLE), pl.col("detail").first()
        )
        for *key, count, rows, first in groups.iter_rows():
            before, sample, detail = self._totals.get(tuple(key), (0, [], first))
            self._totals[tuple(key)] = (before + count, (sample + rows)[:SAMPLE], detail)

    def reach(self, threshold: Threshold) -> bool:
        """Tell whether any finding is at or above ``threshold``."""
        return any(reaches(severity, threshold) for severity, *_ in self._totals)

    def count(self, code: str) -> int:
        """Return how many findings have ``code``."""
        return sum(total[0] for key, total in self._totals.items() if key[1] == code)

    def totals(self) -> Iterator[Total]:
        """Yield the totals, the gravest first, then by code and column."""
        order = {"fail": 0, "refuse": 1, "warn": 2, "note": 3}
        for key in sorted(self._totals, key=lambda key: (order[key[0]], *key[1:])):
            severity, code, side, column = key
            count, rows, detail = self._totals[key]
            entry = codes()[code]
            yield Total.model_validate(
                {
                    "code": code,
                    "name": entry.name,
                    "severity": severity,
                    "official": entry.official,
                    "side": side,
                    "column": column,
                    "count": count,
                    "rows": tuple(rows),
                    "detail": detail,
                }
            )


def exit_code(counts: Counts, totals: Totals, threshold: Threshold) -> int:
    """Return 4 where counts do not balance or nothing was accepted, 1 where findings reach ``threshold``, else 0."""
    if not counts.balance or (counts.read and not counts.accepted):
        return 4
    return int(totals.reach(threshold))


def as_text(report: Report, lang: str = "en") -> str:
    """Return the report as lines for a terminal, in ``lang``: counts, then each total with what to do."""
    words = {
        "en": (
            "read",
            "accepted",
            "refused",
            "records written otherwise than the mapping declares; their values are unaffected (if they are many, "
            "compare `newline` and `quote` with the file)",
            "records",
            "lookup",
            "used",
        ),
        "ja": (
            "読込",
            "受入",
            "差戻し",
            "書き方がマッピングの宣言と異なるレコード（値には影響ありません。多い場合は `newline` と `quote` を"
            "ファイルと比べてください）",
            "レコード",
            "突合ファイル",
            "使用",
        ),
    }[lang]
    counts = report.counts
    lines = [f"{words[0]} {counts.read}  {words[1]} {counts.accepted}  {words[2]} {counts.refused}"]
    if report.raw_records:
        lines.append(f"{words[3]}: {report.raw_records} ({report.raw_share:.2%})")
    for name, use in report.lookups.items():
        lines.append(f"{words[5]} {name}: {use.used}/{use.rows} {words[6]}")
    lines += _tally_lines(report, lang)
    for total in report.findings:
        lines += _as_lines(total, codes()[total.code].messages[lang], words[4], lang)
    return "\n".join(lines)


def _as_lines(total: Total, message: Message, rows: str, lang: str) -> tuple[str, str]:
    gap, severity = " " if lang == "en" else "", severity_word(total.severity, lang, filled=True)
    shown = ", ".join(map(str, total.rows)) + (" …" if total.count > len(total.rows) > 0 else "")
    where = f"  {rows} {shown}" if shown else ""
    detail = f"  ({total.detail})" if total.detail else ""
    place = total.column or total.side
    return (
        f"{severity} {total.code} {total.name}  {place}  ×{total.count}{where}{detail}",
        "       " + gap.join((message.summary, message.cause, message.remedy)),
    )


def _tally_lines(report: Report, lang: str) -> Iterator[str]:
    """Yield each column that was counted, and below it how many records have which code."""
    words = {"en": {"": "no value", "*": "not in the list"}, "ja": {"": "値なし", "*": "一覧にない値"}}[lang]
    for column, counts in report.tallies.items():
        known, width = report.labels.get(column, {}), max((len(f"{count:,}") for count in counts.values()), default=0)
        yield column
        for code, count in counts.items():
            said = f"{code} {known.get(code, '')}".rstrip() if code not in words else f"({words[code]})"
            yield f"  {count:>{width},}  {said}"
