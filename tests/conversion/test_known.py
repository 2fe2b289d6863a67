"""With tables of what was proven everything is as without, whatever they know, wherever batches are cut."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from stdconv.conversion import valuetables
from stdconv.conversion.convert import convert_batch
from stdconv.conversion.known import Known, Split, ValueTables
from stdconv.conversion.lookups import Tables, join
from stdconv.conversion.numbering import numbered
from stdconv.conversion.outcome import Outcome
from stdconv.conversion.valuetables import Asked, ValueTable
from stdconv.conversion.work import Work
from stdconv.layouts.batches import batches
from stdconv.layouts.files import DelimitedFile
from stdconv.layouts.parts import Part
from stdconv.layouts.reader import ParsedBatch, read_batch
from stdconv.mapping.plan import load_plan
from stdconv.mapping.route import Route, verdict_column
from stdconv.runs.lookupfiles import load_tables
from stdconv.runs.sample import sample_file
from support.defects import exchanged, forgetful, stale
from support.outcomes import assert_same_outcome
from support.parts import bytes_of

pytestmark = pytest.mark.slow

MAPPINGS = ("vendor-a/resident-link", "vendor-b/resident-link", "vendor-a/resident-basic")
LIMITS = {"nothing": 0, "one": 1, "seven": 7, "all": 1_000_000}
ODD = (
    *("", " ", "　", "0", "1", "9", "00000000", "99999999", "3600707", "9000229", "20230229", "S600707", "1985-07-07"),
    *("男", "ｶﾞ", "ガ", "髙", "〜", "行政 花子", "行政　　花子", "NULL", "1.23E+09", "#N/A", "昭和60年", "x" * 200),
)


class File:
    """A file of sampled records, of which one value in ten is another one's or an odd one, and some lines are odd."""

    def __init__(self, mapping: str, folder: Path) -> None:
        self.plan = load_plan(mapping)
        lookups = {name: folder / f"{name}.csv" for name in self.plan.mapping.lookups}
        sample_file(self.plan, 200, 5, folder / "in.csv", lookups=lookups)
        self.tables: Tables = load_tables(self.plan, lookups)[0]
        with DelimitedFile(folder / "in.csv") as file:
            parts = [bytes_of(part) for part in file.batches(self.plan.dialect)]
        self.body = b"".join(self._bent(b"".join(parts)))
        self.sizes = (len(self.body) // 5, len(self.body))
        self.expected = {size: self.outcomes(size) for size in self.sizes}

    def _bent(self, body: bytes) -> Iterator[bytes]:
        rng = random.Random(7)
        codec, end = self.plan.dialect.codec, self.plan.dialect.terminator
        records = [line.split(",") for line in body.decode(codec).split(end) if line]
        share = 0.5 / len(records[0])
        odd = [text for text in ODD if text.encode(codec, "ignore").decode(codec) == text]
        for record in records:
            for at in range(len(record)):
                if rng.random() < share:
                    record[at] = rng.choice([rng.choice(records)[at], rng.choice(odd)])
        for record in (rng.choice(records[: n + 1]) if rng.random() < 0.3 else each for n, each in enumerate(records)):
            line = ",".join(record)
            yield (line + rng.choice([end] * 12 + ["\n", end + end, ',"' + end])).encode(codec)

    def parts(self, size: int) -> list[Part]:
        return list(batches(io.BytesIO(self.body), b"", self.plan.dialect, size=size))

    def outcomes(self, size: int, known: Known | None = None, each: Any = map) -> list[Outcome]:
        return list(each(partial(convert_batch, self.plan, self.tables, known=known), self.parts(size)))

    def hold(self, known: Known, size: int, each: Any = map) -> None:
        """Compare what becomes of each batch with ``known`` with what becomes of it without."""
        for one, other in zip(self.outcomes(size, known, each), self.expected[size], strict=True):
            assert_same_outcome(one, other)


Files = Callable[[str], File]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return cache(lambda mapping: File(mapping, tmp_path_factory.mktemp("known")))


@pytest.fixture(params=MAPPINGS)
def file(request: pytest.FixtureRequest, made: Files) -> File:
    return made(request.param)


def works(file: File) -> Iterator[Work]:
    """Yield what is asked about the whole file."""
    for batch in numbered(file.plan, file.parts(len(file.body))):
        parsed = batch if isinstance(batch, ParsedBatch) else read_batch(batch, file.plan.dialect)
        yield join(file.plan, file.tables, Work.of_legacy(parsed.frame, parsed.findings))


def test_the_files_ask_for_both_ways(file: File) -> None:
    """Most records are answered, some are not: otherwise nothing is compared."""
    known = Known(file.plan, least=0)
    answers = [answer for work in works(file) if (answer := known.answer(work)) is not None]
    left = [len(answer.others.frame) for answer in answers if answer.others is not None]
    assert sum(len(answer.work.frame) for answer in answers) > 60
    assert sum(left) > 20


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_whatever_the_tables_may_hold(file: File, limit: int) -> None:
    known = Known(file.plan, limit=limit, least=0)
    for size in file.sizes:
        file.hold(known, size)
    assert sum(known.sizes.values()) <= limit


def test_tables_are_given_up_in_mid_file(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valuetables, "SLACK", 3)
    known = Known(file.plan, least=0)
    before = known.sizes
    file.hold(known, file.sizes[0])
    assert 0 < len(known.sizes) < len(before)
    file.hold(known, file.sizes[1])


def test_two_threads_at_once(file: File) -> None:
    known = Known(file.plan, least=0)
    with ThreadPoolExecutor(2) as pool:
        file.hold(known, file.sizes[0], pool.map)
        file.hold(known, file.sizes[1], pool.map)


def test_few_records_are_not_worth_it(file: File) -> None:
    known = Known(file.plan)
    assert [known.answer(work) for work in works(file)] == [None]
    assert not any(known.sizes.values())


# Defects planted in the tables


def entries_less(keep: Callable[[pl.Expr, Split, Route], pl.Expr]) -> Any:
    """Return what changes what is held of each value."""
    entry = Split._entry

    def changed(self: Split, route: Route) -> Iterator[pl.Expr]:
        yield from (keep(each, self, route) for each in entry(self, route))

    return changed


def no_verdict(each: pl.Expr, split: Split, route: Route) -> pl.Expr:
    passed = [check.passes for check in split.checks if check.is_about(route)]
    verdict = pl.all_horizontal([pl.lit(value=True), *passed]).alias(verdict_column(route))
    return verdict if each.meta.output_name() == verdict_column(route) else each


def no_check(each: pl.Expr, split: Split, route: Route) -> pl.Expr:
    return pl.col(verdict_column(route)) if each.meta.output_name() == verdict_column(route) else each


SPELLED = ValueTables.spelled
DEFECTS: dict[str, tuple[type, str, Any]] = {
    "the verdict is dropped": (Split, "_entry", entries_less(no_verdict)),
    "the checks of a route are dropped": (Split, "_entry", entries_less(no_check)),
    "the checks across routes are dropped": (Asked, "is_about", lambda self, route: bool(self.columns)),
    "columns are exchanged": (ValueTable, "gathered", exchanged(lambda route: route.standard)),
    "numbers are stale": (ValueTable, "gathered", stale),
    "values come twice": (ValueTable, "extended", forgetful),
    "what is spelled otherwise is dropped": (ValueTables, "spelled", lambda self, frame: SPELLED(self, frame).clear()),
    "doubts are dropped": (ValueTables, "told", lambda self, frame: iter(())),
    "nothing is suspected": (ValueTables, "suspects", lambda self, frame: {}),
    "all is in order": (ValueTables, "in_order", lambda self, frame: frame["_row"].is_not_null()),
}


def hold_all(files: Iterable[File]) -> None:
    for file in files:
        known = Known(file.plan, least=0)
        file.hold(known, file.sizes[0])


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_of_the_tables_is_found(
    made: Files, defect: tuple[type, str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*defect)
    with pytest.raises((AssertionError, pl.exceptions.PolarsError)):
        hold_all(map(made, MAPPINGS))
