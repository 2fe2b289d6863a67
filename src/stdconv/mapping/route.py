"""A route: a field of a mapping made ready, and the working columns that it reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from stdconv.lenses.base import Lens


@dataclass(frozen=True)
class Route:
    """One field made ready: ``legacy`` names (``lookup.column`` for looked-up ones), ``standard`` names, ``steps``.

    A number is given as a column beside the legacy ones, and written back into none (``NumberField.column``).

    ``constant`` is the value of an assumption, which stands only where the columns of ``where`` are present.
    ``beside`` are standard columns of other fields that the one step of this one is given behind its own, both ways.
    """

    index: int
    legacy: tuple[str, ...]
    standard: tuple[str, ...]
    steps: tuple[Lens, ...] = ()
    constant: str | None = None
    where: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def between(self, step: int) -> tuple[str, ...]:
        """Return the working columns that hold what step ``step`` is given; those after the last are the standard's."""
        beside = tuple(f"s:{name}" for name in self.beside)
        if step == 0:
            return tuple(f"l:{name}" for name in self.legacy) + beside
        if step >= len(self.steps):
            return tuple(f"s:{name}" for name in self.standard) + beside
        return tuple(f"c:{self.index}.{step}.{k}" for k in range(self.steps[step].takes))

    def written(self, step: int) -> tuple[str, ...]:
        """Return the working columns that hold what is written back as input of step ``step``."""
        if step == 0:
            return (*(f"w:{name}" for name in self.legacy), *(f"s:{name}" for name in self.beside))
        if step >= len(self.steps):
            return self.between(step)
        return tuple(f"w:{self.index}.{step}.{k}" for k in range(self.steps[step].takes))
