"""A synthetic municipality: households with histories, whose records fill the columns of a full resident record."""

from __future__ import annotations

from stdconv.town.columns import COLUMNS
from stdconv.town.frames import residents

__all__ = ["COLUMNS", "residents"]
