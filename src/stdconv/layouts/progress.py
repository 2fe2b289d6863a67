"""How far a run is, and whether it is to go on: told and asked between batches, never for a single record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

from stdconv.errors import Cancelled
from stdconv.findings.registry import fault

Each = TypeVar("Each")
Unit: TypeAlias = Literal["bytes", "records"]
Stage: TypeAlias = Literal["check", "read", "again"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``done`` of ``total``, counted in ``unit``, in one ``stage``; each stage begins anew.

    ``check``: a run folder is held against its hashes, in bytes. ``read``: what is given is read and worked on, a file
    with lines in bytes, Parquet and run folders in records. ``again``: records are read once more, for rules about many
    of them, or since lookups turned out to need several rows for a key.
    """

    done: int
    total: int
    unit: Unit
    stage: Stage = "read"


class Ended(BaseException):
    """Carries an ``error`` out of a run, past everything that looks for errors of files and of polars."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__()


@dataclass(frozen=True)
class Watch:
    """Who is told how far a run is, and who is asked whether it is to end; both in the thread that began the run."""

    progress: Callable[[Progress], None] | None = None
    cancel: Callable[[], bool] | None = None
    stage: Stage = "read"

    def ask(self) -> None:
        """Raise (see ``watching``) where the run is to end."""
        if self.cancel is not None:
            with _of_others():
                is_to_end = self.cancel()
            if is_to_end:
                raise Ended(Cancelled([fault("C0088")]))

    def tell(self, done: int, total: int, unit: Unit) -> None:
        """Ask; then tell how far the stage is."""
        self.ask()
        if self.progress is not None:
            with _of_others():
                self.progress(Progress(done, total, unit, self.stage))

    def asked(self, several: Iterable[Each]) -> Iterator[Each]:
        """Yield each of ``several``, and ask before."""
        for each in several:
            self.ask()
            yield each

    def at(self, stage: Stage) -> Watch:
        """Return who is told of another stage."""
        return replace(self, stage=stage)

    @property
    def silent(self) -> Watch:
        """Who is asked, and told nothing: while other files than the one in question are read."""
        return replace(self, progress=None)


UNWATCHED = Watch()
"""Nobody is told, and nobody ends the run."""


@contextmanager
def watching(progress: Callable[[Progress], None] | None, cancel: Callable[[], bool] | None) -> Iterator[Watch]:
    """Yield who is told and asked. What ended the run is raised here: ``Cancelled``, or what one of the two raised."""
    try:
        yield Watch(progress, cancel)
    except Ended as ended:
        error = ended.error
        try:
            raise error from error.__cause__ or error.__context__
        finally:
            del error  # which holds this frame


@contextmanager
def _of_others() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise Ended(error) from None
