"""What a command reads and what it writes, held apart before anything is written, links followed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from stdconv.errors import DefinitionError, StdconvError
from stdconv.findings.registry import fault
from stdconv.runs.manifest import load_any


def ensure_apart(read: Iterable[Path], written: Iterable[Path]) -> None:
    """Raise ``DefinitionError`` where an output is an input or another output, or one of them is inside the other.

    So it does for an output inside a run folder or a validation. Inputs that do not exist are nothing to be lost, names
    of what is shipped among them.
    """
    others = [file for file in read if os.path.lexists(file)]
    faults = []
    for output in written:
        if (other := next((each for each in others if is_same(output, each)), None)) is not None:
            faults.append(fault("C0048", output=output, other=other))
        elif is_within_run(output):
            faults.append(fault("C0056", output=output, folder=Path(os.path.realpath(output)).parent))
        others.append(output)
    if faults:
        raise DefinitionError(faults)


def is_within_run(path: Path) -> bool:
    """Return whether ``path`` is or would be a file of a run folder or validation.

    Such a folder would then not be what its manifest says.
    """
    try:
        load_any(Path(os.path.realpath(path)).parent)
    except StdconvError:
        return False
    return True


def is_same(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file or folder, or one of them into the other."""
    real, beside = Path(os.path.realpath(one)), Path(os.path.realpath(other))
    if real == beside or real in beside.parents or beside in real.parents:
        return True
    try:
        return real.samefile(beside)
    except OSError:
        return False
