"""The list of refusals for people: which record, which column, why, what to do, in both languages."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from stdconv.findings.registry import codes
from stdconv.findings.rows import ROW
from stdconv.japan.visible import BLANKS, visible
from stdconv.layouts import balanced
from stdconv.layouts.records import csv_bytes
from stdconv.reports.formulas import harmless_texts

HEADINGS = (
    "レコード番号",
    "側",
    "項目",
    "コード",
    "名称",
    "詳細",
    "指摘",
    "原因",
    "対処",
    "summary",
    "cause",
    "remedy",
)

KIND = ["side", "column", "code", "detail"]
"""What a line depends on besides the number of its record."""
MANY = 4
"""How many findings of each kind there are on average where lines are made once for each kind."""
AT_ONCE = 10_000
"""How many lines are put together at once."""
HIDDEN = f"[[\\p{{C}}\\p{{Z}}{BLANKS}]--[ \u3000]]"
"""What a text has of which a character may have to be shown by its code point, in Rust's words."""


class RefusalsFile:
    """``refused-causes.csv``: UTF-8 with mark, one line per refusing finding, in the order of the records.

    No cell begins as a formula does.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        schema = pl.Schema(dict.fromkeys(HEADINGS, pl.String()))
        self._file.write(schema.to_frame().write_csv(include_bom=True, line_terminator="\r\n").encode())
        self._texts: pl.DataFrame | None = None

    def write(self, findings: pl.DataFrame) -> None:
        """Append the refusing ones of ``findings``."""
        refusing = findings.filter(pl.col("severity") == "refuse")
        if refusing.is_empty():
            return
        if self._texts is None:
            self._texts = _texts()
        kinds = refusing.select(KIND).unique(maintain_order=True)
        if len(kinds) * MANY > len(refusing):
            self._file.write(csv_bytes(refusing.select(ROW, *_shown(refusing, self._texts)), "necessary"))
            return
        shown = balanced.split(csv_bytes(kinds.select(_shown(kinds, self._texts)), "necessary"))
        said = kinds.with_columns(pl.Series("said", [line.decode() for line in shown], dtype=pl.String))
        lines = refusing.join(said, on=KIND, how="left", maintain_order="left", nulls_equal=True)
        line = pl.concat_str(pl.col(ROW).cast(pl.String).fill_null(""), "said", separator=",")
        for some in lines.iter_slices(AT_ONCE):
            self._file.write(some.select(line.str.join("").cast(pl.Binary)).item())

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file."""
        self._file.close()


def _shown(findings: pl.DataFrame, texts: pl.DataFrame) -> list[pl.Series]:
    """Return what the list says of findings besides the number of the record, column by column."""
    said = findings.select("code").join(texts, on="code", how="left", maintain_order="left")
    side, column, detail = (seen(findings[name]) for name in ("side", "column", "detail"))
    code, name, *messages = said.get_columns()
    return [side, column, code, name, detail, *messages]


def seen(texts: pl.Series) -> pl.Series:
    """Return ``texts`` as they can be seen, and so that no spreadsheet runs any of them."""
    distinct = texts.unique()
    hidden = distinct.filter(distinct.str.contains(HIDDEN))
    seen = texts.replace(hidden, pl.Series([visible(text) for text in hidden], dtype=pl.String))
    return seen.to_frame().select(harmless_texts(pl.col(texts.name))).to_series()


def _texts() -> pl.DataFrame:
    rows = [
        (
            code.id,
            code.name,
            *(part for lang in ("ja", "en") for m in [code.messages[lang]] for part in (m.summary, m.cause, m.remedy)),
        )
        for code in codes().values()
    ]
    names = ["code", "name", *(f"{lang}.{part}" for lang in ("ja", "en") for part in ("summary", "cause", "remedy"))]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
