"""Damage planted into a file: of every kind that can befall it, each where nothing else is, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import get_args

from stdconv.errors import DefinitionError
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.rows import ROW
from stdconv.mapping.plan import Plan
from stdconv.proving import damagebytes
from stdconv.proving.damage import OF_FILES, Damage, DamagePlan, Kind, Texts
from stdconv.proving.damagebytes import damaged, damaged_whole, never, never_whole
from stdconv.proving.damagedfiles import OpenFile, open_legacy, open_standard
from stdconv.proving.damagedgroups import Way, of_groups
from stdconv.standard.schema import Schema

KINDS: tuple[Kind, ...] = get_args(Kind)
OF_BYTES: tuple[Kind, ...] = tuple(damagebytes.CODES)
OF_GROUPS: tuple[Kind, ...] = ("gap", "two-heads", "duplicate", "contradiction")
"""Kinds that need several records of somebody: they choose first."""
TRIED = 2000
"""Of how many records those are chosen that a damage befalls."""


@dataclass(frozen=True)
class Damaged:
    """A damaged file: its ``data``, and the ``plan`` of what was planted where."""

    data: bytes
    plan: DamagePlan


@dataclass
class _Planting:
    """What is planted so far: by row of the file as it was another line, what stands behind the last record."""

    file: OpenFile
    rng: random.Random
    lines: dict[int, bytes | None] = field(default_factory=dict)
    further: list[bytes] = field(default_factory=list)
    damages: list[tuple[Damage, int | None]] = field(default_factory=list)
    """With the row of the file as it was; ``None`` for records that are added."""
    left_out: dict[str, Texts] = field(default_factory=dict)
    used: set[object] = field(default_factory=set)

    def is_free(self, row: int) -> bool:
        keys = self.file.keys.get(row, [])
        return row in self.file.rows and not self.used.intersection([row, *keys])

    def take(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Take the groups of ``rows``; returns all rows of them."""
        keys = [key for row in rows for key in self.file.keys.get(row, [])]
        self.used.update(rows, keys)
        return tuple(sorted({*chain.from_iterable(self.file.groups[key] for key in keys)} - {*rows}))


def damage_legacy(
    plan: Plan, data: bytes, lookups: Mapping[str, bytes], kinds: Sequence[Kind], *, times: int, seed: int
) -> Damaged:
    """Return a legacy file with damage of ``kinds``, each ``times`` where it finds so many records."""
    return _damaged(open_legacy(plan, data, lookups), kinds, times, seed)


def damage_standard(schema: Schema, data: bytes, kinds: Sequence[Kind], *, times: int, seed: int) -> Damaged:
    """Return a standard CSV with damage of ``kinds``, each ``times`` where it finds so many records."""
    return _damaged(open_standard(schema, data), kinds, times, seed)


def _damaged(file: OpenFile, kinds: Sequence[Kind], times: int, seed: int) -> Damaged:
    of_files = [kind for kind in kinds if kind in OF_FILES]
    if of_files and len(kinds) > 1:
        raise DefinitionError([fault("C0116", kind=of_files[0])])
    rng = random.Random(seed)  # noqa: S311 -- no secrets
    if of_files:
        return _whole(file, of_files[0], rng)
    planting = _Planting(file, rng)
    rows = list(file.values[ROW])
    rng.shuffle(rows)
    for kind in sorted(kinds, key=lambda each: each not in OF_GROUPS):
        _plant(planting, kind, rows[:TRIED], times)
    return _assembled(planting, kinds)


def _plant(planting: _Planting, kind: Kind, rows: Sequence[int], times: int) -> None:
    """Plant a kind of damage, or say why not."""
    done, reason = 0, "value"
    ways = _ways(planting, kind, rows)
    for way in ways:
        if isinstance(way, str):
            reason = way
            break
        row, line, column, codes, is_added = way
        around = planting.take([row])
        if is_added:
            planting.further.append(line or b"")
            planting.damages.append((Damage(kind, 0, column, codes, (row, *around)), None))
        else:
            planting.lines[row] = line
            planting.damages.append((Damage(kind, 0, column, codes, around), row))
        done += 1
        if done == times:
            return
    if not done:
        planting.left_out[kind] = phrase("damage", reason)


def _ways(planting: _Planting, kind: Kind, rows: Sequence[int]) -> Iterator[Way | str]:
    """Yield where a kind of damage can be, each time anew, or the reason why nowhere."""
    file = planting.file
    if kind in OF_GROUPS:
        yield from of_groups(file, kind, rows, planting.is_free)
    elif kind in OF_BYTES:
        if (why := never(kind, file.dialect)) is not None:
            yield why
            return
        for row in filter(planting.is_free, rows):
            if (line := damaged(kind, file.lines[row - 1], file.dialect)) is not None:
                yield row, line, "", damagebytes.CODES[kind], False
    else:
        yield from _of_values(planting, kind, rows)


def _of_values(planting: _Planting, kind: Kind, rows: Sequence[int]) -> Iterator[Way | str]:
    file = planting.file
    targets = [target for target in file.targets if target.kind == kind]
    if not targets:
        yield "signs" if kind == "lost-sign" else "column"
        return
    planting.rng.shuffle(targets)
    for number, row in enumerate(rows):
        if not planting.is_free(row):
            continue
        values = file.values_of(row)
        first = number % len(targets)
        for target in (*targets[first:], *targets[:first]):
            changed = target.edit(values)
            line = None if changed is None else file.written({**values, **changed})
            if line is not None:
                yield row, line, target.column, target.codes, False
                break


def _assembled(planting: _Planting, kinds: Sequence[Kind]) -> Damaged:
    file, coding = planting.file, planting.file.dialect.coding
    numbers: dict[int, int] = {}
    parts = [file.header.before + file.header.raw]
    count = len(file.lines)
    last = count if count and not file.lines[-1].endswith(file.dialect.end) else count + 1
    added = []
    number = 0
    for row in range(1, count + 2):
        parts.append(coding.outside(file.gaps.get(row, b"")))
        if row == last or (row == count + 1 and last > count):
            for line in planting.further:
                number += 1
                added.append(number)
                parts.append(coding.with_damage(line))
        if row > count:
            break
        numbers[row] = number + 1
        if row not in planting.lines:
            parts.append(coding.outside(file.lines[row - 1]))
        elif (changed := planting.lines[row]) is not None:
            parts.append(coding.with_damage(changed))
        number += planting.lines.get(row, b"") is not None
    return Damaged(b"".join(parts), _planned(planting, numbers, iter(added), number, kinds))


def _planned(
    planting: _Planting, numbers: Mapping[int, int], added: Iterator[int], count: int, kinds: Sequence[Kind]
) -> DamagePlan:
    """Return the plan with records numbered as they are in the damaged file."""
    damages = []
    for damage, row in planting.damages:
        around = tuple(numbers[each] for each in damage.around)
        record = next(added) if row is None else numbers[row]
        damages.append(Damage(damage.kind, record, damage.column, damage.codes, around))
    order = {kind: at for at, kind in enumerate(kinds)}
    damages.sort(key=lambda each: (order[each.kind], each.record))
    left_out: dict[str, Texts] = {kind: planting.left_out[kind] for kind in kinds if kind in planting.left_out}
    return DamagePlan(tuple(damages), left_out, planting.file.before, count)


def _whole(file: OpenFile, kind: Kind, rng: random.Random) -> Damaged:
    """Return a file that is damaged from its first line to its last."""
    dialect, coding, count = file.dialect, file.dialect.coding, len(file.lines)
    missed = [name for name in dialect.columns if file.plan is not None or name in file.schema.needed]
    reason = never_whole(kind, dialect)
    if reason is None and kind == "column-gone" and (dialect.header == "any_of" or not missed):
        reason = "column"
    mark, header, lines, column = b"", coding.inside(file.header.raw), file.lines, ""
    damages: tuple[Damage, ...] = ()
    if reason is None:
        column = rng.choice(missed) if kind == "column-gone" else ""
        gone = dialect.columns.index(column) if column else -1
        mark, header, lines = damaged_whole(kind, header, lines, dialect, gone=gone)
        damages = (Damage(kind, 0, column, _codes_of_whole(kind, file)),)
    gaps = [coding.outside(file.gaps.get(row, b"")) for row in range(1, count + 2)]
    records = chain.from_iterable(zip(gaps, [*map(coding.outside, lines), b""], strict=True))
    data = b"".join([mark, file.header.before, coding.outside(header), *records])
    left_out: dict[str, Texts] = {} if reason is None else {kind: phrase("damage", reason)}
    return Damaged(data, DamagePlan(damages, left_out, file.before, count))


def _codes_of_whole(kind: Kind, file: OpenFile) -> tuple[str, ...]:
    """Return what must tell it: nothing where the same records are written in another way."""
    is_standard = file.plan is None
    if kind in ("mark", "all-quoted"):
        is_read = kind == "all-quoted" or file.dialect.codec == "utf-8"
        return ("R0033",) if is_standard else () if is_read else ("E0007", "R0010", "R0025")
    if is_standard:
        return ("S0009",) if kind == "trailing-columns-throughout" else ("S0010", "S0011")
    return ("R0010", "R0020", "R0035")
