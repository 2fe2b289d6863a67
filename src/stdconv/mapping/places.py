"""Whether the places of columns make a record: each where the one before it ends, up to the record's length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol, TypeAlias

from stdconv.errors import Fault
from stdconv.findings.phrases import phrase
from stdconv.layouts import encoding
from stdconv.layouts.dialect import Position
from stdconv.layouts.kinds import COUNT, Count, filled_in
from stdconv.mapping.kinds import Records, Write
from stdconv.mapping.layout import Legacy

UNPLACED = ("utf-16le", "utf-16be")
OF_CSV = ("quote", "delimiter", "escape", "header")
OF_PLACES = ("at", "length", "pad", "side")
OF_KINDS = ("records", "totals")
OF_WRITTEN = ("header", "trailer")
Path: TypeAlias = tuple[str | int, ...]


class At(Protocol):
    """What makes a fault at a place of the mapping."""

    def __call__(self, code: str, /, *path: str | int, **words: object) -> Fault:
        """Return the fault."""
        ...


def faults(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield what is said of columns that the format does not know, and columns that do not meet."""
    yield from _of_titles(legacy, at)
    if legacy.format == "csv":
        yield from _of_delimited(legacy, at)
        return
    wrong = list(_of_fixed(legacy, at)) or list(_apart(legacy, at))
    yield from wrong or _of_kinds(legacy, at)


def _of_titles(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield that title lines are not written as they are read, and lines that nothing ends."""
    written = len(legacy.write.before) if legacy.write else 0
    if written != legacy.before:
        path: Path = ("write", "before") if written else ("before",)
        yield at("M0118", "legacy", *path, before=legacy.before, written=written)
    if legacy.before and legacy.newline == "none":
        yield at("M0119", "legacy", "before")


def _of_delimited(legacy: Legacy, at: At) -> Iterator[Fault]:
    for path, written in _places_of(legacy):
        yield at("M0099", "legacy", *path, written=written, given="csv", other="fixed")


def _places_of(legacy: Legacy) -> Iterator[tuple[Path, str]]:
    """Yield what is said of places, each with where it is said."""
    if legacy.length is not None:
        yield ("length",), "length"
    if legacy.newline == "none":
        yield ("newline",), "newline: none"
    yield from (((key,), key) for key in OF_KINDS if key in legacy.model_fields_set)
    of_written = legacy.write.model_fields_set if legacy.write else set()
    yield from ((("write", key), f"write: {key}") for key in OF_WRITTEN if key in of_written)
    for index, column in enumerate(legacy.declared):
        yield from ((("columns", index, key), key) for key in OF_PLACES if key in column.model_fields_set)


def _of_fixed(legacy: Legacy, at: At) -> Iterator[Fault]:
    if legacy.encoding in UNPLACED:
        yield at("M0099", "legacy", "encoding", written=f"encoding: {legacy.encoding}", given="fixed", other="csv")
    given: list[Path] = [(key,) for key in OF_CSV if key in legacy.model_fields_set]
    given += [("columns", index, "heading") for index, each in enumerate(legacy.declared) if each.heading is not None]
    for path in given:
        yield at("M0099", "legacy", *path, written=path[-1], given="fixed", other="csv")
    for index, column in enumerate(legacy.declared):
        for key in ("at", "length"):
            if getattr(column, key) is None:
                yield at("M0102", "legacy", "columns", index, column=column.name, written=key)


def _apart(legacy: Legacy, at: At) -> Iterator[Fault]:
    end, code = 0, legacy.own_code
    for index, column in enumerate(legacy.declared):
        place = column.position or Position(1, 0)
        if code is not None and code.at == end + 1:
            end = code.stop
        if place.at != end + 1:
            yield at("M0100", "legacy", "columns", index, "at", column=column.name, at=place.at, end=end)
        end = place.stop
    if code is not None and code.at == end + 1:
        end = code.stop
    if code is not None and code.at > end:
        yield _misfit(at, "outside", "records", "at", written="records", length=end)
    if legacy.length not in (None, end):
        yield at("M0101", "legacy", "length", end=end, length=legacy.length)


def _of_kinds(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield what is said of kinds of records that cannot be so, and kinds for which nothing is written."""
    if legacy.records is None:
        given: list[tuple[str, ...]] = [("totals",)] if "totals" in legacy.model_fields_set else []
        given += [("write", key) for key in OF_WRITTEN if legacy.write and key in legacy.write.model_fields_set]
        for path in given:
            yield _misfit(at, "no-records", *path, written=path[-1])
        return
    wrong = list(_of_codes(legacy, legacy.records, legacy.dialect().length, at))
    yield from wrong or _of_written(legacy, legacy.records, at)


def _misfit(to: At, problem: str, *path: str | int, written: str, **words: object) -> Fault:
    return to("M0104", "legacy", *path, written=written, problem=phrase("other-records", problem, **words))


def _of_codes(legacy: Legacy, records: Records, length: int, at: At) -> Iterator[Fault]:
    every = {kind: getattr(records, kind) for kind in ("data", "header", "trailer")}
    counted = Counter(code for codes in every.values() for code in codes)
    for kind, codes in every.items():
        for index, code in enumerate(codes):
            if len(code) != records.length:
                yield _misfit(at, "code", "records", kind, index, written=code, length=records.length)
            elif counted[code] > 1:
                yield _misfit(at, "twice", "records", kind, index, written=code)
    if records.at - 1 + records.length > length:
        yield _misfit(at, "outside", "records", "at", written="records", length=length)
    own = (records.at, records.length)
    if (legacy.over_code or len(records.data) > 1) and own not in [(each.at, each.length) for each in legacy.over_code]:
        yield _misfit(at, "column", "records", "at", written="records", at=records.at, length=records.length)
    for index, total in enumerate(legacy.totals):
        if total.at - 1 + total.length > length:
            yield _misfit(at, "outside", "totals", index, "at", written="totals", length=length)
        elif not records.trailer:
            yield _misfit(at, "no-trailer", "totals", index, "in", written="totals")


def _of_written(legacy: Legacy, records: Records, at: At) -> Iterator[Fault]:
    write = legacy.write or Write()
    for kind, codes, texts in (
        ("header", records.header, write.header),
        ("trailer", records.trailer, write.trailer),
    ):
        if codes and not texts:
            yield at("M0103", "legacy", "records", kind, kind=phrase("record-kind", kind), key=kind, count="{data:08}")
        for index, text in enumerate(texts):
            problem = _problem(text, kind, codes, records, legacy)
            if problem:
                yield _misfit(at, problem, "write", kind, index, written=text, length=legacy.dialect().length)


def _problem(text: str, kind: str, codes: tuple[str, ...], records: Records, legacy: Legacy) -> str:
    """Return what is wrong with a record that is to be written, as the phrase for it is called."""
    dialect = legacy.dialect()
    if "{" in (COUNT.sub("", text) if kind == "trailer" else text):
        return "placeholder"
    counts = legacy.totals if kind == "trailer" else ()
    for number in (0, 10 ** min((each.length for each in counts), default=1) - 1):
        data = encoding.encode(filled_in(text, number), dialect)
        if data is None:
            return "encoding"
        if len(data) > dialect.length:
            return "longer"
        body, start = data.ljust(dialect.length), records.at - 1
        if body[start : start + records.length] not in {code.encode() for code in codes}:
            return "no-code"
        if any(Count(each.at, each.length).of(body) != number for each in counts):
            return "not-counted"
    return ""
