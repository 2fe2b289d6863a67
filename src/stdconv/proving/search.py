"""The search for a counter-example, made small: the only place where hypothesis is run rather than asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, errors, given, settings
from hypothesis.strategies import SearchStrategy

from stdconv.proving.drawing import BACKEND, drawn_by

Drawn = TypeVar("Drawn")
Broken = TypeVar("Broken", bound=Exception)

SHRINKS = 500
"""How many tries a counter-example is given to become smaller: each takes some 20 ms."""

_QUIETLY = settings(
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    derandomize=False,
    verbosity=Verbosity.quiet,
    print_blob=False,
)


class _EnoughError(BaseException):
    """Small enough; it leaves the engine as an interrupt does."""


def falsify(
    strategy: SearchStrategy[Drawn],
    law: Callable[[Drawn], None],
    broken: type[Broken],
    size: Callable[[Broken], int],
    *,
    tries: int,
    seed: int,
) -> Broken | None:
    """Return what ``law`` raises on the smallest case found, by ``size``, or ``None`` if it never does.

    ``tries`` cases are tried. The same strategy, law and seed give the same answer: nothing is remembered from one
    run to the next, nothing depends on the clock.
    """
    smallest: Broken | None = None
    shrinks = 0

    def run(case: Drawn) -> None:
        nonlocal smallest, shrinks
        shrinks += smallest is not None
        if shrinks > SHRINKS:
            raise _EnoughError
        try:
            law(case)
        except broken as error:
            if smallest is None or size(error) <= size(smallest):
                smallest = error
            raise

    try:
        with drawn_by(seed):
            hypothesis.seed(seed)(settings(_QUIETLY, max_examples=tries, backend=BACKEND)(given(strategy)(run)))()
    except (broken, errors.Flaky, _EnoughError):
        if smallest is None:
            raise
    return smallest
