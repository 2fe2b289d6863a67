"""The records of a synthetic municipality, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import polars as pl

from stdconv.town.addresses import Town
from stdconv.town.biography import Biography
from stdconv.town.census import BAND, DRAWN
from stdconv.town.columns import HOUSEHOLD, State
from stdconv.town.dice import between, generator
from stdconv.town.editions import EDITIONS, NEWEST, Edition
from stdconv.town.life import Life
from stdconv.town.register import Issued, Register


def residents(seed: int, households: int = 2000, *, edition: str = NEWEST) -> Iterator[pl.DataFrame]:
    """Yield the records of one town without end, in frames of so many groups of ``households``.

    A frame has the columns of the ``edition`` (a key of ``EDITIONS``) as text, null where a record says nothing, and
    ``_household`` (Int64), which counts the groups from 1. All records of all persons of a household are in one group,
    person by person, in the order of their history. The same seed gives the same records on every machine, however
    they are divided into frames, and the same town in every edition.
    """
    rng = generator(seed, "town")
    town, issued = Town(rng), Issued.drawn(rng)
    for first in count(1, households):
        groups = range(first, first + households)
        yield _frame(
            [(group, row) for group in groups for row in _records(seed, group, town, issued)], EDITIONS[edition]
        )


def _records(seed: int, group: int, town: Town, issued: Issued) -> list[State]:
    rng = generator(seed, group)
    register = Register(rng, town, issued, group)
    life = Life(rng, town, register, later=generator(seed, group, "0.2"))
    kind, youngest = DRAWN.draw(rng)
    kind(Biography(life), youngest + between(rng, 0, BAND - 1))
    life.play()
    return register.finish()


def _frame(rows: list[tuple[int, State]], edition: Edition) -> pl.DataFrame:
    texts = edition.frame([row for _, row in rows])
    return texts.with_columns(pl.Series(HOUSEHOLD, [group for group, _ in rows], dtype=pl.Int64))
