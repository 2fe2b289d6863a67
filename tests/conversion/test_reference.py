"""The pipeline gives what a slow converter, written from the design alone, gives record by record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.reference import Result, convert
from oracles.reference_legacy import (
    DAYS,
    ERA_DAYS,
    LAYOUTS,
    NAMES,
    ODD_DAYS,
    ODD_NAMES,
    Layout,
    fragments,
    legacy_lines,
    lookup_files,
    lookup_header,
)
from stdconv.conversion.convert import convert_batch
from stdconv.conversion.lookups import Tables
from stdconv.conversion.outcome import Outcome
from stdconv.mapping.plan import Plan, load_plan
from stdconv.runs.lookupfiles import load_tables
from stdconv.runs.sample import sample_file
from support.paths import EXAMPLES, MAPPINGS

pytestmark = pytest.mark.slow

A, B = sorted(LAYOUTS)
WARNINGS = {"E0003", "E0004", "T0012", "T0013", "T0014", "T0015"}
HALF = settings(max_examples=settings().max_examples // 2)


class Sides:
    """A mapping for both converters, with its lookups in several states: none first.

    No dataclass: hypothesis prints those whole, and warns that it is too much.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.layout: Layout = LAYOUTS[name]
        self.plan: Plan = load_plan(name)
        self.path: Path = MAPPINGS / f"{name}.yaml"
        self.states: list[tuple[Tables, dict[str, bytes]]] = [({}, {})]
        for number, content in enumerate(lookup_files(self.layout)):
            tables = tables_of(self.plan, self.layout, folder / f"{number}.csv", content)
            self.states.append((tables, {self.layout.lookup: content}))


def tables_of(plan: Plan, layout: Layout, file: Path, content: bytes) -> Tables:
    file.write_bytes(content)
    return load_tables(plan, {layout.lookup: file})[0]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sides]:
    return {name: Sides(name, tmp_path_factory.mktemp("lookups")) for name in LAYOUTS}


def grouped(findings: pl.DataFrame, severities: set[str]) -> dict[int, set[str]]:
    """Return the codes of each row."""
    codes: dict[int, set[str]] = {}
    for finding in findings.filter(pl.col("_row").is_not_null()).iter_rows(named=True):
        if finding["severity"] in severities:
            codes.setdefault(finding["_row"], set()).add(finding["code"])
    return codes


def spellings(outcome: Outcome, columns: list[str]) -> dict[int, dict[str, str]]:
    """Return the residue's spellings of each accepted row."""
    rows: dict[int, dict[str, str]] = {row: {} for row in outcome.standard["_row"]}
    names = [name for name in columns if name in outcome.residue.columns]
    for record in outcome.residue.iter_rows(named=True):
        if record["_row"] in rows:
            rows[record["_row"]] = {name: record[name] for name in names if record[name] is not None}
    return rows


def disagreements(results: list[Result], outcome: Outcome, layout: Layout) -> Iterator[tuple[object, ...]]:
    """Yield the records about which the two converters disagree: the slow one's result, and what the fast one said."""
    standard = {row.pop("_row"): row for row in outcome.standard.iter_rows(named=True)}
    codes, mild = grouped(outcome.findings, {"refuse"}), grouped(outcome.findings, {"warn", "note"})
    texts = spellings(outcome, layout.columns)
    for result in results:
        row = result.row
        if not result.accepted:
            if row in standard or not result.codes <= codes.get(row, set()) <= result.codes | result.possible:
                yield result, codes.get(row), standard.get(row)
        elif (standard.get(row), texts.get(row)) != (result.standard, result.spellings):
            yield result, codes.get(row), standard.get(row), texts.get(row)
        elif (mild.get(row, set()) ^ result.warnings) & WARNINGS:
            yield result, mild.get(row)


def check(results: list[Result], outcome: Outcome, layout: Layout) -> None:
    """Hold the fast converter against the slow one."""
    assert outcome.read == len(results)
    assert list(islice(disagreements(results, outcome, layout), 3)) == []
    refused = [result.raw for result in results if not result.accepted]
    assert outcome.accepted == len(results) - len(refused)
    assert outcome.refused_bytes == tuple(refused)
    raw = outcome.residue.filter(pl.col("_raw").is_not_null())
    expected = [(result.row, result.raw) for result in results if result.accepted and result.is_raw]
    assert raw.select("_row", "_raw").rows() == expected


def compare(sides: Sides, batch: bytes, *, tables: Tables, lookups: dict[str, bytes]) -> list[Result]:
    results = convert(sides.path, sides.layout.header + batch, lookups)
    check(results, convert_batch(sides.plan, tables, batch), sides.layout)
    return results


def record(layout: Layout, number: int, values: dict[str, bytes]) -> bytes:
    """Write a record that is good but for ``values``."""
    good = {name: value for names, pool in layout.good.items() for name, value in zip(names, pool[0], strict=True)}
    texts = {name: layout.encode(value) for name, value in good.items()} | {layout.columns[0]: b"%d" % number}
    return b",".join((texts | values)[name] for name in layout.columns) + b"\r\n"


def sweep(
    sides: Sides, rows: list[dict[str, bytes]], *, parts: list[str] | None = None, folder: Path | None = None
) -> None:
    """Compare one record for each of ``rows``, with a lookup that has ``parts`` for each in turn where they are given."""
    layout = sides.layout
    batch = b"".join(record(layout, number, values) for number, values in enumerate(rows, start=1))
    tables: Tables = {}
    lookups: dict[str, bytes] = {}
    if parts is not None and folder is not None:
        lines = [lookup_header(layout), *(f"{number},{part}" for number, part in enumerate(parts, start=1))]
        lookups = {layout.lookup: layout.encode("\r\n".join(lines))}
        tables = tables_of(sides.plan, layout, folder / "parts.csv", lookups[layout.lookup])
    results = compare(sides, batch, tables=tables, lookups=lookups)
    assert len(results) == len(rows)
    assert {result.accepted for result in results} == {True, False}


@pytest.mark.parametrize("with_lookup", [False, True])
@pytest.mark.parametrize("name", [A, B])
def test_the_worked_example_is_the_same(both: dict[str, Sides], name: str, with_lookup: bool) -> None:
    sides = both[name]
    main, beside = (EXAMPLES / file for file in sides.layout.examples)
    given_files = {sides.layout.lookup: beside} if with_lookup else {}
    tables, _ = load_tables(sides.plan, given_files)
    batch = main.read_bytes().removeprefix(sides.layout.header)
    lookups = {name: path.read_bytes() for name, path in given_files.items()}
    assert [result.accepted for result in compare(sides, batch, tables=tables, lookups=lookups)] == [True]


@pytest.mark.parametrize("name", [A, B])
def test_sampled_records_are_the_same_and_all_accepted(both: dict[str, Sides], tmp_path: Path, name: str) -> None:
    sides, beside = both[name], tmp_path / "lookup.csv"
    sample_file(sides.plan, 500, 20, tmp_path / "legacy.csv", lookups={sides.layout.lookup: beside})
    tables, _ = load_tables(sides.plan, {sides.layout.lookup: beside})
    batch = (tmp_path / "legacy.csv").read_bytes().removeprefix(sides.layout.header)
    results = compare(sides, batch, tables=tables, lookups={sides.layout.lookup: beside.read_bytes()})
    assert [result.accepted for result in results] == [True] * 500


def test_every_byte_and_pair_of_bytes_of_cp932_has_the_same_fate_in_a_name(both: dict[str, Sides]) -> None:
    leads = [*range(0x81, 0xA0), *range(0xE0, 0xFD)]
    pairs = [bytes([lead, trail]) for lead in leads for trail in range(0x40, 0x100)]
    single = [bytes([byte]) for byte in range(0x100) if byte != ord("\n")]
    sweep(both[A], [{"氏名": "行政　".encode("cp932") + value} for value in single + pairs])


def test_characters_from_every_corner_of_unicode_have_the_same_fate_in_a_name_and_in_a_number(
    both: dict[str, Sides],
) -> None:
    spans = [
        (0x20, 0x3400),
        (0xD7F0, 0xD800),
        (0xE000, 0xE010),
        (0xF8F0, 0xFB00),
        (0xFD00, 0x10010),
        (0x1F000, 0x1F010),
    ]
    points = [point for first, end in spans for point in range(first, end)]
    points += [plane * 0x10000 + low for plane in range(1, 17) for low in (0, 0x100, 0xFFFD, 0xFFFE, 0xFFFF)]
    characters = [chr(point).encode() for point in points if chr(point) not in '",']
    names = [{"氏名": "行".encode() + value} for value in characters]
    sweep(both[B], names + [{"世帯番号": value} for value in characters[:0x200]])


def test_every_digit_of_an_era_with_every_year_has_the_same_fate(both: dict[str, Sides]) -> None:
    days = "0000 0101 0107 0108 0228 0229 0230 0430 0501 0729 0730 0731 1224 1225 1226 1231 1301".split()
    texts = [f"{era}{year:02}{day}" for era in range(10) for year in range(100) for day in days]
    texts += "360707 +360707 S600707".split()
    kinds = ["外国人" if text[0] in "089" else "日本人" for text in texts]
    pairs = zip(texts, kinds, strict=True)
    sweep(both[A], [{"生年月日": text.encode(), "住民種別": kind.encode("cp932")} for text, kind in pairs])


def test_every_era_name_beside_every_kind_of_day_has_the_same_fate(both: dict[str, Sides]) -> None:
    labels = ["明治", "大正", "昭和", "平成", "令和", "", "慶応", "昭", "３", "昭和　"]
    days = sorted({*DAYS, *ODD_DAYS, *(day for _, day in ERA_DAYS), "18680101", "20991231"})
    rows = [{"生年月日元号": label.encode(), "生年月日": day.encode()} for label in labels for day in days]
    sweep(both[B], rows + [{"異動日": day.encode()} for day in days])


def test_every_name_beside_every_kind_of_parts_has_the_same_fate(both: dict[str, Sides], tmp_path: Path) -> None:
    names = [*NAMES, *ODD_NAMES, "行政", "花子", "ＡＢＣＤ", "ＡＢＣＤＥＦ", "ＡＢ　ＣＤＥＦ", "行政花子　", "髙﨑濵"]
    names = [name for name in names if "\n" not in name]
    parts = [
        *LAYOUTS[B].parts,
        "行　政,花子",
        "行政,花 子",
        "　,花子",
        "行政,　",
        "ＡＢ,ＣＤ　ＥＦ",
        "ＡＢ　ＣＤ,ＥＦ",
        "ＡＢ,ＣＤＥＦ",
    ]
    rows = [{"氏名": name.encode()} for name in names for _ in parts]
    sweep(both[B], rows, parts=parts * len(names), folder=tmp_path)


@given(data=st.data(), name=st.sampled_from([A, B]), state=st.integers(0, 4))
def test_records_with_odd_values_have_the_same_fate(
    both: dict[str, Sides], data: st.DataObject, name: str, state: int
) -> None:
    tables, lookups = both[name].states[state]
    compare(both[name], data.draw(legacy_lines(LAYOUTS[name])), tables=tables, lookups=lookups)


@HALF
@given(data=st.data(), name=st.sampled_from([A, B]))
def test_lines_with_quotes_anywhere_are_the_same_records(
    both: dict[str, Sides], data: st.DataObject, name: str
) -> None:
    compare(both[name], data.draw(fragments(len(LAYOUTS[name].columns))), tables={}, lookups={})
