"""Reports as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stdconv.errors import Message, severity_word
from stdconv.findings import codes
from stdconv.reports.model import Report, SiteUse, Total, shown


def as_text(reports: Sequence[Report], lang: str) -> str:
    """Return the reports in ``lang``; where there are several, each under the path of its file."""
    if len(reports) == 1:
        return report_text(reports[0], lang)
    return "\n\n".join(f"{report.path or report.file}\n{report_text(report, lang)}" for report in reports)


def report_text(report: Report, lang: str = "en") -> str:
    """Return one report as lines, in ``lang``: counts, then each total with what to do; or why it was not read."""
    if report.faults:
        return "\n".join(each.text(lang) for each in report.faults)
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
            "lines",
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
            "行",
        ),
    }[lang]
    counts = report.counts
    lines = [f"{words[0]} {counts.read}  {words[1]} {counts.accepted}  {words[2]} {counts.refused}"]
    if report.raw_records:
        lines.append(f"{words[3]}: {report.raw_records} ({report.raw_share:.2%})")
    for name, use in report.lookups.items():
        lines.append(f"{words[5]} {name}: {use.used}/{use.rows} {words[6]}")
    lines += _tally_lines(report, lang)
    lines += _site_lines(report.site, lang)
    for total in report.findings:
        lines += _as_lines(total, codes()[total.code].messages[lang], (words[4], words[7]), lang)
    lines += (each.text(lang) for each in report.verdicts)
    return "\n".join(lines)


def _as_lines(total: Total, message: Message, words: tuple[str, str], lang: str) -> tuple[str, str]:
    gap, severity = " " if lang == "en" else "", severity_word(total.severity, lang, filled=True)
    samples = zip(words, (total.rows, total.lines), strict=True)
    where = "".join(f"  {word} {shown(total, numbers)}" for word, numbers in samples if numbers)
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


def _site_lines(site: SiteUse | None, lang: str) -> Iterator[str]:
    """Yield a line for the site, and one for each decision."""
    if site is None:
        return
    word = {"en": "site", "ja": "サイト"}[lang]
    yield f"{word} {site.name}"
    for each in site.decisions:
        became = f"{severity_word(each.instead_of, lang)} → {severity_word(each.severity, lang)}"
        official = f" [{each.official}]" if each.official else ""
        where = f" {each.column}" if each.column else ""
        name = codes()[each.code].name
        yield f"  {each.decided}  {each.code} {name}{official}{where}  {became}  ×{each.findings}  {each.because}"
