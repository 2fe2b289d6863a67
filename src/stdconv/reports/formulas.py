"""Cells of a CSV file that a spreadsheet would take for a formula.

The characters are those of OWASP's page on CSV injection: whatever begins with one of them may be run when the file is
opened. The apostrophe makes it text.
"""

from __future__ import annotations

import polars as pl

BEGINNINGS = "=+-@\t\r\n＝＋－＠"


def harmless(text: str) -> str:
    """Return ``text`` so that no spreadsheet runs it.

    >>> harmless("=1+1"), harmless("＠1"), harmless("1-1"), harmless("")
    ("'=1+1", "'＠1", '1-1', '')
    """
    return f"'{text}" if text.startswith(tuple(BEGINNINGS)) else text


def harmless_texts(text: pl.Expr) -> pl.Expr:
    """Return a column of texts so that no spreadsheet runs any of them.

    >>> pl.select(harmless_texts(pl.lit(pl.Series(["-1", "1", "＝A1"])))).to_series().to_list()
    ["'-1", '1', "'＝A1"]
    """
    is_dangerous = text.str.slice(0, 1).is_in(list(BEGINNINGS))
    return pl.when(~is_dangerous).then(text).otherwise(pl.concat_str(pl.lit("'"), text))
