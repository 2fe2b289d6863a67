"""What is given to the library: taken where it is what a function asks for, refused (C0060) before any work if not."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from functools import cache
from inspect import iscoroutinefunction
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypedDict, TypeVar, get_args

import polars as pl

from stdconv.definitions import catalog
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import Threshold, codes, fault
from stdconv.layouts.casting import Wanted, remedy
from stdconv.layouts.headings import joined_texts, unknown_headings
from stdconv.layouts.progress import Progress, Watch, watching
from stdconv.mapping.loaded import load_plan, plan_of_text
from stdconv.mapping.plan import Plan
from stdconv.runs.asked import Expect
from stdconv.standard.datasetrules import NotLaterRule
from stdconv.standard.schema import Schema, load_schema

File: TypeAlias = str | PathLike[str]
"""The path of a file or folder; of a mapping or a schema also the name of a shipped one."""
Day: TypeAlias = str | date
"""A day: YYYY-MM-DD, or a date."""
Value = TypeVar("Value")

SEEDS = 2**31 - 1
"""The greatest seed."""
JOBS = 64
"""The greatest number of batches at once."""
MOST = 10**9
"""The greatest number of records that anything is asked for."""
OCTETS = (bytes, bytearray, memoryview)
"""What holds bytes."""
OF_FILES = {"legacy": "convert_file", "standard": "validate_file"}
"""The function that takes the file of a frame."""
OF_TYPE = {"whole": int} | dict.fromkeys(("one-of", "code", "text", "path", "mapping", "schema"), str)
"""The type of what is expected, where a value of that type may still be a wrong one."""
LONGEST = 255
"""How many bytes the name of a file may have."""


def ensure_not_forked() -> None:
    """Raise where the library was first used before this process was forked: polars' threads are not in it."""
    if _first_process() != os.getpid():
        raise DefinitionError([fault("C0090")])


@cache
def _first_process() -> int:
    return os.getpid()


class ArrowStream(Protocol):
    """A table of any library that hands it out by Arrow's C stream: of pyarrow, DuckDB, pandas, ibis and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the capsule."""


Frame: TypeAlias = pl.DataFrame | pl.LazyFrame | ArrowStream
"""A frame of polars, or a table of another library; a lazy one is collected."""


def frame(given: Any, argument: str, *, or_bytes: bool = False) -> pl.DataFrame:
    """Return a frame: a lazy one is collected, one of another library is read. Nothing is lost by that.

    Only what pandas calls the index is no data: it may be numbers that nobody gave. ``or_bytes`` says whether the
    caller would have taken bytes as well.
    """
    ensure_not_forked()
    if isinstance(given, pl.DataFrame):
        return given
    if isinstance(given, pl.LazyFrame):
        with _told(lambda problem: fault("C0061", argument=argument, problem=problem)):
            return given.collect()
    library = type(given).__module__.partition(".")[0]
    if hasattr(given, "__arrow_c_stream__") and not isinstance(given, type | pl.Series):
        with _told(lambda problem: fault("C0093", argument=argument, problem=problem)):
            is_indexed = library == "pandas" and hasattr(given, "reset_index")
            return pl.DataFrame(_Stream(given.reset_index(drop=True) if is_indexed else given))
    other = "frame-or-bytes" if or_bytes else "frame"
    remedy = "file" if isinstance(given, str | PathLike) and argument in OF_FILES and not or_bytes else other
    remedy = library if library in ("pandas", "pyarrow") else remedy
    raise refused(argument, other, given, remedy, function=OF_FILES.get(argument, ""))


class _Stream:
    """A table of which polars sees nothing but its stream, so that all are read in one way."""

    def __init__(self, table: ArrowStream) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@contextmanager
def _told(unread: Callable[[str], Fault]) -> Iterator[None]:
    """Raise what goes wrong while a frame is read as a fault, without its words: they may hold values."""
    try:
        yield
    except ImportError as error:
        raise DefinitionError([fault("C0094", library=error.name or "pyarrow")]) from None
    except (Exception, pl.exceptions.PanicException) as error:
        raise DefinitionError([unread(type(error).__name__)]) from None


def frames(given: object, argument: str, of: Plan) -> dict[str, pl.DataFrame]:
    """Return the frames of a mapping's lookups, by name; ``None`` is none."""
    return {name: frame(value, _entry(argument, name)) for name, value in _named(given, argument, of).items()}


def frames_or_bytes(given: object, argument: str, of: Plan) -> dict[str, pl.DataFrame | bytes]:
    """Return the frames of a mapping's lookups, or the bytes of their files, by name; ``None`` is none."""
    return {
        name: bytes(each) if isinstance(each, OCTETS) else frame(each, _entry(argument, name), or_bytes=True)
        for name, each in _named(given, argument, of).items()
    }


def paths(given: object, argument: str, of: Plan) -> dict[str, Path]:
    """Return the paths of a mapping's lookups, by name; ``None`` is none."""
    return {name: path(value, _entry(argument, name)) for name, value in _named(given, argument, of).items()}


def _entry(argument: str, name: str) -> str:
    """Return what an entry of an argument is called."""
    return f"{argument}[{name!r}]"


def _named(given: object, argument: str, of: Plan) -> Mapping[str, Any]:
    """Return what is given by the names of lookups. Others are told by position and shape: a record was given, say."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise refused(argument, "lookups", given)
    if unknown := unknown_headings(list(given), of.mapping.lookups, told="entry"):
        known = list(of.mapping.lookups)
        raise DefinitionError([fault("C0086", argument=argument, entries=joined_texts(unknown), known=known)])
    return given


def plan(given: object, argument: str = "mapping") -> Plan:
    """Return a mapping, loaded where it is given by name or path."""
    ensure_not_forked()
    if isinstance(given, Plan):
        return given
    return load_plan(_text(given, argument, "mapping"))


def plan_from_text(given: object, base: object) -> Plan:
    """Return a mapping given as YAML text; ``base`` is the folder of what it names, ``None`` the current one."""
    return plan_of_text(text(given, "text"), Path() if base is None else path(base, "base"))


def mapping(given: object, argument: str = "mapping") -> Plan | str:
    """Return a mapping, or its name or path as text."""
    return given if isinstance(given, Plan) else _text(given, argument, "mapping")


def schema(given: object, argument: str = "schema") -> Schema:
    """Return a schema, loaded where it is given by name or path."""
    ensure_not_forked()
    if isinstance(given, Schema):
        return given
    if isinstance(given, Plan):
        raise refused(argument, "schema", given, "plan")
    return load_schema(_text(given, argument, "schema"))


def ensure_columns(standard: pl.DataFrame, known: Schema, *, is_cast: bool = False) -> None:
    """Raise for columns of a standard frame that are unknown or of another type, and for those of a key that it lacks.

    Unknown ones are told by position and shape: the names may be values, where a file without a header was read.
    """
    types = standard.schema
    wrong = [name for name in types if name in known.names and not known.is_of_kind(name, types[name])]
    wrong += [name for name in known.key if name not in types]
    kinds = known.polars_schema()
    faults = [misfit_column("standard", name, types.get(name), kinds[name], is_cast=is_cast) for name in wrong]
    if unknown := unknown_headings(standard.columns, known.names):
        faults.append(fault("C0059", side="standard", headings=joined_texts(unknown)))
    if faults:
        raise DefinitionError(faults)


def misfit_column(
    side: str, column: str, given: pl.DataType | None, wanted: Wanted = pl.String, *, is_cast: bool = False
) -> Fault:
    """Return that a frame lacks a column, or has one of another type than is ``wanted``.

    Of a type only its name is told: the names of a struct's fields and the categories of an Enum may be values.
    """
    if given is None:
        kind = "residue" if side == "residue" else "records"
        cause, what = phrase("lacking-cause", kind), phrase("lacking-remedy", kind)
        return fault("C0091", side=side, column=column, cause=cause, remedy=what)
    name, kind = wanted.base_type().__name__, given.base_type().__name__
    what = phrase("frame-column", remedy(side, given, wanted, is_cast=is_cast), column=column, wanted=name)
    return fault("C0013", side=side, column=column, given=kind, wanted=name, remedy=what)


def path(given: object, argument: str) -> Path:
    """Return a path."""
    return Path(_text(given, argument, "path"))


def files(**given: File | None) -> dict[str, Path | None]:
    """Return files that may be left out, each under its argument's name."""
    return {name: None if value is None else path(value, name) for name, value in given.items()}


def text(given: object, argument: str) -> str:
    """Return a text that is not empty."""
    if not isinstance(given, str) or not given:
        raise refused(argument, "text", given)
    return given


def names(given: object, argument: str, known: Collection[str], *, near: Collection[str]) -> tuple[str, ...]:
    """Return names of columns, at least one, all of them ``known``; others are told by position and shape.

    Of the known ones ``near`` may be told: the headings of a frame may be values.
    """
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise refused(argument, "columns", given)
    if not all(isinstance(each, str) for each in given):
        raise refused(argument, "columns", given)
    each = tuple(dict.fromkeys(given))
    if unknown := unknown_headings(each, known, told="entry", near=near):
        raise DefinitionError([fault("C0087", argument=argument, entries=joined_texts(unknown))])
    return each


def lookup(given: object, argument: str, of: Plan) -> str:
    """Return the name of a lookup of a mapping."""
    name = text(given, argument)
    _named({name: None}, argument, of)
    return name


def _text(given: object, argument: str, expected: str) -> str:
    ensure_not_forked()
    if isinstance(given, PathLike):
        given = given.__fspath__()
    if not isinstance(given, str) or not given:
        raise refused(argument, expected, given)
    if _is_content(given):
        raise refused(argument, expected, given, "content")
    return given


def _is_content(given: str) -> bool:
    """Return whether a text is rather what a file holds than a file's name: it has several lines, or is too long.

    No file is looked for then: the message would show the text, and residents with it.
    """
    names = given.encode("utf-8", "surrogatepass").replace(b"\\", b"/").split(b"/")
    return any(end in given for end in "\r\n\0") or any(len(name) > LONGEST for name in names)


def choice(given: Value, argument: str, type_: object) -> Value:
    """Return one of the values of a ``Literal``."""
    known = get_args(type_)
    if not isinstance(given, str) or given not in known:  # a frame is not comparable with texts
        raise refused(argument, "one-of", given, known=", ".join(map(repr, known)))
    return given


def code(given: object, argument: str) -> str:
    """Return the id of a code that there is. What is not written as one may be anything, and is not shown."""
    if not isinstance(given, str) or not re.fullmatch(r"[A-Z][0-9]{4}", given):
        raise refused(argument, "code", given)
    if given not in codes():
        raise DefinitionError([catalog.unknown("code", given, codes())])
    return given


def number(given: object, argument: str, *, least: int = 0, most: int = MOST) -> int:
    """Return a whole number between two others; True and False are none."""
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise refused(argument, "whole", given, least=least, most=most)
    return given


def flag(given: object, argument: str) -> bool:
    """Return True or False: what merely counts as one of them may have been meant for another argument."""
    if not isinstance(given, bool):
        raise refused(argument, "flag", given)
    return given


def as_of(given: object, argument: str, of: Schema) -> str | None:
    """Return the day of an extract as text; ``None`` is none. Raises where it is no day, or ``of`` asks for none."""
    if given is None:
        return None
    day = given.isoformat() if isinstance(given, date) and not isinstance(given, datetime) else given
    if not isinstance(day, str) or not _is_day(day):
        raise DefinitionError([fault("C0111", argument=argument)])
    if not any(isinstance(rule, NotLaterRule) for rule in of.dataset):
        raise DefinitionError([fault("C0112", argument=argument, schema=of.name)])
    return day


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def expected(numbers: object, keys: object) -> Expect:
    """Return what is expected: numbers by what they are of, and the file of a list of people; ``None`` is nothing."""
    known = ("records", "people", "households")
    if numbers is not None and (not isinstance(numbers, Mapping) or not {*numbers} <= {*known}):
        raise refused("expect", "expect", numbers, known=", ".join(map(repr, known)))
    each = {name: number(value, _entry("expect", name)) for name, value in (numbers or {}).items()}
    return Expect(**each, keys=None if keys is None else path(keys, "expect_keys"))


def function(given: Callable[..., Value], argument: str) -> Callable[..., Value]:
    """Return what can be called, and gives its answer at once: nobody awaits it in the thread of a run."""
    if not callable(given):
        raise refused(argument, "function", given)
    if iscoroutinefunction(given) or iscoroutinefunction(type(given).__call__):
        raise refused(argument, "function", given, "not-async")
    return given


def watched(
    progress: Callable[[Progress], None] | None, cancel: Callable[[], bool] | None
) -> AbstractContextManager[Watch]:
    """Return the context of a run that tells how far it is and asks whether to end."""
    return watching(
        None if progress is None else function(progress, "progress"),
        None if cancel is None else function(cancel, "cancel"),
    )


def at_once(given: object) -> int | None:
    """Return how many batches are worked on at once; ``None`` leaves it to the engine."""
    return None if given is None else number(given, "jobs", least=1, most=JOBS)


class Run(TypedDict):
    """How a function that works on files goes about it."""

    fail_on: Threshold
    force: bool
    jobs: int | None


def run(fail_on: Threshold, *, force: bool, jobs: int | None) -> Run:
    """Return what every function takes that makes a report of files."""
    return {
        "fail_on": choice(fail_on, "fail_on", Threshold),
        "force": flag(force, "force"),
        "jobs": at_once(jobs),
    }


def refused(argument: str, expected: str, given: object, remedy: str = "other", **words: object) -> DefinitionError:
    """Return the error that says what was expected. Of what was given only the type is told, never the value.

    Not even that, where it is the right one: a text that is not one of several, a number too small or too great.
    """
    of_type = OF_TYPE.get(expected)
    is_of_type = of_type is not None and isinstance(given, of_type) and not isinstance(given, bool)
    name = phrase("argument", "value") if is_of_type else f"`{_type_name(given)}`"
    return DefinitionError(
        [
            fault(
                "C0060",
                argument=argument,
                expected=phrase("argument", expected, **words),
                given=name,
                remedy=phrase("argument-remedy", remedy, **words),
            )
        ]
    )


def _type_name(given: object) -> str:
    kind = type(given)
    return kind.__name__ if kind.__module__ in ("builtins", "pathlib") else f"{kind.__module__}.{kind.__qualname__}"
