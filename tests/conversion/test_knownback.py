"""With tables of what comes back, restoring into a layout is as without, whatever they know, wherever frames are cut."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stdconv.conversion import knownback, valuetables
from stdconv.conversion.knownback import Back, BackTables, KnownBack
from stdconv.conversion.relay import Relayed, relay_frame
from stdconv.conversion.valuetables import ValueTable
from stdconv.mapping.plan import Plan, load_plan
from stdconv.mapping.route import Route, verdict_column
from stdconv.runs.convert import convert_file
from stdconv.runs.sample import sample_file
from stdconv.standard.files import open_standard
from support.defects import exchanged, forgetful, stale
from support.outcomes import assert_same_relayed

pytestmark = pytest.mark.slow

LINK, BASIC = ("vendor-a/resident-link", "vendor-b/resident-link"), ("vendor-a/resident-basic",)
LIMITS = {"nothing": 0, "one": 1, "seven": 7, "all": 1_000_000}
ODD = (
    *("0", "1", "9", "99", "00000000", "1985-07-07", "2023-02-29", "2019-04-30", "0001-01-01", "9999-12-31", "x" * 200),
    *("男", "ｶﾞ", "ガ", "髙", "〜", "𠮷", "\x80", "行政 花子", "行政\u3000花子", "行政\u3000\u3000花子", "\u3000", " "),
    *('"', "a,b", "a\r\nb", "a\nb", "\ufeffa", "1234567890", "氏名", "=1+1", "昭和", "1.0", "00"),
)
NAMES = ("行政\u3000𠮷子", "行政\u3000花〜子", '行政\u3000"花"子', "行政\u3000花\n子", "行政\u3000花‖子", "行政\u3000é")
"""Names that the standard admits and not every file can hold."""


class Records:
    """Standard records of both vendors, of which one value in ten is another one's or odd, and what becomes of them."""

    def __init__(self, mapping: str, sources: tuple[str, ...], folder: Path) -> None:
        self.plan = load_plan(mapping)
        standard = pl.concat(
            [*(standard_of(load_plan(s), folder / f"{n}") for n, s in enumerate(sources))], how="diagonal"
        )
        self.columns = standard.columns[1:]
        self.frame = self._bent(standard)
        self.expected = {size: self.relayed(size) for size in (70, len(self.frame))}

    def _bent(self, standard: pl.DataFrame) -> pl.DataFrame:
        rng = random.Random(7)
        records = [list(record) for record in standard.select(self.columns).iter_rows()]
        share = 0.5 / len(self.columns)
        for record in records:
            for at in range(len(record)):
                if rng.random() < share:
                    record[at] = rng.choice([rng.choice(records)[at], rng.choice(ODD), None])
        records = [rng.choice(records[: n + 1]) if rng.random() < 0.3 else each for n, each in enumerate(records)]
        heading = dict(zip(self.plan.dialect.columns, self.plan.dialect.headings, strict=True))
        named = {
            n: heading[r.legacy[0]]
            for r in self.plan.routes
            if not r.steps
            for n in r.standard
            if set(r.legacy) & set(heading)
        }
        records[5] = [named.get(name, value) for name, value in zip(self.columns, records[5], strict=True)]
        for record, name in zip(records[10:], NAMES, strict=False):
            record[self.columns.index("氏名")] = name
        frame = pl.DataFrame(records, schema=dict.fromkeys(self.columns, pl.String), orient="row")
        return frame.insert_column(0, pl.int_range(1, len(frame) + 1, dtype=pl.Int64, eager=True).alias("_row"))

    def relayed(self, size: int, known: KnownBack | None = None, each: Any = map) -> list[Relayed]:
        return list(each(lambda frame: relay_frame(self.plan, frame, known=known), self.frame.iter_slices(size)))

    def hold(self, known: KnownBack, each: Any = map) -> None:
        for size, expected in self.expected.items():
            for one, other in zip(self.relayed(size, known, each), expected, strict=True):
                assert_same_relayed(one, other)


def standard_of(plan: Plan, folder: Path) -> pl.DataFrame:
    folder.mkdir()
    lookups = {name: folder / f"{name}.csv" for name in plan.mapping.lookups}
    sample_file(plan, 120, 5, folder / "in.csv", lookups=lookups)
    convert_file(plan, folder / "in.csv", folder / "run", lookups=lookups)
    batches = open_standard(folder / "run" / "standard.csv", plan.schema, is_own=True).batches()
    return pl.concat([batch.frame for batch in batches])


Made = Callable[[str], Records]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    def records(mapping: str) -> Records:
        return Records(mapping, LINK if mapping in LINK else BASIC, tmp_path_factory.mktemp("back"))

    return cache(records)


@pytest.fixture(params=(*LINK, *BASIC))
def records(request: pytest.FixtureRequest, made: Made) -> Records:
    return made(request.param)


def test_the_records_ask_for_both_ways(records: Records) -> None:
    """Most records are known, some are not: otherwise nothing is compared."""
    answer = KnownBack(records.plan, records.columns, least=0).answer(records.frame)
    assert answer is not None
    assert answer.others is not None
    assert len(answer.legacy) > 60
    assert len(answer.others) > 5


@pytest.mark.parametrize("mapping", LINK)
def test_values_that_do_not_come_back_are_known(made: Made, mapping: str) -> None:
    records = made(mapping)
    answer = KnownBack(records.plan, records.columns, least=0).answer(records.frame)
    assert answer is not None
    assert answer.differences


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_whatever_the_tables_may_hold(records: Records, limit: int) -> None:
    known = KnownBack(records.plan, records.columns, limit=limit, least=0)
    records.hold(known)
    assert sum(known.sizes.values()) <= limit


def test_tables_are_given_up_in_mid_file(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valuetables, "SLACK", 3)
    known = KnownBack(records.plan, records.columns, least=0)
    before = known.sizes
    records.hold(known)
    assert 0 < len(known.sizes) < len(before)


def test_two_threads_at_once(records: Records) -> None:
    known = KnownBack(records.plan, records.columns, least=0)
    with ThreadPoolExecutor(2) as pool:
        records.hold(known, pool.map)


def test_few_records_are_not_worth_it(records: Records) -> None:
    known = KnownBack(records.plan, records.columns)
    assert known.answer(records.frame) is None
    assert not any(known.sizes.values())


# Defects planted in the tables


def entries_with(change: Callable[[pl.Expr, str, Route], pl.Expr]) -> Any:
    """Return what changes what is held of each value."""
    entry = Back._entry

    def changed(self: Back, route: Route) -> Iterator[pl.Expr]:
        for each in entry(self, route):
            name = each.meta.output_name()
            yield change(each, name, route).alias(name)

    return changed


def all_fit(each: pl.Expr, name: str, route: Route) -> pl.Expr:
    return pl.lit(value=True) | each if name == verdict_column(route) else each


def nothing_differs(each: pl.Expr, name: str, _route: Route) -> pl.Expr:
    return each & pl.lit(value=False) if name.startswith("d:") else each


def first_column_alone(self: ValueTable, frame: pl.DataFrame) -> pl.Series:
    return frame[self.keys[0]].fill_null("").cast(self.texts.dtype).to_physical()


DEFECTS: dict[str, tuple[Any, str, Any]] = {
    "all values fit": (Back, "_entry", entries_with(all_fit)),
    "no value differs": (Back, "_entry", entries_with(nothing_differs)),
    "the checks across routes are dropped": (Back, "across", []),
    "columns are exchanged": (ValueTable, "gathered", exchanged(lambda route: route.legacy)),
    "numbers are stale": (ValueTable, "gathered", stale),
    "values come twice": (ValueTable, "extended", forgetful),
    "of several columns one is the key": (ValueTable, "numbers", first_column_alone),
    "any file can hold any value": (knownback, "harmless", lambda values, _dialect, _column: values.is_not_null()),
    "differences are dropped": (BackTables, "differences", lambda self, frame: iter(())),
    "all is known": (BackTables, "is_known", lambda self, frame, legacy: frame["_row"].is_not_null()),
}


def hold_all(expected: list[Records]) -> None:
    for records in expected:
        records.hold(KnownBack(records.plan, records.columns, least=0))


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_of_the_tables_is_found(
    made: Made, defect: tuple[Any, str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [made(mapping) for mapping in (*LINK, *BASIC)]
    monkeypatch.setattr(*defect)
    with pytest.raises((AssertionError, pl.exceptions.PolarsError)):
        hold_all(expected)
