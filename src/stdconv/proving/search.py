"""The search for a counter-example, made small: the only place where hypothesis is run rather than asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar
from unittest.mock import patch

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, errors, given, settings
from hypothesis.internal.conjecture import providers
from hypothesis.strategies import SearchStrategy

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
    examples: int,
    seed: int,
) -> Broken | None:
    """Return what ``law`` raises on the smallest case found, by ``size``, or ``None`` if it never does.

    ``examples`` cases are tried. The same strategy, law and seed give the same answer: nothing is remembered from one
    run to the next, nothing depends on the clock.
    """
    smallest: Broken | None = None
    tries = 0

    @hypothesis.seed(seed)
    @settings(_QUIETLY, max_examples=examples)
    @given(strategy)
    def run(case: Drawn) -> None:
        nonlocal smallest, tries
        tries += smallest is not None
        if tries > SHRINKS:
            raise _EnoughError
        try:
            law(case)
        except broken as error:
            if smallest is None or size(error) <= size(smallest):
                smallest = error
            raise

    try:
        with _no_constants_of_others():
            run()
    except (broken, errors.Flaky, _EnoughError):
        if smallest is None:
            raise
    return smallest


@contextmanager
def _no_constants_of_others() -> Iterator[None]:
    """Keep the literals of whatever modules happen to be imported out of what is drawn.

    Hypothesis mixes them in, and has no setting against it, so that a seed would stand for other files in a vendor's
    tests than on the command line. Where a later Hypothesis has other names for this, that is lost, and a test tells.
    """
    ours: dict[str, object] = {"_get_local_constants": vars(providers).get("Constants"), "CONSTANTS_CACHE": {}}
    with ExitStack() as patched:
        if vars(providers).keys() >= {*ours, "Constants"}:
            for name, value in ours.items():
                patched.enter_context(patch.object(providers, name, value))
        yield
