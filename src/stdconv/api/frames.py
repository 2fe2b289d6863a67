"""Frames in, frames out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from stdconv import arguments
from stdconv.api.converter import Converter
from stdconv.api.given import numbered
from stdconv.api.restorer import Restorer
from stdconv.api.results import Conversion, Restoration, Validation
from stdconv.api.validator import Validator
from stdconv.arguments import Day, File, Frame
from stdconv.findings.rows import ROW, numbers, only, refused_rows, without
from stdconv.mapping.plan import Plan
from stdconv.runs.sample import sample_frame
from stdconv.standard.schema import Schema


def convert(
    legacy: Frame,
    mapping: Plan | File,
    *,
    lookups: Mapping[str, Frame] | None = None,
    cast: bool = False,
    as_of: Day | None = None,
    site: File | None = None,
) -> Conversion:
    """Convert a legacy frame: the mapping's legacy columns, in any order, as text; null is read as empty.

    A frame is one of polars, lazy ones included, or a table of another library that has an Arrow stream: pyarrow,
    DuckDB, pandas (which needs pyarrow for that; its index is no column, its NaN and None are null). A column that the
    mapping does not declare is not read, and told (C0095). ``lookups`` gives a frame per lookup (its key and columns).
    With ``cast``, columns of whole numbers are read as their digits: zeros in front are not in them any more. Dates are
    not cast: a layout writes them in a spelling of its own. Records that the mapping numbers are counted through the
    frame. ``as_of`` is the day of the extract and ``site`` a file of decisions, as for ``convert_file``. Raises
    ``DefinitionError`` for columns that are missing (C0091) or not text (C0013), for tables that cannot be read
    (C0093), for a site file that is wrong, and for lookups that the mapping does not know or cannot do without.

    >>> from stdconv import load_mapping
    >>> plan = load_mapping("vendor-a/resident-link")
    >>> legacy = pl.DataFrame([dict(plan.mapping.examples[0].legacy)])
    >>> result = convert(legacy, plan)
    >>> result.standard["生年月日"].item(), result.findings["code"].to_list()
    ('1985-07-07', ['T0015'])
    """
    frame, plan = arguments.frame(legacy, "legacy"), arguments.plan(mapping)
    session = Converter(plan, lookups=arguments.frames(lookups, "lookups", plan), cast=cast, as_of=as_of, site=site)
    chunk = session.feed(frame)
    session.finish()
    return replace(chunk, findings=pl.concat([chunk.findings, session.findings]))


def restore(
    standard: Frame,
    mapping: Plan | File,
    *,
    residue: Frame | None = None,
    key: Sequence[str] | None = None,
    cast: bool = False,
) -> Restoration:
    """Restore standard records (any frame that ``convert`` takes) into the layout of ``mapping``.

    A record is refused where converting it again would give other values, and where no file of the layout can hold one
    of its values (E0006, say), unless the residue gave that back. With the ``residue`` of a conversion the legacy
    values come back as they were written, wherever the standard value is still the one they stood for, and unmapped
    columns come back where all standard values are those that they stood beside, else the record is refused (T0037);
    ``standard`` must then have the ``_row`` that ``residue`` has. Both may be read from a run folder, where Parquet and
    NDJSON have ``_row``, and CSV has not. Records in another order, such as those of today's database, are found by
    ``key``: columns of ``standard`` whose values ``residue`` has too (``keyed_residue``). Raises ``DefinitionError``
    for columns that are unknown or of another type (``cast`` is as for ``validate``), for a ``_row`` that does not
    number the records, and for a key that does not tell them apart (C0084).

    >>> from stdconv import load_mapping
    >>> plan = load_mapping("vendor-b/resident-link")
    >>> standard = pl.DataFrame([dict(plan.mapping.examples[0].standard)])
    >>> result = restore(standard, plan)
    >>> result.legacy["氏名"].item(), result.lookups["names"]["氏"].item()
    ('行政花子', '行政')
    """
    frame = arguments.frame(standard, "standard")
    session = Restorer(mapping, residue=residue, key=key, cast=cast)
    chunk = session.feed(frame)
    session.finish()
    late = refused_rows(session.findings)
    is_lost = (pl.col("code") == "T0031") & pl.col(ROW).is_in(late.implode())
    given = numbered(frame, session.plan.schema, is_cast=cast) if len(late) else chunk.refused
    return Restoration(
        legacy=without(chunk.legacy, late),
        lookups=session.lookups,
        refused=only(given, pl.concat([late, chunk.refused[ROW]])),
        findings=pl.concat([chunk.findings.filter(~is_lost), session.findings]),
        plan=session.plan,
    )


def validate(
    standard: Frame,
    schema: Schema | File,
    *,
    site: File | None = None,
    cast: bool = False,
    as_of: Day | None = None,
) -> Validation:
    """Check a standard frame (text columns, or Int64; null for absent): record and dataset rules.

    The frame is any that ``convert`` takes. With ``cast``, columns of other types become what the schema has, where
    each value has one spelling: dates, and times at midnight, are written as ISO dates, whole numbers as their digits.
    A value for which that is not so (C0092), and numbers with a point, times and the like (C0013) are refused.

    ``_row`` numbers the records from 1, unless the frame has that column itself. ``site`` is a file of what a site has
    decided about single findings, ``as_of`` the day of the extract, as for ``convert_file``. Raises ``DefinitionError``
    for columns that the schema does not know (C0059), that are of another type (C0013), and for those of the key that
    are missing (C0091).

    >>> frame = pl.DataFrame({"宛名番号": ["1", "1"], "履歴番号": ["1", "01"]})
    >>> result = validate(frame, "resident-link/1.0")
    >>> result.counts.refused, result.findings.filter(column="履歴番号").select("_row", "code").rows()
    (1, [(2, 'S0002')])
    """
    session = Validator(schema, site=site, cast=cast, as_of=as_of)
    chunk = session.feed(arguments.frame(standard, "standard"))
    report = session.finish()
    findings = pl.concat([session.findings, chunk.findings]).sort(ROW, maintain_order=True)
    return Validation(findings=findings, report=report)


def sample(mapping: Plan | File, rows: int, seed: int) -> pl.DataFrame:
    """Return ``rows`` synthetic legacy records of ``mapping``, the same for the same ``seed``; all of them convert.

    >>> sample("vendor-b/resident-link", 3, 1).shape
    (3, 10)
    """
    plan = arguments.plan(mapping)
    rows, seed = arguments.number(rows, "rows"), arguments.number(seed, "seed", most=arguments.SEEDS)
    frames = [frame.select(ROW, *plan.mapping.legacy.columns) for frame in sample_frame(plan, rows, seed)]
    empty = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(plan.mapping.legacy.columns, pl.String)})
    whole = pl.concat([empty, *frames])
    return whole.with_columns(numbers(len(whole)))
