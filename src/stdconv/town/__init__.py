"""A synthetic municipality: households with histories, whose records fill the columns of a full resident record."""

from __future__ import annotations

from stdconv.town.editions import EDITIONS
from stdconv.town.frames import residents

__all__ = ["EDITIONS", "residents"]
