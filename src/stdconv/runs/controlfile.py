"""The control file that is written beside a legacy file, where the layout comes with one."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from stdconv.layouts.dialect import Dialect
from stdconv.mapping.plan import Plan
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.control import control_bytes, control_path


class ControlFile:
    """The control file of ``file`` in the layout of ``plan``, if it is to have one: nothing else, if not."""

    def __init__(self, plan: Plan, file: Path, *, force: bool = False) -> None:
        self._file = file
        self.paths = [control_path(file)] if plan.mapping.legacy.control is not None else []
        self.outputs = [AtomicOutput(path, is_folder=False, force=force) for path in self.paths]
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Make the working file."""
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

    def write(self, finished: Path, dialect: Dialect, records: int) -> None:
        """Write what is to be said of the ``finished`` file of so many records, wherever that is still made."""
        for output in self.outputs:
            with output.told():
                output.work.write_bytes(control_bytes(finished, self._file.name, dialect, records))
