"""Whether the places of columns make a record: each where the one before it ends, up to the record's length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol, TypeAlias

from stdconv.errors import Fault
from stdconv.findings.phrases import phrase
from stdconv.layouts import encoding, positions
from stdconv.layouts.dialect import Position
from stdconv.layouts.encodings import ENCODINGS
from stdconv.layouts.kinds import COUNT, Count, Kinds, filled_in
from stdconv.layouts.numbers import Number
from stdconv.mapping.columns import Column
from stdconv.mapping.kinds import Records, Total, Write
from stdconv.mapping.layout import Legacy
from stdconv.mapping.lookup import Lookup

OF_CSV = ("quote", "delimiter", "escape", "header")
OF_PLACES = ("at", "kind", "digits", "signed", "empty", "zones", "order")
OF_TEXT = ("pad", "side")
OF_NUMBERS = ("digits", "signed", "empty", "zones", "order")
OF_ONE_KIND = {"zones": "zoned", "order": "binary"}
"""What is said of numbers of one kind alone."""
OF_KINDS = ("records", "totals")
OF_WRITTEN = ("header", "trailer")
OF_FIXED = (*OF_KINDS, "positions", "length", "write")
"""What a layout of fixed widths says beside its columns."""
Path: TypeAlias = tuple[str | int, ...]


class At(Protocol):
    """What makes a fault at a place of the mapping."""

    def __call__(self, code: str, /, *path: str | int, **words: object) -> Fault:
        """Return the fault."""
        ...


def faults(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield what is said of columns that the format does not know, and columns that do not meet."""
    yield from titles(legacy, at, "legacy")
    if legacy.format == "csv":
        yield from _of_delimited(legacy, at)
        return
    wrong = list(_of_fixed(legacy, at)) or [*_of_units(legacy, at), *_apart(legacy, at), *_of_numbers(legacy, at)]
    yield from wrong or _of_kinds(legacy, at)


def titles(layout: Legacy | Lookup, at: At, *path: str) -> Iterator[Fault]:
    """Yield that title lines are not written as they are read, and lines that nothing ends."""
    written = len(layout.write.before) if layout.write else 0
    if written != layout.before:
        where = ("write", "before") if written else ("before",)
        yield at("M0118", *path, *where, before=layout.before, written=written)
    if layout.before and layout.newline == "none":
        yield at("M0119", *path, "before")


def of_lookup(lookup: Lookup, legacy: Legacy, at: At, *path: str) -> Iterator[Fault]:
    """Yield what is said of columns of a lookup that delimited files do not have, and of its title lines."""
    yield from titles(lookup, at, *path)
    delimiter = lookup.delimiter or legacy.delimiter
    for part, columns in (("key", lookup.keyed), ("columns", lookup.declared)):
        for index, column in enumerate(columns):
            for key in OF_PLACES if column.pad != "\0" else (*OF_PLACES, "pad"):
                if key in column.model_fields_set:
                    yield at("M0124", *path, part, index, as_written(key), column=column.name, written=as_written(key))
            yield from _of_room(column, delimiter, at, *path, part, index)


def _of_room(column: Column, delimiter: str, at: At, *path: str | int) -> Iterator[Fault]:
    """Yield fillings up to no width, and those that would divide a value."""
    for key in OF_TEXT if column.length is None else ():
        if key in column.model_fields_set:
            yield at("M0123", *path, key, column=column.name, written=key)
    if column.pad == delimiter:
        yield at("M0122", *path, "pad", column=column.name)


def _of_delimited(legacy: Legacy, at: At) -> Iterator[Fault]:
    for path, written in _places_of(legacy):
        yield at("M0099", "legacy", *path, written=written, given="csv", other="fixed")
    for index, column in enumerate(legacy.declared):
        yield from _of_room(column, legacy.delimiter, at, "legacy", "columns", index)


def _places_of(legacy: Legacy) -> Iterator[tuple[Path, str]]:
    """Yield what is said of places, each with where it is said."""
    if legacy.length is not None:
        yield ("length",), "length"
    if legacy.newline == "none":
        yield ("newline",), "newline: none"
    yield from (((key,), key) for key in (*OF_KINDS, "positions") if key in legacy.model_fields_set)
    of_written = legacy.write.model_fields_set if legacy.write else set()
    yield from ((("write", key), f"write: {key}") for key in OF_WRITTEN if key in of_written)
    for index, column in enumerate(legacy.declared):
        said = (as_written(key) for key in OF_PLACES if key in column.model_fields_set)
        yield from ((("columns", index, key), key) for key in said)
        if column.pad == "\0":
            yield ("columns", index, "pad"), "pad: NUL"


def _of_fixed(legacy: Legacy, at: At) -> Iterator[Fault]:
    given: list[Path] = [(key,) for key in OF_CSV if key in legacy.model_fields_set]
    given += [("columns", index, "heading") for index, each in enumerate(legacy.declared) if each.heading is not None]
    for path in given:
        yield at("M0099", "legacy", *path, written=path[-1], given="fixed", other="csv")
    for index, column in enumerate(legacy.declared):
        for key in ("at", "length"):
            if getattr(column, key) is None:
                yield at("M0102", "legacy", "columns", index, column=column.name, written=key)


def _of_units(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield places that are not those of whole units of UTF-16, and records that nothing can end."""
    is_wide = ENCODINGS[legacy.encoding].unit > 1
    if legacy.newline == "none" and (legacy.positions == "characters" or (legacy.positions == "units" and not is_wide)):
        yield at("M0114", "legacy", "newline", positions=legacy.positions)
    if not is_wide or legacy.positions != "bytes":
        return
    places: list[tuple[Path, Column | Records | Total]] = [(("columns", n), c) for n, c in enumerate(legacy.declared)]
    places += [(("records",), legacy.records)] if legacy.records is not None else []
    places += [(("totals", n), total) for n, total in enumerate(legacy.totals)]
    for path, place in places:
        if (place.at or 1) % 2 == 0:
            yield at("M0113", "legacy", *path, "at", written=f"at: {place.at}")
        if (place.length or 0) % 2:
            yield at("M0113", "legacy", *path, "length", written=f"length: {place.length}")


def as_written(key: str) -> str:
    """Return a key of a column as a mapping writes it."""
    return "as" if key == "kind" else key


def _of_numbers(legacy: Legacy, at: At) -> Iterator[Fault]:
    """Yield what is said of a column that its kind does not know, and numbers that cannot be so."""
    for index, column in enumerate(legacy.declared):
        path, kind = ("columns", index), column.kind
        others = [key for key, of in OF_ONE_KIND.items() if kind != of]
        for key in OF_NUMBERS if kind == "text" else (*OF_TEXT, *others):
            if key not in column.model_fields_set:
                continue
            yield at("M0109", "legacy", *path, key, written=key, other=f"as: {kind}")
        if kind == "text":
            continue
        if legacy.dialect().form is not None:
            is_wide = ENCODINGS[legacy.encoding].unit > 1
            other = f"encoding: {legacy.encoding}" if is_wide else f"positions: {legacy.positions}"
            yield at("M0109", "legacy", *path, "as", written=f"as: {kind}", other=other)
        if column.digits is None:
            yield at("M0107", "legacy", *path, column=column.name, kind=kind)
        elif (number := column.number) is not None:
            yield from _misfits(column, number, at, *path)


def _misfits(column: Column, number: Number, at: At, *path: str | int) -> Iterator[Fault]:
    if not number.is_possible:
        fits, length = phrase("digits", number.kind), number.length
        yield at("M0108", "legacy", *path, "digits", column=column.name, digits=number.digits, length=length, fits=fits)
    elif column.empty is not None and len(number.empty) != number.length:
        problem = phrase("empty-bytes", "length", given=len(number.empty), length=number.length)
        yield at("M0110", "legacy", *path, "empty", column=column.name, written=column.empty, problem=problem)
    elif column.empty is not None and number.is_a_number(number.empty):
        problem = phrase("empty-bytes", "number")
        yield at("M0110", "legacy", *path, "empty", column=column.name, written=column.empty, problem=problem)


def _apart(legacy: Legacy, at: At) -> Iterator[Fault]:
    end, code, one = 0, legacy.own_code, phrase("counted-one", legacy.positions)
    for index, column in enumerate(legacy.declared):
        place = column.position or Position(1, 0)
        if code is not None and code.at == end + 1:
            end = code.stop
        if place.at != end + 1:
            yield at("M0100", "legacy", "columns", index, "at", column=column.name, at=place.at, end=end, counted=one)
        end = place.stop
    if code is not None and code.at == end + 1:
        end = code.stop
    if code is not None and code.at > end:
        yield _misfit(at, "outside", "records", "at", written="records", length=end, counted=_counted(legacy))
    if legacy.length not in (None, end):
        yield at("M0101", "legacy", "length", end=end, length=legacy.length, counted=one)


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


def _counted(legacy: Legacy) -> dict[str, str]:
    return phrase("counted", legacy.positions)


def _misfit(to: At, problem: str, *path: str | int, written: str, **words: object) -> Fault:
    return to("M0104", "legacy", *path, written=written, problem=phrase("other-records", problem, **words))


def _of_codes(legacy: Legacy, records: Records, length: int, at: At) -> Iterator[Fault]:
    many = _counted(legacy)
    every = {kind: getattr(records, kind) for kind in ("data", "header", "trailer")}
    counted = Counter(code for codes in every.values() for code in codes)
    for kind, codes in every.items():
        for index, code in enumerate(codes):
            if len(code) * legacy.dialect().each != records.length:
                yield _misfit(at, "code", "records", kind, index, written=code, length=records.length, counted=many)
            elif counted[code] > 1:
                yield _misfit(at, "twice", "records", kind, index, written=code)
    if records.at - 1 + records.length > length:
        yield _misfit(at, "outside", "records", "at", written="records", length=length, counted=many)
    if any(place.number is not None for place in legacy.over_code):
        yield _misfit(at, "in-a-number", "records", "at", written="records")
    own = (records.at, records.length)
    if (legacy.over_code or len(records.data) > 1) and own not in [(each.at, each.length) for each in legacy.over_code]:
        yield _misfit(at, "column", "records", "at", written="records", at=records.at, length=records.length)
    yield from _of_totals(legacy, records, length, at)


def _of_totals(legacy: Legacy, records: Records, length: int, at: At) -> Iterator[Fault]:
    for index, total in enumerate(legacy.totals):
        if total.at - 1 + total.length > length:
            yield _misfit(
                at, "outside", "totals", index, "at", written="totals", length=length, counted=_counted(legacy)
            )
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
                words = {"length": legacy.dialect().length, "counted": _counted(legacy)}
                yield _misfit(at, problem, "write", kind, index, written=text, **words)


def _problem(text: str, kind: str, codes: tuple[str, ...], records: Records, legacy: Legacy) -> str:
    """Return what is wrong with a record that is to be written, as the phrase for it is called."""
    dialect = legacy.dialect()
    if "{" in (COUNT.sub("", text) if kind == "trailer" else text):
        return "placeholder"
    counts = legacy.totals if kind == "trailer" else ()
    signs = min((each.length for each in counts), default=dialect.each) // dialect.each
    for number in (0, 10**signs - 1):
        data = encoding.encode(filled_in(text, number), dialect)
        if data is None:
            return "encoding"
        if positions.size(data, dialect) > dialect.length:
            return "longer"
        body = positions.filled_up(data, dialect)
        if positions.code(body, Kinds(records.at, records.length, codes), dialect) not in map(str.encode, codes):
            return "no-code"
        if any(positions.number(body, Count(each.at, each.length), dialect) != number for each in counts):
            return "not-counted"
    return ""
