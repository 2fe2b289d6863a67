"""Legacy records of a synthetic town: whole households, every record of which the layout can write."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from stdconv.conversion.lookups import contradictory
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.relay import refuse_misnumbered, relay_frame
from stdconv.findings.rows import ROW, only
from stdconv.mapping.plan import Plan
from stdconv.runs.samplehistory import fitting
from stdconv.town.columns import HOUSEHOLD
from stdconv.town.editions import EDITIONS
from stdconv.town.frames import residents

SCHEMAS = frozenset(EDITIONS)
"""Schemas whose columns a town fills."""


def town_frames(plan: Plan, count: int, seed: int, fruitless: int) -> Iterator[pl.DataFrame]:
    """Yield ``count`` legacy records (``_row``, legacy and looked-up columns) of households, none of them cut.

    A household is left out where a record of it cannot be written in the layout, or needs another row of a lookup than
    one before. Stops short where none of ``fruitless`` frames in a row holds a household that is small enough.
    """
    left, idle = count, 0
    for standard in residents(seed, edition=plan.schema.name):
        legacy = _writable(plan, standard)
        taken = fitting(legacy, left, by=HOUSEHOLD)
        left -= len(taken)
        idle = 0 if len(taken) else idle + 1
        if len(taken):
            yield taken.drop(HOUSEHOLD)
        if not left or idle > fruitless:
            return


def _writable(plan: Plan, standard: pl.DataFrame) -> pl.DataFrame:
    """Return the legacy records of the households that the layout can write whole, with ``_household``."""
    frame = standard.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW))
    carried = frame.select(ROW, *(name for name in plan.carried if name in frame.columns))
    relayed = refuse_misnumbered(relay_frame(plan, carried), Numbering(plan))
    refused = only(frame, relayed.refused_rows)[HOUSEHOLD]
    legacy = relayed.legacy.join(frame.select(ROW, HOUSEHOLD), on=ROW, how="left", maintain_order="left")
    for name, lookup in plan.mapping.lookups.items():
        twice = legacy.join(contradictory(plan, name, legacy), on=list(lookup.key), how="semi")
        refused = refused.append(twice[HOUSEHOLD])
    return legacy.filter(~pl.col(HOUSEHOLD).is_in(refused.implode()))
