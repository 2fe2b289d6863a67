"""Several files that are made together: whatever is not committed is removed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from stdconv.runs.atomic import AtomicOutput


class Outputs:
    """The working files of ``outputs``, while they are made."""

    def __init__(self, outputs: Iterable[AtomicOutput]) -> None:
        self.outputs = list(outputs)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Make the working files."""
        with ExitStack() as stack:
            for output in self.outputs:
                stack.enter_context(output)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not committed."""
        self._stack.__exit__(kind, error, trace)
