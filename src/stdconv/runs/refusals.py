"""The list of refusals for people: which record, which column, why, what to do, in both languages."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from stdconv.findings.registry import codes
from stdconv.findings.rows import ROW
from stdconv.japan.visible import BLANKS, visible
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
        lines = refusing.drop("severity").join(self._texts, on="code", how="left", maintain_order="left")
        shown = lines.with_columns(_shown(lines[name]) for name in ("side", "column", "detail"))
        ordered = shown.select(ROW, "side", "column", "code", "name", "detail", *self._texts.columns[2:])
        ordered.write_csv(self._file, include_header=False, line_terminator="\r\n")

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file."""
        self._file.close()


def _shown(texts: pl.Series) -> pl.Series:
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
