"""Whether the places of columns make a record: each where the one before it ends, up to the record's length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeAlias

from stdconv.errors import Fault
from stdconv.layouts.dialect import Position
from stdconv.mapping.layout import Legacy

OF_CSV = ("quote", "delimiter", "header")
OF_PLACES = ("at", "length", "pad", "side")
Path: TypeAlias = tuple[str | int, ...]


class At(Protocol):
    """What makes a fault at a place of the mapping."""

    def __call__(self, code: str, /, *path: str | int, **words: object) -> Fault:
        """Return the fault."""
        ...


def faults(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield what is said of columns that the format does not know, and columns that do not meet."""
    if legacy.format == "csv":
        yield from _of_delimited(legacy, at)
        return
    wrong = list(_of_fixed(legacy, at))
    yield from wrong or _apart(legacy, at)


def _of_delimited(legacy: Legacy, at: At) -> Iterator[Fault]:
    for path, written in _places_of(legacy):
        yield at("M0099", "legacy", *path, written=written, given="csv", other="fixed")


def _places_of(legacy: Legacy) -> Iterator[tuple[Path, str]]:
    """Yield what is said of places, each with where it is said."""
    if legacy.length is not None:
        yield ("length",), "length"
    if legacy.newline == "none":
        yield ("newline",), "newline: none"
    for index, column in enumerate(legacy.declared):
        yield from ((("columns", index, key), key) for key in OF_PLACES if key in column.model_fields_set)


def _of_fixed(legacy: Legacy, at: At) -> Iterator[Fault]:
    given: list[Path] = [(key,) for key in OF_CSV if key in legacy.model_fields_set]
    given += [("columns", index, "heading") for index, each in enumerate(legacy.declared) if each.heading is not None]
    for path in given:
        yield at("M0099", "legacy", *path, written=path[-1], given="fixed", other="csv")
    for index, column in enumerate(legacy.declared):
        for key in ("at", "length"):
            if getattr(column, key) is None:
                yield at("M0102", "legacy", "columns", index, column=column.name, written=key)


def _apart(legacy: Legacy, at: At) -> Iterator[Fault]:
    end = 0
    for index, column in enumerate(legacy.declared):
        place = column.position or Position(1, 0)
        if place.at != end + 1:
            yield at("M0100", "legacy", "columns", index, "at", column=column.name, at=place.at, end=end)
        end = place.stop
    if legacy.length not in (None, end):
        yield at("M0101", "legacy", "length", end=end, length=legacy.length)
