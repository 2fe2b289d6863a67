"""The control file that is written beside a legacy file, where the layout comes with one."""

from __future__ import annotations

from pathlib import Path

from stdconv.layouts.dialect import Dialect
from stdconv.mapping.plan import Plan
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.control import control_bytes, control_path
from stdconv.runs.outputs import Outputs


class ControlFile(Outputs):
    """The control file of ``file`` in the layout of ``plan``, if it is to have one: nothing else, if not."""

    def __init__(self, plan: Plan, file: Path, *, force: bool = False) -> None:
        self._file = file
        self.paths = [control_path(file)] if plan.mapping.legacy.control is not None else []
        super().__init__(AtomicOutput(path, is_folder=False, force=force) for path in self.paths)

    def write(self, finished: Path, dialect: Dialect, records: int) -> None:
        """Write what is to be said of the ``finished`` file of so many records, wherever that is still made."""
        for output in self.outputs:
            with output.told():
                output.work.write_bytes(control_bytes(finished, self._file.name, dialect, records))
