"""How many people a run read and accepted, and of how many nothing was accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from stdconv.definitions.model import Data
from stdconv.findings.phrases import words
from stdconv.standard.people import Number, People


class PeopleCounts(Data):
    """How many persons, households and persons of today; none where no column says it."""

    people: int
    households: int | None
    current: int | None

    @classmethod
    def of(cls, number: Number) -> Self:
        """Return them as data."""
        return cls(people=number.people, households=number.households, current=number.current)


class PeopleUse(Data):
    """The people of a file: those of whom any record was ``read``, and those of whom one was ``accepted``.

    ``person`` and ``household`` are the columns that say whose record it is. ``lost`` counts the people of whom no
    record was accepted; they are the findings D0021. ``unread`` counts the records that do not say whose they are, or
    of which that could not be read: nobody knows how many people these are.
    """

    person: tuple[str, ...]
    household: tuple[str, ...]
    read: PeopleCounts
    accepted: PeopleCounts
    lost: int
    unread: int

    @classmethod
    def of(cls, people: People, records: int) -> Self | None:
        """Return what was counted among so many records; nothing where no column says whose they are."""
        if not people.is_counted:
            return None
        read, accepted = people.read, people.accepted
        return cls(
            person=tuple(people.person),
            household=tuple(people.household),
            read=PeopleCounts.of(read),
            accepted=PeopleCounts.of(accepted),
            lost=read.people - accepted.people,
            unread=records - people.known,
        )


def people_lines(people: PeopleUse | None, lang: str) -> Iterator[str]:
    """Yield what was counted of people, each a line."""
    if people is None:
        return
    said, read, accepted = words("people", lang), people.read, people.accepted
    person, household = ("・".join(columns) for columns in (people.person, people.household))
    counts = {"read": f"{read.people:,}", "accepted": f"{accepted.people:,}", "lost": f"{people.lost:,}"}
    yield said["people"].format(columns=person, **counts)
    if read.households:
        counts = {"read": f"{read.households:,}", "accepted": f"{accepted.households:,}"}
        yield said["households"].format(columns=household, **counts)
    if read.current:
        yield said["current"].format(read=f"{read.current:,}", accepted=f"{accepted.current:,}")
    if people.unread:
        yield said["unread"].format(unread=f"{people.unread:,}")


def people_counts(people: PeopleUse | None) -> dict[str, int]:
    """Return the numbers by name, for formats that have a place for such pairs."""
    if people is None:
        return {}
    sides = {"read": people.read.model_dump(), "accepted": people.accepted.model_dump()}
    found = {f"{what}_{side}": number for side, counts in sides.items() for what, number in counts.items()}
    found |= {"people_lost": people.lost, "records_unread": people.unread}
    return {name: number for name, number in found.items() if number is not None}
