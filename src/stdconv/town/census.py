"""Which households there are, and how old the one is that each is drawn by."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from stdconv.town import families, generations, strangers
from stdconv.town.biography import Biography
from stdconv.town.dice import Pool

Kind: TypeAlias = Callable[[Biography, int], None]

YOUNGEST, BAND = 18, 5
"""The age at which the first band of ages begins, and how many years each has."""

HOUSEHOLDS: dict[Kind, tuple[int, ...]] = {
    families.single: (96, 206, 133, 91, 76, 128, 92, 88, 91, 113, 177, 126, 111, 99, 59, 12, 2),
    families.couple: (0, 23, 43, 40, 24, 36, 26, 38, 62, 109, 199, 163, 105, 61, 20, 0, 0),
    families.widowed: (0, 0, 0, 0, 0, 0, 0, 0, 12, 27, 57, 52, 67, 87, 50, 38, 10),
    families.family: (0, 17, 53, 96, 125, 186, 160, 144, 104, 59, 32, 13, 0, 0, 0, 0, 0),
    families.single_parent: (0, 6, 15, 26, 40, 55, 64, 64, 43, 22, 15, 12, 0, 0, 0, 0, 0),
    families.unmarried: (8, 36, 25, 16, 8, 13, 11, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    families.housemates: (7, 27, 9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    generations.three_generations: (0, 0, 8, 17, 25, 40, 37, 29, 10, 0, 0, 0, 0, 0, 0, 0, 0),
    generations.neighbours: (0, 0, 8, 17, 26, 43, 37, 28, 21, 0, 0, 0, 0, 0, 0, 0, 0),
    generations.parent_and_child: (0, 0, 0, 0, 24, 40, 44, 65, 62, 58, 53, 13, 0, 0, 0, 0, 0),
    generations.siblings: (0, 0, 0, 0, 0, 12, 12, 8, 11, 10, 17, 15, 9, 0, 0, 0, 0),
    strangers.alone: (29, 59, 49, 29, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    strangers.together: (0, 10, 20, 20, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    strangers.rooted: (0, 0, 0, 10, 0, 10, 0, 10, 0, 10, 0, 0, 0, 0, 0, 0, 0),
    strangers.mixed: (0, 0, 10, 10, 20, 20, 10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0),
    strangers.sharing: (10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
}
"""How many households of each kind are drawn, by bands of age from 18 on.

Assumed: fitted to the shape of the census of 2020, by ages of five years and sizes of households, whose figures are
from memory (``tools/pyramid.py``). Foreign residents are about double the national share, to have enough.
"""

DRAWN: Pool[tuple[Kind, int]] = Pool(
    [(kind, YOUNGEST + BAND * band) for kind, weights in HOUSEHOLDS.items() for band in range(len(weights))],
    [weight for weights in HOUSEHOLDS.values() for weight in weights],
)
"""Kinds with the youngest age of a band."""
