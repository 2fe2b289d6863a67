"""What is asked of a conversion beside its file: by whom it is made, and what it is to be held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """What whoever makes a run gives beside file, mapping and folder; all of it may be left out.

    ``operator`` is who makes the run, where that is not the name that the system knows.
    """

    operator: str | None = None


NOTHING_ASKED = Asked()
