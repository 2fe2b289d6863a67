"""The shipped mappings: their sourced examples hold in both directions, through frames; prove does it through bytes."""

import polars as pl
import pytest

import stdconv
from stdconv.mapping.parts import MappingExample
from stdconv.mapping.plan import Plan
from support.shipped import NAMES, plan_of

pytestmark = pytest.mark.slow

PLANS = [plan_of(name) for name in NAMES]


@pytest.fixture(params=PLANS, ids=lambda plan: plan.mapping.id)
def plan(request: pytest.FixtureRequest) -> Plan:
    shipped: Plan = request.param
    return shipped


def examples(plan: Plan) -> list[MappingExample]:
    """The examples that are to become standard records."""
    return [example for example in plan.mapping.examples if example.standard is not None]


def frames(plan: Plan, some: list[MappingExample]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Examples as a legacy frame, and their looked-up values as the lookups' frames."""
    columns = plan.mapping.legacy.columns
    legacy = [{name: example.legacy.get(name, "") for name in columns} for example in some]
    lookups = {}
    for name, lookup in plan.mapping.lookups.items():
        rows = [
            {key: record[key] for key in lookup.key} | dict(example.lookups[name])
            for record, example in zip(legacy, some, strict=True)
            if name in example.lookups
        ]
        lookups[name] = pl.DataFrame(rows, schema=dict.fromkeys((*lookup.key, *lookup.columns), pl.String))
    return pl.DataFrame(legacy, schema=dict.fromkeys(columns, pl.String)), lookups


def test_every_example_becomes_the_standard_record_that_its_source_says_and_comes_back(plan: Plan) -> None:
    legacy, lookups = frames(plan, examples(plan))
    result = stdconv.convert(legacy, plan, lookups=lookups)
    said = [{name: (example.standard or {}).get(name) for name in plan.carried} for example in examples(plan)]
    assert result.standard.select(plan.carried).to_dicts() == said
    assert result.refused.is_empty()
    again = stdconv.restore(result.standard, plan, residue=result.residue)
    assert again.legacy.drop("_row").equals(legacy)


def test_every_example_restored_from_what_its_source_says_differs_in_spelling_only(plan: Plan) -> None:
    legacy, lookups = frames(plan, examples(plan))
    said = [{name: (example.standard or {}).get(name) for name in plan.carried} for example in examples(plan)]
    result = stdconv.restore(pl.DataFrame(said, schema=dict.fromkeys(plan.carried, pl.String)), plan)
    assert result.refused.is_empty()
    residue = stdconv.convert(legacy, plan, lookups=lookups).residue
    spelled = {
        (row["_row"], name) for row in residue.to_dicts() for name in legacy.columns if row.get(name) is not None
    }
    differing = {
        (row, name)
        for name in legacy.columns
        for row, (again, given) in enumerate(zip(result.legacy[name], legacy[name], strict=True), start=1)
        if again != given
    }
    assert differing == spelled
    # one of B社's examples has parts that contradict its name: restoring does not write those
    contradicting = {"vendor-b/resident-link": 1}.get(plan.mapping.id, 0)
    for name, rows in lookups.items():
        written = {tuple(row) for row in result.lookups[name].iter_rows()}
        lost = {tuple(row) for row in rows.iter_rows()} - written
        assert len(lost) == contradicting


def test_every_example_that_is_to_be_refused_is_refused_under_its_code(plan: Plan) -> None:
    refused = [example for example in plan.mapping.examples if example.refused is not None]
    assert refused
    legacy, lookups = frames(plan, refused)
    findings = stdconv.convert(legacy, plan, lookups=lookups).findings.filter(pl.col("severity") == "refuse")
    found = {(row, code) for row, code in findings.select("_row", "code").iter_rows()}
    assert found >= {(row, example.refused) for row, example in enumerate(refused, start=1)}


def test_every_example_names_its_source_and_the_worked_example_is_among_them(plan: Plan) -> None:
    sources = [example.source for example in plan.mapping.examples]
    assert any(not source.startswith("assumed:") for source in sources)
    if plan.mapping.id in ("vendor-a/resident-link", "vendor-b/resident-link"):
        assert "審議項目1関係資料" in sources
