"""What the bench of validators measured, as Markdown and as plain values."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator

from contenders import OURS, VALIDATORS, WRITING, Validator
from figures import Document
from measure import Measured
from rules import ALL, KEY, LATER
from tables import facts, said, table, wrapped

Runs = dict[tuple[str, str], Measured]
LEVELS = ("0", "1", "100")
OURS_SAID = {OURS: "`validate`", WRITING: "`validate -o`"}
NOTE = """\
Medians of whole processes, imports and the reading of the file included; memory is the highest of all runs, of all
processes together, at 0, 1 and 100 % damaged records. Of the rows that its rules forbid each refused exactly those;
patito tells no rows, and named exactly the columns. `later key`: of two records that share a key only the later one is
told of. The frame libraries read the file with polars, those that go record by record with Python's csv module,
frictionless by itself. "stdconv" ends with the report's text, "stdconv -o" writes every finding to a file. Where the
machine has other work, processor seconds say more than the ratios, since most of the frame libraries' work, and ours,
is done by several threads.
"""


def markdown(rows: int, chosen: list[Validator], measured: Runs, facts: dict[str, object]) -> str:
    """Return the tables, with what was measured where."""
    levels = [f"{level} %" for level in LEVELS]
    names = sorted(ALL | {LATER}, key=[*sorted(ALL - {KEY}), KEY, LATER].index)
    rates = [
        [
            each.name,
            *(f"{rate:,.0f}" for rate in _rates(rows, each.name, measured)),
            _memory(each, measured),
            each.tells,
        ]
        for each in chosen
    ]
    processor = [[each.name, *(f"{seconds:.2f}" for seconds in _processor(each.name, measured))] for each in chosen]
    ratios = [[each.name, *(f"{times:.2f}" for times in _times(each.name, measured))] for each in chosen[1:]]
    own = [[name, *(f"{times:.2f}" for times in _own(name, measured))] for name in _ours(chosen)]
    said_rules = [[each.name, *("yes" if _has(each, name) else "–" for name in names)] for each in chosen]
    parts = (
        table(["records per second", *levels, "MiB", "what"], rates),
        table(["processor seconds, of all threads", *levels], processor),
        table(["stdconv is so many times as fast as", *levels], ratios),
        table(["as fast as itself at 0 %", *levels], own),
        table(["rules", *names], said_rules),
        NOTE,
        ", ".join(f"{key} {said(value)}" for key, value in facts.items()) + "\n",
    )
    return "\n".join(parts)


def document(chosen: list[Validator], measured: Runs, facts: dict[str, object]) -> dict[str, object]:
    """Return everything as plain values."""
    return {
        "about": facts,
        "validators": {
            each.name: {
                "rules": sorted(each.rules),
                **{level: vars(measured[each.name, level]) for level in LEVELS},
            }
            for each in chosen
        },
    }


def of_validators(found: Document) -> str:
    """Return one table of everything, with who is faster than ours."""
    about = found["about"]
    chosen = [each for each in VALIDATORS if each.name in found["validators"]]
    measured = {(each.name, at): Measured(**found["validators"][each.name][at]) for each in chosen for at in LEVELS}
    body = [
        [
            OURS_SAID.get(each.name, each.name),
            *(f"{rate:,.0f}" for rate in _rates(about["records"], each.name, measured)),
            " · ".join(f"{seconds:.1f}" for seconds in _processor(each.name, measured)),
            _memory(each, measured),
            _not_checked(each),
        ]
        for each in chosen
    ]
    head = ["", "records/s, 0 % bad", "1 %", "100 %", "processor s", "MiB", "not checked"]
    once = [each.name for each in chosen if len(measured[each.name, "0"].seconds) < about["runs"]]
    parts = [table(head, body), _faster(chosen, measured), facts(about)]
    if once:
        parts.insert(2, f"Run once only, since they are slow: {', '.join(once)}.\n")
    return "\n".join(parts)


def _not_checked(each: Validator) -> str:
    weaker = ["of two equal keys the first"] if LATER in each.rules else [KEY] if KEY not in each.rules else []
    return ", ".join([*sorted(ALL - {KEY} - each.rules), *weaker])


def _faster(chosen: list[Validator], measured: Runs) -> str:
    """Say who is faster than ours at which level, and how much slower ours is where every record is bad."""
    theirs = [each.name for each in chosen if each.command]
    told = []
    for level in LEVELS:
        faster = [name for name in theirs if measured[name, level].median < measured[OURS, level].median]
        told.append(f"at {level} % {', '.join(faster) or 'none'}")
    own = {name: list(_own(name, measured))[-1] for name in _ours(chosen)}
    slower = ", ".join(f"{OURS_SAID[name]} at {share * 100:.0f} %" for name, share in own.items())
    return wrapped(
        f"Faster than `validate`: {'; '.join(told)}. Where every record is bad, of its speed at 0 %: {slower}."
    )


def _ours(chosen: Iterable[Validator]) -> list[str]:
    return [each.name for each in chosen if not each.command]


def _has(each: Validator, rule: str) -> bool:
    return rule in each.rules or (rule == LATER and KEY in each.rules)


def _rates(rows: int, name: str, measured: Runs) -> Iterator[float]:
    yield from (rows / measured[name, level].median for level in LEVELS)


def _times(name: str, measured: Runs) -> Iterator[float]:
    """Yield how many times as fast as ``name`` ours is, level by level."""
    yield from (measured[name, level].median / measured[OURS, level].median for level in LEVELS)


def _processor(name: str, measured: Runs) -> Iterator[float]:
    yield from (statistics.median(measured[name, level].processor) for level in LEVELS)


def _own(name: str, measured: Runs) -> Iterator[float]:
    yield from (measured[name, LEVELS[0]].median / measured[name, level].median for level in LEVELS)


def _memory(each: Validator, measured: Runs) -> str:
    return " · ".join(f"{max(measured[each.name, level].memory):.0f}" for level in LEVELS)
