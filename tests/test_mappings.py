"""The shipped mappings: their sourced examples hold in both directions, and touch everything that the mapping says."""

import json
from pathlib import Path

import jsonschema
import polars as pl
import pytest

import stdconv
from stdconv import catalog, yaml
from stdconv.lenses.codes import Recode
from stdconv.lenses.dates import EraColumn, Wareki
from stdconv.plan import Plan

PLANS = [stdconv.load_mapping(name) for name in catalog.names("mapping")]


@pytest.fixture(params=PLANS, ids=lambda plan: plan.mapping.id)
def plan(request: pytest.FixtureRequest) -> Plan:
    return request.param


def example_frames(plan: Plan) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The examples as a legacy frame, and their looked-up values as the lookups' frames."""
    columns = plan.mapping.legacy.columns
    legacy = [{name: example.legacy.get(name, "") for name in columns} for example in plan.mapping.examples]
    lookups = {}
    for name, lookup in plan.mapping.lookups.items():
        rows = [
            {key: record[key] for key in lookup.key} | dict(example.lookups[name])
            for record, example in zip(legacy, plan.mapping.examples, strict=True)
            if name in example.lookups
        ]
        lookups[name] = pl.DataFrame(rows, schema=dict.fromkeys((*lookup.key, *lookup.columns), pl.String))
    return pl.DataFrame(legacy, schema=dict.fromkeys(columns, pl.String)), lookups


def test_every_example_becomes_the_standard_record_that_its_source_says(plan: Plan) -> None:
    legacy, lookups = example_frames(plan)
    result = stdconv.convert(legacy, plan, lookups=lookups)
    said = [{name: example.standard.get(name) for name in plan.carried} for example in plan.mapping.examples]
    assert result.standard.select(plan.carried).to_dicts() == said
    assert result.refused.is_empty()


def test_every_example_comes_back_as_its_source_wrote_it(plan: Plan) -> None:
    legacy, lookups = example_frames(plan)
    said = [{name: example.standard.get(name) for name in plan.carried} for example in plan.mapping.examples]
    standard = pl.DataFrame(said, schema=dict.fromkeys(plan.carried, pl.String))
    result = stdconv.restore(standard, plan)
    assert result.refused.is_empty()
    assert result.legacy.drop("_row").equals(legacy)
    # one of B社's examples has parts that contradict its name: restoring does not write those
    contradicting = {"vendor-b/resident-link": 1}.get(plan.mapping.id, 0)
    for name, rows in lookups.items():
        written = {tuple(row) for row in result.lookups[name].iter_rows()}
        lost = {tuple(row) for row in rows.iter_rows()} - written
        assert len(lost) == contradicting


def test_every_example_names_its_source_and_the_worked_example_is_among_them(plan: Plan) -> None:
    sources = [example.source for example in plan.mapping.examples]
    assert any(not source.startswith("assumed:") for source in sources)
    if plan.mapping.id in ("vendor-a/resident-link", "vendor-b/resident-link"):
        assert "審議項目1関係資料" in sources


def test_the_examples_touch_every_entry_of_every_table(plan: Plan) -> None:
    for route in plan.routes:
        for lens in route.steps:
            values = [tuple(example.legacy.get(name, "") for name in route.legacy) for example in plan.mapping.examples]
            match lens:
                case Recode(table=table):
                    assert {value[0] for value in values} >= set(table)
                case Wareki(eras=eras, western=western):
                    assert {value[0][:1] for value in values} >= {*eras, *western}
                case EraColumn(eras=eras):
                    assert {value[0] for value in values} >= set(eras)


def test_the_file_is_valid_against_the_published_json_schema(plan: Plan) -> None:
    schema = json.loads((catalog.root() / "schemas" / "mapping.schema.json").read_text(encoding="utf-8"))
    document = yaml.load(plan.text, "mapping.yaml").data
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


def test_a_misspelt_key_is_not_valid_against_the_published_json_schema(plan: Plan) -> None:
    schema = json.loads((catalog.root() / "schemas" / "mapping.schema.json").read_text(encoding="utf-8"))
    document = yaml.load(plan.text, "mapping.yaml").data | {"feilds": []}
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)


def test_the_id_of_a_shipped_mapping_is_its_place(plan: Plan) -> None:
    assert plan.mapping.id in catalog.names("mapping")
    assert Path(catalog.find("mapping", plan.mapping.id)).read_text(encoding="utf-8") == plan.text


def test_the_shipped_schemas_are_json_schemas_and_ids_their_places() -> None:
    for name in catalog.names("schema"):
        document = json.loads(Path(catalog.find("schema", name)).read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(document)
        assert document["$id"].removeprefix("urn:stdconv:schema:standard:").replace(":", "/") == name
