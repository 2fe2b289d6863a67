"""What of a run depends on the moment: when, by whom and where it was made. No other file of a run folder does."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from stdconv.definitions.model import Data


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def operator() -> str | None:
    """Return the name under which the run is made, where the system knows one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None


class Moment(Data):
    """When a run began and ended (UTC), who made it on which machine, and with which words of a command line.

    ``command`` has the names of options without their values; it is empty where the library was used.
    """

    format: Literal[1] = 1
    started: str = Field(default_factory=now)
    ended: str | None = None
    operator: str | None = Field(default_factory=operator)
    machine: str = Field(default_factory=platform.node)
    system: str = Field(default_factory=platform.platform)
    command: tuple[str, ...] = ()

    @classmethod
    def begun(cls, command: Sequence[str], by: str | None = None) -> Self:
        """Return the moment of a run that begins now; ``by`` is who makes it, where the system does not know it."""
        return cls(command=tuple(command)) if by is None else cls(command=tuple(command), operator=by)

    def write(self, path: Path) -> None:
        """Write it as JSON, ended now."""
        path.write_text(self.model_copy(update={"ended": now()}).model_dump_json(indent=2) + "\n", encoding="utf-8")
