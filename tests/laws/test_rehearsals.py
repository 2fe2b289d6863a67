"""Rehearsals: what was planted into a good file is told, nothing else is, and the damaged file comes back."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

import polars as pl
import pytest

import stdconv
from stdconv.errors import DefinitionError, StdconvError
from stdconv.proving.damage import OF_FILES, Kind
from stdconv.runs.sample import sample_file
from stdconv.testing import Compared, DamagePlan, damage_legacy, damage_standard
from stdconv.town import residents
from support.nightly import IS_NIGHTLY
from support.paths import CASES
from support.shipped import NAMES as SHIPPED

pytestmark = pytest.mark.slow

GOLDEN = sorted(path.parent.name for path in CASES.glob("golden-*/mapping.yaml"))
SHOWN: dict[str, set[Kind]] = {
    "golden-fixed": {"missing-column", "other-encoding"},
    "golden-lost": {"lost-sign", "full-width-digits", "open-quote", "stray-quote", "trailing-columns"},
    "golden-severity": {"leading-zero-lost", "long-number", "date-with-slashes", "no-such-day", "unknown-code"},
    "golden-utf-16": {"replacement-character"},
    "golden-wareki-text": {"spoiled-era", "era-against-date"},
    "vendor-b/resident-link": {"duplicate", "contradiction"},
}
"""What is tried by day, with kinds of damage that must be there: together all that are about records, but those of
histories and households, which the standard file below has.
"""
RECORDS = 60
LINKAGE = "resident-basic/0.2"


def mapping_of(name: str) -> str | Path:
    return name if name in SHIPPED else CASES / name / "mapping.yaml"


def good_file(plan: stdconv.Plan, name: str, folder: Path) -> tuple[Path, dict[str, Path]]:
    """Return a sample of the layout and its lookups; the case's own file where no sample can be drawn."""
    file, lookups = folder / "good.csv", {lookup: folder / f"{lookup}.csv" for lookup in plan.mapping.lookups}
    try:
        sample_file(plan, RECORDS, 3, file, lookups=lookups, force=True)
    except DefinitionError:
        return CASES / name / "legacy.csv", {}
    return file, lookups


@cache
def plan_of(name: str) -> stdconv.Plan:
    return stdconv.load_mapping(mapping_of(name))


def rehearse(name: str, folder: Path, kinds: tuple[Kind, ...] | None = None) -> Compared:
    """Damage a good file, convert it, compare; what was converted comes back."""
    plan = plan_of(name)
    good, lookups = good_file(plan, name, folder)
    rows = {lookup: path.read_bytes() for lookup, path in lookups.items()}
    bad = damage_legacy(plan, good.read_bytes(), lookups=rows, kinds=kinds, times=2, seed=5)
    file, run, again = folder / "bad.csv", folder / "run", folder / "again.csv"
    file.write_bytes(bad.data)
    try:
        stdconv.convert_file(file, plan, run, lookups=lookups, force=True)
    except StdconvError as error:
        return bad.plan.compare(error)
    stdconv.restore_file(run, again, force=True)
    assert again.read_bytes() == bad.data
    return bad.plan.compare(pl.read_parquet(run / "findings.parquet"))


@pytest.mark.parametrize("name", [*GOLDEN, *SHIPPED] if IS_NIGHTLY else SHOWN)
def test_what_is_planted_is_told_and_nothing_else(name: str, tmp_path: Path) -> None:
    compared = rehearse(name, tmp_path)
    assert (compared.missed, compared.others.rows()) == ((), [])
    kinds = {damage.kind for damage in compared.plan.damages}
    assert kinds | compared.plan.left_out.keys() == {*get_args(Kind)} - {*OF_FILES}
    assert not kinds & compared.plan.left_out.keys()
    assert kinds >= SHOWN.get(name, set())


@pytest.mark.parametrize("kind", OF_FILES)
@pytest.mark.parametrize("name", GOLDEN if IS_NIGHTLY else ["golden-by-name", "golden-fixed"])
def test_what_changes_a_whole_file_is_told_or_is_the_same_records(name: str, kind: Kind, tmp_path: Path) -> None:
    compared = rehearse(name, tmp_path, (kind,))
    assert (compared.missed, compared.others.rows()) == ((), [])
    assert [kind] == [*compared.plan.left_out, *(damage.kind for damage in compared.plan.damages)]


@cache
def standard_file() -> bytes:
    """Return a small town as a standard CSV."""
    town = next(residents(3, 40, edition=LINKAGE)).drop("_household")
    return town.write_csv(line_terminator="\r\n").encode()


def found_in(data: bytes) -> pl.DataFrame | StdconvError:
    session = stdconv.Validator(LINKAGE)
    try:
        chunk = session.feed(data)
        session.finish()
    except StdconvError as error:
        return error
    return pl.concat([chunk.findings, session.findings])


def test_a_standard_file_is_damaged_alike() -> None:
    bad = damage_standard(LINKAGE, standard_file(), times=2, seed=5)
    compared = bad.plan.compare(found_in(bad.data))
    assert (compared.missed, compared.others.rows()) == ((), [])
    assert {"gap", "two-heads", "duplicate", "contradiction"} <= {damage.kind for damage in bad.plan.damages}
    for kind in OF_FILES:
        whole = damage_standard(LINKAGE, standard_file(), kinds=[kind], seed=5)
        assert whole.plan.compare(found_in(whole.data)).is_as_planned, kind
        assert whole.plan.damages


def test_records_in_which_nothing_is_planted_are_the_same_bytes() -> None:
    good = standard_file()
    bad = damage_standard(LINKAGE, good, seed=7)
    lines, there = bad.data.split(b"\r\n"), {*good.split(b"\r\n")}
    changed = {number for number, line in enumerate(lines) if line not in there}
    gone_or_twice = {damage.record for damage in bad.plan.damages if damage.kind in ("gap", "duplicate")}
    assert changed == {damage.record for damage in bad.plan.damages} - gone_or_twice
    assert len(lines) == len(good.split(b"\r\n")) + 2 - 1  # two records are added, and one is gone
    assert bad.plan.records == len(lines) - 2


def test_the_same_seed_plants_the_same_and_a_plan_can_be_read_again() -> None:
    first, again, other = (damage_standard(LINKAGE, standard_file(), seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.data != other.data
    assert DamagePlan.from_json(first.plan.to_json()) == first.plan
