"""The command line in one language: help and usage errors, from ``help.toml``; chosen before the parser is built."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from stdconv.findings.language import LANGUAGES

OPTION = "--lang"

NOT_FIRST = "、。）」』】］｝・ー"
"""What no line begins with."""


@cache
def _texts() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(Path(__file__).with_name("help.toml").read_text(encoding="utf-8"))


def asked(arguments: Sequence[str], default: str) -> str:
    """Return the language that ``arguments`` ask for, before or after the command.

    >>> asked(["verify", "run", "--lang", "ja"], "en"), asked(["--lang=ja", "verify", "--", "--lang=en"], "en")
    ('ja', 'ja')
    """
    before = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    joined = [word.removeprefix(f"{OPTION}=") for word in before if word.startswith(f"{OPTION}=")]
    apart = [word for name, word in pairwise(before) if name == OPTION]
    return next((word for word in reversed([*joined, *apart]) if word in LANGUAGES), default)


class Option(click.Option):
    """An option whose remarks (default, range, required) are in ``lang``."""

    lang = "en"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and what is said of it."""
        record = super().get_help_record(ctx)
        if self.lang == "en" or record is None:
            return record
        words, extra = _texts()[self.lang], self.get_help_extra(ctx)
        remarks = [
            *([words["default"].format(default=extra["default"])] if "default" in extra else []),
            *([words["range"].format(range=_bounds(self.type))] if "range" in extra else []),
            *([words["required"]] if "required" in extra else []),
        ]
        return record[0], f"{self.help}" + (f"［{'、'.join(remarks)}］" if remarks else "")


def in_language(group: click.Group, lang: str) -> click.Group:
    """Return ``group`` and its commands with their texts in ``lang``, each with the options of language and help."""
    said = _said(group, lang)
    commands = {name: _said(command, lang) for name, command in group.commands.items()}
    said.commands = commands  # type: ignore[attr-defined]
    return said  # type: ignore[return-value]


def _said(command: click.Command, lang: str) -> click.Command:
    texts, name = _texts(), str(command.name)
    about = texts["command"][name]
    said = copy.copy(command)
    said.help, said.short_help = about[lang], about.get("short", {}).get(lang)
    said.params = [copy.copy(parameter) for parameter in command.params]
    said.add_help_option = False
    if not any(OPTION in parameter.opts for parameter in said.params):
        said.params.append(Option([OPTION], type=click.Choice(LANGUAGES), expose_value=False))
    click.help_option("-h", "--help", cls=Option)(said)
    for option in said.params:
        if isinstance(option, Option):
            own = texts["option"].get(f"{name} {option.opts[-1]}")
            option.help, option.lang = (own or texts["option"][option.opts[-1]])[lang], lang
    if lang != "en":
        words = texts[lang]
        said.context_class, said.options_metavar = _Context, f"[{words['options']}]"
        if isinstance(said, click.Group):
            said.subcommand_metavar = words["subcommand"]
    return said


def _bounds(of: click.ParamType[Any]) -> str:
    """Return the whole numbers that an option takes, as a range."""
    least, most = getattr(of, "min", None), getattr(of, "max", None)
    return f"{least} 以上" if most is None else f"{least}～{most}"


class _Formatter(click.HelpFormatter):
    """Japanese help: click's own words, and lines by the width that characters have on a terminal."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        super().write_usage(prog, args, prefix or _texts()["ja"]["usage"])

    @contextmanager
    def section(self, name: str) -> Generator[None]:
        """Write a section, under its Japanese name."""
        with super().section(_texts()["ja"].get(name.lower(), name)):
            yield

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        blank = " " * self.current_indent
        for paragraph in text.strip().split("\n\n"):
            self.write("".join(f"{blank}{line}\n" for line in wrapped(paragraph, self.width - len(blank))))
            self.write("\n")
        self.buffer.pop()

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write what options and commands are, side by side with their names."""
        every = list(rows)
        first = min(max(len(name) for name, _ in every), col_max) + col_spacing
        blank = " " * (first + self.current_indent)
        for name, text in every:
            shown = f"{'':{self.current_indent}}{name}"
            lines = wrapped(text, max(self.width - len(blank), 20))
            if len(name) + col_spacing > first:
                self.write(f"{shown}\n")
                shown = ""
            self.write("".join(f"{(shown if not at else ''):{len(blank)}}{line}\n" for at, line in enumerate(lines)))


class _Context(click.Context):
    formatter_class = _Formatter


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield lines of at most ``width`` columns, of which a full-width character takes two; words stay whole.

    >>> list(wrapped("標準側の CSV を書きます。", 12))
    ['標準側の CSV', 'を書きます。']
    """
    line, used = "", 0
    for part in re.findall(rf"[!-~]+|\s|[^\s!-~][{NOT_FIRST}:]*", text):
        size = _columns(part)
        if used + size > width and line:
            yield line.rstrip()
            line, used = "", 0
        if line or not part.isspace():
            line, used = line + part, used + size
    yield line.rstrip()


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(c) in "WFA") for c in text)


def usage_lines(error: click.ClickException, lang: str) -> list[str]:
    """Return what is said of a wrong use: how the command is used, where that is explained, what is wrong.

    What is wrong is one line, whatever the command line holds that it quotes.
    """
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message().split("\n")
    words, context, said = _texts()[lang], getattr(error, "ctx", None), error.format_message()
    if lang != "en":
        said = _wrong(error, words)
    elif isinstance(error, click.MissingParameter):  # its lines are click's own
        said = " ".join(said.split())
    usage = (
        [*context.get_usage().split("\n"), words["hint"].format(command=context.command_path), ""] if context else []
    )
    return [*usage, words["error"].format(message=said)]


def _wrong(error: click.ClickException, words: Mapping[str, str]) -> str:
    """Return what is wrong, in Japanese: click's own sentences are English."""
    match error:
        case click.NoSuchOption(option_name=name):
            return words["no-option"].format(name=name) + _meant(error.possibilities, words)
        case click.BadOptionUsage(option_name=name):
            taken = next((p for p in error.ctx.command.params if name in p.opts), None) if error.ctx else None
            return words["takes-none" if getattr(taken, "is_flag", False) else "takes-value"].format(name=name)
        case click.MissingParameter(param=click.Parameter() as param):
            key = "missing-option" if isinstance(param, click.Option) else "missing-argument"
            return words[key].format(name=_name(param))
        case click.BadParameter(param=click.Parameter() as param):
            return _bad_value(param, _name(param), words)
    if (command := getattr(error, "command_name", None)) is not None:
        return words["no-command"].format(name=command) + _meant(getattr(error, "possibilities", None), words)
    names = re.search(r"\(([^()]*)\)\.?$", error.format_message())
    return words["extra"].format(names=names[1]) if names else words["no-command-given"]


def _meant(names: Sequence[str] | None, words: Mapping[str, str]) -> str:
    return words["meant"].format(names="」「".join(names)) if names else ""


def _bad_value(param: click.Parameter, name: str, words: Mapping[str, str]) -> str:
    match param.type:
        case click.Choice(choices=choices):
            return words["choice"].format(name=name, choices="、".join(map(str, choices)))
        case click.IntRange():
            return words["whole"].format(name=name, range=_bounds(param.type))
        case _:
            return words["value"].format(name=name)


def _name(param: click.Parameter) -> str:
    return param.opts[-1] if isinstance(param, click.Option) else param.metavar or str(param.name).upper()
