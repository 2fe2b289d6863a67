"""The search for a counter-example, made small: the only place where hypothesis is run rather than asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")
Broken = TypeVar("Broken", bound=Exception)


def falsify(
    strategy: SearchStrategy[Drawn], law: Callable[[Drawn], None], broken: type[Broken], *, examples: int, seed: int
) -> Broken | None:
    """Return what ``law`` raises on the simplest case found in ``examples`` tries, or ``None`` if it never does.

    The same strategy, law and seed give the same answer; nothing is remembered from one run to the next.
    """

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        derandomize=False,
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    @given(strategy)
    def run(case: Drawn) -> None:
        law(case)

    try:
        run()
    except broken as error:
        return error
    return None
