"""Reports as CSV for people with spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from stdconv.errors import severity_word
from stdconv.findings.registry import codes
from stdconv.japan.visible import visible
from stdconv.reports.formulas import harmless
from stdconv.reports.model import Report, ReportedFault
from stdconv.reports.totals import Total
from stdconv.reports.wording import decided, details, numbers

HEADINGS = (
    "ファイル",
    "重大度",
    "コード",
    "名称",
    "側",
    "項目",
    "件数",
    "レコード番号",
    "行番号",
    "バイト位置",
    "詳細",
    "指摘",
    "原因",
    "対処",
    "サイトの決定",
    "severity",
    "summary",
    "cause",
    "remedy",
)


def as_csv(reports: Sequence[Report], _lang: str) -> str:
    """Return a line for each fault and total, with both languages' texts, behind a byte order mark; lines end in CRLF.

    No cell begins as a formula does.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for report in reports:
        for row in (*map(_fault, report.verdicts), *(_total(total, report) for total in report.findings)):
            writer.writerow([harmless(visible(str(cell))) for cell in (report.place, *row)])
    return "\ufeff" + out.getvalue()


def is_csv(start: str) -> bool:
    """Return whether a file that begins with ``start`` is such a report."""
    return start.startswith("\ufeff" + ",".join(HEADINGS))


def _total(total: Total, report: Report) -> Iterator[object]:
    yield from (severity_word(total.severity, "ja"), total.code, total.name, total.side, total.column, total.count)
    yield from (numbers(total, sample) if sample else "" for sample in (total.rows, total.lines, total.offsets))
    yield details(total, None)
    ja, en = (codes()[total.code].messages[lang] for lang in ("ja", "en"))
    yield from (ja.summary, ja.cause, ja.remedy, decided(total, report, "ja"))
    yield from (total.severity, en.summary, en.cause, en.remedy)


def _fault(fault: ReportedFault) -> Iterator[object]:
    yield from (severity_word(fault.severity, "ja"), fault.code, fault.name, "", "", "", "")
    yield from (fault.line or "", "", "")
    ja, en = (fault.messages[lang] for lang in ("ja", "en"))
    yield from (ja.summary, ja.cause, ja.remedy, "", fault.severity, en.summary, en.cause, en.remedy)
