"""What was measured as tables in Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import groupby

from cases import BASE
from figures import Document, Figures, beside, by_file, figures, growth

NOTE = """\
Medians of whole processes, imports included; memory is the highest of all runs, of all processes together. "×" is the
time of each record against polars' pass-through of the same file, in wall clock and in processor seconds; a start-up's
is against the bare interpreter's.
"""
OF_BESIDE = """\
The csv module and pandas gave the same standard.csv. jsonschema was given the first records only, so that its start-up
weighs more: the second column takes each one's start-up off. Of a damaged copy each refused exactly the damaged
"""


BUSY = 1.0
"""The load before a bench from which on the page says that the machine was not idle."""


def markdown(found: Document) -> str:
    """Return all tables, with how they are read."""
    return f"{tables(found)}\n{NOTE}"


def tables(found: Document) -> str:
    """Return all tables, with what was measured where."""
    lines = figures(found)
    through = by_file(lines)
    startup = [each for each in lines if not each.count]
    parts = [table(["file", "", "of", "seconds", "×", "processor s", "×", "MiB"], [_through(e) for e in through])]
    if startup:
        parts.append(table(["start-up", "seconds", "×", "processor s", "×", "MiB"], [_startup(e) for e in startup]))
    if ratios := [[f"{e.ours} / {e.theirs}", f"{e.whole:.2f}", _or_dash(e.without_startup)] for e in beside(lines)]:
        parts.append(table(["records per second, beside", "whole processes", "start-up taken off"], ratios))
        told = (
            f"{name} {n['refused']:,} of {n['records']:,} ({n['ways']} ways)" for name, n in found["refused"].items()
        )
        parts.append(f"{OF_BESIDE}records: {'; '.join(told)}.\n")
    if len({each.count for each in lines if each.name == BASE and each.file == through[0].file}) > 1:
        parts.append(_growths(lines))
    return "\n".join([*parts, facts(found["about"])])


def of_dataset(found: Document) -> str:
    """Return the table of the dataset rules."""
    body = [
        [each.name, each.what, f"{each.seconds:.1f}", f"{each.processor:.1f}", f"{each.memory:.0f}"]
        for each in figures(found)
    ]
    return f"{table(['rules', 'wrong', 'seconds', 'processor s', 'MiB'], body)}\n{facts(found['about'])}"


def facts(about: dict[str, object]) -> str:
    """Return when, with what and where it was measured."""
    told = ", ".join(f"{key} {said(value)}" for key, value in about.items() if key != "command")
    busy = float(str(about["load before"])) >= BUSY
    note = " **The machine had other work**: look at the processor seconds, not at the clock." if busy else ""
    text = f"Measured by `{about['command']}`: {told}.{note}"
    return wrapped(text)


def wrapped(text: str) -> str:
    """Return a paragraph in lines as long as those of the page."""
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def _growths(lines: list[Figures]) -> str:
    """Return with which power of the number of records time and memory grow."""
    body = []
    for (file, name), group in groupby(sorted(lines, key=_series), key=_series):
        several = sorted(group, key=lambda each: each.count)
        if len(several) < 2:
            continue
        kinds = ("seconds", "processor", "memory")
        grown = [growth([(each.count, getattr(each, kind)) for each in several]) for kind in kinds]
        body.append([file, name, *(f"{each.last:.2f} ({each.all:.2f})" for each in grown)])
    title = "Exponents, from the last number of records but one to the last (in brackets: over all of them):\n"
    return f"{title}\n{table(['file', '', 'seconds', 'processor s', 'MiB'], body)}"


def _series(each: Figures) -> tuple[str, str]:
    return each.file, each.name


def _startup(each: Figures) -> list[str]:
    name = f"{each.name}, {each.of}" if each.file else f"`{each.what}`"
    return [
        name,
        f"{each.seconds:.3f}",
        _or_dash(each.ratio, 1),
        f"{each.processor:.3f}",
        _or_dash(each.processor_ratio, 1),
        f"{each.memory:.0f}",
    ]


def _through(each: Figures) -> list[str]:
    return [
        each.of or "–",
        f"{each.name}, standard.csv" if each.name == BASE and each.file != each.of else each.name,
        f"{each.count:,} {each.unit}" if each.unit != "records" else f"{each.count:,}",
        f"{each.seconds:.2f}",
        _or_dash(each.ratio),
        f"{each.processor:.2f}",
        _or_dash(each.processor_ratio),
        f"{each.memory:.0f}",
    ]


def _or_dash(number: float | None, digits: int = 2) -> str:
    return "–" if number is None else f"{number:.{digits}f}"


def said(value: object) -> str:
    """Return a fact as text."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(head: list[str], body: Iterable[list[str]]) -> str:
    """Return a Markdown table; numbers stand to the right."""
    ruler = ["---" if name in (head[0], "", "what", "wrong", "not checked") else "---:" for name in head]
    return "".join("| " + " | ".join(line) + " |\n" for line in (head, ruler, *body))
