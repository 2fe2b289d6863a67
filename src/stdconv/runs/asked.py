"""What is asked of a conversion beside its file: by whom it is made, and what it is to be held against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Expect:
    """What is known of a file from outside: how many records, people and households it has, and a list of its people.

    ``keys`` is the file of that list.
    """

    records: int | None = None
    people: int | None = None
    households: int | None = None
    keys: Path | None = None

    @property
    def files(self) -> list[Path]:
        """The files that are given."""
        return [] if self.keys is None else [self.keys]


NOTHING_EXPECTED = Expect()


@dataclass(frozen=True)
class Asked:
    """What whoever makes a run gives beside file, mapping and folder; all of it may be left out.

    With ``hed`` the control file beside the file is held against it, and one is written beside the standard file.
    ``as_of`` is the day of the extract, YYYY-MM-DD; ``operator`` is who makes the run, where that is not the name that
    the system knows. ``proof`` is the file of a proof of the mapping. What was read is held against what is to
    ``expect``. ``site`` is the file of what a site has decided about findings. With ``issues`` there is a list of all
    findings to decide in; ``decisions`` is one that is given back, and ``with_keys`` asks for one that says whose
    records they are.
    """

    hed: bool = False
    as_of: str | None = None
    operator: str | None = None
    proof: Path | None = None
    expect: Expect = NOTHING_EXPECTED
    site: Path | None = None
    issues: bool = False
    decisions: Path | None = None
    with_keys: bool = False

    @property
    def is_listed(self) -> bool:
        """Whether findings are listed."""
        return self.issues or self.with_keys or self.decisions is not None

    @property
    def files(self) -> list[Path]:
        """The files that are given."""
        given = (self.proof, self.site, self.decisions)
        return [*(path for path in given if path is not None), *self.expect.files]


NOTHING_ASKED = Asked()
