"""Options that several commands have, and what is read of their values."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from stdconv.cli.language import Option
from stdconv.cli.outcome import FORMATS
from stdconv.errors import DefinitionError, UnreadableError

Command = Callable[..., Any]

option = partial(click.option, cls=Option)
"""An option; what is said of it is in ``help.toml``."""

FILE = click.Path(path_type=Path)
EXPECTED = ("records", "people", "households")
SEVERITIES = click.Choice(["note", "warn", "refuse", "never"])


def pairs(
    option: str, expected: str | list[str], names: tuple[str, ...] = ()
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, Path]]:
    """Return a callback that reads NAME=FILE, each name once, and one of ``names`` if there are any."""

    def read(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Path]:
        from stdconv.findings.registry import fault

        pairs: dict[str, Path] = {}
        for value in values:
            name, equals, file = value.partition("=")
            if not (name and equals and file) or (names and name not in names):
                raise DefinitionError([fault("C0010", option=option, expected=expected)])
            if name in pairs:
                raise DefinitionError([fault("C0081", option=option, name=name)])
            pairs[name] = Path(file)
        return pairs

    def read_places(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Path]:
        pairs = read(context, parameter, values)
        for file in pairs.values():
            if not file.absolute().parent.is_dir():
                from stdconv.findings.registry import fault

                raise UnreadableError([fault("C0009", output=file, problem="no such folder")])
        return pairs

    return read_places


def with_lookups(command: Command) -> Command:
    """Add the option that names lookups and their files."""
    return option(
        "--lookup",
        "lookups",
        multiple=True,
        metavar="NAME=FILE",
        callback=pairs("--lookup", "NAME=FILE"),
    )(command)


def judged(command: Command) -> Command:
    """Add the options of commands that end with a report."""
    options = (
        option(
            "--fail-on",
            type=SEVERITIES,
            default="refuse",
            show_default=True,
        ),
        option(
            "--report",
            "reports",
            multiple=True,
            metavar="FORMAT=FILE",
            callback=pairs("--report", [f"{form}=FILE" for form in FORMATS], FORMATS),
        ),
    )
    for each in options:
        command = each(command)
    return command


def dated(command: Command) -> Command:
    """Add the option that gives the day of an extract."""
    return option("--as-of", "as_of", metavar="DAY")(command)


def _numbers(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    """Read NAME=N, each name once."""
    from stdconv.findings.registry import fault

    numbers: dict[str, int] = {}
    for value in values:
        name, _, number = value.partition("=")
        if name not in EXPECTED or not re.fullmatch("[0-9]{1,10}", number):
            raise DefinitionError([fault("C0010", option="--expect", expected=[f"{each}=N" for each in EXPECTED])])
        if name in numbers:
            raise DefinitionError([fault("C0081", option="--expect", name=name)])
        numbers[name] = int(number)
    return numbers


def expecting(command: Command) -> Command:
    """Add the options that give totals from outside; the command takes them as ``expect``."""
    command = option("--expect-keys", "expect_keys", type=FILE)(command)
    command = option("--expect", "numbers", multiple=True, metavar="NAME=N", callback=_numbers)(command)

    @wraps(command)
    def collected(*args: Any, numbers: dict[str, int], expect_keys: Path | None, **given: Any) -> Any:
        from stdconv.runs.asked import Expect

        return command(*args, expect=Expect(**numbers, keys=expect_keys), **given)

    return collected


LISTS = (
    option("--with-keys", "with_keys", is_flag=True),
    option("--decisions", type=FILE),
    option("--issues", is_flag=True),
)
"""The options about lists of issues: one that says whose records they are, one that is given back, one to decide in."""


def with_issues(command: Command) -> Command:
    """Add the options about lists of issues; the command takes them as ``lists``."""
    for each in LISTS:
        command = each(command)

    @wraps(command)
    def collected(*args: Any, issues: bool, decisions: Path | None, with_keys: bool, **given: Any) -> Any:
        return command(*args, lists={"issues": issues, "decisions": decisions, "with_keys": with_keys}, **given)

    return collected


def asked(command: Command) -> Command:
    """Add the options that give what a conversion is asked beside its file; the command takes them as ``asked``."""
    for each in (
        *LISTS,
        option("--site", type=FILE),
        option("--proof", type=FILE),
        option("--operator", metavar="NAME"),
        dated,
        option("--hed", is_flag=True),
    ):
        command = each(command)
    names = ("hed", "as_of", "operator", "proof", "expect", "site", "issues", "decisions", "with_keys")

    @wraps(command)
    def collected(*args: Any, **given: Any) -> Any:
        return command(*args, asked={name: given.pop(name) for name in names}, **given)

    return expecting(collected)


def forced(command: Command) -> Command:
    """Add the option that replaces what is there."""
    return option("--force", is_flag=True)(command)
