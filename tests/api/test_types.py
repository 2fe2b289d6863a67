"""The types of the library: all that is returned has a public name, hints can be read, and checkers see what there is."""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import stdconv
from stdconv import testing
from support.commandline import ran

NAMES = sorted(set(stdconv.__all__) - {"__version__"})

OWN = {
    "Plan": {
        "mapping",
        "routes",
        "dialect",
        "tabled",
        "missing",
        "numbered",
        "checks",
        "lookup_fields",
        "lookup_dialect",
    },
    "Schema": {"between", "dataset", "checks", "origin", "record", "dialect"},
    "Column": {"domain", "values"},
}
"""What a plan and a schema are made of: stdconv's own parts, which their pages of documentation leave out."""


def functions_of(thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield a function itself, or the public methods and properties of a class, but for other ways to make one."""
    if inspect.isfunction(thing):
        yield "", thing
    elif inspect.isclass(thing):
        for kind in (each for each in thing.__mro__ if each.__module__.startswith("stdconv.")):
            for name, member in list(vars(kind).items()):  # models are completed when first used
                inner = getattr(member, "func", getattr(member, "fget", member))
                if not name.startswith("_") and inspect.isfunction(inner):
                    yield name, inner


def types_in(hint: Any) -> Iterator[type]:
    """Yield the classes that a type hint is made of."""
    if isinstance(hint, list | tuple):
        for each in hint:
            yield from types_in(each)
    elif isinstance(hint, type):
        yield hint
    yield from (found for each in typing.get_args(hint) for found in types_in(each))


@pytest.mark.parametrize("name", NAMES)
def test_the_hints_of_every_public_name_can_be_read(name: str) -> None:
    thing = getattr(stdconv, name)
    if inspect.isclass(thing):
        assert typing.get_type_hints(thing) is not None
    for called, function in functions_of(thing):
        assert "return" in typing.get_type_hints(function), called


@pytest.mark.parametrize("name", testing.__all__)
def test_the_hints_of_what_tests_of_mappings_use_can_be_read(name: str) -> None:
    assert typing.get_type_hints(getattr(testing, name)) is not None


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_public_name_takes_and_gives_is_of_public_types(name: str) -> None:
    public = {id(getattr(stdconv, each)) for each in NAMES}
    thing = getattr(stdconv, name)
    hints = dict(typing.get_type_hints(thing)) if inspect.isclass(thing) else {}
    given = {key: hint for key, hint in hints.items() if not key.startswith("_")}
    given |= {called: tuple(typing.get_type_hints(function).values()) for called, function in functions_of(thing)}
    if inspect.isclass(thing) and "__init__" in vars(thing) and not issubclass(thing, Exception):
        given |= typing.get_type_hints(thing.__init__)
    inner = {
        called
        for called, hint in given.items()
        if any(found.__module__.startswith("stdconv") and id(found) not in public for found in types_in(hint))
    }
    assert inner == OWN.get(name, set())


def test_types_are_found_in_hints_however_deep_they_are() -> None:
    assert set(types_in(dict[str, tuple[stdconv.Total, ...] | None])) >= {stdconv.Total, str}
    assert {name for name, _ in functions_of(stdconv.Conversion)} == {"counts", "ok", "findings_in"}


GOOD = """\
import polars as pl
import stdconv
from stdconv import {names}

plan: stdconv.Plan = stdconv.load_mapping("vendor-a/resident-link")
converted: stdconv.Conversion = stdconv.convert(pl.DataFrame(), plan)
told: pl.DataFrame = converted.findings_in("ja")
checked: stdconv.Validation = stdconv.validate(converted.standard, plan.schema)
totals: tuple[stdconv.Total, ...] = checked.report.findings
read: int = checked.counts.read
severities: list[stdconv.Severity] = [total.severity for total in totals]


def worst(error: stdconv.StdconvError, lang: stdconv.Language) -> stdconv.Message:
    return error.faults[0].messages[lang]
"""

WRONG = {
    "a misspelt function": "stdconv.convret",
    "a misspelt import": "from stdconv import Conversoin",
    "a misspelt attribute": "stdconv.convert(pl.DataFrame(), 'a').standrad",
    "a misspelt total": "stdconv.convert_file('a', 'b', 'c').findings[0].cuont",
    "another language": "stdconv.explain('E0001', 'fr')",
    "another severity": "stdconv.convert_file('a', 'b', 'c', fail_on='error')",
    "no frame": "stdconv.convert(5, 'b')",
    "a result for another": "plan: stdconv.Plan = stdconv.load_schema('a')",
}


@pytest.mark.e2e
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_take_what_there_is_and_refuse_what_there_is_not(checker: str, tmp_path: Path) -> None:
    names = ", ".join(f"{name} as {name}" for name in NAMES)
    (tmp_path / "good.py").write_text(GOOD.format(names=names), encoding="utf-8")
    lines = ["import polars as pl", "import stdconv", *WRONG.values()]
    (tmp_path / "wrong.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = {"mypy": ["--strict"], "pyright": ["--pythonpath", sys.executable]}[checker]

    good = ran(sys.executable, "-m", checker, *options, "good.py", folder=tmp_path)
    assert good.returncode == 0, good.stdout + good.stderr

    wrong = ran(sys.executable, "-m", checker, *options, "wrong.py", folder=tmp_path)
    refused = {int(number) for number in re.findall(r"wrong\.py:(\d+)(?::\d+)?(?: -)?:? error", wrong.stdout)}
    assert refused == set(range(3, 3 + len(WRONG))), wrong.stdout + wrong.stderr
