"""What is tried by day, of what ``make nightly`` tries all of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Each = TypeVar("Each")

IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


def by_day(every: Sequence[Each], share: int, first: int = 0) -> Sequence[Each]:
    """Return one of each ``share``; those who ask with another ``first`` get others. By night all of them."""
    return every if IS_NIGHTLY else every[first % share :: share]
