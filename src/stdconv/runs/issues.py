"""The list of issues for people: a line for each finding, to be decided about in a spreadsheet and given back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import polars as pl

from stdconv.errors import severity_word
from stdconv.findings.details import in_words
from stdconv.findings.patterns import EVERYWHERE, OF_ALL, pattern_id, patterned
from stdconv.findings.registry import codes
from stdconv.findings.rows import ROW
from stdconv.findings.shown import Counted
from stdconv.layouts import balanced
from stdconv.layouts.records import csv_bytes
from stdconv.reports.totals import Total
from stdconv.runs.refusals import seen

NUMBER, RECORD, LINE = "番号", "レコード", "行"
KIND = ("側", "項目", "コード")
WORDS = ("名称", "重大度", "内容")
PATTERN, STATE, SOURCE = "パターン", "状態", "元ファイル"
DECIDED = ("判断", "担当", "期限")
"""What people fill in."""
HEADINGS = (NUMBER, RECORD, LINE, *KIND, *WORDS, PATTERN, *DECIDED, STATE, SOURCE)
NEW, KNOWN, SETTLED, GONE = "新規", "継続", "判断済", "解消"
"""The states of an issue: not there before, there and not decided, decided, no longer there."""
AT_ONCE = 200_000
"""How many findings are put into words at once, more or less."""
SAID = ["side", "column", "code", "severity", "detail"]
"""What the words of a line depend on."""
LOOKUP, ABOUT_RECORDS = "lookup:", "T"
"""The side of what is said of a lookup, and the family of that which is said of records that look there."""
Carried: TypeAlias = Callable[[int, int], pl.Series]
"""What gives issues, from a number on and so many, the text of what was decided about them and of their states."""


@dataclass(frozen=True, repr=False)
class Found(Counted):
    """The findings of a file: where they are, of how many records, and on which lines the records begin.

    ``keys`` is a file of the records' person and household numbers, where these are needed.
    """

    path: Path
    records: int
    missing: tuple[Total, ...]
    lines: Callable[[pl.Series], pl.Series] | None = None
    keys: Path | None = None
    names: tuple[str, ...] = ()

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield all findings but those of every record, with their lines: of the file first, then by record and code.

        What is declared missing is one finding for the file.
        """
        if self.missing:
            yield self._whole(_declared(self.missing))
        scan = pl.scan_parquet(self.path, glob=False)
        issues = scan.filter(pl.col("code") != EVERYWHERE)
        for part in issues.filter(~OF_RECORDS).collect_batches(chunk_size=AT_ONCE, maintain_order=True):
            if len(part):
                yield self._whole(part)
        many = scan.select(pl.len()).collect().item()
        step = max(1, self.records * AT_ONCE // max(1, many))
        for first in range(1, self.records + 1, step):
            is_here = pl.col(ROW).is_between(first, first + step - 1)
            part = issues.filter(is_here & OF_RECORDS).collect()
            if len(part):
                yield self._of_records(part.sort(ROW, "code", maintain_order=True), is_here)

    def _whole(self, part: pl.DataFrame) -> pl.DataFrame:
        nothing = (pl.lit(None, dtype=pl.String).alias(name) for name in self.names)
        is_of_all = pl.col("code").str.starts_with(OF_ALL) & ~pl.col("side").str.starts_with(LOOKUP)
        kinds = part.filter(is_of_all).select("code", "column").unique(maintain_order=True)
        given = part.join(_identified(kinds), on=["code", "column"], how="left", maintain_order="left")
        line = pl.lit(None, dtype=pl.Int64).alias("line")
        return given.with_columns(line, pl.when(is_of_all).then("pattern").alias("pattern"), *nothing)

    def _of_records(self, part: pl.DataFrame, is_here: pl.Expr) -> pl.DataFrame:
        line = self.lines(part[ROW]) if self.lines is not None else pl.lit(None, dtype=pl.Int64)
        kinds = part.filter(pl.col("code").str.starts_with(OF_ALL)).select("code", "column").unique()
        of_all = _identified(kinds).rename({"pattern": "of_all"})
        given = part.with_columns(line.alias("line"))
        given = given.join(patterned(part), on=ROW, how="left", maintain_order="left")
        given = given.join(of_all, on=["code", "column"], how="left", maintain_order="left")
        given = given.with_columns(pl.coalesce("of_all", "pattern").alias("pattern")).drop("of_all")
        if self.keys is None:
            return given
        keys = pl.scan_parquet(self.keys, glob=False).filter(is_here).collect()
        return given.join(keys, on=ROW, how="left", maintain_order="left")


OF_RECORDS = pl.col(ROW).is_not_null() & (
    ~pl.col("side").str.starts_with(LOOKUP) | pl.col("code").str.starts_with(ABOUT_RECORDS)
)


def _identified(kinds: pl.DataFrame) -> pl.DataFrame:
    ids = [pattern_id([kind]) for kind in kinds.iter_rows()]
    return kinds.with_columns(pl.Series("pattern", ids, dtype=pl.String))


def _declared(missing: Sequence[Total]) -> pl.DataFrame:
    """Return one finding for all that is declared missing, of each severity."""
    by = {each.severity: [other for other in missing if other.severity == each.severity] for each in missing}
    return pl.DataFrame(
        {
            ROW: pl.Series([None] * len(by), dtype=pl.Int64),
            "side": [same[0].side for same in by.values()],
            "column": ["・".join(dict.fromkeys(each.column for each in same)) for same in by.values()],
            "code": [EVERYWHERE] * len(by),
            "severity": [*by],
            "detail": [f"×{sum(each.count for each in same)}" for same in by.values()],
        }
    )


class IssuesFile:
    """A list being written: UTF-8 with mark, CRLF; no cell begins as a formula does. A context.

    Lines have the records' keys in the columns ``names`` as well. Only the owner may read a list.
    """

    def __init__(self, path: Path, names: Sequence[str], source: str) -> None:
        self._names = tuple(names)
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._source = source
        headings = [[*HEADINGS[:3], *map(heading, self._names), *HEADINGS[3:]]]
        self._file.write("\ufeff".encode() + csv_bytes(pl.DataFrame(headings, orient="row"), "necessary"))

    def add(self, part: pl.DataFrame, first: int, carried: pl.Series | None) -> None:
        """Write issues that are numbered from ``first`` on, with what is ``carried`` over of their decisions."""
        kinds = part.select(SAID).unique(maintain_order=True)
        said = kinds.with_columns(pl.Series("said", _lines(_words(kinds)), dtype=pl.String))
        lines = part.join(said, on=SAID, how="left", maintain_order="left", nulls_equal=True)
        ends = pl.lit(f",,,{NEW}") if carried is None else carried
        keys = [cell(lines[name]) for name in self._names]
        numbers = pl.int_range(first, first + len(lines), dtype=pl.Int64, eager=True)
        cells = [numbers, lines[ROW], lines["line"], *keys, lines["said"], lines["pattern"]]
        texts = [pl.lit(cell.cast(pl.String).fill_null("")) for cell in cells]
        text = pl.concat_str(*texts, ends, pl.lit(f"{self._source}\r\n"), separator=",")
        self._file.write(pl.select(text.str.join("").cast(pl.Binary)).item())

    def __enter__(self) -> IssuesFile:
        """Return the list itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing open."""
        self._file.close()


def heading(name: str) -> str:
    """Return how the column of a key is called, where another one may have that name.

    >>> heading("宛名番号"), heading("番号")
    ('宛名番号', '番号 (key)')
    """
    return f"{name} (key)" if name in HEADINGS else name


def source_of(sha256: str) -> str:
    """Return how a list says of which file it is."""
    return f"sha256:{sha256[:12]}"


def write_issues(
    found: Found, files: Sequence[IssuesFile], carried: Callable[[int, int], pl.Series] | None = None
) -> int:
    """Write all issues into each of ``files``; returns how many there are."""
    number = 0
    for part in found.parts():
        states = carried(number, len(part)) if carried is not None else None
        for file in files:
            file.add(part, number + 1, states)
        number += len(part)
    return number


def _words(kinds: pl.DataFrame) -> pl.DataFrame:
    """Return what is said of findings, cell by cell."""
    names = {code: codes()[code].name for code in kinds["code"].unique()}
    severities = {each: severity_word(each, "ja") for each in kinds["severity"].unique()}
    forms = {code: codes()[code].detail for code in names}
    japanese = {code: codes()[code].messages["ja"].summary for code in names}
    pairs = kinds.select("code", "detail").unique().rows()
    details = pl.DataFrame(
        [(*pair, _told(japanese[pair[0]], pair[1], forms[pair[0]])) for pair in pairs],
        schema={"code": pl.String, "detail": pl.String, "said": pl.String},
        orient="row",
    )
    told = kinds.select("code", "detail").join(details, on=["code", "detail"], how="left", maintain_order="left")
    code = kinds["code"]
    cells = {
        "side": seen(kinds["side"]),
        "column": seen(kinds["column"]),
        "code": code,
        "name": code.replace_strict(names, return_dtype=pl.String),
        "severity": kinds["severity"].replace_strict(severities, return_dtype=pl.String),
        "said": seen(told["said"]),
    }
    return pl.DataFrame(cells)


def _told(summary: str, detail: str, form: str | None) -> str:
    return f"{summary}（{in_words(detail, 'ja', form)}）" if detail else summary


def _lines(frame: pl.DataFrame) -> Iterable[str]:
    """Return the rows of ``frame`` as parts of lines."""
    return [line.decode().removesuffix("\r\n") for line in balanced.split(csv_bytes(frame, "necessary"))]


def cell(texts: pl.Series) -> pl.Series:
    """Return ``texts`` as cells: seen, harmless, and in quotes where they need them."""
    cells = seen(texts.cast(pl.String).fill_null(""))
    needs = pl.col(cells.name).str.contains('[,"\r\n]')
    quoted = pl.concat_str(pl.lit('"'), pl.col(cells.name).str.replace_all('"', '""', literal=True), pl.lit('"'))
    return (
        cells.to_frame().select(pl.when(needs).then(quoted).otherwise(pl.col(cells.name)).alias(cells.name)).to_series()
    )
