"""What is asked of a conversion beside its file: by whom it is made, and what it is to be held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """What whoever makes a run gives beside file, mapping and folder; all of it may be left out.

    With ``hed`` the control file beside the file is held against it, and one is written beside the standard file.
    ``as_of`` is the day of the extract, YYYY-MM-DD; ``operator`` is who makes the run, where that is not the name that
    the system knows.
    """

    hed: bool = False
    as_of: str | None = None
    operator: str | None = None


NOTHING_ASKED = Asked()
