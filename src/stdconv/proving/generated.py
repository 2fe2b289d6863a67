"""Strategies for legacy files of a mapping: records around its examples, values and bytes changed, lookups or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl
from hypothesis import strategies as st

from stdconv.conversion.relay import renumbered
from stdconv.conversion.restore import restore_frame
from stdconv.domains.nearmisses import edited, odd_texts, raw_bytes
from stdconv.domains.strategies import records as records_of
from stdconv.domains.strategies import texts
from stdconv.findings.rows import ROW
from stdconv.japan.charsets import repertoire
from stdconv.layouts import records, writer
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.kinds import filled_in
from stdconv.lenses.base import Values
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import Route
from stdconv.proving.files import LegacyFile, StandardRow, lookups_for, standard_frame
from stdconv.standard.documents import Column

Edit: TypeAlias = tuple[int, int, int, int, str]
"""Which record, which of its columns, which kind of edit, where in the value, with which text."""
Refused: TypeAlias = tuple[int, Mapping[str, str]]
"""Which record, and by column the legacy value that the mapping refuses by name."""
Damage: TypeAlias = tuple[int, str, int, bytes]
"""Which line, which kind of damage, where in it, with which bytes."""

RECORDS_A_FILE = 12
"""How many records a generated file has at most: a frame costs milliseconds, a row nothing."""

WIDE, CHANGES = 16, 6
"""From how many fields on only a few of a record are drawn anew, and how many: of a wide one with many rules more would
leave nothing that is accepted, and little room for further records in the same file."""

KINDS = (*("insert",) * 4, "quote", "delete", "lf", "blank", "open", "stray", "newline", "repeat", "delimiter")
"""Kinds of damage; bytes to insert are of many sorts, and are to be met as often as each other damage."""
OF_NUMBERS = ("replace",) * 4
"""Kinds of damage where columns have numbers, whose bytes are others then at their place."""
OF_PLACES = ("shift", "filling", "other")
"""Kinds of damage where values are told apart by their place."""
LOOKUPS = ("given", "not given", "half", "twice")


@dataclass(frozen=True)
class Case:
    """What is drawn: standard records, what is changed on the legacy side, which lookups there are, where it is cut."""

    rows: tuple[StandardRow, ...]
    edits: tuple[Edit, ...] = ()
    refused: tuple[Refused, ...] = ()
    damage: tuple[Damage, ...] = ()
    lookups: tuple[str, ...] = ()
    cut: int = 50


def cases(plan: Plan, *, damaged: bool = True) -> st.SearchStrategy[Case]:
    """Return a strategy for files of ``plan``; without ``damaged`` only ones as the layout itself would write them."""
    width, last = len(plan.mapping.legacy.columns), RECORDS_A_FILE - 1
    edit = st.tuples(
        st.integers(0, last),
        st.integers(0, width - 1),
        st.integers(0, 9),
        st.integers(0, 40),
        odd_texts(),
    )
    named = [values for route in plan.routes for values in named_refusals(route, plan.mapping.legacy.columns)]
    refused = st.tuples(st.integers(0, last), st.sampled_from(named)) if named else st.nothing()
    kinds = KINDS + (OF_NUMBERS if plan.dialect.numbers else ()) + (OF_PLACES if plan.dialect.is_fixed else ())
    damage = st.tuples(
        st.integers(0, RECORDS_A_FILE), st.sampled_from(kinds), st.integers(0, 200), raw_bytes(plan.dialect.encoding)
    )
    return st.builds(
        Case,
        rows=_listed(plan),
        edits=st.lists(edit, max_size=3).map(tuple) if damaged else st.just(()),
        refused=st.lists(refused, max_size=2).map(tuple) if damaged and named else st.just(()),
        damage=st.lists(damage, max_size=3).map(tuple) if damaged else st.just(()),
        lookups=st.tuples(*(st.sampled_from(LOOKUPS) for _ in plan.mapping.lookups)) if damaged else st.just(()),
        cut=st.integers(1, 99),
    )


def named_refusals(route: Route, columns: Collection[str]) -> Iterator[Mapping[str, str]]:
    """Yield, by those legacy columns of ``route`` that are among ``columns``, values that a step refuses by name.

    Columns that say nothing of it keep what they have: a code is refused beside values, not alone.
    """
    for step, lens in enumerate(route.steps):
        named = (each for each in lens.refused(*(pl.lit("") for _ in range(lens.takes))) if each.by is None)
        for branch in named:
            nothing = pl.lit(None, dtype=pl.String)
            values: Values = tuple(pl.lit(branch.legacy) if at == branch.value else nothing for at in range(lens.takes))
            for before in reversed(route.steps[:step]):
                values = before.write(values)
            written = pl.select(value.alias(name) for name, value in zip(route.legacy, values, strict=False))
            given = written.row(0, named=True).items()
            yield {name: text for name, text in given if text is not None and name in columns}


def _listed(plan: Plan) -> st.SearchStrategy[tuple[StandardRow, ...]]:
    """Return a strategy for the records of one file; where they are numbered, most are numbered as their order says."""
    rows = st.lists(standard_rows(plan), min_size=1, max_size=RECORDS_A_FILE).map(tuple)
    if not plan.numbered:
        return rows
    counted = rows.map(lambda drawn: tuple(renumbered(plan, standard_frame(plan, drawn)).drop(ROW).to_dicts()))
    return st.one_of(counted, counted, counted, rows)


def standard_rows(plan: Plan) -> st.SearchStrategy[StandardRow]:
    """Return a strategy for standard records: an example of the mapping, some fields of which are drawn anew."""
    given = [dict(example.standard) for example in plan.mapping.examples if example.standard is not None] or [{}]
    drawn = {route.index: values(plan, route) for route in plan.routes}
    changes: st.SearchStrategy[Iterable[StandardRow]]
    if len(drawn) <= WIDE:
        changes = st.fixed_dictionaries({}, optional=drawn).map(dict.values)
    else:
        changes = st.lists(st.one_of(*drawn.values()), max_size=CHANGES)

    def made(parts: tuple[dict[str, str], Iterable[StandardRow]]) -> StandardRow:
        row: StandardRow = {name: parts[0].get(name) for name in plan.carried}
        for change in parts[1]:
            row |= change
        return row

    return st.tuples(st.sampled_from(given), changes).map(made)


def values(plan: Plan, route: Route) -> st.SearchStrategy[StandardRow]:
    """Return a strategy for the standard values of one field: of the last lens's codomain, and of the schema."""
    columns = [plan.schema.column(name) for name in route.standard]
    if route.constant is not None:
        return st.just({route.standard[0]: route.constant})
    alphabet = repertoire(plan.dialect.codec)
    by_schema = [_column(column, alphabet) for column in columns]
    strategy: st.SearchStrategy[StandardRow] = st.tuples(*by_schema).map(
        lambda drawn: dict(zip(route.standard, drawn, strict=True))
    )
    if not route.steps:
        return strategy
    codomain = records_of(route.steps[-1].codomain, alphabet=alphabet).map(
        lambda row: {name: row[position] for position, name in enumerate((*route.standard, *route.beside))}
    )
    drawn = codomain if len(columns) > 1 else codomain | strategy
    absent = st.just(dict.fromkeys(route.standard))
    return drawn if any(column.required for column in columns) else st.one_of(drawn, drawn, drawn, absent)


def _column(column: Column, alphabet: str | None) -> st.SearchStrategy[str | None]:
    values = texts(column.domain, alphabet=alphabet)
    return values if column.required else st.none() | values


def legacy_frame(plan: Plan, case: Case) -> pl.DataFrame:
    """Return the legacy and looked-up columns of a case, values edited, nothing null."""
    frame = restore_frame(plan, standard_frame(plan, case.rows))
    names = plan.mapping.legacy.columns
    rows = [list(row) for row in frame.select(names).iter_rows()]
    for record, column, kind, at, text in case.edits:
        row = rows[record % len(rows)]
        row[column] = _edited(row, column, kind, at, text)
    for record, given in case.refused:
        row = rows[record % len(rows)]
        row[:] = [given.get(name, value) for name, value in zip(names, row, strict=True)]
    data = {name: pl.Series([row[i] for row in rows], dtype=pl.String) for i, name in enumerate(names)}
    return frame.with_columns(**data)


def _edited(row: list[str], column: int, kind: int, at: int, text: str) -> str:
    """Change a value: the edits of near misses, another text, the value of another column, another digit."""
    value = row[column]
    if kind < 5:
        return edited(value, kind, at, text)
    if kind < 7:
        return text if kind == 5 else row[at % len(row)]
    digits = [place for place, sign in enumerate(value) if sign in "0123456789"]
    if not digits:
        return text
    place = digits[at % len(digits)]
    return f"{value[:place]}{(int(value[place]) + kind) % 10}{value[place + 1 :]}"


def legacy_file(plan: Plan, case: Case) -> LegacyFile:
    """Return the bytes of a case."""
    frame = legacy_frame(plan, case)
    written = writer.rows(frame, plan.dialect)
    coding = plan.dialect.coding
    lines = [
        line if line is not None else text.encode(coding.codec, errors="ignore")
        for line, text in zip(written, records.lines(frame, plan.dialect), strict=True)
    ]
    for at, kind, where, data in case.damage:
        number = at % len(lines)
        if kind in OF_PLACES:
            lines[number] = misplaced(lines[number], kind, where, plan.dialect)
        else:
            lines[number] = damaged(lines[number], kind, where, data, plan.dialect.delimiter.encode())
    return LegacyFile(b"".join(map(coding.with_damage, lines)), dict(_lookups(plan, case, frame)))


def damaged(line: bytes, kind: str, where: int, data: bytes, delimiter: bytes) -> bytes:
    r"""Return one line with one damage.

    >>> [damaged(b"a,b\r\n", kind, 2, b"\x80", b",") for kind in ("quote", "insert", "lf", "blank", "newline")]
    [b'"a",b\r\n', b'a,\x80b\r\n', b'a,b\n', b'\r\na,b\r\n', b'"a\n",b\r\n']
    """
    at = where % (len(line) + 1)
    body = line.rstrip(b"\r\n")
    end = line[len(body) :]
    fields = body.split(delimiter)
    number = where % len(fields)
    match kind:
        case "quote":
            fields[number] = b'"' + fields[number].replace(b'"', b'""') + b'"'
            return delimiter.join(fields) + end
        case "newline":
            fields[number] = b'"' + fields[number].replace(b'"', b'""') + b'\n"'
            return delimiter.join(fields) + end
        case "insert":
            return line[:at] + data + line[at:]
        case "replace":
            return line[:at] + data + line[at + len(data) :]
        case "delete":
            return line[:at] + line[at + 1 :]
        case "lf" | "open":
            return body + (b"\n" if kind == "lf" else b"")
        case "blank":
            return (end or b"\n") + line
        case "stray":
            return line[:at] + b'"' + line[at:]
        case "repeat":
            return line + line
        case _:
            return line[:at] + delimiter + line[at:]


def misplaced(line: bytes, kind: str, where: int, dialect: Dialect) -> bytes:
    """Return one record of a fixed width in which something is not in its place, or a record of another kind before it.

    The bytes behind one that is gone are shifted up to the end; ideographic spaces are blanks, and blanks are these.
    """
    end = dialect.terminator.encode(dialect.codec)
    body = line.removesuffix(end)
    wide = "\u3000".encode(dialect.codec)
    at = where % max(1, len(body))
    if kind == "shift":
        return body[:at] + body[at + 1 :] + b" " + end
    if kind == "filling":
        narrow = b" " * len(wide)
        return (body.replace(wide, narrow) if wide in body else body.replace(narrow, wide)) + end
    others = (*dialect.kinds.first, *dialect.kinds.last) if dialect.kinds is not None else ()
    if not others:
        return line
    return writer.filled_up(filled_in(others[where % len(others)], 0), dialect) + end + line


def _lookups(plan: Plan, case: Case, frame: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Yield the rows of the given lookups: all that records need, every other one, or some keys more than once."""
    for number, (name, rows) in enumerate(lookups_for(plan, [frame]).items()):
        kind = case.lookups[number] if number < len(case.lookups) else "given"
        dialect = plan.lookup_dialect(name)
        lines = dialect.coding.inside(rows).splitlines(keepends=True)
        if kind == "half":
            lines = lines[::2]
        elif kind == "twice" and lines:
            delimiter = dialect.delimiter.encode()
            body = lines[0].rstrip(b"\r\n")
            lines.append(body + b"x" + lines[0][len(body) :] if delimiter in body else lines[0])
        elif kind == "not given" and all(form.missing for form in plan.lookup_fields(name)):
            continue
        yield name, dialect.coding.outside(b"".join(lines))
