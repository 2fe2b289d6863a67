"""Characters that no value should hold, looked for in frames: whatever file, or none, the records come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from stdconv.findings.frames import about_rows
from stdconv.findings.registry import Severity
from stdconv.findings.rows import ROW, without
from stdconv.japan.visible import code_point
from stdconv.layouts import encoding
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.lost import Lost


def look_closer(
    frame: pl.DataFrame, dialect: Dialect, side: str, *, beyond: Sequence[str] | None = None
) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Return the rows with characters that need a look, and the findings about those that are doubtful.

    ``beyond`` are the columns that hold anything but ASCII, where that is known.
    """
    beyond = _beyond_ascii(frame, _texts(frame, dialect)) if beyond is None else beyond
    flagged = frame.filter(encoding.needs_a_look(list(beyond), dialect)) if beyond else frame.clear()
    findings = []
    for name in beyond if len(flagged) else ():
        for code, character in encoding.doubts(pl.col(name), dialect):
            found = flagged.select(ROW, c=character).drop_nulls()
            if len(found):
                shown = pl.Series("detail", [code_point(c) for c in found["c"]])
                findings.append(about_rows(found[ROW], code, side=side, column=name, detail=shown))
    return flagged[ROW], findings


def lost_signs(
    lost: Lost, frame: pl.DataFrame, columns: Iterable[str], *, side: str, code: str = "E0008"
) -> Iterator[pl.DataFrame]:
    """Yield a finding for each record, column and lost sign; of ``columns`` those alone that are to be looked at."""
    asked = [name for name in columns if name in lost.refusing or name in lost.warning]
    if not asked or frame.is_empty():
        return
    seen = frame.select(lost.are_in(pl.col(name)).any() for name in asked).row(0)
    for name in (name for name, is_there in zip(asked, seen, strict=True) if is_there):
        for sign in lost.signs:
            rows = frame.filter(pl.col(name).str.contains(sign, literal=True))[ROW]
            if len(rows):
                severity: Severity = "refuse" if name in lost.refusing else "warn"
                yield about_rows(rows, code, side=side, column=name, severity=severity, detail=code_point(sign))


def _texts(frame: pl.DataFrame, dialect: Dialect) -> list[str]:
    schema = frame.schema
    return [name for name in dialect.columns if schema.get(name) == pl.String]


def look_at(frame: pl.DataFrame, dialect: Dialect, side: str) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records that could also stand in a CSV file, and the findings that reading it would give."""
    texts = _texts(frame, dialect)
    if not texts:
        return frame, []
    has_nul = [pl.col(name).str.contains("\0", literal=True) for name in texts]
    seen = frame.select(pl.any_horizontal([each.any() for each in has_nul]).alias(ROW), *_is_beyond(texts))
    beyond = [name for name in texts if seen[name].item()]
    if not seen[ROW].item():
        return frame, [*look_closer(frame, dialect, side, beyond=beyond)[1], *_lost(frame, dialect, side, beyond)]
    rows = frame.filter(pl.any_horizontal(has_nul))[ROW]
    kept = without(frame, rows)
    doubts = [*look_closer(kept, dialect, side)[1], *_lost(kept, dialect, side, beyond)]
    return kept, [about_rows(rows, "R0004", side=side, column=""), *doubts]


def _lost(frame: pl.DataFrame, dialect: Dialect, side: str, beyond: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Find signs of lost characters; ``beyond`` are the columns that hold anything but ASCII."""
    if dialect.lost is None:
        return ()
    columns = beyond if dialect.lost.is_beyond_ascii else _texts(frame, dialect)
    return lost_signs(dialect.lost, frame, columns, side=side)


def _beyond_ascii(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the columns that hold anything but ASCII: nothing in it is doubtful, or written in several ways."""
    seen = frame.select(_is_beyond(names))
    return [name for name in names if seen[name].item()]


def _is_beyond(names: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name).str.len_bytes().sum() > pl.col(name).str.len_chars().sum() for name in names]
